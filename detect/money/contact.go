package money

import (
	"slices"

	"xiezhi/graph"
)

// contact is all that one account ever paid another.
type contact struct {
	from, to    graph.Account
	n           uint32
	first, last uint32 // numbers of the first and last transfer
	fen         int64
	passing     bool // a few transfers within a few days, and never again: no business goes on between the two
	trade       bool // cash or a purchase: the other side is an agent or a shop, not who gave or got the money
}

// contacts are all contacts of a book, with the passing ones of each account in both directions by time of the first transfer.
type contacts struct {
	list    []contact
	of      []uint32 // transfer -> contact
	in, out [][]uint32
	passing int
}

func newContacts(b *Book, r *Rules) *contacts {
	c := &contacts{of: make([]uint32, b.Len()), in: make([][]uint32, b.Ledger.Accounts()), out: make([][]uint32, b.Ledger.Accounts())}
	seen := map[graph.Account]uint32{}
	for a := range graph.Account(b.Ledger.Accounts()) {
		clear(seen)
		for _, i := range b.Out(a) {
			to := b.To(i)
			k, ok := seen[to]
			if !ok {
				k = uint32(len(c.list))
				seen[to] = k
				c.list = append(c.list, contact{from: a, to: to, first: i})
			}
			c.of[i] = k
			e := &c.list[k]
			e.n++
			e.last = i
			e.fen += b.Fen(i)
			e.trade = e.trade || b.Channel[i] != ChannelTransfer
		}
	}
	life := int64(r.Passing.Days * float64(day))
	for k := range c.list {
		e := &c.list[k]
		e.passing = e.from != e.to && !e.trade && int(e.n) <= r.Passing.Transfers && b.At(e.last)-b.At(e.first) <= life
		if e.passing {
			c.passing++
			c.out[e.from] = append(c.out[e.from], uint32(k))
			c.in[e.to] = append(c.in[e.to], uint32(k))
		}
	}
	for a := range c.in {
		c.sort(c.in[a])
		c.sort(c.out[a])
	}
	return c
}

// sort puts contacts in the order of their first transfers, whose numbers rise with time.
func (c *contacts) sort(list []uint32) {
	slices.SortFunc(list, func(i, j uint32) int { return int(int64(c.list[i].first) - int64(c.list[j].first)) })
}
