package graph

import (
	"cmp"
	"math"
	"slices"
)

// How says in which way somebody controls a company.
type How uint8

// The ways of control: none, a majority of the shares held by itself and by those it controls, an agreement (actual_controller), or
// the office of legal representative.
const (
	NoControl How = iota
	ByMajority
	ByAgreement
	ByOffice
)

// String gives the name that the interface uses.
func (h How) String() string {
	return [...]string{"", "majority", "actual_controller", "legal_representative"}[h]
}

// Controller is somebody at the end of the chains above a company. Share is the part of it owned along all paths, Chain the relations
// that prove control, or the largest single path of shares where there is none.
type Controller struct {
	Subject Subject
	Share   float64
	How     How
	Chain   []Step
}

// Warning tells of holdings that cannot be right: Sum is that of the shares of the subject's company, Kind names what is wrong.
type Warning struct {
	Kind    string
	Subject Subject
	Sum     float64
}

// The kinds of warnings: shares above 1 (normalised), unknown shares, a ring that nobody outside holds, and a search that was cut.
const (
	WarnAboveOne = "shares_above_1"
	WarnUnknown  = "share_unknown"
	WarnRing     = "closed_ring"
	WarnCut      = "cut"
)

// Controllers gives who owns or controls a company in the end: subjects without known holders of their own, those who control by
// majority, by agreement or by office. Those in control come first, then by share.
func (r *Relations) Controllers(company Subject, f Filter, trust Trust) ([]Controller, []Warning) {
	f.Kinds = 0
	o := r.above(company, f, trust)
	v, rings := o.shares()
	hands := r.hands(o, f)
	best := r.bestPaths(o)
	var list []Controller
	for i, n := range o.nodes {
		if i > 0 && best.product[i] > 0 && (len(o.holders[i]) == 0 || r.KindOf(n) == Person) {
			list = append(list, Controller{Subject: n, Share: v[i]})
		}
	}
	for _, h := range hands {
		at := slices.IndexFunc(list, func(c Controller) bool { return c.Subject == h.Subject })
		if at < 0 {
			if k, ok := o.index[h.Subject]; ok {
				h.Share = v[k]
			}
			list = append(list, h)
			continue
		}
		list[at].How, list[at].Chain = h.How, h.Chain
	}
	for i := range list {
		if list[i].How == NoControl {
			list[i].Chain = best.chain(r, o, o.index[list[i].Subject])
		}
	}
	slices.SortStableFunc(list, func(a, b Controller) int {
		return cmp.Or(cmp.Compare(rankOf(a.How), rankOf(b.How)), cmp.Compare(b.Share, a.Share), cmp.Compare(r.Key(a.Subject), r.Key(b.Subject)))
	})
	return list, o.warnings(rings)
}

// rankOf puts control by agreement or majority before that by office, and no control last.
func rankOf(h How) int {
	return [...]int{NoControl: 3, ByMajority: 1, ByAgreement: 1, ByOffice: 2}[h]
}

func (o ownership) warnings(rings []int) []Warning {
	var list []Warning
	for i, n := range o.nodes {
		if i < len(o.sums) && o.sums[i] > 1+shareSlack {
			list = append(list, Warning{Kind: WarnAboveOne, Subject: n, Sum: o.sums[i]})
		}
		if i < len(o.holders) && slices.ContainsFunc(o.holders[i], func(h Holding) bool { return math.IsNaN(h.Ratio) }) {
			list = append(list, Warning{Kind: WarnUnknown, Subject: n, Sum: o.sums[i]})
		}
	}
	for _, i := range rings {
		list = append(list, Warning{Kind: WarnRing, Subject: o.nodes[i], Sum: 1})
	}
	if o.cut {
		list = append(list, Warning{Kind: WarnCut, Subject: o.nodes[0]})
	}
	return list
}

// bestPath remembers, by node, the largest single product of shares down to the company and the holding it begins with.
type bestPath struct {
	product []float64
	held    []int
	edge    []Edge
}

// bestPaths finds for every node the path whose product of shares is largest; shares are at most 1, so the largest product first is
// the shortest way first (Dijkstra).
func (r *Relations) bestPaths(o ownership) bestPath {
	b := bestPath{product: make([]float64, len(o.nodes)), held: make([]int, len(o.nodes)), edge: make([]Edge, len(o.nodes))}
	b.product[0] = 1
	queue := heap[float64]{less: func(a, b float64) bool { return a > b }}
	queue.push(1, 0)
	done := make([]bool, len(o.nodes))
	for queue.len() > 0 {
		_, i := queue.pop()
		if done[i] || i >= len(o.holders) {
			continue
		}
		done[i] = true
		for _, h := range o.holders[i] {
			k, ok := o.index[h.Other]
			if !ok || done[k] {
				continue
			}
			ratio := h.Ratio
			if math.IsNaN(ratio) {
				ratio = 0
			}
			if p := max(b.product[i]*min(ratio, 1), math.SmallestNonzeroFloat64); p > b.product[k] {
				b.product[k], b.held[k], b.edge[k] = p, i, h.Edge
				queue.push(p, k)
			}
		}
	}
	return b
}

func (b bestPath) chain(r *Relations, o ownership, i int) []Step {
	var steps []Step
	for n := 0; i != 0 && b.product[i] > 0 && n < len(o.nodes); n++ {
		steps = append(steps, o.same.proof(r, b.edge[i], o.nodes[i], o.nodes[b.held[i]])...)
		i = b.held[i]
	}
	return steps
}
