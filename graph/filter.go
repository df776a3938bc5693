package graph

// Filter says which relations a question may use. The zero Filter uses all that are in force on no particular day.
type Filter struct {
	Kinds KindSet
	// On is a day since 1970: relations that began after it or ended before it are left out; 0 asks for no day.
	On int32
	// Hidden lists, by the number of Relations.Sources, the sources the reader may not know; nil hides none.
	Hidden []bool
}

// Direction is a way along an edge.
type Direction uint8

// The directions.
const (
	Either Direction = iota
	Outward
	Inward
)

// admits looks at the edge itself only where what its entry in the lists says is not enough.
func (f *Filter) admits(p *part, x tie) bool {
	if f.Kinds != 0 && f.Kinds&(1<<x.kind) == 0 || int(x.source) < len(f.Hidden) && f.Hidden[x.source] {
		return false
	}
	if x.open && (f.On == 0 || f.On >= p.latest) {
		return true
	}
	h := &p.head[x.edge]
	if f.On != 0 && (h.since > f.On || h.until != 0 && h.until < f.On) {
		return false
	}
	return h.kind != Holder || p.from[x.edge] != p.to[x.edge] // else an account without a holder, see NoHolder
}

// visit calls f for each relation of a subject that the filter admits, until f says no. A self-loop is seen once in each of its
// directions. The order is that of the parts, so it is the same each time.
func (r *Relations) visit(s Subject, d Direction, f Filter, see func(e Edge, other Subject, outward bool) bool) {
	for n, p := range r.parts {
		if d != Inward {
			for _, x := range p.links.of(s, Outward) {
				if r.usable(n, x, &f) && !see(Edge{uint32(n), x.edge}, x.other, true) {
					return
				}
			}
		}
		if d != Outward {
			for _, x := range p.links.of(s, Inward) {
				if r.usable(n, x, &f) && !see(Edge{uint32(n), x.edge}, x.other, false) {
					return
				}
			}
		}
	}
}

// usable says whether an edge counts and the filter admits it.
func (r *Relations) usable(n int, x tie, f *Filter) bool {
	p := r.parts[n]
	return f.admits(p, x) && !r.gone(n, x.edge)
}

// degree is the number of list entries of a subject, dead ones and those a filter would leave out included.
func (r *Relations) degree(s Subject) int {
	n := 0
	for _, p := range r.parts {
		n += p.links.degree(s)
	}
	return n
}
