package models

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// SourceChange is what a steward says of a source.
type SourceChange struct {
	Name       string
	NameEn     string
	Family     string
	Purpose    Purpose
	FreshHours int64
	Steward    string
}

// ChangeSource changes a source. A new purpose or family changes what counts: every company with facts of the source is assessed
// anew. It fails with NotFound, Forbidden, Conflict or Invalid.
func (s *Store) ChangeSource(ctx context.Context, actor Actor, code string, c SourceChange, version int64) error {
	return s.change(ctx, actor, func(t *tx) error {
		if !actor.Can(ActSourceRead) {
			return NotFound("source")
		}
		var src Source
		if err := t.forUpdate().Where("code = ?", code).Take(&src).Error; errors.Is(err, gorm.ErrRecordNotFound) {
			return NotFound("source")
		} else if err != nil {
			return fmt.Errorf("source %s: %w", code, err)
		}
		if !actor.Can(ActSourceChange) {
			return Forbidden(ActSourceChange)
		}
		if version != 0 && version != src.Version {
			return Conflict()
		}
		if wrong := c.check(); len(wrong) > 0 {
			return Invalid(wrong)
		}
		set := map[string]any{"name": strings.TrimSpace(c.Name), "name_en": strings.TrimSpace(c.NameEn), "family": c.Family, "purpose": c.Purpose,
			"fresh_hours": c.FreshHours, "steward": strings.TrimSpace(c.Steward), "version": src.Version + 1}
		if err := t.db.Table("sources").Where("code = ?", code).Updates(set).Error; err != nil {
			return fmt.Errorf("change source %s: %w", code, err)
		}
		t.audit("source.change", "source:"+code, Place{}, map[string]any{"purpose": []Purpose{src.Purpose, c.Purpose}, "family": []string{src.Family, c.Family},
			"fresh_hours": []int64{src.FreshHours, c.FreshHours}})
		if src.Purpose == c.Purpose && src.Family == c.Family {
			return nil
		}
		return t.touchSource(code)
	})
}

func (c SourceChange) check() map[string]string {
	wrong := map[string]string{}
	for field, text := range map[string]string{"name": c.Name, "name_en": c.NameEn, "steward": c.Steward} {
		least := 1
		if field == "steward" {
			least = 0
		}
		checkNote(wrong, field, strings.TrimSpace(text), least)
		if len([]rune(text)) > 80 {
			wrong[field] = "error.too_long"
		}
	}
	if !sourceCode.MatchString(c.Family) {
		wrong["family"] = "error.source_code"
	}
	if !slices.Contains([]Purpose{PurposeGeneral, PurposeAntiFraudOnly, PurposeSTR}, c.Purpose) {
		wrong["purpose"] = "error.purpose"
	}
	if c.FreshHours < 0 || c.FreshHours > 24*366 {
		wrong["fresh_hours"] = "error.fresh_hours"
	}
	return wrong
}

// touchSource marks every subject of a source's facts as not assessed since.
func (t *tx) touchSource(code string) error {
	t.arrived = true
	for _, column := range []string{"subject_id", "other_id"} {
		about := t.db.Table("facts").Select(column).Where("source = ? AND "+column+" IS NOT NULL", code)
		if err := t.db.Table("subjects").Where("id IN (?)", about).Update("newest_fact_id", gorm.Expr("newest_fact_id + 1")).Error; err != nil {
			return fmt.Errorf("mark the subjects of %s: %w", code, err)
		}
		owners := t.db.Table("subjects").Select("owner_id").Where("id IN (?) AND owner_id IS NOT NULL", about)
		if err := t.db.Table("subjects").Where("id IN (?)", owners).Update("newest_fact_id", gorm.Expr("newest_fact_id + 1")).Error; err != nil {
			return fmt.Errorf("mark the owners of %s: %w", code, err)
		}
	}
	return nil
}
