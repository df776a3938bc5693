package law

import "time"

// ClockState says how a clock stands at an instant.
type ClockState string

// The states of a clock. Soon begins 24 hours before the end, for a limit in hours when a quarter of it is left.
const (
	ClockRunning    ClockState = "running"
	ClockSoon       ClockState = "soon"
	ClockLate       ClockState = "late"
	ClockDoneInTime ClockState = "done_in_time"
	ClockDoneLate   ClockState = "done_late"
)

// StateAt returns how a clock stands at now. EndedAt is the instant it was ended, zero while it runs. A clock without a
// due instant runs until it is ended in time.
func (d Due) StateAt(now, endedAt time.Time) ClockState {
	if !endedAt.IsZero() {
		if d.passed(d.DueAt, endedAt) {
			return ClockDoneLate
		}
		return ClockDoneInTime
	}
	switch {
	case d.DueAt.IsZero():
		return ClockRunning
	case d.passed(d.DueAt, now):
		return ClockLate
	case Left(d, now) < d.warning():
		return ClockSoon
	}
	return ClockRunning
}

// OuterPassed returns how many outer lines have passed at now, or at endedAt for an ended clock. One or more is what
// police have no ground left for; a late clock that has passed none may still be within the police's own rules.
func (d Due) OuterPassed(now, endedAt time.Time) int {
	at := now
	if !endedAt.IsZero() {
		at = endedAt
	}
	passed := 0
	for _, line := range d.OuterAt {
		if d.passed(line, at) {
			passed++
		}
	}
	return passed
}

// Left returns the time until a limit is over, negative when it has passed, 0 when it has no end.
func Left(due Due, now time.Time) time.Duration {
	if due.DueAt.IsZero() {
		return 0
	}
	return due.DueAt.Sub(now)
}

func (d Due) passed(line, at time.Time) bool {
	if line.IsZero() {
		return false
	}
	if d.Rule.Unit == UnitHour {
		return at.After(line)
	}
	return !at.Before(line)
}

func (d Due) warning() time.Duration {
	if d.Rule.Unit == UnitHour {
		return time.Duration(d.Rule.Amount) * time.Hour / 4
	}
	return 24 * time.Hour
}
