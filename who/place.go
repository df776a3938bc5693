package who

import (
	"strings"
	"sync"

	"xiezhi/reference"
)

// placeNames maps folded names of divisions, with and without their kind, to codes.
var placeNames = sync.OnceValue(func() map[string][]string {
	index := map[string][]string{}
	add := func(name, code string) {
		name = reference.Fold(name)
		for _, c := range index[name] {
			if c == code {
				return
			}
		}
		index[name] = append(index[name], code)
	}
	for _, d := range reference.Divisions() {
		if d.Code == reference.NationCode {
			continue
		}
		add(d.Name, d.Code)
		if len([]rune(d.Short)) < 2 {
			continue
		}
		add(d.Short, d.Code)
		for _, kind := range words().placeKinds {
			if d.Level != "county" || strings.HasSuffix(reference.Fold(d.Name), kind.word) {
				add(d.Short+kind.word, d.Code)
			}
		}
	}
	return index
})

const longestPlace = 12 // runes

// leadingPlace gives the divisions that the text may begin with and the length of their name in runes; within narrows them to those inside
// one of the given ones. A county stands at the very beginning only by its full name: its short name is too often a brand.
func leadingPlace(text []rune, within []string) ([]string, int) {
	index := placeNames()
	for n := min(longestPlace, len(text)); n >= 2; n-- {
		var fit []string
		for _, code := range index[string(text[:n])] {
			if insideAny(code, within) && (within != nil || code[4:] == "00" || fullName(code, string(text[:n]))) {
				fit = append(fit, code)
			}
		}
		if len(fit) > 0 {
			return fit, n
		}
	}
	return nil, 0
}

// trailingPlace takes a city or province off the end of a core, where something is left.
func trailingPlace(text []rune) ([]string, []rune) {
	for n := min(longestPlace, len(text)-2); n >= 2; n-- {
		codes, size := leadingPlace(text[len(text)-n:], nil)
		if size == n {
			return codes, text[:len(text)-n]
		}
	}
	return nil, text
}

func fullName(code, name string) bool {
	d, ok := reference.DivisionByCode(code)
	return ok && reference.Fold(d.Name) == name
}

func insideAny(code string, within []string) bool {
	if within == nil {
		return true
	}
	for _, w := range within {
		if w != code && reference.Covers(w, code) {
			return true
		}
	}
	return false
}

// placeFit says how two sets of possible places agree.
type placeFit int

const (
	placeNone    placeFit = iota // neither names one
	placeSame                    // one and the same
	placeWithin                  // one lies in the other
	placeMissing                 // one names none
	placeOther
)

func fitPlaces(a, b []string) placeFit {
	if len(a) == 0 && len(b) == 0 {
		return placeNone
	}
	if len(a) == 0 || len(b) == 0 {
		return placeMissing
	}
	best := placeOther
	for _, x := range a {
		for _, y := range b {
			if x == y {
				return placeSame
			}
			if reference.Covers(x, y) || reference.Covers(y, x) {
				best = placeWithin
			}
		}
	}
	return best
}
