package outcome

import (
	"cmp"
	"hash/fnv"
	"maps"
	"math"
	"slices"
)

// folds is how many parts groups are dealt into; each is judged by a model that saw the others. The deal is repeated, and what the
// repeats say of a sample is averaged, so that a figure does not hang on one deal.
const (
	folds   = 5
	repeats = 5
)

// Held is how a model judges groups it has not seen.
type Held struct {
	Samples   int     `json:"samples"`
	Bad       int     `json:"bad"`
	Groups    int     `json:"groups"`
	BadGroups int     `json:"bad_groups"`
	AUC       float64 `json:"auc"`
	AUCLow    float64 `json:"auc_low"` // 95 % interval by a bootstrap over groups
	AUCHigh   float64 `json:"auc_high"`
	Brier     float64 `json:"brier"`
	BaseBrier float64 `json:"base_brier"` // of saying the base rate always
	Bins      []Bin   `json:"bins"`       // calibration, by fifths of the predicted probability
	Curve     []Rates `json:"curve"`      // of the receiver operating characteristic
}

// Bin compares what was predicted with what happened.
type Bin struct {
	Samples   int     `json:"samples"`
	Predicted float64 `json:"predicted"`
	Happened  float64 `json:"happened"`
}

// Rates are a point of the curve: the share of good ones flagged, and of bad ones found.
type Rates struct {
	False float64 `json:"false"`
	True  float64 `json:"true"`
}

type heldOut struct {
	rank  float64 // without the bias, which is lower where more bad ones are held out and would turn the order round
	logit float64
	p     float64
	bad   bool
	group string
}

// CrossValidate judges each group by a model fitted and calibrated on the others. It fails like Fit.
func CrossValidate(inputs []Input, samples []Sample) (Held, error) {
	if err := enough(inputs, samples); err != nil {
		return Held{}, err
	}
	list := crossFit(inputs, samples)
	calibrateApart(list)
	return measure(list), nil
}

// deal assigns groups to folds: bad groups and good ones in turn, in the order of a hash, so that each fold has its share.
func deal(samples []Sample, salt string) map[string]int {
	bad := map[string]bool{}
	for i := range samples {
		bad[samples[i].Group] = bad[samples[i].Group] || samples[i].Bad
	}
	names := slices.Collect(maps.Keys(bad))
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(hash(salt+a), hash(salt+b)), cmp.Compare(a, b)) })
	out, next := map[string]int{}, [2]int{}
	for _, g := range names {
		kind := 0
		if bad[g] {
			kind = 1
		}
		out[g] = next[kind] % folds
		next[kind]++
	}
	return out
}

func hash(s string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s))
	return h.Sum64()
}

// crossFit gives each sample the log-odds of models that saw no sample of its group, averaged over the deals.
func crossFit(inputs []Input, samples []Sample) []heldOut {
	out := make([]heldOut, len(samples))
	for i := range samples {
		out[i].bad, out[i].group = samples[i].Bad, samples[i].Group
	}
	for k := range repeats {
		fold := deal(samples, string(rune('a'+k)))
		for f := range folds {
			var train []Sample
			for i := range samples {
				if fold[samples[i].Group] != f {
					train = append(train, samples[i])
				}
			}
			m := fitRaw(inputs, train)
			for i := range samples {
				if s := &samples[i]; fold[s.Group] == f {
					v := m.logit(s.X)
					out[i].logit += v / repeats
					out[i].rank += (v - m.Bias) / repeats
				}
			}
		}
	}
	return out
}

// calibrateApart gives each fold the probability by a calibration of the other folds' scores.
func calibrateApart(list []heldOut) {
	samples := make([]Sample, len(list))
	for i := range list {
		samples[i] = Sample{Bad: list[i].bad, Group: list[i].group}
	}
	fold := deal(samples, "")
	for f := range folds {
		var scores []float64
		var bad []bool
		for i := range list {
			if fold[list[i].group] != f {
				scores, bad = append(scores, list[i].rank), append(bad, list[i].bad)
			}
		}
		a, b := platt(scores, bad)
		for i := range list {
			if fold[list[i].group] == f {
				list[i].p = sigmoid(a*list[i].rank + b)
			}
		}
	}
}

