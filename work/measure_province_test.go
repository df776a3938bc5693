package work_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/simulate"
	"xiezhi/work"
)

// Ten provinces that nobody tuned to, each with all of its bad companies, a fifth of its near misses and a fiftieth of the others,
// which count by weight; `xiezhi evaluate provinces` measures them whole. Both sides are ours, so this proves little; it catches
// what breaks detection.
func TestTenProvinces(t *testing.T) {
	var bad, found int
	var wrong float64
	var days []float64
	for seed := uint64(30); seed < 40; seed++ {
		rep := measureSeed(t, work.ProvinceOptions{Sim: simulate.Options{Companies: 11_000, Transfers: 100, Seed: seed}, KeepNear: 5, KeepOrdinary: 50})
		t.Logf("seed %d: recall %.3f, false per true %.2f; red %.3f, %.2f; missed areas %v; median days %.0f, never %d; %.1f s", seed, rep.Orange.Recall, rep.Orange.FalsePerTrue,
			rep.Red.Recall, rep.Red.FalsePerTrue, rep.MissedAreas(), rep.MedianDays(), rep.NeverAlerted, rep.Seconds)
		bad, found, wrong = bad+rep.Bad, found+rep.Orange.Found, wrong+rep.Orange.False
		days = append(days, rep.DaysToAlert...)
		if missed := rep.MissedAreas(); len(missed) > 1 {
			t.Errorf("seed %d: nothing was found in %v", seed, missed)
		}
		if !rep.StoryAtOnce {
			t.Errorf("seed %d: the trading company is not red at once", seed)
		}
	}
	slices.Sort(days)
	t.Logf("together %d bad: recall %.3f, false per true %.2f, median days from the first incriminating fact %.0f", bad, float64(found)/float64(bad), wrong/float64(found), days[len(days)/2])
	if float64(found) < 0.95*float64(bad) {
		t.Errorf("%d of %d bad companies were found at red or orange", found, bad)
	}
	if wrong > float64(found) {
		t.Errorf("%.0f false alerts for %d true ones", wrong, found)
	}
}

func measureSeed(t *testing.T, o work.ProvinceOptions) work.ProvinceReport {
	t.Helper()
	dir := t.TempDir()
	o.Dir = filepath.Join(dir, "files")
	end := simulate.DefaultUntil.Time(models.China)
	s := modelstest.Open(t, filepath.Join(dir, "province.db"), func() time.Time { return end })
	defer s.Close()
	rep, err := desk(t, s).MeasureProvince(t.Context(), models.System("test"), o)
	if err != nil {
		t.Fatal(err)
	}
	return rep
}
