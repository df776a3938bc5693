package handlers

import (
	"context"
	"slices"
	"time"

	"xiezhi/i18n"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/views"
)

// wayLimit is what the way from the first incriminating fact to the receipt of the police is held against: the three days of 2018.
const wayLimit = 72 * time.Hour

// wayEvents are the steps of that way, by the object whose story tells of them.
var wayEvents = []struct{ object, event string }{{"alert", "accept"}, {"alert", "propose"}, {"case", "open"}, {"referral", string(law.EventFormTeam)},
	{"referral", string(law.EventSubmitReport)}, {"referral", string(law.EventApprove)}, {"referral", string(law.EventSend)}, {"referral", string(law.EventSignReceipt)}}

// way tells how long each step took from the first incriminating fact, who took it, and the whole way to the receipt; nil for those who do
// not read the case, and while the police hold it.
func (a *App) way(ctx context.Context, actor models.Actor, f models.ReferralFile) (*views.WayPanel, error) {
	if f.Held {
		return nil, nil
	}
	file, err := a.Store.CaseFile(ctx, actor, f.CaseRef)
	if models.KindOf(err) == models.KindNotFound || models.KindOf(err) == models.KindForbidden {
		return nil, nil
	}
	if err != nil || len(file.Alerts) == 0 {
		return nil, err
	}
	start, raised, events, err := a.firstSigns(ctx, actor, file)
	if err != nil {
		return nil, err
	}
	events = inOrder(append(append(events, file.Events...), f.Events...))
	names, err := a.names(ctx, events)
	if err != nil {
		return nil, err
	}
	p := &views.WayPanel{Steps: []views.WayStep{{What: i18n.T(ctx, "way.first_fact"), At: whenMinute(start)},
		{What: i18n.T(ctx, "way.raised"), At: whenMinute(raised), Since: i18n.Span(ctx, raised.Sub(start))}}}
	for _, w := range wayEvents {
		i := slices.IndexFunc(events, func(e models.Event) bool { return e.ObjectKind == w.object && e.Event == w.event })
		if i < 0 {
			continue
		}
		e := events[i]
		p.Steps = append(p.Steps, views.WayStep{What: eventWord(ctx, w.object, w.event), Who: firstOf(names[e.ActorName], e.ActorName), At: whenMinute(e.At), Since: i18n.Span(ctx, e.At.Sub(start))})
		if w.event == string(law.EventSignReceipt) {
			took := e.At.Sub(start)
			p.Whole, p.Within = i18n.T(ctx, "way.whole", "took", i18n.Span(ctx, took)), took <= wayLimit
		}
	}
	return p, nil
}

// firstSigns gives when the first of the facts that speak against the subject of a case was recorded, when the first of its alerts was
// raised, and the stories of these alerts.
func (a *App) firstSigns(ctx context.Context, actor models.Actor, file models.CaseFile) (start, raised models.Instant, events []models.Event, err error) {
	var facts []int64
	for _, al := range file.Alerts {
		if raised.IsZero() || al.RaisedAt.Before(raised) {
			raised = al.RaisedAt
		}
		row, err := a.Store.AssessmentByID(ctx, &al.AssessmentID)
		if err != nil {
			return start, raised, nil, err
		}
		as, err := readAssessment(row)
		if err != nil {
			return start, raised, nil, err
		}
		for _, ind := range as.Indicators {
			for _, e := range ind.Evidence {
				facts = append(facts, e.FactID)
			}
		}
		_, story, err := a.Store.Alert(ctx, actor, al.Ref)
		if err != nil && models.KindOf(err) != models.KindNotFound {
			return start, raised, nil, err
		}
		events = append(events, story...)
	}
	start, err = a.Store.FirstRecorded(ctx, facts)
	if start.IsZero() || raised.Before(start) {
		start = raised
	}
	return start, raised, events, err
}
