package graph

import (
	"cmp"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// plainMoney is the money of an account, fen by fen for FirstIn (true for a traced one), in sums for ProRata.
type plainMoney struct {
	coins       []bool
	all, traced int64
}

// plainCarry carries traced money by the rules of carry, one payment of the list after the other, and gives what each hop carries by the
// store's key. Backward turns the list round. It shares no code with the engine but the rule of the largest remainder.
func plainCarry(list []Transfer, start int64, depth map[int64]int, q TraceQuery) map[int64]int64 {
	turned := slices.Clone(list)
	turned = slices.DeleteFunc(turned, func(t Transfer) bool { return t.From == t.To || t.At < q.First || t.At > q.Last })
	if q.Backward {
		for i, t := range turned {
			turned[i] = Transfer{ID: -t.ID, From: t.To, To: t.From, Fen: t.Fen, At: -t.At}
		}
	}
	depthOf := func(t Transfer) int { return depth[max(t.ID, -t.ID)] }
	hops := slices.DeleteFunc(slices.Clone(turned), func(t Transfer) bool { return depthOf(t) == 0 })
	others := slices.DeleteFunc(slices.Clone(turned), func(t Transfer) bool { return depthOf(t) > 0 })
	slices.SortFunc(others, func(a, b Transfer) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID)) })
	slices.SortFunc(hops, func(a, b Transfer) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(depthOf(a), depthOf(b)), cmp.Compare(a.From, b.From), cmp.Compare(a.ID, b.ID))
	})
	money, carried, taken := map[int64]*plainMoney{}, map[int64]int64{}, map[int64]bool{}
	at := func(a int64) *plainMoney {
		if money[a] == nil {
			money[a] = &plainMoney{}
		}
		return money[a]
	}
	take := func(a int64, due func(t Transfer) bool) {
		for _, t := range others {
			if t.To == a && !taken[t.ID] && due(t) {
				taken[t.ID] = true
				at(a).receive(0, t.Fen)
			}
		}
	}
	for k := 0; k < len(hops); {
		n := k
		for n < len(hops) && hops[n].At == hops[k].At && hops[n].From == hops[k].From && depthOf(hops[n]) == depthOf(hops[k]) {
			n++
		}
		group := hops[k:n]
		k = n
		take(group[0].From, func(t Transfer) bool { return t.At <= group[0].At })
		parts := at(group[0].From).spend(group, q.Method)
		for i, h := range group {
			if h.From == start {
				parts[i] = h.Fen
			}
			carried[max(h.ID, -h.ID)] = parts[i]
			take(h.To, func(t Transfer) bool { return t.At < h.At || t.At == h.At && t.ID < h.ID })
			at(h.To).receive(parts[i], h.Fen-parts[i])
		}
	}
	return carried
}

func (m *plainMoney) receive(traced, rest int64) {
	m.coins = append(append(m.coins, slices.Repeat([]bool{true}, int(traced))...), slices.Repeat([]bool{false}, int(rest))...)
	m.all, m.traced = m.all+traced+rest, m.traced+traced
}

func (m *plainMoney) spend(group []Transfer, by Method) []int64 {
	parts := make([]int64, len(group))
	if by == FirstIn {
		for i, t := range group {
			n := min(t.Fen, int64(len(m.coins)))
			for _, traced := range m.coins[:n] {
				if traced {
					parts[i]++
				}
			}
			m.coins = m.coins[n:]
		}
		return parts
	}
	total, weights := int64(0), make([]int64, len(group))
	for i, t := range group {
		weights[i] = t.Fen
		total += t.Fen
	}
	gone := m.traced
	if total < m.all { // the nearest whole number, half up: the floor of (2 traced total + all) / (2 all)
		r := new(big.Int).Mul(big.NewInt(2*m.traced), big.NewInt(total))
		gone = r.Add(r, big.NewInt(m.all)).Div(r, big.NewInt(2*m.all)).Int64()
	}
	m.all, m.traced = max(0, m.all-total), m.traced-gone
	return Apportion(gone, weights)
}

// What a payment carries, pro rata and first in first out, is what paying fen by fen gives; the accounts stand by layer and rest.
func TestCarryAgainstPlainMoney(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		list, f := drawTransfers(rt, 40)
		q, ok := drawTrace(rt, f)
		if !ok {
			return
		}
		start := f.Key(q.Start[0])
		want := plainCarry(list, start, bruteHops(list, start, q), q)
		tr := f.Trace(q)
		if len(tr.Hops) != len(want) {
			rt.Fatalf("%d hops, want %d", len(tr.Hops), len(want))
		}
		for i, h := range tr.Hops {
			if h.Carried != want[f.ID(h.Move)] {
				rt.Fatalf("payment %d carries %d of %d, want %d", f.ID(h.Move), h.Carried, f.Fen(h.Move), want[f.ID(h.Move)])
			}
			if i > 0 && (tr.Hops[i-1].Depth > h.Depth || tr.Hops[i-1].Depth == h.Depth && f.before(tr.Hops[i-1].Move, h.Move) >= 0) {
				rt.Fatalf("hop %d is out of order", i)
			}
		}
		for i, l := range tr.Accounts[1:] {
			if p := tr.Accounts[i]; cmp.Or(cmp.Compare(p.Depth, l.Depth), cmp.Compare(l.Remaining, p.Remaining), cmp.Compare(f.Key(p.Account), f.Key(l.Account))) >= 0 {
				rt.Fatalf("account %d is out of order: %+v, %+v", i, p, l)
			}
		}
	})
}

// A trace that Limit cuts follows the first payments alone, and still neither makes nor loses money.
func TestCarryOfCutTrace(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		list, f := drawTransfers(rt, 40)
		q, ok := drawTrace(rt, f)
		if !ok {
			return
		}
		q.Limit = rapid.IntRange(1, 12).Draw(rt, "limit")
		tr := f.Trace(q)
		depth := map[int64]int{}
		for _, h := range tr.Hops {
			depth[f.ID(h.Move)] = h.Depth
		}
		want := plainCarry(list, f.Key(q.Start[0]), depth, q)
		for _, h := range tr.Hops {
			if h.Carried != want[f.ID(h.Move)] {
				rt.Fatalf("payment %d carries %d, want %d", f.ID(h.Move), h.Carried, want[f.ID(h.Move)])
			}
		}
	})
}
