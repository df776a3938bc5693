package graph

import (
	"math"
	"slices"
)

// majority is the share above which a company is controlled.
const majority = 0.5

// hand is what one subject controls among the nodes of an ownership, in the order in which control was won: via is the holding or
// agreement that counts most for it, from the node that has it.
type hand struct {
	order []int
	via   map[int]reach
}

type reach struct {
	edge Edge
	from int
	how  How
}

// under gives everything that node u controls: what it and those it controls together hold by more than half, and what is theirs by
// agreement.
func (o ownership) under(u int, held [][]below) hand {
	h := hand{order: []int{u}, via: map[int]reach{u: {from: -1}}}
	sum := map[int]float64{}
	for at := 0; at < len(h.order); at++ {
		n := h.order[at]
		for _, b := range held[n] {
			if _, won := h.via[b.node]; won {
				continue
			}
			if b.agreed {
				h.via[b.node] = reach{b.edge, n, ByAgreement}
				h.order = append(h.order, b.node)
				continue
			}
			sum[b.node] += b.ratio
			if sum[b.node] > majority+1e-9 {
				h.via[b.node] = o.strongest(b.node, h, held)
				h.order = append(h.order, b.node)
			}
		}
	}
	return h
}

// below is what a node holds or controls directly.
type below struct {
	node   int
	edge   Edge
	ratio  float64
	agreed bool
}

// strongest gives the largest holding of a node by one of those in the hand.
func (o ownership) strongest(node int, h hand, held [][]below) reach {
	best := reach{from: -1, how: ByMajority}
	ratio := -1.0
	for _, n := range h.order {
		for _, b := range held[n] {
			if b.node == node && !b.agreed && b.ratio > ratio {
				best.edge, best.from, ratio = b.edge, n, b.ratio
			}
		}
	}
	return best
}

// downward turns the lists of holders into lists of what is held.
func (o ownership) downward() [][]below {
	held := make([][]below, len(o.nodes))
	for i := range o.holders {
		for _, h := range o.holders[i] {
			if !math.IsNaN(h.Ratio) {
				k := o.index[h.Other]
				held[k] = append(held[k], below{node: i, edge: h.Edge, ratio: h.Ratio})
			}
		}
		for _, h := range o.agreed[i] {
			k := o.index[h.Other]
			held[k] = append(held[k], below{node: i, edge: h.Edge, agreed: true})
		}
	}
	return held
}

// hands gives those in whose hand the company is in the end: everybody who controls it and whom nobody else in the picture controls,
// and the legal representatives of the company and of companies at the end of a chain.
func (r *Relations) hands(o ownership, f Filter) []Controller {
	part := o.deciding(func(s Subject) headed {
		if k, ok := o.index[s]; ok && k < len(o.holders) {
			return headed{holders: o.holders[k], agreed: o.agreed[k]}
		}
		return headed{}
	})
	hands, tops := r.tops(part)
	var list []Controller
	for _, u := range tops {
		list = append(list, Controller{Subject: part.nodes[u], How: hands[u].via[0].how, Chain: r.handChain(part, hands[u])})
	}
	return append(list, r.offices(o, list, f)...)
}

// inHandsOf gives those who control a company by majority or agreement in the end, as Controllers does, without their shares and chains.
// Over remembers who is directly above whom, for several companies asked about with the same filter and trust.
func (r *Relations) inHandsOf(company Subject, f Filter, trust Trust, over map[Subject]headed) []Subject {
	f.Kinds = 0
	same := r.selvesAround(company, f)
	if same != nil {
		over = map[Subject]headed{} // who is named for several that are one depends on the company
	}
	o := ownershipOf(company, same).deciding(func(s Subject) headed {
		h, known := over[s]
		if !known {
			if same != nil || !r.belongsToNone(s, &f) {
				h = same.direct(r, s, f, trust)
			}
			over[s] = h
		}
		return h
	})
	if len(o.holders[0])+len(o.agreed[0]) == 0 {
		return nil
	}
	_, tops := r.tops(o)
	list := make([]Subject, len(tops))
	for i, u := range tops {
		list[i] = o.nodes[u]
	}
	return list
}

