package work

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"xiezhi/graph"
	"xiezhi/models"
)

// Graph keeps the graph of relations and money in memory and current. Its zero value with a Store is ready; it is safe for concurrent
// use. File is where a picture of it is kept between starts, empty for nowhere.
type Graph struct {
	Store *models.Store
	File  string
	// Failed is told what went wrong beside a question that was answered all the same; nil tells nobody.
	Failed func(error)

	now      atomic.Pointer[picture]
	renewing sync.Mutex
	past     pastPictures
}

// picture is the graph as of one moment with what is needed to bring it up to date.
type picture struct {
	book      *graph.Book
	mark      models.GraphMark
	holes     []hole
	inherit   []hole // those of the picture before, while this one is made
	tracks    bool   // whether keys may become visible out of order, as on PostgreSQL
	withdrawn map[int64]bool
	sources   map[string]models.Source
	checked   time.Time // by the machine's clock: when it was last known to be current
}

// hole is a range of keys that had no row when later ones had: it may still be filled by a transaction that ends late.
type hole struct {
	span  models.Span
	facts bool
	since time.Time
}

// errStopped ends a reading early.
var errStopped = errors.New("stopped")

// The limits of keeping current: how old an answer may be where somebody has to look, and where somebody is looking already, and how
// long a transaction that writes may take.
const (
	graphAge     = 400 * time.Millisecond
	graphOldest  = 800 * time.Millisecond
	holePatience = 15 * time.Minute
	maxHoles     = 10_000
)

// Book gives the graph of now, brought up to date where the last look is older than the age that an answer may have. While somebody
// else is looking, an answer that is somewhat older does, so that a question does not wait for a long look.
func (g *Graph) Book(ctx context.Context) (*graph.Book, map[string]models.Source, error) {
	p := g.now.Load()
	if p != nil && time.Since(p.checked) > graphAge && time.Since(p.checked) < graphOldest {
		if !g.renewing.TryLock() {
			return p.book, p.sources, nil
		}
		g.renewing.Unlock()
	}
	if p == nil || time.Since(p.checked) > graphAge {
		var err error
		if p, err = g.renew(ctx, graphAge); err != nil {
			return nil, nil, err
		}
	}
	return p.book, p.sources, nil
}

// saveEvery is how often a running process stores the graph, so that little is read anew after a crash.
const saveEvery = 30 * time.Minute

