package handlers

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/views/ui"
)

type caseListForm struct {
	View  string `form:"view"`
	Text  string `form:"text"`
	After string `form:"after"`
}

// listKey is where the next page of a list by number begins.
type listKey struct {
	ID int64 `json:"id"`
}

func (a *App) caseList(c *gin.Context) error {
	var f caseListForm
	if err := bind(c, &f); err != nil {
		return err
	}
	actor, ctx := ActorOf(c), a.Context(c)
	filter, err := f.filter(actor)
	if err != nil {
		return err
	}
	list, more, err := a.Store.Cases(ctx, actor, filter)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "nav.cases"))
	if err != nil {
		return err
	}
	p := newCaseListPage(ctx, actor, f, list, a.Store.Now())
	p.Frame = frame
	p.Pager = ui.Pager{Shown: len(list), Next: f.next(list, more), First: f.first()}
	return a.render(c, http.StatusOK, views.CaseList(p))
}

func (f caseListForm) filter(actor models.Actor) (models.CaseFilter, error) {
	q := models.CaseFilter{Text: f.Text, Limit: pageRows}
	switch f.View {
	case "mine":
		q.Officer = actor.UserID
	case "all":
	default:
		q.Status = "live"
	}
	var key listKey
	_, err := readCursor(f.After, &key)
	q.Before = key.ID
	return q, err
}

func (f caseListForm) query() url.Values {
	v := url.Values{}
	for name, value := range map[string]string{"view": f.View, "text": f.Text} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return v
}

func (f caseListForm) next(list []models.CaseLine, more bool) string {
	if !more || len(list) == 0 {
		return ""
	}
	v := f.query()
	v.Set("after", cursor(listKey{list[len(list)-1].ID}))
	return "/cases?" + v.Encode()
}

func (f caseListForm) first() string {
	if f.After == "" {
		return ""
	}
	return "/cases?" + f.query().Encode()
}

func newCaseListPage(ctx context.Context, actor models.Actor, f caseListForm, list []models.CaseLine, now models.Instant) views.CaseListPage {
	p := views.CaseListPage{View: f.View, Text: f.Text, Filtered: f.Text != "" || f.View == "mine"}
	p.Where = i18n.T(ctx, "case.list_where")
	for _, view := range []string{"", "mine", "all"} {
		u, key := "/cases", "live"
		if view != "" {
			u, key = u+"?view="+view, view
		}
		p.Tabs = append(p.Tabs, views.Tab{Label: i18n.T(ctx, "case.view."+key), URL: u, Current: view == f.View})
	}
	for _, cs := range list {
		p.Rows = append(p.Rows, newCaseRow(ctx, actor, cs, now))
	}
	return p
}

func newCaseRow(ctx context.Context, actor models.Actor, cs models.CaseLine, now models.Instant) views.CaseRow {
	if cs.Seal == models.SealPoliceHold {
		cs.Title, cs.Level = i18n.T(ctx, "case.held"), views.LevelHeld
	}
	r := views.CaseRow{Ref: cs.Ref, URL: "/cases/" + cs.Ref, Title: cs.Title, Company: partyName(ctx, cs.SubjectKind, cs.SubjectName, cs.SubjectKey), Level: cs.Level,
		Area: areaName(ctx, cs.Area), Place: shortPlace(ctx, cs.DivisionCode), Authority: cs.AuthorityName,
		Status: i18n.T(ctx, "case.status."+cs.Status), Referral: i18n.T(ctx, "case.no_referral"), Due: dueMark(ctx, cs.NextDue, now), Opened: when(cs.OpenedAt)}
	if cs.NextClock != "" {
		r.DueOf = i18n.T(ctx, "clock.name."+cs.NextClock)
	}
	if cs.ReferralRef != "" {
		r.Referral = i18n.T(ctx, "referral.state."+cs.ReferralState)
		if actor.ReadsReferrals() {
			r.ReferralURL = "/referrals/" + cs.ReferralRef
		}
	}
	return r
}

// caseInput is what was written into a form of the page and refused, with what is wrong by field.
type caseInput struct {
	officers  []string
	wrong     map[string]string
	procedure procedureInput
}

func (a *App) caseShow(c *gin.Context) error { return a.showCase(c, caseInput{}) }

