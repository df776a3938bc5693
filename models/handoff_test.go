package models_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/rel/world"
)

func asked(to string) models.ProcedureInput {
	return models.ProcedureInput{Fields: map[string]string{"to": to, "ground": "registration", "reason": "registered there"}}
}

func said(fields ...string) models.ProcedureInput {
	in := models.ProcedureInput{Fields: map[string]string{}}
	for i := 0; i+1 < len(fields); i += 2 {
		in.Fields[fields[i]] = fields[i+1]
	}
	return in
}

func handoffs(t *testing.T, w *world.World, user string) int {
	t.Helper()
	list, err := w.Store.Handoffs(t.Context(), w.Actor(t, user), "all")
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// A case goes to another department with its limits; the sender keeps reading what there was, the receiver's people work on it, and
// strangers learn nothing.
func TestHandoff(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, s := t.Context(), w.Store
		ref := w.Case(t, w.Alert(t))
		boss, receiver := w.Actor(t, "supervisor_own"), w.Actor(t, "supervisor_sibling")
		ok(t, s.MoveCase(ctx, w.Actor(t, "supervisor_own"), ref, "file", models.ProcedureInput{Fields: map[string]string{"reason": "grounds"}}))
		before, err := s.CaseFile(ctx, boss, ref)
		ok(t, err)
		_, err = s.AskHandoff(ctx, w.Actor(t, "handler_own"), ref, asked("lead-440100"))
		world.IsKind(t, "by an officer", err, models.KindForbidden)
		_, err = s.AskHandoff(ctx, receiver, ref, asked("lead-440100"))
		world.IsKind(t, "by a stranger", err, models.KindNotFound)
		for _, to := range []string{"lead-440300", "police-440100", "nobody", ""} {
			_, err = s.AskHandoff(ctx, boss, ref, asked(to))
			world.IsKind(t, "to "+to, err, models.KindInvalid)
		}
		h, err := s.AskHandoff(ctx, boss, ref, asked("lead-440100"))
		ok(t, err)
		_, err = s.AskHandoff(ctx, boss, ref, asked("lead-440000"))
		world.IsKind(t, "twice", err, models.KindNotAMove)
		if handoffs(t, w, "supervisor_sibling") != 1 || handoffs(t, w, "supervisor_other") != 0 || handoffs(t, w, "handler_sibling") != 0 {
			t.Error("the wrong people see the handing")
		}
		_, err = s.CaseFile(ctx, receiver, ref)
		world.IsKind(t, "the receiver, before he has it", err, models.KindNotFound)
		team := said("officers", "handler_sibling handler2_sibling")
		world.IsKind(t, "by the asker", s.MoveHandoff(ctx, boss, h, law.HandoffAccept, team), models.KindForbidden)
		world.IsKind(t, "by a stranger", s.MoveHandoff(ctx, w.Actor(t, "supervisor_other"), h, law.HandoffAccept, team), models.KindNotFound)
		for _, bad := range []string{"", "handler_sibling", "handler_sibling handler2_own", "handler_sibling nobody"} {
			world.IsKind(t, bad, s.MoveHandoff(ctx, receiver, h, law.HandoffAccept, said("officers", bad)), models.KindInvalid)
		}
		w.Clock.Pass(time.Hour)
		ok(t, s.MoveHandoff(ctx, receiver, h, law.HandoffAccept, team))
		world.IsKind(t, "twice", s.MoveHandoff(ctx, receiver, h, law.HandoffAccept, team), models.KindNotAMove)

		after, err := s.CaseFile(ctx, w.Actor(t, "handler_sibling"), ref)
		ok(t, err)
		if after.AuthorityName == before.AuthorityName || len(after.Officers) != 2 || after.Officers[0].Name != "handler2_sibling" || len(after.Alerts) != 1 {
			t.Errorf("%s %+v", after.AuthorityName, after.Officers)
		}
		if len(before.Clocks) != 1 || len(after.Clocks) != 1 || after.Clocks[0].DueAt != before.Clocks[0].DueAt || !after.Clocks[0].EndedAt.IsZero() {
			t.Error("the limits did not go on")
		}
		w.Clock.Pass(time.Hour)
		ok(t, s.MoveCase(ctx, w.Actor(t, "handler_sibling"), ref, "investigate", models.ProcedureInput{Fields: map[string]string{"plan": "a secret plan"}}))
		for _, who := range []string{"supervisor_own", "handler_own", "duty_own", "principal_own"} {
			f, err := s.CaseFile(ctx, w.Actor(t, who), ref)
			ok(t, err)
			if f.HandedAt.IsZero() || len(f.Moves) > 0 || f.Decides {
				t.Errorf("%s: handed at %v, may %v", who, f.HandedAt, f.Moves)
			}
			for _, e := range f.Events {
				if e.Note == "a secret plan" || f.HandedAt.Before(e.At) && e.Data != "{}" {
					t.Errorf("%s reads %s", who, e.Note)
				}
			}
		}
		world.IsKind(t, "a move of the sender", s.MoveCase(ctx, w.Actor(t, "principal_own"), ref, "determine", said("opinion", "x", "line_opinions", "y")), models.KindForbidden)
		world.IsKind(t, "a note of the sender", s.AddCaseNote(ctx, w.Actor(t, "handler_own"), ref, "x"), models.KindForbidden)
		_, err = s.CaseFile(ctx, w.Actor(t, "supervisor_other"), ref)
		world.IsKind(t, "a stranger", err, models.KindNotFound)
		ok(t, s.SealCase(ctx, receiver, ref, models.SealSensitive, "a witness is named", 0))
		if _, err := s.CaseFile(ctx, w.Actor(t, "handler_own"), ref); err != nil {
			t.Error("the former team lost sight:", err)
		}
		_, err = s.CaseFile(ctx, w.Actor(t, "duty_own"), ref)
		world.IsKind(t, "a sealed case", err, models.KindNotFound)
		// And back again, with who had it.
		back, err := s.AskHandoff(ctx, receiver, ref, asked("lead-440300"))
		ok(t, err)
		ok(t, s.MoveHandoff(ctx, boss, back, law.HandoffAccept, said("officers", "handler_own handler2_own")))
		ok(t, s.AddCaseNote(ctx, w.Actor(t, "handler_own"), ref, "here again"))
		w.Sound(t)
	})
}

