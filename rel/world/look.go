package world

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"xiezhi/models"
	"xiezhi/models/modelstest"
)

// Raw is the database beside the store.
func (w *World) Raw(t testing.TB) *sql.DB {
	t.Helper()
	if w.raw == nil {
		w.raw = modelstest.Raw(t, w.Target)
	}
	return w.raw
}

// Hashes gives a digest of the rows of every table.
func (w *World) Hashes(t testing.TB) map[string]string {
	t.Helper()
	db := w.Raw(t)
	out := map[string]string{}
	for _, name := range modelstest.Tables(t, db, w.Dialect) {
		out[name] = digest(t, db, name)
	}
	return out
}

func digest(t testing.TB, db *sql.DB, table string) string {
	t.Helper()
	rows, err := db.Query("SELECT * FROM " + table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	cols, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	cells, into := make([]any, len(cols)), make([]any, len(cols))
	for i := range cells {
		into[i] = &cells[i]
	}
	var lines []string
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(fmt.Appendf(nil, "%q", cells))
		lines = append(lines, string(sum[:]))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "")))
	return fmt.Sprintf("%d rows %s", len(lines), hex.EncodeToString(sum[:8]))
}

// Unchanged fails the test where the rows of some table are not what they were.
func (w *World) Unchanged(t testing.TB, before map[string]string, after string) {
	t.Helper()
	for name, now := range w.Hashes(t) {
		if before[name] != now {
			t.Errorf("%s: table %s went from %s to %s", after, name, before[name], now)
		}
	}
}

// Exec runs a statement beside the store.
func (w *World) Exec(t testing.TB, statement string, args ...any) {
	t.Helper()
	if _, err := w.Raw(t).Exec(statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// Count gives the number that a question answers.
func (w *World) Count(t testing.TB, question string, args ...any) int {
	t.Helper()
	var n int
	if err := w.Raw(t).QueryRow(question, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", question, err)
	}
	return n
}

// Sound fails the test where the audit chain is broken.
func (w *World) Sound(t testing.TB) {
	t.Helper()
	rep, err := w.Store.VerifyAudit(t.Context(), nil)
	if err != nil || len(rep.Broken) > 0 || rep.Entries == 0 {
		t.Errorf("audit: %+v %v", rep, err)
	}
}

// IsKind fails the test where an error is not of the kind.
func IsKind(t testing.TB, what string, err error, kind models.Kind) {
	t.Helper()
	if err == nil || models.KindOf(err) != kind {
		t.Errorf("%s: want kind %d, got %v (kind %d)", what, kind, err, models.KindOf(err))
	}
}