func (a *App) showCase(c *gin.Context, in caseInput) error {
	actor, ctx := ActorOf(c), a.Context(c)
	file, err := a.Store.CaseFile(ctx, actor, c.Param("ref"))
	if err != nil {
		return err
	}
	if file.Held {
		return a.showHeld(c, file)
	}
	var able []models.Officer
	if actor.CanAt(models.ActReferralForm, file.Place) && file.Status == models.CaseOpen {
		if able, err = a.Store.Officers(ctx, actor, file.Place); err != nil {
			return err
		}
	}
	names, err := a.names(ctx, file.Events)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, file.Title)
	if err != nil {
		return err
	}
	forms, err := a.withPhrases(c, ctx, "/cases/"+file.Ref)
	if err != nil {
		return err
	}
	p := newCaseShowPage(forms, actor, file, able, names, in, a.Store.Now())
	p.Frame = frame
	status := statusOf(in.wrong)
	if len(in.procedure.wrong) > 0 {
		status = statusOf(in.procedure.wrong)
	}
	return a.render(c, status, views.CaseShow(p))
}

// statusOf is 422 for a page that shows a refused form, else 200.
func statusOf(wrong map[string]string) int {
	if len(wrong) > 0 {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

func newCaseShowPage(ctx context.Context, actor models.Actor, f models.CaseFile, able []models.Officer, names map[string]string, in caseInput, now models.Instant) views.CaseShowPage {
	p := views.CaseShowPage{Ref: f.Ref, Level: f.Level, Title: f.Title, Opened: when(f.OpenedAt), Status: caseStatus(ctx, f), Office: i18n.Pick(ctx, f.Authority.Name, f.Authority.NameEn),
		Printed: i18n.T(ctx, "case.printed", "who", i18n.Pick(ctx, actor.Display, actor.DisplayEn), "at", i18n.Moment(now.Time())),
		Story:   newCaseStory(ctx, f.Events, names)}
	linkDecisions(ctx, f.Ref, p.Story, f.Events)
	if f.Seal != "" && f.Seal != "NORMAL" {
		p.Seal = i18n.T(ctx, "case.sealed")
	}
	if !f.HandedAt.IsZero() {
		if actor.Can(models.ActEvidenceRead) && !actor.CanAt(models.ActEvidenceRead, f.Place) {
			p.Kept = []views.Link{{URL: "/cases/" + f.Ref + "/evidence", Text: i18n.T(ctx, "case.part.evidence")}, {URL: "/cases/" + f.Ref + "/papers", Text: i18n.T(ctx, "case.part.papers")}}
		}
		p.Handed = i18n.T(ctx, "case.handed", "at", i18n.Moment(f.HandedAt.Time()), "office", p.Office)
	}
	p.Officers = newTeam(ctx, f.Officers)
	pending := pendingClocks(law.State(f.ReferralState))
	if f.Status == models.CaseClosed || f.Status == models.CaseReferred && f.ReferralRef == "" {
		pending = nil
	}
	if !f.HandedAt.IsZero() {
		pending = nil
	}
	p.Clocks = newClockPanel(ctx, f.Clocks, pending, now)
	addClockForms(ctx, &p.Clocks, f.Clocks, f.Ref, f.Decides, in.procedure, now)
	p.Stage, p.Wrong = i18n.T(ctx, "procedure.state.case."+string(f.Stage)), in.procedure.wrong
	p.Measures = newMeasures(ctx, f, in.procedure, names)
	for _, al := range f.Alerts {
		p.Alerts = append(p.Alerts, newCaseAlert(ctx, actor, al))
	}
	p.Facts = newSubjectFacts(ctx, actor, f)
	if url := partyURL(actor, f.SubjectKind, f.SubjectKey, f.SubjectRef, f.Place); url != "" && actor.Can(models.ActCompanyRead) {
		p.Company = views.Link{URL: url, Text: i18n.T(ctx, "case.company_page")}
	}
	p.FormTeam = newTeamForm(ctx, actor, f, able, in)
	p.Next, p.Barred = caseNextActs(ctx, actor, f)
	p.Parts = caseTabs(ctx, actor, f.Ref, f.Place, "case")
	p.Acts = newCaseMoves(ctx, f, in.procedure, now)
	if p.FormTeam != nil || p.Next != nil { // a page has one main act
		p.Acts.Demote()
	}
	return p
}

// caseStatus says where the case stands: with a referral, where that stands.
func caseStatus(ctx context.Context, f models.CaseFile) string {
	if f.ReferralRef != "" && f.Status != models.CaseClosed {
		return i18n.T(ctx, "referral.state."+f.ReferralState)
	}
	return i18n.T(ctx, "case.status."+f.Status)
}

func newTeam(ctx context.Context, officers []models.Officer) []views.TeamMember {
	team := make([]views.TeamMember, 0, len(officers))
	for _, o := range officers {
		team = append(team, views.TeamMember{Name: i18n.Pick(ctx, o.DisplayName, o.DisplayNameEn), Number: o.EnforcementNumber})
	}
	return team
}

func newCaseAlert(ctx context.Context, actor models.Actor, al models.AlertLine) views.CaseAlert {
	row := views.CaseAlert{Ref: al.Ref, Level: al.Level, Index: i18n.Index(ctx, al.Idx), Area: i18n.T(ctx, "area."+al.Area), Raised: when(al.RaisedAt)}
	if actor.Can(models.ActAlertRead) {
		row.URL = "/alerts/" + al.Ref
	}
	if why := al.TopReasons(); len(why) > 0 {
		row.Why = reasonText(ctx, why[0])
	}
	return row
}

func newSubjectFacts(ctx context.Context, actor models.Actor, f models.CaseFile) []views.Fact {
	name := views.Fact{Label: i18n.T(ctx, "case.subject_name"), Value: partyName(ctx, f.SubjectKind, f.SubjectName, f.SubjectKey), Company: true}
	if actor.Can(models.ActCompanyRead) {
		name.URL = partyURL(actor, f.SubjectKind, f.SubjectKey, f.SubjectRef, f.Place)
	}
	facts := []views.Fact{name, {Label: i18n.T(ctx, "case.subject_code"), Value: partyCode(f.SubjectKind, f.SubjectKey), Code: true},
		{Label: i18n.T(ctx, "case.subject_area"), Value: i18n.T(ctx, "area."+f.Area)},
		{Label: i18n.T(ctx, "case.subject_place"), Value: placeName(ctx, f.DivisionCode)},
		{Label: i18n.T(ctx, "case.authority"), Value: i18n.Pick(ctx, f.Authority.Name, f.Authority.NameEn), Company: true}}
	if f.DeadlineOn != "" {
		facts = append(facts, views.Fact{Label: i18n.T(ctx, "case.deadline"), Value: string(f.DeadlineOn)})
	}
	return facts
}

// newTeamForm offers form_team to a supervisor of the place while the case is open; those of the case's team are picked.
func newTeamForm(ctx context.Context, actor models.Actor, f models.CaseFile, able []models.Officer, in caseInput) *views.TeamForm {
	if f.Status != models.CaseOpen || !actor.CanAt(models.ActReferralForm, f.Place) {
		return nil
	}
	picked := in.officers
	if len(in.wrong) == 0 {
		for _, o := range f.Officers {
			picked = append(picked, o.Name)
		}
	}
	form := &views.TeamForm{Action: "/cases/" + f.Ref + "/referral", Version: strconv.FormatInt(f.Version, 10), Wrong: in.wrong,
		Officers: officerChoices(ctx, able, picked)}
	if move, ok := law.FindMove(law.StateNone, law.EventFormTeam); ok {
		form.Law = citations(ctx, move.Articles)
	}
	return form
}

func (a *App) caseFormTeam(c *gin.Context) error {
	var f struct {
		Officer  []string `form:"officer"`
		Officers []string `form:"officers"`
		Version  string   `form:"version"`
	}
	if err := bind(c, &f); err != nil {
		return err
	}
	ctx, picked := a.Context(c), append(f.Officer, f.Officers...)
	if len(picked) == 0 {
		picked = []string{""} // nobody picked is refused; only the API falls back to the case's own team
	}
	ref, err := a.Store.FormTeam(ctx, ActorOf(c), c.Param("ref"), picked, readVersion(f.Version))
	if wrong, ok := wrongFields(err); ok {
		return a.showCase(c, caseInput{officers: picked, wrong: wrong})
	}
	if err != nil {
		return err
	}
	return a.done(c, "/referrals/"+ref, i18n.T(ctx, "case.done.form_team", "ref", ref), "")
}

// areaName names a risk area, and nothing where there is none to name.
func areaName(ctx context.Context, area string) string {
	if area == "" {
		return ""
	}
	return i18n.T(ctx, "area."+area)
}
