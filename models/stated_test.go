package models_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"xiezhi/models"
	"xiezhi/models/modelstest"
)

// What companies state alike ties them whether their facts are indexed or wait for it, however often and in what parts that is done.
func TestStatedIsFoundWhereverItWaits(t *testing.T) {
	for dialect, target := range modelstest.Targets(t) {
		t.Run(dialect, func(t *testing.T) {
			s, db := modelstest.Open(t, target, time.Now), modelstest.Raw(t, target)
			company := func(i int, phone string) models.Row {
				return models.Row{Table: models.TableCompanies, Source: "SAMR", Company: &models.CompanyRow{USCC: fmt.Sprint("C", i), Name: "N", Phone: phone, Address: fmt.Sprint("A", i%2)}}
			}
			load(t, s, []models.Row{company(1, "0755-1"), company(2, "0755-2")})
			var many []models.Row
			for i := range 700 {
				many = append(many, company(10+i, fmt.Sprint("0755-", 1+i*i)))
			}
			load(t, s, many)
			waiting := func() (n int) {
				t.Helper()
				if err := db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM pending_facts").Scan(&n); err != nil {
					t.Fatal(err)
				}
				return n
			}
			ties := func() map[string][]int64 {
				t.Helper()
				sources, err := s.Sources(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				facts, err := s.CompanyFactsBy(t.Context(), []models.Subject{{ID: 1, Key: "C1"}}, sources, models.AsOf{})
				if err != nil {
					t.Fatal(err)
				}
				out := map[string][]int64{}
				for _, tie := range facts[1].Ties {
					out[tie.Kind] = tie.Others
				}
				return out
			}
			if n := waiting(); n != 1 {
				t.Fatalf("%d spans wait, want 1: the large load", n)
			}
			before := ties()
			if len(before[models.TiePhone]) != 1 || len(before[models.TieAddress]) != 300 {
				t.Fatalf("%d by telephone, %d by address, want 1 and as many as are looked up", len(before[models.TiePhone]), len(before[models.TieAddress]))
			}
			for range 2 { // the second time over facts that are indexed, in parts
				if err := s.SettleFacts(t.Context()); err != nil {
					t.Fatal(err)
				}
				if n := waiting(); n != 0 {
					t.Fatalf("%d spans wait after indexing", n)
				}
				after := ties()
				for _, kind := range []string{models.TiePhone, models.TieAddress} {
					if !slices.Equal(before[kind], after[kind]) {
						t.Errorf("%s: %v before, %v after", kind, before[kind], after[kind])
					}
				}
				if _, err := db.ExecContext(t.Context(), "INSERT INTO pending_facts (tbl, day, first_fact, last_fact) VALUES ('companies', 0, 1, 30000), ('companies', 0, 2, 5)"); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// After a large load PostgreSQL knows how large its tables are, and plans for it at once.
func TestPostgresCountsAfterALargeLoad(t *testing.T) {
	target := modelstest.Postgres(t)
	s, db := modelstest.Open(t, target, time.Now), modelstest.Raw(t, target)
	var rows []models.Row
	for i := range 5000 {
		rows = append(rows, models.Row{Table: models.TableCompanies, Source: "SAMR", Company: &models.CompanyRow{USCC: fmt.Sprint("C", i), Name: "N"}})
	}
	load(t, s, rows)
	var facts float64
	if err := db.QueryRowContext(t.Context(), "SELECT reltuples FROM pg_class WHERE relname = 'facts'").Scan(&facts); err != nil || facts != 5000 {
		t.Errorf("PostgreSQL takes facts for %v rows: %v", facts, err)
	}
}
