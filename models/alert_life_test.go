package models_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"xiezhi/models"
	"xiezhi/rel/world"
	"xiezhi/work"
)

func openAlerts(t *testing.T, w *world.World, uscc string) []models.AlertLine {
	t.Helper()
	list, _, err := w.Store.Alerts(t.Context(), world.Everywhere(), models.AlertFilter{Subject: "company:" + uscc, Limit: 20})
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(list, func(al models.AlertLine) bool { return !al.Open })
}

func scan(t *testing.T, w *world.World) {
	t.Helper()
	if _, err := w.Desk.Scan(t.Context(), models.System("test"), work.ScanOptions{}); err != nil {
		t.Fatal(err)
	}
}

func arrive(t *testing.T, w *world.World, county string, rows ...models.Row) {
	t.Helper()
	if _, err := world.Load(t.Context(), w.Store, "TEST", county, rows...); err != nil {
		t.Fatal(err)
	}
	scan(t, w)
}

// Two alerts of one company become one and two again; while they are one, later hits raise it and none is raised beside it.
func TestMergeAlerts(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx := t.Context()
		first := w.Raise(t, "440304", 1)[0]
		uscc := openAlertSubject(t, w, first)
		var both []models.AlertLine
		for _, area := range []string{"WLTH", "FX", "CRYP", "PE"} {
			w.Clock.Pass(time.Hour)
			arrive(t, w, "440304", areaRowsOf(uscc, area, w.Store.Now())...)
			if both = openAlerts(t, w, uscc); len(both) == 2 {
				break
			}
		}
		if len(both) != 2 {
			t.Fatalf("%d open alerts", len(both))
		}
		lead, other := both[0].Ref, both[1].Ref
		duty := w.Actor(t, "duty_own")
		for user, kind := range map[string]models.Kind{"handler_own": models.KindForbidden, "duty_sibling": models.KindNotFound, "police_own": models.KindNotFound} {
			world.IsKind(t, "merge by "+user, w.Store.MergeAlerts(ctx, w.Actor(t, user), lead, []string{other}, 0), kind)
		}
		wants(t, "with itself", w.Store.MergeAlerts(ctx, duty, lead, []string{lead}, 0), "alerts", "error.merge_same_subject")
		wants(t, "with another company", w.Store.MergeAlerts(ctx, duty, lead, []string{w.Alert(t)}, 0), "alerts", "error.merge_same_subject")
		must(t, w.Store.MergeAlerts(ctx, duty, lead, []string{other}, 0))
		if now := openAlerts(t, w, uscc); len(now) != 1 || now[0].Ref != lead || now[0].LevelRank < both[1].LevelRank {
			t.Errorf("after the merge: %+v", now)
		}
		w.Clock.Pass(time.Hour)
		arrive(t, w, "440304", areaRowsOf(uscc, "WLTH", w.Store.Now())...)
		scan(t, w)
		if now := openAlerts(t, w, uscc); len(now) != 1 {
			t.Errorf("a later hit raised another: %d open", len(now))
		}
		must(t, w.Store.UnmergeAlert(ctx, duty, other))
		world.IsKind(t, "taken out twice", w.Store.UnmergeAlert(ctx, duty, other), models.KindNotAMove)
		back := openAlerts(t, w, uscc)
		i := slices.IndexFunc(back, func(al models.AlertLine) bool { return al.Ref == other })
		if len(back) != 2 || i < 0 || back[i].Status != both[1].Status {
			t.Errorf("taken out: %+v", back)
		}
		w.Sound(t)
	})
}

func openAlertSubject(t *testing.T, w *world.World, ref string) string {
	t.Helper()
	al, _, err := w.Store.Alert(t.Context(), world.Everywhere(), ref)
	if err != nil {
		t.Fatal(err)
	}
	return al.SubjectKey
}

// areaRowsOf are a promise of a company in another area.
func areaRowsOf(uscc, area string, at models.Instant) []models.Row {
	yield, people := 0.9, at.Micro()/1_000_000%1_000_000+1000 // more people with time, so that the newest area is the first
	return []models.Row{{Table: models.TableProducts, Source: "WEB", ObservedAt: at, Product: &models.ProductRow{ID: "PD-" + area + uscc, Company: uscc, Name: world.Word("product"),
		Area: area, PromisedYield: &yield, YieldPeriod: "day", Investors: &people}}}
}

