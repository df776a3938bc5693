package handlers

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/views"
)

// A panel of the first page shows homeRows rows; homeLook is how many are read to find the most urgent among them.
const (
	homeRows = 8
	homeLook = 100
)

// homeFile is what the first page of an actor shows; only the parts that some role of the actor needs are filled.
type homeFile struct {
	counts    *models.AlertCounts
	mine      []models.AlertLine
	reds      []models.AlertLine
	proposed  []models.AlertLine
	worst     []models.AlertLine
	cases     []models.CaseLine
	myCases   []models.CaseLine
	tasks     []models.CaseTaskLine
	referrals []models.ReferralLine
	pending   []models.ReferralLine
	incoming  []models.ReferralLine
	batches   []models.Batch
	scan      *models.Scan
	levels    []levelCount
	dashboard *dashboardFile
}

// levelCount is how many companies of the actor's scope have a level; more says that the count stopped.
type levelCount struct {
	level string
	n     int
	more  bool
}

// home shows what waits for the reader, by the roles held.
func (a *App) home(c *gin.Context) error {
	ctx, actor := a.Context(c), ActorOf(c)
	var f homeFile
	done := map[string]bool{}
	blocks := homeBlocks(actor)
	for _, b := range blocks {
		if b.load == nil || done[b.needs] {
			continue
		}
		done[b.needs] = true
		if err := b.load(a, ctx, actor, &f); err != nil {
			return err
		}
	}
	frame, err := a.frame(c, i18n.T(ctx, "nav.home"))
	if err != nil {
		return err
	}
	p := newHomePage(ctx, actor, f, a.Store.Now())
	p.Frame = frame
	return a.render(c, http.StatusOK, views.Home(p))
}

// newHomePage builds the page from the blocks of the actor's roles; a block that two roles share is shown once. The most urgent
// thing is the first row of the first block of alerts, cases or referrals that has one.
func newHomePage(ctx context.Context, actor models.Actor, f homeFile, now models.Instant) views.HomePage {
	p := views.HomePage{Where: i18n.T(ctx, "home.where", "at", i18n.Moment(now.Time()))}
	shown := map[string]bool{}
	for _, b := range homeBlocks(actor) {
		if shown[b.id] {
			continue
		}
		shown[b.id] = true
		b.show(homeView{ctx, f, now, &p}, b)
	}
	for _, panel := range p.Panels {
		if len(panel.Rows) > 0 && !slices.Contains([]string{"admin", "scan", "batches"}, panel.ID) {
			p.First = panel.Rows[0].URL
			break
		}
	}
	return p
}

// homeView is what a block needs to add itself to the page.
type homeView struct {
	ctx  context.Context
	file homeFile
	now  models.Instant
	page *views.HomePage
}

// panel adds a block with at most homeRows rows.
func (v homeView) panel(b homeBlock, rows []views.HomeRow) {
	p := views.HomePanel{ID: b.id, Title: i18n.T(v.ctx, "home."+b.id), Empty: i18n.T(v.ctx, "home."+b.id+".none"), Rows: rows[:min(len(rows), homeRows)]}
	if b.all != "" {
		p.All, p.AllText = b.all, i18n.T(v.ctx, "home.all")
	}
	v.page.Panels = append(v.page.Panels, p)
}

func (v homeView) alerts(list []models.AlertLine) []views.HomeRow {
	rows := make([]views.HomeRow, 0, len(list))
	for _, al := range list {
		r := views.HomeRow{URL: "/alerts/" + al.Ref, Level: al.Level, Title: partyName(v.ctx, al.SubjectKind, al.SubjectName, al.SubjectKey),
			Notes: []string{i18n.T(v.ctx, "area."+al.Area), shortPlace(v.ctx, al.DivisionCode)}, State: i18n.T(v.ctx, "alert.status."+string(al.Status)),
			Due: alertDueMark(v.ctx, al, v.now)}
		if why := al.TopReasons(); len(why) > 0 {
			r.Notes = append(r.Notes, reasonText(v.ctx, why[0]))
		}
		rows = append(rows, r)
	}
	return rows
}

