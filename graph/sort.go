package graph

import (
	"cmp"
	"math/bits"
	"slices"
)

// moment is a transfer on its way to its place in time.
type moment struct {
	at  uint64
	row uint32
}

// digit is how many bits of a moment are sorted by at once.
const digit = 11

// sort orders the transfers by time, then by the store's key.
func (l *Ledger) sort() {
	order := l.order()
	much := len(order) >= groupFrom
	together(much, func() {
		l.from, l.to = permute(l.from, order), permute(l.to, order)
		if l.way != nil {
			l.way = permute(l.way, order)
		}
	}, func() {
		for _, c := range []*column{&l.id, &l.fen, &l.at} {
			if c.small != nil {
				c.small = permute(c.small, order)
			} else {
				c.wide = permute(c.wide, order)
			}
		}
	})
}

// order gives the rows by time, then by the store's key.
func (l *Ledger) order() []uint32 {
	list := make([]moment, l.Len())
	least, most := l.At(0), l.At(0)
	for i := range list {
		at := l.At(uint32(i))
		least, most = min(least, at), max(most, at)
	}
	for i := range list {
		list[i] = moment{uint64(l.At(uint32(i)) - least), uint32(i)}
	}
	list = byTime(list, bits.Len64(uint64(most-least)))
	order := make([]uint32, len(list))
	for i, m := range list {
		order[i] = m.row
	}
	for i := 0; i < len(list); {
		n := i + 1
		for n < len(list) && list[n].at == list[i].at {
			n++
		}
		if n > i+1 {
			slices.SortFunc(order[i:n], func(a, b uint32) int { return compare(l.ID(a), l.ID(b)) })
		}
		i = n
	}
	return order
}

// byTime sorts moments of so many bits, and keeps those of one time in their order.
func byTime(list []moment, size int) []moment {
	if len(list) < 1<<digit {
		slices.SortStableFunc(list, func(a, b moment) int { return cmp.Compare(a.at, b.at) })
		return list
	}
	other := make([]moment, len(list))
	for shift := 0; shift < size; shift += digit {
		var next [1 << digit]uint32
		for _, m := range list {
			next[m.at>>shift&(1<<digit-1)]++
		}
		sum := uint32(0)
		for k, n := range next {
			next[k], sum = sum, sum+n
		}
		for _, m := range list {
			at := &next[m.at>>shift&(1<<digit-1)]
			other[*at] = m
			*at++
		}
		list, other = other, list
	}
	return list
}

func permute[T any](list []T, order []uint32) []T {
	moved := make([]T, len(list))
	for i, j := range order {
		moved[i] = list[j]
	}
	return moved
}
