package money

import (
	"cmp"
	"slices"

	"xiezhi/graph"
)

// Channel is how a transfer was made, as far as the rules tell channels apart.
type Channel uint8

// The channels: a transfer between accounts, cash or its like leaving the accounts, cash paid in, and a purchase.
const (
	ChannelTransfer Channel = iota
	ChannelCashOut
	ChannelCashIn
	ChannelPayment
)

// Transfer is a movement of money with what the rules look at beside the ledger's columns. Device, IP and Source are numbers
// that mean "the same" when equal; 0 is unknown.
type Transfer struct {
	graph.Transfer
	Channel Channel
	Device  uint32
	IP      uint32
	Source  uint32
}

// Account is what is known of an account beside its transfers. Instants are microseconds since 1970 UTC, 0 is unknown.
type Account struct {
	Holder      int64 // key of its holder in the store, 0 unknown
	Corporate   bool  // the holder is a company
	Merchant    bool  // an acquirer, a shop or an agent: many payers are its trade
	Exit        string
	OpenedAt    int64
	Institution int64
	Division    string
	Home        string // division of the holder
	BornYear    int    // of the holder, 0 unknown
	Remote      bool   // reports tell of sign-ins abroad, through proxies or by remote control
	Unreachable bool   // reports tell that the holder cannot be reached or refuses to be verified
	Listed      bool   // the police or a penalty named it
	Charged     bool   // and says that it had to do with a crime or a breach
	Edge        bool   // only some of its transfers are in the book: nothing is known of the rest of its life
}

// Book is a ledger with the facts of its accounts: everything that is looked at. It is not changed once made.
type Book struct {
	*graph.Ledger
	Channel  []Channel
	Device   []uint32
	IP       []uint32
	Source   []uint32
	Accounts []Account // by the ledger's number of the account

	from, to int64 // first and last instant
}

// NewBook builds a book. The list is sorted in place by time. facts gives what is known of an account by the store's key; it
// may be nil.
func NewBook(list []Transfer, facts func(key int64) Account) *Book {
	slices.SortFunc(list, func(a, b Transfer) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID)) })
	b := &Book{Channel: make([]Channel, len(list)), Device: make([]uint32, len(list)), IP: make([]uint32, len(list)), Source: make([]uint32, len(list))}
	i := 0
	b.Ledger = graph.NewLedger(func(yield func(graph.Transfer) bool) {
		for i = range list {
			t := &list[i]
			b.Channel[i], b.Device[i], b.IP[i], b.Source[i] = t.Channel, t.Device, t.IP, t.Source
			if !yield(t.Transfer) {
				return
			}
		}
	})
	b.Accounts = make([]Account, b.Ledger.Accounts())
	if facts != nil {
		for a := range b.Accounts {
			b.Accounts[a] = facts(b.Key(graph.Account(a)))
		}
	}
	if n := b.Len(); n > 0 {
		b.from, b.to = b.At(0), b.At(uint32(n-1))
	}
	return b
}

// busy is how many transfers an account has in all.
func (b *Book) busy(a graph.Account) int { return len(b.In(a)) + len(b.Out(a)) }

// days is the length of the book, at least one day.
func (b *Book) days() float64 { return max(1, float64(b.to-b.from)/float64(day)) }

const (
	hour = int64(3600) * 1e6
	day  = 24 * hour
)
