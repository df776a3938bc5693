package graph

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func drawTrace(rt *rapid.T, f *Flow) (TraceQuery, bool) {
	q := TraceQuery{Hops: rapid.IntRange(1, 4).Draw(rt, "hops"), First: rapid.Int64Range(-1, 3).Draw(rt, "first"), Last: rapid.Int64Range(3, 7).Draw(rt, "last"),
		MinFen: rapid.SampledFrom([]int64{0, 0, 8}).Draw(rt, "least"), Backward: rapid.Bool().Draw(rt, "backward")}
	if rapid.Bool().Draw(rt, "fifo") {
		q.Method = FirstIn
	}
	a, ok := f.Find(rapid.Int64Range(1, 5).Draw(rt, "start"))
	q.Start = []Account{a}
	return q, ok
}

// bruteHops walks every chain of payments that respects time and gives the least number of payments that lead to each.
func bruteHops(list []Transfer, start int64, q TraceQuery) map[int64]int {
	out := map[int64]int{}
	var walk func(at, time int64, n int)
	walk = func(at, time int64, n int) {
		if n > q.Hops {
			return
		}
		for _, t := range list {
			from, to, fits := t.From, t.To, t.At >= time
			if q.Backward {
				from, to, fits = t.To, t.From, t.At <= time
			}
			if from != at || !fits || t.At < q.First || t.At > q.Last || t.Fen < q.MinFen || t.From == t.To {
				continue
			}
			if was, ok := out[t.ID]; !ok || n < was {
				out[t.ID] = n
				walk(to, t.At, n+1)
			}
		}
	}
	open := q.First
	if q.Backward {
		open = q.Last
	}
	walk(start, open, 1)
	return out
}

// A trace holds every payment that some chain respecting time leads to, at its least depth, and nothing else.
func TestTraceAgainstAllChains(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		list, f := drawTransfers(rt, 24)
		q, ok := drawTrace(rt, f)
		if !ok {
			return
		}
		want := bruteHops(list, f.Key(q.Start[0]), q)
		got := f.Trace(q)
		if len(got.Hops) != len(want) || got.Truncated {
			rt.Fatalf("%d hops, want %d", len(got.Hops), len(want))
		}
		for _, h := range got.Hops {
			if want[f.ID(h.Move)] != h.Depth {
				rt.Fatalf("payment %d at depth %d, want %d", f.ID(h.Move), h.Depth, want[f.ID(h.Move)])
			}
		}
	})
}

// Traced money is neither made nor lost, to the fen: no payment carries more than its amount, each account pays on what it did not
// keep, and what started is what remains.
func TestTraceConserves(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		_, f := drawTransfers(rt, 40)
		q, ok := drawTrace(rt, f)
		if !ok {
			return
		}
		tr := f.Trace(q)
		in, out := map[Account]int64{}, map[Account]int64{}
		for _, h := range tr.Hops {
			if h.Carried < 0 || h.Carried > f.Fen(h.Move) {
				rt.Fatalf("payment of %d carries %d", f.Fen(h.Move), h.Carried)
			}
			from, to := f.From(h.Move), f.To(h.Move)
			if q.Backward {
				from, to = to, from
			}
			out[from] += h.Carried
			in[to] += h.Carried
		}
		started, remained := int64(0), int64(0)
		for _, l := range tr.Accounts {
			start := slices.Contains(q.Start, l.Account)
			if l.In != in[l.Account] || l.Out != out[l.Account] || l.Remaining < 0 || !start && l.In != l.Out+l.Remaining {
				rt.Fatalf("account %d: %+v, hops say in %d out %d", f.Key(l.Account), l, in[l.Account], out[l.Account])
			}
			if start {
				started += l.Out
			}
			remained += l.Remaining
		}
		if started != remained {
			rt.Fatalf("%d fen started, %d remained", started, remained)
		}
	})
}

// FirstIn and ProRata agree where an account received traced money alone.
func TestCarryWhereAllIsTraced(t *testing.T) {
	list := []Transfer{{ID: 1, From: 1, To: 2, Fen: 1000, At: 1}, {ID: 2, From: 2, To: 3, Fen: 333, At: 2}, {ID: 3, From: 2, To: 4, Fen: 333, At: 2}, {ID: 4, From: 2, To: 5, Fen: 333, At: 2}}
	f := NewFlow().With(slices.Values(list))
	a, _ := f.Find(1)
	first, last := Always()
	for _, m := range []Method{ProRata, FirstIn} {
		tr := f.Trace(TraceQuery{Start: []Account{a}, Hops: 2, First: first, Last: last, Method: m})
		for _, h := range tr.Hops {
			if h.Carried != f.Fen(h.Move) {
				t.Errorf("method %d: payment %d carries %d of %d", m, f.ID(h.Move), h.Carried, f.Fen(h.Move))
			}
		}
	}
}

// Half traced, half not: a payment of half takes half of the traced money pro rata, and the older money first in first out.
func TestCarryMixed(t *testing.T) {
	list := []Transfer{{ID: 1, From: 9, To: 2, Fen: 1000, At: 1}, {ID: 2, From: 1, To: 2, Fen: 1000, At: 2}, {ID: 3, From: 2, To: 3, Fen: 1000, At: 3}}
	f := NewFlow().With(slices.Values(list))
	a, _ := f.Find(1)
	first, last := Always()
	for m, want := range map[Method]int64{ProRata: 500, FirstIn: 0} {
		tr := f.Trace(TraceQuery{Start: []Account{a}, Hops: 2, First: first, Last: last, Method: m})
		if got := tr.Hops[len(tr.Hops)-1].Carried; got != want {
			t.Errorf("method %d carries %d, want %d", m, got, want)
		}
	}
}

