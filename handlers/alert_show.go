package handlers

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"xiezhi/detect"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/views/ui"
	"xiezhi/work"
)

// alertInput is what a refused form of the page brought, to be shown again.
type alertInput struct {
	verb  string
	form  alertVerbForm
	wrong map[string]string
}

func (a *App) alertShow(c *gin.Context) error { return a.showAlert(c, alertInput{}) }

// alertFile is everything the page of an alert shows.
type alertFile struct {
	al      models.AlertLine
	story   []models.Event
	as, old detect.Assessment
	similar []models.AlertLine
	owners  []models.Officer
	names   map[string]string
	scheme  schemeFile
	life    alertLife
	asOf    models.Instant
	more    argumentMore
}

// argumentMore is what stands beside the indicators of an evaluation: how common each is, and by which measure it is found.
type argumentMore struct {
	rates   map[string]models.BaseRate
	measure map[string]string // indicator -> measure
	chance  float64
	parts   []work.ChancePart
	learned string // the number of the model that the chance is of, empty for none
}

// argumentMore gathers what stands beside the indicators of an evaluation; payload, where given, is judged by the learned model.
func (a *App) argumentMore(ctx context.Context, as detect.Assessment, payload string) (m argumentMore, err error) {
	m.measure = map[string]string{}
	if rules, err := a.Desk.RulesOf(ctx, as.RuleVersion); err == nil { // an evaluation may be older than its version's text
		for _, ind := range rules.Indicators {
			m.measure[ind.Code] = ind.Measure
		}
	} else if models.KindOf(err) != models.KindNotFound {
		return m, err
	}
	if m.rates, err = a.Store.BaseRates(ctx, as.Area); err != nil || as.Scheme != nil || payload == "" {
		return m, err
	}
	m.chance, m.parts, m.learned, err = a.Desk.Chance(ctx, payload)
	return m, err
}

func (a *App) showAlert(c *gin.Context, in alertInput) error {
	ctx, actor := a.Context(c), ActorOf(c)
	asOf, wrong := readMoment(c.Query("as_of"))
	if wrong != nil {
		return models.Invalid(map[string]string{"as_of": "error.moment"})
	}
	file, err := a.alertFile(ctx, actor, c.Param("ref"), asOf)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, partyName(ctx, file.al.SubjectKind, file.al.SubjectName, file.al.SubjectKey))
	if err != nil {
		return err
	}
	if file.names, err = a.names(ctx, file.story); err != nil {
		return err
	}
	p := newAlertShowPage(ctx, actor, file, in, a.Store.Now())
	p.Frame = frame
	status := http.StatusOK
	if in.verb != "" {
		status = http.StatusUnprocessableEntity
	}
	return a.render(c, status, views.AlertShow(p))
}

// alertNow loads an alert with its story and the evaluation it rests on; at a moment, as all three stood then.
func (a *App) alertNow(ctx context.Context, actor models.Actor, ref string, asOf models.Instant) (al models.AlertLine, story []models.Event, as models.Assessment, err error) {
	if !asOf.IsZero() {
		return a.Store.AlertAt(ctx, actor, ref, asOf)
	}
	if al, story, err = a.Store.Alert(ctx, actor, ref); err != nil {
		return al, story, as, err
	}
	as, err = a.Store.AssessmentByID(ctx, &al.AssessmentID)
	return al, story, as, err
}

