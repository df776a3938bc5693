package work_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/work"
)

// A changed company is alerted within moments of the commit of the fact, on both stores, from this process and on PostgreSQL from
// another connection's. XIEZHI_ARRIVALS=200 measures so many among a province of 10,000 companies and holds the target of
// 50 ms (median); on a shared machine CI only asks that nothing waits for the next turn of the clock.
func TestFromFactToAlert(t *testing.T) {
	n, companies := 12, 150
	if v, err := strconv.Atoi(os.Getenv("XIEZHI_ARRIVALS")); err == nil {
		n, companies = v, 10_000
	}
	paths := province(t, companies, 200)
	modelstest.Each(t, func(t *testing.T, s *models.Store) {
		d := desk(t, s)
		if err := d.InstallRules(t.Context(), models.System("install")); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Ingest(t.Context(), models.System("test"), work.IngestOptions{Paths: paths, Source: "SIM", Division: "440000"}); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Scan(t.Context(), models.System("test"), work.ScanOptions{All: true}); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			d.Watch(ctx, models.System("scan"), time.Minute) // nothing comes by the clock
		}()
		defer func() { stop(); <-done }()
		time.Sleep(300 * time.Millisecond)
		took := arrivals(t, s, n)
		t.Logf("%s, %d companies, from the commit of a fact to the stored alert: p50 %v, p95 %v, most %v", s.Dialect(), companies, took[len(took)/2], took[len(took)*95/100], took[len(took)-1])
		limit := 2 * time.Second
		if companies > 1000 {
			limit = 50 * time.Millisecond
		}
		if took[len(took)/2] > limit {
			t.Errorf("the median is %v, more than %v", took[len(took)/2], limit)
		}
	})
}

// arrivals commits one fact after another, each of another company, and waits for its alert.
func arrivals(t *testing.T, s *models.Store, n int) []time.Duration {
	t.Helper()
	sys := models.System("test")
	rate, period := 0.03, "day"
	var took []time.Duration
	for i := range n {
		b, err := s.BeginBatch(t.Context(), sys, models.BatchPlan{Source: "WEB", Division: "440305",
			Files: []models.BatchFile{{Name: fmt.Sprintf("%d.jsonl", i), Table: models.TableProducts, SHA256: fmt.Sprintf("%064d", i)}}})
		if err != nil {
			t.Fatal(err)
		}
		company := fmt.Sprintf("ARRIVAL-%d", i)
		row := models.Row{Table: models.TableProducts, Line: 1, Product: &models.ProductRow{ID: "P-" + company, Company: company, Name: "daily", Area: "WLTH", PromisedYield: &rate, YieldPeriod: period}}
		began := time.Now()
		if _, err := s.NewLoader(sys, &b).Append(t.Context(), &b.Files[0], []models.Row{row}, nil, 1); err != nil {
			t.Fatal(err)
		}
		commit := time.Since(began)
		for {
			list, _, err := s.Alerts(t.Context(), reader(), models.AlertFilter{Subject: "company:" + company, Limit: 1})
			if err != nil {
				t.Fatal(err)
			}
			if len(list) == 1 {
				took = append(took, time.Since(began)-commit)
				break
			}
			if time.Since(began) > 20*time.Second {
				t.Fatalf("no alert for %s after 20 s", company)
			}
			time.Sleep(time.Millisecond)
		}
		time.Sleep(100 * time.Millisecond) // arrivals one by one, not a load
	}
	slices.Sort(took)
	return took
}