// tasks lists what the reader is to do on cases.
func (v homeView) tasks(list []models.CaseTaskLine) []views.HomeRow {
	rows := make([]views.HomeRow, 0, len(list))
	for _, k := range list {
		rows = append(rows, views.HomeRow{URL: "/cases/" + k.CaseRef + "/work", Level: k.CaseLevel, Title: k.Title, Notes: []string{k.CaseRef, k.CaseTitle}, Due: dueMark(v.ctx, endOfDay(k.DueOn), v.now)})
	}
	return rows
}

// cases lists those with the nearest limit first, those without one last.
func (v homeView) cases(list []models.CaseLine) []views.HomeRow {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b models.CaseLine) int { return nearer(a.NextDue, b.NextDue) })
	rows := make([]views.HomeRow, 0, len(list))
	for _, cs := range list {
		r := views.HomeRow{URL: "/cases/" + cs.Ref, Level: cs.Level, Title: cs.Title, Notes: []string{cs.Ref}, State: i18n.T(v.ctx, "case.status."+cs.Status),
			Due: dueMark(v.ctx, cs.NextDue, v.now)}
		if cs.NextClock != "" {
			r.Notes = append(r.Notes, i18n.T(v.ctx, "clock.name."+cs.NextClock))
		}
		rows = append(rows, r)
	}
	return rows
}

// referrals lists those with the nearest limit first, so that what is overdue comes before all.
func (v homeView) referrals(list []models.ReferralLine) []views.HomeRow {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b models.ReferralLine) int { return nearer(firstDue(a), firstDue(b)) })
	rows := make([]views.HomeRow, 0, len(list))
	for _, r := range list {
		row := views.HomeRow{URL: "/referrals/" + r.Ref, Level: r.CaseLevel, Title: partyName(v.ctx, r.SubjectKind, r.SubjectName, r.SubjectKey), Notes: []string{r.Ref, r.AuthorityName},
			State: i18n.T(v.ctx, "referral.state."+string(r.State))}
		if len(r.Clocks) > 0 {
			row.Notes = append(row.Notes, i18n.T(v.ctx, "clock.name."+r.Clocks[0].Name))
			row.Due = clockMark(v.ctx, r.Clocks[0], v.now)
		}
		rows = append(rows, row)
	}
	return rows
}

// firstDue gives when the nearest running limit of a referral ends; clocks come in that order.
func firstDue(r models.ReferralLine) models.Instant {
	if len(r.Clocks) == 0 {
		return models.Instant{}
	}
	return r.Clocks[0].DueAt
}

// nearer orders instants, the earliest first and none at all last.
func nearer(a, b models.Instant) int {
	if a.IsZero() || b.IsZero() {
		return cmp.Compare(b.Micro(), a.Micro())
	}
	return cmp.Compare(a.Micro(), b.Micro())
}

// clockMark says how a statutory limit stands, by the state that the law gives it.
func clockMark(ctx context.Context, c models.Clock, now models.Instant) views.Due {
	d := dueMark(ctx, c.DueAt, now)
	if d.Text == "" {
		return d
	}
	switch c.State(now) {
	case law.ClockLate:
		d.State = "late"
	case law.ClockSoon:
		d.State = "soon"
	}
	return d
}

// lateReferrals keeps the referrals of which some limit has passed.
func lateReferrals(list []models.ReferralLine, now models.Instant) []models.ReferralLine {
	return slices.DeleteFunc(slices.Clone(list), func(r models.ReferralLine) bool {
		return !slices.ContainsFunc(r.Clocks, func(c models.Clock) bool { return c.State(now) == law.ClockLate })
	})
}

// movableReferrals keeps the referrals from whose state the role has an open move.
func movableReferrals(list []models.ReferralLine, role models.Role) []models.ReferralLine {
	return slices.DeleteFunc(slices.Clone(list), func(r models.ReferralLine) bool { return len(law.MovesFor(r.State, string(role))) == 0 })
}
