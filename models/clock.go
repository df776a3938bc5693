package models

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"xiezhi/law"
)

// Clock is a statutory limit that runs, or ran, for a case: when it started, when it is due, the outer lines, and the working
// that shows each day counted or skipped. Basis is the article; Side says whose duty it is.
type Clock struct {
	ID         int64 `gorm:"primaryKey"`
	CaseID     int64
	ReferralID *int64
	Name       string
	Basis      string
	Side       string
	StartedAt  Instant
	DueAt      Instant
	Working    string
	Calendar   string
	EndedAt    Instant
	EndedBy    string
}

// State says how the clock stands; it is derived and never stored.
func (c Clock) State(now Instant) law.ClockState {
	due, err := c.Due()
	if err != nil {
		due = law.Due{StartAt: c.StartedAt.Time(), DueAt: c.DueAt.Time()}
	}
	return due.StateAt(now.Time(), c.EndedAt.Time())
}

// Due gives the working of the clock, as it was computed when it started.
func (c Clock) Due() (law.Due, error) {
	var d law.Due
	if err := json.Unmarshal([]byte(c.Working), &d); err != nil {
		return d, fmt.Errorf("read the working of clock %s: %w", c.Name, err)
	}
	return d, nil
}

// startClock starts a limit of the law now; lastDay is the day that a paper set for it, zero for the limit of the law. The instant and its working are stored, so that a page shows what was promised.
func (t *tx) startClock(caseID int64, referralID *int64, name law.ClockName, lastDay time.Time) error {
	rule, ok := law.ClockRuleFor(name)
	if !ok {
		return fmt.Errorf("no rule for clock %s", name)
	}
	due := law.Compute(rule, t.now.Time(), t.store.calendar)
	if !lastDay.IsZero() {
		due = law.ComputeSet(rule, t.now.Time(), lastDay, t.store.calendar)
	}
	working, err := json.Marshal(due)
	if err != nil {
		return fmt.Errorf("write the working of clock %s: %w", name, err)
	}
	c := Clock{CaseID: caseID, ReferralID: referralID, Name: string(name), Basis: strings.Join(rule.Basis, " "), Side: string(rule.DueHolder), StartedAt: t.now,
		Working: string(working), Calendar: due.CalendarName}
	if !due.DueAt.IsZero() {
		c.DueAt = At(due.DueAt)
	}
	if err := t.db.Create(&c).Error; err != nil {
		return fmt.Errorf("start clock %s: %w", name, err)
	}
	return nil
}

// endClocks ends the running clocks of the names given.
func (t *tx) endClocks(referralID int64, names []law.ClockName, event law.Event) error {
	if len(names) == 0 {
		return nil
	}
	err := t.db.Table("clocks").Where("referral_id = ? AND name IN ? AND ended_at IS NULL", referralID, names).
		Updates(map[string]any{"ended_at": t.now, "ended_by": string(event)}).Error
	if err != nil {
		return fmt.Errorf("end clocks: %w", err)
	}
	return nil
}

func (s *Store) clocks(ctx context.Context, caseID int64) ([]Clock, error) {
	var list []Clock
	if err := s.read(ctx).Where("case_id = ?", caseID).Order("id").Find(&list).Error; err != nil {
		return nil, fmt.Errorf("read clocks: %w", err)
	}
	return list, nil
}
