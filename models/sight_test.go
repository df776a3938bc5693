package models_test

import (
	"slices"
	"testing"

	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/rel/world"
)

// looks says what of the company in 440304 and of its alert a user reads: company, alert, alerts of the company, its name in the graph.
func looks(t *testing.T, w *world.World, user, alert, company string) (list []string) {
	t.Helper()
	ctx, s, actor := t.Context(), w.Store, w.Actor(t, user)
	sub, facts, err := s.Company(ctx, actor, company, models.AsOf{})
	if err == nil && len(facts.Products) > 0 {
		list = append(list, "company")
		mine, err := s.AlertsOf(ctx, actor, sub.ID)
		ok(t, err)
		if len(mine) > 0 {
			list = append(list, "alerts")
		}
		named, err := s.SubjectsByID(ctx, actor.Sight(models.ActCompanyRead), []int64{sub.ID})
		ok(t, err)
		if len(named) > 0 {
			list = append(list, "name")
		}
		fact := facts.Products[0].Provenance
		if _, err := s.Fact(ctx, actor, fact.BatchRef, fact.Hash); err == nil {
			list = append(list, "fact")
		}
	} else if models.KindOf(err) != models.KindNotFound {
		t.Errorf("%s, company: %v", user, err)
	}
	if _, _, err := s.Alert(ctx, actor, alert); err == nil {
		list = append(list, "alert")
	} else if models.KindOf(err) != models.KindNotFound {
		t.Errorf("%s, alert: %v", user, err)
	}
	return list
}

// Who takes a case over from another place reads the company, its alerts and where its facts came from, for as long as the case is at
// work, and nothing else of that place; those whom the case is closed to read none of it.
func TestSightOfACaseTakenOver(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, s, company := t.Context(), w.Store, world.USCC("440304", 1)
		others := w.Raise(t, "440304", 2)
		var companies []string
		for _, other := range others {
			al, _, err := s.Alert(ctx, world.Everywhere(), other)
			ok(t, err)
			companies = append(companies, al.SubjectKey)
		}
		alert := w.Alert(t)
		ref := w.Case(t, alert)
		ok(t, s.AcceptAlert(ctx, w.Actor(t, "duty_own"), others[0], 0))
		ok(t, s.JoinAlert(ctx, w.Actor(t, "supervisor_own"), ref, others[0], "same people", 0))
		see := func(when, user string, want ...string) {
			t.Helper()
			if got := looks(t, w, user, alert, company); !slices.Equal(got, want) {
				t.Errorf("%s %s reads %v, not %v", when, user, got, want)
			}
		}
		all := []string{"company", "alerts", "name", "fact", "alert"}
		see("before the handing", "handler_sibling")
		h, err := s.AskHandoff(ctx, w.Actor(t, "supervisor_own"), ref, asked("lead-440100"))
		ok(t, err)
		see("when asked", "supervisor_sibling")
		ok(t, s.MoveHandoff(ctx, w.Actor(t, "supervisor_sibling"), h, law.HandoffAccept, said("officers", "handler_sibling handler2_sibling")))
		for _, who := range []string{"handler_sibling", "supervisor_sibling", "handler_own"} {
			see("afterwards", who, all...)
		}
		for _, who := range []string{"handler_other", "supervisor_other", "line_sibling", "police_sibling"} {
			see("afterwards", who)
		}
		if got := looks(t, w, "handler_sibling", others[0], companies[0]); !slices.Equal(got, all) {
			t.Errorf("of a company whose alert is in the case he reads %v", got)
		}
		if got := looks(t, w, "handler_sibling", others[1], companies[1]); len(got) > 0 {
			t.Errorf("of another company of that place he reads %v", got)
		}
		queue, _, err := s.Alerts(ctx, w.Actor(t, "handler_sibling"), models.AlertFilter{Limit: 50})
		ok(t, err)
		if slices.ContainsFunc(queue, func(l models.AlertLine) bool { return l.Ref == alert }) {
			t.Error("the alert is in the queue of a place where it does not lie")
		}
		ok(t, s.SealCase(ctx, w.Actor(t, "supervisor_sibling"), ref, models.SealSensitive, "a witness is named", 0))
		see("of a sealed case", "handler_sibling", all...)
		see("of a sealed case", "duty_sibling")
		w.Exec(t, "UPDATE cases SET seal = 'POLICE_HOLD' WHERE ref = '"+ref+"'")
		see("held by the police", "handler_sibling")
		w.Exec(t, "UPDATE cases SET seal = 'NORMAL' WHERE ref = '"+ref+"'")
		see("open again", "duty_sibling", all...)
		w.Exec(t, "UPDATE cases SET status = 'closed' WHERE ref = '"+ref+"'")
		see("closed", "handler_sibling")
		see("closed", "handler_own", all...)
	})
}