// tops gives the hands of the nodes that control the first one, and those of them whom nobody else controls.
func (r *Relations) tops(o ownership) (map[int]hand, []int) {
	held := o.downward()
	controlled := make([]bool, len(o.nodes))
	hands := map[int]hand{}
	var all []int
	for u := range o.nodes {
		if u == 0 || !mayControl(held[u]) {
			continue
		}
		h := o.under(u, held)
		for _, n := range h.order[1:] {
			if r.KindOf(o.nodes[n]) != Person && !sameHand(hands, n, u) {
				controlled[n] = true
			}
		}
		if _, ok := h.via[0]; ok {
			hands[u] = h
			all = append(all, u)
		}
	}
	return hands, slices.DeleteFunc(all, func(u int) bool { return controlled[u] })
}

// sameHand says whether two subjects control each other: then neither stands above the other.
func sameHand(hands map[int]hand, n, u int) bool {
	h, ok := hands[n]
	if !ok {
		return false
	}
	_, ok = h.via[u]
	return ok
}

func mayControl(held []below) bool {
	for _, b := range held {
		if b.agreed || b.ratio > majority {
			return true
		}
	}
	return false
}

// handChain reads the way from the one in control down to the company.
func (r *Relations) handChain(o ownership, h hand) []Step {
	return r.chainTo(o, h, 0)
}

// chainTo reads the way from the head of a hand down to one of its nodes.
func (r *Relations) chainTo(o ownership, h hand, n int) []Step {
	var steps []Step
	for range o.nodes {
		v := h.via[n]
		if v.from < 0 {
			break
		}
		steps = append(o.same.proof(r, v.edge, o.nodes[v.from], o.nodes[n]), steps...)
		n = v.from
	}
	return steps
}

// offices gives the legal representatives of the company, and of the companies in whose hand it is.
func (r *Relations) offices(o ownership, tops []Controller, f Filter) []Controller {
	f.Kinds = SetOf(LegalRepresentative)
	var list []Controller
	known := map[Subject]bool{}
	for _, c := range tops {
		known[c.Subject] = true
	}
	add := func(of Subject, rest []Step) {
		for _, self := range o.same.all(of) {
			r.visit(self, Inward, f, func(e Edge, other Subject, _ bool) bool {
				if other = o.same.first(other); !known[other] && other != o.nodes[0] {
					known[other] = true
					list = append(list, Controller{Subject: other, How: ByOffice, Chain: append(o.same.proof(r, e, other, of), rest...)})
				}
				return true
			})
		}
	}
	add(o.nodes[0], nil)
	for _, c := range tops {
		if r.KindOf(c.Subject) != Person {
			add(c.Subject, c.Chain)
		}
	}
	return list
}

// Member is a company under one hand, with the chain that proves it.
type Member struct {
	Subject Subject
	How     How
	Chain   []Step
}

// Group gives the companies that a subject controls by majority or agreement, through any number of others, nearest first; at most
// limit of them, and whether the search was cut.
func (r *Relations) Group(top Subject, limit int, f Filter, trust Trust) ([]Member, bool) {
	f.Kinds = 0
	o := ownership{nodes: []Subject{top}, index: map[Subject]int{top: 0}, same: r.selvesAround(top, f)}
	var held [][]below
	for i := 0; i < len(o.nodes); i++ {
		held = append(held, r.belowOf(&o, o.nodes[i], f, trust))
	}
	h := o.under(0, held)
	cut := o.cut || len(h.order)-1 > limit
	var list []Member
	for _, n := range h.order[1:min(len(h.order), limit+1)] {
		list = append(list, Member{Subject: o.nodes[n], How: h.via[n].how, Chain: r.chainTo(o, h, n)})
	}
	return list, cut
}

// belowOf gives what a subject holds or controls, with shares brought to a sum of 1 in each company.
func (r *Relations) belowOf(o *ownership, s Subject, f Filter, trust Trust) []below {
	var list []below
	for _, h := range o.take(o.same.below(s, func(self Subject) []Holding { return r.holdings(self, Outward, f, trust) })) {
		all, _ := o.same.holders(r, h.Other, f, trust)
		for _, mine := range all {
			if mine.Other == s && !math.IsNaN(mine.Ratio) {
				list = append(list, below{node: o.index[h.Other], edge: mine.Edge, ratio: mine.Ratio})
			}
		}
	}
	f.Kinds = SetOf(ActualController)
	for _, h := range o.take(o.same.below(s, func(self Subject) (agreed []Holding) {
		r.visit(self, Outward, f, func(e Edge, other Subject, _ bool) bool {
			agreed = append(agreed, Holding{Edge: e, Other: other})
			return true
		})
		return agreed
	})) {
		list = append(list, below{node: o.index[h.Other], edge: h.Edge, agreed: true})
	}
	return list
}
