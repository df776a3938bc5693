package work_test

import (
	"errors"
	"io/fs"
	"path/filepath"
	"testing"

	"xiezhi/detect/outcome"
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
	for name, h := range map[string]outcome.Held{"inputs chosen inside the folds": rep.Chosen.Held, "without the calendar": rep.Own.Held, "inputs fixed by their meaning": rep.Stated, "advertised rate alone": rep.Yield} {
		t.Logf("%s, until %s: %d ratings of %d platforms, %d before a failure of %d platforms: AUC %.3f (95 %% %.3f-%.3f), Brier %.4f against %.4f", name, rep.Until,
			h.Samples, h.Groups, h.Bad, h.BadGroups, h.AUC, h.AUCLow, h.AUCHigh, h.Brier, h.BaseBrier)
	}
	t.Logf("chosen in %d outer folds: %v", rep.Chosen.Folds, rep.Chosen.Chosen)
}
