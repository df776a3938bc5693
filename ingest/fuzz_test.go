package ingest

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"xiezhi/models"
)

func mustGrow(t *testing.T, r *Reader) {
	t.Helper()
	last := int64(0)
	for row, refusal := range r.Rows(context.Background()) {
		line := row.Line
		if refusal != nil {
			line = refusal.Line
			if len(refusal.Raw) > RecordLimit || refusal.Key == "" {
				t.Fatalf("refusal %+v", refusal)
			}
		}
		if line <= last {
			t.Fatalf("line %d after %d", line, last)
		}
		last = line
	}
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("id,name\n1,a\n2,\"b\n"))
	f.Add([]byte("\ufeffid,name\r\n\"1\",\"a\"\"\n\"\n\"\"x,\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := Stream("x", CSV, bytes.NewReader(b), Options{Table: models.TablePersons}); err == nil {
			mustGrow(t, r)
		}
		// Where the standard reader finds a record of one line well formed, so do we, with the same cells.
		line, _, _ := strings.Cut(string(b), "\n")
		line = strings.TrimSuffix(line, "\r")
		std := csv.NewReader(strings.NewReader(line))
		want, err := std.Read()
		got, ok := splitQuoted(nil, line, ',')
		if line == "" || strings.ContainsRune(line, '\r') {
			return
		}
		if ok != (err == nil) || (ok && strings.Join(got, "\x00") != strings.Join(want, "\x00")) {
			t.Fatalf("%q: %q %v, standard %q %v", line, got, ok, want, err)
		}
	})
}

func FuzzJSONL(f *testing.F) {
	f.Add([]byte(`{"id":"1","name":"a"}` + "\n" + `{"id":[{"a":1}],"name":null}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := Stream("x", JSONL, bytes.NewReader(b), Options{Table: models.TablePersons}); err == nil {
			mustGrow(t, r)
		}
	})
}

func FuzzMapping(f *testing.F) {
	for _, name := range ShippedNames() {
		b, err := shipped.ReadFile("mappings/" + name + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := LoadMapping(bytes.NewReader(b))
		if err != nil {
			return
		}
		for _, c := range []struct {
			format Format
			text   string
		}{{CSV, "a,b\n1,2\n"}, {JSONL, `{"a":1,"b":[{"c":2}]}`}} {
			if r, err := Stream("x", c.format, strings.NewReader(c.text), Options{Mapping: &m}); err == nil {
				for range r.Rows(context.Background()) {
				}
			}
		}
	})
}

func FuzzDecimal(f *testing.F) {
	for _, s := range []string{"0", "12.30", "-1", "1e5", "92233720368547758.07", "92233720368547758.08", ".5", "5."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if fen, p := parseFen(s); p.ok() {
			want, ok := new(big.Rat).SetString(s)
			if !ok || want.Mul(want, big.NewRat(100, 1)).Cmp(new(big.Rat).SetInt64(fen)) != 0 {
				t.Fatalf("%q gave %d fen", s, fen)
			}
		}
		d, ok := parseDecimal(s)
		if !ok {
			return
		}
		want, _ := new(big.Rat).SetString(s)
		if got, _ := new(big.Rat).SetString(d.String()); got == nil || got.Cmp(want) != 0 {
			t.Fatalf("%q was written %q", s, d)
		}
		for _, how := range []Rounding{RoundHalfEven, RoundHalfUp, RoundDown} {
			r, _ := d.rounded(2, how)
			off, _ := new(big.Rat).SetString(r.String())
			if off.Sub(off, want).Abs(off); off.Cmp(big.NewRat(1, 100)) >= 0 || (how != RoundDown && off.Cmp(big.NewRat(1, 200)) > 0) {
				t.Fatalf("%q rounded %s to %q", s, how, r)
			}
		}
	})
}

func FuzzGzip(f *testing.F) {
	f.Add([]byte(packed(f, "id,name\n1,a\n")))
	f.Add([]byte{0x1f, 0x8b, 8, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(t.TempDir(), "persons.csv.gz")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := Open(path)
		if err != nil {
			return
		}
		r, err := file.Reader(Options{})
		if err != nil {
			return
		}
		mustGrow(t, r)
		if r.Err() != nil {
			t.Fatalf("a file that was found whole broke off: %v", r.Err())
		}
		_ = r.Close()
	})
}

func BenchmarkTransfers(b *testing.B) {
	var text strings.Builder
	text.WriteString("id,from_account,to_account,amount,currency,at,channel,device,ip,memo\n")
	for i := range 100_000 {
		fmt.Fprintf(&text, "T-%08d,A-%06d,A-%06d,%d.%02d,CNY,2026-05-%02dT10:%02d:%02d+08:00,mobile,D-%d,10.0.0.%d,salary\n",
			i, i%5000, i%7001, i%9000, i%100, 1+i%28, i%60, i%60, i%300, i%250)
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		r, err := Stream("x", CSV, strings.NewReader(text.String()), Options{Table: models.TableTransfers})
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for _, refusal := range r.Rows(context.Background()) {
			if refusal != nil {
				b.Fatalf("%+v", refusal)
			}
			n++
		}
		if n != 100_000 {
			b.Fatal(n)
		}
	}
	b.ReportMetric(float64(b.N)*100_000/b.Elapsed().Seconds(), "rows/s")
}
