package graph

import (
	"cmp"
	"slices"
)

// Sum is what one institution or place received and paid within a trace, in fen: In from elsewhere, Out to elsewhere, Inside between
// its own accounts, and what remained of the traced money.
type Sum struct {
	Name      string
	Accounts  int
	In        int64
	Out       int64
	Inside    int64
	Remaining int64
}

// SumsBy adds up a trace by a name of each account, such as its institution or its place.
func (f *Flow) SumsBy(t Trace, name func(a Account) string) []Sum {
	by := map[string]*Sum{}
	of := func(a Account) *Sum {
		n := name(a)
		if by[n] == nil {
			by[n] = &Sum{Name: n}
		}
		return by[n]
	}
	for _, l := range t.Accounts {
		s := of(l.Account)
		s.Accounts++
		s.Remaining += l.Remaining
	}
	for _, h := range t.Hops {
		from, to := of(f.From(h.Move)), of(f.To(h.Move))
		if from == to {
			from.Inside += h.Carried
			continue
		}
		from.Out += h.Carried
		to.In += h.Carried
	}
	return largestFirst(by)
}

func largestFirst(by map[string]*Sum) []Sum {
	list := make([]Sum, 0, len(by))
	for _, s := range by {
		list = append(list, *s)
	}
	slices.SortFunc(list, func(a, b Sum) int {
		return cmp.Or(cmp.Compare(b.In+b.Inside, a.In+a.Inside), cmp.Compare(b.Out, a.Out), cmp.Compare(a.Name, b.Name))
	})
	return list
}

// Totals adds all payments made between first and last of at least minFen up by a name of both their accounts, each currency apart;
// those of which neither end is wanted are left out. Accounts counts those that paid or were paid.
func (f *Flow) Totals(first, last, minFen int64, name func(a Account) (name string, wanted bool)) map[string][]Sum {
	names, wanted := make([]string, f.Accounts()), make([]bool, f.Accounts())
	for a := range Account(f.Accounts()) {
		names[a], wanted[a] = name(a)
	}
	out := map[string][]Sum{}
	for _, currency := range f.Currencies() {
		by, met, mask := map[string]*Sum{}, make([]bool, f.Accounts()), f.inCurrency(currency)
		of := func(a Account) *Sum {
			s := by[names[a]]
			if s == nil {
				s = &Sum{Name: names[a]}
				by[names[a]] = s
			}
			if !met[a] {
				met[a] = true
				s.Accounts++
			}
			return s
		}
		for _, l := range f.runs {
			l.totals(first, last, minFen, mask, wanted, of)
		}
		if len(by) > 0 {
			out[currency] = largestFirst(by)
		}
	}
	return out
}

func (l *Ledger) totals(first, last, minFen int64, mask, wanted []bool, of func(a Account) *Sum) {
	for i := range uint32(l.Len()) {
		if at := l.At(i); at < first || at > last || l.gone.has(i) || mask != nil && !mask[l.wayOf(i)] {
			continue
		}
		fen := l.Fen(i)
		if fen < minFen || !wanted[l.from[i]] && !wanted[l.to[i]] {
			continue
		}
		from, to := of(l.from[i]), of(l.to[i])
		if from == to {
			from.Inside += fen
			continue
		}
		from.Out += fen
		to.In += fen
	}
}
