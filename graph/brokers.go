package graph

import (
	"math"
	"slices"
)

// measureBrokers gives each subject its part of the shortest chains between members of the set. A tie that rests on control or
// ownership is as long as any other: what counts here is who is in between.
func measureBrokers(list []candidate, members int, ties []keyTie) {
	pairs := make([]uint64, 0, 2*len(ties))
	for _, t := range ties {
		pairs = append(pairs, pairOf(t.from, t.to), pairOf(t.to, t.from))
	}
	b := newBrokers(len(list), withoutEnds(distinct(pairs), len(list), members))
	for s := range min(members, maxBrokerStarts) {
		b.add(s, members, list)
	}
}

// maxBrokerStarts bounds the members from which chains are counted, so that a very large set still answers at once.
const maxBrokerStarts = 400

// withoutEnds leaves out, again and again, subjects that are no members and tied to one other alone: no chain between members passes
// them. pairs holds each tie from both its ends.
func withoutEnds(pairs []uint64, n, members int) []uint64 {
	degree := make([]int, n)
	for _, p := range pairs {
		degree[p>>32]++
	}
	for {
		kept := pairs[:0]
		for _, p := range pairs {
			a, b := int(p>>32), int(uint32(p))
			if a >= members && degree[a] < 2 || b >= members && degree[b] < 2 {
				continue
			}
			kept = append(kept, p)
		}
		if len(kept) == len(pairs) {
			return kept
		}
		pairs = kept
		clear(degree)
		for _, p := range pairs {
			degree[p>>32]++
		}
	}
}

// brokers counts shortest chains (betweenness, Brandes 2001), with room that is used again for each start.
type brokers struct {
	start []int32
	next  []int32
	ways  []float64
	part  []float64
	dist  []int32 // -1 for what was not met
	order []int32
}

// newBrokers takes sorted pairs.
func newBrokers(n int, pairs []uint64) *brokers {
	b := &brokers{start: make([]int32, n+1), next: make([]int32, len(pairs)), ways: make([]float64, n), part: make([]float64, n), dist: make([]int32, n)}
	for i, p := range pairs {
		b.start[p>>32+1]++
		b.next[i] = int32(uint32(p))
	}
	for i := range n {
		b.start[i+1] += b.start[i]
		b.dist[i] = -1
	}
	return b
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
