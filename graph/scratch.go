package graph

import "sync"

// scratch is room for one search: marks of subjects that need no clearing, since each search counts one round further.
type scratch struct {
	round uint32
	marks [2]marks
}

// marks remembers, for the subjects one side of a search has met, by which edge and at what distance.
type marks struct {
	seen  []uint32
	via   []Edge
	depth []int32
}

func (r *Relations) borrow() *scratch {
	s, ok := r.scratch.Get().(*scratch)
	if !ok {
		s = &scratch{}
	}
	n := r.Subjects()
	for i := range s.marks {
		if len(s.marks[i].seen) < n {
			s.marks[i] = marks{seen: make([]uint32, n), via: make([]Edge, n), depth: make([]int32, n)}
			s.round = 0
		}
	}
	if s.round == 1<<32-1 {
		clear(s.marks[0].seen)
		clear(s.marks[1].seen)
		s.round = 0
	}
	s.round++
	return s
}

func giveBack(pool *sync.Pool, s *scratch) { pool.Put(s) }

func (s *scratch) met(side int, n Subject) bool { return s.marks[side].seen[n] == s.round }

func (s *scratch) meet(side int, n Subject, via Edge, depth int32) {
	m := &s.marks[side]
	m.seen[n], m.via[n], m.depth[n] = s.round, via, depth
}
