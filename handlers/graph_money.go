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

// pageMoves is how many payments the page shows.
const pageMoves = 500

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
	f.ask.Limit, f.ask.Sums = pageMoves, true
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
		ids = append(ids, l.ID)
	}
	f.names, err = by.Memory.Subjects(ctx, ids)
	return f, err
}

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
		CSV: f.address("format", "csv"), SVG: f.address("format", "svg"), Truncated: f.answer.Truncated, Limit: i18n.Integer(ctx, pageMoves)}
	p.Directions = choices(ctx, "money.direction.", f.ask.Direction, work.Forward, work.Backward)
	p.Methods = choices(ctx, "money.method.", f.ask.Method, work.ProRata, work.FirstIn)
	for _, n := range []int{1, 2, 3, 4, 5, 6} {
		p.Hops = append(p.Hops, ui.Option{Value: itoa(n), Label: i18n.T(ctx, "money.hops", "n", itoa(n)), Chosen: n == f.ask.Hops})
	}
	p.MethodNote = i18n.T(ctx, "money.note."+f.ask.Method)
	for _, h := range f.answer.Hops {
		p.Rows = append(p.Rows, views.MoneyRow{Depth: itoa(h.Depth), At: whenMinute(h.At), Day: i18n.Day(h.At.Time()), From: maskedName(ctx, f.names, h.FromID), To: maskedName(ctx, f.names, h.ToID),
			Amount: moneyText(ctx, h.Amount, h.Currency), Carried: moneyText(ctx, h.Carried, h.Currency), Transfer: h.Transfer})
	}
	direction := "&direction=" + url.QueryEscape(f.ask.Direction)
	for _, l := range f.answer.Accounts {
		row := views.MoneyLayer{Depth: itoa(l.Depth), Name: maskedName(ctx, f.names, l.ID), In: moneyText(ctx, l.In, l.Currency), Out: moneyText(ctx, l.Out, l.Currency), Remaining: moneyText(ctx, l.Remaining, l.Currency), Institution: l.Institution}
		if s, ok := f.names[l.ID]; ok && l.ID != f.sub.ID {
			row.URL = "/graph/money?account=" + url.QueryEscape(subjectAddress(s)) + direction
			row.Place = shortPlace(ctx, s.DivisionCode)
		}
		p.Layers = append(p.Layers, row)
	}
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

// moneyCSV gives the payments as a table with exact amounts; it is noted.
func (a *App) moneyCSV(c *gin.Context, f moneyFile) error {
	ctx := a.Context(c)
	if err := a.noteExport(c, "account:"+subjectAddress(f.sub), f.sub.Place); err != nil {
		return err
	}
	rows := [][]string{{i18n.T(ctx, "money.depth"), i18n.T(ctx, "col.time"), i18n.T(ctx, "money.payer"), i18n.T(ctx, "money.payee"), i18n.T(ctx, "money.amount"), i18n.T(ctx, "money.carried"), i18n.T(ctx, "money.currency"),
		i18n.T(ctx, "money.transfer")}}
	for _, h := range f.answer.Hops {
		rows = append(rows, []string{itoa(h.Depth), h.At.String(), maskedName(ctx, f.names, h.FromID), maskedName(ctx, f.names, h.ToID), h.Amount.String(), h.Carried.String(), h.Currency, h.Transfer})
	}
	return sendCSV(c, "money.csv", rows)
}
