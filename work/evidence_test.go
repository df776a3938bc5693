package work_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/proof"
	"xiezhi/rel/world"
)

// piece is what comes with a text file.
func piece(name string) models.NewEvidence {
	return models.NewEvidence{Class: models.ClassDocumentary, Title: "ledger page", SourceOffice: "front office", FileName: name}
}

// caseOf opens a case and gives it with the referral of its state.
func caseOf(t *testing.T, w *world.World, referral string) string {
	t.Helper()
	f, err := w.Store.ReferralFile(t.Context(), w.Actor(t, "supervisor_own"), referral)
	if err != nil {
		t.Fatal(err)
	}
	return f.CaseRef
}

// addPiece brings a piece into a case and releases it.
func addPiece(t *testing.T, w *world.World, cs, body string) string {
	t.Helper()
	ref, err := w.Desk.ReceiveEvidence(t.Context(), w.Actor(t, "handler_own"), cs, piece("page.txt"), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Desk.CheckEvidence(t.Context(), models.System("evidence")); err != nil {
		t.Fatal(err)
	}
	return ref
}

// Evidence is seen by those who may read the case, and by the police once it was handed to them; its custody log tells all of it.
func TestEvidenceRunsItsCourse(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx := t.Context()
		ref := w.Drive(t, w.Alert(t), law.StateTeamVerifying)
		cs := caseOf(t, w, ref)
		handler, police, proc := w.Actor(t, "handler_own"), w.Actor(t, "police_own"), w.Actor(t, "proc_own")
		ev, err := w.Desk.ReceiveEvidence(ctx, handler, cs, piece("page.txt"), strings.NewReader("paid 8 % a day"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.Store.DownloadEvidence(ctx, handler, ev)
		world.IsKind(t, "download from quarantine", err, models.KindNotAMove)
		if err := w.Desk.CheckEvidence(ctx, models.System("evidence")); err != nil {
			t.Fatal(err)
		}
		f, err := w.Store.EvidenceFile(ctx, handler, ev)
		if err != nil || f.State != models.EvidenceReleased || f.Digest() != proof.DigestBytes([]byte("paid 8 % a day")) || f.Broken != "" {
			t.Fatalf("%+v %v", f, err)
		}
		for name, kind := range map[string]models.Kind{"police_own": models.KindNotFound, "proc_own": models.KindNotFound, "handler_other": models.KindNotFound, "duty_own": models.KindNotFound,
			"handler_sibling": models.KindNotFound, "line_own": models.KindNotFound, "systemadmin": models.KindNotFound} {
			_, err := w.Store.EvidenceFile(ctx, w.Actor(t, name), ev)
			world.IsKind(t, name+" before the referral", err, kind)
		}
		_, err = w.Desk.ReceiveEvidence(ctx, w.Actor(t, "handler3_own"), cs, piece("page.txt"), strings.NewReader("x"))
		world.IsKind(t, "one who is not on the team", err, models.KindForbidden)
		_, err = w.Desk.ReceiveEvidence(ctx, w.Actor(t, "handler_other"), cs, piece("page.txt"), strings.NewReader("x"))
		world.IsKind(t, "one of another province", err, models.KindNotFound)
		_, err = w.Desk.ReceiveEvidence(ctx, handler, cs, piece("page.txt"), strings.NewReader("paid 8 % a day"))
		world.IsKind(t, "the same content again", err, models.KindInvalid)
		for _, event := range []law.Event{law.EventSubmitReport, law.EventApprove, law.EventSend} {
			move, _ := law.FindMove(w.State(t, ref), event)
			if err := w.Move(t, world.Doers[move.Actor], ref, event, world.Fields(event)); err != nil {
				t.Fatal(event, err)
			}
		}
		if _, err := w.Store.EvidenceFile(ctx, police, ev); err != nil {
			t.Error("the police do not see what was sent:", err)
		}
		if _, err := w.Store.EvidenceFile(ctx, w.Actor(t, "police_sibling"), ev); models.KindOf(err) != models.KindNotFound {
			t.Error("another police unit sees it:", err)
		}
		if _, err := w.Store.EvidenceFile(ctx, proc, ev); models.KindOf(err) != models.KindNotFound {
			t.Error("the procuratorate sees it before supervision:", err)
		}
		late := addPiece(t, w, cs, "came later")
		if _, err := w.Store.EvidenceFile(ctx, police, late); models.KindOf(err) != models.KindNotFound {
			t.Error("the police see what was not handed over:", err)
		}
		if _, err := w.Store.DownloadEvidence(ctx, police, ev); err != nil {
			t.Error(err)
		}
		if ok, err := w.Desk.VerifyEvidence(ctx, police, ev); !ok || err != nil {
			t.Error("verify:", ok, err)
		}
		f, err = w.Store.EvidenceFile(ctx, handler, ev)
		if err != nil {
			t.Fatal(err)
		}
		var acts []string
		for _, c := range f.Custody {
			acts = append(acts, c.Act)
		}
		want := "received checked viewed included viewed downloaded verified viewed"
		if got := strings.Join(acts, " "); got != want || f.Broken != "" {
			t.Errorf("custody %q, want %q; broken: %s", got, want, f.Broken)
		}
		w.Exec(t, "UPDATE cases SET seal = 'POLICE_HOLD'")
		_, err = w.Store.EvidenceFile(ctx, handler, ev)
		world.IsKind(t, "the agency on police hold", err, models.KindNotFound)
		if _, err = w.Store.EvidenceFile(ctx, police, ev); err != nil {
			t.Error("the police on police hold:", err)
		}
		w.Exec(t, "UPDATE cases SET seal = 'SENSITIVE'")
		_, err = w.Store.EvidenceFile(ctx, w.Actor(t, "handler3_own"), ev)
		world.IsKind(t, "another handler on a sensitive case", err, models.KindNotFound)
		if _, err = w.Store.EvidenceFile(ctx, handler, ev); err != nil {
			t.Error("the team on a sensitive case:", err)
		}
		w.Sound(t)
	})
}

// Whatever is done to a stored content or to its log is noticed.
func TestEvidenceIsGuarded(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, handler := t.Context(), w.Actor(t, "handler_own")
		cs := w.Case(t, w.Alert(t))
		ev := addPiece(t, w, cs, "evidence")
		path, err := w.Desk.Vault.Path(proof.DigestBytes([]byte("evidence")).SHA256)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("evidencE"), 0o600); err != nil {
			t.Fatal(err)
		}
		if ok, err := w.Desk.VerifyEvidence(ctx, handler, ev); ok || err != nil {
			t.Error("a changed content verifies:", err)
		}
		if rep, err := w.Desk.CheckVault(ctx); err != nil || rep.Contents != 1 || len(rep.Differ) != 1 {
			t.Errorf("%+v %v", rep, err)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if ok, err := w.Desk.VerifyEvidence(ctx, handler, ev); ok || err != nil {
			t.Error("a missing content verifies:", err)
		}
		for _, tamper := range []string{"UPDATE custody_entries SET note = 'x' WHERE seq = 1", "UPDATE custody_entries SET actor = 'x' WHERE seq = 2",
			"DELETE FROM custody_entries WHERE seq = 2", "DELETE FROM custody_entries WHERE seq = (SELECT MAX(seq) FROM custody_entries)"} {
			w.Exec(t, "CREATE TABLE kept AS SELECT * FROM custody_entries")
			w.Exec(t, tamper)
			if f, err := w.Store.EvidenceFile(ctx, handler, ev); err != nil || f.Broken == "" {
				t.Errorf("%s is not noticed: %v", tamper, err)
			}
			w.Exec(t, "DELETE FROM custody_entries")
			w.Exec(t, "INSERT INTO custody_entries SELECT * FROM kept")
			w.Exec(t, "UPDATE evidence SET custody_seq = (SELECT MAX(seq) FROM custody_entries), custody_hash = (SELECT hash FROM custody_entries ORDER BY seq DESC LIMIT 1)")
			w.Exec(t, "DROP TABLE kept")
		}
	})
}

