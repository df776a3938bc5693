package reference

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

//go:embed traditional.txt
var traditionalText string

// traditional maps a traditional character to its simplified one.
var traditional = sync.OnceValue(func() map[rune]rune {
	table := map[rune]rune{}
	for line := range strings.Lines(traditionalText) {
		from, size := utf8.DecodeRuneInString(line)
		to, _ := utf8.DecodeRuneInString(line[size:])
		if from != '#' {
			table[from] = to
		}
	}
	for from, to := range table {
		if next, ok := table[to]; ok && next != from {
			table[from] = next
		}
	}
	return table
})

// Fold returns the normal form for searching: full width to half width and other compatibility forms (NFKC), small
// letters, traditional characters to simplified ones, and neither spaces, punctuation, symbols nor control characters.
// Folding twice changes nothing. It is for comparing only, never for showing.
func Fold(s string) string {
	for range 4 {
		next, ok := foldPlain(s)
		if !ok {
			next = foldOnce(s)
		}
		if next == s {
			break
		}
		s = next
	}
	return s
}

// foldPlain is foldOnce for ASCII, common Chinese characters and ASCII in full width; false where there is something else.
func foldPlain(s string) (string, bool) {
	table := traditional()
	out := make([]byte, 0, len(s))
	for _, r := range s {
		if r >= 0xFF01 && r <= 0xFF5E {
			r -= 0xFF01 - '!'
		}
		switch {
		case r >= '0' && r <= '9' || r >= 'a' && r <= 'z':
			out = append(out, byte(r))
		case r >= 'A' && r <= 'Z':
			out = append(out, byte(r)|0x20)
		case r < 0x80:
		case isIdeograph(r):
			if simple, ok := table[r]; ok {
				if r = simple; !isIdeograph(r) {
					return "", false
				}
			}
			out = utf8.AppendRune(out, r)
		default:
			return "", false
		}
	}
	if string(out) == s {
		return s, true
	}
	return string(out), true
}

func foldOnce(s string) string {
	if isFoldedASCII(s) {
		return s
	}
	table := traditional()
	s = norm.NFKC.String(strings.ToValidUTF8(s, ""))
	return norm.NFKC.String(strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) {
			return -1
		}
		r = unicode.ToLower(r)
		if simple, ok := table[r]; ok {
			return simple
		}
		return r
	}, s))
}

func isFoldedASCII(s string) bool {
	for i := range len(s) {
		if (s[i] < '0' || s[i] > '9') && (s[i] < 'a' || s[i] > 'z') {
			return false
		}
	}
	return true
}

// Bigrams returns the overlapping pairs of characters of folded text, in order and with repetition; a single character
// is returned alone, and empty text gives none.
func Bigrams(folded string) []string {
	runes := []rune(folded)
	if len(runes) < 2 {
		if len(runes) == 0 {
			return nil
		}
		return []string{folded}
	}
	pairs := make([]string, 0, len(runes)-1)
	for i := range len(runes) - 1 {
		pairs = append(pairs, string(runes[i:i+2]))
	}
	return pairs
}
