package graph

import (
	"slices"
	"sync"
)

// walker is a search for payments, one layer after the other, with the room it needs; rooms are kept and used again.
type walker struct {
	flow  *Flow
	query TraceQuery
	mask  []bool // by way: the currency
	cut   bool

	round   uint32
	at      []place // by account
	nodes   []node
	hops    []hop
	begins  []int // the first hop of each layer
	front   []wave
	sorted  []hopKey // by layer, then time and the store's key
	order   []int32  // in the order in which money is carried
	left    []span   // of sorted: what of each layer is not carried yet
	cursors []cursor
	arrived []uint64 // by account that pays: the hops it received, as run and row
}

// place is the node of an account, where round is that of the search.
type place struct {
	round uint32
	node  int32
}

// node is an account of a trace with its money.
type node struct {
	account Account
	depth   int32
	first   int64 // when traced money first reached it, turned round for backward
	wave    int32 // the layer whose front it stands in, and where
	place   int32
	start   bool // the trace starts here
	reached bool // first is known
	pays    bool // a hop leaves it

	in, out                 int64 // traced
	all, traced             int64 // ProRata: what is known to be there, and the traced part of it
	lots                    []lot // FirstIn
	spent                   int   // lots that are used up
	cursors, cursorsEnd     int32 // its receipts that are not traced
	arrivals, arrivalsUntil int32 // the hops it received
}

// lot is money that came at once.
type lot struct{ traced, rest int64 }

// hopKey is what hops are sorted by.
type hopKey struct {
	at  int64
	hop int32
}

type span struct{ from, to int }

// cursor walks the receipts of an account in one run, in the direction of the trace.
type cursor struct {
	list    []uint32
	hops    []uint64 // of these, the hops
	account Account
	run     uint32
	next    int
	hop     int
	by      int // 1, backward -1
}

func (c *cursor) step() { c.next += c.by }

// borrow gives the room for a search.
func (f *Flow) borrow(q TraceQuery) *walker {
	w, ok := f.rooms.Get().(*walker)
	if !ok {
		w = &walker{}
	}
	if n := f.Accounts(); len(w.at) < n {
		w.at, w.round = make([]place, n+n/8), 0
	}
	if w.round == 1<<32-1 {
		clear(w.at)
		w.round = 0
	}
	w.round++
	w.flow, w.query, w.mask, w.cut = f, q, f.inCurrency(q.Currency), false
	w.nodes, w.hops, w.begins, w.front = w.nodes[:0], w.hops[:0], w.begins[:0], w.front[:0]
	w.sorted, w.order, w.left, w.cursors, w.arrived = w.sorted[:0], w.order[:0], w.left[:0], w.cursors[:0], w.arrived[:0]
	return w
}

// keptHops bounds the room that is kept for the next search.
const keptHops = 1 << 18

func (w *walker) giveBack() {
	pool := w.flow.rooms
	w.flow, w.query, w.mask = nil, TraceQuery{}, nil
	if cap(w.hops) > keptHops {
		return
	}
	clear(w.cursors) // they hold lists of the flow
	pool.Put(w)
}

func newRooms() *sync.Pool { return &sync.Pool{} }

// find gives the node of an account, false where the search did not meet it.
func (w *walker) find(a Account) (int32, bool) {
	p := w.at[a]
	return p.node, p.round == w.round
}

// meet gives an account a node.
func (w *walker) meet(a Account, depth int) int32 {
	k := len(w.nodes)
	w.at[a] = place{w.round, int32(k)}
	if k < cap(w.nodes) {
		w.nodes = w.nodes[:k+1]
		lots := w.nodes[k].lots[:0]
		w.nodes[k] = node{account: a, depth: int32(depth), lots: lots}
		return int32(k)
	}
	w.nodes = append(w.nodes, node{account: a, depth: int32(depth)})
	return int32(k)
}

// sortLayers puts the hops of each layer in the order of time.
func (w *walker) sortLayers() {
	for k := range w.hops {
		w.sorted = append(w.sorted, hopKey{w.hops[k].at, int32(k)})
	}
	for d, from := range w.begins {
		to := len(w.hops)
		if d+1 < len(w.begins) {
			to = w.begins[d+1]
		}
		w.left = append(w.left, span{from, to})
		slices.SortFunc(w.sorted[from:to], func(a, b hopKey) int {
			if a.at != b.at {
				return compare(a.at, b.at)
			}
			return compare(w.flow.ID(w.hops[a.hop].move), w.flow.ID(w.hops[b.hop].move))
		})
	}
}

