package handlers

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/views/ui"
)

func (a *App) sourceList(c *gin.Context) error {
	ctx, actor := a.Context(c), ActorOf(c)
	list, err := a.Store.SourcesHealth(ctx, actor)
	if err != nil {
		return err
	}
	connectors, err := a.Store.Connectors(ctx, actor)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "nav.sources"))
	if err != nil {
		return err
	}
	p := newSourceListPage(ctx, list)
	p.Frame, p.Connectors, p.MayConnect = frame, newConnectorRows(ctx, connectors, a.Store.Now()), actor.Can(models.ActConnectorChange)
	return a.render(c, http.StatusOK, views.SourceList(p))
}

func newSourceListPage(ctx context.Context, list []models.SourceHealth) views.SourceListPage {
	var p views.SourceListPage
	ill := int64(0)
	for _, h := range list {
		bars, text := newDayBars(ctx, h.Days)
		row := views.SourceRow{Code: h.Code, URL: "/sources/" + h.Code, Name: i18n.Pick(ctx, h.Name, h.NameEn), Family: h.Family, Purpose: i18n.T(ctx, "source.purpose."+string(h.Purpose)),
			Limited: h.Purpose != models.PurposeGeneral, Last: whenMinute(h.LastAt), Rows: i18n.Integer(ctx, h.Rows), Refused: refusedShare(ctx, h), Bars: bars, BarsText: text}
		for _, al := range h.Alarms {
			row.Alarms = append(row.Alarms, alarmText(ctx, al))
		}
		if len(h.Alarms) > 0 {
			ill++
		}
		p.Rows = append(p.Rows, row)
	}
	if ill > 0 {
		p.Silent = i18n.N(ctx, "source.ill", ill)
	}
	return p
}

// refusedShare writes how much of what a source brought was refused; nothing came, nothing was refused.
func refusedShare(ctx context.Context, h models.SourceHealth) string {
	all := h.Rows + h.Refused
	if all == 0 {
		return i18n.Unknown
	}
	return i18n.Percent(ctx, float64(h.Refused)/float64(all))
}

// newDayBars draws the days of a source, the fullest at full height, and says the same in words.
func newDayBars(ctx context.Context, days [models.HealthDays]int64) ([]views.Bar, string) {
	most, sum := int64(1), int64(0)
	for _, n := range days {
		most, sum = max(most, n), sum+n
	}
	var bars []views.Bar
	for i, n := range days {
		if n == 0 {
			continue
		}
		h := max(1, 23*float64(n)/float64(most))
		bars = append(bars, views.Bar{X: float64(4 * i), Y: 23 - h, H: h})
	}
	return bars, i18n.T(ctx, "source.days_text", "days", strconv.Itoa(models.HealthDays), "rows", i18n.Integer(ctx, sum), "with", strconv.Itoa(len(bars)))
}

// alarmText says in words what is wrong with a source.
func alarmText(ctx context.Context, al models.SourceAlarm) string {
	args := al.Args()
	pairs := make([]string, 0, 2*len(args))
	for _, k := range slices.Sorted(maps.Keys(args)) {
		v := args[k]
		switch k {
		case "table":
			v = i18n.T(ctx, "table."+v)
		case "last":
			if at, err := readMoment(v); err == nil {
				v = i18n.Moment(at.Time())
			}
		}
		pairs = append(pairs, k, v)
	}
	return i18n.T(ctx, "source.alarm."+al.Kind, pairs...)
}

func (a *App) sourceShow(c *gin.Context) error {
	return a.showSource(c, http.StatusOK, nil, nil)
}

// showSource renders a source, with the input of a change that was refused and what is wrong with it.
func (a *App) showSource(c *gin.Context, status int, f *sourceForm, wrong map[string]string) error {
	ctx, actor := a.Context(c), ActorOf(c)
	d, err := a.Store.SourceDetail(ctx, actor, c.Param("code"))
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.Pick(ctx, d.Name, d.NameEn))
	if err != nil {
		return err
	}
	p := newSourceShowPage(ctx, d)
	p.Frame = frame
	if actor.Can(models.ActSourceChange) {
		if f == nil {
			f = &sourceForm{Name: d.Name, NameEn: d.NameEn, Family: d.Family, Purpose: string(d.Purpose), FreshHours: strconv.FormatInt(d.FreshHours, 10), Steward: d.Steward, Version: strconv.FormatInt(d.Version, 10)}
		}
		p.Form = newSourceForm(ctx, *f, wrong)
	}
	return a.render(c, status, views.SourceShow(p))
}

