package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"xiezhi/law"
	"xiezhi/models"
)

type handoffLineJSON struct {
	Ref      string         `json:"ref"`
	Case     string         `json:"case"`
	Title    string         `json:"title"`
	From     string         `json:"from"`
	To       string         `json:"to"`
	Superior *string        `json:"superior"`
	Ground   string         `json:"ground"`
	Reason   string         `json:"reason"`
	State    law.State      `json:"state"`
	AskedAt  models.Instant `json:"asked_at"`
	TakenAt  models.Instant `json:"taken_at"`
	Version  int64          `json:"version"`
}

func newHandoffLineJSON(h models.HandoffLine) handoffLineJSON {
	return handoffLineJSON{Ref: h.Ref, Case: h.CaseRef, Title: h.CaseTitle, From: h.FromName, To: h.ToName, Superior: h.SuperiorName, Ground: h.Ground, Reason: h.Reason, State: h.State,
		AskedAt: h.AskedAt, TakenAt: h.TakenAt, Version: h.Version}
}

type handoffJSON struct {
	handoffLineJSON
	Moves    []law.Event `json:"moves"`
	Timeline []eventJSON `json:"timeline"`
}

func (a *App) apiHandoffs(c *gin.Context) error {
	if err := directs(ActorOf(c)); err != nil {
		return err
	}
	list, err := a.Store.Handoffs(c.Request.Context(), ActorOf(c), c.Query("view"))
	if err != nil {
		return err
	}
	out := make([]handoffLineJSON, 0, len(list))
	for _, h := range list {
		out = append(out, newHandoffLineJSON(h))
	}
	return a.json(c, items(out, ""))
}

func (a *App) apiHandoff(c *gin.Context) error {
	_, body, err := a.handoffAnswer(c, c.Param("ref"), http.StatusOK)(ActorOf(c))
	if err != nil {
		return err
	}
	return a.json(c, body)
}

// handoffAnswer answers with a handing as it then stands.
func (a *App) handoffAnswer(c *gin.Context, ref string, status int) func(models.Actor) (int, any, error) {
	return func(actor models.Actor) (int, any, error) {
		f, err := a.Store.HandoffFile(c.Request.Context(), actor, ref)
		return status, handoffJSON{handoffLineJSON: newHandoffLineJSON(f.HandoffLine), Moves: append([]law.Event{}, f.Moves...), Timeline: newTimelineJSON(f.Events)}, err
	}
}

func (a *App) apiHandoffAsk(c *gin.Context) error {
	ctx, caseRef := c.Request.Context(), c.Param("ref")
	var in procedureJSON
	var ref string
	return a.apiWrite(c, apiCall{Input: &in,
		Probe: func(actor models.Actor) error { return a.Store.AllowHandoff(ctx, actor, caseRef) },
		Do: func(actor models.Actor) (err error) {
			ref, err = a.Store.AskHandoff(ctx, actor, caseRef, in.input())
			return err
		},
		Answer: func(actor models.Actor) (int, any, error) {
			return a.handoffAnswer(c, ref, http.StatusCreated)(actor)
		}})
}

func (a *App) apiHandoffMove(c *gin.Context) error {
	ctx, ref, event := c.Request.Context(), c.Param("ref"), law.Event(c.Param("event"))
	var in procedureJSON
	return a.apiWrite(c, apiCall{Input: &in, Answer: a.handoffAnswer(c, ref, http.StatusOK),
		Probe: func(actor models.Actor) error { return a.Store.AllowHandoffMove(ctx, actor, ref, event) },
		Do:    func(actor models.Actor) error { return a.Store.MoveHandoff(ctx, actor, ref, event, in.input()) }})
}

type caseAlertJSON struct {
	Alert   string `json:"alert"`
	Reason  string `json:"reason"`
	Version int64  `json:"version"`
}

// apiCaseAlert joins an alert to a case or takes one out, and answers with the case.
func (a *App) apiCaseAlert(verb string) func(*gin.Context) error {
	return func(c *gin.Context) error {
		ctx, ref := c.Request.Context(), c.Param("ref")
		var in caseAlertJSON
		return a.apiWrite(c, apiCall{Input: &in, Answer: a.caseAnswer(ctx, ref, http.StatusOK),
			Probe: func(actor models.Actor) error { return a.Store.AllowLead(ctx, actor, ref) },
			Do: func(actor models.Actor) error {
				if verb == "split" {
					return a.Store.SplitAlert(ctx, actor, ref, in.Alert, in.Reason, in.Version)
				}
				return a.Store.JoinAlert(ctx, actor, ref, in.Alert, in.Reason, in.Version)
			}})
	}
}

// apiReferralHold holds a referral's case back from the agency, or lets it go, and answers with the referral.
func (a *App) apiReferralHold(how models.Holding) func(*gin.Context) error {
	return func(c *gin.Context) error {
		ctx, ref := c.Request.Context(), c.Param("ref")
		var in procedureJSON
		return a.apiWrite(c, apiCall{Input: &in,
			Probe: func(actor models.Actor) error { return a.Store.AllowHold(ctx, actor, ref, how) },
			Do: func(actor models.Actor) error {
				return a.Store.HoldReferral(ctx, actor, ref, how, in.input().Fields["reason"], in.Version)
			},
			Answer: func(actor models.Actor) (int, any, error) {
				f, err := a.Store.ReferralFile(ctx, actor, ref)
				return http.StatusOK, newReferralJSON(f, a.Store.Now()), err
			}})
	}
}
