package graph

import "slices"

// Book is everything the graph knows as of one moment: relations and money.
type Book struct {
	Relations *Relations
	Flow      *Flow
}

// NewBook gives a book without any content.
func NewBook() *Book { return &Book{Relations: NewRelations(), Flow: NewFlow()} }

// Reason is one thing that makes a subject a key figure of a set: Key names it, Of says how many of the set it concerns where it
// counts members, Fen is money. The interface words it.
type Reason struct {
	Key    string
	Count  int
	Of     int
	Fen    int64
	Points float64
	// Currency is what Fen is in.
	Currency string
}

// The reasons.
const (
	ReasonControls = "controls" // companies of the set in its hand
	ReasonOffices  = "offices"  // members of the set it represents, directs, supervises or manages
	ReasonBroker   = "broker"   // pairs of the set whose shortest chains pass through it
	ReasonTies     = "ties"     // members of the set it is directly related to
	ReasonMoney    = "money"    // what its accounts took in from others and kept
)

// KeyFigure is a subject that holds a set together. Score is 0 to 100: the sum of the points of its reasons.
type KeyFigure struct {
	Subject Subject
	Score   float64
	Reasons []Reason
}

// KeyQuery asks who holds a set of subjects together. Depth is how far around the set is looked, Room how many subjects at most;
// First and Last bound the payments that count.
type KeyQuery struct {
	Set    []Subject
	Depth  int
	Room   int
	First  int64
	Last   int64
	Filter Filter
	Trust  Trust
	Limit  int
}

// The most points a reason gives. Control weighs most: who can decide answers for it. Brokerage and money tell who is needed and who
// gains; office and plain ties are weaker signs, since nominees hold offices too.
const (
	pointsControl = 35
	pointsBroker  = 25
	pointsMoney   = 20
	pointsOffice  = 10
	pointsTies    = 10
)

// candidate is what is measured of one subject. Its accounts stand in the room of the search from first to last; net is where what they
// kept stands, by currency, -1 for a subject without any account.
type candidate struct {
	subject     Subject
	controls    int32
	offices     int32
	ties        int32
	net         int32
	first, last int32
	broker      float64
}

// KeyFigures ranks those in and around a set by control over its members, by how many shortest chains between members they lie on
// (betweenness, Brandes, Journal of Mathematical Sociology 25, 2001), by the money their accounts took in and kept, by offices and by
// direct relations.
func (b *Book) KeyFigures(q KeyQuery) []KeyFigure {
	room := b.Relations.borrow()
	defer room.giveBack()
	k := &room.key
	k.begin(b, q, &room.sides[0])
	k.look()
	k.measureTies()
	if k.members > 1 {
		k.measureBrokers()
	}
	k.measureControl()
	k.measureMoney()
	return k.score()
}

// keyRoom is room for a search for key figures, kept for the next one.
type keyRoom struct {
	b        *Book
	r        *Relations
	q        KeyQuery
	met      *territory
	members  int // of the set: the first candidates
	list     []candidate
	place    placement
	ties     []keyTie
	tied     []uint64
	accounts []Account
	nets     []int64
	brokers  brokers
	over     map[Subject]headed
}

// keyTie is a relation between two candidates.
type keyTie struct {
	from, to int32
	office   bool
}

// begin makes candidates of the set and of what stands around it.
func (k *keyRoom) begin(b *Book, q KeyQuery, met *territory) {
	k.b, k.r, k.q, k.met = b, b.Relations, q, met
	for _, s := range q.Set {
		if !met.has(s) {
			met.add(stop{at: s, up: -1})
		}
	}
	k.members = len(met.queue)
	k.r.spread(met, q.Depth, q.Room, q.Filter)
	k.list = slices.Grow(k.list[:0], len(met.queue))
	for _, n := range met.queue {
		k.list = append(k.list, candidate{subject: n.at, net: -1})
	}
	k.place.fill(k.list)
	k.ties, k.accounts, k.nets = k.ties[:0], k.accounts[:0], k.nets[:0]
}

// end forgets what belongs to a book.
func (k *keyRoom) end() {
	k.b, k.r, k.q, k.met = nil, nil, KeyQuery{}, nil
	if len(k.over) > 1<<12 {
		k.over = nil
	}
	clear(k.over)
	if cap(k.ties) > keptStops {
		*k = keyRoom{}
	}
}

