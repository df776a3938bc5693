package money

import "math"

// poissonTail gives the logarithm (base e) of the chance of k events or more where lambda are expected.
func poissonTail(k int, lambda float64) float64 {
	if k <= 0 {
		return 0
	}
	if lambda <= 0 {
		return math.Inf(-1)
	}
	if float64(k) <= lambda {
		return 0 // as expected, or fewer: no surprise
	}
	lg, _ := math.Lgamma(float64(k) + 1)
	first := float64(k)*math.Log(lambda) - lambda - lg
	sum, term := 1.0, 1.0
	for j := 1; j < 200 && term > 1e-12; j++ {
		term *= lambda / float64(k+j)
		sum += term
	}
	return min(0, first+math.Log(sum))
}

// binomialTail gives the logarithm of the chance of k or more of n where each has chance p.
func binomialTail(k, n int, p float64) float64 {
	if k <= 0 || float64(k) <= p*float64(n) {
		return 0
	}
	if p <= 0 {
		return math.Inf(-1)
	}
	top, sum := math.Inf(-1), 0.0
	for j := k; j <= n; j++ {
		v := logChoose(n, j) + float64(j)*math.Log(p) + float64(n-j)*math.Log1p(-min(p, 1-1e-12))
		if v > top {
			sum = sum*math.Exp(top-v) + 1
			top = v
			continue
		}
		sum += math.Exp(v - top)
	}
	return min(0, top+math.Log(sum))
}

func logChoose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n) + 1)
	b, _ := math.Lgamma(float64(k) + 1)
	c, _ := math.Lgamma(float64(n-k) + 1)
	return a - b - c
}

// together joins independent chances, given as logarithms, into one (Fisher's method): the chance that the product of as many
// uniform numbers is as small.
func together(logs ...float64) float64 {
	sum := 0.0
	for _, l := range logs {
		sum -= max(l, -600)
	}
	if sum == 0 {
		return 0
	}
	term, total := 1.0, 1.0
	for i := 1; i < len(logs); i++ {
		term *= sum / float64(i)
		total += term
	}
	return min(0, -sum+math.Log(total))
}

// surprise says how many powers of ten a structure stays below one such structure by chance in the whole ledger: chance is the
// logarithm of one trial's, trials how many there were. 0 is "expected anyway".
func surprise(chance, trials float64) float64 {
	return max(0, -(chance+math.Log(max(1, trials)))/math.Ln10)
}

func logOf(x float64) float64 { return math.Log(x) }
