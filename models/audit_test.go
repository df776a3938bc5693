package models_test

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/rel/world"
)

// trail is a world whose audit trail can be damaged and put back.
type trail struct {
	*world.World
	key   ed25519.PrivateKey
	file  string
	heads []models.AuditHead
	last  int
}

func newTrail(t *testing.T, w *world.World) *trail {
	t.Helper()
	w.Drive(t, w.Alert(t), law.StateTeamVerifying)
	k := &trail{World: w, key: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32)), file: filepath.Join(t.TempDir(), "heads.jsonl")}
	heads := models.NewHeadFile(k.file, k.key)
	for range 3 {
		if err := heads.Note(t.Context(), w.Store); err != nil {
			t.Fatal(err)
		}
		if err := w.Store.SetPreference(t.Context(), w.Actor(t, "duty_own"), "en", "dark"); err != nil {
			t.Fatal(err)
		}
	}
	if err := heads.Note(t.Context(), w.Store); err != nil {
		t.Fatal(err)
	}
	k.heads = k.read(t)
	k.last = w.Count(t, "SELECT MAX(seq) FROM audit_entries")
	w.Exec(t, "CREATE TABLE keep_entries AS SELECT * FROM audit_entries")
	w.Exec(t, "CREATE TABLE keep_head AS SELECT * FROM audit_head")
	return k
}

func (k *trail) read(t *testing.T) []models.AuditHead {
	t.Helper()
	list, err := models.ReadHeads(k.file, k.key.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// mend puts the trail back.
func (k *trail) mend(t *testing.T) {
	t.Helper()
	for _, table := range []string{"entries", "head"} {
		k.Exec(t, "DELETE FROM audit_"+table)
		k.Exec(t, "INSERT INTO audit_"+table+" SELECT * FROM keep_"+table)
	}
}

// finds verifies the trail and asks for a fault that names the place; then it puts the trail back.
func (k *trail) finds(t *testing.T, what, place string, heads []models.AuditHead) {
	t.Helper()
	rep, err := k.Store.VerifyAudit(t.Context(), heads)
	if err != nil || !slices.ContainsFunc(rep.Broken, func(s string) bool { return strings.Contains(s, place) }) {
		t.Errorf("%s: no fault names %q: %v %v", what, place, rep.Broken, err)
	}
	k.mend(t)
}

// flip changes one character of a text.
func flip(r *rand.Rand, s string) string {
	if s == "" {
		return "x"
	}
	runes := []rune(s)
	i := r.IntN(len(runes))
	if runes[i]++; runes[i] > 'z' {
		runes[i] = 'a'
	}
	return string(runes)
}

func TestAuditTampering(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		k, r := newTrail(t, w), rand.New(rand.NewPCG(1, 1))
		if rep, err := w.Store.VerifyAudit(t.Context(), k.heads); err != nil || len(rep.Broken) > 0 || rep.Heads != len(k.heads) {
			t.Fatalf("the untouched trail: %+v %v", rep, err)
		}
		for _, column := range []string{"actor", "action", "object", "division_code", "outcome", "request_id", "ip", "detail", "prev_hash", "hash"} {
			for range 6 {
				seq := 1 + r.IntN(k.last)
				var was string
				if err := w.Raw(t).QueryRow(fmt.Sprintf("SELECT %s FROM audit_entries WHERE seq = %d", column, seq)).Scan(&was); err != nil {
					t.Fatal(err)
				}
				w.Exec(t, fmt.Sprintf("UPDATE audit_entries SET %s = '%s' WHERE seq = %d", column, strings.ReplaceAll(flip(r, was), "'", "''"), seq))
				k.finds(t, "flip in "+column, fmt.Sprintf("entry %d was changed", seq), k.heads)
			}
		}
		micro := "at + 1"
		if w.Dialect == "postgres" {
			micro = "at + interval '1 microsecond'"
		}
		for _, seq := range []int{1, 2, k.last / 2, k.last} {
			w.Exec(t, fmt.Sprintf("UPDATE audit_entries SET at = %s WHERE seq = %d", micro, seq))
			k.finds(t, "another time", fmt.Sprintf("entry %d was changed", seq), k.heads)
			w.Exec(t, fmt.Sprintf("UPDATE audit_entries SET seq = seq + 100000 WHERE seq = %d", seq))
			k.finds(t, "another number", fmt.Sprintf("entry %d is missing", seq), k.heads)
			w.Exec(t, fmt.Sprintf("DELETE FROM audit_entries WHERE seq = %d", seq))
			place := fmt.Sprintf("entry %d is missing", seq)
			if seq == k.last {
				place = fmt.Sprintf("a signed head knows %d", seq)
			}
			k.finds(t, "delete", place, k.heads)
		}
		w.Exec(t, "UPDATE audit_entries SET seq = CASE seq WHEN 10 THEN -11 ELSE -10 END WHERE seq IN (10, 11)")
		w.Exec(t, "UPDATE audit_entries SET seq = -seq WHERE seq < 0")
		k.finds(t, "swap", "entry 10 was changed", k.heads)
		w.Exec(t, fmt.Sprintf("INSERT INTO audit_entries SELECT seq + 1, at, actor, action, object, division_code, outcome, request_id, ip, detail, prev_hash, hash FROM audit_entries WHERE seq = %d", k.last))
		k.finds(t, "insert", fmt.Sprintf("entry %d was changed", k.last+1), k.heads)
		w.Exec(t, fmt.Sprintf("DELETE FROM audit_entries WHERE seq > %d", k.last-3))
		k.finds(t, "cut tail", fmt.Sprintf("the trail ends at %d", k.last-3), nil)
		w.Exec(t, "UPDATE audit_head SET seq = seq - 1")
		k.finds(t, "moved head", "the head says", nil)
		w.Exec(t, "DELETE FROM audit_head")
		k.finds(t, "lost head", "the audit head cannot be read", nil)
		w.Exec(t, "DELETE FROM audit_entries")
		k.finds(t, "all gone", "the trail ends at 0", k.heads)
	})
}

