package ingest

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// documentSource yields the records of a JSON document: the elements of an array, or objects one after another, or the elements
// at `each` within one large object. A record counts as a line, since a document may well be one line.
type documentSource struct {
	cut    *cutter
	each   jsonPath
	queue  jsonSource // expands records where a mapping says each
	inList bool
	ended  bool
	count  int64
	frame  *frame // of a large object: what stands around its elements
}

// frame is an object without the elements at `each`: what stands before and behind them, and as a whole document.
type frame struct {
	before, after []byte
	root          any
}

var errBroken = errors.New("the JSON breaks off")

// beginDocument finds out how the document is built. One object that is larger than a record is read as the list at `each`, with the
// rest of the object at hand for every element.
func (r *Reader) beginDocument(open func() (io.ReadCloser, error), m *Mapping) (*names, error) {
	s := &documentSource{}
	if m != nil && m.Each != "" {
		s.each, _ = parsePath(m.Each) // checked when the mapping was loaded
	}
	s.queue.each = s.each
	in, err := open()
	if err != nil {
		return nil, err
	}
	r.src, r.close = s, func() error { return in.Close() }
	s.cut = newCutter(in)
	if first := s.cut.peek(); first == '[' {
		s.cut.skip()
		s.inList = true
		return &names{json: true}, nil
	}
	if s.each == nil || !s.each.names() {
		return &names{json: true}, nil
	}
	f, large, err := frameOf(s.cut, s.each)
	if err != nil {
		return nil, fileError(r.name, "ingest.file.json", err)
	}
	again, err := open()
	if err != nil {
		return nil, err
	}
	r.close = func() error { return errors.Join(in.Close(), again.Close()) }
	s.cut = newCutter(again)
	if !large {
		return &names{json: true}, nil
	}
	root, _, p := parseObject(string(f.before) + string(f.after))
	if !p.ok() {
		return nil, fileError(r.name, "ingest.file.json", nil)
	}
	f.root = root
	if err := s.cut.enter(s.each, nil); err != nil {
		return nil, fileError(r.name, "ingest.file.json", err)
	}
	s.frame, s.inList = f, true
	return &names{json: true}, nil
}

// names says whether the path has no positions.
func (p jsonPath) names() bool {
	for _, s := range p {
		if s.name == "" {
			return false
		}
	}
	return true
}

// frameOf reads an object to its end and keeps what stands around the elements; large says whether it exceeds a record.
func frameOf(c *cutter, each jsonPath) (*frame, bool, error) {
	f := &frame{}
	var err error
	if err = c.enter(each, &f.before); errors.Is(err, errNoList) {
		return f, false, nil
	}
	for err == nil {
		var more bool
		if _, _, more, err = c.element(); !more {
			break
		}
	}
	if err != nil {
		return nil, false, err
	}
	f.after = append(f.after, ']')
	err = c.rest(&f.after, len(each))
	return f, c.read > RecordLimit, err
}

func (s *documentSource) fail() error { return s.cut.err }

func (s *documentSource) next() (record, bool) {
	for {
		if len(s.queue.queue) > 0 {
			rec := s.queue.queue[0]
			s.queue.queue = s.queue.queue[1:]
			s.queue.count++
			rec.number = s.queue.count
			return rec, true
		}
		if s.ended {
			return record{}, false
		}
		raw, long, more, err := s.cut.take(s.inList)
		switch {
		case err != nil:
			s.ended = true
			s.count++
			s.queue.queue = append(s.queue.queue[:0], record{line: s.count, raw: string(raw), fault: bad("ingest.refused.json_rest")})
		case !more:
			s.ended = true
		default:
			s.count++
			s.expand(raw, long)
		}
	}
}

func (s *documentSource) expand(raw []byte, long bool) {
	rec := record{line: s.count, raw: string(raw)}
	if long {
		rec.raw, rec.fault = rec.raw[:min(len(rec.raw), keptOfLong)], tooLong()
		s.queue.queue = append(s.queue.queue[:0], rec)
		return
	}
	if s.frame == nil {
		s.queue.expand(rec)
		return
	}
	if rec.fault = textFault(rec.raw); rec.fault.ok() {
		rec.item, rec.column, rec.fault = parseValue(rec.raw)
	}
	rec.root = s.frame.root
	rec.raw = string(bytes.Join([][]byte{s.frame.before, raw, s.frame.after}, nil))
	s.queue.queue = append(s.queue.queue[:0], rec)
}

// cutter cuts values out of a stream of JSON without taking them apart; a value longer than a record is passed over.
type cutter struct {
	r    *bufio.Reader
	read int64
	err  error
	buf  []byte

	broken bool // no comma stands where one should
}

func newCutter(r io.Reader) *cutter {
	c := &cutter{r: bufio.NewReaderSize(r, headBytes)}
	if mark, _ := c.r.Peek(3); string(mark) == byteOrderMk {
		_, _ = c.r.Discard(3)
	}
	return c
}

