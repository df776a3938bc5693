package graph

// search is room for one search over relations, kept for the next one.
type search struct {
	rel      *Relations
	filter   Filter
	subjects map[Subject]bool // not to be passed
	edges    map[Edge]bool    // not to be used
	sides    [2]territory
	key      keyRoom
}

// territory is what one side of a search has reached: a bit for each subject, and in the order in which they were met the subjects
// themselves. The bits of a large graph fit into the cache next to the processor, and clearing costs as much as was reached.
type territory struct {
	seen   []uint64
	queue  []stop
	front  int // where the subjects begin that were reached last
	weight int // their relations
}

// stop is a subject that was reached: up is the stop it was reached from, -1 at the beginning, edge the relation.
type stop struct {
	at   Subject
	up   int32
	edge Edge
}

func (r *Relations) borrow() *search {
	s, ok := r.rooms.Get().(*search)
	if !ok {
		s = &search{}
	}
	s.rel = r
	for i := range s.sides {
		if words := (r.Subjects() + 63) / 64; len(s.sides[i].seen) < words {
			s.sides[i].seen = make([]uint64, words+words/8)
		}
	}
	return s
}

// keptStops bounds the room that is kept for the next search.
const keptStops = 1 << 20

func (s *search) giveBack() {
	pool := s.rel.rooms
	for i := range s.sides {
		s.sides[i].clear()
	}
	s.key.end()
	s.rel, s.filter, s.subjects, s.edges = nil, Filter{}, nil, nil
	pool.Put(s)
}

func (t *territory) has(n Subject) bool { return t.seen[n>>6]&(1<<(n&63)) != 0 }

func (t *territory) add(n stop) {
	t.seen[n.at>>6] |= 1 << (n.at & 63)
	t.queue = append(t.queue, n)
}

func (t *territory) begin(r *Relations, at Subject) {
	t.add(stop{at: at, up: -1})
	t.weight = r.degree(at)
}

func (t *territory) clear() {
	for _, n := range t.queue {
		t.seen[n.at>>6] = 0
	}
	if cap(t.queue) > keptStops {
		t.queue = nil
	}
	t.queue, t.front, t.weight = t.queue[:0], 0, 0
}
