package handlers

import (
	"context"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/views/ui"
)

// alertLife is what belongs to the life of an alert beside its verbs: what was merged into it, and what is left out of it.
type alertLife struct {
	merged []models.AlertLine
	lead   string
	muted  []models.SuppressionLine
}

func (a *App) alertLife(ctx context.Context, actor models.Actor, al models.AlertLine) (alertLife, error) {
	var l alertLife
	var err error
	if l.merged, err = a.Store.MergedAlerts(ctx, actor, al.ID); err != nil {
		return l, err
	}
	if al.MergedInto != nil {
		if l.lead, err = a.Store.AlertRef(ctx, *al.MergedInto); err != nil {
			return l, err
		}
	}
	if actor.Can(models.ActSuppressionRead) {
		l.muted, _, err = a.Store.Suppressions(ctx, actor, true, al.SubjectID, 0, pageRows)
	}
	return l, err
}

// newAlertLife shows what was merged, what is left out, and the forms for both.
func newAlertLife(ctx context.Context, actor models.Actor, f alertFile, in alertInput) views.AlertLife {
	al := f.al
	var p views.AlertLife
	if f.life.lead != "" {
		p.Lead = views.Link{URL: "/alerts/" + f.life.lead, Text: f.life.lead}
		if actor.CanAt(models.ActAlertMerge, al.Place) {
			p.Unmerge = &views.ActForm{Event: "unmerge", Label: i18n.T(ctx, "alert.act.unmerge"), Icon: "arrows-split-2", Action: "/alerts/" + al.Ref + "/unmerge"}
		}
	}
	for _, m := range f.life.merged {
		p.Merged = append(p.Merged, newCaseAlert(ctx, actor, m))
	}
	if actor.CanAt(models.ActAlertMerge, al.Place) && al.Open && al.Status != models.AlertInCase {
		p.Merge = mergeForm(ctx, f, in)
	}
	for _, x := range f.life.muted {
		p.Muted = append(p.Muted, newSuppressionRow(ctx, actor, x, al.ChangedAt))
	}
	if actor.CanAt(models.ActAlertSuppress, al.Place) {
		p.Suppress = suppressForm(ctx, al, in)
	}
	return p
}

func mergeForm(ctx context.Context, f alertFile, in alertInput) *views.ActForm {
	field := views.ActField{Kind: "checks", Name: "alerts", ID: "merge-alerts", Label: i18n.T(ctx, "alert.merge_which")}
	for _, s := range f.similar {
		if s.SubjectID == f.al.SubjectID && s.ID != f.al.ID && s.Open && s.Status != models.AlertInCase {
			field.Options = append(field.Options, ui.Option{Value: s.Ref, Label: s.Ref + " " + i18n.T(ctx, "area."+s.Area) + " " + i18n.T(ctx, "level."+s.Level)})
		}
	}
	if len(field.Options) == 0 {
		return nil
	}
	form := &views.ActForm{Event: "merge", Label: i18n.T(ctx, "alert.act.merge"), Icon: "check", Action: "/alerts/" + f.al.Ref + "/merge", Version: strconv.FormatInt(f.al.Version, 10)}
	if in.verb == "merge" {
		form.Open, field.Wrong = true, in.wrong["alerts"]
	}
	form.Fields = []views.ActField{field}
	return form
}

func suppressForm(ctx context.Context, al models.AlertLine, in alertInput) *views.ActForm {
	indicator := views.ActField{Kind: "choice", Name: "indicator", ID: "suppress-indicator", Label: i18n.T(ctx, "suppression.indicator"), Required: true}
	for _, r := range al.TopReasons() {
		indicator.Options = append(indicator.Options, ui.Option{Value: r.Indicator, Label: r.Indicator + " " + indicatorName(ctx, r.Indicator), Chosen: in.form.Indicator == r.Indicator})
	}
	if len(indicator.Options) == 0 {
		return nil
	}
	until := views.ActField{Kind: "date", Name: "until", ID: "suppress-until", Label: i18n.T(ctx, "suppression.until"), Required: true, Value: in.form.Until, Hint: i18n.T(ctx, "suppression.until_hint")}
	reason := views.ActField{Kind: "area", Rows: "2", Name: "reason", ID: "suppress-reason", Label: i18n.T(ctx, "field.reason"), Required: true}
	form := &views.ActForm{Event: "suppress", Label: i18n.T(ctx, "alert.act.suppress"), Icon: "ban", Action: "/alerts/" + al.Ref + "/suppress", Intro: i18n.T(ctx, "suppression.intro")}
	if in.verb == "suppress" {
		form.Open, reason.Value = true, in.form.Reason
		indicator.Wrong, until.Wrong, reason.Wrong = in.wrong["indicator"], in.wrong["until"], in.wrong["reason"]
	} else {
		until.Value = ""
	}
	form.Fields = []views.ActField{indicator, until, reason}
	return form
}

