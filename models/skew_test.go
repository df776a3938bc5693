package models_test

import (
	"testing"
	"time"

	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/rel/world"
)

// Two nodes whose clocks differ by five minutes: the story stays in the order in which it happened, no limit ends before it began, and both
// show the same end. A clock that is a year ahead is followed by nobody.
func TestClockSkew(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		behind := modelstest.Open(t, w.Target, func() time.Time { return w.Clock.Now().Add(-5 * time.Minute) })
		ahead := modelstest.Open(t, w.Target, func() time.Time { return w.Clock.Now().AddDate(1, 0, 0) })
		ref := w.Team(t, w.Case(t, w.Alert(t)))
		w.Do(t, ref, law.EventSubmitReport)
		w.Do(t, ref, law.EventApprove)
		w.Clock.Pass(time.Minute)
		ok(t, behind.MoveReferral(t.Context(), w.Actor(t, "handler_own"), ref, law.EventSend, world.Fields(law.EventSend), w.Press))
		here, err := w.Store.ReferralFile(t.Context(), w.Actor(t, "handler_own"), ref)
		ok(t, err)
		there, err := behind.ReferralFile(t.Context(), w.Actor(t, "handler_own"), ref)
		ok(t, err)
		for i, c := range here.Clocks {
			if !c.EndedAt.IsZero() && c.EndedAt.Before(c.StartedAt) {
				t.Errorf("%s ended at %s, before it began at %s", c.Name, c.EndedAt, c.StartedAt)
			}
			if !there.Clocks[i].DueAt.Equal(c.DueAt) {
				t.Errorf("%s ends at %s here and at %s there", c.Name, c.DueAt, there.Clocks[i].DueAt)
			}
		}
		for i, e := range here.Events[1:] {
			if e.ID < here.Events[i].ID {
				t.Errorf("%s is told before %s", here.Events[i].Event, e.Event)
			}
		}
		cs := here.CaseRef
		ok(t, ahead.AddCaseNote(t.Context(), w.Actor(t, "handler_own"), cs, "from the future"))
		w.Clock.Pass(time.Minute)
		ok(t, w.Store.WatchCase(t.Context(), w.Actor(t, "handler_own"), cs))
		ok(t, w.Store.MoveReferral(t.Context(), w.Actor(t, "police_own"), ref, law.EventSignReceipt, world.Fields(law.EventSignReceipt), w.Press))
		f, err := w.Store.ReferralFile(t.Context(), w.Actor(t, "police_own"), ref)
		ok(t, err)
		if last := f.Events[len(f.Events)-1]; last.At.After(w.Store.Now()) {
			t.Errorf("%s stands at %s", last.Event, last.At)
		}
	})
}

// How long an alert may wait counts the working days of the calendar as it was corrected.
func TestAlertDueFollowsTheCalendar(t *testing.T) {
	w := world.New(t, "sqlite")
	ctx, s := t.Context(), w.Store
	due := func() models.Instant {
		at, err := s.OrangeDue(ctx)
		ok(t, err)
		return at
	}
	before := due()
	_, err := s.SetCalendarDay(ctx, w.Actor(t, "systemadmin"), models.CalendarChange{Day: "2026-11-03", Kind: law.DayHoliday, Basis: "notice"})
	ok(t, err)
	if after := due(); after.Sub(before) != 24*time.Hour {
		t.Errorf("a new holiday moved it by %s", after.Sub(before))
	}
}
