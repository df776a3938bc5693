package graph

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func drawFilter(rt *rapid.T) Filter {
	f := Filter{}
	if rapid.Bool().Draw(rt, "by kind") {
		f.Kinds = SetOf(Shareholder, Guarantee)
	}
	f.On = int32(rapid.SampledFrom([]int{0, 0, 8, 60}).Draw(rt, "on"))
	return f
}

var someKinds = []Kind{Shareholder, Director, Guarantee, SamePhone}

// A chain is as short as the shortest that walking all chains finds, it holds together, and it uses what the filter admits.
func TestPathAgainstAllChains(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d, f := drawRelations(rt, someKinds), drawFilter(rt)
		from, to := rapid.Int64Range(1, people).Draw(rt, "start"), rapid.Int64Range(1, people).Draw(rt, "end")
		limit := rapid.IntRange(0, 6).Draw(rt, "limit")
		want := brutePath(d.list, from, to, limit, f)
		steps, ok := d.r.Path(d.find(from), d.find(to), limit, f)
		if ok != (want >= 0) || ok && len(steps) != want {
			rt.Fatalf("chain %d to %d of %d: %v %v, want %d", from, to, limit, ok, steps, want)
		}
		checkChain(rt, d, steps, from, to, ok, f)
	})
}

func checkChain(rt *rapid.T, d drawn, steps []Step, from, to int64, ok bool, f Filter) {
	if !ok {
		return
	}
	at := from
	for _, s := range steps {
		r := d.r.Relation(s.Edge)
		if d.r.Key(s.From) != at || !f.Kinds.Has(r.Kind) {
			rt.Fatalf("the chain breaks at %d: %+v", at, s)
		}
		a, b := r.From, r.To
		if !s.Outward {
			a, b = b, a
		}
		if a != at || b != d.r.Key(s.To) {
			rt.Fatalf("step %+v is not relation %+v", s, r)
		}
		at = b
	}
	if at != to {
		rt.Fatalf("the chain ends at %d, not %d", at, to)
	}
}

// The k chains are the k shortest of all chains that meet no subject twice.
func TestPathsAgainstAllChains(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := drawRelations(rt, someKinds)
		from, to := rapid.Int64Range(1, people).Draw(rt, "start"), rapid.Int64Range(1, people).Draw(rt, "end")
		k := rapid.IntRange(1, 6).Draw(rt, "k")
		var lengths []int
		var walk func(at int64, met map[int64]bool, n int)
		walk = func(at int64, met map[int64]bool, n int) {
			if at == to {
				lengths = append(lengths, n)
				return
			}
			for _, r := range d.list {
				for _, way := range [][2]int64{{r.From, r.To}, {r.To, r.From}} {
					if way[0] == at && !met[way[1]] {
						met[way[1]] = true
						walk(way[1], met, n+1)
						delete(met, way[1])
					}
				}
			}
		}
		walk(from, map[int64]bool{from: true}, 0)
		slices.Sort(lengths)
		got := d.r.Paths(d.find(from), d.find(to), k, MaxSteps, Filter{})
		if len(got) != min(k, len(lengths)) {
			rt.Fatalf("%d chains of %d, want %d", len(got), len(lengths), k)
		}
		for i, c := range got {
			if len(c) != lengths[i] || holdsChain(got[:i], c) {
				rt.Fatalf("chain %d has %d steps, want %d", i, len(c), lengths[i])
			}
			checkChain(rt, d, c, from, to, true, Filter{})
		}
	})
}

