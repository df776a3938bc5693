package handlers

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/views/ui"
)

type referralListForm struct {
	View  string `form:"view"`
	After string `form:"after"`
}

func (a *App) referralList(c *gin.Context) error {
	var f referralListForm
	if err := bind(c, &f); err != nil {
		return err
	}
	if !ActorOf(c).ReadsReferrals() {
		return models.Forbidden(models.ActReferralRead)
	}
	ctx := a.Context(c)
	filter, err := f.filter()
	if err != nil {
		return err
	}
	list, more, err := a.Store.Referrals(ctx, ActorOf(c), filter)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "nav.referrals"))
	if err != nil {
		return err
	}
	p := newReferralListPage(ctx, f, list, a.Store.Now())
	p.Frame = frame
	p.Pager = ui.Pager{Shown: len(list), Next: f.next(list, more), First: f.first()}
	return a.render(c, http.StatusOK, views.ReferralList(p))
}

func (f referralListForm) filter() (models.ReferralFilter, error) {
	q := models.ReferralFilter{Limit: pageRows}
	if f.View == "" {
		q.State = "live"
	}
	var key listKey
	_, err := readCursor(f.After, &key)
	q.Before = key.ID
	return q, err
}

func (f referralListForm) query() url.Values {
	v := url.Values{}
	if f.View != "" {
		v.Set("view", f.View)
	}
	return v
}

func (f referralListForm) next(list []models.ReferralLine, more bool) string {
	if !more || len(list) == 0 {
		return ""
	}
	v := f.query()
	v.Set("after", cursor(listKey{list[len(list)-1].ID}))
	return "/referrals?" + v.Encode()
}

func (f referralListForm) first() string {
	if f.After == "" {
		return ""
	}
	return "/referrals?" + f.query().Encode()
}

func newReferralListPage(ctx context.Context, f referralListForm, list []models.ReferralLine, now models.Instant) views.ReferralListPage {
	p := views.ReferralListPage{Where: i18n.T(ctx, "referral.list_where")}
	for _, view := range []string{"", "all"} {
		u, key := "/referrals", "live"
		if view != "" {
			u, key = u+"?view="+view, view
		}
		p.Tabs = append(p.Tabs, views.Tab{Label: i18n.T(ctx, "referral.view."+key), URL: u, Current: view == f.View})
	}
	for _, r := range list {
		if r.Withheld {
			r.SubjectName, r.CaseLevel = i18n.T(ctx, "case.held"), views.LevelHeld
		}
		row := views.ReferralRow{Ref: r.Ref, URL: "/referrals/" + r.Ref, Company: partyName(ctx, r.SubjectKind, r.SubjectName, r.SubjectKey), Level: r.CaseLevel,
			State: i18n.T(ctx, "referral.state."+string(r.State)), Authority: r.AuthorityName, Police: r.PoliceName, Area: areaName(ctx, r.CaseArea), Created: when(r.CreatedAt)}
		if c := nearestClock(r.Clocks); c.ID != 0 {
			row.Due, row.DueOf = clockDueMark(ctx, c, now), i18n.T(ctx, "clock.name."+c.Name)
		}
		p.Rows = append(p.Rows, row)
	}
	return p
}

// clockDueMark says on a row when a running clock is over; the midnight that ends a day is that day's 24:00.
func clockDueMark(ctx context.Context, c models.Clock, now models.Instant) views.Due {
	d := dueMark(ctx, c.DueAt, now)
	switch c.State(now) {
	case law.ClockLate:
		d.State = "late"
	case law.ClockSoon:
		d.State = "soon"
	case law.ClockRunning:
		d.State = "ok"
	}
	if !c.DueAt.IsZero() {
		l := lookAt(c, now)
		d.Exact = dueWhen(l.due).Exact
	}
	return d
}

func (a *App) referralShow(c *gin.Context) error { return a.showReferral(c, actInput{}) }

func (a *App) showReferral(c *gin.Context, in actInput) error {
	actor, ctx := ActorOf(c), a.Context(c)
	file, err := a.Store.ReferralFile(ctx, actor, c.Param("ref"))
	if err != nil {
		return err
	}
	names, err := a.names(ctx, file.Events)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "referral.title"))
	if err != nil {
		return err
	}
	forms, err := a.withPhrases(c, ctx, "/referrals/"+file.Ref)
	if err != nil {
		return err
	}
	p, err := newReferralShowPage(forms, actor, file, names, in, a.Store.Now())
	if err != nil {
		return err
	}
	p.Frame = frame
	if p.Way, err = a.way(ctx, actor, file); err != nil {
		return err
	}
	return a.render(c, statusOf(in.wrong), views.ReferralShow(p))
}

