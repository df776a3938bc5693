package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
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
			load := newBusyLoad(t, s)
			load.run(t, 100_000, 0, nil) // something to look at
			quiet := s.lookAround(t)
			stop, reached := make(chan struct{}), make(chan float64)
			go func() { reached <- load.run(t, 1<<40, rate, stop) }()
			time.Sleep(time.Second)
			busy := s.lookAround(t)
			close(stop)
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

// lookAround asks each page for a few seconds, 20 times a second.
func (s *site) lookAround(t *testing.T) []looked {
	v, head := s.as(t, "duty1"), s.as(t, "analyst1")
	var list []looked
	for _, page := range []struct {
		name, path string
		by         *visitor
	}{{"home", "/", v}, {"alerts", "/alerts", v}, {"companies", "/companies", v}, {"identities", "/identities", head}} {
		var took measured
		for range 160 {
			began := time.Now()
			if r := page.by.get(page.path); r.status != 200 {
				t.Fatalf("%s: %d", page.path, r.status)
			}
			d := time.Since(began)
			took = append(took, d)
			time.Sleep(max(0, 50*time.Millisecond-d))
		}
		slices.Sort(took)
		list = append(list, looked{page.name, took})
	}
	return list
}

// busyLoad brings made transfers through the loader.
type busyLoad struct {
	s      *models.Store
	batch  models.Batch
	loader *models.Loader
	n      atomic.Int64
}

func newBusyLoad(t *testing.T, s *site) *busyLoad {
	b, err := s.p.store.BeginBatch(t.Context(), byCommand, models.BatchPlan{Source: "BUSY", Division: "440300", Files: []models.BatchFile{{Name: "busy", Table: models.TableTransfers, Header: "{}"}}})
	if err != nil {
		t.Fatal(err)
	}
	return &busyLoad{s: s.p.store, batch: b, loader: s.p.store.NewLoader(byCommand, &b)}
}

// run brings at most so many transfers, rate a second (0 for as fast as it goes), until stop is closed, and gives the rate that was reached.
func (l *busyLoad) run(t *testing.T, most int64, rate int, stop <-chan struct{}) float64 {
	const chunk = 2000
	began, done := time.Now(), int64(0)
	for done < most {
		select {
		case <-stop:
			return float64(done) / time.Since(began).Seconds()
		default:
		}
		rows := make([]models.Row, chunk)
		for i := range rows {
			n := l.n.Add(1)
			rows[i] = models.Row{Table: models.TableTransfers, Line: n + 1, Transfer: &models.TransferRow{ID: fmt.Sprint("B", n), FromAccount: fmt.Sprint("BA", n*7919%20_000),
				ToAccount: fmt.Sprint("BB", n*n%20_011), AmountFen: 100 + n%1_000_000, At: models.At(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Millisecond))}}
		}
		if _, err := l.loader.Append(t.Context(), &l.batch.Files[0], rows, nil, l.n.Load()+1); err != nil {
			t.Error(err)
			return 0
		}
		done += chunk
		if rate > 0 {
			time.Sleep(time.Until(began.Add(time.Duration(float64(done) / float64(rate) * float64(time.Second)))))
		}
	}
	return float64(done) / time.Since(began).Seconds()
}
