package ingest

import (
	_ "embed"
	"encoding/csv"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed words/units.csv
var unitsText string

//go:embed words/dates.csv
var datesText string

type unitWord struct {
	word   string
	unit   bool
	factor decimal
}

// units are the words that people write before and behind numbers, longer ones first where one ends as another.
var units = sync.OnceValue(func() []unitWord {
	var list []unitWord
	for _, row := range tableOf(unitsText) {
		f, _ := parseDecimal(row[2])
		list = append(list, unitWord{word: row[0], unit: row[1] == "unit", factor: f})
	}
	return list
})

// dateSigns turns the words of a Chinese date into signs.
var dateSigns = sync.OnceValue(func() *strings.Replacer {
	var pairs []string
	for _, row := range tableOf(datesText) {
		pairs = append(pairs, row[0], row[1])
	}
	return strings.NewReplacer(append(pairs, "/", "-", ".", "-", "T", " ")...)
})

// tableOf reads an embedded table without its header; a test reads each.
func tableOf(text string) [][]string {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) == 0 {
		return nil
	}
	return rows[1:]
}

// halfWidth writes the full-width forms of ASCII as ASCII, and the wide blank as a blank.
func halfWidth(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '\uff01' && r <= '\uff5e':
			return r - 0xfee0
		case r == '\u3000' || r == '\u00a0':
			return ' '
		}
		return r
	}, s)
}

// withoutBlanks takes the blanks out of a number that people write in groups, and the apostrophe in front that keeps it text.
func withoutBlanks(s string) string {
	s = strings.TrimPrefix(halfWidth(s), "'")
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '\u200b' {
			return -1
		}
		return r
	}, s)
}

var grouped = regexp.MustCompile(`^-?\d{1,3}(,\d{3})+(\.\d+)?$`)

// looseNumber reads a number as people write it: with separators of thousands, a currency, a unit of counting, percent. unit says
// whether it carried a word that multiplies, which is in the result already.
func looseNumber(s string) (d decimal, unit, ok bool) {
	s = withoutBlanks(s)
	if inner, found := strings.CutPrefix(s, "("); found && strings.HasSuffix(inner, ")") {
		s = "-" + strings.TrimSuffix(inner, ")")
	}
	factor, _ := parseDecimal("1")
	for again := true; again; {
		again = false
		for _, u := range units() {
			rest, cut := strings.CutSuffix(s, halfWidth(u.word))
			if !cut && !u.unit {
				rest, cut = strings.CutPrefix(s, halfWidth(u.word))
			}
			if !cut || u.unit && unit {
				continue
			}
			s, again = rest, true
			if u.unit {
				unit, factor = true, u.factor
			}
			break
		}
	}
	s = strings.TrimPrefix(s, "+")
	if grouped.MatchString(s) {
		s = strings.ReplaceAll(s, ",", "")
	}
	d, ok = parseDecimal(s)
	if !ok {
		return d, unit, false
	}
	return d.times(factor), unit, true
}

// layoutAuto is the layout of dates and moments as people write them: year, month and day in this order, whatever stands between,
// eight digits, the serial number of a spreadsheet, RFC 3339.
const layoutAuto = "auto"

var (
	looseDate  = regexp.MustCompile(`^(\d{4})-(\d{1,2})-(\d{1,2})(?: +(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?:?(?:[.-]\d{1,9})?)?$`)
	denseDate  = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})(?: ?(\d{2}):?(\d{2}):?(\d{2})?)?$`)
	serialDate = regexp.MustCompile(`^\d{5}(\.\d{1,15})?$`)
)

func parseAuto(s string, zone *time.Location, serials bool) (time.Time, bool) {
	s = strings.TrimSpace(halfWidth(s))
	if at, p := parseInstant(s, zone); p.ok() {
		return at.Time().In(zone), true
	}
	if serials && serialDate.MatchString(s) {
		return serialTime(s, zone)
	}
	m := looseDate.FindStringSubmatch(strings.TrimSpace(dateSigns().Replace(s)))
	if m == nil {
		m = denseDate.FindStringSubmatch(s)
	}
	if m == nil {
		return time.Time{}, false
	}
	var n [6]int
	for i := range n {
		n[i], _ = strconv.Atoi(m[i+1])
	}
	t := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], 0, zone)
	whole := t.Year() == n[0] && int(t.Month()) == n[1] && t.Day() == n[2] && n[3] < 24 && n[4] < 60 && n[5] < 60
	return t, whole && n[0] >= firstYear && n[0] <= lastYear
}

// serialTime reads days since 1899-12-30, with the time of day as a fraction, to the second. Those before March 1900 are off by one
// in spreadsheets and no date of this domain.
func serialTime(s string, zone *time.Location) (time.Time, bool) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f < 61 || f >= 100_000 {
		return time.Time{}, false
	}
	days := int(f)
	seconds := int((f-float64(days))*86_400 + 0.5)
	return time.Date(1899, 12, 30+days, 0, 0, seconds, 0, zone), true
}

var roundedForm = regexp.MustCompile(`(^|[^0-9.])\d(\.\d+)?[eE]\+[1-9]\d$`)

// isRounded says whether a text is a long number of which a spreadsheet kept the first digits alone: 1.2E+17, with the sign that no
// identifier has.
func isRounded(s string) bool {
	n := len(s)
	return n >= 4 && n <= 100 && s[n-3] == '+' && roundedForm.MatchString(s)
}