// What was received before the handing is read by both; what came later by the receiver alone.
func TestHandoffEvidence(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, s := t.Context(), w.Store
		ref := w.Case(t, w.Alert(t))
		issue := func(drafter, issuer string) string {
			p, err := s.DraftCasePaper(ctx, w.Actor(t, drafter), ref, models.PaperRiskReminder, map[string]string{"facts": "facts", "advice": "advice"}, w.Press)
			ok(t, err)
			ok(t, s.IssueCasePaper(ctx, w.Actor(t, issuer), p, 0, w.Press))
			return p
		}
		early := issue("handler_own", "supervisor_own")
		w.Clock.Pass(time.Minute)
		h, err := s.AskHandoff(ctx, w.Actor(t, "supervisor_own"), ref, asked("lead-440100"))
		ok(t, err)
		ok(t, s.MoveHandoff(ctx, w.Actor(t, "supervisor_sibling"), h, law.HandoffAccept, said("officers", "handler_sibling handler2_sibling")))
		w.Clock.Pass(time.Minute)
		late := issue("handler_sibling", "supervisor_sibling")
		for _, x := range []struct {
			who, paper string
			sees       bool
		}{{"handler_own", early, true}, {"handler_sibling", early, true}, {"handler_own", late, false}, {"handler_sibling", late, true}, {"handler_other", early, false}} {
			_, err := s.CasePaper(ctx, w.Actor(t, x.who), x.paper)
			if (err == nil) != x.sees {
				t.Errorf("%s reads %s: %v", x.who, x.paper, err)
			}
		}
		if _, _, err := s.CaseEvidence(ctx, w.Actor(t, "handler_own"), ref); err != nil {
			t.Error(err)
		}
		w.Sound(t)
	})
}

// A dispute goes to the common superior, across provinces to the joint conference, whose paper a principal records.
func TestHandoffDispute(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, s := t.Context(), w.Store
		ref := w.Case(t, w.Alert(t))
		boss, receiver, above := w.Actor(t, "supervisor_own"), w.Actor(t, "supervisor_sibling"), w.Actor(t, "supervisor_parent")
		dispute := func(to, receiver string) string {
			h, err := s.AskHandoff(ctx, boss, ref, asked(to))
			ok(t, err)
			ok(t, s.MoveHandoff(ctx, w.Actor(t, receiver), h, "decline", said("reason", "not ours")))
			ok(t, s.MoveHandoff(ctx, boss, h, law.HandoffDispute, said("reason", "it is")))
			return h
		}
		h := dispute("lead-440100", "supervisor_sibling")
		if told(t, w, "supervisor_parent", "handoff_dispute") != 1 {
			t.Error("the superior was not told")
		}
		world.IsKind(t, "by the sender", s.MoveHandoff(ctx, boss, h, law.HandoffAssign, said("reason", "x")), models.KindForbidden)
		world.IsKind(t, "by the receiver", s.MoveHandoff(ctx, receiver, h, law.HandoffLeave, said("reason", "x")), models.KindForbidden)
		ok(t, s.MoveHandoff(ctx, above, h, law.HandoffLeave, said("reason", "the sender has it")))
		h = dispute("lead-440100", "supervisor_sibling")
		ok(t, s.MoveHandoff(ctx, above, h, law.HandoffAssign, said("reason", "the receiver has it")))
		world.IsKind(t, "declined after it was settled", s.MoveHandoff(ctx, receiver, h, "decline", said("reason", "no")), models.KindNotAMove)
		ok(t, s.MoveHandoff(ctx, receiver, h, law.HandoffAccept, said("officers", "handler_sibling handler2_sibling")))

		boss = receiver
		far, err := s.AskHandoff(ctx, boss, ref, asked("lead-430100"))
		ok(t, err)
		ok(t, s.MoveHandoff(ctx, w.Actor(t, "supervisor_other"), far, "decline", said("reason", "not ours")))
		ok(t, s.MoveHandoff(ctx, boss, far, law.HandoffDispute, said("reason", "it is")))
		world.IsKind(t, "by the province of one", s.MoveHandoff(ctx, above, far, law.HandoffAssign, said("reason", "x", "number", "1")), models.KindForbidden)
		world.IsKind(t, "without the paper", s.MoveHandoff(ctx, w.Actor(t, "principal_other"), far, law.HandoffAssign, said("reason", "x")), models.KindInvalid)
		ok(t, s.MoveHandoff(ctx, w.Actor(t, "principal_other"), far, law.HandoffAssign, said("reason", "x", "number", "2026-4")))
		ok(t, s.MoveHandoff(ctx, w.Actor(t, "supervisor_other"), far, law.HandoffAccept, said("officers", "handler_other handler2_other")))
		w.Sound(t)
	})
}

