package graph

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// plainChains counts, on a plain matrix of ties, the shortest chains between two nodes, and those of them through each node between.
func plainChains(tied [][]bool, from, to int) (all int, through []int) {
	n := len(tied)
	through = make([]int, n)
	var walk func(way []int, length int) int
	walk = func(way []int, length int) int {
		at, found := way[len(way)-1], 0
		if at == to {
			for _, k := range way[1 : len(way)-1] {
				through[k]++
			}
			return 1
		}
		for k := range n {
			if length > 0 && tied[at][k] && !slices.Contains(way, k) {
				found += walk(append(slices.Clone(way), k), length-1)
			}
		}
		return found
	}
	for length := 1; length < n; length++ {
		if all = walk([]int{from}, length); all > 0 {
			return all, through
		}
	}
	return 0, through
}

// The reasons of key figures are those of a plain look at every relation, every chain between members and everybody's hand.
func TestKeyFiguresAgainstPlainLook(t *testing.T) {
	kinds := []Kind{Shareholder, Shareholder, LegalRepresentative, Director, ActualController, SameAddress}
	rapid.Check(t, func(rt *rapid.T) {
		d := drawRelations(rt, kinds)
		var set []int64
		for k := range int64(people) {
			if rapid.Bool().Draw(rt, "member") {
				set = append(set, k+1)
			}
		}
		if len(set) == 0 {
			set = []int64{1}
		}
		q := KeyQuery{Depth: 2, Room: 100}
		for _, k := range set {
			q.Set = append(q.Set, d.find(k))
		}
		nodes := slices.Clone(set)
		around, _ := d.r.AroundAll(q.Set, 2, 100, Filter{})
		for _, n := range around {
			nodes = append(nodes, d.r.Key(n.Subject))
		}
		want := plainReasons(d, set, nodes)
		got := map[int64]map[string]int{}
		b := &Book{Relations: d.r, Flow: NewFlow()}
		for _, k := range b.KeyFigures(q) {
			counts := map[string]int{}
			for _, r := range k.Reasons {
				counts[r.Key] = r.Count
			}
			got[d.r.Key(k.Subject)] = counts
		}
		for _, n := range nodes {
			for _, key := range []string{ReasonTies, ReasonOffices, ReasonControls, ReasonBroker} {
				same := got[n][key] == want[n][key]
				if key == ReasonBroker {
					same = max(2*got[n][key]-want[n][key], want[n][key]-2*got[n][key]) <= 1
				}
				if !same {
					rt.Fatalf("%s of %d among %v is %d, not %d: %v", key, n, set, got[n][key], want[n][key], d.list)
				}
			}
		}
	})
}

func plainReasons(d drawn, set, nodes []int64) map[int64]map[string]int {
	want := map[int64]map[string]int{}
	tied := make([][]bool, len(nodes))
	for i, n := range nodes {
		want[n], tied[i] = map[string]int{}, make([]bool, len(nodes))
		for k, m := range nodes {
			related, office := false, false
			for _, r := range d.list {
				out, in := r.From == n && r.To == m, r.From == m && r.To == n
				related = related || i != k && (out || in)
				office = office || i != k && out && r.Kind <= Manager
			}
			tied[i][k] = related
			if related && slices.Contains(set, m) {
				want[n][ReasonTies]++
			}
			if office && slices.Contains(set, m) {
				want[n][ReasonOffices]++
			}
		}
	}
	share := make([]float64, len(nodes))
	for i := range set {
		for k := range i {
			all, through := plainChains(tied, i, k)
			for n, c := range through {
				if c > 0 {
					share[n] += float64(c) / float64(all)
				}
			}
		}
	}
	for i, n := range nodes {
		want[n][ReasonBroker] = int(math.Round(2 * share[i])) // halves are rounded by the engine, either way where sums are not exact
	}
	for _, m := range set {
		if d.r.KindOf(d.find(m)) != Company {
			continue
		}
		list, _ := d.r.Controllers(d.find(m), Filter{}, nil)
		for _, c := range list {
			if c.How == ByMajority || c.How == ByAgreement {
				if of := want[d.r.Key(c.Subject)]; of != nil {
					of[ReasonControls]++
				}
			}
		}
	}
	return want
}

