package ingest

import (
	"errors"
	"strings"
	"unicode/utf8"

	"xiezhi/ingest/sheet"
)

// SheetLines is the distance between the line numbers of two sheets: the row r of the n-th sheet that is read, from 0, has the line
// n*SheetLines + r, so that lines never decrease within a file.
const SheetLines = 10_000_000

// sheetSource yields the rows of the sheets of a workbook that fit, one sheet after the other.
type sheetSource struct {
	book   *sheet.Book
	plans  []sheetPlan
	at     int
	rows   *sheet.Rows
	count  int64
	fields []string
	failed error
}

// sheetPlan says how a sheet is read: from behind which row, and which of its columns is the i-th of the file.
type sheetPlan struct {
	sheet   int
	headRow int
	columns []int
	width   int
}

func (s *sheetSource) fail() error { return s.failed }

func (s *sheetSource) close() error {
	var err error
	if s.rows != nil {
		err = s.rows.Close()
	}
	return errors.Join(err, s.book.Close())
}

func (s *sheetSource) next() (record, bool) {
	for s.failed == nil && s.at < len(s.plans) {
		plan := &s.plans[s.at]
		if s.rows == nil {
			if s.rows, s.failed = s.book.Rows(plan.sheet); s.failed != nil {
				break
			}
		}
		row, ok := s.rows.Next()
		if !ok {
			s.failed = errors.Join(s.rows.Err(), s.rows.Close())
			s.rows = nil
			s.at++
			continue
		}
		if row.Number <= plan.headRow {
			continue
		}
		if rec, ok := s.record(row, plan); ok {
			return rec, true
		}
	}
	return record{}, false
}

// record makes a record of a row; ok is false for one whose cells are blank.
func (s *sheetSource) record(row *sheet.Row, plan *sheetPlan) (record, bool) {
	rec := record{line: int64(s.at)*SheetLines + int64(row.Number)}
	s.fields = s.fields[:0]
	blank := true
	for i, at := range plan.columns {
		s.fields = append(s.fields, "")
		if at < 0 || at >= len(row.Cells) || row.Cells[at].Across {
			continue
		}
		c := &row.Cells[at]
		s.fields[i] = c.Text
		if c.Kind != sheet.Empty && strings.TrimSpace(c.Text) != "" || c.Kind == sheet.Uncomputed {
			blank = false
		}
		if p := cellFault(c); !p.ok() {
			if rec.faults == nil {
				rec.faults = map[int]problem{}
			}
			rec.faults[i] = p
		}
	}
	if blank && !row.TooLong {
		return rec, false
	}
	s.count++
	rec.number, rec.fields = s.count, s.fields
	if row.TooLong {
		raw := joinCells(s.fields, ',')
		rec.raw, rec.fields, rec.fault = strings.ToValidUTF8(raw[:min(len(raw), keptOfLong)], ""), nil, tooLong()
	}
	for at := plan.width; at < len(row.Cells); at++ {
		if c := &row.Cells[at]; !c.Across && strings.TrimSpace(c.Text) != "" && rec.fault.ok() {
			rec.fault = bad("ingest.refused.beyond", "cell", columnName(at))
			rec.raw = joinCells(s.fields, ',')
		}
	}
	return rec, true
}

func cellFault(c *sheet.Cell) problem {
	switch c.Kind {
	case sheet.Uncomputed:
		return bad("ingest.refused.formula")
	case sheet.Broken:
		return bad("ingest.refused.cell")
	case sheet.TooLong:
		return tooLong()
	}
	if !utf8.ValidString(c.Text) {
		return bad("ingest.refused.encoding", "offset", "0")
	}
	return problem{}
}

// columnName gives the letters of a spreadsheet column, from 0.
func columnName(at int) string {
	name := ""
	for at++; at > 0; at = (at - 1) / 26 {
		name = string(rune('A'+(at-1)%26)) + name
	}
	return name
}
