package world

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"xiezhi/models"
	"xiezhi/reference"
	"xiezhi/work"
)

// Load puts rows into the store by one batch with a file for each table, as an ingestion does, and gives the batch.
func Load(ctx context.Context, s *models.Store, source, division string, rows ...models.Row) (models.Batch, error) {
	var tables []models.Table
	for _, r := range rows {
		if !slices.Contains(tables, r.Table) {
			tables = append(tables, r.Table)
		}
	}
	plan := models.BatchPlan{Source: source, Division: division}
	for _, t := range tables {
		plan.Files = append(plan.Files, models.BatchFile{Name: string(t), Table: t, Header: "{}"})
	}
	b, err := s.BeginBatch(ctx, builder, plan)
	if err != nil {
		return b, err
	}
	l := s.NewLoader(builder, &b)
	for i := range b.Files {
		f := &b.Files[i]
		var part []models.Row
		for _, r := range rows {
			if r.Table == f.Table {
				r.Line = int64(len(part) + 2)
				part = append(part, r)
			}
		}
		if _, err := l.Append(ctx, f, part, nil, int64(len(part)+1)); err != nil {
			return b, err
		}
		if err := s.FinishFile(ctx, builder, &b, f, ""); err != nil {
			return b, err
		}
	}
	return b, s.FinishBatch(ctx, builder, &b)
}

// USCC gives the credit code of the n-th company of a county.
func USCC(county string, n int) string {
	return reference.NewUSCC("91", county, fmt.Sprintf("%08d", n))
}

// RedRows are the facts of a company that promises 8 % a day, which makes it red whatever else is known.
func RedRows(county string, n int, at models.Instant) []models.Row {
	id := USCC(county, n)
	yield, term := 0.08, int64(30)
	return []models.Row{
		{Table: models.TableCompanies, Source: "SAMR", ObservedAt: at, Company: &models.CompanyRow{USCC: id, Name: fmt.Sprintf("%s%d", Word("company"), n),
			DivisionCode: county, Address: Word("address") + " " + id, Status: "active"}},
		{Table: models.TableProducts, Source: "WEB", ObservedAt: at, Product: &models.ProductRow{ID: "PD-" + id, Company: id, Name: Word("product"),
			Area: "P2P", PromisedYield: &yield, YieldPeriod: "day", TermDays: &term}},
	}
}

// raise loads the companies with the numbers given and scans them.
func (w *World) raise(ctx context.Context, county string, numbers ...int) error {
	var rows []models.Row
	for _, n := range numbers {
		rows = append(rows, RedRows(county, n, w.Store.Now().Add(-1))...)
	}
	if _, err := Load(ctx, w.Store, "TEST", county, rows...); err != nil {
		return err
	}
	rep, err := w.Desk.Scan(ctx, builder, work.ScanOptions{})
	if err == nil && rep.ByLevel["red"] < int64(len(numbers)) {
		err = fmt.Errorf("%d companies were loaded, the scan found %v", len(numbers), rep.ByLevel)
	}
	return err
}

// Raise loads n more companies of a county, scans, and gives the refs of their red alerts.
func (w *World) Raise(t testing.TB, county string, n int) []string {
	t.Helper()
	var numbers []int
	for range n {
		w.next++
		numbers = append(numbers, w.next)
	}
	if err := w.raise(t.Context(), county, numbers...); err != nil {
		t.Fatal(err)
	}
	refs := make([]string, 0, n)
	for _, k := range numbers {
		refs = append(refs, w.AlertOf(t, USCC(county, k)))
	}
	return refs
}

// AlertOf gives the ref of a company's alert.
func (w *World) AlertOf(t testing.TB, uscc string) string {
	t.Helper()
	list, _, err := w.Store.Alerts(t.Context(), Everywhere(), models.AlertFilter{Subject: "company:" + uscc, Limit: 2})
	if err != nil || len(list) != 1 || list[0].Level != "red" {
		t.Fatalf("company %s has %d alerts: %v", uscc, len(list), err)
	}
	return list[0].Ref
}

// Alert gives the ref of the red alert of the world's first company, in 440304.
func (w *World) Alert(t testing.TB) string { return w.AlertOf(t, USCC("440304", 1)) }

// Everywhere is an actor who may read everything, for looking at results.
func Everywhere() models.Actor {
	permits := map[models.Action]models.Scope{}
	for _, a := range models.Actions() {
		permits[a] = models.ScopeOf("000000")
	}
	return models.Actor{Name: "test", Permits: permits}
}