// look goes through the relations of all candidates once, for the ties among them and the accounts they hold. Nobody stands between the
// members of a set of one: its own ties are all that counts.
func (k *keyRoom) look() {
	held := k.q.Filter
	held.Kinds = SetOf(Holder)
	for i := range k.list {
		c := &k.list[i]
		c.first = int32(len(k.accounts))
		if kind := k.r.KindOf(c.subject); kind == AccountHeld || kind == subjectKinds {
			k.own(c.subject)
		}
		for n, p := range k.r.parts {
			for _, x := range p.links.of(c.subject, Outward) {
				if x.kind == Holder && k.r.usable(n, x, &held) {
					k.own(x.other)
				}
				if k.members > 1 || i == 0 {
					k.tie(n, x, i, Outward)
				}
			}
			if k.members < 2 && i == 0 {
				for _, x := range p.links.of(c.subject, Inward) {
					k.tie(n, x, i, Inward)
				}
			}
		}
		c.last = int32(len(k.accounts))
	}
}

// tie notes a relation of a candidate with another one.
func (k *keyRoom) tie(n int, x tie, i int, d Direction) {
	if !k.met.has(x.other) {
		return
	}
	to := k.place.of(x.other)
	if int(to) == i || !k.r.usable(n, x, &k.q.Filter) {
		return
	}
	t := keyTie{int32(i), to, x.kind <= Manager}
	if d == Inward {
		t.from, t.to = t.to, t.from
	}
	k.ties = append(k.ties, t)
}

// own takes an account that is in some payment.
func (k *keyRoom) own(s Subject) {
	if a, ok := k.b.Flow.Find(k.r.Key(s)); ok {
		k.accounts = append(k.accounts, a)
	}
}

// measureTies counts, for each subject, the members of the set it is related to and those in which it holds an office.
func (k *keyRoom) measureTies() {
	members := int32(k.members)
	for _, pair := range k.pairs(func(t keyTie) (bool, bool) { return t.to < members, t.from < members }) {
		k.list[pair>>32].ties++
	}
	for _, pair := range k.pairs(func(t keyTie) (bool, bool) { return t.office && t.to < members, false }) {
		k.list[pair>>32].offices++
	}
}

// pairs gives the different pairs of a candidate and a member among the ties, for those whose ends are wanted as members.
func (k *keyRoom) pairs(want func(t keyTie) (to, from bool)) []uint64 {
	k.tied = k.tied[:0]
	for _, t := range k.ties {
		to, from := want(t)
		if to {
			k.tied = append(k.tied, uint64(t.from)<<32|uint64(t.to))
		}
		if from {
			k.tied = append(k.tied, uint64(t.to)<<32|uint64(t.from))
		}
	}
	slices.Sort(k.tied)
	return slices.Compact(k.tied)
}

// measureControl counts the members of the set in each subject's hand.
func (k *keyRoom) measureControl() {
	if k.over == nil {
		k.over = map[Subject]headed{}
	}
	for i := range k.members {
		if s := k.list[i].subject; k.r.KindOf(s) == Company {
			for _, top := range k.r.inHandsOf(s, k.q.Filter, k.q.Trust, k.over) {
				if at := k.place.of(top); at >= 0 {
					k.list[at].controls++
				}
			}
		}
	}
}

// placement finds subjects in a list of different ones: a table twice as long at least, in which a subject stands from the place its own
// bits name on.
type placement struct {
	slots []slot
	shift uint8
}

// slot holds a subject and its number + 1 in the list, 0 for an empty one.
type slot struct {
	subject Subject
	number  int32
}

func (p *placement) fill(list []candidate) {
	bits := uint8(4)
	for 1<<bits < 2*len(list) {
		bits++
	}
	p.slots = slices.Grow(p.slots[:0], 1<<bits)[:1<<bits]
	p.shift = 32 - bits
	clear(p.slots)
	for i := range list {
		at := p.from(list[i].subject)
		for p.slots[at].number != 0 {
			at = (at + 1) & uint32(len(p.slots)-1)
		}
		p.slots[at] = slot{list[i].subject, int32(i) + 1}
	}
}

// from is the place at which a subject is looked for first (multiplication by the golden ratio, Knuth, volume 3, 6.4).
func (p *placement) from(s Subject) uint32 { return uint32(s) * 0x9e3779b9 >> p.shift }

// of gives the number of a subject in the list, -1 for one that is not in it.
func (p *placement) of(s Subject) int32 {
	for at := p.from(s); ; at = (at + 1) & uint32(len(p.slots)-1) {
		if x := p.slots[at]; x.number == 0 || x.subject == s {
			return x.number - 1
		}
	}
}
