package graph

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
	return r.aboveWho(company, f, trust, func(_, _ []Holding) bool { return true })
}

// aboveWho is above without those above a subject of which matters says no.
func (r *Relations) aboveWho(company Subject, f Filter, trust Trust, matters func(holders, agreed []Holding) bool) ownership {
	o := ownership{nodes: []Subject{company}, index: map[Subject]int{company: 0}, same: r.selvesAround(company, f)}
	for i := 0; i < len(o.nodes); i++ {
		list, sum := o.same.holders(r, o.nodes[i], f, trust)
		agreed := o.same.agreements(r, o.nodes[i], f)
		if !matters(list, agreed) {
			list, agreed = nil, nil
		}
		o.holders, o.sums = append(o.holders, o.take(list)), append(o.sums, sum)
		o.agreed = append(o.agreed, o.take(agreed))
	}
	return o
}

// take numbers the other ends of a list and leaves out those for which there is no room.
func (o *ownership) take(list []Holding) []Holding {
	kept := list[:0]
	for _, h := range list {
		if _, ok := o.index[h.Other]; !ok {
			if len(o.nodes) >= maxOwners {
				o.cut = true
				continue
			}
			o.index[h.Other] = len(o.nodes)
			o.nodes = append(o.nodes, h.Other)
		}
		kept = append(kept, h)
	}
	return kept
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
