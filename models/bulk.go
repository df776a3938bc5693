package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"gorm.io/gorm"
)

// columnType is what a bulk-loaded column holds.
type columnType int

const (
	textColumn columnType = iota
	intColumn
	boolColumn
	bytesColumn
	instantColumn
)

var pgTypes = map[columnType]string{textColumn: "text", intColumn: "bigint", boolColumn: "boolean", bytesColumn: "bytea", instantColumn: "timestamptz"}

type column struct {
	name string
	typ  columnType
}

// bulk loads many rows in few statements: arrays that PostgreSQL unnests, long VALUES lists on SQLite. It bypasses gorm, which
// is an order of magnitude slower here. after is what follows the rows, such as ON CONFLICT.
type bulk struct {
	table   string
	columns []column
	after   string
}

// sqlTx gives the plain transaction under gorm's.
func sqlTx(db *gorm.DB) (*sql.Tx, error) {
	tx, ok := db.Statement.ConnPool.(*sql.Tx)
	if !ok {
		return nil, errors.New("bulk load outside a transaction")
	}
	return tx, nil
}

// insert loads n rows whose values at gives as nil, string, int64, bool, []byte or Instant, and returns how many were new.
func (b bulk) insert(ctx context.Context, db *gorm.DB, n int, at func(row, col int) any) (int64, error) {
	if n == 0 {
		return 0, nil
	}
	tx, err := sqlTx(db)
	if err != nil {
		return 0, err
	}
	if db.Name() == "postgres" {
		return b.unnest(ctx, tx, n, at)
	}
	return b.values(ctx, tx, n, at)
}

func (b bulk) names() string {
	names := make([]string, len(b.columns))
	for i, c := range b.columns {
		names[i] = c.name
	}
	return strings.Join(names, ", ")
}

// statementRows is how many rows one statement inserts: about a millisecond of work, which nobody else can use meanwhile.
const statementRows = 40

// maxVariables is SQLite's limit of bound values in one statement.
const maxVariables = 32000

func (b bulk) values(ctx context.Context, tx *sql.Tx, n int, at func(row, col int) any) (int64, error) {
	width := len(b.columns)
	step := min(n, statementRows, maxVariables/width)
	row := "(" + strings.TrimSuffix(strings.Repeat("?,", width), ",") + ")"
	text := func(rows int) string {
		return "INSERT INTO " + b.table + " (" + b.names() + ") VALUES " + strings.TrimSuffix(strings.Repeat(row+",", rows), ",") + " " + b.after
	}
	full, err := tx.PrepareContext(ctx, text(step))
	if err != nil {
		return 0, fmt.Errorf("prepare load of %s: %w", b.table, err)
	}
	defer full.Close()
	args := make([]any, 0, step*width)
	var done int64
	for from := 0; from < n; from += step {
		rows := min(step, n-from)
		args = args[:0]
		for r := range rows {
			for c := range width {
				v := at(from+r, c)
				if i, ok := v.(Instant); ok {
					v = i.sqlValue("sqlite")
				}
				args = append(args, v)
			}
		}
		var res sql.Result
		if rows == step {
			res, err = full.ExecContext(ctx, args...)
		} else {
			res, err = tx.ExecContext(ctx, text(rows), args...)
		}
		if err != nil {
			return done, fmt.Errorf("load %s: %w", b.table, err)
		}
		affected, err := res.RowsAffected()
		if err != nil {
			return done, err
		}
		done += affected
		runtime.Gosched() // the store runs in this process: whoever waits for a page goes first
	}
	return done, nil
}

func (b bulk) unnest(ctx context.Context, tx *sql.Tx, n int, at func(row, col int) any) (int64, error) {
	args := make([]any, len(b.columns))
	marks := make([]string, len(b.columns))
	for c, col := range b.columns {
		args[c] = pgArray(col.typ, n, func(row int) any { return at(row, c) })
		marks[c] = fmt.Sprintf("$%d::%s[]", c+1, pgTypes[col.typ])
	}
	res, err := tx.ExecContext(ctx, "INSERT INTO "+b.table+" ("+b.names()+") SELECT * FROM unnest("+strings.Join(marks, ", ")+") "+b.after, args...)
	if err != nil {
		return 0, fmt.Errorf("load %s: %w", b.table, err)
	}
	return res.RowsAffected()
}

func pgArray(typ columnType, n int, at func(row int) any) any {
	switch typ {
	case intColumn:
		return pointers[int64](n, at)
	case boolColumn:
		return pointers[bool](n, at)
	case bytesColumn:
		list := make([][]byte, n)
		for i := range n {
			list[i], _ = at(i).([]byte)
		}
		return list
	case instantColumn:
		return pointers[time.Time](n, func(row int) any {
			if i, ok := at(row).(Instant); ok && !i.IsZero() {
				return i.Time()
			}
			return nil
		})
	default:
		return pointers[string](n, at)
	}
}

func pointers[T any](n int, at func(row int) any) []*T {
	list := make([]*T, n)
	for i := range n {
		if v, ok := at(i).(T); ok {
			list[i] = &v
		}
	}
	return list
}
