package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"
)

// OutcomeModel is a stored version of what was learned from outcomes. Body and HeldOut are the JSON of the detector.
type OutcomeModel struct {
	ID            int64 `gorm:"primaryKey"`
	Number        string
	Body          string
	HeldOut       string
	SHA256        string `gorm:"column:sha256"`
	Samples       int64
	Bad           int64
	RuleVersion   string
	AuthorID      *int64
	Author        string
	CreatedAt     Instant
	State         string
	DecidedByID   *int64
	DecidedBy     string
	DecidedAt     Instant
	DecidedReason string
	Version       int64
}

// The states of a learned model.
const (
	LearnedDraft      = "draft"
	LearnedInForce    = "in_force"
	LearnedSuperseded = "superseded"
	LearnedRejected   = "rejected"
)

// KnownSample is an alert whose outcome is known, with the assessment that it stood on.
type KnownSample struct {
	AlertID int64
	Subject string
	Payload string
	Bad     bool
}

// KnownSamples gives the next alerts of known outcome by rising key. Bad are those in a case that was determined, or that the
// police filed; good are those dismissed as false, licensed or out of scope, those revoked on an objection, and those in a case
// that ended without a finding. A case that is still open says nothing yet.
func (s *Store) KnownSamples(ctx context.Context, after int64, limit int) ([]KnownSample, error) {
	const bad = `(EXISTS (SELECT 1 FROM events e WHERE e.object_kind = 'case' AND e.object_id = al.case_id AND e.event = 'determine')
    OR EXISTS (SELECT 1 FROM referrals r WHERE r.case_id = al.case_id AND r.filed_at IS NOT NULL))`
	const good = `(al.status = ? AND al.reason IN ('false_positive','licensed','not_in_scope','revoked')
    OR EXISTS (SELECT 1 FROM cases c WHERE c.id = al.case_id AND c.stage = 'NO_CASE')
    OR EXISTS (SELECT 1 FROM cases c JOIN events e ON e.object_kind = 'case' AND e.object_id = c.id AND e.event IN ('no_case','rectified','no_violation')
               WHERE c.id = al.case_id AND c.stage IN ('CLOSED','ARCHIVED')))`
	var list []KnownSample
	err := s.read(ctx).Raw(`SELECT al.id AS alert_id, s.kind || ':' || s.key AS subject, a.payload, `+bad+` AND al.status <> ? AS bad
 FROM alerts al JOIN subjects s ON s.id = al.subject_id JOIN assessments a ON a.id = al.assessment_id
WHERE al.id > ? AND s.kind = ? AND NOT EXISTS (SELECT 1 FROM schemes h WHERE h.alert_id = al.id) AND (`+bad+` OR `+good+`)
ORDER BY al.id LIMIT ?`, AlertDismissed, after, KindCompany, AlertDismissed, limit).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("list alerts of known outcome: %w", err)
	}
	return list, nil
}

// SaveOutcomeModel records a learned model as a draft. People need the right to write rules; the portal's own training is a
// system actor and has no author of flesh, so that anybody with the right to approve may decide on it.
func (s *Store) SaveOutcomeModel(ctx context.Context, actor Actor, m OutcomeModel) (OutcomeModel, error) {
	var by *int64
	if actor.UserID != 0 {
		by = &actor.UserID
	}
	return s.saveModel(ctx, actor, m, by, actor.Name)
}

// SaveTrainedModel records a model that the queue trained, as a draft of the person who ordered the training.
func (s *Store) SaveTrainedModel(ctx context.Context, actor Actor, m OutcomeModel, tr Training) (OutcomeModel, error) {
	return s.saveModel(ctx, actor, m, tr.StartedByID, tr.StartedBy)
}

func (s *Store) saveModel(ctx context.Context, actor Actor, m OutcomeModel, by *int64, name string) (OutcomeModel, error) {
	err := s.change(ctx, actor, func(t *tx) error {
		if actor.UserID != 0 && !actor.Can(ActRuleWrite) {
			return Forbidden(ActRuleWrite)
		}
		var n int64
		if err := t.db.Table("outcome_models").Count(&n).Error; err != nil {
			return fmt.Errorf("number learned models: %w", err)
		}
		sum := sha256.Sum256([]byte(m.Body))
		m.ID, m.Number, m.State, m.Version = 0, fmt.Sprintf("L%d", n+1), LearnedDraft, 1
		m.SHA256, m.Author, m.CreatedAt = hex.EncodeToString(sum[:]), name, t.now
		m.AuthorID, m.DecidedByID = by, nil
		if err := t.db.Create(&m).Error; err != nil {
			return fmt.Errorf("save learned model: %w", err)
		}
		t.audit("learned.save", "learned:"+m.Number, Place{}, map[string]any{"sha256": m.SHA256, "samples": m.Samples, "bad": m.Bad})
		return nil
	})
	return m, err
}

