package work

import (
	"context"
	"sync"

	"xiezhi/graph"
	"xiezhi/models"
)

// pastPictures remembers the last few moments that were looked back to.
type pastPictures struct {
	mu   sync.Mutex
	list []pastPicture
}

type pastPicture struct {
	asOf models.AsOf
	mark models.GraphMark
	book *graph.Book
}

const keptPast = 2

// BookAsOf gives the graph as it was known at a moment; the zero bounds ask for that of now. A withdrawal after the moment does not
// change it.
func (g *Graph) BookAsOf(ctx context.Context, recorded, observed models.Instant) (*graph.Book, map[string]models.Source, error) {
	if recorded.IsZero() && observed.IsZero() {
		return g.Book(ctx)
	}
	mark, err := g.Store.GraphMark(ctx)
	if err != nil {
		return nil, nil, err
	}
	sources, err := g.Store.Sources(ctx)
	if err != nil {
		return nil, nil, err
	}
	g.past.mu.Lock()
	defer g.past.mu.Unlock()
	for _, p := range g.past.list {
		if p.asOf.RecordedBy.Equal(recorded) && p.asOf.ObservedBy.Equal(observed) && p.mark == mark {
			return p.book, sources, nil
		}
	}
	asOf := models.AsOf{RecordedBy: recorded, ObservedBy: observed}
	p, err := g.build(ctx, asOf)
	if err != nil {
		return nil, nil, err
	}
	g.past.list = append([]pastPicture{{asOf, mark, p.book}}, g.past.list...)
	g.past.list = g.past.list[:min(len(g.past.list), keptPast)]
	return p.book, sources, nil
}
