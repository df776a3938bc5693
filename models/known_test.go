package models_test

import (
	"testing"

	"xiezhi/law"
	"xiezhi/rel/world"
)

// What is learned from: a determination and a filing are bad, a dismissal as false, a revocation and an end without a finding are
// good, and a case that is still open says nothing.
func TestKnownSamples(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, refs := t.Context(), w.Raise(t, "440304", 6)
		doCase(t, w, w.Case(t, refs[0]), "file", "investigate", "determine")
		w.Drive(t, refs[1], law.StateCaseFiled)
		must(t, w.Store.DismissAlert(ctx, w.Actor(t, "duty_own"), refs[2], "false_positive", "", 0))
		doCase(t, w, w.Case(t, refs[3]), "start_verify", "no_case")
		doCase(t, w, w.Case(t, refs[4]), "start_verify")
		must(t, w.Store.DismissAlert(ctx, w.Actor(t, "duty_own"), refs[5], "duplicate", "", 0))
		want := map[string]bool{}
		for i, bad := range []bool{true, true, false, false} {
			want["company:"+openAlertSubject(t, w, refs[i])] = bad
		}
		list, err := w.Store.KnownSamples(ctx, 0, 50)
		if err != nil || len(list) != len(want) {
			t.Fatalf("%d samples: %v", len(list), err)
		}
		for _, k := range list {
			if bad, ok := want[k.Subject]; !ok || bad != k.Bad {
				t.Errorf("%s is bad %t", k.Subject, k.Bad)
			}
		}
	})
}
