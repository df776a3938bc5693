package work_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
	"xiezhi/detect"
	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/work"
)

// oneRow is a row of companies, with its own time, as every format writes it.
type oneRow struct {
	USCC       string `parquet:"uscc" json:"uscc"`
	Name       string `parquet:"name,dict" json:"name"`
	Capital    string `parquet:"registered_capital" json:"registered_capital"`
	ObservedAt string `parquet:"observed_at" json:"observed_at"`
}

func (r oneRow) cells() []any { return []any{r.USCC, r.Name, r.Capital, r.ObservedAt} }

// writers write rows in the formats that are read.
var writers = map[string]func(rows []oneRow) ([]byte, error){
	"companies.csv": func(rows []oneRow) ([]byte, error) {
		out := "uscc,name,registered_capital,observed_at\n"
		for _, r := range rows {
			out += r.USCC + "," + r.Name + "," + r.Capital + "," + r.ObservedAt + "\n"
		}
		return []byte(out), nil
	},
	"companies.jsonl.gz": func(rows []oneRow) ([]byte, error) {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		enc := json.NewEncoder(z)
		for _, r := range rows {
			if err := enc.Encode(r); err != nil {
				return nil, err
			}
		}
		err := z.Close()
		return b.Bytes(), err
	},
	"companies.json": func(rows []oneRow) ([]byte, error) { return json.MarshalIndent(rows, "", " ") },
	"companies.xlsx": func(rows []oneRow) ([]byte, error) {
		f := excelize.NewFile()
		defer f.Close()
		w, err := f.NewStreamWriter("Sheet1")
		if err != nil {
			return nil, err
		}
		err = errors.Join(w.SetRow("A1", []any{"企业名单"}), w.SetRow("A2", []any{"uscc", "name", "registered_capital", "observed_at"}))
		for i, r := range rows {
			err = errors.Join(err, w.SetRow(fmt.Sprintf("A%d", i+3), r.cells()))
		}
		var b bytes.Buffer
		err = errors.Join(err, w.Flush(), f.Write(&b))
		return b.Bytes(), err
	},
	"companies.parquet": func(rows []oneRow) ([]byte, error) {
		var b bytes.Buffer
		w := parquet.NewGenericWriter[oneRow](&b, parquet.Compression(&parquet.Snappy))
		_, err := w.Write(rows)
		err = errors.Join(err, w.Close())
		return b.Bytes(), err
	},
}

// Whatever the order, the cuts, the formats, the repeats and the kills of the files: the same facts.
func TestSameFactsWhateverHappensToTheFiles(t *testing.T) {
	rules, err := detect.DefaultRules()
	if err != nil {
		t.Fatal(err)
	}
	targets := modelstest.Targets(t)
	if dir, err := os.MkdirTemp("/dev/shm", "xz"); err == nil { // this test proves no durability, and waits long for disks
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
		targets["sqlite"] = filepath.Join(dir, "test.db")
	}
	for dialect, target := range targets {
		t.Run(dialect, func(t *testing.T) {
			s := modelstest.Open(t, target, time.Now)
			b := &bench{t: t, desk: &work.Desk{Store: s, Rules: rules, Log: slog.New(slog.DiscardHandler)}, target: target, dir: t.TempDir()}
			rapid.Check(t, func(rt *rapid.T) {
				var rows []oneRow
				for i := range rapid.SampledFrom([]int{1, 20, 120}).Draw(rt, "companies") {
					for v := range rapid.IntRange(1, 3).Draw(rt, "versions") {
						at := time.Date(2026, 1, 1+v, 0, 0, 0, 0, time.UTC)
						rows = append(rows, oneRow{fmt.Sprintf("C-%d", i), fmt.Sprintf("公司%d-%d", i, v), fmt.Sprint(100 * v), at.Format(time.RFC3339)})
					}
				}
				want := b.factsAfter(rt, []oneFile{{"companies.csv", rows}})
				if len(want) != len(rows) {
					rt.Fatalf("%d facts of %d rows", len(want), len(rows))
				}
				shuffled := rapid.Permutation(rows).Draw(rt, "order")
				var files []oneFile
				names := slices.Sorted(func(yield func(string) bool) {
					for name := range writers {
						if !yield(name) {
							return
						}
					}
				})
				for len(shuffled) > 0 {
					n := rapid.IntRange(1, len(shuffled)).Draw(rt, "cut")
					files = append(files, oneFile{rapid.SampledFrom(names).Draw(rt, "format"), shuffled[:n]})
					shuffled = shuffled[n:]
					if len(files) > 4 {
						files = append(files, oneFile{rapid.SampledFrom(names).Draw(rt, "format"), shuffled})
						break
					}
				}
				for range rapid.IntRange(0, 2).Draw(rt, "repeats") {
					files = append(files, rapid.SampledFrom(files).Draw(rt, "again"))
				}
				if got := b.factsAfter(rt, files); !slices.Equal(got, want) {
					rt.Fatalf("%d facts, want %d", len(got), len(want))
				}
			})
		})
	}
}

type oneFile struct {
	name string
	rows []oneRow
}

// bench is a store into which many sets are loaded, each as a source of its own.
type bench struct {
	t           *testing.T
	desk        *work.Desk
	target, dir string
	sets        int
}

// factsAfter loads the files one after the other as a new source, killing some loads half way and taking them up again, and gives the
// facts that are stored.
func (b *bench) factsAfter(rt *rapid.T, files []oneFile) []string {
	b.sets++
	source := fmt.Sprintf("S%d", b.sets)
	for i, f := range files {
		if len(f.rows) == 0 {
			continue
		}
		content, err := writers[f.name](f.rows)
		if err != nil {
			rt.Fatal(err)
		}
		dir := filepath.Join(b.dir, source, fmt.Sprint(i))
		path := filepath.Join(dir, f.name)
		if err := errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(path, content, 0o600)); err != nil {
			rt.Fatal(err)
		}
		opts := work.IngestOptions{Paths: []string{path}, Source: source, Division: "440300"}
		if len(files) > 1 && rapid.Bool().Draw(rt, "killed") {
			ctx, kill := context.WithTimeout(b.t.Context(), time.Duration(rapid.IntRange(0, 4000).Draw(rt, "after µs"))*time.Microsecond)
			_, _ = b.desk.Ingest(ctx, models.System("test"), opts) // whatever it got to, it is taken up again
			kill()
		}
		rep, err := b.desk.Ingest(b.t.Context(), models.System("test"), opts)
		if err != nil || rep.Refused() {
			rt.Fatalf("%s: %+v %v", f.name, rep, err)
		}
	}
	db := modelstest.Raw(b.t, b.target)
	rows, err := db.QueryContext(b.t.Context(), "SELECT tbl, observed_at, payload FROM facts WHERE source = '"+source+"'")
	if err != nil {
		rt.Fatal(err)
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var table, payload string
		var at any
		if err := rows.Scan(&table, &at, &payload); err != nil {
			rt.Fatal(err)
		}
		list = append(list, strings.Join([]string{table, fmt.Sprint(at), payload}, "|"))
	}
	if err := rows.Err(); err != nil {
		rt.Fatal(err)
	}
	slices.Sort(list)
	return list
}
