package ingest

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// SampleOptions say how a file is to be looked at; what is empty is found out.
type SampleOptions struct {
	Sheet     string
	HeaderRow int
	Delimiter byte
	Headless  bool
}

// Sample is what a file shows of itself to somebody who wants to map it: how it is written, its columns and some of their values.
type Sample struct {
	Format    Format
	Encoding  string
	Delimiter byte
	Sheet     string   // the one that was looked at
	Sheets    []string // of a workbook, those that are shown
	HeaderRow int      // 0 where the format has none
	Headless  bool
	Each      string // the list in a JSON document whose elements are the rows
	Columns   []SampleColumn
	Records   int // that were looked at
	Totals    *Filter
}

// SampleColumn is a column as a mapping calls it, with the first values in it, of which none is empty.
type SampleColumn struct {
	Name   string
	Values []string
	Filled int
	Kind   Content
}

const (
	sampleRecords = 2000
	sampleValues  = 200
	samplePaths   = 200
	samplePath    = 4
)

// Sample reads the beginning of the file. It fails with a *FileError where the file shows no columns.
func (f *File) Sample(opts SampleOptions) (*Sample, error) {
	s := &Sample{Format: f.Format, Encoding: f.Encoding, Sheet: opts.Sheet, HeaderRow: opts.HeaderRow, Delimiter: opts.Delimiter, Headless: opts.Headless}
	r := &Reader{name: f.Name, format: f.Format, strange: map[string]bool{}, close: func() error { return nil }}
	p := preparation{encoding: f.Encoding}
	err := s.prepare(f, &p)
	if err == nil {
		_, err = r.beginFile(f, p)
	}
	if err == nil {
		if src, ok := r.src.(*parquetSource); ok {
			err = src.use(r, src.readable())
		}
	}
	if err == nil {
		if s.Delimiter == 0 {
			s.Delimiter = r.delim
		}
		s.take(r)
		if failed := r.src.fail(); failed != nil {
			err = fileError(f.Name, "ingest.file.unreadable", failed)
		} else if len(s.Columns) == 0 {
			err = fileError(f.Name, "ingest.file.empty", nil)
		}
	}
	return s, errors.Join(err, r.close())
}

func (s *parquetSource) readable() []int {
	var list []int
	for i, c := range s.file.Columns {
		if !c.Repeated && len(list) < samplePaths {
			list = append(list, i)
		}
	}
	return list
}

// prepare finds the header of a format that has one.
func (s *Sample) prepare(f *File, p *preparation) error {
	switch f.Format {
	case XLSX:
		return s.prepareBook(f, p)
	case CSV:
		return s.prepareText(f, p)
	case JSON, JSONL:
		s.Each = f.eachOf(p.encoding)
		p.mapping = &Mapping{Each: s.Each}
	}
	return nil
}

func (s *Sample) prepareBook(f *File, p *preparation) error {
	in, err := f.open()
	if err != nil {
		return err
	}
	defer func() { _ = in.close() }()
	book, err := in.book()
	if err != nil {
		return err
	}
	defer book.Close()
	best := guessed{score: -1}
	for i := range book.Sheets {
		if book.Sheets[i].Hidden {
			continue
		}
		s.Sheets = append(s.Sheets, book.Sheets[i].Name)
		if s.Sheet != "" && s.Sheet != book.Sheets[i].Name {
			continue
		}
		rows, err := top(book, i)
		if err != nil {
			return fileError(f.Name, "ingest.file.xlsx_damaged", err)
		}
		if g := guessHeader(rows, s.HeaderRow); g.score > best.score {
			best, s.Sheet = g, book.Sheets[i].Name
		}
	}
	if best.score < 0 {
		return fileError(f.Name, "ingest.file.empty", nil)
	}
	s.HeaderRow = best.row
	p.layout = Layout{Sheet: s.Sheet, HeaderRow: best.row, Headless: s.Headless}
	p.wanted = named(best.names)
	return nil
}

// named leaves out columns that are called by their position alone, and of names that come twice all.
func named(list []string) (names []string) {
	count := map[string]int{}
	for _, n := range list {
		count[n]++
	}
	for _, n := range list {
		if count[n] == 1 && !strings.HasPrefix(n, "$") {
			names = append(names, n)
		}
	}
	return names
}

