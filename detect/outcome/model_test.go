package outcome

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// world draws samples whose log-odds rise with the first input, fall with the second and ignore the third.
func world(seed uint64, n int) ([]Input, []Sample) {
	r := rand.New(rand.NewPCG(seed, 1))
	inputs := []Input{{"up", 1}, {"down", -1}, {"noise", 1}}
	var list []Sample
	for i := range n {
		x := []float64{r.NormFloat64(), r.NormFloat64(), r.NormFloat64()}
		bad := r.Float64() < sigmoid(-1+2*x[0]-1.5*x[1])
		if r.IntN(10) == 0 {
			x[r.IntN(3)] = math.NaN()
		}
		list = append(list, Sample{X: x, Bad: bad, Group: fmt.Sprint(i / 2)})
	}
	return inputs, list
}

// The probability never runs against a sign, whatever the samples said, and an unknown input adds nothing.
func TestMonotone(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		inputs, list := world(rapid.Uint64().Draw(rt, "seed"), 90)
		if rapid.Bool().Draw(rt, "contrary") { // outcomes that say the opposite of the signs
			for i := range list {
				list[i].Bad = !list[i].Bad
			}
		}
		m, err := Fit(inputs, list)
		if errors.Is(err, ErrTooFew) {
			return
		}
		if err != nil {
			rt.Fatal(err)
		}
		x := []float64{rapid.Float64Range(-9, 9).Draw(rt, "a"), rapid.Float64Range(-9, 9).Draw(rt, "b"), rapid.Float64Range(-9, 9).Draw(rt, "c")}
		before, parts := m.Probability(x)
		if before < 0 || before > 1 || math.IsNaN(before) {
			rt.Fatalf("probability %v", before)
		}
		for i, in := range inputs {
			y := append([]float64{}, x...)
			y[i] += in.Sign * rapid.Float64Range(0, 9).Draw(rt, "more")
			if after, _ := m.Probability(y); after < before-1e-12 {
				rt.Fatalf("%s: %v fell to %v", in.Code, before, after)
			}
			if parts[i] < 0 {
				rt.Fatalf("%s: part %v", in.Code, parts[i])
			}
			y[i] = math.NaN()
			if after, p := m.Probability(y); after > before+1e-12 || p[i] != 0 {
				rt.Fatalf("%s unknown: %v rose to %v", in.Code, before, after)
			}
		}
	})
}

// What was put into the world is found again, calibrated, and noise is left alone; the same samples give the same bytes.
func TestFindsWhatIsThere(t *testing.T) {
	inputs, list := world(7, 4000)
	h, err := CrossValidate(inputs, list)
	if err != nil {
		t.Fatal(err)
	}
	if h.AUC < 0.85 || h.AUCLow > h.AUC || h.AUCHigh < h.AUC || h.Brier >= h.BaseBrier {
		t.Errorf("%+v", h)
	}
	for _, b := range h.Bins {
		if math.Abs(b.Predicted-b.Happened) > 0.06 {
			t.Errorf("calibration: %+v", b)
		}
	}
	a, err := Fit(inputs, list)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := Fit(inputs, list)
	one, _ := json.Marshal(a)
	two, _ := json.Marshal(b)
	if string(one) != string(two) {
		t.Error("two fits differ")
	}
}

func TestTooFewOutcomes(t *testing.T) {
	inputs, list := world(3, 18)
	if _, err := Fit(inputs, list); !errors.Is(err, ErrTooFew) {
		t.Errorf("%v", err)
	}
	if _, err := Fit(inputs[:2], list); err == nil {
		t.Error("samples of another width were taken")
	}
}

// A group is never judged by a model that saw it: groups that are known only by their own name give nothing away.
func TestGroupsStayTogether(t *testing.T) {
	_, list := world(9, 600)
	fold := deal(list, "")
	for i := range list {
		if fold[list[i].Group] != fold[list[i/2*2].Group] {
			t.Fatal("a group was split")
		}
	}
	// An input that tells the group and nothing else: each value stands for one group.
	for i := range list {
		list[i].X = []float64{float64(hash(list[i].Group) % 1000)}
	}
	h, err := CrossValidate([]Input{{"group", 1}}, list)
	if err != nil {
		t.Fatal(err)
	}
	if h.AUC > 0.6 {
		t.Errorf("the group leaks: AUC %v", h.AUC)
	}
}
