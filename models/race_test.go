package models_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/rel/world"
)

const racers = 16

// race runs f at the same time in all racers and gives what each got.
func race(f func(i int) error) []error {
	errs := make([]error, racers)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range racers {
		wg.Go(func() {
			<-start
			errs[i] = f(i)
		})
	}
	close(start)
	wg.Wait()
	return errs
}

// oneWinner fails the test unless exactly one won and every other was told that somebody else was first.
func oneWinner(t *testing.T, what string, errs []error) {
	t.Helper()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case models.KindOf(err) != models.KindConflict && models.KindOf(err) != models.KindNotAMove:
			t.Errorf("%s: a loser got %v", what, err)
		}
	}
	if won != 1 {
		t.Errorf("%s: %d winners", what, won)
	}
}

func TestOneWinner(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, alert := t.Context(), w.Alert(t)
		seq := func() int { return w.Count(t, "SELECT seq FROM audit_head") }
		audited := func(what string, before, entries int) {
			t.Helper()
			if got := seq() - before; got != entries {
				t.Errorf("%s wrote %d audit entries, not %d", what, got, entries)
			}
		}
		duty := []models.Actor{w.Actor(t, "duty_own"), w.Actor(t, "duty_parent")}
		before := seq()
		oneWinner(t, "accept with version", race(func(i int) error { return w.Store.AcceptAlert(ctx, duty[i%2], alert, 1) }))
		audited("accept", before, 1)

		bosses := []models.Actor{w.Actor(t, "supervisor_own"), w.Actor(t, "supervisor_parent")}
		before = seq()
		oneWinner(t, "open case", race(func(i int) error {
			_, err := w.Store.OpenCase(ctx, bosses[i%2], world.NewCase(alert))
			return err
		}))
		audited("open case", before, 2)
		list, _, err := w.Store.Cases(ctx, bosses[0], models.CaseFilter{Limit: 10})
		if err != nil || len(list) != 1 || list[0].Ref != "AJ-440300-2026-00001" {
			t.Fatalf("cases %+v: %v", list, err)
		}
		var refs sync.Map
		before = seq()
		oneWinner(t, "form team", race(func(i int) error {
			ref, err := w.Store.FormTeam(ctx, bosses[i%2], list[0].Ref, nil, 0)
			if err == nil {
				refs.Store("ref", ref)
			}
			return err
		}))
		audited("form team", before, 1)
		v, _ := refs.Load("ref")
		ref, ok := v.(string)
		if !ok {
			t.Fatal("nobody formed a team")
		}
		for _, event := range []law.Event{law.EventSubmitReport, law.EventApprove, law.EventSend, law.EventSignReceipt, law.EventStartReview, law.EventFile} {
			move, _ := law.FindMove(w.State(t, ref), event)
			actor := w.Actor(t, world.Doers[move.Actor])
			documents := w.Count(t, "SELECT COUNT(*) FROM documents")
			before = seq()
			oneWinner(t, string(event), race(func(int) error {
				return w.Store.MoveReferral(ctx, actor, ref, event, world.Fields(event), w.Press)
			}))
			audited(string(event), before, 1)
			more := w.Count(t, "SELECT COUNT(*) FROM documents") - documents
			issues := slices.Contains([]law.Event{law.EventSubmitReport, law.EventSend, law.EventSignReceipt}, event)
			if more != 0 != issues || more > 1 {
				t.Errorf("%s issued %d documents", event, more)
			}
		}
		if n := w.Count(t, "SELECT last FROM number_sequences WHERE kind = 'letter'"); n != 1 {
			t.Errorf("the losers took numbers: the last is %d", n)
		}
		w.Sound(t)
	})
}

