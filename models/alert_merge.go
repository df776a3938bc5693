package models

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// mergeable are the statuses from which an alert may be merged, and that the one it goes into may have.
var mergeable = []AlertStatus{AlertNew, AlertAccepted, AlertProposed, AlertSnoozed}

// MergeAlerts puts other open alerts of the same subject into one, which keeps the highest level among them and the nearest
// time to decide. Each keeps where it stood, so that it can be taken out again.
func (s *Store) MergeAlerts(ctx context.Context, actor Actor, into string, refs []string, version int64) error {
	return s.change(ctx, actor, func(t *tx) error {
		lead, err := t.lockForMerge(into)
		if err != nil {
			return err
		}
		if version != 0 && version != lead.Version {
			return Conflict()
		}
		if len(refs) == 0 || len(refs) > maxAlerts {
			return Invalid(map[string]string{"alerts": "error.required"})
		}
		var others []Alert
		if err := scoped(t.forUpdate(), actor.Scope(ActAlertRead), "").Where("ref IN ?", refs).Order("id").Find(&others).Error; err != nil {
			return fmt.Errorf("read the alerts to merge: %w", err)
		}
		if len(others) != len(slices.Compact(slices.Sorted(slices.Values(refs)))) {
			return NotFound("alert")
		}
		set := map[string]any{"version": lead.Version + 1, "changed_at": t.now}
		for _, al := range others {
			switch {
			case al.ID == lead.ID || al.SubjectID != lead.SubjectID:
				return Invalid(map[string]string{"alerts": "error.merge_same_subject"})
			case !slices.Contains(mergeable, al.Status):
				return NotAMove(AlertEvents(al.Status))
			}
			if al.LevelRank > lead.LevelRank || al.LevelRank == lead.LevelRank && al.Idx > lead.Idx {
				lead.Level, lead.LevelRank, lead.Idx = al.Level, al.LevelRank, al.Idx
				set["level"], set["level_rank"], set["idx"] = al.Level, al.LevelRank, al.Idx
			}
			if !al.DueAt.IsZero() && (lead.DueAt.IsZero() || al.DueAt.Before(lead.DueAt)) {
				lead.DueAt, set["due_at"] = al.DueAt, al.DueAt
			}
			if err := t.putInto(al, lead); err != nil {
				return err
			}
		}
		res := t.db.Table("alerts").Where("id = ? AND version = ?", lead.ID, lead.Version).Updates(set)
		if res.Error != nil {
			return fmt.Errorf("merge into %s: %w", into, res.Error)
		}
		if res.RowsAffected == 0 {
			return Conflict()
		}
		t.audit("alert.merge", "alert:"+lead.Ref, lead.Place, map[string]any{"alerts": refs})
		return t.tell(objectAlert, lead.ID, "merge", "", map[string]any{"alerts": refs})
	})
}

func (t *tx) putInto(al, lead Alert) error {
	set := map[string]any{"open": false, "status": AlertClosed, "merged_into": lead.ID, "merged_status": al.Status, "version": al.Version + 1}
	res := t.db.Table("alerts").Where("id = ? AND version = ?", al.ID, al.Version).Updates(set)
	if res.Error != nil {
		return fmt.Errorf("merge alert %s: %w", al.Ref, res.Error)
	}
	if res.RowsAffected == 0 {
		return Conflict()
	}
	t.audit("alert.merged", "alert:"+al.Ref, al.Place, map[string]any{"into": lead.Ref})
	return t.tell(objectAlert, al.ID, "merged", "", map[string]any{"into": lead.Ref})
}

// AllowMerge asks of a merge what is asked before its fields.
func (s *Store) AllowMerge(ctx context.Context, actor Actor, into string) error {
	_, err := s.look(ctx, actor).lockForMerge(into)
	return err
}

func (t *tx) lockForMerge(ref string) (Alert, error) {
	al, err := t.seenAlert(ref)
	if err != nil {
		return al, err
	}
	if !t.actor.CanAt(ActAlertMerge, al.Place) {
		return al, Forbidden(ActAlertMerge)
	}
	if !slices.Contains(mergeable, al.Status) {
		return al, NotAMove(AlertEvents(al.Status))
	}
	return al, nil
}

