package graph

import (
	"cmp"
	"slices"
)

// Ring is a group of subjects that guarantee each other, directly or through others: if one fails, all may. Chain is a shortest way
// round that passes its first member.
type Ring struct {
	Members []Subject
	Chain   []Step
}

// GuaranteeRings gives the groups of subjects that guarantee each other in a circle, the largest first. Around nil looks at all
// relations, else at the subjects named alone.
func (r *Relations) GuaranteeRings(around []Subject, f Filter) []Ring {
	f.Kinds = SetOf(Guarantee)
	nodes := around
	if nodes == nil {
		nodes = r.withEdges(f)
	}
	index := make(map[Subject]int, len(nodes))
	for i, s := range nodes {
		index[s] = i
	}
	groups := components(len(nodes), func(i int) []int {
		var next []int
		r.visit(nodes[i], Outward, f, func(_ Edge, other Subject, _ bool) bool {
			if k, ok := index[other]; ok {
				next = append(next, k)
			}
			return true
		})
		return next
	})
	var list []Ring
	for _, g := range groups {
		if len(g) < 2 {
			continue
		}
		ring := Ring{}
		in := map[Subject]bool{}
		for _, i := range g {
			ring.Members = append(ring.Members, nodes[i])
			in[nodes[i]] = true
		}
		slices.SortFunc(ring.Members, func(a, b Subject) int { return cmp.Compare(r.Key(a), r.Key(b)) })
		ring.Chain = r.wayRound(ring.Members[0], in, f)
		list = append(list, ring)
	}
	slices.SortStableFunc(list, func(a, b Ring) int {
		return cmp.Or(cmp.Compare(len(b.Members), len(a.Members)), cmp.Compare(r.Key(a.Members[0]), r.Key(b.Members[0])))
	})
	return list
}

// withEdges lists the subjects that have a relation of the filter going out.
func (r *Relations) withEdges(f Filter) []Subject {
	met := map[Subject]bool{}
	var list []Subject
	for n, p := range r.parts {
		for i := range uint32(p.len()) {
			if !r.usable(n, p.tie(i, p.to[i]), &f) {
				continue
			}
			for _, s := range []Subject{p.from[i], p.to[i]} {
				if !met[s] {
					met[s] = true
					list = append(list, s)
				}
			}
		}
	}
	return list
}

// wayRound gives a shortest directed way from a subject back to itself within a set.
func (r *Relations) wayRound(start Subject, in map[Subject]bool, f Filter) []Step {
	via := map[Subject]Step{}
	front := []Subject{start}
	for len(front) > 0 {
		var next []Subject
		for _, n := range front {
			closed := false
			var last Step
			r.visit(n, Outward, f, func(e Edge, other Subject, _ bool) bool {
				if other == start && n != start {
					last, closed = Step{e, n, other, true}, true
					return false
				}
				if _, met := via[other]; !met && in[other] && other != start {
					via[other] = Step{e, n, other, true}
					next = append(next, other)
				}
				return true
			})
			if closed {
				chain := []Step{last}
				for n != start {
					chain = append(chain, via[n])
					n = via[n].From
				}
				slices.Reverse(chain)
				return chain
			}
		}
		front = next
	}
	return nil
}

// Cluster is a group of subjects that share an attribute, directly or through others that share it.
type Cluster struct {
	Kind    Kind
	Members []Subject
}

// Clusters gives the groups that share an address, a phone, a device or a domain, the largest first; kinds other than those are left
// out. Least is the smallest group given.
func (r *Relations) Clusters(least int, f Filter) []Cluster {
	var list []Cluster
	for _, k := range []Kind{SameAddress, SamePhone, SameDevice, SameDomain} {
		if !f.Kinds.Has(k) {
			continue
		}
		one := f
		one.Kinds = SetOf(k)
		list = append(list, r.clustersOf(k, least, one)...)
	}
	slices.SortStableFunc(list, func(a, b Cluster) int { return cmp.Compare(len(b.Members), len(a.Members)) })
	return list
}

func (r *Relations) clustersOf(k Kind, least int, f Filter) []Cluster {
	met := map[Subject]bool{}
	var list []Cluster
	for _, s := range r.withEdges(f) {
		if met[s] {
			continue
		}
		met[s] = true
		group := []Subject{s}
		for i := 0; i < len(group); i++ {
			r.visit(group[i], Either, f, func(_ Edge, other Subject, _ bool) bool {
				if !met[other] {
					met[other] = true
					group = append(group, other)
				}
				return true
			})
		}
		if len(group) >= least {
			slices.SortFunc(group, func(a, b Subject) int { return cmp.Compare(r.Key(a), r.Key(b)) })
			list = append(list, Cluster{Kind: k, Members: group})
		}
	}
	return list
}
