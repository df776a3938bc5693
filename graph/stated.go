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

// believed chooses for each pair among what the sources state; pairs come in the order in which they were first stated.
func (r *Relations) believed(stated []Holding, trust Trust) []Holding {
	order := make([]int32, len(stated))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(stated[a].Other, stated[b].Other), cmp.Compare(a, b))
	})
	out := slices.Clone(stated)
	again := make([]bool, len(stated)) // said of a pair that was stated before
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && stated[order[to]].Other == stated[order[from]].Other {
			again[order[to]] = true
			to++
		}
		if to > from+1 {
			out[order[from]] = r.credible(stated, order[from:to], trust)
		}
		from = to
	}
	kept := out[:0]
	for i, h := range out {
		if !again[i] {
			kept = append(kept, h)
		}
	}
	return kept
}

// claim is what one source states of a pair.
type claim struct {
	edges    []Edge
	standing int64
	observed int64
	source   uint16
}

// credible gives the holding of one pair that the most trusted source states, among equals the one that observed it last; several of that
// source add up.
func (r *Relations) credible(stated []Holding, numbers []int32, trust Trust) Holding {
	var claims []claim
	for _, i := range numbers {
		e := stated[i].Edge
		p := r.parts[e.part]
		source, observed := p.head[e.i].source, p.observed[e.i]
		if k := slices.IndexFunc(claims, func(c claim) bool { return c.source == source }); k >= 0 {
			claims[k].edges = append(claims[k].edges, e)
			claims[k].observed = max(claims[k].observed, observed)
			continue
		}
		claims = append(claims, claim{edges: []Edge{e}, standing: trust.of(source), observed: observed, source: source})
	}
	best := slices.MinFunc(claims, func(a, b claim) int {
		return cmp.Or(cmp.Compare(a.standing, b.standing), cmp.Compare(b.observed, a.observed), cmp.Compare(a.source, b.source))
	})
	h := Holding{Edge: best.edges[0], Other: stated[numbers[0]].Other, Ratio: math.NaN()}
	for _, e := range best.edges {
		if ratio := r.Ratio(e); !math.IsNaN(ratio) {
			if math.IsNaN(h.Ratio) {
				h.Ratio, h.Edge = 0, e
			}
			h.Ratio += ratio
		}
	}
	return h
}
