package models_test

import (
	"testing"
	"time"

	"xiezhi/models"
	"xiezhi/models/modelstest"
)

// What one process commits is told to another on PostgreSQL, and to itself on both stores; nothing is told of what was rolled back.
func TestArrivalsAreTold(t *testing.T) {
	for kind, target := range modelstest.Targets(t) {
		t.Run(kind, func(t *testing.T) {
			here := modelstest.Open(t, target, time.Now)
			other := here
			if kind == "postgres" {
				other = modelstest.Open(t, target, time.Now)
			}
			came := here.Arrivals(t.Context())
			if kind == "postgres" {
				hear(t, came, "the connection that listens")
			}
			load := func(key string) {
				sys := models.System("test")
				b, err := other.BeginBatch(t.Context(), sys, models.BatchPlan{Source: "WEB", Division: "440305", Files: []models.BatchFile{{Name: key, Table: models.TableCompanies, SHA256: key}}})
				if err != nil {
					t.Fatal(err)
				}
				row := models.Row{Table: models.TableCompanies, Line: 1, Company: &models.CompanyRow{USCC: key, Name: key}}
				if _, err := other.NewLoader(sys, &b).Append(t.Context(), &b.Files[0], []models.Row{row}, nil, 1); err != nil {
					t.Fatal(err)
				}
				if _, err := other.NewLoader(sys, &b).Append(t.Context(), &models.BatchFile{ID: b.Files[0].ID, Table: models.TableCompanies}, []models.Row{row}, nil, 2); models.KindOf(err) != models.KindConflict {
					t.Fatalf("a stale load: %v", err)
				}
			}
			load("A1")
			hear(t, came, "a fact")
			select {
			case <-came:
				t.Error("told of what was rolled back")
			case <-time.After(200 * time.Millisecond):
			}
		})
	}
}

func hear(t *testing.T, came <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-came:
	case <-time.After(10 * time.Second):
		t.Fatalf("not told of %s", what)
	}
}
