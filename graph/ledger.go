package graph

import (
	"iter"
	"slices"
)

// Account is the dense number of an account inside one Ledger, 0 to Accounts()-1. It means nothing in another Ledger.
type Account int32

// Transfer is one movement of money on its way into a Ledger. From and To are the store's keys of the accounts, At is in
// microseconds since 1970 UTC, Fen is not negative.
type Transfer struct {
	ID   int64
	From int64
	To   int64
	Fen  int64
	At   int64
	Means
}

// Ledger holds transfers sorted by time (then by ID), with the lists of each account in both directions. It is immutable. One that a
// Flow gives holds no transfer that was withdrawn.
type Ledger struct {
	accounts *numbering
	id       column
	from     []Account
	to       []Account
	fen      column
	at       column
	means    *means
	way      []uint16 // how each was made, by the numbers of means; nil where all were made in the first way
	out      rows
	in       rows
	gone     tombs // transfers that were withdrawn and wait for the next fold; how many they are
	fewer    int
}

// rows lists, for each account, its transfers by rising time: those of account a are list[start[a]:start[a+1]]. A ledger that holds
// few transfers for its accounts keeps the lists in a map.
type rows struct {
	start []uint32
	list  []uint32
	few   map[Account][]uint32
}

func (r rows) of(a Account) []uint32 {
	if r.few != nil {
		return r.few[a]
	}
	if int(a)+1 >= len(r.start) {
		return nil
	}
	return r.list[r.start[a]:r.start[a+1]]
}

// batch is transfers on their way into a ledger: first in blocks, so that nothing is moved while more come, then by columns.
type batch struct {
	blocks      [][]entry
	total       int
	last        entry
	id, fen, at []int64
	from, to    []Account
	way         []uint16
	unsorted    bool
}

type entry struct {
	id, fen, at int64
	from, to    Account
	way         uint16
}

const blockSize = 1 << 15

func (b *batch) add(n *numbering, m *means, t Transfer) {
	if b.total > 0 && (t.At < b.last.at || t.At == b.last.at && t.ID < b.last.id) {
		b.unsorted = true
	}
	from, ok := n.find(t.From)
	if !ok {
		from, _ = n.number(t.From)
	}
	to, ok := n.find(t.To)
	if !ok {
		to, _ = n.number(t.To)
	}
	b.last = entry{t.ID, t.Fen, t.At, Account(from), Account(to), m.number(t.Means)}
	k := len(b.blocks) - 1
	if k < 0 || len(b.blocks[k]) == cap(b.blocks[k]) {
		room := blockSize
		if k < 0 {
			room = 256 // most changes are small
		}
		b.blocks = append(b.blocks, make([]entry, 0, room))
		k++
	}
	b.blocks[k] = append(b.blocks[k], b.last)
	b.total++
}

// columns turns the blocks into columns.
func (b *batch) columns() {
	if b.total == 0 {
		return
	}
	b.id, b.fen, b.at = make([]int64, b.total), make([]int64, b.total), make([]int64, b.total)
	b.from, b.to, b.way = make([]Account, b.total), make([]Account, b.total), make([]uint16, b.total)
	i := 0
	for k, block := range b.blocks {
		for _, e := range block {
			b.id[i], b.fen[i], b.at[i], b.from[i], b.to[i], b.way[i] = e.id, e.fen, e.at, e.from, e.to, e.way
			i++
		}
		b.blocks[k] = nil
	}
}

// NewLedger builds a ledger of the transfers that seq yields, in any order. It takes up to 2^32-1 of them.
func NewLedger(seq iter.Seq[Transfer]) *Ledger {
	n, m, b := newNumbering(), newMeans(), &batch{}
	for t := range seq {
		b.add(n, m, t)
	}
	return newRun(n, m, b)
}

// newRun makes a ledger of a batch whose accounts are numbered already.
func newRun(n *numbering, m *means, b *batch) *Ledger {
	b.columns()
	if b.unsorted {
		b.sort()
	}
	l := &Ledger{accounts: n, from: b.from, to: b.to, means: m, way: squeeze(b.way)}
	l.id, l.fen, l.at = pack(b.id), pack(b.fen), pack(b.at)
	l.out, l.in = group(l.from, len(n.keys)), group(l.to, len(n.keys))
	return l
}

// sort orders the batch by time, then ID. Keys are moved rather than compared through an index: that halves the time.
func (b *batch) sort() {
	type key struct {
		at, id int64
		i      uint32
	}
	keys := make([]key, len(b.at))
	for i := range keys {
		keys[i] = key{b.at[i], b.id[i], uint32(i)}
	}
	slices.SortFunc(keys, func(a, b key) int {
		if a.at != b.at {
			return compare(a.at, b.at)
		}
		return compare(a.id, b.id)
	})
	order := make([]uint32, len(keys))
	for i, k := range keys {
		order[i] = k.i
	}
	b.id, b.fen, b.at = permute(b.id, order), permute(b.fen, order), permute(b.at, order)
	b.from, b.to, b.way = permute(b.from, order), permute(b.to, order), permute(b.way, order)
	b.unsorted = false
}

func compare(a, b int64) int {
	if a < b {
		return -1
	}
	if a > b {
		return 1
	}
	return 0
}

func permute[T any](list []T, order []uint32) []T {
	moved := make([]T, len(list))
	for i, j := range order {
		moved[i] = list[j]
	}
	return moved
}

// group lists the transfers by the account at one end, keeping their order in time.
func group(end []Account, accounts int) rows {
	if len(end)*sparse < accounts {
		r := rows{few: make(map[Account][]uint32, len(end))}
		for i, a := range end {
			r.few[a] = append(r.few[a], uint32(i))
		}
		return r
	}
	r := rows{start: make([]uint32, accounts+1), list: make([]uint32, len(end))}
	for _, a := range end {
		r.start[a+1]++
	}
	for a := range accounts {
		r.start[a+1] += r.start[a]
	}
	next := slices.Clone(r.start)
	for i, a := range end {
		r.list[next[a]] = uint32(i)
		next[a]++
	}
	return r
}

// Accounts is the number of accounts that some transfer names.
func (l *Ledger) Accounts() int { return len(l.accounts.keys) }

// Len is the number of transfers; they are numbered 0 to Len()-1 by time.
func (l *Ledger) Len() int { return len(l.from) }

// Key is the store's key of an account.
func (l *Ledger) Key(a Account) int64 { return l.accounts.keys[a] }

// Account finds an account by the store's key; false when no transfer names it.
func (l *Ledger) Account(key int64) (Account, bool) {
	a, ok := l.accounts.find(key)
	return Account(a), ok
}

// Out lists the numbers of the transfers that leave an account, by rising time. The slice must not be changed.
func (l *Ledger) Out(a Account) []uint32 { return l.out.of(a) }

// In lists the numbers of the transfers that reach an account, by rising time. The slice must not be changed.
func (l *Ledger) In(a Account) []uint32 { return l.in.of(a) }

// ID is the store's key of a transfer.
func (l *Ledger) ID(i uint32) int64 { return l.id.at(i) }

// From is the paying account of a transfer.
func (l *Ledger) From(i uint32) Account { return l.from[i] }

// To is the receiving account of a transfer.
func (l *Ledger) To(i uint32) Account { return l.to[i] }

// Fen is the amount of a transfer.
func (l *Ledger) Fen(i uint32) int64 { return l.fen.at(i) }

// At is when a transfer was made, in microseconds since 1970 UTC.
func (l *Ledger) At(i uint32) int64 { return l.at.at(i) }
