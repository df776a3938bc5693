package models_test

import (
	"testing"

	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/rel/world"
)

// A sealed case opens to nobody by way of its referral; one who was recused does nothing on it any more and decides nothing on it
// either; and who wrote in a draft does not issue it, whoever saved it last.
func TestApart(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, boss := t.Context(), models.System("test")
		ref := w.Drive(t, w.Alert(t), law.StateTeamVerifying)
		cs := readFile(t, w, ref).CaseRef
		sees := func(user string) bool {
			_, err := w.Store.ReferralFile(ctx, w.Actor(t, user), ref)
			return err == nil
		}
		for _, user := range []string{"legal_own", "province_parent", "handler_own", "supervisor_own"} {
			if !sees(user) {
				t.Errorf("%s does not see the referral before the seal", user)
			}
		}
		must(t, w.Store.SealCase(ctx, w.Actor(t, "supervisor_own"), cs, models.SealSensitive, "reason", 0))
		for user, want := range map[string]bool{"legal_own": false, "province_parent": false, "handler_own": true, "handler3_own": false, "supervisor_own": true, "principal_own": true} {
			if sees(user) != want {
				t.Errorf("sealed: %s sees it: %t", user, !want)
			}
		}
		paper := models.PaperRiskReminder
		fields := map[string]string{"facts": "f", "advice": "a"}
		draft, err := w.Store.DraftCasePaper(ctx, w.Actor(t, "supervisor_own"), cs, paper, fields, flatPress{})
		must(t, err)
		must(t, w.Store.ChangeCasePaper(ctx, w.Actor(t, "handler_own"), draft, fields, 0, flatPress{}))
		wants(t, "one's own draft, saved by another", w.Store.IssueCasePaper(ctx, w.Actor(t, "supervisor_own"), draft, 0, flatPress{}), "actor", "error.author_is_issuer")
		must(t, w.Store.GrantRole(ctx, boss, "handler2_own", models.RoleLegalReviewer, "440300"))
		must(t, w.Store.ReplaceOfficer(ctx, w.Actor(t, "supervisor_own"), cs, models.Replacement{Officer: "handler2_own", Substitute: "handler3_own", Reason: "reason", As: models.LeavesRecused}))
		must(t, w.Store.SealCase(ctx, w.Actor(t, "supervisor_own"), cs, models.SealNormal, "reason", 0))
		gone := w.Actor(t, "handler2_own")
		_, err = w.Store.DraftCasePaper(ctx, gone, cs, paper, fields, flatPress{})
		world.IsKind(t, "a paper by one who was recused", err, models.KindForbidden)
		world.IsKind(t, "a move by one who was recused", w.Store.MoveReferral(ctx, gone, ref, law.EventSubmitReport, world.Fields(law.EventSubmitReport), w.Press), models.KindForbidden)
		doCase(t, w, cs, "file", "investigate", "determine", "order_stop")
		f := readCase(t, w, "handler2_own", cs)
		if len(f.Moves) != 0 || len(f.Kinds) != 0 {
			t.Errorf("one who was recused may %v and ask for %v", f.Moves, f.Kinds)
		}
		w.Sound(t)
	})
}
