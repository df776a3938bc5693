package handlers

import (
	"context"
	"slices"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/views"
)

// deskRows bounds the list of the intake desk.
const deskRows = 200

func (a *App) deskShow(c *gin.Context) error { return a.showDesk(c, c.Query("ref"), actInput{}) }

// showDesk shows what waits for the unit and the referral that was chosen, else the most urgent one.
func (a *App) showDesk(c *gin.Context, ref string, in actInput) error {
	actor, ctx := ActorOf(c), a.Context(c)
	list, _, err := a.Store.Referrals(ctx, actor, models.ReferralFilter{State: "incoming", Limit: deskRows})
	if err != nil {
		return err
	}
	list = byUrgency(list)
	if ref == "" && len(list) > 0 {
		ref = list[0].Ref
	}
	p := newDeskPage(ctx, list, ref, a.Store.Now())
	if ref != "" {
		file, err := a.Store.ReferralFile(ctx, actor, ref)
		if err != nil {
			return err
		}
		names, err := a.names(ctx, file.Events)
		if err != nil {
			return err
		}
		p.Chosen = newDeskReferral(ctx, file, names, in, a.Store.Now())
	}
	if p.Frame, err = a.frame(c, i18n.T(ctx, "desk.title")); err != nil {
		return err
	}
	p.Office = p.Frame.Office
	return a.render(c, statusOf(in.wrong), views.Desk(p))
}

// byUrgency orders referrals by what is due first; one that waits for its receipt is due since it was delivered.
func byUrgency(list []models.ReferralLine) []models.ReferralLine {
	urgent := func(r models.ReferralLine) models.Instant {
		if c := nearestClock(r.Clocks); c.ID != 0 {
			return c.DueAt
		}
		return r.DeliveredAt
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b models.ReferralLine) int { return urgent(a).Time().Compare(urgent(b).Time()) })
	return list
}

func newDeskPage(ctx context.Context, list []models.ReferralLine, chosen string, now models.Instant) views.DeskPage {
	p := views.DeskPage{Count: i18n.N(ctx, "desk.count", int64(len(list)))}
	for _, r := range list {
		it := views.Incoming{URL: "/desk?ref=" + r.Ref, Company: partyName(ctx, r.SubjectKind, r.SubjectName, r.SubjectKey), Number: r.Ref, From: r.AuthorityName,
			State: i18n.T(ctx, "desk.state."+string(r.State)), Here: r.Ref == chosen}
		c := nearestClock(r.Clocks)
		switch {
		case r.State == law.StateDelivered:
			it.Due = views.Due{Text: i18n.T(ctx, "desk.sign_now"), Exact: i18n.T(ctx, "desk.delivered", "at", i18n.Moment(r.DeliveredAt.Time())), State: "soon"}
		case c.ID != 0:
			it.Due = clockDueMark(ctx, c, now)
		}
		if r.State == law.StateSupplementRequested && it.Due.State != "late" {
			it.Due.State = "paused"
		}
		p.List = append(p.List, it)
	}
	return p
}

func newDeskReferral(ctx context.Context, f models.ReferralFile, names map[string]string, in actInput, now models.Instant) *views.DeskReferral {
	r := &views.DeskReferral{Number: f.Ref, Company: partyName(ctx, f.SubjectKind, f.SubjectName, f.SubjectKey), State: i18n.T(ctx, "referral.state."+string(f.State)),
		Facts: newDeskFacts(ctx, f, names), Dossier: newDossier(ctx, f), Documents: newDocumentRows(ctx, f), Acts: newActPanel(ctx, f, in, backDesk, now),
		Story: newCaseStory(ctx, f.Events, names), Full: "/referrals/" + f.Ref}
	if d, ok := documentOf(f, models.DocumentLetter); ok && d.Number != "" {
		r.Number = d.Number
	}
	for _, c := range f.Clocks {
		if law.ClockName(c.Name) == law.ClockPoliceReview {
			r.Timer = newTwoLine(ctx, c, now)
		}
	}
	return r
}

func newDeskFacts(ctx context.Context, f models.ReferralFile, names map[string]string) []views.Fact {
	fact := func(key, value string) views.Fact {
		return views.Fact{Label: i18n.T(ctx, "referral.fact."+key), Value: value}
	}
	facts := []views.Fact{{Label: i18n.T(ctx, "referral.fact.sender"), Value: i18n.Pick(ctx, f.Authority.Name, f.Authority.NameEn), Company: true},
		fact("offence", offenceName(ctx, f.Offence)), fact("officers", officerNames(ctx, f)), fact("phone", orUnknown(f.Authority.Phone)),
		fact("amount", i18n.MoneyFull(ctx, f.AmountFen)), fact("people", i18n.Count(ctx, f.People)), fact("loss", i18n.MoneyFull(ctx, f.LossFen)),
		fact("receipt", receiptWords(ctx, f, names)), {Label: i18n.T(ctx, "case.subject_code"), Value: partyCode(f.SubjectKind, f.SubjectKey), Code: true}, fact("delivered", i18n.Moment(f.DeliveredAt.Time())),
		fact("facts", orUnknown(f.Facts))}
	for _, opt := range []struct{ key, value string }{{"missing", f.Missing}, {"outcome_reason", f.OutcomeReason}, {"outcome_approver", f.OutcomeApprover}, {"outcome_number", f.OutcomeNumber}} {
		if opt.value != "" {
			facts = append(facts, fact(opt.key, opt.value))
		}
	}
	return facts
}

// receiptWords says who signed the receipt and when.
func receiptWords(ctx context.Context, f models.ReferralFile, names map[string]string) string {
	for _, e := range f.Events {
		if law.Event(e.Event) == law.EventSignReceipt {
			return i18n.T(ctx, "desk.signed", "at", i18n.Moment(e.At.Time()), "who", firstOf(names[e.ActorName], e.ActorName))
		}
	}
	return i18n.T(ctx, "desk.not_signed")
}

// newDossier lists the five items as the unit received them.
func newDossier(ctx context.Context, f models.ReferralFile) []views.DossierRow {
	checks := newChecks(ctx, f)
	rows := make([]views.DossierRow, 0, len(checks))
	for i, c := range checks {
		row := views.DossierRow{No: c.No, Name: c.Name, Note: c.Note, Pages: c.Pages, Word: c.Word, Present: c.Tag == "done"}
		if i < 2 {
			kind := []string{models.DocumentLetter, models.DocumentReport}[i]
			if _, ok := documentOf(f, kind); ok {
				row.URL = "/referrals/" + f.Ref + "/documents/" + kind
			}
		}
		rows = append(rows, row)
	}
	return rows
}
