package models_test

import (
	"fmt"
	"testing"
	"time"

	"xiezhi/models"
	"xiezhi/rel/world"
)

// Signals are counted by the day on which they became known and the place of their subject, each once, and no longer when their batch is
// withdrawn; an alert keeps when the first of those that led to it became known.
func TestSignalsAreCounted(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, s := t.Context(), w.Store
		says := func(company, text string) models.Row {
			return models.Row{Table: models.TableSignals, Source: "12345", Signal: &models.SignalRow{Subject: "company:" + company, Kind: "complaint", At: s.Now(), Text: text}}
		}
		count := func(place string, weeks int) int64 {
			t.Helper()
			d, err := s.Dashboard(ctx, models.DashboardQuery{Scope: models.ScopeOf(place), Weeks: weeks})
			ok(t, err)
			return d.Signals
		}
		first := s.Now()
		load := func(rows ...models.Row) models.Batch {
			t.Helper()
			b, err := world.Load(ctx, s, "TEST", "440000", rows...)
			ok(t, err)
			return b
		}
		rows := append(world.RedRows("440304", 701, s.Now().Add(-time.Hour)), world.RedRows("440103", 702, s.Now().Add(-time.Hour))...)
		here, there := world.USCC("440304", 701), world.USCC("440103", 702)
		load(rows...)
		load(says(here, "a"), says(here, "b"), says(there, "c"))
		load(says(here, "a")) // told again
		w.Clock.Pass(8 * 24 * time.Hour)
		late := load(says(here, "d"))
		for _, q := range []struct {
			place string
			weeks int
			want  int64
		}{{"440300", 1, 1}, {"440300", 2, 3}, {"440100", 2, 1}, {"440000", 2, 4}, {"430000", 2, 0}, {"000000", 52, 4}} {
			if got := count(q.place, q.weeks); got != q.want {
				t.Errorf("%s over %d weeks: %d signals, not %d", q.place, q.weeks, got, q.want)
			}
		}
		_, err := w.Desk.Scan(ctx, models.System("test"), scanAll)
		ok(t, err)
		al, _, err := s.Alert(ctx, world.Everywhere(), w.AlertOf(t, here))
		ok(t, err)
		if !al.SignalAt.Equal(first) {
			t.Errorf("its first signal became known at %s, not %s", al.SignalAt, first)
		}
		var many []models.Row
		for i := range 600 {
			many = append(many, says(there, fmt.Sprint("e", i)))
		}
		load(many...) // those of a large load wait for the next scan
		if got := count("440100", 1); got != 0 {
			t.Errorf("%d signals of a large load are counted with it", got)
		}
		for range 2 {
			ok(t, s.SettleFacts(ctx))
			if got := count("440100", 1); got != 600 {
				t.Errorf("%d of 600 signals of a large load are counted", got)
			}
		}
		w.Exec(t, "UPDATE batches SET withdrawn_at = started_at WHERE ref = '"+late.Ref+"'")
		if got := count("440300", 1); got != 0 {
			t.Errorf("%d signals of a withdrawn batch are counted", got)
		}
	})
}
