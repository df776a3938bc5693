package simulate_test

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"xiezhi/ingest"
	"xiezhi/models"
	"xiezhi/simulate"
)

func options() simulate.Options {
	return simulate.Options{Companies: 1000, Transfers: 20_000, Seed: 7, Until: "2026-11-20"}
}

func write(t testing.TB, o simulate.Options) (string, simulate.Summary) {
	t.Helper()
	dir := t.TempDir()
	sum, err := simulate.Write(context.Background(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return dir, sum
}

func digest(t testing.TB, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.csv"))
	if err != nil || len(files) != 12 {
		t.Fatal(files, err)
	}
	h := sha256.New()
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(h, "%s %d\n", filepath.Base(f), len(b))
		h.Write(b)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

func TestSameOptionsSameBytes(t *testing.T) {
	o := options()
	a, _ := write(t, o)
	b, _ := write(t, o)
	if digest(t, a) != digest(t, b) {
		t.Error("the same options gave other bytes")
	}
	o.Seed = 8
	c, _ := write(t, o)
	if digest(t, a) == digest(t, c) {
		t.Error("another seed gave the same bytes")
	}
	d, _ := write(t, simulate.Options{Companies: 1000, Transfers: 50, Seed: 7, Until: "2026-11-20"})
	x, _ := os.ReadFile(filepath.Join(a, "companies.csv"))
	y, _ := os.ReadFile(filepath.Join(d, "companies.csv"))
	if string(x) != string(y) {
		t.Error("fewer transfers changed the companies")
	}
}

// rows reads a written file through ingest, as a command would; nothing may be refused.
func rows(t testing.TB, path string) (list []models.Row) {
	t.Helper()
	f, err := ingest.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Reader(ingest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	for row, refusal := range r.Rows(context.Background()) {
		if refusal != nil {
			t.Fatalf("%s line %d: %s %s %q", refusal.File, refusal.Line, refusal.Key, refusal.Column, refusal.Value)
		}
		list = append(list, row)
	}
	if r.Err() != nil || len(r.Warnings()) > 0 {
		t.Fatal(r.Err(), r.Warnings())
	}
	return list
}

func TestEveryRowIsAcceptedAndNothingIsLate(t *testing.T) {
	dir, sum := write(t, options())
	end := models.At(models.Date("2026-11-20").Time(time.FixedZone("", 8*3600)))
	start := end.Add(-2*366*24*time.Hour - time.Hour)
	sources := map[string]bool{}
	for _, table := range models.Tables() {
		list := rows(t, filepath.Join(dir, string(table)+".csv"))
		if len(list) == 0 || len(list) != sum.Rows[string(table)] {
			t.Errorf("%s: %d rows, %d counted", table, len(list), sum.Rows[string(table)])
		}
		last := models.Instant{}
		for _, row := range list {
			sources[row.Source] = true
			seen := row.ObservedAt
			if row.Transfer != nil {
				seen = row.Transfer.At
				if row.Transfer.ID < "T-9" && seen.Before(last) {
					t.Fatalf("transfers are not in order: %v", row.Transfer)
				}
				if !strings.HasPrefix(row.Transfer.ID, "T-STORY") {
					last = seen
				}
			}
			if seen.IsZero() || !seen.Before(end) || seen.Before(start) {
				t.Fatalf("%s line %d was observed at %v", table, row.Line, seen)
			}
		}
		t.Logf("%s: %d", table, len(list))
	}
	for _, s := range []string{"SAMR", "WEB", "APP", "12345", "12315", "LIC", "RECR", "AD", "JUD", "BANK", "RPT", "OPIN"} {
		if !sources[s] {
			t.Errorf("no row is of %s", s)
		}
	}
}

func labels(t testing.TB, dir string) (list [][]string) {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "labels.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	list, err = csv.NewReader(f).ReadAll()
	if err != nil || strings.Join(list[0], ",") != "scheme,typology,subject,is_bad" {
		t.Fatal(list[0], err)
	}
	return list[1:]
}

func TestSharesOfBadAndNearMisses(t *testing.T) {
	dir, _ := write(t, options())
	count, typologies, subjects := map[string]int{}, map[string]bool{}, map[string]bool{}
	for _, l := range labels(t, dir) {
		if strings.HasPrefix(l[2], "account:") {
			continue
		}
		count[l[3]]++
		typologies[l[1]] = true
		if subjects[l[2]] {
			t.Errorf("%s is labelled twice", l[2])
		}
		subjects[l[2]] = true
		if near := strings.HasPrefix(l[1], "near_miss_"); near != (l[3] == "false") {
			t.Errorf("%v", l)
		}
	}
	if count["true"] != 25 || count["false"] < 200 {
		t.Errorf("%v", count)
	}
	if len(typologies) < 40 {
		t.Errorf("%d typologies: %v", len(typologies), typologies)
	}
	names, ids := map[string]string{}, map[string]bool{}
	for _, row := range rows(t, filepath.Join(dir, "companies.csv")) {
		c := row.Company
		if other, taken := names[c.Name]; taken && other != c.USCC {
			t.Errorf("two companies are called %s", c.Name)
		}
		names[c.Name], ids["company:"+c.USCC] = c.USCC, true
	}
	for s := range subjects {
		if !ids[s] {
			t.Errorf("%s is labelled but no company", s)
		}
	}
}

func TestTheStoryStandsAlone(t *testing.T) {
	o := options()
	with, _ := write(t, o)
	o.WithoutStory = true
	without, _ := write(t, o)
	alone := t.TempDir()
	if _, err := simulate.WriteStory(alone, o); err != nil {
		t.Fatal(err)
	}
	end := models.At(o.Until.Time(time.FixedZone("", 8*3600)))
	for _, table := range append(models.Tables(), "labels") {
		name := string(table) + ".csv"
		a, _ := os.ReadFile(filepath.Join(with, name))
		b, _ := os.ReadFile(filepath.Join(without, name))
		c, _ := os.ReadFile(filepath.Join(alone, name))
		_, body, _ := strings.Cut(string(c), "\n")
		if string(a) != string(b)+body {
			t.Errorf("%s with the story is not the province and the story", name)
		}
		if table == "labels" {
			continue
		}
		for _, row := range rows(t, filepath.Join(alone, name)) {
			seen := row.ObservedAt
			if row.Transfer != nil {
				seen = row.Transfer.At
			}
			if seen.Before(end.Add(-72*time.Hour)) || !seen.Before(end) {
				t.Errorf("%s line %d was learned at %v", name, row.Line, seen)
			}
		}
	}
	products := rows(t, filepath.Join(alone, "products.csv"))
	if p := products[0].Product; len(products) != 1 || *p.PromisedYield != 0.08 || p.YieldPeriod != "day" || p.Area != "P2P" {
		t.Errorf("%+v", products)
	}
	if n := len(rows(t, filepath.Join(alone, "transfers.csv"))); n < 24 {
		t.Errorf("%d transfers", n)
	}
	c := rows(t, filepath.Join(alone, "companies.csv"))[0].Company
	if c.DivisionCode != "440304" || !strings.Contains(c.Name, "商贸有限公司") {
		t.Errorf("%+v", c)
	}
}

func TestDivisionsAndOddOptions(t *testing.T) {
	dir, _ := write(t, simulate.Options{Companies: 60, Transfers: 10, Seed: 1, Divisions: []string{"440100"}, WithoutStory: true})
	for _, row := range rows(t, filepath.Join(dir, "companies.csv")) {
		if !strings.HasPrefix(row.Company.DivisionCode, "4401") {
			t.Errorf("%s lies in %s", row.Company.USCC, row.Company.DivisionCode)
		}
	}
	ctx := context.Background()
	for _, o := range []simulate.Options{{Companies: -1}, {Transfers: -1}, {Until: "tomorrow"}, {Divisions: []string{"110000"}}} {
		if _, err := simulate.Write(ctx, t.TempDir(), o); err == nil {
			t.Errorf("%+v was made", o)
		}
	}
	if _, err := simulate.Write(ctx, t.TempDir(), simulate.Options{Transfers: 5}); err != nil {
		t.Error(err)
	}
	stopped, stop := context.WithCancel(ctx)
	stop()
	if _, err := simulate.Write(stopped, t.TempDir(), options()); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// The simulator must not know how it is judged.
func TestTheDetectorIsNotImported(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc([]string{"detect", "work", "graph"}, func(p string) bool {
			return strings.Contains(string(b), "\"xiezhi/"+p+"\"")
		}) {
			t.Errorf("%s imports what judges it", f)
		}
	}
}

func BenchmarkTransfers(b *testing.B) {
	const n = 200_000
	for b.Loop() {
		dir := b.TempDir()
		if _, err := simulate.Write(context.Background(), dir, simulate.Options{Companies: 300, Transfers: n, Seed: 1}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds(), "rows/s")
}
