package handlers

import (
	"context"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/views"
)

// decisionShow shows what was known when a decision was made: the assessment computed anew from the facts recorded by then, with the rules
// in force then, and the papers, evidence and limits there were.
func (a *App) decisionShow(c *gin.Context) error {
	ctx, actor := a.Context(c), ActorOf(c)
	id, err := number(c, "decision")
	if err != nil {
		return err
	}
	d, err := a.Store.Decision(ctx, actor, c.Param("ref"), id)
	if err != nil {
		return err
	}
	names, err := a.names(ctx, d.Before)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "decision.title"))
	if err != nil {
		return err
	}
	p := newDecisionPage(ctx, actor, d, names, a.Store.Now())
	p.Frame = frame
	if d.Case.SubjectKind == models.KindCompany && actor.Can(models.ActCompanyRead) {
		file, err := a.companyFile(ctx, actor, d.Case.SubjectKey, d.Event.At)
		if err != nil && models.KindOf(err) != models.KindNotFound {
			return err
		}
		if err == nil {
			p.Known = newKnown(ctx, actor, file, d.Event.At)
		}
	}
	return a.render(c, http.StatusOK, views.DecisionShow(p))
}

// newKnown shows the assessment of a company as of a moment with the digest of the facts it rests on.
func newKnown(ctx context.Context, actor models.Actor, file companyFile, at models.Instant) *views.Known {
	digest, counts := file.facts.Digest()
	k := &views.Known{Level: string(file.as.Level), Index: i18n.Index(ctx, file.as.Index), Rules: file.rules.Version, Chart: newIndexChart(ctx, file.as), Parts: newArgument(ctx, file.as, file.more), Digest: digest,
		URL: "/companies/" + file.sub.Key + "?as_of=" + i18n.Exact(at.Time())}
	for _, table := range models.Tables() {
		if n := counts[table]; n > 0 {
			k.Counts = append(k.Counts, views.Pair{Name: i18n.T(ctx, "decision.facts."+string(table)), Value: i18n.Integer(ctx, int64(n))})
		}
	}
	return k
}

func newDecisionPage(ctx context.Context, actor models.Actor, d models.DecisionFile, names map[string]string, now models.Instant) views.DecisionPage {
	cs := d.Case
	p := views.DecisionPage{Ref: cs.Ref, Title: cs.Title, What: eventWord(ctx, d.Event.ObjectKind, d.Event.Event), Who: firstOf(names[d.Event.ActorName], d.Event.ActorName), At: whenMinute(d.Event.At),
		Exact: i18n.Exact(d.Event.At.Time()), Note: eventNote(ctx, d.Event), Office: i18n.Pick(ctx, cs.Authority.Name, cs.Authority.NameEn),
		Printed: i18n.T(ctx, "case.printed", "who", i18n.Pick(ctx, actor.Display, actor.DisplayEn), "at", i18n.Moment(now.Time())),
		Party:   partyName(ctx, cs.SubjectKind, cs.SubjectName, cs.SubjectKey), Clocks: newClockPanel(ctx, clocksAt(d.Clocks, d.Event.At), nil, d.Event.At),
		Story: newCaseStory(ctx, d.Before, names), ReadsEvidence: d.Evidence != nil || actor.CanAt(models.ActEvidenceRead, cs.Place)}
	for _, al := range cs.Alerts {
		p.Alerts = append(p.Alerts, newCaseAlert(ctx, actor, al))
	}
	for _, x := range d.Papers {
		p.Papers = append(p.Papers, views.ProofRow{Name: i18n.T(ctx, "document."+x.Kind), URL: "/papers/" + x.Ref, Number: x.Number, SHA256: x.SHA256, SM3: x.SM3, At: whenMinute(x.IssuedAt)})
	}
	for _, x := range d.Documents {
		p.Papers = append(p.Papers, views.ProofRow{Name: i18n.T(ctx, "document."+x.Kind), URL: "/referrals/" + cs.ReferralRef + "/documents/" + x.Kind, Number: x.Number, SHA256: x.SHA256, SM3: x.SM3,
			At: whenMinute(x.CreatedAt)})
	}
	for _, x := range d.Evidence {
		p.Evidence = append(p.Evidence, views.ProofRow{Name: x.Title, URL: "/evidence/" + x.Ref, Number: x.Ref, SHA256: x.SHA256, SM3: x.SM3, At: whenMinute(x.ReceivedAt)})
	}
	for _, x := range d.Thresholds {
		v := strconv.FormatInt(x.Version, 10)
		p.Lines = append(p.Lines, views.ProofRow{Name: i18n.T(ctx, "decision.threshold", "n", v), URL: "/cases/" + cs.Ref + "/thresholds/" + v, SHA256: x.SHA256, At: whenMinute(x.SavedAt)})
	}
	return p
}

// clocksAt gives limits as they stood at a moment: what ended later still ran.
func clocksAt(clocks []models.Clock, at models.Instant) []models.Clock {
	list := make([]models.Clock, 0, len(clocks))
	for _, c := range clocks {
		if c.EndedAt.After(at) {
			c.EndedAt, c.EndedBy = models.Instant{}, ""
		}
		list = append(list, c)
	}
	return list
}
