package ingest

import (
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"slices"
	"strings"

	"xiezhi/models"
)

// Options say how a file is read.
type Options struct {
	Table   models.Table // empty: the mapping's, else that of the file's name
	Mapping *Mapping     // nil: the file is canonical
	After   int64        // rows of lines up to this one are passed over, to resume where a killed ingest stopped
}

// Reader yields the rows of one file. It is for one goroutine and one pass.
type Reader struct {
	name     string
	format   Format
	src      source
	close    func() error
	after    int64
	compiled compiled
	eval     evaluation
	date     models.Date
	mapped   string // the mapping's source
	header   []string
	delim    byte
	sheets   []string // of a workbook, in the order of their lines
	lead     int      // columns of a refused-rows file in front of the data
	distinct map[[16]byte]struct{}
	warnings []Warning
	known    map[string]bool // the columns of the table
	strange  map[string]bool // columns that were warned of
	line     int64
	err      error

	canonicalJSON bool
}

// Reader opens the file for reading and ties its columns to the table. It fails with a *FileError when no table is
// named, the header is wrong or a required column is missing, and with a *MappingError when the mapping does not fit the
// table; then no row may be used.
func (f *File) Reader(opts Options) (*Reader, error) {
	if opts.Table == "" && (opts.Mapping == nil || opts.Mapping.Table == "") {
		opts.Table = f.Table
	}
	r, p, err := prepare(f.Name, f.Format, f.Encoding, opts)
	if err != nil {
		return nil, err
	}
	if p.mapping != nil && p.mapping.Index != nil {
		if r.eval.index, err = f.readIndex(p); err != nil {
			return nil, err
		}
	}
	n, err := r.beginFile(f, p)
	if err == nil {
		err = r.bind(p, n)
	}
	if err != nil {
		return nil, errors.Join(err, r.close())
	}
	return r, nil
}

func (r *Reader) beginFile(f *File, p preparation) (*names, error) {
	if f.Format.seeks() {
		in, err := f.open()
		if err != nil {
			return nil, err
		}
		r.close = in.close
		if f.Format == XLSX {
			return r.beginSheets(in, p.layout, p.wanted)
		}
		return r.beginColumns(in)
	}
	if f.Format == JSON {
		return r.beginDocument(func() (io.ReadCloser, error) { return f.text(p.encoding) }, p.mapping)
	}
	in, err := f.text(p.encoding)
	if err != nil {
		return nil, err
	}
	r.close = in.Close
	return r.begin(in, p.layout, p.mapping, p.encoding)
}

// text opens a file of text, unpacked and decoded.
func (f *File) text(encoding string) (io.ReadCloser, error) {
	h, err := os.Open(f.Path)
	if err != nil {
		return nil, fileError(f.Name, "ingest.file.unreadable", err)
	}
	in := io.Reader(h)
	if f.Packed {
		if in, err = gzip.NewReader(h); err != nil {
			_ = h.Close()
			return nil, fileError(f.Name, "ingest.file.gzip", err)
		}
	}
	return struct {
		io.Reader
		io.Closer
	}{decoded(in, encoding), h}, nil
}

// Stream reads rows from anything, a request body for one; name stands for the file in refusals, its ending .tsv means
// tabs. Of the formats only CSV and JSONL can be streamed. It fails as File.Reader does.
func Stream(name string, format Format, in io.Reader, opts Options) (*Reader, error) {
	r, p, err := prepare(name, format, encodingUTF8, opts)
	if err != nil {
		return nil, err
	}
	if format != CSV && format != JSONL {
		return nil, fileError(name, "ingest.file.format", nil, "format", string(format))
	}
	n, err := r.begin(decoded(in, p.encoding), p.layout, p.mapping, p.encoding)
	if err != nil {
		return nil, err
	}
	return r, r.bind(p, n)
}

// preparation is what is known of a file before its first byte is read.
type preparation struct {
	table    models.Table
	mapping  *Mapping
	layout   Layout
	encoding string
	wanted   []string // the columns that must be there
}

