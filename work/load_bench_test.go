package work_test

import (
	"path/filepath"
	"testing"

	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/work"
)

// BenchmarkIngestTransfers loads a file of simulated transfers, checks and indexes on, durable; the figure is rows a second.
func BenchmarkIngestTransfers(b *testing.B) {
	paths := province(b, 500, 100_000)
	for _, kind := range []string{"sqlite", "postgres"} {
		b.Run(kind, func(b *testing.B) {
			var rows int64
			for b.Loop() {
				target := filepath.Join(b.TempDir(), "bench.db")
				if kind == "postgres" {
					target = modelstest.Postgres(b)
				}
				d := desk(b, modelstest.Open(b, target, at("2026-11-20")))
				for _, p := range paths {
					if filepath.Base(p) != "transfers.csv" {
						continue
					}
					rep, err := d.Ingest(b.Context(), models.System("bench"), work.IngestOptions{Paths: []string{p}, Source: "SIM", Division: "440000"})
					if err != nil {
						b.Fatal(err)
					}
					rows += rep.Files[0].Accepted
				}
			}
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
