package ingest

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// Rounding says how a scaled number is brought to its digits.
type Rounding string

// The ways of rounding; without one, digits that do not fit are refused.
const (
	RoundNone     Rounding = ""
	RoundHalfEven Rounding = "half_even"
	RoundHalfUp   Rounding = "half_up"
	RoundDown     Rounding = "down"
)

const (
	maxDigits   = 60 // characters of a foreign number
	maxExponent = 40
)

// parseFen reads an amount of currency units, digits with at most two decimals, into hundredths.
func parseFen(s string) (int64, problem) {
	if s != "" && s[0] == '-' && isPlain(s[1:]) {
		return 0, bad("ingest.refused.negative")
	}
	var n int64
	decimals := -1
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '.' && decimals < 0 && i > 0 {
			decimals = 0
			continue
		}
		if c < '0' || c > '9' {
			return 0, bad("ingest.refused.amount")
		}
		if decimals >= 0 {
			if decimals++; decimals > 2 {
				return 0, moreDecimals(s[i:])
			}
		}
		if n > (math.MaxInt64-9)/10 {
			return 0, bad("ingest.refused.too_large")
		}
		n = n*10 + int64(c-'0')
	}
	if decimals == 0 || s == "" {
		return 0, bad("ingest.refused.amount")
	}
	for d := max(decimals, 0); d < 2; d++ {
		if n > math.MaxInt64/10 {
			return 0, bad("ingest.refused.too_large")
		}
		n *= 10
	}
	return n, problem{}
}

func moreDecimals(rest string) problem {
	if strings.Trim(rest, "0123456789") != "" {
		return bad("ingest.refused.amount")
	}
	return bad("ingest.refused.decimals", "digits", "2")
}

func isPlain(s string) bool {
	return s != "" && strings.Trim(s, "0123456789.") == "" && strings.Count(s, ".") <= 1
}

// parseCount reads a whole number that is not negative.
func parseCount(s string) (int64, problem) {
	if len(s) > 1 && s[0] == '-' && isPlain(s[1:]) {
		return 0, bad("ingest.refused.negative")
	}
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, bad("ingest.refused.whole_number")
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, bad("ingest.refused.too_large")
	}
	return n, problem{}
}

// parseFraction reads a decimal number that is finite and not negative; an exponent is allowed.
func parseFraction(s string) (float64, problem) {
	if len(s) > 1 && s[0] == '-' {
		if _, p := parseFraction(s[1:]); p.ok() {
			return 0, bad("ingest.refused.negative")
		}
	}
	if _, ok := parseDecimal(s); !ok || s[0] == '-' {
		return 0, bad("ingest.refused.number")
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return 0, bad("ingest.refused.number")
	}
	return f, problem{}
}

// decimal is coef * 10^-scale, exactly.
type decimal struct {
	coef  *big.Int
	scale int
}

// parseDecimal reads [-]digits[.digits][e[+-]digits], of bounded length.
func parseDecimal(s string) (decimal, bool) {
	if len(s) == 0 || len(s) > maxDigits {
		return decimal{}, false
	}
	mantissa, exponent := s, 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		e, err := strconv.Atoi(s[i+1:])
		if err != nil || e > maxExponent || e < -maxExponent {
			return decimal{}, false
		}
		mantissa, exponent = s[:i], e
	}
	digits, negative := strings.CutPrefix(mantissa, "-")
	whole, part, dotted := strings.Cut(digits, ".")
	if whole == "" || (dotted && part == "") || strings.Trim(whole+part, "0123456789") != "" {
		return decimal{}, false
	}
	coef, ok := new(big.Int).SetString(whole+part, 10)
	if !ok {
		return decimal{}, false
	}
	if negative {
		coef.Neg(coef)
	}
	return decimal{coef: coef, scale: len(part) - exponent}, true
}

func (d decimal) times(e decimal) decimal {
	return decimal{coef: new(big.Int).Mul(d.coef, e.coef), scale: d.scale + e.scale}
}

// rounded brings d to at most the given number of decimals; it fails where digits would be lost without a rounding.
func (d decimal) rounded(digits int, how Rounding) (decimal, bool) {
	if d.scale <= digits {
		return d, true
	}
	unit := tenTo(d.scale - digits)
	q, rest := new(big.Int).QuoRem(d.coef, unit, new(big.Int))
	if rest.Sign() == 0 {
		return decimal{q, digits}, true
	}
	if how == RoundNone {
		return decimal{}, false
	}
	if how != RoundDown && roundsAway(q, rest, unit, how) {
		q.Add(q, big.NewInt(int64(d.coef.Sign())))
	}
	return decimal{q, digits}, true
}

func roundsAway(q, rest, unit *big.Int, how Rounding) bool {
	twice := new(big.Int).Abs(rest)
	twice.Lsh(twice, 1)
	switch twice.Cmp(unit) {
	case 1:
		return true
	case 0:
		return how == RoundHalfUp || q.Bit(0) == 1
	}
	return false
}

// String writes d without an exponent and without needless zeros.
func (d decimal) String() string {
	coef := d.coef
	if d.scale < 0 {
		coef = new(big.Int).Mul(coef, tenTo(-d.scale))
	}
	text, sign := new(big.Int).Abs(coef).String(), ""
	if d.scale > 0 {
		if len(text) <= d.scale {
			text = strings.Repeat("0", d.scale-len(text)+1) + text
		}
		cut := len(text) - d.scale
		text = strings.TrimSuffix(strings.TrimRight(text[:cut]+"."+text[cut:], "0"), ".")
	}
	if coef.Sign() < 0 && strings.Trim(text, "0.") != "" {
		sign = "-"
	}
	return sign + text
}

func tenTo(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// compare compares two numbers: below, at or above zero as d is less than, equal to or more than e.
func (d decimal) compare(e decimal) int {
	a, b := d.coef, e.coef
	if d.scale < e.scale {
		a = new(big.Int).Mul(a, tenTo(e.scale-d.scale))
	}
	if e.scale < d.scale {
		b = new(big.Int).Mul(b, tenTo(d.scale-e.scale))
	}
	return a.Cmp(b)
}
