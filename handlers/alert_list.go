package handlers

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/reference"
	"xiezhi/views"
	"xiezhi/views/ui"
)

type alertListForm struct {
	View     string `form:"view"`
	Level    string `form:"level"`
	Area     string `form:"area"`
	Division string `form:"division"`
	Status   string `form:"status"`
	Sort     string `form:"sort"`
	Text     string `form:"text"`
	After    string `form:"after"`
}

const pageRows = 50

func (a *App) alertList(c *gin.Context) error {
	var f alertListForm
	if err := bind(c, &f); err != nil {
		return err
	}
	actor, ctx := ActorOf(c), a.Context(c)
	filter, err := f.filter(actor, a.Store.Now())
	if err != nil {
		return err
	}
	list, more, err := a.Store.Alerts(ctx, actor, filter)
	if err != nil {
		return err
	}
	counts, err := a.Store.AlertCounts(ctx, actor)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "nav.alerts"))
	if err != nil {
		return err
	}
	p := newAlertListPage(ctx, actor, f, list, counts, a.Store.Now())
	p.Frame = frame
	p.Pager = ui.Pager{Shown: len(list), Next: f.next(list, more), First: f.first()}
	return a.render(c, http.StatusOK, views.AlertList(p))
}

// filter gives the question behind the page's view and filters.
func (f alertListForm) filter(actor models.Actor, now models.Instant) (models.AlertFilter, error) {
	q := models.AlertFilter{Area: f.Area, Division: f.Division, Status: f.Status, Text: f.Text, Sort: f.Sort, Limit: pageRows}
	if f.Level != "" {
		q.Levels = []string{f.Level}
	}
	if q.Status == "" {
		q.Status = "waiting"
	}
	switch f.View {
	case "":
		if f.Level == "" && f.Text == "" { // what needs an officer; who looks for something finds it on any level
			q.Levels = []string{"red", "orange"}
		}
	case "watch":
		if f.Level == "" {
			q.Levels = []string{"yellow", "blue"}
		}
	case "mine":
		q.Owner = actor.Name
	case "unassigned":
		q.Owner = "none"
	case "due":
		q.DueBy = now.Add(24 * time.Hour)
		if q.Sort == "" {
			q.Sort = "due"
		}
	case "red":
		q.Levels = []string{"red"}
	case "cases":
		q.Status = string(models.AlertInCase)
	case "dismissed":
		q.Status = string(models.AlertDismissed)
	case "all":
		q.Status = f.Status
	}
	var key models.AlertKey
	ok, err := readCursor(f.After, &key)
	if ok {
		q.After = &key
	}
	return q, err
}

func (f alertListForm) query() url.Values {
	v := url.Values{}
	for name, value := range map[string]string{"view": f.View, "level": f.Level, "area": f.Area, "division": f.Division, "status": f.Status, "sort": f.Sort, "text": f.Text} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return v
}

func (f alertListForm) next(list []models.AlertLine, more bool) string {
	if !more {
		return ""
	}
	last := list[len(list)-1]
	key := models.AlertKey{LevelRank: last.LevelRank, At: last.RaisedAt, Idx: last.Idx, Priority: last.Priority, ID: last.ID}
	if f.Sort == "due" || f.View == "due" && f.Sort == "" {
		key.At = last.DueAt
	}
	v := f.query()
	v.Set("after", cursor(key))
	return "/alerts?" + v.Encode()
}

func (f alertListForm) first() string {
	if f.After == "" {
		return ""
	}
	return "/alerts?" + f.query().Encode()
}

