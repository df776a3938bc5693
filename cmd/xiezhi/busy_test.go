package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"xiezhi/models"
	"xiezhi/models/modelstest"
)

// TestPagesWhileTransfersArrive measures pages and questions of the graph over HTTP while nothing happens and while transfers arrive at
// XIEZHI_BUSY a second (20000 is the figure asked for), through the loader with its checks, indexes and audit, durable. It prints p50 and p99 of
// both and the rate that was reached; it fails on a wrong answer, never on time, which depends on the machine.
func TestPagesWhileTransfersArrive(t *testing.T) {
	rate, err := strconv.Atoi(os.Getenv("XIEZHI_BUSY"))
	if err != nil || rate < 1 {
		t.Skip("a measurement: set XIEZHI_BUSY to the transfers a second")
	}
	for kind, target := range map[string]func() string{"sqlite": func() string { return filepath.Join(t.TempDir(), "busy.db") }, "postgres": func() string { return modelstest.Postgres(t) }} {
		t.Run(kind, func(t *testing.T) {
			s := newSite(t, target())
			defer forReaders()() // as serve does
			load, err := newBenchLoad(t.Context(), s.p.store, "busy", models.TableTransfers, 20_000)
			if err != nil {
				t.Fatal(err)
			}
			row := load.transfer(models.At(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)), time.Millisecond)
			if _, err := load.run(t.Context(), 100_000, 0, row); err != nil { // something to look at
				t.Fatal(err)
			}
			quiet := s.lookAround(t)
			ctx, stop := context.WithCancel(t.Context())
			reached := make(chan float64)
			go func() {
				rate, err := load.run(ctx, 1<<40, rate, row)
				if err != nil {
					t.Error(err)
				}
				reached <- rate
			}()
			time.Sleep(time.Second)
			busy := s.lookAround(t)
			stop()
			t.Logf("%s: %.0f of %d transfers/s arrived", kind, <-reached, rate)
			for i, q := range quiet {
				t.Logf("%s %-12s quiet %v; busy %v; p99 ratio %.2f", kind, q.name, q.took, busy[i].took, busy[i].took.at(.99).Seconds()/q.took.at(.99).Seconds())
			}
		})
	}
}

type looked struct {
	name string
	took measured
}

// lookAround asks each page for a few seconds, 40 times a second.
func (s *site) lookAround(t *testing.T) []looked {
	v, head := s.as(t, "duty1"), s.as(t, "analyst1")
	var list []looked
	for _, page := range []struct {
		name, path string
		by         *visitor
	}{{"home", "/", v}, {"alerts", "/alerts", v}, {"companies", "/companies", v}, {"identities", "/identities", head}} {
		var took measured
		for range 400 { // the p99 of fewer is one or two single moments
			began := time.Now()
			if r := page.by.get(page.path); r.status != 200 {
				t.Fatalf("%s: %d", page.path, r.status)
			}
			d := time.Since(began)
			took = append(took, d)
			time.Sleep(max(0, 25*time.Millisecond-d))
		}
		slices.Sort(took)
		list = append(list, looked{page.name, took})
	}
	return list
}
