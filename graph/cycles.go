package graph

import (
	"cmp"
	"slices"
)

// CycleQuery asks for rings of payments: at most Length payments (2 at least), each made at or after the one before, the last no
// later than Window microseconds after the first, each of at least MinFen, the first of them between First and Last. Limit bounds the
// answer. Of is nil for all accounts, else rings through one of these accounts alone are given.
type CycleQuery struct {
	Length int
	Window int64
	MinFen int64
	First  int64
	Last   int64
	Limit  int
	Of     []Account
}

// Cycle is a ring of payments in one currency that passes no account twice, in the order in which they were made.
type Cycle struct{ Moves []Move }

// Cycles gives the rings of payments, by their first payment; each ring of payments once. Truncated says that Limit cut it.
func (f *Flow) Cycles(q CycleQuery) (list []Cycle, truncated bool) {
	l := f.Ledger()
	c := &ringSearch{l: l, q: q, back: make([]uint32, l.Accounts()), on: make([]bool, l.Accounts()), hubs: map[Account][]payment{}}
	c.open()
	c.currency, _ = l.means.currencies()
	if q.Of != nil {
		c.of = make(map[Account]bool, len(q.Of))
		for _, a := range q.Of {
			c.of[a] = true
		}
	}
	for i := range uint32(l.Len()) {
		c.coming[l.from[i]].out++
		c.coming[l.to[i]].in++
		if !c.begin(i) {
			continue
		}
		if !c.grow(i, 1) {
			truncated = true
			break
		}
	}
	for _, r := range c.found {
		ring := Cycle{Moves: make([]Move, len(r))}
		for k, i := range r {
			ring.Moves[k] = f.moveOf(l, i)
		}
		list = append(list, ring)
	}
	return list, truncated
}

// moveOf names a transfer of the joined ledger by the run it lies in.
func (f *Flow) moveOf(l *Ledger, i uint32) Move {
	for n, run := range f.runs {
		if run == l {
			return Move{uint32(n), i}
		}
		for _, j := range run.between(run.Out(l.from[i]), l.At(i), l.At(i)) {
			if run.ID(j) == l.ID(i) {
				return Move{uint32(n), j}
			}
		}
	}
	return Move{}
}

// ringSearch looks for rings that begin with one payment after the other. Payments are numbered by time, so a number tells what comes
// later; where the payments to come of each account begin is counted along, so that no list is searched.
type ringSearch struct {
	l        *Ledger
	q        CycleQuery
	of       map[Account]bool
	out, in  []uint32 // the lists of all accounts
	coming   []coming
	back     []uint32 // round in which an account was found to pay the first account within the window
	on       []bool   // accounts of the chain that is being grown
	chain    []uint32
	round    uint32
	first    uint32
	end      uint32 // the first payment beyond the window
	found    [][]uint32
	hub      []payment // payments to the first account by payer, where it has too many to mark
	hubs     map[Account][]payment
	currency []uint16 // by way; nil where there is only one
}

// coming is where the payments of an account that are still to come stand in the lists; what is looked at together lies together.
type coming struct{ out, outEnd, in, inEnd uint32 }

// open sets the payments to come to all.
func (c *ringSearch) open() {
	out, in := c.l.out.dense(c.l.from, c.l.Accounts()), c.l.in.dense(c.l.to, c.l.Accounts())
	c.out, c.in = out.list, in.list
	c.coming = make([]coming, c.l.Accounts())
	for a := range c.coming {
		c.coming[a] = coming{out.start[a], out.start[a+1], in.start[a], in.start[a+1]}
	}
}

// payment is one of an account's receipts.
type payment struct {
	payer Account
	i     uint32
}

// hubFrom is the number of receipts within a window from which they are looked up by payer instead of being marked anew each time.
const hubFrom = 32

