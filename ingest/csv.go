package ingest

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// csvSource takes a CSV apart: RFC 4180 with any one-byte delimiter. A record with a broken quote is refused by its first
// line alone, and reading goes on at the line after it, so that an unclosed quote never swallows the good rows below.
type csvSource struct {
	lines   *lines
	delim   byte
	decoded bool // the text came through a decoder that writes U+FFFD for what it cannot read
	width   int  // 0 until the first record sets it
	count   int64
	fields  []string
}

func (c *csvSource) fail() error { return c.lines.err }

func (c *csvSource) next() (record, bool) {
	for {
		line := c.lines.next
		n, state := c.lines.find(0)
		if state == lineNone {
			return record{}, false
		}
		if state == lineTooLong {
			raw := c.lines.skipLong()
			c.count++
			return record{line: line, number: c.count, raw: string(raw), fault: tooLong()}, true
		}
		view := c.lines.buf[c.lines.pos : c.lines.pos+n]
		if len(bytes.TrimRight(view, "\r")) == 0 {
			c.lines.take(n, 1)
			continue
		}
		c.count++
		rec := record{line: line, number: c.count}
		if bytes.IndexByte(view, '"') < 0 {
			rec.raw = string(c.lines.take(n, 1))
			rec.fields = splitPlain(c.fields[:0], rec.raw, c.delim)
		} else {
			c.quoted(&rec, n)
		}
		c.fields = rec.fields
		c.verify(&rec)
		return rec, true
	}
}

func tooLong() problem { return bad("ingest.refused.too_long", "limit", strconv.Itoa(RecordLimit)) }

func (c *csvSource) verify(rec *record) {
	p := textFault(rec.raw)
	if c.decoded && p.ok() {
		if at := strings.IndexRune(rec.raw, utf8.RuneError); at >= 0 {
			p = bad("ingest.refused.encoding", "offset", strconv.Itoa(at))
		}
	}
	if !p.ok() {
		rec.fault, rec.fields = p, nil
		return
	}
	if !rec.fault.ok() {
		rec.fields = nil
		return
	}
	if c.width == 0 {
		c.width = len(rec.fields)
	}
	if len(rec.fields) != c.width {
		rec.fault = bad("ingest.refused.ragged", "want", strconv.Itoa(c.width), "got", strconv.Itoa(len(rec.fields)))
	}
}

// textFault finds bytes that are no text; the offset counts from the start of the record.
func textFault(raw string) problem {
	if !utf8.ValidString(raw) {
		at := 0
		for at < len(raw) {
			r, size := utf8.DecodeRuneInString(raw[at:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			at += size
		}
		return bad("ingest.refused.encoding", "offset", strconv.Itoa(at))
	}
	return problem{}
}

// quoted reads a record whose first line is n bytes long and holds a quote.
func (c *csvSource) quoted(rec *record, n int) {
	first, scanned, newlines := n, 0, int64(1)
	var scan quoteScan
	for {
		scan.run(c.lines.buf[c.lines.pos+scanned:c.lines.pos+n], c.delim)
		if scan.state != inQuotes || scan.broken {
			break
		}
		scanned = n
		if c.lines.pos+n >= c.lines.end {
			scan.broken = true
			break
		}
		end, state := c.lines.find(n + 1)
		if state != lineFound {
			scan.broken = true
			break
		}
		n = end
		newlines++
	}
	if scan.broken {
		rec.raw = string(c.lines.take(first, 1))
		rec.fault = bad("ingest.refused.quote")
		return
	}
	rec.raw = string(c.lines.take(n, newlines))
	fields, ok := splitQuoted(c.fields[:0], rec.raw, c.delim)
	rec.fields = fields
	if !ok {
		rec.fault = bad("ingest.refused.quote")
	}
}

type quoteState int

const (
	atField quoteState = iota
	inPlain
	inQuotes
	afterQuote
)

// quoteScan follows quotes over the lines of one record.
type quoteScan struct {
	state  quoteState
	broken bool
}

func (q *quoteScan) run(b []byte, delim byte) {
	for i, ch := range b {
		switch q.state {
		case atField, inPlain:
			switch {
			case ch == delim:
				q.state = atField
			case ch == '"' && q.state == atField:
				q.state = inQuotes
			case ch == '"':
				q.broken = true
				return
			default:
				q.state = inPlain
			}
		case inQuotes:
			if ch == '"' {
				q.state = afterQuote
			}
		case afterQuote:
			switch {
			case ch == '"':
				q.state = inQuotes
			case ch == delim:
				q.state = atField
			case ch == '\r' && i == len(b)-1:
			default:
				q.broken = true
				return
			}
		}
	}
}

func splitPlain(fields []string, s string, delim byte) []string {
	for {
		i := strings.IndexByte(s, delim)
		if i < 0 {
			return append(fields, s)
		}
		fields = append(fields, s[:i])
		s = s[i+1:]
	}
}

// splitQuoted takes one record apart; it fails on a quote that stands where none may.
func splitQuoted(fields []string, s string, delim byte) ([]string, bool) {
	for {
		if s == "" || s[0] != '"' {
			i := strings.IndexByte(s, delim)
			field := s
			if i >= 0 {
				field = s[:i]
			}
			if strings.IndexByte(field, '"') >= 0 {
				return fields, false
			}
			fields = append(fields, field)
			if i < 0 {
				return fields, true
			}
			s = s[i+1:]
			continue
		}
		field, rest, ok := quotedField(s[1:])
		if !ok || (rest != "" && rest[0] != delim) {
			return fields, false
		}
		fields = append(fields, field)
		if rest == "" {
			return fields, true
		}
		s = rest[1:]
	}
}

func quotedField(s string) (field, rest string, ok bool) {
	doubled := false
	for i := 0; i < len(s); i++ {
		if s[i] != '"' {
			continue
		}
		if i+1 < len(s) && s[i+1] == '"' {
			doubled = true
			i++
			continue
		}
		field = s[:i]
		if doubled {
			field = strings.ReplaceAll(field, `""`, `"`)
		}
		return field, s[i+1:], true
	}
	return "", "", false
}
