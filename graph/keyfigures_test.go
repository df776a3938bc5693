package graph

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// plainChains counts, on a plain matrix of ties, the shortest chains between two nodes, and those of them through each node between.
func plainChains(tied [][]bool, from, to int) (all int, through []int) {
	n := len(tied)
	through = make([]int, n)
	var walk func(way []int, length int) int
	walk = func(way []int, length int) int {
		at, found := way[len(way)-1], 0
		if at == to {
			for _, k := range way[1 : len(way)-1] {
				through[k]++
			}
			return 1
		}
		for k := range n {
			if length > 0 && tied[at][k] && !slices.Contains(way, k) {
				found += walk(append(slices.Clone(way), k), length-1)
			}
		}
		return found
	}
	for length := 1; length < n; length++ {
		if all = walk([]int{from}, length); all > 0 {
			return all, through
		}
	}
	return 0, through
}

// The reasons of key figures are those of a plain look at every relation, every chain between members and everybody's hand.
func TestKeyFiguresAgainstPlainLook(t *testing.T) {
	kinds := []Kind{Shareholder, Shareholder, LegalRepresentative, Director, ActualController, SameAddress}
	rapid.Check(t, func(rt *rapid.T) {
		d := drawRelations(rt, kinds)
		var set []int64
		for k := range int64(people) {
			if rapid.Bool().Draw(rt, "member") {
				set = append(set, k+1)
			}
		}
		if len(set) == 0 {
			set = []int64{1}
		}
		q := KeyQuery{Depth: 2, Room: 100}
		for _, k := range set {
			q.Set = append(q.Set, d.find(k))
		}
		nodes := slices.Clone(set)
		around, _ := d.r.AroundAll(q.Set, 2, 100, Filter{})
		for _, n := range around {
			nodes = append(nodes, d.r.Key(n.Subject))
		}
		want := plainReasons(d, set, nodes)
		got := map[int64]map[string]int{}
		b := &Book{Relations: d.r, Flow: NewFlow()}
		for _, k := range b.KeyFigures(q) {
			counts := map[string]int{}
			for _, r := range k.Reasons {
				counts[r.Key] = r.Count
			}
			got[d.r.Key(k.Subject)] = counts
		}
		for _, n := range nodes {
			for _, key := range []string{ReasonTies, ReasonOffices, ReasonControls, ReasonBroker} {
				same := got[n][key] == want[n][key]
				if key == ReasonBroker {
					same = max(2*got[n][key]-want[n][key], want[n][key]-2*got[n][key]) <= 1
				}
				if !same {
					rt.Fatalf("%s of %d among %v is %d, not %d: %v", key, n, set, got[n][key], want[n][key], d.list)
				}
			}
		}
	})
}

func plainReasons(d drawn, set, nodes []int64) map[int64]map[string]int {
	want := map[int64]map[string]int{}
	tied := make([][]bool, len(nodes))
	for i, n := range nodes {
		want[n], tied[i] = map[string]int{}, make([]bool, len(nodes))
		for k, m := range nodes {
			related, office := false, false
			for _, r := range d.list {
				out, in := r.From == n && r.To == m, r.From == m && r.To == n
				related = related || i != k && (out || in)
				office = office || i != k && out && r.Kind <= Manager
			}
			tied[i][k] = related
			if related && slices.Contains(set, m) {
				want[n][ReasonTies]++
			}
			if office && slices.Contains(set, m) {
				want[n][ReasonOffices]++
			}
		}
	}
	share := make([]float64, len(nodes))
	for i := range set {
		for k := range i {
			all, through := plainChains(tied, i, k)
			for n, c := range through {
				if c > 0 {
					share[n] += float64(c) / float64(all)
				}
			}
		}
	}
	for i, n := range nodes {
		want[n][ReasonBroker] = int(math.Round(2 * share[i])) // halves are rounded by the engine, either way where sums are not exact
	}
	for _, m := range set {
		if d.r.KindOf(d.find(m)) != Company {
			continue
		}
		list, _ := d.r.Controllers(d.find(m), Filter{}, nil)
		for _, c := range list {
			if c.How == ByMajority || c.How == ByAgreement {
				if of := want[d.r.Key(c.Subject)]; of != nil {
					of[ReasonControls]++
				}
			}
		}
	}
	return want
}
