package models_test

import (
	"reflect"
	"slices"
	"testing"

	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/rel/world"
)

// What surrounds a page, asked in one question, is what the single questions say.
func TestSurround(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, s := t.Context(), w.Store
		same := func(when string) (around models.Surround) {
			t.Helper()
			for _, user := range []string{"duty_own", "handler_own", "principal_own", "supervisor_sibling", "police_own", "line_other"} {
				actor := w.Actor(t, user)
				got, err := s.Surround(ctx, actor)
				ok(t, err)
				office, err := s.Authority(ctx, actor.AuthorityID)
				ok(t, err)
				calendar, err := s.CalendarName(ctx)
				ok(t, err)
				rules, err := s.RuleMark(ctx)
				ok(t, err)
				scan, _, err := s.LastScan(ctx)
				ok(t, err)
				counts, err := s.AlertCounts(ctx, actor)
				ok(t, err)
				notices, err := s.UnreadNotices(ctx, actor)
				ok(t, err)
				if got.Office.Name != office.Name || got.Office.NameEn != office.NameEn || got.Office.DivisionCode != office.DivisionCode || got.Calendar != calendar || got.Rules != rules ||
					got.Scan.Ref != scan.Ref || !got.Scan.AsOf.Equal(scan.AsOf) || !got.Scan.FinishedAt.Equal(scan.FinishedAt) || got.Urgent != counts.Urgent || got.Notices != notices {
					t.Errorf("%s, %s: %+v; %+v %s %s %+v %+v %d", when, user, got, office, calendar, rules, scan, counts, notices)
				}
				if user == "duty_own" {
					around = got
				}
			}
			return around
		}
		same("before anything")
		w.Drive(t, w.Alert(t), law.StatePendingPrincipal)
		before := same("with a case")
		for _, al := range w.Raise(t, "440304", 2) {
			ok(t, s.AcceptAlert(ctx, w.Actor(t, "duty_own"), al, 0))
		}
		boss := models.System("test")
		boss.Permits = world.Everywhere().Permits
		_, err := s.SetCalendarDay(ctx, boss, models.CalendarChange{Day: "2026-11-05", Kind: law.DayHoliday, Basis: "notice"})
		ok(t, err)
		sc, err := s.BeginScan(ctx, boss, models.ScanPlan{All: true, RuleVersion: "1"})
		ok(t, err)
		same("while a scan runs")
		ok(t, s.FinishScan(ctx, boss, &sc, map[string]int{}))
		after := same("afterwards")
		if after.Urgent <= before.Urgent || after.Calendar == before.Calendar || after.Scan.Ref != sc.Ref {
			t.Errorf("nothing changed: %+v, %+v", before, after)
		}
	})
}

// A visitor is the user with what is granted now, without secrets.
func TestVisitor(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, s := t.Context(), w.Store
		id := w.Actor(t, "handler_own").UserID
		same := func() (grants []models.Grant) {
			t.Helper()
			u, err := s.UserByID(ctx, id)
			ok(t, err)
			want, err := s.LiveGrants(ctx, id)
			ok(t, err)
			got, grants, err := s.Visitor(ctx, id)
			ok(t, err)
			if got.ID != u.ID || got.Name != u.Name || got.DisplayName != u.DisplayName || got.DisplayNameEn != u.DisplayNameEn || got.AuthorityID != u.AuthorityID || got.Disabled != u.Disabled ||
				got.Locale != u.Locale || got.Theme != u.Theme || !got.PasswordChangedAt.Equal(u.PasswordChangedAt) || got.PasswordHash != "" || got.TOTPSecret != nil {
				t.Errorf("%+v, not %+v", got, u)
			}
			if !slices.EqualFunc(grants, want, func(a, b models.Grant) bool {
				return a.ID == b.ID && a.UserID == b.UserID && a.Role == b.Role && reflect.DeepEqual(a.Place, b.Place)
			}) {
				t.Errorf("%+v, not %+v", grants, want)
			}
			return grants
		}
		if len(same()) == 0 {
			t.Fatal("nothing is granted")
		}
		admin := models.System("test")
		for _, g := range same() {
			ok(t, s.RevokeRole(ctx, admin, "handler_own", g.Role, g.DivisionCode))
		}
		if left := same(); len(left) != 0 {
			t.Errorf("revoked, and still there: %+v", left)
		}
		_, _, err := s.Visitor(ctx, 1<<40)
		world.IsKind(t, "nobody", err, models.KindNotFound)
	})
}
