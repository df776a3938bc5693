package simulate

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

//go:embed words.txt
var wordsText string

//go:embed texts.txt
var textsText string

// lexicon holds lists of words and of sentences with places to fill: {name} is a value of the text at hand or else a
// word of the list of that name, {n:3-9} a whole number between the two.
type lexicon map[string][]string

func readLexicon() lexicon {
	lex := lexicon{}
	for _, text := range []string{wordsText, textsText} {
		section := ""
		for line := range strings.Lines(text) {
			line = strings.TrimRight(line, "\r\n")
			if name, ok := strings.CutPrefix(line, "## "); ok {
				section = name
				continue
			}
			lex[section] = append(lex[section], line)
		}
	}
	return lex
}

func (l lexicon) pick(r *rand.Rand, section string) string {
	list := l[section]
	if len(list) == 0 {
		return ""
	}
	return list[r.IntN(len(list))]
}

// say draws a sentence of the section and fills it.
func (l lexicon) say(r *rand.Rand, section string, values map[string]string) string {
	return l.fill(r, l.pick(r, section), values, 0)
}

const deepest = 6

func (l lexicon) fill(r *rand.Rand, text string, values map[string]string, depth int) string {
	if depth > deepest || !strings.Contains(text, "{") {
		return text
	}
	var b strings.Builder
	for {
		before, rest, open := strings.Cut(text, "{")
		b.WriteString(before)
		if !open {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		b.WriteString(l.place(r, name, values, depth))
		text = after
	}
}

func (l lexicon) place(r *rand.Rand, name string, values map[string]string, depth int) string {
	if span, ok := strings.CutPrefix(name, "n:"); ok {
		low, high, err := bounds(span)
		if err != nil {
			return ""
		}
		return strconv.FormatInt(between(r, low, high), 10)
	}
	if v, ok := values[name]; ok {
		return v
	}
	return l.fill(r, l.pick(r, name), values, depth+1)
}

// bounds reads 3-9.
func bounds(s string) (low, high int64, err error) {
	a, b, _ := strings.Cut(s, "-")
	if low, err = strconv.ParseInt(a, 10, 64); err == nil {
		high, err = strconv.ParseInt(b, 10, 64)
	}
	if err != nil || high < low {
		return 0, 0, fmt.Errorf("bounds %q", s)
	}
	return low, high, nil
}

func between(r *rand.Rand, low, high int64) int64 { return low + r.Int64N(high-low+1) }
