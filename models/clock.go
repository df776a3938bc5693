package models

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"xiezhi/law"
)

// Clock is a statutory limit that runs, or ran, for a case: when it started, when it is due, the outer lines, and the working
// that shows each day counted or skipped. Basis is the article; Side says whose duty it is. SetDay is the day that a paper
// set, LateReason the principal's reason for a duty done late, Warned how far those concerned were told.
type Clock struct {
	ID          int64 `gorm:"primaryKey"`
	CaseID      int64 `gorm:"default:null"` // 0 for that of an objection without a case
	ReferralID  *int64
	MeasureID   *int64
	ObjectionID *int64
	Name        string
	Basis       string
	Side        string
	StartedAt   Instant
	DueAt       Instant
	Working     string
	Calendar    string
	EndedAt     Instant
	EndedBy     string
	SetDay      Date
	LateReason  string
	LateBy      *int64
	LateAt      Instant
	Warned      string
	Changes     []ClockChange `gorm:"-"`
}

// clockOwner is what a limit is started for: a case, and in it its referral or a measure, or an objection.
type clockOwner struct {
	caseID                       int64
	referral, measure, objection *int64
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

// startClock starts a limit of the law now; lastDay is the day that a paper set for it, zero for the limit of the law. The
// instant and its working are stored, so that a page shows what was promised.
func (t *tx) startClock(o clockOwner, name law.ClockName, lastDay time.Time) error {
	rule, ok := law.ClockRuleFor(name)
	if !ok {
		return fmt.Errorf("no rule for clock %s", name)
	}
	cal, err := t.store.calendarNow(t.db)
	if err != nil {
		return err
	}
	c := Clock{CaseID: o.caseID, ReferralID: o.referral, MeasureID: o.measure, ObjectionID: o.objection, Name: string(name),
		Basis: strings.Join(rule.Basis, " "), Side: string(rule.DueHolder), StartedAt: t.now}
	due := law.Compute(rule, t.now.Time(), cal)
	if !lastDay.IsZero() {
		due = law.ComputeSet(rule, t.now.Time(), lastDay, cal)
		c.SetDay = Date(lastDay.In(China).Format(time.DateOnly))
	}
	working, err := json.Marshal(due)
	if err != nil {
		return fmt.Errorf("write the working of clock %s: %w", name, err)
	}
	c.Working, c.Calendar = string(working), due.CalendarName
	if !due.DueAt.IsZero() {
		c.DueAt = At(due.DueAt)
	}
	if err := t.db.Create(&c).Error; err != nil {
		return fmt.Errorf("start clock %s: %w", name, err)
	}
	return nil
}

// endClocks ends the running clocks of the names given that belong to a row of one of the columns of clocks.
func (t *tx) endClocks(column string, id int64, names []law.ClockName, event law.Event) error {
	if len(names) == 0 {
		return nil
	}
	err := t.db.Table("clocks").Where(column+" = ? AND name IN ? AND ended_at IS NULL", id, names).
		Updates(map[string]any{"ended_at": t.now, "ended_by": string(event)}).Error
	if err != nil {
		return fmt.Errorf("end clocks: %w", err)
	}
	return nil
}

// late holds a move to the rule that a duty of the agency which is past its limit is done with the principal's reason: that
// of the move itself when the principal makes it, else one recorded before. What is missing comes back as field and key.
func (t *tx) late(clocks []Clock, ends []law.ClockName, authority int64, reason string) (field, key string, err error) {
	for _, c := range clocks {
		if !slices.Contains(ends, law.ClockName(c.Name)) || !c.NeedsExcuse(t.now) {
			continue
		}
		principal, err := t.appointed(t.actor.UserID, authority)
		if err != nil {
			return "", "", err
		}
		switch reason = strings.TrimSpace(reason); {
		case !principal:
			return "clock", "error.late_needs_principal", nil
		case reason == "":
			return "late_reason", "error.late_reason", nil
		}
		if err := t.excuse(c, reason); err != nil {
			return "", "", err
		}
	}
	return "", "", nil
}

// NeedsExcuse says whether a limit is past that binds the agency and has no reason recorded. An advisory limit binds nobody.
func (c Clock) NeedsExcuse(now Instant) bool {
	rule, _ := law.ClockRuleFor(law.ClockName(c.Name))
	return c.Side == string(law.HolderAgency) && !rule.Advisory && c.LateReason == "" && c.EndedAt.IsZero() && c.State(now) == law.ClockLate
}

func (s *Store) clocks(ctx context.Context, caseID int64) ([]Clock, error) {
	var list []Clock
	if err := s.read(ctx).Where("case_id = ?", caseID).Order("id").Find(&list).Error; err != nil {
		return nil, fmt.Errorf("read clocks: %w", err)
	}
	return list, s.withChanges(ctx, list)
}

// withChanges joins to each clock what was decided about its limit.
func (s *Store) withChanges(ctx context.Context, list []Clock) error {
	ids := make([]int64, len(list))
	for i, c := range list {
		ids[i] = c.ID
	}
	var changes []ClockChange
	if err := s.read(ctx).Where("clock_id IN ?", ids).Order("id").Find(&changes).Error; err != nil {
		return fmt.Errorf("read the changes of clocks: %w", err)
	}
	for _, ch := range changes {
		for i := range list {
			if list[i].ID == ch.ClockID {
				list[i].Changes = append(list[i].Changes, ch)
			}
		}
	}
	return nil
}

// lateFor says whether a move that ends limits is past one that needs the principal's reason.
func lateFor(clocks []Clock, ends []law.ClockName, now Instant) bool {
	return slices.ContainsFunc(clocks, func(c Clock) bool { return slices.Contains(ends, law.ClockName(c.Name)) && c.NeedsExcuse(now) })
}
