package handlers

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"time"

	"xiezhi/i18n"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/reference"
	"xiezhi/views"
	"xiezhi/views/ui"
)

// newDashboardPage builds the page.
func newDashboardPage(ctx context.Context, f dashboardFile) views.DashboardPage {
	p := views.DashboardPage{Place: f.placeName(ctx), Counted: i18n.Moment(f.d.At.Time()),
		Span: i18n.T(ctx, "dashboard.span", "from", i18n.Day(f.d.From.Time()), "to", i18n.Day(f.d.At.Time()), "n", itoa(f.form.Weeks))}
	p.CSV = f.form.address(f.form.Division) + "&format=csv"
	p.Divisions = f.divisions(ctx)
	for _, n := range []int{4, 13, 52} {
		p.Periods = append(p.Periods, ui.Option{Value: itoa(n), Label: i18n.T(ctx, "dashboard.weeks", "n", itoa(n)), Chosen: n == f.form.Weeks})
	}
	p.Figures = f.figures(ctx)
	places, sum := f.places()
	p.Tiles, p.Levels = f.tiles(ctx, places), f.levels(ctx, places, sum)
	p.Trend, p.Weeks = f.trend(ctx), f.weeks(ctx)
	p.Funnel = f.funnel(ctx)
	p.Precision = f.precision(ctx)
	p.Clocks, p.Officers = f.clocks(ctx), f.officers(ctx)
	return p
}

func (f dashboardFile) placeName(ctx context.Context) string {
	switch f.form.Division {
	case "":
		return i18n.T(ctx, "dashboard.mine")
	case reference.NationCode:
		return shortPlace(ctx, f.form.Division)
	}
	return placeName(ctx, f.form.Division)
}

// divisions lists where one may look: what the reader leads, the way down to the chosen division, and what lies below it or beside it.
func (f dashboardFile) divisions(ctx context.Context) []ui.Option {
	roots := f.all.Roots()
	var codes []string
	if len(roots) > 1 {
		codes = append(codes, "")
	}
	codes = append(codes, roots...)
	if f.form.Division != "" {
		up := reference.Ancestors(f.form.Division)
		slices.Reverse(up)
		below := reference.Children(f.form.Division)
		if len(below) == 0 && len(up) > 0 {
			below = reference.Children(up[len(up)-1])
		}
		for _, d := range below {
			up = append(up, d.Code)
		}
		for _, code := range append(up, f.form.Division) {
			if place, ok := models.PlaceOf(code); ok && f.all.Covers(place) {
				codes = append(codes, code)
			}
		}
	}
	slices.Sort(codes)
	var list []ui.Option
	for _, code := range slices.Compact(codes) {
		o := ui.Option{Value: code, Label: i18n.T(ctx, "dashboard.mine"), Chosen: code == f.form.Division}
		if code == reference.NationCode {
			o.Label = shortPlace(ctx, code)
		} else if code != "" {
			o.Label = placeName(ctx, code)
		}
		list = append(list, o)
	}
	return list
}

// queueURL leads to the alerts that a count is of: open ones of a place and level.
func queueURL(division, level string) string {
	v := url.Values{"view": {"all"}, "status": {"open"}}
	if division != "" && division != reference.NationCode {
		v.Set("division", division)
	}
	if level != "" {
		v.Set("level", level)
	}
	return "/alerts?" + v.Encode()
}

