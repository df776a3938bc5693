package models

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// JoinAlert puts an open alert into a case that is open or referred, by who supervises the case, with the reason; SplitAlert undoes it.
// The alert keeps where it stood. The case takes the higher level of the two.
func (s *Store) JoinAlert(ctx context.Context, actor Actor, caseRef, alertRef, reason string, version int64) error {
	reason = strings.TrimSpace(reason)
	return s.change(ctx, actor, func(t *tx) error {
		cs, err := t.ledCase(caseRef, version)
		if err != nil {
			return err
		}
		if cs.Status == CaseClosed {
			return NotAMove(nil)
		}
		al, err := t.joinable(alertRef)
		if err != nil {
			return err
		}
		wrong := map[string]string{}
		checkNote(wrong, "reason", reason, 2)
		if len(wrong) > 0 {
			return Invalid(wrong)
		}
		set := map[string]any{"version": cs.Version + 1}
		if al.LevelRank > cs.LevelRank {
			set["level"], set["level_rank"] = al.Level, al.LevelRank
		}
		if err := t.writeCase(cs, set); err != nil {
			return err
		}
		data := map[string]any{"case": cs.Ref, "alert": al.Ref, "changes": changesOf("level", cs.Level, levelOr(set, cs.Level))}
		if err := t.moveAlert(al, "join", reason, map[string]any{"case_id": cs.ID, "status": AlertInCase, "joined_from": string(al.Status)}, data); err != nil {
			return err
		}
		return t.tell(objectCase, cs.ID, "alert_joined", reason, data)
	})
}

// joinable loads an alert that may be put into a case: in the actor's sight, and named in a field where there is none or it is not open.
func (t *tx) joinable(ref string) (Alert, error) {
	var al Alert
	err := sighted(t.forUpdate().Table("alerts"), t.actor.Sight(ActAlertRead), "alerts", "alerts.subject_id").Where("ref = ?", strings.TrimSpace(ref)).Take(&al).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return al, Invalid(map[string]string{"alert": "error.alert_unknown"})
	}
	if err != nil {
		return al, fmt.Errorf("alert %s: %w", ref, err)
	}
	if !slices.Contains(alertMoves["join"].from, al.Status) {
		return al, Invalid(map[string]string{"alert": "error.alert_not_open"})
	}
	return al, nil
}

// SplitAlert takes an alert out of a case again, with the reason: it stands where it stood before, and waits in the queue. The last
// alert of a case stays: a case without one has nothing that it was opened on.
func (s *Store) SplitAlert(ctx context.Context, actor Actor, caseRef, alertRef, reason string, version int64) error {
	reason = strings.TrimSpace(reason)
	return s.change(ctx, actor, func(t *tx) error {
		cs, err := t.ledCase(caseRef, version)
		if err != nil {
			return err
		}
		if cs.Status != CaseOpen {
			return NotAMove(nil)
		}
		var list []Alert
		if err := t.forUpdate().Where("case_id = ?", cs.ID).Order("id").Find(&list).Error; err != nil {
			return fmt.Errorf("alerts of case %s: %w", caseRef, err)
		}
		i := slices.IndexFunc(list, func(al Alert) bool { return al.Ref == strings.TrimSpace(alertRef) })
		wrong := map[string]string{}
		checkNote(wrong, "reason", reason, 2)
		switch {
		case i < 0:
			wrong["alert"] = "error.alert_unknown"
		case list[i].Status != AlertInCase:
			wrong["alert"] = "error.alert_not_open"
		case len(list) == 1:
			wrong["alert"] = "error.alert_last"
		}
		if len(wrong) > 0 {
			return Invalid(wrong)
		}
		al, rest := list[i], slices.Delete(slices.Clone(list), i, i+1)
		high := slices.MaxFunc(rest, func(a, b Alert) int { return a.LevelRank - b.LevelRank })
		if err := t.writeCase(cs, map[string]any{"version": cs.Version + 1, "level": high.Level, "level_rank": high.LevelRank}); err != nil {
			return err
		}
		to := AlertStatus(al.JoinedFrom)
		if to == "" {
			to = AlertAccepted
		}
		data := map[string]any{"case": cs.Ref, "alert": al.Ref, "changes": changesOf("level", cs.Level, high.Level)}
		if err := t.moveAlert(al, "split", reason, map[string]any{"case_id": nil, "status": to, "joined_from": ""}, data); err != nil {
			return err
		}
		return t.tell(objectCase, cs.ID, "alert_split", reason, data)
	})
}

func (t *tx) writeCase(cs Case, set map[string]any) error {
	res := t.db.Table("cases").Where("id = ? AND version = ?", cs.ID, cs.Version).Updates(set)
	if res.Error != nil {
		return fmt.Errorf("change case %s: %w", cs.Ref, res.Error)
	}
	if res.RowsAffected == 0 {
		return Conflict()
	}
	return nil
}

func levelOr(set map[string]any, level string) string {
	if v, ok := set["level"].(string); ok {
		return v
	}
	return level
}

// JoinableAlerts lists open alerts that may join a case: of its own party first, then of the parties that a scheme joins to it.
func (s *Store) JoinableAlerts(ctx context.Context, actor Actor, cs Case, limit int) ([]AlertLine, error) {
	if !actor.CanAt(ActCaseOpen, cs.Place) {
		return nil, nil
	}
	q := s.alertLines(ctx, actor.Sight(ActAlertRead)).Where("al.status IN ? AND al.open = ?", alertMoves["join"].from, true).
		Where("(al.subject_id = ? OR EXISTS (SELECT 1 FROM alert_members m JOIN alert_members n ON n.alert_id = m.alert_id WHERE m.subject_id = al.subject_id AND n.subject_id = ?))", cs.SubjectID, cs.SubjectID)
	var list []AlertLine
	if err := q.Order("al.level_rank DESC, al.id DESC").Limit(limit).Find(&list).Error; err != nil {
		return nil, fmt.Errorf("alerts that may join %s: %w", cs.Ref, err)
	}
	return list, nil
}
