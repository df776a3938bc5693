// Package moneytest makes invented ledgers with schemes and innocent look-alikes in them, for tests of the money patterns. It
// knows no rule and no threshold. Equal options give equal worlds.
package moneytest

import "fmt"

// Row is one transfer; At is in microseconds since 1970 UTC, accounts are numbers from 0.
type Row struct {
	From, To int
	Fen      int64
	At       int64
	Channel  string
}

// Truth is a scheme, or where Bad is false an innocent look-alike, with the accounts that act in it.
type Truth struct {
	ID       string
	Typology string
	Bad      bool
	Members  []int
}

// World is a ledger with what is true of it.
type World struct {
	Rows     []Row
	Accounts int
	Merchant map[int]bool
	Truths   []Truth
	Days     int

	rand  rand
	start int64
	life  []person
	shops []int
	firms []int
	halls []int // landlords
}

type person struct {
	account, employer, landlord int
	shops, friends              []int
}

// Options size a world. Fresh is the share of scheme accounts without any life of their own, in percent.
type Options struct {
	Seed    uint64
	Persons int
	Days    int
	Schemes int // of each typology
	Decoys  int // of each kind
	Fresh   int
	Scale   int64 // of all amounts, in percent
}

// rand is a small generator with a state of its own.
type rand uint64

func (r *rand) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func (r *rand) int(n int) int { return int(r.next() % uint64(n)) }

// between gives a number from a to b, both included.
func (r *rand) between(a, b int) int { return a + r.int(b-a+1) }

func (r *rand) chance(percent int) bool { return r.int(100) < percent }

const (
	minute = int64(60e6)
	hour   = 60 * minute
	day    = 24 * hour
	yuan   = int64(100)
)

// New makes a world.
func New(o Options) *World {
	w := &World{Merchant: map[int]bool{}, Days: o.Days, rand: rand(o.Seed * 7919), start: 1767196800 * 1e6} // 2026-01-01 in China
	for range max(4, o.Persons/50) {
		w.firms = append(w.firms, w.account())
	}
	for range max(10, o.Persons/20) {
		shop := w.account()
		w.shops = append(w.shops, shop)
		w.Merchant[shop] = w.rand.chance(60)
	}
	for range max(5, o.Persons/30) {
		w.halls = append(w.halls, w.account())
	}
	for range o.Persons {
		p := person{account: w.account(), employer: pick(w, w.firms), landlord: -1}
		if w.rand.chance(50) {
			p.landlord = pick(w, w.halls)
		}
		for range w.rand.between(2, 6) {
			p.shops = append(p.shops, pick(w, w.shops))
		}
		w.life = append(w.life, p)
	}
	for i := range w.life {
		for range w.rand.between(2, 6) {
			w.life[i].friends = append(w.life[i].friends, w.anybody())
		}
	}
	w.ordinary()
	for i := range o.Decoys {
		w.decoys(i)
	}
	for i := range o.Schemes {
		w.schemes(i, o.Fresh)
	}
	if o.Scale > 0 {
		for i := range w.Rows {
			w.Rows[i].Fen = max(1, w.Rows[i].Fen*o.Scale/100)
		}
	}
	return w
}

func pick(w *World, list []int) int { return list[w.rand.int(len(list))] }

func (w *World) account() int {
	w.Accounts++
	return w.Accounts - 1
}

func (w *World) anybody() int { return w.life[w.rand.int(len(w.life))].account }

// people gives some different ordinary persons.
func (w *World) people(n int) []int {
	seen, out := map[int]bool{}, []int{}
	for len(out) < n {
		if a := w.anybody(); !seen[a] {
			seen[a] = true
			out = append(out, a)
		}
	}
	return out
}

func (w *World) pay(from, to int, fen, at int64, channel string) {
	if from != to && at < w.start+int64(w.Days)*day {
		w.Rows = append(w.Rows, Row{from, to, fen, at, channel})
	}
}

// moment is a time of day in waking hours.
func (w *World) moment(d int) int64 {
	return w.start + int64(d)*day + int64(w.rand.between(8*60, 22*60))*minute + int64(w.rand.int(60))*1e6
}

func (w *World) amount(low, high int) int64 { return int64(w.rand.between(low*100, high*100)) }

// ordinary gives everybody a life: wages, rent, shopping, friends.
func (w *World) ordinary() {
	for _, p := range w.life {
		wage, rent := w.amount(4000, 20000), w.amount(1000, 4000)
		for d := range w.Days {
			switch {
			case d%30 == 9:
				w.pay(p.employer, p.account, wage+w.amount(0, 300), w.moment(d), "transfer")
			case d%30 == 0 && p.landlord >= 0:
				w.pay(p.account, p.landlord, rent, w.moment(d), "transfer")
			}
			if w.rand.chance(28) {
				shop := pick(w, p.shops)
				if w.rand.chance(20) {
					shop = pick(w, w.shops)
				}
				channel := "payment"
				if w.rand.chance(30) {
					channel = "transfer"
				}
				w.pay(p.account, shop, w.amount(5, 400), w.moment(d), channel)
			}
			if w.rand.chance(4) {
				friend := pick(w, p.friends)
				if w.rand.chance(15) {
					friend = w.anybody()
				}
				w.pay(p.account, friend, w.amount(20, 2000), w.moment(d), "transfer")
			}
			if w.rand.chance(2) {
				w.pay(p.account, pick(w, w.shops), w.amount(100, 2000), w.moment(d), "cash_out")
			}
		}
	}
	for i, f := range w.firms {
		for d := range w.Days {
			if w.rand.chance(15) {
				w.pay(f, w.firms[(i+w.rand.between(1, 3))%len(w.firms)], w.amount(5000, 200000), w.moment(d), "transfer")
			}
		}
	}
}

func (w *World) truth(typology string, bad bool, i int, members ...int) {
	kind := "S"
	if !bad {
		kind = "N"
	}
	w.Truths = append(w.Truths, Truth{ID: fmt.Sprintf("%s-%s-%d", kind, typology, i), Typology: typology, Bad: bad, Members: members})
}
