package handlers

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"xiezhi/law"
	"xiezhi/models"
)

type clockJSON struct {
	ID        int64            `json:"id"`
	Name      string           `json:"name"`
	Article   string           `json:"article"`
	Citation  string           `json:"citation"`
	Side      string           `json:"side"`
	StartedAt models.Instant   `json:"started_at"`
	DueAt     models.Instant   `json:"due_at"`
	State     law.ClockState   `json:"state"`
	EndedAt   models.Instant   `json:"ended_at"`
	OuterAt   []models.Instant `json:"outer_at"`
	Certain   bool             `json:"certain"`
	Late      string           `json:"late_reason"`
}

func newClocksJSON(clocks []models.Clock, now models.Instant) []clockJSON {
	list := make([]clockJSON, 0, len(clocks))
	for _, c := range clocks {
		l := lookAt(c, now)
		out := clockJSON{ID: c.ID, Late: c.LateReason, Name: c.Name, Side: c.Side, StartedAt: c.StartedAt, DueAt: c.DueAt, State: l.state, EndedAt: c.EndedAt, OuterAt: []models.Instant{},
			Certain: l.due.Certain}
		out.Article, _, _ = strings.Cut(c.Basis, " ")
		if a, ok := law.ArticleByID(out.Article); ok {
			out.Citation = a.Citation("zh")
		}
		for _, at := range l.due.OuterAt {
			out.OuterAt = append(out.OuterAt, models.At(at))
		}
		list = append(list, out)
	}
	return list
}

type eventJSON struct {
	At    models.Instant `json:"at"`
	Actor string         `json:"actor"`
	Event string         `json:"event"`
	Note  string         `json:"note"`
}

// newTimelineJSON tells the story oldest first.
func newTimelineJSON(events []models.Event) []eventJSON {
	list := make([]eventJSON, 0, len(events))
	for _, e := range inOrder(events) {
		list = append(list, eventJSON{At: e.At, Actor: e.ActorName, Event: e.Event, Note: e.Note})
	}
	return list
}

type caseLineJSON struct {
	Ref           string         `json:"ref"`
	Status        string         `json:"status"`
	Title         string         `json:"title"`
	Subject       string         `json:"subject"`
	Name          string         `json:"name"`
	Level         string         `json:"level"`
	Area          string         `json:"area"`
	Division      string         `json:"division"`
	Authority     string         `json:"authority"`
	Referral      *string        `json:"referral"`
	ReferralState *string        `json:"referral_state"`
	NextDueAt     models.Instant `json:"next_due_at"`
	OpenedAt      models.Instant `json:"opened_at"`
	Deadline      *string        `json:"deadline"`
	Version       int64          `json:"version"`
	Held          bool           `json:"held"` // by the police: the status alone is here
}

