package reference

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// CleanText returns text in normal form C with line ends as \n. It refuses what a database, a page or a reader could
// trip over: invalid UTF-8, NUL and other control characters except tab and line end, direction overrides and isolates,
// the byte order mark, the replacement character and noncharacters.
func CleanText(s string) (string, error) {
	if isPlain(s) {
		return s, nil
	}
	if !utf8.ValidString(s) {
		return "", refuse("reference.text.encoding")
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	for _, r := range s {
		if key := refusedRune(r); key != "" && r != '\t' && r != '\n' {
			return "", refuse(key)
		}
	}
	return norm.NFC.String(s), nil
}

// CleanName is CleanText for one line: outer spaces are cut, and tabs, line ends and invisible characters are refused.
func CleanName(s string) (string, error) {
	if s = strings.TrimSpace(s); isPlain(s) {
		return s, nil
	}
	s, err := CleanText(s)
	if err != nil {
		return "", err
	}
	for _, r := range s {
		if r == '\t' || r == '\n' || r == '\u2028' || r == '\u2029' {
			return "", refuse("reference.text.line")
		}
		if invisible(r) {
			return "", refuse("reference.text.invisible")
		}
	}
	return s, nil
}

// isPlain says whether s is made of printable ASCII, common Chinese characters and their punctuation alone, in which there is nothing
// to clean: most of what is loaded.
func isPlain(s string) bool {
	for _, r := range s {
		if !(r >= ' ' && r <= '~' || isIdeograph(r) || r >= 0x3001 && r <= 0x3011 || r >= 0xFF01 && r <= 0xFF5E) {
			return false
		}
	}
	return true
}

// isIdeograph says whether r is of the first block of Chinese characters, all of which normal forms leave as they are.
func isIdeograph(r rune) bool { return r >= 0x4E00 && r <= 0x9FFF }

// refusedRune returns the key of the reason why a character may not be in any text, or "".
func refusedRune(r rune) string {
	switch {
	case r < 0x20 || r >= 0x7F && r <= 0x9F:
		return "reference.text.control"
	case r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069:
		return "reference.text.direction"
	case r == 0xFEFF:
		return "reference.text.mark"
	case r == utf8.RuneError:
		return "reference.text.encoding"
	case r >= 0xFDD0 && r <= 0xFDEF || r&0xFFFE == 0xFFFE:
		return "reference.text.nonchar"
	}
	return ""
}

// invisible reports zero-width, direction and tag characters: two names that differ only by these look the same.
func invisible(r rune) bool {
	return unicode.Is(unicode.Cf, r) || r == 0x115F || r == 0x1160 || r == 0x3164 || r == 0xFFA0
}