// Keep brings the graph up to date again and again, so that questions find it current, until the context ends.
func (g *Graph) Keep(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	var beside sync.WaitGroup
	beside.Go(func() { g.fold(ctx, every) })
	defer beside.Wait()
	saved := time.Now()
	for {
		_, err := g.renew(ctx, 0)
		if err == nil && time.Since(saved) > saveEvery {
			saved, err = time.Now(), g.Save(ctx)
		}
		if err != nil && ctx.Err() == nil && g.Failed != nil {
			g.Failed(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// renew looks for what arrived, unless somebody else just has.
func (g *Graph) renew(ctx context.Context, age time.Duration) (*picture, error) {
	asked := time.Now()
	g.renewing.Lock()
	defer g.renewing.Unlock()
	was := g.now.Load()
	if was != nil && (was.checked.After(asked) || time.Since(was.checked) < age) {
		return was, nil
	}
	if was == nil {
		p, err := g.open(ctx)
		if err != nil {
			return nil, err
		}
		was = p
	}
	p, err := g.update(ctx, was)
	if err != nil {
		return nil, err
	}
	g.now.Store(p)
	return p, nil
}

// open takes the stored picture where there is one that fits this database, else it builds one.
func (g *Graph) open(ctx context.Context) (*picture, error) {
	if g.File != "" {
		if p, ok := g.readPicture(ctx); ok {
			return p, nil
		}
	}
	p, err := g.build(ctx, models.AsOf{})
	if err != nil {
		return nil, err
	}
	if g.File != "" {
		if err := g.keepPicture(ctx, p); err != nil && g.Failed != nil {
			g.Failed(err)
		}
	}
	return p, nil
}

// update gives the picture after what arrived since: the one it is given where nothing did.
func (g *Graph) update(ctx context.Context, was *picture) (*picture, error) {
	checked := time.Now()
	mark, err := g.Store.GraphMark(ctx)
	if err != nil {
		return nil, err
	}
	sources, err := g.Store.Sources(ctx)
	if err != nil {
		return nil, err
	}
	if mark.Fact < was.mark.Fact || mark.Transfer < was.mark.Transfer || mark.Taken < was.mark.Taken {
		return g.build(ctx, models.AsOf{}) // the database was put back
	}
	p := &picture{book: &graph.Book{Relations: was.book.Relations, Flow: was.book.Flow}, mark: mark, sources: sources, withdrawn: was.withdrawn, checked: checked, tracks: was.tracks}
	if mark.Taken != was.mark.Taken {
		gone, err := g.Store.WithdrawnTransfers(ctx)
		if err != nil {
			return nil, err
		}
		p.book.Flow = p.book.Flow.Without(gone)
	}
	if limited(sources) != limited(was.sources) {
		if p.book.Flow, err = g.flow(ctx, p, models.Span{UpTo: mark.Transfer}, models.AsOf{}); err != nil {
			return nil, err
		}
		rest := slices.DeleteFunc(slices.Clone(was.holes), func(h hole) bool { return !h.facts })
		was = &picture{book: was.book, mark: models.GraphMark{Fact: was.mark.Fact, Transfer: mark.Transfer}, withdrawn: was.withdrawn, holes: rest}
	}
	if err := g.addFacts(ctx, was, p); err != nil {
		return nil, err
	}
	return p, g.addTransfers(ctx, was, p)
}

// limited names the sources whose transfers are left out.
func limited(sources map[string]models.Source) string {
	text := ""
	for _, code := range slices.Sorted(maps.Keys(sources)) {
		if s := sources[code]; s.Purpose != models.PurposeGeneral {
			text += code + "=" + string(s.Purpose) + ";"
		}
	}
	return text
}

// addFacts brings relations and subjects up to date.
func (g *Graph) addFacts(ctx context.Context, was, p *picture) error {
	all := newGather()
	spans := g.spans(was, p, true, models.Span{After: was.mark.Fact, UpTo: p.mark.Fact})
	for _, span := range spans {
		last := span.After
		err := g.Store.GraphFacts(ctx, span, models.AsOf{}, models.AllFacts, func(f models.GraphFact) error {
			p.gap(last, f.ID, true)
			last = f.ID
			return all.add(f)
		})
		if err != nil {
			return err
		}
		p.gap(last, span.UpTo+1, true)
	}
	if p.mark.Withdrawn != int64(len(was.withdrawn)) {
		if err := g.withdraw(ctx, p, all); err != nil {
			return err
		}
	}
	c, err := all.change(ctx, g.Store)
	if err != nil || c.Empty() {
		return err
	}
	p.book.Relations = p.book.Relations.With(c)
	return nil
}

// addTransfers brings the flow up to date, and takes in the accounts that nothing but a transfer names.
func (g *Graph) addTransfers(ctx context.Context, was, p *picture) error {
	fresh := newGather()
	for _, span := range g.spans(was, p, false, models.Span{After: was.mark.Transfer, UpTo: p.mark.Transfer}) {
		var list []graph.Transfer
		last := span.After
		err := g.Store.GraphTransfers(ctx, span, models.AsOf{}, func(t models.GraphTransfer) error {
			p.gap(last, t.ID, false)
			last = t.ID
			for _, id := range []int64{t.FromID, t.ToID} {
				if _, known := p.book.Relations.Find(id); !known {
					fresh.touch(id)
				}
			}
			list = append(list, graph.Transfer{ID: t.ID, From: t.FromID, To: t.ToID, Fen: t.AmountFen, At: t.At.Micro(), Means: graph.Means{Currency: t.Currency, Channel: t.Channel}})
			return nil
		})
		if err != nil {
			return err
		}
		p.gap(last, span.UpTo+1, false)
		p.book.Flow = p.book.Flow.With(slices.Values(list))
	}
	c, err := fresh.change(ctx, g.Store)
	if err != nil || c.Empty() {
		return err
	}
	p.book.Relations = p.book.Relations.With(c)
	return nil
}

// spans gives the ranges to look at: what is new, and the holes that may have been filled. The holes of before are looked at anew, so
// that what is still missing is noted again.
func (g *Graph) spans(was, p *picture, facts bool, fresh models.Span) []models.Span {
	var list []models.Span
	for _, h := range was.holes {
		if h.facts == facts && p.checked.Sub(h.since) < holePatience {
			list = append(list, h.span)
		}
	}
	if fresh.UpTo > fresh.After {
		list = append(list, fresh)
	}
	p.inherit = was.holes
	return list
}

// gap notes the keys between two rows, where there are any, with the time since which they are missing.
func (p *picture) gap(after, next int64, facts bool) {
	if !p.tracks || next-after <= 1 || len(p.holes) >= maxHoles {
		return
	}
	since := p.checked
	for _, h := range p.inherit {
		if h.facts == facts && h.span.After <= after && next-1 <= h.span.UpTo {
			since = h.since
			break
		}
	}
	p.holes = append(p.holes, hole{span: models.Span{After: after, UpTo: next - 1}, facts: facts, since: since})
}

// build reads everything that counts as of a moment.
func (g *Graph) build(ctx context.Context, asOf models.AsOf) (*picture, error) {
	p := &picture{withdrawn: map[int64]bool{}, checked: time.Now(), tracks: g.Store.Dialect() == "postgres"}
	var err error
	if p.mark, err = g.Store.GraphMark(ctx); err != nil {
		return nil, err
	}
	if p.sources, err = g.Store.Sources(ctx); err != nil {
		return nil, err
	}
	list, err := g.Store.WithdrawnFacts(ctx)
	if err != nil {
		return nil, err
	}
	for _, w := range list {
		p.withdrawn[w.FactID] = true
	}
	p.mark.Withdrawn = int64(len(list))
	p.book = &graph.Book{}
	if p.book.Relations, err = g.relations(ctx, p, asOf); err != nil {
		return nil, fmt.Errorf("build the graph: %w", err)
	}
	if p.book.Flow, err = g.flow(ctx, p, models.Span{UpTo: p.mark.Transfer}, asOf); err != nil {
		return nil, fmt.Errorf("build the graph: %w", err)
	}
	return p, nil
}
