package models_test

import (
	"testing"
	"time"

	"xiezhi/models"
	"xiezhi/rel/world"
	"xiezhi/work"
)

var (
	scanAll = work.ScanOptions{All: true}
	scanNew = work.ScanOptions{}
)

// Five failures lock an account for a quarter of an hour; a device that signed in before has its own count.
func TestLoginGate(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, s, boss := t.Context(), w.Store, models.System("login")
		me := func() models.User { return user(t, w, "duty_own") }
		if err := s.PassLogin(ctx, boss, me(), "desk", 0); err != nil {
			t.Fatal(err)
		}
		gate := func(device string, known, open bool) {
			t.Helper()
			k, err := s.LoginGate(ctx, me(), device)
			if k != known || (err == nil) != open || err != nil && models.KindOf(err) != models.KindTooMany {
				t.Errorf("device %q: known %t, %v", device, k, err)
			}
		}
		fail := func(device string, times int) {
			t.Helper()
			for range times {
				if err := s.FailLogin(ctx, boss, me(), device, "password"); err != nil {
					t.Fatal(err)
				}
			}
		}
		fail("stranger", models.MaxFailures-1)
		gate("stranger", false, true)
		fail("", 1)
		gate("stranger", false, false)
		gate("", false, false)
		gate("desk", true, true)
		fail("desk", models.MaxFailures-1)
		gate("desk", true, true)
		fail("desk", 1)
		gate("desk", true, false)
		if _, err := s.LoginGate(ctx, user(t, w, "duty_parent"), "desk"); err != nil {
			t.Errorf("somebody else's device locks another account: %v", err)
		}
		w.Clock.Pass(models.LockTime - time.Second)
		gate("stranger", false, false)
		gate("desk", true, false)
		w.Clock.Pass(time.Second)
		gate("stranger", false, true)
		gate("desk", true, true)
		fail("desk", models.MaxFailures-1)
		if err := s.PassLogin(ctx, boss, me(), "desk", 0); err != nil {
			t.Fatal(err)
		}
		fail("desk", models.MaxFailures-1)
		gate("desk", true, true)
		before := w.Count(t, "SELECT COUNT(*) FROM audit_entries WHERE action = 'session.refuse' AND outcome = 'refused'")
		if err := s.FailLogin(ctx, boss, models.User{Name: "nobody"}, "x", "unknown"); err != nil {
			t.Fatal(err)
		}
		if n := w.Count(t, "SELECT COUNT(*) FROM audit_entries WHERE action = 'session.refuse' AND outcome = 'refused'"); n != before+1 || n != 4*models.MaxFailures-2+1 {
			t.Errorf("%d refused logins are audited", n)
		}
		w.Sound(t)
	})
}

// A one-time step counts once, however many try it at the same time, and never an older one.
func TestOneTimeStep(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		u, boss := user(t, w, "duty_own"), models.System("login")
		won := 0
		for _, err := range race(func(int) error { return w.Store.PassLogin(t.Context(), boss, u, "d", 1000) }) {
			if err == nil {
				won++
			} else {
				world.IsKind(t, "the same step", err, models.KindUnauthenticated)
			}
		}
		if won != 1 {
			t.Errorf("%d logins with one step", won)
		}
		world.IsKind(t, "an older step", w.Store.PassLogin(t.Context(), boss, u, "d", 999), models.KindUnauthenticated)
		if err := w.Store.SetPassword(t.Context(), boss, "duty_own", "new", nil); err != nil {
			t.Fatal(err)
		}
		world.IsKind(t, "the step after a new password", w.Store.PassLogin(t.Context(), boss, u, "d", 1000), models.KindUnauthenticated)
		if err := w.Store.PassLogin(t.Context(), boss, u, "d", 1001); err != nil {
			t.Error(err)
		}
		w.Exec(t, "UPDATE users SET disabled = TRUE WHERE name = 'duty_own'")
		world.IsKind(t, "a disabled account", w.Store.PassLogin(t.Context(), boss, u, "d", 1002), models.KindUnauthenticated)
	})
}

