package models_test

import (
	"slices"
	"testing"

	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/rel/world"
)

func object(t *testing.T, w *world.World, alert, channel string) string {
	t.Helper()
	in := whole(w, law.MachineObjection, law.ObjectionSubmit)
	in.Fields["channel"] = channel
	ref, err := w.Store.SubmitObjection(t.Context(), w.Actor(t, "duty_own"), alert, in)
	must(t, err)
	return ref
}

func readObjection(t *testing.T, w *world.World, user, ref string) models.ObjectionFile {
	t.Helper()
	f, err := w.Store.ObjectionFile(t.Context(), w.Actor(t, user), ref)
	if err != nil {
		t.Fatalf("%s reads %s: %v", user, ref, err)
	}
	return f
}

// An objection to a finding is reviewed by somebody whose hand is not in it; revoked, the alert is a known negative and those
// who had it are told.
func TestObjection(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, alert := t.Context(), w.Alert(t)
		must(t, w.Store.AcceptAlert(ctx, w.Actor(t, "duty_own"), alert, 0))
		caseRef := w.Case(t, alert)
		w.Drive(t, w.Raise(t, "440304", 1)[0], law.StateDelivered)
		ref := object(t, w, alert, "finding")
		f := readObjection(t, w, "supervisor_own", ref)
		if !slices.Equal(f.Moves, []law.Event{"accept", "refuse"}) {
			t.Errorf("the supervisor may %v", f.Moves)
		}
		var names []string
		for _, u := range f.Reviewers {
			names = append(names, u.Name)
		}
		for _, hand := range []string{"handler_own", "handler2_own", "duty_own"} {
			if slices.Contains(names, hand) {
				t.Errorf("%s, who handled it, may review: %v", hand, names)
			}
		}
		accept := func(name string) error {
			in := whole(w, law.MachineObjection, law.ObjectionAccept)
			in.Fields["reviewer"] = name
			return w.Store.MoveObjection(ctx, w.Actor(t, "supervisor_own"), ref, law.ObjectionAccept, in)
		}
		wants(t, "the handler as reviewer", accept("handler_own"), "reviewer", "error.reviewer")
		wants(t, "somebody from elsewhere", accept("handler_sibling"), "reviewer", "error.reviewer")
		must(t, accept("legal_own"))
		do := func(user string, e law.Event) error {
			return w.Store.MoveObjection(ctx, w.Actor(t, user), ref, e, whole(w, law.MachineObjection, e))
		}
		for _, user := range []string{"handler_own", "supervisor_own", "duty_own"} {
			world.IsKind(t, "a check by "+user, do(user, "start_check"), models.KindForbidden)
		}
		world.IsKind(t, "from elsewhere", do("handler_sibling", "start_check"), models.KindNotFound)
		must(t, do("legal_own", "start_check"))
		must(t, do("legal_own", law.ObjectionRevoke))
		al, _, err := w.Store.Alert(ctx, w.Actor(t, "supervisor_own"), alert)
		if err != nil || al.Open || al.Status != models.AlertDismissed || al.Reason != models.ReasonRevoked {
			t.Errorf("the alert is %+v: %v", al.Alert, err)
		}
		for _, user := range []string{"handler_own", "handler2_own", "duty_own"} {
			list, _, err := w.Store.Notices(ctx, w.Actor(t, user), 0, 5)
			if err != nil || len(list) == 0 || list[0].Kind != "finding_revoked" {
				t.Errorf("%s was told %+v: %v", user, list, err)
			}
		}
		must(t, do("handler_own", "notify"))
		must(t, do("supervisor_own", "close"))
		last := readObjection(t, w, "duty_own", ref)
		for _, c := range last.Clocks {
			if c.EndedAt.IsZero() {
				t.Errorf("%s runs in the end", c.Name)
			}
		}
		if len(last.Clocks) != 2 || len(readCase(t, w, "supervisor_own", caseRef).Objections) != 1 {
			t.Errorf("%d limits", len(last.Clocks))
		}
		w.Sound(t)
	})
}

// The channels are kept apart: a restriction is passed on and not reviewed here, a finding is reviewed here and not passed on.
func TestObjectionChannels(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		sup := w.Actor(t, "supervisor_own")
		for channel, c := range map[string]struct {
			event law.Event
			key   string
		}{"restriction": {"accept", "error.objection_elsewhere"}, "sanction": {"accept", "error.objection_elsewhere"}, "finding": {"pass_on", "error.objection_here"}} {
			ref := object(t, w, w.Alert(t), channel)
			wants(t, channel, w.Store.MoveObjection(t.Context(), sup, ref, c.event, whole(w, law.MachineObjection, c.event)), "channel", c.key)
			if channel == "finding" {
				continue
			}
			must(t, w.Store.MoveObjection(t.Context(), sup, ref, law.ObjectionPassOn, whole(w, law.MachineObjection, law.ObjectionPassOn)))
		}
		_, err := w.Store.SubmitObjection(t.Context(), w.Actor(t, "duty_sibling"), w.Alert(t), whole(w, law.MachineObjection, law.ObjectionSubmit))
		world.IsKind(t, "an objection from elsewhere", err, models.KindNotFound)
		_, err = w.Store.SubmitObjection(t.Context(), w.Actor(t, "police_own"), w.Alert(t), whole(w, law.MachineObjection, law.ObjectionSubmit))
		world.IsKind(t, "an objection by the police", err, models.KindForbidden)
	})
}
