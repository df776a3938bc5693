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
	p := newLearnedPage(ctx, list)
	p.Frame, p.MayDecide = frame, actor.Can(models.ActRuleApprove)
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
