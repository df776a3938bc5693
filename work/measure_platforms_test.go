package work_test

import (
	"errors"
	"io/fs"
	"path/filepath"
	"testing"

	"xiezhi/work"
)

// Real lending platforms: the probability of failing within twelve months, judged on platforms left out of training.
func TestPlatformsForetold(t *testing.T) {
	rep, err := work.MeasurePlatforms(filepath.Join(shared, "p2p-platforms"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the real platforms are needed for this measure: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	h := rep.Held
	t.Logf("until %s: %d ratings of %d platforms, %d before a failure of %d platforms: AUC %.3f (95 %% %.3f-%.3f), Brier %.4f against %.4f; yield alone %.3f", rep.Until,
		h.Samples, h.Groups, h.Bad, h.BadGroups, h.AUC, h.AUCLow, h.AUCHigh, h.Brier, h.BaseBrier, rep.Yield.AUC)
	for _, p := range rep.Model.Parts {
		t.Logf("%s %+v %.2f %.2f", p.Code, p.Sign, p.Knots, p.Steps)
	}
	t.Logf("calibration %+v", h.Bins)
	if h.AUC <= rep.Yield.AUC {
		t.Errorf("the model (%.3f) is no better than the yield alone (%.3f)", h.AUC, rep.Yield.AUC)
	}
}
