package graph

import (
	"cmp"
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
	t := Trace{Hops: w.hops, Truncated: w.cut}
	f.carry(q, t.Hops, &t)
	slices.SortFunc(t.Hops, func(a, b Hop) int { return cmp.Or(cmp.Compare(a.Depth, b.Depth), f.before(a.Move, b.Move)) })
	return t
}

// wave is an account whose payments from time on (backward: up to it) are to be followed, as far as an earlier wave has not.
type wave struct {
	account Account
	time    int64
	done    int64 // payments at or after (backward: at or before) this were followed already
	via     int   // the hop that led here, -1 at the start
}

// walker is a search for payments, one layer after the other.
type walker struct {
	flow  *Flow
	query TraceQuery
	mask  []bool // by way: the currency
	hops  []Hop
	via   []int
	first map[Account]int64 // when traced money first reached it, turned round for backward
	cut   bool
}

// walk gives all payments of a trace with the hop each one follows; where stop is not nil, it ends at the first hop that stop wants.
func (f *Flow) walk(q TraceQuery, stop func(h Hop) bool) *walker {
	w := &walker{flow: f, query: q, mask: f.inCurrency(q.Currency), first: map[Account]int64{}}
	var front []wave
	for _, a := range q.Start {
		if _, ok := w.first[a]; ok {
			continue
		}
		w.first[a] = w.turn(w.opening())
		front = append(front, wave{account: a, time: w.opening(), done: w.beyond(), via: -1})
	}
	for depth := 1; depth <= q.Hops && len(front) > 0; depth++ {
		from := len(w.hops)
		for _, v := range front {
			if !w.follow(v, depth, stop) {
				return w
			}
		}
		front = w.arrivals(from)
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

// turn makes smaller mean sooner, in whichever direction time is walked.
func (w *walker) turn(at int64) int64 {
	if w.query.Backward {
		return -at
	}
	return at
}

func (w *walker) follow(v wave, depth int, stop func(h Hop) bool) bool {
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
	going := true
	w.flow.eachIn(w.mask, v.account, !w.query.Backward, first, last, func(m Move) bool {
		if w.flow.Fen(m) < w.query.MinFen || w.flow.From(m) == w.flow.To(m) {
			return true
		}
		if w.query.Limit > 0 && len(w.hops) >= w.query.Limit {
			w.cut, going = true, false
			return false
		}
		h := Hop{Move: m, Depth: depth}
		w.hops, w.via = append(w.hops, h), append(w.via, v.via)
		if stop != nil && stop(h) {
			going = false
		}
		return going
	})
	return going
}

// end is the account that a payment leads to in the direction of the walk.
func (w *walker) end(m Move) Account {
	if w.query.Backward {
		return w.flow.From(m)
	}
	return w.flow.To(m)
}

// arrivals gives the accounts that the hops from a number on reach sooner than any before.
func (w *walker) arrivals(from int) []wave {
	var next []wave
	at := map[Account]int{}
	for k := from; k < len(w.hops); k++ {
		m := w.hops[k].Move
		a, now := w.end(m), w.turn(w.flow.At(m))
		was, known := w.first[a]
		if known && was <= now {
			continue
		}
		done := w.beyond()
		if known {
			done = w.turn(was)
		}
		if i, ok := at[a]; ok {
			next[i].time, next[i].via = w.flow.At(m), k
		} else {
			at[a] = len(next)
			next = append(next, wave{account: a, time: w.flow.At(m), done: done, via: k})
		}
		w.first[a] = now
	}
	return next
}

// PathOfMoney gives the shortest chain of payments from one account to another in which no payment is made before the one it follows,
// within the query's window, amount and hops; Start and Backward of the query are not used.
func (f *Flow) PathOfMoney(from, to Account, q TraceQuery) ([]Move, bool) {
	q.Start, q.Backward = []Account{from}, false
	found := false
	w := f.walk(q, func(h Hop) bool {
		found = found || f.To(h.Move) == to
		return found
	})
	if !found {
		return nil, false
	}
	var chain []Move
	for k := len(w.hops) - 1; k >= 0; k = w.via[k] {
		chain = append(chain, w.hops[k].Move)
	}
	slices.Reverse(chain)
	return chain, true
}
