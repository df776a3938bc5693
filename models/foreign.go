package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// ForeignQuery is a question to a database of another office: a SELECT, asked in a transaction that can only read.
type ForeignQuery struct {
	Address         string // postgres://... or sqlite:PATH, as the operator set it
	Query           string
	WatermarkColumn string // "" reads everything each time
	From            string // the largest watermark that is known; rows that have it are read again
	Limit           time.Duration
}

// ErrForeign marks a foreign database that could not be reached or did not understand the question.
var ErrForeign = errors.New("the foreign database did not answer")

// Read asks the question and gives the header first, then every row as text, empty for NULL; it returns the largest watermark
// seen. Instants are written in RFC 3339, numbers in plain digits.
func (q ForeignQuery) Read(ctx context.Context, header func(columns []string) error, row func(values []string) error) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, q.Limit)
	defer cancel()
	db, dialect, err := q.open()
	if err != nil {
		return "", err
	}
	defer db.Close()
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: dialect == "postgres"})
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrForeign, err)
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	text, args := q.text(dialect)
	rows, err := tx.QueryContext(ctx, text, args...)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrForeign, err)
	}
	defer rows.Close()
	return q.pour(rows, header, row)
}

func (q ForeignQuery) open() (*sql.DB, string, error) {
	driver, dsn, dialect := "pgx", q.Address, "postgres"
	if path, ok := strings.CutPrefix(q.Address, "sqlite:"); ok {
		values := url.Values{"mode": {"ro"}, "_pragma": {"query_only(1)", "busy_timeout(5000)"}}
		driver, dsn, dialect = "sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+values.Encode(), "sqlite"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", ErrForeign, err)
	}
	db.SetMaxOpenConns(1)
	return db, dialect, nil
}

// text wraps the query so that the watermark is asked for by the database; a row with the newest known watermark comes again,
// since others may have got the same one after it was read.
func (q ForeignQuery) text(dialect string) (string, []any) {
	text := "SELECT * FROM (" + strings.TrimSpace(q.Query) + "\n) AS asked"
	if q.WatermarkColumn == "" {
		return text, nil
	}
	column := `"` + q.WatermarkColumn + `"`
	order := " ORDER BY " + column
	if q.From == "" {
		return text + order, nil
	}
	if dialect == "postgres" {
		// The stored watermark is text: the database reads it as whatever the column is.
		return text + " WHERE " + column + " >= '" + strings.ReplaceAll(q.From, "'", "''") + "'" + order, nil
	}
	if n, err := strconv.ParseInt(q.From, 10, 64); err == nil {
		return text + " WHERE " + column + " >= ?" + order, []any{n}
	}
	return text + " WHERE " + column + " >= ?" + order, []any{q.From}
}

func (q ForeignQuery) pour(rows *sql.Rows, header func([]string) error, row func([]string) error) (string, error) {
	columns, err := rows.Columns()
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrForeign, err)
	}
	mark := -1
	for i, c := range columns {
		if c == q.WatermarkColumn {
			mark = i
		}
	}
	if q.WatermarkColumn != "" && mark < 0 {
		return "", fmt.Errorf("%w: the query has no column %q", ErrForeign, q.WatermarkColumn)
	}
	if err := header(columns); err != nil {
		return "", err
	}
	last := ""
	cells := make([]any, len(columns))
	values := make([]string, len(columns))
	for i := range cells {
		cells[i] = new(any)
	}
	for rows.Next() {
		if err := rows.Scan(cells...); err != nil {
			return "", fmt.Errorf("%w: %w", ErrForeign, err)
		}
		for i, c := range cells {
			values[i] = foreignText(*c.(*any))
		}
		if mark >= 0 && values[mark] != "" {
			last = values[mark]
		}
		if err := row(values); err != nil {
			return "", err
		}
	}
	if err := rows.Err(); err != nil {
		return "", fmt.Errorf("%w: %w", ErrForeign, err)
	}
	return last, nil
}

func foreignText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case []byte:
		return string(v)
	case time.Time:
		return v.Format(time.RFC3339Nano)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	default:
		return fmt.Sprint(v)
	}
}
