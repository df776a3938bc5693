package work

import (
	"cmp"
	"slices"

	"xiezhi/graph"
)

// MoneyWhole is all of a trace in one currency, with what of it is not listed. Money that passed several accounts counts in each; what
// remained adds up to what is traced.
type MoneyWhole struct {
	Currency           string
	Accounts, Payments int
	In, Out, Remaining Yuan
	Amount, Carried    Yuan
	Rest               MoneyRest
}

// MoneyRest is what is not listed of a trace.
type MoneyRest struct {
	Accounts, Payments int
	In, Out, Remaining Yuan
	Amount, Carried    Yuan
}

func (w *MoneyWhole) reach(l GraphLayer) {
	w.In, w.Out, w.Remaining = w.In+l.In, w.Out+l.Out, w.Remaining+l.Remaining
	if r := &w.Rest; !l.Listed {
		r.Accounts++
		r.In, r.Out, r.Remaining = r.In+l.In, r.Out+l.Out, r.Remaining+l.Remaining
	}
}

func (w *MoneyWhole) pay(h GraphHop) {
	w.Amount, w.Carried = w.Amount+h.Amount, w.Carried+h.Carried
	if r := &w.Rest; !h.Listed {
		r.Payments++
		r.Amount, r.Carried = r.Amount+h.Amount, r.Carried+h.Carried
	}
}

// listing says, by their numbers in a trace, which accounts and payments are written out, and which accounts a picture draws by themselves.
type listing struct{ accounts, alone, hops []bool }

// listing chooses what is written out of a trace: the accounts that a picture draws by themselves, then those through which most of the
// traced money passed, each with the accounts that connect it to the start; between them the payments that connect them, then those that
// carry most. A payment is listed only where both its accounts are.
func (a *asking) listing(t graph.Trace, q MoneyAsk) listing {
	l := listing{accounts: make([]bool, len(t.Accounts)), alone: make([]bool, len(t.Accounts)), hops: make([]bool, len(t.Hops))}
	if q.Shown == 0 && q.Alone == 0 {
		fill(l.accounts)
		fill(l.hops)
		return l
	}
	order := l.drawn(t.Accounts, q.Alone)
	if q.Shown == 0 || len(t.Accounts) <= q.Shown && len(t.Hops) <= q.Shown {
		fill(l.accounts)
		fill(l.hops)
		return l
	}
	ends, led := a.ledBy(t, q.Direction == Backward)
	listed, paid := 0, 0
	for _, i := range order {
		if listed >= q.Shown && !l.alone[i] {
			break
		}
		for !l.accounts[i] {
			l.accounts[i] = true
			listed++
			k := led[i]
			if k < 0 {
				break
			}
			l.hops[k] = true
			paid++
			i = ends[k].from
		}
	}
	l.pay(t.Hops, ends, q.Shown-paid)
	return l
}

// pay lists so many payments more, those that carry most, of those between listed accounts.
func (l *listing) pay(hops []graph.Hop, ends []hopEnds, room int) {
	var more []int
	for k := range hops {
		if !l.hops[k] && l.accounts[ends[k].from] && l.accounts[ends[k].to] {
			more = append(more, k)
		}
	}
	if len(more) > room {
		slices.SortStableFunc(more, func(x, y int) int { return cmp.Compare(hops[y].Carried, hops[x].Carried) })
		more = more[:max(room, 0)]
	}
	for _, k := range more {
		l.hops[k] = true
	}
}

// drawn marks, in each layer, so many accounts through which most passed, or all where only one more is there, and gives all accounts: those
// marked, then by what passed.
func (l *listing) drawn(accounts []graph.Layer, most int) []int {
	order := make([]int, len(accounts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int {
		return cmp.Compare(max(accounts[y].In, accounts[y].Out), max(accounts[x].In, accounts[x].Out))
	})
	in, met := map[int]int{}, map[int]int{}
	for _, x := range accounts {
		in[x.Depth]++
	}
	for _, i := range order {
		d := accounts[i].Depth
		l.alone[i] = met[d] < most || in[d] == most+1
		met[d]++
	}
	slices.SortStableFunc(order, func(x, y int) int {
		switch {
		case l.alone[x] == l.alone[y]:
			return 0
		case l.alone[x]:
			return -1
		default:
			return 1
		}
	})
	return order
}

// hopEnds are the accounts of a payment by their numbers in the trace, in the direction of the trace.
type hopEnds struct{ from, to int }

// ledBy gives the ends of each payment, and for each account the payment that carried most of those by which the trace first came to it, -1
// for a start: such payments come from an earlier layer, so that they lead back to a start.
func (a *asking) ledBy(t graph.Trace, backward bool) (ends []hopEnds, led []int) {
	flow := a.book.Flow
	number := make(map[graph.Account]int, len(t.Accounts))
	led = make([]int, len(t.Accounts))
	for i, l := range t.Accounts {
		number[l.Account], led[i] = i, -1
	}
	ends = make([]hopEnds, len(t.Hops))
	for k, h := range t.Hops {
		e := hopEnds{number[flow.From(h.Move)], number[flow.To(h.Move)]}
		if backward {
			e.from, e.to = e.to, e.from
		}
		ends[k] = e
		if t.Accounts[e.to].Depth == h.Depth && (led[e.to] < 0 || h.Carried > t.Hops[led[e.to]].Carried) {
			led[e.to] = k
		}
	}
	return ends, led
}

func fill(list []bool) {
	for i := range list {
		list[i] = true
	}
}
