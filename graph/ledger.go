package graph

import "iter"

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

// NewLedger builds a ledger of the transfers that seq yields, in any order. It takes up to 2^32-1 of them.
func NewLedger(seq iter.Seq[Transfer]) *Ledger {
	return newRun(newBatch(newNumbering(), newMeans(), nil, 0), seq)
}

// newRun makes a ledger of transfers.
func newRun(b *batch, seq iter.Seq[Transfer]) *Ledger {
	defer b.end()
	for t := range seq {
		b.add(&t)
	}
	return b.ledger()
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
