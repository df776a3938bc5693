package law

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func at(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, Zone())
	if err != nil {
		panic(err)
	}
	return t
}

func calendarDays(n int) ClockRule {
	return ClockRule{Amount: n, Unit: UnitCalendarDay, ExcludeStartDay: true, RollOver: true}
}

func workingDays(n int) ClockRule {
	return ClockRule{Amount: n, Unit: UnitWorkingDay, ExcludeStartDay: true}
}

func TestComputeInDays(t *testing.T) {
	tests := []struct {
		name    string
		rule    ClockRule
		start   string
		last    string
		certain bool
	}{
		{"Friday at one to midnight", calendarDays(3), "2026-11-20 23:59", "2026-11-23", true},
		{"a minute later it is Saturday", calendarDays(3), "2026-11-21 00:00", "2026-11-24", true},
		{"the last day is a Saturday", calendarDays(3), "2026-11-18 10:00", "2026-11-23", true},
		{"start on a holiday", calendarDays(3), "2026-10-01 10:00", "2026-10-08", true},
		{"the last day is a Saturday that is worked", calendarDays(3), "2026-10-07 10:00", "2026-10-10", true},
		{"the last day is a Sunday that is worked", calendarDays(3), "2026-09-17 10:00", "2026-09-20", true},
		{"into the Golden Week", calendarDays(3), "2026-09-29 09:00", "2026-10-08", true},
		{"before Spring Festival", calendarDays(3), "2026-02-12 09:00", "2026-02-24", true},
		{"over the year end, both known", calendarDays(3), "2025-12-30 09:00", "2026-01-04", true},
		{"over the year end, the new year unknown", calendarDays(3), "2026-12-31 09:00", "2027-01-04", false},
		{"in a year that is not covered", calendarDays(3), "2030-03-05 09:00", "2030-03-08", false},
		{"seven days", calendarDays(7), "2026-11-18 10:00", "2026-11-25", true},
		{"fifteen days", calendarDays(15), "2026-11-18 10:00", "2026-12-03", true},
		{"no roll-over", ClockRule{Amount: 3, Unit: UnitCalendarDay, ExcludeStartDay: true}, "2026-11-18 10:00", "2026-11-21", true},
		{"start day counted", ClockRule{Amount: 3, Unit: UnitCalendarDay, RollOver: true}, "2026-11-18 10:00", "2026-11-20", true},
		{"working days over a weekend", workingDays(3), "2026-11-20 10:00", "2026-11-25", true},
		{"working days over Spring Festival", workingDays(3), "2026-02-13 10:00", "2026-02-25", true},
		{"working days from a holiday", workingDays(1), "2026-10-02 10:00", "2026-10-08", true},
		{"no days", calendarDays(0), "2026-11-18 10:00", "2026-11-18", true},
	}
	for _, tt := range tests {
		due := Compute(tt.rule, at(tt.start), DefaultCalendar())
		if got := due.LastDay.Format(time.DateOnly); got != tt.last {
			t.Errorf("%s: last day %s, want %s", tt.name, got, tt.last)
		}
		if want := due.LastDay.Add(24 * time.Hour); !due.DueAt.Equal(want) || due.DueAt.Location() != time.UTC {
			t.Errorf("%s: due at %s", tt.name, due.DueAt)
		}
		if due.Certain != tt.certain {
			t.Errorf("%s: certain %v", tt.name, due.Certain)
		}
		if due.CalendarName != "CN-State-Council-2010-2026" {
			t.Errorf("%s: calendar %s", tt.name, due.CalendarName)
		}
	}
}

func TestComputeShowsItsCounting(t *testing.T) {
	tests := []struct {
		rule  ClockRule
		start string
		want  string
	}{
		{calendarDays(3), "2026-11-18 10:00", "18 start_excluded 0, 19 counted 1, 20 counted 2, 21 rest_counted 3, 22 rolled 0, 23 due 0"},
		{calendarDays(3), "2026-11-20 10:00", "20 start_excluded 0, 21 rest_counted 1, 22 rest_counted 2, 23 due 3"},
		{workingDays(2), "2026-11-20 10:00", "20 start_excluded 0, 21 skipped_rest 0, 22 skipped_rest 0, 23 counted 1, 24 due 2"},
	}
	for _, tt := range tests {
		var got []string
		for _, d := range Compute(tt.rule, at(tt.start), DefaultCalendar()).Days {
			got = append(got, d.Date.Format("2 ")+string(d.Kind)+" "+string(rune('0'+d.Number)))
			if d.Weekday != d.Date.Weekday() {
				t.Errorf("%s is said to be a %s", d.Date, d.Weekday)
			}
		}
		if s := strings.Join(got, ", "); s != tt.want {
			t.Errorf("from %s: %s", tt.start, s)
		}
	}
	days := Compute(calendarDays(3), at("2026-09-29 09:00"), DefaultCalendar()).Days
	if days[2].HolidayZh != "国庆节" || days[2].HolidayEn != "National Day" || days[1].HolidayZh != "" {
		t.Errorf("holidays are not named: %+v", days)
	}
}

