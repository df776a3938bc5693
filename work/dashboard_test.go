package work_test

import (
	"testing"
	"time"

	"xiezhi/models"
	"xiezhi/rel/world"
	"xiezhi/work"
)

// Figures are remembered for a minute; older ones are shown with their time while they are counted anew, and after ten minutes one waits.
func TestFiguresAreRememberedForAMinute(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		m := &work.Dashboards{Store: w.Store}
		ask := func(place string) models.Dashboard {
			t.Helper()
			d, err := m.Of(t.Context(), models.DashboardQuery{Scope: models.ScopeOf(place), Weeks: 4})
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		red := func(d models.Dashboard) (n int64) {
			for _, p := range d.Places {
				n += p.Levels.Red
			}
			return n
		}
		if n := red(ask("440300")); n != 1 {
			t.Fatalf("%d red alerts at first", n)
		}
		w.Raise(t, "440304", 2)
		if n := red(ask("440300")); n != 1 {
			t.Errorf("within the minute there are %d", n)
		}
		if n := red(ask("440000")); n != 3 {
			t.Errorf("another place has %d", n)
		}
		if n := red(ask("430000")); n != 0 {
			t.Errorf("a place without any has %d", n)
		}
		w.Clock.Pass(2 * time.Minute)
		if d := ask("440300"); red(d) != 1 || !d.At.Equal(models.At(world.Start)) {
			t.Errorf("what is being counted anew shows %d of %s", red(d), d.At)
		}
		for until := time.Now().Add(10 * time.Second); red(ask("440300")) != 3; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(until) {
				t.Fatal("it was never counted anew")
			}
		}
		w.Raise(t, "440304", 1)
		w.Clock.Pass(time.Hour)
		if n := red(ask("440300")); n != 4 {
			t.Errorf("after an hour there are %d", n)
		}
	})
}
