package graph

import (
	"cmp"
	"math"
	"slices"
)

// yardstick is the largest of each measure in a picture, which points are set against: counts of members are set against the set.
type yardstick struct {
	broker  float64
	purses  []purse
	of      float64 // members
	members int
}

// points are those of a candidate, by reason.
type points struct {
	controls, broker, money, offices, ties float64
	purse                                  int // that the money is in
}

func (p *points) sum() float64 { return p.controls + p.broker + p.money + p.offices + p.ties }

func (k *keyRoom) points(c *candidate, y *yardstick) points {
	p := points{controls: pointsControl * float64(c.controls) / y.of, offices: pointsOffice * float64(c.offices) / y.of, ties: pointsTies * float64(c.ties) / y.of}
	if joinedBy(c) > 0 {
		p.broker = pointsBroker * c.broker / y.broker
	}
	p.purse, p.money = k.mostKept(c, y.purses)
	return p
}

// joinedBy is how many pairs of members a candidate joins.
func joinedBy(c *candidate) int { return int(math.Round(c.broker / 2)) }

// score turns measures into points. Those with most points are given, at most as many as the question wants where that is not 0.
func (k *keyRoom) score() []KeyFigure {
	y := &yardstick{broker: 2, purses: k.purses(), of: float64(max(k.members, 1)), members: k.members} // less than one pair is nothing to be measured against
	for i := range k.list {
		y.broker = max(y.broker, k.list[i].broker)
	}
	type ranked struct {
		score float64
		i     int
	}
	before := func(a, b ranked) int {
		if a.score != b.score {
			return cmp.Compare(b.score, a.score)
		}
		return cmp.Compare(k.list[a.i].subject, k.list[b.i].subject)
	}
	var rank []ranked // most candidates are left out: the best so far, in order
	for i := range k.list {
		c := &k.list[i]
		if c.controls == 0 && c.broker == 0 && c.offices == 0 && c.ties == 0 && c.net < 0 {
			continue
		}
		p := k.points(c, y)
		x := ranked{p.sum(), i}
		full := k.q.Limit > 0 && len(rank) == k.q.Limit
		if x.score <= 0 || full && before(x, rank[len(rank)-1]) > 0 {
			continue
		}
		if full {
			rank = rank[:len(rank)-1]
		}
		at, _ := slices.BinarySearchFunc(rank, x, before)
		rank = slices.Insert(rank, at, x)
	}
	out := make([]KeyFigure, len(rank))
	for n, x := range rank {
		c := &k.list[x.i]
		out[n] = KeyFigure{Subject: c.subject, Score: x.score, Reasons: k.reasons(c, y)}
	}
	return out
}

// reasons says what makes a candidate a key figure, with points, the strongest first.
func (k *keyRoom) reasons(c *candidate, y *yardstick) []Reason {
	p := k.points(c, y)
	all := []Reason{{Key: ReasonControls, Count: int(c.controls), Of: y.members, Points: p.controls},
		{Key: ReasonBroker, Count: joinedBy(c), Of: y.members * (y.members - 1) / 2, Points: p.broker}}
	if p.money > 0 {
		kept := y.purses[p.purse]
		all = append(all, Reason{Key: ReasonMoney, Count: k.payers(k.accounts[c.first:c.last], kept.number), Fen: k.nets[int(c.net)+kept.number], Currency: kept.name, Points: p.money})
	}
	all = append(all, Reason{Key: ReasonOffices, Count: int(c.offices), Of: y.members, Points: p.offices}, Reason{Key: ReasonTies, Count: int(c.ties), Of: y.members, Points: p.ties})
	all = slices.DeleteFunc(all, func(r Reason) bool { return r.Points <= 0 })
	slices.SortStableFunc(all, func(a, b Reason) int { return cmp.Compare(b.Points, a.Points) })
	return all
}
