package detect

import "math"

// number reads a number at i: digits with grouping and decimals, Chinese numerals, or both with a scale ("1.5" + 10^4).
// A bare scale ("ten thousand") counts only where bare is set by the caller's grammar (after "each").
type numberMode bool

const (
	withDigits numberMode = false
	bareScale  numberMode = true
)

func (lx *lexicon) number(rs []rune, i int32, mode numberMode) (value float64, end int32, ok bool) {
	if int(i) >= len(rs) {
		return 0, i, false
	}
	if isDigit(rs[i]) {
		value, end = arabic(rs, i)
		return lx.scaled(rs, value, end)
	}
	if int(rs[i]) >= len(lx.numeral) || rs[i] < 0 || !lx.numeral[rs[i]] {
		return 0, i, false
	}
	return lx.chinese(rs, i, mode)
}

func arabic(rs []rune, i int32) (float64, int32) {
	v, digits := 0.0, 0
	n := int32(len(rs))
	for i < n {
		if rs[i] == ',' && digits > 0 && digits <= 3 && i+3 < n && isDigit(rs[i+1]) && isDigit(rs[i+2]) && isDigit(rs[i+3]) && (i+4 >= n || !isDigit(rs[i+4])) {
			v, i = v*1000+float64(rs[i+1]-'0')*100+float64(rs[i+2]-'0')*10+float64(rs[i+3]-'0'), i+4
			continue
		}
		if !isDigit(rs[i]) {
			break
		}
		if digits < 15 {
			v = v*10 + float64(rs[i]-'0')
		}
		digits++
		i++
	}
	if i+1 < n && rs[i] == '.' && isDigit(rs[i+1]) {
		unit := 1.0
		for i++; i < n && isDigit(rs[i]); i++ {
			if unit < 1e9 {
				v, unit = v*10+float64(rs[i]-'0'), unit*10
			}
		}
		v /= unit
	}
	return v, i
}

func (lx *lexicon) scaled(rs []rune, v float64, i int32) (float64, int32, bool) {
	for int(i) < len(rs) && v < 1e15 {
		if (rs[i] == 'w' || rs[i] == 'k') && (int(i)+1 >= len(rs) || !isLatin(rs[i+1])) {
			if rs[i] == 'w' {
				return v * 10000, i + 1, true
			}
			return v * 1000, i + 1, true
		}
		if lx.prefixAt(rs, i) {
			break
		}
		s, ok := lx.scales[rs[i]]
		if !ok {
			break
		}
		v, i = v*s, i+1
		if s >= 10000 {
			return lx.rest(rs, v, s, i)
		}
	}
	return v, i, true
}

// rest reads what people leave out behind a great scale: "1 ten-thousand 5" is 15,000, "1 ten-thousand 2 thousand" is 12,000. A digit that
// counts time or is a number of its own is none.
func (lx *lexicon) rest(rs []rune, v, scale float64, i int32) (float64, int32, bool) {
	if int(i) >= len(rs) || !isDigit(rs[i]) || rs[i] == '0' {
		return v, i, true
	}
	more, end := arabic(rs, i)
	if int(end) < len(rs) {
		if s, ok := lx.scales[rs[end]]; ok && s < scale && more < 10 && !lx.prefixAt(rs, end) {
			return v + more*s, end + 1, true
		}
		if u := lx.unit(rs, end, clTimeUnit, clRatioUnit, clInterestUnit, clCountUnit, clLevelUnit, clMultipleUnit); u != nil || rs[end] == '-' || rs[end] == '~' || lx.numeralAt(rs, end) {
			return v, i, true
		}
	}
	if end-i > 1 {
		return v, i, true
	}
	return v + more*scale/10, end, true
}

func (lx *lexicon) numeralAt(rs []rune, i int32) bool {
	return isDigit(rs[i]) || rs[i] >= 0 && int(rs[i]) < len(lx.numeral) && lx.numeral[rs[i]]
}

// prefixAt says whether a word like "per cent" starts at i, whose first character is also a scale.
func (lx *lexicon) prefixAt(rs []rune, i int32) bool {
	n := lx.trie.step(0, rs[i])
	for j := i + 1; n != 0 && int(j) < len(rs) && j < i+4; j++ {
		if n = lx.trie.step(n, rs[j]); n == 0 {
			return false
		}
		for _, e := range lx.trie.nodes[n].entries {
			if e.class == clRatioPrefix {
				return true
			}
		}
	}
	return false
}

