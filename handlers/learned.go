package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"xiezhi/detect/outcome"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/views"
)

// learnedList shows the models learned from outcomes.
func (a *App) learnedList(c *gin.Context) error {
	ctx, actor := a.Context(c), ActorOf(c)
	list, err := a.Store.OutcomeModels(ctx, actor)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "learned.title"))
	if err != nil {
		return err
	}
	tr, trained, err := a.Store.LastTraining(ctx)
	if err != nil {
		return err
	}
	p := newLearnedPage(ctx, list)
	p.MayTrain = actor.Can(models.ActRuleWrite)
	if trained {
		p.Training, p.Busy = trainingText(ctx, tr), tr.State == models.TrainingRunning
	}
	p.Frame = frame
	if p.MayDecide, err = a.Store.MayDecideRules(ctx, actor); err != nil {
		return err
	}
	return a.render(c, http.StatusOK, views.Learned(p))
}

func newLearnedPage(ctx context.Context, list []models.OutcomeModel) views.LearnedPage {
	p := views.LearnedPage{Few: strconv.Itoa(outcome.FewestOfAKind)}
	for _, m := range list {
		var h outcome.Held
		_ = json.Unmarshal([]byte(m.HeldOut), &h) // figures that do not read are shown as none
		r := views.LearnedRow{Number: m.Number, Version: strconv.FormatInt(m.Version, 10), Author: m.Author, Decided: m.DecidedBy, Rules: m.RuleVersion,
			State: learnedState(ctx, m.State), Created: whenMinute(m.CreatedAt), Draft: m.State == models.LearnedDraft,
			Counts: i18n.T(ctx, "learned.counts", "bad", strconv.FormatInt(m.Bad, 10), "good", strconv.FormatInt(m.Samples-m.Bad, 10)),
			AUC:    fmt.Sprintf("%.3f (%.3f-%.3f)", h.AUC, h.AUCLow, h.AUCHigh), Brier: fmt.Sprintf("%.4f / %.4f", h.Brier, h.BaseBrier)}
		p.Rows = append(p.Rows, r)
	}
	return p
}

func learnedState(ctx context.Context, state string) views.BatchStatus {
	s := views.BatchStatus{Word: i18n.T(ctx, "learned.state."+state), Icon: "clock"}
	switch state {
	case models.LearnedInForce:
		s.Icon, s.Done = "check", true
	case models.LearnedRejected:
		s.Icon = "ban"
	case models.LearnedSuperseded:
		s.Icon = "circle-off"
	}
	return s
}

// learnedAct approves or rejects a draft; the queue is ordered anew by what is in force then.
func (a *App) learnedAct(to string) func(*gin.Context) error {
	return func(c *gin.Context) error {
		var f ruleVerbForm
		if err := bind(c, &f); err != nil {
			return err
		}
		ctx, actor, number := a.Context(c), ActorOf(c), c.Param("number")
		if err := a.Store.DecideOutcomeModel(ctx, actor, number, to, f.Note, readVersion(f.Version)); err != nil {
			return err
		}
		if to == models.LearnedInForce {
			if _, err := a.Desk.RankQueue(ctx, models.System("learn")); err != nil {
				return err
			}
		}
		return a.done(c, "/learned", i18n.T(ctx, "learned.done."+to), "")
	}
}

// trainingText says how far the last training is, or what came of it.
func trainingText(ctx context.Context, tr models.Training) string {
	switch tr.State {
	case models.TrainingDone:
		return i18n.T(ctx, "learned.last.done", "model", tr.Model, "at", i18n.Moment(tr.FinishedAt.Time()))
	case models.TrainingFailed:
		return i18n.T(ctx, "learned.last.failed", "why", i18n.T(ctx, "learned.problem."+tr.Problem), "at", i18n.Moment(tr.FinishedAt.Time()))
	default:
		return i18n.T(ctx, "learned.running", "stage", i18n.T(ctx, "learned.stage."+tr.Stage), "done", strconv.FormatInt(tr.Done, 10), "total", strconv.FormatInt(max(tr.Total, 3), 10))
	}
}

// learnedTrain orders a training; the page tells how far it is.
func (a *App) learnedTrain(c *gin.Context) error {
	ctx := a.Context(c)
	if _, err := a.Store.StartTraining(ctx, ActorOf(c)); err != nil {
		return err
	}
	return a.done(c, "/learned", i18n.T(ctx, "learned.started"), "")
}
