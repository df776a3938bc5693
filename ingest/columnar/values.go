package columnar

import (
	"encoding/binary"
	"fmt"
)

// width is the bytes of a stored value; 0 where each says its own length, -1 for single bits.
func (c *Column) width() int {
	switch c.physical {
	case typeBoolean:
		return -1
	case typeInt32, typeFloat:
		return 4
	case typeInt64, typeDouble:
		return 8
	case typeInt96:
		return 12
	case typeFixed:
		return c.length
	}
	return 0
}

type plain struct {
	b     []byte
	width int
}

func (p *plain) next() ([]byte, bool) {
	n := p.width
	if n == 0 {
		if len(p.b) < 4 {
			return nil, false
		}
		length := binary.LittleEndian.Uint32(p.b)
		if uint64(length) > uint64(len(p.b)-4) {
			return nil, false
		}
		n, p.b = int(length), p.b[4:]
	}
	if n > len(p.b) {
		return nil, false
	}
	v := p.b[:n]
	p.b = p.b[n:]
	return v, true
}

type bools struct {
	b  []byte
	at int
}

func (p *bools) next() ([]byte, bool) {
	v, ok := bitsAt(p.b, p.at, 1)
	p.at++
	return []byte{byte(v)}, ok
}

type runBools struct{ h hybrid }

func (p *runBools) next() ([]byte, bool) {
	v, ok := p.h.next()
	return []byte{byte(v)}, ok
}

// words are the values of a dictionary.
type words struct {
	b     []byte
	width int
	ends  []uint32 // where each value ends, for values that say their length
	count int
}

func newWords(b []byte, width int, count int64) (*words, error) {
	w := &words{b: b, width: width}
	if width > 0 {
		w.count = len(b) / width
	} else {
		p := plain{b: b}
		for range min(count, int64(len(b)/4)) {
			if _, ok := p.next(); !ok {
				return nil, fmt.Errorf("%w: a dictionary", ErrDamaged)
			}
			w.ends = append(w.ends, uint32(len(b)-len(p.b)))
		}
		w.count = len(w.ends)
	}
	if width < 0 || int64(w.count) < count {
		return nil, fmt.Errorf("%w: a dictionary", ErrDamaged)
	}
	return w, nil
}

func (w *words) get(i uint32) ([]byte, bool) {
	if int64(i) >= int64(w.count) {
		return nil, false
	}
	if w.width > 0 {
		return w.b[int(i)*w.width : int(i+1)*w.width], true
	}
	from := uint32(4)
	if i > 0 {
		from = w.ends[i-1] + 4
	}
	return w.b[from:w.ends[i]], true
}

type indexed struct {
	indexes hybrid
	words   *words
}

func (p *indexed) next() ([]byte, bool) {
	i, ok := p.indexes.next()
	if !ok {
		return nil, false
	}
	return p.words.get(i)
}

type deltas struct {
	d     *delta
	width int
	out   [8]byte
}

func (p *deltas) next() ([]byte, bool) {
	v, ok := p.d.next()
	binary.LittleEndian.PutUint64(p.out[:], uint64(v))
	return p.out[:p.width], ok
}

type striped struct {
	b        []byte
	width, n int
	at       int
	out      []byte
}

func (p *striped) next() ([]byte, bool) {
	if p.at >= p.n {
		return nil, false
	}
	p.out = p.out[:0]
	for k := range p.width {
		p.out = append(p.out, p.b[k*p.n+p.at])
	}
	p.at++
	return p.out, true
}

// deltaBytes reads texts of which each may begin as the one before it.
type deltaBytes struct {
	prefix, suffix []int32
	data           []byte
	at             int
	last           []byte
	left           int // bytes that may still be given out
}

func newDeltaBytes(data []byte, prefixed bool, n int64) (values, error) {
	p := &deltaBytes{left: heldLimit}
	// How many values are there stands in front of their lengths; missing ones are not among them.
	count := newDelta(data).left
	if count > uint64(n) || n > pageLimit/4 {
		return nil, ErrDamaged
	}
	var ok bool
	if prefixed {
		if p.prefix, data, ok = lengths(data, int(count)); !ok {
			return nil, ErrDamaged
		}
	}
	if p.suffix, p.data, ok = lengths(data, int(count)); !ok {
		return nil, ErrDamaged
	}
	return p, nil
}

func (p *deltaBytes) next() ([]byte, bool) {
	if p.at >= len(p.suffix) {
		return nil, false
	}
	keep, n := 0, int(p.suffix[p.at])
	if p.prefix != nil {
		keep = int(p.prefix[p.at])
	}
	p.at++
	if p.left -= keep + n; keep > len(p.last) || n > len(p.data) || p.left < 0 {
		return nil, false
	}
	p.last = append(p.last[:keep:keep], p.data[:n]...)
	p.data = p.data[n:]
	return p.last, true
}
