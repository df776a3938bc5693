package graph

import (
	"cmp"
	"math/bits"
	"slices"
)

// carry works out what part of each hop is traced money and what remains in each account. The rules:
//   - a payment out of an account the trace starts at is traced money altogether;
//   - every other account holds what it is known to have received in the window, traced or not, less the hops it made; what it pays
//     beyond that is money of unknown origin, which is spent last;
//   - at one instant money is received before it is paid; a payment that is not followed leaves the traced part where it is;
//   - ProRata rounds the sum of the payments of one instant and layer to the nearest fen, half up, and shares it out by the largest
//     remainder, equal remainders to the earlier payment.
//
// Backward the same rules hold with time and direction turned round.
func (f *Flow) carry(q TraceQuery, hops []Hop, t *Trace) {
	c := newCarrier(f, q, hops)
	for k := 0; k < len(hops); {
		n := k + 1
		for n < len(hops) && c.together(hops[k], hops[n]) {
			n++
		}
		c.pay(hops[k:n])
		k = n
	}
	for a, b := range c.pots {
		l := Layer{Account: a, Depth: b.depth, In: b.in, Out: b.out, Remaining: b.in - b.out}
		if b.start {
			l.Remaining = b.in
		}
		t.Accounts = append(t.Accounts, l)
	}
	slices.SortFunc(t.Accounts, func(x, y Layer) int {
		return cmp.Or(cmp.Compare(x.Depth, y.Depth), cmp.Compare(y.Remaining, x.Remaining), cmp.Compare(f.Key(x.Account), f.Key(y.Account)))
	})
}

// pot is the money of one account of a trace.
type pot struct {
	start   bool
	depth   int
	in, out int64 // traced
	all     int64 // ProRata: what is known to be there
	traced  int64 // ProRata: the traced part of it
	lots    []lot // FirstIn
	others  []Move
}

type lot struct{ traced, rest int64 }

type carrier struct {
	flow  *Flow
	query TraceQuery
	pots  map[Account]*pot
}

func newCarrier(f *Flow, q TraceQuery, hops []Hop) *carrier {
	c := &carrier{flow: f, query: q, pots: make(map[Account]*pot, len(hops)+1)}
	for _, a := range q.Start {
		c.pots[a] = &pot{start: true}
	}
	mask := f.inCurrency(q.Currency)
	followed := make(map[Move]bool, len(hops))
	payers := map[Account]bool{}
	for _, h := range hops {
		followed[h.Move] = true
		payers[c.payer(h.Move)] = true
		a := c.payee(h.Move)
		p := c.pots[a]
		if p == nil {
			p = &pot{depth: h.Depth}
			c.pots[a] = p
		}
		p.depth = min(p.depth, h.Depth)
	}
	for a := range payers {
		p := c.pots[a]
		if p.start {
			continue
		}
		f.eachIn(mask, a, q.Backward, q.First, q.Last, func(m Move) bool {
			if !followed[m] && f.From(m) != f.To(m) {
				p.others = append(p.others, m)
			}
			return true
		})
		slices.SortFunc(p.others, c.sooner)
	}
	slices.SortFunc(hops, func(a, b Hop) int {
		return cmp.Or(c.time(a.Move, b.Move), cmp.Compare(a.Depth, b.Depth), cmp.Compare(c.payer(a.Move), c.payer(b.Move)), c.sooner(a.Move, b.Move))
	})
	return c
}

func (c *carrier) payer(m Move) Account {
	if c.query.Backward {
		return c.flow.To(m)
	}
	return c.flow.From(m)
}

func (c *carrier) payee(m Move) Account {
	if c.query.Backward {
		return c.flow.From(m)
	}
	return c.flow.To(m)
}

func (c *carrier) time(a, b Move) int {
	if c.query.Backward {
		a, b = b, a
	}
	return compare(c.flow.At(a), c.flow.At(b))
}

func (c *carrier) sooner(a, b Move) int {
	if c.query.Backward {
		a, b = b, a
	}
	return c.flow.before(a, b)
}

