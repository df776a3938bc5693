package models_test

import (
	"testing"

	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/rel/world"
)

// An alert joins a case and is taken out again where it stood; the case has the level of its worst alert, and is never without one.
func TestJoinAndSplit(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, s := t.Context(), w.Store
		first := w.Alert(t)
		ref, more := w.Case(t, first), w.Raise(t, "440304", 1)[0]
		boss := w.Actor(t, "supervisor_own")
		ok(t, s.AcceptAlert(ctx, w.Actor(t, "duty_own"), more, 0))
		world.IsKind(t, "by an officer", s.JoinAlert(ctx, w.Actor(t, "handler_own"), ref, more, "same people", 0), models.KindForbidden)
		world.IsKind(t, "without reason", s.JoinAlert(ctx, boss, ref, more, "", 0), models.KindInvalid)
		world.IsKind(t, "out of sight", s.JoinAlert(ctx, boss, ref, w.Raise(t, "440100", 1)[0], "same people", 0), models.KindInvalid)
		world.IsKind(t, "one that is in it", s.JoinAlert(ctx, boss, ref, first, "same people", 0), models.KindInvalid)
		world.IsKind(t, "the last one", s.SplitAlert(ctx, boss, ref, first, "not his", 0), models.KindInvalid)
		ok(t, s.JoinAlert(ctx, boss, ref, more, "same people", 0))
		if f, err := s.CaseFile(ctx, boss, ref); err != nil || len(f.Alerts) != 2 {
			t.Fatal(len(f.Alerts), err)
		}
		world.IsKind(t, "twice", s.JoinAlert(ctx, boss, ref, more, "same people", 0), models.KindInvalid)
		ok(t, s.SplitAlert(ctx, boss, ref, more, "other people", 0))
		al, _, err := s.Alert(ctx, boss, more)
		if err != nil || al.Status != models.AlertAccepted || al.CaseID != nil || !al.Open {
			t.Errorf("%s %v %v", al.Status, al.CaseID, err)
		}
		ok(t, s.JoinAlert(ctx, boss, ref, more, "undone", 0))
		ok(t, s.SplitAlert(ctx, boss, ref, first, "other people", 0))
		world.IsKind(t, "now the last", s.SplitAlert(ctx, boss, ref, more, "other people", 0), models.KindInvalid)
		w.Team(t, ref)
		world.IsKind(t, "split once referred", s.SplitAlert(ctx, boss, ref, more, "other people", 0), models.KindNotAMove)
		ok(t, s.JoinAlert(ctx, boss, ref, first, "same people", 0))
		w.Sound(t)
	})
}

// Who watches a case is told of the moves of its referral while he sees both, and is not mailed what he no longer sees.
func TestWatchingReferral(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, s := t.Context(), w.Store
		ref := w.Case(t, w.Alert(t))
		duty, legal := w.Actor(t, "duty_own"), w.Actor(t, "legal_own")
		ok(t, s.WatchCase(ctx, duty, ref))
		ok(t, s.WatchCase(ctx, legal, ref))
		ok(t, s.SetMail(ctx, legal, "legal@example.org", models.MailOn))
		referral := w.Team(t, ref)
		w.Do(t, referral, law.EventSubmitReport)
		if told(t, w, "legal_own", "referral_moved") != 2 || told(t, w, "duty_own", "referral_moved") != 0 {
			t.Error("the wrong people were told of the referral")
		}
		ok(t, s.SealCase(ctx, w.Actor(t, "supervisor_own"), ref, models.SealSensitive, "a witness is named", 0))
		for {
			p, more, err := s.ClaimMail(ctx)
			ok(t, err)
			if !more {
				break
			}
			t.Errorf("%s is mailed %d notices of a case that is sealed from him", p.Name, len(p.Notices))
		}
		w.Sound(t)
	})
}

// A case of another company that states the same address is listed with that reason.
func TestRelatedByTie(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, s := t.Context(), w.Store
		one, other := w.Raise(t, "440304", 1)[0], w.Raise(t, "440304", 2)
		first := w.Case(t, one)
		second := w.Case(t, other[len(other)-1])
		handler := w.Actor(t, "handler_own")
		if got, err := s.CaseWork(ctx, handler, first); err != nil || len(got.Related) != 0 {
			t.Fatalf("%+v %v", got.Related, err)
		}
		for _, ref := range []string{first, second} {
			f, err := s.CaseFile(ctx, handler, ref)
			ok(t, err)
			_, err = world.Load(ctx, s, "SAMR", "440304", models.Row{Table: models.TableCompanies, Source: "SAMR", Company: &models.CompanyRow{USCC: f.SubjectKey, Name: f.SubjectName, Address: "18 Hall Street, 3rd floor", DivisionCode: "440304"}})
			ok(t, err)
		}
		got, err := s.CaseWork(ctx, handler, first)
		if err != nil || len(got.Related) != 1 || got.Related[0].Ref != second || got.Related[0].Why != models.TieAddress || got.Related[0].Title == "" {
			t.Errorf("%+v %v", got.Related, err)
		}
	})
}
