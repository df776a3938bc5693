package sheet

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
)

// textLimit is the most bytes of one cell; it is well above what Excel itself allows (32,767 characters).
const textLimit = 1 << 20

const (
	heldLimit    = 16 << 20 // of shared strings in memory; more go into a temporary file
	stringsLimit = 4 << 20  // how many there may be
	blockSize    = 4 << 10  // what a cell needs may stand anywhere: what stands beside it is of little use
	blockCount   = 2048
)

// stringTable holds the shared strings of a workbook: in memory while they are few, else in a file read through a few blocks.
type stringTable struct {
	ends   []uint32 // where each string ends
	cut    map[int]bool
	held   strings.Builder
	text   string // held, once all is read: what is given out shares its memory
	file   *os.File
	out    []byte // what is not written yet
	size   int64
	blocks [blockCount]struct {
		number int64
		data   []byte
	}
}

func (s *stringTable) close() error {
	if s == nil || s.file == nil {
		return nil
	}
	name := s.file.Name()
	err := s.file.Close()
	s.file = nil
	if gone := os.Remove(name); err == nil {
		err = gone
	}
	return err
}

func (s *stringTable) add(b []byte, cut bool) error {
	if len(s.ends) >= stringsLimit {
		return ErrTooMany
	}
	if cut {
		s.cut[len(s.ends)] = true
	}
	if s.size += int64(len(b)); s.size > math.MaxUint32 {
		return ErrTooMany
	}
	s.ends = append(s.ends, uint32(s.size))
	if s.file == nil && s.held.Len()+len(b) <= heldLimit {
		s.held.Write(b)
		return nil
	}
	if s.file == nil {
		f, err := os.CreateTemp("", "xiezhi-strings-")
		if err != nil {
			return fmt.Errorf("put shared strings aside: %w", err)
		}
		s.file, s.out = f, []byte(s.held.String())
		s.held.Reset()
	}
	if s.out = append(s.out, b...); len(s.out) >= 1<<20 {
		return s.flush()
	}
	return nil
}

func (s *stringTable) flush() error {
	if s.file == nil {
		s.text = s.held.String()
		return nil
	}
	_, err := s.file.Write(s.out)
	s.out = nil
	if err != nil {
		return fmt.Errorf("put shared strings aside: %w", err)
	}
	return nil
}

// length gives the bytes of the n-th string, 0 where there is none.
func (s *stringTable) length(n int) int64 {
	if s == nil || n < 0 || n >= len(s.ends) {
		return 0
	}
	from, to := s.span(n)
	return to - from
}

// span gives where the n-th string begins and ends.
func (s *stringTable) span(n int) (from, to int64) {
	if n > 0 {
		from = int64(s.ends[n-1])
	}
	return from, int64(s.ends[n])
}

// get gives the n-th string; ok is false where there is none, and for one that was too long.
func (s *stringTable) get(n int) (text string, cut, ok bool) {
	if s == nil || n < 0 || n >= len(s.ends) {
		return "", false, false
	}
	from, to := s.span(n)
	if s.file == nil {
		return s.text[from:to], s.cut[n], true
	}
	if block := s.block(from / blockSize); from/blockSize == (to-1)/blockSize && len(block) > 0 {
		return string(block[from%blockSize : from%blockSize+to-from]), s.cut[n], true
	}
	out := make([]byte, to-from)
	for at := from; at < to; {
		block := s.block(at / blockSize)
		if len(block) == 0 {
			return "", false, false
		}
		at += int64(copy(out[at-from:], block[at%blockSize:]))
	}
	return string(out), s.cut[n], true
}

func (s *stringTable) block(number int64) []byte {
	slot := &s.blocks[number%blockCount]
	if slot.data != nil && slot.number == number {
		return slot.data
	}
	b := slot.data[:0]
	if b == nil {
		b = make([]byte, 0, blockSize)
	}
	b = b[:min(blockSize, s.size-number*blockSize)]
	slot.data = nil
	if _, err := s.file.ReadAt(b, number*blockSize); err != nil {
		return nil
	}
	slot.number, slot.data = number, b
	return b
}

// readStrings takes the shared strings in: the runs of a rich text joined, phonetic guides left out.
func (b *Book) readStrings(name string) (*stringTable, error) {
	r, err := b.box.open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	s := &stringTable{cut: map[int]bool{}}
	if err := s.take(r); err != nil {
		_ = s.close()
		return nil, err
	}
	return s, nil
}

func (s *stringTable) take(r io.Reader) error {
	x := newScanner(r, textLimit)
	var one []byte
	var cut, inText bool
	guide := 0
	for {
		switch x.next() {
		case tokenEnd:
			if x.err != nil {
				return x.err
			}
			return s.flush()
		case tokenText:
			if inText && guide == 0 {
				one, cut = append(one, x.text[:min(len(x.text), textLimit-len(one))]...), cut || x.cut || len(one)+len(x.text) > textLimit
			}
		case tokenOpen:
			switch string(x.name) {
			case "si":
				one, cut = one[:0], false
			case "t":
				inText = true
			case "rPh":
				guide++
			}
		case tokenClose:
			switch string(x.name) {
			case "t":
				inText = false
			case "rPh":
				guide--
			case "si":
				if err := s.add(decodeEscapes(one), cut); err != nil {
					return err
				}
			}
		}
	}
}

// decodeEscapes resolves _xHHHH_, which workbooks write for characters that XML cannot hold.
func decodeEscapes(b []byte) []byte {
	for i := 0; i+7 <= len(b); i++ {
		if b[i] != '_' || b[i+1] != 'x' || b[i+6] != '_' {
			continue
		}
		var code [2]byte
		if !unhex(code[:], b[i+2:i+6]) {
			continue
		}
		n := binary.BigEndian.Uint16(code[:])
		if n >= 0x20 && n != '_' {
			continue
		}
		b = append(append(b[:i:i], byte(n)), b[i+7:]...)
	}
	return b
}

func unhex(to, from []byte) bool {
	for i, c := range from {
		v := byte(0)
		switch {
		case c >= '0' && c <= '9':
			v = c - '0'
		case c >= 'A' && c <= 'F':
			v = c - 'A' + 10
		case c >= 'a' && c <= 'f':
			v = c - 'a' + 10
		default:
			return false
		}
		to[i/2] = to[i/2]<<4 | v
	}
	return true
}
