package graph

import (
	"cmp"
	"slices"
)

// Neighbour is a subject around another one: Depth is how many steps away it is, Via a relation on a shortest way there.
type Neighbour struct {
	Subject Subject
	Depth   int
	Via     Step
}

// KindCount counts the relations of a kind, in each direction.
type KindCount struct {
	Kind Kind
	Out  int
	In   int
}

// Counts gives, before anything is expanded, how many relations of each kind a subject has; kinds without any are left out.
func (r *Relations) Counts(s Subject, f Filter) []KindCount {
	var by [kinds]KindCount
	r.visit(s, Either, f, func(e Edge, _ Subject, outward bool) bool {
		k := r.KindOfEdge(e)
		if outward {
			by[k].Out++
		} else {
			by[k].In++
		}
		return true
	})
	var list []KindCount
	for k := range by {
		by[k].Kind = Kind(k)
		if by[k].Out+by[k].In > 0 {
			list = append(list, by[k])
		}
	}
	return list
}

// Around gives the subjects within depth steps, nearest first, at most limit of them, and whether there are more.
func (r *Relations) Around(s Subject, depth, limit int, f Filter) ([]Neighbour, bool) {
	return r.AroundAll([]Subject{s}, depth, limit, f)
}

// AroundAll is Around for several subjects at once; they themselves are not in the answer.
func (r *Relations) AroundAll(set []Subject, depth, limit int, f Filter) ([]Neighbour, bool) {
	room := r.borrow()
	defer room.giveBack()
	met := &room.sides[0]
	for _, s := range set {
		if !met.has(s) {
			met.add(stop{at: s, up: -1})
		}
	}
	own := len(met.queue)
	ends, more := r.spread(met, depth, limit, f)
	list := make([]Neighbour, len(met.queue)-own)
	d := 0
	for i := range list {
		for own+i >= ends[d] {
			d++
		}
		n := met.queue[own+i]
		list[i] = Neighbour{Subject: n.at, Depth: d + 1, Via: r.step(n.edge, met.queue[n.up].at)}
	}
	return list, more
}

// spread goes on from what was met by depth steps to at most limit subjects more, and says whether there are more; ends is where those of
// each step end.
func (r *Relations) spread(met *territory, depth, limit int, f Filter) (ends []int, more bool) {
	left := limit
	for d := 1; d <= depth && met.front < len(met.queue); d++ {
		from := met.front
		met.front = len(met.queue)
		for k := from; k < met.front && !more; k++ {
			r.visit(met.queue[k].at, Either, f, func(e Edge, other Subject, _ bool) bool {
				if met.has(other) {
					return true
				}
				if more = left == 0; more {
					return false
				}
				left--
				met.add(stop{other, int32(k), e})
				return true
			})
		}
		ends = append(ends, len(met.queue))
		if more {
			break
		}
	}
	return ends, more
}

// Between gives every relation whose two ends are both in the set, by fact.
func (r *Relations) Between(set []Subject, f Filter) []Edge {
	room := r.borrow()
	defer room.giveBack()
	in := &room.sides[0]
	for _, s := range set {
		if !in.has(s) {
			in.add(stop{at: s, up: -1})
		}
	}
	var list []Edge
	for _, n := range in.queue {
		r.visit(n.at, Outward, f, func(e Edge, other Subject, _ bool) bool {
			if in.has(other) {
				list = append(list, e)
			}
			return true
		})
	}
	slices.SortFunc(list, func(a, b Edge) int {
		return cmp.Compare(r.parts[a.part].fact[a.i], r.parts[b.part].fact[b.i])
	})
	return list
}