// DecideOutcomeModel puts a draft into force, in the place of the one before it, or rejects it with a reason; its author never may.
func (s *Store) DecideOutcomeModel(ctx context.Context, actor Actor, number, to, reason string, version int64) error {
	reason = strings.TrimSpace(reason)
	return s.change(ctx, actor, func(t *tx) error {
		may, err := mayDecideRules(t.db, actor)
		if err != nil {
			return err
		}
		if !may {
			return Forbidden(ActRuleApprove)
		}
		var m OutcomeModel
		err = t.forUpdate().Where("number = ?", number).Take(&m).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return NotFound("learned")
		}
		if err != nil {
			return fmt.Errorf("learned model %s: %w", number, err)
		}
		if m.State != LearnedDraft || to != LearnedInForce && to != LearnedRejected {
			return NotAMove(nil)
		}
		if err := t.otherThan(m.AuthorID); err != nil {
			return err
		}
		if version != 0 && version != m.Version {
			return Conflict()
		}
		wrong := map[string]string{}
		if to == LearnedRejected {
			checkNote(wrong, "note", reason, 2)
		}
		if len(wrong) > 0 {
			return Invalid(wrong)
		}
		if to == LearnedInForce {
			if err := t.db.Table("outcome_models").Where("state = ?", LearnedInForce).Update("state", LearnedSuperseded).Error; err != nil {
				return fmt.Errorf("supersede learned model: %w", err)
			}
		}
		set := map[string]any{"state": to, "version": m.Version + 1, "decided_by_id": actor.UserID, "decided_by": actor.Name, "decided_at": t.now, "decided_reason": reason}
		res := t.db.Table("outcome_models").Where("id = ? AND version = ?", m.ID, m.Version).Updates(set)
		if res.Error != nil {
			return fmt.Errorf("decide on learned model %s: %w", number, res.Error)
		}
		if res.RowsAffected == 0 {
			return Conflict()
		}
		t.audit("learned."+to, "learned:"+m.Number, Place{}, map[string]any{"sha256": m.SHA256, "reason": reason})
		return nil
	})
}

// OutcomeModelNow gives the learned model in force; false where there is none.
func (s *Store) OutcomeModelNow(ctx context.Context) (OutcomeModel, bool, error) {
	var m OutcomeModel
	err := s.read(ctx).Where("state = ?", LearnedInForce).Take(&m).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return m, false, nil
	}
	if err != nil {
		return m, false, fmt.Errorf("learned model in force: %w", err)
	}
	return m, true, nil
}

// OutcomeModels lists the learned models, newest first, at most 100, to those who read rules.
func (s *Store) OutcomeModels(ctx context.Context, actor Actor) ([]OutcomeModel, error) {
	if !actor.Can(ActRuleRead) {
		return nil, Forbidden(ActRuleRead)
	}
	var list []OutcomeModel
	if err := s.read(ctx).Order("id DESC").Limit(100).Find(&list).Error; err != nil {
		return nil, fmt.Errorf("list learned models: %w", err)
	}
	return list, nil
}

// AlertToRank is an open alert with the assessment it stands on.
type AlertToRank struct {
	ID        int64
	Idx       float64
	AmountFen *int64
	People    *int64
	Payload   string
	Chance    *float64
	Harm      float64
	Priority  float64
	RankedBy  string
}

// RankAsk says which open alerts are to be ordered: those after a key that changed at a moment or later, or that stand in the
// order of another model than By; with the assessment where Payload is set.
type RankAsk struct {
	After   int64
	Since   Instant
	By      string
	Payload bool
}

// AlertsToRank gives the next open alerts by rising key.
func (s *Store) AlertsToRank(ctx context.Context, ask RankAsk, limit int) ([]AlertToRank, error) {
	fields := "al.id, al.idx, al.amount_fen, al.people, al.chance, al.harm, al.priority, al.ranked_by"
	q := s.read(ctx).Table("alerts al").Where("al.open = ? AND al.id > ?", true, ask.After)
	if ask.Payload {
		fields += ", a.payload"
		q = q.Joins("JOIN assessments a ON a.id = al.assessment_id")
	}
	if !ask.Since.IsZero() {
		q = q.Where("(al.changed_at >= ? OR al.ranked_by <> ?)", ask.Since, ask.By)
	}
	var list []AlertToRank
	if err := q.Select(fields).Order("al.id").Limit(limit).Find(&list).Error; err != nil {
		return nil, fmt.Errorf("list alerts to rank: %w", err)
	}
	return list, nil
}

// RankAlerts stores the order of alerts. It is no decision on them: their versions, levels and stories stay.
func (s *Store) RankAlerts(ctx context.Context, actor Actor, list []AlertToRank) error {
	if len(list) == 0 {
		return nil
	}
	return s.change(ctx, actor, func(t *tx) error {
		for _, a := range list {
			set := map[string]any{"chance": a.Chance, "harm": a.Harm, "priority": a.Priority, "ranked_by": a.RankedBy}
			if err := t.db.Table("alerts").Where("id = ?", a.ID).Updates(set).Error; err != nil {
				return fmt.Errorf("rank alerts: %w", err)
			}
		}
		t.audit("alert.rank", "alerts", Place{}, map[string]any{"alerts": len(list), "by": list[0].RankedBy})
		return nil
	})
}