func newSourceShowPage(ctx context.Context, d models.SourceDetail) views.SourceShowPage {
	bars, text := newDayBars(ctx, d.Days)
	p := views.SourceShowPage{Code: d.Code, Bars: bars, BarsText: text, Meta: []string{i18n.T(ctx, "source.purpose."+string(d.Purpose)), i18n.T(ctx, "source.family_is", "family", d.Family)}}
	days := i18n.T(ctx, "source.in_days", "days", strconv.Itoa(models.HealthDays))
	p.Figures = []views.Figure{{Name: i18n.T(ctx, "source.figure.last"), Value: shortMoment(d.LastAt)},
		{Name: i18n.T(ctx, "source.figure.rows"), Value: i18n.Integer(ctx, d.Rows), More: days},
		{Name: i18n.T(ctx, "source.figure.new"), Value: i18n.Integer(ctx, d.Accepted), More: days},
		{Name: i18n.T(ctx, "source.figure.known"), Value: i18n.Integer(ctx, d.Rows-d.Accepted), More: days},
		{Name: i18n.T(ctx, "source.figure.refused"), Value: i18n.Integer(ctx, d.Refused), More: refusedShare(ctx, d.SourceHealth)}}
	for _, al := range d.Alarms {
		p.Alarms = append(p.Alarms, views.AlarmRow{Text: alarmText(ctx, al), At: whenMinute(al.RaisedAt)})
	}
	for _, al := range d.Past {
		p.Past = append(p.Past, views.AlarmRow{Text: alarmText(ctx, al), At: whenMinute(al.RaisedAt), End: whenMinute(al.ClearedAt), By: al.ClearedBy})
	}
	for _, f := range d.Fills {
		p.Fills = append(p.Fills, newFillTable(ctx, f))
	}
	for _, r := range d.Refusals {
		p.Refusals = append(p.Refusals, views.RefusedReason{Table: i18n.T(ctx, "table."+string(r.Table)), Column: r.ColumnName, Reason: i18n.T(ctx, r.ReasonKey+".short"), N: i18n.Integer(ctx, r.N)})
		if !i18n.Has(ctx, r.ReasonKey+".short") {
			p.Refusals[len(p.Refusals)-1].Reason = i18n.T(ctx, r.ReasonKey)
		}
	}
	return p
}

func shortMoment(at models.Instant) string {
	if at.IsZero() {
		return i18n.Unknown
	}
	return i18n.Moment(at.Time())
}

// lostShare is how much emptier a column must be than before to be marked.
const lostShare = 0.4

func newFillTable(ctx context.Context, f models.TableFill) views.FillTable {
	t := views.FillTable{Table: i18n.T(ctx, "table."+string(f.Table)), Rows: i18n.T(ctx, "source.looked", "now", i18n.Integer(ctx, f.Now.Rows), "before", i18n.Integer(ctx, f.Before.Rows))}
	names := maps.Clone(f.Now.Columns)
	for name := range f.Before.Columns {
		names[name] += 0
	}
	for _, name := range slices.SortedFunc(maps.Keys(names), func(a, b string) int { return cmp.Or(cmp.Compare(names[b], names[a]), cmp.Compare(a, b)) }) {
		now, before := share(f.Now, name), share(f.Before, name)
		col := views.FillColumn{Name: name, Label: columnName(ctx, name), Now: i18n.Percent(ctx, now), Before: i18n.Unknown, Width: 100 * now}
		if f.Before.Rows > 0 {
			col.Before, col.Lost = i18n.Percent(ctx, before), before-now >= lostShare
		}
		t.Cols = append(t.Cols, col)
	}
	return t
}

func share(f models.Fill, name string) float64 {
	if f.Rows == 0 {
		return 0
	}
	return float64(f.Columns[name]) / float64(f.Rows)
}

type sourceForm struct {
	Name       string `form:"name"`
	NameEn     string `form:"name_en"`
	Family     string `form:"family"`
	Purpose    string `form:"purpose"`
	FreshHours string `form:"fresh_hours"`
	Steward    string `form:"steward"`
	Version    string `form:"version"`
}

func newSourceForm(ctx context.Context, f sourceForm, wrong map[string]string) *views.SourceForm {
	v := &views.SourceForm{Name: f.Name, NameEn: f.NameEn, Family: f.Family, Fresh: f.FreshHours, Steward: f.Steward, Version: f.Version, Wrong: wrong}
	for _, purpose := range []models.Purpose{models.PurposeGeneral, models.PurposeAntiFraudOnly, models.PurposeSTR} {
		v.Purposes = append(v.Purposes, ui.Option{Value: string(purpose), Label: i18n.T(ctx, "source.purpose."+string(purpose)), Chosen: f.Purpose == string(purpose)})
	}
	return v
}

func (a *App) sourceChange(c *gin.Context) error {
	var f sourceForm
	if err := bind(c, &f); err != nil {
		return err
	}
	ctx, code := a.Context(c), c.Param("code")
	hours, err := strconv.ParseInt(strings.TrimSpace(f.FreshHours), 10, 64)
	if f.FreshHours != "" && err != nil {
		hours = -1 // not a number of hours: refused with the field named
	}
	err = a.Store.ChangeSource(ctx, ActorOf(c), code, models.SourceChange{Name: f.Name, NameEn: f.NameEn, Family: f.Family, Purpose: models.Purpose(f.Purpose), FreshHours: hours, Steward: f.Steward},
		readVersion(f.Version))
	if wrong, ok := wrongFields(err); ok {
		return a.showSource(c, http.StatusUnprocessableEntity, &f, wrong)
	}
	if err != nil {
		return err
	}
	return a.done(c, "/sources/"+code, i18n.T(ctx, "source.changed"), "")
}

func (a *App) sourceClear(c *gin.Context) error {
	ctx, code := a.Context(c), c.Param("code")
	if err := a.Store.ClearAlarms(ctx, ActorOf(c), code); err != nil {
		return err
	}
	return a.done(c, "/sources/"+code, i18n.T(ctx, "source.cleared"), "")
}
