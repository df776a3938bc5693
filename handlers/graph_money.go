package handlers

import (
	"context"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"
	"xiezhi/graph"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/views/ui"
	"xiezhi/work"
)

// moneyFile is everything the page of a money flow shows.
type moneyFile struct {
	ask    work.MoneyAsk
	wrong  map[string]string
	sub    models.Subject
	answer work.TraceAnswer
	names  map[int64]models.Subject
	query  url.Values
}

// How much a page of a money flow follows and shows.
const (
	pageMoves  = 500  // payments that are followed
	mostMoves  = 5000 // where the page is asked for more
	pageShown  = 100  // accounts, and payments between them, that are listed at first, and how many more at each step
	sankeyMost = 10   // accounts of a layer that stand alone in the picture; the rest are one bar
)

func (a *App) moneyShow(c *gin.Context) error {
	f, err := a.moneyFile(c, models.Instant{})
	if err != nil {
		return err
	}
	ctx := a.Context(c)
	switch c.Query("format") {
	case "csv":
		return a.moneyCSV(c, f)
	case "svg":
		if err := a.noteExport(c, "account:"+subjectAddress(f.sub), f.sub.Place); err != nil {
			return err
		}
		return a.sendSVG(c, "money.svg", views.SankeyFile(newSankeys(ctx, f)))
	}
	p := newMoneyPage(ctx, f)
	if p.Frame, err = a.frame(c, i18n.T(ctx, "money.title")); err != nil {
		return err
	}
	if len(f.wrong) == 0 {
		if p.Keep, err = a.keepPart(c, models.PageMoney, f.address(), f.answer.Digest); err != nil {
			return err
		}
	}
	status := http.StatusOK
	if len(f.wrong) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return a.render(c, status, views.Money(p))
}

// moneyFile asks the graph, on what was known by a moment at the latest, the zero moment being now; an account that is absent or out of scope is not found.
func (a *App) moneyFile(c *gin.Context, latest models.Instant) (moneyFile, error) {
	ctx, q := a.Context(c), readQuery(c)
	f := moneyFile{ask: readMoney(c, q), wrong: q.wrong, query: c.Request.URL.Query()}
	f.ask.Sums, f.ask.Alone, f.ask.Keys = true, sankeyMost, c.Query("saved") != ""
	f.ask.Limit = q.number("limit", pageMoves, 1, mostMoves)
	f.shown(q, latest)
	by := a.graphAsk(c, models.ActAccountRead, q)
	fixAsk(&by, latest)
	if f.ask.Account == "" {
		return f, models.NotFound("account")
	}
	sub, err := a.Desk.Graph.Known(ctx, by, f.ask.Account)
	if err != nil {
		return f, err
	}
	if sub.Kind != models.KindAccount {
		return f, models.NotFound("account")
	}
	f.sub, f.ask.Account = sub, subjectAddress(sub)
	if len(f.wrong) > 0 {
		return f, nil
	}
	if f.answer, err = a.trace(c, by, f.ask); err != nil {
		fields, ok := wrongFields(err)
		if !ok {
			return f, err
		}
		f.wrong = fields
		return f, nil
	}
	var ids []int64
	for _, l := range f.answer.Accounts {
		if l.Listed {
			ids = append(ids, l.ID)
		}
	}
	f.names, err = by.Memory.Subjects(ctx, ids)
	return f, err
}

// shown reads how much is listed: the most important at first, more by steps or all; a file and a picture that is kept hold everything.
func (f *moneyFile) shown(q *queryReader, latest models.Instant) {
	if f.query.Get("show") == showAll || f.query.Get("format") != "" || !latest.IsZero() {
		return
	}
	f.ask.Shown = q.number("show", pageShown, 1, mostMoves)
}

// showAll asks for the whole list.
const showAll = "all"

// address writes the page's address with some fields changed.
func (f moneyFile) address(pairs ...string) string {
	v := url.Values{}
	for key, list := range f.query {
		v[key] = list
	}
	v.Set("account", f.ask.Account)
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return "/graph/money?" + v.Encode()
}

func newMoneyPage(ctx context.Context, f moneyFile) views.MoneyPage {
	p := views.MoneyPage{Account: f.ask.Account, Name: maskedName(ctx, map[int64]models.Subject{f.sub.ID: f.sub}, f.sub.ID), Wrong: f.wrong,
		From: f.query.Get("from"), To: f.query.Get("to"), Least: f.query.Get("min_amount"), GraphURL: "/graph?" + url.Values{"of": {f.ask.Account}}.Encode(),
		CSV: f.address("format", "csv"), SVG: f.address("format", "svg")}
	if f.answer.Truncated {
		p.Cut = i18n.T(ctx, "money.cut", "n", i18n.Integer(ctx, int64(f.ask.Limit)))
		if f.ask.Limit < mostMoves {
			p.MoreURL, p.MoreText = f.address("limit", itoa(mostMoves)), i18n.T(ctx, "money.follow", "n", i18n.Integer(ctx, mostMoves))
		}
	}
	p.Directions = choices(ctx, "money.direction.", f.ask.Direction, work.Forward, work.Backward)
	p.Methods = choices(ctx, "money.method.", f.ask.Method, work.ProRata, work.FirstIn)
	for _, n := range []int{1, 2, 3, 4, 5, 6} {
		p.Hops = append(p.Hops, ui.Option{Value: itoa(n), Label: i18n.T(ctx, "money.hops", "n", itoa(n)), Chosen: n == f.ask.Hops})
	}
	p.MethodNote = i18n.T(ctx, "money.note."+f.ask.Method)
	p.Rows, p.Layers = newMoneyRows(ctx, f), newMoneyLayers(ctx, f)
	p.Accounts, p.Payments = newMoneyParts(ctx, f)
	for _, s := range f.answer.Sums["institution"] {
		p.Institutions = append(p.Institutions, newMoneySum(ctx, s, orUnknown(s.Name)))
	}
	for _, s := range f.answer.Sums["place"] {
		name := i18n.Unknown
		if s.Name != "" {
			name = placeName(ctx, s.Name)
		}
		p.Places = append(p.Places, newMoneySum(ctx, s, name))
	}
	p.Sankeys = newSankeys(ctx, f)
	if len(p.Sankeys) > 1 {
		p.MethodNote += i18n.T(ctx, "money.note.currencies")
	}
	return p
}

func newMoneySum(ctx context.Context, s work.GraphSum, name string) views.MoneySum {
	return views.MoneySum{Name: name, Accounts: i18n.Integer(ctx, int64(s.Accounts)), In: moneyText(ctx, s.In, s.Currency), Out: moneyText(ctx, s.Out, s.Currency),
		Inside: moneyText(ctx, s.Inside, s.Currency), Remaining: moneyText(ctx, s.Remaining, s.Currency)}
}

// moneyText writes an amount; one in another currency than that of the country says which.
func moneyText(ctx context.Context, y work.Yuan, currency string) string {
	fen := int64(y)
	if currency == "" || currency == graph.HomeCurrency {
		return i18n.Money(ctx, &fen)
	}
	return i18n.Money(ctx, &fen) + "\u00a0" + currency
}

// choices lists the words of a field with the chosen one.
func choices(ctx context.Context, prefix, chosen string, words ...string) []ui.Option {
	var list []ui.Option
	for _, w := range words {
		list = append(list, ui.Option{Value: w, Label: i18n.T(ctx, prefix+w), Chosen: w == chosen})
	}
	return list
}