func TestApportion(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		weights := rapid.SliceOfN(rapid.Int64Range(0, 1_000_000_000), 1, 9).Draw(rt, "weights")
		total := int64(0)
		for _, w := range weights {
			total += w
		}
		amount := rapid.Int64Range(0, max(total, 1)).Draw(rt, "amount")
		sum := int64(0)
		for i, p := range Apportion(amount, weights) {
			sum += p
			if exact := float64(amount) * float64(weights[i]) / float64(max(total, 1)); float64(p) < exact-1.001 || float64(p) > exact+1.001 {
				rt.Fatalf("part %d of %d is %d, exactly %f", i, amount, p, exact)
			}
		}
		if total > 0 && sum != amount {
			rt.Fatalf("%d of %d was shared out", sum, amount)
		}
	})
}

// bruteRings gives every ring of payments as the sorted list of its transfers, by walking all chains from each first payment.
func bruteRings(list []Transfer, q CycleQuery) [][]int64 {
	sorted := slices.Clone(list)
	slices.SortFunc(sorted, func(a, b Transfer) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID)) })
	var out [][]int64
	var walk func(start int, chain []int)
	walk = func(start int, chain []int) {
		last := sorted[chain[len(chain)-1]]
		if last.To == sorted[start].From {
			if len(chain) > 1 {
				var ids []int64
				for _, i := range chain {
					ids = append(ids, sorted[i].ID)
				}
				out = append(out, ids)
			}
			return
		}
		if len(chain) == q.Length {
			return
		}
		for j := start + 1; j < len(sorted); j++ {
			t := sorted[j]
			if t.From != last.To || t.At < last.At || t.At-sorted[start].At > q.Window || t.Fen < q.MinFen {
				continue
			}
			if slices.ContainsFunc(chain[1:], func(i int) bool { return sorted[i].From == t.To }) || t.To == t.From {
				continue
			}
			walk(start, append(slices.Clone(chain), j))
		}
	}
	for i, t := range sorted {
		if t.Fen >= q.MinFen && t.At >= q.First && t.At <= q.Last && t.From != t.To {
			walk(i, []int{i})
		}
	}
	slices.SortFunc(out, slices.Compare)
	return out
}

func TestCyclesAgainstAllChains(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		list, f := drawTransfers(rt, 22)
		q := CycleQuery{Length: rapid.IntRange(2, 5).Draw(rt, "length"), Window: rapid.Int64Range(0, 6).Draw(rt, "window"), MinFen: rapid.SampledFrom([]int64{0, 9}).Draw(rt, "least"), First: -1, Last: 100}
		rings, cut := f.Cycles(q)
		var got [][]int64
		for _, r := range rings {
			var ids []int64
			for _, m := range r.Moves {
				ids = append(ids, f.ID(m))
			}
			got = append(got, ids)
		}
		slices.SortFunc(got, slices.Compare)
		want := bruteRings(list, q)
		if cut || !slices.EqualFunc(got, want, slices.Equal[[]int64]) {
			rt.Fatalf("rings %v, want %v", got, want)
		}
	})
}

func TestPathOfMoney(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		list, f := drawTransfers(rt, 20)
		from, ok := f.Find(rapid.Int64Range(1, 5).Draw(rt, "from"))
		to, also := f.Find(rapid.Int64Range(1, 5).Draw(rt, "to"))
		if !ok || !also || from == to {
			return
		}
		q := TraceQuery{Hops: 4, First: 0, Last: 6}
		want := 0
		for id, depth := range bruteHops(list, f.Key(from), q) {
			if list[id-1].To == f.Key(to) && (want == 0 || depth < want) {
				want = depth
			}
		}
		chain, found := f.PathOfMoney(from, to, q)
		if found != (want > 0) || len(chain) != want {
			rt.Fatalf("chain %v, want %d payments", chain, want)
		}
		for i := 1; i < len(chain); i++ {
			if f.From(chain[i]) != f.To(chain[i-1]) || f.At(chain[i]) < f.At(chain[i-1]) {
				rt.Fatalf("chain %v breaks", chain)
			}
		}
	})
}

func TestHubsAgainstPlainLook(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		list, f := drawTransfers(rt, 30)
		window := rapid.Int64Range(0, 6).Draw(rt, "window")
		got := map[[2]int64]int{}
		for _, h := range f.Hubs(HubQuery{Window: window, Least: 1, MinFen: 0, Last: 1 << 62}) {
			side := int64(0)
			if h.Scatter {
				side = 1
			}
			got[[2]int64{f.Key(h.Account), side}] = h.Others
		}
		want := map[[2]int64]int{}
		for _, first := range list {
			for key := int64(1); key <= 5; key++ {
				in, out := map[int64]bool{}, map[int64]bool{}
				for _, x := range list {
					if x.At < first.At || x.At-first.At > window || x.From == x.To {
						continue
					}
					if x.To == key {
						in[x.From] = true
					}
					if x.From == key {
						out[x.To] = true
					}
				}
				for side, n := range []int{len(in), len(out)} {
					if k := [2]int64{key, int64(side)}; n > want[k] {
						want[k] = n
					}
				}
			}
		}
		if len(got) != len(want) {
			rt.Fatalf("hubs %v, want %v", got, want)
		}
		for k, n := range want {
			if got[k] != n {
				rt.Fatalf("hub %v: %d, want %d", k, got[k], n)
			}
		}
	})
}
