package money

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
	"xiezhi/detect/money/moneytest"
	"xiezhi/graph"
)

// anyLedger draws a small ledger with many coincidences: few accounts, few amounts, few moments.
func anyLedger(t *rapid.T) []Transfer {
	n := rapid.IntRange(0, 60).Draw(t, "n")
	accounts := rapid.Int64Range(1, 14).Draw(t, "accounts")
	list := make([]Transfer, n)
	for i := range list {
		list[i] = Transfer{Transfer: graph.Transfer{ID: int64(i + 1), From: rapid.Int64Range(0, accounts).Draw(t, "from"), To: rapid.Int64Range(0, accounts).Draw(t, "to"),
			Fen: rapid.SampledFrom([]int64{0, 1, 500, 1000, 100_000, 99_000, 5_000_000, math.MaxInt64 >> 20}).Draw(t, "fen"),
			At:  rapid.Int64Range(0, 400).Draw(t, "day")*day/2 + rapid.Int64Range(0, 3).Draw(t, "hour")*hour/2},
			Channel: Channel(rapid.IntRange(0, 3).Draw(t, "channel")), Device: uint32(rapid.IntRange(0, 2).Draw(t, "device"))}
	}
	return list
}

// Whatever the ledger: nothing breaks, points add up to scores within 0-100, proofs are transfers of members, nobody is a member
// twice, and the same ledger gives the same answer.
func TestAnyLedgerIsRead(t *testing.T) {
	r := testRules(t)
	loose := *r
	loose.Least, loose.Report = 0, 1
	rapid.Check(t, func(t *rapid.T) {
		list := anyLedger(t)
		b := NewBook(slices.Clone(list), nil)
		found, _ := Find(b, &loose, nil)
		again, _ := Find(NewBook(slices.Clone(list), nil), &loose, nil)
		if len(found) != len(again) {
			t.Fatalf("%d schemes, then %d", len(found), len(again))
		}
		for i, s := range found {
			sum := 0.0
			for _, p := range s.Parts {
				sum += p.Points
			}
			if s.Score < 0 || s.Score > 100 || math.Abs(sum-s.Score) > 1e-6 || s.Score != again[i].Score || s.Subject != again[i].Subject {
				t.Fatalf("%+v", s)
			}
			seen := map[graph.Account]bool{}
			for _, m := range s.Members {
				if seen[m.Account] {
					t.Fatalf("account %d is a member twice: %+v", m.Account, s)
				}
				seen[m.Account] = true
			}
			if !seen[s.Subject] || len(s.Transfers) == 0 || s.First > s.Last {
				t.Fatalf("%+v", s)
			}
			for _, k := range s.Transfers {
				if !seen[b.From(k)] && !seen[b.To(k)] {
					t.Fatalf("transfer %d proves a scheme of others", k)
				}
			}
		}
		Signs(b, r)
	})
}

// The answer does not hang on the numbers of accounts and transfers, nor on when the ledger begins.
func TestNumbersMeanNothing(t *testing.T) {
	r := testRules(t)
	w := moneytest.New(moneytest.Options{Seed: 9, Persons: 400, Days: 120, Schemes: 2, Decoys: 1, Fresh: 70})
	plain, moved := make([]Transfer, 0, len(w.Rows)), make([]Transfer, 0, len(w.Rows))
	for i, row := range w.Rows {
		tr := Transfer{Transfer: graph.Transfer{ID: int64(i), From: int64(row.From), To: int64(row.To), Fen: row.Fen, At: row.At}, Channel: r.ChannelOf(row.Channel)}
		plain = append(plain, tr)
		tr.ID, tr.From, tr.To, tr.At = tr.ID+1_000_000, 7919*tr.From+13, 7919*tr.To+13, tr.At+90*day
		moved = append(moved, tr)
	}
	slices.Reverse(moved)
	a, _ := Find(NewBook(plain, nil), r, nil)
	b, _ := Find(NewBook(moved, nil), r, nil)
	if len(a) == 0 || len(a) != len(b) {
		t.Fatalf("%d schemes, renumbered and moved in time %d", len(a), len(b))
	}
	scores := func(list []Scheme) (out []float64) {
		for _, s := range list {
			out = append(out, math.Round(s.Score*1e6), float64(len(s.Members)))
		}
		slices.Sort(out)
		return out
	}
	if !slices.Equal(scores(a), scores(b)) {
		t.Error("scores hang on numbers or on the calendar")
	}
}

// A ledger in which everybody pays anybody at random shows next to nothing at orange.
func TestChanceIsNoScheme(t *testing.T) {
	r := testRules(t)
	for seed := range 3 {
		b := randomBook(60_000, 3000+2000*seed, int64(30+60*seed))
		list, _ := Find(b, r, nil)
		orange := 0
		for _, s := range list {
			if s.Score >= 60 {
				orange++
				t.Logf("%s %.1f %+v", s.Typology, s.Score, s.Parts)
			}
		}
		if orange > 1 {
			t.Errorf("%d schemes in pure chance", orange)
		}
	}
}

func randomBook(n, accounts int, days int64) *Book {
	state := uint64(n + accounts)
	next := func(m int64) int64 {
		state ^= state << 13
		state ^= state >> 7
		state ^= state << 17
		return int64(state>>1) % m
	}
	var list []Transfer
	for i := range n {
		list = append(list, Transfer{Transfer: graph.Transfer{ID: int64(i), From: next(int64(accounts)), To: next(int64(accounts)), Fen: 100 + next(1_000_000), At: next(days * day)}})
	}
	return NewBook(list, nil)
}

// The tails agree with sums of the terms.
func TestTails(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k, lambda := rapid.IntRange(1, 40).Draw(t, "k"), rapid.Float64Range(0.01, 20).Draw(t, "lambda")
		if float64(k) > lambda {
			below, term := 0.0, math.Exp(-lambda)
			for j := range k {
				below += term
				term *= lambda / float64(j+1)
			}
			if want := 1 - below; want > 1e-9 && math.Abs(math.Exp(poissonTail(k, lambda))-want) > 1e-6*want+1e-12 {
				t.Fatalf("poisson %d of %g: %g, want %g", k, lambda, math.Exp(poissonTail(k, lambda)), want)
			}
		}
		n, p := rapid.IntRange(k, 60).Draw(t, "of"), rapid.Float64Range(0.001, 0.9).Draw(t, "p")
		if float64(k) > p*float64(n) {
			want := 0.0
			for j := k; j <= n; j++ {
				want += math.Exp(logChoose(n, j) + float64(j)*math.Log(p) + float64(n-j)*math.Log1p(-p))
			}
			if got := math.Exp(binomialTail(k, n, p)); math.Abs(got-want) > 1e-9+1e-6*want {
				t.Fatalf("binomial %d of %d at %g: %g, want %g", k, n, p, got, want)
			}
		}
	})
}
