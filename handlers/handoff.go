package handlers

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/views/ui"
)

// directs says whether the actor has a part in handing cases on at all.
func directs(actor models.Actor) error {
	if actor.Can(models.ActCaseOpen) || actor.Can(models.ActCaseDecide) {
		return nil
	}
	return models.Forbidden(models.ActCaseOpen)
}

func (a *App) handoffList(c *gin.Context) error {
	ctx, actor := a.Context(c), ActorOf(c)
	if err := directs(actor); err != nil {
		return err
	}
	view := c.Query("view")
	list, err := a.Store.Handoffs(ctx, actor, view)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "nav.handoffs"))
	if err != nil {
		return err
	}
	p := views.HandoffListPage{Frame: frame}
	for _, v := range []string{"", "all"} {
		u := "/handoffs"
		if v != "" {
			u += "?view=" + v
		}
		p.Tabs = append(p.Tabs, views.Tab{Label: i18n.T(ctx, "handoff.view."+firstOf(v, "open")), URL: u, Current: v == view})
	}
	for _, h := range list {
		p.Rows = append(p.Rows, newHandoffRow(ctx, h))
	}
	return a.render(c, http.StatusOK, views.HandoffList(p))
}

func newHandoffRow(ctx context.Context, h models.HandoffLine) views.HandoffRow {
	return views.HandoffRow{Ref: h.Ref, URL: "/handoffs/" + h.Ref, Level: h.CaseLevel, Case: h.CaseRef, Title: h.CaseTitle, From: i18n.Pick(ctx, h.FromName, h.FromNameEn),
		To: i18n.Pick(ctx, h.ToName, h.ToNameEn), State: i18n.T(ctx, "procedure.state.handoff."+string(h.State)), Asked: when(h.AskedAt)}
}

func (a *App) handoffShow(c *gin.Context) error { return a.showHandoff(c, procedureInput{}) }

func handoffURL(ref string, event law.Event) string { return "/handoffs/" + ref + "/" + string(event) }

func (a *App) handoffMove(c *gin.Context) error {
	ctx, ref, event := a.Context(c), c.Param("ref"), law.Event(c.Param("event"))
	in := readProcedure(c, law.MachineHandoff, event)
	err := a.Store.MoveHandoff(ctx, ActorOf(c), ref, event, in)
	if wrong, ok := wrongFields(err); ok {
		return a.showHandoff(c, refused(handoffURL(ref, event), in, wrong))
	}
	if err != nil {
		return err
	}
	return a.done(c, "/handoffs/"+ref, i18n.T(ctx, "procedure.done"), "")
}

func (a *App) showHandoff(c *gin.Context, in procedureInput) error {
	ctx, actor := a.Context(c), ActorOf(c)
	f, err := a.Store.HandoffFile(ctx, actor, c.Param("ref"))
	if err != nil {
		return err
	}
	names, err := a.names(ctx, f.Events)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "handoff.page", "ref", f.Ref))
	if err != nil {
		return err
	}
	forms, err := a.withPhrases(c, ctx, "/handoffs/"+f.Ref)
	if err != nil {
		return err
	}
	p := views.HandoffShowPage{Frame: frame, Ref: f.Ref, Title: f.CaseTitle, Level: f.CaseLevel, State: i18n.T(ctx, "procedure.state.handoff."+string(f.State)), Reason: f.Reason,
		Facts: handoffFacts(ctx, actor, f), Story: newCaseStory(ctx, f.Events, names),
		Printed: i18n.T(ctx, "case.printed", "who", i18n.Pick(ctx, actor.Display, actor.DisplayEn), "at", i18n.Moment(a.Store.Now().Time()))}
	var officers []ui.Option
	for _, o := range f.Officers {
		officers = append(officers, ui.Option{Value: o.Name, Label: i18n.T(ctx, "case.officer", "name", i18n.Pick(ctx, o.DisplayName, o.DisplayNameEn), "number", o.EnforcementNumber)})
	}
	p.Acts = procedurePanel(forms, law.MachineHandoff, f.State, f.Moves, nil, func(e law.Event) procedureForm {
		return procedureForm{machine: law.MachineHandoff, event: e, action: handoffURL(f.Ref, e), version: f.Version, in: in, options: map[string][]ui.Option{"officers": officers}}
	})
	p.Acts.Wrong = in.wrong
	return a.render(c, statusOf(in.wrong), views.HandoffShow(p))
}

