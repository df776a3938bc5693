package models

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
)

// spelled writes a text of ours, in which a question mark stands for a value or a list of texts, for the store's database: each single value
// gets a mark of its own. The text holds no other question mark.
func (s *Store) spelled(text string, args []any) (string, []any) {
	var b strings.Builder
	b.Grow(len(text) + 4*len(args))
	flat, next := make([]any, 0, len(args)), 0
	put := func(v any) {
		flat = append(flat, v)
		b.WriteString(s.mark(len(flat)))
	}
	for rest := text; ; {
		before, after, more := strings.Cut(rest, "?")
		b.WriteString(before)
		if !more {
			break
		}
		if next == len(args) {
			panic(fmt.Sprintf("more marks than the %d values of %s", len(args), text))
		}
		list, ok := args[next].([]string)
		switch {
		case !ok:
			put(args[next])
		case len(list) == 0:
			b.WriteString("(NULL)")
		default:
			for i, v := range list {
				b.WriteByte("(,"[min(i, 1)])
				put(v)
			}
			b.WriteByte(')')
		}
		rest, next = after, next+1
	}
	return b.String(), flat
}

// mark is how the database writes its n-th value, counted from 1.
func (s *Store) mark(n int) string {
	if s.Dialect() == "postgres" {
		return "$" + strconv.Itoa(n)
	}
	return "?"
}

// rows asks a question that is spelled for the database, past the layer that would spell it anew.
func (s *Store) rows(ctx context.Context, question string, args []any) (*sql.Rows, error) {
	return s.read(ctx).Statement.ConnPool.QueryContext(ctx, question, args...)
}
