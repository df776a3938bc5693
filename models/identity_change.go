package models

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// ProposeIdentities stores proposals: new ones open, those still open with their newest score and reasons; what a person decided stays. It
// gives how many are new.
func (s *Store) ProposeIdentities(ctx context.Context, actor Actor, list []Identity) (int64, error) {
	var fresh int64
	err := s.change(ctx, actor, func(t *tx) error {
		var before, after int64
		if err := t.db.Table("identities").Count(&before).Error; err != nil {
			return fmt.Errorf("count identities: %w", err)
		}
		for i := range list {
			list[i].ID, list[i].Ref, list[i].State, list[i].ProposedAt, list[i].Version = 0, rand.Text(), IdentityOpen, t.now, 1
		}
		newer := clause.OnConflict{Columns: []clause.Column{{Name: "a_id"}, {Name: "b_id"}}, DoUpdates: clause.AssignmentColumns([]string{"verdict", "relation", "score", "reasons"}),
			Where: clause.Where{Exprs: []clause.Expression{clause.Eq{Column: clause.Column{Table: "identities", Name: "state"}, Value: IdentityOpen}}}}
		if len(list) > 0 {
			if err := t.db.Clauses(newer).CreateInBatches(&list, 500).Error; err != nil {
				return fmt.Errorf("store %d identities: %w", len(list), err)
			}
		}
		if err := t.db.Table("identities").Count(&after).Error; err != nil {
			return fmt.Errorf("count identities: %w", err)
		}
		fresh = after - before
		t.audit("identity.propose", "identities", Place{}, map[string]any{"proposed": len(list), "new": fresh})
		return nil
	})
	return fresh, err
}

// IdentityInput is a decision: Note says why where the reasons do not, Version is that of the page, 0 for any.
type IdentityInput struct {
	Note    string
	Version int64
}

// DecideIdentity decides a proposal yes, no or unsure, or opens it again. A yes makes a relation between the two, which stay two; whatever
// follows a yes withdraws that relation. It fails with NotFound outside the actor's scope, Forbidden without the right at both places,
// a move error where it already is so.
func (s *Store) DecideIdentity(ctx context.Context, actor Actor, ref, decision string, in IdentityInput) error {
	in.Note = strings.TrimSpace(in.Note)
	return s.changeBulk(ctx, actor, func(t *tx) error {
		p, a, b, err := t.allowIdentity(ref, decision)
		if err != nil {
			return err
		}
		if in.Version != 0 && in.Version != p.Version {
			return Conflict()
		}
		fields := map[string]string{}
		checkNote(fields, "note", in.Note, 0)
		if len(fields) > 0 {
			return Invalid(fields)
		}
		set := map[string]any{"state": decision, "note": in.Note, "decided_by": actor.UserID, "decided_at": t.now, "version": p.Version + 1}
		if decision == IdentityOpen {
			set["decided_by"], set["decided_at"] = nil, nil
		}
		if p.FactID != nil {
			if err := t.withdrawIdentity(p); err != nil {
				return err
			}
			set["fact_id"] = nil
		}
		if decision == IdentityYes {
			if set["fact_id"], err = t.relateIdentity(ctx, p, a, b); err != nil {
				return err
			}
		}
		res := t.db.Table("identities").Where("id = ? AND version = ?", p.ID, p.Version).Updates(set)
		if res.Error != nil {
			return fmt.Errorf("decide identity %s: %w", ref, res.Error)
		}
		if res.RowsAffected != 1 {
			return Conflict()
		}
		t.audit("identity."+decision, "identity:"+ref, a.Place, map[string]any{"a": a.Written().String(), "b": b.Written().String(), "relation": p.Relation, "score": p.Score, "note": in.Note, "was": p.State})
		return nil
	})
}

// AllowIdentity asks of a decision what is asked before its fields.
func (s *Store) AllowIdentity(ctx context.Context, actor Actor, ref, decision string) error {
	_, _, _, err := s.look(ctx, actor).allowIdentity(ref, decision)
	return err
}

