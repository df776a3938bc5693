package models

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
)

// Training is a training of the learned model that somebody ordered; the queue does it. Model is the number of the draft it made,
// Problem the key of why it made none.
type Training struct {
	ID          int64 `gorm:"primaryKey"`
	Ref         string
	State       string
	Stage       string
	Done        int64
	Total       int64
	Problem     string
	Model       string
	StartedByID *int64
	StartedBy   string
	StartedAt   Instant
	FinishedAt  Instant
}

// The states of a training.
const (
	TrainingRunning = "running"
	TrainingDone    = "done"
	TrainingFailed  = "failed"
)

// StartTraining orders a training, by somebody who may write rules; one at a time.
func (s *Store) StartTraining(ctx context.Context, actor Actor) (Training, error) {
	var tr Training
	err := s.change(ctx, actor, func(t *tx) error {
		if actor.UserID == 0 || !actor.Can(ActRuleWrite) {
			return Forbidden(ActRuleWrite)
		}
		err := t.forUpdate().Where("state = ?", TrainingRunning).Take(&tr).Error
		if err == nil {
			return &Error{Kind: KindConflict, Key: "error.training_running"}
		}
		if !errors.Is(err, gorm.ErrRecordNotFound) {
			return fmt.Errorf("look for a training: %w", err)
		}
		ref, err := t.newRef("XL", "000000")
		if err != nil {
			return err
		}
		tr = Training{Ref: ref, State: TrainingRunning, Stage: "queued", StartedByID: &actor.UserID, StartedBy: actor.Name, StartedAt: t.now}
		if err := t.db.Create(&tr).Error; err != nil {
			return fmt.Errorf("order a training: %w", err)
		}
		t.audit("learned.train", "training:"+ref, Place{}, nil)
		return nil
	})
	return tr, err
}

// AdvanceTraining stores how far a training is, or its end.
func (s *Store) AdvanceTraining(ctx context.Context, actor Actor, tr Training) error {
	return s.change(ctx, actor, func(t *tx) error {
		set := map[string]any{"state": tr.State, "stage": tr.Stage, "done": tr.Done, "total": tr.Total, "problem": tr.Problem, "model": tr.Model}
		if tr.State != TrainingRunning {
			set["finished_at"] = t.now
		}
		if err := t.db.Table("trainings").Where("id = ? AND state = ?", tr.ID, TrainingRunning).Updates(set).Error; err != nil {
			return fmt.Errorf("training %s: %w", tr.Ref, err)
		}
		t.audit("learned.train", "training:"+tr.Ref, Place{}, map[string]any{"stage": tr.Stage, "state": tr.State, "model": tr.Model})
		return nil
	})
}

// LastTraining gives the newest training; false where there was none.
func (s *Store) LastTraining(ctx context.Context) (Training, bool, error) {
	var tr Training
	err := s.read(ctx).Order("id DESC").Take(&tr).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return tr, false, nil
	}
	if err != nil {
		return tr, false, fmt.Errorf("read the last training: %w", err)
	}
	return tr, true, nil
}

// TrainingByRef gives a training for the queue.
func (s *Store) TrainingByRef(ctx context.Context, ref string) (Training, error) {
	var tr Training
	err := s.read(ctx).Where("ref = ?", ref).Take(&tr).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return tr, NotFound("training")
	}
	if err != nil {
		return tr, fmt.Errorf("training %s: %w", ref, err)
	}
	return tr, nil
}

// UnfinishedTrainings lists what the queue has to do.
func (s *Store) UnfinishedTrainings(ctx context.Context) ([]string, error) {
	var refs []string
	if err := s.read(ctx).Table("trainings").Where("state = ?", TrainingRunning).Order("id").Pluck("ref", &refs).Error; err != nil {
		return nil, fmt.Errorf("list trainings: %w", err)
	}
	return refs, nil
}
