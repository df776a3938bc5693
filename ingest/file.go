package ingest

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"xiezhi/models"
)

// Format is how records are written.
type Format string

// The formats.
const (
	CSV     Format = "csv"
	JSONL   Format = "jsonl"   // one object a line
	JSON    Format = "json"    // one document: an array, or objects one after another
	XLSX    Format = "xlsx"    // read sheet by sheet
	Parquet Format = "parquet" // read column by column
)

// flat says whether records have columns and no members.
func (f Format) flat() bool { return f != JSONL && f != JSON }

// seeks says whether a file of the format is read at any place and not from its beginning to its end.
func (f Format) seeks() bool { return f == XLSX || f == Parquet }

// A gzip file that unfolds to more than unfoldFree bytes and more than unfoldRatio times its size is refused.
const (
	unfoldFree  = 64 << 20
	unfoldRatio = 500
	headBytes   = 64 << 10
)

// File is a file that was found readable. Nothing of it is kept in memory.
type File struct {
	Path     string
	Name     string       // the base name
	Table    models.Table // of the base name up to the first dot; empty where that names no table
	Size     int64        // in bytes as it lies on disk
	SHA256   string       // of the bytes as they lie on disk, in hex
	Format   Format
	Encoding string // utf-8, gb18030 or utf-16, as found out from the beginning; utf-8 for formats that are not text
	Packed   bool   // gzip
}

// Open reads the file once: it finds out the format, takes the digest and, of a gzip file, checks that it is whole. It
// fails with a *FileError when the file cannot be read at all; then nothing of it may be used.
func Open(path string) (*File, error) {
	name := filepath.Base(path)
	f, err := os.Open(path)
	if err != nil {
		key := "ingest.file.unreadable"
		if errors.Is(err, os.ErrNotExist) {
			key = "ingest.file.missing"
		}
		return nil, fileError(name, key, err)
	}
	defer func() { _ = f.Close() }()
	stat, err := f.Stat()
	if err != nil || !stat.Mode().IsRegular() {
		return nil, fileError(name, "ingest.file.unreadable", err)
	}
	file := &File{Path: path, Name: name, Table: TableOf(name)}
	sum := sha256.New()
	raw := bufio.NewReaderSize(io.TeeReader(f, sum), headBytes)
	magic, _ := raw.Peek(2)
	file.Packed = bytes.Equal(magic, []byte{0x1f, 0x8b})
	head, err := file.readThrough(raw, stat.Size())
	if err != nil {
		key := "ingest.file.unreadable"
		if errors.Is(err, errBomb) {
			key = "ingest.file.bomb"
		} else if file.Packed {
			key = "ingest.file.gzip"
		}
		return nil, fileError(name, key, err)
	}
	file.Size, file.SHA256 = stat.Size(), hex.EncodeToString(sum.Sum(nil))
	if file.Format, file.Encoding, err = formatOf(name, head); err != nil {
		return nil, file.named(err)
	}
	if file.Format.seeks() {
		return file, file.check()
	}
	return file, nil
}

// check opens a file of a format that is not text once, so that a damaged one is refused before anything is begun.
func (f *File) check() error {
	in, err := f.open()
	if err != nil {
		return err
	}
	defer func() { _ = in.close() }()
	if f.Format == XLSX {
		book, err := in.book()
		if err != nil {
			return err
		}
		return book.Close()
	}
	_, err = in.columns()
	return err
}

// TableOf gives the canonical table that a base name says, up to its first dot, or nothing.
func TableOf(name string) models.Table {
	base, _, _ := strings.Cut(filepath.Base(name), ".")
	for _, t := range models.Tables() {
		if string(t) == base {
			return t
		}
	}
	return ""
}

var errBomb = errors.New("unfolds to far more than its size")

// readThrough reads to the end and returns the beginning of the text.
func (f *File) readThrough(raw io.Reader, size int64) ([]byte, error) {
	text := raw
	if f.Packed {
		z, err := gzip.NewReader(raw)
		if err != nil {
			return nil, err
		}
		text = z
	}
	head := make([]byte, headBytes)
	n, err := io.ReadFull(text, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		if _, err := text.Read(make([]byte, 1)); f.Packed && !errors.Is(err, io.EOF) {
			return nil, io.ErrUnexpectedEOF
		}
	}
	sink := &sink{left: int64(^uint64(0) >> 1)}
	if f.Packed {
		sink.left = max(unfoldFree, unfoldRatio*size)
	}
	if _, err := io.Copy(sink, text); err != nil {
		return nil, err
	}
	_, err = io.Copy(io.Discard, raw)
	return head[:n], err
}

// sink swallows up to a limit.
type sink struct{ left int64 }

func (s *sink) Write(b []byte) (int, error) {
	if s.left -= int64(len(b)); s.left < 0 {
		return 0, errBomb
	}
	return len(b), nil
}
