package graph

import (
	"cmp"
	"math"
	"slices"
)

// Trust orders sources that state the same holding differently, by the number of Relations.Sources: the lower one counts. A source
// beyond its end, or any with a nil Trust, has the common standing 50.
type Trust []int64

func (t Trust) of(source uint16) int64 {
	if int(source) < len(t) {
		return t[source]
	}
	return 50
}

// holdings gives who holds shares of a subject (Inward), or of what it holds shares (Outward): for each pair what the most trusted
// source says, among equals the one that observed it last.
func (r *Relations) holdings(s Subject, d Direction, f Filter, trust Trust) []Holding {
	f.Kinds = SetOf(Shareholder)
	var stated []Holding
	r.visit(s, d, f, func(e Edge, other Subject, _ bool) bool {
		stated = append(stated, Holding{Edge: e, Other: other, Ratio: r.Ratio(e)})
		return true
	})
	if statedOnce(stated) {
		return stated
	}
	return r.believed(stated, trust)
}

// statedOnce says whether no pair is stated twice, as it nearly always is.
func statedOnce(list []Holding) bool {
	if len(list) > 16 {
		others := make([]Subject, len(list))
		for i, h := range list {
			others[i] = h.Other
		}
		slices.Sort(others)
		return len(slices.Compact(others)) == len(list)
	}
	for i, h := range list {
		for _, g := range list[:i] {
			if g.Other == h.Other {
				return false
			}
		}
	}
	return true
}

// believed chooses for each pair among what the sources state.
func (r *Relations) believed(stated []Holding, trust Trust) []Holding {
	type claim struct {
		edges    []Edge
		standing int64
		observed int64
		source   uint16
	}
	by := make(map[Subject][]claim, len(stated))
	var order []Subject
	see := func(e Edge, other Subject) {
		p := r.parts[e.part]
		list, known := by[other]
		if !known {
			order = append(order, other)
		}
		for i := range list {
			if list[i].source == p.head[e.i].source {
				list[i].edges = append(list[i].edges, e)
				list[i].observed = max(list[i].observed, p.observed[e.i])
				return
			}
		}
		by[other] = append(list, claim{edges: []Edge{e}, standing: trust.of(p.head[e.i].source), observed: p.observed[e.i], source: p.head[e.i].source})
	}
	for _, h := range stated {
		see(h.Edge, h.Other)
	}
	out := make([]Holding, 0, len(order))
	for _, other := range order {
		best := slices.MinFunc(by[other], func(a, b claim) int {
			return cmp.Or(cmp.Compare(a.standing, b.standing), cmp.Compare(b.observed, a.observed), cmp.Compare(a.source, b.source))
		})
		h := Holding{Edge: best.edges[0], Other: other, Ratio: math.NaN()}
		for _, e := range best.edges {
			if ratio := r.Ratio(e); !math.IsNaN(ratio) {
				if math.IsNaN(h.Ratio) {
					h.Ratio, h.Edge = 0, e
				}
				h.Ratio += ratio
			}
		}
		out = append(out, h)
	}
	return out
}
