package models

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"
	"xiezhi/law"
)

// CalendarChange is a date that an administrator put right, with the paper it rests on; the newest of a date counts.
type CalendarChange struct {
	ID        int64 `gorm:"primaryKey"`
	Day       Date
	Kind      law.DayKind
	NameZh    string
	NameEn    string
	Basis     string
	ChangedBy *int64
	ChangedAt Instant
	Changer   string `gorm:"-:migration;->"`
}

// TableName is calendar_days.
func (CalendarChange) TableName() string { return "calendar_days" }

// calendar gives the arrangement that holds now: what the program ships with and what was changed since, on every node alike.
func (s *Store) calendarNow(db *gorm.DB) (law.Calendar, error) {
	var changes []CalendarChange
	if err := db.Order("id").Find(&changes).Error; err != nil {
		return law.Calendar{}, fmt.Errorf("read the calendar: %w", err)
	}
	base := law.DefaultCalendar()
	if len(changes) == 0 {
		return base, nil
	}
	days := make([]law.CalendarDay, len(changes))
	for i, c := range changes {
		year, err := strconv.Atoi(string(c.Day[:min(4, len(c.Day))]))
		if err != nil {
			return law.Calendar{}, fmt.Errorf("read the calendar: day %s: %w", c.Day, err)
		}
		days[i] = law.CalendarDay{Date: string(c.Day), Kind: c.Kind, NameZh: c.NameZh, NameEn: c.NameEn, Year: year}
	}
	return base.With(changedName(changes[len(changes)-1].ID), days), nil
}

// changedName names the arrangement after a change.
func changedName(id int64) string { return fmt.Sprintf("%s+%d", law.DefaultCalendar().Name(), id) }

// CalendarName gives the name of the arrangement that holds now, as its clocks name it.
func (s *Store) CalendarName(ctx context.Context) (string, error) {
	var last int64
	if err := s.read(ctx).Table("calendar_days").Select("COALESCE(MAX(id), 0)").Scan(&last).Error; err != nil {
		return "", fmt.Errorf("read the name of the calendar: %w", err)
	}
	return nameAfter(last), nil
}

// nameAfter names the arrangement after a change; 0 is none.
func nameAfter(last int64) string {
	if last == 0 {
		return law.DefaultCalendar().Name()
	}
	return changedName(last)
}

// Calendar gives the arrangement that holds now.
func (s *Store) Calendar(ctx context.Context) (law.Calendar, error) {
	return s.calendarNow(s.read(ctx))
}

// CalendarChanges lists what was changed, newest first.
func (s *Store) CalendarChanges(ctx context.Context, actor Actor) ([]CalendarChange, error) {
	if !actor.Can(ActCalendarRead) {
		return nil, Forbidden(ActCalendarRead)
	}
	var list []CalendarChange
	err := s.read(ctx).Table("calendar_days d").Select("d.*, COALESCE(u.display_name, '') AS changer").
		Joins("LEFT JOIN users u ON u.id = d.changed_by").Order("d.id DESC").Limit(200).Find(&list).Error
	if err != nil {
		return nil, fmt.Errorf("list the calendar's changes: %w", err)
	}
	return list, nil
}

// SetCalendarDay changes a date of the arrangement and counts every running limit anew; those whose limits move are told.
// It returns how many did.
func (s *Store) SetCalendarDay(ctx context.Context, actor Actor, in CalendarChange) (moved int, err error) {
	in.NameZh, in.NameEn, in.Basis = strings.TrimSpace(in.NameZh), strings.TrimSpace(in.NameEn), strings.TrimSpace(in.Basis)
	err = s.change(ctx, actor, func(t *tx) error {
		if !actor.Can(ActCalendarChange) {
			return Forbidden(ActCalendarChange)
		}
		if wrong := in.check(t.now); len(wrong) > 0 {
			return Invalid(wrong)
		}
		in.ID, in.ChangedAt = 0, t.now
		if actor.UserID != 0 {
			in.ChangedBy = &actor.UserID
		}
		if err := t.db.Omit("Changer").Create(&in).Error; err != nil {
			return fmt.Errorf("change the calendar: %w", err)
		}
		t.audit("calendar.change", "calendar:"+string(in.Day), Place{}, map[string]any{"kind": in.Kind, "name": in.NameZh, "basis": in.Basis})
		moved, err = t.recount(string(in.Day))
		return err
	})
	return moved, err
}

func (c CalendarChange) check(now Instant) map[string]string {
	wrong := map[string]string{}
	day, err := time.ParseInLocation(time.DateOnly, string(c.Day), China)
	switch {
	case err != nil:
		wrong["day"] = "error.date"
	case day.Year() < 2010 || day.After(now.Time().AddDate(3, 0, 0)):
		wrong["day"] = "error.calendar_year"
	}
	if c.Kind != law.DayHoliday && c.Kind != law.DayWorkday && c.Kind != law.DayOrdinary {
		wrong["kind"] = "error.choice"
	}
	checkNote(wrong, "basis", c.Basis, 2)
	checkNote(wrong, "name_zh", c.NameZh, 0)
	checkNote(wrong, "name_en", c.NameEn, 0)
	return wrong
}

// recount computes the running limits in days anew by the calendar that holds now, and tells what moved.
func (t *tx) recount(why string) (moved int, err error) {
	var running []Clock
	if err := t.forUpdate().Where("ended_at IS NULL AND due_at IS NOT NULL AND set_day IS NULL").Order("id").Find(&running).Error; err != nil {
		return 0, fmt.Errorf("read the running clocks: %w", err)
	}
	cal, err := t.store.calendarNow(t.db)
	if err != nil {
		return 0, err
	}
	for _, c := range running {
		old, err := c.Due()
		if err != nil {
			return moved, err
		}
		if old.Rule.Unit == law.UnitHour || old.Rule.Unit == law.UnitAsSet {
			continue
		}
		due := law.ComputeAdjusted(old.Rule, old.StartAt, cal, old.Extended, old.Pauses)
		if err := t.setDue(c, due); err != nil {
			return moved, err
		}
		if due.DueAt.Equal(old.DueAt) {
			continue
		}
		moved++
		if err := t.tellClock(c, "recounted", why, map[string]any{"clock": c.Name, "was": At(old.DueAt), "due": At(due.DueAt)}); err != nil {
			return moved, err
		}
	}
	return moved, nil
}

// setDue writes a limit that was counted anew.
func (t *tx) setDue(c Clock, due law.Due) error {
	working, err := json.Marshal(due)
	if err != nil {
		return fmt.Errorf("write the working of clock %s: %w", c.Name, err)
	}
	set := map[string]any{"working": string(working), "calendar": due.CalendarName, "due_at": At(due.DueAt)}
	if err := t.db.Table("clocks").Where("id = ?", c.ID).Updates(set).Error; err != nil {
		return fmt.Errorf("count clock %s anew: %w", c.Name, err)
	}
	return nil
}