// One who writes the whole chain anew, or rolls the database back, is found by the signed heads alone.
func TestAuditForgery(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		k := newTrail(t, w)
		list, _, err := w.Store.AuditEntries(t.Context(), world.Everywhere(), models.AuditFilter{Limit: 10000})
		if err != nil {
			t.Fatal(err)
		}
		slices.Reverse(list)
		prev := ""
		for i, e := range list {
			if e.Seq == 20 {
				e.Actor = "nobody"
			}
			e.PrevHash = prev
			e.Hash = models.ChainOf(e)
			prev = e.Hash
			if list[i].Hash != e.Hash {
				w.Exec(t, fmt.Sprintf("UPDATE audit_entries SET actor = '%s', prev_hash = '%s', hash = '%s' WHERE seq = %d", e.Actor, e.PrevHash, e.Hash, e.Seq))
			}
		}
		w.Exec(t, "UPDATE audit_head SET hash = '"+prev+"'")
		if rep, err := w.Store.VerifyAudit(t.Context(), nil); err != nil || len(rep.Broken) > 0 {
			t.Errorf("the forged chain is not consistent in itself: %v %v", rep.Broken, err)
		}
		k.finds(t, "forged chain", fmt.Sprintf("entry %d differs from the signed head", k.heads[0].Seq), k.heads)

		rollBack := func(n int) {
			w.Exec(t, fmt.Sprintf("DELETE FROM audit_entries WHERE seq > %d", n))
			w.Exec(t, fmt.Sprintf("UPDATE audit_head SET seq = %d, hash = (SELECT hash FROM audit_entries WHERE seq = %d)", n, n))
		}
		rollBack(k.last - 1)
		if rep, err := w.Store.VerifyAudit(t.Context(), nil); err != nil || len(rep.Broken) > 0 {
			t.Errorf("a trail rolled back is not consistent in itself: %v %v", rep.Broken, err)
		}
		k.finds(t, "rolled back", fmt.Sprintf("the trail ends at %d, a signed head knows %d", k.last-1, k.last), k.heads)
		rollBack(k.last - 1)
		if err := w.Store.SetPreference(t.Context(), w.Actor(t, "duty_own"), "en", "light"); err != nil {
			t.Fatal(err)
		}
		k.finds(t, "rolled back and gone on", fmt.Sprintf("entry %d differs from the signed head", k.last), k.heads)
	})
}

