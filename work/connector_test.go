package work_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver of the foreign database
	"xiezhi/detect"
	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/work"
)

// clock is a portal's clock that a test moves.
type clock struct {
	sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.Lock()
	defer c.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.Lock()
	defer c.Unlock()
	c.at = c.at.Add(d)
}

func anywhere() models.Actor {
	all := models.ScopeOf("000000")
	permits := map[models.Action]models.Scope{}
	for _, a := range models.Actions() {
		permits[a] = all
	}
	return models.Actor{Name: "steward", Permits: permits}
}

// connected runs a test with a desk that may use one folder and one foreign database.
func connected(t *testing.T, f func(t *testing.T, d *work.Desk, c *clock, folder string, foreign *sql.DB)) {
	c := &clock{at: time.Date(2026, 11, 20, 9, 0, 0, 0, models.China)}
	modelstest.EachAt(t, c.now, func(t *testing.T, s *models.Store) {
		rules, err := detect.DefaultRules()
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		address, driver, dsn := "sqlite:"+filepath.Join(dir, "foreign.db"), "sqlite", filepath.Join(dir, "foreign.db")
		if s.Dialect() == "postgres" {
			address = modelstest.Postgres(t)
			driver, dsn = "pgx", address
		}
		foreign, err := sql.Open(driver, dsn)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = foreign.Close() })
		folder := filepath.Join(dir, "drop")
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		d := &work.Desk{Store: s, Rules: rules, Log: slog.New(slog.DiscardHandler), Places: work.Places{Folders: map[string]string{"drop": folder},
			Databases: map[string]string{"hotline": address}, Spool: filepath.Join(dir, "spool")}}
		f(t, d, c, folder, foreign)
	})
}

