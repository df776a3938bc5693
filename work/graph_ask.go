package work

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"xiezhi/graph"
	"xiezhi/models"
)

// Namer says how subjects are written in an answer: it is given their internal keys, and what it leaves out is written as a place
// holder for somebody outside the asker's jurisdiction.
type Namer func(ctx context.Context, ids []int64) (map[int64]string, error)

// GraphAsk says on behalf of whom and as of when the graph is asked. Scope bounds whom may be asked about; AntiFraud is where
// relations of sources kept for that purpose may be seen: they are open where it covers every subject that is asked about; the bounds are those of models.AsOf, zero for now; Ended keeps relations that are over.
type GraphAsk struct {
	Sight      models.Sight
	AntiFraud  models.Scope
	RecordedBy models.Instant
	ObservedBy models.Instant
	Kinds      []string
	Ended      bool
	Name       Namer
	Say        func(r graph.Reason) string
	Memory     *Remembered // of the sight; nil for none
}

// asking is a question on its way: the book, what may be used of it, and the subjects to be named at the end.
type asking struct {
	GraphAsk
	ctx     context.Context
	g       *Graph
	book    *graph.Book
	filter  graph.Filter
	trust   graph.Trust
	guarded []bool           // sources kept against fraud
	typed   map[int64]string // how the asker wrote a subject
	ids     []int64
}

// ask opens the book that a question is about.
func (g *Graph) ask(ctx context.Context, by GraphAsk) (*asking, error) {
	a := &asking{GraphAsk: by, ctx: ctx, g: g, typed: map[int64]string{}}
	var list []graph.Kind
	for _, name := range by.Kinds {
		k, ok := graph.KindOf(strings.TrimSpace(name))
		if !ok {
			return nil, models.Invalid(map[string]string{"kinds": "error.relation_kind"})
		}
		list = append(list, k)
	}
	book, sources, err := g.BookAsOf(ctx, by.RecordedBy, by.ObservedBy)
	if err != nil {
		return nil, err
	}
	a.book = book
	a.filter = graph.Filter{Kinds: graph.SetOf(list...)}
	if !by.Ended {
		on := by.ObservedBy
		if on.IsZero() {
			on = g.Store.Now()
		}
		a.filter.On = DayOf(on)
	}
	codes := book.Relations.Sources()
	a.filter.Hidden = make([]bool, len(codes))
	a.guarded = make([]bool, len(codes))
	a.trust = make(graph.Trust, len(codes))
	for i, code := range codes {
		src, ok := sources[code]
		a.trust[i] = models.CommonStanding
		if ok {
			a.trust[i] = src.Standing
			a.guarded[i] = src.Purpose == models.PurposeAntiFraudOnly
			a.filter.Hidden[i] = src.Purpose == models.PurposeSTR || a.guarded[i] && by.AntiFraud.Empty()
		}
	}
	return a, nil
}

// subject finds one that the asker may know; absent and out of scope look alike.
func (a *asking) subject(field, written string) (graph.Subject, models.Subject, error) {
	sub, err := a.stored(field, written)
	if err != nil {
		return 0, sub, err
	}
	s, ok := a.book.Relations.Find(sub.ID)
	if !ok {
		return -1, sub, nil // known, but without any relation as of then
	}
	return s, sub, nil
}

// Known finds a subject that the asker may know.
func (g *Graph) Known(ctx context.Context, by GraphAsk, written string) (models.Subject, error) {
	a := &asking{GraphAsk: by, ctx: ctx, g: g, typed: map[int64]string{}}
	return a.stored("subject", written)
}

func (a *asking) stored(field, written string) (models.Subject, error) {
	written = strings.TrimSpace(written)
	ref, ok := models.ParseSubject(written)
	if !ok {
		return models.Subject{}, models.Invalid(map[string]string{field: "error.subject"})
	}
	sub, ok := a.Memory.named(ref)
	if !ok {
		var err error
		if sub, err = a.g.Store.SubjectNamed(a.ctx, a.Sight, ref); err != nil {
			return sub, err
		}
		a.Memory.keep(sub)
	}
	a.typed[sub.ID] = written
	a.hideGuarded(sub)
	return sub, nil
}

// hideGuarded leaves out what is kept against fraud where it may not be seen of a subject that is asked about.
func (a *asking) hideGuarded(sub models.Subject) {
	for i, guarded := range a.guarded {
		if guarded && !a.AntiFraud.Covers(sub.Place) {
			a.filter.Hidden[i] = true
		}
	}
}

// writer names all subjects of an answer at once.
type writer struct {
	names   map[int64]string
	typed   map[int64]string
	outside map[int64]string
}

func (a *asking) writer() (*writer, error) {
	slices.Sort(a.ids)
	names, err := a.Name(a.ctx, slices.Compact(a.ids))
	if err != nil {
		return nil, err
	}
	return &writer{names: names, typed: a.typed, outside: map[int64]string{}}, nil
}

// OutsidePrefix begins the place holder of a subject outside the asker's jurisdiction; the number tells several of one answer apart
// and means nothing in another one.
const OutsidePrefix = "outside:"

// knows says whether the asker may know a subject.
func (w *writer) knows(id int64) bool {
	_, ok := w.names[id]
	return ok
}

func (w *writer) of(id int64) string {
	if t, ok := w.typed[id]; ok {
		return t
	}
	if n, ok := w.names[id]; ok {
		return n
	}
	if _, ok := w.outside[id]; !ok {
		w.outside[id] = OutsidePrefix + strconv.Itoa(len(w.outside)+1)
	}
	return w.outside[id]
}

func (a *asking) need(s graph.Subject) { a.ids = append(a.ids, a.book.Relations.Key(s)) }

func (a *asking) needSteps(steps []graph.Step) {
	for _, st := range steps {
		a.need(st.From)
		a.need(st.To)
	}
}

func (a *asking) steps(w *writer, steps []graph.Step) []GraphStep {
	list := make([]GraphStep, 0, len(steps))
	for _, st := range steps {
		list = append(list, a.step(w, st))
	}
	return list
}

func (a *asking) step(w *writer, st graph.Step) GraphStep {
	r := a.book.Relations.Relation(st.Edge)
	from, to := a.book.Relations.Key(st.From), a.book.Relations.Key(st.To)
	s := GraphStep{From: w.of(from), To: w.of(to), FromID: from, ToID: to, Kind: r.Kind.String(), Source: r.Source, Reverse: !st.Outward}
	if r.Since != graph.HeldByAccount {
		s.SinceOn = dateOf(r.Since)
	}
	if !math.IsNaN(r.Ratio) {
		ratio := r.Ratio
		s.Ratio = &ratio
	}
	return s
}
