package handlers

import (
	"context"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"xiezhi/graph"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/reference"
	"xiezhi/views"
	"xiezhi/views/ui"
	"xiezhi/work"
)

func itoa(n int) string { return strconv.Itoa(n) }

// maskedName writes a subject as a reader of its place may see it: companies by name, persons and accounts masked.
func maskedName(ctx context.Context, names map[int64]models.Subject, id int64) string {
	s, ok := names[id]
	if !ok {
		return i18n.T(ctx, "company.outside")
	}
	switch s.Kind {
	case models.KindPerson:
		return reference.MaskName(s.Name)
	case models.KindAccount:
		return reference.MaskAccount(s.Key)
	default:
		return subjectName(s.Name, s.Key)
	}
}

// newGraphPage fills the explorer.
func newGraphPage(ctx context.Context, actor models.Actor, f graphFile) views.GraphPage {
	p := views.GraphPage{Of: f.form.Of, From: f.form.From, To: f.form.To, AsOf: f.form.AsOf, Ended: f.form.Ended, Depth: f.form.Depth, Wrong: f.wrong, Open: f.form.Open,
		Width: pictureWidth, Height: pictureHeight, Tabs: graphTabs(ctx, actor, "/graph")}
	for _, s := range f.choices {
		p.Choices = append(p.Choices, views.GraphLink{Name: subjectName(s.Name, s.Key), URL: f.form.address(func(v url.Values) { v.Set("of", subjectAddress(s)) }), More: placeName(ctx, s.DivisionCode)})
	}
	if f.root.ID == 0 || len(f.picture.Nodes) == 0 {
		return p
	}
	p.Name = maskedName(ctx, f.names, f.root.ID)
	p.ProfileURL = profileURL(actor, f.root)
	if f.root.Kind == models.KindAccount && readsInSight(actor, models.ActAccountRead, f.root.Place) {
		p.MoneyURL = "/graph/money?" + url.Values{"account": {subjectAddress(f.root)}}.Encode()
	}
	p.CSV = f.form.address(func(v url.Values) { v.Set("format", "csv") })
	p.SVG = f.form.address(func(v url.Values) { v.Set("format", "svg") })
	for _, d := range []int{1, 2, 3} {
		p.Depths = append(p.Depths, ui.Option{Value: itoa(d), Label: i18n.T(ctx, "graph.depth", "n", itoa(d)), Chosen: d == f.form.Depth})
	}
	p.Kinds = newKindBoxes(ctx, f)
	p.Nodes, p.Edges = newGraphNodes(ctx, actor, f), newGraphEdges(ctx, f)
	p.NodeCount, p.EdgeCount = i18n.Integer(ctx, int64(len(p.Nodes))), i18n.Integer(ctx, int64(len(p.Edges)))
	if f.picture.Truncated {
		p.Cut = i18n.T(ctx, "graph.cut", "n", i18n.Integer(ctx, int64(f.form.Limit)))
		if f.form.Limit < pictureMost {
			p.MoreURL = f.form.address(func(v url.Values) { v.Set("limit", itoa(pictureMost)) })
		}
	}
	p.Label = i18n.T(ctx, "graph.label", "name", p.Name, "nodes", p.NodeCount, "edges", p.EdgeCount)
	p.Chain = newGraphChain(ctx, f)
	p.Owners, p.Warnings = newGraphOwners(ctx, f)
	p.Figures = newGraphFigures(ctx, f)
	return p
}

// profileURL leads to the page of a subject for those who may read it.
func profileURL(actor models.Actor, s models.Subject) string {
	switch s.Kind {
	case models.KindCompany:
		return "/companies/" + s.Key
	case models.KindPerson:
		return personURL(actor, models.ActPersonRead, "/persons/", s)
	case models.KindAccount:
		return personURL(actor, models.ActAccountRead, "/accounts/", s)
	default:
		return ""
	}
}

// newKindBoxes counts the relations of each kind before anything is opened.
func newKindBoxes(ctx context.Context, f graphFile) []views.GraphKind {
	var list []views.GraphKind
	for _, k := range graph.Kinds() {
		box := views.GraphKind{Value: k.String(), Name: i18n.T(ctx, "relation."+k.String()), Chosen: len(f.form.Kinds) == 0 || slices.Contains(f.form.Kinds, k.String())}
		for _, c := range f.picture.Counts {
			if c.Kind == box.Value {
				box.Count = i18n.Integer(ctx, int64(c.In+c.Out))
			}
		}
		if box.Count != "" || slices.Contains(f.form.Kinds, box.Value) {
			list = append(list, box)
		}
	}
	return list
}

