package work_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/work"
)

// transferColumns is a stored transfer without its number.
const transferColumns = "source, key, from_id, to_id, amount_fen, currency, at, observed_at, recorded_at, batch_id, line, channel, device, ip, memo, hash"

// BenchmarkTransfersAgainstRaw loads a file of simulated transfers, checks, indexes and audit on, durable, and holds it against
// the raw bulk insert of the very same rows into the same schema with the same indexes in the same run: a prepared insert of
// many rows on SQLite, COPY on PostgreSQL, one transaction for every 10,000 rows on both sides. The target is 0.35.
func BenchmarkTransfersAgainstRaw(b *testing.B) {
	paths := province(b, 2000, 200_000)
	for _, kind := range []string{"sqlite", "postgres"} {
		b.Run(kind, func(b *testing.B) {
			for b.Loop() {
				ours, rows, s := loadTransfers(b, kind, paths)
				raw := rawTransfers(b, kind, s, rows)
				b.ReportMetric(float64(rows)/ours.Seconds(), "rows/s")
				b.ReportMetric(float64(rows)/raw.Seconds(), "raw_rows/s")
				b.ReportMetric(raw.Seconds()/ours.Seconds(), "of_raw")
			}
		})
	}
}

// processTime gives the processor time that this process has taken, which other work on the machine hardly changes. The server of
// PostgreSQL is another process.
func processTime(b *testing.B) time.Duration {
	b.Helper()
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		b.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

func target(b *testing.B, kind string) string {
	b.Helper()
	if kind == "postgres" {
		return modelstest.Postgres(b)
	}
	return filepath.Join(b.TempDir(), "bench.db")
}

func loadTransfers(b *testing.B, kind string, paths []string) (time.Duration, int64, *models.Store) {
	b.Helper()
	s := modelstest.Open(b, target(b, kind), at("2026-11-20"))
	d := desk(b, s)
	var transfers string
	for _, p := range paths {
		if filepath.Base(p) == "transfers.csv" {
			transfers = p
		}
	}
	started := time.Now()
	rep, err := d.Ingest(b.Context(), models.System("bench"), work.IngestOptions{Paths: []string{transfers}, Source: "SIM", Division: "440000"})
	if err != nil {
		b.Fatal(err)
	}
	return time.Since(started), rep.Files[0].Accepted, s
}

// rawTransfers writes the transfers of one store into another whose subjects and batch are there, and nothing else.
func rawTransfers(b *testing.B, kind string, from *models.Store, n int64) time.Duration {
	b.Helper()
	to := modelstest.Open(b, target(b, kind), at("2026-11-20"))
	source, err := from.Pool()
	if err != nil {
		b.Fatal(err)
	}
	pool, err := to.Pool()
	if err != nil {
		b.Fatal(err)
	}
	for _, table := range []string{"batches", "subjects"} {
		copyTable(b, kind, source, pool, table)
	}
	rows := readAll(b, source, "SELECT "+transferColumns+" FROM transfers ORDER BY id", int(n))
	started := time.Now()
	for at := 0; at < len(rows); at += 10_000 {
		part := rows[at:min(at+10_000, len(rows))]
		if kind == "postgres" {
			copyIn(b, pool, "transfers", strings.Split(transferColumns, ", "), part)
			continue
		}
		tx, err := pool.BeginTx(b.Context(), nil)
		if err != nil {
			b.Fatal(err)
		}
		insertMany(b, tx, "transfers", transferColumns, part)
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(started)
}

func readAll(b *testing.B, db *sql.DB, query string, n int) [][]any {
	b.Helper()
	rows, err := db.QueryContext(b.Context(), query)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		b.Fatal(err)
	}
	list := make([][]any, 0, n)
	for rows.Next() {
		row, into := make([]any, len(names)), make([]any, len(names))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			b.Fatal(err)
		}
		list = append(list, row)
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	return list
}

func copyTable(b *testing.B, kind string, from, to *sql.DB, table string) {
	b.Helper()
	names := columnsOf(b, from, table)
	list := readAll(b, from, "SELECT * FROM "+table+" ORDER BY id", 0)
	if kind == "postgres" {
		copyIn(b, to, table, names, list)
		return
	}
	tx, err := to.BeginTx(b.Context(), nil)
	if err != nil {
		b.Fatal(err)
	}
	insertMany(b, tx, table, strings.Join(names, ", "), list)
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
}

func columnsOf(b *testing.B, db *sql.DB, table string) []string {
	b.Helper()
	rows, err := db.QueryContext(b.Context(), "SELECT * FROM "+table+" LIMIT 1")
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err = errors.Join(err, rows.Err()); err != nil {
		b.Fatal(err)
	}
	return names
}

// insertMany is the plain way with SQLite: one statement prepared for many rows.
func insertMany(b *testing.B, tx *sql.Tx, table, columns string, rows [][]any) {
	b.Helper()
	const step = 100
	width := strings.Count(columns, ",") + 1
	one := "(" + strings.TrimSuffix(strings.Repeat("?,", width), ",") + ")"
	text := func(n int) string {
		return fmt.Sprintf("INSERT INTO %s (%s) VALUES %s", table, columns, strings.TrimSuffix(strings.Repeat(one+",", n), ","))
	}
	full, err := tx.PrepareContext(b.Context(), text(step))
	if err != nil {
		b.Fatal(err)
	}
	defer full.Close()
	args := make([]any, 0, step*width)
	for at := 0; at < len(rows); at += step {
		part := rows[at:min(at+step, len(rows))]
		args = args[:0]
		for _, r := range part {
			args = append(args, r...)
		}
		if len(part) == step {
			_, err = full.ExecContext(b.Context(), args...)
		} else {
			_, err = tx.ExecContext(b.Context(), text(len(part)), args...)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

// copyIn is the plain way with PostgreSQL.
func copyIn(b *testing.B, pool *sql.DB, table string, columns []string, rows [][]any) {
	b.Helper()
	conn, err := pool.Conn(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	err = conn.Raw(func(driver any) error {
		_, err := driver.(*stdlib.Conn).Conn().CopyFrom(context.WithoutCancel(b.Context()), pgx.Identifier{table}, columns, pgx.CopyFromRows(rows))
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkFacts loads companies and signals, and holds each against the raw bulk insert of the very same facts and subjects
// into the same schema with the same indexes; the target is 50,000 rows a second.
func BenchmarkFacts(b *testing.B) {
	paths := province(b, 80_000, 1)
	for _, kind := range []string{"sqlite", "postgres"} {
		for _, name := range []string{"companies", "signals"} {
			b.Run(kind+"/"+name, func(b *testing.B) {
				for b.Loop() {
					s := modelstest.Open(b, target(b, kind), at("2026-11-20"))
					d := desk(b, s)
					started, spent := time.Now(), processTime(b)
					var rows int64
					for _, p := range paths {
						if filepath.Base(p) != name+".csv" {
							continue
						}
						rep, err := d.Ingest(b.Context(), models.System("bench"), work.IngestOptions{Paths: []string{p}, Source: "SIM", Division: "440000"})
						if err != nil {
							b.Fatal(err)
						}
						rows += rep.Files[0].Accepted
					}
					ours := time.Since(started)
					spent = processTime(b) - spent
					raw := rawFacts(b, kind, s)
					b.ReportMetric(float64(spent.Microseconds())/float64(rows), "cpu_us/row")
					b.ReportMetric(float64(rows)/ours.Seconds(), "rows/s")
					b.ReportMetric(float64(rows)/raw.Seconds(), "raw_rows/s")
					b.ReportMetric(raw.Seconds()/ours.Seconds(), "of_raw")
				}
			})
		}
	}
}

// rawFacts writes the subjects and facts of one store into another, 10,000 rows a transaction, and nothing else.
func rawFacts(b *testing.B, kind string, from *models.Store) time.Duration {
	b.Helper()
	to := modelstest.Open(b, target(b, kind), at("2026-11-20"))
	source, err := from.Pool()
	if err != nil {
		b.Fatal(err)
	}
	pool, err := to.Pool()
	if err != nil {
		b.Fatal(err)
	}
	copyTable(b, kind, source, pool, "batches")
	var spent time.Duration
	for _, table := range []string{"subjects", "facts"} {
		names := columnsOf(b, source, table)
		rows := readAll(b, source, "SELECT * FROM "+table+" ORDER BY id", 0)
		started := time.Now()
		for at := 0; at < len(rows); at += 10_000 {
			part := rows[at:min(at+10_000, len(rows))]
			if kind == "postgres" {
				copyIn(b, pool, table, names, part)
				continue
			}
			tx, err := pool.BeginTx(b.Context(), nil)
			if err != nil {
				b.Fatal(err)
			}
			insertMany(b, tx, table, strings.Join(names, ", "), part)
			if err := tx.Commit(); err != nil {
				b.Fatal(err)
			}
		}
		spent += time.Since(started)
	}
	return spent
}