// receipts lists the payments an account received by payer, then by time; it is made once for each account that is asked about.
func (c *ringSearch) receipts(a Account) []payment {
	if list, ok := c.hubs[a]; ok {
		return list
	}
	list := make([]payment, 0, len(c.l.In(a)))
	for _, i := range c.l.In(a) {
		if c.l.Fen(i) >= c.q.MinFen {
			list = append(list, payment{c.l.from[i], i})
		}
	}
	slices.SortFunc(list, func(x, y payment) int { return cmp.Or(cmp.Compare(x.payer, y.payer), cmp.Compare(x.i, y.i)) })
	c.hubs[a] = list
	return list
}

// closes says whether an account pays the first one after the first payment and within the window.
func (c *ringSearch) closes(a Account) bool {
	if c.hub == nil {
		return c.back[a] == c.round
	}
	k, _ := slices.BinarySearchFunc(c.hub, payment{a, c.first + 1}, func(x, y payment) int { return cmp.Or(cmp.Compare(x.payer, y.payer), cmp.Compare(x.i, y.i)) })
	return k < len(c.hub) && c.hub[k].payer == a && c.hub[k].i < c.end
}

// begin prepares the search for rings whose first payment is i: the accounts that can close such a ring in one payment are marked.
// It says whether there may be a ring.
func (c *ringSearch) begin(i uint32) bool {
	l := c.l
	at := l.At(i)
	limit := at + c.q.Window
	if limit < at {
		limit = 1<<63 - 1
	}
	c.end = max(c.end, i+1)
	for int(c.end) < l.Len() && l.At(c.end) <= limit {
		c.end++
	}
	u, v := l.from[i], l.to[i]
	if u == v || at < c.q.First || at > c.q.Last {
		return false
	}
	out, in := c.out[c.coming[v].out:c.coming[v].outEnd], c.in[c.coming[u].in:c.coming[u].inEnd]
	if len(out) == 0 || out[0] >= c.end || len(in) == 0 || in[0] >= c.end || l.Fen(i) < c.q.MinFen {
		return false
	}
	c.first, c.hub = i, nil
	c.chain = append(c.chain[:0], i)
	if len(in) > hubFrom && in[hubFrom] < c.end {
		c.hub = c.receipts(u)
		return len(c.hub) > 0
	}
	c.round++
	any := false
	for _, j := range in {
		if j >= c.end {
			break
		}
		if l.Fen(j) >= c.q.MinFen {
			c.back[l.from[j]] = c.round
			any = true
		}
	}
	return any
}

// grow lengthens the chain by payments out of its end, depth payments long, and records the rings it closes; false where the answer is
// full.
func (c *ringSearch) grow(last uint32, depth int) bool {
	l := c.l
	start, here := l.from[c.first], l.to[last]
	if depth+1 >= c.q.Length && !c.closes(here) {
		return true
	}
	c.on[here] = true
	defer func() { c.on[here] = false }()
	for _, j := range c.out[c.coming[here].out:c.coming[here].outEnd] {
		if j >= c.end {
			break
		}
		to := l.to[j]
		if j < last && l.At(j) != l.At(last) || c.on[to] || c.currency != nil && c.currency[l.wayOf(j)] != c.currency[l.wayOf(c.first)] {
			continue
		}
		ends := to == start
		if !ends && (depth+2 > c.q.Length || depth+2 == c.q.Length && !c.closes(to)) || l.Fen(j) < c.q.MinFen {
			continue
		}
		c.chain = append(c.chain, j)
		var going bool
		if ends {
			going = c.record()
		} else {
			going = c.grow(j, depth+1)
		}
		c.chain = c.chain[:len(c.chain)-1]
		if !going {
			return false
		}
	}
	return true
}

func (c *ringSearch) record() bool {
	ring := slices.Clone(c.chain)
	if c.of != nil {
		through := false
		for _, i := range ring {
			through = through || c.of[c.l.from[i]]
		}
		if !through {
			return true
		}
	}
	if c.q.Limit > 0 && len(c.found) >= c.q.Limit {
		return false
	}
	c.found = append(c.found, ring)
	return true
}
