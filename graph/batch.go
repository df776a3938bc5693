package graph

import (
	"math"
	"sync"
)

// batch is transfers on their way into a ledger. They come into blocks; full blocks are numbered and packed beside what goes on coming,
// so that both processors have work and what was taken in is written once.
type batch struct {
	accounts *numbering
	means    *means
	now      *block
	n        int // rows of now
	before   instant
	unsorted bool

	id, fen, at packer
	from, to    pieces[Account]
	way         pieces[uint16] // none as long as all were made in the first way

	full, free chan *block // nil until one block is full
	beside     sync.WaitGroup
}

// block is transfers by columns, as the ledger keeps them.
type block struct {
	id, from, to, fen, at []int64
	way                   []uint16
	mixed                 uint16 // nothing where all were made in the first way
}

// instant is what transfers are ordered by.
type instant struct{ at, id int64 }

// blockSize is how many transfers are taken in at once: as many as stay in the cache next to the processor. The first block begins
// smaller, since most changes are small.
const (
	blockSize  = 1 << 12
	firstBlock = 1 << 6
)

func newBlock(n int) *block {
	columns := make([]int64, 5*n)
	return &block{id: columns[:n], from: columns[n : 2*n], to: columns[2*n : 3*n], fen: columns[3*n : 4*n], at: columns[4*n:], way: make([]uint16, n)}
}

// first gives the first rows.
func (b *block) first(n int) *block {
	return &block{id: b.id[:n], from: b.from[:n], to: b.to[:n], fen: b.fen[:n], at: b.at[:n], way: b.way[:n], mixed: b.mixed}
}

// larger gives a block of more rows that begins with those of b.
func (b *block) larger() *block {
	g := newBlock(min(4*len(b.id), blockSize))
	copy(g.id, b.id)
	copy(g.from, b.from)
	copy(g.to, b.to)
	copy(g.fen, b.fen)
	copy(g.at, b.at)
	copy(g.way, b.way)
	g.mixed = b.mixed
	return g
}

// newBatch takes in about so many transfers, 0 where that is not known, whose accounts and ways it numbers; like is a ledger whose values
// are alike, nil for none.
func newBatch(n *numbering, m *means, like *Ledger, about int) *batch {
	b := &batch{accounts: n, means: m, now: newBlock(firstBlock), before: instant{math.MinInt64, math.MinInt64}}
	if like == nil {
		like = &Ledger{}
	}
	b.id, b.fen, b.at = packerLike(like.id, about), packerLike(like.fen, about), packerLike(like.at, about)
	if about > 0 {
		b.from, b.to = sized[Account](about), sized[Account](about)
	}
	return b
}

func (b *batch) add(t *Transfer) {
	now, k := b.now, b.n
	if k == len(now.id) {
		now = b.room()
		k = b.n
	}
	now.id[k], now.from[k], now.to[k], now.fen[k], now.at[k] = t.ID, t.From, t.To, t.Fen, t.At
	way := b.means.number(&t.Means)
	now.way[k] = way
	now.mixed |= way
	b.n = k + 1
	if t.At < b.before.at || t.At == b.before.at && t.ID < b.before.id {
		b.unsorted = true
	}
	b.before = instant{t.At, t.ID}
}

// room makes room for one more row.
func (b *batch) room() *block {
	if b.n < blockSize {
		b.now = b.now.larger()
	} else {
		b.pass()
	}
	return b.now
}

// pass hands a full block on.
func (b *batch) pass() {
	if b.full == nil {
		b.full, b.free = make(chan *block, 2), make(chan *block, 4)
		for range cap(b.free) - 1 {
			b.free <- newBlock(blockSize)
		}
		b.beside.Go(func() {
			for full := range b.full {
				b.take(full)
				full.mixed = 0
				b.free <- full
			}
		})
	}
	b.full <- b.now
	b.now, b.n = <-b.free, 0
}

// end waits for what was handed on; nothing is added afterwards.
func (b *batch) end() {
	if b.full == nil {
		return
	}
	close(b.full)
	b.beside.Wait()
	b.full, b.free = nil, nil
}

// take numbers and packs a block.
func (b *batch) take(x *block) {
	n := len(x.id)
	from, to := b.from.grow(n), b.to.grow(n)
	for i := range x.from { // accounts are numbered in the order in which payments name them
		from[i], to[i] = b.account(x.from[i]), b.account(x.to[i])
	}
	if x.mixed != 0 && b.way.n == 0 && b.from.n > n {
		b.way.grow(b.from.n - n)
	}
	if x.mixed != 0 || b.way.n > 0 {
		copy(b.way.grow(n), x.way)
	}
	b.id.add(x.id)
	b.fen.add(x.fen)
	b.at.add(x.at)
}

// account numbers an account; most are known already and lie in a page.
func (b *batch) account(key int64) Account {
	n := b.accounts
	if p := uint64(key) / pageSize; p < uint64(len(n.pages)) {
		if page := n.pages[p]; len(page) == pageSize {
			if v := page[key&(pageSize-1)]; v > 0 {
				return Account(v - 1)
			}
		}
	}
	v, _ := n.number(key)
	return Account(v)
}

// ledger gives what was taken in.
func (b *batch) ledger() *Ledger {
	b.end()
	b.take(b.now.first(b.n))
	l := &Ledger{accounts: b.accounts, means: b.means, from: b.from.whole(), to: b.to.whole(), id: b.id.column(), fen: b.fen.column(), at: b.at.column()}
	if b.way.n > 0 {
		l.way = b.way.whole()
	}
	if b.unsorted {
		l.sort()
	}
	l.list()
	return l
}

// list makes the lists of the accounts.
func (l *Ledger) list() {
	n := len(l.accounts.keys)
	together(len(l.from) >= groupFrom, func() { l.out = group(l.from, n) }, func() { l.in = group(l.to, n) })
}

// together does things at the same time where there is enough to do, else one after the other.
func together(much bool, do ...func()) {
	if !much {
		for _, f := range do {
			f()
		}
		return
	}
	var all sync.WaitGroup
	for _, f := range do[1:] {
		all.Go(f)
	}
	do[0]()
	all.Wait()
}
