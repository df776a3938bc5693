package work_test

import (
	"testing"
	"time"

	"xiezhi/detect"
	"xiezhi/models"
	"xiezhi/rel/world"
	"xiezhi/work"
)

// laxer are rules that see less: the hard trigger of a daily yield asks for more investors than anybody has, and the bands are high.
func laxer(t *testing.T, w *world.World) detect.Rules {
	t.Helper()
	r, err := w.Desk.RulesNow(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.Triggers = append([]detect.TriggerRule{}, r.Triggers...)
	for i := range r.Triggers {
		r.Triggers[i].When = "company.investors > 100000000 && " + r.Triggers[i].When
	}
	r.Bands = detect.Bands{Red: 100, Orange: 99.9, Yellow: 99.8, Blue: 99.7}
	return r
}

// stricter are rules that raise more than the volume guard takes without a second look.
func stricter(t *testing.T, w *world.World) detect.Rules {
	t.Helper()
	r, err := w.Desk.RulesNow(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.Bands = detect.Bands{Red: 0.04, Orange: 0.03, Yellow: 0.02, Blue: 0.01}
	return r
}

func save(t *testing.T, w *world.World, who string, r detect.Rules) models.RuleVersion {
	t.Helper()
	w.Clock.Pass(time.Minute)
	v, err := w.Desk.SaveRules(t.Context(), w.Actor(t, who), r, r.Version, "试一试")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func replay(t *testing.T, w *world.World, who, number string) models.RuleReplay {
	t.Helper()
	w.Clock.Pass(time.Minute)
	rp, err := w.Desk.StartReplay(t.Context(), w.Actor(t, who), number)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Desk.RunReplay(t.Context(), models.System("replay"), rp.Ref); err != nil {
		t.Fatal(err)
	}
	if rp, err = w.Store.ReplayByRef(t.Context(), rp.Ref); err != nil || rp.State != models.ReplayDone {
		t.Fatalf("%+v %v", rp, err)
	}
	return rp
}

func decision(t *testing.T) models.RuleDecision {
	t.Helper()
	engine, err := detect.EngineDigest()
	if err != nil {
		t.Fatal(err)
	}
	return models.RuleDecision{Engine: engine, VolumeFactor: 2, Note: "可以"}
}

// TestRulesComeIntoForce: author, replay, another's approval, force; then the scan uses it, and what was raised before keeps its version.
func TestRulesComeIntoForce(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, d := t.Context(), decision(t)
		author, other := w.Actor(t, "analyst_own"), w.Actor(t, "analyst_parent")
		alert := w.Alert(t)
		w.Case(t, alert)
		v := save(t, w, "analyst_own", laxer(t, w))
		world.IsKind(t, "approval without a replay", w.Store.ApproveRules(ctx, other, v.Number, d), models.KindNotAMove)
		rp := replay(t, w, "analyst_own", v.Number)
		if rp.FromAlerts != 1 || rp.ToAlerts != 0 || rp.Done != rp.Total || rp.Total == 0 {
			t.Errorf("replay %+v", rp)
		}
		rep, err := w.Desk.ReplayReport(ctx, models.System("test"), rp, 10)
		if err != nil || rep.Alerts.Lost != 1 || rep.Alerts.Gained != 0 || rep.Outcomes["confirmed"].Lost != 1 || len(rep.Companies) != 2 || rep.Companies[0].Subject != "company:"+world.USCC("440304", 1) {
			t.Errorf("report %+v, %v", rep, err)
		}
		if elsewhere, err := w.Desk.ReplayReport(ctx, w.Actor(t, "analyst_other"), rp, 10); err != nil || elsewhere.Alerts.Lost != 0 || len(elsewhere.Companies) != 0 {
			t.Errorf("another province sees %+v, %v", elsewhere, err)
		}
		before := w.Hashes(t)
		world.IsKind(t, "the author approves", w.Store.ApproveRules(ctx, author, v.Number, d), models.KindForbidden)
		world.IsKind(t, "a duty officer approves", w.Store.ApproveRules(ctx, w.Actor(t, "duty_own"), v.Number, d), models.KindForbidden)
		world.IsKind(t, "the system approves", w.Store.ApproveRules(ctx, models.System("x"), v.Number, d), models.KindForbidden)
		stale := d
		stale.Engine = "another program"
		world.IsKind(t, "replayed by another program", w.Store.ApproveRules(ctx, other, v.Number, stale), models.KindConflict)
		world.IsKind(t, "in force before approval", w.Store.EnforceRules(ctx, other, v.Number, d), models.KindNotAMove)
		w.Unchanged(t, before, "refused decisions")
		if err := w.Store.ApproveRules(ctx, other, v.Number, d); err != nil {
			t.Fatal(err)
		}
		world.IsKind(t, "the author puts it into force", w.Store.EnforceRules(ctx, author, v.Number, d), models.KindForbidden)
		if err := w.Store.EnforceRules(ctx, other, v.Number, d); err != nil {
			t.Fatal(err)
		}
		now, err := w.Desk.RulesNow(ctx)
		if err != nil || now.Version != v.Number {
			t.Fatalf("in force is %s, %v", now.Version, err)
		}
		if due, err := w.Store.RescanDue(ctx); err != nil || !due {
			t.Errorf("everybody is to be looked at again: %v, %v", due, err)
		}
		if _, err := w.Desk.Scan(ctx, models.System("scan"), work.ScanOptions{All: true}); err != nil {
			t.Fatal(err)
		}
		if due, err := w.Store.RescanDue(ctx); err != nil || due {
			t.Errorf("after the scan: %v, %v", due, err)
		}
		al, _, err := w.Store.Alert(ctx, world.Everywhere(), alert)
		if err != nil || al.RuleVersion != detect.ShippedVersion || al.Level != "red" || !al.Open {
			t.Errorf("the alert of before: %+v, %v", al.Alert, err)
		}
		sub, _, err := w.Store.Company(ctx, world.Everywhere(), world.USCC("440304", 1), models.AsOf{})
		if err != nil || sub.Level != "none" {
			t.Errorf("the company stands at %q, %v", sub.Level, err)
		}
		past, err := w.Desk.RulesAt(ctx, models.At(world.Start))
		if err != nil || past.Version != detect.ShippedVersion {
			t.Errorf("as of the start: %s, %v", past.Version, err)
		}
		w.Sound(t)
	})
}

// TestVolumeGuard: a version that would raise too much needs a third person with a reason.
func TestVolumeGuard(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, d := t.Context(), decision(t)
		d.VolumeFactor = 0.5 // below one is one
		w.Raise(t, "440304", 1)
		if models.TooMany(2, 2, d.VolumeFactor) || !models.TooMany(3, 2, d.VolumeFactor) || models.TooMany(4, 2, 2) || !models.TooMany(5, 2, 2) {
			t.Error("the volume guard counts wrongly")
		}
		w.Exec(t, "UPDATE alerts SET open = "+map[string]string{"sqlite": "0", "postgres": "FALSE"}[w.Dialect]+", status = 'closed'")
		v := save(t, w, "analyst_own", stricter(t, w))
		replay(t, w, "analyst_own", v.Number)
		first, second := w.Actor(t, "analyst_parent"), w.Actor(t, "supervisor_parent")
		if err := w.Store.ApproveRules(ctx, first, v.Number, d); err != nil {
			t.Fatal(err)
		}
		got, err := w.Store.RuleText(ctx, v.Number)
		if err != nil || got.State != models.RuleSecond {
			t.Fatalf("state %s, %v", got.State, err)
		}
		world.IsKind(t, "in force after one approval", w.Store.EnforceRules(ctx, first, v.Number, d), models.KindNotAMove)
		world.IsKind(t, "the first again", w.Store.ConfirmRules(ctx, first, v.Number, d), models.KindForbidden)
		world.IsKind(t, "the author", w.Store.ConfirmRules(ctx, w.Actor(t, "analyst_own"), v.Number, d), models.KindForbidden)
		mute := d
		mute.Note = " "
		world.IsKind(t, "no reason", w.Store.ConfirmRules(ctx, second, v.Number, mute), models.KindInvalid)
		if err := w.Store.ConfirmRules(ctx, second, v.Number, d); err != nil {
			t.Fatal(err)
		}
		if err := w.Store.EnforceRules(ctx, first, v.Number, d); err != nil {
			t.Fatal(err)
		}
	})
}

