package models

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// Suppression leaves one indicator out for one company, for a time and a reason. What is left out stays on record, is named on
// the assessment and can be counted; it ends by itself, or when it is lifted.
type Suppression struct {
	ID         int64 `gorm:"primaryKey"`
	Ref        string
	SubjectID  int64
	Indicator  string
	Reason     string
	Place      `gorm:"embedded"`
	UntilAt    Instant
	MadeBy     int64
	MadeAt     Instant
	LiftedBy   *int64
	LiftedAt   Instant
	LiftReason string
	Lapsed     bool
}

// SuppressionLine is a row of the list.
type SuppressionLine struct {
	Suppression
	SubjectKey  string
	SubjectName string
	Maker       string
	Lifter      string
}

// Holds says whether it is in effect at a moment.
func (s Suppression) Holds(now Instant) bool { return s.LiftedAt.IsZero() && now.Before(s.UntilAt) }

// longestSuppression is how many days an indicator may be left out before somebody looks again.
const longestSuppression = 366

// NewSuppression is what a supervisor decides: the indicator must be one that the alert rests on.
type NewSuppression struct {
	Alert     string
	Indicator string
	Until     Instant
	Reason    string
}

// Suppress leaves an indicator of an alert's company out until a moment; the company is assessed anew.
func (s *Store) Suppress(ctx context.Context, actor Actor, in NewSuppression) (string, error) {
	in.Reason = strings.TrimSpace(in.Reason)
	var ref string
	err := s.change(ctx, actor, func(t *tx) error {
		al, err := t.allowSuppress(in.Alert)
		if err != nil {
			return err
		}
		wrong := map[string]string{}
		checkNote(wrong, "reason", in.Reason, 2)
		if !in.Until.After(t.now) || in.Until.Sub(t.now).Hours() > 24*longestSuppression {
			wrong["until"] = "error.suppress_until"
		}
		if !slices.ContainsFunc(al.TopReasons(), func(r Reason) bool { return r.Indicator == in.Indicator }) {
			wrong["indicator"] = "error.choice"
		}
		var n int64
		if err := t.db.Table("suppressions").Where("subject_id = ? AND indicator = ? AND lifted_at IS NULL AND until_at > ?", al.SubjectID, in.Indicator, t.now).Count(&n).Error; err != nil {
			return fmt.Errorf("look for a suppression: %w", err)
		}
		if n > 0 {
			wrong["indicator"] = "error.suppressed_already"
		}
		if len(wrong) > 0 {
			return Invalid(wrong)
		}
		x := Suppression{SubjectID: al.SubjectID, Indicator: in.Indicator, Reason: in.Reason, Place: al.Place, UntilAt: in.Until, MadeBy: actor.UserID, MadeAt: t.now}
		if x.Ref, err = t.newRef("PB", al.DivisionCode); err != nil {
			return err
		}
		if err := t.db.Create(&x).Error; err != nil {
			return fmt.Errorf("suppress %s of %s: %w", in.Indicator, in.Alert, err)
		}
		ref = x.Ref
		data := map[string]any{"suppression": ref, "indicator": in.Indicator, "until": in.Until, "alert": al.Ref}
		t.audit("alert.suppress", "suppression:"+ref, al.Place, data)
		if err := t.tell(objectAlert, al.ID, "suppress", in.Reason, data); err != nil {
			return err
		}
		return t.touch(map[int64]bool{al.SubjectID: true})
	})
	return ref, err
}

// AllowSuppress asks of a suppression what is asked before its fields.
func (s *Store) AllowSuppress(ctx context.Context, actor Actor, alert string) error {
	_, err := s.look(ctx, actor).allowSuppress(alert)
	return err
}

func (t *tx) allowSuppress(ref string) (Alert, error) {
	al, err := t.seenAlert(ref)
	if err != nil {
		return al, err
	}
	if !t.actor.CanAt(ActAlertSuppress, al.Place) {
		return al, Forbidden(ActAlertSuppress)
	}
	return al, nil
}

