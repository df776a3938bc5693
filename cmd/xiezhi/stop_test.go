package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"xiezhi/models/modelstest"
	"xiezhi/work"
)

// What police report of an account's money stands on its page, with what ended by itself, and no page offers to stop or freeze.
func TestStopsAreReadOnly(t *testing.T) {
	target := filepath.Join(fastDir(t), "stop.db")
	s := emptySite(t, target)
	dir := t.TempDir()
	files := map[string]string{"accounts.csv": "number,institution_code,division_code\nSTOP-1,BANK1,440300\n",
		"signals.csv": "subject,kind,at,text,ref\naccount:STOP-1,police_feedback,2026-11-10T09:00:00+08:00,接报案后紧急止付,a\naccount:STOP-1,police_feedback,2026-11-11T09:00:00+08:00,再次止付,b\n" +
			"account:STOP-1,police_feedback,2026-11-12T09:00:00+08:00,再次止付,c\n"}
	var paths []string
	for _, name := range []string{"accounts.csv", "signals.csv"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(files[name]), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	if rep, err := s.p.desk.Ingest(t.Context(), byCommand, work.IngestOptions{Paths: paths, Source: "POLICE", Division: "440300"}); err != nil || rep.Refused() {
		t.Fatalf("%+v %v", rep, err)
	}
	var ref string
	if err := modelstest.Raw(t, target).QueryRow("SELECT ref FROM subjects WHERE key = 'STOP-1'").Scan(&ref); err != nil {
		t.Fatal(err)
	}
	page := s.as(t, "handler1").get("/accounts/" + ref)
	for _, want := range []string{"紧急止付", "再次止付", "到期自动解除", "另有 1 条反馈与程序不符"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page of the account lacks %s", want)
		}
	}
	for _, bad := range []string{"/freeze", "/stop\"", "/release"} {
		if strings.Contains(page.body, `action="/accounts/`+ref+bad) {
			t.Errorf("the page offers %s", bad)
		}
	}
}
