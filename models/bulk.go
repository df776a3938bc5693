package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
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

// bulk loads many rows in few statements: long VALUES lists on SQLite, COPY on PostgreSQL or, where something follows the rows, arrays
// that it unnests. It bypasses gorm, which is an order of magnitude slower here, and database/sql, which looks at every value twice.
// after is what follows the rows, such as ON CONFLICT.
type bulk struct {
	table   string
	columns []column
	after   string
}

// changeBulk is change for verbs that load in bulk: its transaction has a connection of its own, on which bulk loads work without the
// layers between. It does not end by itself when ctx does, since what a load then wrote would stand alone: it looks at ctx between its
// steps and before it ends.
func (s *Store) changeBulk(ctx context.Context, actor Actor, verb func(tx *tx) error) error {
	return s.changeBy(func(f func(db *gorm.DB) error) error { return s.transactAlone(ctx, f) }, actor, func(t *tx) error {
		conn, ok := t.db.Statement.Context.Value(connKey{}).(*sql.Conn)
		if !ok {
			return errors.New("bulk load outside its transaction")
		}
		t.conn, t.work = conn, s.readers.Work()
		if s.dialect == "postgres" {
			// Memory for the rows of a statement, which a trigger checks; no plan of when the tables were small, which a connection keeps; and
			// nothing that goes through a whole table, as PostgreSQL does for thousands of keys while it has not counted what this load brought.
			if err := t.db.Exec("SET LOCAL work_mem = '64MB'; SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL enable_seqscan = off").Error; err != nil {
				return fmt.Errorf("prepare the load: %w", err)
			}
		}
		if err := verb(t); err != nil {
			return err
		}
		return ctx.Err()
	})
}

type connKey struct{}

// transactAlone is transact on a connection that f can reach by its context.
func (s *Store) transactAlone(ctx context.Context, f func(db *gorm.DB) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	pool, err := s.w.DB()
	if err != nil {
		return err
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return fmt.Errorf("take a connection: %w", err)
	}
	defer conn.Close()
	db := s.w.WithContext(context.WithValue(context.WithoutCancel(ctx), connKey{}, conn))
	db.Statement.ConnPool = conn
	for range 4 {
		if err = db.Transaction(f); !isDeadlock(err) {
			return err
		}
	}
	return err
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
func (b bulk) insert(ctx context.Context, t *tx, n int, at func(row, col int) any) (int64, error) {
	if n == 0 {
		return 0, nil
	}
	if t.conn == nil {
		return 0, errors.New("bulk load outside its transaction")
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if t.store.dialect != "postgres" {
		return b.values(ctx, t.conn, n, at)
	}
	if b.after == "" {
		return b.copy(t, n, at)
	}
	tx, err := sqlTx(t.db)
	if err != nil {
		return 0, err
	}
	return b.unnest(context.WithoutCancel(ctx), tx, n, at)
}

func (b bulk) names() string {
	names := make([]string, len(b.columns))
	for i, c := range b.columns {
		names[i] = c.name
	}
	return strings.Join(names, ", ")
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
