package detect

import "unicode/utf8"

// normal is a text in the form in which words are looked for: half-width, lower case, common traditional characters
// simplified, decoration and spaces between Chinese characters removed. at[i] is the byte offset of runes[i] in the
// original text, stop[i] the offset behind it.
type normal struct {
	runes []rune
	at    []int32
	stop  []int32
}

func normalise(text string) *normal {
	n := &normal{}
	n.read(text)
	return n
}

// read normalises a text into n, reusing its memory.
func (n *normal) read(text string) {
	n.runes, n.at, n.stop = n.runes[:0], n.at[:0], n.stop[:0]
	if need := len(text)/3 + 16; cap(n.runes) < need {
		n.runes, n.at, n.stop = make([]rune, 0, need), make([]int32, 0, need), make([]int32, 0, need)
	}
	space, lines := false, 0
	tagEnd, noTag := 0, false
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		if r == '<' && !noTag && i >= tagEnd {
			end, found := tagAt(text, i)
			if found {
				i = end
				continue
			}
			noTag = end < 0
		}
		r = foldRune(r)
		switch {
		case r == ' ':
			space = true
		case r == '\n':
			lines++
		case r == 0:
		default:
			n.gap(r, int32(i), space, lines)
			n.push(r, int32(i), int32(i+size))
			space, lines = false, 0
		}
		i += size
	}
	n.closeGaps()
}

// gap writes what stands for white space: a line break ends a clause, a space stays between Latin letters and digits.
func (n *normal) gap(next rune, at int32, space bool, lines int) {
	if len(n.runes) == 0 {
		return
	}
	if lines > 0 {
		n.push('\n', at, at)
		if lines > 1 {
			n.push('\n', at, at)
		}
		return
	}
	last := n.runes[len(n.runes)-1]
	if !space {
		return
	}
	if isLatin(last) && isLatin(next) || isLatin(last) && isDigit(next) || isDigit(last) && isDigit(next) || last == '.' && isLatin(next) {
		n.push(' ', at, at)
	}
}

func (n *normal) push(r rune, at, stop int32) {
	n.runes, n.at, n.stop = append(n.runes, r), append(n.at, at), append(n.stop, stop)
}

// tagAt says where a markup tag that starts at i ends. A result of -1 says that no tag ends in the rest of the text.
func tagAt(text string, i int) (int, bool) {
	if i+1 >= len(text) || text[i+1] != '/' && text[i+1] != '!' && (text[i+1]|0x20 < 'a' || text[i+1]|0x20 > 'z') {
		return i + 1, false
	}
	for j := i + 1; j < len(text) && j < i+200; j++ {
		if text[j] == '>' {
			return j + 1, true
		}
		if text[j] == '<' {
			return i + 1, false
		}
	}
	return i + 1, false
}

// foldRune maps one character; 0 is "leave out", ' ' and '\n' are white space.
func foldRune(r rune) rune {
	if r < utf8.RuneSelf {
		return foldASCII(r)
	}
	switch {
	case r == 0x3000, r == 0xa0, r >= 0x2000 && r <= 0x200a, r == 0x202f, r == 0x205f:
		return ' '
	case r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x2064, r == 0xfeff, r == 0xad, r == 0xfe0f:
		return 0
	case r >= 0xff01 && r <= 0xff5e:
		return foldASCII(r - 0xfee0)
	case r == 0x2028, r == 0x2029:
		return '\n'
	}
	if m, ok := foldTable(r); ok {
		return m
	}
	return r
}

func foldASCII(r rune) rune {
	switch {
	case r >= 'A' && r <= 'Z':
		return r + 0x20
	case r == '\n':
		return '\n'
	case r == '\t', r == ' ', r == '\r', r == '\f', r == '\v':
		return ' '
	case r < 0x20, r == 0x7f, r == '*', r == '_', r == '"', r == '\'', r == '`', r == '^', r == '[', r == ']', r == '{', r == '}':
		return 0
	}
	return r
}

// foldTable holds the other characters that are written in more than one way, by code point: decoration is left out,
// dashes are one dash, and the traditional characters of the words of promises are simplified.
func foldTable(r rune) (rune, bool) {
	if r < 0x3400 {
		return foldSign(r)
	}
	m := foldHan(r)
	return m, m != 0
}

// foldHan simplifies one traditional character, or gives 0.
func foldHan(r rune) rune {
	switch r {
	case 0xfe6a:
		return '%'
	case 0x66f0:
		return 0x65e5
	case 0x842c:
		return 0x4e07
	case 0x5104:
		return 0x4ebf
	case 0x500b:
		return 0x4e2a
	case 0x9ede:
		return 0x70b9
	case 0x9031:
		return 0x5468
	case 0x9084:
		return 0x8fd8
	case 0x5831:
		return 0x62a5
	case 0x7d05:
		return 0x7ea2
	case 0x8cfa:
		return 0x8d5a
	case 0x8cc7:
		return 0x8d44
	case 0x7372:
		return 0x83b7
	case 0x9322:
		return 0x94b1
	case 0x5186, 0x5713:
		return 0x5143
	case 0x8ca1:
		return 0x8d22
	case 0x8b49:
		return 0x8bc1
	case 0x8afe:
		return 0x8bfa
	case 0x8b39:
		return 0x8c28
	case 0x9810:
		return 0x9884
	case 0x8cb8:
		return 0x8d37
	case 0x6703:
		return 0x4f1a
	case 0x9818:
		return 0x9886
	case 0x96d9:
		return 0x53cc
	case 0x767c:
		return 0x53d1
	case 0x5718:
		return 0x56e2
	case 0x968a:
		return 0x961f
	case 0x85a6:
		return 0x8350
	}
	return 0
}

func foldSign(r rune) (rune, bool) {
	switch r {
	case 0x201c, 0x201d, 0x2018, 0x2019, 0x300c, 0x300d, 0x300e, 0x300f, 0x3010, 0x3011, 0xb7, 0x2022, 0x30fb, 0x25cf, 0x2605, 0x2606, 0x300a, 0x300b:
		return 0, true // quotation marks, dots, stars
	case 0x2014, 0x2013, 0x2015, 0x2212, 0x2500, 0x301c, 0x223c, 0x2192, 0x2010, 0x2011, 0x2012:
		return '-', true // dashes, arrows and waves
	case 0x066a:
		return '%', true
	}
	return 0, false
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }
func isLatin(r rune) bool { return r >= 'a' && r <= 'z' }
