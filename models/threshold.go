package models

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"xiezhi/law"
	"xiezhi/proof"
)

// ThresholdNote is a saved version of what was measured against the lines of an offence. Payload is a law.Measurement as JSON; a
// version is never changed.
type ThresholdNote struct {
	ID      int64 `gorm:"primaryKey"`
	CaseID  int64
	Version int64
	Offence string
	Payload string
	SHA256  string `gorm:"column:sha256"`
	SavedBy int64
	SavedAt Instant
}

// ThresholdNoteLine is a saved version with who saved it.
type ThresholdNoteLine struct {
	ThresholdNote
	SaverName string
}

// Measurement reads the saved version.
func (n ThresholdNote) Measurement() (law.Measurement, error) {
	var m law.Measurement
	if err := json.Unmarshal([]byte(n.Payload), &m); err != nil {
		return m, fmt.Errorf("read threshold note %d: %w", n.Version, err)
	}
	return m, nil
}

// SaveThreshold keeps a measurement as the next version of a case. Every figure and every answer that a person gave needs its source.
func (s *Store) SaveThreshold(ctx context.Context, actor Actor, caseRef string, m law.Measurement) (int64, error) {
	var version int64
	err := s.change(ctx, actor, func(t *tx) error {
		cs, err := t.lockCase(caseRef)
		if err != nil {
			return err
		}
		if !actor.CanAt(ActThresholdSave, cs.Place) {
			return Forbidden(ActThresholdSave)
		}
		if err := t.notRecused(cs.ID); err != nil {
			return err
		}
		if wrong := checkMeasurement(m); len(wrong) > 0 {
			return Invalid(wrong)
		}
		payload, err := json.Marshal(m)
		if err != nil {
			return fmt.Errorf("write a measurement: %w", err)
		}
		if err := t.db.Table("threshold_notes").Select("COALESCE(MAX(version), 0)").Where("case_id = ?", cs.ID).Scan(&version).Error; err != nil {
			return fmt.Errorf("versions of case %s: %w", caseRef, err)
		}
		version++
		n := ThresholdNote{CaseID: cs.ID, Version: version, Offence: m.Offence, Payload: string(payload), SHA256: proof.DigestBytes(payload).SHA256, SavedBy: actor.UserID, SavedAt: t.now}
		if err := t.db.Create(&n).Error; err != nil {
			return fmt.Errorf("save a measurement of case %s: %w", caseRef, err)
		}
		t.audit("threshold.save", "case:"+cs.Ref, cs.Place, map[string]any{"version": version, "offence": m.Offence, "sha256": n.SHA256})
		return t.tell(objectCase, cs.ID, "threshold_saved", "", map[string]any{"version": version, "offence": m.Offence})
	})
	return version, err
}

func checkMeasurement(m law.Measurement) map[string]string {
	wrong := map[string]string{}
	if _, ok := law.OffenceByCode(m.Offence); !ok {
		wrong["offence"] = "error.required"
	}
	for q, f := range m.Figures {
		checkNote(wrong, string(q)+"_source", f.Source, 1)
		if f.Value < 0 {
			wrong[string(q)] = "error.count"
		}
	}
	for key, a := range m.Answers {
		least := 1
		if a.Is == law.Unknown {
			least = 0
		}
		checkNote(wrong, key+"_source", a.Source, least)
	}
	return wrong
}

// ThresholdNotes lists the saved versions of a case that the actor may read, newest first.
func (s *Store) ThresholdNotes(ctx context.Context, actor Actor, caseRef string) ([]ThresholdNoteLine, error) {
	t := s.look(ctx, actor)
	cs, err := t.lockCase(caseRef)
	if err != nil {
		return nil, err
	}
	var list []ThresholdNoteLine
	err = t.db.Table("threshold_notes n").Select("n.*, u.display_name AS saver_name").Joins("JOIN users u ON u.id = n.saved_by").Where("n.case_id = ?", cs.ID).
		Order("n.version DESC").Limit(200).Find(&list).Error
	if err != nil {
		return nil, fmt.Errorf("measurements of case %s: %w", caseRef, err)
	}
	return list, nil
}

// ThresholdNote gives one saved version of a case that the actor may read.
func (s *Store) ThresholdNote(ctx context.Context, actor Actor, caseRef string, version int64) (ThresholdNoteLine, error) {
	t := s.look(ctx, actor)
	var n ThresholdNoteLine
	cs, err := t.lockCase(caseRef)
	if err != nil {
		return n, err
	}
	err = t.db.Table("threshold_notes n").Select("n.*, u.display_name AS saver_name").Joins("JOIN users u ON u.id = n.saved_by").
		Where("n.case_id = ? AND n.version = ?", cs.ID, version).Take(&n).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return n, NotFound("threshold")
	}
	if err != nil {
		return n, fmt.Errorf("measurement %d of case %s: %w", version, caseRef, err)
	}
	return n, nil
}
