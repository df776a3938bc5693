package models

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// Withdrawal says how much of a load was taken back, or would be.
type Withdrawal struct {
	Facts     int64 // that counted until then
	Transfers int64
	Subjects  int64 // that they were about
	Alerts    int64 // open ones of these subjects, or of schemes in which their transfers act
}

// WithdrawBatch takes back all that a finished load brought, with a reason: a file that was loaded by mistake, or that its office
// replaces. From now on nothing counts it, while a look back at a moment before still shows it; names, places and owners follow what
// remains, schemes proved by its transfers count nowhere until they are found again without them, and whoever works on an alert that
// it touches is told. The same file loaded again comes in as new. It fails with NotFound outside the actor's scope, Forbidden without
// the right there, Conflict for a load that still runs or was taken back already, Invalid without a reason.
func (s *Store) WithdrawBatch(ctx context.Context, actor Actor, ref, reason string) (Withdrawal, error) {
	reason = strings.TrimSpace(reason)
	var w Withdrawal
	err := s.change(ctx, actor, func(t *tx) error {
		w = Withdrawal{}
		var b Batch
		err := scoped(t.forUpdate(), actor.Scope(ActBatchRead), "").Where("ref = ?", ref).Take(&b).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return NotFound("batch")
		}
		if err != nil {
			return fmt.Errorf("read batch %s: %w", ref, err)
		}
		if !actor.CanAt(ActFactRetract, b.Place) {
			return Forbidden(ActFactRetract)
		}
		if b.Status == "running" {
			return &Error{Kind: KindConflict, Key: "error.batch_running"}
		}
		if !b.WithdrawnAt.IsZero() {
			return &Error{Kind: KindConflict, Key: "error.batch_withdrawn"}
		}
		fields := map[string]string{}
		if checkNote(fields, "reason", reason, 2); len(fields) > 0 {
			return Invalid(fields)
		}
		if w, err = t.withdraw(b, reason); err != nil {
			return fmt.Errorf("withdraw batch %s: %w", ref, err)
		}
		set := map[string]any{"withdrawn_at": t.now, "withdrawn_by": actor.Name, "withdrawn_reason": reason}
		if err := t.db.Table("batches").Where("id = ?", b.ID).Updates(set).Error; err != nil {
			return fmt.Errorf("mark batch %s: %w", ref, err)
		}
		t.audit("batch.withdraw", "batch:"+ref, b.Place, map[string]any{"facts": w.Facts, "transfers": w.Transfers, "subjects": w.Subjects, "reason": reason})
		return nil
	})
	return w, err
}

// withdraw takes the facts and transfers of a load back and brings what follows from them up to date.
func (t *tx) withdraw(b Batch, reason string) (Withdrawal, error) {
	var w Withdrawal
	taken := t.db.Exec(`INSERT INTO retractions (fact_id, reason, actor, recorded_at) SELECT f.id, ?, ?, ? FROM facts f
		WHERE f.batch_id = ? AND f.id BETWEEN ? AND ? AND NOT EXISTS (SELECT 1 FROM retractions x WHERE x.fact_id = f.id)`,
		reason, t.actor.Name, t.now, b.ID, b.FirstFact, b.LastFact)
	if taken.Error != nil {
		return w, fmt.Errorf("take its facts back: %w", taken.Error)
	}
	w.Facts = taken.RowsAffected
	var err error
	if w.Transfers, err = t.withdrawTransfers(reason, "batch_id = ? AND id BETWEEN ? AND ?", b.ID, b.FirstTransfer, b.LastTransfer); err != nil {
		return w, err
	}
	list, err := t.subjectsOf(b)
	if err != nil {
		return w, err
	}
	if err := t.rename(list); err != nil {
		return w, err
	}
	touched := make(map[int64]bool, len(list))
	for _, sub := range list {
		touched[sub.ID] = true
	}
	w.Subjects = int64(len(list))
	if err := t.touch(touched); err != nil {
		return w, err
	}
	w.Alerts, err = t.tellWithdrawn("batch:"+b.Ref, alertsOfBatch, b.ID, b.FirstFact, b.LastFact, true)
	return w, err
}

