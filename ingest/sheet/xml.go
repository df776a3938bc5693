package sheet

import (
	"bytes"
	"errors"
	"io"
)

// Limits of one XML part. A tag that is longer than tagLimit, or a nesting deeper than depthLimit, stands in no workbook.
const (
	tagLimit   = 64 << 10
	depthLimit = 64
	xmlBuffer  = 64 << 10
)

var (
	errXML      = errors.New("not well-formed XML")
	errDoctype  = errors.New("a document type or an entity of its own")
	errEncoding = errors.New("an XML encoding other than UTF-8")
)

type tokenKind int

const (
	tokenEnd tokenKind = iota // nothing is left
	tokenOpen
	tokenClose
	tokenText
)

// scanner cuts XML into tags and text. It resolves the five entities of XML and character numbers, refuses everything that
// a document could define by itself, and holds of a text no more than its limit.
type scanner struct {
	r     io.Reader
	buf   []byte
	pos   int
	end   int
	eof   bool
	err   error
	begun bool
	stack []byte // the names of open elements, each closed by a zero byte
	depth int    // how many they are

	name    []byte // of the tag at hand, without its prefix
	attrs   []byte // what stands between the name and the end of the tag
	pending bool   // the tag at hand was empty: its end comes next
	text    []byte
	limit   int  // the most bytes that text may have
	cut     bool // text had more
}

func newScanner(r io.Reader, limit int) *scanner {
	return &scanner{r: r, buf: make([]byte, xmlBuffer), limit: limit}
}

func (x *scanner) fill() bool {
	if x.eof {
		return false
	}
	if x.pos > 0 {
		x.end = copy(x.buf, x.buf[x.pos:x.end])
		x.pos = 0
	}
	if x.end == len(x.buf) {
		if len(x.buf) >= 2*tagLimit {
			x.fail(errXML)
			return false
		}
		x.buf = append(x.buf, make([]byte, len(x.buf))...)
	}
	n, err := x.r.Read(x.buf[x.end:])
	x.end += n
	if err != nil {
		x.eof = true
		if !errors.Is(err, io.EOF) {
			x.fail(err)
		}
	}
	return n > 0 || !x.eof
}

func (x *scanner) fail(err error) {
	if x.err == nil {
		x.err = err
	}
	x.eof, x.pos, x.end = true, 0, 0
}

// next gives the next token; after an error it gives tokenEnd.
func (x *scanner) next() tokenKind {
	if x.pending {
		x.pending = false
		return x.leave()
	}
	if !x.begun {
		x.begun = true
		x.mark()
	}
	for {
		for x.pos == x.end && x.fill() {
		}
		if x.pos == x.end {
			if x.err == nil && len(x.stack) > 0 {
				x.fail(errXML)
			}
			return tokenEnd
		}
		if x.buf[x.pos] != '<' {
			if x.readText(); len(x.text) > 0 || x.cut {
				return tokenText
			}
			continue
		}
		if kind, ok := x.tag(); ok {
			return kind
		}
	}
}

// mark passes over a byte order mark and refuses what is not UTF-8.
func (x *scanner) mark() {
	for x.end-x.pos < 3 && x.fill() {
	}
	head := x.buf[x.pos:x.end]
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		x.pos += 3
		return
	}
	if len(head) > 1 && (head[0] >= 0xfe || head[0] == 0 || head[1] == 0) {
		x.fail(errEncoding)
	}
}

// until finds a mark within the buffer, from an offset; -1 where the part ends first or the mark is too far.
func (x *scanner) until(mark string, from int) int {
	for {
		if x.end-x.pos > from {
			if i := bytes.Index(x.buf[x.pos+from:x.end], []byte(mark)); i >= 0 {
				return from + i
			}
			from = max(from, x.end-x.pos-len(mark)+1)
		}
		if x.end-x.pos > tagLimit || !x.fill() {
			x.fail(errXML)
			return -1
		}
	}
}