// A referral stays where it was made: it bars a handing, and its beginning ends one that is open. Of a handing taken over and a referral
// begun at once exactly one comes about.
func TestHandoffAndReferral(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, s := t.Context(), w.Store
		alerts := w.Raise(t, "440304", 4)
		boss, receiver := w.Actor(t, "supervisor_own"), w.Actor(t, "supervisor_sibling")
		team := said("officers", "handler_sibling handler2_sibling")
		ref := w.Case(t, alerts[0])
		h, err := s.AskHandoff(ctx, boss, ref, asked("lead-440100"))
		ok(t, err)
		w.Team(t, ref)
		world.IsKind(t, "after the referral began", s.MoveHandoff(ctx, receiver, h, law.HandoffAccept, team), models.KindNotAMove)
		_, err = s.AskHandoff(ctx, boss, ref, asked("lead-440100"))
		world.IsKind(t, "with a referral", err, models.KindNotAMove)
		for _, alert := range alerts[1:] {
			ref := w.Case(t, alert)
			h, err := s.AskHandoff(ctx, boss, ref, asked("lead-440100"))
			ok(t, err)
			var both sync.WaitGroup
			var formed, taken error
			both.Go(func() { _, formed = s.FormTeam(ctx, boss, ref, []string{"handler_own", "handler2_own"}, 0) })
			both.Go(func() { taken = s.MoveHandoff(ctx, receiver, h, law.HandoffAccept, team) })
			both.Wait()
			if (formed == nil) == (taken == nil) {
				t.Errorf("referral: %v, handing: %v", formed, taken)
			}
			var e *models.Error
			if err := errors.Join(formed, taken); !errors.As(err, &e) || e.Kind == models.KindInternal {
				t.Error(err)
			}
		}
		w.Sound(t)
	})
}

// TestHandoffMoves makes every event from every state as everybody: what is not in the table is refused, and changes nothing.
func TestHandoffMoves(t *testing.T) {
	w := world.New(t, "sqlite")
	ctx, s := t.Context(), w.Store
	table := law.MachineOf(law.MachineHandoff)
	way := map[law.State][]law.Event{"ASKED": {}, "DECLINED": {"decline"}, "DISPUTED": {"decline", "dispute"}, "ASSIGNED": {"decline", "dispute", "assign"}, "WITHDRAWN": {"withdraw"},
		"KEPT": {"decline", "keep"}, "TAKEN": {"accept"}}
	who := map[string]string{"supervisor": "supervisor_own", "receiver": "supervisor_sibling", "superior": "supervisor_parent"}
	full := said("officers", "handler_sibling handler2_sibling", "reason", "because")
	alerts := w.Raise(t, "440304", len(table.States()))
	for i, state := range table.States() {
		ref := w.Case(t, alerts[i])
		h, err := s.AskHandoff(ctx, w.Actor(t, "supervisor_own"), ref, asked("lead-440100"))
		ok(t, err)
		at := law.State("ASKED")
		for _, e := range way[state] {
			move, _ := table.Find(at, e)
			ok(t, s.MoveHandoff(ctx, w.Actor(t, who[move.Actor]), h, e, full))
			at = move.To
		}
		before := w.Hashes(t)
		for _, e := range []law.Event{"accept", "decline", "withdraw", "keep", "dispute", "assign", "leave", "nonsense"} {
			move, there := table.Find(state, e)
			for _, user := range w.Users(t) {
				if there && who[move.Actor] == user || there && move.Actor == "superior" && user == "principal_parent" || there && user == "supervisor_parent" {
					continue // it is his
				}
				if err := s.MoveHandoff(ctx, w.Actor(t, user), h, e, full); err == nil {
					t.Errorf("%s made %s from %s", user, e, state)
				}
			}
		}
		if after := w.Hashes(t); after["handoffs"] != before["handoffs"] || after["cases"] != before["cases"] || after["events"] != before["events"] {
			t.Errorf("a refused move changed something in %s", state)
		}
	}
}
