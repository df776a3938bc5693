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

const chunkOf = 1 << 16

// headSize is how many bytes a head takes.
const headSize = 11

func write[T any](w *writer, list []T, put func(b []byte, v T) []byte) {
	w.number(len(list))
	for len(list) > 0 {
		n := min(len(list), chunkOf)
		w.buf = w.buf[:0]
		for _, v := range list[:n] {
			w.buf = put(w.buf, v)
		}
		w.raw(w.buf)
		list = list[n:]
	}
}

func put8[T ~uint8](b []byte, v T) []byte { return append(b, byte(v)) }
func put16(b []byte, v uint16) []byte     { return binary.LittleEndian.AppendUint16(b, v) }
func put32[T ~int32 | ~uint32](b []byte, v T) []byte {
	return binary.LittleEndian.AppendUint32(b, uint32(v))
}
func put64(b []byte, v int64) []byte { return binary.LittleEndian.AppendUint64(b, uint64(v)) }
func putHead(b []byte, h head) []byte {
	return append(put16(put32(put32(b, h.since), h.until), h.source), byte(h.kind))
}
func putFloat(b []byte, v float64) []byte {
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
}

func (w *writer) relations(r *Relations) {
	s := r.subjects
	write(w, s.number.keys, put64)
	write(w, s.kind, put8[SubjectKind])
	write(w, s.place, put16)
	write(w, s.institution, put16)
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
	write(w, p.from, put32[Subject])
	write(w, p.to, put32[Subject])
	write(w, p.head, putHead)
	write(w, p.ratio, putFloat)
	write(w, p.fen, put64)
	write(w, p.observed, put64)
	write(w, p.fact, put64)
}

func (w *writer) flow(f *Flow) {
	l := f.Ledger()
	write(w, f.accounts.keys, put64)
	write(w, l.from, put32[Account])
	write(w, l.to, put32[Account])
	ways := make([]string, 0, 2*len(f.means.list))
	for _, m := range f.means.list {
		ways = append(ways, m.Currency, m.Channel)
	}
	w.texts(ways)
	write(w, l.way, put16)
	for _, c := range []column{l.id, l.fen, l.at} {
		write(w, []int64{c.base, c.unit}, put64)
		write(w, c.small, put32[uint32])
		write(w, c.wide, put64)
	}
}

// ReadBook reads what WriteBook stored. It fails with ErrDamaged for anything else.
func ReadBook(r io.Reader) (b *Book, about []byte, err error) {
	in := &reader{sum: crc32.New(crc32.MakeTable(crc32.Castagnoli)), from: bufio.NewReaderSize(r, 1<<20)}
	magic := in.raw(len(bookMagic))
	if in.err != nil || string(magic) != bookMagic {
		return nil, nil, ErrDamaged
	}
	about = in.bytes()
	rel, flow := in.relations(), in.flow()
	want := in.sum.Sum32()
	var have uint32
	if in.err == nil {
		in.err = binary.Read(in.from, binary.LittleEndian, &have)
	}
	if in.err != nil || have != want || rel == nil || flow == nil {
		return nil, nil, ErrDamaged
	}
	rel.finish()
	flow.finish()
	return &Book{Relations: rel.r, Flow: flow.f}, about, nil
}

type reader struct {
	from *bufio.Reader
	sum  hash.Hash32
	buf  []byte
	err  error
}

func (r *reader) raw(n int) []byte {
	if r.err != nil {
		return nil
	}
	if cap(r.buf) < n {
		r.buf = make([]byte, n)
	}
	b := r.buf[:n]
	if _, r.err = io.ReadFull(r.from, b); r.err != nil {
		return nil
	}
	_, _ = r.sum.Write(b) // a checksum does not fail
	return b
}

func (r *reader) number() int {
	b := r.raw(8)
	if r.err != nil {
		return 0
	}
	n := binary.LittleEndian.Uint64(b)
	if n > maxStored {
		r.err = ErrDamaged
		return 0
	}
	return int(n)
}

func (r *reader) bytes() []byte {
	n := r.number()
	if n > 1<<24 {
		r.err = ErrDamaged
	}
	return append([]byte(nil), r.raw(n)...)
}

func (r *reader) list() []string {
	var list []string
	for n := r.number(); n > 0 && r.err == nil; n-- {
		list = append(list, string(r.bytes()))
	}
	return list
}

func (r *reader) texts() words {
	w := newWords()
	for _, t := range r.list() {
		w.index[t] = uint16(len(w.list))
		w.list = append(w.list, t)
	}
	return w
}

// read takes a column in; memory grows with what is read, not with what a length claims.
func read[T any](r *reader, size int, get func(b []byte) T) []T {
	n := r.number()
	list := make([]T, 0, min(n, 1<<22))
	for n > 0 && r.err == nil {
		k := min(n, chunkOf)
		b := r.raw(k * size)
		if r.err != nil {
			return nil
		}
		for i := range k {
			list = append(list, get(b[i*size:]))
		}
		n -= k
	}
	return list
}

func get8[T ~uint8](b []byte) T            { return T(b[0]) }
func get16(b []byte) uint16                { return binary.LittleEndian.Uint16(b) }
func get32[T ~int32 | ~uint32](b []byte) T { return T(binary.LittleEndian.Uint32(b)) }
func get64(b []byte) int64                 { return int64(binary.LittleEndian.Uint64(b)) }
func getHead(b []byte) head {
	return head{since: get32[int32](b), until: get32[int32](b[4:]), source: get16(b[8:]), kind: Kind(b[10])}
}
func getFloat(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }

// WriteBookFile stores a book under a name: whole, or not at all.
func WriteBookFile(name string, b *Book, about []byte) error {
	f, err := os.CreateTemp(dirOf(name), ".graph-*")
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