func indicatorName(ctx context.Context, code string) string {
	if key := "indicator." + code + ".name"; i18n.Has(ctx, key) {
		return i18n.T(ctx, key)
	}
	return ""
}

func newSuppressionRow(ctx context.Context, actor models.Actor, x models.SuppressionLine, now models.Instant) views.SuppressionRow {
	row := views.SuppressionRow{Ref: x.Ref, Indicator: x.Indicator + " " + indicatorName(ctx, x.Indicator), Company: x.SubjectName, Reason: x.Reason, Maker: x.Maker, Made: when(x.MadeAt), Until: when(x.UntilAt)}
	switch {
	case !x.LiftedAt.IsZero():
		row.State = i18n.T(ctx, "suppression.lifted", "who", x.Lifter, "reason", x.LiftReason)
	case !x.Holds(now):
		row.State = i18n.T(ctx, "suppression.lapsed")
	default:
		row.State = i18n.T(ctx, "suppression.live")
		if actor.CanAt(models.ActAlertSuppress, x.Place) {
			reason := views.ActField{Kind: "line", Name: "reason", ID: "lift-" + x.Ref, Label: i18n.T(ctx, "field.reason"), Required: true}
			row.Lift = &views.ActForm{Event: "lift-" + x.Ref, Label: i18n.T(ctx, "suppression.lift"), Icon: "check", Action: "/suppressions/" + x.Ref + "/lift", Fields: []views.ActField{reason}}
		}
	}
	if actor.CanAt(models.ActCompanyRead, x.Place) {
		row.URL = "/companies/" + x.SubjectKey
	}
	return row
}

type suppressionListForm struct {
	View  string `form:"view"`
	After string `form:"after"`
}

// suppressionList counts and lists what is left out.
func (a *App) suppressionList(c *gin.Context) error {
	var f suppressionListForm
	if err := bind(c, &f); err != nil {
		return err
	}
	ctx, actor := a.Context(c), ActorOf(c)
	var key listKey
	if _, err := readCursor(f.After, &key); err != nil {
		return err
	}
	list, n, err := a.Store.Suppressions(ctx, actor, f.View != "all", 0, key.ID, pageRows+1)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "nav.suppressions"))
	if err != nil {
		return err
	}
	p := views.SuppressionListPage{Frame: frame, Count: i18n.N(ctx, "suppression.count", n)}
	for _, view := range []string{"", "all"} {
		to := "/suppressions"
		if view != "" {
			to += "?view=" + view
		}
		p.Tabs = append(p.Tabs, views.Tab{Label: i18n.T(ctx, "suppression.view."+firstOf(view, "live")), URL: to, Current: view == f.View})
	}
	if len(list) > pageRows {
		list = list[:pageRows]
		p.Pager.Next = "/suppressions?view=" + f.View + "&after=" + cursor(listKey{list[len(list)-1].ID})
	}
	p.Pager.Shown = len(list)
	for _, x := range list {
		p.Rows = append(p.Rows, newSuppressionRow(ctx, actor, x, a.Store.Now()))
	}
	return a.render(c, http.StatusOK, views.SuppressionList(p))
}

type reasonForm struct {
	Reason string `form:"reason"`
}

func (a *App) suppressionLift(c *gin.Context) error {
	var f reasonForm
	if err := bind(c, &f); err != nil {
		return err
	}
	if err := a.Store.LiftSuppression(a.Context(c), ActorOf(c), c.Param("ref"), f.Reason); err != nil {
		return err
	}
	return a.done(c, "/suppressions", i18n.T(a.Context(c), "suppression.done_lift"), "")
}
