package columnar

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
)

// The kinds of pages, and the encodings of values.
const (
	pageData       = 0
	pageIndex      = 1
	pageDictionary = 2
	pageDataV2     = 3

	encodingPlain       = 0
	encodingPlainDict   = 2
	encodingRLE         = 3
	encodingDelta       = 5
	encodingDeltaLength = 6
	encodingDeltaBytes  = 7
	encodingDictionary  = 8
	encodingByteStream  = 9
)

// pageHeader is what a page says of itself; nothing of it is believed before it was measured.
type pageHeader struct {
	kind, encoding, levelEncoding int64
	unfolded, folded              int64
	values                        int64
	defBytes, repBytes            int64
	stored                        bool // a V2 page whose values are not compressed
}

const headerRead = 64 << 10

// readHeader reads the header of the page at an offset and gives its length.
func (f *File) readHeader(at, end int64) (pageHeader, int64, error) {
	b := make([]byte, min(headerRead, end-at))
	if _, err := f.r.ReadAt(b, at); err != nil && !errors.Is(err, io.EOF) {
		return pageHeader{}, 0, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	t := &thrift{b: b}
	var h pageHeader
	number := func(to *int64) bool {
		*to = t.number()
		return true
	}
	part := func(places map[int16]*int64) bool {
		t.fields(func(id int16, kind byte) bool {
			if id == 7 && kind == thriftFalse {
				h.stored = true
				return true
			}
			to, ok := places[id]
			return ok && kind == thriftI32 && number(to)
		})
		return true
	}
	h.levelEncoding = encodingRLE
	t.fields(func(id int16, kind byte) bool {
		switch {
		case id == 1 && kind == thriftI32:
			return number(&h.kind)
		case id == 2 && kind == thriftI32:
			return number(&h.unfolded)
		case id == 3 && kind == thriftI32:
			return number(&h.folded)
		case id == 5 && kind == thriftStruct:
			return part(map[int16]*int64{1: &h.values, 2: &h.encoding, 3: &h.levelEncoding})
		case id == 7 && kind == thriftStruct:
			return part(map[int16]*int64{1: &h.values, 2: &h.encoding})
		case id == 8 && kind == thriftStruct:
			return part(map[int16]*int64{1: &h.values, 4: &h.encoding, 5: &h.defBytes, 6: &h.repBytes})
		}
		return false
	})
	if t.err != nil || h.folded < 0 || h.unfolded < 0 || h.values < 0 || h.folded > end-at-int64(t.pos) {
		return h, 0, fmt.Errorf("%w: a page header", ErrDamaged)
	}
	if h.unfolded > pageLimit || h.folded > pageLimit {
		return h, 0, ErrBomb
	}
	return h, int64(t.pos), nil
}

// unfold decompresses what must have exactly the given size.
func unfold(codec int, b []byte, size int64) ([]byte, error) {
	var out []byte
	var err error
	switch codec {
	case 0:
		out = b
	case 1:
		var n int
		if n, err = snappy.DecodedLen(b); err == nil && int64(n) == size {
			out, err = snappy.Decode(nil, b)
		}
	case 2:
		var z *gzip.Reader
		if z, err = gzip.NewReader(bytes.NewReader(b)); err == nil {
			out, err = io.ReadAll(io.LimitReader(z, size+1))
		}
	case 6:
		var z *zstd.Decoder
		if z, err = zstd.NewReader(nil, zstd.WithDecoderMaxMemory(pageLimit+1), zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true)); err == nil {
			out, err = z.DecodeAll(b, make([]byte, 0, size))
			z.Close()
		}
	default:
		return nil, fmt.Errorf("%w: compression %d", ErrCodec, codec)
	}
	if err != nil || int64(len(out)) != size {
		return nil, fmt.Errorf("%w: a page does not unfold to its size", ErrDamaged)
	}
	return out, nil
}

// page is a page ready to be read: levels and values.
type page struct {
	left     int64
	levels   *hybrid // nil where nothing may be missing
	values   values
	held     int64
	maxLevel uint32
}

// values gives the values of a page that are not missing, one by one, as they are stored.
type values interface {
	next() ([]byte, bool)
}

func (c *cursor) decodePage(h pageHeader, body []byte) (*page, error) {
	p := &page{left: h.values, held: h.unfolded, maxLevel: uint32(c.column.defLevels)}
	var levels, data []byte
	var err error
	if h.kind == pageDataV2 {
		if h.repBytes != 0 || h.defBytes < 0 || h.defBytes > int64(len(body)) {
			return nil, ErrDamaged
		}
		levels, data = body[:h.defBytes], body[h.defBytes:]
		codec := c.codec
		if h.stored {
			codec = 0
		}
		if h.unfolded < h.defBytes {
			return nil, ErrDamaged
		}
		if data, err = unfold(codec, data, h.unfolded-h.defBytes); err != nil {
			return nil, err
		}
	} else {
		if data, err = unfold(c.codec, body, h.unfolded); err != nil {
			return nil, err
		}
		if c.column.defLevels > 0 {
			if h.levelEncoding != encodingRLE {
				return nil, fmt.Errorf("%w: levels of encoding %d", ErrCodec, h.levelEncoding)
			}
			if len(data) < 4 || int64(binary.LittleEndian.Uint32(data)) > int64(len(data)-4) {
				return nil, ErrDamaged
			}
			n := binary.LittleEndian.Uint32(data)
			levels, data = data[4:4+n], data[4+n:]
		}
	}
	if c.column.defLevels > 0 {
		p.levels = &hybrid{b: levels, width: widthOf(c.column.defLevels)}
	}
	p.values, err = c.valuesOf(h, data)
	return p, err
}

func (c *cursor) valuesOf(h pageHeader, data []byte) (values, error) {
	width := c.column.width()
	switch h.encoding {
	case encodingPlain:
		if c.column.physical == typeBoolean {
			return &bools{b: data}, nil
		}
		return &plain{b: data, width: width}, nil
	case encodingPlainDict, encodingDictionary:
		if c.dictionary == nil {
			return nil, fmt.Errorf("%w: no dictionary", ErrDamaged)
		}
		if len(data) == 0 {
			return &plain{}, nil // all are missing
		}
		if data[0] > 32 {
			return nil, ErrDamaged
		}
		return &indexed{indexes: hybrid{b: data[1:], width: int(data[0])}, words: c.dictionary}, nil
	case encodingRLE:
		if c.column.physical != typeBoolean || len(data) < 4 {
			return nil, ErrDamaged
		}
		return &runBools{hybrid{b: data[4:], width: 1}}, nil
	case encodingDelta:
		if width != 4 && width != 8 || c.column.physical == typeFixed {
			return nil, ErrDamaged
		}
		return &deltas{d: newDelta(data), width: width}, nil
	case encodingDeltaLength, encodingDeltaBytes:
		return newDeltaBytes(data, h.encoding == encodingDeltaBytes, h.values)
	case encodingByteStream:
		if width == 0 || len(data)%width != 0 {
			return nil, ErrDamaged
		}
		return &striped{b: data, width: width, n: len(data) / width}, nil
	}
	return nil, fmt.Errorf("%w: encoding %d", ErrCodec, h.encoding)
}