// An indicator left out for one company does not count there, is named and counted, concerns nobody else, and comes back when
// it is lifted or its time is over; the company as of before is what it was.
func TestSuppression(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx := t.Context()
		refs := w.Raise(t, "440304", 2)
		al, _, err := w.Store.Alert(ctx, world.Everywhere(), refs[0])
		must(t, err)
		indicator := al.TopReasons()[0].Indicator
		idx := func(ref string) float64 {
			t.Helper()
			a, _, err := w.Store.Alert(ctx, world.Everywhere(), ref)
			must(t, err)
			sub, _, err := w.Store.Company(ctx, world.Everywhere(), a.SubjectKey, models.AsOf{})
			must(t, err)
			return sub.Idx
		}
		before, beside := idx(refs[0]), idx(refs[1])
		in := models.NewSuppression{Alert: refs[0], Indicator: indicator, Until: w.Store.Now().Add(48 * time.Hour), Reason: world.Word("reason")}
		put := func(user string, change func(*models.NewSuppression)) (string, error) {
			c := in
			if change != nil {
				change(&c)
			}
			return w.Store.Suppress(ctx, w.Actor(t, user), c)
		}
		for user, kind := range map[string]models.Kind{"duty_own": models.KindForbidden, "handler_own": models.KindForbidden, "analyst_own": models.KindForbidden, "supervisor_sibling": models.KindNotFound} {
			_, err := put(user, nil)
			world.IsKind(t, "by "+user, err, kind)
		}
		_, err = put("supervisor_own", func(n *models.NewSuppression) { n.Until = n.Until.Add(500 * 24 * time.Hour) })
		wants(t, "too long", err, "until", "error.suppress_until")
		_, err = put("supervisor_own", func(n *models.NewSuppression) { n.Indicator = "XX-99" })
		wants(t, "another indicator", err, "indicator", "error.choice")
		_, err = put("supervisor_own", func(n *models.NewSuppression) { n.Reason = " " })
		wants(t, "no reason", err, "reason", "error.required")
		then := w.Store.Now()
		w.Clock.Pass(time.Minute)
		ref, err := put("supervisor_own", nil)
		must(t, err)
		_, err = put("supervisor_own", nil)
		wants(t, "twice", err, "indicator", "error.suppressed_already")
		scan(t, w)
		if now := idx(refs[0]); now >= before {
			t.Errorf("the index went from %.1f to %.1f", before, now)
		}
		if idx(refs[1]) != beside {
			t.Error("another company changed")
		}
		if a, _, err := w.Store.Alert(ctx, world.Everywhere(), refs[0]); err != nil || a.LevelRank != al.LevelRank || !a.Open {
			t.Errorf("the alert fell: %+v %v", a.Alert, err)
		}
		_, facts, err := w.Store.Company(ctx, world.Everywhere(), al.SubjectKey, models.AsOf{RecordedBy: then, ObservedBy: then})
		if err != nil || len(facts.Suppressed) != 0 {
			t.Errorf("as of before: %v %v", facts.Suppressed, err)
		}
		if list, n, err := w.Store.Suppressions(ctx, w.Actor(t, "supervisor_own"), true, 0, 0, 10); err != nil || n != 1 || list[0].Ref != ref {
			t.Errorf("%d in effect: %v", n, err)
		}
		if _, n, err := w.Store.Suppressions(ctx, w.Actor(t, "supervisor_sibling"), true, 0, 0, 10); err != nil || n != 0 {
			t.Errorf("elsewhere %d are seen: %v", n, err)
		}
		world.IsKind(t, "lift from elsewhere", w.Store.LiftSuppression(ctx, w.Actor(t, "supervisor_sibling"), ref, "reason"), models.KindNotFound)
		world.IsKind(t, "lift by the analyst", w.Store.LiftSuppression(ctx, w.Actor(t, "analyst_own"), ref, "reason"), models.KindForbidden)
		must(t, w.Store.LiftSuppression(ctx, w.Actor(t, "supervisor_own"), ref, "reason"))
		world.IsKind(t, "lift twice", w.Store.LiftSuppression(ctx, w.Actor(t, "supervisor_own"), ref, "reason"), models.KindNotAMove)
		scan(t, w)
		if now := idx(refs[0]); now != before {
			t.Errorf("lifted the index is %.1f, not %.1f", now, before)
		}
		_, err = put("supervisor_own", func(n *models.NewSuppression) { n.Until = w.Store.Now().Add(time.Hour) })
		must(t, err)
		scan(t, w)
		w.Clock.Pass(2 * time.Hour)
		if n, err := w.Store.LapseSuppressions(ctx); err != nil || n != 1 {
			t.Errorf("%d ended: %v", n, err)
		}
		scan(t, w)
		if now := idx(refs[0]); now != before {
			t.Errorf("ended the index is %.1f, not %.1f", now, before)
		}
		w.Sound(t)
	})
}

