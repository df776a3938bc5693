package handlers

import (
	"context"
	"errors"
	"slices"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/views"
)

type caseNewForm struct {
	Alert    []string `form:"alert"`
	Alerts   []string `form:"alerts"`
	Title    string   `form:"title"`
	Officer  []string `form:"officer"`
	Officers []string `form:"officers"`
	Deadline string   `form:"deadline"`
}

func (f caseNewForm) refs() []string { return append(slices.Clone(f.Alert), f.Alerts...) }

// caseNew shows the form that opens a case, filled from the alerts of the address.
func (a *App) caseNew(c *gin.Context) error {
	var f caseNewForm
	if err := bind(c, &f); err != nil {
		return err
	}
	return a.showCaseNew(c, f, nil)
}

func (a *App) showCaseNew(c *gin.Context, f caseNewForm, wrong map[string]string) error {
	actor, ctx := ActorOf(c), a.Context(c)
	refs := f.refs()
	if len(refs) == 0 || len(refs) > pageRows {
		return a.done(c, "/alerts", i18n.T(ctx, "case.new_from_alert"), "")
	}
	first, _, err := a.Store.Alert(ctx, actor, refs[0])
	if err != nil {
		return err
	}
	alerts, err := a.Store.AlertsOf(ctx, actor, first.SubjectID)
	if err != nil {
		return err
	}
	officers, err := a.Store.Officers(ctx, actor, first.Place)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "case.new"))
	if err != nil {
		return err
	}
	if f.Title == "" && wrong == nil {
		f.Title = a.Catalog.Text(i18n.Chinese, "case.title_of", "name", partyName(ctx, first.SubjectKind, first.SubjectName, first.SubjectKey))
	}
	p := newCaseNewPage(ctx, f, alerts, officers, wrong)
	p.Frame, p.Company, p.Back = frame, partyName(ctx, first.SubjectKind, first.SubjectName, first.SubjectKey), "/alerts/"+first.Ref
	return a.render(c, statusOf(wrong), views.CaseNew(p))
}

// newCaseNewPage builds the form: the open alerts of the company with those asked for picked, and who may be on the team.
func newCaseNewPage(ctx context.Context, f caseNewForm, alerts []models.AlertLine, officers []models.Officer, wrong map[string]string) views.CaseNewPage {
	p := views.CaseNewPage{Title: f.Title, Deadline: f.Deadline, Wrong: wrong, Officers: officerChoices(ctx, officers, append(slices.Clone(f.Officer), f.Officers...))}
	for _, al := range alerts {
		picked := slices.Contains(f.refs(), al.Ref)
		if !picked && !slices.Contains(models.AlertEvents(al.Status), "open") {
			continue
		}
		row := newCaseAlert(ctx, models.Actor{}, al)
		p.Alerts = append(p.Alerts, views.AlertChoice{CaseAlert: row, Chosen: picked})
	}
	for _, id := range []string{"737.20", "APL.42", "737.21.2"} {
		if citation, summary := firstArticle(ctx, []string{id}); citation != "" {
			p.Law = append(p.Law, citation+i18n.T(ctx, "punct.colon")+summary)
		}
	}
	return p
}

func officerChoices(ctx context.Context, able []models.Officer, picked []string) []views.OfficerChoice {
	list := make([]views.OfficerChoice, 0, len(able))
	for _, o := range able {
		number := o.EnforcementNumber
		if number == "" {
			number = i18n.Unknown
		}
		list = append(list, views.OfficerChoice{Name: o.Name, Display: i18n.Pick(ctx, o.DisplayName, o.DisplayNameEn), Number: number,
			Chosen: slices.Contains(picked, o.Name)})
	}
	return list
}

func (a *App) caseOpen(c *gin.Context) error {
	var f caseNewForm
	if err := bind(c, &f); err != nil {
		return err
	}
	ctx := a.Context(c)
	ref, err := a.openCase(ctx, ActorOf(c), models.NewCase{Alerts: f.refs(), Title: f.Title, Officers: append(f.Officer, f.Officers...)}, f.Deadline)
	if wrong, ok := wrongFields(err); ok && len(f.refs()) > 0 {
		return a.showCaseNew(c, f, wrong)
	}
	if err != nil {
		return err
	}
	return a.done(c, "/cases/"+ref, i18n.T(ctx, "case.done.open", "ref", ref), "")
}

// longAgo stands for a deadline that is no date, so that the verb refuses it in its turn, after scope and role.
const longAgo = models.Date("0001-01-01")

// openCase opens a case; a deadline that is no date is refused by field.
func (a *App) openCase(ctx context.Context, actor models.Actor, in models.NewCase, deadline string) (string, error) {
	day, err := models.ParseDate(deadline)
	if err != nil {
		day = longAgo
	}
	in.Deadline = day
	ref, openErr := a.Store.OpenCase(ctx, actor, in)
	var e *models.Error
	if err != nil && errors.As(openErr, &e) && e.Fields["deadline"] != "" {
		e.Fields["deadline"] = "case.error.date"
	}
	return ref, openErr
}
