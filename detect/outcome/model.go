package outcome

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Input is one measured number. Sign is +1 where more of it can only raise the probability, -1 where it can only lower it.
type Input struct {
	Code string  `json:"code"`
	Sign float64 `json:"sign"`
}

// Sample is a subject whose outcome is known. X has a value for each input, NaN is unknown. Samples of one group, the same
// subject at other times, are never held out apart.
type Sample struct {
	X     []float64
	Bad   bool
	Group string
}

// Part is the fitted part of an input: it rises by Steps[i] between Knots[i] and Knots[i+1] of Sign*x, and is flat outside.
type Part struct {
	Input
	Knots []float64 `json:"knots"`
	Steps []float64 `json:"steps"` // log-odds, never negative
}

// Model is a fitted model. Slope and Shift calibrate the log-odds.
type Model struct {
	Parts []Part  `json:"parts"`
	Bias  float64 `json:"bias"`
	Slope float64 `json:"slope"`
	Shift float64 `json:"shift"`
}

// ErrTooFew says that there are too few outcomes of a kind to learn from.
var ErrTooFew = errors.New("too few outcomes")

// FewestOfAKind is how many bad and how many good groups a model is fitted from at least: below ten events a logistic
// regression says more about its penalty than about the data.
const FewestOfAKind = 10

// ridge is the penalty on squared steps per sample: a prior that a step of one in log-odds is nothing special.
const ridge = 1.0

// at gives how far a signed value has climbed each step, 0-1.
func (p *Part) at(x float64, use func(step int, share float64)) {
	if math.IsNaN(x) {
		return
	}
	v := p.Sign * x
	for j := range p.Steps {
		lo, hi := p.Knots[j], p.Knots[j+1]
		switch {
		case v >= hi:
			use(j, 1)
		case v > lo:
			use(j, (v-lo)/(hi-lo))
		}
	}
}

// Probability gives the calibrated probability of an outcome, and what each input adds to the calibrated log-odds.
func (m Model) Probability(x []float64) (p float64, parts []float64) {
	parts = make([]float64, len(m.Parts))
	sum := m.Bias
	for i := range m.Parts {
		m.Parts[i].at(x[i], func(j int, share float64) { parts[i] += m.Parts[i].Steps[j] * share })
		sum += parts[i]
		parts[i] *= m.Slope
	}
	return sigmoid(m.Slope*sum + m.Shift), parts
}

func (m Model) logit(x []float64) float64 {
	sum := m.Bias
	for i := range m.Parts {
		m.Parts[i].at(x[i], func(j int, share float64) { sum += m.Parts[i].Steps[j] * share })
	}
	return sum
}

func sigmoid(v float64) float64 { return 1 / (1 + math.Exp(-v)) }

// Fit fits and calibrates a model. It fails with ErrTooFew where bad or good groups are fewer than FewestOfAKind.
func Fit(inputs []Input, samples []Sample) (Model, error) {
	if err := enough(inputs, samples); err != nil {
		return Model{}, err
	}
	m := fitRaw(inputs, samples)
	var scores []float64
	var bad []bool
	for _, h := range crossFit(inputs, samples) {
		scores, bad = append(scores, h.rank), append(bad, h.bad)
	}
	m.Slope, m.Shift = platt(scores, bad)
	m.Bias = 0 // the shift holds it
	return m, nil
}

func enough(inputs []Input, samples []Sample) error {
	groups := [2]map[string]bool{{}, {}}
	for i := range samples {
		if len(samples[i].X) != len(inputs) {
			return fmt.Errorf("fit outcome model: sample %d has %d inputs, want %d", i, len(samples[i].X), len(inputs))
		}
		kind := 0
		if samples[i].Bad {
			kind = 1
		}
		groups[kind][samples[i].Group] = true
	}
	if len(groups[1]) < FewestOfAKind || len(groups[0]) < FewestOfAKind {
		return fmt.Errorf("fit outcome model: %d bad and %d good, at least %d of each are needed: %w", len(groups[1]), len(groups[0]), FewestOfAKind, ErrTooFew)
	}
	return nil
}

// knotsOf places knots at quantiles of the signed known values, so that each step is learned from several samples.
func knotsOf(in Input, at int, samples []Sample) []float64 {
	var v []float64
	for i := range samples {
		if x := samples[i].X[at]; !math.IsNaN(x) {
			v = append(v, in.Sign*x)
		}
	}
	slices.Sort(v)
	var knots []float64
	for _, q := range []float64{0.02, 0.25, 0.5, 0.75, 0.98} {
		if len(v) == 0 {
			break
		}
		k := v[int(q*float64(len(v)-1))]
		if len(knots) == 0 || k > knots[len(knots)-1] {
			knots = append(knots, k)
		}
	}
	// Where nearly all values are alike the rest is one step up to the highest.
	if len(v) > 0 && len(knots) == 1 && v[len(v)-1] > knots[0] {
		knots = append(knots, v[len(v)-1])
	}
	if len(knots) < 2 {
		return nil
	}
	return knots
}
