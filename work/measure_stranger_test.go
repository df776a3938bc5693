package work_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"xiezhi/eval/stranger"
	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/work"
)

// A small province by another hand, whose seed nobody looked at; docs/detection.md says how the large ones are measured. The floors lie below
// what was measured: they catch what breaks detection, they prove nothing.
func TestStrangersProvince(t *testing.T) {
	dir := t.TempDir()
	if err := stranger.Write(stranger.Config{Seed: 11, Companies: 900, Bad: 34, Near: 132, Transfers: 60_000}, dir); err != nil {
		t.Fatal(err)
	}
	end := stranger.Default(11).Until.AddDate(0, 0, 1)
	s := modelstest.Open(t, filepath.Join(t.TempDir(), "stranger.db"), func() time.Time { return end })
	defer s.Close()
	d, actor := desk(t, s), models.System("test")
	var paths []string
	for _, table := range []string{"institutions", "persons", "companies", "accounts", "licences", "products", "relations", "signals", "transfers"} {
		paths = append(paths, filepath.Join(dir, table+".csv"))
	}
	got, err := d.Ingest(t.Context(), actor, work.IngestOptions{Paths: paths, Division: "000000"})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range got.Files {
		if f.Refused > 0 || f.Accepted == 0 {
			t.Fatalf("%s: %d accepted, %d refused: %v", f.Name, f.Accepted, f.Refused, f.Errors)
		}
	}
	if _, err := d.Scan(t.Context(), actor, work.ScanOptions{All: true}); err != nil {
		t.Fatal(err)
	}
	atLeast(t, d, filepath.Join(dir, "labels-companies.csv"), 0.85, 0.3)
	atLeast(t, d, filepath.Join(dir, "labels-accounts.csv"), 0.6, 0.4)
}

// atLeast holds the alerts at orange against a labels file: a floor of recall, and of false for each true.
func atLeast(t *testing.T, d *work.Desk, path string, recall, falsePerTrue float64) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	labels, err := work.ReadLabels(file)
	if err != nil {
		t.Fatal(err)
	}
	rep, err := d.Evaluate(t.Context(), labels, path, "orange")
	if err != nil {
		t.Fatal(err)
	}
	wrong := float64(rep.Flagged-rep.TruePositive) / float64(max(1, rep.TruePositive))
	t.Logf("%s at orange: recall %.3f, false per true %.2f of %d", filepath.Base(path), rep.Recall, wrong, rep.TruePositive)
	if rep.Recall < recall || wrong > falsePerTrue {
		t.Errorf("%s: recall %.3f (least %.2f), false per true %.2f (most %.2f)", filepath.Base(path), rep.Recall, recall, wrong, falsePerTrue)
	}
}
