package who

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"xiezhi/reference"
)

// latinName is a name in letters, read into words; letters of other scripts are kept beside their Latin reading.
type latinName struct {
	words []string // without form, dropped words and titles
	plain string   // all words that are not dropped, with the form's class in its place: equal names in other dress
	form  string
	weak  int // how many of the words tell little
}

// readLatin reads a name of a person or of another body. Without raw, letters of other scripts are read in Latin ones.
func readLatin(s string, person bool, raw rawLetters) latinName {
	v := words()
	var n latinName
	list := tokens(s, raw)
	if !person {
		list, n.form = cutForms(list)
	}
	for _, w := range list {
		if v.drop[w] && len(list) > 2 && (!person || w == "and" || w == "the") {
			continue
		}
		if person && v.titles[w] && len(list) > 2 {
			continue
		}
		if same, ok := v.same[w]; ok && (!person || !digits(same)) {
			w = same
		}
		n.words = append(n.words, w)
		if v.weak[w] {
			n.weak++
		}
	}
	n.words = joinPhrases(n.words, v.same)
	n.plain = strings.Join(n.words, " ") + "|" + n.form
	return n
}

// rawLetters says whether letters stay in their script.
type rawLetters int

const (
	latinLetters rawLetters = iota
	ownLetters
)

// tokens cuts a name into words of small letters without marks; single letters that stand together with dots are one word.
func tokens(s string, raw rawLetters) []string {
	v := words()
	var out strings.Builder
	var last rune
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		r = unicode.ToLower(r)
		reading, other := v.letters[r]
		switch {
		case raw == latinLetters && other:
			out.WriteString(reading)
		case raw == latinLetters && unicode.Is(unicode.Han, r):
			out.WriteString(reference.Pinyin(string(r)))
		case unicode.Is(unicode.Mn, r) && (raw == latinLetters || unicode.Is(unicode.Latin, last) || last < 0x250):
			continue
		case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r):
			out.WriteRune(r)
		case r == '\'' || r == 0x2019 || r == '`' || r == 0x2bc || r == 0x2018 || r == 0x200c || r == 0xad:
			continue
		case r == '&' || r == '+':
			out.WriteString(" and ")
		case r == '.':
			out.WriteByte('.')
		default:
			out.WriteByte(' ')
		}
		last = r
	}
	var list []string
	for _, w := range strings.Fields(out.String()) {
		list = append(list, dotted(w)...)
	}
	return joinSingles(list)
}

// dotted keeps the letters of an initialism together and cuts other words at dots.
func dotted(w string) []string {
	parts := strings.FieldsFunc(w, func(r rune) bool { return r == '.' })
	short := len(parts) > 1
	for _, p := range parts {
		short = short && len([]rune(p)) <= 2
	}
	if short {
		return []string{strings.Join(parts, "")}
	}
	return parts
}

// joinSingles joins single letters that follow each other, as in "A B C".
func joinSingles(list []string) []string {
	var out []string
	run := ""
	flush := func() {
		if run != "" {
			out = append(out, run)
			run = ""
		}
	}
	for _, w := range list {
		if len(w) == 1 && w[0] >= 'a' && w[0] <= 'z' {
			run += w
			continue
		}
		flush()
		out = append(out, w)
	}
	flush()
	return out
}

// cutForms takes the legal form off either end of a company's words; where there are several the strictest stands.
func cutForms(list []string) ([]string, string) {
	v := words()
	form := ""
	for again := true; again; {
		again = false
		for n := min(v.longestForm, len(list)-1); n >= 1 && !again; n-- {
			if class, ok := v.latinForms[strings.Join(list[len(list)-n:], " ")]; ok {
				list, again = list[:len(list)-n], true
				form = strictest(form, class)
				continue
			}
			if class, ok := v.latinForms[strings.Join(list[:n], " ")]; ok {
				list, again = list[n:], true
				form = strictest(form, class)
			}
		}
	}
	if len(list) == 1 { // a form written onto the name
		for form2, class := range v.latinForms {
			if len(form2) >= 2 && class != "company" && form == "" && strings.HasSuffix(list[0], form2) && glued(list[0], form2) {
				return []string{strings.TrimSuffix(list[0], form2)}, class
			}
		}
	}
	return list, form
}

// glued says that a form at the end of a word can only be one: it is no usual end of a word.
func glued(w, form string) bool {
	return len(w) >= len(form)+4 && (form == "ag" || form == "gmbh" || form == "ltd" || form == "llc" || form == "inc" || form == "plc" || form == "ooo")
}

func strictest(a, b string) string {
	loose := map[string]int{"": 0, "company": 1, "corporation": 2}
	ra, oka := loose[a]
	rb, okb := loose[b]
	switch {
	case !oka:
		return a
	case !okb, rb > ra:
		return b
	}
	return a
}

// joinPhrases replaces two words that are together another spelling of one.
func joinPhrases(list []string, same map[string]string) []string {
	var out []string
	for i := 0; i < len(list); i++ {
		if i+1 < len(list) {
			if first, ok := same[list[i]+" "+list[i+1]]; ok {
				out = append(out, first)
				i++
				continue
			}
		}
		out = append(out, list[i])
	}
	return out
}

func digits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return s != ""
}

// clash says whether two legal forms cannot be those of one company.
func clash(a, b string) bool {
	if a == b {
		return false
	}
	loose := func(f string) bool { return f == "" || f == "company" || f == "corporation" }
	return !loose(a) && !loose(b)
}

// scripts gives the main script of a name.
func mainScript(s string) *unicode.RangeTable {
	tables := []*unicode.RangeTable{unicode.Latin, unicode.Han, unicode.Cyrillic, unicode.Greek, unicode.Arabic, unicode.Hangul, unicode.Georgian, unicode.Katakana, unicode.Hiragana,
		unicode.Khmer, unicode.Ethiopic, unicode.Hebrew, unicode.Thai, unicode.Armenian, unicode.Devanagari}
	count := make([]int, len(tables))
	for _, r := range s {
		for i, t := range tables {
			if unicode.Is(t, r) {
				count[i]++
			}
		}
	}
	best := slices.Index(count, slices.Max(count))
	if count[best] == 0 {
		return nil
	}
	return tables[best]
}