// figures are the six numbers on top, each with how it is counted.
func (f dashboardFile) figures(ctx context.Context) []views.DashFigure {
	_, open := f.places()
	out, limits := f.outcome(), f.limits()
	fig := func(key, value, note, to string) views.DashFigure {
		return views.DashFigure{ID: key, Label: i18n.T(ctx, "dashboard.figure."+key), Value: value, Note: note, URL: to, How: i18n.T(ctx, "dashboard.how.figure."+key)}
	}
	week := models.LevelCount{}
	if n := len(f.d.Weeks); n > 0 {
		week = f.d.Weeks[n-1].Raised
	}
	list := []views.DashFigure{fig("red", i18n.Integer(ctx, open.Red), i18n.T(ctx, "dashboard.figure.red_note", "n", i18n.Integer(ctx, week.Red)), queueURL(f.form.Division, "red")),
		fig("late", i18n.Integer(ctx, limits.Overdue), i18n.T(ctx, "dashboard.figure.late_note", "n", i18n.Integer(ctx, limits.Running)), "#limits")}
	value, note := i18n.Unknown, i18n.T(ctx, "dashboard.figure.police_none")
	if w := f.d.Waits.SignalToPolice; w.N > 0 {
		value, note = daysText(ctx, w.Median), i18n.T(ctx, "dashboard.figure.police_note", "n", i18n.Integer(ctx, w.N))
	}
	list = append(list, fig("police", value, note, "#funnel"))
	value, note = i18n.Unknown, i18n.T(ctx, "dashboard.figure.confirmed_none")
	if n := out.Confirmed + out.Unfounded; n > 0 {
		value, note = shareText(ctx, out.Confirmed, n), i18n.T(ctx, "dashboard.figure.confirmed_note", "a", i18n.Integer(ctx, out.Confirmed), "b", i18n.Integer(ctx, n))
	}
	list = append(list, fig("confirmed", value, note, "#precision"))
	value, note = i18n.Unknown, i18n.T(ctx, "dashboard.figure.load_none")
	if f.d.Handling > 0 {
		most := slices.MaxFunc(f.d.Officers, func(a, b models.OfficerLoad) int { return cmp.Compare(a.Cases, b.Cases) })
		var held int64
		for _, o := range f.d.Officers {
			held += o.Cases
		}
		value = i18n.Decimal(ctx, float64(held)/float64(f.d.Handling), 1)
		note = i18n.T(ctx, "dashboard.figure.load_note", "n", i18n.Integer(ctx, f.d.Handling), "most", i18n.Integer(ctx, most.Cases))
	}
	list = append(list, fig("load", value, note, "#workload"))
	value, note = i18n.Integer(ctx, f.d.Waiting), i18n.T(ctx, "dashboard.figure.waiting_none")
	if n := out.Confirmed + out.Unfounded + out.Other; n > 0 && f.d.Waiting > 0 {
		note = i18n.T(ctx, "dashboard.figure.waiting_note", "n", i18n.Decimal(ctx, float64(f.d.Waiting)/(float64(n)/f.elapsed()), 1))
	} else if f.d.Waiting == 0 {
		note = i18n.T(ctx, "dashboard.figure.waiting_nothing")
	}
	return append(list, fig("waiting", value, note, "/alerts?"+url.Values{"view": {""}, "status": {"waiting"}, "division": {ownDivision(f.form.Division)}}.Encode()))
}

// ownDivision is the division as the queue filters by it: the nation is no filter.
func ownDivision(code string) string {
	if code == reference.NationCode {
		return ""
	}
	return code
}

// elapsed is how many weeks of the period have passed.
func (f dashboardFile) elapsed() float64 {
	return max(f.d.At.Sub(f.d.From).Hours()/(24*7), 1.0/7)
}

// daysText writes a span in days with one decimal.
func daysText(ctx context.Context, d time.Duration) string {
	return i18n.Decimal(ctx, d.Hours()/24, 1)
}

// shareText writes a part of a whole in whole percents.
func shareText(ctx context.Context, part, whole int64) string {
	return i18n.Decimal(ctx, float64(part)*100/float64(whole), 0) + "%"
}

