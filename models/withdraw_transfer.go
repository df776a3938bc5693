package models

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"
)

// transferFields are the columns that the ledger and the withdrawn transfers share.
const transferFields = "id, source, key, from_id, to_id, amount_fen, currency, at, observed_at, recorded_at, batch_id, line, channel, device, ip, memo, hash"

// ledger gives the transfers that stood at a moment as a table named t: those of now, or with those that were withdrawn only later.
func ledger(db *gorm.DB, asOf AsOf) *gorm.DB {
	if asOf.RecordedBy.IsZero() {
		return db.Table("transfers t")
	}
	return db.Table("(SELECT "+transferFields+" FROM transfers UNION ALL SELECT "+transferFields+" FROM withdrawn_transfers WHERE withdrawn_at > ?) AS t", asOf.RecordedBy)
}

// withdrawTransfers takes some transfers out of the ledger: schemes that they prove are doubted, their holders assessed anew, and the
// whole ledger is searched again. which is a condition on transfers without an alias.
func (t *tx) withdrawTransfers(reason, which string, args ...any) (int64, error) {
	moved := t.db.Exec("INSERT INTO withdrawn_transfers ("+transferFields+", reason, actor, withdrawn_at) SELECT "+transferFields+", ?, ?, ? FROM transfers WHERE "+which,
		append([]any{reason, t.actor.Name, t.now}, args...)...)
	if moved.Error != nil {
		return 0, fmt.Errorf("keep its transfers: %w", moved.Error)
	}
	if moved.RowsAffected == 0 {
		return 0, nil
	}
	t.arrived = true
	if err := t.db.Exec("DELETE FROM transfers WHERE "+which, args...).Error; err != nil {
		return 0, fmt.Errorf("take its transfers back: %w", err)
	}
	if err := t.doubtSchemes(); err != nil {
		return 0, err
	}
	if err := t.db.Table("money_mark").Where("one = 1").Update("rule_version", "").Error; err != nil {
		return 0, fmt.Errorf("ask for a search of the whole ledger: %w", err)
	}
	return moved.RowsAffected, nil
}

// doubtSchemes doubts the schemes between whose members transfers were just withdrawn that lie in the scheme's time.
func (t *tx) doubtSchemes() error {
	err := t.db.Exec(`INSERT INTO scheme_doubts (scheme_id, transfers, doubted_at)
		SELECT h.id, COUNT(*), w.withdrawn_at FROM withdrawn_transfers w JOIN alert_members a ON a.subject_id = w.from_id
		JOIN alert_members b ON b.scheme_id = a.scheme_id AND b.subject_id = w.to_id JOIN schemes h ON h.id = a.scheme_id
		WHERE w.withdrawn_at = ? AND w.at BETWEEN h.first_at AND h.last_at
		AND NOT EXISTS (SELECT 1 FROM scheme_doubts d WHERE d.scheme_id = h.id AND d.cleared_at IS NULL) GROUP BY h.id, w.withdrawn_at`, t.now).Error
	if err != nil {
		return fmt.Errorf("doubt schemes: %w", err)
	}
	doubted := t.db.Table("alert_members m").Select("a.owner_id").Joins("JOIN subjects a ON a.id = m.subject_id").
		Joins("JOIN scheme_doubts d ON d.scheme_id = m.scheme_id").Where("d.doubted_at = ? AND a.owner_id IS NOT NULL", t.now)
	err = t.db.Table("subjects").Where("kind = ? AND id IN (?) AND newest_fact_id <= assessed_fact_id", KindCompany, doubted).
		Update("assessed_fact_id", gorm.Expr("newest_fact_id - 1")).Error
	if err != nil {
		return fmt.Errorf("mark the holders of doubted schemes: %w", err)
	}
	_, err = t.tellWithdrawn("transfers "+t.now.String(), alertsOfDoubts, t.now, true)
	return err
}

// clearDoubts says that a scheme was found again without what was withdrawn.
func (t *tx) clearDoubts(scheme int64) error {
	err := t.db.Table("scheme_doubts").Where("scheme_id = ? AND cleared_at IS NULL", scheme).Update("cleared_at", t.now).Error
	if err != nil {
		return fmt.Errorf("clear the doubts of scheme %d: %w", scheme, err)
	}
	return nil
}

// SchemeDoubt says how many transfers between the members of a scheme were withdrawn in its time, and when.
type SchemeDoubt struct {
	SchemeID  int64
	Transfers int64
	DoubtedAt Instant
}

// SchemeDoubts lists the doubts of an alert's schemes that stand, by scheme.
func (s *Store) SchemeDoubts(ctx context.Context, alertID int64) (map[int64]SchemeDoubt, error) {
	var list []SchemeDoubt
	err := s.read(ctx).Table("scheme_doubts d").Select("d.*").Joins("JOIN schemes h ON h.id = d.scheme_id").
		Where("h.alert_id = ? AND d.cleared_at IS NULL", alertID).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("read doubts of schemes: %w", err)
	}
	out := make(map[int64]SchemeDoubt, len(list))
	for _, d := range list {
		out[d.SchemeID] = d
	}
	return out, nil
}

// TransferLineage is a transfer with the way it came. An end whose number the actor may not see is nil.
type TransferLineage struct {
	Transfer
	From, To               *Subject
	Batch                  Batch
	File                   string
	FileHash               string
	Line                   int64
	Hash                   string
	Place                  Place // of the end that the actor sees, else of the load
	Loaded                 bool  // whether the actor may read the load
	Purpose                Purpose
	Withdrawn              Withdrawn
	ObservedAt, RecordedAt Instant
}

