package graph

import (
	"math"
	"slices"
)

// measureBrokers gives each subject its part of the shortest chains between members of the set. A tie that rests on control or
// ownership is as long as any other: what counts here is who is in between.
func measureBrokers(list []candidate, members int, ties []keyTie) {
	b := newBrokers(len(list), members, ties)
	for s := range min(members, maxBrokerStarts) {
		b.add(s, members, list)
	}
}

// maxBrokerStarts bounds the members from which chains are counted, so that a very large set still answers at once.
const maxBrokerStarts = 400

// brokers counts shortest chains (betweenness, Brandes 2001), with room that is used again for each start.
type brokers struct {
	start []int32
	next  []int32
	ways  []float64
	part  []float64
	dist  []int32 // -1 for what was not met
	order []int32
}

// newBrokers lists who is tied to whom, once each.
func newBrokers(n, members int, ties []keyTie) *brokers {
	b := &brokers{next: make([]int32, 2*len(ties)), ways: make([]float64, n), part: make([]float64, n), dist: make([]int32, n)}
	start := make([]int32, n+2)
	for _, t := range ties {
		start[t.from+2]++
		start[t.to+2]++
	}
	for i := 2; i < len(start); i++ {
		start[i] += start[i-1]
	}
	for _, t := range ties {
		b.next[start[t.from+1]], b.next[start[t.to+1]] = int32(t.to), int32(t.from)
		start[t.from+1]++
		start[t.to+1]++
	}
	b.start = start[:n+1]
	kept := int32(0)
	for i := range n {
		row := b.next[b.start[i]:b.start[i+1]]
		slices.Sort(row)
		b.start[i] = kept
		kept += int32(copy(b.next[kept:], slices.Compact(row)))
		b.dist[i] = -1
	}
	b.start[n] = kept
	b.withoutEnds(members)
	return b
}

// withoutEnds leaves out, again and again, subjects that are no members and tied to one other alone: no chain between members passes
// them.
func (b *brokers) withoutEnds(members int) {
	n := len(b.dist)
	degree := make([]int32, n)
	var ends []int32
	for i := range n {
		if degree[i] = b.start[i+1] - b.start[i]; i >= members && degree[i] < 2 {
			ends = append(ends, int32(i))
		}
	}
	gone := make([]bool, n)
	for at := 0; at < len(ends); at++ {
		i := ends[at]
		gone[i] = true
		for _, k := range b.next[b.start[i]:b.start[i+1]] {
			if degree[k]--; degree[k] == 1 && int(k) >= members {
				ends = append(ends, k)
			}
		}
	}
	kept := int32(0)
	for i := range n {
		row := b.next[b.start[i]:b.start[i+1]]
		b.start[i] = kept
		if gone[i] {
			continue
		}
		for _, k := range row {
			if !gone[k] {
				b.next[kept] = k
				kept++
			}
		}
	}
	b.start[n] = kept
}

// add adds, for chains from s to the other members, what each subject between lies on. It goes no further than the last member that it
// meets, and back along nothing that leads to no member.
func (b *brokers) add(s, members int, list []candidate) {
	b.order = append(b.order[:0], int32(s))
	b.ways[s], b.dist[s] = 1, 0
	left, reach := members-1, int32(math.MaxInt32)
	for at := 0; at < len(b.order); at++ {
		i := b.order[at]
		if b.dist[i] >= reach {
			break
		}
		next := b.dist[i] + 1
		for _, k := range b.next[b.start[i]:b.start[i+1]] {
			if b.dist[k] < 0 {
				b.dist[k] = next
				b.order = append(b.order, k)
				if int(k) < members {
					if left--; left == 0 {
						reach = next
					}
				}
			}
			if b.dist[k] == next {
				b.ways[k] += b.ways[i]
			}
		}
	}
	for _, k := range slices.Backward(b.order) {
		share := b.part[k]
		if int(k) < members && int(k) != s {
			share++
		}
		if share == 0 {
			continue
		}
		before, each := b.dist[k]-1, share/b.ways[k]
		for _, i := range b.next[b.start[k]:b.start[k+1]] {
			if b.dist[i] == before {
				b.part[i] += b.ways[i] * each
			}
		}
		if int(k) != s {
			list[k].broker += b.part[k]
		}
	}
	for _, k := range b.order {
		b.ways[k], b.part[k], b.dist[k] = 0, 0, -1
	}
}