func newCaseLineJSON(cs models.CaseLine) caseLineJSON {
	held := cs.Seal == models.SealPoliceHold
	subject := partyWritten(cs.SubjectKind, cs.SubjectKey, cs.SubjectRef)
	if held {
		subject = ""
	}
	return caseLineJSON{Held: held, Ref: cs.Ref, Status: cs.Status, Title: cs.Title, Subject: subject, Name: cs.SubjectName, Level: cs.Level, Area: cs.Area,
		Division: cs.DivisionCode, Authority: cs.AuthorityName, Referral: orNull(cs.ReferralRef), ReferralState: orNull(cs.ReferralState), NextDueAt: cs.NextDue,
		OpenedAt: cs.OpenedAt, Deadline: orNull(string(cs.DeadlineOn)), Version: cs.Version}
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

type caseJSON struct {
	caseLineJSON
	Officers []string    `json:"officers"`
	Alerts   []string    `json:"alerts"`
	Clocks   []clockJSON `json:"clocks"`
	Timeline []eventJSON `json:"timeline"`

	Stage    law.State     `json:"stage"`
	Moves    []law.Event   `json:"moves"`
	Measures []measureJSON `json:"measures"`
}

func newCaseJSON(f models.CaseFile, now models.Instant) caseJSON {
	out := caseJSON{caseLineJSON: newCaseLineJSON(f.CaseLine), Officers: officerUsers(f.Officers), Alerts: []string{},
		Clocks: newClocksJSON(f.Clocks, now), Timeline: newTimelineJSON(f.Events), Stage: f.Stage, Moves: append([]law.Event{}, f.Moves...), Measures: newMeasuresJSON(f.Measures)}
	if c := nearestClock(f.Clocks); c.ID != 0 {
		out.NextDueAt = c.DueAt
	}
	for _, al := range f.Alerts {
		out.Alerts = append(out.Alerts, al.Ref)
	}
	return out
}

func officerUsers(list []models.Officer) []string {
	names := make([]string, 0, len(list))
	for _, o := range list {
		names = append(names, o.Name)
	}
	return names
}

type apiCaseQuery struct {
	Status string `form:"status"`
	Text   string `form:"text"`
	After  string `form:"after"`
	Limit  int    `form:"limit"`
}

func (a *App) apiCases(c *gin.Context) error {
	var q apiCaseQuery
	if err := bind(c, &q); err != nil {
		return err
	}
	f := models.CaseFilter{Status: q.Status, Text: q.Text, Limit: apiLimit(q.Limit)}
	var key listKey
	if _, err := readCursor(q.After, &key); err != nil {
		return err
	}
	f.Before = key.ID
	list, more, err := a.Store.Cases(c.Request.Context(), ActorOf(c), f)
	if err != nil {
		return err
	}
	out := make([]caseLineJSON, 0, len(list))
	for _, cs := range list {
		out = append(out, newCaseLineJSON(cs))
	}
	next := ""
	if more {
		next = cursor(listKey{list[len(list)-1].ID})
	}
	return a.json(c, items(out, next))
}

// apiLimit is how many items a page of the API has: as many as asked for, at most 200.
func apiLimit(asked int) int {
	if asked <= 0 {
		return pageRows
	}
	return min(asked, 200)
}

func (a *App) apiCase(c *gin.Context) error {
	file, err := a.Store.CaseFile(c.Request.Context(), ActorOf(c), c.Param("ref"))
	if err != nil {
		return err
	}
	return a.json(c, newCaseJSON(file, a.Store.Now()))
}

type caseOpenJSON struct {
	Alerts   []string `json:"alerts"`
	Title    string   `json:"title"`
	Officers []string `json:"officers"`
	Deadline string   `json:"deadline"`
}

func (a *App) apiCaseOpen(c *gin.Context) error {
	ctx := c.Request.Context()
	var in caseOpenJSON
	var ref string
	return a.apiWrite(c, apiCall{Input: &in,
		Probe: func(actor models.Actor) error {
			if !actor.Can(models.ActCaseOpen) {
				return models.Forbidden(models.ActCaseOpen)
			}
			return nil
		},
		Do: func(actor models.Actor) (err error) {
			ref, err = a.openCase(ctx, actor, models.NewCase{Alerts: in.Alerts, Title: in.Title, Officers: in.Officers}, in.Deadline)
			return err
		},
		Answer: func(actor models.Actor) (int, any, error) {
			file, err := a.Store.CaseFile(ctx, actor, ref)
			return http.StatusCreated, newCaseJSON(file, a.Store.Now()), err
		}})
}

type caseReferralJSON struct {
	Officers []string `json:"officers"`
	Version  int64    `json:"version"`
}

// apiCaseReferral starts the referral of a case and answers with it.
func (a *App) apiCaseReferral(c *gin.Context) error {
	ctx, caseRef := c.Request.Context(), c.Param("ref")
	var in caseReferralJSON
	var ref string
	return a.apiWrite(c, apiCall{Input: &in,
		Probe: func(actor models.Actor) error { return a.Store.AllowTeam(ctx, actor, caseRef) },
		Do: func(actor models.Actor) (err error) {
			ref, err = a.Store.FormTeam(ctx, actor, caseRef, in.Officers, in.Version)
			return err
		},
		Answer: func(actor models.Actor) (int, any, error) {
			file, err := a.Store.ReferralFile(ctx, actor, ref)
			return http.StatusCreated, newReferralJSON(file, a.Store.Now()), err
		}})
}
