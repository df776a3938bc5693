package models

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// copy is COPY on PostgreSQL.
func (b bulk) copy(t *tx, n int, at func(row, col int) any) (int64, error) {
	names := make([]string, len(b.columns))
	for i, c := range b.columns {
		names[i] = c.name
	}
	var done int64
	values := make([]any, len(b.columns))
	row := -1
	err := t.conn.Raw(func(under any) error {
		pg, ok := under.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("copy through a connection of %T", under)
		}
		var err error
		done, err = pg.Conn().CopyFrom(context.Background(), pgx.Identifier{b.table}, names, pgx.CopyFromFunc(func() ([]any, error) {
			if row++; row >= n {
				return nil, nil
			}
			if row%copyTurn == 0 {
				t.work.GiveWay()
			}
			for c := range values {
				v := at(row, c)
				if i, ok := v.(Instant); ok {
					v = i.sqlValue("postgres")
				}
				values[c] = v
			}
			return values, nil
		}))
		return err
	})
	if err != nil {
		return done, fmt.Errorf("load %s: %w", b.table, err)
	}
	return done, nil
}

// copyTurn is how many rows are written before others have their turn: a fraction of a millisecond.
const copyTurn = 64

// statementRows is how many rows one statement inserts: about two milliseconds of work, which nobody else can use meanwhile.
const statementRows = 100

// values is a prepared INSERT of many rows on SQLite. Columns that are alike in all rows are bound once a statement.
func (b bulk) values(ctx context.Context, conn *sql.Conn, n int, at func(row, col int) any) (done int64, err error) {
	width := len(b.columns)
	all := make([]driver.Value, n*width)
	for row := range n {
		for c := range width {
			v := at(row, c)
			if i, ok := v.(Instant); ok {
				v = i.sqlValue("sqlite")
			}
			all[row*width+c] = v
		}
	}
	shape := b.shape(all, n)
	err = conn.Raw(func(under any) error {
		step := min(n, statementRows)
		full, err := prepare(under, shape.text(step))
		if err != nil {
			return err
		}
		defer full.Close()
		for from := 0; from < n; from += step {
			if err := ctx.Err(); err != nil {
				return err
			}
			some, rows := full, min(step, n-from)
			if rows < step {
				if some, err = prepare(under, shape.text(rows)); err != nil {
					return err
				}
				defer some.Close()
			}
			res, err := some.ExecContext(context.Background(), shape.args(all[from*width:(from+rows)*width]))
			if err != nil {
				return err
			}
			affected, err := res.RowsAffected()
			if err != nil {
				return err
			}
			done += affected
			runtime.Gosched() // the store runs in this process: whoever waits for a page goes first
		}
		return nil
	})
	if err != nil {
		return done, fmt.Errorf("load %s: %w", b.table, err)
	}
	return done, nil
}

type statement interface {
	driver.StmtExecContext
	Close() error
}

func prepare(under any, text string) (statement, error) {
	conn, ok := under.(driver.ConnPrepareContext)
	if !ok {
		return nil, errors.New("the driver cannot prepare statements")
	}
	s, err := conn.PrepareContext(context.Background(), text)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	st, ok := s.(statement)
	if !ok {
		return nil, errors.Join(errors.New("the driver cannot run statements"), s.Close())
	}
	return st, nil
}

// shape is how the rows of a load are bound: first the columns that are alike in all rows, once, then the others row by row.
type shape struct {
	b     bulk
	alike []int
	other []int
	named []driver.NamedValue
}

func (b bulk) shape(all []driver.Value, n int) *shape {
	s := &shape{b: b}
	width := len(b.columns)
	for c := range width {
		same := true
		for row := 1; row < n && same; row++ {
			same = alike(all[c], all[row*width+c])
		}
		if same {
			s.alike = append(s.alike, c)
		} else {
			s.other = append(s.other, c)
		}
	}
	return s
}

func alike(a, b driver.Value) bool {
	switch a := a.(type) {
	case nil:
		return b == nil
	case []byte:
		return false
	default:
		if _, ok := b.([]byte); ok {
			return false
		}
		return a == b
	}
}

func (s *shape) text(rows int) string {
	var out strings.Builder
	// What a failed statement wrote goes with its transaction: nothing need be kept to undo it alone.
	out.WriteString("INSERT OR FAIL INTO " + s.b.table + " (")
	var row strings.Builder
	for i, c := range append(append([]int(nil), s.alike...), s.other...) {
		if i > 0 {
			out.WriteString(", ")
			row.WriteByte(',')
		}
		out.WriteString(s.b.columns[c].name)
		row.WriteByte('?')
		if i < len(s.alike) {
			fmt.Fprint(&row, i+1)
		}
	}
	out.WriteString(") VALUES ")
	for i := range rows {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString("(" + row.String() + ")")
	}
	return out.String() + " " + s.b.after
}

// args gives the values of some rows in the order of the statement's marks.
func (s *shape) args(rows []driver.Value) []driver.NamedValue {
	s.named = s.named[:0]
	add := func(v driver.Value) {
		s.named = append(s.named, driver.NamedValue{Ordinal: len(s.named) + 1, Value: v})
	}
	for _, c := range s.alike {
		add(rows[c])
	}
	for at := 0; at < len(rows); at += len(s.b.columns) {
		for _, c := range s.other {
			add(rows[at+c])
		}
	}
	return s.named
}
