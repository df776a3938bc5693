package graph

import "slices"

// tie is one relation of a subject: the subject at its other end, the edge, and what most filters ask for.
type tie struct {
	other  Subject
	edge   uint32
	source uint16
	kind   Kind
	open   bool // it never ended, and its ends are not the same
}

// tie gives the entry of an edge in the list of the subject at one of its ends.
func (p *part) tie(i uint32, other Subject) tie {
	h := &p.head[i]
	return tie{other: other, edge: i, source: h.source, kind: h.kind, open: h.until == 0 && p.from[i] != p.to[i]}
}

// links lists the relations of each subject side by side, first those that leave it, then those that reach it: dense where most
// subjects have some, by a map in a small part.
type links struct {
	start []uint32 // two for each subject: where its relations begin, and where those that reach it do
	list  []tie
	few   map[Subject]fewLinks
}

type fewLinks struct{ out, in []tie }

// of gives one of the lists of a subject; Either is not asked for.
func (l *links) of(s Subject, d Direction) []tie {
	if l.few != nil {
		if d == Inward {
			return l.few[s].in
		}
		return l.few[s].out
	}
	k := 2 * int(s)
	if k+2 >= len(l.start) {
		return nil
	}
	if d == Inward {
		k++
	}
	return l.list[l.start[k]:l.start[k+1]]
}

// all gives both lists of a subject; where they lie side by side the second is empty.
func (l *links) all(s Subject) (first, second []tie) {
	if l.few != nil {
		f := l.few[s]
		return f.out, f.in
	}
	k := 2 * int(s)
	if k+2 >= len(l.start) {
		return nil, nil
	}
	return l.list[l.start[k]:l.start[k+2]], nil
}

func (l *links) degree(s Subject) int {
	if l.few != nil {
		f := l.few[s]
		return len(f.out) + len(f.in)
	}
	k := 2 * int(s)
	if k+2 >= len(l.start) {
		return 0
	}
	return int(l.start[k+2] - l.start[k])
}

// each gives every list that is not empty.
func (l *links) each(see func(list []tie, d Direction)) {
	for _, f := range l.few {
		if len(f.out) > 0 {
			see(f.out, Outward)
		}
		if len(f.in) > 0 {
			see(f.in, Inward)
		}
	}
	for k := 1; k < len(l.start); k++ {
		if list := l.list[l.start[k-1]:l.start[k]]; len(list) > 0 {
			see(list, Outward+Direction(k+1)%2)
		}
	}
}

// sparse is the share of subjects below which a part keeps its lists in a map.
const sparse = 8

// index makes the lists of a part.
func (p *part) index(known int) {
	p.sorted = slices.IsSorted(p.fact)
	for i := range p.head {
		p.latest = max(p.latest, p.head[i].since)
	}
	if len(p.from)*sparse < known {
		few := make(map[Subject]fewLinks, 2*len(p.from))
		for i := range p.from {
			f := few[p.from[i]]
			f.out = append(f.out, p.tie(uint32(i), p.to[i]))
			few[p.from[i]] = f
			f = few[p.to[i]]
			f.in = append(f.in, p.tie(uint32(i), p.from[i]))
			few[p.to[i]] = f
		}
		p.links = links{few: few}
		return
	}
	l := links{start: make([]uint32, 2*known+2), list: make([]tie, 2*len(p.from))}
	// The lists are counted two places on and placed one place on, so that start ends as it is to be without another copy.
	for i := range p.from {
		l.start[2*int(p.from[i])+2]++
		l.start[2*int(p.to[i])+3]++
	}
	for k := 1; k < len(l.start); k++ {
		l.start[k] += l.start[k-1]
	}
	for i := range p.from {
		at := &l.start[2*int(p.from[i])+1]
		l.list[*at] = p.tie(uint32(i), p.to[i])
		*at++
		at = &l.start[2*int(p.to[i])+2]
		l.list[*at] = p.tie(uint32(i), p.from[i])
		*at++
	}
	l.start = l.start[:2*known+1]
	p.links = l
}
