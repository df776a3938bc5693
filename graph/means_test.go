package graph

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// paid is a payment of an answer, by its number.
type paid struct {
	id, carried int64
	depth       int
}

func paidOf(f *Flow, t Trace) []paid {
	var list []paid
	for _, h := range t.Hops {
		list = append(list, paid{f.ID(h.Move), h.Carried, h.Depth})
	}
	return list
}

func ringsOf(f *Flow, list []Cycle) [][]int64 {
	var rings [][]int64
	for _, c := range list {
		var ring []int64
		for _, m := range c.Moves {
			ring = append(ring, f.ID(m))
		}
		rings = append(rings, ring)
	}
	slices.SortFunc(rings, slices.Compare)
	return rings
}

// Every question about money in one currency has the answer that a book with nothing but that currency gives.
func TestCurrenciesAreApart(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		list, _ := drawTransfers(rt, 40)
		names := []string{"", "USD", "HKD"}
		own := map[string][]Transfer{}
		for i := range list {
			list[i].Means = Means{Currency: rapid.SampledFrom(names).Draw(rt, "currency"), Channel: rapid.SampledFrom([]string{"", "wire"}).Draw(rt, "channel")}
			own[list[i].Currency] = append(own[list[i].Currency], list[i])
		}
		half := len(list) / 2
		mixed := NewFlow().With(slices.Values(list[:half])).With(slices.Values(list[half:]))
		q, ok := drawTrace(rt, mixed)
		if !ok {
			return
		}
		hubs := mixed.Hubs(HubQuery{Window: 3, Least: 1, Last: 10})
		rings, _ := mixed.Cycles(CycleQuery{Length: 4, Window: 4, First: 0, Last: 10})
		n := 0
		for _, c := range names {
			alone := NewFlow().With(slices.Values(own[c]))
			name := cmp.Or(c, HomeCurrency)
			ask := q
			ask.Currency = c
			got := paidOf(mixed, mixed.Trace(ask))
			if a, ok := alone.Find(mixed.Key(q.Start[0])); ok {
				ask.Start = []Account{a}
				if want := paidOf(alone, alone.Trace(ask)); !slices.Equal(got, want) {
					rt.Fatalf("%s: %v, alone %v", name, got, want)
				}
			} else if len(got) > 0 {
				rt.Fatalf("%s: %v of an account without any", name, got)
			}
			want, _ := alone.Cycles(CycleQuery{Length: 4, Window: 4, First: 0, Last: 10})
			var mine []Cycle
			for _, r := range rings {
				if mixed.Means(r.Moves[0]).Currency == name {
					mine = append(mine, r)
				}
			}
			if !slices.EqualFunc(ringsOf(mixed, mine), ringsOf(alone, want), slices.Equal[[]int64]) {
				rt.Fatalf("%s: rings differ", name)
			}
			for _, h := range alone.Hubs(HubQuery{Window: 3, Least: 1, Last: 10}) {
				n++
				if !slices.ContainsFunc(hubs, func(g Hub) bool {
					return mixed.Key(g.Account) == alone.Key(h.Account) && g.Scatter == h.Scatter && g.Currency == name && g.Fen == h.Fen && g.Others == h.Others
				}) {
					rt.Fatalf("%s: hub %+v is missing", name, h)
				}
			}
		}
		if n != len(hubs) {
			rt.Fatalf("%d hubs, by currencies %d", len(hubs), n)
		}
	})
}

// Ways beyond what can be told apart lose their channel, never their currency.
func TestMeansKeepTheCurrency(t *testing.T) {
	m := newMeans()
	for i := range channelRoom + 10 {
		c := "CNY"
		if i%2 == 1 {
			c = "USD"
		}
		v := m.number(&Means{c, string(rune(i + 0x100))})
		if got := m.list[v].Currency; got != c {
			t.Fatalf("way %d is in %s, not %s", i, got, c)
		}
	}
}
