package law

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// Each table has at most one move for a state and an event, every state is reached, every clock it starts and ends has a rule,
// and what a move asks for is asked for once.
func TestMachines(t *testing.T) {
	for _, m := range Machines() {
		seen := map[[2]string]bool{}
		for _, move := range m.Moves() {
			key := [2]string{string(move.From), string(move.Event)}
			if seen[key] {
				t.Errorf("%s: %v stands twice", m.Name, key)
			}
			seen[key] = true
			for _, name := range append(slices.Clone(move.Ends), move.Clock) {
				if _, ok := ClockRuleFor(name); name != "" && !ok && m.Name != MachineStop {
					t.Errorf("%s %s: no rule for clock %s", m.Name, move.Event, name)
				}
			}
			fields := map[string]bool{}
			for _, a := range m.Asks(move.Event) {
				if fields[a.Field] {
					t.Errorf("%s %s asks twice for %s", m.Name, move.Event, a.Field)
				}
				fields[a.Field] = true
			}
		}
		reached := map[State]bool{StateNone: true}
		for range m.Moves() {
			for _, move := range m.Moves() {
				if reached[move.From] {
					reached[move.To] = true
				}
			}
		}
		for _, s := range m.States() {
			if !reached[s] {
				t.Errorf("%s: nothing leads to %s", m.Name, s)
			}
		}
	}
	for key := range asks() {
		if !MachineOf(key.machine).Knows(key.event) {
			t.Errorf("asks.csv: %s has no event %s", key.machine, key.event)
		}
	}
	if len(MachineOf("nothing").Moves()) != 0 {
		t.Error("a machine that is not known has moves")
	}
}

// 100,000 random moves over each table: a clock runs at most once, what is ended ran or may not have run, and none of the
// agency's own runs in an end state.
func TestMachineWalk(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 0))
	for _, m := range Machines() {
		if m.Name == MachineReferral || m.Name == MachineStop {
			continue // the referral has a walk of its own; the other is run by others
		}
		state, running := StateNone, map[ClockName]bool{}
		for range 100_000 {
			open := m.From(state)
			if len(open) == 0 {
				for name := range running {
					t.Fatalf("%s: %s runs in %s", m.Name, name, state)
				}
				state = StateNone
				continue
			}
			move := open[r.IntN(len(open))]
			for _, name := range move.Ends {
				delete(running, name)
			}
			if move.Clock != "" {
				if running[move.Clock] {
					t.Fatalf("%s: %s starts %s, which runs", m.Name, move.Event, move.Clock)
				}
				running[move.Clock] = true
			}
			state = move.To
		}
	}
}

// A pause takes its days out of a limit, an extension adds days, and without both the limit is what it was.
func TestAdjusted(t *testing.T) {
	rule, _ := ClockRuleFor(ClockSeizure)
	start := time.Date(2026, 3, 2, 10, 0, 0, 0, zone)
	cal := DefaultCalendar()
	day := func(text string) time.Time {
		d, err := time.ParseInLocation(time.DateOnly, text, zone)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	plain := Compute(rule, start, cal)
	if got := plain.LastDay.Format(time.DateOnly); got != "2026-04-01" {
		t.Fatalf("30 days from 2 March end on %s", got)
	}
	paused := ComputeAdjusted(rule, start, cal, 0, []Pause{{day("2026-03-10"), day("2026-03-14")}})
	if got := paused.LastDay.Format(time.DateOnly); got != "2026-04-07" { // 6 April is the day off of Qingming, so the last day moves on
		t.Errorf("with five days out it ends on %s", got)
	}
	extended := ComputeAdjusted(rule, start, cal, 30, []Pause{{day("2026-03-10"), day("2026-03-14")}})
	if got := extended.LastDay.Format(time.DateOnly); got != "2026-05-06" {
		t.Errorf("with thirty more it ends on %s", got)
	}
	if undone := ComputeAdjusted(rule, start, cal, 0, nil); !undone.DueAt.Equal(plain.DueAt) {
		t.Errorf("undone it ends at %s, not %s", undone.DueAt, plain.DueAt)
	}
	inPause := ComputeAdjusted(rule, start, cal, 0, []Pause{{day("2026-03-31"), day("2026-04-20")}})
	for _, d := range inPause.Days {
		if d.Kind == CountDue && d.Date.Before(day("2026-04-21")) {
			t.Errorf("it ends on %s, within the pause", d.Date)
		}
	}
	hours, _ := ClockRuleFor(ClockSendDossier)
	if due := ComputeAdjusted(hours, start, cal, 5, []Pause{{start, start}}); due.DueAt.Sub(start) != 24*time.Hour {
		t.Error("hours were paused or extended")
	}
}

// A holiday decided later moves a limit, taken back it is where it was.
func TestCalendarWith(t *testing.T) {
	cal := DefaultCalendar()
	rule := ClockRule{Amount: 3, Unit: UnitCalendarDay, ExcludeStartDay: true, RollOver: true}
	start := time.Date(2026, 11, 17, 9, 0, 0, 0, zone)
	off := CalendarDay{Date: "2026-11-20", Kind: DayHoliday, Year: 2026}
	changed := cal.With("changed", []CalendarDay{off})
	if got := Compute(rule, start, changed).LastDay.Format(time.DateOnly); got != "2026-11-23" {
		t.Errorf("with Friday off it ends on %s", got)
	}
	back := cal.With("back", []CalendarDay{off, {Date: "2026-11-20", Kind: DayOrdinary, Year: 2026}})
	if got := Compute(rule, start, back).LastDay.Format(time.DateOnly); got != "2026-11-20" {
		t.Errorf("taken back it ends on %s", got)
	}
	if len(cal.Days(2026)) == 0 || cal.Name() == changed.Name() {
		t.Error("the days or the name of a calendar are lost")
	}
}