// subjectsOf lists whom the facts of a load are about.
func (t *tx) subjectsOf(b Batch) ([]Subject, error) {
	var all []Subject
	for after := int64(0); ; {
		var list []Subject
		err := t.db.Where(`id > ? AND id IN (SELECT f.subject_id FROM facts f WHERE f.batch_id = ? AND f.id BETWEEN ? AND ?
			UNION SELECT f.other_id FROM facts f WHERE f.batch_id = ? AND f.id BETWEEN ? AND ? AND f.other_id IS NOT NULL)`,
			after, b.ID, b.FirstFact, b.LastFact, b.ID, b.FirstFact, b.LastFact).Order("id").Limit(50_000).Find(&list).Error
		if err != nil {
			return nil, fmt.Errorf("list its subjects: %w", err)
		}
		all = append(all, list...)
		if len(list) < 50_000 {
			return all, nil
		}
		after = list[len(list)-1].ID
	}
}

// alertsOfBatch and alertsOfDoubts find the open alerts that a withdrawal touches.
const (
	alertsOfBatch  = `al.subject_id IN (SELECT f.subject_id FROM facts f WHERE f.batch_id = ? AND f.id BETWEEN ? AND ?) AND al.open = ?`
	alertsOfDoubts = `al.id IN (SELECT h.alert_id FROM schemes h JOIN scheme_doubts d ON d.scheme_id = h.id WHERE d.doubted_at = ?) AND al.open = ?`
)

// tellWithdrawn tells who works on the alerts that something was withdrawn which they may rest on; mark says what.
func (t *tx) tellWithdrawn(mark, which string, args ...any) (int64, error) {
	var list []Alert
	if err := t.db.Table("alerts al").Select("al.*").Where(which, args...).Order("al.id").Find(&list).Error; err != nil {
		return 0, fmt.Errorf("list the alerts it touches: %w", err)
	}
	for _, al := range list {
		var users []int64
		if al.OwnerID != nil {
			users = append(users, *al.OwnerID)
		}
		if al.CaseID != nil {
			var team []int64
			if err := t.db.Table("case_officers").Select("user_id").Where("case_id = ? AND recused_at IS NULL", *al.CaseID).Scan(&team).Error; err != nil {
				return 0, fmt.Errorf("read the team of alert %s: %w", al.Ref, err)
			}
			users = append(users, team...)
		}
		if err := t.tell(objectAlert, al.ID, "withdrawn", "", map[string]any{"what": mark}); err != nil {
			return 0, err
		}
		if err := t.notify(slices.Compact(slices.Sorted(slices.Values(users))), "facts_withdrawn", objectAlert+":"+al.Ref, "withdrawn "+mark, nil); err != nil {
			return 0, err
		}
	}
	return int64(len(list)), nil
}

// WithdrawalOf says what taking a load back would touch: counts of its facts and transfers that still count, and of open alerts.
func (s *Store) WithdrawalOf(ctx context.Context, b Batch) (Withdrawal, error) {
	var w Withdrawal
	err := s.read(ctx).Raw(`SELECT (SELECT COUNT(*) FROM facts f WHERE f.batch_id = ? AND f.id BETWEEN ? AND ? AND NOT EXISTS (SELECT 1 FROM retractions x WHERE x.fact_id = f.id)) AS facts,
		(SELECT COUNT(*) FROM transfers t WHERE t.batch_id = ? AND t.id BETWEEN ? AND ?) AS transfers,
		(SELECT COUNT(*) FROM alerts al WHERE `+alertsOfBatch+`) AS alerts`,
		b.ID, b.FirstFact, b.LastFact, b.ID, b.FirstTransfer, b.LastTransfer, b.ID, b.FirstFact, b.LastFact, true).Scan(&w).Error
	if err != nil {
		return w, fmt.Errorf("count what batch %s brought: %w", b.Ref, err)
	}
	return w, nil
}
