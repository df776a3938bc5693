package outcome

import "math"

// climb is how far one sample has climbed one step.
type climb struct {
	sample int32
	share  float64
}

// fitRaw minimises the mean logistic loss and a ridge over non-negative steps by cyclic Newton steps, each projected.
func fitRaw(inputs []Input, samples []Sample) Model {
	m := Model{Slope: 1}
	var columns [][]climb
	for i, in := range inputs {
		p := Part{Input: in, Knots: knotsOf(in, i, samples)}
		p.Steps = make([]float64, max(0, len(p.Knots)-1))
		first := len(columns)
		for range p.Steps {
			columns = append(columns, nil)
		}
		for s := range samples {
			p.at(samples[s].X[i], func(j int, share float64) {
				columns[first+j] = append(columns[first+j], climb{int32(s), share})
			})
		}
		m.Parts = append(m.Parts, p)
	}
	weights := weigh(samples)
	logits := make([]float64, len(samples))
	m.Bias = startBias(samples)
	for i := range logits {
		logits[i] = m.Bias
	}
	for range 200 {
		moved := m.moveBias(samples, weights, logits)
		c := 0
		for i := range m.Parts {
			for j := range m.Parts[i].Steps {
				moved = max(moved, move(&m.Parts[i].Steps[j], columns[c], samples, weights, logits))
				c++
			}
		}
		if moved < 1e-6 {
			break
		}
	}
	return m
}

func startBias(samples []Sample) float64 {
	bad := 0.5
	for i := range samples {
		if samples[i].Bad {
			bad++
		}
	}
	return math.Log(bad / (float64(len(samples)) + 1 - bad))
}

// weigh gives each sample a weight, so that a group seen many times has one voice for each outcome it had.
func weigh(samples []Sample) []float64 {
	type voice struct {
		group string
		bad   bool
	}
	n := map[voice]float64{}
	for i := range samples {
		n[voice{samples[i].Group, samples[i].Bad}]++
	}
	out := make([]float64, len(samples))
	for i := range samples {
		out[i] = 1 / n[voice{samples[i].Group, samples[i].Bad}]
	}
	return out
}

func residual(s *Sample, logit float64) (r, w float64) {
	p := sigmoid(logit)
	if s.Bad {
		return p - 1, p * (1 - p)
	}
	return p, p * (1 - p)
}

func (m *Model) moveBias(samples []Sample, weights, logits []float64) float64 {
	grad, curve := 0.0, 1e-9
	for i := range samples {
		r, w := residual(&samples[i], logits[i])
		grad, curve = grad+r*weights[i], curve+w*weights[i]
	}
	d := clip(-grad / curve)
	m.Bias += d
	for i := range logits {
		logits[i] += d
	}
	return math.Abs(d)
}

// move changes one step by a Newton step, never below zero, and says by how much.
func move(step *float64, column []climb, samples []Sample, weights, logits []float64) float64 {
	grad, curve := ridge**step, ridge
	for _, c := range column {
		r, w := residual(&samples[c.sample], logits[c.sample])
		r, w = r*weights[c.sample], w*weights[c.sample]
		grad, curve = grad+r*c.share, curve+w*c.share*c.share
	}
	next := max(0, *step+clip(-grad/curve))
	d := next - *step
	if d == 0 {
		return 0
	}
	*step = next
	for _, c := range column {
		logits[c.sample] += d * c.share
	}
	return math.Abs(d)
}

// clip keeps a Newton step within a unit of log-odds, so that it cannot overshoot where the loss is flat.
func clip(d float64) float64 { return min(1, max(-1, d)) }

// platt fits slope (never negative) and shift of log-odds by Newton with smoothed targets, as usual for Platt scaling.
func platt(scores []float64, bad []bool) (slope, shift float64) {
	n1, n0 := 0.0, 0.0
	for _, b := range bad {
		if b {
			n1++
		} else {
			n0++
		}
	}
	high, low := (n1+1)/(n1+2), 1/(n0+2)
	slope, shift = 1, 0
	for range 100 {
		ga, gb, haa, hab, hbb := 0.0, 0.0, 1e-6, 0.0, 1e-6
		for i, s := range scores {
			t := low
			if bad[i] {
				t = high
			}
			p := sigmoid(slope*s + shift)
			w := p * (1 - p)
			ga, gb = ga+(p-t)*s, gb+(p-t)
			haa, hab, hbb = haa+w*s*s, hab+w*s, hbb+w
		}
		det := haa*hbb - hab*hab
		if det < 1e-12 {
			break
		}
		da, db := clip(-(hbb*ga-hab*gb)/det), clip(-(haa*gb-hab*ga)/det)
		slope, shift = max(0, slope+da), shift+db
		if math.Abs(da)+math.Abs(db) < 1e-9 {
			break
		}
	}
	return slope, shift
}
