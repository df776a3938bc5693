package handlers

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"xiezhi/models"
)

type alertJSON struct {
	Ref      string             `json:"ref"`
	Subject  string             `json:"subject"`
	Name     string             `json:"name"`
	Level    string             `json:"level"`
	Area     string             `json:"area"`
	Index    float64            `json:"index"`
	Status   models.AlertStatus `json:"status"`
	Division string             `json:"division"`
	RaisedAt models.Instant     `json:"raised_at"`
	DueAt    models.Instant     `json:"due_at"`
	Owner    string             `json:"owner"`
	Case     string             `json:"case"`
	Single   bool               `json:"single_source"`
	Trigger  string             `json:"trigger"`
	Rules    string             `json:"rule_version"`
	Version  int64              `json:"version"`
	Reasons  []models.Reason    `json:"reasons"`
	Scheme   *schemeJSON        `json:"scheme,omitempty"`
	Members  []memberJSON       `json:"members,omitempty"`
}

func newAlertJSON(al models.AlertLine) alertJSON {
	reasons := al.TopReasons()
	if reasons == nil {
		reasons = []models.Reason{}
	}
	name := al.SubjectName
	if al.SubjectKind == models.KindAccount {
		name = partyCode(al.SubjectKind, al.SubjectKey)
	}
	return alertJSON{Ref: al.Ref, Subject: partyWritten(al.SubjectKind, al.SubjectKey, al.SubjectRef), Name: name, Level: al.Level, Area: al.Area, Index: al.Idx,
		Status: al.Status, Division: al.DivisionCode, RaisedAt: al.RaisedAt, DueAt: al.DueAt, Owner: al.OwnerName, Case: al.CaseRef, Single: al.SingleSource,
		Trigger: al.TriggerCode, Rules: al.RuleVersion, Version: al.Version, Reasons: reasons}
}

type apiAlertQuery struct {
	Level    string `form:"level"`
	Area     string `form:"area"`
	Status   string `form:"status"`
	Division string `form:"division"`
	Subject  string `form:"subject"`
	After    string `form:"after"`
	Limit    int    `form:"limit"`
}

func (a *App) apiAlerts(c *gin.Context) error {
	var q apiAlertQuery
	if err := bind(c, &q); err != nil {
		return err
	}
	f := models.AlertFilter{Area: q.Area, Status: q.Status, Division: q.Division, Subject: q.Subject, Limit: pageRows}
	if q.Limit > 0 {
		f.Limit = min(q.Limit, 200)
	}
	wrong := map[string]string{}
	for _, l := range strings.Split(q.Level, ",") {
		if l == "" {
			continue
		}
		if !models.KnownLevel(l) {
			wrong["level"] = "error.level_unknown"
		}
		f.Levels = append(f.Levels, l)
	}
	if _, ok := models.PlaceOf(q.Division); q.Division != "" && !ok {
		wrong["division"] = "error.division_unknown"
	}
	if len(wrong) > 0 {
		return models.Invalid(wrong)
	}
	var key models.AlertKey
	if ok, err := readCursor(q.After, &key); err != nil {
		return err
	} else if ok {
		f.After = &key
	}
	list, more, err := a.Store.Alerts(c.Request.Context(), ActorOf(c), f)
	if err != nil {
		return err
	}
	out := make([]alertJSON, 0, len(list))
	for _, al := range list {
		out = append(out, newAlertJSON(al))
	}
	next := ""
	if more {
		last := list[len(list)-1]
		next = cursor(models.AlertKey{LevelRank: last.LevelRank, At: last.RaisedAt, Idx: last.Idx, Priority: last.Priority, ID: last.ID})
	}
	return a.json(c, items(out, next))
}

func (a *App) apiAlert(c *gin.Context) error {
	al, _, err := a.Store.Alert(c.Request.Context(), ActorOf(c), c.Param("ref"))
	if err != nil {
		return err
	}
	out, err := a.withMembers(a.Context(c), ActorOf(c), al, newAlertJSON(al))
	if err != nil {
		return err
	}
	return a.json(c, out)
}

type alertVerbJSON struct {
	Reason  string `json:"reason"`
	Note    string `json:"note"`
	User    string `json:"user"`
	Until   string `json:"until"`
	Version int64  `json:"version"`
}

// apiAlertVerb carries a verb on an alert out and answers with the alert.
func (a *App) apiAlertVerb(verb string) func(*gin.Context) error {
	return func(c *gin.Context) error {
		ctx, ref := c.Request.Context(), c.Param("ref")
		var in alertVerbJSON
		answer := func(actor models.Actor) (int, any, error) {
			al, _, err := a.Store.Alert(ctx, actor, ref)
			return http.StatusOK, newAlertJSON(al), err
		}
		return a.apiWrite(c, apiCall{Input: &in, Answer: answer,
			Probe: func(actor models.Actor) error { return a.Store.AllowAlert(ctx, actor, ref, verb) },
			Do: func(actor models.Actor) error {
				until, err := readMoment(in.Until)
				if err != nil {
					until = models.Instant{} // the verb refuses it by field, after scope, role and state
				}
				return a.alertVerb(ctx, actor, ref, verb, alertVerbForm{Reason: in.Reason, Note: in.Note, User: in.User}, until, in.Version)
			}})
	}
}
