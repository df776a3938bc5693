package graph

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// bruteShares gives what everybody owns of a company along all paths, by adding up paths of rising length until nothing moves; false
// where the sum does not settle, since as much goes on moving however long one waits. A sum that settles too slowly to wait for it is not told.
func bruteShares(list []Relation, company int64) (shares map[int64]float64, settled, told bool) {
	sum := map[int64]float64{}
	for _, r := range list {
		if r.Kind == Shareholder {
			sum[r.To] += r.Ratio
		}
	}
	total, now := map[int64]float64{}, map[int64]float64{company: 1}
	last, still := 2.0, 0
	for range 10_000 {
		next, moved := map[int64]float64{}, 0.0
		for _, r := range list {
			if r.Kind == Shareholder && now[r.To] > 0 {
				next[r.From] += now[r.To] * r.Ratio / max(sum[r.To], 1)
			}
		}
		for k, v := range next {
			total[k] += v
			moved += v
		}
		if moved < 1e-12 {
			return total, true, true
		}
		if still++; moved < last*(1-1e-12) {
			still = 0
		}
		if still > 300 {
			return total, false, true
		}
		now, last = next, moved
	}
	return total, false, false
}

// bruteControl gives everything that u controls, by trying all companies again and again until nothing changes.
func bruteControl(list []Relation, u int64) map[int64]bool {
	sum := map[int64]float64{}
	for _, r := range list {
		if r.Kind == Shareholder {
			sum[r.To] += r.Ratio
		}
	}
	hand := map[int64]bool{u: true}
	for range people + 1 {
		held := map[int64]float64{}
		for _, r := range list {
			if !hand[r.From] {
				continue
			}
			if r.Kind == ActualController {
				hand[r.To] = true
			}
			if r.Kind == Shareholder {
				held[r.To] += r.Ratio / max(sum[r.To], 1)
			}
		}
		for c, v := range held {
			if v > 0.5+1e-9 {
				hand[c] = true
			}
		}
	}
	delete(hand, u)
	return hand
}

func drawHoldings(rt *rapid.T) drawn {
	d := drawRelations(rt, []Kind{Shareholder, Shareholder, Shareholder, ActualController, LegalRepresentative})
	return d
}

// Shares along all paths, rings included, are those that adding up paths gives, and whoever is said to control does.
func TestControllersAgainstAllPaths(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := drawHoldings(rt)
		company := rapid.Int64Range(1, 5).Draw(rt, "company")
		shares, settled, told := bruteShares(d.list, company)
		if !told {
			rt.Skip("shares that settle too slowly to add them up")
		}
		list, warnings := d.r.Controllers(d.find(company), Filter{}, nil)
		ring := slices.ContainsFunc(warnings, func(w Warning) bool { return w.Kind == WarnRing })
		if settled == ring {
			rt.Fatalf("paths settle: %v, but a closed ring is said: %v", settled, ring)
		}
		for _, c := range list {
			key := d.r.Key(c.Subject)
			if settled && !near(c.Share, shares[key]) {
				rt.Fatalf("%d owns %f of %d, want %f", key, c.Share, company, shares[key])
			}
			checkProof(rt, d, c, company)
		}
		checkTops(rt, d, list, company)
		checkSums(rt, d, warnings)
	})
}

// checkProof fails where a chain does not lead from the controller to the company by relations that say so.
func checkProof(rt *rapid.T, d drawn, c Controller, company int64) {
	at := d.r.Key(c.Subject)
	for _, s := range c.Chain {
		r := d.r.Relation(s.Edge)
		if r.From != at || r.Kind != Shareholder && r.Kind != ActualController && r.Kind != LegalRepresentative {
			rt.Fatalf("chain of %+v breaks at %d: %+v", c, at, r)
		}
		at = r.To
	}
	if at != company || len(c.Chain) == 0 {
		rt.Fatalf("the chain of %+v ends at %d, not %d", c, at, company)
	}
	controls := bruteControl(d.list, d.r.Key(c.Subject))[company]
	if (c.How == ByMajority || c.How == ByAgreement) != (controls && c.How != ByOffice && c.How != NoControl) {
		rt.Fatalf("%+v is said to control %d: %v", c, company, controls)
	}
}

// checkTops fails where somebody controls the company, nobody controls it in turn, and it is not in the list.
func checkTops(rt *rapid.T, d drawn, list []Controller, company int64) {
	for u := int64(1); u <= people; u++ {
		if u == company || !bruteControl(d.list, u)[company] {
			continue
		}
		above := false
		for v := int64(1); v <= people; v++ {
			above = above || v != u && v != company && bruteControl(d.list, v)[u]
		}
		listed := slices.ContainsFunc(list, func(c Controller) bool {
			return d.r.Key(c.Subject) == u && (c.How == ByMajority || c.How == ByAgreement)
		})
		if !above && !listed {
			rt.Fatalf("%d controls %d and is not listed in %+v", u, company, list)
		}
	}
}

func checkSums(rt *rapid.T, d drawn, warnings []Warning) {
	sum := map[int64]float64{}
	for _, r := range d.list {
		if r.Kind == Shareholder {
			sum[r.To] += r.Ratio
		}
	}
	for _, w := range warnings {
		if key := d.r.Key(w.Subject); w.Kind == WarnAboveOne && (!near(w.Sum, sum[key]) || sum[key] <= 1) {
			rt.Fatalf("warning %+v, the sum is %f", w, sum[key])
		}
	}
}