// peek gives the next byte that is not blank, 0 at the end.
func (c *cutter) peek() byte {
	for {
		b, err := c.r.ReadByte()
		if err != nil {
			c.note(err)
			return 0
		}
		c.read++
		switch b {
		case ' ', '\t', '\r', '\n':
			continue
		}
		c.read--
		_ = c.r.UnreadByte() // a byte was just read
		return b
	}
}

func (c *cutter) note(err error) {
	if !errors.Is(err, io.EOF) {
		c.err = err
	}
}

func (c *cutter) skip() {
	if _, err := c.r.ReadByte(); err == nil {
		c.read++
	}
}

// take gives the next value of a list, or of values one after another; more is false behind the last one.
func (c *cutter) take(inList bool) (raw []byte, long, more bool, err error) {
	if inList {
		return c.element()
	}
	if c.peek() == 0 {
		return nil, false, false, nil
	}
	raw, long, err = c.value()
	return raw, long, err == nil, err
}

// element gives the next element of the list that is open.
func (c *cutter) element() (raw []byte, long, more bool, err error) {
	if c.broken {
		return nil, false, false, errBroken
	}
	b := c.peek()
	if b == ',' {
		c.skip()
		b = c.peek()
	}
	switch b {
	case 0:
		return nil, false, false, errBroken
	case ']':
		c.skip()
		return nil, false, false, nil
	}
	raw, long, err = c.value()
	if next := c.peek(); err == nil && next != ',' && next != ']' {
		c.broken = true // the value before it counts
	}
	return raw, long, err == nil, err
}

// value cuts one value.
func (c *cutter) value() (raw []byte, long bool, err error) {
	c.buf = c.buf[:0]
	depth, quoted := 0, false
	for {
		b, err := c.r.ReadByte()
		if err != nil {
			c.note(err)
			if depth == 0 && !quoted && len(c.buf) > 0 {
				return c.buf, long, nil
			}
			return c.buf[:min(len(c.buf), keptOfLong)], long, errBroken
		}
		if !quoted && depth == 0 && len(c.buf) > 0 && (b == ',' || b == ']' || b == '}' || b <= ' ') {
			_ = c.r.UnreadByte() // a byte was just read
			return c.buf, long, nil
		}
		c.read++
		if len(c.buf) < RecordLimit {
			c.buf = append(c.buf, b)
		} else {
			long = true
		}
		switch {
		case quoted && b == '\\':
			if b, err = c.r.ReadByte(); err == nil {
				c.read++
				if !long && len(c.buf) < RecordLimit {
					c.buf = append(c.buf, b)
				}
			}
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '{' || b == '[':
			depth++
		case b == '}' || b == ']':
			depth--
		}
		if depth < 0 {
			return c.buf, long, errBroken
		}
		if depth == 0 && !quoted && (b == '}' || b == ']' || b == '"') {
			return c.buf, long, nil
		}
	}
}

var errNoList = errors.New("there is no list at the path")

// enter walks into an object up to the list at a path and stands behind its opening bracket. What it passes goes into skeleton, where
// one is given, and may have no more than a record.
func (c *cutter) enter(path jsonPath, skeleton *[]byte) error {
	keep := func(b ...byte) error {
		if skeleton == nil {
			return nil
		}
		if *skeleton = append(*skeleton, b...); len(*skeleton) > RecordLimit {
			return errBroken
		}
		return nil
	}
	for depth, step := range path {
		if c.peek() != '{' {
			return errNoList
		}
		c.skip()
		if err := keep('{'); err != nil {
			return err
		}
		if err := c.member(step.name, keep); err != nil {
			return err
		}
		if depth == len(path)-1 {
			if c.peek() != '[' {
				return errNoList
			}
			c.skip()
			return keep('[')
		}
	}
	return errNoList
}

// member passes over the members of an object up to the value of the named one.
func (c *cutter) member(name string, keep func(...byte) error) error {
	for {
		switch c.peek() {
		case ',':
			c.skip()
			if err := keep(','); err != nil {
				return err
			}
			continue
		case '"':
		case '}':
			return errNoList
		default:
			return errBroken
		}
		key, _, err := c.value()
		if err == nil {
			err = keep(key...)
		}
		if err != nil {
			return err
		}
		found := string(key) == `"`+name+`"`
		if c.peek() != ':' {
			return errBroken
		}
		c.skip()
		if err := keep(':'); err != nil {
			return err
		}
		if found {
			return nil
		}
		c.peek()
		raw, long, err := c.value()
		if err == nil && long {
			err = errBroken
		}
		if err == nil {
			err = keep(raw...)
		}
		if err != nil {
			return err
		}
	}
}

// rest keeps what stands behind a list up to the end of the objects around it.
func (c *cutter) rest(to *[]byte, depth int) error {
	for depth > 0 {
		switch b := c.peek(); b {
		case '}', ',', ':':
			c.skip()
			*to = append(*to, b)
			if b == '}' {
				depth--
			}
		case 0:
			return errBroken
		default:
			raw, long, err := c.value()
			if err != nil || long {
				return errBroken
			}
			*to = append(*to, raw...)
		}
		if len(*to) > RecordLimit {
			return errBroken
		}
	}
	if c.peek() != 0 {
		return errBroken
	}
	return nil
}
