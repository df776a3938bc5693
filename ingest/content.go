package ingest

import (
	_ "embed"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"xiezhi/reference"
)

// Content is what the values of a column look like.
type Content string

// The kinds of content, the surer ones first.
const (
	ContentNone       Content = ""
	ContentCreditCode Content = "credit_code" // with its check digit
	ContentIdentity   Content = "identity"    // with its check digit
	ContentAccount    Content = "account"     // a card number with its check digit
	ContentPhone      Content = "phone"
	ContentDivision   Content = "division" // six digits of the table
	ContentPlace      Content = "place"
	ContentURL        Content = "url"
	ContentMoment     Content = "moment"
	ContentDate       Content = "date"
	ContentPercent    Content = "percent"
	ContentNumber     Content = "number"
	ContentCount      Content = "count"
	ContentYesNo      Content = "yes_no"
	ContentCompany    Content = "company_name"
	ContentCode       Content = "code" // letters and digits
	ContentText       Content = "text"
)

//go:embed words/totals.csv
var totalsText string

//go:embed words/company_ends.csv
var companyEndsText string

var totals = sync.OnceValue(func() (list []string) {
	for _, row := range tableOf(totalsText) {
		list = append(list, row[0])
	}
	return list
})

var companyEnds = sync.OnceValue(func() (list []string) {
	for _, row := range tableOf(companyEndsText) {
		list = append(list, row[0])
	}
	return list
})

func isTotal(v string) bool { return slices.Contains(totals(), v) }

// mostly is the share of values that must be of a kind: samples have errors too.
const mostly = 0.8

// contentOf says what most of the values are.
func contentOf(values []string) Content {
	if len(values) == 0 {
		return ContentNone
	}
	for _, t := range []struct {
		kind Content
		is   func(string) bool
	}{
		{ContentCreditCode, isCreditCode}, {ContentIdentity, isIdentity}, {ContentAccount, isCard}, {ContentPhone, isPhone}, {ContentDivision, isDivisionCode},
		{ContentMoment, isMoment}, {ContentDate, isDate}, {ContentPercent, isPercent}, {ContentCount, isCount}, {ContentNumber, isNumber}, {ContentYesNo, isYesNo},
		{ContentURL, isURL}, {ContentCompany, isCompanyName}, {ContentPlace, isPlace}, {ContentCode, isID},
	} {
		n := 0
		for _, v := range values {
			if t.is(v) {
				n++
			}
		}
		if float64(n) >= mostly*float64(len(values)) {
			return t.kind
		}
	}
	return ContentText
}

func isCreditCode(v string) bool {
	v = strings.ToUpper(withoutBlanks(v))
	return reference.LooksLikeUSCC(v) && reference.CheckUSCC(v) == nil
}

func isIdentity(v string) bool {
	v = strings.ToUpper(withoutBlanks(v))
	return len(v) == realNumber && reference.CheckIdentityNumber(v) == nil
}

func isCard(v string) bool {
	v = withoutBlanks(v)
	return len(v) >= 15 && len(v) <= 19 && strings.Trim(v, "0123456789") == "" && reference.CheckLuhn(v) == nil
}

var phoneForm = regexp.MustCompile(`^(\+?86)?(1[3-9]\d{9}|0\d{2,3}-?\d{7,8})$`)

func isPhone(v string) bool { return phoneForm.MatchString(withoutBlanks(v)) }

func isDivisionCode(v string) bool {
	_, ok := reference.NormalDivision(v)
	return ok && len(v) == 6
}

func isDate(v string) bool {
	_, ok := parseAuto(v, time.UTC, false)
	return ok
}

func isMoment(v string) bool {
	t, ok := parseAuto(v, time.UTC, false)
	return ok && (!t.Equal(t.Truncate(24*time.Hour)) || strings.Contains(v, ":"))
}

func isPercent(v string) bool {
	v = withoutBlanks(v)
	_, _, ok := looseNumber(v)
	return ok && strings.HasSuffix(v, "%")
}

func isNumber(v string) bool {
	_, _, ok := looseNumber(v)
	return ok
}

func isCount(v string) bool {
	n, err := strconv.ParseInt(v, 10, 64)
	return err == nil && n >= 0 && len(v) < 10
}

func isURL(v string) bool {
	return strings.HasPrefix(v, "http://") || strings.HasPrefix(v, "https://") || strings.HasPrefix(v, "www.")
}

// isPlace says whether a text names a division and little beside it.
func isPlace(v string) bool {
	if utf8.RuneCountInString(v) > 20 {
		return false
	}
	_, ok := reference.DivisionByName(v)
	return ok
}

func isCompanyName(v string) bool {
	if utf8.RuneCountInString(v) < 4 {
		return false
	}
	for _, end := range companyEnds() {
		if strings.HasSuffix(strings.TrimSpace(v), end) {
			return true
		}
	}
	return false
}

func isYesNo(v string) bool {
	_, ok := yesNoWords()[strings.ToLower(v)]
	return ok
}

//go:embed words/yes_no.csv
var yesNoText string

// yesNoWords are the words for true and false.
var yesNoWords = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for _, row := range tableOf(yesNoText) {
		m[row[0]] = row[1]
	}
	return m
})

// isHan says whether a text has a Chinese character.
func isHan(v string) bool {
	return strings.ContainsFunc(v, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}
