package models_test

import (
	"sync"
	"testing"

	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/rel/world"
)

// told counts the notices of a kind that somebody has.
func told(t *testing.T, w *world.World, user, kind string) int {
	t.Helper()
	list, _, err := w.Store.Notices(t.Context(), w.Actor(t, user), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, x := range list {
		if x.Kind == kind {
			n++
		}
	}
	return n
}

func workOf(t *testing.T, w *world.World, user, ref string) models.CaseWork {
	t.Helper()
	got, err := w.Store.CaseWork(t.Context(), w.Actor(t, user), ref)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Of writers who change one note at once exactly one wins, the others are told, and no text is lost; whom a note names hears of it
// once, if he may see the case.
func TestNotesLoseNothing(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, s := t.Context(), w.Store
		ref := w.Case(t, w.Alert(t))
		one, two := w.Actor(t, "handler_own"), w.Actor(t, "handler2_own")
		ok(t, s.AddCaseNote(ctx, one, ref, "@handler2_own @supervisor_own @duty_other @nobody look"))
		if told(t, w, "handler2_own", "mention") != 1 || told(t, w, "supervisor_own", "mention") != 1 || told(t, w, "duty_other", "mention") != 0 {
			t.Error("the wrong people were told")
		}
		note := workOf(t, w, "handler_own", ref).Notes[0]
		var both sync.WaitGroup
		var lock sync.Mutex
		won, lost := 0, 0
		for range 4 {
			for _, a := range []models.Actor{one, two} {
				both.Go(func() {
					err := s.ChangeCaseNote(ctx, a, ref, note.ID, "@handler2_own by "+a.Name, 1)
					lock.Lock()
					defer lock.Unlock()
					switch {
					case err == nil:
						won++
					case models.KindOf(err) == models.KindConflict:
						lost++
					default:
						t.Error(err)
					}
				})
			}
		}
		both.Wait()
		if won != 1 || lost != 7 || w.Count(t, "SELECT COUNT(*) FROM case_note_versions") != 2 {
			t.Errorf("%d won, %d lost", won, lost)
		}
		if told(t, w, "handler2_own", "mention") != 1 {
			t.Error("somebody was told twice")
		}
		world.IsKind(t, "outsider", s.AddCaseNote(ctx, w.Actor(t, "handler_sibling"), ref, "x"), models.KindNotFound)
		world.IsKind(t, "duty", s.AddCaseNote(ctx, w.Actor(t, "duty_own"), ref, "x"), models.KindForbidden)
		world.IsKind(t, "empty", s.AddCaseNote(ctx, one, ref, "  "), models.KindInvalid)
		world.IsKind(t, "other case", s.ChangeCaseNote(ctx, one, w.Case(t, w.Raise(t, "440304", 1)[0]), note.ID, "x", 2), models.KindNotFound)
		w.Sound(t)
	})
}

// A task goes to one who works on the case, is told, stands on his first page until it is done, and comes back by undo.
func TestTasks(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, s := t.Context(), w.Store
		ref := w.Case(t, w.Alert(t))
		boss, two := w.Actor(t, "supervisor_own"), w.Actor(t, "handler2_own")
		for _, bad := range []models.NewCaseTask{{Title: "call", Assignee: "duty_own"}, {Title: "call", Assignee: "handler_sibling"}, {Title: "call", Assignee: "nobody"},
			{Title: "", Assignee: "handler2_own"}, {Title: "call", Assignee: "handler2_own", DueOn: "2026-02-30"}} {
			world.IsKind(t, bad.Assignee, s.AddCaseTask(ctx, boss, ref, bad), models.KindInvalid)
		}
		ok(t, s.AddCaseTask(ctx, boss, ref, models.NewCaseTask{Title: "call", Assignee: "handler2_own", DueOn: "2026-11-05"}))
		mine, err := s.MyTasks(ctx, two, 10)
		if err != nil || len(mine) != 1 || mine[0].CaseRef != ref || told(t, w, "handler2_own", "task_given") != 1 {
			t.Fatalf("%+v %v", mine, err)
		}
		ok(t, s.FinishCaseTask(ctx, two, ref, mine[0].ID))
		world.IsKind(t, "twice", s.FinishCaseTask(ctx, two, ref, mine[0].ID), models.KindNotAMove)
		if mine, _ := s.MyTasks(ctx, two, 10); len(mine) != 0 {
			t.Error("a finished task waits")
		}
		ok(t, s.ReopenCaseTask(ctx, two, ref, mine[0].ID))
		if mine, _ := s.MyTasks(ctx, two, 10); len(mine) != 1 {
			t.Error("the undo did not bring the task back")
		}
		w.Sound(t)
	})
}

