package models

import (
	"context"
	"database/sql/driver"
	"errors"
)

// keeper opens connections to SQLite that keep the statements they prepared: a page asks the same dozen questions each time, and SQLite
// spends more on reading a question than on answering it.
type keeper struct{ driver.Connector }

// Connect opens a connection.
func (k keeper) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	full, ok := c.(fullConn)
	if !ok {
		return c, nil
	}
	return &keptConn{fullConn: full, kept: map[string]*keptStatement{}}, nil
}

// fullConn is what the driver's connections can do.
type fullConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// keptConn is a connection with its statements, the one used last at the end of the list. It is used by one goroutine at a time.
type keptConn struct {
	fullConn
	kept map[string]*keptStatement
	used uint64
}

// keptStatement is a prepared statement; busy says that rows of it are being read.
type keptStatement struct {
	driver.Stmt
	busy bool
	used uint64
}

// The most statements that a connection keeps, and how long the text of one may be: long ones are lists that hardly come twice.
const (
	maxKept     = 160
	maxKeptText = 16384
)

// statement gives a statement that nobody is reading from; kept says whether it belongs to the connection.
func (c *keptConn) statement(ctx context.Context, query string) (s *keptStatement, kept bool, err error) {
	s = c.kept[query]
	if s != nil && !s.busy {
		c.used++
		s.used = c.used
		return s, true, nil
	}
	prepared, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, false, err
	}
	if s != nil || !c.makeRoom() {
		return &keptStatement{Stmt: prepared}, false, nil
	}
	c.used++
	s = &keptStatement{Stmt: prepared, used: c.used}
	c.kept[query] = s
	return s, true, nil
}

// makeRoom lets the statement go that was not used for the longest time, where there are many; false where all are being read.
func (c *keptConn) makeRoom() bool {
	if len(c.kept) < maxKept {
		return true
	}
	oldest := ""
	for query, s := range c.kept {
		if !s.busy && (oldest == "" || s.used < c.kept[oldest].used) {
			oldest = query
		}
	}
	if oldest == "" {
		return false
	}
	s := c.kept[oldest]
	delete(c.kept, oldest)
	return s.Close() == nil
}

// QueryContext asks a question by a kept statement.
func (c *keptConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if len(query) > maxKeptText {
		return c.fullConn.QueryContext(ctx, query, args)
	}
	s, kept, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	ask, ok := s.Stmt.(driver.StmtQueryContext)
	if !ok {
		c.drop(query, s, kept)
		return nil, errNoContext
	}
	rows, err := ask.QueryContext(ctx, args)
	if err != nil {
		c.drop(query, s, kept)
		return nil, err
	}
	full, ok := rows.(fullRows)
	if !ok {
		err := rows.Close()
		c.drop(query, s, kept)
		return nil, errors.Join(errors.New("the driver's rows tell no types"), err)
	}
	s.busy = true
	return &keptRows{fullRows: full, from: s, own: !kept}, nil
}

// ExecContext carries a statement out by a kept one.
func (c *keptConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if len(query) > maxKeptText || len(args) == 0 { // without values it is a pragma, a transaction's edge or a script
		return c.fullConn.ExecContext(ctx, query, args)
	}
	s, kept, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	do, ok := s.Stmt.(driver.StmtExecContext)
	if !ok {
		c.drop(query, s, kept)
		return nil, errNoContext
	}
	res, err := do.ExecContext(ctx, args)
	if err != nil || !kept {
		c.drop(query, s, kept)
	}
	return res, err
}

var errNoContext = errors.New("the driver's statements take no context")

// drop lets a statement go that failed, or that was prepared for once.
func (c *keptConn) drop(query string, s *keptStatement, kept bool) {
	if kept {
		delete(c.kept, query)
	}
	_ = s.Close() // it repeats what the statement failed with
}

// Close ends the connection with its statements.
func (c *keptConn) Close() error {
	var errs []error
	for query, s := range c.kept {
		delete(c.kept, query)
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, c.fullConn.Close())...)
}

// fullRows is what the driver's rows can tell.
type fullRows interface {
	driver.Rows
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeLength
	driver.RowsColumnTypeNullable
	driver.RowsColumnTypePrecisionScale
	driver.RowsColumnTypeScanType
}

// keptRows gives its statement back when it is closed; own ones are closed with it.
type keptRows struct {
	fullRows
	from *keptStatement
	own  bool
}

// Close ends the reading.
func (r *keptRows) Close() error {
	if r.from == nil {
		return nil
	}
	s := r.from
	r.from = nil
	err := r.fullRows.Close()
	s.busy = false
	if r.own {
		err = errors.Join(err, s.Close())
	}
	return err
}
