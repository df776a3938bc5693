package main

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"xiezhi/models/modelstest"
)

// TestQuestionsWhileTransfersArrive asks the graph while transfers arrive, on both stores: every question has its answer, and a transfer
// that was stored is soon in a trace. How soon depends on the machine: what must hold on a quiet one is 1 s, see xiezhi bench arrive.
// XIEZHI_ARRIVE sets the transfers a second for a measurement of 15 s on both stores.
func TestQuestionsWhileTransfersArrive(t *testing.T) {
	size := arriveSize{transfers: 4000, accounts: 300, companies: 200, relations: 400, rate: 2000, during: 2 * time.Second}
	if rate, err := strconv.Atoi(os.Getenv("XIEZHI_ARRIVE")); err == nil {
		size = arriveSize{transfers: 200_000, accounts: 10_000, companies: 10_000, relations: 21_500, rate: rate, during: 15 * time.Second}
	}
	for kind, target := range map[string]func() string{"sqlite": func() string { return filepath.Join(t.TempDir(), "arrive.db") }, "postgres": func() string { return modelstest.Postgres(t) }} {
		t.Run(kind, func(t *testing.T) {
			dir := t.TempDir()
			p, err := openPortal(t.Context(), config{DB: target(), DataDir: dir, SecretFile: filepath.Join(dir, "secret"), Division: "000000"}, schemaForward)
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := p.close(); err != nil {
					t.Error(err)
				}
			}()
			a, err := watchArrivals(t.Context(), p, size)
			if err != nil {
				t.Fatal(err)
			}
			if a.rate == 0 || len(a.stale) == 0 {
				t.Fatalf("%.0f transfers a second came, %d were found", a.rate, len(a.stale))
			}
			if worst := a.stale.at(1); worst > 10*time.Second {
				t.Errorf("a stored transfer was in a trace after %v", worst)
			}
			t.Logf("%.0f transfers a second; found after %v, worst %v", a.rate, a.stale, a.stale.at(1))
			for _, name := range arriveNames() {
				if len(a.busy[name]) == 0 {
					t.Errorf("%s was not asked", name)
					continue
				}
				t.Logf("%s: quiet %v; busy %v", name, a.quiet[name], a.busy[name])
			}
		})
	}
}
