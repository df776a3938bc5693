package graph

import (
	"path/filepath"
	"slices"
)

func dirOf(name string) string { return filepath.Dir(name) }

// storedRelations are relations whose columns were read and whose lists are not made yet.
type storedRelations struct{ r *Relations }

func numberingOf(keys []int64) (*numbering, bool) {
	n := newNumbering()
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
	number, ok := numberingOf(keys)
	n, m := len(keys), len(p.fact)
	same := len(s.kind) == n && len(s.place) == n && len(s.institution) == n && len(p.from) == m && len(p.to) == m && len(p.head) == m &&
		len(p.ratio) == m && len(p.fen) == m && len(p.observed) == m
	if !ok || !same || !inRange(p.from, n) || !inRange(p.to, n) || !inRange(s.place, len(s.places.list)) || !inRange(s.institution, len(s.institutions.list)) ||
		!headsFit(p.head, len(sources.list)) || !inRange(s.kind, int(subjectKinds)+1) {
		return nil
	}
	s.number = number
	rel := &Relations{subjects: s, sources: sources, rooms: newRooms()}
	if m > 0 {
		rel.parts, rel.tombs = []*part{p}, []tombs{nil}
	}
	return &storedRelations{rel}
}

// inRange says whether all values point into a list of n.
func inRange[T ~int32 | ~uint16 | ~uint8](list []T, n int) bool {
	return !slices.ContainsFunc(list, func(v T) bool { return v < 0 || int(v) >= n })
}

func headsFit(list []head, sources int) bool {
	return !slices.ContainsFunc(list, func(h head) bool { return int(h.source) >= sources || h.kind >= kinds })
}

func (s *storedRelations) finish() {
	for _, p := range s.r.parts {
		p.index(s.r.Subjects())
	}
}

// storedFlow is a flow whose columns were read and whose lists are not made yet.
type storedFlow struct {
	f *Flow
	l *Ledger
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
		if r.err != nil || len(head) != 2 {
			return nil
		}
		*c = column{base: head[0], unit: head[1], small: small, wide: wide}
		if len(wide) > 0 {
			c.small = nil
		}
	}
	number, ok := numberingOf(keys)
	m := len(l.from)
	if !ok || len(l.to) != m || l.id.len() != m || l.fen.len() != m || l.at.len() != m || !inRange(l.from, len(keys)) || !inRange(l.to, len(keys)) {
		return nil
	}
	if m > 0 && len(l.means.list) == 0 || l.way != nil && len(l.way) != m || !inRange(l.way, len(l.means.list)) {
		return nil
	}
	l.accounts = number
	return &storedFlow{&Flow{accounts: number, means: l.means, rooms: newRooms(), whole: &whole{}}, l}
}

// means reads the ways in which transfers were made.
func (r *reader) means() *means {
	m, texts := newMeans(), r.list()
	if len(texts)%2 != 0 || len(texts) > 2<<16 {
		r.err = ErrDamaged
		return m
	}
	for i := 0; i < len(texts); i += 2 {
		m.number(Means{texts[i], texts[i+1]})
	}
	if 2*len(m.list) != len(texts) {
		r.err = ErrDamaged
	}
	return m
}

func (s *storedFlow) finish() {
	if s.l.Len() == 0 {
		return
	}
	n := s.f.Accounts()
	s.l.out, s.l.in = group(s.l.from, n), group(s.l.to, n)
	s.f.runs = []*Ledger{s.l}
}
