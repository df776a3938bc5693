package columnar

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// What can be wrong with a file as a whole.
var (
	ErrDamaged   = errors.New("the Parquet file is damaged")
	ErrEncrypted = errors.New("the Parquet file is encrypted")
	ErrBomb      = errors.New("the Parquet file has more rows or larger pages than its size allows")
	ErrCodec     = errors.New("a compression or an encoding that is not read")
)

// The most that a file may have. A row has an identity, and that takes at least about a byte.
const (
	footerLimit  = 8 << 20
	columnsLimit = 2000
	groupsLimit  = 100_000
	rowsFree     = 1 << 16
	pageLimit    = 16 << 20 // bytes of one page, unfolded
	heldLimit    = 64 << 20 // bytes of all pages held at once, unfolded
	valueLimit   = 1 << 20  // bytes of one value
)

// Column is a leaf of the schema. Path is its names joined by dots. A Repeated column lies in a list and cannot be read as a cell.
type Column struct {
	Path     string
	Repeated bool

	physical  int
	length    int // of a fixed-length value
	logical   logical
	scale     int
	utc       bool
	unit      int // decimals of a second
	defLevels int // how many of its ancestors and itself may be missing
}

type logical int

const (
	plainValue logical = iota
	textValue
	decimalValue
	dateValue
	timeValue
	timestampValue
	unsignedValue
	uuidValue
	opaqueValue // binary without a meaning that can be shown
)

// File is an open Parquet file.
type File struct {
	Columns []Column
	Count   int64 // of rows

	r      io.ReaderAt
	size   int64
	groups []group
}

type group struct {
	rows   int64
	chunks []chunk // by column
}

// chunk is where the values of a column lie in one group of rows.
type chunk struct {
	codec      int
	from, size int64
}

// Open reads what the file says of itself.
func Open(r io.ReaderAt, size int64) (*File, error) {
	var head [4]byte
	var tail [8]byte
	if size < 12 {
		return nil, ErrDamaged
	}
	if _, err := r.ReadAt(head[:], 0); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if _, err := r.ReadAt(tail[:], size-8); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if string(tail[4:]) == "PARE" || string(head[:]) == "PARE" {
		return nil, ErrEncrypted
	}
	length := int64(binary.LittleEndian.Uint32(tail[:4]))
	if string(tail[4:]) != "PAR1" || string(head[:]) != "PAR1" || length > size-12 {
		return nil, ErrDamaged
	}
	if length > footerLimit {
		return nil, ErrBomb
	}
	footer := make([]byte, length)
	if _, err := r.ReadAt(footer, size-8-length); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	f := &File{r: r, size: size}
	return f, f.readFooter(footer)
}

func (f *File) readFooter(b []byte) error {
	t := &thrift{b: b}
	var elements []element
	encrypted := false
	t.fields(func(id int16, kind byte) bool {
		switch {
		case id == 2 && kind == thriftList:
			t.list(func(byte) {
				if len(elements) > 2*columnsLimit {
					t.fail()
					return
				}
				elements = append(elements, readElement(t))
			})
		case id == 3 && kind == thriftI64:
			f.Count = t.number()
		case id == 4 && kind == thriftList:
			t.list(func(byte) { f.readGroup(t) })
		case id == 8:
			encrypted = true
			return false
		default:
			return false
		}
		return true
	})
	if t.err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, t.err)
	}
	if encrypted {
		return ErrEncrypted
	}
	if err := f.leaves(elements); err != nil {
		return err
	}
	return f.check()
}

// check holds what the parts of the footer say against each other and against the size of the file.
func (f *File) check() error {
	var rows int64
	for _, g := range f.groups {
		if len(g.chunks) != len(f.Columns) || g.rows < 0 {
			return fmt.Errorf("%w: a group of rows has %d columns of %d", ErrDamaged, len(g.chunks), len(f.Columns))
		}
		for _, c := range g.chunks {
			if c.from < 4 || c.size < 0 || c.from > f.size || c.size > f.size-c.from {
				return fmt.Errorf("%w: a column lies outside the file", ErrDamaged)
			}
		}
		if rows += g.rows; rows > rowsFree+f.size {
			return ErrBomb
		}
	}
	if rows != f.Count {
		return fmt.Errorf("%w: %d rows in groups, %d in all", ErrDamaged, rows, f.Count)
	}
	return nil
}

func (f *File) readGroup(t *thrift) {
	if len(f.groups) >= groupsLimit {
		t.fail()
		return
	}
	var g group
	t.fields(func(id int16, kind byte) bool {
		switch {
		case id == 1 && kind == thriftList:
			t.list(func(byte) {
				if len(g.chunks) > columnsLimit {
					t.fail()
					return
				}
				g.chunks = append(g.chunks, readChunk(t))
			})
		case id == 3 && kind == thriftI64:
			g.rows = t.number()
		default:
			return false
		}
		return true
	})
	f.groups = append(f.groups, g)
}

func readChunk(t *thrift) chunk {
	c := chunk{from: -1}
	dictionary := int64(0)
	t.fields(func(id int16, kind byte) bool {
		if id == 1 { // the values lie in another file
			t.fail()
			return true
		}
		if id != 3 || kind != thriftStruct {
			return false
		}
		t.fields(func(id int16, kind byte) bool {
			if kind != thriftI32 && kind != thriftI64 {
				return false
			}
			switch id {
			case 4:
				c.codec = int(t.number())
			case 7:
				c.size = t.number()
			case 9:
				c.from = t.number()
			case 11:
				dictionary = t.number()
			default:
				return false
			}
			return true
		})
		return true
	})
	if dictionary > 0 && dictionary < c.from {
		c.from = dictionary
	}
	return c
}

// element is one node of the schema as it is stored: parents before their children.
type element struct {
	column     Column
	repetition int64
	name       string
	children   int64
	leaf       bool
}

func (f *File) leaves(list []element) error {
	if len(list) == 0 {
		return ErrDamaged
	}
	at := 1
	var walk func(count int64, path []string, levels int, repeated bool) error
	walk = func(count int64, path []string, levels int, repeated bool) error {
		for ; count > 0; count-- {
			if at >= len(list) || len(path) > thriftDepth || len(f.Columns) >= columnsLimit {
				return fmt.Errorf("%w: the schema does not hang together", ErrDamaged)
			}
			e := list[at]
			at++
			levels, repeated := levels, repeated
			if e.repetition != 0 {
				levels++
			}
			repeated = repeated || e.repetition == 2
			here := append(path[:len(path):len(path)], e.name)
			if !e.leaf {
				if err := walk(e.children, here, levels, repeated); err != nil {
					return err
				}
				continue
			}
			c := e.column
			c.Path, c.Repeated, c.defLevels = strings.Join(here, "."), repeated, levels
			f.Columns = append(f.Columns, c)
		}
		return nil
	}
	if err := walk(list[0].children, nil, 0, false); err != nil {
		return err
	}
	if at != len(list) {
		return fmt.Errorf("%w: the schema does not hang together", ErrDamaged)
	}
	return nil
}
