package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"xiezhi/models/modelstest"
)

// wholeFiles are small good files of the formats that are taken over the wire, with companies whose codes begin with D.
func wholeFiles(t testing.TB) map[string][]byte {
	t.Helper()
	type row struct {
		USCC string `parquet:"uscc" json:"uscc"`
		Name string `parquet:"name" json:"name"`
	}
	var rows []row
	lines := "uscc,name\n"
	for i := range 20 {
		rows = append(rows, row{fmt.Sprintf("D-%d", i), fmt.Sprintf("第%d号有限公司", i)})
		lines += rows[i].USCC + "," + rows[i].Name + "\n"
	}
	var columns, packed bytes.Buffer
	w, z := parquet.NewGenericWriter[row](&columns, parquet.Compression(&parquet.Snappy)), gzip.NewWriter(&packed)
	_, err := w.Write(rows)
	_, packErr := z.Write([]byte(lines))
	list, jsonErr := json.Marshal(rows)
	if err := errors.Join(err, w.Close(), packErr, z.Close(), jsonErr); err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{"companies.csv": []byte(lines), "companies.csv.gz": packed.Bytes(), "companies.json": list, "companies.parquet": columns.Bytes(), "companies.xlsx": oddWorkbook(t, 10)}
}

// spoil changes some bytes of a file.
func spoil(r *rand.Rand, b []byte) []byte {
	b = bytes.Clone(b)
	for range 1 + r.IntN(5) {
		at := r.IntN(len(b))
		switch r.IntN(5) {
		case 0:
			b = b[:max(at, 1)]
		case 1:
			b[at] ^= 1 << r.IntN(8)
		case 2:
			b = append(b[:at:at], append([]byte{"\"\x00\xff<,\r{"[r.IntN(7)]}, b[at:]...)...)
		case 3:
			clear(b[at:min(at+8, len(b))])
		default:
			b[at] = byte(r.Uint32())
		}
	}
	return b
}

// Damaged files sent to the page of batches, and as samples, get an answer in time that is no fault of ours, and leave no half row.
func TestDamagedFilesOverHTTP(t *testing.T) {
	runs := 60
	if n, err := strconv.Atoi(os.Getenv("XIEZHI_DAMAGED")); err == nil && n > 0 {
		runs = n / 4 // each file is sent twice, to two stores
	}
	eachSiteTarget(t, func(t *testing.T, s *site, target string) {
		v := s.as(t, "steward1")
		token := v.token()
		good := wholeFiles(t)
		names := make([]string, 0, len(good))
		for name := range good {
			names = append(names, name)
		}
		slices.Sort(names)
		codes := map[int]int{}
		var slowest time.Duration
		for i := range runs {
			r := rand.New(rand.NewPCG(11, uint64(i)))
			name := names[i%len(names)]
			content := spoil(r, good[name])
			for _, path := range []string{"/batches", "/mappings/new"} {
				started := time.Now()
				res := v.uploadAs(token, path, name, content, url.Values{"table": {"companies"}, "division": {"440300"}, "source": {"DMG"}})
				slowest = max(slowest, time.Since(started))
				codes[res.status]++
				if res.status >= http.StatusInternalServerError {
					t.Errorf("file %d (%s) to %s: %d %s", i, name, path, res.status, mainText(t, res))
				}
				if to := res.header.Get("Location"); res.status == http.StatusSeeOther && i%10 == 0 {
					if page := v.get(to); page.status >= http.StatusInternalServerError {
						t.Errorf("file %d (%s): %s answers %d", i, name, to, page.status)
					}
				}
			}
		}
		t.Logf("%d damaged files: answers %v, slowest %v", runs, codes, slowest.Round(time.Millisecond))
		whole(t, target)
	})
}

// whole fails where a fact of the damaged files lacks a part, or where batches count other facts than there are.
func whole(t *testing.T, target string) {
	t.Helper()
	db := modelstest.Raw(t, target)
	rows, err := db.QueryContext(t.Context(), "SELECT payload FROM facts WHERE source = 'DMG'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	facts := 0
	for rows.Next() {
		var payload string
		if err := rows.Scan(&payload); err != nil {
			t.Fatal(err)
		}
		var row map[string]any
		if err := json.Unmarshal([]byte(payload), &row); err != nil || row["uscc"] == nil || row["uscc"] == "" || row["name"] == nil || row["name"] == "" {
			t.Errorf("half a row: %s", payload)
		}
		facts++
	}
	var counted int
	if err := errors.Join(rows.Err(), db.QueryRowContext(t.Context(), "SELECT COALESCE(SUM(accepted), 0) FROM batches WHERE source = 'DMG'").Scan(&counted)); err != nil {
		t.Fatal(err)
	}
	if counted != facts || facts == 0 {
		t.Errorf("batches count %d accepted rows, there are %d facts", counted, facts)
	}
}

// eachSiteTarget is eachSite, with the address of the store.
func eachSiteTarget(t *testing.T, f func(t *testing.T, s *site, target string)) {
	t.Helper()
	for _, target := range []string{filepath.Join(fastDir(t), "test.db"), modelstest.Postgres(t)} {
		name := "sqlite"
		if strings.HasPrefix(target, "postgres") {
			name = "postgres"
		}
		t.Run(name, func(t *testing.T) { f(t, emptySite(t, target), target) })
	}
}
