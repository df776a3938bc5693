package ingest

import (
	"bytes"
	"io"
	"slices"
	"strconv"
	"strings"
)

// begin makes the source and reads the header.
func (r *Reader) begin(in io.Reader, layout Layout, m *Mapping, encoding string) (*names, error) {
	if r.format == JSONL {
		j := &jsonSource{lines: newLines(in, RecordLimit)}
		if m != nil && m.Each != "" {
			j.each, _ = parsePath(m.Each) // checked when the mapping was loaded
		}
		r.src = j
		return &names{json: true}, nil
	}
	c := &csvSource{lines: newLines(in, RecordLimit), delim: layout.Delimiter, decoded: encoding != encodingUTF8}
	if c.delim == 0 {
		c.delim = ','
		if strings.HasSuffix(strings.TrimSuffix(strings.ToLower(r.name), ".gz"), ".tsv") {
			c.delim = '\t'
		}
	}
	if layout.Delimiter == 0 && c.delim == ',' {
		c.delim = c.lines.delimiter()
	}
	r.delim = c.delim
	first, ok := c.next()
	for n := 1; n < layout.HeaderRow && ok && !isRefusedFile(first.fields); n++ {
		c.width = 0
		first, ok = c.next()
	}
	if err := c.fail(); err != nil {
		return nil, fileError(r.name, "ingest.file.unreadable", err)
	}
	if !ok {
		return nil, fileError(r.name, "ingest.file.empty", nil)
	}
	if layout.Headless {
		r.src = &replay{first: &first, rest: c}
		return &names{headless: true, width: max(c.width, len(first.fields))}, nil
	}
	c.count = 0
	r.src = c
	return r.readHeader(first)
}

// delimiter gives what parts the first line where it has no comma; a comma else.
func (l *lines) delimiter() byte {
	n, state := l.find(0)
	if state != lineFound {
		return ','
	}
	view := l.buf[l.pos : l.pos+n]
	for _, d := range []byte{',', '\t', ';', '|'} {
		if bytes.IndexByte(view, d) >= 0 {
			return d
		}
	}
	return ','
}

func isRefusedFile(header []string) bool {
	return len(header) > 3 && slices.Equal(header[:3], refusedColumns())
}

func (r *Reader) readHeader(first record) (*names, error) {
	if !first.fault.ok() {
		return nil, fileError(r.name, "ingest.file.header", nil, "value", Escape(first.raw))
	}
	n := &names{index: map[string]int{}, width: len(first.fields)}
	header := slices.Clone(first.fields)
	if isRefusedFile(header) {
		r.lead, r.eval.unguard = 3, true
	}
	for i, name := range header {
		name = headName(name)
		if name == "" {
			name = "$" + strconv.Itoa(i-r.lead+1)
		}
		if _, twice := n.index[name]; twice {
			return nil, fileError(r.name, "ingest.file.twice", nil, "column", Escape(name))
		}
		if i >= r.lead {
			n.index[name] = i
			r.header = append(r.header, name)
		}
	}
	return n, nil
}

// replay gives the first record of a file without a header once more.
type replay struct {
	first *record
	rest  *csvSource
}

func (s *replay) fail() error { return s.rest.fail() }

func (s *replay) next() (record, bool) {
	if s.first != nil {
		rec := *s.first
		s.first = nil
		return rec, true
	}
	return s.rest.next()
}
