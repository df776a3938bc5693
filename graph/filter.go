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

func (f Filter) admits(p *part, i uint32) bool {
	if f.Kinds != 0 && f.Kinds&(1<<p.kind[i]) == 0 {
		return false
	}
	if f.On != 0 && (p.since[i] > f.On || p.until[i] != 0 && p.until[i] < f.On) {
		return false
	}
	if p.kind[i] == Holder && p.from[i] == p.to[i] {
		return false // an account without a holder, see NoHolder
	}
	return f.Hidden == nil || int(p.source[i]) >= len(f.Hidden) || !f.Hidden[p.source[i]]
}

// visit calls f for each relation of a subject that the filter admits, until f says no. A self-loop is seen once in each of its
// directions. The order is that of the parts, so it is the same each time.
func (r *Relations) visit(s Subject, d Direction, f Filter, see func(e Edge, other Subject, outward bool) bool) {
	for n, p := range r.parts {
		if d != Inward {
			for _, i := range p.out.of(s) {
				if f.admits(p, i) && !r.gone(p, i) && !see(Edge{uint32(n), i}, p.to[i], true) {
					return
				}
			}
		}
		if d != Outward {
			for _, i := range p.in.of(s) {
				if f.admits(p, i) && !r.gone(p, i) && !see(Edge{uint32(n), i}, p.from[i], false) {
					return
				}
			}
		}
	}
}

func (r *Relations) gone(p *part, i uint32) bool {
	if len(r.dead) == 0 {
		return false
	}
	_, gone := r.dead[p.fact[i]]
	return gone
}

// degree is the number of list entries of a subject, dead ones and those a filter would leave out included.
func (r *Relations) degree(s Subject) int {
	n := 0
	for _, p := range r.parts {
		n += len(p.out.of(s)) + len(p.in.of(s))
	}
	return n
}