func (s *Sample) prepareText(f *File, p *preparation) error {
	best := guessed{score: -1}
	for _, d := range []byte{',', '\t', ';', '|'} {
		if s.Delimiter != 0 && d != s.Delimiter {
			continue
		}
		rows, err := f.firstLines(p.encoding, d)
		if err != nil {
			return err
		}
		if g := guessHeader(rows, s.HeaderRow); g.score > best.score {
			best, p.layout.Delimiter = g, d
		}
	}
	s.HeaderRow = max(best.row, 1)
	p.layout.HeaderRow, p.layout.Headless = s.HeaderRow, s.Headless
	return nil
}

// firstLines cuts the first records of a text with a delimiter.
func (f *File) firstLines(encoding string, delim byte) ([]topRow, error) {
	in, err := f.text(encoding)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	c := &csvSource{lines: newLines(in, RecordLimit), delim: delim}
	var list []topRow
	for len(list) < headRows {
		c.width = 0
		rec, ok := c.next()
		if !ok {
			break
		}
		r := topRow{number: int(rec.number)}
		for _, cell := range rec.fields {
			r.names = append(r.names, headName(cell))
		}
		list = append(list, r)
	}
	return list, nil
}

// eachOf finds the list of a document that is one object: the first member that holds objects.
func (f *File) eachOf(encoding string) string {
	in, err := f.text(encoding)
	if err != nil {
		return ""
	}
	defer in.Close()
	c := newCutter(in)
	if f.Format != JSON || c.peek() != '{' {
		return ""
	}
	raw, long, err := c.value()
	if err != nil || c.peek() != 0 {
		return ""
	}
	if !long {
		if root, _, p := parseObject(string(raw)); p.ok() {
			return listIn(root, "", 0)
		}
	}
	return ""
}

func listIn(v any, path string, depth int) string {
	m, ok := v.(map[string]any)
	if !ok || depth > samplePath {
		return ""
	}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if list, ok := m[name].([]any); ok && len(list) > 0 {
			if _, ok := list[0].(map[string]any); ok {
				return strings.TrimPrefix(path+"."+name, ".")
			}
		}
		if inner := listIn(m[name], path+"."+name, depth+1); inner != "" {
			return inner
		}
	}
	return ""
}

// take reads records and collects the values of each column.
func (s *Sample) take(r *Reader) {
	at := map[string]int{}
	column := func(name string) *SampleColumn {
		i, ok := at[name]
		if !ok {
			i = len(s.Columns)
			at[name] = i
			s.Columns = append(s.Columns, SampleColumn{Name: name})
		}
		return &s.Columns[i]
	}
	header := r.header
	if p, ok := r.src.(*parquetSource); ok {
		header = nil
		for _, c := range p.file.Columns {
			header = append(header, c.Path)
		}
		for _, i := range p.used {
			column(header[i])
		}
	} else {
		for _, name := range header {
			column(name)
		}
	}
	for s.Records < sampleRecords {
		rec, ok := r.src.next()
		if !ok {
			break
		}
		s.Records++
		if !rec.fault.ok() {
			continue
		}
		if !r.format.flat() {
			flatten(rec.item, "", 0, func(path, v string) {
				if len(s.Columns) < samplePaths || at[path] > 0 {
					column(path).add(v)
				}
			})
			continue
		}
		fields := rec.fields[min(r.lead, len(rec.fields)):]
		for i, v := range fields {
			name := "$" + strconv.Itoa(i+1)
			if i < len(header) {
				name = header[i]
			}
			if v = strings.TrimSpace(v); v == "" || len(s.Columns) >= 2*samplePaths {
				continue
			}
			if isTotal(v) && s.Totals == nil && s.Records > 1 {
				s.Totals = &Filter{Column: name, Not: totals()}
			}
			column(name).add(v)
		}
	}
	for i := range s.Columns {
		s.Columns[i].Kind = contentOf(s.Columns[i].Values)
	}
}

func (c *SampleColumn) add(v string) {
	c.Filled++
	if len(c.Values) < sampleValues && !isTotal(v) {
		c.Values = append(c.Values, v)
	}
}

// flatten visits the single values of an element by their paths.
func flatten(v any, path string, depth int, visit func(path, value string)) {
	switch t := v.(type) {
	case map[string]any:
		if depth >= samplePath {
			return
		}
		for _, name := range slices.Sorted(maps.Keys(t)) {
			if strings.ContainsAny(name, ".[]") {
				continue
			}
			flatten(t[name], strings.TrimPrefix(path+"."+name, "."), depth+1, visit)
		}
	case []any:
		if len(t) > 0 && depth < samplePath {
			flatten(t[0], path+"[0]", depth+1, visit)
		}
	default:
		if s, p := scalar(t); p.ok() && path != "" {
			if s = strings.TrimSpace(s); s != "" {
				visit(path, s)
			}
		}
	}
}