// plainKept adds up what accounts took in from others and kept, and counts who paid them.
func plainKept(list []Transfer, own []int64, currency string) (kept int64, payers int) {
	met := map[int64]bool{}
	for _, t := range list {
		from, to := slices.Contains(own, t.From), slices.Contains(own, t.To)
		if t.Means.Currency != currency || from == to {
			continue
		}
		if to {
			kept += t.Fen
			met[t.From] = true
		} else {
			kept -= t.Fen
		}
	}
	return kept, len(met)
}

// The money that counts of a key figure is what its own accounts, and those it holds, took in and kept, each currency apart.
func TestMoneyOfKeyFiguresAgainstPlainLook(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var rows []SubjectRow
		for k := range int64(12) {
			rows = append(rows, SubjectRow{Key: k + 1, Kind: []SubjectKind{Company, AccountHeld}[k/6]})
		}
		var list []Relation
		held := map[int64][]int64{}
		for a := int64(7); a <= 12; a++ {
			held[a] = []int64{a}
			if holder := rapid.Int64Range(0, 6).Draw(rt, "holder"); holder > 0 {
				list = append(list, Relation{Fact: a, From: holder, To: a, Kind: Holder, Source: "S", Ratio: NoRatio(), Fen: -1})
				held[holder] = append(held[holder], a)
			}
		}
		for i := range rapid.IntRange(0, 5).Draw(rt, "ties") {
			list = append(list, Relation{Fact: int64(100 + i), From: rapid.Int64Range(1, 6).Draw(rt, "from"), To: rapid.Int64Range(1, 6).Draw(rt, "to"), Kind: Director, Source: "S", Ratio: NoRatio(), Fen: -1})
		}
		var paid []Transfer
		for i := range rapid.IntRange(0, 25).Draw(rt, "payments") {
			paid = append(paid, Transfer{ID: int64(i + 1), From: rapid.Int64Range(7, 12).Draw(rt, "payer"), To: rapid.Int64Range(7, 12).Draw(rt, "payee"), Fen: rapid.Int64Range(1, 99).Draw(rt, "fen"), At: int64(i),
				Means: Means{Currency: rapid.SampledFrom([]string{HomeCurrency, "USD"}).Draw(rt, "currency")}})
		}
		half := len(paid) / 2
		b := &Book{Relations: RelationsOf(slices.Values(rows), slices.Values(list)), Flow: NewFlow().With(slices.Values(paid[:half])).With(slices.Values(paid[half:]))}
		q := KeyQuery{Depth: 2, Room: 100}
		q.First, q.Last = Always()
		for _, k := range []int64{1, 2} {
			s, _ := b.Relations.Find(k)
			q.Set = append(q.Set, s)
		}
		for _, k := range b.KeyFigures(q) {
			key := b.Relations.Key(k.Subject)
			usual, payers := plainKept(paid, held[key], HomeCurrency)
			dollars, others := plainKept(paid, held[key], "USD")
			at := slices.IndexFunc(k.Reasons, func(r Reason) bool { return r.Key == ReasonMoney })
			if at < 0 {
				if usual > 0 || dollars > 0 {
					rt.Fatalf("%d kept %d and %d dollars, and it does not count", key, usual, dollars)
				}
				continue
			}
			r := k.Reasons[at]
			if home := r.Currency == HomeCurrency; home && (r.Fen != usual || r.Count != payers) || !home && (r.Fen != dollars || r.Count != others) {
				rt.Fatalf("%d kept %+v, not %d of %d or %d dollars of %d: %v", key, r, usual, payers, dollars, others, paid)
			}
		}
	})
}
