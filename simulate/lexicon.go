package simulate

import (
	"embed"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strconv"
	"strings"
)

//go:embed words.txt names.txt texts/*.txt
var lexiconFiles embed.FS

// lexicon holds lists of words and of sentences with places to fill. {name} is a word of the voice at hand, or else a line
// of the list of that name for the voice's area (name_p2p), or else of the list itself; {n:3-9} is a whole number between
// the two; {name%40} is filled in forty cases of a hundred and else left out.
type lexicon struct {
	lines map[string][]string
	parts map[string][][]part
}

// part is a piece of a sentence: plain text, or a place.
type part struct {
	text      string // plain, or the name of a list
	place     bool
	low, high int64 // of a number; high 0: no number
	percent   int   // of the cases in which it is filled
}

// voice is of whom a sentence speaks: words by name, and the area whose lists come first.
type voice struct {
	words map[string]string
	alias map[string]string // lists that stand for others
	area  string
}

func readLexicon() (*lexicon, error) {
	l := &lexicon{lines: map[string][]string{}, parts: map[string][][]part{}}
	err := fs.WalkDir(lexiconFiles, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := lexiconFiles.ReadFile(path)
		if err != nil {
			return err
		}
		section := ""
		for line := range strings.Lines(string(text)) {
			line = strings.TrimRight(line, "\r\n")
			if name, ok := strings.CutPrefix(line, "## "); ok {
				section = name
				continue
			}
			l.lines[section] = append(l.lines[section], line)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read words: %w", err)
	}
	for name, lines := range l.lines {
		for _, line := range lines {
			p, err := readParts(line)
			if err != nil {
				return nil, fmt.Errorf("read words of %s: %w", name, err)
			}
			l.parts[name] = append(l.parts[name], p)
		}
	}
	return l, nil
}

func readParts(line string) ([]part, error) {
	var list []part
	for line != "" {
		before, rest, open := strings.Cut(line, "{")
		if before != "" {
			list = append(list, part{text: before})
		}
		if !open {
			break
		}
		name, after, _ := strings.Cut(rest, "}")
		p := part{text: name, place: true, percent: 100}
		if n, share, ok := strings.Cut(name, "%"); ok {
			percent, err := strconv.Atoi(share)
			if err != nil {
				return nil, fmt.Errorf("place %q: %w", name, err)
			}
			p.text, p.percent = n, percent
		}
		if span, ok := strings.CutPrefix(p.text, "n:"); ok {
			var err error
			if p.low, p.high, err = bounds(span); err != nil {
				return nil, err
			}
		}
		list, line = append(list, p), after
	}
	return list, nil
}

func (l *lexicon) pick(r *rand.Rand, section string) string {
	list := l.lines[section]
	if len(list) == 0 {
		return ""
	}
	return list[r.IntN(len(list))]
}

const deepest = 8

// say draws a sentence of the section and fills it.
func (l *lexicon) say(r *rand.Rand, section string, v voice) string {
	return string(l.append(nil, r, section, v, 0))
}

// phrase fills the places of a sentence that has only numbers.
func (l *lexicon) phrase(r *rand.Rand, line string) string {
	parts, err := readParts(line)
	if err != nil {
		return line
	}
	return string(l.fill(nil, r, parts, voice{}, 0))
}

// append is say into a buffer.
func (l *lexicon) append(b []byte, r *rand.Rand, section string, v voice, depth int) []byte {
	if other, ok := v.alias[section]; ok {
		section = other
	}
	list := l.parts[section]
	if v.area != "" {
		if own := l.parts[section+"_"+v.area]; len(own) > 0 {
			list = own
		}
	}
	if len(list) == 0 || depth > deepest {
		return b
	}
	return l.fill(b, r, list[r.IntN(len(list))], v, depth)
}

func (l *lexicon) fill(b []byte, r *rand.Rand, parts []part, v voice, depth int) []byte {
	for _, p := range parts {
		switch {
		case !p.place:
			b = append(b, p.text...)
		case p.percent < 100 && r.IntN(100) >= p.percent:
		case p.high > 0:
			b = strconv.AppendInt(b, between(r, p.low, p.high), 10)
		default:
			if word, ok := v.words[p.text]; ok {
				b = append(b, word...)
				continue
			}
			b = l.append(b, r, p.text, v, depth+1)
		}
	}
	return b
}

// bounds reads 3-9.
func bounds(s string) (low, high int64, err error) {
	a, b, _ := strings.Cut(s, "-")
	if low, err = strconv.ParseInt(a, 10, 64); err == nil {
		high, err = strconv.ParseInt(b, 10, 64)
	}
	if err != nil || high < low || high == 0 {
		return 0, 0, fmt.Errorf("bounds %q", s)
	}
	return low, high, nil
}

func between(r *rand.Rand, low, high int64) int64 { return low + r.Int64N(high-low+1) }
