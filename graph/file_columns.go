package graph

import "slices"

// storedRelations are relations whose columns were read and whose numbers and lists are not made yet.
type storedRelations struct {
	r    *Relations
	keys []int64
}

// numberingOf numbers keys in their order; false where one is there twice.
func numberingOf(keys []int64) (*numbering, bool) {
	n := newNumbering()
	n.keys = make([]int64, 0, len(keys))
	for _, k := range keys {
		if _, fresh := n.number(k); !fresh {
			return nil, false
		}
	}
	n.own = map[int]bool{}
	return n, true
}

// relations reads the columns; nil where they do not fit each other.
func (r *reader) relations() *storedRelations {
	keys := read(r, 8, get64)
	s := &subjects{kind: read(r, 1, get8[SubjectKind]), place: read(r, 2, get16), institution: read(r, 2, get16)}
	s.places, s.institutions = r.texts(), r.texts()
	sources := r.texts()
	p := &part{from: read(r, 4, get32[Subject]), to: read(r, 4, get32[Subject]), head: read(r, headSize, getHead), ratio: read(r, 8, getFloat),
		fen: read(r, 8, get64), observed: read(r, 8, get64), fact: read(r, 8, get64)}
	if r.err != nil {
		return nil
	}
	n, m := len(keys), len(p.fact)
	same := len(s.kind) == n && len(s.place) == n && len(s.institution) == n && len(p.from) == m && len(p.to) == m && len(p.head) == m &&
		len(p.ratio) == m && len(p.fen) == m && len(p.observed) == m
	if !same || !inRange(s.place, len(s.places.list)) || !inRange(s.institution, len(s.institutions.list)) || !headsFit(p.head, len(sources.list)) || !inRange(s.kind, int(subjectKinds)+1) {
		return nil
	}
	rel := &Relations{subjects: s, sources: sources, rooms: newRooms()}
	if m > 0 {
		rel.parts, rel.tombs = []*part{p}, []tombs{nil}
	}
	return &storedRelations{rel, keys}
}

// inRange says whether all values point into a list of n.
func inRange[T ~int32 | ~uint16 | ~uint8](list []T, n int) bool {
	return !slices.ContainsFunc(list, func(v T) bool { return v < 0 || int(v) >= n })
}

func headsFit(list []head, sources int) bool {
	return !slices.ContainsFunc(list, func(h head) bool { return int(h.source) >= sources || h.kind >= kinds })
}

// finish makes numbers and lists; false where the columns do not fit each other.
func (s *storedRelations) finish() bool {
	number, ok := numberingOf(s.keys)
	if !ok {
		return false
	}
	s.r.subjects.number = number
	for _, p := range s.r.parts {
		if !inRange(p.from, len(s.keys)) || !inRange(p.to, len(s.keys)) {
			return false
		}
		p.index(s.r.Subjects())
	}
	return true
}

// storedFlow is a flow whose columns were read and whose numbers and lists are not made yet.
type storedFlow struct {
	f    *Flow
	l    *Ledger
	keys []int64
}

func (r *reader) flow() *storedFlow {
	keys := read(r, 8, get64)
	l := &Ledger{from: read(r, 4, get32[Account]), to: read(r, 4, get32[Account])}
	l.means = r.means()
	if way := read(r, 2, get16); len(way) > 0 {
		l.way = way
	}
	for _, c := range []*column{&l.id, &l.fen, &l.at} {
		head := read(r, 8, get64)
		small, wide := read(r, 4, get32[uint32]), read(r, 8, get64)
		if r.err != nil || len(head) != 2 || head[1] < 1 && len(small) > 0 {
			return nil
		}
		*c = column{base: head[0], unit: head[1], small: small, wide: wide}
		if len(wide) > 0 {
			c.small = nil
		}
	}
	m := len(l.from)
	if len(l.to) != m || l.id.len() != m || l.fen.len() != m || l.at.len() != m {
		return nil
	}
	if m > 0 && len(l.means.list) == 0 || l.way != nil && len(l.way) != m {
		return nil
	}
	return &storedFlow{&Flow{means: l.means, rooms: newRooms(), whole: &whole{}}, l, keys}
}

// means reads the ways in which transfers were made.
func (r *reader) means() *means {
	m, texts := newMeans(), r.list()
	if len(texts)%2 != 0 || len(texts) > 2<<16 {
		r.err = ErrDamaged
		return m
	}
	for i := 0; i < len(texts); i += 2 {
		m.look(Means{texts[i], texts[i+1]})
	}
	if 2*len(m.list) != len(texts) {
		r.err = ErrDamaged
	}
	return m
}

// finish makes numbers and lists; false where the columns do not fit each other.
func (s *storedFlow) finish() bool {
	number, ok := numberingOf(s.keys)
	if !ok || !inRange(s.l.from, len(s.keys)) || !inRange(s.l.to, len(s.keys)) || !inRange(s.l.way, len(s.l.means.list)) {
		return false
	}
	s.f.accounts, s.l.accounts = number, number
	if s.l.Len() > 0 {
		s.l.list()
		s.f.runs = []*Ledger{s.l}
	}
	return true
}
