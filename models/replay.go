package models

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
)

// ReplayState is where a replay stands.
type ReplayState string

// The states of a replay.
const (
	ReplayRunning ReplayState = "running"
	ReplayDone    ReplayState = "done"
	ReplayFailed  ReplayState = "failed"
)

// ReplayStage is the part of a replay that is being worked on: all companies, the alerts whose outcome is known, the schemes of
// transfers.
type ReplayStage string

// The stages of a replay, in their order.
const (
	StageCompanies ReplayStage = "companies"
	StageOutcomes  ReplayStage = "outcomes"
	StageMoney     ReplayStage = "money"
	StageDone      ReplayStage = "done"
)

// RuleReplay holds one rule version against another on the same facts. FromAlerts and ToAlerts count what each would raise. With
// ValidTime, facts count by when they were observed, whenever they were recorded; such a replay never supports an approval.
type RuleReplay struct {
	ID          int64 `gorm:"primaryKey"`
	Ref         string
	FromNumber  string
	ToNumber    string
	FromSHA256  string `gorm:"column:from_sha256"`
	ToSHA256    string `gorm:"column:to_sha256"`
	Engine      string
	Since       Instant // zero, or the first of several moments up to AsOf
	AsOf        Instant
	ValidTime   bool
	Queued      bool // done by the queue; a command does its own
	State       ReplayState
	Stage       ReplayStage
	CursorID    int64
	Total       int64
	Done        int64
	FromAlerts  int64
	ToAlerts    int64
	Problem     string
	StartedByID *int64
	StartedBy   string
	StartedAt   Instant
	FinishedAt  Instant
}

// TableName says where replays lie.
func (RuleReplay) TableName() string { return "replays" }

// ReplayPlan says what to replay.
type ReplayPlan struct {
	From, To             string // numbers, or names of files
	FromSHA256, ToSHA256 string
	Engine               string
	Since, AsOf          Instant
	ValidTime            bool
	Queued               bool
}

// ReplayChange is a subject and area on which the two versions disagree. In the stage of outcomes it is an alert that somebody has
// decided on, judged by what was known when it was last raised.
type ReplayChange struct {
	ID        int64 `gorm:"primaryKey"`
	ReplayID  int64
	Stage     ReplayStage
	SubjectID int64
	AlertID   *int64
	Place     `gorm:"embedded"`
	Area      string
	Change    string // gained, lost, raised, lowered
	Outcome   string // confirmed (a case was opened), filed (police opened one), dismissed, or empty
	FromLevel string
	ToLevel   string
	FromIdx   float64
	ToIdx     float64
}

// BeginReplay starts a replay, or takes up an unfinished one of the same plan. Commands act for the system.
func (s *Store) BeginReplay(ctx context.Context, actor Actor, plan ReplayPlan) (RuleReplay, error) {
	var rp RuleReplay
	err := s.change(ctx, actor, func(t *tx) error {
		if actor.UserID != 0 && !actor.Can(ActRuleWrite) && !actor.Can(ActRuleApprove) {
			return Forbidden(ActRuleWrite)
		}
		q := t.forUpdate().Where("state = ? AND from_sha256 = ? AND to_sha256 = ? AND engine = ? AND queued = ? AND valid_time = ?",
			ReplayRunning, plan.FromSHA256, plan.ToSHA256, plan.Engine, plan.Queued, plan.ValidTime)
		if !plan.AsOf.IsZero() {
			q = q.Where("as_of = ?", plan.AsOf)
		}
		if plan.Since.IsZero() {
			q = q.Where("since IS NULL")
		} else {
			q = q.Where("since = ?", plan.Since)
		}
		err := q.Order("id DESC").Take(&rp).Error
		if err == nil {
			t.audit("replay.resume", "replay:"+rp.Ref, Place{}, nil)
			return nil
		}
		if !errors.Is(err, gorm.ErrRecordNotFound) {
			return fmt.Errorf("look for an unfinished replay: %w", err)
		}
		ref, err := t.newRef("HF", "000000")
		if err != nil {
			return err
		}
		rp = RuleReplay{Ref: ref, FromNumber: plan.From, ToNumber: plan.To, FromSHA256: plan.FromSHA256, ToSHA256: plan.ToSHA256, Engine: plan.Engine, Since: plan.Since, AsOf: plan.AsOf,
			ValidTime: plan.ValidTime, Queued: plan.Queued, State: ReplayRunning, Stage: StageCompanies, StartedBy: actor.Name, StartedAt: t.now}
		if actor.UserID != 0 {
			rp.StartedByID = &actor.UserID
		}
		if rp.AsOf.IsZero() {
			rp.AsOf = t.now
		}
		if err := t.db.Table("subjects").Where("kind = ?", KindCompany).Count(&rp.Total).Error; err != nil {
			return fmt.Errorf("count companies: %w", err)
		}
		if err := t.db.Create(&rp).Error; err != nil {
			return fmt.Errorf("begin replay: %w", err)
		}
		t.audit("replay.begin", "replay:"+ref, Place{}, map[string]any{"from": plan.From, "to": plan.To, "as_of": rp.AsOf, "to_sha256": plan.ToSHA256})
		return nil
	})
	return rp, err
}

