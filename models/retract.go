package models

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"
)

// RetractFact withdraws a wrong fact with a reason: from now on nothing counts it, while a look back at a moment before still
// shows it. The subject's name and place follow what remains, and its company is assessed anew. It fails with NotFound outside
// the actor's scope, Conflict where the fact was withdrawn already, Invalid without a reason.
func (s *Store) RetractFact(ctx context.Context, actor Actor, batchRef, hash, reason string) error {
	reason = strings.TrimSpace(reason)
	return s.change(ctx, actor, func(t *tx) error {
		l, err := t.fact(batchRef, hash)
		if err != nil {
			return err
		}
		if !actor.CanAt(ActFactRetract, l.Subject.Place) {
			return Forbidden(ActFactRetract)
		}
		if !l.Withdrawn.At.IsZero() {
			return &Error{Kind: KindConflict, Key: "error.fact_withdrawn"}
		}
		fields := map[string]string{}
		checkNote(fields, "reason", reason, 2)
		if len(fields) > 0 {
			return Invalid(fields)
		}
		row := map[string]any{"fact_id": l.FactID, "reason": reason, "actor": actor.Name, "recorded_at": t.now}
		if err := t.db.Table("retractions").Create(row).Error; errors.Is(err, gorm.ErrDuplicatedKey) {
			return &Error{Kind: KindConflict, Key: "error.fact_withdrawn"}
		} else if err != nil {
			return fmt.Errorf("withdraw fact %s of %s: %w", hash, batchRef, err)
		}
		t.audit("fact.retract", "fact:"+batchRef+"/"+hash, l.Subject.Place, map[string]any{"table": l.Table, "subject": l.Subject.Written().String(), "source": l.Source, "reason": reason})
		return t.reproject(l)
	})
}

// reproject gives the subjects of a withdrawn fact the name, place and owner that the remaining facts say, and marks them.
func (t *tx) reproject(l Lineage) error {
	about := []Subject{l.Subject}
	if l.Other != nil {
		about = append(about, *l.Other)
	}
	touched := map[int64]bool{}
	for _, sub := range about {
		touched[sub.ID] = true
		if err := t.rename(sub); err != nil {
			return err
		}
	}
	return t.touch(touched)
}

// namingTables say which table names a kind of subject, and in which column of facts that subject stands.
var namingTables = map[SubjectKind]struct {
	table  Table
	column string
}{
	KindCompany: {TableCompanies, "subject_id"}, KindPerson: {TablePersons, "subject_id"}, KindInstitution: {TableInstitutions, "subject_id"},
	KindAccount: {TableAccounts, "subject_id"}, KindProduct: {TableProducts, "other_id"},
}

// rename reads the facts that name a subject and takes the one that counts; a subject that nothing names is a stub again, and
// stays where it was, so that those who saw it still do.
func (t *tx) rename(sub Subject) error {
	by, ok := namingTables[sub.Kind]
	if !ok {
		return nil
	}
	var best struct {
		Fact     storedFact `gorm:"embedded"`
		Standing int64
	}
	q := t.db.Table("facts f").Select("f.*, s.standing").Joins("JOIN sources s ON s.code = f.source").Where("f."+by.column+" = ? AND f.tbl = ?", sub.ID, by.table).
		Where("NOT EXISTS (SELECT 1 FROM retractions x WHERE x.fact_id = f.id)")
	err := q.Order("s.standing, f.observed_at DESC, f.id DESC").Limit(1).Take(&best).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		set := map[string]any{"name": "", "name_fold": "", "stub": true, "named_at": nil, "named_standing": CommonStanding}
		return t.setSubject(sub, set)
	}
	if err != nil {
		return fmt.Errorf("read what names %s: %w", sub.Written(), err)
	}
	var said struct{ Name, DivisionCode string }
	values, err := columnValues(best.Fact.Payload)
	if err != nil {
		return err
	}
	for _, v := range values {
		switch v.Column {
		case "name":
			said.Name = v.Value
		case "division_code":
			said.DivisionCode = v.Value
		}
	}
	if sub.Kind == KindAccount {
		said.Name = sub.Key
	}
	set := map[string]any{"name": said.Name, "name_fold": fold(said.Name), "stub": false, "named_at": best.Fact.ObservedAt, "named_standing": best.Standing}
	if p, ok := PlaceOf(said.DivisionCode); ok {
		set["division_code"], set["p2"], set["c4"], set["c6"] = p.DivisionCode, p.P2, p.C4, p.C6
	}
	return t.setSubject(sub, set)
}

func (t *tx) setSubject(sub Subject, set map[string]any) error {
	if err := t.db.Table("subjects").Where("id = ?", sub.ID).Updates(set).Error; err != nil {
		return fmt.Errorf("rename %s: %w", sub.Written(), err)
	}
	return nil
}