// A revoked grant is gone with the next question; a new password ends tokens and forgets devices, and keeps the second factor.
func TestRevocation(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, s, boss, alert := t.Context(), w.Store, models.System("test"), w.Alert(t)
		if err := s.AcceptAlert(ctx, w.Actor(t, "duty_own"), alert, 0); err != nil {
			t.Fatal(err)
		}
		if err := s.RevokeRole(ctx, boss, "duty_own", models.RoleDutyOfficer, "440300"); err != nil {
			t.Fatal(err)
		}
		gone := w.Actor(t, "duty_own")
		world.IsKind(t, "after the grant is revoked", s.ProposeCase(ctx, gone, alert, "", 0), models.KindNotFound)
		list, _, err := s.Alerts(ctx, gone, models.AlertFilter{Limit: 10})
		if err != nil || len(list) != 0 || gone.Can(models.ActAlertRead) {
			t.Errorf("without a grant %d alerts are seen: %v", len(list), err)
		}
		world.IsKind(t, "revoked twice", s.RevokeRole(ctx, boss, "duty_own", models.RoleDutyOfficer, "440300"), models.KindNotFound)
		if err := s.GrantRole(ctx, boss, "duty_own", models.RoleDutyOfficer, "440305"); err != nil {
			t.Fatal(err)
		}
		world.IsKind(t, "moved to a county", s.ProposeCase(ctx, w.Actor(t, "duty_own"), alert, "", 0), models.KindNotFound)

		if err := s.SetPassword(ctx, boss, "duty_own", "hash1", []byte("sealed")); err != nil {
			t.Fatal(err)
		}
		token, err := s.NewToken(ctx, boss, "duty_own", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.PassLogin(ctx, boss, user(t, w, "duty_own"), "desk", 5); err != nil {
			t.Fatal(err)
		}
		if u, _, err := s.TokenUser(ctx, token); err != nil || u.Name != "duty_own" {
			t.Fatalf("a live token: %v", err)
		}
		if err := s.SetPassword(ctx, boss, "duty_own", "hash2", nil); err != nil {
			t.Fatal(err)
		}
		u := user(t, w, "duty_own")
		if string(u.TOTPSecret) != "sealed" || u.PasswordHash != "hash2" {
			t.Errorf("the second factor is %q", u.TOTPSecret)
		}
		_, _, err = s.TokenUser(ctx, token)
		world.IsKind(t, "a token of before", err, models.KindUnauthenticated)
		if known, err := s.LoginGate(ctx, u, "desk"); known || err != nil {
			t.Errorf("a device of before: %t %v", known, err)
		}
		short, err := s.NewToken(ctx, boss, "duty_own", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		w.Clock.Pass(time.Hour)
		_, _, err = s.TokenUser(ctx, short)
		world.IsKind(t, "an expired token", err, models.KindUnauthenticated)
	})
}

// Administrators exclude each other and every business role, and nobody grants to himself.
func TestGrantsExclude(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, s, sec := t.Context(), w.Store, w.Actor(t, "securityadmin")
		for _, c := range []struct {
			user string
			role models.Role
		}{{"duty_own", models.RoleSystemAdmin}, {"systemadmin", models.RoleAuditAdmin}, {"auditadmin", models.RoleDutyOfficer}} {
			wants(t, c.user, s.GrantRole(ctx, sec, c.user, c.role, "440300"), "role", "error.roles_exclude")
		}
		world.IsKind(t, "to oneself", s.GrantRole(ctx, sec, "securityadmin", models.RoleSecurityAdmin, "440300"), models.KindForbidden)
		wants(t, "an unknown place", s.GrantRole(ctx, sec, "duty_own", models.RoleSupervisor, "990000"), "division", "error.division_unknown")
		wants(t, "twice", s.GrantRole(ctx, sec, "duty_own", models.RoleDutyOfficer, "440300"), "role", "error.grant_exists")
		for _, name := range []string{"supervisor", "system_admin", "Root", "a b", ""} {
			_, err := s.AddUser(ctx, sec, models.NewUser{Name: name, Authority: "admin"})
			wants(t, name, err, "name", "error.user_name")
		}
	})
}
