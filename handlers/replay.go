package handlers

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/work"
)

func newReplayRow(ctx context.Context, rp models.RuleReplay) views.ReplayRow {
	r := views.ReplayRow{Ref: rp.Ref, URL: "/replays/" + rp.Ref, From: rp.FromNumber, To: rp.ToNumber, By: rp.StartedBy, AsOf: whenMinute(rp.AsOf),
		Alerts: i18n.Integer(ctx, rp.FromAlerts) + " → " + i18n.Integer(ctx, rp.ToAlerts), State: views.BatchStatus{Word: i18n.T(ctx, "replay.state."+string(rp.State)), Icon: "clock"}}
	switch rp.State {
	case models.ReplayDone:
		r.State.Icon, r.State.Done = "check", true
	case models.ReplayFailed:
		r.State.Icon = "ban"
	default:
		r.Alerts = i18n.T(ctx, "replay.progress", "done", i18n.Integer(ctx, rp.Done), "total", i18n.Integer(ctx, rp.Total))
	}
	return r
}

type replayForm struct {
	Stage    string `form:"stage"`
	Change   string `form:"change"`
	Outcome  string `form:"outcome"`
	Division string `form:"division"`
	Area     string `form:"area"`
	After    string `form:"after"`
}

// replayShow shows what a replay found in the reader's scope, and the companies behind each number.
func (a *App) replayShow(c *gin.Context) error {
	var f replayForm
	if err := bind(c, &f); err != nil {
		return err
	}
	ctx, actor := a.Context(c), ActorOf(c)
	rp, err := a.Store.ReplayByRef(ctx, c.Param("replay"))
	if err != nil {
		return err
	}
	rep, err := a.Desk.ReplayReport(ctx, actor, rp, 0)
	if err != nil {
		return err
	}
	after, _ := strconv.ParseInt(f.After, 10, 64) // an odd one is the first page
	lines, more, err := a.Store.ReplayLines(ctx, actor, rp, models.ReplayFilter{Stage: models.ReplayStage(f.Stage), Change: f.Change, Outcome: f.Outcome, Division: f.Division, Area: f.Area,
		After: after, Limit: pageRows})
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "replay.title", "from", rp.FromNumber, "to", rp.ToNumber))
	if err != nil {
		return err
	}
	p := newReplayPage(ctx, actor, rp, rep, lines)
	p.Frame, p.Filter = frame, replayFilterText(ctx, f)
	if more {
		v := c.Request.URL.Query()
		v.Set("after", strconv.FormatInt(lines[len(lines)-1].ID, 10))
		p.Next = "/replays/" + rp.Ref + "?" + v.Encode()
	}
	return a.render(c, http.StatusOK, views.ReplayShow(p))
}

// replayFilterText says in words which companies are listed; empty for all.
func replayFilterText(ctx context.Context, f replayForm) string {
	text := ""
	add := func(word string) {
		if text != "" {
			text += " · "
		}
		text += word
	}
	if f.Division != "" {
		add(placeName(ctx, f.Division))
	}
	if f.Area != "" {
		add(codeName(ctx, "area."+f.Area, f.Area))
	}
	if f.Outcome != "" {
		add(codeName(ctx, "replay.outcome."+f.Outcome, f.Outcome))
	}
	if f.Change != "" {
		add(codeName(ctx, "replay.change."+f.Change, f.Change))
	}
	return text
}

func newReplayPage(ctx context.Context, actor models.Actor, rp models.RuleReplay, rep work.ReplayReport, lines []models.ReplayLine) views.ReplayPage {
	p := views.ReplayPage{Row: newReplayRow(ctx, rp), URL: "/replays/" + rp.Ref, Running: rp.State == models.ReplayRunning, Where: scopeText(ctx, actor), RuleURL: "/rules/" + rp.ToNumber}
	if rp.Problem != "" {
		p.Problem = i18n.T(ctx, rp.Problem)
	}
	if rp.ValidTime {
		p.Problem = i18n.T(ctx, "replay.valid_time")
	}
	count := func(n int64, pairs ...string) views.ReplayCount {
		v := url.Values{}
		for i := 0; i+1 < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		out := views.ReplayCount{N: i18n.Integer(ctx, n)}
		if n > 0 {
			out.URL = p.URL + "?" + v.Encode() + "#behind"
		}
		return out
	}
	for _, r := range rep.Rows {
		row := views.ReplaySumRow{Place: placeOrNation(ctx, r.Division), Area: i18n.T(ctx, "area."+r.Area)}
		for _, ch := range []struct {
			name string
			n    int64
		}{{"gained", r.Gained}, {"lost", r.Lost}, {"raised", r.Raised}, {"lowered", r.Lowered}} {
			row.Counts = append(row.Counts, count(ch.n, "change", ch.name, "division", r.Division, "area", r.Area))
		}
		p.Sums = append(p.Sums, row)
	}
	for _, o := range []string{"filed", "confirmed", "dismissed"} {
		n := rep.Outcomes[o]
		p.Outcomes = append(p.Outcomes, views.ReplaySumRow{Area: i18n.T(ctx, "replay.outcome."+o), Good: o == "dismissed",
			Counts: []views.ReplayCount{count(n.Gained, "stage", "outcomes", "outcome", o, "change", "gained"), count(n.Lost, "stage", "outcomes", "outcome", o, "change", "lost")}})
	}
	for _, l := range lines {
		line := views.ReplayLineRow{Name: partyName(ctx, l.SubjectKind, l.SubjectName, l.SubjectKey), URL: partyURL(actor, l.SubjectKind, l.SubjectKey, l.SubjectRef, l.Place),
			Place: placeOrNation(ctx, l.DivisionCode), Area: i18n.T(ctx, "area."+l.Area), Change: i18n.T(ctx, "replay.change."+l.Change), From: levelOrNone(l.FromLevel), To: levelOrNone(l.ToLevel),
			FromIndex: i18n.Index(ctx, l.FromIdx), ToIndex: i18n.Index(ctx, l.ToIdx), Alert: l.AlertRef}
		if l.Outcome != "" {
			line.Outcome = i18n.T(ctx, "replay.outcome."+l.Outcome)
		}
		p.Lines = append(p.Lines, line)
	}
	return p
}

func levelOrNone(level string) string {
	if level == "" {
		return "none"
	}
	return level
}
