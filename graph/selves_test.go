package graph

import (
	"iter"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// split gives some of the holdings and offices of person 6 to person 8, of whom somebody decided that they are the same.
func split(rt *rapid.T, d drawn) drawn {
	list := slices.Clone(d.list)
	for i := range list {
		if list[i].From == 6 && rapid.Bool().Draw(rt, "other name") {
			list[i].From = 8
		}
	}
	same := Relation{Fact: 1000, From: 8, To: 6, Kind: SameAs, Source: "D", Ratio: NoRatio(), Fen: -1}
	return drawn{list, RelationsOf(eightPeople(), slices.Values(append(list, same)))}
}

func eightPeople() iter.Seq[SubjectRow] {
	rows := make([]SubjectRow, 8)
	for i := range rows {
		rows[i] = SubjectRow{Key: int64(i + 1), Kind: Company, Place: "440300"}
		if i >= 5 {
			rows[i].Kind = Person
		}
	}
	return slices.Values(rows)
}

// A person who stands under two names controls what one who stands under a single name does, with the same shares; the chain says that the
// two names are one.
func TestControllersOfOneHand(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		one := drawHoldings(rt)
		one.list = slices.DeleteFunc(one.list, func(r Relation) bool { return r.To == 6 }) // nobody holds a person
		one.r = RelationsOf(eightPeople(), slices.Values(one.list))
		two := split(rt, one)
		company := rapid.Int64Range(1, 5).Draw(rt, "company")
		want, _ := one.r.Controllers(one.find(company), Filter{}, nil)
		got, _ := two.r.Controllers(two.find(company), Filter{}, nil)
		if len(got) != len(want) {
			rt.Fatalf("%d controllers, under one name %d", len(got), len(want))
		}
		for _, c := range want {
			key := one.r.Key(c.Subject)
			k := slices.IndexFunc(got, func(g Controller) bool { return two.r.Key(g.Subject) == key })
			if k < 0 || got[k].How != c.How || !near(got[k].Share, c.Share) {
				rt.Fatalf("%d: %+v, under one name %+v", key, got, c)
			}
			at := key
			for _, s := range got[k].Chain {
				if two.r.Key(s.From) != at {
					rt.Fatalf("the chain of %d breaks at %d", key, at)
				}
				at = two.r.Key(s.To)
			}
			if at != company {
				rt.Fatalf("the chain of %d ends at %d", key, at)
			}
		}
		for _, top := range []int64{6, 1} {
			a, _ := one.r.Group(one.find(top), 100, Filter{}, nil)
			b, _ := two.r.Group(two.find(top), 100, Filter{}, nil)
			if !slices.Equal(keysOf(one.r, a), keysOf(two.r, b)) {
				rt.Fatalf("group of %d: %v, under one name %v", top, keysOf(two.r, b), keysOf(one.r, a))
			}
		}
	})
}

func keysOf(r *Relations, list []Member) []int64 {
	var keys []int64
	for _, m := range list {
		keys = append(keys, r.Key(m.Subject))
	}
	slices.Sort(keys)
	return keys
}
