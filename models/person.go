package models

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// Purposes are the reasons for which a personal number may be revealed (organisation.md 4.4).
func Purposes() []string {
	return []string{"VERIFY_LEAD", "INVESTIGATE_CASE", "REFERRAL", "REFUND_CHECK", "APPEAL", "ANTI_FRAUD", "AUDIT"}
}

// PersonFile is a person or an account with its relations, for a page on which numbers are masked.
type PersonFile struct {
	Subject
	Person    *Fact[PersonRow]
	Account   *Fact[AccountRow]
	Relations []Fact[RelationRow]
	Owned     []Subject // accounts of a person
	Transfers []Transfer
	Signals   []Fact[SignalRow] // what offices said of it, oldest first
}

// PersonFile gives a person in the actor's sight by its public number; reading it is audited.
func (s *Store) PersonFile(ctx context.Context, actor Actor, ref string) (PersonFile, error) {
	return s.personal(ctx, actor, KindPerson, ActPersonRead, ref)
}

// AccountFile gives an account in the actor's sight by its public number, with its newest transfers; reading it is audited.
func (s *Store) AccountFile(ctx context.Context, actor Actor, ref string) (PersonFile, error) {
	return s.personal(ctx, actor, KindAccount, ActAccountRead, ref)
}

func (s *Store) personal(ctx context.Context, actor Actor, kind SubjectKind, action Action, ref string) (PersonFile, error) {
	var f PersonFile
	err := seenSubjects(s.read(ctx), actor.Sight(action)).Where("kind = ? AND ref = ?", kind, ref).Take(&f.Subject).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return f, NotFound(string(kind))
	}
	if err != nil {
		return f, fmt.Errorf("%s %s: %w", kind, ref, err)
	}
	if err := s.NoteRead(ctx, actor, string(action), string(kind)+":"+ref, f.Place, nil); err != nil {
		return f, err
	}
	if err := s.personalFacts(ctx, &f, actor.purposes(f.Place)); err != nil {
		return f, err
	}
	if kind == KindPerson {
		f.Owned, err = s.AccountsOf(ctx, actor, f.ID)
	} else {
		f.Transfers, err = s.transfersOf(ctx, f.ID, AsOf{Purposes: actor.purposes(f.Place)}, 100)
	}
	if err != nil {
		return f, fmt.Errorf("%s %s: %w", kind, ref, err)
	}
	return f, nil
}

func (s *Store) personalFacts(ctx context.Context, f *PersonFile, more []Purpose) error {
	sources, err := s.Sources(ctx)
	if err != nil {
		return err
	}
	var list []storedFact
	q := bounded(s.read(ctx).Table("facts f").Select("f.*, b.ref AS batch_ref").Joins("LEFT JOIN batches b ON b.id = f.batch_id"), AsOf{Purposes: more})
	if err := q.Where("(f.subject_id = ? OR f.other_id = ?)", f.ID, f.ID).Order("f.observed_at, f.id").Limit(2000).Find(&list).Error; err != nil {
		return fmt.Errorf("read facts: %w", err)
	}
	for _, row := range list {
		p := row.provenance(sources)
		var persons []Fact[PersonRow]
		var accounts []Fact[AccountRow]
		switch row.Tbl {
		case TablePersons:
			err = push(&persons, p, row)
		case TableAccounts:
			err = push(&accounts, p, row)
		case TableRelations:
			err = push(&f.Relations, p, row)
		case TableSignals:
			err = push(&f.Signals, p, row)
		}
		if err != nil {
			return err
		}
		if len(persons) > 0 {
			f.Person = &persons[0]
		}
		if len(accounts) > 0 && row.SubjectID == f.ID {
			f.Account = &accounts[0]
		}
	}
	return nil
}

// AccountsOf lists the accounts of a subject that are in the actor's sight, in the order in which they became known, at most 200.
func (s *Store) AccountsOf(ctx context.Context, actor Actor, owner int64) ([]Subject, error) {
	var list []Subject
	err := seenSubjects(s.read(ctx), actor.Sight(ActAccountRead)).Where("kind = ? AND owner_id = ?", KindAccount, owner).Order("id").Limit(200).Find(&list).Error
	if err != nil {
		return nil, fmt.Errorf("list the accounts of subject %d: %w", owner, err)
	}
	return list, nil
}

func (s *Store) transfersOf(ctx context.Context, account int64, asOf AsOf, limit int) ([]Transfer, error) {
	var list []Transfer
	q := ledger(s.read(ctx), asOf).Select("t.id, t.source, t.key, t.from_id, t.to_id, a.key AS from_account, b.key AS to_account, t.amount_fen, t.currency, t.at, t.channel, t.memo").
		Joins("JOIN subjects a ON a.id = t.from_id").Joins("JOIN subjects b ON b.id = t.to_id").Where("(t.from_id = ? OR t.to_id = ?)", account, account)
	err := asOf.permitted(q, "t.source").Order("t.at DESC, t.id DESC").Limit(limit).Scan(&list).Error
	return list, err
}

// Reveal says that a personal number may be shown to the actor now: for a known purpose and a case the actor may read. It is
// logged with both; the caller has checked the password again.
func (s *Store) Reveal(ctx context.Context, actor Actor, kind SubjectKind, ref, purpose, caseRef string) (Subject, error) {
	var sub Subject
	err := s.change(ctx, actor, func(t *tx) error {
		err := seenSubjects(t.db, actor.Sight(ActPersonRead)).Where("kind = ? AND ref = ?", kind, ref).Take(&sub).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return NotFound(string(kind))
		}
		if err != nil {
			return fmt.Errorf("reveal %s %s: %w", kind, ref, err)
		}
		if !actor.CanAt(ActPersonReveal, sub.Place) {
			return Forbidden(ActPersonReveal)
		}
		wrong := map[string]string{}
		if !slices.Contains(Purposes(), purpose) {
			wrong["purpose"] = "error.purpose"
		}
		var n int64
		if err := seenCases(t.db.Table("cases"), actor, "cases").Where("cases.ref = ?", caseRef).Count(&n).Error; err != nil {
			return fmt.Errorf("reveal: read the case: %w", err)
		}
		if n == 0 {
			wrong["case"] = "error.case_unknown"
		}
		if len(wrong) > 0 {
			return Invalid(wrong)
		}
		t.audit("person.reveal", string(kind)+":"+ref, sub.Place, map[string]any{"purpose": purpose, "case": caseRef})
		return nil
	})
	return sub, err
}
