package handlers

import (
	"context"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
)

type alertVerbForm struct {
	Reason  string `form:"reason"`
	Note    string `form:"note"`
	User    string `form:"user"`
	Until   string `form:"until"`
	Version string `form:"version"`

	Indicator string   `form:"indicator"`
	Alerts    []string `form:"alerts"`
}

// alertVerb carries one verb on an alert out, for the page and the API alike.
func (a *App) alertVerb(ctx context.Context, actor models.Actor, ref, verb string, f alertVerbForm, until models.Instant, version int64) error {
	switch verb {
	case "accept":
		return a.Store.AcceptAlert(ctx, actor, ref, version)
	case "dismiss":
		return a.Store.DismissAlert(ctx, actor, ref, f.Reason, f.Note, version)
	case "reopen":
		return a.Store.ReopenAlert(ctx, actor, ref, version)
	case "snooze":
		return a.Store.SnoozeAlert(ctx, actor, ref, until, f.Reason, version)
	case "assign":
		return a.Store.AssignAlert(ctx, actor, ref, f.User, version)
	case "propose":
		return a.Store.ProposeCase(ctx, actor, ref, f.Note, version)
	case "merge":
		return a.Store.MergeAlerts(ctx, actor, ref, f.Alerts, version)
	case "unmerge":
		return a.Store.UnmergeAlert(ctx, actor, ref)
	case "suppress":
		_, err := a.Store.Suppress(ctx, actor, models.NewSuppression{Alert: ref, Indicator: f.Indicator, Until: until, Reason: f.Reason})
		return err
	default:
		return models.NotFound("verb")
	}
}

// alertAct answers the forms of an alert's page; an invalid one shows the same page with the same input and what is wrong.
func (a *App) alertAct(verb string) func(*gin.Context) error {
	return func(c *gin.Context) error {
		var f alertVerbForm
		if err := bind(c, &f); err != nil {
			return err
		}
		ctx, ref := a.Context(c), c.Param("ref")
		until, err := readMoment(f.Until)
		if err != nil {
			until = models.Instant{}
		}
		err = a.alertVerb(ctx, ActorOf(c), ref, verb, f, until, readVersion(f.Version))
		if wrong, ok := wrongFields(err); ok {
			return a.showAlert(c, alertInput{verb: verb, form: f, wrong: wrong})
		}
		if err != nil {
			return err
		}
		undo := ""
		if verb == "merge" && len(f.Alerts) == 1 {
			undo = "/alerts/" + f.Alerts[0] + "/unmerge"
		}
		if verb == "dismiss" {
			undo = "/alerts/" + ref + "/reopen"
		}
		return a.done(c, "/alerts/"+ref, i18n.T(ctx, "alert.done."+verb), undo)
	}
}