// skipPast passes over everything up to and including a mark, however far it is.
func (x *scanner) skipPast(mark string) {
	for {
		if i := bytes.Index(x.buf[x.pos:x.end], []byte(mark)); i >= 0 {
			x.pos += i + len(mark)
			return
		}
		x.pos = max(x.pos, x.end-len(mark)+1)
		if !x.fill() {
			x.fail(errXML)
			return
		}
	}
}

// tag reads what begins with <; ok is false for what is passed over.
func (x *scanner) tag() (tokenKind, bool) {
	for x.end-x.pos < 9 && x.fill() {
	}
	head := x.buf[x.pos:x.end]
	switch {
	case x.err != nil:
		return tokenEnd, true
	case len(head) > 1 && head[1] != '!' && head[1] != '?': // what nearly all are
		return x.plainTag()
	case bytes.HasPrefix(head, []byte("<!--")):
		x.pos += 4
		x.skipPast("-->")
		return tokenEnd, x.err != nil
	case bytes.HasPrefix(head, []byte("<![CDATA[")):
		x.pos += 9
		return tokenText, x.section()
	case bytes.HasPrefix(head, []byte("<!")):
		x.fail(errDoctype)
		return tokenEnd, true
	case bytes.HasPrefix(head, []byte("<?")):
		return tokenEnd, !x.instruction()
	}
	return x.plainTag()
}

// plainTag reads the beginning or the end of an element.
func (x *scanner) plainTag() (tokenKind, bool) {
	end := x.tagEnd()
	if end < 0 {
		return tokenEnd, true
	}
	inner := x.buf[x.pos+1 : x.pos+end]
	x.pos += end + 1
	return x.element(inner), true
}

// tagEnd finds the > that ends a tag; one within quotes does not.
func (x *scanner) tagEnd() int {
	quote := byte(0)
	for i := 1; ; i++ {
		for x.pos+i >= x.end {
			if i > tagLimit || !x.fill() {
				x.fail(errXML)
				return -1
			}
		}
		switch c := x.buf[x.pos+i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i
		case c == '<':
			x.fail(errXML)
			return -1
		}
		if i > tagLimit {
			x.fail(errXML)
			return -1
		}
	}
}

func (x *scanner) instruction() bool {
	end := x.until("?>", 2)
	if end < 0 {
		return false
	}
	body := bytes.ToLower(x.buf[x.pos : x.pos+end])
	x.pos += end + 2
	if !bytes.HasPrefix(body, []byte("<?xml ")) {
		return true
	}
	if i := bytes.Index(body, []byte("encoding")); i >= 0 && !bytes.Contains(body[i:], []byte("utf-8")) && !bytes.Contains(body[i:], []byte("ascii")) {
		x.fail(errEncoding)
		return false
	}
	return true
}

func (x *scanner) element(inner []byte) tokenKind {
	if len(inner) > 0 && inner[0] == '/' {
		x.name = local(bytes.TrimSpace(inner[1:]))
		return x.leave()
	}
	if n := len(inner); n > 0 && inner[n-1] == '/' {
		inner, x.pending = inner[:n-1], true
	}
	i := 0
	for i < len(inner) && !blank(inner[i]) {
		i++
	}
	x.name, x.attrs = local(inner[:i]), inner[i:]
	if len(x.name) == 0 || bytes.IndexByte(x.name, 0) >= 0 || x.depth >= depthLimit {
		x.fail(errXML)
		return tokenEnd
	}
	x.stack, x.depth = append(append(x.stack, x.name...), 0), x.depth+1
	return tokenOpen
}

// leave closes the innermost element, which must have the name of the tag at hand.
func (x *scanner) leave() tokenKind {
	n := len(x.stack)
	if n == 0 {
		x.fail(errXML)
		return tokenEnd
	}
	from := bytes.LastIndexByte(x.stack[:n-1], 0) + 1
	if !bytes.Equal(x.stack[from:n-1], x.name) {
		x.fail(errXML)
		return tokenEnd
	}
	x.stack, x.depth = x.stack[:from], x.depth-1
	return tokenClose
}

// local gives a name without its prefix.
func local(name []byte) []byte {
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		return name[i+1:]
	}
	return name
}
