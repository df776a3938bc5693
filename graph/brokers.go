package graph

import (
	"math"
	"slices"
)

// measureBrokers gives each subject its part of the shortest chains between members of the set. A tie that rests on control or
// ownership is as long as any other: what counts here is who is in between.
func (k *keyRoom) measureBrokers() {
	b := &k.brokers
	b.begin(len(k.list), k.members, k.ties)
	for s := range min(k.members, maxBrokerStarts) {
		b.add(s, k.members, k.list)
	}
}

// maxBrokerStarts bounds the members from which chains are counted, so that a very large set still answers at once.
const maxBrokerStarts = 400

// brokers counts shortest chains (betweenness, Brandes 2001), with room that is used again for each start.
type brokers struct {
	start  []int32
	next   []int32
	ways   []float64
	part   []float64
	dist   []int32 // -1 for what was not met
	order  []int32
	degree []int32
	gone   []bool
}

// roomFor gives a list of n, all of them zero, in the room of another one where it is long enough.
func roomFor[T any](list []T, n int) []T {
	list = slices.Grow(list[:0], n)[:n]
	clear(list)
	return list
}

// begin lists who is tied to whom, once each.
func (b *brokers) begin(n, members int, ties []keyTie) {
	b.next, b.ways, b.part, b.dist = roomFor(b.next, 2*len(ties)), roomFor(b.ways, n), roomFor(b.part, n), roomFor(b.dist, n)
	start := roomFor(b.start, n+2)
	for _, t := range ties {
		start[t.from+2]++
		start[t.to+2]++
	}
	for i := 2; i < len(start); i++ {
		start[i] += start[i-1]
	}
	for _, t := range ties {
		b.next[start[t.from+1]], b.next[start[t.to+1]] = t.to, t.from
		start[t.from+1]++
		start[t.to+1]++
	}
	b.start = start[:n+1]
	kept := int32(0)
	for i := range n {
		row := b.next[b.start[i]:b.start[i+1]]
		b.start[i] = kept
		if len(row) > 1 {
			slices.Sort(row)
			row = slices.Compact(row)
		}
		kept += int32(copy(b.next[kept:], row))
		b.dist[i] = -1
	}
	b.start[n] = kept
	b.withoutEnds(members)
}

// withoutEnds leaves out, again and again, subjects that are no members and tied to one other alone: no chain between members passes
// them.
func (b *brokers) withoutEnds(members int) {
	n := len(b.dist)
	b.degree, b.gone = roomFor(b.degree, n), roomFor(b.gone, n)
	degree, gone, ends := b.degree, b.gone, b.order[:0]
	for i := range n {
		if degree[i] = b.start[i+1] - b.start[i]; i >= members && degree[i] < 2 {
			ends = append(ends, int32(i))
		}
	}
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
	b.start[n], b.order = kept, ends
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
