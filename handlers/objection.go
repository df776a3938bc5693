package handlers

import (
	"context"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/views/ui"
)

func (a *App) objectionList(c *gin.Context) error {
	var f caseListForm
	if err := bind(c, &f); err != nil {
		return err
	}
	ctx, actor := a.Context(c), ActorOf(c)
	var key listKey
	if _, err := readCursor(f.After, &key); err != nil {
		return err
	}
	list, more, err := a.Store.Objections(ctx, actor, models.ObjectionFilter{Open: f.View != "all", Mine: f.View == "mine", Text: f.Text, Before: key.ID, Limit: pageRows})
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "nav.objections"))
	if err != nil {
		return err
	}
	p := views.ObjectionListPage{Frame: frame, Text: f.Text, View: f.View, Pager: ui.Pager{Shown: len(list)}}
	link := func(view, after string) string {
		v := url.Values{}
		for name, value := range map[string]string{"view": view, "text": f.Text, "after": after} {
			if value != "" {
				v.Set(name, value)
			}
		}
		return "/objections?" + v.Encode()
	}
	for _, view := range []string{"", "mine", "all"} {
		p.Tabs = append(p.Tabs, views.Tab{Label: i18n.T(ctx, "objection.view."+firstOf(view, "open")), URL: link(view, ""), Current: view == f.View})
	}
	if more {
		p.Pager.Next = link(f.View, cursor(listKey{list[len(list)-1].ID}))
	}
	if f.After != "" {
		p.Pager.First = link(f.View, "")
	}
	for _, o := range list {
		p.Rows = append(p.Rows, views.ObjectionRow{Ref: o.Ref, URL: "/objections/" + o.Ref, Channel: i18n.T(ctx, "procedure.choice.channel."+o.Channel),
			Company: partyName(ctx, o.SubjectKind, o.SubjectName, o.SubjectKey), Party: o.Party, State: i18n.T(ctx, "procedure.state.objection."+string(o.State)),
			Reviewer: o.ReviewerName, Place: shortPlace(ctx, o.DivisionCode), Due: dueMark(ctx, o.NextDue, a.Store.Now()), Submitted: when(o.SubmittedAt)})
	}
	return a.render(c, http.StatusOK, views.ObjectionList(p))
}

func (a *App) objectionNew(c *gin.Context) error {
	return a.showObjectionNew(c, c.Query("alert"), procedureInput{})
}

func (a *App) showObjectionNew(c *gin.Context, alert string, in procedureInput) error {
	ctx, actor := a.Context(c), ActorOf(c)
	al, _, err := a.Store.Alert(ctx, actor, alert)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "objection.new"))
	if err != nil {
		return err
	}
	forms, err := a.withPhrases(c, ctx, "/objections/new?alert="+url.QueryEscape(al.Ref))
	if err != nil {
		return err
	}
	form := procedureForm{machine: law.MachineObjection, event: law.ObjectionSubmit, action: "/objections?alert=" + url.QueryEscape(al.Ref), primary: true, in: in}.view(forms)
	form.Law = ""
	p := views.ObjectionNewPage{Frame: frame, Company: partyName(ctx, al.SubjectKind, al.SubjectName, al.SubjectKey), Alert: al.Ref, Back: "/alerts/" + al.Ref, Form: form, Wrong: in.wrong}
	for _, id := range []string{"APL.45", "PIPL.24.3", "ATF.32.3", "AML.39", "ATF.31.2", "ATF.48", "ARL.20"} {
		if citation, summary := firstArticle(ctx, []string{id}); citation != "" {
			p.Law = append(p.Law, citation+i18n.T(ctx, "punct.colon")+summary)
		}
	}
	return a.render(c, statusOf(in.wrong), views.ObjectionNew(p))
}

func (a *App) objectionSubmit(c *gin.Context) error {
	ctx, alert := a.Context(c), c.Query("alert")
	in := readProcedure(c, law.MachineObjection, law.ObjectionSubmit)
	ref, err := a.Store.SubmitObjection(ctx, ActorOf(c), alert, in)
	if wrong, ok := wrongFields(err); ok {
		return a.showObjectionNew(c, alert, refused("/objections?alert="+url.QueryEscape(alert), in, wrong))
	}
	if err != nil {
		return err
	}
	return a.done(c, "/objections/"+ref, i18n.T(ctx, "procedure.done.objection.submit", "ref", ref), "")
}

