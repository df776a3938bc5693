package graph

import (
	"cmp"
	"math/bits"
	"slices"
)

// Order is the order in which the payments of an account are taken before they are cut off; the time decides among equal amounts, the
// store's key among equal times.
type Order uint8

// The orders.
const (
	NewestFirst Order = iota
	OldestFirst
	LargestFirst
	SmallestFirst
)

// ReadSpan bounds a read: the time of payments in microseconds since 1970 UTC and the days of relations, both ends included, and how
// many payments of one account are looked at in one direction, the first by Order; 0 for all.
type ReadSpan struct {
	First, Last       int64
	FirstDay, LastDay int32
	Most              int
	Order             Order
}

// Channels names the channels by which payments are told apart.
type Channels struct{ Transfer, Withdrawal, Deposit, Repayment string }

// Reads asks a book for patterns that bind owners, loans, devices and payments together, such as the complex reads of the LDBC FinBench
// transaction workload. A loan is an account of the institution Lender, from which it is paid out and to which it is paid back; what was
// granted is a relation from the institution to it, what is owed one back. A device is an account that shares itself with others.
// Gone lists, by the store's key, the subjects that are left out with all that is theirs; Blocked those that are barred.
type Reads struct {
	Book    *Book
	Lender  string
	Gone    map[int64]bool
	Blocked map[int64]bool

	transfer, withdrawal, deposit, repayment, onward []bool
}

// NewReads prepares reads over a book.
func NewReads(b *Book, c Channels, lender string) *Reads {
	by := func(names ...string) []bool {
		return b.Flow.means.mask(func(m Means) bool { return slices.Contains(names, m.Channel) })
	}
	return &Reads{Book: b, Lender: lender, transfer: by(c.Transfer), withdrawal: by(c.Withdrawal), deposit: by(c.Deposit), repayment: by(c.Repayment),
		onward: by(c.Transfer, c.Withdrawal)}
}

// payments lists the payments of a mask that leave (or reach) an account within the span, in its order, the first Most of them.
func (r *Reads) payments(mask []bool, a Account, way Direction, s ReadSpan) []Move {
	f := r.Book.Flow
	if r.Gone[f.Key(a)] {
		return nil
	}
	var list []Move
	f.eachIn(mask, a, way == Outward, s.First, s.Last, func(m Move) bool {
		if !r.Gone[f.Key(r.far(m, way))] {
			list = append(list, m)
		}
		return true
	})
	slices.SortFunc(list, func(x, y Move) int {
		switch s.Order {
		case NewestFirst:
			return cmp.Or(compare(f.At(y), f.At(x)), compare(f.ID(x), f.ID(y)))
		case LargestFirst:
			return cmp.Or(compare(f.Fen(y), f.Fen(x)), f.before(x, y))
		case SmallestFirst:
			return cmp.Or(compare(f.Fen(x), f.Fen(y)), f.before(x, y))
		default:
			return f.before(x, y)
		}
	})
	if s.Most > 0 && len(list) > s.Most {
		list = list[:s.Most]
	}
	return list
}

// far is the other account of a payment that was found along a way.
func (r *Reads) far(m Move, way Direction) Account {
	if way == Outward {
		return r.Book.Flow.To(m)
	}
	return r.Book.Flow.From(m)
}

// related lists the subjects that a relation of one kind joins a subject to within the days of the span, each once.
func (r *Reads) related(s Subject, k Kind, way Direction, span ReadSpan) []Subject {
	rel := r.Book.Relations
	if r.Gone[rel.Key(s)] {
		return nil
	}
	var list []Subject
	rel.visit(s, way, Filter{Kinds: SetOf(k)}, func(e Edge, other Subject, _ bool) bool {
		since := rel.parts[e.part].head[e.i].since
		if since != HeldByAccount && (since < span.FirstDay || since > span.LastDay) || r.Gone[rel.Key(other)] {
			return true
		}
		list = append(list, other)
		return true
	})
	slices.Sort(list)
	return slices.Compact(list)
}

// ever is the span that bounds no relation.
func ever() ReadSpan { return ReadSpan{FirstDay: -1 << 30, LastDay: 1 << 30} }

// heldBy lists what a subject holds: its loans, or its other accounts.
func (r *Reads) heldBy(s Subject, loans func(institution string) bool) []Subject {
	return slices.DeleteFunc(r.related(s, Holder, Outward, ever()), func(a Subject) bool { return !loans(r.Book.Relations.InstitutionOf(a)) })
}

func (r *Reads) isLoan(institution string) bool { return institution == r.Lender }

// accountsOf lists the accounts of a subject that are no loans and that some payment names.
func (r *Reads) accountsOf(s Subject) []Account {
	var list []Account
	for _, a := range r.heldBy(s, func(i string) bool { return !r.isLoan(i) }) {
		if n, ok := r.Book.Flow.Find(r.Book.Relations.Key(a)); ok {
			list = append(list, n)
		}
	}
	return list
}

// loan gives what was granted and what is owed of a loan, in fen.
func (r *Reads) loan(s Subject) (granted, owed int64) {
	rel := r.Book.Relations
	rel.visit(s, Either, Filter{Kinds: SetOf(Other)}, func(e Edge, other Subject, outward bool) bool {
		fen := rel.parts[e.part].fen[e.i]
		if rel.KindOf(other) != Institution || fen < 0 {
			return true
		}
		if outward {
			owed += fen
		} else {
			granted += fen
		}
		return true
	})
	return granted, owed
}

// subject is the subject that an account of the flow is; false where no row names it.
func (r *Reads) subject(a Account) (Subject, bool) {
	return r.Book.Relations.Find(r.Book.Flow.Key(a))
}

// perMille is num over den in thousandths, rounded half up; -1 where den is 0. Neither is negative.
func perMille(num, den int64) int64 {
	if den == 0 {
		return -1
	}
	hi, lo := bits.Mul64(uint64(num), 2000)
	lo, carry := bits.Add64(lo, uint64(den), 0)
	if hi += carry; hi >= 2*uint64(den) {
		return 1<<63 - 1 // beyond what fits: the parts are of different worlds
	}
	q, _ := bits.Div64(hi, lo, 2*uint64(den))
	return int64(q)
}