func (a *App) alertFile(ctx context.Context, actor models.Actor, ref string, asOf models.Instant) (alertFile, error) {
	f := alertFile{asOf: asOf}
	al, story, now, err := a.alertNow(ctx, actor, ref, asOf)
	if err != nil {
		return f, err
	}
	f.al, f.story = al, story
	if f.as, err = readAssessment(now); err != nil {
		return f, err
	}
	if f.more, err = a.argumentMore(ctx, f.as, now.Payload); err != nil {
		return f, err
	}
	before, err := a.Store.AssessmentByID(ctx, f.al.PreviousAssessmentID)
	if err != nil {
		return f, err
	}
	if f.old, err = readAssessment(before); err != nil {
		return f, err
	}
	if f.scheme, err = a.schemeFile(ctx, f.al); err != nil {
		return f, err
	}
	if f.life, err = a.alertLife(ctx, actor, f.al); err != nil {
		return f, err
	}
	if f.similar, err = a.Store.SimilarAlerts(ctx, actor, f.al, 4); err != nil {
		return f, err
	}
	same, err := a.Store.AlertsOf(ctx, actor, f.al.SubjectID)
	if err != nil {
		return f, err
	}
	for _, s := range same {
		if s.ID != f.al.ID {
			f.similar = append([]models.AlertLine{s}, f.similar...)
		}
	}
	if actor.CanAt(models.ActAlertAssign, f.al.Place) {
		f.owners, err = a.Store.Owners(ctx, actor, f.al.Place)
	}
	return f, err
}

func newAlertShowPage(ctx context.Context, actor models.Actor, f alertFile, in alertInput, now models.Instant) views.AlertShowPage {
	al, as := f.al, f.as
	p := views.AlertShowPage{Ref: al.Ref, Level: al.Level, Name: partyName(ctx, al.SubjectKind, al.SubjectName, al.SubjectKey), CompanyURL: partyURL(actor, al.SubjectKind, al.SubjectKey, al.SubjectRef, al.Place),
		Area: i18n.T(ctx, "area."+al.Area), Place: shortPlace(ctx, al.DivisionCode), Raised: whenMinute(al.RaisedAt), Owner: firstOf(f.names[al.OwnerName], al.OwnerDisplay),
		Sources: i18n.N(ctx, "alert.families", int64(len(as.Families))), Status: i18n.T(ctx, "alert.status."+string(al.Status)),
		CaseRef: al.CaseRef, Rules: as.RuleVersion, Index: newIndexChart(ctx, as), Parts: newArgument(ctx, as, f.more), Learned: newLearnedParts(ctx, f.more), Elements: newElements(ctx, as),
		Changes: changeTexts(ctx, f.old, as), Story: newStory(ctx, f.story, f.names),
		Printed: i18n.T(ctx, "case.printed", "who", i18n.Pick(ctx, actor.Display, actor.DisplayEn), "at", i18n.Moment(now.Time()))}
	if al.Open && al.Status != models.AlertInCase {
		p.Due = alertDueMark(ctx, al, now)
	}
	p.Claim, p.Life = alertClaim(ctx, al, as), newAlertLife(ctx, actor, f, in)
	if actor.CanAt(models.ActObjectionRegister, al.Place) {
		p.ObjectionURL = "/objections/new?alert=" + al.Ref
	}
	if as.Trigger != nil {
		p.Trigger = i18n.T(ctx, "alert.trigger", "name", triggerName(ctx, *as.Trigger), "code", as.Trigger.Indicator)
		if as.SingleSource {
			p.Cap = i18n.T(ctx, "alert.single_source")
		}
	} else if as.Capped {
		p.Cap = i18n.T(ctx, "alert.capped", "level", i18n.T(ctx, "level."+string(as.Level)))
	}
	if p.Trigger == "" {
		p.Trigger = liftText(ctx, as)
	}
	p.LinesTitle, p.Lines = newLines(ctx, as)
	p.Scheme = newSchemePanel(ctx, actor, al, f.scheme)
	if al.SubjectKind == models.KindAccount {
		p.ProfileText = i18n.T(ctx, "alert.account_page")
	}
	if as.Scheme != nil && as.Area != "OTHR" {
		p.Elements, p.Lines = nil, nil // a mule account is no fundraising: its four elements and its lines do not apply
	}
	for _, s := range f.similar {
		p.Similar = append(p.Similar, newSimilarRow(ctx, s))
	}
	for _, ind := range as.Indicators {
		text := i18n.T(ctx, "benign."+ind.Benign)
		if ind.Benign != "" && len(p.Benign) < 5 && !slices.Contains(p.Benign, text) {
			p.Benign = append(p.Benign, text)
		}
	}
	if !f.asOf.IsZero() {
		p.AsOfNote = i18n.T(ctx, "alert.as_of_note", "at", i18n.Moment(f.asOf.Time()))
		p.Life = views.AlertLife{}
		return p
	}
	p.Acts = newAlertActs(ctx, actor, f, in)
	return p
}

