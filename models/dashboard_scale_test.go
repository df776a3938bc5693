package models_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"xiezhi/models"
	"xiezhi/reference"
	"xiezhi/rel/world"
)

// How long the figures take with many alerts on both stores: XIEZHI_DASHBOARD=1000000 go test ./models -run TestDashboardAtScale -v
// A hundredth as many cases, with limits and teams; alerts over two years, a third of them decided, a third open.
func TestDashboardAtScale(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("XIEZHI_DASHBOARD"))
	if err != nil {
		t.Skip("XIEZHI_DASHBOARD says how many alerts to measure with")
	}
	world.Each(t, func(t *testing.T, w *world.World) {
		w.Case(t, w.Alert(t))
		fillMany(t, w, n)
		for _, weeks := range []int{13, 52} {
			for _, place := range []string{"000000", "440000", "440300"} {
				var took []time.Duration
				var d models.Dashboard
				for range 3 {
					began := time.Now()
					if d, err = w.Store.Dashboard(t.Context(), models.DashboardQuery{Scope: models.ScopeOf(place), Weeks: weeks}); err != nil {
						t.Fatal(err)
					}
					took = append(took, time.Since(began).Round(time.Millisecond))
				}
				var raised int64
				for _, x := range d.Weeks {
					raised += x.Raised.Sum()
				}
				t.Logf("%s, %d alerts, %s, %d weeks: %v (raised %d, decided %d, places %d, median signal to alert %v)", w.Dialect, n, place, weeks, took, raised, len(d.Decided), len(d.Places), d.Waits.SignalToAlert.Median)
			}
		}
	})
}

// fillMany writes rows from the numbers 1 to n: every county of the table in turn, and times and outcomes by arithmetic on the number.
func fillMany(t *testing.T, w *world.World, n int) {
	t.Helper()
	w.Exec(t, "CREATE TABLE counties (i BIGINT PRIMARY KEY, code TEXT, p2 TEXT, c4 TEXT, c6 TEXT)")
	counties := 0
	for _, d := range reference.Divisions() {
		if d.Level == reference.LevelCounty {
			w.Exec(t, fmt.Sprintf("INSERT INTO counties VALUES (%d, '%s', '%s', '%s', '%s')", counties, d.Code, d.P2(), d.C4(), d.C6()))
			counties++
		}
	}
	numbers, hours := fmt.Sprintf("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)", n), fmt.Sprintf("%d - (%%s) * 3600000000", w.Clock.Now().UnixMicro())
	if w.Dialect == "postgres" {
		numbers, hours = fmt.Sprintf("WITH n AS (SELECT CAST(i AS BIGINT) AS i FROM generate_series(1, %d) i)", n), fmt.Sprintf("TIMESTAMPTZ '%s' - (%%s) * INTERVAL '1 hour'", w.Clock.Now().UTC().Format(time.RFC3339))
	}
	ago := func(expr string) string { return fmt.Sprintf(hours, expr) }
	raised := "(n.i * 7919 % 17520)"
	w.Exec(t, numbers+` INSERT INTO alerts (id, ref, subject_id, area, level, level_rank, idx, status, open, division_code, p2, c4, c6, assessment_id, reasons, rule_version, raised_at, changed_at, signal_at, decided_at, reason, owner_id)
SELECT n.i + 1000000, 'M' || n.i, 1, 'M' || n.i, CASE n.i % 10 WHEN 0 THEN 'red' WHEN 1 THEN 'orange' WHEN 2 THEN 'orange' WHEN 3 THEN 'yellow' WHEN 4 THEN 'yellow' WHEN 5 THEN 'yellow' ELSE 'blue' END,
 CASE n.i % 10 WHEN 0 THEN 4 WHEN 1 THEN 3 WHEN 2 THEN 3 WHEN 3 THEN 2 WHEN 4 THEN 2 WHEN 5 THEN 2 ELSE 1 END, n.i % 1000 / 10.0,
 CASE n.i % 3 WHEN 0 THEN 'new' WHEN 1 THEN 'dismissed' ELSE 'closed' END, n.i % 3 = 0, c.code, c.p2, c.c4, c.c6, 1, '[]', 'x', `+ago(raised)+", "+ago(raised)+", "+ago(raised+" + n.i % 400")+
		", CASE WHEN n.i % 3 = 1 THEN "+ago(raised+" / 2")+" END, CASE n.i % 3 WHEN 1 THEN 'false_positive' ELSE '' END, CASE WHEN n.i % 30 = 0 THEN 1 END FROM n JOIN counties c ON c.i = n.i % "+strconv.Itoa(counties))
	w.Exec(t, numbers+` INSERT INTO cases (id, ref, title, status, authority_id, division_code, p2, c4, c6, subject_id, area, level, level_rank, opened_by, opened_at)
SELECT n.i, 'M' || n.i, 'x', CASE n.i % 2 WHEN 0 THEN 'open' ELSE 'closed' END, 1, c.code, c.p2, c.c4, c.c6, 1, 'P2P', 'red', 4, 1, `+ago("n.i * 31 % 17520")+" FROM n JOIN counties c ON c.i = n.i % "+strconv.Itoa(counties)+" WHERE n.i > 1 AND n.i % 100 = 0")
	w.Exec(t, "UPDATE alerts SET case_id = id - 1000000 WHERE id > 1000000 AND id % 100 = 0")
	w.Exec(t, "INSERT INTO case_officers (case_id, user_id, enforcement_number, assigned_at) SELECT id, 2 + id / 100 % 20, 'x', opened_at FROM cases WHERE ref LIKE 'M%'")
	for _, name := range []string{"principal_decision", "send_dossier", "penalty_decision"} {
		w.Exec(t, "INSERT INTO clocks (case_id, name, basis, side, started_at, due_at, working, calendar, ended_at) SELECT id, '"+name+"', '', 'agency', opened_at, opened_at, '{}', '', CASE WHEN status = 'closed' THEN opened_at END FROM cases WHERE ref LIKE 'M%'")
	}
	w.Exec(t, map[string]string{"sqlite": "ANALYZE", "postgres": "VACUUM ANALYZE"}[w.Dialect])
}
