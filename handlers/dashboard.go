package handlers

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/reference"
	"xiezhi/views"
)

// dashboardForm is what a dashboard is asked for; an empty division is all the places that the reader leads.
type dashboardForm struct {
	Division string `form:"division"`
	Weeks    int    `form:"weeks"`
	Format   string `form:"format"`
}

// dashboardWeeks are the periods offered; the first is taken where none is named.
var dashboardWeeks = [...]int{13, 4, 52}

// address writes the page's address with a division in place of the form's.
func (f dashboardForm) address(division string) string {
	v := url.Values{"weeks": {itoa(f.Weeks)}}
	if division != "" {
		v.Set("division", division)
	}
	return "/dashboard?" + v.Encode()
}

// dashboardFile is what the page is made of: the question, the places it is about, and the figures.
type dashboardFile struct {
	form  dashboardForm
	scope models.Scope // of the question
	all   models.Scope // that the reader leads
	d     models.Dashboard
}

// dashboard shows the figures of a division, or sends them as a table.
func (a *App) dashboard(c *gin.Context) error {
	var form dashboardForm
	if err := bind(c, &form); err != nil {
		return err
	}
	f, err := a.dashboardFile(c, form)
	if err != nil {
		return err
	}
	ctx := a.Context(c)
	if form.Format == "csv" {
		place, _ := models.PlaceOf(f.form.Division)
		if err := a.Store.NoteRead(ctx, ActorOf(c), "dashboard.export", "dashboard", place, map[string]any{"division": f.form.Division, "weeks": f.form.Weeks}); err != nil {
			return err
		}
		return sendCSV(c, "dashboard.csv", dashboardCSV(ctx, f))
	}
	p := newDashboardPage(ctx, f)
	if p.Frame, err = a.frame(c, i18n.T(ctx, "dashboard.title")); err != nil {
		return err
	}
	return a.render(c, http.StatusOK, views.Dashboard(p))
}

// dashboardFile reads the figures that a form asks for. A division that the reader does not lead is not found.
func (a *App) dashboardFile(c *gin.Context, form dashboardForm) (dashboardFile, error) {
	f := dashboardFile{form: form, all: ActorOf(c).Scope(models.ActDashboardRead)}
	if !slices.Contains(dashboardWeeks[:], form.Weeks) {
		f.form.Weeks = dashboardWeeks[0]
	}
	f.scope = f.all
	if roots := f.all.Roots(); form.Division == "" && len(roots) == 1 {
		f.form.Division = roots[0]
	}
	if f.form.Division != "" {
		place, ok := models.PlaceOf(f.form.Division)
		if !ok || !f.all.Covers(place) {
			return f, models.NotFound("division")
		}
		f.scope = models.ScopeOf(f.form.Division)
	}
	var err error
	f.d, err = a.Dashboards.Of(c.Request.Context(), models.DashboardQuery{Scope: f.scope, Weeks: f.form.Weeks})
	return f, err
}

// dashPlace is a division shown as a tile and a row: those below the chosen one, or those that the reader leads.
type dashPlace struct {
	code   string // empty for what lies in the chosen division itself and in none below it
	levels models.LevelCount
}

// places adds the counts up to the divisions shown, and the whole.
func (f dashboardFile) places() (list []dashPlace, sum models.LevelCount) {
	codes := f.all.Roots()
	if f.form.Division != "" {
		codes = nil
		for _, d := range reference.Children(f.form.Division) {
			codes = append(codes, d.Code)
		}
	}
	if len(codes) == 0 {
		codes = []string{f.form.Division}
	}
	at := map[string]int{}
	for i, code := range codes {
		list = append(list, dashPlace{code: code})
		at[code] = i
	}
	var rest models.LevelCount
	for _, p := range f.d.Places {
		sum = sum.Add(p.Levels)
		into := &rest
		for _, code := range []string{p.C6, p.C4 + "00", p.P2 + "0000", reference.NationCode} {
			if i, ok := at[code]; ok {
				into = &list[i].levels
				break
			}
		}
		*into = into.Add(p.Levels)
	}
	if rest.Sum() > 0 {
		list = append(list, dashPlace{levels: rest})
	}
	return list, sum
}

// sums adds up what the weeks brought.
func (f dashboardFile) sums() (sum models.WeekCount) {
	for _, w := range f.d.Weeks {
		sum.Raised = sum.Raised.Add(w.Raised)
		sum.Opened, sum.Referred, sum.Accepted = sum.Opened+w.Opened, sum.Referred+w.Referred, sum.Accepted+w.Accepted
	}
	return sum
}

// outcome adds up what was decided.
func (f dashboardFile) outcome() (sum models.DecidedCount) {
	for _, x := range f.d.Decided {
		sum.Confirmed, sum.Unfounded, sum.Other = sum.Confirmed+x.Confirmed, sum.Unfounded+x.Unfounded, sum.Other+x.Other
	}
	return sum
}

// limits adds up the limits that ended and that are over.
func (f dashboardFile) limits() (sum models.ClockCount) {
	for _, k := range f.d.Clocks {
		sum.Kept, sum.Late, sum.Running, sum.Overdue = sum.Kept+k.Kept, sum.Late+k.Late, sum.Running+k.Running, sum.Overdue+k.Overdue
	}
	return sum
}
