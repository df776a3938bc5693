package models

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"xiezhi/law"
)

// ClockChange is an extension or a pause of a limit, with who decided it and why; one that was undone counts no more.
type ClockChange struct {
	ID         int64 `gorm:"primaryKey"`
	ClockID    int64
	Kind       string
	Days       int64
	FromOn     Date
	ToOn       Date
	Reason     string
	MadeBy     int64
	MadeAt     Instant
	UndoneBy   *int64
	UndoneAt   Instant
	UndoReason string
}

// The kinds of change of a limit.
const (
	ClockExtend = "extend"
	ClockPause  = "pause"
)

// ExtendClock makes a limit longer by days, in all no more than the law allows, by the principal's decision before it passes.
func (s *Store) ExtendClock(ctx context.Context, actor Actor, id, days int64, reason string) error {
	return s.changeClock(ctx, actor, id, ClockChange{Kind: ClockExtend, Days: days, Reason: reason})
}

// PauseClock takes the days from one date to another out of a limit: a test or appraisal whose time is stated beforehand.
func (s *Store) PauseClock(ctx context.Context, actor Actor, id int64, from, to Date, reason string) error {
	return s.changeClock(ctx, actor, id, ClockChange{Kind: ClockPause, FromOn: from, ToOn: to, Reason: reason})
}

func (s *Store) changeClock(ctx context.Context, actor Actor, id int64, in ClockChange) error {
	return s.change(ctx, actor, func(t *tx) error {
		c, cs, err := t.lockClock(id)
		if err != nil {
			return err
		}
		changes, err := t.clockChanges(c.ID)
		if err != nil {
			return err
		}
		in.Reason = strings.TrimSpace(in.Reason)
		if wrong := t.checkChange(c, in, changes); len(wrong) > 0 {
			return Invalid(wrong)
		}
		in.ClockID, in.MadeBy, in.MadeAt = c.ID, actor.UserID, t.now
		if err := t.db.Create(&in).Error; err != nil {
			return fmt.Errorf("%s clock %s: %w", in.Kind, c.Name, err)
		}
		detail := map[string]any{"clock": c.Name, "days": in.Days, "from_on": in.FromOn, "to_on": in.ToOn, "change": in.ID}
		t.audit("clock."+in.Kind, "case:"+cs.Ref, cs.Place, detail)
		return t.adjust(c, append(changes, in), in.Kind, in.Reason, detail)
	})
}

// UndoClockChange takes an extension or a pause back, with its reason; the limit is what it was without it.
func (s *Store) UndoClockChange(ctx context.Context, actor Actor, clock, change int64, reason string) error {
	reason = strings.TrimSpace(reason)
	return s.change(ctx, actor, func(t *tx) error {
		var ch ClockChange
		if err := t.db.Where("id = ? AND clock_id = ?", change, clock).Take(&ch).Error; errors.Is(err, gorm.ErrRecordNotFound) {
			return NotFound("clock")
		} else if err != nil {
			return fmt.Errorf("read the change of a clock: %w", err)
		}
		c, cs, err := t.lockClock(ch.ClockID)
		if err != nil {
			return err
		}
		wrong := map[string]string{}
		checkNote(wrong, "reason", reason, 2)
		if len(wrong) > 0 {
			return Invalid(wrong)
		}
		res := t.db.Table("clock_changes").Where("id = ? AND undone_at IS NULL", change).
			Updates(map[string]any{"undone_at": t.now, "undone_by": actor.UserID, "undo_reason": reason})
		if res.Error != nil {
			return fmt.Errorf("undo the change of clock %s: %w", c.Name, res.Error)
		}
		if res.RowsAffected == 0 {
			return Conflict()
		}
		changes, err := t.clockChanges(c.ID)
		if err != nil {
			return err
		}
		detail := map[string]any{"clock": c.Name, "change": change}
		t.audit("clock.undo", "case:"+cs.Ref, cs.Place, detail)
		return t.adjust(c, changes, "undo_"+ch.Kind, reason, detail)
	})
}

// ExcuseClock records why a duty of the agency is or was done late: the principal's own words.
func (s *Store) ExcuseClock(ctx context.Context, actor Actor, id int64, reason string) error {
	reason = strings.TrimSpace(reason)
	return s.change(ctx, actor, func(t *tx) error {
		c, cs, err := t.lockClock(id)
		if err != nil {
			return err
		}
		wrong := map[string]string{}
		checkNote(wrong, "reason", reason, 2)
		if c.State(t.now) != law.ClockLate || c.Side != string(law.HolderAgency) {
			wrong["clock"] = "error.clock_not_late"
		}
		if len(wrong) > 0 {
			return Invalid(wrong)
		}
		if err := t.excuse(c, reason); err != nil {
			return err
		}
		t.audit("clock.excuse", "case:"+cs.Ref, cs.Place, map[string]any{"clock": c.Name})
		return t.tellClock(c, "excused", reason, map[string]any{"clock": c.Name})
	})
}

func (t *tx) excuse(c Clock, reason string) error {
	set := map[string]any{"late_reason": reason, "late_by": t.actor.UserID, "late_at": t.now}
	if err := t.db.Table("clocks").Where("id = ?", c.ID).Updates(set).Error; err != nil {
		return fmt.Errorf("excuse clock %s: %w", c.Name, err)
	}
	return nil
}