// Sixteen referrals that are sent at once get the numbers 1 to 16.
func TestNumbersAtOnce(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		var refs []string
		for _, alert := range w.Raise(t, "440304", racers) {
			refs = append(refs, w.Drive(t, alert, law.StateApproved))
		}
		actor := w.Actor(t, "handler_own")
		for i, err := range race(func(i int) error {
			return w.Store.MoveReferral(t.Context(), actor, refs[i], law.EventSend, world.Fields(law.EventSend), w.Press)
		}) {
			if err != nil {
				t.Errorf("referral %d: %v", i, err)
			}
		}
		gapless(t, w)
		if n := w.Count(t, "SELECT COUNT(DISTINCT number) FROM documents WHERE kind = 'letter'"); n != racers {
			t.Errorf("%d numbers for %d letters", n, racers)
		}
		w.Sound(t)
	})
}

// A write under an idempotency key is done once, whoever repeats it; another request under the key is refused.
func TestIdempotency(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, alert := t.Context(), w.Alert(t)
		actor := w.Actor(t, "duty_own")
		id := models.Idempotency{Key: "k1", Hash: "h1"}
		if r, err := w.Store.ReplayOf(ctx, actor, id); r != nil || err != nil {
			t.Fatalf("a new key replays %+v: %v", r, err)
		}
		actor.Idem = id
		won := 0
		for _, err := range race(func(int) error { return w.Store.SnoozeAlert(ctx, actor, alert, w.Store.Now().Add(3600e9), "later", 0) }) {
			var e *models.Error
			switch {
			case err == nil:
				won++
			case !errors.As(err, &e) || e.Key != "error.idempotency_running":
				t.Errorf("a repeated request got %v", err)
			}
		}
		if n := w.Count(t, "SELECT COUNT(*) FROM events WHERE event = 'snooze'"); won != 1 || n != 1 {
			t.Errorf("%d winners, %d events", won, n)
		}
		r, err := w.Store.ReplayOf(ctx, actor, id)
		if err != nil || r == nil || !r.Lost {
			t.Errorf("before the answer is kept: %+v %v", r, err)
		}
		if err := w.Store.KeepAnswer(ctx, actor, id, 200, []byte("{}")); err != nil {
			t.Fatal(err)
		}
		for _, err := range race(func(int) error {
			r, err := w.Store.ReplayOf(ctx, actor, id)
			if err == nil && (r == nil || r.Status != 200 || string(r.Body) != "{}" || r.Lost) {
				err = fmt.Errorf("replay %+v", r)
			}
			return err
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		_, err = w.Store.ReplayOf(ctx, actor, models.Idempotency{Key: "k1", Hash: "h2"})
		world.IsKind(t, "another request under the key", err, models.KindInvalid)
		other := w.Actor(t, "duty_parent")
		if r, err := w.Store.ReplayOf(ctx, other, id); r != nil || err != nil {
			t.Errorf("the key of somebody else replays %+v: %v", r, err)
		}
		// A refused write leaves its key free.
		before := w.Hashes(t)
		actor.Idem = models.Idempotency{Key: "k2", Hash: "h"}
		world.IsKind(t, "a refused write", w.Store.DismissAlert(ctx, actor, alert, "whim", "", 0), models.KindInvalid)
		w.Unchanged(t, before, "a refused write")
		if err := w.Store.DismissAlert(ctx, actor, alert, "duplicate", "", 0); err != nil {
			t.Error(err)
		}
	})
}

// A reference number is taken with what it numbers, so that cases opened at once are numbered without gaps.
func TestRefsAtOnce(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		alerts := w.Raise(t, "440304", racers)
		actor := w.Actor(t, "supervisor_own")
		var mu sync.Mutex
		var refs []string
		for _, err := range race(func(i int) error {
			ref, err := w.Store.OpenCase(t.Context(), actor, world.NewCase(alerts[i]))
			mu.Lock()
			defer mu.Unlock()
			refs = append(refs, ref)
			return err
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		slices.Sort(refs)
		for i, ref := range refs {
			if ref != fmt.Sprintf("AJ-440300-2026-%05d", i+1) {
				t.Fatalf("refs %s", strings.Join(refs, " "))
			}
		}
		w.Sound(t)
	})
}
