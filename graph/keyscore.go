package graph

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// mostKept gives the reason for the currency of which a subject kept most, set against what others of the picture kept of it.
func mostKept(money map[string]Collected, kept map[string]int64) Reason {
	var best Reason
	if len(money) == 0 {
		return best
	}
	for _, currency := range slices.Sorted(maps.Keys(money)) {
		m := money[currency]
		if net := m.In - m.Out; net > 0 {
			if points := pointsMoney * float64(net) / float64(kept[currency]); points > best.Points {
				best = Reason{Key: ReasonMoney, Count: m.Payers, Fen: net, Currency: currency, Points: points}
			}
		}
	}
	return best
}

// measured is the largest of each measure in a picture, which points are set against.
type measured struct {
	broker  float64
	kept    map[string]int64 // by currency
	of      float64          // members
	members int
}

// reasons gives what makes a candidate a key figure, with points; those without any count for nothing.
func (m *measured) reasons(c *candidate) [5]Reason {
	all := [5]Reason{{Key: ReasonControls, Count: c.controls, Of: m.members, Points: pointsControl * float64(c.controls) / m.of}}
	if joined := int(math.Round(c.broker / 2)); joined > 0 {
		all[1] = Reason{Key: ReasonBroker, Count: joined, Of: m.members * (m.members - 1) / 2, Points: pointsBroker * c.broker / m.broker}
	}
	all[2] = mostKept(c.money, m.kept)
	all[3] = Reason{Key: ReasonOffices, Count: c.offices, Of: m.members, Points: pointsOffice * float64(c.offices) / m.of}
	all[4] = Reason{Key: ReasonTies, Count: c.ties, Of: m.members, Points: pointsTies * float64(c.ties) / m.of}
	return all
}

// score turns measures into points: each is set against the largest of its kind in the picture, counts of members against the set. Those
// with most points are given, at most limit of them where that is not 0.
func score(list []candidate, members, limit int) []KeyFigure {
	m := &measured{broker: 2, kept: map[string]int64{}, of: float64(max(members, 1)), members: members} // less than one pair is nothing to be measured against
	for i := range list {
		m.broker = max(m.broker, list[i].broker)
		for currency, money := range list[i].money {
			m.kept[currency] = max(m.kept[currency], money.In-money.Out)
		}
	}
	type ranked struct {
		score float64
		i     int
	}
	before := func(a, b ranked) int {
		if a.score != b.score {
			return cmp.Compare(b.score, a.score)
		}
		return cmp.Compare(list[a.i].subject, list[b.i].subject)
	}
	var rank []ranked // most candidates are left out: the best so far, in order
	for i := range list {
		if !list[i].counts() {
			continue
		}
		x := ranked{i: i}
		for _, r := range m.reasons(&list[i]) {
			x.score += max(r.Points, 0)
		}
		full := limit > 0 && len(rank) == limit
		if x.score <= 0 || full && before(x, rank[limit-1]) > 0 {
			continue
		}
		if full {
			rank = rank[:limit-1]
		}
		at, _ := slices.BinarySearchFunc(rank, x, before)
		rank = slices.Insert(rank, at, x)
	}
	out := make([]KeyFigure, len(rank))
	for n, x := range rank {
		out[n] = KeyFigure{Subject: list[x.i].subject, Score: x.score}
		for _, r := range m.reasons(&list[x.i]) {
			if r.Points > 0 {
				out[n].Reasons = append(out[n].Reasons, r)
			}
		}
		slices.SortStableFunc(out[n].Reasons, func(a, b Reason) int { return cmp.Compare(b.Points, a.Points) })
	}
	return out
}

// counts says whether there is anything to be measured of a candidate.
func (c *candidate) counts() bool {
	return c.controls > 0 || c.broker > 0 || c.offices > 0 || c.ties > 0 || len(c.money) > 0
}
