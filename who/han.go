package who

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"xiezhi/reference"
)

// hanName is a name in Han characters, read into parts; all of them folded.
type hanName struct {
	whole  string // the name as written, folded, without what stands around it
	places []string
	core   string // what is left without places and form: brand and trade
	form   string // class of the legal form, "" where there is none
	tail   string // what follows the form: a branch or another body of the company
	inner  []string
}

// names that a text gives for one subject: the name itself, old ones and short ones.
type hanText struct {
	name  hanName
	olds  []hanName // names it had
	now   []hanName // names the text says it has in full or by now
	short []string
}

// bracketed brings every bracket and quotation mark to round ones, drops what cannot be seen, and folds the rest.
func bracketed(s string) string {
	s = norm.NFKC.String(s)
	var out strings.Builder
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Ps, r) || unicode.Is(unicode.Pi, r):
			out.WriteByte('(')
		case unicode.Is(unicode.Pe, r) || unicode.Is(unicode.Pf, r):
			out.WriteByte(')')
		case r == ':' || r == ',' || r == ';' || r == 0x3002 || r == 0x3001:
			out.WriteByte(',')
		case r == '/' || r == '|':
			out.WriteByte(',')
		default:
			out.WriteString(reference.Fold(string(r)))
		}
	}
	return out.String()
}

// readHan reads a text that names a subject in Han characters.
func readHan(s string) hanText {
	text := bracketed(s)
	var t hanText
	outer, inner := cutBrackets(text)
	for _, in := range inner {
		t.note(in)
	}
	first, rest, _ := strings.Cut(stripBefore(outer), ",")
	for rest != "" || first == "" {
		var next string
		next, rest, _ = strings.Cut(rest, ",")
		switch {
		case first == "" || onlyBefore(first):
			first = stripBefore(next)
		default:
			t.note(next)
		}
		if rest == "" {
			break
		}
	}
	first = t.cutInline(first)
	for _, w := range words().became {
		if was, now, ok := strings.Cut(first, w.word); ok && was != "" && now != "" {
			t.olds = append(t.olds, readHanName(was, nil))
			first = now
			break
		}
	}
	t.name = readHanName(first, innerNames(inner))
	return t
}

// cutInline takes a marked old or short name off that follows a complete name without brackets.
func (t *hanText) cutInline(text string) string {
	end, _ := formEnd(text)
	if end < 0 {
		return text
	}
	if tail := text[end:]; t.note(tail) {
		return text[:end]
	}
	return text
}

// note keeps an old or short name that a bracket or a clause gives, and says whether it did.
func (t *hanText) note(in string) bool {
	in = strings.Trim(in, ",()")
	if w, ok := leading(in, words().shorts); ok && len(in) > len(w.word) {
		t.short = append(t.short, strings.Trim(in[len(w.word):], ",()"))
		return true
	}
	for _, w := range words().shortOf {
		if name, ok := strings.CutSuffix(in, w.word); ok {
			in = name
			return complete(in, &t.now)
		}
	}
	for _, kind := range []struct {
		marks []classed
		names *[]hanName
	}{{words().now, &t.now}, {words().full, &t.now}, {words().olds, &t.olds}} {
		if w, ok := leading(in, kind.marks); ok && complete(in[len(w.word):], kind.names) {
			return true
		}
	}
	return false
}

// complete adds a name that ends with its legal form, and says whether it did.
func complete(name string, to *[]hanName) bool {
	name = strings.Trim(name, ",()")
	end, _ := formEnd(name)
	if end != len(name) || name == "" {
		return false
	}
	*to = append(*to, readHanName(name, nil))
	return true
}

// innerNames keeps of bracketed texts those that are part of the name.
func innerNames(inner []string) []string {
	var out []string
	for _, in := range inner {
		_, old := leading(in, words().olds)
		_, short := leading(in, words().shorts)
		_, after := leading(in, words().after)
		_, now := leading(in, words().now)
		_, full := leading(in, words().full)
		ofShort := slices.ContainsFunc(words().shortOf, func(w classed) bool { return strings.HasSuffix(in, w.word) })
		status := slices.ContainsFunc(words().status, func(w classed) bool { return w.word == in })
		if !old && !short && !after && !now && !full && !ofShort && !status && !code(in) && in != "" {
			out = append(out, in)
		}
	}
	return out
}

