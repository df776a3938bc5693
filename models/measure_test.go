package models_test

import (
	"slices"
	"testing"
	"time"

	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/rel/world"
)

func askMeasure(t *testing.T, w *world.World, user, ref, kind string) string {
	t.Helper()
	in := whole(w, law.MachineMeasure, law.MeasureRequest)
	in.Fields["kind"] = kind
	x, err := w.Store.RequestMeasure(t.Context(), w.Actor(t, user), ref, in)
	if err != nil {
		t.Fatalf("%s asks for %s: %v", user, kind, err)
	}
	return x
}

func doMeasure(t *testing.T, w *world.World, user, ref, x string, event law.Event) error {
	t.Helper()
	return w.Store.MoveMeasure(t.Context(), w.Actor(t, user), ref, x, event, whole(w, law.MachineMeasure, event))
}

// A seizure is asked for by the team, approved by the principal, lasts thirty days, is extended once by up to thirty, paused for
// an appraisal, and each of these is undone; nothing of it is open to anybody else.
func TestSeizure(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, ref := t.Context(), w.Case(t, w.Alert(t))
		x := askMeasure(t, w, "handler_own", ref, "seizure")
		for _, user := range []string{"handler_own", "supervisor_own", "duty_own", "principal_unappointed"} {
			world.IsKind(t, "approve by "+user, doMeasure(t, w, user, ref, x, law.MeasureApprove), models.KindForbidden)
		}
		world.IsKind(t, "approve from elsewhere", doMeasure(t, w, "principal_sibling", ref, x, law.MeasureApprove), models.KindNotFound)
		world.IsKind(t, "carry out before approval", doMeasure(t, w, "handler_own", ref, x, law.MeasureCarryOut), models.KindNotAMove)
		for user, e := range map[string]law.Event{"principal_own": law.MeasureApprove} {
			if err := doMeasure(t, w, user, ref, x, e); err != nil {
				t.Fatal(err)
			}
		}
		if err := doMeasure(t, w, "handler_own", ref, x, law.MeasureCarryOut); err != nil {
			t.Fatal(err)
		}
		wants(t, "end the case over a measure", w.Store.MoveCase(ctx, w.Actor(t, "supervisor_own"), startVerify(t, w, ref), "no_case", whole(w, law.MachineCase, "no_case")), "stage", "error.measures_in_force")
		seizure := func() models.Clock {
			for _, c := range readCase(t, w, "principal_own", ref).Clocks {
				if c.Name == "seizure" {
					return c
				}
			}
			t.Fatal("no limit of the seizure")
			return models.Clock{}
		}
		first := seizure()
		boss := w.Actor(t, "principal_own")
		world.IsKind(t, "extend by the team", w.Store.ExtendClock(ctx, w.Actor(t, "handler_own"), first.ID, 10, "reason"), models.KindForbidden)
		world.IsKind(t, "extend from elsewhere", w.Store.ExtendClock(ctx, w.Actor(t, "principal_sibling"), first.ID, 10, "reason"), models.KindNotFound)
		world.IsKind(t, "extend without appointment", w.Store.ExtendClock(ctx, w.Actor(t, "principal_unappointed"), first.ID, 10, "reason"), models.KindForbidden)
		wants(t, "too long", w.Store.ExtendClock(ctx, boss, first.ID, 31, "reason"), "days", "error.clock_extended_too_long")
		must(t, w.Store.ExtendClock(ctx, boss, first.ID, 20, "reason"))
		wants(t, "too long together", w.Store.ExtendClock(ctx, boss, first.ID, 11, "reason"), "days", "error.clock_extended_too_long")
		from := models.Date(w.Store.Now().Time().In(models.China).AddDate(0, 0, 3).Format(time.DateOnly))
		to := models.Date(w.Store.Now().Time().In(models.China).AddDate(0, 0, 7).Format(time.DateOnly))
		must(t, w.Store.PauseClock(ctx, boss, first.ID, from, to, "reason"))
		wants(t, "the same days twice", w.Store.PauseClock(ctx, boss, first.ID, to, to, "reason"), "from", "error.pause_overlaps")
		both := seizure()
		if days := both.DueAt.Sub(first.DueAt).Hours() / 24; days < 25 || days > 32 {
			t.Errorf("twenty days and five out moved the end by %.0f days", days)
		}
		if len(both.Changes) != 2 {
			t.Fatalf("changes %+v", both.Changes)
		}
		for _, ch := range both.Changes {
			must(t, w.Store.UndoClockChange(ctx, boss, first.ID, ch.ID, "undone"))
			world.IsKind(t, "undo twice", w.Store.UndoClockChange(ctx, boss, first.ID, ch.ID, "undone"), models.KindConflict)
		}
		if last := seizure(); !last.DueAt.Equal(first.DueAt) {
			t.Errorf("undone it ends at %s, not %s", last.DueAt, first.DueAt)
		}
		w.Clock.Pass(60 * 24 * time.Hour)
		wants(t, "extend when it has passed", w.Store.ExtendClock(ctx, boss, first.ID, 10, "reason"), "clock", "error.clock_passed")
		wants(t, "lift late without the principal's reason", doMeasure(t, w, "supervisor_own", ref, x, "lift"), "clock", "error.late_needs_principal")
		must(t, w.Store.ExcuseClock(ctx, boss, first.ID, "reason"))
		must(t, doMeasure(t, w, "supervisor_own", ref, x, "lift"))
		w.Sound(t)
	})
}

