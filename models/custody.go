package models

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
)

// custody writes the next line of a log; the row of the evidence is locked by the caller or new.
func (t *tx) custody(e *Evidence, act, note string) error {
	office := ""
	if t.actor.AuthorityID != 0 {
		if err := t.db.Table("authorities").Select("name").Where("id = ?", t.actor.AuthorityID).Scan(&office).Error; err != nil {
			return fmt.Errorf("read the office of %s: %w", t.actor.Name, err)
		}
	}
	c := CustodyEntry{EvidenceID: e.ID, Seq: e.CustodySeq + 1, At: t.now, Actor: t.actor.Name, Office: office, Act: act, Note: strings.TrimSpace(note), PrevHash: e.CustodyHash}
	c.Hash = c.Proof().Chain(e.Ref, e.SHA256)
	if err := t.db.Create(&c).Error; err != nil {
		return fmt.Errorf("custody log of %s: %w", e.Ref, err)
	}
	res := t.db.Table("evidence").Where("id = ? AND custody_seq = ?", e.ID, e.CustodySeq).Updates(map[string]any{"custody_seq": c.Seq, "custody_hash": c.Hash})
	if res.Error != nil {
		return fmt.Errorf("custody log of %s: %w", e.Ref, res.Error)
	}
	if res.RowsAffected == 0 {
		return Conflict()
	}
	e.CustodySeq, e.CustodyHash = c.Seq, c.Hash
	return nil
}

// lockEvidence loads a piece that the actor may read, for a line in its log.
func (t *tx) lockEvidence(ref string) (EvidenceLine, error) {
	seen, err := t.evidence(ref)
	if err != nil {
		return seen, err
	}
	if err := t.forUpdate().Where("id = ?", seen.ID).Take(&seen.Evidence).Error; err != nil {
		return seen, fmt.Errorf("evidence %s: %w", ref, err)
	}
	return seen, nil
}

func (t *tx) placeOfCase(id int64) (Place, error) {
	var cs Case
	if err := t.db.Where("id = ?", id).Take(&cs).Error; err != nil {
		return Place{}, fmt.Errorf("read a case: %w", err)
	}
	return cs.Place, nil
}

// onEvidence is a verb on one piece that the actor may read: its line in the log and its audit entry.
func (s *Store) onEvidence(ctx context.Context, actor Actor, ref, act, note string, more func(t *tx, e *EvidenceLine) error) error {
	return s.change(ctx, actor, func(t *tx) error {
		e, err := t.lockEvidence(ref)
		if err != nil {
			return err
		}
		if more != nil {
			if err := more(t, &e); err != nil {
				return err
			}
		}
		if err := t.custody(&e.Evidence, act, note); err != nil {
			return err
		}
		place, err := t.placeOfCase(e.CaseID)
		if err != nil {
			return err
		}
		t.audit("evidence."+act, "evidence:"+e.Ref, place, map[string]any{"sha256": e.SHA256, "seq": e.CustodySeq})
		return nil
	})
}

const viewAgain = time.Hour

func (s *Store) viewed(ctx context.Context, actor Actor, ref string) error {
	e, err := s.Evidence(ctx, actor, ref)
	if err != nil {
		return err
	}
	var last CustodyEntry
	err = s.read(ctx).Where("evidence_id = ?", e.ID).Order("seq DESC").Limit(1).Take(&last).Error
	if err != nil {
		return fmt.Errorf("custody log of %s: %w", ref, err)
	}
	if last.Act == CustodyViewed && last.Actor == actor.Name && s.Now().Sub(last.At) < viewAgain {
		return nil
	}
	return s.onEvidence(ctx, actor, ref, CustodyViewed, "", nil)
}

// DownloadEvidence notes that the content of a released piece is handed out to the actor, and gives the piece.
func (s *Store) DownloadEvidence(ctx context.Context, actor Actor, ref string) (EvidenceLine, error) {
	var got EvidenceLine
	err := s.onEvidence(ctx, actor, ref, CustodyDownloaded, "", func(_ *tx, e *EvidenceLine) error {
		got = *e
		if e.State != EvidenceReleased {
			return &Error{Kind: KindNotAMove, Key: "error.evidence_" + string(e.State)}
		}
		return nil
	})
	return got, err
}

// NoteVerification writes into the log that the stored content was held against its digests, and whether it was equal.
func (s *Store) NoteVerification(ctx context.Context, actor Actor, ref string, equal bool) error {
	act := CustodyVerified
	if !equal {
		act = CustodyDiffers
	}
	return s.onEvidence(ctx, actor, ref, act, "", nil)
}

// SettleEvidence ends the quarantine of a piece: released, or refused for the reason of a message key. active are words for what
// in the content may act. Only background work does this.
func (s *Store) SettleEvidence(ctx context.Context, actor Actor, id int64, finding, active string) error {
	return s.change(ctx, actor, func(t *tx) error {
		var e Evidence
		err := t.forUpdate().Where("id = ? AND state = ?", id, EvidenceQuarantined).Take(&e).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return Conflict()
		}
		if err != nil {
			return fmt.Errorf("settle evidence: %w", err)
		}
		state, act := EvidenceReleased, CustodyChecked
		if finding != "" {
			state, act = EvidenceRefused, CustodyRefused
		}
		set := map[string]any{"state": state, "finding": finding, "active": active, "checked_at": t.now}
		if err := t.db.Table("evidence").Where("id = ?", e.ID).Updates(set).Error; err != nil {
			return fmt.Errorf("settle evidence %s: %w", e.Ref, err)
		}
		if err := t.custody(&e, act, finding); err != nil {
			return err
		}
		place, err := t.placeOfCase(e.CaseID)
		if err != nil {
			return err
		}
		t.audit("evidence."+act, "evidence:"+e.Ref, place, map[string]any{"sha256": e.SHA256, "finding": finding, "active": active})
		return nil
	})
}
