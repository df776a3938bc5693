package graph

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
)

// A book is stored as a magic line with the version of the form, a text that says what it was built from, the columns of the relations
// and of the transfers as little-endian numbers, and a checksum of all of it. What does not check is not read.
const bookMagic = "xiezhi graph 3\n"

// ErrDamaged says that a stored book cannot be trusted: it is cut, changed, or of another version.
var ErrDamaged = errors.New("the stored graph is damaged or of another version")

// maxStored bounds one column, so that a damaged length does not ask for more memory than a file can hold.
const maxStored = 1 << 33

// WriteBook stores a book; about is what ReadBook gives back beside it.
func WriteBook(w io.Writer, b *Book, about []byte) error {
	out := &writer{sum: crc32.New(crc32.MakeTable(crc32.Castagnoli)), to: bufio.NewWriterSize(w, 1<<20)}
	out.raw([]byte(bookMagic))
	out.bytes(about)
	out.relations(b.Relations)
	out.flow(b.Flow)
	if out.err == nil {
		out.err = binary.Write(out.to, binary.LittleEndian, out.sum.Sum32())
	}
	if out.err == nil {
		out.err = out.to.Flush()
	}
	if out.err != nil {
		return fmt.Errorf("store the graph: %w", out.err)
	}
	return nil
}

type writer struct {
	to  *bufio.Writer
	sum hash.Hash32
	buf []byte
	err error
}

func (w *writer) raw(b []byte) {
	if w.err != nil {
		return
	}
	_, _ = w.sum.Write(b) // a checksum does not fail
	_, w.err = w.to.Write(b)
}

func (w *writer) number(n int) { w.raw(binary.LittleEndian.AppendUint64(nil, uint64(n))) }

func (w *writer) bytes(b []byte) {
	w.number(len(b))
	w.raw(b)
}

func (w *writer) texts(list []string) {
	w.number(len(list))
	for _, t := range list {
		w.bytes([]byte(t))
	}
}

// chunkOf is how many values are written or read at once: as many as stay in the cache next to the processor.
const chunkOf = 1 << 14

// headSize is how many bytes a head takes.
const headSize = 11

func write[T any](w *writer, list []T, size int, put func(b []byte, list []T)) {
	w.number(len(list))
	if cap(w.buf) < chunkOf*headSize {
		w.buf = make([]byte, chunkOf*headSize)
	}
	for len(list) > 0 && w.err == nil {
		n := min(len(list), chunkOf)
		b := w.buf[:n*size]
		put(b, list[:n])
		w.raw(b)
		list = list[n:]
	}
}

func put8[T ~uint8](b []byte, list []T) {
	for i, v := range list {
		b[i] = byte(v)
	}
}

func put16(b []byte, list []uint16) {
	for i, v := range list {
		binary.LittleEndian.PutUint16(b[2*i:], v)
	}
}

func put32[T ~int32 | ~uint32](b []byte, list []T) {
	for i, v := range list {
		binary.LittleEndian.PutUint32(b[4*i:], uint32(v))
	}
}

func put64(b []byte, list []int64) {
	for i, v := range list {
		binary.LittleEndian.PutUint64(b[8*i:], uint64(v))
	}
}

func putFloat(b []byte, list []float64) {
	for i, v := range list {
		binary.LittleEndian.PutUint64(b[8*i:], math.Float64bits(v))
	}
}

func putHead(b []byte, list []head) {
	for i, h := range list {
		at := b[headSize*i:][:headSize]
		binary.LittleEndian.PutUint32(at, uint32(h.since))
		binary.LittleEndian.PutUint32(at[4:], uint32(h.until))
		binary.LittleEndian.PutUint16(at[8:], h.source)
		at[10] = byte(h.kind)
	}
}

func (w *writer) relations(r *Relations) {
	s := r.subjects
	write(w, s.number.keys, 8, put64)
	write(w, s.kind, 1, put8[SubjectKind])
	write(w, s.place, 2, put16)
	write(w, s.institution, 2, put16)
	w.texts(s.places.list)
	w.texts(s.institutions.list)
	w.texts(r.sources.list)
	p := &part{}
	for n, q := range r.parts {
		for i := range uint32(q.len()) {
			if !r.gone(n, i) {
				p.take(q, i)
			}
		}
	}
	write(w, p.from, 4, put32[Subject])
	write(w, p.to, 4, put32[Subject])
	write(w, p.head, headSize, putHead)
	write(w, p.ratio, 8, putFloat)
	write(w, p.fen, 8, put64)
	write(w, p.observed, 8, put64)
	write(w, p.fact, 8, put64)
}

func (w *writer) flow(f *Flow) {
	l := f.Ledger()
	write(w, f.accounts.keys, 8, put64)
	write(w, l.from, 4, put32[Account])
	write(w, l.to, 4, put32[Account])
	ways := make([]string, 0, 2*len(f.means.list))
	for _, m := range f.means.list {
		ways = append(ways, m.Currency, m.Channel)
	}
	w.texts(ways)
	write(w, l.way, 2, put16)
	for _, c := range []column{l.id, l.fen, l.at} {
		write(w, []int64{c.base, c.unit}, 8, put64)
		write(w, c.small, 4, put32[uint32])
		write(w, c.wide, 8, put64)
	}
}

// WriteBookFile stores a book under a name: whole, or not at all.
func WriteBookFile(name string, b *Book, about []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".graph-*")
	if err != nil {
		return fmt.Errorf("store the graph: %w", err)
	}
	err = errors.Join(WriteBook(f, b, about), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
