package detect

import "math"

// combine makes one score of 0-100 of what the indicators of a dimension give.
type combine func(raw []float64, k float64) float64

func combines() map[string]combine {
	return map[string]combine{"sum": combineSum, "max": combineMax, "saturate": combineSaturate}
}

func combineSum(raw []float64, _ float64) float64 {
	sum := 0.0
	for _, v := range raw {
		sum += v
	}
	return min(100, sum)
}

func combineMax(raw []float64, _ float64) float64 {
	top := 0.0
	for _, v := range raw {
		top = max(top, v)
	}
	return min(100, top)
}

func combineSaturate(raw []float64, k float64) float64 {
	h := 0.0
	for _, v := range raw {
		h += v
	}
	return 100 * h / (h + k)
}

// Index gives 100*(1-P(1-w*s/100)) for weights (0-0.99) and scores (0-100), and the points of each dimension: its share
// of the logarithm, so that the points add up to the index. It never falls when a score rises.
func Index(weights, scores []float64) (index float64, points []float64) {
	points = make([]float64, len(weights))
	sum := 0.0
	for i, w := range weights {
		s := min(100, max(0, scores[i]))
		if w*s == 0 {
			continue
		}
		points[i] = math.Log1p(-w * s / 100)
		sum += points[i]
	}
	if sum == 0 {
		return 0, points
	}
	index = -100 * math.Expm1(sum)
	for i := range points {
		points[i] = index * points[i] / sum
	}
	return index, points
}