func TestHoursElapseOverRestDays(t *testing.T) {
	rule, _ := ClockRuleFor(ClockSendDossier)
	for _, start := range []string{"2026-11-20 17:00", "2026-10-01 00:00", "2026-12-31 23:59"} {
		due := Compute(rule, at(start), DefaultCalendar())
		if !due.DueAt.Equal(at(start).Add(24*time.Hour)) || !due.Certain || len(due.Days) != 2 || due.Days[1].Kind != CountDue {
			t.Errorf("from %s: due %s, %+v", start, due.DueAt, due.Days)
		}
	}
}

func TestPoliceReviewHasOuterLines(t *testing.T) {
	rule, _ := ClockRuleFor(ClockPoliceReview)
	due := Deadline{Rule: rule, StartAt: at("2026-11-18 10:00")}.Due(DefaultCalendar())
	want := []string{"2026-12-01 00:00", "2026-12-19 00:00", "2027-01-19 00:00"}
	for i, w := range want {
		if !due.OuterAt[i].Equal(at(w)) {
			t.Errorf("outer line %d at %s, want %s", rule.OuterLines[i], due.OuterAt[i].In(Zone()), w)
		}
	}
	if !due.Certain || due.OuterCertain {
		t.Errorf("certain %v, outer %v", due.Certain, due.OuterCertain)
	}
	for i, now := range []string{"2026-11-30 23:59", "2026-12-01 00:00", "2026-12-20 00:00", "2027-02-01 00:00"} {
		if got := due.OuterPassed(at(now), time.Time{}); got != i {
			t.Errorf("at %s %d outer lines have passed", now, got)
		}
	}
	if got := due.OuterPassed(at("2027-02-01 00:00"), at("2026-11-20 00:00")); got != 0 {
		t.Errorf("an ended clock passes %d lines", got)
	}
}

func TestStateAt(t *testing.T) {
	three := Compute(calendarDays(3), at("2026-11-20 10:00"), DefaultCalendar()) // to the end of the 23rd
	day := Compute(ClockRule{Amount: 24, Unit: UnitHour}, at("2026-11-20 10:00"), DefaultCalendar())
	open := Compute(ClockRule{Unit: UnitAsSet}, at("2026-11-20 10:00"), DefaultCalendar())
	tests := []struct {
		due        Due
		now, ended string
		want       ClockState
	}{
		{three, "2026-11-20 10:00", "", ClockRunning}, {three, "2026-11-23 00:00", "", ClockRunning}, {three, "2026-11-23 00:01", "", ClockSoon},
		{three, "2026-11-23 23:59", "", ClockSoon}, {three, "2026-11-24 00:00", "", ClockLate},
		{three, "2026-12-24 00:00", "2026-11-23 23:59", ClockDoneInTime}, {three, "2026-12-24 00:00", "2026-11-24 00:00", ClockDoneLate},
		{day, "2026-11-20 12:00", "", ClockRunning}, {day, "2026-11-21 04:01", "", ClockSoon}, {day, "2026-11-21 10:00", "", ClockSoon},
		{day, "2026-11-21 10:01", "", ClockLate}, {day, "2026-11-22 10:01", "2026-11-21 10:00", ClockDoneInTime}, {day, "2026-11-22 10:01", "2026-11-21 10:01", ClockDoneLate},
		{open, "2027-11-22 10:01", "", ClockRunning}, {open, "2027-11-22 10:01", "2027-11-21 10:01", ClockDoneInTime},
	}
	for _, tt := range tests {
		var ended time.Time
		if tt.ended != "" {
			ended = at(tt.ended)
		}
		if got := tt.due.StateAt(at(tt.now), ended); got != tt.want {
			t.Errorf("due %s, now %s, ended %s: %s, want %s", tt.due.DueAt, tt.now, tt.ended, got, tt.want)
		}
	}
	if Left(three, at("2026-11-23 23:00")) != time.Hour || Left(three, at("2026-11-24 01:00")) != -time.Hour || Left(open, at("2026-11-24 01:00")) != 0 {
		t.Error("the time left is wrong")
	}
	if open.Certain || !open.DueAt.IsZero() {
		t.Error("a limit as set has an end of its own")
	}
	set := ComputeSet(open.Rule, at("2026-11-20 10:00"), at("2026-11-29 08:00"), DefaultCalendar())
	if !set.DueAt.Equal(at("2026-11-30 00:00")) || set.StateAt(at("2026-11-30 00:00"), time.Time{}) != ClockLate || len(set.Days) != 10 {
		t.Errorf("a set day: %+v", set)
	}
}

