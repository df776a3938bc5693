package graph

import (
	"math"
	"slices"
)

// Method says which part of an account's money is held to be the traced one.
type Method uint8

// ProRata takes every payment from all the money that is there in the same proportion; FirstIn takes what came first, and within one
// payment received the traced part before the rest.
const (
	ProRata Method = iota
	FirstIn
)

// TraceQuery asks where money of some accounts went, or with Backward where it came from. First and Last bound the time in
// microseconds since 1970 UTC, both included; payments below MinFen are not followed; Limit bounds the payments of the answer.
// Payments of one Currency are followed, the empty one stands for HomeCurrency.
type TraceQuery struct {
	Start    []Account
	Backward bool
	Hops     int
	First    int64
	Last     int64
	MinFen   int64
	Limit    int
	Method   Method
	Currency string
}

// Always gives the bounds that hold every moment.
func Always() (first, last int64) { return math.MinInt64, math.MaxInt64 }

// Hop is one payment of a trace: Depth is the least number of payments that lead to it, itself counted, Carried the traced part of it
// in fen.
type Hop struct {
	Move    Move
	Depth   int
	Carried int64
}

// Layer is an account of a trace: what of the traced money reached it, what left it again and what remained there, in fen; In equals
// Out plus Remaining. For the accounts the trace starts at, Out is the money that is traced, In and Remaining what came back.
type Layer struct {
	Account   Account
	Depth     int
	In        int64
	Out       int64
	Remaining int64
}

// Trace is where money went: Hops by depth and time, Accounts by depth and then by what remained. Truncated says that Limit cut it.
type Trace struct {
	Hops      []Hop
	Accounts  []Layer
	Truncated bool
}

// Trace follows money payment by payment: from an account go the payments made at or after the moment at which traced money first
// reached it (backward: that were received at or before). A payment within one account is no movement.
func (f *Flow) Trace(q TraceQuery) Trace {
	w := f.walk(q, nil)
	defer w.giveBack()
	w.sortLayers()
	w.carry()
	return w.trace()
}

// trace copies what was found out of the room of the search.
func (w *walker) trace() Trace {
	t := Trace{Truncated: w.cut}
	if len(w.hops) > 0 {
		t.Hops = make([]Hop, 0, len(w.hops))
	}
	for _, k := range w.sorted {
		h := &w.hops[k.hop]
		t.Hops = append(t.Hops, Hop{Move: h.move, Depth: int(h.depth), Carried: h.carried})
	}
	t.Accounts = w.layers()
	return t
}

// wave is an account whose payments from time on (backward: up to it) are to be followed, as far as an earlier wave has not.
type wave struct {
	node int32
	via  int32 // the hop that led here, -1 at the start
	time int64
	done int64 // payments at or after (backward: at or before) this were followed already
}

// hop is a payment of a walk; from and to are the nodes it leads from and to in the direction of the walk.
type hop struct {
	at, fen, carried int64
	move             Move
	from, to         int32
	via              int32
	depth            int32
}

// walk gives all payments of a trace with the hop each one follows; where stop is not nil, it ends at the first hop that stop wants.
// The walker's room is to be given back.
func (f *Flow) walk(q TraceQuery, stop func(h *hop) bool) *walker {
	w := f.borrow(q)
	for _, a := range q.Start {
		if _, met := w.find(a); met {
			continue
		}
		n := w.meet(a, 0)
		w.nodes[n].start, w.nodes[n].reached, w.nodes[n].first = true, true, w.turn(w.opening())
		w.front = append(w.front, wave{node: n, time: w.opening(), done: w.beyond(), via: -1})
	}
	for depth := 1; depth <= q.Hops && len(w.front) > 0; depth++ {
		from := len(w.hops)
		w.begins = append(w.begins, from)
		for _, v := range w.front {
			if !w.follow(v, depth, stop) {
				return w
			}
		}
		w.arrivals(from)
	}
	return w
}

// opening is the moment from which payments count; beyond is one that no payment passes.
func (w *walker) opening() int64 {
	if w.query.Backward {
		return w.query.Last
	}
	return w.query.First
}

func (w *walker) beyond() int64 {
	if w.query.Backward {
		return math.MinInt64
	}
	return math.MaxInt64
}

// turn makes smaller mean sooner, in whichever direction time is walked. The least number has no opposite; it stands for always.
func (w *walker) turn(at int64) int64 {
	if w.query.Backward {
		return -at
	}
	return at
}

func (w *walker) follow(v wave, depth int, stop func(h *hop) bool) bool {
	first, last := v.time, w.query.Last
	if v.done != math.MaxInt64 {
		last = min(last, v.done-1)
	}
	if w.query.Backward {
		first, last = w.query.First, v.time
		if v.done != math.MinInt64 {
			first = max(first, v.done+1)
		}
	}
	a := w.nodes[v.node].account
	for n, l := range w.flow.runs {
		list := l.out.of(a)
		if w.query.Backward {
			list = l.in.of(a)
		}
		for _, i := range l.between(list, first, last) {
			other := l.to[i]
			if w.query.Backward {
				other = l.from[i]
			}
			fen := l.Fen(i)
			if fen < w.query.MinFen || other == a || l.gone.has(i) || w.mask != nil && !w.mask[l.wayOf(i)] {
				continue
			}
			if w.query.Limit > 0 && len(w.hops) >= w.query.Limit {
				w.cut = true
				return false
			}
			to, met := w.find(other)
			if !met {
				to = w.meet(other, depth)
			}
			w.nodes[v.node].pays = true
			w.hops = append(w.hops, hop{at: l.At(i), fen: fen, move: Move{uint32(n), i}, from: v.node, to: to, via: v.via, depth: int32(depth)})
			if stop != nil && stop(&w.hops[len(w.hops)-1]) {
				return false
			}
		}
	}
	return true
}

// arrivals makes the next front: the accounts that the hops from a number on reach sooner than any before.
func (w *walker) arrivals(from int) {
	w.front = w.front[:0]
	for k := from; k < len(w.hops); k++ {
		h := &w.hops[k]
		n, now := &w.nodes[h.to], w.turn(h.at)
		if n.reached && n.first <= now {
			continue
		}
		if n.wave == h.depth {
			v := &w.front[n.place]
			v.time, v.via = h.at, int32(k)
		} else {
			done := w.beyond()
			if n.reached {
				done = w.turn(n.first)
			}
			n.wave, n.place = h.depth, int32(len(w.front))
			w.front = append(w.front, wave{node: h.to, time: h.at, done: done, via: int32(k)})
		}
		n.first, n.reached = now, true
	}
}

// PathOfMoney gives the shortest chain of payments from one account to another in which no payment is made before the one it follows,
// within the query's window, amount and hops; Start and Backward of the query are not used.
func (f *Flow) PathOfMoney(from, to Account, q TraceQuery) ([]Move, bool) {
	q.Start, q.Backward = []Account{from}, false
	found := false
	w := f.walk(q, func(h *hop) bool {
		found = found || f.To(h.move) == to
		return found
	})
	defer w.giveBack()
	if !found {
		return nil, false
	}
	var chain []Move
	for k := int32(len(w.hops) - 1); k >= 0; k = w.hops[k].via {
		chain = append(chain, w.hops[k].move)
	}
	slices.Reverse(chain)
	return chain, true
}