func prepare(name string, format Format, encoding string, opts Options) (*Reader, preparation, error) {
	r := &Reader{name: name, format: format, after: opts.After, strange: map[string]bool{},
		close: func() error { return nil }, eval: evaluation{zone: shanghai()}}
	p := preparation{table: opts.Table, mapping: opts.Mapping, encoding: encoding}
	if m := opts.Mapping; m != nil {
		p.layout = m.Format
		if p.table == "" {
			p.table = m.Table
		}
		r.date, r.mapped, r.eval.division = m.Date, m.Source, m.Division
		if m.Distinct {
			r.distinct, r.eval.collect = map[[16]byte]struct{}{}, true
		}
		if p.layout.Zone != nil {
			r.eval.zone = p.layout.Zone
		}
		if p.layout.Encoding != "" && encoding != encodingUTF16 {
			p.encoding = p.layout.Encoding
		}
	}
	if plans()[p.table] == nil {
		return nil, p, fileError(name, "ingest.file.table", nil, "table", Escape(string(p.table)))
	}
	if p.mapping != nil {
		if err := p.mapping.fits(p.table); err != nil {
			return nil, p, err
		}
	}
	p.wanted = wantedColumns(p.table, p.mapping)
	return r, p, nil
}

// bind ties the columns of the table to those that the file has.
func (r *Reader) bind(p preparation, n *names) error {
	c, missing := compile(p.table, p.mapping, n)
	if missing != "" {
		return fileError(r.name, "ingest.file.missing_column", nil, "column", Escape(missing))
	}
	r.compiled, r.known = c, map[string]bool{}
	for _, spec := range c.plan.columns() {
		r.known[spec.name] = true
	}
	r.canonicalJSON = p.mapping == nil && !r.format.flat()
	if p.mapping == nil {
		r.strangers(slices.Values(r.header))
	}
	if src, ok := r.src.(*parquetSource); ok {
		return src.use(r, n.used)
	}
	return nil
}

const strangersShown = 50

