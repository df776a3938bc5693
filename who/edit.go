package who

import "strings"

// edits counts the least insertions, deletions, replacements and swaps of neighbours that make one text the other; it stops counting above
// most and gives most+1 then.
func edits(a, b []rune, most int) int {
	if d := len(a) - len(b); d > most || -d > most {
		return most + 1
	}
	before, row, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
			least = min(least, next[j])
		}
		if least > most {
			return most + 1
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}

// sounds brings a Latin word to what is left when transliterations differ: doubled letters once, vowels that stand for each other as one,
// consonants that are written in several ways as one.
func sounds(w string) string {
	w = soundReplacer.Replace(w)
	var out strings.Builder
	var last rune
	for _, r := range w {
		switch r {
		case 'e', 'i', 'y':
			r = 'i'
		case 'o', 'u', 'w':
			r = 'u'
		}
		if r != last {
			out.WriteRune(r)
		}
		last = r
	}
	return out.String()
}

var soundReplacer = strings.NewReplacer("tch", "c", "sch", "s", "kh", "h", "gh", "g", "ch", "s", "sh", "s", "zh", "j", "ph", "f", "ck", "k", "q", "k", "x", "s", "dj", "j", "ou", "u", "oo", "u",
	"ee", "i", "dh", "d", "th", "t", "ts", "s", "tz", "s", "z", "s", "c", "k", "v", "b")
