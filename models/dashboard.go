package models

import (
	"context"
	"slices"
	"strings"
	"time"

	"xiezhi/reference"
)

// Dashboard holds the figures of the places of a scope for those who lead there. It counts all that lies in the scope, sealed cases and
// those that the police hold among them, and names no case. Days are those of China's calendar, weeks begin on Monday.
type Dashboard struct {
	At        Instant // when it was counted
	From      Instant // the period goes from here to At
	Weeks     []WeekCount
	Places    []PlaceCount
	Signals   int64 // that became known in the period, but those of a batch that was withdrawn
	Waits     Waits
	Decided   []DecidedCount
	Clocks    []ClockCount
	Officers  []OfficerLoad
	Waiting   int64 // alerts of red and orange that wait for a decision, but those that are set aside until later
	LiveCases int64 // not closed
	Handling  int64 // officers on those cases, each once
}

// PlaceCount is how many alerts of each level are open in a place.
type PlaceCount struct {
	P2, C4, C6 string
	Levels     LevelCount
}

// LevelCount is a number for each level.
type LevelCount struct{ Red, Orange, Yellow, Blue int64 }

// Sum adds the levels up.
func (l LevelCount) Sum() int64 { return l.Red + l.Orange + l.Yellow + l.Blue }

// Add gives both together.
func (l LevelCount) Add(m LevelCount) LevelCount {
	return LevelCount{l.Red + m.Red, l.Orange + m.Orange, l.Yellow + m.Yellow, l.Blue + m.Blue}
}

// Highest gives the highest level of which there is any, "none" where there is nothing.
func (l LevelCount) Highest() string {
	switch {
	case l.Red > 0:
		return "red"
	case l.Orange > 0:
		return "orange"
	case l.Yellow > 0:
		return "yellow"
	case l.Blue > 0:
		return "blue"
	}
	return "none"
}

// add counts n alerts of the level that has the rank.
func (l *LevelCount) add(rank int, n int64) {
	switch rank {
	case 4:
		l.Red += n
	case 3:
		l.Orange += n
	case 2:
		l.Yellow += n
	case 1:
		l.Blue += n
	}
}

// WeekCount is what a week brought: alerts raised, by the level they have now, cases opened, referrals delivered to the police and filed.
// The last week is the one that goes on.
type WeekCount struct {
	From                       Instant
	Raised                     LevelCount
	Opened, Referred, Accepted int64
}

// Wait is the median of some spans of time and how many there are; without any, the median means nothing.
type Wait struct {
	Median time.Duration
	N      int64
}

// Waits are the medians between the steps, each of those whose later step lies in the period.
type Waits struct {
	SignalToAlert  Wait // from when the first signal about the subject since its last alert of the area became known, to the whole hour
	AlertToCase    Wait // from the first alert of the case
	CaseToReferral Wait // to the delivery to the police
	ReferralToFile Wait // from the delivery to the decision to file
	SignalToPolice Wait // from the first signal of the case's alerts to the delivery
}

// DecidedCount is how many alerts of an index between Floor and Floor+1 were decided on in the period, by what they were.
type DecidedCount struct {
	Level     string
	Floor     int
	Confirmed int64 // they are in a case, or were until it was closed
	Unfounded int64 // dismissed as a false positive, licensed or none of ours, or revoked
	Other     int64 // dismissed as a duplicate, rectified or for want of facts
}

// ClockCount is how the limits of one kind were kept. Kept and Late ended in the period, Running and Overdue run now.
type ClockCount struct {
	Name                         string
	Kept, Late, Running, Overdue int64
	Next                         Instant // when the first of those that run and are not over is due; zero without one
}

// OfficerLoad is what an officer has in hand.
type OfficerLoad struct {
	Name, Display, DisplayEn string
	Cases                    int64 // not closed, on whose team the officer is
	Alerts                   int64 // open and not in a case
	Soon                     int64 // of both, those that are due within seven days; of a case, by a limit of the agency
	Late                     int64 // of both, those that are over
}

// DashboardQuery says what a dashboard is asked for: the places, and how many weeks back, this one included.
type DashboardQuery struct {
	Scope Scope
	Weeks int
}

// Key names a query among others: two with one key have the same answer at the same time.
func (q DashboardQuery) Key() string {
	nation := "-"
	if q.Scope.nation {
		nation = "n"
	}
	return strings.Join([]string{nation, strings.Join(q.Scope.p2, ","), strings.Join(q.Scope.c4, ","), strings.Join(q.Scope.c6, ","), time.Duration(q.Weeks).String()}, "|")
}

// Roots gives the divisions that a scope was made of, by code.
func (s Scope) Roots() []string {
	if s.nation {
		return []string{reference.NationCode}
	}
	var list []string
	for _, c := range s.p2 {
		list = append(list, c+"0000")
	}
	for _, c := range s.c4 {
		if !slices.Contains(s.p2, c[:2]) {
			list = append(list, c+"00")
		}
	}
	for _, c := range s.c6 {
		if !slices.Contains(s.p2, c[:2]) && !slices.Contains(s.c4, c[:4]) {
			list = append(list, c)
		}
	}
	slices.Sort(list)
	return list
}

// provinces gives the provinces in which rows of the scope may lie, so that an index by province serves a question about any place.
func (s Scope) provinces() []string {
	if s.nation {
		list := []string{""}
		for _, d := range reference.Children(reference.NationCode) {
			list = append(list, d.P2())
		}
		return list
	}
	list := slices.Clone(s.p2)
	for _, c := range slices.Concat(s.c4, s.c6) {
		list = append(list, c[:2])
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Dashboard counts. What it reads goes by indexes: alerts of the period, open alerts and live cases, however many there were before.
func (s *Store) Dashboard(ctx context.Context, q DashboardQuery) (Dashboard, error) {
	now := s.Now()
	d := Dashboard{At: now, From: weekStart(now, q.Weeks)}
	if q.Scope.Empty() {
		return d, nil
	}
	c := &counter{db: s.read(ctx), dialect: s.Dialect(), scope: q.Scope, d: &d}
	for _, step := range []func() error{c.places, c.weeks, c.signals, c.lags, c.decided, c.cases, c.referrals, c.clocks, c.team, c.officers} {
		if err := step(); err != nil {
			return d, err
		}
	}
	return d, nil
}

// weekStart gives the Monday with which a period of some weeks begins, this week being the last.
func weekStart(now Instant, weeks int) Instant {
	t := now.Time().In(China)
	back := (int(t.Weekday())+6)%7 + 7*(weeks-1)
	return At(time.Date(t.Year(), t.Month(), t.Day()-back, 0, 0, 0, 0, China))
}
