package graph

import (
	"bufio"
	"encoding/binary"
	"hash"
	"hash/crc32"
	"io"
	"math"
	"sync"
)

// ReadBook reads what WriteBook stored. It fails with ErrDamaged for anything else.
func ReadBook(r io.Reader) (b *Book, about []byte, err error) {
	in := &reader{sum: crc32.New(crc32.MakeTable(crc32.Castagnoli)), from: bufio.NewReaderSize(r, 2*chunkOf*headSize), left: sizeOf(r)}
	magic := in.raw(len(bookMagic))
	if in.err != nil || string(magic) != bookMagic {
		return nil, nil, ErrDamaged
	}
	about = in.bytes()
	rel := in.relations()
	if in.err != nil || rel == nil {
		return nil, nil, ErrDamaged
	}
	var beside sync.WaitGroup
	listed := false // whether the lists of the relations could be made
	beside.Go(func() { listed = rel.finish() })
	flow := in.flow()
	want := in.sum.Sum32()
	have := in.raw(4)
	damaged := in.err != nil || flow == nil || binary.LittleEndian.Uint32(have) != want
	if !damaged {
		damaged = !flow.finish()
	}
	beside.Wait()
	if damaged || !listed {
		return nil, nil, ErrDamaged
	}
	return &Book{Relations: rel.r, Flow: flow.f}, about, nil
}

// sizeOf is how many bytes can be read at most, -1 where that is not known.
func sizeOf(r io.Reader) int64 {
	switch r := r.(type) {
	case interface{ Len() int }:
		return int64(r.Len())
	case io.Seeker:
		at, err := r.Seek(0, io.SeekCurrent)
		if err != nil {
			return -1
		}
		end, err := r.Seek(0, io.SeekEnd)
		if err != nil {
			return -1
		}
		if _, err := r.Seek(at, io.SeekStart); err != nil {
			return -1
		}
		return end - at
	default:
		return -1
	}
}

type reader struct {
	from *bufio.Reader
	sum  hash.Hash32
	left int64
	err  error
}

// raw gives the next bytes, at most as many as a chunk takes, until it is called again.
func (r *reader) raw(n int) []byte {
	if r.err != nil {
		return nil
	}
	b, err := r.from.Peek(n)
	if err != nil {
		r.err = err
		return nil
	}
	_, _ = r.sum.Write(b)        // a checksum does not fail
	_, r.err = r.from.Discard(n) // nor does this after Peek
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

func (r *reader) bytes() []byte { return read(r, 1, get8[byte]) }

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

// read takes a column in; memory grows with what is there, not with what a length claims.
func read[T any](r *reader, size int, get func(b []byte, list []T)) []T {
	n := r.number()
	var list pieces[T]
	if r.left >= 0 {
		if int64(n) > r.left/int64(size) {
			r.err = ErrDamaged
			return nil
		}
		list = sized[T](n)
	}
	for n > 0 {
		k := min(n, chunkOf)
		b := r.raw(k * size)
		if r.err != nil {
			return nil
		}
		get(b, list.grow(k))
		n -= k
	}
	return list.whole()
}

func get8[T ~uint8](b []byte, list []T) {
	for i := range list {
		list[i] = T(b[i])
	}
}

func get16(b []byte, list []uint16) {
	for i := range list {
		list[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
}

func get32[T ~int32 | ~uint32](b []byte, list []T) {
	for i := range list {
		list[i] = T(binary.LittleEndian.Uint32(b[4*i:]))
	}
}

func get64(b []byte, list []int64) {
	for i := range list {
		list[i] = int64(binary.LittleEndian.Uint64(b[8*i:]))
	}
}

func getFloat(b []byte, list []float64) {
	for i := range list {
		list[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
	}
}

func getHead(b []byte, list []head) {
	for i := range list {
		at := b[headSize*i:][:headSize]
		list[i] = head{since: int32(binary.LittleEndian.Uint32(at)), until: int32(binary.LittleEndian.Uint32(at[4:])), source: binary.LittleEndian.Uint16(at[8:]), kind: Kind(at[10])}
	}
}