func measure(list []heldOut) Held {
	h := Held{Samples: len(list), AUC: auc(list)}
	groups := map[string][]heldOut{}
	badGroups := map[string]bool{}
	for _, s := range list {
		if s.bad {
			h.Bad++
			badGroups[s.group] = true
		}
		groups[s.group] = append(groups[s.group], s)
	}
	h.Groups, h.BadGroups = len(groups), len(badGroups)
	base := float64(h.Bad) / float64(h.Samples)
	for _, s := range list {
		y := 0.0
		if s.bad {
			y = 1
		}
		h.Brier += (s.p - y) * (s.p - y) / float64(h.Samples)
		h.BaseBrier += (base - y) * (base - y) / float64(h.Samples)
	}
	h.AUCLow, h.AUCHigh = bootstrap(groups)
	h.Bins, h.Curve = bins(list), curve(list)
	return h
}

// auc is the chance that a bad sample scores above a good one, ties counting half; NaN where a kind is missing.
func auc(list []heldOut) float64 {
	s := slices.Clone(list)
	slices.SortFunc(s, func(a, b heldOut) int { return cmp.Compare(a.rank, b.rank) })
	wins, good, bad := 0.0, 0.0, 0.0
	for i := 0; i < len(s); {
		j, b, g := i, 0.0, 0.0
		for j < len(s) && s[j].rank == s[i].rank {
			if s[j].bad {
				b++
			} else {
				g++
			}
			j++
		}
		wins += b * (good + g/2)
		good, bad, i = good+g, bad+b, j
	}
	if good == 0 || bad == 0 {
		return math.NaN()
	}
	return wins / (good * bad)
}

// draws is a fixed sequence of even numbers (splitmix64), so that the same outcomes give the same interval.
type draws uint64

// next gives a number below n.
func (d *draws) next(n int) int {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return int((z ^ z>>31) % uint64(n)) //nolint:gosec // n is a small positive count
}

// bootstrap draws groups with replacement a thousand times.
func bootstrap(groups map[string][]heldOut) (low, high float64) {
	names := slices.Sorted(maps.Keys(groups))
	r := draws(1)
	var all []float64
	for range 1000 {
		var draw []heldOut
		for range names {
			draw = append(draw, groups[names[r.next(len(names))]]...)
		}
		if a := auc(draw); !math.IsNaN(a) {
			all = append(all, a)
		}
	}
	slices.Sort(all)
	if len(all) == 0 {
		return 0, 1
	}
	return all[len(all)*25/1000], all[min(len(all)-1, len(all)*975/1000)]
}

func bins(list []heldOut) []Bin {
	s := slices.Clone(list)
	slices.SortStableFunc(s, func(a, b heldOut) int { return cmp.Compare(a.p, b.p) })
	var out []Bin
	for k := range 5 {
		part := s[len(s)*k/5 : len(s)*(k+1)/5]
		var b Bin
		for _, x := range part {
			b.Samples++
			b.Predicted += x.p / float64(len(part))
			if x.bad {
				b.Happened += 1 / float64(len(part))
			}
		}
		out = append(out, b)
	}
	return out
}

// curve gives the share of bad ones found where a tenth, two tenths ... of the good ones are flagged.
func curve(list []heldOut) []Rates {
	s := slices.Clone(list)
	slices.SortStableFunc(s, func(a, b heldOut) int { return cmp.Compare(b.rank, a.rank) })
	bad := 0.0
	for _, x := range s {
		if x.bad {
			bad++
		}
	}
	good := float64(len(s)) - bad
	var out []Rates
	t, f, next := 0.0, 0.0, 0.05
	for _, x := range s {
		if x.bad {
			t++
		} else {
			f++
		}
		if f/good >= next-1e-12 {
			out = append(out, Rates{f / good, t / bad})
			next = math.Floor(f/good*20+1.0000001) / 20
		}
	}
	return out
}
