package models_test

import (
	"slices"
	"testing"
	"time"

	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/rel/world"
)

// The record of a decision holds what was there when it was made and nothing that came later, whoever reads it and whenever; who does not
// read the referral has no record of its decisions.
func TestDecision(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, s := t.Context(), w.Store
		ref := w.Case(t, w.Alert(t))
		paper := func() string {
			p, err := s.DraftCasePaper(ctx, w.Actor(t, "handler_own"), ref, models.PaperRiskReminder, map[string]string{"facts": "facts", "advice": "advice"}, w.Press)
			ok(t, err)
			ok(t, s.IssueCasePaper(ctx, w.Actor(t, "supervisor_own"), p, 0, w.Press))
			return p
		}
		first := paper()
		w.Clock.Pass(time.Hour)
		ok(t, s.MoveCase(ctx, w.Actor(t, "supervisor_own"), ref, "file", said("reason", "grounds")))
		at := w.Store.Now()
		w.Clock.Pass(time.Hour)
		paper()
		referral := w.Team(t, ref)
		for _, e := range []law.Event{law.EventSubmitReport, law.EventApprove} {
			w.Clock.Pass(time.Minute)
			w.Do(t, referral, e)
		}
		file, err := s.CaseFile(ctx, w.Actor(t, "handler_own"), ref)
		ok(t, err)
		event := func(name string) models.Event {
			i := slices.IndexFunc(file.Events, func(e models.Event) bool { return e.Event == name })
			if i < 0 {
				t.Fatal("no", name)
			}
			return file.Events[i]
		}
		filed, approved, opened := event("file"), event("approve"), event("open")
		if got := filed.Changes(); len(got) != 1 || got[0] != (models.Change{Field: "stage", Before: "LEAD", After: "FILED"}) {
			t.Errorf("changed %+v", got)
		}
		for _, who := range []string{"handler_own", "supervisor_own", "duty_own"} {
			d, err := s.Decision(ctx, w.Actor(t, who), ref, filed.ID)
			ok(t, err)
			if d.Event.At != at || len(d.Documents) > 0 || len(d.Case.Alerts) != 1 {
				t.Errorf("%s: %+v", who, d.Event)
			}
			if who != "duty_own" && (len(d.Papers) != 1 || d.Papers[0].Ref != first) {
				t.Errorf("%s reads %d papers", who, len(d.Papers))
			}
			for _, e := range d.Before {
				if e.At.After(at) {
					t.Errorf("%s reads %s, which came later", who, e.Event)
				}
			}
			for _, c := range d.Clocks {
				if c.StartedAt.After(at) {
					t.Errorf("%s sees %s run, which began later", who, c.Name)
				}
			}
		}
		d, err := s.Decision(ctx, w.Actor(t, "principal_own"), ref, approved.ID)
		if err != nil || len(d.Papers) != 2 || len(d.Documents) != 1 || d.Documents[0].Kind != models.DocumentReport {
			t.Errorf("%d papers, %+v %v", len(d.Papers), d.Documents, err)
		}
		for who, number := range map[string]int64{"duty_own": approved.ID, "handler_own": opened.ID, "principal_own": 999999, "supervisor_other": filed.ID} {
			_, err := s.Decision(ctx, w.Actor(t, who), ref, number)
			world.IsKind(t, who, err, models.KindNotFound)
		}
	})
}

// The digest of facts follows from the facts alone, in whatever order they came, and changes with each.
func TestFactsDigest(t *testing.T) {
	fact := func(hash string) models.Fact[models.SignalRow] {
		return models.Fact[models.SignalRow]{Provenance: models.Provenance{Hash: hash}}
	}
	a := &models.CompanyFacts{Signals: []models.Fact[models.SignalRow]{fact("1"), fact("2")}}
	b := &models.CompanyFacts{Signals: []models.Fact[models.SignalRow]{fact("2"), fact("1")}}
	c := &models.CompanyFacts{Signals: []models.Fact[models.SignalRow]{fact("2"), fact("3")}}
	x, counts := a.Digest()
	y, _ := b.Digest()
	z, _ := c.Digest()
	if x != y || x == z || counts[models.TableSignals] != 2 {
		t.Errorf("%s %s %s %v", x, y, z, counts)
	}
}
