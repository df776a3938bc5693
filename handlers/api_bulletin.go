package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"xiezhi/law"
	"xiezhi/models"
)

type bulletinJSON struct {
	Ref         string         `json:"ref"`
	Case        string         `json:"case"`
	Office      string         `json:"office"`
	State       law.State      `json:"state"`
	Title       string         `json:"title"`
	Body        string         `json:"body"`
	Consent     string         `json:"consent"`
	PublishedAt models.Instant `json:"published_at"`
	WithdrawnAt models.Instant `json:"withdrawn_at"`
	Withdrawal  string         `json:"withdrawal"`
	Texts       int            `json:"texts"`
	Moves       []law.Event    `json:"moves"`
	Timeline    []eventJSON    `json:"timeline"`
	Version     int64          `json:"version"`
}

func (a *App) bulletinAnswer(c *gin.Context, ref string, status int) func(models.Actor) (int, any, error) {
	return func(actor models.Actor) (int, any, error) {
		f, err := a.Store.BulletinFile(c.Request.Context(), actor, c.Param("ref"), ref)
		return status, bulletinJSON{Ref: f.Ref, Case: f.CaseRef, Office: f.Office, State: f.State, Title: f.Title, Body: f.Body, Consent: f.Consent, PublishedAt: f.PublishedAt, WithdrawnAt: f.WithdrawnAt,
			Withdrawal: f.Withdrawal, Texts: len(f.Versions), Moves: append([]law.Event{}, f.Moves...), Timeline: newTimelineJSON(f.Events), Version: f.Version}, err
	}
}

func (a *App) apiBulletin(c *gin.Context) error {
	_, body, err := a.bulletinAnswer(c, c.Param("bulletin"), http.StatusOK)(ActorOf(c))
	if err != nil {
		return err
	}
	return a.json(c, body)
}

func (a *App) apiBulletinDraft(c *gin.Context) error {
	ctx, caseRef := c.Request.Context(), c.Param("ref")
	var in procedureJSON
	var ref string
	return a.apiWrite(c, apiCall{Input: &in,
		Probe: func(actor models.Actor) error { return a.Store.AllowBulletin(ctx, actor, caseRef) },
		Do: func(actor models.Actor) (err error) {
			ref, err = a.Store.DraftBulletin(ctx, actor, caseRef, in.input())
			return err
		},
		Answer: func(actor models.Actor) (int, any, error) {
			return a.bulletinAnswer(c, ref, http.StatusCreated)(actor)
		}})
}

func (a *App) apiBulletinMove(c *gin.Context) error {
	ctx, caseRef, ref, event := c.Request.Context(), c.Param("ref"), c.Param("bulletin"), law.Event(c.Param("event"))
	var in procedureJSON
	return a.apiWrite(c, apiCall{Input: &in, Answer: a.bulletinAnswer(c, ref, http.StatusOK),
		Probe: func(actor models.Actor) error { return a.Store.AllowBulletinMove(ctx, actor, caseRef, ref, event) },
		Do: func(actor models.Actor) error {
			return a.Store.MoveBulletin(ctx, actor, caseRef, ref, event, in.input())
		}})
}
