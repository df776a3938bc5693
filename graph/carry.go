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
func (w *walker) carry() {
	w.putInOrder()
	w.openPots()
	for k := 0; k < len(w.order); {
		n := k + 1
		for n < len(w.order) && w.together(w.order[k], w.order[n]) {
			n++
		}
		w.pay(w.order[k:n])
		k = n
	}
}

// together says whether two hops are payments of one account at one instant in one layer.
func (w *walker) together(a, b int32) bool {
	x, y := &w.hops[a], &w.hops[b]
	return x.at == y.at && x.from == y.from && x.depth == y.depth
}

// pay carries traced money along payments of one account at one instant.
func (w *walker) pay(group []int32) {
	first := &w.hops[group[0]]
	p := &w.nodes[first.from]
	if !p.start {
		w.receiveUntil(p, w.turn(first.at))
	}
	switch {
	case p.start:
		for _, k := range group {
			w.hops[k].carried = w.hops[k].fen
		}
	case w.query.Method == FirstIn:
		for _, k := range group {
			w.hops[k].carried = p.spendFirst(w.hops[k].fen)
		}
	case len(group) == 1:
		first.carried = p.spendEvenly(first.fen)
	default:
		w.spendEvenly(p, group)
	}
	for _, k := range group {
		h := &w.hops[k]
		p.out += h.carried
		to := &w.nodes[h.to]
		to.in += h.carried
		if to.start || !to.pays {
			continue
		}
		if w.query.Method == FirstIn {
			w.receiveBefore(to, h)
			to.receive(h.carried, h.fen-h.carried)
			continue
		}
		to.all += h.fen
		to.traced += h.carried
	}
}

// receiveUntil takes in the payments that are not traced, up to a moment.
func (w *walker) receiveUntil(p *node, now int64) {
	if w.query.Method == FirstIn {
		for c := w.soonest(p); c != nil && w.turn(w.flow.runs[c.run].At(c.list[c.next])) <= now; c = w.soonest(p) {
			p.receive(0, w.flow.runs[c.run].Fen(c.list[c.next]))
			c.step()
		}
		return
	}
	for k := range w.cursors[p.cursors:p.cursorsEnd] {
		c := &w.cursors[int(p.cursors)+k]
		l := w.flow.runs[c.run]
		for w.ready(c) && w.turn(l.At(c.list[c.next])) <= now {
			p.all += l.Fen(c.list[c.next])
			c.step()
		}
	}
}

// receiveBefore takes in the payments that are not traced and were received before a hop.
func (w *walker) receiveBefore(p *node, h *hop) {
	for c := w.soonest(p); c != nil && w.sooner(Move{c.run, c.list[c.next]}, h.move) < 0; c = w.soonest(p) {
		p.receive(0, w.flow.runs[c.run].Fen(c.list[c.next]))
		c.step()
	}
}

// soonest gives the cursor of an account whose payment was received first; nil where none is left.
func (w *walker) soonest(p *node) *cursor {
	var best *cursor
	for k := range w.cursors[p.cursors:p.cursorsEnd] {
		c := &w.cursors[int(p.cursors)+k]
		if w.ready(c) && (best == nil || w.sooner(Move{c.run, c.list[c.next]}, Move{best.run, best.list[best.next]}) < 0) {
			best = c
		}
	}
	return best
}

// sooner orders payments by time, then by the store's key; backward the other way round.
func (w *walker) sooner(a, b Move) int {
	if w.query.Backward {
		a, b = b, a
	}
	return w.flow.before(a, b)
}

// receive puts money into an account that spends what came first: money that is not traced joins the lot before, since within one lot
// the traced part is spent first.
func (n *node) receive(traced, rest int64) {
	if traced == 0 && len(n.lots) > n.spent {
		n.lots[len(n.lots)-1].rest += rest
		return
	}
	n.lots = append(n.lots, lot{traced, rest})
}

// spendFirst takes an amount from the oldest money and gives the traced part of it.
func (n *node) spendFirst(fen int64) int64 {
	carried := int64(0)
	for fen > 0 && n.spent < len(n.lots) {
		l := &n.lots[n.spent]
		part := min(fen, l.traced)
		l.traced -= part
		carried += part
		fen -= part
		part = min(fen, l.rest)
		l.rest -= part
		fen -= part
		if l.traced == 0 && l.rest == 0 {
			n.spent++
		}
	}
	return carried
}

// spendEvenly takes an amount from all money alike and gives the traced part of it.
func (n *node) spendEvenly(fen int64) int64 {
	carried := n.traced
	if fen < n.all {
		carried = mulDivRound(n.traced, fen, n.all)
	}
	n.all = max(0, n.all-fen)
	n.traced -= carried
	return carried
}

// spendEvenly takes the payments of one instant from all money alike.
func (w *walker) spendEvenly(p *node, group []int32) {
	total := int64(0)
	weights := make([]int64, len(group))
	for i, k := range group {
		weights[i] = w.hops[k].fen
		total += weights[i]
	}
	for i, part := range Apportion(p.spendEvenly(total), weights) {
		w.hops[group[i]].carried = part
	}
}

// layers gives the accounts of the trace by depth, then by what remained.
func (w *walker) layers() []Layer {
	if len(w.nodes) == 0 {
		return nil
	}
	list := make([]Layer, len(w.nodes))
	for i := range w.nodes {
		n := &w.nodes[i]
		list[i] = Layer{Account: n.account, Depth: int(n.depth), In: n.in, Out: n.out, Remaining: n.in - n.out}
		if n.start {
			list[i].Remaining = n.in
		}
	}
	// Accounts were met layer by layer.
	for from := 0; from < len(list); {
		to := from + 1
		for to < len(list) && list[to].Depth == list[from].Depth {
			to++
		}
		slices.SortFunc(list[from:to], func(x, y Layer) int {
			if x.Remaining != y.Remaining {
				return compare(y.Remaining, x.Remaining)
			}
			return compare(w.flow.Key(x.Account), w.flow.Key(y.Account))
		})
		from = to
	}
	return list
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
