package work

import (
	"context"
	"encoding/json"
	"errors"

	"xiezhi/detect/outcome"
	"xiezhi/models"
)

// RunTraining does an ordered training: it reads the outcomes there are, judges the model on those left out, and saves it as a draft
// in the name of who ordered it, whom somebody else must approve. A killed one begins anew.
func (d *Desk) RunTraining(ctx context.Context, actor models.Actor, ref string) error {
	tr, err := d.Store.TrainingByRef(ctx, ref)
	if err != nil || tr.State != models.TrainingRunning {
		return err
	}
	step := func(stage string, done, total int) error {
		tr.Stage, tr.Done, tr.Total = stage, int64(done), int64(total)
		return d.Store.AdvanceTraining(ctx, actor, tr)
	}
	if err := step("reading", 0, 3); err != nil {
		return err
	}
	l, err := d.learn(ctx, nil, step)
	switch {
	case errors.Is(err, outcome.ErrTooFew):
		tr.State, tr.Problem = models.TrainingFailed, "few"
	case err != nil && ctx.Err() != nil:
		return err // it goes on when the process comes back
	case err != nil:
		d.Log.ErrorContext(ctx, "training failed", "training", ref, "error", err)
		tr.State, tr.Problem = models.TrainingFailed, "failed"
	default:
		m, err := d.saveTrained(ctx, actor, l, tr)
		if err != nil {
			return err
		}
		tr.State, tr.Stage, tr.Done, tr.Model = models.TrainingDone, "done", 3, m.Number
	}
	return d.Store.AdvanceTraining(ctx, actor, tr)
}

// saveTrained records the model as a draft of the person who ordered it.
func (d *Desk) saveTrained(ctx context.Context, actor models.Actor, l Learned, tr models.Training) (models.OutcomeModel, error) {
	body, err := json.Marshal(l.Model)
	if err != nil {
		return models.OutcomeModel{}, err
	}
	held, err := json.Marshal(l.Held)
	if err != nil {
		return models.OutcomeModel{}, err
	}
	rules, err := d.RulesNumber(ctx)
	if err != nil {
		return models.OutcomeModel{}, err
	}
	return d.Store.SaveTrainedModel(ctx, actor, models.OutcomeModel{Body: string(body), HeldOut: string(held), Samples: int64(l.Bad + l.Good), Bad: int64(l.Bad), RuleVersion: rules}, tr)
}