// A recused officer is replaced, never below two; is off the referral's team; loses sight of the case once it is sealed and what
// it tells its watchers; and does not come back, not even on the referral's team. A reassigned one may.
func TestRecusal(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, s := t.Context(), w.Store
		ref := w.Case(t, w.Alert(t))
		referral := w.Team(t, ref)
		boss, gone := w.Actor(t, "supervisor_own"), w.Actor(t, "handler2_own")
		ok(t, s.WatchCase(ctx, gone, ref))
		ok(t, s.AddCaseTask(ctx, boss, ref, models.NewCaseTask{Title: "call", Assignee: "handler2_own"}))
		out := models.Replacement{Officer: "handler2_own", As: models.LeavesRecused, Reason: "kin of the party"}
		world.IsKind(t, "below two", s.ReplaceOfficer(ctx, boss, ref, out), models.KindInvalid)
		world.IsKind(t, "by an officer", s.ReplaceOfficer(ctx, gone, ref, out), models.KindForbidden)
		out.Substitute = "duty_own"
		world.IsKind(t, "by no officer", s.ReplaceOfficer(ctx, boss, ref, out), models.KindInvalid)
		out.Substitute, out.Reason = "handler_parent", ""
		world.IsKind(t, "without reason", s.ReplaceOfficer(ctx, boss, ref, out), models.KindInvalid)
		out.Reason = "kin of the party"
		ok(t, s.ReplaceOfficer(ctx, boss, ref, out))

		world.IsKind(t, "the referral", w.Move(t, "handler2_own", referral, law.EventSubmitReport, world.Fields(law.EventSubmitReport)), models.KindNotFound)
		if mine, err := s.MyTasks(ctx, w.Actor(t, "handler_parent"), 9); err != nil || len(mine) != 1 {
			t.Errorf("the task was not passed on: %v %v", mine, err)
		}
		world.IsKind(t, "work of the recused", s.AddCaseNote(ctx, gone, ref, "x"), models.KindForbidden)
		ok(t, s.SealCase(ctx, boss, ref, models.SealSensitive, "a witness is named", 0))
		_, err := s.CaseFile(ctx, gone, ref)
		world.IsKind(t, "sight of a sealed case", err, models.KindNotFound)
		if list, _, err := s.Cases(ctx, gone, models.CaseFilter{Limit: 10}); err != nil || len(list) != 0 {
			t.Errorf("the recused sees %d cases: %v", len(list), err)
		}
		if _, err := s.CaseFile(ctx, w.Actor(t, "handler_parent"), ref); err != nil {
			t.Error("the substitute does not see the sealed case:", err)
		}
		if told(t, w, "handler2_own", "case_moved") != 0 {
			t.Error("the recused was told what happens")
		}
		back := models.Replacement{Officer: "handler_own", Substitute: "handler2_own", As: models.LeavesReassigned, Reason: "needed elsewhere"}
		world.IsKind(t, "the recused comes back", s.ReplaceOfficer(ctx, boss, ref, back), models.KindInvalid)
		if got := workOf(t, w, "supervisor_own", ref); len(got.Officers) != 2 || len(got.Left) != 1 || got.Left[0].LeftAs != models.LeavesRecused {
			t.Errorf("%+v %+v", got.Officers, got.Left)
		}
		w.Sound(t)
	})
}

// Who watches a case is told of its moves while he may see it.
func TestWatching(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, s := t.Context(), w.Store
		ref := w.Case(t, w.Alert(t))
		duty := w.Actor(t, "duty_own")
		ok(t, s.WatchCase(ctx, duty, ref))
		ok(t, s.WatchCase(ctx, duty, ref))
		ok(t, s.MoveCase(ctx, w.Actor(t, "handler_own"), ref, law.Event("start_verify"), models.ProcedureInput{Fields: map[string]string{"plan": "visit"}}))
		if n := told(t, w, "duty_own", "case_moved"); n != 1 {
			t.Errorf("told %d times", n)
		}
		ok(t, s.SealCase(ctx, w.Actor(t, "supervisor_own"), ref, models.SealSensitive, "a witness is named", 0))
		if n := told(t, w, "duty_own", "case_moved"); n != 1 {
			t.Errorf("told %d times, of a sealed case too", n)
		}
		world.IsKind(t, "outsider", s.WatchCase(ctx, w.Actor(t, "duty_other"), ref), models.KindNotFound)
		w.Sound(t)
	})
}
