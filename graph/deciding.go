package graph

import "math"

// deciding is the part of an ownership that can decide who controls the company: direct gives what is directly above a subject. Nobody is
// left out who controls it, or controls somebody who does, and the nearest are first.
func (o ownership) deciding(direct func(s Subject) headed) ownership {
	part := ownershipOf(o.nodes[0], o.same)
	controlled := func(s Subject) bool { return direct(s).mayBeControlled() }
	for i := 0; i < len(part.nodes); i++ {
		h := direct(part.nodes[i])
		part.put(headed{holders: h.deciding(controlled), agreed: h.agreed, sum: h.sum})
	}
	return part
}

// mayBeControlled says whether somebody could control the subject: nobody controls one of which no majority is known.
func (h headed) mayBeControlled() bool {
	if len(h.agreed) > 0 {
		return true
	}
	sum := 0.0
	for _, x := range h.holders {
		if !math.IsNaN(x.Ratio) {
			sum += x.Ratio
		}
	}
	return sum > majority
}

// deciding gives the holders by whom a majority of the subject can come into one hand: one who holds it alone where the others together do
// not, and nobody where all those who may be controlled themselves, with the largest other holder over them, have none.
func (h headed) deciding(controlled func(s Subject) bool) []Holding {
	sum, largest := 0.0, -1
	for i, x := range h.holders {
		if !math.IsNaN(x.Ratio) {
			if sum += x.Ratio; largest < 0 || x.Ratio > h.holders[largest].Ratio {
				largest = i
			}
		}
	}
	if sum <= majority {
		return nil
	}
	if most := h.holders[largest].Ratio; most > majority+1e-9 && sum-most <= majority {
		return h.holders[largest : largest+1]
	}
	joint, alone := 0.0, 0.0
	for _, x := range h.holders {
		switch {
		case math.IsNaN(x.Ratio):
		case controlled(x.Other):
			joint += x.Ratio
		default:
			alone = max(alone, x.Ratio)
		}
	}
	if joint+alone <= majority {
		return nil
	}
	return h.holders
}

// belongsToNone says at a look that nobody controls a subject: all that any source states to be held of it is no majority, and there is no
// agreement.
func (r *Relations) belongsToNone(s Subject, f *Filter) bool {
	sum := 0.0
	for n, p := range r.parts {
		for _, x := range p.links.of(s, Inward) {
			if x.kind != Shareholder && x.kind != ActualController || !r.usable(n, x, f) {
				continue
			}
			if x.kind == ActualController {
				return false
			}
			if ratio := p.ratio[x.edge]; !math.IsNaN(ratio) {
				sum += ratio
			}
		}
	}
	return sum <= majority
}