// TestReplayMustBeAgainstTheVersionInForce: two versions are replayed, one comes into force; the other's replay counts no more.
func TestReplayMustBeAgainstTheVersionInForce(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, d, other := t.Context(), decision(t), w.Actor(t, "analyst_parent")
		r := laxer(t, w)
		one := save(t, w, "analyst_own", r)
		r.ValidityDays++
		two := save(t, w, "analyst_own", r)
		for _, v := range []models.RuleVersion{one, two} {
			replay(t, w, "analyst_own", v.Number)
			if err := w.Store.ApproveRules(ctx, other, v.Number, d); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Store.EnforceRules(ctx, other, one.Number, d); err != nil {
			t.Fatal(err)
		}
		world.IsKind(t, "the other", w.Store.EnforceRules(ctx, other, two.Number, d), models.KindConflict)
		replay(t, w, "analyst_own", two.Number)
		got, err := w.Store.RuleText(ctx, two.Number)
		if err != nil || got.State != models.RuleReplayed || got.ApproverID != nil {
			t.Errorf("after a new replay: %s, %v, %v", got.State, got.ApproverID, err)
		}
	})
}

// TestRuleVersionsAreWrittenOnce: neither the portal nor a hand in the database changes what a version says or who wrote it.
func TestRuleVersionsAreWrittenOnce(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		v := save(t, w, "analyst_own", laxer(t, w))
		raw := w.Raw(t)
		for _, statement := range []string{"UPDATE rule_versions SET body = 'x'", "UPDATE rule_versions SET author_id = NULL", "UPDATE rule_versions SET number = '1'", "UPDATE rule_versions SET sha256 = 'x'",
			"DELETE FROM rule_versions", "UPDATE rule_versions SET state = 'in_force' WHERE number = '" + v.Number + "'", "UPDATE rule_versions SET state = 'approved' WHERE number = '" + v.Number + "'",
			"UPDATE rule_versions SET approver_id = author_id WHERE author_id IS NOT NULL"} {
			if _, err := raw.ExecContext(t.Context(), statement); err == nil {
				t.Errorf("the database takes: %s", statement)
			}
		}
		if _, err := w.Desk.SaveRules(t.Context(), w.Actor(t, "analyst_own"), laxer(t, w), v.Number, "又一次"); models.KindOf(err) != models.KindInvalid {
			t.Errorf("the same content again: %v", err)
		}
	})
}

