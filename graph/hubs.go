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
	s := &hubSearch{l: l, q: q, least: max(q.Least, 1), count: make([]uint32, l.Accounts())}
	for _, s.currency = range f.Currencies() {
		s.mask = f.inCurrency(s.currency)
		for a := range Account(l.Accounts()) {
			if q.Of == nil || q.Of(a) {
				s.look(a, l.In(a), l.from, false)
				s.look(a, l.Out(a), l.to, true)
			}
		}
	}
	list := s.found
	slices.SortFunc(list, func(a, b Hub) int {
		return cmp.Or(cmp.Compare(b.Others, a.Others), cmp.Compare(b.Fen, a.Fen), compare(l.Key(a.Account), l.Key(b.Account)))
	})
	if q.Limit > 0 && len(list) > q.Limit {
		list = list[:q.Limit]
	}
	return list
}

// hubSearch looks at one account after the other, with room that is used again.
type hubSearch struct {
	l        *Ledger
	q        HubQuery
	least    int
	currency string
	mask     []bool
	count    []uint32 // by other account: how often it is in the window
	times    []int64
	moves    []hubMove
	found    []Hub
}

// hubMove is a payment of the account that is looked at; other is -1 for one that does not count.
type hubMove struct {
	at, fen int64
	other   Account
}

// look finds the window of an account with the most others on one side. What is far apart in memory is fetched once, and nothing but the
// times where too few payments stand close together.
func (s *hubSearch) look(a Account, list []uint32, end []Account, scatter bool) {
	if len(list) < s.least {
		return
	}
	list = s.l.between(list, s.q.First, s.q.Last)
	if !s.crowded(list) {
		return
	}
	s.moves = s.moves[:0]
	for k, i := range list {
		m := hubMove{at: s.times[k], fen: s.l.Fen(i), other: end[i]}
		if m.other == a || m.fen < s.q.MinFen || s.mask != nil && !s.mask[s.l.wayOf(i)] {
			m.other = -1
		}
		s.moves = append(s.moves, m)
	}
	if h := s.slide(); h.Others >= s.least {
		h.Account, h.Scatter, h.Currency = a, scatter, s.currency
		s.found = append(s.found, h)
	}
}

// crowded says whether enough payments lie within some window, whoever made them; it notes their times.
func (s *hubSearch) crowded(list []uint32) bool {
	s.times = s.times[:0]
	any := false
	for k, i := range list {
		at := s.l.At(i)
		s.times = append(s.times, at)
		any = any || k+1 >= s.least && at-s.times[k+1-s.least] <= s.q.Window
	}
	return any
}

// slide moves the window over the payments.
func (s *hubSearch) slide() (best Hub) {
	lo, others, sum := 0, 0, int64(0)
	for _, m := range s.moves {
		if m.other >= 0 {
			if s.count[m.other]++; s.count[m.other] == 1 {
				others++
			}
			sum += m.fen
		}
		for ; m.at-s.moves[lo].at > s.q.Window; lo++ {
			o := s.moves[lo].other
			if o < 0 {
				continue
			}
			if s.count[o]--; s.count[o] == 0 {
				others--
			}
			sum -= s.moves[lo].fen
		}
		if others > best.Others {
			best = Hub{Others: others, Fen: sum, First: s.moves[lo].at, Last: m.at}
		}
	}
	for _, m := range s.moves[lo:] {
		if m.other >= 0 {
			s.count[m.other] = 0
		}
	}
	return best
}