// A whole database file that is put back is found too.
func TestAuditWholeFileRolledBack(t *testing.T) {
	w := world.New(t, "sqlite")
	ctx := t.Context()
	old := filepath.Join(t.TempDir(), "old.db")
	if err := w.Store.Backup(ctx, models.System("test"), w.Target, old); err != nil {
		t.Fatal(err)
	}
	k := newTrail(t, w)
	if err := w.Store.Close(); err != nil {
		t.Fatal(err)
	}
	if err := models.Restore(ctx, old, w.Target, models.RestoreOptions{Replace: true}); err != nil {
		t.Fatal(err)
	}
	s := modelstest.Open(t, w.Target, time.Now)
	rep, err := s.VerifyAudit(ctx, k.heads)
	if err != nil || !slices.ContainsFunc(rep.Broken, func(s string) bool { return strings.Contains(s, fmt.Sprintf("a signed head knows %d", k.heads[0].Seq)) }) {
		t.Errorf("%+v %v", rep, err)
	}
}

// Each flipped byte of the head file is found and its line named; a torn last line is passed over and does not spoil the next.
func TestAuditHeadFile(t *testing.T) {
	w := world.New(t, "sqlite")
	k := newTrail(t, w)
	public := k.key.Public().(ed25519.PublicKey)
	body, err := os.ReadFile(k.file)
	if err != nil {
		t.Fatal(err)
	}
	write := func(b []byte) {
		t.Helper()
		if err := os.WriteFile(k.file, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	first := bytes.IndexByte(body, '\n')
	unseen := 0
	for i := range first {
		b := bytes.Clone(body)
		b[i] ^= 1
		write(b)
		heads, err := models.ReadHeads(k.file, public)
		if err == nil && heads[0] == k.heads[0] {
			unseen++ // letters of another case in a key mean the same
		} else if err == nil || !strings.Contains(err.Error(), "line 1") {
			t.Errorf("byte %d flipped: %v", i, err)
		}
	}
	if unseen > 0 {
		t.Errorf("%d flipped bytes were not seen", unseen)
	}
	stranger := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{8}, 32)).Public().(ed25519.PublicKey)
	write(body)
	if _, err := models.ReadHeads(k.file, stranger); err == nil {
		t.Error("another key reads the heads")
	}
	for cut := 1; cut < 40; cut += 7 {
		write(body[:len(body)-cut])
		torn, err := models.ReadHeads(k.file, public)
		if err != nil || len(torn) < len(k.heads)-1 {
			t.Fatalf("torn by %d: %d heads, %v", cut, len(torn), err)
		}
		for range 2 {
			if err := models.NewHeadFile(k.file, k.key).Note(t.Context(), w.Store); err != nil {
				t.Fatal(err)
			}
		}
		if heads := k.read(t); len(heads) < len(k.heads)+1 {
			t.Errorf("after a line torn by %d there are %d heads", cut, len(heads))
		}
	}
}

func TestUnauditedChangeIsRefused(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		before := w.Hashes(t)
		err := w.Store.Unaudited(t.Context(), models.System("test"), func(db *gorm.DB) error {
			return db.Exec("UPDATE alerts SET note = 'x'").Error
		})
		if err == nil {
			t.Error("a change without an audit entry was made")
		}
		w.Unchanged(t, before, "an unaudited change")
	})
}