// code says whether a bracket holds a number of some register: letters and digits alone, at least eight of them, with a digit.
func code(in string) bool {
	return len(in) >= 8 && strings.ContainsAny(in, "0123456789") && strings.Trim(in, "0123456789abcdefghijklmnopqrstuvwxyz") == ""
}

// cutBrackets parts a text into what stands outside brackets, where a bracket leaves no gap, and what stands inside.
func cutBrackets(text string) (outer string, inner []string) {
	var out, in strings.Builder
	depth := 0
	for _, r := range text {
		switch {
		case r == '(':
			if depth > 0 {
				in.WriteRune('(')
			}
			depth++
		case r == ')' && depth > 0:
			depth--
			if depth == 0 {
				inner = append(inner, in.String())
				in.Reset()
			} else {
				in.WriteRune(')')
			}
		case r == ')':
		case depth > 0:
			in.WriteRune(r)
		default:
			out.WriteRune(r)
		}
	}
	if in.Len() > 0 {
		inner = append(inner, in.String())
	}
	if out.Len() == 0 && len(inner) > 0 {
		return inner[0], inner[1:]
	}
	return out.String(), inner
}

func stripBefore(text string) string {
	for {
		text = strings.TrimLeft(text, ",")
		w, ok := leading(text, words().before)
		if !ok || len([]rune(w.word)) < 2 || len(text) <= len(w.word)+6 {
			return text
		}
		text = text[len(w.word):]
	}
}

func onlyBefore(text string) bool {
	w, ok := leading(text, words().before)
	return ok && w.word == text
}

// formEnd finds where the first legal form of a text ends and its class; -1 where there is none. The longest form that ends furthest within
// the first run of forms is taken.
func formEnd(text string) (int, classed) {
	best, end, at := classed{}, -1, len(text)
	for _, f := range words().forms {
		i := strings.Index(text, f.word)
		if i < 0 {
			continue
		}
		if !endsAnywhere(f.class) && i+len(f.word) != len(text) {
			i = len(text) - len(f.word)
			if !strings.HasSuffix(text, f.word) {
				continue
			}
		}
		if i < at || i == at && len(f.word) > len(best.word) {
			best, end, at = f, i+len(f.word), i
		}
	}
	return end, best
}

// endsAnywhere says whether a form ends a name wherever it stands; the others do so only at the end of the text.
func endsAnywhere(class string) bool {
	return class == "limited" || class == "joint" || class == "company"
}

func readHanName(text string, inner []string) hanName {
	n := hanName{inner: inner}
	text = strings.Map(func(r rune) rune {
		if r == '(' || r == ')' || r == ',' {
			return -1
		}
		return r
	}, text)
	for _, in := range inner {
		if _, ok := leading(in, words().forms); ok {
			text += in
			inner = slices.DeleteFunc(slices.Clone(inner), func(x string) bool { return x == in })
		}
	}
	end, form := formEnd(text)
	body := text
	if end >= 0 {
		body, n.tail, n.form = strings.TrimSuffix(text[:end], form.word), text[end:], form.class
		if _, around := leading(n.tail, words().after); around {
			n.tail = ""
		}
	}
	n.whole = body + form.word + n.tail
	runes := []rune(body)
	stated, rest := bracketPlace(inner)
	for {
		codes, size := leadingPlace(runes, n.places)
		if size == 0 || size == len(runes) || stated != nil && fitPlaces(codes, stated) == placeOther {
			break
		}
		n.places, runes = codes, runes[size:]
	}
	if stated != nil {
		n.places = narrower(n.places, stated)
	}
	for _, in := range rest {
		runes = append(runes, []rune(in)...)
	}
	if n.places == nil {
		n.places, runes = trailingPlace(runes)
	}
	n.core = string(runes)
	return n
}

// bracketPlace finds the place that stands in brackets and gives the other brackets. It outweighs a place at the beginning that it does not
// fit, which is then part of the brand.
func bracketPlace(inner []string) (codes, rest []string) {
	for _, in := range inner {
		if found, size := leadingPlace([]rune(in), nil); size > 0 && size == len([]rune(in)) && codes == nil {
			codes = found
			continue
		}
		rest = append(rest, in)
	}
	return codes, rest
}

// narrower gives the deeper of two sets of places.
func narrower(a, b []string) []string {
	for _, x := range a {
		for _, y := range b {
			if x != y && reference.Covers(y, x) {
				return a
			}
		}
	}
	return b
}
