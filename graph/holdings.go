package graph

import (
	"math"
	"slices"
)

// Holding is a share of a company as it counts: the ratio that one source states, or the sum where that source states several
// holdings of one pair; Edge is the relation it is proven by. Ratio is NaN where the share is not known.
type Holding struct {
	Edge  Edge
	Other Subject
	Ratio float64
}

// holders gives who holds shares of a subject, brought to a sum of 1 where the sum is larger; sum is what is stated.
func (r *Relations) holders(s Subject, f Filter, trust Trust) (list []Holding, sum float64) {
	return brought(r.holdings(s, Inward, f, trust))
}

// brought brings shares to a sum of 1 where it is larger; sum is what was stated.
func brought(list []Holding) (_ []Holding, sum float64) {
	for _, h := range list {
		if !math.IsNaN(h.Ratio) {
			sum += h.Ratio
		}
	}
	if sum > 1+shareSlack {
		for i := range list {
			list[i].Ratio /= sum
		}
	}
	return list, sum
}

// shareSlack is how far a sum of shares may pass 1 by rounding: registries write percentages with two to four places.
const shareSlack = 1e-4

// shares gives, by node, the part of the company that it owns along all paths: v = w v + e, where e is 1 at the company. Rings of
// holdings are solved with the others, group by group: each group of subjects that hold each other is one linear system (integrated
// ownership, after Brioschi, Buzzacchi and Colombo, 1989). A group that nobody outside holds has no finite solution: its members get
// what enters the ring, and ring names one of them.
func (o ownership) shares() (v []float64, ring []int) {
	v = make([]float64, len(o.nodes))
	for _, group := range o.groups() {
		if !o.solve(group, v) {
			ring = append(ring, group[0])
		}
	}
	return v, ring
}

// solve gives each member of a group what it owns of the company; v holds what reached it from the groups solved before.
func (o ownership) solve(group []int, v []float64) bool {
	at := map[int]int{}
	for i, n := range group {
		at[n] = i
	}
	size := len(group)
	if size == 1 && !slices.ContainsFunc(o.holders[group[0]], func(h Holding) bool { return o.index[h.Other] == group[0] }) {
		if group[0] == 0 {
			v[0]++
		}
		o.passOn(group, at, v)
		return true
	}
	if size > maxSystem {
		return o.settle(group, at, v)
	}
	// (I - W) x = b, where W[holder][held] is the share within the group.
	m := make([][]float64, size)
	enters := 0.0
	for i, n := range group {
		m[i] = make([]float64, size+1)
		m[i][i], m[i][size] = 1, v[n]
		if n == 0 {
			m[i][size]++
		}
		enters += m[i][size]
	}
	if enters == 0 {
		return true // a ring that owns nothing of the company
	}
	for i, n := range group {
		for _, h := range o.holders[n] {
			if k, ok := at[o.index[h.Other]]; ok && !math.IsNaN(h.Ratio) {
				m[k][i] -= h.Ratio
			}
		}
	}
	x, ok := eliminate(m)
	for i, n := range group {
		if ok {
			v[n] = x[i]
		} else if n == 0 {
			v[n]++
		}
	}
	o.passOn(group, at, v)
	return ok
}

// maxSystem is the largest group whose system is solved at once; a larger one is solved by rounds.
const maxSystem = 400

// settle solves a large group by passing shares round until they move no more; false where they do not settle.
func (o ownership) settle(group []int, at map[int]int, v []float64) bool {
	b := make([]float64, len(group))
	x := make([]float64, len(group))
	for i, n := range group {
		b[i] = v[n]
		if n == 0 {
			b[i]++
		}
		x[i] = b[i]
	}
	settled := false
	for round := 0; round < 10_000 && !settled; round++ {
		next := slices.Clone(b)
		for i, n := range group {
			for _, h := range o.holders[n] {
				if k, ok := at[o.index[h.Other]]; ok && !math.IsNaN(h.Ratio) {
					next[k] += h.Ratio * x[i]
				}
			}
		}
		moved := 0.0
		for i := range x {
			moved = max(moved, math.Abs(next[i]-x[i]))
		}
		x, settled = next, moved < 1e-13
	}
	for i, n := range group {
		v[n] = b[i]
		if settled {
			v[n] = x[i]
		}
	}
	o.passOn(group, at, v)
	return settled
}

// passOn gives each holder outside the group its part of what the group's members own.
func (o ownership) passOn(group []int, at map[int]int, v []float64) {
	for _, n := range group {
		for _, h := range o.holders[n] {
			k, known := o.index[h.Other]
			if _, inside := at[k]; known && !inside && !math.IsNaN(h.Ratio) {
				v[k] += h.Ratio * v[n]
			}
		}
	}
}

// eliminate solves a system of rows [a | b] with the largest pivot; false where it has no single solution.
func eliminate(m [][]float64) ([]float64, bool) {
	n := len(m)
	for c := range n {
		best := c
		for i := c + 1; i < n; i++ {
			if math.Abs(m[i][c]) > math.Abs(m[best][c]) {
				best = i
			}
		}
		if math.Abs(m[best][c]) < 1e-9 {
			return nil, false
		}
		m[c], m[best] = m[best], m[c]
		for i := c + 1; i < n; i++ {
			k := m[i][c] / m[c][c]
			if k == 0 {
				continue
			}
			for j := c; j <= n; j++ {
				m[i][j] -= k * m[c][j]
			}
		}
	}
	x := make([]float64, n)
	for i := n - 1; i >= 0; i-- {
		sum := m[i][n]
		for j := i + 1; j < n; j++ {
			sum -= m[i][j] * x[j]
		}
		x[i] = sum / m[i][i]
	}
	return x, true
}
