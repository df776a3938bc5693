package columnar

import (
	"encoding/binary"
	"math/bits"
)

// hybrid reads the mix of runs and packed bits that levels and dictionary indexes are written in.
type hybrid struct {
	b      []byte
	width  int
	run    uint64 // how often value comes yet
	value  uint32
	packed uint64 // how many packed values come yet
	bit    int    // of the next packed value in b
	bad    bool
}

func (h *hybrid) next() (uint32, bool) {
	for h.run == 0 && h.packed == 0 {
		if !h.more() {
			h.bad = true
			return 0, false
		}
	}
	if h.run > 0 {
		h.run--
		return h.value, true
	}
	h.packed--
	v, ok := bitsAt(h.b, h.bit, h.width)
	h.bit += h.width
	if h.packed == 0 {
		h.b, h.bit = h.b[min((h.bit+7)/8, len(h.b)):], 0
	}
	h.bad = h.bad || !ok
	return uint32(v), ok
}

func (h *hybrid) more() bool {
	head, n := binary.Uvarint(h.b)
	if n <= 0 {
		return false
	}
	h.b = h.b[n:]
	if head&1 == 1 {
		h.packed, h.bit = (head>>1)*8, 0
		if head>>1 > uint64(len(h.b))+1 && h.width > 0 {
			return false
		}
		return h.packed > 0
	}
	h.run, h.value = head>>1, 0
	size := (h.width + 7) / 8
	if len(h.b) < size {
		return false
	}
	for i := range size {
		h.value |= uint32(h.b[i]) << (8 * i)
	}
	h.b = h.b[size:]
	return true
}

// bitsAt gives up to 64 bits, the lowest first; bits past the end of the last, partly written byte group are refused.
func bitsAt(b []byte, at, width int) (uint64, bool) {
	if width == 0 {
		return 0, true
	}
	if at+width > 8*len(b) {
		return 0, false
	}
	var v uint64
	for got := 0; got < width; {
		c := uint64(b[at/8]) >> (at % 8)
		take := min(8-at%8, width-got)
		v |= (c & (1<<take - 1)) << got
		got, at = got+take, at+take
	}
	return v, true
}

// delta reads DELTA_BINARY_PACKED numbers one by one.
type delta struct {
	b         []byte
	blockSize int
	minis     int
	left      uint64 // values yet to come
	value     int64
	first     bool
	least     int64
	widths    []byte
	mini      int
	inMini    int
	bit       int
	bad       bool
}

func newDelta(b []byte) *delta {
	d := &delta{b: b, first: true}
	d.blockSize, d.minis = int(d.uvarint()&0xffffffff), int(d.uvarint()&0xffffffff)
	d.left = d.uvarint()
	d.value = d.signed()
	if d.minis < 1 || d.minis > 64 || d.blockSize < 8 || d.blockSize > 1<<16 || d.blockSize%(8*d.minis) != 0 {
		d.bad = true
	}
	d.mini = d.minis
	return d
}

func (d *delta) uvarint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.bad = true
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *delta) signed() int64 {
	v := d.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

func (d *delta) next() (int64, bool) {
	if d.bad || d.left == 0 {
		return 0, false
	}
	d.left--
	if d.first {
		d.first = false
		return d.value, true
	}
	perMini := d.blockSize / d.minis
	if d.mini == d.minis {
		d.least = d.signed()
		if d.bad || len(d.b) < d.minis {
			d.bad = true
			return 0, false
		}
		d.widths, d.b = d.b[:d.minis], d.b[d.minis:]
		d.mini, d.inMini, d.bit = 0, 0, 0
	}
	width := int(d.widths[d.mini])
	v, ok := bitsAt(d.b, d.bit, width)
	if width > 64 || !ok {
		d.bad = true
		return 0, false
	}
	d.bit += width
	d.value += d.least + int64(v)
	if d.inMini++; d.inMini == perMini {
		d.b, d.mini, d.inMini, d.bit = d.b[min(perMini*width/8, len(d.b)):], d.mini+1, 0, 0
	}
	return d.value, true
}

// rest gives what stands behind the numbers once all were read.
func (d *delta) rest() []byte {
	if d.inMini > 0 {
		skip := d.blockSize / d.minis * int(d.widths[d.mini]) / 8
		return d.b[min(skip, len(d.b)):]
	}
	return d.b
}

// lengths reads n numbers that are not negative.
func lengths(b []byte, n int) (list []int32, rest []byte, ok bool) {
	d := newDelta(b)
	if d.left != uint64(n) || d.bad {
		return nil, nil, false
	}
	list = make([]int32, n)
	for i := range list {
		v, ok := d.next()
		if !ok || v < 0 || v > pageLimit {
			return nil, nil, false
		}
		list[i] = int32(v)
	}
	return list, d.rest(), true
}

func widthOf(levels int) int { return bits.Len(uint(levels)) }
