package work

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"slices"
	"time"

	"xiezhi/graph"
	"xiezhi/models"
)

// aboutPicture is what a stored picture was built from; it is read again only where the store still is that very one.
type aboutPicture struct {
	Version   int              `json:"version"`
	Mark      models.GraphMark `json:"mark"`
	Seal      models.GraphSeal `json:"seal"`
	Limited   string           `json:"limited"`
	Withdrawn []int64          `json:"withdrawn"`
	Holes     []aboutHole      `json:"holes"`
}

type aboutHole struct {
	Span  models.Span `json:"span"`
	Facts bool        `json:"facts"`
}

const pictureVersion = 2

// readPicture takes the stored picture where it is whole and was taken from this database, else nothing: then it is built anew.
func (g *Graph) readPicture(ctx context.Context) (*picture, bool) {
	f, err := os.Open(g.File)
	if err != nil {
		return nil, false
	}
	defer f.Close()
	book, text, err := graph.ReadBook(f)
	if err != nil {
		return nil, false
	}
	var about aboutPicture
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if in.Decode(&about) != nil || about.Version != pictureVersion {
		return nil, false
	}
	seal, err := g.Store.GraphSeal(ctx, about.Mark, &about.Seal)
	if err != nil || seal.Digest != about.Seal.Digest || !g.allWithdrawn(ctx, about.Withdrawn) {
		return nil, false
	}
	sources, err := g.Store.Sources(ctx)
	if err != nil || limited(sources) != about.Limited {
		return nil, false
	}
	p := &picture{book: book, mark: about.Mark, sources: sources, withdrawn: make(map[int64]bool, len(about.Withdrawn)), tracks: g.Store.Dialect() == "postgres"}
	for _, id := range about.Withdrawn {
		p.withdrawn[id] = true
	}
	for _, h := range about.Holes {
		p.holes = append(p.holes, hole{span: h.Span, facts: h.Facts, since: time.Now()})
	}
	return p, true
}

// allWithdrawn says whether facts that the picture leaves out are withdrawn in this database.
func (g *Graph) allWithdrawn(ctx context.Context, facts []int64) bool {
	list, err := g.Store.WithdrawnFacts(ctx)
	if err != nil {
		return false
	}
	known := make(map[int64]bool, len(list))
	for _, w := range list {
		known[w.FactID] = true
	}
	return !slices.ContainsFunc(facts, func(id int64) bool { return !known[id] })
}

// keepPicture stores a picture. That it could not be stored costs time at the next start and nothing else.
func (g *Graph) keepPicture(ctx context.Context, p *picture) error {
	seal, err := g.Store.GraphSeal(ctx, p.mark, nil)
	if err != nil {
		return err
	}
	about := aboutPicture{Version: pictureVersion, Mark: p.mark, Seal: seal, Limited: limited(p.sources)}
	for id := range p.withdrawn {
		about.Withdrawn = append(about.Withdrawn, id)
	}
	for _, h := range p.holes {
		about.Holes = append(about.Holes, aboutHole{h.span, h.facts})
	}
	text, err := json.Marshal(about)
	if err != nil {
		return err
	}
	return graph.WriteBookFile(g.File, p.book, text)
}

// Save stores the graph of now, so that the next start need not build it.
func (g *Graph) Save(ctx context.Context) error {
	p := g.now.Load()
	if g.File == "" || p == nil {
		return nil
	}
	return g.keepPicture(ctx, p)
}
