package ingest

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"xiezhi/models"
)

// damagedRuns is how many damaged files a test tries: XIEZHI_DAMAGED, else a sample.
func damagedRuns(sample int) int {
	if n, err := strconv.Atoi(os.Getenv("XIEZHI_DAMAGED")); err == nil && n > 0 {
		return n
	}
	return sample
}

// goodFiles are small files of every format that is read.
func goodFiles(t testing.TB) map[string][]byte {
	t.Helper()
	lines := "uscc,name,established_on,registered_capital\n"
	var objects []string
	for i := range 30 {
		lines += fmt.Sprintf("C-%d,\"第%d号, 有限公司\",20%02d-01-02,%d.50\n", i, i, i%25, i*1000)
		objects = append(objects, fmt.Sprintf(`{"uscc":"C-%d","name":"第%d号有限公司","established_on":"20%02d-01-02","registered_capital":%d.5}`, i, i, i%25, i*1000))
	}
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(lines)
	if err != nil {
		t.Fatal(err)
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(lines)
	if err != nil {
		t.Fatal(err)
	}
	book := workbook(t, func(f *excelize.File) error {
		rows := [][]any{{"标题"}, {"uscc", "name", "established_on", "registered_capital"}}
		for i := range 30 {
			rows = append(rows, []any{fmt.Sprintf("C-%d", i), fmt.Sprintf("第%d号有限公司", i), "2020-01-02", i})
		}
		return errors.Join(rowsOf(f, "Sheet1", rows...), f.MergeCell("Sheet1", "A1", "D1"), f.SetCellFormula("Sheet1", "D5", "1+1"), rowsOf(f, "二", rows[1:]...))
	})
	type row struct {
		USCC    string  `parquet:"uscc,delta"`
		Name    string  `parquet:"name,dict"`
		On      int32   `parquet:"established_on,date"`
		Capital *int64  `parquet:"registered_capital,optional,decimal(2:18)"`
		Other   float64 `parquet:"other"`
	}
	var table []row
	for i := range 60 {
		c := int64(i * 100)
		table = append(table, row{USCC: fmt.Sprintf("C-%d", i), Name: []string{"甲公司", "乙公司"}[i%2], On: int32(18000 + i), Capital: &c})
	}
	columns := func(codec parquet.WriterOption, page int) []byte {
		var b bytes.Buffer
		w := parquet.NewGenericWriter[row](&b, codec, parquet.DataPageVersion(page))
		if _, err := w.Write(table); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	var tarred bytes.Buffer
	w := tar.NewWriter(&tarred)
	_ = w.WriteHeader(&tar.Header{Name: "companies.csv", Size: int64(len(lines)), Mode: 0o600})
	_, _ = io.WriteString(w, lines)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{"companies.csv": []byte(lines), "companies.gb.csv": []byte(gb), "companies.wide.csv": []byte(wide), "companies.csv.gz": []byte(packed(t, lines)),
		"companies.jsonl": []byte(strings.Join(objects, "\n")), "companies.json": []byte("[" + strings.Join(objects, ",\n") + "]"), "companies.json.gz": []byte(packed(t, strings.Join(objects, "\n "))),
		"companies.xlsx": []byte(book), "companies.xlsx.gz": []byte(packed(t, book)), "companies.parquet": columns(parquet.Compression(&parquet.Snappy), 1), "companies.v2.parquet": columns(parquet.Compression(&parquet.Zstd), 2),
		"companies.tar.gz": []byte(packed(t, tarred.String()))}
}

// damage changes a file in ways that disks, networks, editors and enemies do. A workbook is also damaged within its parts, whose
// check sums are then right again.
func damage(r *rand.Rand, b []byte) []byte {
	b = bytes.Clone(b)
	if bytes.HasPrefix(b, []byte(zipMagic)) && r.IntN(3) > 0 {
		if again, ok := damageParts(r, b); ok {
			return again
		}
	}
	for range 1 + r.IntN(4) {
		if len(b) == 0 {
			return b
		}
		at, n := r.IntN(len(b)), 1+r.IntN(64)
		end := min(at+n, len(b))
		switch r.IntN(8) {
		case 0:
			b = b[:at]
		case 1:
			b[at] ^= 1 << r.IntN(8)
		case 2:
			b = append(b[:at:at], b[end:]...)
		case 3:
			b = append(b[:end:end], append(bytes.Clone(b[at:end]), b[end:]...)...)
		case 4:
			clear(b[at:end])
		case 5:
			for i := at; i < end; i++ {
				b[i] = byte(r.Uint32())
			}
		case 6:
			tokens := []string{"\"", "\x00", "\xff", "<!DOCTYPE a>", "&a;", "\r", ",,,,", "{", "[", "]]>", "9999999999", "-1", "\u202e", "<c r=\"ZZZ1\">", "1e400"}
			b = append(b[:at:at], append([]byte(tokens[r.IntN(len(tokens))]), b[at:]...)...)
		default:
			b[at] = byte(r.Uint32())
		}
	}
	return b
}

func damageParts(r *rand.Rand, b []byte) ([]byte, bool) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, false
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	victim := r.IntN(len(z.File))
	for i, f := range z.File {
		in, err := f.Open()
		if err != nil {
			return nil, false
		}
		text, err := io.ReadAll(in)
		if err != nil {
			return nil, false
		}
		if i == victim || strings.Contains(f.Name, "sheet1") && r.IntN(2) == 0 {
			text = damage(r, text)
		}
		part, err := w.Create(f.Name)
		if err == nil {
			_, err = part.Write(text)
		}
		if err != nil {
			return nil, false
		}
	}
	return out.Bytes(), w.Close() == nil
}

// Whatever is done to a file, reading it ends in time, holds little, and yields rows that are whole or refusals that say why.
func TestDamagedFiles(t *testing.T) {
	good := goodFiles(t)
	names := make([]string, 0, len(good))
	for name := range good {
		names = append(names, name)
	}
	slices.Sort(names)
	dir, runs := t.TempDir(), damagedRuns(600)
	var slowest time.Duration
	var refusedFiles, rows, refusedRows int
	peak := uint64(0)
	for i := range runs {
		r := rand.New(rand.NewPCG(7, uint64(i)))
		name := names[i%len(names)]
		content := damage(r, good[name])
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		before := spent(t)
		accepted, refused, err := readDamaged(t, path, filepath.Join(dir, strconv.Itoa(i)))
		took := spent(t) - before
		slowest = max(slowest, took)
		if limit := time.Second * time.Duration(1+len(content)>>20); took > limit {
			t.Errorf("file %d (%s): %v for %d bytes", i, name, took, len(content))
		}
		if err != nil {
			refusedFiles++
		}
		rows, refusedRows = rows+accepted, refusedRows+refused
		if i%100 == 0 {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapInuse)
		}
	}
	t.Logf("%d damaged files of %d formats: %d refused whole, %d rows accepted, %d refused; slowest %v, heap at most %d MiB", runs, len(names), refusedFiles, rows, refusedRows, slowest, peak>>20)
	if peak > 200<<20 {
		t.Errorf("the heap grew to %d MiB", peak>>20)
	}
}

