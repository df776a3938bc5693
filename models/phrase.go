package models

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// Phrase is a text that an office writes once and its people put into forms; each version is kept.
type Phrase struct {
	ID          int64 `gorm:"primaryKey"`
	AuthorityID int64
	Field       string
	Name        string
	Text        string
	Dropped     bool
	ChangedBy   int64
	ChangedAt   Instant
	Version     int64
}

// PhraseLine is a phrase with who wrote its newest version.
type PhraseLine struct {
	Phrase
	Writer   string
	WriterEn string
}

// PhraseFields are the fields of forms for which an office may write texts: every text that a procedure asks for, and those of the
// referral.
func PhraseFields() []string {
	return []string{"reason", "plan", "opinion", "minutes", "rectify", "line_opinions", "object", "note", "penalty", "result", "statement", "waiver", "reply", "correction",
		"body", "facts", "evidence", "proposal", "item_list", "documents", "expert_report"}
}

// maxPhrases bounds the texts of an office.
const maxPhrases = 300

// Phrases lists the texts of the actor's office that are in use, by field and name.
func (s *Store) Phrases(ctx context.Context, actor Actor) ([]PhraseLine, error) {
	var list []PhraseLine
	err := s.read(ctx).Table("phrases p").Select("p.*, u.display_name AS writer, u.display_name_en AS writer_en").Joins("JOIN users u ON u.id = p.changed_by").
		Where("p.authority_id = ? AND p.dropped = ?", actor.AuthorityID, false).Order("p.field, p.name, p.id").Limit(maxPhrases).Find(&list).Error
	if err != nil {
		return nil, fmt.Errorf("list phrases: %w", err)
	}
	return list, nil
}

// WritesPhrases says whether the actor may write the texts of his office: one who supervises in its place.
func (s *Store) WritesPhrases(ctx context.Context, actor Actor) (bool, error) {
	office, err := s.Authority(ctx, actor.AuthorityID)
	if err != nil {
		return false, err
	}
	return actor.CanAt(ActCaseOpen, office.Place), nil
}

// AddPhrase writes a text for the actor's office.
func (s *Store) AddPhrase(ctx context.Context, actor Actor, field, name, text string) error {
	return s.change(ctx, actor, func(t *tx) error {
		p := Phrase{AuthorityID: actor.AuthorityID, Field: field, Name: strings.TrimSpace(name), Text: strings.TrimSpace(text), ChangedBy: actor.UserID, ChangedAt: t.now, Version: 1}
		if err := t.allowPhrase(p); err != nil {
			return err
		}
		var n int64
		if err := t.db.Table("phrases").Where("authority_id = ? AND dropped = ?", actor.AuthorityID, false).Count(&n).Error; err != nil {
			return fmt.Errorf("count phrases: %w", err)
		}
		if n >= maxPhrases {
			return Invalid(map[string]string{"name": "error.too_many"})
		}
		if err := t.db.Create(&p).Error; err != nil {
			return fmt.Errorf("write phrase: %w", err)
		}
		return t.keepPhrase(p, "phrase.add")
	})
}

// ChangePhrase writes a text of the actor's office anew, or drops it where drop says so. Version is the one that was read.
func (s *Store) ChangePhrase(ctx context.Context, actor Actor, id int64, name, text string, use PhraseUse, version int64) error {
	return s.change(ctx, actor, func(t *tx) error {
		var p Phrase
		err := t.forUpdate().Where("id = ? AND authority_id = ? AND dropped = ?", id, actor.AuthorityID, false).Take(&p).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return NotFound("phrase")
		}
		if err != nil {
			return fmt.Errorf("phrase %d: %w", id, err)
		}
		if use == PhraseKept {
			p.Name, p.Text = strings.TrimSpace(name), strings.TrimSpace(text)
		}
		if err := t.allowPhrase(p); err != nil {
			return err
		}
		if version != 0 && version != p.Version {
			return Conflict()
		}
		p.Dropped, p.ChangedBy, p.ChangedAt, p.Version = use == PhraseDropped, actor.UserID, t.now, p.Version+1
		set := map[string]any{"name": p.Name, "text": p.Text, "dropped": p.Dropped, "changed_by": p.ChangedBy, "changed_at": p.ChangedAt, "version": p.Version}
		res := t.db.Table("phrases").Where("id = ? AND version = ?", id, p.Version-1).Updates(set)
		if res.Error != nil {
			return fmt.Errorf("change phrase %d: %w", id, res.Error)
		}
		if res.RowsAffected == 0 {
			return Conflict()
		}
		return t.keepPhrase(p, "phrase."+string(use))
	})
}

// PhraseUse says whether a text stays in use.
type PhraseUse string

// It is kept, written anew, or dropped.
const (
	PhraseKept    PhraseUse = "change"
	PhraseDropped PhraseUse = "drop"
)

func (t *tx) allowPhrase(p Phrase) error {
	var office Authority
	if err := t.db.Where("id = ?", p.AuthorityID).Take(&office).Error; err != nil {
		return fmt.Errorf("office of a phrase: %w", err)
	}
	if !t.actor.CanAt(ActCaseOpen, office.Place) {
		return Forbidden(ActCaseOpen)
	}
	wrong := map[string]string{}
	if !slices.Contains(PhraseFields(), p.Field) {
		wrong["field"] = "error.choice"
	}
	checkNote(wrong, "name", p.Name, 1)
	if len([]rune(p.Name)) > 60 {
		wrong["name"] = "error.too_long"
	}
	checkNote(wrong, "text", p.Text, 1)
	if len(wrong) > 0 {
		return Invalid(wrong)
	}
	return nil
}

func (t *tx) keepPhrase(p Phrase, act string) error {
	row := map[string]any{"phrase_id": p.ID, "version": p.Version, "name": p.Name, "text": p.Text, "dropped": p.Dropped, "changed_by": p.ChangedBy, "changed_at": p.ChangedAt}
	if err := t.db.Table("phrase_versions").Create(row).Error; err != nil {
		return fmt.Errorf("keep phrase %d: %w", p.ID, err)
	}
	t.audit(act, fmt.Sprintf("phrase:%d", p.ID), Place{}, map[string]any{"field": p.Field, "version": p.Version})
	return nil
}