// together says whether two hops are payments of one account at one instant in one layer.
func (c *carrier) together(a, b Hop) bool {
	return a.Depth == b.Depth && c.payer(a.Move) == c.payer(b.Move) && c.flow.At(a.Move) == c.flow.At(b.Move)
}

// pay carries traced money along payments of one account at one instant.
func (c *carrier) pay(group []Hop) {
	p := c.pots[c.payer(group[0].Move)]
	if !p.start {
		c.receiveOthers(p, func(m Move) bool { return c.time(m, group[0].Move) <= 0 })
	}
	switch {
	case p.start:
		for i := range group {
			group[i].Carried = c.flow.Fen(group[i].Move)
		}
	case c.query.Method == FirstIn:
		for i := range group {
			group[i].Carried = p.spendFirst(c.flow.Fen(group[i].Move))
		}
	default:
		c.spendEvenly(p, group)
	}
	for _, h := range group {
		p.out += h.Carried
		to := c.pots[c.payee(h.Move)]
		to.in += h.Carried
		c.receiveOthers(to, func(m Move) bool { return c.sooner(m, h.Move) < 0 })
		to.receive(c.query.Method, h.Carried, c.flow.Fen(h.Move)-h.Carried)
	}
}

// receiveOthers takes in the payments that are not traced, as long as they are due.
func (c *carrier) receiveOthers(p *pot, due func(m Move) bool) {
	for len(p.others) > 0 && due(p.others[0]) {
		p.receive(c.query.Method, 0, c.flow.Fen(p.others[0]))
		p.others = p.others[1:]
	}
}

func (p *pot) receive(m Method, traced, rest int64) {
	if p.start {
		return
	}
	if m == FirstIn {
		p.lots = append(p.lots, lot{traced, rest})
		return
	}
	p.all += traced + rest
	p.traced += traced
}

// spendFirst takes an amount from the oldest money and gives the traced part of it.
func (p *pot) spendFirst(fen int64) int64 {
	carried := int64(0)
	for fen > 0 && len(p.lots) > 0 {
		l := &p.lots[0]
		part := min(fen, l.traced)
		l.traced -= part
		carried += part
		fen -= part
		part = min(fen, l.rest)
		l.rest -= part
		fen -= part
		if l.traced == 0 && l.rest == 0 {
			p.lots = p.lots[1:]
		}
	}
	return carried
}

// spendEvenly takes the payments of one instant from all money alike.
func (c *carrier) spendEvenly(p *pot, group []Hop) {
	total := int64(0)
	weights := make([]int64, len(group))
	for i, h := range group {
		weights[i] = c.flow.Fen(h.Move)
		total += weights[i]
	}
	carried := p.traced
	if total < p.all {
		carried = mulDivRound(p.traced, total, p.all)
	}
	for i, part := range Apportion(carried, weights) {
		group[i].Carried = part
	}
	p.all = max(0, p.all-total)
	p.traced -= carried
}

// mulDivRound gives a*b/c to the nearest whole number, half up, for a <= c and b <= c, none negative.
func mulDivRound(a, b, c int64) int64 {
	if c == 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	q, r := bits.Div64(hi, lo, uint64(c))
	if r >= uint64(c)-r {
		q++
	}
	return int64(q)
}

// Apportion shares a whole amount out in proportion to weights by the largest remainder (Hamilton's method): the parts are whole, sum
// up to the amount, and none is more than its weight's exact part rounded up. Equal remainders go to the earlier weight. Where all
// weights are 0 nothing is shared out.
func Apportion(amount int64, weights []int64) []int64 {
	parts := make([]int64, len(weights))
	total := int64(0)
	for _, w := range weights {
		total += w
	}
	if total <= 0 || amount <= 0 {
		return parts
	}
	rest := amount
	remainder := make([]uint64, len(weights))
	order := make([]int, len(weights))
	for i, w := range weights {
		hi, lo := bits.Mul64(uint64(amount), uint64(w))
		q, r := bits.Div64(hi%uint64(total), lo, uint64(total))
		parts[i], remainder[i], order[i] = int64(q), r, i
		rest -= int64(q)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(remainder[b], remainder[a]) })
	for _, i := range order[:rest] {
		parts[i]++
	}
	return parts
}
