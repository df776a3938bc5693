package detect

import "unicode/utf8"

// Extraction is what the lexicon and the promise grammar find in one text.
type Extraction struct {
	Promises []Promise
	Words    []WordHit
	Numbers  []NumberHit
}

// Extract reads a text as spoken by voice. It takes time in proportion to the length of the text, gives the same answer
// for the same text, and its offsets lie inside the text.
func (r Rules) Extract(text string, voice Voice) Extraction {
	s := r.compiled.borrow()
	defer r.compiled.giveBack(s)
	s.read(text, voice)
	out := Extraction{Promises: s.promises(), Numbers: s.numbers()}
	for _, w := range s.features() {
		out.Words = append(out.Words, WordHit{Class: r.compiled.lexicon.nameOf(w.entry.class), Word: w.entry.word, Weight: w.entry.weight, Start: w.start, End: w.end})
	}
	return out
}

func (lx *lexicon) nameOf(c class) string {
	for name, k := range lx.classes {
		if k == c {
			return name
		}
	}
	return ""
}

const excerptRunes = 200

// excerpt cuts at most 200 characters around [start, end) of a text; the span is in characters of the excerpt. Control
// characters become spaces, so that a quotation is one line.
func excerpt(text string, start, end int) (quote string, from, to int) {
	begin := start
	for k := 0; k < 60 && begin > 0; k++ {
		_, size := utf8.DecodeLastRuneInString(text[:begin])
		begin -= size
	}
	from, to = -1, -1
	i, n, clean := begin, 0, true
	for i < len(text) && n < excerptRunes {
		if i >= start && from < 0 {
			from = n
		}
		if i >= end && to < 0 {
			to = n
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		clean = clean && r >= 0x20 && r != 0x7f && (r != utf8.RuneError || size > 1)
		i += size
		n++
	}
	if from < 0 {
		from = n
	}
	if to < 0 {
		to = n
	}
	quote = text[begin:i]
	if !clean {
		quote = oneLine(quote)
	}
	return quote, from, to
}

// oneLine replaces control characters by spaces and broken bytes by the replacement character, one for one.
func oneLine(s string) string {
	out := make([]rune, 0, len(s))
	for _, r := range s {
		if r < 0x20 || r == 0x7f {
			r = ' '
		}
		out = append(out, r)
	}
	return string(out)
}
