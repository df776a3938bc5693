package work_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"xiezhi/detect"
	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/simulate"
	"xiezhi/work"
)

func desk(t testing.TB, s *models.Store) *work.Desk {
	t.Helper()
	rules, err := detect.DefaultRules()
	if err != nil {
		t.Fatal(err)
	}
	return &work.Desk{Store: s, Rules: rules, Log: slog.New(slog.NewTextHandler(os.Stderr, nil))}
}

// reader is an actor who may read everything everywhere, for looking at results.
func reader() models.Actor {
	permits := map[models.Action]models.Scope{}
	for _, a := range models.Actions() {
		permits[a] = models.ScopeOf("000000")
	}
	return models.Actor{Name: "test", Permits: permits}
}

func province(t testing.TB, companies, transfers int) []string {
	t.Helper()
	dir := t.TempDir()
	if _, err := simulate.Write(t.Context(), dir, simulate.Options{Companies: companies, Transfers: transfers, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, table := range models.Tables() {
		p := filepath.Join(dir, string(table)+".csv")
		if _, err := os.Stat(p); err == nil {
			paths = append(paths, p)
		}
	}
	return paths
}

func at(day string) func() time.Time {
	t, err := time.ParseInLocation(time.DateOnly, day, models.China)
	if err != nil {
		panic(err)
	}
	return func() time.Time { return t.Add(9 * time.Hour) }
}

// The province is loaded and scanned, the company of 2018 is red with its daily yield first, and a second load and scan change
// nothing.
func TestProvinceIsLoadedAndScanned(t *testing.T) {
	paths := province(t, 300, 2000)
	modelstest.EachAt(t, at("2026-11-20"), func(t *testing.T, s *models.Store) {
		d, ctx, actor := desk(t, s), t.Context(), models.System("test")
		opts := work.IngestOptions{Paths: paths, Source: "SIM", Division: "440000"}
		first, err := d.Ingest(ctx, actor, opts)
		if err != nil {
			t.Fatal(err)
		}
		var accepted int64
		for _, f := range first.Files {
			if f.Refused > 0 || f.Error != "" {
				t.Errorf("%s: %+v", f.Name, f)
			}
			accepted += f.Accepted
		}
		rep, err := d.Scan(ctx, actor, work.ScanOptions{})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d rows in %.2f s; scan %d companies in %.2f s: %v %v", accepted, first.Seconds, rep.Subjects, rep.Seconds, rep.ByLevel, rep.ByArea)
		alerts, _, err := s.Alerts(ctx, reader(), models.AlertFilter{Levels: []string{"red"}, Limit: 50})
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, al := range alerts {
			why := al.TopReasons()
			if al.DivisionCode == "440304" && len(why) > 0 && why[0].Indicator == "GEN-06" && why[0].Value == 0.08 {
				found = true
			}
		}
		if !found {
			t.Error("the company that promises 8 % a day is not red with its yield first")
		}
		again, err := d.Ingest(ctx, actor, opts)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range again.Files {
			if f.Accepted != 0 || f.Refused != 0 {
				t.Errorf("loading %s again: %+v", f.Name, f)
			}
		}
		second, err := d.Scan(ctx, actor, work.ScanOptions{All: true})
		if err != nil {
			t.Fatal(err)
		}
		if second.Changed != 0 || second.Alerts.Raised != 0 || second.Alerts.Updated != 0 {
			t.Errorf("scanning again changed %+v", second)
		}
		audit, err := s.VerifyAudit(ctx, nil)
		if err != nil || len(audit.Broken) > 0 {
			t.Errorf("audit: %+v %v", audit, err)
		}
	})
}
