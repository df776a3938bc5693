package work

import (
	"context"
	"time"

	"xiezhi/graph"
)

// foldIdle is how long nothing must have come before everything is joined into one run, which questions about all accounts want.
const foldIdle = 30 * time.Second

// fold joins what arrived with what was there, beside the questions and beside what goes on arriving, until the context ends.
func (g *Graph) fold(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	var seen *graph.Flow
	since := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		p := g.now.Load()
		if p == nil {
			continue
		}
		if p.book.Flow != seen {
			seen, since = p.book.Flow, time.Now()
		}
		from, due := seen.FoldFrom()
		if !due && !seen.Folded() && time.Since(since) > foldIdle {
			from, due = 0, true
		}
		if due {
			g.take(seen.Fold(from))
		}
	}
}

// take puts a fold into the picture of now; one that does not fit any more is left.
func (g *Graph) take(x graph.Fold) {
	g.renewing.Lock()
	defer g.renewing.Unlock()
	p := *g.now.Load()
	flow, ok := p.book.Flow.Take(x)
	if !ok {
		return
	}
	p.book = &graph.Book{Relations: p.book.Relations, Flow: flow}
	g.now.Store(&p)
}