// spent is how much processor time this process has used: a busy machine stalls, and that is no hang of ours.
func spent(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// readDamaged reads a file as the portal does, and looks at it as the mapping page does.
func readDamaged(t *testing.T, path, folder string) (accepted, refused int, err error) {
	t.Helper()
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(folder)
	members, is, err := Unpack(path, "", folder)
	if !is {
		members = []Member{{Path: path}}
	}
	for _, m := range members {
		f, openErr := Open(m.Path)
		if openErr != nil {
			return accepted, refused, openErr
		}
		if s, sampleErr := f.Sample(SampleOptions{}); sampleErr == nil {
			d := Guess(s, "")
			_, _ = d.Mapping()
		}
		r, readErr := f.Reader(Options{Table: models.TableCompanies})
		if readErr != nil {
			return accepted, refused, readErr
		}
		last := int64(0)
		for row, no := range r.Rows(context.Background()) {
			line := row.Line
			if no != nil {
				line = no.Line
				refused++
				if no.Key == "" || len(no.Raw) > 3*RecordLimit {
					t.Errorf("a refusal without a reason: %+v", no)
				}
			} else if accepted++; row.Company == nil || row.Company.USCC == "" || row.Company.Name == "" {
				t.Errorf("half a row: %+v", row)
			}
			if line < last {
				t.Errorf("line %d after %d", line, last)
			}
			last = line
		}
		err = errors.Join(err, r.Err(), r.Close())
	}
	return accepted, refused, err
}
