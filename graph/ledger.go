package graph

import (
	"iter"
	"slices"
)

// Account is the dense number of an account inside one Ledger, 0 to Accounts()-1. It means nothing in another Ledger.
type Account int32

// Transfer is one movement of money on its way into a Ledger. From and To are the store's keys of the accounts, At is in
// microseconds since 1970 UTC, Fen is not negative.
type Transfer struct {
	ID   int64
	From int64
	To   int64
	Fen  int64
	At   int64
}

// Ledger holds transfers sorted by time (then by ID), with the lists of each account in both directions. It is immutable.
type Ledger struct {
	keys  []int64 // account -> key in the store
	index map[int64]Account
	id    []int64
	from  []Account
	to    []Account
	fen   []int64
	at    []int64
	out   rows
	in    rows
}

// rows lists, for each account, its transfers by rising time: those of account a are list[start[a]:start[a+1]].
type rows struct {
	start []uint32
	list  []uint32
}

func (r rows) of(a Account) []uint32 { return r.list[r.start[a]:r.start[a+1]] }

// NewLedger builds a ledger of the transfers that seq yields, in any order. It takes up to 2^32-1 of them.
func NewLedger(seq iter.Seq[Transfer]) *Ledger {
	l := &Ledger{index: map[int64]Account{}}
	sorted, last := true, Transfer{}
	for t := range seq {
		if len(l.at) > 0 && (t.At < last.At || t.At == last.At && t.ID < last.ID) {
			sorted = false
		}
		last = t
		l.id, l.fen, l.at = append(l.id, t.ID), append(l.fen, t.Fen), append(l.at, t.At)
		l.from, l.to = append(l.from, l.number(t.From)), append(l.to, l.number(t.To))
	}
	if !sorted {
		l.sort()
	}
	l.out, l.in = l.group(l.from), l.group(l.to)
	return l
}

func (l *Ledger) number(key int64) Account {
	a, ok := l.index[key]
	if !ok {
		a = Account(len(l.keys))
		l.index[key] = a
		l.keys = append(l.keys, key)
	}
	return a
}

func (l *Ledger) sort() {
	order := make([]uint32, len(l.at))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int {
		switch {
		case l.at[a] != l.at[b]:
			return compare(l.at[a], l.at[b])
		default:
			return compare(l.id[a], l.id[b])
		}
	})
	l.id, l.fen, l.at = permute(l.id, order), permute(l.fen, order), permute(l.at, order)
	l.from, l.to = permute(l.from, order), permute(l.to, order)
}

func compare(a, b int64) int {
	if a < b {
		return -1
	}
	if a > b {
		return 1
	}
	return 0
}

func permute[T any](list []T, order []uint32) []T {
	moved := make([]T, len(list))
	for i, j := range order {
		moved[i] = list[j]
	}
	return moved
}

// group lists the transfers by the account at one end, keeping their order in time.
func (l *Ledger) group(end []Account) rows {
	r := rows{start: make([]uint32, len(l.keys)+1), list: make([]uint32, len(end))}
	for _, a := range end {
		r.start[a+1]++
	}
	for a := range l.keys {
		r.start[a+1] += r.start[a]
	}
	next := slices.Clone(r.start)
	for i, a := range end {
		r.list[next[a]] = uint32(i)
		next[a]++
	}
	return r
}

// Accounts is the number of accounts that some transfer names.
func (l *Ledger) Accounts() int { return len(l.keys) }

// Len is the number of transfers; they are numbered 0 to Len()-1 by time.
func (l *Ledger) Len() int { return len(l.at) }

// Key is the store's key of an account.
func (l *Ledger) Key(a Account) int64 { return l.keys[a] }

// Account finds an account by the store's key; false when no transfer names it.
func (l *Ledger) Account(key int64) (Account, bool) {
	a, ok := l.index[key]
	return a, ok
}

// Out lists the numbers of the transfers that leave an account, by rising time. The slice must not be changed.
func (l *Ledger) Out(a Account) []uint32 { return l.out.of(a) }

// In lists the numbers of the transfers that reach an account, by rising time. The slice must not be changed.
func (l *Ledger) In(a Account) []uint32 { return l.in.of(a) }

// ID is the store's key of a transfer.
func (l *Ledger) ID(i uint32) int64 { return l.id[i] }

// From is the paying account of a transfer.
func (l *Ledger) From(i uint32) Account { return l.from[i] }

// To is the receiving account of a transfer.
func (l *Ledger) To(i uint32) Account { return l.to[i] }

// Fen is the amount of a transfer.
func (l *Ledger) Fen(i uint32) int64 { return l.fen[i] }

// At is when a transfer was made, in microseconds since 1970 UTC.
func (l *Ledger) At(i uint32) int64 { return l.at[i] }
