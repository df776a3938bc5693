package sheet

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// dateKind says whether a number format shows dates or times of day.
type dateKind byte

const (
	noDate dateKind = iota
	showsDate
)

// builtinDate knows the formats that have a number and no code (ECMA-376 part 1, 18.8.30, with those of East Asian locales).
func builtinDate(id string) dateKind {
	n, err := strconv.Atoi(id)
	if err == nil && (n >= 14 && n <= 22 || n >= 27 && n <= 36 || n == 45 || n == 47 || n >= 50 && n <= 58) {
		return showsDate
	}
	return noDate
}

// dateCode looks for year, month, day, hour or second in a format code, outside of quotes, escapes and brackets. Elapsed time
// ([h]) is a quantity and no date.
func dateCode(code string) dateKind {
	code, _, _ = strings.Cut(code, ";")
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				return noDate
			}
			i += end + 1
		case '\\', '_', '*':
			i++
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return noDate
			}
			switch strings.Trim(strings.ToLower(code[i+1:i+end]), "hms") {
			case "":
				return noDate
			}
			i += end
		case 'y', 'Y', 'm', 'M', 'd', 'D', 'h', 'H', 's', 'S', 'e':
			if c == 'e' && i > 0 && strings.ContainsRune("0#?", rune(code[i-1])) {
				return noDate
			}
			return showsDate
		case 'E', 'G':
			return noDate
		}
	}
	return noDate
}

// lastSerial is the serial number of 9999-12-31.
const lastSerial = 2_958_465

// dated writes a serial number as a date, with a time where it has one; ok is false for numbers that are no day of the calendar.
// The 1900 system counts 1900-02-29, a day that never was: before it the count is off by one, and the day itself is refused.
func dated(serial float64, year04 bool) (string, bool) {
	if math.IsNaN(serial) || serial < 0 || serial > lastSerial+1 {
		return "", false
	}
	days, part := math.Modf(serial)
	seconds := int(math.Round(part * 86_400))
	if days == 0 && !year04 {
		return fmt.Sprintf("%02d:%02d:%02d", seconds/3600%24, seconds/60%60, seconds%60), true
	}
	first := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case year04:
		first = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case days == 60:
		return "", false
	case days < 60:
		first = first.AddDate(0, 0, 1)
	}
	t := first.AddDate(0, 0, int(days)).Add(time.Duration(seconds) * time.Second)
	if seconds == 0 {
		return t.Format(time.DateOnly), true
	}
	return t.Format(time.DateTime), true
}

// significant is how many digits a spreadsheet keeps of a number.
const significant = 15

// number writes a stored number in plain digits. What stands beyond the 15th digit is an artefact of its binary form and is
// taken off; a whole number that is longer has lost digits when it was typed and keeps the exponent that shows it. ok is false
// for what is no number.
func number(raw string) (string, bool) {
	if len(raw) > 40 {
		return raw, false
	}
	f, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) || strings.ContainsAny(raw, "xXpP_iInN") {
		return raw, false
	}
	digits := strings.TrimPrefix(raw, "-")
	if strings.Trim(digits, "0123456789") == "" {
		if len(digits) <= significant {
			return raw, true
		}
		if strings.Trim(digits[significant:], "0") != "" {
			return raw, true // written by a program that kept all digits
		}
	}
	if math.Abs(f) >= 1e15 {
		return strconv.FormatFloat(f, 'E', significant-1, 64), true
	}
	short := strconv.FormatFloat(f, 'E', significant-1, 64)
	g, err := strconv.ParseFloat(short, 64)
	if err != nil {
		return raw, false
	}
	return strconv.FormatFloat(g, 'f', -1, 64), true
}
