package who

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"xiezhi/reference"
)

// Verdict says what two names, or two subjects, are to each other as far as can be seen.
type Verdict string

// The verdicts. Same: in other dress, nothing speaks against it. Alike: a person should look. Branch: one is a branch or another body of the
// other. Sibling: the same words in another place. Other: nothing to propose.
const (
	Same    Verdict = "same"
	Alike   Verdict = "alike"
	Branch  Verdict = "branch"
	Sibling Verdict = "sibling"
	Other   Verdict = "other"

	Shared    Verdict = "shared"    // different names with one telephone, address or website
	LookAlike Verdict = "lookalike" // a company whose name comes near that of a licensed institution
)

// Reason is one part of a score: Key names its words (who.reason.KEY), Points what it gives or takes, Args the slots of its words.
type Reason struct {
	Key    string            `json:"key"`
	Points int               `json:"points"`
	Args   map[string]string `json:"args,omitempty"`
}

// Match is the answer on two names: Score is the sum of the reasons' points, held within 0 and 100.
type Match struct {
	Verdict Verdict  `json:"verdict"`
	Score   int      `json:"score"`
	Reasons []Reason `json:"reasons"`
}

func (m *Match) add(points int, key string, args ...string) {
	r := Reason{Key: key, Points: points}
	for i := 0; i+1 < len(args); i += 2 {
		if r.Args == nil {
			r.Args = map[string]string{}
		}
		r.Args[args[i]] = args[i+1]
	}
	m.Reasons = append(m.Reasons, r)
	m.Score = min(max(m.Score+points, 0), 100)
}

func (m Match) as(v Verdict) Match {
	m.Verdict = v
	return m
}

// Sort is what kind of name is compared.
type Sort int

// The sorts of names. A person's words may stand in any order and be left out; those of a body may not.
const (
	OfBody Sort = iota
	OfPerson
)

// Name is a name that was read once, for comparing it with many.
type Name struct {
	raw, fold string
	sort      Sort
	han       *hanText
}

// Read reads a name.
func Read(s string, sort Sort) Name {
	n := Name{raw: s, fold: reference.Fold(s), sort: sort}
	if mainScript(s) == unicode.Han {
		t := readHan(s)
		n.han = &t
	}
	return n
}

// Names compares two names. It is symmetric, and any name is Same with itself.
func Names(a, b string, sort Sort) Match { return Read(a, sort).With(Read(b, sort)) }

// With compares a name with another; both are of the sort of the first.
func (n Name) With(other Name) Match {
	a, b := n, other
	if cmp.Compare(a.raw, b.raw) > 0 {
		a, b = b, a
	}
	if a.fold == b.fold && a.fold != "" {
		var m Match
		if a.raw == b.raw {
			m.add(100, "equal")
		} else {
			m.add(98, "dress")
		}
		return m.as(Same)
	}
	if a.han != nil && b.han != nil {
		if n.sort == OfPerson {
			return hanPersons(a.raw, b.raw)
		}
		return hanBodies(*a.han, *b.han)
	}
	return latin(a.raw, b.raw, n.sort)
}

// hanPersons compares two names of persons in Han characters.
func hanPersons(a, b string) Match {
	var m Match
	fa, fb := []rune(reference.Fold(a)), []rune(reference.Fold(b))
	switch {
	case reference.Pinyin(string(fa)) == reference.Pinyin(string(fb)):
		m.add(70, "homophone", "pinyin", reference.Pinyin(string(fa)))
		return m.as(Alike)
	case len(fa) == len(fb) && len(fa) >= 3 && edits(fa, fb, 1) == 1:
		m.add(45, "one_character")
		return m.as(Alike)
	}
	return m.as(Other)
}

