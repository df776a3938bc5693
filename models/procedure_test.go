package models_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/rel/world"
)

// whole gives every field that an event of a procedure asks for, right.
func whole(w *world.World, m law.MachineName, event law.Event) models.ProcedureInput {
	in := models.ProcedureInput{Fields: map[string]string{}}
	for _, a := range law.MachineOf(m).Asks(event) {
		switch a.Kind {
		case law.AskDate:
			in.Fields[a.Field] = w.Store.Now().Time().In(models.China).AddDate(0, 0, 40).Format(time.DateOnly)
		case law.AskMoney:
			in.Fields[a.Field] = "1200.50"
		case law.AskCount:
			in.Fields[a.Field] = "12"
		case law.AskChoice:
			in.Fields[a.Field] = a.Choices[0]
		case law.AskChoices:
			for _, c := range a.Choices {
				in.Fields[a.Field] += c + " "
			}
		case law.AskText, law.AskLine:
			in.Fields[a.Field] = world.Word("reason")
		}
	}
	in.LateReason = world.Word("reason")
	return in
}

// doers names who makes the moves of a role in a procedure of the own division.
var doers = map[string]string{"case_handler": "handler_own", "supervisor": "supervisor_own", "principal": "principal_own", "legal_reviewer": "legal_own", "duty_officer": "duty_own"}

func readCase(t *testing.T, w *world.World, user, ref string) models.CaseFile {
	t.Helper()
	f, err := w.Store.CaseFile(t.Context(), w.Actor(t, user), ref)
	if err != nil {
		t.Fatalf("%s reads %s: %v", user, ref, err)
	}
	return f
}

// doCase makes a move of a case as it should be made.
func doCase(t *testing.T, w *world.World, ref string, events ...law.Event) {
	t.Helper()
	for _, e := range events {
		f := readCase(t, w, "supervisor_own", ref)
		move, ok := law.MachineOf(law.MachineCase).Find(f.Stage, e)
		if !ok {
			t.Fatalf("no move %s from %s", e, f.Stage)
		}
		if err := w.Store.MoveCase(t.Context(), w.Actor(t, doers[move.Actor]), ref, e, whole(w, law.MachineCase, e)); err != nil {
			t.Fatalf("%s from %s: %v", e, f.Stage, err)
		}
	}
}

// A case goes from the lead to the archive, with a hearing; every limit on the way starts and ends.
func TestAdministrativeCase(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ref := w.Case(t, w.Alert(t))
		doCase(t, w, ref, "start_verify", "interview", "file", "investigate", "determine", "order_stop", "start_refund", "refund_progress", "notify_penalty", "statement",
			"request_hearing", "hold_hearing")
		if f := readCase(t, w, "principal_own", ref); f.Barred["decide"] != "error.legal_review_needed" || slices.Contains(f.Moves, "decide") {
			t.Errorf("after a hearing, without a review: %v %v", f.Moves, f.Barred)
		}
		wants(t, "decide without a review", w.Store.MoveCase(t.Context(), w.Actor(t, "principal_own"), ref, "decide", whole(w, law.MachineCase, "decide")), "stage", "error.legal_review_needed")
		bad := whole(w, law.MachineCase, "legal_review")
		bad.Fields["opinion_result"] = "fail"
		if err := w.Store.MoveCase(t.Context(), w.Actor(t, "legal_own"), ref, "legal_review", bad); err != nil {
			t.Fatal(err)
		}
		wants(t, "decide against the review", w.Store.MoveCase(t.Context(), w.Actor(t, "principal_own"), ref, "decide", whole(w, law.MachineCase, "decide")), "stage", "error.legal_review_failed")
		doCase(t, w, ref, "legal_review", "decide", "serve", "executed", "close", "archive")
		f := readCase(t, w, "supervisor_own", ref)
		if f.Stage != law.StageArchived || f.Status != models.CaseClosed || f.ClosedAt.IsZero() {
			t.Errorf("the case is %s, %s", f.Stage, f.Status)
		}
		got := map[string]bool{}
		for _, c := range f.Clocks {
			got[c.Name] = !c.EndedAt.IsZero()
		}
		for _, name := range []law.ClockName{law.ClockPenaltyDecision, law.ClockHearingRequest, law.ClockService, law.ClockPayment} {
			if !got[string(name)] {
				t.Errorf("%s did not start or end: %v", name, got)
			}
		}
		w.Sound(t)
	})
}