func (a *App) objectionShow(c *gin.Context) error { return a.showObjection(c, procedureInput{}) }

func (a *App) objectionMove(c *gin.Context) error {
	ctx, ref, event := a.Context(c), c.Param("ref"), law.Event(c.Param("event"))
	in := readProcedure(c, law.MachineObjection, event)
	err := a.Store.MoveObjection(ctx, ActorOf(c), ref, event, in)
	if wrong, ok := wrongFields(err); ok {
		return a.showObjection(c, refused(objectionURL(ref, event), in, wrong))
	}
	if err != nil {
		return err
	}
	return a.done(c, "/objections/"+ref, i18n.T(ctx, "procedure.done"), "")
}

func objectionURL(ref string, event law.Event) string {
	return "/objections/" + ref + "/" + string(event)
}

func (a *App) showObjection(c *gin.Context, in procedureInput) error {
	ctx, actor := a.Context(c), ActorOf(c)
	f, err := a.Store.ObjectionFile(ctx, actor, c.Param("ref"))
	if err != nil {
		return err
	}
	names, err := a.names(ctx, f.Events)
	if err != nil {
		return err
	}
	name := partyName(ctx, f.SubjectKind, f.SubjectName, f.SubjectKey)
	frame, err := a.frame(c, i18n.T(ctx, "objection.page", "ref", f.Ref))
	if err != nil {
		return err
	}
	now := a.Store.Now()
	forms, err := a.withPhrases(c, ctx, "/objections/"+f.Ref)
	if err != nil {
		return err
	}
	p := views.ObjectionShowPage{Frame: frame, Ref: f.Ref, Company: name, State: i18n.T(ctx, "procedure.state.objection."+string(f.State)),
		Channel: i18n.T(ctx, "procedure.choice.channel."+f.Channel), Statement: f.Statement, Clocks: newClockPanel(ctx, f.Clocks, nil, now), Story: newCaseStory(ctx, f.Events, names),
		Printed: i18n.T(ctx, "case.printed", "who", i18n.Pick(ctx, actor.Display, actor.DisplayEn), "at", i18n.Moment(now.Time())), Facts: objectionFacts(ctx, actor, f)}
	p.Acts = procedurePanel(forms, law.MachineObjection, f.State, f.Moves, nil, func(e law.Event) procedureForm {
		form := procedureForm{machine: law.MachineObjection, event: e, action: objectionURL(f.Ref, e), version: f.Version, in: in}
		if e == law.ObjectionAccept {
			var list []ui.Option
			for _, u := range f.Reviewers {
				list = append(list, ui.Option{Value: u.Name, Label: i18n.Pick(ctx, u.DisplayName, u.DisplayNameEn)})
			}
			form.options = map[string][]ui.Option{"reviewer": list}
		}
		return form
	})
	p.Acts.Wrong = in.wrong
	return a.render(c, statusOf(in.wrong), views.ObjectionShow(p))
}

func objectionFacts(ctx context.Context, actor models.Actor, f models.ObjectionFile) []views.Fact {
	fact := func(key, value, to string) views.Fact {
		return views.Fact{Label: i18n.T(ctx, "objection.fact."+key), Value: value, URL: to, Company: true}
	}
	list := []views.Fact{fact("party", f.Party, ""), fact("contact", f.Contact, ""), fact("alert", f.AlertRef, "")}
	if f.AlertRef != "" && actor.Can(models.ActAlertRead) {
		list[2].URL = "/alerts/" + f.AlertRef
	}
	if f.CaseRef != "" {
		list = append(list, fact("case", f.CaseRef, ""))
	}
	if f.ReviewerName != "" {
		list = append(list, fact("reviewer", f.ReviewerName, ""))
	}
	if f.Competent != "" {
		list = append(list, fact("competent", f.Competent, ""))
	}
	if f.Result != "" {
		list = append(list, fact("result", f.Result, ""))
	}
	return list
}
