package ingest

import (
	"bytes"
	"errors"
	"io"
)

// RecordLimit is the most bytes that one record may have; what is longer is refused and read past.
const RecordLimit = 1 << 20

const (
	readChunk   = 256 << 10
	keptOfLong  = 4 << 10 // how much of an overlong line a refusal keeps
	byteOrderMk = "\xef\xbb\xbf"
)

// lines cuts a stream into lines within bounded memory. Offsets are relative to the first byte not yet consumed.
type lines struct {
	r     io.Reader
	buf   []byte
	pos   int
	end   int
	next  int64 // the number of the line at pos, from 1
	eof   bool
	err   error
	begun bool
	limit int
}

func newLines(r io.Reader, limit int) *lines {
	return &lines{r: r, buf: make([]byte, min(readChunk, 2*limit)), next: 1, limit: limit}
}

// more reads on; it is false at the end of the stream.
func (l *lines) more() bool {
	if l.eof {
		return false
	}
	if l.pos > 0 && l.end-l.pos < len(l.buf)/2 {
		copy(l.buf, l.buf[l.pos:l.end])
		l.end -= l.pos
		l.pos = 0
	}
	if l.end == len(l.buf) {
		grown := make([]byte, 2*len(l.buf))
		l.end = copy(grown, l.buf[l.pos:l.end])
		l.buf, l.pos = grown, 0
	}
	n, err := l.r.Read(l.buf[l.end:])
	l.end += n
	if err != nil {
		l.eof = true
		if !errors.Is(err, io.EOF) {
			l.err = err
		}
	}
	return n > 0 || !l.eof
}

func (l *lines) skipMark() {
	l.begun = true
	for l.end-l.pos < len(byteOrderMk) && l.more() {
	}
	if bytes.HasPrefix(l.buf[l.pos:l.end], []byte(byteOrderMk)) {
		l.pos += len(byteOrderMk)
	}
}

type lineState int

const (
	lineFound lineState = iota
	lineTooLong
	lineNone // nothing is left
)

// find looks for the end of the line that holds offset from; the newline itself is not part of it.
func (l *lines) find(from int) (int, lineState) {
	if !l.begun {
		l.skipMark()
	}
	seen := from
	for {
		if i := bytes.IndexByte(l.buf[l.pos+seen:l.end], '\n'); i >= 0 {
			if seen+i > l.limit {
				return seen + i, lineTooLong
			}
			return seen + i, lineFound
		}
		seen = l.end - l.pos
		if seen > l.limit {
			return seen, lineTooLong
		}
		if l.more() {
			continue
		}
		if seen = l.end - l.pos; seen <= from {
			return seen, lineNone
		}
		return seen, lineFound
	}
}

// take consumes n bytes and the newline behind them and returns the bytes without a carriage return at their end; they
// hold until the next call. newlines is how many line ends lie within, the last one included.
func (l *lines) take(n int, newlines int64) []byte {
	b := l.buf[l.pos : l.pos+n]
	l.pos = min(l.pos+n+1, l.end)
	l.next += newlines
	return bytes.TrimSuffix(b, []byte("\r"))
}

// skipLong consumes an overlong line and returns its beginning.
func (l *lines) skipLong() []byte {
	kept := bytes.Clone(l.buf[l.pos:min(l.pos+keptOfLong, l.end)])
	for {
		if i := bytes.IndexByte(l.buf[l.pos:l.end], '\n'); i >= 0 {
			l.pos += i + 1
			break
		}
		l.pos = l.end
		if !l.more() {
			break
		}
	}
	l.next++
	return kept
}
