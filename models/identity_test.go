package models_test

import (
	"testing"

	"xiezhi/models"
	"xiezhi/rel/world"
)

// identityRows are two companies of a county with one name in two dresses.
func identityRows(county string, n int) []models.Row {
	return []models.Row{
		{Table: models.TableCompanies, Company: &models.CompanyRow{USCC: world.USCC(county, n), Name: "深圳市启明远航科技有限公司", DivisionCode: county}},
		{Table: models.TableCompanies, Company: &models.CompanyRow{USCC: world.USCC(county, n+1), Name: "启明远航科技（深圳）有限责任公司", DivisionCode: county}},
	}
}

func identitySteward(places ...string) models.Actor {
	var scope models.Scope
	for _, p := range places {
		scope = scope.Union(models.ScopeOf(p))
	}
	return models.Actor{UserID: 1, Name: "steward", Permits: map[models.Action]models.Scope{models.ActIdentityRead: scope, models.ActIdentityDecide: scope, models.ActCompanyRead: scope}}
}

// A yes makes a relation, anything after it withdraws it, and a yes can be said again; who may not see a side finds nothing.
func TestIdentityDecisions(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx := t.Context()
		if _, err := world.Load(ctx, w.Store, "T", "440304", identityRows("440304", 700)...); err != nil {
			t.Fatal(err)
		}
		rep, err := w.Desk.ProposeIdentities(ctx, models.System("test"), 0)
		if err != nil || rep.ByVerdict["same"] == 0 {
			t.Fatalf("%+v, %v", rep, err)
		}
		again, err := w.Desk.ProposeIdentities(ctx, models.System("test"), 0)
		if err != nil || again.New != 0 || again.Proposed != rep.Proposed {
			t.Fatalf("again %+v, %v", again, err)
		}
		actor := identitySteward("440300")
		list, _, err := w.Store.Identities(ctx, actor, models.IdentityFilter{State: models.IdentityOpen, Verdict: "same", Limit: 10})
		if err != nil || len(list) == 0 {
			t.Fatalf("%d, %v", len(list), err)
		}
		p := list[0]
		standing := func() int {
			return w.Count(t, "SELECT COUNT(*) FROM facts f WHERE f.source = 'IDENTITY' AND NOT EXISTS (SELECT 1 FROM retractions x WHERE x.fact_id = f.id)")
		}
		for _, step := range []struct {
			decision string
			relation int
		}{{"yes", 1}, {"open", 0}, {"yes", 1}, {"no", 0}, {"unsure", 0}, {"yes", 1}} {
			if err := w.Store.DecideIdentity(ctx, actor, p.Ref, step.decision, models.IdentityInput{}); err != nil {
				t.Fatalf("%s: %v", step.decision, err)
			}
			if n := standing(); n != step.relation {
				t.Errorf("after %s %d relations stand, want %d", step.decision, n, step.relation)
			}
		}
		world.IsKind(t, "yes to a yes", w.Store.DecideIdentity(ctx, actor, p.Ref, "yes", models.IdentityInput{}), models.KindNotAMove)
		world.IsKind(t, "an old version", w.Store.DecideIdentity(ctx, actor, p.Ref, "no", models.IdentityInput{Version: 1}), models.KindConflict)
		world.IsKind(t, "another city", w.Store.DecideIdentity(ctx, identitySteward("440100"), p.Ref, "no", models.IdentityInput{}), models.KindNotFound)
		reader := identitySteward("440300")
		delete(reader.Permits, models.ActIdentityDecide)
		world.IsKind(t, "a reader", w.Store.DecideIdentity(ctx, reader, p.Ref, "no", models.IdentityInput{}), models.KindForbidden)
		if _, err := w.Desk.ProposeIdentities(ctx, models.System("test"), 0); err != nil {
			t.Fatal(err)
		}
		if now, err := w.Store.Identity(ctx, actor, p.Ref); err != nil || now.State != "yes" {
			t.Errorf("a proposal anew changed the decision: %s, %v", now.State, err)
		}
		w.Sound(t)
	})
}
