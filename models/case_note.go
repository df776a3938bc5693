package models

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"
)

// CaseNote is what those who work on a case write for each other. Everybody of them may change it; each version is kept.
type CaseNote struct {
	ID        int64 `gorm:"primaryKey"`
	CaseID    int64
	Text      string
	WrittenBy int64
	WrittenAt Instant
	ChangedBy int64
	ChangedAt Instant
	Version   int64
}

// CaseNoteLine is a note with who wrote it and who changed it last.
type CaseNoteLine struct {
	CaseNote
	Writer    string
	WriterEn  string
	Changer   string
	ChangerEn string
}

// AddCaseNote writes a note on a case and tells those whom it mentions as @name, where they may see the case.
func (s *Store) AddCaseNote(ctx context.Context, actor Actor, ref, text string) error {
	text = strings.TrimSpace(text)
	return s.change(ctx, actor, func(t *tx) error {
		cs, err := t.workedCase(ref)
		if err != nil {
			return err
		}
		if err := checkCaseNote(text); err != nil {
			return err
		}
		n := CaseNote{CaseID: cs.ID, Text: text, WrittenBy: actor.UserID, WrittenAt: t.now, ChangedBy: actor.UserID, ChangedAt: t.now, Version: 1}
		if err := t.db.Create(&n).Error; err != nil {
			return fmt.Errorf("note on case %s: %w", ref, err)
		}
		return t.keepNote(cs, n, "case.note_add")
	})
}

// ChangeCaseNote writes a note anew. Version is the one the writer read: where somebody else was faster it is a Conflict, nothing
// is stored, and the caller shows both texts.
func (s *Store) ChangeCaseNote(ctx context.Context, actor Actor, ref string, id int64, text string, version int64) error {
	text = strings.TrimSpace(text)
	return s.change(ctx, actor, func(t *tx) error {
		cs, err := t.workedCase(ref)
		if err != nil {
			return err
		}
		var n CaseNote
		err = t.forUpdate().Where("id = ? AND case_id = ?", id, cs.ID).Take(&n).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return NotFound("note")
		}
		if err != nil {
			return fmt.Errorf("note %d of case %s: %w", id, ref, err)
		}
		if err := checkCaseNote(text); err != nil {
			return err
		}
		if n.Version != version {
			return Conflict()
		}
		n.Text, n.ChangedBy, n.ChangedAt, n.Version = text, actor.UserID, t.now, n.Version+1
		res := t.db.Table("case_notes").Where("id = ? AND version = ?", n.ID, version).
			Updates(map[string]any{"text": n.Text, "changed_by": n.ChangedBy, "changed_at": n.ChangedAt, "version": n.Version})
		if res.Error != nil {
			return fmt.Errorf("change note %d of case %s: %w", id, ref, res.Error)
		}
		if res.RowsAffected == 0 {
			return Conflict()
		}
		return t.keepNote(cs, n, "case.note_change")
	})
}

func checkCaseNote(text string) error {
	wrong := map[string]string{}
	checkNote(wrong, "text", text, 1)
	if len(wrong) > 0 {
		return Invalid(wrong)
	}
	return nil
}

// keepNote keeps the version of a note and tells those it mentions; who was told by an earlier version is not told again.
func (t *tx) keepNote(cs Case, n CaseNote, act string) error {
	row := map[string]any{"note_id": n.ID, "version": n.Version, "text": n.Text, "written_by": n.ChangedBy, "written_at": n.ChangedAt}
	if err := t.db.Table("case_note_versions").Create(row).Error; err != nil {
		return fmt.Errorf("keep note %d of case %s: %w", n.ID, cs.Ref, err)
	}
	t.audit(act, "case:"+cs.Ref, cs.Place, map[string]any{"note": n.ID, "version": n.Version})
	return t.tellMentioned(cs, n.Text, fmt.Sprintf("note %d", n.ID))
}

func (s *Store) caseNotes(ctx context.Context, caseID int64) ([]CaseNoteLine, error) {
	var list []CaseNoteLine
	err := s.read(ctx).Table("case_notes n").Select("n.*, a.display_name AS writer, a.display_name_en AS writer_en, b.display_name AS changer, b.display_name_en AS changer_en").
		Joins("JOIN users a ON a.id = n.written_by").Joins("JOIN users b ON b.id = n.changed_by").Where("n.case_id = ?", caseID).Order("n.id DESC").Find(&list).Error
	if err != nil {
		return nil, fmt.Errorf("read the notes of case %d: %w", caseID, err)
	}
	return list, nil
}