// LiftSuppression ends a suppression before its time, with a reason; the company is assessed anew.
func (s *Store) LiftSuppression(ctx context.Context, actor Actor, ref, reason string) error {
	reason = strings.TrimSpace(reason)
	return s.change(ctx, actor, func(t *tx) error {
		var x Suppression
		err := scoped(t.forUpdate(), actor.Scope(ActSuppressionRead), "").Where("ref = ?", ref).Take(&x).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return NotFound("suppression")
		}
		if err != nil {
			return fmt.Errorf("suppression %s: %w", ref, err)
		}
		if !actor.CanAt(ActAlertSuppress, x.Place) {
			return Forbidden(ActAlertSuppress)
		}
		if !x.Holds(t.now) {
			return NotAMove(nil)
		}
		wrong := map[string]string{}
		checkNote(wrong, "reason", reason, 2)
		if len(wrong) > 0 {
			return Invalid(wrong)
		}
		set := map[string]any{"lifted_at": t.now, "lifted_by": actor.UserID, "lift_reason": reason}
		if err := t.db.Table("suppressions").Where("id = ?", x.ID).Updates(set).Error; err != nil {
			return fmt.Errorf("lift suppression %s: %w", ref, err)
		}
		t.audit("suppression.lift", "suppression:"+ref, x.Place, map[string]any{"indicator": x.Indicator})
		return t.touch(map[int64]bool{x.SubjectID: true})
	})
}

// LapseSuppressions marks those whose time is over, so that their companies are assessed anew. It returns how many.
func (s *Store) LapseSuppressions(ctx context.Context) (int, error) {
	var over []Suppression
	if err := s.read(ctx).Where("lifted_at IS NULL AND lapsed = ? AND until_at <= ?", false, s.Now()).Order("id").Limit(500).Find(&over).Error; err != nil {
		return 0, fmt.Errorf("read suppressions that end: %w", err)
	}
	for i, x := range over {
		err := s.change(ctx, System("suppressions"), func(t *tx) error {
			if err := t.db.Table("suppressions").Where("id = ?", x.ID).Update("lapsed", true).Error; err != nil {
				return fmt.Errorf("end suppression %s: %w", x.Ref, err)
			}
			t.audit("suppression.lapse", "suppression:"+x.Ref, x.Place, map[string]any{"indicator": x.Indicator})
			return t.touch(map[int64]bool{x.SubjectID: true})
		})
		if err != nil {
			return i, err
		}
	}
	return len(over), nil
}

// Suppressions lists what is left out in the actor's places, newest first; live keeps those in effect, subject those of one
// company. The second result is how many there are in all.
func (s *Store) Suppressions(ctx context.Context, actor Actor, live bool, subject, before int64, limit int) ([]SuppressionLine, int64, error) {
	if !actor.Can(ActSuppressionRead) {
		return nil, 0, Forbidden(ActSuppressionRead)
	}
	q := func() *gorm.DB {
		q := scoped(s.read(ctx).Table("suppressions x"), actor.Scope(ActSuppressionRead), "x")
		if live {
			q = q.Where("x.lifted_at IS NULL AND x.until_at > ?", s.Now())
		}
		if subject != 0 {
			q = q.Where("x.subject_id = ?", subject)
		}
		return q
	}
	var n int64
	if err := q().Count(&n).Error; err != nil {
		return nil, 0, fmt.Errorf("count suppressions: %w", err)
	}
	rows := q()
	if before > 0 {
		rows = rows.Where("x.id < ?", before)
	}
	var list []SuppressionLine
	err := rows.Select("x.*, s.key AS subject_key, s.name AS subject_name, u.display_name AS maker, COALESCE(v.display_name, '') AS lifter").
		Joins("JOIN subjects s ON s.id = x.subject_id").Joins("JOIN users u ON u.id = x.made_by").Joins("LEFT JOIN users v ON v.id = x.lifted_by").
		Order("x.id DESC").Limit(limit).Find(&list).Error
	if err != nil {
		return nil, 0, fmt.Errorf("list suppressions: %w", err)
	}
	return list, n, nil
}

// companySuppressions adds to each company which indicators are left out for it: those that held when the facts were known, or
// now. A question about what was valid long ago, whenever it became known, is answered without any.
func companySuppressions(db *gorm.DB, ids []int64, out map[int64]*CompanyFacts, asOf AsOf) error {
	q := db.Table("suppressions").Select("subject_id, indicator").Where("subject_id IN ?", ids)
	switch {
	case !asOf.RecordedBy.IsZero():
		q = q.Where("made_at <= ? AND until_at > ? AND (lifted_at IS NULL OR lifted_at > ?)", asOf.RecordedBy, asOf.RecordedBy, asOf.RecordedBy)
	case !asOf.ObservedBy.IsZero():
		return nil
	default:
		q = q.Where("lifted_at IS NULL AND lapsed = ?", false)
	}
	var rows []struct {
		SubjectID int64
		Indicator string
	}
	if err := q.Order("id").Find(&rows).Error; err != nil {
		return fmt.Errorf("read suppressions: %w", err)
	}
	for _, r := range rows {
		out[r.SubjectID].Suppressed = append(out[r.SubjectID].Suppressed, r.Indicator)
	}
	return nil
}
