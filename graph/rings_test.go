package graph

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// reached says for each pair of subjects whether relations of a kind lead from one to the other, in either direction where both.
func reached(list []Relation, kind Kind, f Filter, both bool) (to [people + 1][people + 1]bool) {
	for _, r := range list {
		if r.Kind == kind && admitted(r, f) {
			to[r.From][r.To] = true
			to[r.To][r.From] = to[r.To][r.From] || both
		}
	}
	for k := range to {
		for i := range to {
			for j := range to {
				to[i][j] = to[i][j] || to[i][k] && to[k][j]
			}
		}
	}
	return to
}

// groupsOf gives the sets of subjects that reach each other, of two at least, sorted.
func groupsOf(to [people + 1][people + 1]bool) [][]int64 {
	var groups [][]int64
	for i := int64(1); i <= people; i++ {
		group := []int64{}
		for j := int64(1); j <= people; j++ {
			if i == j || to[i][j] && to[j][i] {
				group = append(group, j)
			}
		}
		if len(group) > 1 && group[0] == i {
			groups = append(groups, group)
		}
	}
	slices.SortFunc(groups, slices.Compare)
	return groups
}

func keysOfGroups(d drawn, groups [][]Subject) [][]int64 {
	var out [][]int64
	for _, g := range groups {
		var keys []int64
		for _, s := range g {
			keys = append(keys, d.r.Key(s))
		}
		slices.Sort(keys)
		out = append(out, keys)
	}
	slices.SortFunc(out, slices.Compare)
	return out
}

// Guarantee rings and clusters are the sets of subjects that reach each other when every pair is tried.
func TestRingsAndClustersAgainstAllPairs(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d, f := drawRelations(rt, []Kind{Guarantee, Guarantee, SamePhone}), drawFilter(rt)
		f.Kinds = 0
		var rings, clusters [][]Subject
		for _, r := range d.r.GuaranteeRings(nil, f) {
			rings = append(rings, r.Members)
			for i, s := range r.Chain {
				if s.From != r.Chain[(i+len(r.Chain)-1)%len(r.Chain)].To {
					rt.Fatalf("the way round %v breaks", r.Chain)
				}
			}
		}
		for _, c := range d.r.Clusters(2, f) {
			clusters = append(clusters, c.Members)
		}
		if got, want := keysOfGroups(d, rings), groupsOf(reached(d.list, Guarantee, f, false)); !slices.EqualFunc(got, want, slices.Equal[[]int64]) {
			rt.Fatalf("rings %v, want %v", got, want)
		}
		if got, want := keysOfGroups(d, clusters), groupsOf(reached(d.list, SamePhone, f, true)); !slices.EqualFunc(got, want, slices.Equal[[]int64]) {
			rt.Fatalf("clusters %v, want %v", got, want)
		}
	})
}
