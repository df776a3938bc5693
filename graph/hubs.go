package graph

import (
	"cmp"
	"slices"
)

// Hub is an account that gathers from many payers or scatters to many payees within a window: Others is how many there were at most,
// Fen what they moved in the currency, First and Last when.
type Hub struct {
	Account  Account
	Scatter  bool
	Others   int
	Fen      int64
	First    int64
	Last     int64
	Currency string
}

// HubQuery asks for accounts that at least Least different others paid, or were paid by, within Window microseconds, by payments of at
// least MinFen made between First and Last. Limit bounds the answer, 0 for all; Of keeps the accounts it says yes to, nil all.
type HubQuery struct {
	Window      int64
	Least       int
	MinFen      int64
	First, Last int64
	Limit       int
	Of          func(a Account) bool
}

// Hubs gives hubs by falling number of others; for each account, direction and currency the window with the most others, the earliest
// among equals.
func (f *Flow) Hubs(q HubQuery) []Hub {
	l := f.Ledger()
	var list []Hub
	last := make([]uint32, l.Accounts())
	for _, currency := range f.Currencies() {
		mask := f.inCurrency(currency)
		counts := func(i uint32) bool { return l.Fen(i) >= q.MinFen && (mask == nil || mask[l.wayOf(i)]) }
		for a := range Account(l.Accounts()) {
			if q.Of != nil && !q.Of(a) {
				continue
			}
			if h, ok := l.hub(a, l.between(l.In(a), q.First, q.Last), l.from, q.Window, counts, last); ok && h.Others >= q.Least {
				h.Currency = currency
				list = append(list, h)
			}
			if h, ok := l.hub(a, l.between(l.Out(a), q.First, q.Last), l.to, q.Window, counts, last); ok && h.Others >= q.Least {
				h.Scatter, h.Currency = true, currency
				list = append(list, h)
			}
		}
	}
	slices.SortFunc(list, func(a, b Hub) int {
		return cmp.Or(cmp.Compare(b.Others, a.Others), cmp.Compare(b.Fen, a.Fen), compare(l.Key(a.Account), l.Key(b.Account)))
	})
	if q.Limit > 0 && len(list) > q.Limit {
		list = list[:q.Limit]
	}
	return list
}

// hub slides the window over the payments of one account; count holds how often each other account is in the window.
func (l *Ledger) hub(a Account, list []uint32, end []Account, window int64, wanted func(i uint32) bool, count []uint32) (best Hub, ok bool) {
	lo, others, sum := 0, 0, int64(0)
	counts := func(i uint32) bool { return end[i] != a && wanted(i) }
	for hi, i := range list {
		if counts(i) {
			if count[end[i]] == 0 {
				others++
			}
			count[end[i]]++
			sum += l.Fen(i)
		}
		for ; l.At(i)-l.At(list[lo]) > window; lo++ {
			if !counts(list[lo]) {
				continue
			}
			o := end[list[lo]]
			if count[o]--; count[o] == 0 {
				others--
			}
			sum -= l.Fen(list[lo])
		}
		if others > best.Others {
			best, ok = Hub{Account: a, Others: others, Fen: sum, First: l.At(list[lo]), Last: l.At(list[hi])}, true
		}
	}
	for _, i := range list[lo:] {
		count[end[i]] = 0
	}
	return best, ok
}