// Random moves by random people: what the table does not allow is refused and changes nothing, what it allows is made.
func TestCaseWalk(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		steps := 420
		if w.Dialect == "postgres" {
			steps = 90
		}
		r := rand.New(rand.NewPCG(9, 0))
		users := []string{"handler_own", "handler2_own", "supervisor_own", "principal_own", "legal_own", "duty_own", "handler_sibling", "principal_unappointed", "police_own", "province_parent"}
		actors := map[string]models.Actor{}
		for _, u := range users {
			actors[u] = w.Actor(t, u)
		}
		table := law.MachineOf(law.MachineCase)
		var refs []string
		alerts := w.Raise(t, "440304", 3+steps/12)
		fresh := func() string {
			alert := alerts[0]
			alerts = alerts[1:]
			return w.Case(t, alert)
		}
		for range 3 {
			refs = append(refs, fresh())
		}
		quiet, made := stillness(t, w), 0
		all := table.Moves()
		for i := range steps {
			at := r.IntN(len(refs))
			ref := refs[at]
			f := readCase(t, w, "supervisor_own", ref)
			if len(table.From(f.Stage)) == 0 {
				refs[at] = fresh()
				continue
			}
			w.Clock.Pass(time.Duration(r.IntN(30)) * time.Hour)
			event, user := all[r.IntN(len(all))].Event, users[r.IntN(len(users))]
			if open := table.From(f.Stage); len(open) > 0 && r.IntN(10) < 7 {
				move := open[r.IntN(len(open))]
				event, user = move.Event, doers[move.Actor]
				if user == "handler_own" && r.IntN(2) == 0 {
					user = "handler2_own"
				}
			}
			in := whole(w, law.MachineCase, event)
			stale := r.IntN(12) == 0
			if stale {
				in.Version = f.Version + 7
			}
			mark := quiet()
			err := w.Store.MoveCase(t.Context(), actors[user], ref, event, in)
			move, known := table.Find(f.Stage, event)
			role := doers[move.Actor]
			may := known && move.From != law.StateNone && (role == user || move.Actor == "case_handler" && user == "handler2_own")
			what := fmt.Sprintf("step %d: %s from %s by %s", i, event, f.Stage, user)
			switch {
			case err == nil && (!may || stale):
				t.Fatalf("%s was made against the table", what)
			case err == nil:
				made++
				after := readCase(t, w, "supervisor_own", ref)
				if after.Stage != move.To || after.Version != f.Version+1 {
					t.Fatalf("%s led to %s, version %d after %d", what, after.Stage, after.Version, f.Version)
				}
			case models.KindOf(err) == models.KindInternal:
				t.Fatalf("%s: %v", what, err)
			default:
				if quiet() != mark {
					t.Fatalf("%s was refused and changed something: %v", what, err)
				}
				guarded := fieldsOf(err)["stage"] != "" || fieldsOf(err)["clock"] != "" || fieldsOf(err)["waiver"] != ""
				if may && !stale && !guarded {
					t.Fatalf("%s was refused: %v", what, err)
				}
			}
		}
		if made < steps/4 {
			t.Errorf("only %d of %d moves were made", made, steps)
		}
		w.Sound(t)
	})
}

// Each field that a move cannot do without is asked for by name, on every move of every procedure that is reached.
func TestCaseFields(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ref := w.Case(t, w.Alert(t))
		for _, e := range []law.Event{"start_verify", "file", "investigate", "determine", "order_stop", "notify_penalty", "request_hearing", "hold_hearing", "legal_review", "decide", "serve", "executed", "close", "archive"} {
			f := readCase(t, w, "supervisor_own", ref)
			move, _ := law.MachineOf(law.MachineCase).Find(f.Stage, e)
			for _, a := range law.MachineOf(law.MachineCase).Asks(e) {
				if !a.Required {
					continue
				}
				in := whole(w, law.MachineCase, e)
				in.Fields[a.Field] = " "
				wants(t, string(e), w.Store.MoveCase(t.Context(), w.Actor(t, doers[move.Actor]), ref, e, in), a.Field, "error.required")
				if a.Kind == law.AskDate || a.Kind == law.AskMoney || a.Kind == law.AskCount || a.Kind == law.AskChoice || a.Kind == law.AskChoices {
					in.Fields[a.Field] = "2026-13-45x"
					if err := w.Store.MoveCase(t.Context(), w.Actor(t, doers[move.Actor]), ref, e, in); fieldsOf(err)[a.Field] == "" {
						t.Errorf("%s took %s as %s: %v", e, in.Fields[a.Field], a.Field, err)
					}
				}
			}
			doCase(t, w, ref, e)
		}
	})
}

// While the police have the case no penalty is noticed or decided and the case does not end; a hearing is told seven working
// days ahead.
func TestCaseGuards(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ref := w.Case(t, w.Alert(t))
		doCase(t, w, ref, "start_verify", "file", "investigate", "determine", "order_stop")
		referral := w.Team(t, ref)
		sup := w.Actor(t, "supervisor_own")
		wants(t, "a penalty beside the referral", w.Store.MoveCase(t.Context(), sup, ref, "notify_penalty", whole(w, law.MachineCase, "notify_penalty")), "stage", "error.police_have_case")
		for _, e := range []law.Event{law.EventSubmitReport, law.EventReject, law.EventContinueAdmin} {
			w.Do(t, referral, e)
		}
		doCase(t, w, ref, "notify_penalty")
		in := whole(w, law.MachineCase, "request_hearing")
		in.Fields["hearing_on"] = w.Store.Now().Time().In(models.China).AddDate(0, 0, 8).Format(time.DateOnly)
		wants(t, "a hearing too early", w.Store.MoveCase(t.Context(), w.Actor(t, "handler_own"), ref, "request_hearing", in), "hearing_on", "error.hearing_too_early")
		none := whole(w, law.MachineCase, "no_hearing")
		none.Fields["waiver"] = ""
		wants(t, "no hearing without a waiver", w.Store.MoveCase(t.Context(), w.Actor(t, "handler_own"), ref, "no_hearing", none), "waiver", "error.hearing_waiver")
		w.Clock.Pass(9 * 24 * time.Hour)
		if err := w.Store.MoveCase(t.Context(), w.Actor(t, "handler_own"), ref, "no_hearing", none); err != nil {
			t.Errorf("when the time to ask is over: %v", err)
		}
		doCase(t, w, ref, "decide", "serve")
		wants(t, "the court before the time to pay is over", w.Store.MoveCase(t.Context(), sup, ref, "ask_court", whole(w, law.MachineCase, "ask_court")), "stage", "error.payment_runs")
		w.Clock.Pass(40 * 24 * time.Hour)
		doCase(t, w, ref, "ask_court")
	})
}
