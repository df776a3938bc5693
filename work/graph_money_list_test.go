package work

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
	"xiezhi/graph"
)

// What is listed of a trace is connected to its start, holds every account that the picture draws by itself and every payment only with both
// its accounts, and together with the rest adds up to the whole; more that is asked for holds all that less held.
func TestListingIsConnectedAndWhole(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		flow := graph.NewFlow()
		var list []graph.Transfer
		people := rapid.Int64Range(2, 30).Draw(rt, "accounts")
		for i := range rapid.IntRange(1, 120).Draw(rt, "payments") {
			list = append(list, graph.Transfer{ID: int64(i + 1), From: rapid.Int64Range(1, people).Draw(rt, "from"), To: rapid.Int64Range(1, people).Draw(rt, "to"),
				Fen: rapid.Int64Range(1, 1000).Draw(rt, "fen"), At: rapid.Int64Range(1, 50).Draw(rt, "at")})
		}
		flow = flow.With(slices.Values(list))
		start, ok := flow.Find(1)
		if !ok {
			return
		}
		q := MoneyAsk{Direction: Forward, Alone: rapid.IntRange(0, 4).Draw(rt, "alone"), Shown: rapid.IntRange(1, 20).Draw(rt, "shown")}
		ask := graph.TraceQuery{Start: []graph.Account{start}, Hops: 4, First: math.MinInt64 + 1, Last: math.MaxInt64 - 1, Limit: rapid.IntRange(0, 100).Draw(rt, "limit")}
		if rapid.Bool().Draw(rt, "backward") {
			q.Direction, ask.Backward = Backward, true
		}
		tr := flow.Trace(ask)
		a := &asking{book: &graph.Book{Relations: graph.NewRelations(), Flow: flow}}
		l := a.listing(tr, q)
		checkListing(rt, a, tr, q, l)
		more := q
		more.Shown += rapid.IntRange(1, 30).Draw(rt, "more")
		m := a.listing(tr, more)
		for i := range l.accounts {
			if l.accounts[i] && !m.accounts[i] {
				rt.Fatalf("account %d is gone where more are shown", i)
			}
		}
	})
}

func checkListing(rt *rapid.T, a *asking, tr graph.Trace, q MoneyAsk, l listing) {
	number := map[graph.Account]int{}
	for i, x := range tr.Accounts {
		number[x.Account] = i
		if l.alone[i] && !l.accounts[i] {
			rt.Fatalf("account %d has a bar of its own and no row", i)
		}
	}
	count := func(list []bool) (n int) {
		for _, yes := range list {
			if yes {
				n++
			}
		}
		return n
	}
	if n := count(l.accounts); n < min(q.Shown, len(tr.Accounts)) {
		rt.Fatalf("%d accounts of %d, asked for %d", n, len(tr.Accounts), q.Shown)
	}
	led := make([]bool, len(tr.Accounts))
	for i, x := range tr.Accounts {
		led[i] = x.Depth == 0
	}
	for k, h := range tr.Hops { // by depth, so that who pays was led to before
		from, to := number[a.book.Flow.From(h.Move)], number[a.book.Flow.To(h.Move)]
		if q.Direction == Backward {
			from, to = to, from
		}
		if l.hops[k] && !(l.accounts[from] && l.accounts[to]) {
			rt.Fatalf("payment %d without its accounts", k)
		}
		led[to] = led[to] || l.hops[k] && led[from]
	}
	if n := count(l.hops); n > max(q.Shown, count(l.accounts)) && len(tr.Accounts) > q.Shown {
		rt.Fatalf("%d payments between %d accounts, asked for %d", n, count(l.accounts), q.Shown)
	}
	for i, listed := range l.accounts {
		if listed && !led[i] {
			rt.Fatalf("account %d of layer %d is not connected to the start", i, tr.Accounts[i].Depth)
		}
	}
	checkWhole(rt, a, tr, l)
}

func checkWhole(rt *rapid.T, a *asking, tr graph.Trace, l listing) {
	var w MoneyWhole
	var in, out, remaining, carried Yuan
	for i, x := range tr.Accounts {
		w.reach(GraphLayer{In: Yuan(x.In), Out: Yuan(x.Out), Remaining: Yuan(x.Remaining), Listed: l.accounts[i]})
		if l.accounts[i] {
			in, out, remaining = in+Yuan(x.In), out+Yuan(x.Out), remaining+Yuan(x.Remaining)
		}
	}
	for k, h := range tr.Hops {
		w.pay(GraphHop{Amount: Yuan(a.book.Flow.Fen(h.Move)), Carried: Yuan(h.Carried), Listed: l.hops[k]})
		if l.hops[k] {
			carried += Yuan(h.Carried)
		}
	}
	if in+w.Rest.In != w.In || out+w.Rest.Out != w.Out || remaining+w.Rest.Remaining != w.Remaining || carried+w.Rest.Carried != w.Carried {
		rt.Fatalf("what is listed and %+v do not add up to %+v", w.Rest, w)
	}
	if w.In != w.Carried || w.Out != w.Carried || len(tr.Accounts) > 0 && w.Remaining != Yuan(tr.Accounts[0].Out) {
		rt.Fatalf("the sums of accounts %+v are not those of payments", w)
	}
}