// Neighbours stand at their true distance, and the counts are those of the list.
func TestAroundAgainstAllChains(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d, f := drawRelations(rt, someKinds), drawFilter(rt)
		s := rapid.Int64Range(1, people).Draw(rt, "subject")
		depth := rapid.IntRange(0, 4).Draw(rt, "depth")
		list, more := d.r.Around(d.find(s), depth, 100, f)
		got := map[int64]int{}
		for _, n := range list {
			got[d.r.Key(n.Subject)] = n.Depth
		}
		for k := int64(1); k <= people; k++ {
			want := brutePath(d.list, s, k, depth, f)
			if k == s {
				want = -1
			}
			if have, ok := got[k]; ok != (want >= 0) || ok && have != want || more {
				rt.Fatalf("%d from %d: at %d (%v), want %d", k, s, have, ok, want)
			}
		}
		var counts [kinds]KindCount
		for _, r := range d.list {
			if brutePath([]Relation{r}, r.From, r.To, 1, f) < 0 && r.From != r.To || r.From == r.To && !admitted(r, f) {
				continue
			}
			if r.From == s {
				counts[r.Kind].Out++
			}
			if r.To == s {
				counts[r.Kind].In++
			}
		}
		for _, c := range d.r.Counts(d.find(s), f) {
			if counts[c.Kind].Out != c.Out || counts[c.Kind].In != c.In {
				rt.Fatalf("counts of %s: %+v, want %+v", c.Kind, c, counts[c.Kind])
			}
			counts[c.Kind] = KindCount{}
		}
		for k, c := range counts {
			if c.In+c.Out > 0 {
				rt.Fatalf("no count of %s", Kind(k))
			}
		}
	})
}

func admitted(r Relation, f Filter) bool {
	return f.Kinds.Has(r.Kind) && (f.On == 0 || r.Since <= f.On && (r.Until == 0 || r.Until >= f.On))
}

// A newer observation of a relation replaces the older one in whatever order they come, a withdrawn one gives way to the older, and the
// relations asked before do not change.
func TestWithKeepsTheLatest(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(rt, "facts")
		r, latest := NewRelations(), map[[3]int64]Relation{}
		var given []Relation
		for i := range n {
			rel := Relation{Fact: int64(i + 1), From: rapid.Int64Range(1, 3).Draw(rt, "from"), To: rapid.Int64Range(4, 6).Draw(rt, "to"), Kind: Shareholder, Source: "S",
				Ratio: 0.5, Fen: -1, Since: int32(rapid.IntRange(0, 1).Draw(rt, "since")), Observed: rapid.Int64Range(0, 4).Draw(rt, "observed")}
			if rapid.IntRange(0, 4).Draw(rt, "holder") == 0 {
				rel.Kind, rel.Since = Holder, HeldByAccount
			}
			given = append(given, rel)
		}
		for from := 0; from < n; {
			to := min(n, from+rapid.IntRange(1, 8).Draw(rt, "chunk"))
			before, count := r, edgesOf(r)
			r = r.With(Change{Relations: given[from:to]})
			if again := edgesOf(before); !slices.Equal(again, count) {
				rt.Fatalf("the relations changed from %v to %v", count, again)
			}
			r = r.With(Change{Relations: given[from:to]}) // the same again changes nothing
			from = to
		}
		for _, rel := range given {
			key := [3]int64{rel.From, rel.To, int64(rel.Since)}
			if rel.Kind == Holder {
				key[0] = 0
			}
			if was, ok := latest[key]; !ok || rel.Observed > was.Observed || rel.Observed == was.Observed && rel.Fact > was.Fact {
				latest[key] = rel
			}
		}
		var want []int64
		for _, rel := range latest {
			want = append(want, rel.Fact)
		}
		slices.Sort(want)
		if got := edgesOf(r); !slices.Equal(got, want) || r.Len() != len(want) {
			rt.Fatalf("edges %v (%d), want %v", got, r.Len(), want)
		}
		gone := rapid.SampledFrom(want).Draw(rt, "gone")
		r = r.With(Change{Gone: []int64{gone}})
		if got := edgesOf(r); slices.Contains(got, gone) || len(got) != len(want)-1 {
			rt.Fatalf("after fact %d went: %v of %v", gone, got, want)
		}
	})
}

func edgesOf(r *Relations) []int64 {
	list := []int64{}
	for s := range Subject(r.Subjects()) {
		r.visit(s, Outward, Filter{}, func(e Edge, _ Subject, _ bool) bool {
			list = append(list, r.Relation(e).Fact)
			return true
		})
	}
	slices.Sort(list)
	return list
}
