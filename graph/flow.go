package graph

import (
	"iter"
	"slices"
	"sync"
)

// Flow is all transfers, kept in a few ledgers of falling size that share the numbers of their accounts, so that what arrives is
// added without building everything anew. It is immutable and safe for concurrent use.
type Flow struct {
	accounts *numbering
	means    *means
	runs     []*Ledger
	rooms    *sync.Pool // of walkers, for all that grew from one flow
	whole    *whole
}

// NewFlow gives a flow without any transfer.
func NewFlow() *Flow {
	return &Flow{accounts: newNumbering(), means: newMeans(), rooms: newRooms(), whole: &whole{}}
}

// Move names a transfer inside one Flow.
type Move struct{ run, i uint32 }

// With gives the flow with more transfers; the one it is called on stays as it is. A transfer must not be given twice. What is small is
// joined at once, what is large waits for a fold.
func (f *Flow) With(seq iter.Seq[Transfer]) *Flow { return f.WithAbout(0, seq) }

// WithAbout is With for about so many transfers, 0 where that is not known: the room for them is made at once, up to mostRoom.
func (f *Flow) WithAbout(about int, seq iter.Seq[Transfer]) *Flow {
	about = min(about, mostRoom)
	n, w := f.accounts.grow(), f.means.grow()
	l := newRun(newBatch(n, w, f.largest(), about), seq)
	if l.Len() == 0 {
		return f
	}
	g := f.grown(n, w, append(slices.Clip(f.runs), l))
	for k := len(g.runs); k > 1; k = len(g.runs) {
		x, y := g.runs[k-2], g.runs[k-1]
		if x.Len()+y.Len() > joinAtOnce || x.Len() > 2*y.Len() && (k < 3 || x.Len() > mergeSize || y.Len() > mergeSize/8) {
			break
		}
		g.runs = append(slices.Clip(g.runs[:k-2]), mergeRuns(n, w, x, y))
	}
	return g
}

// mostRoom bounds the room that is made before anything came, since keys of a store may have gaps; it is some 340 MB.
const mostRoom = 1 << 24

// grown gives a flow of other runs that shares everything else.
func (f *Flow) grown(n *numbering, w *means, runs []*Ledger) *Flow {
	return &Flow{accounts: n, means: w, rooms: f.rooms, runs: runs, whole: &whole{}}
}

// largest gives the run that others are like; nil where there is none.
func (f *Flow) largest() *Ledger {
	var l *Ledger
	for _, run := range f.runs {
		if l == nil || run.Len() > l.Len() {
			l = run
		}
	}
	return l
}

// whole is the flow as one ledger, made when it is first asked for.
type whole struct {
	once   sync.Once
	ledger *Ledger
}

// Ledger gives all transfers as one ledger; several runs are joined when it is first asked for.
func (f *Flow) Ledger() *Ledger {
	if len(f.runs) == 1 && f.runs[0].fewer == 0 {
		return f.runs[0]
	}
	f.whole.once.Do(func() { f.whole.ledger = joinRuns(f.accounts, f.means, f.runs) })
	return f.whole.ledger
}

// Len is the number of transfers.
func (f *Flow) Len() int {
	n := 0
	for _, l := range f.runs {
		n += l.Len() - l.fewer
	}
	return n
}

// Accounts is the number of accounts that some transfer names; they are numbered 0 to Accounts()-1.
func (f *Flow) Accounts() int { return len(f.accounts.keys) }

// Find gives the account with the store's key; false when no transfer names it.
func (f *Flow) Find(key int64) (Account, bool) {
	a, ok := f.accounts.find(key)
	return Account(a), ok
}

// Key is the store's key of an account.
func (f *Flow) Key(a Account) int64 { return f.accounts.keys[a] }

// From is the paying account of a transfer.
func (f *Flow) From(m Move) Account { return f.runs[m.run].from[m.i] }

// To is the receiving account of a transfer.
func (f *Flow) To(m Move) Account { return f.runs[m.run].to[m.i] }

// Fen is the amount of a transfer.
func (f *Flow) Fen(m Move) int64 { return f.runs[m.run].fen.at(m.i) }

// At is when a transfer was made, in microseconds since 1970 UTC.
func (f *Flow) At(m Move) int64 { return f.runs[m.run].at.at(m.i) }

// ID is the store's key of a transfer.
func (f *Flow) ID(m Move) int64 { return f.runs[m.run].id.at(m.i) }

// between gives the part of a list that lies in the time from first to last, both included.
func (l *Ledger) between(list []uint32, first, last int64) []uint32 {
	lo, hi := 0, len(list)
	if hi == 0 {
		return nil
	}
	if l.At(list[0]) < first {
		lo = l.firstFrom(list, first)
	}
	if l.At(list[hi-1]) > last {
		hi = lo + l.firstFrom(list[lo:hi], last+1) // last is less than some time, so it can grow
	}
	return list[lo:hi]
}

// firstFrom gives the place in a list of the first transfer made at a moment or later.
func (l *Ledger) firstFrom(list []uint32, moment int64) int {
	lo, hi := 0, len(list)
	if l.at.small == nil {
		for lo < hi {
			if mid := int(uint(lo+hi) >> 1); l.at.wide[list[mid]] < moment {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		return lo
	}
	if moment <= l.at.base {
		return 0
	}
	// Times are kept in units; the first unit that is not before the moment.
	unit := (uint64(moment-l.at.base) + uint64(l.at.unit) - 1) / uint64(l.at.unit)
	for lo < hi {
		if mid := int(uint(lo+hi) >> 1); uint64(l.at.small[list[mid]]) < unit {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// each calls see for the transfers that leave (or reach) an account in the time from first to last, both included, until see says no.
// Within one run they come by rising time.
func (f *Flow) each(a Account, out bool, first, last int64, see func(m Move) bool) {
	for n, l := range f.runs {
		list := l.in.of(a)
		if out {
			list = l.out.of(a)
		}
		for _, i := range l.between(list, first, last) {
			if !l.gone.has(i) && !see(Move{uint32(n), i}) {
				return
			}
		}
	}
}

// before orders transfers by time, then by the store's key.
func (f *Flow) before(a, b Move) int {
	if x := compare(f.At(a), f.At(b)); x != 0 {
		return x
	}
	return compare(f.ID(a), f.ID(b))
}