// levels is the table beside the tiles: the same places, every count a way into the queue.
func (f dashboardFile) levels(ctx context.Context, places []dashPlace, sum models.LevelCount) []views.DashLevelRow {
	row := func(name, code string, n models.LevelCount) views.DashLevelRow {
		r := views.DashLevelRow{Name: name}
		for _, c := range []struct {
			level string
			n     int64
		}{{"red", n.Red}, {"orange", n.Orange}, {"yellow", n.Yellow}, {"blue", n.Blue}, {"", n.Sum()}} {
			cell := views.DashCell{Text: i18n.Integer(ctx, c.n)}
			if c.n > 0 && (code != "" || name != i18n.T(ctx, "dashboard.itself")) {
				cell.URL = queueURL(code, c.level)
			}
			r.Cells = append(r.Cells, cell)
		}
		return r
	}
	order := slices.Clone(places)
	slices.SortStableFunc(order, func(a, b dashPlace) int {
		return cmp.Or(cmp.Compare(b.levels.Red, a.levels.Red), cmp.Compare(b.levels.Orange, a.levels.Orange), cmp.Compare(b.levels.Sum(), a.levels.Sum()))
	})
	var list []views.DashLevelRow
	for _, pl := range order {
		if pl.code == "" {
			list = append(list, row(i18n.T(ctx, "dashboard.itself"), "", pl.levels))
			continue
		}
		r := row(shortPlace(ctx, pl.code), pl.code, pl.levels)
		if pl.code != f.form.Division {
			r.URL = f.form.address(pl.code)
		}
		list = append(list, r)
	}
	if len(list) < 2 {
		return list
	}
	total := row(i18n.T(ctx, "dashboard.sum"), f.form.Division, sum)
	total.Total = true
	return slices.Insert(list, 0, total)
}

// clocks is how each kind of limit was kept, those that are over first.
func (f dashboardFile) clocks(ctx context.Context) []views.DashClockRow {
	order := slices.Clone(f.d.Clocks)
	slices.SortStableFunc(order, func(a, b models.ClockCount) int {
		return cmp.Or(cmp.Compare(b.Overdue, a.Overdue), cmp.Compare(b.Late, a.Late), nearer(a.Next, b.Next))
	})
	var list []views.DashClockRow
	for _, k := range order {
		r := views.DashClockRow{Name: i18n.T(ctx, "clock.name."+k.Name), Kept: i18n.Integer(ctx, k.Kept), Late: i18n.Integer(ctx, k.Late), Running: i18n.Integer(ctx, k.Running),
			Overdue: i18n.Integer(ctx, k.Overdue), Rate: i18n.Unknown, IsOver: k.Overdue > 0}
		if rule, ok := law.ClockRuleFor(law.ClockName(k.Name)); ok {
			r.Basis, _ = firstArticle(ctx, rule.Basis)
		}
		if ended := k.Kept + k.Late; ended > 0 {
			r.Rate, r.Bar = shareText(ctx, k.Kept, ended), ui.F(float64(k.Kept)*100/float64(ended))
		}
		r.Next = dueMark(ctx, k.Next, f.d.At)
		list = append(list, r)
	}
	return list
}

// mostOfficers is how many officers are shown; the others are added up in a last row.
const mostOfficers = 20

// officers is what each has in hand, the fullest first.
func (f dashboardFile) officers(ctx context.Context) []views.DashOfficerRow {
	var most int64 = 1
	for _, o := range f.d.Officers {
		most = max(most, o.Cases+o.Alerts)
	}
	row := func(name string, o models.OfficerLoad) views.DashOfficerRow {
		return views.DashOfficerRow{Name: name, Cases: i18n.Integer(ctx, o.Cases), Alerts: i18n.Integer(ctx, o.Alerts), Soon: i18n.Integer(ctx, o.Soon), Late: i18n.Integer(ctx, o.Late), IsLate: o.Late > 0}
	}
	var list []views.DashOfficerRow
	var rest models.OfficerLoad
	for i, o := range f.d.Officers {
		if i >= mostOfficers {
			rest.Cases, rest.Alerts, rest.Soon, rest.Late = rest.Cases+o.Cases, rest.Alerts+o.Alerts, rest.Soon+o.Soon, rest.Late+o.Late
			continue
		}
		r := row(i18n.Pick(ctx, o.Display, o.DisplayEn), o)
		r.CaseBar, r.AlertFrom, r.AlertBar = ui.F(float64(o.Cases)*100/float64(most)), ui.F(float64(o.Cases)*100/float64(most)), ui.F(float64(o.Alerts)*100/float64(most))
		list = append(list, r)
	}
	if n := len(f.d.Officers) - mostOfficers; n > 0 {
		list = append(list, row(i18n.T(ctx, "dashboard.others", "n", itoa(n)), rest))
	}
	return list
}
