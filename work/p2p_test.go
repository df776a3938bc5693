package work_test

import (
	"compress/gzip"
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"
	"time"

	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/work"
)

const shared = "../../shared/data"

// failures reads when each real platform failed.
func failures(t *testing.T, path string) map[string]time.Time {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Skipf("the real platforms are needed for this measure: %v", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]time.Time{}
	for _, r := range rows[1:] {
		if on, err := time.Parse(time.DateOnly, r[0]); err == nil {
			out[r[1]] = on
		}
	}
	return out
}

// Real platforms are scanned as of three days with what was observable then; printed is how many of those alerted at red or
// orange failed within twelve months, against the base rate of all platforms under observation (docs/detection.md).
func TestRealPlatforms(t *testing.T) {
	dir := filepath.Join(shared, "p2p-platforms")
	failed := failures(t, filepath.Join(dir, "failures.csv.gz"))
	s := modelstest.Open(t, filepath.Join(t.TempDir(), "p2p.db"), time.Now)
	d, ctx, actor := desk(t, s), t.Context(), models.System("test")
	for _, load := range []struct{ file, mapping string }{{"failures.csv.gz", "p2p-failures-companies"}, {"ratings.csv.gz", "p2p-ratings-companies"},
		{"ratings.csv.gz", "p2p-ratings-products"}, {"failures.csv.gz", "p2p-failures-signals"}} {
		rep, err := d.Ingest(ctx, actor, work.IngestOptions{Paths: []string{filepath.Join(dir, load.file)}, Mapping: load.mapping, Division: "000000"})
		if err != nil {
			t.Fatal(err)
		}
		if rep.Refused() || rep.Files[0].Accepted == 0 {
			t.Errorf("%s by %s: %+v", load.file, load.mapping, rep.Files)
		}
	}
	for _, day := range []string{"2016-06-30", "2017-06-30", "2018-05-31"} {
		end, err := time.ParseInLocation(time.DateOnly, day, models.China)
		if err != nil {
			t.Fatal(err)
		}
		rep, err := d.Scan(ctx, actor, work.ScanOptions{All: true, ValidAt: models.At(end)})
		if err != nil {
			t.Fatal(err)
		}
		watched, alerted, hits, base := tally(t, s, failed, end)
		t.Logf("%s: %d platforms under observation, base rate %d = %.1f %%; alerted red or orange %d, of which failed within 12 months %d = %.1f %%; levels %v",
			day, watched, base, percent(base, watched), alerted, hits, percent(hits, alerted), rep.ByLevel)
		if alerted == 0 {
			t.Errorf("%s: no platform was alerted", day)
		}
	}
	list, _, err := s.Alerts(ctx, reader(), models.AlertFilter{Limit: 5})
	if err != nil || len(list) == 0 || len(list[0].TopReasons()) == 0 {
		t.Fatalf("the queue shows no reasons: %v", err)
	}
}

func percent(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return 100 * float64(a) / float64(b)
}

// tally counts the platforms that were rated in the last 400 days and not failed yet.
func tally(t *testing.T, s *models.Store, failed map[string]time.Time, end time.Time) (watched, alerted, hits, base int) {
	t.Helper()
	var list []models.Subject
	all, more, err := s.Companies(t.Context(), reader(), models.CompanyFilter{Limit: 5000})
	if err != nil || more {
		t.Fatal(err, more)
	}
	list = all
	sources, err := s.Sources(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	facts, err := s.CompanyFactsBy(t.Context(), list, sources, models.AsOf{ObservedBy: models.At(end)})
	if err != nil {
		t.Fatal(err)
	}
	for _, sub := range list {
		n := len(facts[sub.ID].Products)
		on, dead := failed[sub.Key]
		if n == 0 || end.Sub(facts[sub.ID].Products[n-1].ObservedAt.Time()) > 400*24*time.Hour || dead && on.Before(end) {
			continue
		}
		watched++
		bad := dead && on.Before(end.AddDate(1, 0, 0))
		if bad {
			base++
		}
		if sub.Level == "red" || sub.Level == "orange" {
			alerted++
			if bad {
				hits++
			}
		}
	}
	return watched, alerted, hits, base
}