func newAlertListPage(ctx context.Context, actor models.Actor, f alertListForm, list []models.AlertLine, counts models.AlertCounts, now models.Instant) views.AlertListPage {
	p := views.AlertListPage{Where: i18n.T(ctx, "alert.urgent", "n", capped(ctx, counts.Urgent), "watch", capped(ctx, counts.Watch)), MayTake: actor.Can(models.ActAlertAccept),
		Filtered: f.Level+f.Area+f.Division+f.Status+f.Text != ""}
	for _, t := range []struct {
		view  string
		count string
	}{{"", capped(ctx, counts.Urgent)}, {"watch", capped(ctx, counts.Watch)}, {"mine", capped(ctx, counts.Mine)}, {"unassigned", capped(ctx, counts.Unassigned)}, {"due", capped(ctx, counts.DueToday)},
		{"red", capped(ctx, counts.Red)}, {"cases", ""}, {"dismissed", ""}} {
		u, key := "/alerts", "waiting"
		if t.view != "" {
			u, key = u+"?view="+t.view, t.view
		}
		p.Tabs = append(p.Tabs, views.Tab{Label: i18n.T(ctx, "alert.view."+key), URL: u, Count: t.count, Current: t.view == f.View})
	}
	p.Filter = newAlertFilter(ctx, actor, f)
	for _, r := range models.DismissReasons() {
		p.Reasons = append(p.Reasons, ui.Option{Value: r, Label: i18n.T(ctx, "dismiss."+r)})
	}
	for _, al := range list {
		p.Rows = append(p.Rows, newAlertRow(ctx, al, now))
	}
	return p
}

func newAlertFilter(ctx context.Context, actor models.Actor, f alertListForm) views.AlertListFilter {
	out := views.AlertListFilter{View: f.View, Text: f.Text}
	choice := func(chosen, prefix string, values ...string) []ui.Option {
		list := []ui.Option{{Value: ""}}
		for _, v := range values {
			list = append(list, ui.Option{Value: v, Label: i18n.T(ctx, prefix+v), Chosen: v == chosen})
		}
		return list
	}
	out.Levels = choice(f.Level, "level.", "red", "orange", "yellow", "blue")
	out.Areas = choice(f.Area, "area.", areas()...)
	out.Statuses = choice(f.Status, "alert.status.", "waiting", "new", "accepted", "proposed", "snoozed", "in_case", "dismissed", "closed")
	out.Sorts = choice(f.Sort, "sort.", "due", "index", "priority")
	out.Divisions = []ui.Option{{Value: ""}}
	for _, code := range actorDivisions(actor) {
		out.Divisions = append(out.Divisions, ui.Option{Value: code, Label: shortPlace(ctx, code), Chosen: code == f.Division})
		for _, d := range reference.Children(code) {
			out.Divisions = append(out.Divisions, ui.Option{Value: d.Code, Label: shortPlace(ctx, d.Code), Chosen: d.Code == f.Division})
		}
	}
	return out
}

// areas lists the risk areas of the index in the order of the specification.
func areas() []string {
	return []string{"P2P", "WLTH", "PE", "EQCF", "FX", "CMDT", "CRYP", "MLM", "REBT", "PREP", "ELDR", "FACT", "LEAS", "MICR", "PAWN", "GUAR", "COOP", "PAYM", "INSR", "ESTT", "AGRI", "FRAU", "OTHR"}
}

// actorDivisions lists the divisions of an actor's grants.
func actorDivisions(actor models.Actor) []string {
	list := slices.Clone(actor.Divisions)
	slices.Sort(list)
	return slices.Compact(list)
}

func newAlertRow(ctx context.Context, al models.AlertLine, now models.Instant) views.AlertRow {
	r := views.AlertRow{Ref: al.Ref, URL: "/alerts/" + al.Ref, Level: al.Level, Index: i18n.Index(ctx, al.Idx), Name: partyName(ctx, al.SubjectKind, al.SubjectName, al.SubjectKey),
		Area: i18n.T(ctx, "area."+al.Area), Place: shortPlace(ctx, al.DivisionCode), Spark: al.Trail(), Amount: i18n.Money(ctx, al.AmountFen),
		People: i18n.Count(ctx, al.People), Age: i18n.Ago(ctx, al.RaisedAt.Time(), now.Time()), Owner: al.OwnerDisplay,
		Status: i18n.T(ctx, "alert.status."+string(al.Status)), Due: alertDueMark(ctx, al, now)}
	if r.Owner == "" {
		r.Owner = i18n.Unknown
	}
	if al.Chance != nil {
		r.Chance = i18n.Percent(ctx, *al.Chance)
	}
	events := models.AlertEvents(al.Status)
	r.Takable = slices.Contains(events, "accept") || slices.Contains(events, "dismiss")
	for i, why := range al.TopReasons() {
		if i == 3 {
			break
		}
		r.Why = append(r.Why, reasonText(ctx, why))
	}
	return r
}

func subjectName(name, key string) string {
	if name == "" {
		return key
	}
	return name
}