// What may not come in leaves neither a row nor a file behind that anyone could reach.
func TestEvidenceIsRefused(t *testing.T) {
	w := world.New(t, "sqlite")
	ctx, handler := t.Context(), w.Actor(t, "handler_own")
	cs := w.Case(t, w.Alert(t))
	for what, c := range map[string]struct {
		in    models.NewEvidence
		body  string
		field string
	}{
		"a program":           {piece("a.txt"), "MZ\x90\x00\x03", "file"},
		"nothing":             {piece("a.txt"), "", "file"},
		"too large":           {piece("a.txt"), strings.Repeat("a", 1<<20+1), "file"},
		"another name":        {piece("a.pdf"), "plain text", "file"},
		"a name with a bidi":  {piece("a\u202etxt.txt"), "plain text", "file"},
		"a name too long":     {piece(strings.Repeat("a", 300) + ".txt"), "plain text", "file"},
		"a class of pictures": {models.NewEvidence{Class: models.ClassAudioVisual, Title: "t t", SourceOffice: "o", FileName: "a.txt"}, "plain text", "file"},
		"no class":            {models.NewEvidence{Class: "rumour", Title: "t t", SourceOffice: "o", FileName: "a.txt"}, "plain text", "class"},
		"no title":            {models.NewEvidence{Class: models.ClassDocumentary, SourceOffice: "o", FileName: "a.txt"}, "plain text", "title"},
		"no source":           {models.NewEvidence{Class: models.ClassDocumentary, Title: "t t", FileName: "a.txt"}, "plain text", "source_person"},
	} {
		before := w.Hashes(t)
		_, err := w.Desk.ReceiveEvidence(ctx, handler, cs, c.in, strings.NewReader(c.body))
		world.IsKind(t, what, err, models.KindInvalid)
		if !strings.Contains(fmt.Sprint(fieldsOf(err)), c.field) {
			t.Errorf("%s: fields %v", what, fieldsOf(err))
		}
		w.Unchanged(t, before, what)
	}
	old := time.Now().Add(-48 * time.Hour)
	if err := filepath.WalkDir(string(w.Desk.Vault), func(path string, _ os.DirEntry, err error) error {
		if err == nil {
			err = os.Chtimes(path, old, old)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.Desk.SweepVault(ctx); err != nil {
		t.Fatal(err)
	}
	if err := w.Desk.Vault.All(func(sum string, _ time.Time) error { return fmt.Errorf("%s is left", sum) }); err != nil {
		t.Error(err)
	}
}

func fieldsOf(err error) map[string]string {
	var e *models.Error
	if errors.As(err, &e) {
		return e.Fields
	}
	return nil
}

// A scanner that finds something refuses, one that fails keeps the piece in quarantine.
func TestScanner(t *testing.T) {
	w := world.New(t, "sqlite")
	ctx, handler := t.Context(), w.Actor(t, "handler_own")
	cs := w.Case(t, w.Alert(t))
	script := filepath.Join(t.TempDir(), "scanner")
	w.Desk.Evidence.Scanner = script
	ref, err := w.Desk.ReceiveEvidence(ctx, handler, cs, piece("a.txt"), strings.NewReader("a text"))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Desk.CheckEvidence(ctx, models.System("evidence")); err == nil {
		t.Error("a missing scanner is no fault")
	}
	if e, err := w.Store.Evidence(ctx, handler, ref); err != nil || e.State != models.EvidenceQuarantined {
		t.Errorf("without a scanner: %s %v", e.State, err)
	}
	if err := os.WriteFile(script, []byte("#!/bin/sh\ngrep -q virus \"$1\" && exit 1\nexit 0\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	bad, err := w.Desk.ReceiveEvidence(ctx, handler, cs, piece("b.txt"), strings.NewReader("a virus"))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Desk.CheckEvidence(ctx, models.System("evidence")); err != nil {
		t.Fatal(err)
	}
	for ref, want := range map[string]models.EvidenceState{ref: models.EvidenceReleased, bad: models.EvidenceRefused} {
		if e, err := w.Store.Evidence(ctx, handler, ref); err != nil || e.State != want {
			t.Errorf("%s: %s %s %v", ref, e.State, e.Finding, err)
		}
	}
}

// A dossier holds what was handed over, verifies without the store, and verifies no more when anything in it is changed.
func TestDossier(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx := t.Context()
		ref := w.Drive(t, w.Alert(t), law.StateTeamVerifying)
		cs := caseOf(t, w, ref)
		addPiece(t, w, cs, "first piece")
		for _, event := range []law.Event{law.EventSubmitReport, law.EventApprove, law.EventSend} {
			move, _ := law.FindMove(w.State(t, ref), event)
			if err := w.Move(t, world.Doers[move.Actor], ref, event, world.Fields(event)); err != nil {
				t.Fatal(event, err)
			}
		}
		addPiece(t, w, cs, "second piece, not sent")
		if _, err := w.Store.AskCaseDossier(ctx, w.Actor(t, "supervisor_own"), cs); err != nil {
			t.Fatal(err)
		}
		_, err := w.Store.AskCaseDossier(ctx, w.Actor(t, "duty_own"), cs)
		world.IsKind(t, "a duty officer asks for a dossier", err, models.KindForbidden)
		if err := w.Desk.MakeDossiers(ctx, models.System("dossier")); err != nil {
			t.Fatal(err)
		}
		police, err := w.Store.ReferralDossiers(ctx, w.Actor(t, "police_own"), ref)
		if err != nil || len(police) != 1 || police[0].State != models.DossierDone || police[0].Done != police[0].Total {
			t.Fatalf("the police see %+v %v", police, err)
		}
		mine, err := w.Store.CaseDossiers(ctx, w.Actor(t, "handler_own"), cs)
		if err != nil || len(mine) != 2 {
			t.Fatalf("the handler sees %+v %v", mine, err)
		}
		for name, want := range map[string]int{"police_own": 1, "police_sibling": 0, "proc_own": 0, "duty_own": 0, "handler_other": 0} {
			list, err := w.Store.CaseDossiers(ctx, w.Actor(t, name), cs)
			if err != nil || len(list) != want {
				t.Errorf("%s sees %d dossiers: %v", name, len(list), err)
			}
		}
		keys, err := w.Store.PublicKeys(ctx)
		if err != nil {
			t.Fatal(err)
		}
		known := map[string]proof.PublicKey{}
		for _, k := range keys {
			known[k.ID] = k
		}
		for _, c := range []struct {
			d                models.DossierLine
			papers, evidence int
		}{{police[0], 2, 1}, {mine[0], 2, 2}} {
			file, err := w.Desk.Vault.Open(c.d.SHA256)
			if err != nil {
				t.Fatal(err)
			}
			r, err := proof.VerifyDossier(file, c.d.Size, known)
			if err != nil || len(r.Faults) > 0 || !r.Trusted || r.Papers != c.papers || r.Evidence != c.evidence || r.SM3 != c.d.SM3 {
				t.Errorf("%+v %v", r, err)
			}
			_ = file.Close()
		}
		body, err := os.ReadFile(must(w.Desk.Vault.Path(police[0].SHA256)))
		if err != nil {
			t.Fatal(err)
		}
		for at := 0; at < len(body); at += 1 + len(body)/97 {
			bad := bytes.Clone(body)
			bad[at] ^= 4
			if r, err := proof.VerifyDossier(bytes.NewReader(bad), int64(len(bad)), known); err == nil && len(r.Faults) == 0 {
				t.Fatalf("byte %d of %d may be changed", at, len(body))
			}
		}
		w.Sound(t)
	})
}

func must(path string, _ error) string { return path }

// Papers are signed by the office they come from; the rotation of a key leaves earlier signatures good; a changed byte, number or
// signature is noticed.
func TestPapersAreSigned(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx := t.Context()
		ref := w.Drive(t, w.Alert(t), law.StateReceived)
		lead := w.Actor(t, "handler_own")
		office := func(kind string) string {
			c, err := w.Store.VerifyDocument(ctx, lead, ref, kind)
			if err != nil || c.Fault != "" {
				t.Fatalf("%s: %q %v", kind, c.Fault, err)
			}
			return c.Key.ID
		}
		if a, b := office("letter"), office("receipt"); a != "lead-440300.1" || b != "police-440300.1" {
			t.Errorf("signed by %s and %s", a, b)
		}
		if k, err := w.Store.RotateKey(ctx, models.System("command"), "lead-440300"); err != nil || k.KeyID != "lead-440300.2" {
			t.Fatal(k.KeyID, err)
		}
		if office("letter") != "lead-440300.1" {
			t.Error("a rotated key changed the past")
		}
		next := w.Drive(t, w.Raise(t, "440304", 1)[0], law.StatePendingPrincipal)
		if c, err := w.Store.VerifyDocument(ctx, lead, next, "report"); err != nil || c.Key.ID != "lead-440300.2" || c.Fault != "" {
			t.Errorf("after the rotation: %+v %v", c.Key.ID, err)
		}
		for tamper, want := range map[string]string{
			"UPDATE documents SET number = 'x' WHERE kind = 'letter'":                                                                 "signature",
			"UPDATE documents SET sm3 = sha256 WHERE kind = 'letter'":                                                                 "content",
			"UPDATE documents SET sig_sm2 = sig_ed25519 WHERE kind = 'letter'":                                                        "sm2",
			"UPDATE documents SET sig_ed25519 = sig_sm2 WHERE kind = 'letter'":                                                        "ed25519",
			"UPDATE documents SET signing_key = 'lead-440300.2' WHERE kind = 'letter'":                                                "signature",
			"UPDATE documents SET signing_key = 'nobody' WHERE kind = 'letter'":                                                       "key",
			"UPDATE documents SET signing_key = '' WHERE kind = 'letter'":                                                             "unsigned",
			"UPDATE documents SET content = (SELECT content FROM documents d WHERE d.kind = 'receipt' LIMIT 1) WHERE kind = 'letter'": "content",
		} {
			w.Exec(t, "CREATE TABLE kept AS SELECT * FROM documents")
			w.Exec(t, tamper)
			if c, err := w.Store.VerifyDocument(ctx, lead, ref, "letter"); err != nil || c.Fault != want {
				t.Errorf("%s: %q, want %q: %v", tamper, c.Fault, want, err)
			}
			faults := 0
			if err := w.Store.VerifyDocuments(ctx, func(c models.DocumentCheck) error {
				if c.Fault != "" {
					faults++
				}
				return nil
			}); err != nil || faults != 1 {
				t.Errorf("%s: %d faults %v", tamper, faults, err)
			}
			w.Exec(t, "DELETE FROM documents")
			w.Exec(t, "INSERT INTO documents SELECT * FROM kept")
			w.Exec(t, "DROP TABLE kept")
		}
	})
}
