package work

import (
	"context"
	"iter"
	"maps"
	"slices"
	"time"

	"xiezhi/graph"
	"xiezhi/models"
)

// gather collects what facts say to the graph.
type gather struct {
	touched      map[int64]bool
	institutions map[int64]string
	relations    []graph.Relation
	gone         []int64
}

func newGather() *gather {
	return &gather{touched: map[int64]bool{}, institutions: map[int64]string{}}
}

func (g *gather) touch(id int64) {
	if id != 0 {
		g.touched[id] = true
	}
}

func (g *gather) add(f models.GraphFact) error {
	g.touch(f.SubjectID)
	g.touch(f.OtherID)
	if f.Account != nil && f.Account.InstitutionCode != "" {
		g.institutions[f.SubjectID] = f.Account.InstitutionCode
	}
	if rel, ok := relationOf(f); ok {
		g.relations = append(g.relations, rel)
	}
	return nil
}

// relationOf gives the edge that a fact makes: a relation, or the holder of an account.
func relationOf(f models.GraphFact) (graph.Relation, bool) {
	r := graph.Relation{Fact: f.ID, From: f.SubjectID, To: f.OtherID, Source: f.Source, Ratio: graph.NoRatio(), Fen: -1, Observed: f.ObservedAt.Micro()}
	switch {
	case f.Relation != nil && f.OtherID != 0:
		r.Kind, _ = graph.KindOf(f.Relation.Kind)
		if f.Relation.Ratio != nil {
			r.Ratio = *f.Relation.Ratio
		}
		if f.Relation.AmountFen != nil {
			r.Fen = *f.Relation.AmountFen
		}
		r.Since, r.Until = dayOf(f.Relation.SinceOn), dayOf(f.Relation.UntilOn)
		return r, true
	case f.Account != nil && f.OtherID != 0:
		r.From, r.To, r.Kind, r.Since = f.OtherID, f.SubjectID, graph.Holder, graph.HeldByAccount
		return r, true
	case f.Account != nil:
		return graph.NoHolder(f.SubjectID, r), true
	default:
		return r, false
	}
}

// dayOf counts a date in days since 1970; 0 for an unknown one.
func dayOf(d models.Date) int32 {
	t := d.Time(time.UTC)
	if t.IsZero() {
		return 0
	}
	return int32(t.Unix() / 86400)
}

// DayOf gives the day of China's calendar in which a moment lies, in days since 1970.
func DayOf(at models.Instant) int32 {
	return int32((at.Time().Unix() + 8*3600) / 86400)
}

// change reads the subjects that facts touch and gives what the graph has to take in.
func (g *gather) change(ctx context.Context, store *models.Store) (graph.Change, error) {
	c := graph.Change{Relations: g.relations, Gone: g.gone}
	rows, err := store.GraphSubjectsByID(ctx, slices.Sorted(maps.Keys(g.touched)))
	if err != nil {
		return c, err
	}
	for _, s := range rows {
		kind, _ := graph.SubjectKindOf(string(s.Kind))
		c.Subjects = append(c.Subjects, graph.SubjectRow{Key: s.ID, Kind: kind, Place: s.DivisionCode, Institution: g.institutions[s.ID]})
	}
	return c, nil
}

// stream turns a reader that calls back into a sequence; the error it ended with is left in err.
func stream[T any](err *error, read func(see func(T) error) error) iter.Seq[T] {
	return func(yield func(T) bool) {
		e := read(func(v T) error {
			if !yield(v) {
				return errStopped
			}
			return nil
		})
		if e != nil && *err == nil {
			*err = e
		}
	}
}

// relations reads all subjects and relations as of a moment.
func (g *Graph) relations(ctx context.Context, p *picture, asOf models.AsOf) (*graph.Relations, error) {
	institutions := map[int64]string{}
	edges := []graph.Relation{}
	err := g.Store.GraphFacts(ctx, models.Span{UpTo: p.mark.Fact}, asOf, models.EdgeFacts, func(f models.GraphFact) error {
		if f.Account != nil && f.Account.InstitutionCode != "" {
			institutions[f.SubjectID] = f.Account.InstitutionCode
		}
		if rel, ok := relationOf(f); ok {
			edges = append(edges, rel)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if p.tracks {
		last := max(0, p.mark.Fact-lookBack)
		err := g.Store.GraphFacts(ctx, models.Span{After: last, UpTo: p.mark.Fact}, asOf, models.AllFacts, func(f models.GraphFact) error {
			p.gap(last, f.ID, true)
			last = f.ID
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	var failed error
	subjects := stream(&failed, func(see func(graph.SubjectRow) error) error {
		return g.Store.GraphSubjects(ctx, func(s models.GraphSubject) error {
			kind, _ := graph.SubjectKindOf(string(s.Kind))
			return see(graph.SubjectRow{Key: s.ID, Kind: kind, Place: s.DivisionCode, Institution: institutions[s.ID]})
		})
	})
	r := graph.RelationsOf(subjects, slices.Values(edges))
	return r, failed
}

// lookBack is how many of the newest facts are searched for keys that are still on their way.
const lookBack = 100_000

// flow reads the transfers of a span as of a moment.
func (g *Graph) flow(ctx context.Context, p *picture, span models.Span, asOf models.AsOf) (*graph.Flow, error) {
	var failed error
	last := span.After
	seq := stream(&failed, func(see func(graph.Transfer) error) error {
		return g.Store.GraphTransfers(ctx, span, asOf, func(t models.GraphTransfer) error {
			p.gap(last, t.ID, false)
			last = t.ID
			return see(graph.Transfer{ID: t.ID, From: t.FromID, To: t.ToID, Fen: t.AmountFen, At: t.At.Micro(), Means: graph.Means{Currency: t.Currency, Channel: t.Channel}})
		})
	})
	about := 0
	if asOf.RecordedBy.IsZero() && asOf.ObservedBy.IsZero() { // else nobody knows how many of them there were
		about = int(span.UpTo - span.After)
	}
	f := graph.NewFlow().WithAbout(about, seq)
	return f, failed
}

// withdraw takes out facts that were withdrawn and puts back the older ones that count again.
func (g *Graph) withdraw(ctx context.Context, p *picture, all *gather) error {
	list, err := g.Store.WithdrawnFacts(ctx)
	if err != nil {
		return err
	}
	known := p.withdrawn
	p.withdrawn = make(map[int64]bool, len(list))
	var edges []models.WithdrawnFact
	for _, w := range list {
		p.withdrawn[w.FactID] = true
		if known[w.FactID] {
			continue
		}
		all.touch(w.SubjectID)
		if w.OtherID != nil {
			all.touch(*w.OtherID)
		}
		if w.Tbl == models.TableRelations || w.Tbl == models.TableAccounts {
			all.gone = append(all.gone, w.FactID)
			edges = append(edges, w)
		}
	}
	latest := map[string]models.GraphFact{}
	err = g.Store.GraphFactsOf(ctx, edges, func(f models.GraphFact) error {
		if was, ok := latest[string(f.Ident)]; !ok || !f.ObservedAt.Before(was.ObservedAt) {
			latest[string(f.Ident)] = f
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, ident := range slices.Sorted(maps.Keys(latest)) {
		if err := all.add(latest[ident]); err != nil {
			return err
		}
	}
	p.mark.Withdrawn = int64(len(list))
	return nil
}
