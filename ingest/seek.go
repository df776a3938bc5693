package ingest

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"

	"xiezhi/ingest/columnar"
	"xiezhi/ingest/sheet"
)

// seekable is an open file that is read at any place: where it is packed, a copy that is not.
type seekable struct {
	name string
	file *os.File
	size int64
	copy bool
}

// open opens the file, unfolding a packed one into a temporary file that close removes.
func (f *File) open() (*seekable, error) {
	h, err := os.Open(f.Path)
	if err != nil {
		return nil, fileError(f.Name, "ingest.file.unreadable", err)
	}
	s := &seekable{name: f.Name, file: h, size: f.Size}
	if !f.Packed {
		return s, nil
	}
	defer func() { _ = h.Close() }()
	if s.file, err = os.CreateTemp("", "xiezhi-unfolded-"); err != nil {
		return nil, fileError(f.Name, "ingest.file.unreadable", err)
	}
	s.copy = true
	z, err := gzip.NewReader(h)
	if err == nil {
		s.size, err = io.Copy(s.file, io.LimitReader(z, max(unfoldFree, unfoldRatio*f.Size)))
	}
	if err != nil {
		return nil, fileError(f.Name, "ingest.file.gzip", errors.Join(err, s.close()))
	}
	return s, nil
}

func (s *seekable) close() error {
	name := s.file.Name()
	err := s.file.Close()
	if s.copy {
		err = errors.Join(err, os.Remove(name))
	}
	return err
}

func (s *seekable) book() (*sheet.Book, error) {
	b, err := sheet.Open(s.file, s.size)
	if err == nil {
		return b, nil
	}
	for known, key := range map[error]string{sheet.ErrDamaged: "ingest.file.xlsx_damaged", sheet.ErrEncrypted: "ingest.file.encrypted",
		sheet.ErrBomb: "ingest.file.bomb", sheet.ErrEntities: "ingest.file.xlsx_entities", sheet.ErrTooMany: "ingest.file.too_many"} {
		if errors.Is(err, known) {
			return nil, fileError(s.name, key, err)
		}
	}
	return nil, fileError(s.name, "ingest.file.format", err, "format", "ZIP")
}

func (s *seekable) columns() (*columnar.File, error) {
	f, err := columnar.Open(s.file, s.size)
	if err != nil {
		return nil, parquetError(s.name, err)
	}
	return f, nil
}

func parquetError(name string, err error) *FileError {
	for known, key := range map[error]string{columnar.ErrEncrypted: "ingest.file.encrypted", columnar.ErrBomb: "ingest.file.bomb", columnar.ErrCodec: "ingest.file.parquet_codec"} {
		if errors.Is(err, known) {
			return fileError(name, key, err)
		}
	}
	return fileError(name, "ingest.file.parquet_damaged", err)
}

// named says of a file that is not read what it is, as far as that can be found out: an encrypted workbook lies in the same
// container as a workbook of the old format.
func (f *File) named(err error) error {
	var fe *FileError
	if !errors.As(err, &fe) || fe.Args["format"] != "XLS" {
		return err
	}
	h, openErr := os.Open(f.Path)
	if openErr != nil {
		return err
	}
	defer func() { _ = h.Close() }()
	// The names of streams stand in UTF-16 in the directory of the container.
	var mark []byte
	for _, c := range []byte("EncryptedPackage") {
		mark = append(mark, c, 0)
	}
	buf := make([]byte, 0, 256<<10)
	for {
		n, readErr := io.ReadFull(h, buf[len(buf):cap(buf)])
		if buf = buf[:len(buf)+n]; bytes.Contains(buf, mark) {
			return fileError(f.Name, "ingest.file.encrypted", nil)
		}
		if readErr != nil {
			return err
		}
		buf = buf[:copy(buf, buf[len(buf)-len(mark):])]
	}
}
