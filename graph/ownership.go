package graph

import "slices"

// ownership is the part of the shareholding graph above one company.
type ownership struct {
	nodes   []Subject // nodes[0] is the company
	index   map[Subject]int
	holders [][]Holding // by node, ratios brought to 1
	agreed  [][]Holding // by node, who controls it by agreement
	sums    []float64
	cut     bool
	same    *selves
}

// maxOwners bounds the subjects looked at above one company.
const maxOwners = 20_000

// above gathers everybody who holds or by agreement controls the company, through any number of others.
func (r *Relations) above(company Subject, f Filter, trust Trust) ownership {
	o := ownershipOf(company, r.selvesAround(company, f))
	for i := 0; i < len(o.nodes); i++ {
		o.put(o.same.direct(r, o.nodes[i], f, trust))
	}
	return o
}

func ownershipOf(company Subject, same *selves) ownership {
	return ownership{nodes: []Subject{company}, index: map[Subject]int{company: 0}, same: same}
}

// headed is what is directly above a subject: sum is that of the stated shares.
type headed struct {
	holders, agreed []Holding
	sum             float64
}

func (x *selves) direct(r *Relations, s Subject, f Filter, trust Trust) headed {
	list, sum := x.holders(r, s, f, trust)
	return headed{list, x.agreements(r, s, f), sum}
}

// put adds what is directly above the next node.
func (o *ownership) put(h headed) {
	o.holders, o.sums = append(o.holders, o.take(h.holders)), append(o.sums, h.sum)
	o.agreed = append(o.agreed, o.take(h.agreed))
}

// take numbers the other ends of a list and gives the list without those for which there is no room.
func (o *ownership) take(list []Holding) []Holding {
	for i, h := range list {
		if _, ok := o.index[h.Other]; ok {
			continue
		}
		if len(o.nodes) >= maxOwners {
			o.cut = true
			return slices.Concat(list[:i], slices.DeleteFunc(slices.Clone(list[i:]), func(h Holding) bool {
				_, ok := o.index[h.Other]
				return !ok
			}))
		}
		o.index[h.Other] = len(o.nodes)
		o.nodes = append(o.nodes, h.Other)
	}
	return list
}

// agreements gives who controls a subject without holding it.
func (r *Relations) agreements(s Subject, f Filter) []Holding {
	f.Kinds = SetOf(ActualController)
	var list []Holding
	r.visit(s, Inward, f, func(e Edge, other Subject, _ bool) bool {
		list = append(list, Holding{Edge: e, Other: other, Ratio: r.Ratio(e)})
		return true
	})
	return list
}