// alertClaim says in one sentence what the level rests on.
func alertClaim(ctx context.Context, al models.AlertLine, as detect.Assessment) string {
	var why []string
	if as.Scheme != nil {
		if reasons := al.TopReasons(); len(reasons) > 0 {
			why = append(why, reasonText(ctx, reasons[0]))
		}
	}
	for i, ind := range as.Indicators {
		if i == 3 {
			break
		}
		why = append(why, indicatorReason(ctx, ind))
	}
	return i18n.T(ctx, "alert.claim", "index", i18n.Index(ctx, al.Idx), "level", i18n.T(ctx, "level."+al.Level), "why", strings.Join(why, i18n.T(ctx, "punct.list")))
}

func newSimilarRow(ctx context.Context, s models.AlertLine) views.SimilarRow {
	text := i18n.T(ctx, "alert.status."+string(s.Status))
	if s.Reason != "" {
		text += i18n.T(ctx, "punct.colon") + i18n.T(ctx, "dismiss."+s.Reason)
	}
	return views.SimilarRow{Ref: s.Ref, URL: "/alerts/" + s.Ref, Name: partyName(ctx, s.SubjectKind, s.SubjectName, s.SubjectKey), Level: s.Level, Text: text}
}

func newStory(ctx context.Context, events []models.Event, names map[string]string) []views.StoryLine {
	lines := make([]views.StoryLine, 0, len(events))
	for _, e := range slices.Backward(events) {
		who := firstOf(names[e.ActorName], e.ActorName)
		if strings.HasPrefix(who, "system:") {
			who = i18n.T(ctx, "actor.system")
		}
		lines = append(lines, views.StoryLine{At: whenMinute(e.At), Who: who, What: i18n.T(ctx, "event."+e.Event), Note: e.Note, Key: e.Event != "rehit"})
	}
	return lines
}

func newAlertActs(ctx context.Context, actor models.Actor, f alertFile, in alertInput) views.AlertActs {
	al := f.al
	events := models.AlertEvents(al.Status)
	may := func(event string, action models.Action) bool {
		return slices.Contains(events, event) && actor.CanAt(action, al.Place)
	}
	acts := views.AlertActs{Ref: al.Ref, Version: strconv.FormatInt(al.Version, 10), Accept: may("accept", models.ActAlertAccept), Propose: may("propose", models.ActAlertPropose),
		Snooze: may("snooze", models.ActAlertSnooze), Dismiss: may("dismiss", models.ActAlertDismiss), Assign: may("assign", models.ActAlertAssign),
		Reopen: may("reopen", models.ActAlertDismiss), Open: may("open", models.ActCaseOpen), OpenURL: "/cases/new?alert=" + al.Ref,
		Wrong: in.wrong, Failed: in.verb, Values: map[string]string{"reason": in.form.Reason, "note": in.form.Note, "until": in.form.Until, "user": in.form.User}}
	switch {
	case acts.Open:
		acts.Main = "open"
	case acts.Accept:
		acts.Main = "accept"
	case acts.Propose:
		acts.Main = "propose"
	}
	for _, r := range models.DismissReasons() {
		acts.Reasons = append(acts.Reasons, ui.Option{Value: r, Label: i18n.T(ctx, "dismiss."+r), Chosen: r == in.form.Reason})
	}
	for _, o := range f.owners {
		acts.Owners = append(acts.Owners, ui.Option{Value: o.Name, Label: i18n.Pick(ctx, o.DisplayName, o.DisplayNameEn) + " (" + o.Name + ")", Chosen: o.Name == in.form.User})
	}
	if al.Status == models.AlertInCase {
		acts.Blocked = append(acts.Blocked, i18n.T(ctx, "acts.blocked.in_case"))
	} else if al.Open && !acts.Open && actor.Can(models.ActAlertPropose) {
		acts.Blocked = append(acts.Blocked, i18n.T(ctx, "acts.blocked.open_case"))
	}
	return acts
}