// AllowClock asks of a decision on a limit of a case what is asked before its fields.
func (s *Store) AllowClock(ctx context.Context, actor Actor, caseRef string, id int64) error {
	_, cs, err := s.look(ctx, actor).lockClock(id)
	if cs.Ref != caseRef && KindOf(err) != KindNotFound {
		return NotFound("clock")
	}
	return err
}

// lockClock loads a running clock of a case the actor sees and decides on.
func (t *tx) lockClock(id int64) (Clock, Case, error) {
	var c Clock
	err := t.forUpdate().Where("id = ?", id).Take(&c).Error
	if errors.Is(err, gorm.ErrRecordNotFound) || err == nil && c.CaseID == 0 {
		return c, Case{}, NotFound("clock")
	}
	if err != nil {
		return c, Case{}, fmt.Errorf("clock %d: %w", id, err)
	}
	var cs Case
	err = seenCases(t.db, t.actor, "cases").Where("id = ?", c.CaseID).Take(&cs).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return c, cs, NotFound("clock")
	}
	if err != nil {
		return c, cs, fmt.Errorf("case of clock %d: %w", id, err)
	}
	if !t.actor.CanAt(ActCaseDecide, cs.Place) {
		return c, cs, Forbidden(ActCaseDecide)
	}
	if ok, err := t.appointed(t.actor.UserID, cs.AuthorityID); err != nil {
		return c, cs, err
	} else if !ok {
		return c, cs, Forbidden(ActCaseDecide)
	}
	if !c.EndedAt.IsZero() {
		return c, cs, NotAMove(nil)
	}
	return c, cs, nil
}

func (t *tx) clockChanges(id int64) ([]ClockChange, error) {
	var list []ClockChange
	if err := t.db.Where("clock_id = ? AND undone_at IS NULL", id).Order("id").Find(&list).Error; err != nil {
		return nil, fmt.Errorf("read the changes of a clock: %w", err)
	}
	return list, nil
}

// checkChange holds a change against what the law allows for the limit.
func (t *tx) checkChange(c Clock, in ClockChange, made []ClockChange) map[string]string {
	wrong := map[string]string{}
	checkNote(wrong, "reason", in.Reason, 2)
	rule, _ := law.ClockRuleFor(law.ClockName(c.Name))
	if c.State(t.now) == law.ClockLate {
		wrong["clock"] = "error.clock_passed"
	}
	if in.Kind == ClockExtend {
		var used int64
		for _, m := range made {
			used += m.Days
		}
		switch {
		case rule.ExtendDays == 0:
			wrong["clock"] = "error.clock_not_extended"
		case in.Days < 1:
			wrong["days"] = "error.count"
		case used+in.Days > int64(rule.ExtendDays):
			wrong["days"] = "error.clock_extended_too_long"
		}
		return wrong
	}
	from, errFrom := time.ParseInLocation(time.DateOnly, string(in.FromOn), China)
	to, errTo := time.ParseInLocation(time.DateOnly, string(in.ToOn), China)
	switch {
	case len(rule.PauseBasis) == 0:
		wrong["clock"] = "error.clock_not_paused"
	case errFrom != nil:
		wrong["from"] = "error.date"
	case errTo != nil:
		wrong["to"] = "error.date"
	case to.Before(from) || to.Sub(from) > 366*24*time.Hour:
		wrong["to"] = "error.pause_order"
	case from.Before(c.StartedAt.Time().In(China).AddDate(0, 0, -1)):
		wrong["from"] = "error.pause_before_start"
	case slices.ContainsFunc(made, func(m ClockChange) bool { return m.Kind == ClockPause && m.FromOn <= in.ToOn && in.FromOn <= m.ToOn }):
		wrong["from"] = "error.pause_overlaps"
	}
	return wrong
}

// adjust counts a limit anew with its changes and tells it.
func (t *tx) adjust(c Clock, changes []ClockChange, event, reason string, detail map[string]any) error {
	old, err := c.Due()
	if err != nil {
		return err
	}
	extended, pauses := 0, []law.Pause(nil)
	for _, ch := range changes {
		if ch.Kind == ClockExtend {
			extended += int(ch.Days)
			continue
		}
		from, errFrom := time.ParseInLocation(time.DateOnly, string(ch.FromOn), China)
		to, errTo := time.ParseInLocation(time.DateOnly, string(ch.ToOn), China)
		if errFrom != nil || errTo != nil {
			return fmt.Errorf("clock %s has a broken pause %d", c.Name, ch.ID)
		}
		pauses = append(pauses, law.Pause{From: from, To: to})
	}
	cal, err := t.store.calendarNow(t.db)
	if err != nil {
		return err
	}
	due := law.ComputeAdjusted(old.Rule, old.StartAt, cal, extended, pauses)
	if err := t.setDue(c, due); err != nil {
		return err
	}
	detail["was"], detail["due"] = At(old.DueAt), At(due.DueAt)
	return t.tellClock(c, event, reason, detail)
}
