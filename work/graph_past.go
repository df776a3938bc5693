package work

import (
	"context"
	"slices"
	"sync"

	"xiezhi/graph"
	"xiezhi/models"
)

// pastPictures remembers the last few moments that were looked back to.
type pastPictures struct {
	mu       sync.Mutex // of the list
	list     []*pastPicture
	building sync.Mutex // one at a time: each takes as much memory as the graph
}

// pastPicture is the graph as it was known at a moment. One that is settled holds whatever comes, since nothing that is recorded from
// now on can have been recorded by then; the places of its subjects, which decide who may know them, are those of now all the same.
type pastPicture struct {
	asOf    models.AsOf
	mark    models.GraphMark
	limited string
	settled bool
	book    *graph.Book
	placed  *graph.Relations // the relations of now whose places it has
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
	asked := pastPicture{asOf: models.AsOf{RecordedBy: recorded, ObservedBy: observed}, mark: mark, limited: limited(sources)}
	book, err := g.knownPast(ctx, asked)
	if err != nil || book != nil {
		return book, sources, err
	}
	g.past.building.Lock()
	defer g.past.building.Unlock()
	if book, err = g.knownPast(ctx, asked); err != nil || book != nil { // somebody else may have asked for the same
		return book, sources, err
	}
	asked.settled = !recorded.IsZero() && g.Store.Now().Sub(recorded) > holePatience
	p, err := g.build(ctx, asked.asOf)
	if err != nil {
		return nil, nil, err
	}
	asked.book = p.book
	g.past.mu.Lock()
	defer g.past.mu.Unlock()
	g.past.list = slices.Insert(g.past.list, 0, &asked)
	g.past.list = g.past.list[:min(len(g.past.list), keptPast)]
	return p.book, sources, nil
}

// knownPast gives a picture that is remembered; nil where there is none that still holds.
func (g *Graph) knownPast(ctx context.Context, asked pastPicture) (*graph.Book, error) {
	g.past.mu.Lock()
	defer g.past.mu.Unlock()
	i := slices.IndexFunc(g.past.list, func(p *pastPicture) bool {
		return p.asOf.RecordedBy.Equal(asked.asOf.RecordedBy) && p.asOf.ObservedBy.Equal(asked.asOf.ObservedBy) && p.limited == asked.limited && (p.mark == asked.mark || p.holds(asked.mark))
	})
	if i < 0 {
		return nil, nil
	}
	p := g.past.list[i]
	if p.mark == asked.mark && p.placed == nil {
		return p.book, nil
	}
	now, _, err := g.Book(ctx)
	if err != nil {
		return nil, err
	}
	if p.placed != now.Relations {
		p.book, p.placed = &graph.Book{Relations: p.book.Relations.PlacedAs(now.Relations), Flow: p.book.Flow}, now.Relations
	}
	return p.book, nil
}

// holds says whether the picture is that of its moment although the tables went on to a mark; a database that was put back has less.
func (p *pastPicture) holds(mark models.GraphMark) bool {
	return p.settled && mark.Fact >= p.mark.Fact && mark.Transfer >= p.mark.Transfer && mark.Withdrawn >= p.mark.Withdrawn && mark.Taken >= p.mark.Taken
}
