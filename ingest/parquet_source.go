package ingest

import (
	"slices"

	"xiezhi/ingest/columnar"
)

// parquetSource yields the rows of a Parquet file, with the columns that are used.
type parquetSource struct {
	file   *columnar.File
	rows   *columnar.Rows
	used   []int
	count  int64
	fields []string
}

func (s *parquetSource) fail() error { return s.rows.Err() }

func (s *parquetSource) next() (record, bool) {
	row, ok := s.rows.Next()
	if !ok {
		return record{}, false
	}
	s.count++
	rec := record{line: s.count, number: s.count, fields: s.fields}
	for i, v := range row {
		at := s.used[i]
		s.fields[at] = v.Text
		switch v.Kind {
		case columnar.Broken:
			rec.blame(at, bad("ingest.refused.cell"))
		case columnar.TooLong:
			rec.blame(at, tooLong())
		}
	}
	return rec, true
}

func (rec *record) blame(at int, p problem) {
	if rec.faults == nil {
		rec.faults = map[int]problem{}
	}
	rec.faults[at] = p
}

// beginColumns names the columns of a Parquet file; a column within others is called by its path, a.b.
func (r *Reader) beginColumns(in *seekable) (*names, error) {
	f, err := in.columns()
	if err != nil {
		return nil, err
	}
	r.src, r.close, r.delim = &parquetSource{file: f, fields: make([]string, len(f.Columns))}, in.close, ','
	n := &names{index: map[string]int{}, width: len(f.Columns)}
	for i, c := range f.Columns {
		if _, twice := n.index[c.Path]; twice {
			return nil, fileError(r.name, "ingest.file.twice", nil, "column", Escape(c.Path))
		}
		n.index[c.Path] = i
		r.header = append(r.header, c.Path)
	}
	return n, nil
}

// use begins reading the columns that the table was tied to, after reading them to their end once.
func (s *parquetSource) use(r *Reader, used []int) error {
	slices.Sort(used)
	s.used = slices.Compact(used)
	var header []string
	for _, at := range s.used {
		c := s.file.Columns[at]
		if c.Repeated {
			return fileError(r.name, "ingest.file.nested_column", nil, "column", Escape(c.Path))
		}
		header = append(header, c.Path)
	}
	for pass := range 2 {
		rows, err := s.file.Rows(s.used)
		if err != nil {
			return parquetError(r.name, err)
		}
		if s.rows = rows; pass == 0 {
			if err := rows.Check(); err != nil {
				return parquetError(r.name, err)
			}
		}
	}
	r.header = header
	return nil
}

// cells gives what is read of a record, for a refused-rows file.
func (s *parquetSource) cells(fields []string) []string {
	var list []string
	for _, at := range s.used {
		list = append(list, fields[at])
	}
	return list
}