func TestDueDatesFollowTheirStart(t *testing.T) {
	cal := DefaultCalendar()
	rapid.Check(t, func(t *rapid.T) {
		rule := ClockRule{
			Amount: rapid.IntRange(1, 60).Draw(t, "amount"), ExcludeStartDay: rapid.Bool().Draw(t, "exclude"), RollOver: true,
			Unit: rapid.SampledFrom([]Unit{UnitCalendarDay, UnitWorkingDay, UnitHour}).Draw(t, "unit"),
		}
		base := at("2010-01-01 00:00").Add(time.Duration(rapid.IntRange(0, 17*366*24*60).Draw(t, "minute")) * time.Minute)
		later := base.Add(time.Duration(rapid.IntRange(0, 20*24*60).Draw(t, "gap")) * time.Minute)
		a, b := Compute(rule, base, cal), Compute(rule, later, cal)
		if b.DueAt.Before(a.DueAt) {
			t.Fatalf("a later start is due earlier: %s and %s", a.DueAt, b.DueAt)
		}
		if !a.DueAt.After(base) {
			t.Fatalf("due at %s, before the start", a.DueAt)
		}
		if rule.Unit == UnitHour {
			return
		}
		if !cal.Working(a.LastDay) {
			t.Fatalf("the last day %s is a rest day", a.LastDay)
		}
		longer := rule
		longer.Amount++
		if Compute(longer, base, cal).DueAt.Before(a.DueAt) {
			t.Fatal("a longer limit ends earlier")
		}
		counted, dues := 0, 0
		for i, d := range a.Days {
			if i > 0 && !d.Date.Equal(a.Days[i-1].Date.AddDate(0, 0, 1)) {
				t.Fatal("the days do not follow each other")
			}
			if d.Number > 0 {
				counted++
			}
			if d.Kind == CountDue {
				dues++
			}
		}
		if counted != rule.Amount || dues != 1 {
			t.Fatalf("%d days counted of %d, %d due", counted, rule.Amount, dues)
		}
	})
}

func TestZoneNeedsNoZoneFiles(t *testing.T) {
	if _, offset := at("2026-07-01 12:00").Zone(); offset != 8*3600 {
		t.Errorf("offset %d", offset)
	}
}

func TestCalendar(t *testing.T) {
	cal := DefaultCalendar()
	for year := 2010; year <= 2026; year++ {
		if !cal.Covers(year) {
			t.Errorf("%d is not covered", year)
		}
	}
	if cal.Covers(2009) || cal.Covers(2027) || (Calendar{}).Covers(2026) {
		t.Error("a year without a table is covered")
	}
	working := map[string]bool{
		"2026-02-14 09:00": true, "2026-02-17 09:00": false, "2026-02-28 09:00": true, "2026-11-21 09:00": false, "2026-11-23 00:00": true, "2026-10-01 23:59": false,
	}
	for day, want := range working {
		if cal.Working(at(day)) != want {
			t.Errorf("%s: working %v", day, !want)
		}
	}
	if !cal.Working(time.Date(2026, 2, 13, 16, 30, 0, 0, time.UTC)) {
		t.Error("an instant in UTC is not moved to the day in China")
	}
	if !(Calendar{}).Working(at("2026-10-01 09:00")) || (Calendar{}).Working(at("2026-11-21 09:00")) || (Calendar{}).Name() != "weekends" {
		t.Error("the zero calendar knows more or less than weekends")
	}
}

func TestLoadCalendarRefuses(t *testing.T) {
	good := "# calendar: X-1\ndate,kind,name_zh,name_en,year\n2027-01-01,holiday,元旦,New Year,2027\n"
	cal, err := LoadCalendar(strings.NewReader(good))
	if err != nil || cal.Name() != "X-1" || !cal.Covers(2027) || cal.Working(at("2027-01-01 09:00")) {
		t.Fatalf("%v, %v", cal, err)
	}
	if cal, err := LoadCalendar(strings.NewReader(strings.TrimPrefix(good, "# calendar: X-1\n"))); err != nil || cal.Name() != "unnamed" {
		t.Errorf("without a name: %q, %v", cal.Name(), err)
	}
	bad := []string{
		"", "#", "# calendar: X-1\n", "2027-01-01,holiday,a,b,2027\n", good + "2027-01-01,holiday,a,b,2027\n", good + "2027-02-30,holiday,a,b,2027\n",
		good + "2027-02-03,feast,a,b,2027\n", good + "2027-02-03,holiday,a,b,x\n", good + "2027-02-03,holiday\n",
	}
	for _, text := range bad {
		if _, err := LoadCalendar(strings.NewReader(text)); err == nil {
			t.Errorf("accepted %q", text)
		}
	}
}