func handoffFacts(ctx context.Context, actor models.Actor, f models.HandoffFile) []views.Fact {
	fact := func(key, value, to string) views.Fact {
		return views.Fact{Label: i18n.T(ctx, "handoff.fact."+key), Value: value, URL: to, Company: true}
	}
	list := []views.Fact{fact("case", f.CaseRef, ""), fact("party", partyName(ctx, f.SubjectKind, f.SubjectName, f.SubjectKey), ""), fact("area", i18n.T(ctx, "area."+f.CaseArea), ""),
		fact("stage", i18n.T(ctx, "procedure.state.case."+string(f.CaseStage)), ""), fact("from", i18n.Pick(ctx, f.FromName, f.FromNameEn), ""), fact("to", i18n.Pick(ctx, f.ToName, f.ToNameEn), ""),
		fact("ground", i18n.T(ctx, "procedure.choice.ground."+f.Ground), ""), fact("asker", i18n.Pick(ctx, f.Asker, f.AskerEn), "")}
	if actor.Can(models.ActCaseRead) {
		list[0].URL = "/cases/" + f.CaseRef
	}
	if f.SuperiorName != nil {
		return append(list, fact("superior", i18n.Pick(ctx, *f.SuperiorName, *f.SuperiorNameE), ""))
	}
	return append(list, fact("superior", i18n.T(ctx, "handoff.joint"), ""))
}

// caseHandoff asks another department to take a case over, from the page of the work on it.
func (a *App) caseHandoff(c *gin.Context) error {
	ctx, ref := a.Context(c), c.Param("ref")
	in := readProcedure(c, law.MachineHandoff, law.HandoffAsk)
	number, err := a.Store.AskHandoff(ctx, ActorOf(c), ref, in)
	if wrong, ok := wrongFields(err); ok {
		return a.showWork(c, workInput{form: "handoff", wrong: wrong, fields: in.Fields, procedure: refused("/cases/"+ref+"/handoff", in, wrong)})
	}
	if err != nil {
		return err
	}
	return a.done(c, "/handoffs/"+number, i18n.T(ctx, "handoff.done", "ref", number), "")
}

// caseAlertsAct joins an alert to a case or takes one out, each the undo of the other.
func (a *App) caseAlertsAct(verb string) func(*gin.Context) error {
	return func(c *gin.Context) error {
		ctx, actor, ref := a.Context(c), ActorOf(c), c.Param("ref")
		in := workInput{form: verb, fields: map[string]string{"alert": c.PostForm("alert"), "reason": c.PostForm("reason")}}
		do := a.Store.JoinAlert
		if verb == "split" {
			do = a.Store.SplitAlert
		}
		err := do(ctx, actor, ref, in.fields["alert"], in.fields["reason"], readVersion(c.PostForm("version")))
		return a.workDone(c, in, err, verb, "")
	}
}

// referralHold answers the police's form that holds a case back or lets it go.
func (a *App) referralHold(how models.Holding) func(*gin.Context) error {
	return func(c *gin.Context) error {
		ctx, ref := a.Context(c), c.Param("ref")
		err := a.Store.HoldReferral(ctx, ActorOf(c), ref, how, c.PostForm("reason"), readVersion(c.PostForm("version")))
		if wrong, ok := wrongFields(err); ok {
			return a.showReferral(c, actInput{hold: wrong["reason"], wrong: map[string]string{"hold_reason": wrong["reason"]}})
		}
		if err != nil {
			return err
		}
		return a.done(c, "/referrals/"+ref, i18n.T(ctx, "referral.done."+string(how)), "")
	}
}
