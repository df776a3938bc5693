package referral

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Line is one line of a broken text. Text keeps the white space at its end, which hangs over the edge and is not counted
// in Width. Last says that the paragraph ends here.
type Line struct {
	Text  string
	Width float64
	Last  bool
}

//go:embed papers/breaks.txt
var breaksFile string

// breakClasses are the classes of papers/breaks.txt by character.
type breakClasses struct{ open, close, squeeze, pair map[rune]bool }

var breaks = sync.OnceValue(func() breakClasses {
	sets := map[string]map[rune]bool{}
	for _, line := range lines(breaksFile) {
		class, marks, ok := strings.Cut(line, " ")
		if !ok || class == "#" {
			continue
		}
		sets[class] = map[rune]bool{}
		for _, r := range marks {
			sets[class][r] = true
		}
	}
	return breakClasses{open: sets["open"], close: sets["close"], squeeze: sets["squeeze"], pair: sets["pair"]}
})

// cluster is what a line may not cut: a character with the marks that combine with it.
type cluster struct {
	start, end int
	first      rune
	width      float64
	space      bool
	squeezed   bool // already half as wide, because another mark follows
	narrow     bool // a letter or sign of a Latin word or number
}

// Break cuts a text into lines. measure gives the width of a character; first and rest are the widths of the first line
// and of the others. No character is dropped: the lines put together are the text without its line breaks (\n), which end
// a line. Closing marks do not start a line, opening marks do not end one, and words and numbers stay whole, unless a
// line would hold nothing else. A closing mark at a line's end may be squeezed to half its width, and one before another mark is.
func Break(text string, measure func(rune) float64, first, rest float64) []Line {
	var all []Line
	room := first
	for paragraph := range strings.SplitSeq(text, "\n") {
		clusters := clustersOf(paragraph, measure)
		for at := 0; ; {
			end, width := fill(clusters, at, room)
			room = rest
			if end == len(clusters) {
				start := len(paragraph)
				if at < len(clusters) {
					start = clusters[at].start
				}
				all = append(all, Line{Text: paragraph[start:], Width: width, Last: true})
				break
			}
			all = append(all, Line{Text: paragraph[clusters[at].start:clusters[end].start], Width: width})
			at = end
		}
	}
	return all
}

func clustersOf(text string, measure func(rune) float64) []cluster {
	all := make([]cluster, 0, utf8.RuneCountInString(text))
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		w := measure(r)
		if n := len(all); n > 0 && combines(r) {
			all[n-1].end += size
			all[n-1].width += w
			all[n-1].space = false
		} else {
			if n > 0 && crowded(all[n-1], r) {
				all[n-1].width /= 2
				all[n-1].squeezed = true
			}
			all = append(all, cluster{start: at, end: at + size, first: r, width: w, space: unicode.IsSpace(r) && !sticky(r), narrow: narrow(r)})
		}
		at += size
	}
	return all
}

// crowded says that a closing mark gives up its empty half to the mark that follows.
func crowded(a cluster, next rune) bool {
	c := breaks()
	return c.squeeze[a.first] && a.end-a.start == utf8.RuneLen(a.first) && (c.squeeze[next] || c.open[next] && !narrow(next))
}

// combines says whether a character belongs to the one before it: accents, variation selectors, joiners.
func combines(r rune) bool { return unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc) || r == 0x200D }

// sticky spaces (no-break space, narrow no-break space, figure space, word joiner) hold their neighbours together.
func sticky(r rune) bool { return r == 0xA0 || r == 0x202F || r == 0x2007 || r == 0x2060 }

func narrow(r rune) bool {
	if r > ' ' && r < 0x7F {
		return true
	}
	return r < 0x2000 && (unicode.IsLetter(r) || unicode.IsDigit(r)) && unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Nd)
}

// mayBreak says whether a line may end between two neighbours.
func mayBreak(a, b cluster) bool {
	c := breaks()
	switch {
	case b.space, sticky(a.first), sticky(b.first):
		return false
	case a.space:
		return !c.close[b.first]
	case c.close[b.first], c.open[a.first]:
		return false
	case a.narrow && b.narrow:
		return false
	}
	return !(c.pair[a.first] && a.first == b.first)
}

// fill gives where the line that starts at a cluster ends, and its width without the white space at its end.
func fill(clusters []cluster, at int, room float64) (int, float64) {
	const slack = 1e-6
	best, bestWidth := -1, 0.0
	width, visible := 0.0, 0.0
	for i := at; i < len(clusters); i++ {
		cl := clusters[i]
		full := width + cl.width
		shown, fits := full, full <= room+slack
		if !fits && breaks().squeeze[cl.first] && !cl.squeezed && cl.end-cl.start == utf8.RuneLen(cl.first) && full-cl.width/2 <= room+slack {
			shown, fits = full-cl.width/2, true
		}
		if cl.space {
			shown, fits = visible, true
		}
		if !fits {
			break
		}
		width, visible = full, shown
		if i+1 == len(clusters) {
			return i + 1, visible
		}
		if mayBreak(cl, clusters[i+1]) {
			best, bestWidth = i+1, visible
		}
	}
	if best > 0 {
		return best, bestWidth
	}
	return cut(clusters, at, room)
}

// cut ends a line that has no place to break at the last cluster that fits, but takes at least one.
func cut(clusters []cluster, at int, room float64) (int, float64) {
	if at == len(clusters) {
		return at, 0
	}
	width := clusters[at].width
	end := at + 1
	for ; end < len(clusters) && width+clusters[end].width <= room; end++ {
		width += clusters[end].width
	}
	for ; end < len(clusters) && clusters[end].space; end++ {
		continue
	}
	return end, width
}