func (lx *lexicon) chinese(rs []rune, i int32, mode numberMode) (float64, int32, bool) {
	start := i
	total, section, digit := 0.0, 0.0, -1.0
	seen := false
	for ; int(i) < len(rs) && i < start+24; i++ {
		r := rs[i]
		if d, ok := lx.digits[r]; ok {
			if digit >= 0 && d >= 0 && section == 0 && total == 0 {
				digit = digit*10 + d // digits written one after the other
			} else {
				digit = d
			}
			if total > 0 && section == 0 && i > start && rs[i-1] != zeroHan && lx.countsTime(rs, i+1) {
				digit = -1 // "ten thousand one year": the one belongs to the year
				break
			}
			seen = true
			continue
		}
		s, ok := lx.scales[r]
		if !ok || lx.prefixAt(rs, i) {
			break
		}
		if !seen && s != 10 && mode == withDigits {
			return 0, start, false
		}
		if digit < 0 {
			digit = 0
			if section == 0 {
				digit = 1
			}
		}
		seen = true
		if s < 10000 {
			section, digit = section+digit*s, -1
			continue
		}
		sum := section + max(digit, 0)
		if sum == 0 {
			sum = 1
		}
		total, section, digit = (total+sum)*s, 0, -1
		if total > 1e15 {
			break
		}
	}
	if !seen {
		return 0, start, false
	}
	if s := lx.scales[rs[max(start, i-2)]]; digit > 0 && i-start >= 2 && s >= 100 {
		digit *= s / 10 // "two thousand five" is 2,500; 2,005 has a zero
	}
	v := total + section + max(digit, 0)
	return lx.chineseDecimals(rs, v, i)
}

// zeroHan is the Chinese zero, which ties a digit behind it to the number.
const zeroHan = 0x96f6

// countsTime says whether a unit of time starts at i.
func (lx *lexicon) countsTime(rs []rune, i int32) bool {
	return int(i) < len(rs) && lx.unit(rs, i, clTimeUnit) != nil
}

func (lx *lexicon) chineseDecimals(rs []rune, v float64, i int32) (float64, int32, bool) {
	if int(i)+1 >= len(rs) || !lx.is(rs[i], clDecimal) {
		return v, i, true
	}
	d, ok := lx.digits[rs[i+1]]
	if !ok {
		return v, i, true
	}
	unit := 0.1
	for i++; ok && unit > 1e-9; {
		v += d * unit
		unit /= 10
		i++
		if int(i) >= len(rs) {
			break
		}
		d, ok = lx.digits[rs[i]]
	}
	return v, i, true
}

// is says whether a single character is a word of a class.
func (lx *lexicon) is(r rune, c class) bool {
	n := lx.trie.step(0, r)
	if n == 0 {
		return false
	}
	for _, e := range lx.trie.nodes[n].entries {
		if e.class == c {
			return true
		}
	}
	return false
}

// unit finds the longest word of one of the classes at i.
func (lx *lexicon) unit(rs []rune, i int32, classes ...class) *entry {
	var best *entry
	n := int32(0)
	for j := i; int(j) < len(rs); j++ {
		if n = lx.trie.step(n, rs[j]); n == 0 {
			break
		}
		for _, e := range lx.trie.nodes[n].entries {
			for _, c := range classes {
				if e.class == c && wordBounds(rs, i, j+1) {
					best = e
				}
			}
		}
	}
	return best
}

// wordBounds keeps Latin words whole: "day" is not found in "today".
func wordBounds(rs []rune, start, end int32) bool {
	if isLatin(rs[start]) && start > 0 && isLatin(rs[start-1]) {
		return false
	}
	if isLatin(rs[end-1]) && int(end) < len(rs) && isLatin(rs[end]) {
		return false
	}
	return true
}

// tidy drops the noise of binary fractions, so that 7 % is 0.07.
func tidy(v float64) float64 {
	if v > 1e6 || v < -1e6 {
		return v
	}
	return math.Round(v*1e12) / 1e12
}