type transferOrigin struct {
	Transfer    `gorm:"embedded"`
	ObservedAt  Instant
	RecordedAt  Instant
	BatchID     int64
	Line        int64
	Hash        []byte
	WithdrawnAt Instant
	Actor       string
	Reason      string
}

// Transfer follows a transfer to where it comes from, by its source and the source's own number. It is not found where the actor may
// read neither of its accounts nor the load that brought it, or may not use its source there. Of several that were withdrawn under one number the one that stands
// counts, else the last; reading it is audited.
func (s *Store) Transfer(ctx context.Context, actor Actor, source, key string) (TransferLineage, error) {
	l, err := s.look(ctx, actor).transfer(source, key)
	if err != nil {
		return l, err
	}
	return l, s.NoteRead(ctx, actor, string(ActAccountRead), "transfer:"+source+"/"+key, l.Place, nil)
}

func (t *tx) transfer(source, key string) (TransferLineage, error) {
	var l TransferLineage
	var row transferOrigin
	const one = "id, source, key, from_id, to_id, amount_fen, currency, at, channel, memo, observed_at, recorded_at, batch_id, line, hash"
	err := t.db.Raw("SELECT "+one+", NULL AS withdrawn_at, '' AS actor, '' AS reason, 0 AS gone FROM transfers WHERE source = ? AND key = ? UNION ALL SELECT "+one+
		", withdrawn_at, actor, reason, 1 AS gone FROM withdrawn_transfers WHERE source = ? AND key = ? ORDER BY gone, id DESC LIMIT 1", source, key, source, key).Scan(&row).Error
	if err != nil {
		return l, fmt.Errorf("transfer %s of %s: %w", key, source, err)
	}
	if row.ID == 0 {
		return l, NotFound("transfer")
	}
	var ends []Subject
	if err := scoped(t.db, t.actor.Scope(ActAccountRead), "").Where("id IN ?", []int64{row.FromID, row.ToID}).Find(&ends).Error; err != nil {
		return l, fmt.Errorf("transfer %s of %s: its accounts: %w", key, source, err)
	}
	for i := range ends {
		end := &ends[i]
		if end.ID == row.FromID {
			l.From = end
		}
		if end.ID == row.ToID {
			l.To = end
		}
	}
	var loads []Batch
	if err := scoped(t.db, t.actor.Scope(ActBatchRead), "").Where("id = ?", row.BatchID).Find(&loads).Error; err != nil {
		return l, fmt.Errorf("transfer %s of %s: its load: %w", key, source, err)
	}
	switch {
	case len(ends) > 0:
		l.Place = ends[0].Place
	case len(loads) > 0:
		l.Place = loads[0].Place
	default:
		return l, NotFound("transfer")
	}
	l.Loaded = len(loads) > 0
	var src Source
	if err := t.db.Where("code = ?", source).Take(&src).Error; err != nil {
		return l, fmt.Errorf("transfer %s of %s: its source: %w", key, source, err)
	}
	var n int64
	err = AsOf{Purposes: t.actor.purposes(l.Place)}.permitted(t.db.Table("sources src"), "src.code").Where("src.code = ?", source).Count(&n).Error
	if err != nil {
		return l, fmt.Errorf("transfer %s of %s: its purpose: %w", key, source, err)
	}
	if n == 0 {
		return l, NotFound("transfer")
	}
	l.Transfer, l.Line, l.Hash, l.Purpose = row.Transfer, row.Line, hex.EncodeToString(row.Hash), src.Purpose
	l.ObservedAt, l.RecordedAt, l.Withdrawn = row.ObservedAt, row.RecordedAt, Withdrawn{At: row.WithdrawnAt, By: row.Actor, Reason: row.Reason}
	var file BatchFile
	if l.Batch, file, err = t.cameIn(row.BatchID, TableTransfers, row.Line); err != nil {
		return l, fmt.Errorf("transfer %s of %s: %w", key, source, err)
	}
	l.File, l.FileHash = file.Name, file.SHA256
	return l, nil
}

// MayWithdraw says whether the actor may take the transfer back: with the right where an account is seen, or where the load belongs.
func (l TransferLineage) MayWithdraw(actor Actor) bool {
	return actor.CanAt(ActFactRetract, l.Place) || l.Loaded && actor.CanAt(ActFactRetract, l.Batch.Place)
}

// WithdrawTransfer takes one wrong transfer out of the ledger with a reason, with the consequences of WithdrawBatch. Its number is
// free again, so that its source can send it mended. It fails with NotFound where the actor may not follow it, Forbidden without the
// right at one of its ends, Conflict where it was withdrawn already, Invalid without a reason.
func (s *Store) WithdrawTransfer(ctx context.Context, actor Actor, source, key, reason string) error {
	reason = strings.TrimSpace(reason)
	return s.change(ctx, actor, func(t *tx) error {
		l, err := t.transfer(source, key)
		if err != nil {
			return err
		}
		if !l.MayWithdraw(actor) {
			return Forbidden(ActFactRetract)
		}
		if !l.Withdrawn.At.IsZero() {
			return &Error{Kind: KindConflict, Key: "error.fact_withdrawn"}
		}
		fields := map[string]string{}
		if checkNote(fields, "reason", reason, 2); len(fields) > 0 {
			return Invalid(fields)
		}
		n, err := t.withdrawTransfers(reason, "id = ?", l.ID)
		if err != nil {
			return fmt.Errorf("withdraw transfer %s of %s: %w", key, source, err)
		}
		if n == 0 {
			return errors.New("the transfer is gone")
		}
		t.audit("transfer.withdraw", "transfer:"+source+"/"+key, l.Place, map[string]any{"batch": l.Batch.Ref, "line": l.Line, "reason": reason})
		return nil
	})
}
