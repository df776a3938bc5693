package reference

import "strings"

// The character set and the weights of GB 32100-2015: a character's value is its place in the set.
const (
	creditCodeSet    = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	creditCodeLength = 18
)

var (
	creditCodeWeights = [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}
	orgCodeWeights    = [8]int{3, 7, 9, 10, 5, 8, 4, 2}
)

// creditCodePrefixes are the registering departments with the classes each may use.
var creditCodePrefixes = map[byte]string{
	'1': "123459", '2': "19", '3': "123459", '4': "19", '5': "12359", '6': "129", '7': "129", '8': "19", '9': "1239",
	'A': "19", 'N': "1239", 'Y': "1",
}

// CheckUSCC checks a unified social credit code of GB 32100: length, characters, department and class, the digits of the
// division and the check character at the end. The organisation code within (positions 9 to 17) is not refused for its
// own check character: codes with a foreign one are in use.
func CheckUSCC(s string) error {
	if len(s) != creditCodeLength {
		return refuse("reference.uscc.length")
	}
	if !LooksLikeUSCC(s) {
		return refuse("reference.uscc.form")
	}
	if creditCodeCheck(s[:17]) != s[17] {
		return refuse("reference.uscc.check")
	}
	return nil
}

// LooksLikeUSCC reports whether s has the form of a credit code: 18 characters, a department and class of GB 32100, six
// digits of division, and all but the last of the set. The check character may be any digit or capital: one that the set
// does not hold is a wrong check character and not a foreign number.
func LooksLikeUSCC(s string) bool {
	if len(s) != creditCodeLength || strings.Trim(s[:17], creditCodeSet) != "" || !upperAlphanumeric(s[17:]) {
		return false
	}
	return strings.IndexByte(creditCodePrefixes[s[0]], s[1]) >= 0 && allDigits(s[2:8])
}

// CheckOrgCode checks the nine characters of an organisation code (GB 11714), without the hyphen.
func CheckOrgCode(s string) error {
	if len(s) != 9 || !upperAlphanumeric(s[:8]) {
		return refuse("reference.orgcode.form")
	}
	if orgCodeCheck(s[:8]) != s[8] {
		return refuse("reference.orgcode.check")
	}
	return nil
}

// NewUSCC builds a valid credit code from the department and class (91 is an enterprise), the 6-digit division and eight
// characters of organisation code. It is for invented companies. Parts that cannot be in a credit code give "".
func NewUSCC(prefix2, division6, org8 string) string {
	if len(prefix2) != 2 || len(division6) != 6 || len(org8) != 8 || strings.Trim(org8, creditCodeSet) != "" {
		return ""
	}
	head := prefix2 + division6 + org8
	head += string(orgCodeCheck(org8))
	code := head + string(creditCodeCheck(head))
	if !LooksLikeUSCC(code) {
		return ""
	}
	return code
}

func creditCodeCheck(head string) byte {
	sum := 0
	for i, w := range creditCodeWeights {
		sum += strings.IndexByte(creditCodeSet, head[i]) * w
	}
	return creditCodeSet[(31-sum%31)%31]
}

func orgCodeCheck(head string) byte {
	sum := 0
	for i, w := range orgCodeWeights {
		value := int(head[i] - '0')
		if head[i] >= 'A' {
			value = int(head[i]-'A') + 10
		}
		sum += value * w
	}
	switch check := 11 - sum%11; check {
	case 10:
		return 'X'
	case 11:
		return '0'
	default:
		return byte('0' + check)
	}
}

func upperAlphanumeric(s string) bool {
	for i := range len(s) {
		if (s[i] < '0' || s[i] > '9') && (s[i] < 'A' || s[i] > 'Z') {
			return false
		}
	}
	return true
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
