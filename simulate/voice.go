package simulate

import (
	"strconv"
	"strings"
)

// voice gives the words in which a company and those who deal with it speak.
func (s *scribe) voice(c *company) voice {
	v := voice{area: strings.ToLower(c.profile.area), alias: map[string]string{"y": "soft"},
		words: map[string]string{"name": c.name, "brand": c.brand, "product": c.product.name}}
	if c.product.name == "" {
		v.words["product"] = c.brand
	}
	if c.product.permyriad == 0 {
		return v
	}
	n := c.product.permyriad
	v.alias["y"] = "y_" + c.product.period
	v.words["rate"] = hundredths(n)
	v.words["rate3"] = hundredths(3 * n)
	v.words["rate_cn"] = s.w.lex.spelled(n)
	v.words["fen"] = s.w.lex.folk(n)
	for name, stake := range map[string]int64{"per100": 100, "per1k": 1_000, "per10k": 10_000, "per50k": 50_000, "per100k": 100_000,
		"per500k": 500_000} {
		v.words[name] = hundredths(stake * n / 100)
	}
	return v
}

// hundredths writes a number of hundredths without needless zeros: 150 is 1.5.
func hundredths(n int64) string {
	whole, part := n/100, n%100
	if part == 0 {
		return number(whole)
	}
	return strings.TrimRight(number(whole)+"."+strconv.FormatInt(100+part, 10)[1:], "0")
}

// spelled writes hundredths of a per cent as Chinese speak them; the digits, ten, the point and the words for per cent are
// lines of the list digits.
func (l *lexicon) spelled(n int64) string {
	d := l.lines["digits"]
	ten, point, percent := d[10], d[11], d[12]
	whole, part := n/100, n%100
	out := percent
	switch {
	case whole >= 100:
		return hundredths(n) + "%"
	case whole >= 20:
		out += d[whole/10] + ten
	case whole >= 10:
		out += ten
	}
	if whole < 10 || whole%10 > 0 {
		out += d[whole%10]
	}
	if part == 0 {
		return out
	}
	out += point + d[part/10]
	if part%10 > 0 {
		out += d[part%10]
	}
	return out
}

// folk writes a monthly yield as neighbours do, in tenths of ten; what has no such word is said in points.
func (l *lexicon) folk(n int64) string {
	for _, line := range l.lines["fen"] {
		permille, word, _ := strings.Cut(line, "|")
		if permille+"0" == number(n) {
			return word
		}
	}
	return hundredths(n) + "%"
}
