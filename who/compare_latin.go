package who

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// latin compares two names in letters: in their own script where that is one, in Latin letters where not.
func latin(a, b string, sort Sort) Match {
	raw := latinLetters
	sa, sb := mainScript(a), mainScript(b)
	if sa != nil && sa == sb && sa != unicode.Latin {
		raw = ownLetters
	}
	person := sort == OfPerson
	x, y := readLatin(a, person, raw), readLatin(b, person, raw)
	var m Match
	if len(x.words) == 0 || len(y.words) == 0 {
		return m.as(Other)
	}
	if !person && clash(x.form, y.form) {
		m.add(-30, "form")
	}
	joined := strings.Join(x.words, "") == strings.Join(y.words, "")
	if joined && m.Score == 0 && len(m.Reasons) == 0 {
		m.add(95, "dress")
		if !person && x.form != y.form && (x.form == "" || y.form == "") {
			m.add(-10, "form_missing")
		}
		return m.as(Same)
	}
	if person {
		return m.persons(x, y)
	}
	if len(m.Reasons) > 0 {
		return m.as(Other)
	}
	return m.bodies(x, y)
}

// paired is how the words of two names go together.
type paired struct {
	same, near, initial int // words that are equal, near each other, or an initial of the other
	edits               int
	restA, restB        []string // those without a partner
	letters             int      // letters of the words that are paired
}

// budget is how many slips a word of n letters may hold and still be the same word mistyped or transliterated.
func budget(n int) int {
	switch {
	case n <= 2:
		return 0
	case n <= 5:
		return 1
	case n <= 9:
		return 2
	default:
		return 3
	}
}

// pairUp pairs the words of two names: the equal first, then those that are closest.
func pairUp(a, b []string, sort Sort) paired {
	var p paired
	restA, restB := slices.Clone(a), slices.Clone(b)
	take := func(fits func(x, y string) (int, bool), count *int) {
		for i := 0; i < len(restA); i++ {
			best, at := -1, 1<<30
			for j, y := range restB {
				if d, ok := fits(restA[i], y); ok && d < at {
					best, at = j, d
				}
			}
			if best >= 0 {
				*count++
				p.edits += at
				p.letters += utf8.RuneCountInString(restA[i])
				restA = slices.Delete(restA, i, i+1)
				restB = slices.Delete(restB, best, best+1)
				i--
			}
		}
	}
	take(func(x, y string) (int, bool) { return 0, x == y }, &p.same)
	for d := 1; d <= 3; d++ {
		take(func(x, y string) (int, bool) { return near(x, y, d) }, &p.near)
	}
	if sort == OfPerson {
		take(func(x, y string) (int, bool) {
			return 0, (utf8.RuneCountInString(x) == 1 || utf8.RuneCountInString(y) == 1) && firstRune(x) == firstRune(y)
		}, &p.initial)
	}
	p.restA, p.restB = restA, restB
	return p
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// near says whether two words are one with exactly d slips, or sound alike with fewer.
func near(x, y string, d int) (int, bool) {
	rx, ry := []rune(x), []rune(y)
	n := max(len(rx), len(ry))
	if d <= budget(n) && edits(rx, ry, d) == d {
		return d, true
	}
	if d == 1 && n >= 4 && sounds(x) == sounds(y) {
		return 1, true
	}
	return 0, false
}

// persons compares names of persons, whose words may stand in any order and of which some may be left out.
func (m *Match) persons(x, y latinName) Match {
	p := pairUp(x.words, y.words, OfPerson)
	v := words()
	strong := func(list []string) int {
		n := 0
		for _, w := range list {
			if !v.particles[w] {
				n++
			}
		}
		return n
	}
	outA, outB := strong(p.restA), strong(p.restB)
	whole := strong(x.words)
	if w := strong(y.words); w < whole {
		whole = w
	}
	found := whole - min(outA, outB)
	if outA > 0 && outB > 0 {
		if slips, ok := squeezed(x.words, y.words); ok {
			m.add(80-10*slips, "written_together", "n", fmt.Sprint(slips))
			return m.as(Alike)
		}
		if spelledOut(p.restA, p.restB) || spelledOut(p.restB, p.restA) {
			m.add(62, "initials")
			return m.as(Alike)
		}
		return m.as(Other)
	}
	if found < 1 || found == 1 && (outA > 0 || outB > 0) {
		if slips, ok := squeezed(x.words, y.words); ok {
			m.add(80-10*slips, "written_together", "n", fmt.Sprint(slips))
			return m.as(Alike)
		}
		return m.as(Other)
	}
	m.add(96, "words_same", "n", fmt.Sprint(p.same))
	if p.near > 0 {
		m.add(-9*p.edits, "spelling", "n", fmt.Sprint(p.edits))
	}
	if p.initial > 0 {
		m.add(-12*p.initial, "initials")
	}
	if out := outA + outB; out > 0 {
		m.add(-10*out, "words_left", "n", fmt.Sprint(out))
	}
	if m.Score >= 90 {
		return m.as(Same)
	}
	if m.Score < 50 {
		return m.as(Other)
	}
	return m.as(Alike)
}

// squeezed compares names without their gaps.
func squeezed(a, b []string) (int, bool) {
	ra, rb := []rune(strings.Join(a, "")), []rune(strings.Join(b, ""))
	most := min(budget(max(len(ra), len(rb))), 2)
	d := edits(ra, rb, most)
	return d, d <= most && len(ra) >= 5
}

// spelledOut says whether one word holds the initials of the others.
func spelledOut(short, long []string) bool {
	if len(short) != 1 || len(long) < 2 || utf8.RuneCountInString(short[0]) != len(long) {
		return false
	}
	i := 0
	for _, r := range short[0] {
		if firstRune(long[i]) != r {
			return false
		}
		i++
	}
	return true
}

// bodies compares names of companies and other bodies: words that only one has tell them apart, unless they say little.
func (m *Match) bodies(x, y latinName) Match {
	p := pairUp(x.words, y.words, OfBody)
	if slips, ok := squeezed(x.words, y.words); ok {
		m.add(92-10*slips, "written_together", "n", fmt.Sprint(slips))
		return m.as(Alike)
	}
	if spelledOut(p.restA, p.restB) || spelledOut(p.restB, p.restA) || spelledOut(x.words, y.words) || spelledOut(y.words, x.words) {
		m.add(60, "initials")
		return m.as(Alike)
	}
	v := words()
	strongA, strongB := 0, 0
	for _, w := range p.restA {
		if !v.weak[w] {
			strongA++
		}
	}
	for _, w := range p.restB {
		if !v.weak[w] {
			strongB++
		}
	}
	if strongA > 0 || strongB > 0 || len(p.restA) > 0 && len(p.restB) > 0 || p.same+p.near == 0 {
		return m.as(Other)
	}
	m.add(92, "words_same", "n", fmt.Sprint(p.same))
	m.add(-8*p.edits, "spelling", "n", fmt.Sprint(p.edits))
	if out := len(p.restA) + len(p.restB); out > 0 {
		m.add(-12*out, "words_left", "n", fmt.Sprint(out))
	}
	if p.edits == 0 && m.Score >= 90 {
		return m.as(Same)
	}
	if m.Score < 50 {
		return m.as(Other)
	}
	return m.as(Alike)
}
