package handlers

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/gin-gonic/gin"
	"xiezhi/models"
	"xiezhi/who"
)

type identitySideJSON struct {
	Subject  string `json:"subject"`
	Name     string `json:"name"`
	Division string `json:"division"`
}

type identityJSON struct {
	Ref       string           `json:"ref"`
	A         identitySideJSON `json:"a"`
	B         identitySideJSON `json:"b"`
	Verdict   string           `json:"verdict"`
	Relation  string           `json:"relation"`
	Score     int64            `json:"score"`
	Reasons   []who.Reason     `json:"reasons"`
	State     string           `json:"state"`
	Note      string           `json:"note"`
	DecidedBy string           `json:"decided_by"`
	DecidedAt models.Instant   `json:"decided_at"`
	Version   int64            `json:"version"`
}

func newIdentityJSON(ctx context.Context, l models.IdentityLine) identityJSON {
	side := func(s models.Subject) identitySideJSON {
		return identitySideJSON{Subject: partyWritten(s.Kind, s.Key, s.Ref), Name: subjectLabel(ctx, s), Division: s.DivisionCode}
	}
	out := identityJSON{Ref: l.Ref, A: side(l.A), B: side(l.B), Verdict: l.Verdict, Relation: l.Relation, Score: l.Score, Reasons: []who.Reason{}, State: l.State, Note: l.Note,
		DecidedBy: l.Decider, DecidedAt: l.DecidedAt, Version: l.Version}
	if err := json.Unmarshal([]byte(l.Reasons), &out.Reasons); err != nil {
		out.Reasons = []who.Reason{}
	}
	return out
}

type apiIdentityQuery struct {
	State   string `form:"state"`
	Verdict string `form:"verdict"`
	After   string `form:"after"`
	Limit   int    `form:"limit"`
}

func (a *App) apiIdentities(c *gin.Context) error {
	var q apiIdentityQuery
	if err := bind(c, &q); err != nil {
		return err
	}
	ctx := c.Request.Context()
	filter := models.IdentityFilter{State: q.State, Verdict: q.Verdict, Limit: apiLimit(q.Limit)}
	var key models.IdentityKey
	if after, err := readCursor(q.After, &key); err != nil {
		return err
	} else if after {
		filter.After = &key
	}
	list, more, err := a.Store.Identities(ctx, ActorOf(c), filter)
	if err != nil {
		return err
	}
	out, next := make([]identityJSON, 0, len(list)), ""
	for _, l := range list {
		out = append(out, newIdentityJSON(ctx, l))
	}
	if more {
		last := list[len(list)-1]
		next = cursor(models.IdentityKey{Score: last.Score, ID: last.ID})
	}
	return a.json(c, items(out, next))
}

func (a *App) apiIdentity(c *gin.Context) error {
	ctx := c.Request.Context()
	l, err := a.Store.Identity(ctx, ActorOf(c), c.Param("ref"))
	if err != nil {
		return err
	}
	return a.json(c, newIdentityJSON(ctx, l))
}

func (a *App) apiIdentityDecide(c *gin.Context) error {
	ctx, ref, decision := c.Request.Context(), c.Param("ref"), c.Param("decision")
	var in struct {
		Note    string `json:"note"`
		Version int64  `json:"version"`
	}
	return a.apiWrite(c, apiCall{Input: &in,
		Probe: func(actor models.Actor) error { return a.Store.AllowIdentity(ctx, actor, ref, decision) },
		Do: func(actor models.Actor) error {
			return a.Store.DecideIdentity(ctx, actor, ref, decision, models.IdentityInput{Note: in.Note, Version: in.Version})
		},
		Answer: func(actor models.Actor) (int, any, error) {
			l, err := a.Store.Identity(ctx, actor, ref)
			return http.StatusOK, newIdentityJSON(ctx, l), err
		}})
}