func startVerify(t *testing.T, w *world.World, ref string) string {
	t.Helper()
	doCase(t, w, ref, "start_verify")
	return ref
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Exit restriction does not exist at county level, and no kind of measure freezes.
func TestMeasureKinds(t *testing.T) {
	county, city := models.MeasureKinds("440305"), models.MeasureKinds("440300")
	if len(city) != len(county)+1 {
		t.Errorf("city %v, county %v", city, county)
	}
	for _, k := range city {
		if k == "freeze" {
			t.Error("a regulator freezes")
		}
	}
	world.Each(t, func(t *testing.T, w *world.World) {
		ref := w.Case(t, w.Alert(t))
		in := whole(w, law.MachineMeasure, law.MeasureRequest)
		in.Fields["kind"] = "freeze"
		_, err := w.Store.RequestMeasure(t.Context(), w.Actor(t, "handler_own"), ref, in)
		wants(t, "a freeze", err, "kind", "error.choice")
	})
}

// A holiday decided later moves running limits, tells those concerned once, and is taken back again; hours do not move.
func TestCalendarChange(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx := t.Context()
		ref := w.Drive(t, w.Alert(t), law.StatePendingPrincipal) // Monday, 3 days: due with Thursday
		admin := w.Actor(t, "police_own")
		_, err := w.Store.SetCalendarDay(ctx, admin, models.CalendarChange{Day: "2026-11-05", Kind: law.DayHoliday, Basis: "notice"})
		world.IsKind(t, "a change by the police", err, models.KindForbidden)
		boss := models.System("test")
		boss.Permits = world.Everywhere().Permits
		was := readFile(t, w, ref).Clocks[0].DueAt
		moved, err := w.Store.SetCalendarDay(ctx, boss, models.CalendarChange{Day: "2026-11-05", Kind: law.DayHoliday, Basis: "notice"})
		if err != nil || moved != 1 {
			t.Fatalf("%d limits moved: %v", moved, err)
		}
		name, err := w.Store.CalendarName(ctx)
		ok(t, err)
		if cal, err := w.Store.Calendar(ctx); err != nil || cal.Name() != name || name == law.DefaultCalendar().Name() {
			t.Errorf("the arrangement is named %s, its own name is %s: %v", name, cal.Name(), err)
		}
		if now := readFile(t, w, ref).Clocks[0].DueAt; now.Sub(was) != 24*time.Hour {
			t.Errorf("the end moved from %s to %s", was, now)
		}
		for _, user := range []string{"handler_own", "handler2_own"} {
			list, _, err := w.Store.Notices(ctx, w.Actor(t, user), 0, 10)
			list = slices.DeleteFunc(list, func(n models.Notice) bool { return n.Kind == "put_on_case" })
			if err != nil || len(list) != 1 || list[0].Kind != "clock_recounted" {
				t.Errorf("%s was told %+v: %v", user, list, err)
			}
		}
		if moved, err := w.Store.SetCalendarDay(ctx, boss, models.CalendarChange{Day: "2026-11-05", Kind: law.DayOrdinary, Basis: "taken back"}); err != nil || moved != 1 {
			t.Fatalf("taken back, %d limits moved: %v", moved, err)
		}
		if now := readFile(t, w, ref).Clocks[0].DueAt; !now.Equal(was) {
			t.Errorf("taken back the end is %s, not %s", now, was)
		}
		for field, c := range map[string]models.CalendarChange{"day": {Day: "2026-02-30", Kind: law.DayHoliday, Basis: "notice"}, "kind": {Day: "2026-11-06", Kind: "x", Basis: "notice"},
			"basis": {Day: "2026-11-06", Kind: law.DayHoliday}} {
			if _, err := w.Store.SetCalendarDay(ctx, boss, c); fieldsOf(err)[field] == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
	})
}

