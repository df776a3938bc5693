package graph

import (
	"cmp"
	"math"
	"slices"
)

// selves knows which subjects a person said are one (same_as). What they hold or control counts as held by one hand, which is named by the
// subject that was asked about or else by the one with the least key. A nil one knows of none.
type selves struct {
	r    *Relations
	f    Filter
	root Subject
	of   map[Subject][]Subject
}

// maxSelves bounds how many subjects are taken to be one.
const maxSelves = 64

// selvesAround prepares to ask about a subject; nil where no relation says that two subjects are one.
func (r *Relations) selvesAround(root Subject, f Filter) *selves {
	if !slices.ContainsFunc(r.parts, func(p *part) bool { return p.kinds&SetOf(SameAs) != 0 }) {
		return nil
	}
	f.Kinds = SetOf(SameAs)
	return &selves{r: r, f: f, root: root, of: map[Subject][]Subject{}}
}

// all gives every subject that is one with s, the one that names them first.
func (x *selves) all(s Subject) []Subject {
	if x == nil {
		return []Subject{s}
	}
	if list, ok := x.of[s]; ok {
		return list
	}
	list := []Subject{s}
	for i := 0; i < len(list); i++ {
		x.r.visit(list[i], Either, x.f, func(_ Edge, other Subject, _ bool) bool {
			if !slices.Contains(list, other) && len(list) < maxSelves {
				list = append(list, other)
			}
			return true
		})
	}
	slices.SortFunc(list, func(a, b Subject) int {
		if (a == x.root) != (b == x.root) {
			return cmp.Compare(rank(a == x.root), rank(b == x.root))
		}
		return cmp.Compare(x.r.Key(a), x.r.Key(b))
	})
	for _, n := range list {
		x.of[n] = list
	}
	return list
}

func rank(first bool) int {
	if first {
		return 0
	}
	return 1
}

// first gives the subject that names all that are one with s.
func (x *selves) first(s Subject) Subject {
	if x == nil {
		return s
	}
	return x.all(s)[0]
}

// way gives the relations that say that two subjects are one.
func (x *selves) way(from, to Subject) []Step {
	if x == nil || from == to {
		return nil
	}
	steps, _ := x.r.Path(from, to, MaxSteps, x.f)
	return steps
}

// proof walks a relation in its own direction, from and to the subjects that name its ends.
func (x *selves) proof(r *Relations, e Edge, from, to Subject) []Step {
	a, b := r.Ends(e)
	steps := append(x.way(from, a), Step{Edge: e, From: a, To: b, Outward: true})
	return append(steps, x.way(b, to)...)
}

// holders is Relations.holders for all that are one with a subject. Several names of one holder hold together; a holding that is stated of
// several names of the company is the same one, the largest counts.
func (x *selves) holders(r *Relations, s Subject, f Filter, trust Trust) ([]Holding, float64) {
	if x == nil {
		return r.holders(s, f, trust)
	}
	var stated []Holding
	for _, self := range x.all(s) {
		for _, h := range r.holdings(self, Inward, f, trust) {
			k := slices.IndexFunc(stated, func(g Holding) bool { return g.Other == h.Other })
			switch {
			case k < 0:
				stated = append(stated, h)
			case math.IsNaN(stated[k].Ratio) || h.Ratio > stated[k].Ratio:
				stated[k] = h
			}
		}
	}
	return brought(x.joined(stated))
}

// joined adds up the holdings of those that are one; the edge is that of the largest.
func (x *selves) joined(stated []Holding) []Holding {
	var list []Holding
	largest := map[Subject]float64{}
	for _, h := range stated {
		other, ratio := x.first(h.Other), h.Ratio
		k := slices.IndexFunc(list, func(g Holding) bool { return g.Other == other })
		if k < 0 {
			h.Other = other
			list, largest[other] = append(list, h), ratio
			continue
		}
		if math.IsNaN(ratio) {
			continue
		}
		if !(ratio <= largest[other]) {
			list[k].Edge, largest[other] = h.Edge, ratio
		}
		if math.IsNaN(list[k].Ratio) {
			list[k].Ratio = 0
		}
		list[k].Ratio += ratio
	}
	return list
}

// agreements is Relations.agreements for all that are one with a subject.
func (x *selves) agreements(r *Relations, s Subject, f Filter) []Holding {
	var list []Holding
	for _, self := range x.all(s) {
		for _, h := range r.agreements(self, f) {
			h.Other = x.first(h.Other)
			if x == nil || !slices.ContainsFunc(list, func(g Holding) bool { return g.Other == h.Other }) {
				list = append(list, h)
			}
		}
	}
	return list
}

// below gives what all that are one with a subject hold, each company once.
func (x *selves) below(s Subject, held func(self Subject) []Holding) []Holding {
	if x == nil {
		return held(s)
	}
	var list []Holding
	for _, self := range x.all(s) {
		for _, h := range held(self) {
			h.Other = x.first(h.Other)
			if !slices.ContainsFunc(list, func(g Holding) bool { return g.Other == h.Other }) {
				list = append(list, h)
			}
		}
	}
	return list
}
