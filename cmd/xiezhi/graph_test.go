package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"xiezhi/work"
)

// A user of another province asks about a company that somebody of Guangdong is behind: the chain is there, and no name, code or number
// of the other side in any answer or page.
func TestGraphNamesNobodyOutside(t *testing.T) {
	s := newSite(t, filepath.Join(fastDir(t), "test.db"))
	dir := t.TempDir()
	var paths []string
	for name, text := range map[string]string{
		"persons.csv":   "id,name,division_code\nZZ-HIDDEN-9,甲乙丙丁,440303\n",
		"companies.csv": "uscc,name,division_code\nCS-OWN-1,天心甲公司,430104\nCS-OWN-2,天心乙公司,430104\n",
		"relations.csv": "from,to,kind,ratio\nperson:ZZ-HIDDEN-9,company:CS-OWN-1,shareholder,0.6\nperson:ZZ-HIDDEN-9,company:CS-OWN-2,shareholder,0.7\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	if _, err := s.p.desk.Ingest(t.Context(), byCommand, work.IngestOptions{Paths: paths, Source: "SIM", Division: "430104"}); err != nil {
		t.Fatal(err)
	}
	api, page := s.api(t, "other1"), s.as(t, "other1")
	const outside = `"outside:1"`
	for path, want := range map[string]string{
		"/api/v1/graph/path?from=company:CS-OWN-1&to=company:CS-OWN-2":  outside,
		"/api/v1/graph/neighbours?of=company:CS-OWN-1":                  outside,
		"/api/v1/graph/controllers?of=company:CS-OWN-1":                 outside,
		"/api/v1/graph/keyfigures?of=company:CS-OWN-1,company:CS-OWN-2": outside,
		"/graph?of=company:CS-OWN-1&depth=2":                            "辖区外主体",
		"/graph?of=company:CS-OWN-1&depth=2&format=csv":                 "辖区外主体",
		"/graph?of=company:CS-OWN-1&depth=2&format=svg":                 "辖区外主体",
	} {
		got := page.get(path)
		if strings.HasPrefix(path, "/api/") {
			got = api.ask(http.MethodGet, path, nil)
		}
		if got.status != http.StatusOK || !strings.Contains(got.body, want) || strings.Contains(got.body, "HIDDEN") || strings.Contains(got.body, "乙丙") {
			t.Errorf("%s: %d %.900s", path, got.status, got.body)
		}
	}
	absent := api.ask(http.MethodGet, "/api/v1/graph/neighbours?of=person:NOBODY", nil)
	if got := api.ask(http.MethodGet, "/api/v1/graph/neighbours?of=person:ZZ-HIDDEN-9", nil); got.status != http.StatusNotFound || got.body != absent.body {
		t.Errorf("a person outside: %d %s, absent: %s", got.status, got.body, absent.body)
	}
}
