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

// leadWork is what the supervisor of a case decides about it: which alerts are in it, and whether another department has it.
type leadWork struct {
	alerts, others []models.AlertLine
	handings       []models.HandoffLine
	offices        []models.Authority
	may            bool // it may be handed on now
	version        int64
	status         string
}

// maxOthers is how many alerts that may join a case are offered.
const maxOthers = 20

func (a *App) leadWork(ctx context.Context, actor models.Actor, w models.CaseWork) (leadWork, error) {
	lead := leadWork{version: w.Version, status: w.Status}
	if !w.Leads {
		return lead, nil
	}
	file, err := a.Store.CaseFile(ctx, actor, w.Ref)
	if err != nil {
		return lead, err
	}
	lead.alerts = file.Alerts
	if lead.others, err = a.Store.JoinableAlerts(ctx, actor, w.Case, maxOthers); err != nil {
		return lead, err
	}
	if lead.handings, err = a.Store.HandoffsOf(ctx, actor, w.Ref); err != nil {
		return lead, err
	}
	if lead.may = a.Store.AllowHandoff(ctx, actor, w.Ref) == nil; lead.may {
		lead.offices, err = a.Store.LeadDepartments(ctx, w.AuthorityID)
	}
	return lead, err
}

func (l leadWork) fill(ctx context.Context, p *views.CaseWorkPage, actor models.Actor, in workInput) {
	p.Alerts = views.CaseAlertForms{Split: l.status == models.CaseOpen}
	for _, al := range l.alerts {
		p.Alerts.Rows = append(p.Alerts.Rows, newCaseAlert(ctx, actor, al))
	}
	for _, al := range l.others {
		p.Alerts.Others = append(p.Alerts.Others, newCaseAlert(ctx, actor, al))
	}
	for _, h := range l.handings {
		p.Handings = append(p.Handings, newHandoffRow(ctx, h))
	}
	if !l.may {
		return
	}
	options := []ui.Option{{Label: i18n.T(ctx, "handoff.choose")}}
	for _, o := range l.offices {
		options = append(options, ui.Option{Value: o.Code, Label: i18n.Pick(ctx, o.Name, o.NameEn)})
	}
	form := procedureForm{machine: law.MachineHandoff, event: law.HandoffAsk, action: p.Base + "/handoff", version: l.version, in: in.procedure,
		options: map[string][]ui.Option{"to": options}}.view(ctx)
	p.Handoff = &form
}

// showHeld shows the status of a case that the police hold.
func (a *App) showHeld(c *gin.Context, f models.CaseFile) error {
	ctx, actor := a.Context(c), ActorOf(c)
	names, err := a.names(ctx, f.Events)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, f.Ref)
	if err != nil {
		return err
	}
	now := a.Store.Now()
	p := views.CaseHeldPage{Frame: frame, Ref: f.Ref, Status: caseStatus(ctx, f), Office: i18n.Pick(ctx, f.Authority.Name, f.Authority.NameEn), Opened: when(f.OpenedAt), Since: when(f.HeldAt),
		Printed:  i18n.T(ctx, "case.printed", "who", i18n.Pick(ctx, actor.Display, actor.DisplayEn), "at", i18n.Moment(now.Time())),
		Officers: newTeam(ctx, f.Officers), Clocks: newClockPanel(ctx, f.Clocks, nil, now), Story: newCaseStory(ctx, f.Events, names)}
	if f.ReferralRef != "" && actor.ReadsReferrals() {
		p.Referral = views.Link{URL: "/referrals/" + f.ReferralRef, Text: i18n.T(ctx, "case.go_referral")}
	}
	return a.render(c, http.StatusOK, views.CaseHeld(p))
}
