package handlers

import (
	"cmp"
	"strings"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/work"
)

func (a *App) fillHubs(c *gin.Context, v *patternView) error {
	window := cmp.Or(c.Query("window"), "24h")
	v.choose("window", window, "pattern.window.", "24h", "72h", "168h", "720h")
	v.input("least", "10")
	v.moneyInputs()
	ask := readHubs(c, v.q)
	ask.Limit = patternLimit
	if v.q.err() != nil {
		return nil
	}
	answer, err := a.Desk.Graph.Hubs(v.ctx, v.by, ask)
	if err != nil {
		return err
	}
	var ids []int64
	for _, h := range answer.Hubs {
		ids = append(ids, h.ID)
	}
	if err := v.nameAll(a, ids); err != nil {
		return err
	}
	v.columns("graph.kind.account", "field.direction", "#pattern.others", "#money.amount", "pattern.first", "pattern.last")
	for _, h := range answer.Hubs {
		direction := work.Backward
		if h.Direction == work.Scatters {
			direction = work.Forward
		}
		who := views.PatternCell{Text: maskedName(v.ctx, v.names, h.ID)}
		if s, ok := v.names[h.ID]; ok {
			who.URL = moneyURL(subjectAddress(s), direction)
		}
		word, others := i18n.T(v.ctx, "pattern.direction."+h.Direction), i18n.Integer(v.ctx, int64(h.Others))
		v.row(false, []string{who.Text, word, itoa(h.Others), h.Amount.String() + " " + h.Currency, h.FirstAt.String(), h.LastAt.String()}, who, views.PatternCell{Text: word},
			views.PatternCell{Text: others}, views.PatternCell{Text: moneyText(v.ctx, h.Amount, h.Currency)}, views.PatternCell{At: whenMinute(h.FirstAt)}, views.PatternCell{At: whenMinute(h.LastAt)})
	}
	v.cut(answer.Truncated)
	return nil
}

// moneyInputs are the fields that bound payments.
func (v *patternView) moneyInputs() {
	v.input("from", "2026-01-01")
	v.input("to", "2026-11-20")
	v.input("min_amount", "10000")
}

func (a *App) fillMoneyPath(c *gin.Context, v *patternView) error {
	v.input("source", "account:…")
	v.input("target", "account:…")
	v.input("hops", "6")
	v.moneyInputs()
	ask := readMoneyPath(c, v.q)
	ask.Source, ask.Target = strings.TrimSpace(ask.Source), strings.TrimSpace(ask.Target)
	if ask.Source == "" && ask.Target == "" || v.q.err() != nil {
		return nil
	}
	for field, written := range map[string]string{"source": ask.Source, "target": ask.Target} {
		sub, err := a.Desk.Graph.Known(v.ctx, v.by, written)
		switch kind := models.KindOf(err); {
		case err == nil && sub.Kind != models.KindAccount:
			v.q.wrong[field] = "error.not_an_account"
		case err == nil:
			v.about = sub.Place
		case kind == models.KindNotFound || kind == models.KindInvalid:
			v.q.wrong[field] = "graph.not_found" // absent and out of scope in the same words
		default:
			return err
		}
	}
	if v.q.err() != nil {
		return nil
	}
	answer, err := a.moneyPath(c, v.by, ask)
	if err != nil {
		return err
	}
	if answer.Length < 0 {
		v.page.Empty = i18n.T(v.ctx, "pattern.no_chain", "n", itoa(ask.Hops))
	}
	ids := []int64{answer.SourceID, answer.TargetID}
	for _, h := range answer.Hops {
		ids = append(ids, h.FromID, h.ToID)
	}
	if err := v.nameAll(a, ids); err != nil {
		return err
	}
	v.columns("#pattern.step", "col.time", "money.payer", "money.payee", "#money.amount", "money.transfer")
	for _, h := range answer.Hops {
		from, to := maskedName(v.ctx, v.names, h.FromID), maskedName(v.ctx, v.names, h.ToID)
		v.row(false, []string{itoa(h.Depth), h.At.String(), from, to, h.Amount.String() + " " + h.Currency, h.Transfer}, views.PatternCell{Text: itoa(h.Depth)}, views.PatternCell{At: whenMinute(h.At)},
			views.PatternCell{Text: from}, views.PatternCell{Text: to}, views.PatternCell{Text: moneyText(v.ctx, h.Amount, h.Currency)}, views.PatternCell{Text: h.Transfer})
	}
	if len(answer.Hops) > 0 {
		v.page.PictureTitle = i18n.T(v.ctx, "pattern.chain", "n", itoa(answer.Length))
		v.page.Picture = v.moneyChain(answer)
	}
	return nil
}

