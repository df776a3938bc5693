package law

import (
	"slices"
	"time"
)

// CountKind says what a day did in the counting of a time limit.
type CountKind string

// The kinds of day. A counted rest day belongs to a limit in calendar days; a skipped one to a limit in working days; a
// rolled one lies between a last day that is a rest day and the day that is due instead; a paused one does not count.
const (
	CountStartExcluded CountKind = "start_excluded"
	CountCounted       CountKind = "counted"
	CountRestCounted   CountKind = "rest_counted"
	CountSkippedRest   CountKind = "skipped_rest"
	CountRolled        CountKind = "rolled"
	CountDue           CountKind = "due"
	CountPaused        CountKind = "paused"
)

// Day is one date of the counting, at 00:00 in China. Number is its place in the limit, 0 for a day that does not count.
// HolidayZh and HolidayEn name a holiday or the holiday that a weekend day is worked for.
type Day struct {
	Date                 time.Time
	Kind                 CountKind
	Number               int
	Weekday              time.Weekday
	HolidayZh, HolidayEn string
}

// Due is a computed time limit. All instants are UTC. A limit in days ends with its last day: DueAt is the midnight in
// China that ends LastDay, and at that instant it is too late. A limit in hours may be met up to and at DueAt.
// OuterAt are the ends of the rule's outer lines. Certain is false when the calendar does not know a year that the
// counting up to DueAt touches, OuterCertain the same for the outer lines.
type Due struct {
	Rule         ClockRule
	StartAt      time.Time
	DueAt        time.Time
	LastDay      time.Time
	Days         []Day
	OuterAt      []time.Time
	CalendarName string
	Certain      bool
	OuterCertain bool
	Extended     int     `json:",omitempty"`
	Pauses       []Pause `json:",omitempty"`
}

// Pause is a time that does not count: from the day From to the day To, both of them included.
type Pause struct{ From, To time.Time }

// covers says whether a day, at 00:00 in China, does not count.
func (p Pause) covers(day time.Time) bool {
	return !day.Before(midnight(p.From)) && !day.After(midnight(p.To))
}

// Deadline is a rule with the instant that starts it.
type Deadline struct {
	Rule    ClockRule
	StartAt time.Time
}

// Due computes the deadline by a calendar.
func (d Deadline) Due(cal Calendar) Due { return Compute(d.Rule, d.StartAt, cal) }

// Compute returns when a limit that starts at start is over. A rule as set by a paper has no end of its own: its Due has
// a zero DueAt and is not Certain; see ComputeSet.
func Compute(rule ClockRule, start time.Time, cal Calendar) Due {
	return ComputeAdjusted(rule, start, cal, 0, nil)
}

// ComputeAdjusted is Compute for a limit that was extended by so many days of its unit and paused. Hours are never paused
// nor extended. Neither moves the outer lines.
func ComputeAdjusted(rule ClockRule, start time.Time, cal Calendar, extended int, pauses []Pause) Due {
	due := Due{Rule: rule, StartAt: start.UTC(), CalendarName: cal.Name(), OuterCertain: true, Extended: extended, Pauses: pauses}
	switch rule.Unit {
	case UnitHour:
		due.DueAt = due.StartAt.Add(time.Duration(rule.Amount) * time.Hour)
		due.Days = touched(start, due.DueAt, cal)
		due.LastDay = midnight(due.DueAt)
		due.Certain = true
	case UnitCalendarDay, UnitWorkingDay:
		longer := rule
		longer.Amount += extended
		due.Days, due.Certain = countDays(longer, start, cal, pauses)
		due.LastDay = due.Days[len(due.Days)-1].Date
		due.DueAt = due.LastDay.AddDate(0, 0, 1).UTC()
	}
	for _, amount := range rule.OuterLines {
		outer := rule
		outer.Amount, outer.Unit = amount, UnitCalendarDay
		days, certain := countDays(outer, start, cal, nil)
		due.OuterAt = append(due.OuterAt, days[len(days)-1].Date.AddDate(0, 0, 1).UTC())
		due.OuterCertain = due.OuterCertain && certain
	}
	return due
}

// ComputeSet returns the Due of a limit whose last day is written on a paper (an order to refer, an opinion of the
// procuratorate). The day counts to its end and is not moved.
func ComputeSet(rule ClockRule, start, lastDay time.Time, cal Calendar) Due {
	last := midnight(lastDay)
	return Due{
		Rule: rule, StartAt: start.UTC(), DueAt: last.AddDate(0, 0, 1).UTC(), LastDay: last,
		Days: touched(start, last, cal), CalendarName: cal.Name(), Certain: true, OuterCertain: true,
	}
}

// countDays walks from the start day to the due day. A limit of no days is over with the start day.
func countDays(rule ClockRule, start time.Time, cal Calendar, pauses []Pause) (days []Day, certain bool) {
	date := midnight(start)
	certain = cal.Covers(date.Year())
	if rule.ExcludeStartDay {
		days = append(days, newDay(date, CountStartExcluded, 0, cal))
		if rule.Amount == 0 {
			days[0].Kind = CountDue
			return days, certain
		}
		date = date.AddDate(0, 0, 1)
	}
	for counted := 0; ; date = date.AddDate(0, 0, 1) {
		certain = certain && cal.Covers(date.Year())
		if slices.ContainsFunc(pauses, func(p Pause) bool { return p.covers(date) }) {
			days = append(days, newDay(date, CountPaused, 0, cal))
			continue
		}
		working := cal.Working(date)
		if rule.Unit == UnitWorkingDay && !working {
			days = append(days, newDay(date, CountSkippedRest, 0, cal))
			continue
		}
		kind := CountCounted
		switch {
		case counted >= rule.Amount && !working:
			days = append(days, newDay(date, CountRolled, 0, cal))
			continue
		case counted >= rule.Amount:
			return append(days, newDay(date, CountDue, 0, cal)), certain
		case !working:
			kind = CountRestCounted
		}
		counted++
		if counted == rule.Amount && (working || !rule.RollOver) {
			return append(days, newDay(date, CountDue, counted, cal)), certain
		}
		days = append(days, newDay(date, kind, counted, cal))
	}
}

// touched lists the dates between two instants for a limit that does not count days.
func touched(start, end time.Time, cal Calendar) []Day {
	var days []Day
	last := midnight(end)
	for date := midnight(start); date.Before(last); date = date.AddDate(0, 0, 1) {
		days = append(days, newDay(date, CountCounted, 0, cal))
	}
	return append(days, newDay(last, CountDue, 0, cal))
}

func newDay(date time.Time, kind CountKind, number int, cal Calendar) Day {
	special, _ := cal.Special(date)
	return Day{Date: date, Kind: kind, Number: number, Weekday: date.Weekday(), HolidayZh: special.NameZh, HolidayEn: special.NameEn}
}

// midnight returns 00:00 in China of the date of t in China.
func midnight(t time.Time) time.Time {
	t = t.In(zone)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone)
}
