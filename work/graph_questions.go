package work

import (
	"context"

	"xiezhi/graph"
	"xiezhi/models"
)

// PathAsk asks for chains between two subjects of at most Max relations; K is how many.
type PathAsk struct {
	From, To string
	Max, K   int
}

// Path gives a shortest chain between two subjects. It fails with NotFound for a subject that is absent or out of scope, with Invalid
// for a subject or kind that is badly written.
func (g *Graph) Path(ctx context.Context, by GraphAsk, q PathAsk) (PathAnswer, error) {
	a, err := g.ask(ctx, by)
	if err != nil {
		return PathAnswer{}, err
	}
	from, fromSub, err := a.subject("from", q.From)
	if err != nil {
		return PathAnswer{}, err
	}
	to, toSub, err := a.subject("to", q.To)
	if err != nil {
		return PathAnswer{}, err
	}
	var chains [][]graph.Step
	switch {
	case fromSub.ID == toSub.ID:
		chains = [][]graph.Step{{}}
	case from < 0 || to < 0:
	case q.K > 1:
		chains = a.book.Relations.Paths(from, to, q.K, q.Max, a.filter)
	default:
		if steps, ok := a.book.Relations.Path(from, to, q.Max, a.filter); ok {
			chains = [][]graph.Step{steps}
		}
	}
	for _, c := range chains {
		a.needSteps(c)
	}
	w, err := a.writer()
	if err != nil {
		return PathAnswer{}, err
	}
	out := PathAnswer{From: w.of(fromSub.ID), To: w.of(toSub.ID), Length: -1, Steps: []GraphStep{}}
	for i, c := range chains {
		steps := a.steps(w, c)
		if i == 0 {
			out.Length, out.Steps = len(c), steps
		} else {
			out.More = append(out.More, steps)
		}
	}
	return out, nil
}

// NeighboursAsk asks what stands within Depth relations of a subject, at most Limit subjects.
type NeighboursAsk struct {
	Of           string
	Depth, Limit int
}

// Neighbours gives what stands around a subject.
func (g *Graph) Neighbours(ctx context.Context, by GraphAsk, q NeighboursAsk) (NeighboursAnswer, error) {
	out := NeighboursAnswer{Counts: []KindCount{}, Neighbours: []GraphNeighbour{}}
	a, err := g.ask(ctx, by)
	if err != nil {
		return out, err
	}
	s, sub, err := a.subject("of", q.Of)
	if err != nil {
		return out, err
	}
	var list []graph.Neighbour
	if s >= 0 {
		all := a.filter
		all.Kinds = 0
		for _, c := range a.book.Relations.Counts(s, all) {
			out.Counts = append(out.Counts, KindCount{c.Kind.String(), c.Out, c.In})
		}
		list, out.Truncated = a.book.Relations.Around(s, q.Depth, q.Limit, a.filter)
	}
	for _, n := range list {
		a.need(n.Subject)
		a.need(n.Via.From)
	}
	w, err := a.writer()
	if err != nil {
		return out, err
	}
	out.Subject = w.of(sub.ID)
	for _, n := range list {
		id := a.book.Relations.Key(n.Subject)
		out.Neighbours = append(out.Neighbours, GraphNeighbour{Subject: w.of(id), ID: id, Depth: n.Depth, Via: a.step(w, n.Via)})
	}
	return out, nil
}