func newGraphNodes(ctx context.Context, actor models.Actor, f graphFile) []views.GraphNode {
	list := make([]views.GraphNode, 0, len(f.picture.Nodes))
	around, open := f.form.leads()
	for i, n := range f.picture.Nodes {
		s, known := f.names[n.ID]
		node := views.GraphNode{Name: maskedName(ctx, f.names, n.ID), X: n.X, Y: n.Y, Root: i == 0, Chain: n.OnChain, Kind: "outside"}
		if known {
			node.Kind, node.Level, node.URL = string(s.Kind), s.Level, around+url.QueryEscape(subjectAddress(s))
			if personal := s.Kind == models.KindPerson || s.Kind == models.KindAccount; personal && profileURL(actor, s) == "" {
				node.URL = ""
			}
			if n.More > 0 && node.URL != "" {
				node.Open = open + url.QueryEscape(subjectAddress(s))
				node.More = i18n.Integer(ctx, int64(n.More))
			}
		}
		node.KindName = i18n.T(ctx, "graph.kind."+node.Kind)
		if i > 0 && n.Via.Kind != "" {
			node.Note = stepText(ctx, n.Via)
		}
		list = append(list, node)
	}
	return list
}

// stepText words a relation without its ends.
func stepText(ctx context.Context, s work.GraphStep) string {
	text := i18n.T(ctx, "relation."+s.Kind)
	if s.Ratio != nil {
		text += " " + i18n.Percent(ctx, *s.Ratio)
	}
	return text
}

func newGraphEdges(ctx context.Context, f graphFile) []views.GraphEdge {
	list := make([]views.GraphEdge, 0, len(f.picture.Edges))
	for _, e := range f.picture.Edges {
		from, to := f.picture.Nodes[e.From], f.picture.Nodes[e.To]
		edge := views.GraphEdge{From: e.From, To: e.To, FromName: maskedName(ctx, f.names, from.ID), ToName: maskedName(ctx, f.names, to.ID), Kind: i18n.T(ctx, "relation."+e.Step.Kind),
			Ratio: i18n.Unknown, Since: i18n.Unknown, Source: sourceName(ctx, e.Step.Source), Chain: e.OnChain, X1: from.X, Y1: from.Y, X2: to.X, Y2: to.Y}
		if e.Step.Ratio != nil {
			edge.Ratio = i18n.Percent(ctx, *e.Step.Ratio)
			edge.Label = edge.Ratio
		}
		if e.Step.SinceOn != nil {
			edge.Since = string(*e.Step.SinceOn)
		}
		k, _ := graph.KindOf(e.Step.Kind)
		edge.Directed = !k.Shared() && k != graph.Kinship && k != graph.Other
		shorten(&edge)
		list = append(list, edge)
	}
	return list
}

func newGraphChain(ctx context.Context, f graphFile) *views.GraphChain {
	if !f.picture.Chained {
		return nil
	}
	if f.picture.Length < 0 {
		return &views.GraphChain{Text: i18n.T(ctx, "graph.no_chain", "n", itoa(graph.MaxSteps))}
	}
	c := &views.GraphChain{Text: i18n.T(ctx, "graph.chain_length", "n", itoa(f.picture.Length))}
	c.Steps = chainSteps(ctx, f, f.picture.Chain)
	return c
}

// chainSteps lists the subjects of a chain, each with the relation that led to it.
func chainSteps(ctx context.Context, f graphFile, steps []work.GraphStep) []views.GraphChainStep {
	var list []views.GraphChainStep
	for i, s := range steps {
		if i == 0 {
			list = append(list, views.GraphChainStep{Name: maskedName(ctx, f.names, s.FromID)})
		}
		list = append(list, views.GraphChainStep{Name: maskedName(ctx, f.names, s.ToID), Via: stepText(ctx, s), Back: s.Reverse})
	}
	return list
}

func newGraphOwners(ctx context.Context, f graphFile) (list []views.GraphOwner, warnings []string) {
	if f.owners == nil {
		return nil, nil
	}
	for _, o := range f.owners.Controllers[:min(len(f.owners.Controllers), 12)] {
		owner := views.GraphOwner{Name: maskedName(ctx, f.names, o.ID), Share: i18n.Percent(ctx, o.Share), Controls: o.ByControl, Chain: chainSteps(ctx, f, o.Chain)}
		if o.ByControl {
			owner.How = i18n.T(ctx, "graph.how."+o.How)
		}
		owner.Beneficial = o.Share >= beneficialShare
		if o.Share == 0 {
			owner.Share = ""
		}
		list = append(list, owner)
	}
	for _, w := range f.owners.Warnings {
		warnings = append(warnings, i18n.T(ctx, "graph.warning."+w.Kind, "sum", i18n.Percent(ctx, w.Sum)))
	}
	slices.Sort(warnings)
	return list, slices.Compact(warnings)
}

// beneficialShare is the share from which somebody is a beneficial owner (PBoC and SAMR, Measures for the Administration of
// Information on Beneficial Owners, 2024, article 6).
const beneficialShare = 0.25

func newGraphFigures(ctx context.Context, f graphFile) []views.GraphFigure {
	if f.figures == nil {
		return nil
	}
	var list []views.GraphFigure
	for _, k := range f.figures.Subjects {
		list = append(list, views.GraphFigure{Name: maskedName(ctx, f.names, k.ID), Score: i18n.Decimal(ctx, math.Round(k.Score*10)/10, 1), Reasons: strings.Join(k.Reasons, i18n.T(ctx, "punct.semicolon"))})
	}
	return list
}
