package graph

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// laid adds transfers as a run of its own, however small.
func (f *Flow) laid(list []Transfer) *Flow {
	n, w := f.accounts.grow(), f.means.grow()
	return f.grown(n, w, append(slices.Clip(f.runs), newRun(newBatch(n, w, nil, 0), slices.Values(list))))
}

// answers asks every question about money and writes the answers by keys of the store.
func answers(f *Flow, start int64, q TraceQuery) [][]int64 {
	list := [][]int64{{int64(f.Len())}}
	if a, ok := f.Find(start); ok {
		q.Start = []Account{a}
		t := f.Trace(q)
		for _, h := range t.Hops {
			list = append(list, []int64{f.ID(h.Move), int64(h.Depth), h.Carried})
		}
		for _, l := range t.Accounts {
			if len(t.Hops) == 0 {
				continue // an account whose transfers were all withdrawn is still known
			}
			list = append(list, []int64{f.Key(l.Account), int64(l.Depth), l.In, l.Out, l.Remaining})
		}
	}
	rings, _ := f.Cycles(CycleQuery{Length: 4, Window: 4, Last: 10})
	list = append(list, ringsOf(f, rings)...)
	for _, h := range f.Hubs(HubQuery{Window: 3, Least: 1, Last: 10}) {
		list = append(list, []int64{f.Key(h.Account), int64(h.Others), h.Fen, h.First, h.Last})
	}
	for currency, sums := range f.Totals(0, 10, 0, func(Account) (string, bool) { return "", true }) {
		for _, s := range sums {
			list = append(list, []int64{int64(len(currency)), s.In, s.Out, s.Inside})
		}
	}
	slices.SortFunc(list[1:], slices.Compare)
	return list
}

// Whatever comes and is withdrawn, in whatever order and with folds beside it, the flow answers as one that was built of what remains; the
// flows of before go on answering as they did.
func TestWithdrawnAndFoldedAgainstRebuild(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		list, _ := drawTransfers(rt, 30)
		f, here := NewFlow(), map[int64]Transfer{}
		q := TraceQuery{Hops: 3, First: 0, Last: 6, Backward: rapid.Bool().Draw(rt, "backward")}
		if rapid.Bool().Draw(rt, "fifo") {
			q.Method = FirstIn
		}
		var before *Flow
		var told [][]int64
		var fold *Fold
		for next, step := 0, 0; step < 12; step++ {
			if rapid.IntRange(0, 4).Draw(rt, "remember") == 0 {
				before, told = f, answers(f, 1, q)
			}
			switch rapid.SampledFrom([]string{"with", "lay", "without", "fold", "take"}).Draw(rt, "act") {
			case "with", "lay":
				to := min(len(list), next+rapid.IntRange(1, 8).Draw(rt, "chunk"))
				if step%2 == 0 {
					f = f.With(slices.Values(list[next:to]))
				} else if to > next {
					f = f.laid(list[next:to])
				}
				for _, x := range list[next:to] {
					here[x.ID] = x
				}
				next = to
			case "without":
				ids := rapid.SliceOfN(rapid.Int64Range(0, 31), 0, 5).Draw(rt, "ids")
				f = f.Without(ids)
				for _, id := range ids {
					delete(here, id)
				}
			case "fold":
				if from, ok := f.FoldFrom(); ok || len(f.runs) > 0 {
					x := f.Fold(from)
					fold = &x
				}
			case "take":
				if fold != nil {
					f, _ = f.Take(*fold)
				}
			}
		}
		var rest []Transfer
		for _, x := range list {
			if _, ok := here[x.ID]; ok {
				rest = append(rest, x)
			}
		}
		want := answers(NewFlow().With(slices.Values(rest)), 1, q)
		if got := answers(f, 1, q); !slices.EqualFunc(got, want, slices.Equal[[]int64]) {
			rt.Fatalf("answers %v, want %v", got, want)
		}
		if l := f.Ledger(); l.Len() != len(rest) || l.fewer > 0 {
			rt.Fatalf("the ledger holds %d, want %d", l.Len(), len(rest))
		}
		if before != nil && !slices.EqualFunc(answers(before, 1, q), told, slices.Equal[[]int64]) {
			rt.Fatal("a flow of before answers differently")
		}
	})
}

// A fold of runs of which something was withdrawn meanwhile is not taken.
func TestStaleFoldIsNotTaken(t *testing.T) {
	f := NewFlow().laid([]Transfer{{ID: 1, From: 1, To: 2, Fen: 5, At: 1}}).laid([]Transfer{{ID: 2, From: 2, To: 3, Fen: 5, At: 2}})
	x := f.Fold(0)
	if _, ok := f.Without([]int64{2}).Take(x); ok {
		t.Error("a fold was taken that still holds what was withdrawn")
	}
	g, ok := f.laid([]Transfer{{ID: 3, From: 3, To: 4, Fen: 5, At: 3}}).Take(x)
	if !ok || g.Len() != 3 || len(g.runs) != 2 {
		t.Errorf("%v, %d transfers in %d runs", ok, g.Len(), len(g.runs))
	}
}

// Two runs that hold the same transfer, which must not be, still come to an end.
func TestSameTransferTwice(t *testing.T) {
	same := []Transfer{{ID: 1, From: 1, To: 2, Fen: 5, At: 1}, {ID: 2, From: 1, To: 2, Fen: 5, At: 1}}
	if l := NewFlow().laid(same).laid(same).Ledger(); l.Len() != 4 {
		t.Errorf("%d transfers", l.Len())
	}
}