// Controllers gives who owns or controls a company in the end; those with a share below least who control nothing are left out.
func (g *Graph) Controllers(ctx context.Context, by GraphAsk, of string, least float64) (ControllersAnswer, error) {
	out := ControllersAnswer{Controllers: []GraphController{}, Warnings: []GraphWarning{}}
	a, err := g.ask(ctx, by)
	if err != nil {
		return out, err
	}
	s, sub, err := a.subject("of", of)
	if err != nil {
		return out, err
	}
	if sub.Kind != models.KindCompany {
		return out, models.Invalid(map[string]string{"of": "error.not_a_company"})
	}
	var list []graph.Controller
	var warnings []graph.Warning
	if s >= 0 {
		list, warnings = a.book.Relations.Controllers(s, a.filter, a.trust)
	}
	for _, c := range list {
		a.need(c.Subject)
		a.needSteps(c.Chain)
	}
	for _, n := range warnings {
		a.need(n.Subject)
	}
	w, err := a.writer()
	if err != nil {
		return out, err
	}
	out.Company = w.of(sub.ID)
	for _, c := range list {
		if c.How == graph.NoControl && c.Share < least {
			continue
		}
		id := a.book.Relations.Key(c.Subject)
		out.Controllers = append(out.Controllers, GraphController{Subject: w.of(id), ID: id, Share: shareOf(c.Share), ByControl: c.How != graph.NoControl,
			How: c.How.String(), Chain: a.steps(w, c.Chain)})
	}
	for _, n := range warnings {
		out.Warnings = append(out.Warnings, GraphWarning{n.Kind, w.of(a.book.Relations.Key(n.Subject)), shareOf(n.Sum)})
	}
	return out, nil
}

// Group gives the companies in one hand.
func (g *Graph) Group(ctx context.Context, by GraphAsk, of string, limit int) (GroupAnswer, error) {
	out := GroupAnswer{Companies: []GraphMember{}}
	a, err := g.ask(ctx, by)
	if err != nil {
		return out, err
	}
	s, sub, err := a.subject("of", of)
	if err != nil {
		return out, err
	}
	var list []graph.Member
	if s >= 0 {
		list, out.Truncated = a.book.Relations.Group(s, limit, a.filter, a.trust)
	}
	for _, m := range list {
		a.need(m.Subject)
		a.needSteps(m.Chain)
	}
	w, err := a.writer()
	if err != nil {
		return out, err
	}
	out.Subject = w.of(sub.ID)
	for _, m := range list {
		out.Companies = append(out.Companies, GraphMember{Subject: w.of(a.book.Relations.Key(m.Subject)), How: m.How.String(), Chain: a.steps(w, m.Chain)})
	}
	return out, nil
}

// keyRoom bounds how many subjects around a set are looked at.
const keyRoom = 2000

// KeyFigures ranks those who hold a set of subjects together, at most limit of them.
func (g *Graph) KeyFigures(ctx context.Context, by GraphAsk, set []string, limit int) (KeyFiguresAnswer, error) {
	a, err := g.ask(ctx, by)
	if err != nil {
		return KeyFiguresAnswer{}, err
	}
	var among []graph.Subject
	for _, written := range set {
		s, _, err := a.subject("of", written)
		if err != nil {
			return KeyFiguresAnswer{}, err
		}
		if s >= 0 {
			among = append(among, s)
		}
	}
	return a.keyFigures(among, limit)
}

// KeyFiguresAmong is KeyFigures for subjects that were found before, all of them in the asker's sight.
func (g *Graph) KeyFiguresAmong(ctx context.Context, by GraphAsk, set []models.Subject, limit int) (KeyFiguresAnswer, error) {
	a, err := g.ask(ctx, by)
	if err != nil {
		return KeyFiguresAnswer{}, err
	}
	var among []graph.Subject
	for _, sub := range set {
		a.hideGuarded(sub)
		if s, ok := a.book.Relations.Find(sub.ID); ok {
			among = append(among, s)
		}
	}
	return a.keyFigures(among, limit)
}

func (a *asking) keyFigures(among []graph.Subject, limit int) (KeyFiguresAnswer, error) {
	out := KeyFiguresAnswer{Subjects: []GraphFigure{}}
	first, last := graph.Always()
	list := a.book.KeyFigures(graph.KeyQuery{Set: among, Depth: 2, Room: keyRoom, First: first, Last: last, Filter: a.filter, Trust: a.trust, Limit: limit})
	for _, k := range list {
		a.need(k.Subject)
	}
	w, err := a.writer()
	if err != nil {
		return out, err
	}
	for _, k := range list {
		id := a.book.Relations.Key(k.Subject)
		f := GraphFigure{Subject: w.of(id), ID: id, Score: shareOf(k.Score), Reasons: []string{}}
		for _, r := range k.Reasons {
			f.Reasons = append(f.Reasons, a.Say(r))
		}
		out.Subjects = append(out.Subjects, f)
	}
	return out, nil
}
