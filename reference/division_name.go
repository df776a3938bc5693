package reference

import (
	"bufio"
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:embed place_words.txt
var placeWordsText string

// placeForm is one way to write a division.
type placeForm struct {
	code string
	rank formRank
}

// formRank orders the ways to write one: the short name alone, the short name with a usual kind, the official name.
type formRank int

const (
	formShort formRank = iota
	formUsual
	formOfficial
)

type placeIndex struct {
	forms   map[string][]placeForm
	skip    []string
	stop    []string
	longest int // runes of the longest form
}

var places = sync.OnceValue(func() placeIndex {
	index := placeIndex{forms: map[string][]placeForm{}}
	for line := range strings.Lines(placeWordsText) {
		switch kind, word, _ := strings.Cut(strings.TrimSpace(line), " "); kind {
		case "skip":
			index.skip = append(index.skip, Fold(word))
		case "stop":
			index.stop = append(index.stop, Fold(word))
		}
	}
	kinds := placeKinds()
	for _, d := range Divisions() {
		index.add(d.Name, placeForm{d.Code, formOfficial})
		if d.Short == d.Name {
			continue
		}
		index.add(d.Short, placeForm{d.Code, formShort})
		for _, kind := range kinds[d.Level] {
			index.add(d.Short+kind, placeForm{d.Code, formUsual})
		}
	}
	return index
})

func (p *placeIndex) add(name string, form placeForm) {
	name = Fold(name)
	runes := utf8.RuneCountInString(name)
	if runes < 2 {
		return
	}
	for _, f := range p.forms[name] {
		if f.code == form.code {
			return
		}
	}
	p.forms[name] = append(p.forms[name], form)
	p.longest = max(p.longest, runes)
}

//go:embed place_kinds.txt
var placeKindsText string

// placeKinds returns, for a level, the kinds that offices put behind the short name: a long autonomous prefecture is
// written with the one-character kind.
func placeKinds() map[Level][]string {
	kinds := map[Level][]string{}
	scanner := bufio.NewScanner(strings.NewReader(placeKindsText))
	for scanner.Scan() {
		if level, list, ok := strings.Cut(scanner.Text(), ":"); ok && !strings.HasPrefix(level, "#") {
			kinds[Level(level)] = strings.Fields(list)
		}
	}
	return kinds
}

// DivisionByName reads a place name as offices write it, with or without the kinds of place and the levels between, in
// simplified or traditional characters, and returns the deepest division that is certain. A part that is unknown or
// could be several places ends the reading at what was certain before it. It fails where nothing is certain.
func DivisionByName(text string) (code string, ok bool) {
	rest := Fold(text)
	at := NationCode
	index := places()
	for rest != "" {
		next, length, certain := index.step(at, rest)
		if length == 0 {
			length = index.skipped(at, rest)
			if length == 0 {
				break
			}
			rest = rest[length:]
			continue
		}
		at, rest = next, rest[length:]
		if !certain {
			break
		}
	}
	if at == NationCode {
		return nationByName(text)
	}
	return at, true
}

// nationByName tells the nation's own name from a name that could not be read.
func nationByName(text string) (string, bool) {
	nation := divisions().byCode[NationCode]
	folded := Fold(text)
	if folded == Fold(nation.Name) {
		return NationCode, true
	}
	for _, word := range places().skip[:2] {
		if folded == word {
			return NationCode, true
		}
	}
	return "", false
}

// skipped returns the length of a word at the start of rest that names no further division.
func (p placeIndex) skipped(at, rest string) int {
	d := divisions().byCode[at]
	words := append([]string{Fold(d.Name), Fold(d.Short)}, p.skip...)
	for _, w := range words {
		if strings.HasPrefix(rest, w) {
			return len(w)
		}
	}
	return 0
}

// step finds the division below at that the start of rest names, by the longest form. Length is 0 when none is certain.
// With certain false, the division is the common ancestor of several candidates, and the reading must end.
func (p placeIndex) step(at, rest string) (code string, length int, certain bool) {
	ends := make([]int, 0, p.longest)
	for i := range rest {
		if i > 0 {
			ends = append(ends, i)
		}
		if len(ends) == p.longest {
			break
		}
	}
	if len(ends) < p.longest {
		ends = append(ends, len(rest))
	}
	for i := len(ends) - 1; i >= 0; i-- {
		forms := p.below(at, rest[:ends[i]])
		if len(forms) == 0 {
			continue
		}
		if forms[0].rank == formShort && p.doubtful(at, forms, rest[ends[i]:]) {
			continue
		}
		code, certain := choose(at, forms)
		if code == at {
			return "", 0, false
		}
		return code, ends[i], certain
	}
	return "", 0, false
}

// below returns the forms with this name strictly below at, those of the highest rank alone.
func (p placeIndex) below(at, name string) []placeForm {
	var found []placeForm
	for _, f := range p.forms[name] {
		if f.code == at || !Covers(at, f.code) {
			continue
		}
		if len(found) > 0 && f.rank > found[0].rank {
			found = found[:0]
		}
		if len(found) == 0 || f.rank == found[0].rank {
			found = append(found, f)
		}
	}
	return found
}

// doubtful reports whether a short name is no place name because of what follows: a word such as road or river that does
// not begin a place below, or, for a county named without anything above it, anything at all.
func (p placeIndex) doubtful(at string, forms []placeForm, rest string) bool {
	if at == NationCode && rest != "" && divisions().byCode[forms[0].code].Level == LevelCounty {
		return true
	}
	for _, w := range p.stop {
		if strings.HasPrefix(rest, w) {
			_, further, _ := p.step(forms[0].code, rest)
			return further == 0
		}
	}
	return false
}

// choose picks among divisions of one name. A province wins by custom. Short of the nation the highest wins: a city
// before counties of its name elsewhere, unless one of those is a district of a municipality, which people name alone
// too. What is left is certain only as far as the candidates have an ancestor in common.
func choose(at string, forms []placeForm) (code string, certain bool) {
	if len(forms) == 1 {
		return forms[0].code, true
	}
	byLevel := map[Level][]Division{}
	metropolitan := false
	for _, f := range forms {
		d := divisions().byCode[f.code]
		byLevel[d.Level] = append(byLevel[d.Level], d)
		metropolitan = metropolitan || d.Level == LevelCounty && d.C4() == ""
	}
	if provinces := byLevel[LevelProvince]; len(provinces) == 1 {
		return provinces[0].Code, true
	}
	if cities := byLevel[LevelCity]; len(cities) == 1 && (!metropolitan || at != NationCode) {
		return cities[0].Code, true
	}
	return commonAncestor(forms), false
}

func commonAncestor(forms []placeForm) string {
	common := append([]string{forms[0].code}, Ancestors(forms[0].code)...)
	for _, code := range common {
		all := true
		for _, f := range forms[1:] {
			all = all && Covers(code, f.code)
		}
		if all {
			return code
		}
	}
	return NationCode
}
