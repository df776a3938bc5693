package main

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"xiezhi/law"
	"xiezhi/models"
)

// say runs a command of the program on the store of a site and gives what it printed.
func (s *site) say(t *testing.T, args ...string) (string, error) {
	t.Helper()
	t.Setenv("XIEZHI_DB", s.p.cfg.DB)
	t.Setenv("XIEZHI_DATA_DIR", s.p.cfg.DataDir)
	t.Setenv("XIEZHI_SECRET_FILE", s.p.cfg.SecretFile)
	return runHere(t, args...)
}

func runHere(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	root := rootCommand()
	root.SetArgs(args)
	root.SetOut(&out)
	root.SetErr(&out)
	err := root.ExecuteContext(t.Context())
	return out.String(), err
}

// A dossier verifies by the command alone, with and without the key file; one changed byte is found. Rotated keys leave it good,
// and a backup brings database and evidence back as they were.
func TestProofCommands(t *testing.T) {
	s := newSite(t, filepath.Join(t.TempDir(), "proof.db"))
	ctx, dir := t.Context(), t.TempDir()
	caseURL, referral := s.referralAt(t, s.cityAlerts(t)[0], 0)
	cs, handler := strings.TrimPrefix(caseURL, "/cases/"), s.actor(t, "handler1")
	body := strings.Repeat("每日返利8% ", 300)
	if _, err := s.p.desk.ReceiveEvidence(ctx, handler, cs, models.NewEvidence{Class: models.ClassDocumentary, Title: "宣传单", SourceOffice: "窗口", FileName: "a.txt"}, strings.NewReader(body)); err != nil {
		t.Fatal(err)
	}
	if err := s.p.desk.CheckEvidence(ctx, models.System("evidence")); err != nil {
		t.Fatal(err)
	}
	in := models.ReferralInput{Fields: map[string]string{"facts": "向不特定对象吸收资金", "offence": "176", "amount": "1200000"}}
	if err := s.p.store.MoveReferral(ctx, handler, strings.TrimPrefix(referral, "/referrals/"), law.EventSubmitReport, in, s.p.press); err != nil {
		t.Fatal(err)
	}
	if _, err := s.p.store.AskCaseDossier(ctx, handler, cs); err != nil {
		t.Fatal(err)
	}
	if err := s.p.desk.MakeDossiers(ctx, models.System("dossier")); err != nil {
		t.Fatal(err)
	}
	list, err := s.p.store.CaseDossiers(ctx, handler, cs)
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v %v", list, err)
	}
	path, err := s.p.desk.Vault.Path(list[0].SHA256)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file, keys := filepath.Join(dir, "dossier.zip"), filepath.Join(dir, "keys.json")
	write(t, file, whole)
	if out, err := runHere(t, "dossier", "verify", file); err != nil || !strings.Contains(out, "every digest") || !strings.Contains(out, "compare its fingerprint") {
		t.Errorf("%v\n%s", err, out)
	}
	out, err := s.say(t, "keys", "list", "--json")
	if err != nil {
		t.Fatal(err, out)
	}
	write(t, keys, []byte(out))
	if out, err := runHere(t, "dossier", "verify", file, "--keys", keys); err != nil || !strings.Contains(out, "stands in the key file") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := s.say(t, "keys", "rotate", "lead-440300"); err != nil || !strings.Contains(out, "lead-440300.2 is in use") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := runHere(t, "dossier", "verify", file, "--keys", keys, "--json"); err != nil || !strings.Contains(out, `"trusted":true`) {
		t.Errorf("%v\n%s", err, out)
	}
	bad := bytes.Clone(whole)
	bad[len(bad)/2] ^= 1
	write(t, file, bad)
	if out, err := runHere(t, "dossier", "verify", file, "--keys", keys); err == nil || out == "" && !errors.Is(err, errFaults) {
		t.Errorf("a changed byte: %v\n%s", err, out)
	}
	backup := filepath.Join(dir, "backup.db")
	if out, err := s.say(t, "backup", backup); err != nil || !strings.Contains(out, "contents of evidence") {
		t.Fatal(err, out)
	}
	t.Setenv("XIEZHI_DB", filepath.Join(dir, "again.db"))
	t.Setenv("XIEZHI_DATA_DIR", filepath.Join(dir, "again"))
	if out, err := runHere(t, "restore", backup); err != nil {
		t.Fatal(err, out)
	}
	if out, err := runHere(t, "evidence", "verify"); err != nil || !strings.Contains(out, "0 missing, 0 differ") || strings.Contains(out, "vault: 0 ") {
		t.Errorf("%v\n%s", err, out)
	}
	again := filepath.Join(dir, "again", "vault", list[0].SHA256[:2], list[0].SHA256[2:4], list[0].SHA256)
	if got, err := os.ReadFile(again); err != nil || !bytes.Equal(got, whole) {
		t.Errorf("the dossier after the restore: %v", err)
	}
	if err := os.Chmod(again, 0o600); err != nil {
		t.Fatal(err)
	}
	write(t, again, bad)
	if out, err := runHere(t, "evidence", "verify"); !errors.Is(err, errFaults) || !strings.Contains(out, "FAULT") {
		t.Errorf("a changed content: %v\n%s", err, out)
	}
}

func write(t *testing.T, path string, body []byte) {
	t.Helper()
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
}

// A long body is read from those alone who may add evidence to that very case.
func TestLongUploadsNeedTheRight(t *testing.T) {
	s := newSite(t, filepath.Join(fastDir(t), "upload.db"))
	caseURL, _ := s.referralAt(t, s.cityAlerts(t)[0], 0)
	long, form := bytes.Repeat([]byte("0123456789abcdef"), 3<<16), url.Values{"class": {"documentary"}, "title": {"账册"}, "source_office": {"窗口"}}
	for user, want := range map[string][]int{"handler1": {http.StatusSeeOther}, "police1": {413, 422}, "handler3": {413, 422}, "duty1": {413, 422}} {
		v := s.as(t, user)
		if got := v.uploadAs(v.token(), caseURL+"/evidence", "book.txt", long, form); !slices.Contains(want, got.status) {
			t.Errorf("%s sends 3 MiB: %d", user, got.status)
		}
	}
}
