package models_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/rel/world"
	"xiezhi/work"
)

// writes are verbs that would be made, each by one who may, when nothing were wrong.
func writes(t *testing.T, w *world.World) map[string]func() error {
	ctx, s, boss := t.Context(), w.Store, models.System("test")
	alerts := w.Raise(t, "440304", 7)
	duty, sup := w.Actor(t, "duty_own"), w.Actor(t, "supervisor_own")
	if err := s.DismissAlert(ctx, duty, alerts[0], "duplicate", "", 0); err != nil {
		t.Fatal(err)
	}
	cs := w.Case(t, alerts[1])
	list := map[string]func() error{
		"accept":  func() error { return s.AcceptAlert(ctx, duty, alerts[2], 0) },
		"dismiss": func() error { return s.DismissAlert(ctx, duty, alerts[2], "duplicate", "", 0) },
		"reopen":  func() error { return s.ReopenAlert(ctx, duty, alerts[0], 0) },
		"snooze":  func() error { return s.SnoozeAlert(ctx, duty, alerts[2], s.Now().Add(time.Hour), "later", 0) },
		"assign":  func() error { return s.AssignAlert(ctx, duty, alerts[2], "duty_own", 0) },
		"propose": func() error { return s.ProposeCase(ctx, duty, alerts[2], "", 0) },
		"open":    func() error { _, err := s.OpenCase(ctx, sup, world.NewCase(alerts[2])); return err },
		"team":    func() error { _, err := s.FormTeam(ctx, sup, cs, nil, 0); return err },
		"picture": func() error {
			_, err := s.SavePicture(ctx, sup, cs, models.CasePicture{Page: models.PageGraph, Query: "/graph?of=x", AsOf: s.Now(), Digest: strings.Repeat("0", 64), Note: "note"})
			return err
		},
		"grant":      func() error { return s.GrantRole(ctx, boss, "duty_own", models.RoleSupervisor, "440300") },
		"revoke":     func() error { return s.RevokeRole(ctx, boss, "duty_own", models.RoleDutyOfficer, "440300") },
		"appoint":    func() error { return s.Appoint(ctx, boss, "duty_own", "in_charge", "D", "2026-01-01", "") },
		"token":      func() error { _, err := s.NewToken(ctx, boss, "duty_own", time.Hour); return err },
		"reset":      func() error { return s.SetPassword(ctx, boss, "duty_own", "y", []byte{1}) },
		"preference": func() error { return s.SetPreference(ctx, duty, "en", "dark") },
		"fail login": func() error { return s.FailLogin(ctx, boss, user(t, w, "duty_own"), "", "password") },
		"pass login": func() error { return s.PassLogin(ctx, boss, user(t, w, "duty_own"), "d", 1) },
		"sources":    func() error { return s.RegisterSources(ctx, boss, []models.Source{{Code: "NEW"}}) },
		"refusal":    func() error { return s.NoteRefusal(ctx, duty, "x", "y", nil) },
		"read":       func() error { return s.NoteRead(ctx, duty, "x", "y", models.Place{}, nil) },
		"load": func() error {
			_, err := world.Load(ctx, s, "NEW", "440300", world.RedRows("440304", 900, s.Now())...)
			return err
		},
		"scan": func() error { _, err := w.Desk.Scan(ctx, boss, work.ScanOptions{All: true}); return err },
		"user": func() error {
			_, err := s.AddUser(ctx, boss, models.NewUser{Name: "new", Authority: "admin"})
			return err
		},
		"ready": func() error { return s.AuditWritable(ctx) },
		"authority": func() error {
			_, err := s.PutAuthority(ctx, boss, models.NewAuthority{Code: "new", Kind: models.PoliceUnit, DivisionCode: "440000"})
			return err
		},
	}
	for i, state := range []law.State{law.StatePendingPrincipal, law.StateApproved, law.StateDelivered, law.StateUnderReview} {
		ref := w.Drive(t, alerts[3+i], state)
		for _, m := range law.MovesFrom(state) {
			if world.Ripe(m.Event) > 0 {
				continue
			}
			list[string(m.Event)] = func() error { return w.Move(t, world.Doers[m.Actor], ref, m.Event, world.Fields(m.Event)) }
		}
	}
	return list
}

func user(t testing.TB, w *world.World, name string) models.User {
	t.Helper()
	u, err := w.Store.UserByName(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// Where the audit trail cannot be written, nothing is done: the table refuses, the head is gone, or the table is.
func TestNothingWithoutAudit(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		acts := writes(t, w)
		refuse := "CREATE TRIGGER full BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'full'); END"
		allow := "DROP TRIGGER full"
		if w.Dialect == "postgres" {
			refuse, allow = "ALTER TABLE audit_entries ADD CONSTRAINT full_table CHECK (seq < 0) NOT VALID", "ALTER TABLE audit_entries DROP CONSTRAINT full_table"
		}
		for _, fault := range []struct{ make, mend string }{
			{refuse, allow},
			{"ALTER TABLE audit_head RENAME TO hidden_head", "ALTER TABLE hidden_head RENAME TO audit_head"},
			{"UPDATE audit_head SET seq = 5", ""}, // the next number is taken
			{"DROP TABLE audit_entries", ""},
		} {
			var seq int
			if fault.mend == "" {
				seq = w.Count(t, "SELECT seq FROM audit_head")
			}
			w.Exec(t, fault.make)
			before := w.Hashes(t)
			for what, act := range acts {
				world.IsKind(t, fault.make+": "+what, act(), models.KindUnavailable)
			}
			w.Unchanged(t, before, fault.make)
			if fault.mend != "" {
				w.Exec(t, fault.mend)
			} else {
				w.Exec(t, "UPDATE audit_head SET seq = "+itoa(seq))
			}
		}
	})
}

// The control: with the trail in order each of these verbs is made, on a world of its own where they exclude each other.
func TestWritesAreMadeWithAudit(t *testing.T) {
	w := world.New(t, "sqlite")
	before := w.Count(t, "SELECT seq FROM audit_head")
	made := 0
	for what, act := range writes(t, w) {
		switch err := act(); {
		case err == nil:
			made++
		case models.KindOf(err) == models.KindUnavailable || models.KindOf(err) == models.KindInternal:
			t.Errorf("%s: %v", what, err)
		}
	}
	if made < 18 || w.Count(t, "SELECT seq FROM audit_head") < before+made-1 {
		t.Errorf("only %d acts were made", made)
	}
	w.Sound(t)
}

func itoa(n int) string { return strconv.Itoa(n) }
