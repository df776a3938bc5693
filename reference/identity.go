package reference

import "time"

const identityChecks = "10X98765432"

var identityWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

// CheckIdentityNumber checks an 18-character identity number of GB 11643: digits, the birth date as a day of the calendar
// between 1800 and 2099, and the check character. A small x is accepted as X. The division is not looked up: people keep
// the number of a division that is no more.
func CheckIdentityNumber(s string) error {
	if len(s) != 18 {
		return refuse("reference.identity.length")
	}
	last := s[17]
	if last == 'x' {
		last = 'X'
	}
	if !allDigits(s[:17]) || last != 'X' && (last < '0' || last > '9') {
		return refuse("reference.identity.form")
	}
	if !birthDate(s[6:14]) {
		return refuse("reference.identity.date")
	}
	if identityCheck(s[:17]) != last {
		return refuse("reference.identity.check")
	}
	return nil
}

// LooksLikeIdentityNumber reports whether s has the form of an identity number: 17 digits, then a digit or X, with a
// century of birth (18, 19 or 20) in its place or the telling X at the end. Other 18-digit numbers are somebody else's.
func LooksLikeIdentityNumber(s string) bool {
	if len(s) != 18 || !allDigits(s[:17]) {
		return false
	}
	if s[17] == 'X' || s[17] == 'x' {
		return true
	}
	century := s[6:8]
	return allDigits(s[17:]) && (century == "18" || century == "19" || century == "20")
}

// NewIdentityNumber builds a valid identity number from the division, the birth date as yyyymmdd and three digits of
// sequence, the last odd for a man. It is for invented people: with division 000000 or 999999 it can be nobody's. Parts
// that cannot be in an identity number give "".
func NewIdentityNumber(division6, birth, seq3 string) string {
	head := division6 + birth + seq3
	if len(division6) != 6 || len(birth) != 8 || len(seq3) != 3 || !allDigits(head) || !birthDate(birth) {
		return ""
	}
	return head + string(identityCheck(head))
}

func identityCheck(head string) byte {
	sum := 0
	for i, w := range identityWeights {
		sum += int(head[i]-'0') * w
	}
	return identityChecks[sum%11]
}

func birthDate(yyyymmdd string) bool {
	day, err := time.Parse("20060102", yyyymmdd)
	return err == nil && day.Year() >= 1800 && day.Year() <= 2099
}