// UnmergeAlert takes an alert out of the one it was merged into: it is open again, where it stood.
func (s *Store) UnmergeAlert(ctx context.Context, actor Actor, ref string) error {
	return s.change(ctx, actor, func(t *tx) error {
		al, err := t.seenAlert(ref)
		if err != nil {
			return err
		}
		if !actor.CanAt(ActAlertMerge, al.Place) {
			return Forbidden(ActAlertMerge)
		}
		if al.MergedInto == nil || al.Status != AlertClosed {
			return NotAMove(AlertEvents(al.Status))
		}
		set := map[string]any{"open": true, "status": al.MergedStatus, "merged_into": nil, "merged_status": "", "version": al.Version + 1}
		err = t.db.Table("alerts").Where("id = ? AND version = ?", al.ID, al.Version).Updates(set).Error
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return &Error{Kind: KindConflict, Key: "error.alert_open_already"}
		}
		if err != nil {
			return fmt.Errorf("take alert %s out: %w", ref, err)
		}
		t.audit("alert.unmerge", "alert:"+al.Ref, al.Place, nil)
		return t.tell(objectAlert, al.ID, "unmerge", "", nil)
	})
}

// settleMerged brings a finding to the alert that the subject's earlier one was merged into: while that is open its level
// rises and never falls; when it is not, the finding is an alert of its own unless it was dismissed and nothing is new.
func (t *tx) settleMerged(sub Subject, last Alert, f AreaFinding, as Assessment, tally *ScanTally) error {
	var lead Alert
	if err := t.forUpdate().Where("id = ?", *last.MergedInto).Take(&lead).Error; err != nil {
		return fmt.Errorf("read the alert that %s was merged into: %w", last.Ref, err)
	}
	switch {
	case !lead.Open && lead.Status == AlertDismissed && !newKind(last, f):
		tally.Unchanged++
		return nil
	case !lead.Open:
		return t.raiseAlert(sub, f, as, last, tally)
	case f.LevelRank < lead.LevelRank || f.LevelRank == lead.LevelRank && f.Index <= lead.Idx+1e-9:
		tally.Unchanged++
		return nil
	}
	set := map[string]any{"level": f.Level, "level_rank": f.LevelRank, "idx": f.Index, "changed_at": t.now, "version": gorm.Expr("version + 1")}
	if f.LevelRank > lead.LevelRank && lead.CaseID == nil {
		due, err := t.alertDue(f.Level)
		if err != nil {
			return err
		}
		set["due_at"] = due
		if lead.Status == AlertSnoozed {
			set["status"], set["snoozed_until"] = AlertNew, nil
		}
	}
	if err := t.db.Table("alerts").Where("id = ?", lead.ID).Updates(set).Error; err != nil {
		return fmt.Errorf("raise alert %s: %w", lead.Ref, err)
	}
	tally.Updated++
	t.audit("alert.update", "alert:"+lead.Ref, sub.Place, map[string]any{"level": f.Level, "index": f.Index, "area": f.Area})
	return t.tell(objectAlert, lead.ID, "rehit", "", map[string]any{"level": f.Level, "index": f.Index, "was": lead.Idx})
}

// MergedAlerts lists the alerts that were merged into one.
func (s *Store) MergedAlerts(ctx context.Context, actor Actor, id int64) ([]AlertLine, error) {
	var list []AlertLine
	if err := s.alertLines(ctx, actor.Sight(ActAlertRead)).Where("al.merged_into = ?", id).Order("al.id").Find(&list).Error; err != nil {
		return nil, fmt.Errorf("list merged alerts: %w", err)
	}
	return list, nil
}

// AlertRef gives the public number of an alert that another one names.
func (s *Store) AlertRef(ctx context.Context, id int64) (string, error) {
	var ref string
	if err := s.read(ctx).Table("alerts").Select("ref").Where("id = ?", id).Scan(&ref).Error; err != nil {
		return "", fmt.Errorf("alert %d: %w", id, err)
	}
	return ref, nil
}