func (t *tx) allowIdentity(ref, decision string) (p Identity, a, b Subject, err error) {
	err = seenIdentities(t.forUpdate().Table("identities"), t.db, t.actor.Scope(ActIdentityRead)).Where("identities.ref = ?", ref).Take(&p).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return p, a, b, NotFound("identity")
	}
	if err != nil {
		return p, a, b, fmt.Errorf("identity %s: %w", ref, err)
	}
	for _, side := range []struct {
		id int64
		to *Subject
	}{{p.AID, &a}, {p.BID, &b}} {
		if err := t.db.Where("id = ?", side.id).Take(side.to).Error; err != nil {
			return p, a, b, fmt.Errorf("identity %s: subject %d: %w", ref, side.id, err)
		}
		if !t.actor.CanAt(ActIdentityDecide, side.to.Place) || t.actor.UserID == 0 {
			return p, a, b, Forbidden(ActIdentityDecide)
		}
	}
	switch decision {
	case IdentityOpen, IdentityYes, IdentityNo, IdentityUnsure:
	default:
		return p, a, b, NotFound("decision")
	}
	if p.State == decision {
		return p, a, b, NotAMove(nil)
	}
	return p, a, b, nil
}

// relateIdentity writes the relation of a yes as a fact with a batch of its own, so that it has a way to be followed back, and gives its key.
func (t *tx) relateIdentity(ctx context.Context, p Identity, a, b Subject) (int64, error) {
	ref, err := t.newRef("PC", a.DivisionCode)
	if err != nil {
		return 0, err
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "identity %s %d", p.Ref, p.Version))
	batch := Batch{Ref: ref, Source: SourceIdentity, Place: a.Place, Digest: hex.EncodeToString(sum[:]), Status: "done", Actor: t.actor.Name, Accepted: 1, StartedAt: t.now, FinishedAt: t.now}
	if err := t.db.Create(&batch).Error; err != nil {
		return 0, fmt.Errorf("record the decision on identity %s: %w", p.Ref, err)
	}
	file := BatchFile{BatchID: batch.ID, Name: "identity:" + p.Ref, SHA256: batch.Digest, Table: TableRelations, Header: "{}", Line: 1, Accepted: 1, Status: "done"}
	if err := t.db.Create(&file).Error; err != nil {
		return 0, fmt.Errorf("record the decision on identity %s: %w", p.Ref, err)
	}
	l := t.store.NewLoader(t.actor, &batch)
	if err := t.missingSources(map[string]bool{SourceIdentity: true}); err != nil {
		return 0, err
	}
	if p.Relation == "imitates" && a.Kind == KindInstitution || p.Relation == "branch" && len(a.Name) < len(b.Name) {
		a, b = b, a // the company imitates the institution; the branch has the longer name
	}
	row := Row{Table: TableRelations, Source: SourceIdentity, Line: 1, Relation: &RelationRow{From: SubjectRef{a.Kind, a.Key}.String(), To: SubjectRef{b.Kind, b.Key}.String(), Kind: p.Relation}}
	ready := l.Prepare(TableRelations)
	if err := ready.Add(row); err != nil {
		return 0, err
	}
	c := &chunk{Prepared: ready, tally: map[string]*tally{}, fresh: map[string]bool{}}
	if err := l.store(ctx, t, c); err != nil {
		return 0, err
	}
	if err := l.noteTally(t, TableRelations, c); err != nil {
		return 0, err
	}
	var fact int64
	if err := t.db.Table("facts").Where("batch_id = ?", batch.ID).Select("COALESCE(MAX(id), 0)").Scan(&fact).Error; err != nil {
		return 0, fmt.Errorf("find the relation of identity %s: %w", p.Ref, err)
	}
	if fact == 0 {
		return 0, fmt.Errorf("identity %s: its relation is there already", p.Ref)
	}
	return fact, nil
}

// withdrawIdentity takes the relation of a yes back.
func (t *tx) withdrawIdentity(p Identity) error {
	row := map[string]any{"fact_id": *p.FactID, "reason": "identity:" + p.Ref, "actor": t.actor.Name, "recorded_at": t.now}
	err := t.db.Table("retractions").Create(row).Error
	if err != nil && !errors.Is(err, gorm.ErrDuplicatedKey) { // a steward may have withdrawn the fact on its own page
		return fmt.Errorf("withdraw the relation of identity %s: %w", p.Ref, err)
	}
	return t.touch(map[int64]bool{p.AID: true, p.BID: true})
}