// A limit that ends is told once as soon and once as late: soon to team and supervisor, late also to the principal and the
// superior level; and it is in the record.
func TestWatchClocks(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx := t.Context()
		ref := w.Drive(t, w.Alert(t), law.StatePendingPrincipal)
		told := func(user string) (kinds []string) {
			list, _, err := w.Store.Notices(ctx, w.Actor(t, user), 0, 20)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range list {
				kinds = append(kinds, n.Kind)
			}
			return kinds
		}
		watch := func(want int) {
			t.Helper()
			if n, err := w.Store.WatchClocks(ctx); err != nil || n != want {
				t.Fatalf("%d limits were told, not %d: %v", n, want, err)
			}
		}
		watch(0)
		w.Clock.Pass(70 * time.Hour)
		watch(1)
		watch(0)
		if got := told("handler_own"); len(got) != 2 || got[0] != "clock_soon" || got[1] != "put_on_case" {
			t.Errorf("the team was told %v", got)
		}
		if got := told("supervisor_own"); len(got) != 1 {
			t.Errorf("the supervisor was told %v", got)
		}
		if got := append(told("principal_own"), told("supervisor_parent")...); len(got) != 0 {
			t.Errorf("too early: %v", got)
		}
		w.Clock.Pass(48 * time.Hour)
		watch(1)
		watch(0)
		for _, user := range []string{"handler_own", "handler2_own", "supervisor_own", "principal_own", "supervisor_parent"} {
			if got := told(user); len(got) == 0 || got[0] != "clock_late" {
				t.Errorf("%s was told %v", user, got)
			}
		}
		for _, user := range []string{"supervisor_sibling", "police_own", "handler3_own"} {
			if got := told(user); len(got) != 0 {
				t.Errorf("%s was told %v", user, got)
			}
		}
		story := readFile(t, w, ref).Events
		if last := story[len(story)-1]; last.Event != "clock_late" {
			t.Errorf("the record ends with %s", last.Event)
		}
		must(t, w.Store.ReadNotices(ctx, w.Actor(t, "handler_own"), 1<<60))
		if n, err := w.Store.UnreadNotices(ctx, w.Actor(t, "handler_own")); err != nil || n != 0 {
			t.Errorf("%d unread: %v", n, err)
		}
		if n, err := w.Store.UnreadNotices(ctx, w.Actor(t, "principal_own")); err != nil || n != 1 {
			t.Errorf("%d unread of somebody else: %v", n, err)
		}
		w.Sound(t)
	})
}
