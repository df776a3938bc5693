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

// candidate is what is measured of one subject.
type candidate struct {
	subject  Subject
	controls int
	offices  int
	ties     int
	broker   float64
	money    map[string]Collected // by currency
}

// KeyFigures ranks those in and around a set by control over its members, by how many shortest chains between members they lie on
// (betweenness, Brandes, Journal of Mathematical Sociology 25, 2001), by the money their accounts took in and kept, by offices and by
// direct relations.
func (b *Book) KeyFigures(q KeyQuery) []KeyFigure {
	r := b.Relations
	around, _ := r.AroundAll(q.Set, q.Depth, q.Room, q.Filter)
	in := make(map[Subject]bool, len(q.Set))
	var nodes []Subject
	for _, s := range q.Set {
		if !in[s] {
			in[s] = true
			nodes = append(nodes, s)
		}
	}
	for _, n := range around {
		nodes = append(nodes, n.Subject)
	}
	list := make([]candidate, len(nodes))
	index := make(map[Subject]int, len(nodes))
	for i, s := range nodes {
		list[i].subject, index[s] = s, i
	}
	ties := r.tiesAmong(nodes, len(in), index, q.Filter)
	measureTies(list, len(in), ties)
	if len(in) > 1 {
		measureBrokers(list, len(in), ties)
	}
	b.measureControl(list, index, in, q)
	b.measureMoney(list, q)
	return score(list, len(in), q.Limit)
}

// keyTie is a relation between two candidates; the members of the set are the first candidates.
type keyTie struct {
	from, to int
	office   bool
}

// tiesAmong gives every relation between two of the candidates, of which the members come first; for a single member its own alone.
func (r *Relations) tiesAmong(nodes []Subject, members int, index map[Subject]int, f Filter) []keyTie {
	room := r.borrow()
	defer room.giveBack()
	in := &room.sides[0]
	for _, s := range nodes {
		in.add(stop{at: s, up: -1})
	}
	list := make([]keyTie, 0, 2*len(nodes))
	if members < 2 { // nobody stands between members: their own ties are all that counts
		for i, s := range nodes[:members] {
			r.visit(s, Either, f, func(e Edge, other Subject, outward bool) bool {
				from, to := i, i
				if other != s && in.has(other) {
					if outward {
						to = index[other]
					} else {
						from = index[other]
					}
					list = append(list, keyTie{from, to, r.KindOfEdge(e) <= Manager})
				}
				return true
			})
		}
		return list
	}
	for from, s := range nodes {
		r.visit(s, Outward, f, func(e Edge, other Subject, _ bool) bool {
			if other != s && in.has(other) {
				list = append(list, keyTie{from, index[other], r.KindOfEdge(e) <= Manager})
			}
			return true
		})
	}
	return list
}

// measureTies counts, for each subject, the members of the set it is related to and those in which it holds an office.
func measureTies(list []candidate, members int, ties []keyTie) {
	var tied, office []uint64 // a subject and a member, each pair to be counted once
	for _, t := range ties {
		if t.to < members {
			tied = append(tied, pairOf(t.from, t.to))
			if t.office {
				office = append(office, pairOf(t.from, t.to))
			}
		}
		if t.from < members {
			tied = append(tied, pairOf(t.to, t.from))
		}
	}
	for _, pair := range distinct(tied) {
		list[pair>>32].ties++
	}
	for _, pair := range distinct(office) {
		list[pair>>32].offices++
	}
}

func pairOf(a, b int) uint64 { return uint64(a)<<32 | uint64(b) }

func distinct(list []uint64) []uint64 {
	slices.Sort(list)
	return slices.Compact(list)
}

// measureControl counts the members of the set in each subject's hand.
func (b *Book) measureControl(list []candidate, index map[Subject]int, in map[Subject]bool, q KeyQuery) {
	for s := range in {
		if b.Relations.KindOf(s) != Company {
			continue
		}
		for _, top := range b.Relations.inHandsOf(s, q.Filter, q.Trust) {
			if i, ok := index[top]; ok {
				list[i].controls++
			}
		}
	}
}

// measureMoney adds up what each subject's own accounts, and those it holds, took in.
func (b *Book) measureMoney(list []candidate, q KeyQuery) {
	f := q.Filter
	f.Kinds = SetOf(Holder)
	currencies := b.Flow.Currencies()
	var set []Account
	own := func(s Subject) {
		if a, ok := b.Flow.Find(b.Relations.Key(s)); ok {
			set = append(set, a)
		}
	}
	for i := range list {
		set = set[:0]
		own(list[i].subject)
		b.Relations.visit(list[i].subject, Outward, f, func(_ Edge, other Subject, _ bool) bool {
			own(other)
			return true
		})
		if len(set) > 0 {
			list[i].money = make(map[string]Collected, len(currencies))
			for _, currency := range currencies {
				list[i].money[currency] = b.Flow.Collects(set, currency, q.First, q.Last)
			}
		}
	}
}
