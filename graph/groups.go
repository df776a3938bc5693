package graph

import "slices"

// components gives the groups of nodes 0..n-1 that can all reach each other along next, each group after all groups that can be
// reached from it (Tarjan, SIAM Journal on Computing 1, 1972; without recursion, since chains may be long).
func components(n int, next func(i int) []int) [][]int {
	t := tarjan{order: make([]int, n), low: make([]int, n), on: make([]bool, n), next: next}
	for i := range n {
		if t.order[i] == 0 {
			t.from(i)
		}
	}
	return t.groups
}

type tarjan struct {
	order, low []int // order is 0 for what was not met yet
	on         []bool
	stack      []int
	count      int
	next       func(i int) []int
	groups     [][]int
}

type frame struct {
	node int
	rest []int
}

func (t *tarjan) enter(i int) frame {
	t.count++
	t.order[i], t.low[i] = t.count, t.count
	t.stack, t.on[i] = append(t.stack, i), true
	return frame{i, t.next(i)}
}

func (t *tarjan) from(root int) {
	calls := []frame{t.enter(root)}
	for len(calls) > 0 {
		top := &calls[len(calls)-1]
		if len(top.rest) > 0 {
			k := top.rest[0]
			top.rest = top.rest[1:]
			switch {
			case t.order[k] == 0:
				calls = append(calls, t.enter(k))
			case t.on[k]:
				t.low[top.node] = min(t.low[top.node], t.order[k])
			}
			continue
		}
		i := top.node
		calls = calls[:len(calls)-1]
		if len(calls) > 0 {
			up := calls[len(calls)-1].node
			t.low[up] = min(t.low[up], t.low[i])
		}
		if t.low[i] == t.order[i] {
			t.leave(i)
		}
	}
}

func (t *tarjan) leave(i int) {
	at := slices.Index(t.stack, i)
	group := slices.Clone(t.stack[at:])
	t.stack = t.stack[:at]
	for _, k := range group {
		t.on[k] = false
	}
	t.groups = append(t.groups, group)
}

// groups gives the nodes in the order in which shares are passed upwards: every company before its holders, with those that hold each
// other together. A holding of nothing, or of nobody knows how much, passes nothing on and ties nobody to a group.
func (o ownership) groups() [][]int {
	list := components(len(o.nodes), func(i int) []int {
		next := make([]int, 0, len(o.holders[i]))
		for _, h := range o.holders[i] {
			if k, ok := o.index[h.Other]; ok && h.Ratio > 0 {
				next = append(next, k)
			}
		}
		return next
	})
	slices.Reverse(list)
	return list
}