// TestKilledReplayGoesOn: a replay that ends after each chunk finds the same as one in one go.
func TestKilledReplayGoesOn(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, actor := t.Context(), models.System("test")
		from, err := w.Desk.RulesNow(ctx)
		if err != nil {
			t.Fatal(err)
		}
		to := laxer(t, w)
		if err := to.Prepare(); err != nil {
			t.Fatal(err)
		}
		to.Version = "file"
		plan, err := work.ReplayPlanOf(from, to)
		if err != nil {
			t.Fatal(err)
		}
		rounds := 0
		for {
			rp, err := w.Store.BeginReplay(ctx, actor, plan)
			if err != nil {
				t.Fatal(err)
			}
			_ = w.Desk.Replay(ctx, actor, &rp, work.ReplayWork{From: from, To: to, Until: time.Now().Add(-time.Second)})
			if rounds++; rp.State == models.ReplayDone || rounds > 10 {
				if rp.FromAlerts != 1 || rp.ToAlerts != 0 || rp.Done != rp.Total {
					t.Errorf("%+v", rp)
				}
				break
			}
		}
		if n := w.Count(t, "SELECT COUNT(*) FROM replays"); n != 1 || rounds < 3 {
			t.Errorf("%d replays in %d rounds", n, rounds)
		}
	})
}