// The companies in one hand are those that trying all again and again finds.
func TestGroupAgainstTryingAll(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := drawHoldings(rt)
		top := rapid.Int64Range(1, people).Draw(rt, "top")
		list, cut := d.r.Group(d.find(top), 100, Filter{}, nil)
		want := bruteControl(d.list, top)
		if cut || len(list) != len(want) {
			rt.Fatalf("group of %d: %+v, want %v", top, list, want)
		}
		for _, m := range list {
			if !want[d.r.Key(m.Subject)] || len(m.Chain) == 0 || m.Chain[0].From != d.find(top) {
				rt.Fatalf("%+v is not in the hand of %d", m, top)
			}
		}
	})
}

// Two companies that hold half of each other: the one outside owner of each has two thirds of its own and one third of the other.
func TestRingOfHoldings(t *testing.T) {
	held := func(fact, from, to int64) Relation {
		return Relation{Fact: fact, From: from, To: to, Kind: Shareholder, Source: "S", Ratio: 0.5, Fen: -1}
	}
	r := RelationsOf(slices.Values([]SubjectRow{{Key: 3, Kind: Person}, {Key: 4, Kind: Person}}),
		slices.Values([]Relation{held(1, 1, 2), held(2, 2, 1), held(3, 3, 1), held(4, 4, 2)}))
	company, _ := r.Find(1)
	list, warnings := r.Controllers(company, Filter{}, nil)
	if len(list) != 2 || len(warnings) != 0 || !near(list[0].Share, 2.0/3) || !near(list[1].Share, 1.0/3) {
		t.Errorf("%+v %+v", list, warnings)
	}
}

// The most trusted source counts where two state the same holding; their shares are not added up.
func TestHoldingsOfTwoSources(t *testing.T) {
	rel := func(fact int64, source string, ratio float64) Relation {
		return Relation{Fact: fact, From: 2, To: 1, Kind: Shareholder, Source: source, Ratio: ratio, Fen: -1, Observed: fact}
	}
	r := RelationsOf(slices.Values([]SubjectRow{{Key: 2, Kind: Person}}), slices.Values([]Relation{rel(1, "SAMR", 0.4), rel(2, "WEB", 0.9)}))
	company, _ := r.Find(1)
	list, _ := r.Controllers(company, Filter{}, Trust{10, 50})
	if len(list) != 1 || !near(list[0].Share, 0.4) || list[0].How != NoControl {
		t.Errorf("%+v", list)
	}
	if list, _ = r.Controllers(company, Filter{}, Trust{50, 10}); !near(list[0].Share, 0.9) || list[0].How != ByMajority {
		t.Errorf("%+v", list)
	}
}

func TestGuaranteeRings(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := drawRelations(rt, []Kind{Guarantee, Shareholder})
		reach := func(from, to int64) bool {
			met := map[int64]bool{}
			front := []int64{from}
			for len(front) > 0 {
				at := front[0]
				front = front[1:]
				for _, r := range d.list {
					if r.Kind == Guarantee && r.From == at && !met[r.To] {
						met[r.To] = true
						front = append(front, r.To)
					}
				}
			}
			return met[to]
		}
		in := map[int64]int{}
		for i, ring := range d.r.GuaranteeRings(nil, Filter{}) {
			for _, s := range ring.Members {
				in[d.r.Key(s)] = i + 1
			}
			checkChain(rt, d, ring.Chain, d.r.Key(ring.Members[0]), d.r.Key(ring.Members[0]), true, Filter{Kinds: SetOf(Guarantee)})
			if len(ring.Chain) < 2 {
				rt.Fatalf("ring %+v has no way round", ring)
			}
		}
		for a := int64(1); a <= people; a++ {
			for b := a + 1; b <= people; b++ {
				if want := reach(a, b) && reach(b, a); want != (in[a] != 0 && in[a] == in[b]) {
					rt.Fatalf("%d and %d guarantee each other: %v, rings %v", a, b, want, in)
				}
			}
		}
	})
}

// The parts of a walk sum up to 1, and it is the one that multiplying the whole matrix gives.
func TestNearnessAgainstMatrix(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := drawRelations(rt, someKinds)
		seed := d.find(rapid.Int64Range(1, people).Draw(rt, "seed"))
		q := NearnessQuery{Seeds: map[Subject]float64{seed: 2}, Damping: 0.85, Rounds: 12}
		now := make([]float64, people)
		now[seed] = 1
		for range q.Rounds {
			next := make([]float64, people)
			for s := range now {
				weights := make([]float64, people)
				sum := 0.0
				for _, r := range d.list {
					from, to := d.find(r.From), d.find(r.To)
					if from == to {
						continue
					}
					if int(from) == s {
						weights[to] += kindWeight(r.Kind)
						sum += kindWeight(r.Kind)
					}
					if int(to) == s {
						weights[from] += kindWeight(r.Kind)
						sum += kindWeight(r.Kind)
					}
				}
				if sum == 0 {
					next[seed] += now[s]
					continue
				}
				next[seed] += now[s] * (1 - q.Damping)
				for o, w := range weights {
					next[o] += now[s] * q.Damping * w / sum
				}
			}
			now = next
		}
		got, total := d.r.Nearness(q), 0.0
		for s, v := range now {
			total += got[Subject(s)]
			if math.Abs(got[Subject(s)]-v) > 1e-9 {
				rt.Fatalf("subject %d: %f, want %f", s, got[Subject(s)], v)
			}
		}
		if !near(total, 1) {
			rt.Fatalf("the parts sum up to %f", total)
		}
	})
}
