package graph

import "slices"

// stretch is rows of one of two ledgers that follow each other in time without one of the other between them.
type stretch struct {
	second   bool
	from, to uint32
}

// mergeRuns joins two sorted ledgers of one numbering, without what was withdrawn; the ways of both are those of w.
func mergeRuns(n *numbering, w *means, x, y *Ledger) *Ledger {
	parts := stretches(x, y)
	total := 0
	for _, s := range parts {
		total += int(s.to - s.from)
	}
	l := &Ledger{accounts: n, means: w, from: make([]Account, 0, total), to: make([]Account, 0, total)}
	var t turn
	for _, s := range parts {
		of := x
		if s.second {
			of = y
		}
		t.done(s.to - s.from)
		l.from, l.to = append(l.from, of.from[s.from:s.to]...), append(l.to, of.to[s.from:s.to]...)
	}
	if total > 0 && (x.way != nil || y.way != nil) {
		l.way = mergeWays(x, y, parts, total)
	}
	together(total >= groupFrom, func() {
		l.id = mergeColumns(&x.id, &y.id, parts, total)
		l.fen = mergeColumns(&x.fen, &y.fen, parts, total)
		l.at = mergeColumns(&x.at, &y.at, parts, total)
	}, l.list)
	return l
}

// stretches cuts two ledgers into the rows that follow each other.
func stretches(x, y *Ledger) []stretch {
	var list []stretch
	i, j, nx, ny := uint32(0), uint32(0), uint32(x.Len()), uint32(y.Len())
	var t turn
	for i < nx || j < ny {
		t.done(16) // a stretch is found by some steps, however long it is
		k := nx
		if i < nx && j < ny {
			at, id := y.At(j), y.ID(j)
			k = until(i, nx, func(k uint32) bool { return x.At(k) < at || x.At(k) == at && x.ID(k) <= id })
		}
		list = x.standing(list, stretch{false, i, k})
		i, k = k, ny
		if i < nx && j < ny {
			at, id := x.At(i), x.ID(i)
			k = until(j, ny, func(k uint32) bool { return y.At(k) < at || y.At(k) == at && y.ID(k) < id })
		}
		list = y.standing(list, stretch{true, j, k})
		j = k
	}
	return list
}

// until gives the first row from i on, n where there is none, that is not before; far ones are found by steps that double.
func until(i, n uint32, before func(k uint32) bool) uint32 {
	step := uint32(1)
	for i < n && before(i) {
		if step > n-i-1 || !before(i+step) {
			if step == 1 {
				return i + 1
			}
			step = 1
			i++
			continue
		}
		i += step
		step *= 2
	}
	return i
}

// standing adds the rows of a stretch that were not withdrawn.
func (l *Ledger) standing(list []stretch, s stretch) []stretch {
	if l.fewer == 0 {
		if s.from < s.to {
			list = append(list, s)
		}
		return list
	}
	for i := s.from; i < s.to; i++ {
		if l.gone.has(i) {
			continue
		}
		if k := len(list) - 1; k >= 0 && list[k].second == s.second && list[k].to == i && i > s.from {
			list[k].to++
			continue
		}
		list = append(list, stretch{s.second, i, i + 1})
	}
	return list
}

func mergeWays(x, y *Ledger, parts []stretch, total int) []uint16 {
	way := make([]uint16, 0, total)
	for _, s := range parts {
		of := x.way
		if s.second {
			of = y.way
		}
		if of == nil {
			way = append(way, make([]uint16, s.to-s.from)...)
			continue
		}
		way = append(way, of[s.from:s.to]...)
	}
	if !slices.ContainsFunc(way, func(w uint16) bool { return w != 0 }) {
		return nil
	}
	return way
}

// mergeColumns puts the values of stretches one after the other; those of columns of one form are copied as they are.
func mergeColumns(x, y *column, parts []stretch, total int) column {
	like := x
	if x.len() < y.len() {
		like = y
	}
	p := packerLike(*like, total)
	var room [1024]int64
	var t turn
	for _, s := range parts {
		t.done(s.to - s.from)
		of := x
		if s.second {
			of = y
		}
		if !p.full && of.small != nil && of.base == p.guess.base && of.unit == p.guess.unit {
			copy(p.small.grow(int(s.to-s.from)), of.small[s.from:s.to])
			continue
		}
		for i := s.from; i < s.to; i += uint32(len(room)) {
			values := room[:min(len(room), int(s.to-i))]
			of.spread(i, values)
			p.add(values)
		}
	}
	return p.column()
}
