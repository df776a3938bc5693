package reference

import (
	"strings"
	"unicode"
)

// The masks hide personal data in lists and on pages until somebody says why they must see it. They never fail: a value
// too short to keep anything is hidden whole.

// MaskIdentity keeps the first three and the last four characters of an identity number.
func MaskIdentity(s string) string { return mask(s, 3, 4) }

// MaskIdentityShort keeps the first and the last character, for lists.
func MaskIdentityShort(s string) string { return mask(s, 1, 1) }

// MaskAccount shows the last four characters of a card or account number behind four stars, so that the length does not
// show either. Of fewer than eight characters it shows at most half.
func MaskAccount(s string) string {
	runes := []rune(s)
	if len(runes) == 0 {
		return ""
	}
	return "****" + string(runes[len(runes)-min(4, len(runes)/2):])
}

// MaskPhone keeps the first three and the last four digits of a mobile number.
func MaskPhone(s string) string { return mask(s, 3, 4) }

// MaskName keeps the first character of each word of a name: the family name of a Chinese one, the initials of others.
// A name of one character is hidden whole.
func MaskName(s string) string {
	words := strings.Fields(s)
	for i, w := range words {
		runes := []rune(w)
		if len(runes) == 1 && !unicode.IsUpper(runes[0]) {
			words[i] = "*"
			continue
		}
		stars := len(runes) - 1
		if !unicode.Is(unicode.Han, runes[0]) {
			stars = 3
		}
		words[i] = string(runes[0]) + strings.Repeat("*", stars)
	}
	return strings.Join(words, " ")
}

// mask replaces the middle by as many stars. Where less than the kept characters would be hidden, it keeps a quarter at
// either end.
func mask(s string, head, tail int) string {
	runes := []rune(s)
	if hidden := len(runes) - head - tail; hidden < min(4, head+tail) {
		head, tail = min(head, len(runes)/4), min(tail, len(runes)/4)
	}
	for i := head; i < len(runes)-tail; i++ {
		runes[i] = '*'
	}
	return string(runes)
}
