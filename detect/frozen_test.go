package detect_test

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"testing"

	"xiezhi/detect"
)

// TestFrozenSentences reads the frozen sentences of eval/, which were written by somebody who had not seen the reader, and prints
// totals alone: no sentence is looked at to mend the reader. A promise counts where kind is promise.
func TestFrozenSentences(t *testing.T) {
	rules, err := detect.DefaultRules()
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open("../eval/sentences.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	tp, fp, fn, exact := 0, 0, 0, 0
	for _, r := range rows[1:] {
		found := rules.Extract(r[1], detect.VoiceOwn).Promises
		switch want := r[2] == "promise"; {
		case want && len(found) == 0:
			fn++
		case want:
			tp++
			rate, err := strconv.ParseFloat(r[3], 64)
			if err != nil {
				t.Fatal(err)
			}
			per := map[string]float64{"day": 365, "week": 52, "month": 12, "year": 1}[r[4]]
			for _, p := range found {
				if math.Abs(p.Annual-rate*per) <= 0.02*rate*per+1e-4*per {
					exact++
					break
				}
			}
		case len(found) > 0:
			fp++
		}
	}
	precision, recall := float64(tp)/float64(tp+fp), float64(tp)/float64(tp+fn)
	t.Logf("%d sentences: precision %.3f, recall %.3f, rate right %.3f of those found", len(rows)-1, precision, recall, float64(exact)/float64(tp))
	if precision < 0.6 || recall < 0.6 {
		t.Error("worse than it ever was")
	}
}
