package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// What can be wrong with a workbook as a whole.
var (
	ErrDamaged   = errors.New("the workbook is damaged")
	ErrEncrypted = errors.New("the workbook is encrypted")
	ErrBomb      = errors.New("the workbook unfolds to far more than its size")
	ErrEntities  = errors.New("the workbook defines entities of its own")
	ErrForeign   = errors.New("the file is not an XLSX workbook")
	ErrTooMany   = errors.New("the workbook has too many parts, sheets, columns or merged cells")
)

// A workbook whose parts unfold to more than unfoldFree bytes and more than unfoldRatio times the file is refused.
const (
	unfoldFree     = 32 << 20
	unfoldRatio    = 100
	unfoldMost     = 8 << 30
	directoryLimit = 2 << 20
	partsLimit     = 2000
)

// container is the archive of a workbook: its parts by name.
type container struct {
	parts map[string]*zip.File
	left  int64 // bytes that may still be unfolded in one pass over the parts
}

func openContainer(r io.ReaderAt, size int64) (*container, error) {
	if err := checkDirectory(r, size); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if len(z.File) > partsLimit {
		return nil, ErrTooMany
	}
	c := &container{parts: map[string]*zip.File{}, left: min(unfoldMost, max(unfoldFree, unfoldRatio*size))}
	total := uint64(0)
	for _, f := range z.File {
		name := strings.TrimPrefix(f.Name, "/")
		if _, twice := c.parts[name]; twice {
			return nil, fmt.Errorf("%w: part %q comes twice", ErrDamaged, name)
		}
		if f.Flags&1 != 0 {
			return nil, ErrEncrypted
		}
		if total += f.UncompressedSize64; total > uint64(c.left) || f.UncompressedSize64 > uint64(c.left) {
			return nil, ErrBomb
		}
		c.parts[name] = f
	}
	return c, nil
}

// checkDirectory reads the end of an archive by itself, so that no more of its directory is taken in than a workbook has.
func checkDirectory(r io.ReaderAt, size int64) error {
	const endSize, commentMost = 22, 1 << 16
	n := min(size, endSize+commentMost)
	tail := make([]byte, n)
	if _, err := r.ReadAt(tail, size-n); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	i := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if i < 0 || len(tail)-i < endSize {
		return fmt.Errorf("%w: no end of the directory", ErrDamaged)
	}
	end := tail[i:]
	length, from := int64(binary.LittleEndian.Uint32(end[12:])), int64(binary.LittleEndian.Uint32(end[16:]))
	at := size - n + int64(i)
	if length > directoryLimit || at-from > directoryLimit {
		return ErrTooMany
	}
	if from > at {
		return fmt.Errorf("%w: the directory lies outside the file", ErrDamaged)
	}
	return nil
}

// open gives a part, bounded by what the archive says of its size.
func (c *container) open(name string) (io.ReadCloser, error) {
	f, ok := c.parts[strings.TrimPrefix(path.Clean(name), "/")]
	if !ok {
		return nil, fmt.Errorf("%w: no part %q", ErrDamaged, name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return &part{r: r, left: int64(f.UncompressedSize64)}, nil
}

// part ends a stream that yields more than was said.
type part struct {
	r    io.ReadCloser
	left int64
}

func (p *part) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	if p.left -= int64(n); p.left < 0 {
		return 0, ErrBomb
	}
	return n, err
}

func (p *part) Close() error { return p.r.Close() }

// wrong brings an error of reading a part to one of those above.
func wrong(err error) error {
	for _, known := range []error{ErrDamaged, ErrEncrypted, ErrBomb, ErrEntities, ErrForeign, ErrTooMany} {
		if errors.Is(err, known) {
			return err
		}
	}
	if errors.Is(err, errDoctype) {
		return ErrEntities
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}
