package models

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
	}
	if err := t.rename(about); err != nil {
		return err
	}
	return t.touch(touched)
}

// namingTables say which table names a kind of subject, and in which column of facts that subject and its owner stand.
var namingTables = map[SubjectKind]struct {
	table         Table
	column, owner string
}{
	KindCompany: {TableCompanies, "subject_id", ""}, KindPerson: {TablePersons, "subject_id", ""}, KindInstitution: {TableInstitutions, "subject_id", ""},
	KindAccount: {TableAccounts, "subject_id", "other_id"}, KindProduct: {TableProducts, "other_id", "subject_id"},
}

// renameChunk is how many subjects are named anew by one question.
const renameChunk = 1000

// rename reads the facts that name subjects and takes for each the one that counts; a subject that nothing names is a stub again,
// and stays where it was, so that those who saw it still do.
func (t *tx) rename(list []Subject) error {
	by := map[SubjectKind][]Subject{}
	for _, sub := range list {
		by[sub.Kind] = append(by[sub.Kind], sub)
	}
	for kind := range namingTables {
		for part := range slices.Chunk(by[kind], renameChunk) {
			if err := t.renameSome(kind, part); err != nil {
				return err
			}
		}
	}
	return nil
}

// bestNaming ranks naming facts as a load ranks them: the better source first, of equals the newer observation.
const bestNaming = `SELECT * FROM (SELECT f.*, s.standing, ROW_NUMBER() OVER (PARTITION BY f.%[1]s ORDER BY s.standing, f.observed_at DESC, f.id DESC) AS place
	FROM facts f JOIN sources s ON s.code = f.source WHERE f.%[1]s IN ? AND f.tbl = ?%[2]s AND NOT EXISTS (SELECT 1 FROM retractions x WHERE x.fact_id = f.id)) b WHERE b.place = 1`

type rankedFact struct {
	Fact     storedFact `gorm:"embedded"`
	Standing int64
}

func (t *tx) renameSome(kind SubjectKind, list []Subject) error {
	by := namingTables[kind]
	ids := make([]int64, len(list))
	for i, sub := range list {
		ids[i] = sub.ID
	}
	best, err := t.bestNaming(by.column, "", ids, by.table)
	if err != nil {
		return fmt.Errorf("read what names subjects of kind %s: %w", kind, err)
	}
	owners := best
	if by.owner == "other_id" { // a newer fact without a holder says nothing of the holder
		if owners, err = t.bestNaming(by.column, " AND f.other_id IS NOT NULL", ids, by.table); err != nil {
			return fmt.Errorf("read who owns subjects of kind %s: %w", kind, err)
		}
	}
	for _, sub := range list {
		set := map[string]any{"name": "", "name_fold": "", "stub": true, "named_at": nil, "named_standing": CommonStanding}
		if f, ok := best[sub.ID]; ok {
			if set, err = namedBy(sub, f); err != nil {
				return err
			}
		}
		if by.owner != "" {
			set["owner_id"] = nil
			if f, ok := owners[sub.ID]; ok && by.owner == "subject_id" {
				set["owner_id"] = f.Fact.SubjectID
			} else if ok {
				set["owner_id"] = f.Fact.OtherID
			}
		}
		if err := t.db.Table("subjects").Where("id = ?", sub.ID).Updates(set).Error; err != nil {
			return fmt.Errorf("rename %s: %w", sub.Written(), err)
		}
	}
	return nil
}

func (t *tx) bestNaming(column, more string, ids []int64, table Table) (map[int64]rankedFact, error) {
	var list []rankedFact
	if err := t.db.Raw(fmt.Sprintf(bestNaming, column, more), ids, table).Scan(&list).Error; err != nil {
		return nil, err
	}
	out := make(map[int64]rankedFact, len(list))
	for _, f := range list {
		id := f.Fact.SubjectID
		if column == "other_id" {
			id = *f.Fact.OtherID
		}
		out[id] = f
	}
	return out, nil
}

// namedBy gives what a fact says of the name and place of a subject.
func namedBy(sub Subject, best rankedFact) (map[string]any, error) {
	var said struct{ Name, DivisionCode string }
	values, err := columnValues(best.Fact.Payload)
	if err != nil {
		return nil, err
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
	return set, nil
}
