package who

import (
	"cmp"
	_ "embed"
	"iter"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"xiezhi/reference"
)

//go:embed words.txt
var wordsText string

//go:embed latin.txt
var latinText string

//go:embed letters.txt
var lettersText string

// classed is a word with the class of its legal form.
type classed struct{ word, class string }

// vocabulary is what the embedded lists hold; longer words come first in each list.
type vocabulary struct {
	forms, branches, olds, shorts, became, before, after, nation, status, full, now, shortOf []classed
	placeKinds                                                                               []classed

	latinForms  map[string]string // joined words -> class
	longestForm int               // words of the longest form
	weak, drop  map[string]bool
	titles      map[string]bool
	particles   map[string]bool
	same        map[string]string
	letters     map[rune]string
}

// words reads the embedded lists once.
var words = sync.OnceValue(func() *vocabulary {
	v := &vocabulary{latinForms: map[string]string{}, weak: map[string]bool{}, drop: map[string]bool{}, titles: map[string]bool{}, particles: map[string]bool{},
		same: map[string]string{}, letters: map[rune]string{}}
	lists := map[string]*[]classed{"form": &v.forms, "branch": &v.branches, "old": &v.olds, "short": &v.shorts, "became": &v.became, "before": &v.before,
		"after": &v.after, "nation": &v.nation, "status": &v.status, "full": &v.full, "now": &v.now, "shortof": &v.shortOf, "place": &v.placeKinds}
	for w := range listed(wordsText) {
		kind, class, word := w.kind, w.class, w.word
		if list := lists[kind]; list != nil {
			*list = append(*list, classed{reference.Fold(word), class})
		}
	}
	for _, list := range lists {
		slices.SortStableFunc(*list, func(a, b classed) int { return cmp.Compare(len(b.word), len(a.word)) })
	}
	v.readLatin()
	for line := range strings.Lines(lettersText) {
		letter, reading, ok := strings.Cut(strings.TrimSpace(line), " ")
		r, _ := utf8.DecodeRuneInString(letter)
		if ok && r != '#' {
			v.letters[r] = strings.TrimSuffix(reading, "-")
		}
	}
	return v
})

func (v *vocabulary) readLatin() {
	sets := map[string]map[string]bool{"weak": v.weak, "drop": v.drop, "title": v.titles, "particle": v.particles}
	first := ""
	line := ""
	for w := range listed(latinText) {
		kind, class, word := w.kind, w.class, w.word
		plain := strings.ReplaceAll(strings.ReplaceAll(word, ".", ""), "'", "")
		switch kind {
		case "form":
			v.latinForms[strings.ReplaceAll(plain, "_", " ")] = class
			v.longestForm = max(v.longestForm, strings.Count(plain, "_")+1)
		case "same":
			if class != line {
				line, first = class, strings.ReplaceAll(plain, "_", " ")
			}
			v.same[strings.ReplaceAll(plain, "_", " ")] = first
		default:
			if set := sets[kind]; set != nil {
				set[plain] = true
			}
		}
	}
}

// entry is a word of a list.
type entry struct{ kind, class, word string }

// listed gives the words of a list with kind and class; a class of "-" is the number of its line.
func listed(text string) iter.Seq[entry] {
	return func(yield func(entry) bool) {
		n := 0
		for line := range strings.Lines(text) {
			n++
			f := strings.Fields(line)
			if len(f) < 3 || f[0] == "#" || strings.HasPrefix(f[0], "#") {
				continue
			}
			class := f[1]
			if class == "-" {
				class = string(rune(n))
			}
			for _, w := range f[2:] {
				if !yield(entry{f[0], class, w}) {
					return
				}
			}
		}
	}
}

// leading gives the longest of the words that the text begins with.
func leading(text string, list []classed) (classed, bool) {
	for _, w := range list {
		if strings.HasPrefix(text, w.word) {
			return w, true
		}
	}
	return classed{}, false
}