// strangers warns once of each column that the table does not have.
func (r *Reader) strangers(columns iter.Seq[string]) {
	var found []string
	for name := range columns {
		if !r.known[name] && !r.strange[name] {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	for _, name := range found {
		if len(r.strange) >= strangersShown {
			return
		}
		r.strange[name] = true
		args := pairs([]string{"column", Escape(name), "table", string(r.compiled.table)})
		r.warnings = append(r.warnings, Warning{File: r.name, Key: "ingest.warning.unknown_column", Args: args})
	}
}

// Header gives the column names of a CSV with a header, without those that WriteRefused adds.
func (r *Reader) Header() []string { return slices.Clone(r.header) }

// Shape gives what WriteRefused needs to know of the file.
func (r *Reader) Shape() Shape {
	s := Shape{Format: r.format, Header: r.Header(), Delimiter: r.delim, Sheets: slices.Clone(r.sheets), Warnings: r.Warnings()}
	switch {
	case r.format == JSON:
		s.Format = JSONL
	case r.format.seeks():
		s.Format = CSV
	}
	return s
}

// Table gives the canonical table that the rows belong to.
func (r *Reader) Table() models.Table { return r.compiled.table }

// Line gives the line of the last record that was looked at.
func (r *Reader) Line() int64 { return r.line }

// Warnings gives what was noticed so far that loses no row.
func (r *Reader) Warnings() []Warning { return slices.Clone(r.warnings) }

// Err gives what broke reading off, if anything did; ask after Rows has ended.
func (r *Reader) Err() error { return r.err }

// Close lets go of the file.
func (r *Reader) Close() error {
	if err := r.close(); err != nil {
		return fmt.Errorf("close %s: %w", r.name, err)
	}
	return nil
}

// Rows yields, record by record, a checked row or why it was refused; a row goes with a nil refusal. Lines never
// decrease. Several rows may share a line where a mapping says each: a resumable store commits whole lines.
func (r *Reader) Rows(ctx context.Context) iter.Seq2[models.Row, *Refusal] {
	return func(yield func(models.Row, *Refusal) bool) {
		for n := 0; ; n++ {
			if n%256 == 0 && ctx.Err() != nil {
				r.err = fmt.Errorf("read %s: %w", r.name, ctx.Err())
				return
			}
			rec, ok := r.src.next()
			if !ok {
				break
			}
			r.line = rec.line
			if rec.line <= r.after && !r.eval.collect {
				continue
			}
			row, refusal, wanted := r.row(&rec)
			if wanted && rec.line > r.after && !yield(row, refusal) {
				return
			}
		}
		if err := r.src.fail(); err != nil && r.err == nil {
			r.err = fileError(r.name, "ingest.file.unreadable", err)
		}
	}
}

// row checks one record; wanted is false for one that the mapping filters out.
func (r *Reader) row(rec *record) (models.Row, *Refusal, bool) {
	row := models.Row{Table: r.compiled.table, Line: rec.line}
	if !rec.fault.ok() {
		return row, r.refuse(rec, []Problem{rec.fault.public(rec.column, rec.raw)}), true
	}
	x := &r.eval
	x.rec, x.seen = rec, x.seen[:0]
	for i := range r.compiled.where {
		f := &r.compiled.where[i]
		v, p := f.from.value(x)
		if v = strings.TrimSpace(v); p.ok() && !f.passes(v) || !p.ok() && f.in != nil {
			return row, nil, false
		}
	}
	if r.canonicalJSON {
		if m, ok := rec.root.(map[string]any); ok {
			r.strangers(maps.Keys(m))
		}
	}
	problems := r.compiled.plan.build(r.compiled.cells, x, &row)
	problems = append(problems, r.provenance(x, &row)...)
	if len(problems) > 0 {
		return models.Row{Table: r.compiled.table, Line: rec.line}, r.refuse(rec, problems), true
	}
	return row, nil, !r.repeated()
}

// provenance reads source and observed_at.
func (r *Reader) provenance(x *evaluation, row *models.Row) (problems []Problem) {
	row.Source = r.mapped
	if !r.compiled.source.absent {
		v, p := r.compiled.source.value(x)
		if p.ok() && v != "" {
			row.Source, p = cleanSource(v)
		}
		if !p.ok() {
			problems = append(problems, p.public("source", v))
		}
	}
	if !r.compiled.observed.absent {
		v, p := r.compiled.observed.value(x)
		if p.ok() && v != "" {
			row.ObservedAt, p = parseInstant(v, x.zone)
		}
		if !p.ok() {
			problems = append(problems, p.public("observed_at", v))
		}
	}
	if row.ObservedAt.IsZero() && r.date != "" && row.Transfer == nil && row.Signal == nil {
		row.ObservedAt = models.At(r.date.Time(x.zone))
	}
	return problems
}

// distinctMost bounds the memory that distinct rows take; beyond it repeats are yielded and found unchanged by the store.
const distinctMost = 1 << 20

func (r *Reader) repeated() bool {
	if r.distinct == nil {
		return false
	}
	sum := sha256.Sum256(r.eval.seen)
	key := [16]byte(sum[:16])
	if _, again := r.distinct[key]; again {
		return true
	}
	if len(r.distinct) < distinctMost {
		r.distinct[key] = struct{}{}
	}
	return false
}

func (r *Reader) refuse(rec *record, problems []Problem) *Refusal {
	first := problems[0]
	raw := rec.raw
	if src, ok := r.src.(*parquetSource); ok {
		raw = joinCells(src.cells(rec.fields), r.delim)
	} else if raw == "" && rec.fields != nil {
		raw = joinCells(rec.fields, r.delim)
	}
	if r.lead > 0 {
		raw = withoutLead(raw, r.lead, r.delim)
	}
	return &Refusal{File: r.name, Line: rec.line, Column: first.Column, Value: first.Value, Key: first.Key,
		Args: first.Args, Others: problems[1:], Raw: raw}
}
