package ingest

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// FileError says why a file could not be read at all. Key is a message key of this package, Args fills it.
type FileError struct {
	File string
	Key  string
	Args map[string]string
	Err  error
}

// Error names the file, the key and the cause, for logs; people are shown the message of Key.
func (e *FileError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("read %s: %s: %v", e.File, e.Key, e.Err)
	}
	return fmt.Sprintf("read %s: %s %v", e.File, e.Key, e.Args)
}

// Unwrap gives the cause.
func (e *FileError) Unwrap() error { return e.Err }

func fileError(file, key string, err error, args ...string) *FileError {
	return &FileError{File: file, Key: key, Args: pairs(args), Err: err}
}

// Problem is one thing that is wrong with a row.
type Problem struct {
	Column string
	Value  string // escaped and cut to 80 runes
	Key    string
	Args   map[string]string // column and value included
}

// Refusal is a row that was not accepted. Column, Value, Key and Args are those of the first problem; Others holds the
// rest. Raw is the record as it stood in the file (of an overlong record only its beginning), for WriteRefused.
type Refusal struct {
	File   string
	Line   int64
	Column string
	Value  string
	Key    string
	Args   map[string]string
	Others []Problem
	Raw    string
}

// Warning is something about a file that loses no row but that its sender should know.
type Warning struct {
	File string
	Key  string
	Args map[string]string
}

// problem is the inner form of a Problem; the zero problem means that all is well. It is one pointer wide, for it is
// returned for every cell.
type problem struct{ *fault }

type fault struct {
	key  string
	args []string
}

func bad(key string, args ...string) problem { return problem{&fault{key: key, args: args}} }

func (p problem) ok() bool { return p.fault == nil }

func (p problem) public(column, value string) Problem {
	shown := Escape(value)
	args := pairs(p.args)
	args["column"], args["value"] = column, shown
	return Problem{Column: column, Value: shown, Key: p.key, Args: args}
}

func pairs(list []string) map[string]string {
	m := make(map[string]string, len(list)/2+2)
	for i := 0; i+1 < len(list); i += 2 {
		m[list[i]] = list[i+1]
	}
	return m
}

const shownRunes = 80

// Escape makes a value safe to show and to log: what is not printable is written as an escape, invalid UTF-8 as \x..,
// and what exceeds 80 runes is cut and marked with three dots.
func Escape(s string) string {
	var b strings.Builder
	n := 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if n == shownRunes {
			b.WriteString("...")
			break
		}
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case !strconv.IsPrint(r):
			q := strconv.QuoteRune(r)
			b.WriteString(q[1 : len(q)-1])
		default:
			b.WriteRune(r)
		}
		i += size
		n++
	}
	return b.String()
}
