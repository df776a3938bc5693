package handlers

import (
	"context"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"
	"xiezhi/law"
	"xiezhi/models"
)

// procedureJSON is the body of a move of a case, a measure, a limit or an objection; reason and note may stand beside fields.
type procedureJSON struct {
	Fields     map[string]text `json:"fields"`
	Reason     string          `json:"reason"`
	Note       string          `json:"note"`
	LateReason string          `json:"late_reason"`
	Version    int64           `json:"version"`
}

func (in procedureJSON) input() models.ProcedureInput {
	out := models.ProcedureInput{Fields: map[string]string{}, LateReason: in.LateReason, Version: in.Version}
	for name, v := range in.Fields {
		out.Fields[name] = string(v)
	}
	for name, v := range map[string]string{"reason": in.Reason, "note": in.Note} {
		if v != "" && out.Fields[name] == "" {
			out.Fields[name] = v
		}
	}
	return out
}

type measureJSON struct {
	Ref       string         `json:"ref"`
	Kind      string         `json:"kind"`
	Object    string         `json:"object"`
	Grounds   string         `json:"grounds"`
	State     law.State      `json:"state"`
	Number    string         `json:"number"`
	Reply     string         `json:"reply"`
	AskedBy   string         `json:"asked_by"`
	AskedAt   models.Instant `json:"asked_at"`
	Approver  string         `json:"approver"`
	Moves     []law.Event    `json:"moves"`
	Version   int64          `json:"version"`
	ChangedAt models.Instant `json:"changed_at"`
}

func newMeasuresJSON(list []models.MeasureLine) []measureJSON {
	out := make([]measureJSON, 0, len(list))
	for _, x := range list {
		out = append(out, measureJSON{Ref: x.Ref, Kind: x.Kind, Object: x.Object, Grounds: x.Grounds, State: x.State, Number: x.Number, Reply: x.Reply, AskedBy: x.Asker,
			AskedAt: x.AskedAt, Approver: x.Approver, Moves: append([]law.Event{}, x.Moves...), Version: x.Version, ChangedAt: x.ChangedAt})
	}
	return out
}

// caseAnswer answers a write with the case as it then stands.
func (a *App) caseAnswer(ctx context.Context, ref string, status int) func(models.Actor) (int, any, error) {
	return func(actor models.Actor) (int, any, error) {
		f, err := a.Store.CaseFile(ctx, actor, ref)
		return status, newCaseJSON(f, a.Store.Now()), err
	}
}

func (a *App) apiCaseMove(c *gin.Context) error {
	ctx, ref, event := c.Request.Context(), c.Param("ref"), law.Event(c.Param("event"))
	var in procedureJSON
	return a.apiWrite(c, apiCall{Input: &in, Answer: a.caseAnswer(ctx, ref, http.StatusOK),
		Probe: func(actor models.Actor) error { return a.Store.AllowCaseMove(ctx, actor, ref, event) },
		Do:    func(actor models.Actor) error { return a.Store.MoveCase(ctx, actor, ref, event, in.input()) }})
}

func (a *App) apiMeasureRequest(c *gin.Context) error {
	ctx, ref := c.Request.Context(), c.Param("ref")
	var in procedureJSON
	return a.apiWrite(c, apiCall{Input: &in, Answer: a.caseAnswer(ctx, ref, http.StatusCreated),
		Probe: func(actor models.Actor) error { return a.Store.AllowMeasureRequest(ctx, actor, ref) },
		Do: func(actor models.Actor) error {
			_, err := a.Store.RequestMeasure(ctx, actor, ref, in.input())
			return err
		}})
}

func (a *App) apiMeasureMove(c *gin.Context) error {
	ctx, ref, measure, event := c.Request.Context(), c.Param("ref"), c.Param("measure"), law.Event(c.Param("event"))
	var in procedureJSON
	return a.apiWrite(c, apiCall{Input: &in, Answer: a.caseAnswer(ctx, ref, http.StatusOK),
		Probe: func(actor models.Actor) error { return a.Store.AllowMeasure(ctx, actor, ref, measure, event) },
		Do: func(actor models.Actor) error {
			return a.Store.MoveMeasure(ctx, actor, ref, measure, event, in.input())
		}})
}

