package models_test

import (
	"testing"
	"time"

	"xiezhi/models"
	"xiezhi/models/modelstest"
)

func TestMigrateIsRepeatable(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, s *models.Store) {
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		have, known, err := s.SchemaVersions(t.Context())
		if err != nil || have != known || have == 0 {
			t.Fatalf("schema at %d of %d: %v", have, known, err)
		}
	})
}

// Instants written with different offsets come back in the same order on both stores.
func TestInstantsOrder(t *testing.T) {
	base := time.Date(2026, 11, 21, 8, 0, 0, 0, time.FixedZone("", 8*3600))
	modelstest.EachAt(t, func() time.Time { return base }, func(t *testing.T, s *models.Store) {
		actor := models.System("test")
		for _, shift := range []time.Duration{3, 1, 2} {
			b, err := s.BeginBatch(t.Context(), actor, models.BatchPlan{Source: "T" + shift.String(), Division: "440300"})
			if err != nil {
				t.Fatal(err)
			}
			if !b.StartedAt.Equal(models.At(base.UTC())) {
				t.Fatalf("stored %s", b.StartedAt)
			}
		}
	})
}
