package ingest

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"xiezhi/models"
)

const (
	firstYear = 1800
	lastYear  = 2200
)

// shanghai is the zone of instants that name none; China keeps one zone without daylight saving.
func shanghai() *time.Location { return time.FixedZone("Asia/Shanghai", 8*3600) }

// parseZone reads UTC, Asia/Shanghai, an offset like +08:00, or any zone that the system knows.
func parseZone(name string) (*time.Location, error) {
	switch name {
	case "", "Asia/Shanghai", "PRC":
		return shanghai(), nil
	case "UTC", "Z":
		return time.UTC, nil
	case "Local":
		return nil, fmt.Errorf("zone %q depends on the machine", name)
	}
	if t, err := time.Parse("-07:00", name); err == nil {
		_, offset := t.Zone()
		return time.FixedZone(name, offset), nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("zone %q: %w", name, err)
	}
	return zone, nil
}

// parseInstant reads RFC 3339; a moment that names no zone stands in the given one. A blank may stand for the T.
func parseInstant(s string, zone *time.Location) (models.Instant, problem) {
	wrong := bad("ingest.refused.instant")
	if len(s) < 19 || len(s) > 35 || (s[10] != 'T' && s[10] != 't' && s[10] != ' ') || s[13] != ':' || s[16] != ':' {
		return models.Instant{}, wrong
	}
	day, ok := parseDay(s[:10])
	h, okH := twoDigits(s[11:13], 23)
	m, okM := twoDigits(s[14:16], 59)
	sec, okS := twoDigits(s[17:19], 59)
	if !ok || !okH || !okM || !okS {
		return models.Instant{}, wrong
	}
	nanos, rest, ok := fractionOf(s[19:])
	if !ok {
		return models.Instant{}, wrong
	}
	if rest == "" {
		return models.At(time.Date(day.Year(), day.Month(), day.Day(), h, m, sec, nanos, zone)), problem{}
	}
	offset, ok := offsetOf(rest)
	if !ok {
		return models.Instant{}, wrong
	}
	t := day.Add(time.Duration(h*3600+m*60+sec-offset)*time.Second + time.Duration(nanos))
	return models.At(t), problem{}
}

func parseDay(s string) (time.Time, bool) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return time.Time{}, false
	}
	y1, ok1 := twoDigits(s[:2], 99)
	y2, ok2 := twoDigits(s[2:4], 99)
	m, ok3 := twoDigits(s[5:7], 12)
	d, ok4 := twoDigits(s[8:10], 31)
	year := y1*100 + y2
	if !ok1 || !ok2 || !ok3 || !ok4 || m == 0 || d == 0 || year < firstYear || year > lastYear {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return t, t.Day() == d
}

func twoDigits(s string, most int) (int, bool) {
	if s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9' {
		return 0, false
	}
	n := int(s[0]-'0')*10 + int(s[1]-'0')
	return n, n <= most
}

func fractionOf(s string) (nanos int, rest string, ok bool) {
	if s == "" || s[0] != '.' {
		return 0, s, true
	}
	i, unit := 1, 100_000_000
	for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		nanos += int(s[i]-'0') * unit
		unit /= 10
	}
	return nanos, s[i:], i > 1 && i <= 10
}

func offsetOf(s string) (seconds int, ok bool) {
	if s == "Z" || s == "z" {
		return 0, true
	}
	if len(s) != 6 || s[3] != ':' || (s[0] != '+' && s[0] != '-') {
		return 0, false
	}
	h, okH := twoDigits(s[1:3], 23)
	m, okM := twoDigits(s[4:6], 59)
	seconds = h*3600 + m*60
	if s[0] == '-' {
		seconds = -seconds
	}
	return seconds, okH && okM
}

// layoutSerial is the layout of spreadsheet serial dates: days since 1899-12-30.
const layoutSerial = "serial"

// parseLayouts reads a foreign date or moment by the first layout that fits; serials says whether a number may be a day.
func parseLayouts(s string, layouts []string, zone *time.Location, serials bool) (time.Time, bool) {
	for _, layout := range layouts {
		switch layout {
		case layoutAuto:
			if t, ok := parseAuto(s, zone, serials); ok {
				return t, true
			}
			continue
		case layoutSerial:
			if n, err := strconv.Atoi(s); serials && err == nil && n > 0 && n < 100_000 {
				return time.Date(1899, 12, 30+n, 0, 0, 0, 0, zone), true
			}
			continue
		}
		t, err := time.ParseInLocation(layout, s, zone)
		if err == nil && t.Year() >= firstYear && t.Year() <= lastYear {
			return t, true
		}
	}
	return time.Time{}, false
}

// parseStep reads a Go duration, or whole days or weeks as 1d and 1w.
func parseStep(s string) (time.Duration, error) {
	units := map[string]time.Duration{"d": 24 * time.Hour, "w": 7 * 24 * time.Hour}
	for suffix, unit := range units {
		if text, ok := strings.CutSuffix(s, suffix); ok {
			n, err := strconv.Atoi(text)
			if err != nil || n <= 0 || n > 10_000 {
				return 0, fmt.Errorf("step %q", s)
			}
			return time.Duration(n) * unit, nil
		}
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("step %q", s)
	}
	return d, nil
}
