package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"xiezhi/graph"
	"xiezhi/models"
	"xiezhi/work"
)

// watcher asks questions of a portal's graph.
type watcher struct {
	p    *portal
	size arriveSize
	by   work.GraphAsk
	seed graph.Seed
}

// askEvery is the pause from the beginning of one question to that of the next.
const askEvery = 5 * time.Millisecond

// ask asks one kind of question after the other for a while: of the engine alone, and with everything named by the store.
func (w *watcher) ask(ctx context.Context, during time.Duration) (map[string]measured, error) {
	took := map[string]measured{}
	names, asks := arriveNames(), w.questions()
	began := time.Now()
	for i := 0; time.Since(began) < during && ctx.Err() == nil; i++ {
		at := time.Now()
		if err := asks[i%len(asks)](ctx); err != nil {
			return nil, fmt.Errorf("ask %s: %w", names[i%len(asks)], err)
		}
		d := time.Since(at)
		took[names[i%len(asks)]] = append(took[names[i%len(asks)]], d)
		sleepFor(ctx, askEvery-d)
	}
	for _, list := range took {
		slices.Sort(list)
	}
	return took, ctx.Err()
}

// questions are those of arriveNames, in its order.
func (w *watcher) questions() []func(ctx context.Context) error {
	g, now := w.p.desk.Graph, w.p.store.Now()
	account := func() string { return "account:" + benchAccount(w.seed.Below(w.size.accounts)) }
	company := func() string { return "company:" + benchCompany(1+w.seed.Below(w.size.companies)) }
	month := func() (models.Instant, models.Instant) {
		from := models.At(now.Time().AddDate(0, 0, -30-w.seed.Below(300)))
		return from, models.At(from.Time().AddDate(0, 0, 30))
	}
	engine := func(do func(b *graph.Book, f graph.Filter)) func(ctx context.Context) error {
		return func(ctx context.Context) error {
			b, _, err := g.Book(ctx)
			if err == nil {
				do(b, graph.Filter{On: work.DayOf(now), Hidden: make([]bool, len(b.Relations.Sources()))})
			}
			return err
		}
	}
	subject := func(b *graph.Book) graph.Subject { return graph.Subject(w.seed.Below(b.Relations.Subjects())) }
	return []func(ctx context.Context) error{
		engine(func(b *graph.Book, _ graph.Filter) {
			from, to := month()
			b.Flow.Trace(graph.TraceQuery{Start: []graph.Account{graph.Account(w.seed.Below(b.Flow.Accounts()))}, Hops: 3, First: from.Micro(), Last: to.Micro(), Limit: 20_000})
		}),
		engine(func(b *graph.Book, f graph.Filter) { b.Relations.Path(subject(b), subject(b), graph.MaxSteps, f) }),
		engine(func(b *graph.Book, f graph.Filter) { b.Relations.Around(subject(b), 2, 300, f) }),
		engine(func(b *graph.Book, f graph.Filter) { b.Relations.Controllers(subject(b), f, nil) }),
		func(ctx context.Context) error {
			from, to := month()
			_, err := g.Trace(ctx, w.by, work.MoneyAsk{Account: account(), Direction: work.Forward, Method: work.ProRata, Hops: 3, From: from, To: to, Limit: 500})
			return ignoreAbsent(err)
		},
		func(ctx context.Context) error {
			_, err := g.Path(ctx, w.by, work.PathAsk{From: company(), To: company(), Max: graph.MaxSteps, K: 1})
			return err
		},
		func(ctx context.Context) error {
			_, err := g.Neighbours(ctx, w.by, work.NeighboursAsk{Of: company(), Depth: 2, Limit: 300})
			return err
		},
		func(ctx context.Context) error {
			_, err := g.Controllers(ctx, w.by, company(), 0)
			return err
		},
	}
}

// ignoreAbsent lets pass that an account was in no payment yet.
func ignoreAbsent(err error) error {
	var e *models.Error
	if errors.As(err, &e) && e.Kind == models.KindNotFound {
		return nil
	}
	return err
}

// watch asks for the newest transfer again and again until a trace holds it, and gives how long that took after it was stored.
func (w *watcher) watch(ctx context.Context, committed <-chan arrival) measured {
	var list measured
	for {
		select {
		case <-ctx.Done():
			slices.Sort(list)
			return list
		case c := <-committed:
			for ctx.Err() == nil && !w.holds(ctx, c) {
				sleepFor(ctx, 5*time.Millisecond)
			}
			if ctx.Err() == nil {
				list = append(list, time.Since(c.stored))
			}
		}
	}
}

func (w *watcher) holds(ctx context.Context, c arrival) bool {
	t, err := w.p.desk.Graph.Trace(ctx, w.by, work.MoneyAsk{Account: "account:" + c.account, Direction: work.Forward, Method: work.ProRata, Hops: 1, From: c.at, To: c.at})
	return err == nil && slices.ContainsFunc(t.Hops, func(h work.GraphHop) bool { return h.Transfer == c.key })
}
