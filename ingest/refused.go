package ingest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Shape is how the refused rows of a file are written: rows of workbooks and Parquet files as CSV with the columns that the file had,
// elements of a JSON document as JSONL.
type Shape struct {
	Format    Format
	Header    []string // empty for JSONL and for CSV without a header line
	Delimiter byte     // 0: comma
	Sheets    []string // of a workbook: the n-th holds the lines from n*SheetLines on
	Warnings  []Warning
}

func refusedColumns() []string { return []string{"refused_line", "refused_column", "refused_reason"} }

// WriteRefused writes refused rows as a file that can be mended and loaded again. reason words a refusal for its reader.
//
// CSV with a header gets three columns in front: line, column, reason. Reading passes over them. Every cell that a
// spreadsheet could take for a formula has an apostrophe put before it, and so has one that begins with an apostrophe;
// reading a file with these columns takes one apostrophe off again, so that no value changes on the way. A record whose
// quotes are broken cannot be cut into cells and follows as it stood. CSV without a header is written as it stood,
// unguarded, since a further column would shift $1. JSONL gets a first member "_refused", which reading passes over.
func WriteRefused(w io.Writer, shape Shape, refusals iter.Seq[Refusal], reason func(Refusal) string) error {
	out := bufio.NewWriter(w)
	delim := shape.Delimiter
	if delim == 0 {
		delim = ','
	}
	if shape.Format == CSV && len(shape.Header) > 0 {
		out.WriteString(joinCells(append(refusedColumns(), shape.Header...), delim) + "\n")
	}
	for r := range refusals {
		switch {
		case shape.Format == JSONL:
			writeRefusedObject(out, r, reason(r))
		case len(shape.Header) == 0:
			out.WriteString(r.Raw + "\n")
		default:
			writeRefusedRecord(out, r, reason(r), delim)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write refused rows: %w", err)
	}
	return nil
}

func writeRefusedRecord(out *bufio.Writer, r Refusal, reason string, delim byte) {
	cells := []string{strconv.FormatInt(r.Line, 10), guard(r.Column), guard(reason)}
	fields, ok := splitQuoted(nil, r.Raw, delim)
	if ok && utf8.ValidString(r.Raw) {
		for _, f := range fields {
			cells = append(cells, guard(f))
		}
		out.WriteString(joinCells(cells, delim) + "\n")
		return
	}
	out.WriteString(joinCells(cells, delim) + string(rune(delim)) + r.Raw + "\n")
}

// guard keeps a spreadsheet from taking a cell for a formula; unguard undoes it.
func guard(cell string) string {
	first, _ := utf8.DecodeRuneInString(cell)
	if cell != "" && strings.ContainsRune("=+-@|\t\r'"+"\uff1d\uff0b\uff0d\uff20", first) {
		return "'" + cell
	}
	return cell
}

func joinCells(cells []string, delim byte) string {
	var b strings.Builder
	for i, c := range cells {
		if i > 0 {
			b.WriteByte(delim)
		}
		if strings.ContainsAny(c, "\"\r\n"+string(rune(delim))) || c != strings.TrimSpace(c) {
			c = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
		}
		b.WriteString(c)
	}
	return b.String()
}

// withoutLead takes the columns of an earlier refused-rows file off a record and undoes its guards.
func withoutLead(raw string, lead int, delim byte) string {
	fields, ok := splitQuoted(nil, raw, delim)
	if !ok || len(fields) < lead {
		return raw
	}
	fields = slices.Clone(fields[lead:])
	for i, f := range fields {
		fields[i] = strings.TrimPrefix(f, "'")
	}
	return joinCells(fields, delim)
}

func writeRefusedObject(out *bufio.Writer, r Refusal, reason string) {
	note, err := json.Marshal(struct {
		Line   int64  `json:"line"`
		Column string `json:"column"`
		Reason string `json:"reason"`
	}{r.Line, r.Column, reason})
	raw := onOneLine(r.Raw)
	body, isObject := strings.CutPrefix(strings.TrimSpace(raw), "{")
	if err != nil || !isObject {
		out.WriteString(raw + "\n")
		return
	}
	body = withoutNote(body)
	comma := ","
	if strings.HasPrefix(strings.TrimSpace(body), "}") {
		comma = ""
	}
	fmt.Fprintf(out, "{%q:%s%s%s\n", refusedKey, note, comma, body)
}

// withoutNote takes the note of an earlier round off the members of an object.
func withoutNote(body string) string {
	rest, ok := strings.CutPrefix(strings.TrimSpace(body), `"`+refusedKey+`":`)
	if !ok {
		return body
	}
	d := json.NewDecoder(strings.NewReader(rest))
	var old json.RawMessage
	if err := d.Decode(&old); err != nil {
		return body
	}
	rest = strings.TrimSpace(rest[d.InputOffset():])
	return strings.TrimPrefix(rest, ",")
}

// onOneLine writes JSON that stood over several lines on one.
func onOneLine(raw string) string {
	if !strings.ContainsAny(raw, "\r\n") {
		return raw
	}
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(raw)); err == nil {
		return b.String()
	}
	return strings.NewReplacer("\r", " ", "\n", " ").Replace(raw)
}
