package reference

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
)

//go:embed pinyin.txt
var pinyinText string

type pinyinWords struct {
	readings map[string][]string
	longest  int // runes
}

var pinyinTable = sync.OnceValue(func() pinyinWords {
	table := pinyinWords{readings: map[string][]string{}}
	for line := range strings.Lines(pinyinText) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] == "#" {
			continue
		}
		table.readings[fields[0]] = fields[1:]
		table.longest = max(table.longest, utf8.RuneCountInString(fields[0]))
	}
	return table
})

// Pinyin returns the reading of text as small letters without tones, one space between syllables (u with two dots is v).
// Letters and digits stay as words of their own, everything else only separates. Words that are read otherwise than
// their characters, such as names of places, are looked up first; other characters with several readings get the commonest.
func Pinyin(s string) string { return strings.Join(syllables(s), " ") }

// PinyinInitials returns the first letters of the syllables of Pinyin, the short way people type a name. Words in Latin
// letters and numbers stay whole.
func PinyinInitials(s string) string {
	var out strings.Builder
	for _, word := range strings.Fields(norms(s)) {
		for _, part := range splitHan(word) {
			if !unicode.Is(unicode.Han, []rune(part)[0]) {
				out.WriteString(part)
				continue
			}
			for _, syllable := range syllables(part) {
				out.WriteByte(syllable[0])
			}
		}
	}
	return out.String()
}

func syllables(s string) []string {
	var out []string
	for _, word := range strings.Fields(norms(s)) {
		for _, part := range splitHan(word) {
			if runes := []rune(part); unicode.Is(unicode.Han, runes[0]) {
				out = append(out, hanSyllables(runes)...)
				continue
			}
			out = append(out, part)
		}
	}
	return out
}

// norms brings text to simplified small letters with spaces for all that is neither letter nor number.
func norms(s string) string {
	table := traditional()
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) {
			return ' '
		}
		r = unicode.ToLower(r)
		if simple, ok := table[r]; ok {
			return simple
		}
		return r
	}, strings.ToValidUTF8(s, " "))
}

// splitHan cuts a word where Han characters and others meet.
func splitHan(word string) []string {
	var parts []string
	start, han := 0, false
	for i, r := range word {
		is := unicode.Is(unicode.Han, r)
		if i > 0 && is != han {
			parts = append(parts, word[start:i])
			start = i
		}
		han = is
	}
	return append(parts, word[start:])
}

func hanSyllables(runes []rune) []string {
	words, args := pinyinTable(), pinyin.NewArgs()
	var out []string
	for i := 0; i < len(runes); {
		taken := 0
		for n := min(words.longest, len(runes)-i); n > 0; n-- {
			if reading, ok := words.readings[string(runes[i:i+n])]; ok {
				out = append(out, reading...)
				taken = n
				break
			}
		}
		if taken > 0 {
			i += taken
			continue
		}
		if reading := pinyin.SinglePinyin(runes[i], args); len(reading) > 0 {
			out = append(out, reading[0])
		}
		i++
	}
	return out
}
