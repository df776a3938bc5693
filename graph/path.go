package graph

import "slices"

// Step is one relation of a chain, walked from From to To; Outward says whether that is the relation's own direction.
type Step struct {
	Edge    Edge
	From    Subject
	To      Subject
	Outward bool
}

// MaxSteps is how long a chain may be.
const MaxSteps = 70

// Path gives a shortest chain of relations between two subjects, along them in either direction, of at most limit steps; nil where
// there is none, an empty chain from a subject to itself. Among equally short ones the answer is the same each time.
func (r *Relations) Path(from, to Subject, limit int, f Filter) ([]Step, bool) {
	return r.pathAround(from, to, limit, f, nil, nil)
}

// pathAround is Path without some subjects and edges.
func (r *Relations) pathAround(from, to Subject, limit int, f Filter, subjects map[Subject]bool, edges map[Edge]bool) ([]Step, bool) {
	if from == to {
		return []Step{}, true
	}
	s := r.borrow()
	defer giveBack(r.scratch, s)
	s.meet(0, from, Edge{}, 0)
	s.meet(1, to, Edge{}, 0)
	front := [2][]Subject{{from}, {to}}
	weight := [2]int{r.degree(from), r.degree(to)}
	depth := [2]int32{}
	for int(depth[0]+depth[1]) < limit {
		side := 0
		if weight[1] < weight[0] {
			side = 1
		}
		if len(front[side]) == 0 {
			return nil, false
		}
		depth[side]++
		next, sum, middle, found := r.widen(s, side, front[side], depth[side], f, subjects, edges)
		if found {
			return r.chain(s, from, to, middle), true
		}
		front[side], weight[side] = next, sum
	}
	return nil, false
}

// widen goes one step further on one side and stops where it meets the other. The first meeting makes a shortest chain: a shorter one
// would have let one of the sides meet the other in an earlier step.
func (r *Relations) widen(s *scratch, side int, front []Subject, depth int32, f Filter, subjects map[Subject]bool, edges map[Edge]bool) (next []Subject, sum int, middle Subject, found bool) {
	for _, n := range front {
		r.visit(n, Either, f, func(e Edge, other Subject, _ bool) bool {
			if s.met(side, other) || subjects[other] || edges[e] {
				return true
			}
			s.meet(side, other, e, depth)
			if s.met(1-side, other) {
				middle, found = other, true
				return false
			}
			next = append(next, other)
			return true
		})
		if found {
			return nil, 0, middle, true
		}
	}
	for _, n := range next {
		sum += r.degree(n)
	}
	return next, sum, 0, false
}

// chain reads the way from both ends to the middle.
func (r *Relations) chain(s *scratch, from, to, middle Subject) []Step {
	var steps []Step
	for n := middle; n != from; {
		st := r.step(s.marks[0].via[n], n)
		st.From, st.To, st.Outward = st.To, st.From, !st.Outward
		steps = append(steps, st)
		n = st.From
	}
	slices.Reverse(steps)
	for n := middle; n != to; {
		st := r.step(s.marks[1].via[n], n)
		steps = append(steps, st)
		n = st.To
	}
	return steps
}

// step walks an edge from one of its ends.
func (r *Relations) step(e Edge, at Subject) Step {
	from, to := r.Ends(e)
	if from == at {
		return Step{Edge: e, From: from, To: to, Outward: true}
	}
	return Step{Edge: e, From: to, To: from}
}

// Paths gives up to k chains between two subjects, shortest first, none of which meets a subject twice (Yen, Management Science 17,
// 1971). Chains that differ in an edge alone count as different.
func (r *Relations) Paths(from, to Subject, k, limit int, f Filter) [][]Step {
	first, ok := r.Path(from, to, limit, f)
	if !ok || k < 1 {
		return nil
	}
	found := [][]Step{first}
	var waiting [][]Step
	for len(found) < k {
		last := found[len(found)-1]
		for spur := range last {
			if c, ok := r.detour(found, last[:spur], last[spur].From, to, limit, f); ok && !holdsChain(waiting, c) {
				waiting = append(waiting, c)
			}
		}
		if len(waiting) == 0 {
			break
		}
		best := 0
		for i, c := range waiting {
			if len(c) < len(waiting[best]) {
				best = i
			}
		}
		found = append(found, waiting[best])
		waiting = slices.Delete(waiting, best, best+1)
	}
	return found
}

// detour gives the shortest chain that begins with root and then leaves every chain found so far.
func (r *Relations) detour(found [][]Step, root []Step, spur, to Subject, limit int, f Filter) ([]Step, bool) {
	edges, subjects := map[Edge]bool{}, map[Subject]bool{}
	for _, c := range found {
		if len(c) > len(root) && sameEdges(c[:len(root)], root) {
			edges[c[len(root)].Edge] = true
		}
	}
	for _, s := range root {
		subjects[s.From] = true
	}
	rest, ok := r.pathAround(spur, to, limit-len(root), f, subjects, edges)
	if !ok || len(rest) == 0 {
		return nil, false
	}
	return append(slices.Clone(root), rest...), true
}

func sameEdges(a, b []Step) bool {
	return slices.EqualFunc(a, b, func(x, y Step) bool { return x.Edge == y.Edge })
}

func holdsChain(list [][]Step, c []Step) bool {
	return slices.ContainsFunc(list, func(d []Step) bool { return sameEdges(c, d) })
}
