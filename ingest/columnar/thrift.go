package columnar

import (
	"encoding/binary"
	"errors"
)

// The types of the compact protocol.
const (
	thriftStop   = 0
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftI16    = 4
	thriftI32    = 5
	thriftI64    = 6
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftMap    = 11
	thriftStruct = 12
)

const thriftDepth = 24

var errThrift = errors.New("metadata cannot be read")

// thrift walks over metadata in the compact protocol. After an error it reads nothing more.
type thrift struct {
	b     []byte
	pos   int
	depth int
	err   error
}

func (t *thrift) fail() { t.err = errThrift }

func (t *thrift) byte() byte {
	if t.err != nil || t.pos >= len(t.b) {
		t.fail()
		return 0
	}
	t.pos++
	return t.b[t.pos-1]
}

func (t *thrift) uvarint() uint64 {
	if t.err != nil {
		return 0
	}
	v, n := binary.Uvarint(t.b[t.pos:])
	if n <= 0 {
		t.fail()
		return 0
	}
	t.pos += n
	return v
}

// number reads a whole number of any width.
func (t *thrift) number() int64 {
	v := t.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

func (t *thrift) bytes() []byte {
	n := t.uvarint()
	if t.err != nil || n > uint64(len(t.b)-t.pos) {
		t.fail()
		return nil
	}
	t.pos += int(n)
	return t.b[t.pos-int(n) : t.pos]
}

// fields visits the fields of a struct; visit reads the value of those it knows and says whether it did.
func (t *thrift) fields(visit func(id int16, kind byte) bool) {
	if t.depth++; t.depth > thriftDepth {
		t.fail()
		return
	}
	id := int16(0)
	for t.err == nil {
		head := t.byte()
		if t.err != nil || head == thriftStop {
			break
		}
		if delta := head >> 4; delta != 0 {
			id += int16(delta)
		} else {
			id = int16(t.number())
		}
		if kind := head & 15; !visit(id, kind) {
			t.skip(kind)
		}
	}
	t.depth--
}

// list visits the items of a list.
func (t *thrift) list(visit func(kind byte)) {
	head := t.byte()
	n := uint64(head >> 4)
	if n == 15 {
		n = t.uvarint()
	}
	if n > uint64(len(t.b)-t.pos) {
		t.fail()
	}
	for ; n > 0 && t.err == nil; n-- {
		visit(head & 15)
	}
}

func (t *thrift) skip(kind byte) {
	switch kind {
	case thriftTrue, thriftFalse:
	case thriftByte:
		t.byte()
	case thriftI16, thriftI32, thriftI64:
		t.uvarint()
	case thriftDouble:
		if t.pos += 8; t.pos > len(t.b) {
			t.fail()
		}
	case thriftBinary:
		t.bytes()
	case thriftStruct:
		t.fields(func(int16, byte) bool { return false })
	case thriftList, thriftSet:
		t.nested(func() { t.list(t.skipItem) })
	case thriftMap:
		t.nested(t.skipMap)
	default:
		t.fail()
	}
}

func (t *thrift) nested(read func()) {
	if t.depth++; t.depth > thriftDepth {
		t.fail()
		return
	}
	read()
	t.depth--
}

// skipItem passes over an item of a list, where a truth value has a byte of its own.
func (t *thrift) skipItem(kind byte) {
	if kind == thriftTrue || kind == thriftFalse {
		t.byte()
		return
	}
	t.skip(kind)
}

func (t *thrift) skipMap() {
	n := t.uvarint()
	if n == 0 || t.err != nil {
		return
	}
	kinds := t.byte()
	if n > uint64(len(t.b)-t.pos) {
		t.fail()
	}
	for ; n > 0 && t.err == nil; n-- {
		t.skipItem(kinds >> 4)
		t.skipItem(kinds & 15)
	}
}