// ReplayStep is what one chunk of a replay found: the changes, what each version would raise, and where the next chunk begins.
type ReplayStep struct {
	Changes              []ReplayChange
	Cursor               int64
	Done                 int64
	FromAlerts, ToAlerts int64
	Next                 ReplayStage // set where the stage ended
}

// RecordReplay stores a chunk of a replay with its progress in one transaction; a killed replay goes on after the last one.
func (s *Store) RecordReplay(ctx context.Context, actor Actor, rp *RuleReplay, step ReplayStep) error {
	next := *rp
	next.CursorID, next.Done, next.FromAlerts, next.ToAlerts = step.Cursor, rp.Done+step.Done, rp.FromAlerts+step.FromAlerts, rp.ToAlerts+step.ToAlerts
	if step.Next != "" {
		next.Stage, next.CursorID = step.Next, 0
	}
	err := s.change(ctx, actor, func(t *tx) error {
		for i := range step.Changes {
			step.Changes[i].ReplayID, step.Changes[i].Stage = rp.ID, rp.Stage
		}
		if len(step.Changes) > 0 {
			if err := t.db.CreateInBatches(&step.Changes, 100).Error; err != nil {
				return fmt.Errorf("store changes: %w", err)
			}
		}
		set := map[string]any{"cursor_id": next.CursorID, "stage": next.Stage, "done": next.Done, "from_alerts": next.FromAlerts, "to_alerts": next.ToAlerts}
		res := t.db.Table("replays").Where("id = ? AND state = ? AND stage = ? AND cursor_id = ?", rp.ID, ReplayRunning, rp.Stage, rp.CursorID).Updates(set)
		if res.Error != nil {
			return fmt.Errorf("store progress: %w", res.Error)
		}
		if res.RowsAffected == 0 {
			return Conflict() // another process works on it
		}
		t.audit("replay.record", "replay:"+rp.Ref, Place{}, map[string]any{"stage": rp.Stage, "done": next.Done, "changes": len(step.Changes)})
		return nil
	})
	if err != nil {
		return fmt.Errorf("replay %s: %w", rp.Ref, err)
	}
	*rp = next
	return nil
}

// FinishReplay ends a replay. The version that was replayed against the one in force moves on to be decided; approvals that it had
// are void. With a problem the replay has failed and moves nothing.
func (s *Store) FinishReplay(ctx context.Context, actor Actor, rp *RuleReplay, problem string) error {
	return s.change(ctx, actor, func(t *tx) error {
		rp.State, rp.FinishedAt, rp.Problem = ReplayDone, t.now, problem
		if problem != "" {
			rp.State = ReplayFailed
		}
		res := t.db.Table("replays").Where("id = ? AND state = ?", rp.ID, ReplayRunning).Updates(map[string]any{"state": rp.State, "stage": rp.Stage, "finished_at": t.now, "problem": problem})
		if res.Error != nil || res.RowsAffected == 0 {
			return errors.Join(fmt.Errorf("finish replay %s", rp.Ref), res.Error)
		}
		t.audit("replay.finish", "replay:"+rp.Ref, Place{}, map[string]any{"state": rp.State, "from_alerts": rp.FromAlerts, "to_alerts": rp.ToAlerts})
		if problem != "" {
			return nil
		}
		return t.replayed(*rp)
	})
}

func (t *tx) replayed(rp RuleReplay) error {
	var v RuleVersion
	err := t.forUpdate().Where("number = ? AND sha256 = ? AND state IN ?", rp.ToNumber, rp.ToSHA256, ruleMoves["replay"].from).Take(&v).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil // a file, or a version that is decided
	}
	if err != nil {
		return fmt.Errorf("rule version %s: %w", rp.ToNumber, err)
	}
	if _, err := t.replayOf(v, rp.Engine); KindOf(err) == KindConflict {
		return nil // not against the version in force, or not of the present
	} else if err != nil {
		return err
	}
	set := map[string]any{"replay_id": rp.ID, "approver_id": nil, "approver": "", "approved_at": nil, "approve_note": "", "second_id": nil, "second": "", "second_at": nil, "second_reason": ""}
	return t.moveRule(v, "replay", RuleReplayed, "", set)
}
