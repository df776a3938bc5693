package outcome

import "math"

// Nested is how a model judges groups it has not seen where the choice of inputs was made without them too.
type Nested struct {
	Held
	Chosen map[string]int `json:"chosen"` // in how many of the outer folds an input was chosen
	Folds  int            `json:"outer_folds"`
}

// gain is what a further input must add to the inner measure to be taken: less is chance among so few.
const gain = 0.01

// CrossValidateChosen judges each group by a model whose inputs, at most so many of the candidates, were chosen, and which was fitted
// and calibrated, on the other groups alone: the choice is made by a cross-validation inside them. It fails like Fit.
func CrossValidateChosen(candidates []Input, samples []Sample, most int) (Nested, error) {
	out := Nested{Chosen: map[string]int{}}
	if err := enough(candidates, samples); err != nil {
		return out, err
	}
	list := make([]heldOut, len(samples))
	for i := range samples {
		list[i].bad, list[i].group = samples[i].Bad, samples[i].Group
	}
	for k := range repeats {
		fold := deal(samples, string(rune('a'+k)))
		for f := range folds {
			train, _ := split(samples, fold, f)
			chosen := choose(candidates, train, most)
			out.Folds++
			for _, c := range chosen {
				out.Chosen[candidates[c].Code]++
			}
			inputs := pick(candidates, chosen)
			m := fitRaw(inputs, project(train, chosen))
			for i := range samples {
				if fold[samples[i].Group] == f {
					v := m.logit(values(samples[i].X, chosen))
					list[i].logit += v / repeats
					list[i].rank += (v - m.Bias) / repeats
				}
			}
		}
	}
	calibrateApart(list)
	out.Held = measure(list)
	return out, nil
}

func split(samples []Sample, fold map[string]int, f int) (train, held []Sample) {
	for i := range samples {
		if fold[samples[i].Group] == f {
			held = append(held, samples[i])
			continue
		}
		train = append(train, samples[i])
	}
	return train, held
}

// choose takes inputs one by one, each time the one that raises the inner measure most.
func choose(candidates []Input, samples []Sample, most int) []int {
	var chosen []int
	best := 0.5
	for len(chosen) < most {
		next, at := -1, best+gain
		for c := range candidates {
			if taken(chosen, c) {
				continue
			}
			if a := inner(candidates, samples, append(chosen[:len(chosen):len(chosen)], c)); a > at {
				next, at = c, a
			}
		}
		if next < 0 {
			break
		}
		chosen, best = append(chosen, next), at
	}
	if len(chosen) == 0 {
		return []int{0} // nothing helps: the first candidate, which stands for the plain rule
	}
	return chosen
}

func taken(chosen []int, c int) bool {
	for _, x := range chosen {
		if x == c {
			return true
		}
	}
	return false
}

// inner is the measure of some inputs by one deal of the groups given.
func inner(candidates []Input, samples []Sample, chosen []int) float64 {
	fold := deal(samples, "inner")
	inputs, list := pick(candidates, chosen), make([]heldOut, 0, len(samples))
	for f := range folds {
		train, held := split(samples, fold, f)
		m := fitRaw(inputs, project(train, chosen))
		for i := range held {
			list = append(list, heldOut{rank: m.logit(values(held[i].X, chosen)) - m.Bias, bad: held[i].Bad, group: held[i].Group})
		}
	}
	if a := auc(list); !math.IsNaN(a) {
		return a
	}
	return 0
}

func pick(candidates []Input, chosen []int) []Input {
	out := make([]Input, len(chosen))
	for i, c := range chosen {
		out[i] = candidates[c]
	}
	return out
}

func values(x []float64, chosen []int) []float64 {
	out := make([]float64, len(chosen))
	for i, c := range chosen {
		out[i] = x[c]
	}
	return out
}

func project(samples []Sample, chosen []int) []Sample {
	out := make([]Sample, len(samples))
	for i, s := range samples {
		out[i] = Sample{X: values(s.X, chosen), Bad: s.Bad, Group: s.Group}
	}
	return out
}
