package columnar

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"pgregory.net/rapid"
)

// sample has each kind of column in the encodings that writers use.
type sample struct {
	ID     string   `parquet:"id"`
	Name   string   `parquet:"name,dict"`
	Delta  string   `parquet:"delta,delta"`
	Amount int64    `parquet:"amount,decimal(2:18)"`
	On     int32    `parquet:"on,date"`
	At     int64    `parquet:"at,timestamp(microsecond)"`
	Local  int64    `parquet:"local,timestamp(millisecond:local)"`
	Count  int64    `parquet:"count,delta"`
	Ratio  float64  `parquet:"ratio"`
	Yes    bool     `parquet:"yes"`
	Maybe  *string  `parquet:"maybe,optional,dict"`
	Inner  inner    `parquet:"inner"`
	Tags   []string `parquet:"tags"`
}

type inner struct {
	City string `parquet:"city"`
}

func samples(n int) []sample {
	list := make([]sample, n)
	for i := range list {
		s := &list[i]
		at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).Add(time.Duration(i) * time.Minute)
		*s = sample{ID: fmt.Sprintf("P-%06d", i), Name: []string{"甲公司", "乙公司", "丙公司"}[i%3], Delta: fmt.Sprintf("同前缀-%d", i/7), Amount: int64(i)*101 - 500,
			On: int32(20000 + i%500), At: at.UnixMicro(), Local: at.UnixMilli(), Count: int64(i * i), Ratio: float64(i) / 8, Yes: i%2 == 0, Inner: inner{City: "440300"}}
		if i%5 != 0 {
			text := strings.Repeat("x", i%4)
			s.Maybe = &text
		}
	}
	return list
}

func (s sample) cells() []string {
	maybe := ""
	if s.Maybe != nil {
		maybe = *s.Maybe
	}
	d := new(big.Rat).SetFrac64(s.Amount, 100).FloatString(2)
	return []string{s.ID, s.Name, s.Delta, d, time.Unix(int64(s.On)*86400, 0).UTC().Format(time.DateOnly), time.UnixMicro(s.At).UTC().Format(time.RFC3339Nano),
		time.UnixMilli(s.Local).UTC().Format("2006-01-02 15:04:05.999999999"), fmt.Sprint(s.Count), fmt.Sprint(s.Ratio), fmt.Sprint(s.Yes), maybe, s.Inner.City}
}

func written(t testing.TB, list []sample, options ...parquet.WriterOption) []byte {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[sample](&b, options...)
	if _, err := w.Write(list); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readAll(b []byte) (rows [][]string, f *File, err error) {
	f, err = Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, f, err
	}
	var wanted []int
	for i, c := range f.Columns {
		if !c.Repeated {
			wanted = append(wanted, i)
		}
	}
	r, err := f.Rows(wanted)
	if err != nil {
		return nil, f, err
	}
	for row, ok := r.Next(); ok; row, ok = r.Next() {
		var cells []string
		for _, v := range row {
			cells = append(cells, v.Text)
		}
		rows = append(rows, cells)
	}
	return rows, f, r.Err()
}

// What an independent library writes, in every page version and compression that is read, comes back value by value.
func TestReadsWhatIsWritten(t *testing.T) {
	list := samples(5000)
	for name, options := range map[string][]parquet.WriterOption{
		"plain":  {parquet.DataPageVersion(1)},
		"v2":     {parquet.DataPageVersion(2)},
		"snappy": {parquet.Compression(&parquet.Snappy), parquet.DataPageVersion(1)},
		"gzip":   {parquet.Compression(&parquet.Gzip), parquet.MaxRowsPerRowGroup(700)},
		"zstd":   {parquet.Compression(&parquet.Zstd), parquet.PageBufferSize(4096), parquet.DataPageVersion(2)},
	} {
		rows, f, err := readAll(written(t, list, options...))
		if err != nil || len(rows) != len(list) || f.Count != int64(len(list)) {
			t.Fatalf("%s: %d rows, %v", name, len(rows), err)
		}
		paths := ""
		for _, c := range f.Columns {
			paths += " " + c.Path
		}
		if !strings.Contains(paths, " inner.city") || !strings.Contains(paths, " tags") {
			t.Errorf("%s: columns%s", name, paths)
		}
		for i := range list {
			if got, want := strings.Join(rows[i], "|"), strings.Join(list[i].cells(), "|"); got != want {
				t.Fatalf("%s: row %d is\n%s, want\n%s", name, i, got, want)
			}
		}
	}
	for name, codec := range map[string]parquet.WriterOption{"brotli": parquet.Compression(&parquet.Brotli), "lz4": parquet.Compression(&parquet.Lz4Raw)} {
		if _, _, err := readAll(written(t, list[:9], codec)); !errors.Is(err, ErrCodec) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whatever byte is changed, the file is refused or read within its bounds; it never panics and never grows.
func TestDamageIsRefusedOrRead(t *testing.T) {
	list := samples(300)
	files := [][]byte{written(t, list, parquet.DataPageVersion(2)), written(t, list, parquet.Compression(&parquet.Snappy)), written(t, list, parquet.Compression(&parquet.Zstd))}
	rapid.Check(t, func(rt *rapid.T) {
		b := bytes.Clone(rapid.SampledFrom(files).Draw(rt, "file"))
		for range rapid.IntRange(1, 6).Draw(rt, "changes") {
			at := rapid.IntRange(0, len(b)-1).Draw(rt, "at")
			if rapid.Bool().Draw(rt, "near the end") {
				at = len(b) - 1 - at%min(len(b), 2000)
			}
			b[at] = rapid.Byte().Draw(rt, "byte")
		}
		if rapid.IntRange(0, 9).Draw(rt, "cut") == 0 {
			b = b[:rapid.IntRange(0, len(b)).Draw(rt, "length")]
		}
		rows, f, err := readAll(b)
		if err == nil && int64(len(rows)) != f.Count {
			rt.Fatalf("%d rows of %d without an error", len(rows), f.Count)
		}
	})
}

func TestRowsThatASizeCannotHoldAreRefused(t *testing.T) {
	type one struct {
		Yes bool `parquet:"yes"`
	}
	var b bytes.Buffer
	w := parquet.NewGenericWriter[one](&b, parquet.Compression(&parquet.Zstd))
	if _, err := w.Write(make([]one, 4_000_000)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := readAll(b.Bytes()); !errors.Is(err, ErrBomb) {
		t.Errorf("4,000,000 rows in %d bytes: %v", b.Len(), err)
	}
}

func FuzzFile(f *testing.F) {
	f.Add(written(f, samples(20), parquet.DataPageVersion(1)))
	f.Add(written(f, samples(20), parquet.Compression(&parquet.Snappy)))
	f.Fuzz(func(t *testing.T, b []byte) {
		if rows, file, err := readAll(b); err == nil && int64(len(rows)) != file.Count {
			t.Fatalf("%d rows of %d", len(rows), file.Count)
		}
	})
}
