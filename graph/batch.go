package graph

import "sync"

// batch is transfers on their way into a ledger. They come into blocks; full blocks are numbered and packed beside what goes on coming,
// so that both processors have work and what was taken in is written once.
type batch struct {
	accounts *numbering
	means    *means
	now      []entry
	last     entry
	unsorted bool

	id, fen, at packer
	from, to    pieces[Account]
	way         pieces[uint16] // none as long as all were made in the first way
	values      []int64

	full, free chan []entry // nil until one block is full
	beside     sync.WaitGroup
}

// entry is a transfer of a block.
type entry struct {
	id, from, to, fen, at int64
	way                   uint16
}

// blockSize is how many transfers are taken in at once: as many as stay in the cache next to the processor.
const blockSize = 1 << 12

func newBatch(n *numbering, m *means, like *Ledger) *batch {
	b := &batch{accounts: n, means: m}
	if like != nil {
		b.id, b.fen, b.at = packerLike(like.id, 0), packerLike(like.fen, 0), packerLike(like.at, 0)
	}
	return b
}

func (b *batch) add(t Transfer) {
	if len(b.now) == blockSize {
		b.pass()
	}
	e := entry{t.ID, t.From, t.To, t.Fen, t.At, b.means.number(t.Means)}
	if (e.at < b.last.at || e.at == b.last.at && e.id < b.last.id) && (len(b.now) > 0 || b.full != nil) {
		b.unsorted = true
	}
	b.now, b.last = append(b.now, e), e
}

// pass hands a full block on.
func (b *batch) pass() {
	if b.full == nil {
		b.full, b.free = make(chan []entry, 2), make(chan []entry, 4)
		for range cap(b.free) - 1 {
			b.free <- make([]entry, 0, blockSize)
		}
		b.beside.Go(func() {
			for block := range b.full {
				b.take(block)
				b.free <- block[:0]
			}
		})
	}
	b.full <- b.now
	b.now = <-b.free
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
func (b *batch) take(block []entry) {
	from, to, mixed := b.from.grow(len(block)), b.to.grow(len(block)), uint16(0)
	for i := range block {
		e := &block[i]
		from[i], to[i] = b.account(e.from), b.account(e.to)
		mixed |= e.way
	}
	if mixed != 0 && b.way.n == 0 && b.from.n > len(block) {
		b.way.grow(b.from.n - len(block))
	}
	if mixed != 0 || b.way.n > 0 {
		way := b.way.grow(len(block))
		for i := range block {
			way[i] = block[i].way
		}
	}
	if cap(b.values) < len(block) {
		b.values = make([]int64, len(block))
	}
	values := b.values[:len(block)]
	for i := range block {
		values[i] = block[i].id
	}
	b.id.add(values)
	for i := range block {
		values[i] = block[i].fen
	}
	b.fen.add(values)
	for i := range block {
		values[i] = block[i].at
	}
	b.at.add(values)
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
	b.take(b.now)
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