// putInOrder merges the layers into the order in which money is carried: by time, then by layer, by the store's key of the
// payer and of the payment.
func (w *walker) putInOrder() {
	for len(w.order) < len(w.hops) {
		best, soonest := -1, int64(0)
		for d, s := range w.left {
			if s.from == s.to {
				continue
			}
			at := w.turn(w.sorted[s.from].at)
			if w.query.Backward {
				at = w.turn(w.sorted[s.to-1].at)
			}
			if best < 0 || at < soonest {
				best, soonest = d, at
			}
		}
		w.takeInstant(&w.left[best])
	}
}

// takeInstant moves the hops of one layer at one instant into the order.
func (w *walker) takeInstant(s *span) {
	from := len(w.order)
	if w.query.Backward {
		at := w.sorted[s.to-1].at
		for ; s.to > s.from && w.sorted[s.to-1].at == at; s.to-- {
			w.order = append(w.order, w.sorted[s.to-1].hop)
		}
	} else {
		at := w.sorted[s.from].at
		for ; s.from < s.to && w.sorted[s.from].at == at; s.from++ {
			w.order = append(w.order, w.sorted[s.from].hop)
		}
	}
	if len(w.order)-from > 1 {
		slices.SortStableFunc(w.order[from:], func(a, b int32) int {
			return compare(w.flow.Key(w.nodes[w.hops[a].from].account), w.flow.Key(w.nodes[w.hops[b].from].account))
		})
	}
}

// openPots lists, for each account but the first ones that pays, what it received: the hops, and a cursor over all of it.
func (w *walker) openPots() {
	for k := range w.hops {
		if n := &w.nodes[w.hops[k].to]; n.pays && !n.start {
			n.arrivalsUntil++
		}
	}
	total := int32(0)
	for k := range w.nodes {
		n := &w.nodes[k]
		n.arrivals, total = total, total+n.arrivalsUntil
		n.arrivalsUntil = n.arrivals
	}
	w.arrived = slices.Grow(w.arrived, int(total))[:total]
	for k := range w.hops {
		if n := &w.nodes[w.hops[k].to]; n.pays && !n.start {
			m := w.hops[k].move
			w.arrived[n.arrivalsUntil] = uint64(m.run)<<32 | uint64(m.i)
			n.arrivalsUntil++
		}
	}
	for k := range w.nodes {
		if n := &w.nodes[k]; n.pays && !n.start {
			w.openPot(n)
		}
	}
}

func (w *walker) openPot(n *node) {
	n.cursors = int32(len(w.cursors))
	hops := w.arrived[n.arrivals:n.arrivalsUntil]
	slices.Sort(hops)
	for r, l := range w.flow.runs {
		own := len(hops)
		if r+1 < len(w.flow.runs) {
			own, _ = slices.BinarySearch(hops, uint64(r+1)<<32)
		}
		list := l.in.of(n.account)
		if w.query.Backward {
			list = l.out.of(n.account)
		}
		list = l.between(list, w.query.First, w.query.Last)
		if len(list) > own { // else all of it are hops
			c := cursor{list: list, hops: hops[:own], account: n.account, run: uint32(r), by: 1}
			if w.query.Backward {
				c.next, c.hop, c.by = len(list)-1, own-1, -1
			}
			w.cursors = append(w.cursors, c)
		}
		hops = hops[own:]
	}
	n.cursorsEnd = int32(len(w.cursors))
}

// ready moves a cursor on to the next payment that is no hop and not made within the account; false where there is none.
func (w *walker) ready(c *cursor) bool {
	l := w.flow.runs[c.run]
	for c.next >= 0 && c.next < len(c.list) {
		i := c.list[c.next]
		switch {
		case c.hop >= 0 && c.hop < len(c.hops) && uint32(c.hops[c.hop]) == i:
			c.hop += c.by
		case l.from[i] == l.to[i] || l.gone.has(i) || w.mask != nil && !w.mask[l.wayOf(i)]:
		default:
			return true
		}
		c.next += c.by
	}
	return false
}