// chainRow is how many accounts of a chain stand beside each other in its picture.
const chainRow = 5

// moneyChain draws the accounts of a chain in order, row by row, there and back.
func (v *patternView) moneyChain(answer work.MoneyPathAnswer) *views.GraphPage {
	rows := len(answer.Hops)/chainRow + 1
	p := &views.GraphPage{Width: pictureWidth, Height: 60 + 100*rows}
	place := func(i int, id int64) {
		row, column := i/chainRow, i%chainRow
		if row%2 == 1 {
			column = chainRow - 1 - column
		}
		n := views.GraphNode{Name: maskedName(v.ctx, v.names, id), Kind: "outside", X: 80 + float64(column)*150, Y: 60 + float64(row)*100, Chain: true}
		if s, ok := v.names[id]; ok {
			n.Kind, n.URL = string(s.Kind), moneyURL(subjectAddress(s), work.Forward)
		}
		n.KindName = i18n.T(v.ctx, "graph.kind."+n.Kind)
		p.Nodes = append(p.Nodes, n)
	}
	place(0, answer.Hops[0].FromID)
	for i, h := range answer.Hops {
		place(i+1, h.ToID)
		from, to := p.Nodes[i], p.Nodes[i+1]
		e := views.GraphEdge{From: i, To: i + 1, FromName: from.Name, ToName: to.Name, Kind: i18n.T(v.ctx, "money.payments"), Ratio: moneyText(v.ctx, h.Amount, h.Currency),
			Label: moneyText(v.ctx, h.Amount, h.Currency), Since: i18n.Day(h.At.Time()), Source: h.Transfer, Directed: true, Chain: true, X1: from.X, Y1: from.Y, X2: to.X, Y2: to.Y}
		shorten(&e)
		p.Edges = append(p.Edges, e)
	}
	p.NodeCount, p.EdgeCount = itoa(len(p.Nodes)), itoa(len(p.Edges))
	p.Label = i18n.T(v.ctx, "pattern.label", "nodes", p.NodeCount, "edges", p.EdgeCount)
	return p
}

func (a *App) fillSums(c *gin.Context, v *patternView) error {
	by := cmp.Or(c.Query("by"), work.ByInstitution)
	v.choose("by", by, "money.by_", work.ByInstitution, work.ByPlace)
	v.moneyInputs()
	ask := readSums(c, v.q)
	if v.q.err() != nil {
		return nil
	}
	answer, err := a.Desk.Graph.Sums(v.ctx, v.by, ask)
	if err != nil {
		return err
	}
	name := "money.institution"
	if by == work.ByPlace {
		name = "col.place"
	}
	v.columns(name, "#money.accounts", "money.currency", "#money.in", "#money.out", "#money.inside")
	for _, s := range answer.Sums {
		who := orUnknown(s.Name)
		switch {
		case s.Name == work.OutsidePrefix:
			who = i18n.T(v.ctx, "company.outside")
		case by == work.ByPlace && s.Name != "":
			who = placeName(v.ctx, s.Name)
		}
		v.row(false, []string{who, itoa(s.Accounts), s.Currency, s.In.String(), s.Out.String(), s.Inside.String()}, views.PatternCell{Text: who}, views.PatternCell{Text: i18n.Integer(v.ctx, int64(s.Accounts))},
			views.PatternCell{Text: s.Currency}, views.PatternCell{Text: moneyText(v.ctx, s.In, "")}, views.PatternCell{Text: moneyText(v.ctx, s.Out, "")}, views.PatternCell{Text: moneyText(v.ctx, s.Inside, "")})
	}
	v.cut(answer.Truncated)
	return nil
}
