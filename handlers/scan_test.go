package handlers

import (
	"strings"
	"testing"
	"time"

	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/work"
)

func TestScanListShowsOwnScopeOnly(t *testing.T) {
	now := pagesTime(t, "2026-11-20T10:00:00+08:00")
	done := models.Scan{ID: 1, Ref: "SM-1", Status: "done", Subjects: 900, Changed: 31, Raised: 17, Updated: 5, StartedAt: now.Add(-time.Minute), FinishedAt: now,
		AsOf: now, Tallies: `{"by_level":{"red":40},"by_jurisdiction":{"440305":3,"440106":4,"430100":33}}`}
	running := models.Scan{ID: 2, Ref: "SM-2", Status: "running", Subjects: 500, StartedAt: now.Add(-10 * time.Second), AsOf: now, Tallies: "{}"}
	for _, c := range []struct {
		name, division, found string
		nation                bool
		places                int
	}{
		{"nation", "000000", "40", true, 3},
		{"province", "440000", "7", false, 2},
		{"city", "440300", "3", false, 1},
		{"elsewhere", "110000", "0", false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx := pagesContext(t, i18n.English)
			p := newScanListPage(ctx, pagesActor(t, models.RoleRiskAnalyst, c.division), []models.Scan{running, done}, now)
			row := p.Rows[1]
			if p.Nation != c.nation || row.Found != c.found || len(row.Places) != c.places || !p.MayStart {
				t.Errorf("nation %v, found %s in %d places, may start %v", p.Nation, row.Found, len(row.Places), p.MayStart)
			}
			if shown := row.Subjects + row.Changed + row.Raised + row.Updated; (shown != "") != c.nation {
				t.Errorf("sums of the country shown: %q", shown)
			}
			if len(p.Running) != 1 || strings.Contains(p.Running[0], "500") != c.nation {
				t.Errorf("progress: %q", p.Running)
			}
		})
	}
}

func TestScannedTextKeepsToTheScope(t *testing.T) {
	rep := work.ScanReport{Scan: "SM-1", Subjects: 900, Changed: 31, Alerts: work.ScanAlerts{Raised: 17}, ByJurisdiction: map[string]int64{"440305": 3, "430100": 33}, Seconds: 1.5}
	ctx := pagesContext(t, i18n.English)
	city := scannedText(ctx, pagesActor(t, models.RoleRiskAnalyst, "440300"), rep)
	for _, n := range []string{"900", "31", "17", "36"} {
		if strings.Contains(city, n) {
			t.Errorf("%q tells %s of the whole country", city, n)
		}
	}
	if !strings.Contains(city, "1.5") || !strings.Contains(scannedText(ctx, pagesActor(t, models.RoleRiskAnalyst, "000000"), rep), "900") {
		t.Error("seconds or the national sums are missing")
	}
}
