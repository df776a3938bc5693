package models_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/rel/world"
)

// busy writes until the context ends and gives how many verbs were acknowledged.
func busy(t *testing.T, ctx context.Context, w *world.World) (wait func() int) {
	actor := w.Actor(t, "duty_own")
	var wg sync.WaitGroup
	n := 0
	wg.Go(func() {
		for ctx.Err() == nil {
			if err := w.Store.SetPreference(t.Context(), actor, "en", "dark"); err != nil {
				t.Error(err)
				return
			}
			n++
		}
	})
	return func() int {
		wg.Wait()
		return n
	}
}

// target gives the address of an empty place of the same kind.
func target(t *testing.T, w *world.World) string {
	t.Helper()
	if w.Dialect == "postgres" {
		return modelstest.Postgres(t)
	}
	return filepath.Join(t.TempDir(), "restored.db")
}

// A backup is taken while another writes, put back, and holds a whole trail that is the beginning of the present one.
func TestBackupAndRestore(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		w.Drive(t, w.Alert(t), law.StateDelivered)
		ctx, stop := context.WithCancel(t.Context())
		wait := busy(t, ctx, w)
		dir, boss := t.TempDir(), models.System("test")
		var files []string
		times := 4
		if w.Dialect == "postgres" {
			times = 2 // pg_dump and pg_restore take a second each
		}
		for i := range times {
			files = append(files, filepath.Join(dir, string(rune('a'+i))))
			if err := w.Store.Backup(t.Context(), boss, w.Target, files[i]); err != nil {
				t.Fatal(err)
			}
		}
		stop()
		if n := wait(); n == 0 {
			t.Error("nothing was written meanwhile")
		}
		if err := w.Store.Backup(t.Context(), boss, w.Target, files[0]); err == nil {
			t.Error("a backup was written over another")
		}
		if left, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || len(left) != len(files) {
			t.Errorf("beside the backups: %v %v", left, err)
		}
		now, err := w.Store.VerifyAudit(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		last := int64(0)
		for i, file := range files {
			to := target(t, w)
			if err := models.Restore(t.Context(), file, to, models.RestoreOptions{Replace: w.Dialect == "postgres"}); err != nil {
				t.Fatal(err)
			}
			if left, err := filepath.Glob(to + "?*"); err != nil || w.Dialect == "sqlite" && len(left) > 0 {
				t.Errorf("beside the database: %v %v", left, err)
			}
			s := modelstest.Open(t, to, w.Clock.Now)
			rep, err := s.VerifyAudit(t.Context(), nil)
			if err != nil || len(rep.Broken) > 0 || rep.LastSeq <= last || rep.LastSeq > now.LastSeq {
				t.Errorf("backup %d: %+v %v, the trail had %d", i, rep, err, now.LastSeq)
			}
			last = rep.LastSeq
			list, _, err := s.Referrals(t.Context(), world.Everywhere(), models.ReferralFilter{Limit: 5})
			if err != nil || len(list) != 1 || list[0].State != law.StateDelivered {
				t.Errorf("backup %d: referrals %+v %v", i, list, err)
			}
			if err := models.Restore(t.Context(), file, to, models.RestoreOptions{}); err == nil {
				t.Error("a database that is there was replaced")
			}
		}
	})
}

// A backup with a flipped byte anywhere, or without its end, is refused, and the database that it was to replace stays as it is.
func TestDamagedBackups(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		w.Drive(t, w.Alert(t), law.StatePendingPrincipal)
		dir := t.TempDir()
		file, bad := filepath.Join(dir, "good"), filepath.Join(dir, "bad")
		if err := w.Store.Backup(t.Context(), models.System("test"), w.Target, file); err != nil {
			t.Fatal(err)
		}
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		before := w.Hashes(t)
		r := rand.New(rand.NewPCG(3, 3))
		try := func(what string, b []byte) {
			t.Helper()
			if err := os.WriteFile(bad, b, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := models.Restore(t.Context(), bad, w.Target, models.RestoreOptions{Replace: true}); err == nil {
				t.Fatalf("%s: the backup was restored", what)
			}
		}
		for range 60 {
			b := bytes.Clone(body)
			b[r.IntN(len(b))] ^= 1 << r.IntN(8)
			try("a flipped bit", b)
		}
		for _, size := range []int{0, 1, 86, 87, 4096, len(body) / 2, len(body) - 88, len(body) - 87, len(body) - 1} {
			try("truncated", body[:size])
		}
		for range 10 {
			try("truncated", body[:r.IntN(len(body))])
		}
		try("longer", append(slices.Clone(body), 'x'))
		try("doubled", append(slices.Clone(body), body...))
		w.Unchanged(t, before, "damaged backups")
		w.Sound(t)
		if left, err := filepath.Glob(w.Target + ".restoring*"); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v %v", left, err)
		}
		if w.Dialect == "sqlite" {
			if err := w.Store.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if err := models.Restore(t.Context(), file, w.Target, models.RestoreOptions{Replace: true}); err != nil {
			t.Errorf("the control, the whole backup: %v", err)
		}
	})
}
