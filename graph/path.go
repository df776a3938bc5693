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

// pathAround is Path without some subjects and edges: from both ends by turns, always from the one that has fewer relations to look at.
func (r *Relations) pathAround(from, to Subject, limit int, f Filter, subjects map[Subject]bool, edges map[Edge]bool) ([]Step, bool) {
	if from == to {
		return []Step{}, true
	}
	s := r.borrow()
	defer s.giveBack()
	s.filter, s.subjects, s.edges = f, subjects, edges
	s.sides[0].begin(r, from)
	s.sides[1].begin(r, to)
	for depth := 0; depth < limit; depth++ {
		near, far := &s.sides[0], &s.sides[1]
		if far.weight < near.weight {
			near, far = far, near
		}
		if near.front == len(near.queue) {
			return nil, false
		}
		if up, other, e, ok := s.meeting(near, far); ok {
			steps := s.chain(near, far, up, other, e)
			if near == &s.sides[1] {
				turnRound(steps)
			}
			return steps, true
		}
		s.widen(near)
	}
	return nil, false
}

// meeting looks for a relation from the front of one side to what the other side has reached. The first one makes a shortest chain: a
// shorter one would have let the sides meet in an earlier step.
func (s *search) meeting(near, far *territory) (up int32, other Subject, e Edge, ok bool) {
	for k := near.front; k < len(near.queue); k++ {
		for n, p := range s.rel.parts {
			first, second := p.links.all(near.queue[k].at)
			for _, x := range first {
				if far.has(x.other) && s.admits(n, x) {
					return int32(k), x.other, Edge{uint32(n), x.edge}, true
				}
			}
			for _, x := range second {
				if far.has(x.other) && s.admits(n, x) {
					return int32(k), x.other, Edge{uint32(n), x.edge}, true
				}
			}
		}
	}
	return 0, 0, Edge{}, false
}

// widen goes one step further on one side.
func (s *search) widen(r *territory) {
	from, to := r.front, len(r.queue)
	for k := from; k < to; k++ {
		for n, p := range s.rel.parts {
			first, second := p.links.all(r.queue[k].at)
			for _, x := range first {
				if !r.has(x.other) && s.admits(n, x) {
					r.add(stop{x.other, int32(k), Edge{uint32(n), x.edge}})
				}
			}
			for _, x := range second {
				if !r.has(x.other) && s.admits(n, x) {
					r.add(stop{x.other, int32(k), Edge{uint32(n), x.edge}})
				}
			}
		}
	}
	r.front, r.weight = to, 0
	for _, n := range r.queue[to:] {
		r.weight += s.rel.degree(n.at)
	}
}

// admits says whether a search may use a relation.
func (s *search) admits(n int, x tie) bool {
	if len(s.subjects) > 0 && s.subjects[x.other] || len(s.edges) > 0 && s.edges[Edge{uint32(n), x.edge}] {
		return false
	}
	return s.rel.usable(n, x, &s.filter)
}

// chain reads the way from the beginning of one side over the relation at which they met to the beginning of the other.
func (s *search) chain(near, far *territory, up int32, met Subject, e Edge) []Step {
	var steps []Step
	for k := up; k >= 0; k = near.queue[k].up {
		if from := near.queue[k].up; from >= 0 {
			steps = append(steps, s.rel.step(near.queue[k].edge, near.queue[from].at))
		}
	}
	slices.Reverse(steps)
	steps = append(steps, s.rel.step(e, near.queue[up].at))
	k := int32(slices.IndexFunc(far.queue, func(n stop) bool { return n.at == met }))
	for ; far.queue[k].up >= 0; k = far.queue[k].up {
		steps = append(steps, s.rel.step(far.queue[k].edge, far.queue[k].at))
	}
	return steps
}

// turnRound walks a chain from its other end.
func turnRound(steps []Step) {
	slices.Reverse(steps)
	for i, st := range steps {
		steps[i].From, steps[i].To, steps[i].Outward = st.To, st.From, !st.Outward
	}
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