func reasonText(ctx context.Context, r models.Reason) string {
	return i18n.T(ctx, r.Key, argPairs(r.Args)...)
}

func argPairs(args map[string]string) []string {
	pairs := make([]string, 0, 2*len(args))
	for _, k := range sortedKeys(args) {
		pairs = append(pairs, k, args[k])
	}
	return pairs
}

// alertDueMark says in plain words by when an alert waits for its first decision.
func alertDueMark(ctx context.Context, al models.AlertLine, now models.Instant) views.Due {
	switch {
	case al.Status == models.AlertSnoozed && al.SnoozedUntil.After(now):
		return views.Due{Text: i18n.T(ctx, "due.snoozed", "at", al.SnoozedUntil.Time().In(models.China).Format("01-02")), Exact: i18n.Moment(al.SnoozedUntil.Time()), State: "paused"}
	case al.Status == models.AlertInCase:
		return views.Due{Text: al.CaseRef, State: "done"}
	case !al.Open:
		return views.Due{Text: i18n.T(ctx, "alert.status."+string(al.Status)), State: "done"}
	default:
		return dueMark(ctx, al.DueAt, now)
	}
}

func dueMark(ctx context.Context, due, now models.Instant) views.Due {
	if due.IsZero() {
		return views.Due{}
	}
	state := "ok"
	switch left := due.Sub(now); {
	case left < 0:
		state = "late"
	case left.Hours() < 24:
		state = "soon"
	}
	return views.Due{Text: i18n.Left(ctx, due.Time(), now.Time()), Exact: i18n.Moment(due.Time()), State: state}
}

type alertBulkForm struct {
	Alerts []string `form:"alert"`
	Verb   string   `form:"verb"`
	Reason string   `form:"reason"`
	Back   string   `form:"back"`
}

// alertBulk does one verb over the picked alerts, each in a transaction of its own, and says what became of each.
func (a *App) alertBulk(c *gin.Context) error {
	var f alertBulkForm
	if err := bind(c, &f); err != nil {
		return err
	}
	ctx, actor := a.Context(c), ActorOf(c)
	if len(f.Alerts) == 0 {
		return a.done(c, backToAlerts(f.Back), i18n.T(ctx, "bulk.none_picked"), "")
	}
	did, not := 0, 0
	for _, ref := range f.Alerts[:min(len(f.Alerts), pageRows)] {
		var err error
		switch f.Verb {
		case "accept":
			err = a.Store.AcceptAlert(ctx, actor, ref, 0)
		case "dismiss":
			err = a.Store.DismissAlert(ctx, actor, ref, f.Reason, "", 0)
		default:
			return models.NotFound("verb")
		}
		switch models.KindOf(err) {
		case models.KindInternal:
			if err != nil {
				return err
			}
			did++
		default:
			not++
		}
	}
	return a.done(c, backToAlerts(f.Back), i18n.T(ctx, "bulk.outcome", "did", i18n.Integer(ctx, int64(did)), "not", i18n.Integer(ctx, int64(not))), "")
}

// backToAlerts keeps the view and the filters a bulk act was done in.
func backToAlerts(back string) string {
	if back == "/alerts" || strings.HasPrefix(back, "/alerts?") {
		return back
	}
	return "/alerts"
}

// alertNext takes the worst alert that waits for nobody and opens it; one that somebody else took meanwhile is passed over.
func (a *App) alertNext(c *gin.Context) error {
	ctx, actor := a.Context(c), ActorOf(c)
	list, _, err := a.Store.Alerts(ctx, actor, models.AlertFilter{Status: string(models.AlertNew), Limit: 20})
	if err != nil {
		return err
	}
	for _, al := range list {
		if al.OwnerID != nil && *al.OwnerID != actor.UserID {
			continue
		}
		err := a.Store.AcceptAlert(ctx, actor, al.Ref, al.Version)
		var e *models.Error
		if errors.As(err, &e) && (e.Kind == models.KindConflict || e.Kind == models.KindNotAMove) {
			continue
		}
		if err != nil {
			return err
		}
		return a.done(c, "/alerts/"+al.Ref, i18n.T(ctx, "alert.done.accept"), "")
	}
	return a.done(c, "/alerts", i18n.T(ctx, "alert.next_none"), "")
}