func newReferralShowPage(ctx context.Context, actor models.Actor, f models.ReferralFile, names map[string]string, in actInput, now models.Instant) (views.ReferralShowPage, error) {
	p := views.ReferralShowPage{Ref: f.Ref, Company: partyName(ctx, f.SubjectKind, f.SubjectName, f.SubjectKey), Police: i18n.Pick(ctx, f.Police.Name, f.Police.NameEn),
		State: i18n.T(ctx, "referral.state."+string(f.State)), Office: i18n.Pick(ctx, f.Authority.Name, f.Authority.NameEn), Steps: newSteps(ctx, f), Checks: newChecks(ctx, f),
		Lines: newThresholds(ctx, f.Referral), Facts: newReferralFacts(ctx, f), Story: newCaseStory(ctx, f.Events, names), Documents: newDocumentRows(ctx, f),
		Clocks:  newClockPanel(ctx, f.Clocks, pendingClocks(f.State), now),
		Printed: i18n.T(ctx, "case.printed", "who", i18n.Pick(ctx, actor.Display, actor.DisplayEn), "at", i18n.Moment(now.Time()))}
	addClockForms(ctx, &p.Clocks, f.Clocks, f.CaseRef, f.Decides, procedureInput{}, now)
	if d, ok := documentOf(f, models.DocumentLetter); ok {
		p.Number = d.Number
	}
	if c := nearestClock(f.Clocks); c.ID != 0 {
		p.Due, p.DueOf = clockDueMark(ctx, c, now), i18n.T(ctx, "clock.name."+c.Name)
	}
	if actor.Can(models.ActCaseRead) {
		p.Case = views.Link{URL: "/cases/" + f.CaseRef, Text: i18n.T(ctx, "referral.case")}
	}
	p.Acts = newActPanel(ctx, f, in, "", now)
	p.Hold, p.Held = newHoldForm(ctx, f, in), f.Held
	if f.Held {
		p.Checks, p.Lines, p.Facts = nil, views.ThresholdTable{}, nil
		return p, nil
	}
	var err error
	p.Paper, err = newPaperView(ctx, f, now)
	return p, err
}

// newHoldForm lets the unit that has a filed referral hold its case back, or let it go.
func newHoldForm(ctx context.Context, f models.ReferralFile, in actInput) *views.HoldForm {
	how := models.HoldSet
	switch {
	case f.MayRelease:
		how = models.HoldLift
	case !f.MayHold:
		return nil
	}
	return &views.HoldForm{Action: "/referrals/" + f.Ref + "/" + string(how), Label: i18n.T(ctx, "referral.hold."+string(how)), About: i18n.T(ctx, "referral.hold.about"),
		Version: strconv.FormatInt(f.Version, 10), Wrong: in.hold}
}

func documentOf(f models.ReferralFile, kind string) (models.Document, bool) {
	i := slices.IndexFunc(f.Documents, func(d models.Document) bool { return d.Kind == kind })
	if i < 0 {
		return models.Document{}, false
	}
	return f.Documents[i], true
}

// newSteps shows how far the referral has come on the six stages of its way.
func newSteps(ctx context.Context, f models.ReferralFile) []views.Step {
	at := stageOf(f.State)
	if at == stageAside {
		at = 1
		if !f.DeliveredAt.IsZero() {
			at = 5
		}
	}
	steps := make([]views.Step, 0, 6)
	for i, key := range []string{"verify", "principal", "send", "receipt", "review", "outcome"} {
		s := views.Step{No: i18n.Integer(ctx, int64(i+1)), Label: i18n.T(ctx, "referral.step."+key)}
		switch {
		case i < at || at == 5 && i == 5 && f.State == law.StateClosed:
			s.Class = "is-done"
		case i == at:
			s.Class = "is-now"
		}
		steps = append(steps, s)
	}
	return steps
}

// stageAside is a state off the line of stages: the referral ended before the police, or after them.
const stageAside = -1

func stageOf(s law.State) int {
	switch s {
	case law.StateTeamVerifying:
		return 0
	case law.StatePendingPrincipal, law.StateNotApproved:
		return 1
	case law.StateApproved:
		return 2
	case law.StateDelivered, law.StateForwarded:
		return 3
	case law.StateReceived, law.StateSupplementRequested, law.StateUnderReview, law.StateNotPoliceMatter:
		return 4
	case law.StateAdminContinues, law.StateClosed:
		return stageAside
	default:
		return 5
	}
}