func (a *App) apiClockVerb(c *gin.Context) error {
	ctx, ref, verb := c.Request.Context(), c.Param("ref"), c.Param("verb")
	id, err := strconv.ParseInt(c.Param("clock"), 10, 64)
	if err != nil {
		return models.NotFound("clock")
	}
	var in procedureJSON
	return a.apiWrite(c, apiCall{Input: &in, Answer: a.caseAnswer(ctx, ref, http.StatusOK),
		Probe: func(actor models.Actor) error { return a.Store.AllowClock(ctx, actor, ref, id) },
		Do:    func(actor models.Actor) error { return a.decideClock(ctx, actor, id, verb, in.input().Fields) }})
}

type objectionJSON struct {
	Ref         string         `json:"ref"`
	Channel     string         `json:"channel"`
	State       law.State      `json:"state"`
	Subject     string         `json:"subject"`
	Name        string         `json:"name"`
	Alert       *string        `json:"alert"`
	Case        *string        `json:"case"`
	Party       string         `json:"party"`
	Statement   string         `json:"statement"`
	Reviewer    *string        `json:"reviewer"`
	Result      string         `json:"result"`
	Competent   string         `json:"competent"`
	Clocks      []clockJSON    `json:"clocks"`
	Moves       []law.Event    `json:"moves"`
	Timeline    []eventJSON    `json:"timeline"`
	SubmittedAt models.Instant `json:"submitted_at"`
	Version     int64          `json:"version"`
}

func newObjectionJSON(f models.ObjectionFile, now models.Instant) objectionJSON {
	return objectionJSON{Ref: f.Ref, Channel: f.Channel, State: f.State, Subject: partyWritten(f.SubjectKind, f.SubjectKey, f.SubjectRef), Name: f.SubjectName,
		Alert: orNull(f.AlertRef), Case: orNull(f.CaseRef), Party: f.Party, Statement: f.Statement, Reviewer: orNull(f.Reviewer), Result: f.Result, Competent: f.Competent,
		Clocks: newClocksJSON(f.Clocks, now), Moves: append([]law.Event{}, f.Moves...), Timeline: newTimelineJSON(f.Events), SubmittedAt: f.SubmittedAt, Version: f.Version}
}

func (a *App) apiObjection(c *gin.Context) error {
	f, err := a.Store.ObjectionFile(c.Request.Context(), ActorOf(c), c.Param("ref"))
	if err != nil {
		return err
	}
	return a.json(c, newObjectionJSON(f, a.Store.Now()))
}

func (a *App) apiObjectionSubmit(c *gin.Context) error {
	ctx, alert := c.Request.Context(), c.Param("ref")
	var in procedureJSON
	var ref string
	return a.apiWrite(c, apiCall{Input: &in,
		Probe: func(actor models.Actor) error { return a.Store.AllowObjectionTo(ctx, actor, alert) },
		Do: func(actor models.Actor) (err error) {
			ref, err = a.Store.SubmitObjection(ctx, actor, alert, in.input())
			return err
		},
		Answer: func(actor models.Actor) (int, any, error) {
			f, err := a.Store.ObjectionFile(ctx, actor, ref)
			return http.StatusCreated, newObjectionJSON(f, a.Store.Now()), err
		}})
}

func (a *App) apiObjectionMove(c *gin.Context) error {
	ctx, ref, event := c.Request.Context(), c.Param("ref"), law.Event(c.Param("event"))
	var in procedureJSON
	return a.apiWrite(c, apiCall{Input: &in,
		Probe: func(actor models.Actor) error { return a.Store.AllowObjection(ctx, actor, ref, event) },
		Do:    func(actor models.Actor) error { return a.Store.MoveObjection(ctx, actor, ref, event, in.input()) },
		Answer: func(actor models.Actor) (int, any, error) {
			f, err := a.Store.ObjectionFile(ctx, actor, ref)
			return http.StatusOK, newObjectionJSON(f, a.Store.Now()), err
		}})
}
