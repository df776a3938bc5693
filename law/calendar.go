package law

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// zone is the time of the whole country. China has kept no summer time since 1991, so it needs no zone file.
var zone = time.FixedZone("Asia/Shanghai", 8*60*60)

// Zone returns the time zone that days are counted in: UTC+8, which works on a machine without zone files.
func Zone() *time.Location { return zone }

// DayKind says in which way a date differs from its weekday.
type DayKind string

// A holiday is a day off; a workday is a weekend day worked in exchange for one.
const (
	DayHoliday DayKind = "holiday"
	DayWorkday DayKind = "workday"
)

// CalendarDay is one row of the yearly arrangement. Date is yyyy-mm-dd. Year is the arrangement it belongs to.
type CalendarDay struct {
	Date           string
	Kind           DayKind
	NameZh, NameEn string
	Year           int
}

// Calendar tells working days from rest days. The zero Calendar knows weekends only and covers no year.
type Calendar struct {
	name  string
	days  map[string]CalendarDay
	years map[int]bool
}

// NewCalendar makes a calendar of the given days. It fails on a malformed date, an unknown kind and a date given twice.
func NewCalendar(name string, days []CalendarDay) (Calendar, error) {
	c := Calendar{name: name, days: make(map[string]CalendarDay, len(days)), years: map[int]bool{}}
	for _, d := range days {
		if _, err := time.Parse(time.DateOnly, d.Date); err != nil {
			return Calendar{}, fmt.Errorf("calendar %s: day %q: %w", name, d.Date, err)
		}
		if d.Kind != DayHoliday && d.Kind != DayWorkday {
			return Calendar{}, fmt.Errorf("calendar %s: day %s: unknown kind %q", name, d.Date, d.Kind)
		}
		if _, twice := c.days[d.Date]; twice {
			return Calendar{}, fmt.Errorf("calendar %s: day %s stands twice", name, d.Date)
		}
		c.days[d.Date] = d
		c.years[d.Year] = true
	}
	return c, nil
}

// LoadCalendar reads a calendar in the form of holidays.csv: date, kind, name_zh, name_en, year. Its name stands in a
// first line "# calendar: NAME"; without one it is "unnamed".
func LoadCalendar(r io.Reader) (Calendar, error) {
	buffered := bufio.NewReader(r)
	name := "unnamed"
	if first, _ := buffered.Peek(1); len(first) == 1 && first[0] == '#' {
		line, err := buffered.ReadString('\n')
		if err != nil {
			return Calendar{}, fmt.Errorf("read calendar: %w", err)
		}
		if _, given, ok := strings.Cut(line, "calendar:"); ok {
			name = strings.TrimSpace(given)
		}
	}
	reader := csv.NewReader(buffered)
	reader.Comment, reader.FieldsPerRecord = '#', 5
	rows, err := reader.ReadAll()
	if err != nil {
		return Calendar{}, fmt.Errorf("read calendar %s: %w", name, err)
	}
	if len(rows) == 0 || rows[0][0] != "date" {
		return Calendar{}, fmt.Errorf("read calendar %s: no header", name)
	}
	days := make([]CalendarDay, 0, len(rows))
	for _, row := range rows[1:] {
		year, err := strconv.Atoi(row[4])
		if err != nil {
			return Calendar{}, fmt.Errorf("read calendar %s: day %s: %w", name, row[0], err)
		}
		days = append(days, CalendarDay{Date: row[0], Kind: DayKind(row[1]), NameZh: row[2], NameEn: row[3], Year: year})
	}
	return NewCalendar(name, days)
}

//go:embed holidays.csv
var holidaysCSV []byte

var defaultCalendar = sync.OnceValue(func() Calendar {
	c, err := LoadCalendar(bytes.NewReader(holidaysCSV))
	if err != nil {
		panic(err)
	}
	return c
})

// DefaultCalendar returns the State Council's arrangement that the program ships with.
func DefaultCalendar() Calendar { return defaultCalendar() }

// Name returns the name and version that computed due dates are kept with.
func (c Calendar) Name() string {
	if c.name == "" {
		return "weekends"
	}
	return c.name
}

// Covers reports whether the arrangement of a year is known. In other years only weekends are rest days, and a due date
// there may still move.
func (c Calendar) Covers(year int) bool { return c.years[year] }

// Working reports whether the date of t in China is a working day.
func (c Calendar) Working(t time.Time) bool {
	t = t.In(zone)
	if d, ok := c.days[t.Format(time.DateOnly)]; ok {
		return d.Kind == DayWorkday
	}
	return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday
}

// Special returns the row of the arrangement for the date of t in China, if it has one.
func (c Calendar) Special(t time.Time) (CalendarDay, bool) {
	d, ok := c.days[t.In(zone).Format(time.DateOnly)]
	return d, ok
}

// DayOrdinary takes a date out of the arrangement: it is what its weekday says.
const DayOrdinary DayKind = "ordinary"

// With returns the calendar as later decisions have changed it, each date by its last one, under a name of its own.
func (c Calendar) With(name string, changes []CalendarDay) Calendar {
	if len(changes) == 0 {
		return c
	}
	out := Calendar{name: name, days: maps.Clone(c.days), years: maps.Clone(c.years)}
	if out.days == nil {
		out.days, out.years = map[string]CalendarDay{}, map[int]bool{}
	}
	for _, d := range changes {
		if d.Kind == DayOrdinary {
			delete(out.days, d.Date)
			continue
		}
		out.days[d.Date] = d
		out.years[d.Year] = true
	}
	return out
}

// Days returns the rows of a year's arrangement, by date.
func (c Calendar) Days(year int) []CalendarDay {
	var list []CalendarDay
	prefix := strconv.Itoa(year) + "-"
	for date, d := range c.days {
		if strings.HasPrefix(date, prefix) {
			list = append(list, d)
		}
	}
	slices.SortFunc(list, func(a, b CalendarDay) int { return strings.Compare(a.Date, b.Date) })
	return list
}