func drop(t testing.TB, folder, name, body string, age time.Duration) {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	at := time.Now().Add(-age)
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

func add(t testing.TB, d *work.Desk, n models.NewConnector) models.Connector {
	t.Helper()
	c, err := d.Store.AddConnector(t.Context(), anywhere(), n, d.Places.Known(n.Kind))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// goes runs a connector and gives the run.
func goes(t testing.TB, d *work.Desk, c models.Connector) (models.Connector, models.ConnectorRun) {
	t.Helper()
	if err := d.RunConnector(t.Context(), models.System("connector"), c.Ref); err != nil {
		t.Fatal(err)
	}
	now, runs, err := d.Store.Connector(t.Context(), anywhere(), c.Ref)
	if err != nil || len(runs) == 0 {
		t.Fatal(err)
	}
	return now, runs[0]
}

func companies(n int, mark string) string {
	var b strings.Builder
	b.WriteString("uscc,name\n")
	for i := range n {
		fmt.Fprintf(&b, "%s-%d,Company %s %d\n", mark, i, mark, i)
	}
	return b.String()
}

// A watched folder: complete files are loaded once, oldest first; those still being written, hidden ones, links, folders and
// copies of what was taken are left; nothing in the folder is changed.
func TestConnectorFolder(t *testing.T) {
	connected(t, func(t *testing.T, d *work.Desk, _ *clock, folder string, _ *sql.DB) {
		c := add(t, d, models.NewConnector{Name: "drop", Kind: models.ConnectorFolder, PlaceName: "drop", Pattern: "*.csv", Source: "SAMR", Table: models.TableCompanies, Division: "440304", EveryMinutes: 5})
		if _, run := goes(t, d, c); run.Status != "empty" {
			t.Fatalf("an empty folder: %+v", run)
		}
		drop(t, folder, "b.csv", companies(3, "B"), time.Hour)
		drop(t, folder, "a.csv", companies(2, "A"), time.Minute)
		drop(t, folder, "young.csv", companies(1, "Y"), 0)
		drop(t, folder, "c.csv.part", companies(1, "C"), time.Hour)
		drop(t, folder, ".hidden.csv", companies(1, "H"), time.Hour)
		drop(t, folder, "other.txt", companies(1, "O"), time.Hour)
		if err := os.Mkdir(filepath.Join(folder, "sub.csv"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink("/etc/passwd", filepath.Join(folder, "link.csv")); err != nil {
			t.Fatal(err)
		}
		if _, run := goes(t, d, c); run.Status != "done" || run.Files != 2 || run.Accepted != 5 {
			t.Fatalf("first: %+v", run)
		}
		drop(t, folder, "copy.csv", companies(2, "A"), time.Minute)
		if _, run := goes(t, d, c); run.Status != "empty" {
			t.Fatalf("a copy: %+v", run)
		}
		drop(t, folder, "bad.csv", "uscc,name\nX-1,Good\n,Bad\n", time.Minute)
		if _, run := goes(t, d, c); run.Accepted != 1 || run.Refused != 1 {
			t.Fatalf("a bad row: %+v", run)
		}
		if _, err := os.Stat(filepath.Join(folder, "a.csv")); err != nil {
			t.Error(err)
		}
	})
}

// A query: what is new by the watermark alone, rows of the newest watermark again without doubling; a database that is gone is a
// failed run with an alarm, which clears with the next good one; the foreign database cannot be written.
func TestConnectorQuery(t *testing.T) {
	connected(t, func(t *testing.T, d *work.Desk, c *clock, _ string, foreign *sql.DB) {
		do := func(text string) {
			t.Helper()
			if _, err := foreign.ExecContext(t.Context(), text); err != nil {
				t.Fatal(err)
			}
		}
		do("CREATE TABLE calls (no BIGINT, about TEXT, at TEXT, words TEXT)")
		do("INSERT INTO calls VALUES (1, 'company:Q-1', '2026-11-19T08:00:00+08:00', 'a'), (2, 'company:Q-1', '2026-11-19T09:00:00+08:00', NULL)")
		conn := add(t, d, models.NewConnector{Name: "hotline", Kind: models.ConnectorQuery, PlaceName: "hotline", Source: "12345", Table: models.TableSignals, Division: "440304", EveryMinutes: 5,
			WatermarkColumn: "ref", Query: "SELECT no AS ref, about AS subject, 'complaint' AS kind, at, words AS text FROM calls"})
		now, run := goes(t, d, conn)
		if run.Status != "done" || run.Accepted != 2 || now.Watermark != "2" {
			t.Fatalf("first: %+v %q", run, now.Watermark)
		}
		do("INSERT INTO calls VALUES (10, 'company:Q-2', '2026-11-19T10:00:00+08:00', 'c'), (2, 'company:Q-3', '2026-11-19T11:00:00+08:00', 'late with the same number')")
		now, run = goes(t, d, conn)
		if run.Accepted != 2 || run.Unchanged != 1 || now.Watermark != "10" {
			t.Fatalf("second: %+v %q", run, now.Watermark)
		}
		if now, run = goes(t, d, conn); run.Accepted != 0 || now.Watermark != "10" {
			t.Fatalf("nothing new: %+v", run)
		}
		for _, query := range []string{"DELETE FROM calls", "SELECT 1; DELETE FROM calls", "UPDATE calls SET no = 1"} {
			n := models.NewConnector{Name: "bad", Kind: models.ConnectorQuery, PlaceName: "hotline", Source: "X", Table: models.TableSignals, Division: "440304", EveryMinutes: 5, Query: query}
			if _, err := d.Store.AddConnector(t.Context(), anywhere(), n, d.Places.Known(n.Kind)); models.KindOf(err) != models.KindInvalid {
				t.Errorf("%s: %v", query, err)
			}
		}
		if d.Store.Dialect() == "postgres" { // a query that writes in disguise is refused by the database
			n := models.NewConnector{Name: "sly", Kind: models.ConnectorQuery, PlaceName: "hotline", Source: "SLY", Table: models.TableSignals, Division: "440304", EveryMinutes: 5,
				Query: "WITH gone AS (DELETE FROM calls RETURNING no) SELECT no AS ref FROM gone"}
			if _, run := goes(t, d, add(t, d, n)); run.Status != "failed" || run.ErrorKey != "connector.error.database" {
				t.Errorf("a query that deletes: %+v", run)
			}
		}
		do("ALTER TABLE calls RENAME TO moved")
		c.pass(time.Minute)
		if now, run = goes(t, d, conn); run.Status != "failed" || run.ErrorKey != "connector.error.database" || now.Watermark != "10" {
			t.Fatalf("a table that is gone: %+v", run)
		}
		if kinds := alarms(t, d, "12345"); kinds != "failed" {
			t.Errorf("alarms %q", kinds)
		}
		do("ALTER TABLE moved RENAME TO calls")
		if _, run = goes(t, d, conn); run.Status == "failed" {
			t.Fatalf("mended: %+v", run)
		}
		if kinds := alarms(t, d, "12345"); kinds != "" {
			t.Errorf("alarms after mending: %q", kinds)
		}
	})
}

func alarms(t testing.TB, d *work.Desk, source string) string {
	t.Helper()
	h, err := d.Store.SourceDetail(t.Context(), anywhere(), source)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, a := range h.Alarms {
		kinds = append(kinds, a.Kind)
	}
	slices.Sort(kinds)
	return strings.Join(kinds, " ")
}

// Only a place that the operator named can be used, also when it is taken away later; a run that was cut off is closed.
func TestConnectorPlaces(t *testing.T) {
	connected(t, func(t *testing.T, d *work.Desk, _ *clock, _ string, _ *sql.DB) {
		n := models.NewConnector{Name: "drop", Kind: models.ConnectorFolder, PlaceName: "/etc", Source: "S", Table: models.TableCompanies, Division: "440304", EveryMinutes: 5}
		if _, err := d.Store.AddConnector(t.Context(), anywhere(), n, d.Places.Known(n.Kind)); models.KindOf(err) != models.KindInvalid {
			t.Errorf("a path was taken for a name: %v", err)
		}
		n.PlaceName = "drop"
		c := add(t, d, n)
		if _, _, left, err := d.Store.BeginRun(t.Context(), models.System("connector"), c.Ref); err != nil || left != nil {
			t.Fatal(left, err)
		}
		d.Places.Folders = nil
		_, run := goes(t, d, c)
		if run.Status != "failed" || run.ErrorKey != "connector.error.place" {
			t.Errorf("a place that was taken away: %+v", run)
		}
		_, runs, err := d.Store.Connector(t.Context(), anywhere(), c.Ref)
		if err != nil || len(runs) != 2 || runs[1].ErrorKey != "connector.error.cut" {
			t.Errorf("a run that was cut off: %+v %v", runs, err)
		}
	})
}

// A source that falls silent, brings oddly little, changes its columns, empties one or is largely refused raises one alarm each,
// which holds until that is over.
func TestSourceAlarms(t *testing.T) {
	connected(t, func(t *testing.T, d *work.Desk, c *clock, folder string, _ *sql.DB) {
		ctx := t.Context()
		conn := add(t, d, models.NewConnector{Name: "drop", Kind: models.ConnectorFolder, PlaceName: "drop", Source: "SRC", Table: models.TableCompanies, Division: "440304", EveryMinutes: 5})
		err := d.Store.ChangeSource(ctx, anywhere(), "SRC", models.SourceChange{Name: "S", NameEn: "S", Family: "SRC", Purpose: models.PurposeGeneral, FreshHours: 30}, 0)
		if err != nil {
			t.Fatal(err)
		}
		full := func(mark string, n int, address bool) string {
			var b strings.Builder
			b.WriteString("uscc,name,address\n")
			for i := range n {
				fmt.Fprintf(&b, "%s-%d,Company %s %d,", mark, i, mark, i)
				if address {
					b.WriteString("Road 1")
				}
				b.WriteString("\n")
			}
			return b.String()
		}
		for day := range 7 {
			drop(t, folder, fmt.Sprintf("day%d.csv", day), full(fmt.Sprint("D", day), 100, true), time.Hour)
			goes(t, d, conn)
			c.pass(24 * time.Hour)
		}
		if kinds := alarms(t, d, "SRC"); kinds != "" {
			t.Fatalf("a week of good days: %q", kinds)
		}
		drop(t, folder, "thin.csv", full("T", 8, true), time.Hour)
		goes(t, d, conn)
		c.pass(24 * time.Hour)
		drop(t, folder, "emptied.csv", full("E", 90, false), time.Hour)
		goes(t, d, conn)
		if kinds := alarms(t, d, "SRC"); kinds != "fill volume" {
			t.Errorf("a thin day and an emptied column: %q", kinds)
		}
		drop(t, folder, "shape.csv", "name,uscc,phone\n"+strings.Repeat("x,,1\n", 30)+"New,N-1,13800000000\n", time.Hour)
		goes(t, d, conn)
		if kinds := alarms(t, d, "SRC"); kinds != "fill refused shape volume" {
			t.Errorf("another header, largely refused: %q", kinds)
		}
		if err := d.Store.ClearAlarms(ctx, anywhere(), "SRC"); err != nil {
			t.Fatal(err)
		}
		c.pass(40 * time.Hour)
		if _, err := d.Store.CheckSources(context.WithoutCancel(ctx), models.System("source")); err != nil {
			t.Fatal(err)
		}
		if kinds := alarms(t, d, "SRC"); !strings.Contains(kinds, "silent") {
			t.Errorf("forty silent hours: %q", kinds)
		}
		drop(t, folder, "back.csv", "name,uscc,phone\nNew,N-2,13800000000\n", time.Hour)
		goes(t, d, conn)
		if kinds := alarms(t, d, "SRC"); strings.Contains(kinds, "silent") {
			t.Errorf("back again: %q", kinds)
		}
	})
}
