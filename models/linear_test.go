package models_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/rel/world"
)

// spot is where a case stands, as every reader should see it.
type spot struct {
	stage   law.State
	version int64
}

// deed is what an actor tries: a move, or a read where event is empty.
type deed struct {
	event   law.Event
	version int64
}

// caseModel is the table of law as a sequential object: a move is made exactly when the table allows it and the version, where
// one was given, is the newest.
var caseModel = porcupine.Model{
	Init: func() any { return spot{law.StageLead, 1} },
	Step: func(state, input, output any) (bool, any) {
		now, in, out := state.(spot), input.(deed), output.(outcome)
		if in.event == "" {
			return out.saw == now, now
		}
		move, ok := law.MachineOf(law.MachineCase).Find(now.stage, in.event)
		ok = ok && (in.version == 0 || in.version == now.version)
		if ok != out.made {
			return false, now
		}
		if ok {
			now = spot{move.To, now.version + 1}
		}
		return true, now
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v -> %+v", input, output) },
}

// outcome is what came of a deed.
type outcome struct {
	made bool
	saw  spot
}

// roleFor gives the role that makes an event, from the stage where the table has it.
func roleFor(stage law.State, event law.Event) string {
	if m, ok := law.MachineOf(law.MachineCase).Find(stage, event); ok {
		return m.Actor
	}
	for _, m := range law.MachineOf(law.MachineCase).Moves() {
		if m.Event == event {
			return m.Actor
		}
	}
	return ""
}

// Sixteen people at once move one case and look at it: what each saw and could do is that of some order of their acts.
func TestLinearizable(t *testing.T) {
	steps := 14
	world.Each(t, func(t *testing.T, w *world.World) {
		ref := w.Case(t, w.Alert(t))
		var events []law.Event
		for _, move := range law.MachineOf(law.MachineCase).Moves() {
			guarded := slices.Contains([]law.Event{"request_hearing", "ask_court", "no_hearing", "hold_hearing", "archive", "verify_again"}, move.Event)
			if move.From != law.StateNone && !guarded && !slices.Contains(events, move.Event) {
				events = append(events, move.Event)
			}
		}
		actors := map[string]models.Actor{}
		for _, name := range doers {
			actors[name] = w.Actor(t, name)
		}
		var mu sync.Mutex
		var history []porcupine.Operation
		for i, err := range race(func(i int) error {
			r := rand.New(rand.NewPCG(uint64(i), 11))
			for range steps {
				call := time.Now().UnixNano()
				f, err := w.Store.CaseFile(t.Context(), actors["supervisor_own"], ref)
				if err != nil {
					return err
				}
				in, out := deed{}, outcome{saw: spot{f.Stage, f.Version}}
				done := time.Now().UnixNano()
				mu.Lock()
				history = append(history, porcupine.Operation{ClientId: i, Input: in, Call: call, Output: out, Return: done})
				mu.Unlock()
				in.event = events[r.IntN(len(events))]
				if open := law.MachineOf(law.MachineCase).From(f.Stage); len(open) > 0 && r.IntN(3) > 0 {
					if e := open[r.IntN(len(open))].Event; slices.Contains(events, e) {
						in.event = e
					}
				}
				role := roleFor(f.Stage, in.event)
				if r.IntN(2) == 0 {
					in.version = f.Version
				}
				ask := whole(w, law.MachineCase, in.event)
				ask.Version = in.version
				call = time.Now().UnixNano()
				err = w.Store.MoveCase(t.Context(), actors[doers[role]], ref, in.event, ask)
				done = time.Now().UnixNano()
				if kind := models.KindOf(err); err != nil && kind != models.KindConflict && kind != models.KindNotAMove {
					return fmt.Errorf("%s from %s: %w", in.event, f.Stage, err)
				}
				mu.Lock()
				history = append(history, porcupine.Operation{ClientId: i, Input: in, Call: call, Output: outcome{made: err == nil}, Return: done})
				mu.Unlock()
			}
			return nil
		}) {
			if err != nil {
				t.Errorf("actor %d: %v", i, err)
			}
		}
		made := 0
		for _, op := range history {
			if op.Output.(outcome).made {
				made++
			}
		}
		if res, _ := porcupine.CheckOperationsVerbose(caseModel, history, time.Minute); res != porcupine.Ok {
			t.Errorf("%d acts of 16 people are in no order of the table: %s", len(history), res)
		}
		if f := readCase(t, w, "supervisor_own", ref); f.Version != int64(made)+1 || made < 8 {
			t.Errorf("version %d after %d moves", f.Version, made)
		}
		t.Logf("%d acts, %d moves made", len(history), made)
		w.Sound(t)
	})
}