// hanBodies compares two texts that name bodies in Han characters, by their names now and by what they say of old and short ones.
func hanBodies(a, b hanText) Match {
	best := hanNames(a.name, b.name)
	if best.Verdict == Same {
		return best
	}
	for _, pair := range [][2]hanText{{a, b}, {b, a}} {
		for _, old := range pair[0].olds {
			if m := hanNames(old, pair[1].name); m.Verdict == Same {
				m.add(-8, "old_name")
				return m
			}
		}
		for _, now := range pair[0].now {
			if m := hanNames(now, pair[1].name); m.Verdict == Same {
				m.add(-4, "now_name")
				return m
			}
		}
		for _, short := range pair[0].short {
			if short == pair[1].name.whole {
				var m Match
				m.add(90, "short_name")
				return m.as(Same)
			}
		}
	}
	return best
}

// hanNames compares two names part by part.
func hanNames(a, b hanName) Match {
	var m Match
	if a.whole == b.whole && slices.Equal(a.places, b.places) && a.core == b.core {
		m.add(98, "dress")
		return m.as(Same)
	}
	verdict := m.cores(a.core, b.core)
	if verdict == Other {
		return m.as(Other)
	}
	if a.tail != b.tail {
		m.add(-25, "branch")
		if verdict == Same && fitPlaces(a.places, b.places) != placeOther {
			return m.as(Branch)
		}
		if m.Score < 40 {
			return m.as(Other)
		}
		return m.as(Alike)
	}
	if a.form != b.form {
		m.add(-20, "form")
		verdict = Alike
	}
	switch fitPlaces(a.places, b.places) {
	case placeSame:
		m.add(10, "place_same")
	case placeWithin:
		m.add(6, "place_within")
	case placeNone:
		m.add(4, "place_none")
	case placeMissing:
		m.add(-15, "place_missing")
		if verdict == Same {
			verdict = Alike
		}
	case placeOther:
		m.add(-30, "place_other")
		if verdict == Same {
			return m.as(Sibling)
		}
		return m.as(Other)
	}
	if verdict == Alike && m.Score < 40 {
		return m.as(Other)
	}
	return m.as(verdict)
}

// cores compares brand and trade.
func (m *Match) cores(a, b string) Verdict {
	ra, rb := []rune(a), []rune(b)
	if len(ra) == 0 || len(rb) == 0 {
		return Other
	}
	switch {
	case a == b:
		m.add(86, "core_equal", "core", a)
		return Same
	case rearranged(ra, rb):
		m.add(82, "core_order")
		return Same
	case reference.Pinyin(a) == reference.Pinyin(b):
		m.add(66, "homophone", "pinyin", reference.Pinyin(a))
		return Alike
	case len(ra) == len(rb) && edits(ra, rb, 1) == 1 && len(ra) >= 3:
		m.add(36, "one_character", "n", fmt.Sprint(len(ra)))
		return Alike
	case len(ra) >= 4 && len(rb) >= 4 && (strings.Contains(a, b) || strings.Contains(b, a)), len(ra) >= 4 && edits(ra, rb, 1) == 1:
		m.add(48, "words_more")
		return Alike
	}
	return Other
}

// rearranged says whether b is a put together from at most four pieces of at least two characters each, in another order.
func rearranged(a, b []rune) bool {
	if len(a) != len(b) || len(a) < 4 || len(a) > 30 {
		return false
	}
	x, y := slices.Clone(a), slices.Clone(b)
	slices.Sort(x)
	slices.Sort(y)
	if !slices.Equal(x, y) {
		return false
	}
	return pieces(a, b, make([]bool, len(a)), 4)
}

// pieces fits b from its beginning with unused runs of a.
func pieces(a, b []rune, used []bool, left int) bool {
	if len(b) == 0 {
		return true
	}
	if left == 0 {
		return false
	}
	for i := range a {
		n := 0
		for i+n < len(a) && n < len(b) && !used[i+n] && a[i+n] == b[n] {
			n++
		}
		for ; n >= 2; n-- {
			for k := range n {
				used[i+k] = true
			}
			if pieces(a, b[n:], used, left-1) {
				return true
			}
			for k := range n {
				used[i+k] = false
			}
		}
	}
	return false
}