// Random verbs on the alerts of one company beside scans: at most one open alert for an area, an open level never falls, what is
// merged is not open, and nothing is lost.
func TestAlertLifeWalk(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		steps := 90
		if w.Dialect == "postgres" {
			steps = 30
		}
		ctx, r := t.Context(), rand.New(rand.NewPCG(3, 1))
		uscc := openAlertSubject(t, w, w.Raise(t, "440304", 1)[0])
		areas := []string{"WLTH", "PE", "FX", "CRYP"}
		duty := w.Actor(t, "duty_own")
		ranks := map[string]int{}
		seen := map[string]bool{}
		for range steps {
			w.Clock.Pass(time.Duration(1+r.IntN(40)) * time.Minute)
			open := openAlerts(t, w, uscc)
			switch pick := r.IntN(7); {
			case pick == 0 || len(open) == 0:
				arrive(t, w, "440304", areaRowsOf(uscc, areas[r.IntN(len(areas))], w.Store.Now())...)
			case pick == 1:
				_ = w.Store.DismissAlert(ctx, duty, open[r.IntN(len(open))].Ref, "duplicate", "", 0)
			case pick == 2:
				_ = w.Store.SnoozeAlert(ctx, duty, open[r.IntN(len(open))].Ref, w.Store.Now().Add(time.Hour), world.Word("reason"), 0)
			case pick == 3 && len(open) > 1:
				_ = w.Store.MergeAlerts(ctx, duty, open[0].Ref, []string{open[1].Ref}, 0)
			default:
				unmergeSome(ctx, t, w, duty, uscc)
				scan(t, w)
			}
			areasOpen := map[string]bool{}
			for _, al := range openAlerts(t, w, uscc) {
				if areasOpen[al.Area] {
					t.Fatalf("two open alerts for %s", al.Area)
				}
				areasOpen[al.Area], seen[al.Ref] = true, true
				if al.LevelRank < ranks[al.Ref] {
					t.Fatalf("%s fell from %d to %d", al.Ref, ranks[al.Ref], al.LevelRank)
				}
				if al.MergedInto != nil {
					t.Fatalf("%s is merged and open", al.Ref)
				}
				ranks[al.Ref] = al.LevelRank
			}
		}
		if n := w.Count(t, "SELECT COUNT(*) FROM alerts WHERE merged_into IS NOT NULL AND open"); n != 0 {
			t.Errorf("%d merged alerts are open", n)
		}
		if len(seen) < 3 {
			t.Errorf("only %d alerts were met", len(seen))
		}
		w.Sound(t)
	})
}

func unmergeSome(ctx context.Context, t *testing.T, w *world.World, duty models.Actor, uscc string) {
	t.Helper()
	for _, lead := range openAlerts(t, w, uscc) {
		merged, err := w.Store.MergedAlerts(ctx, duty, lead.ID)
		must(t, err)
		for _, m := range merged {
			err := w.Store.UnmergeAlert(ctx, duty, m.Ref)
			if err != nil && models.KindOf(err) != models.KindConflict {
				t.Fatal(err)
			}
		}
	}
}
