package models

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	sqlitedriver "modernc.org/sqlite"
)

func keptPool(t *testing.T, conns int) *sql.DB {
	t.Helper()
	base, err := sqlitedriver.NewConnector("file:" + filepath.Join(t.TempDir(), "kept.db") + "?_pragma=journal_mode(WAL)")
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(keeper{base})
	db.SetMaxOpenConns(conns)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, text := range []string{"CREATE TABLE n (v INTEGER)", "INSERT INTO n VALUES (1), (2), (3)"} {
		if _, err := db.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

// A kept statement answers anew each time: with other values, while another reading of the same text goes on, after a reading that was
// left half way or whose reader went away, after the table changed, and when there are more texts than are kept.
func TestKeptStatementsAnswerAnew(t *testing.T) {
	db := keptPool(t, 1)
	const text = "SELECT v FROM n WHERE v >= ? ORDER BY v"
	ask := func(least int) (list []int) {
		t.Helper()
		rows, err := db.QueryContext(t.Context(), text, least)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var v int
			if err := rows.Scan(&v); err != nil {
				t.Fatal(err)
			}
			list = append(list, v)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return list
	}
	same := func(when string, least int, want ...int) {
		t.Helper()
		if got := ask(least); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want %v", when, got, want)
		}
	}
	same("first", 1, 1, 2, 3)
	same("again", 3, 3)
	same("nothing", 4)
	half := func() {
		rows, err := db.QueryContext(t.Context(), text, 1)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		if !rows.Next() {
			t.Fatal(rows.Err())
		}
	}
	half()
	same("after half a reading", 2, 2, 3)
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	outer, err := tx.QueryContext(t.Context(), text, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer outer.Close()
	seen := 0
	for outer.Next() {
		var inner int
		if err := tx.QueryRowContext(t.Context(), text, 3).Scan(&inner); err != nil || inner != 3 {
			t.Fatal(inner, err)
		}
		seen++
	}
	if err := outer.Err(); err != nil || seen != 3 {
		t.Fatal(seen, err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	gone, away := context.WithCancel(t.Context())
	away()
	var v int
	if err := db.QueryRowContext(gone, text, 1).Scan(&v); err == nil {
		t.Error("a question of nobody was answered")
	}
	same("after a reader went away", 3, 3)
	if _, err := db.ExecContext(t.Context(), "ALTER TABLE n ADD COLUMN w INTEGER"); err != nil {
		t.Fatal(err)
	}
	for i := range 3 * maxKept {
		var v int
		if err := db.QueryRowContext(t.Context(), fmt.Sprintf("SELECT v + %d FROM n WHERE v = ?", i), 1).Scan(&v); err != nil || v != i+1 {
			t.Fatal(v, err)
		}
		if _, err := db.ExecContext(t.Context(), "UPDATE n SET w = ? WHERE v = ?", i, 2); err != nil {
			t.Fatal(err)
		}
	}
	same("after many others", 1, 1, 2, 3)
	if _, err := db.ExecContext(t.Context(), "INSERT INTO nowhere VALUES (?)", 1); err == nil {
		t.Error("a row went nowhere")
	}
}

// A kept statement that answered keeps no reading open: what is written afterwards is seen, and the log of changes can be emptied.
func TestKeptStatementsHoldNothing(t *testing.T) {
	db := keptPool(t, 3)
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			for range 50 {
				var n int
				if err := db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM n WHERE v > ?", 0).Scan(&n); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	if _, err := db.ExecContext(t.Context(), "INSERT INTO n VALUES (?)", 9); err != nil {
		t.Fatal(err)
	}
	var busy, log, moved, n int
	if err := db.QueryRowContext(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &moved); err != nil || busy != 0 || log != 0 {
		t.Errorf("busy %d, %d pages left in the log, %v", busy, log, err)
	}
	if err := db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM n WHERE v > ?", 0).Scan(&n); err != nil || n != 4 {
		t.Error(n, err)
	}
}
