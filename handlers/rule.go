package handlers

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"
	"xiezhi/detect"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/views"
)

func (a *App) ruleList(c *gin.Context) error {
	ctx, actor := a.Context(c), ActorOf(c)
	list, err := a.Store.RuleVersions(ctx, actor)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "nav.rules"))
	if err != nil {
		return err
	}
	p := newRuleListPage(ctx, list)
	p.Frame = frame
	if actor.Can(models.ActRuleWrite) {
		p.NewURL = "/rules/" + frame.Rules + "/edit"
	}
	return a.render(c, http.StatusOK, views.RuleList(p))
}

func newRuleListPage(ctx context.Context, list []models.RuleVersion) views.RuleListPage {
	var p views.RuleListPage
	for _, v := range list {
		p.Rows = append(p.Rows, views.RuleRow{Number: v.Number, URL: "/rules/" + v.Number, State: ruleState(ctx, v.State), Note: v.Note, Base: v.Base, Author: ruleAuthor(ctx, v),
			Approver: v.Approver, Second: v.Second, Created: whenMinute(v.CreatedAt), Since: whenMinute(v.InForceAt)})
	}
	return p
}

// ruleAuthor names who wrote a version; one without an author came with the program.
func ruleAuthor(ctx context.Context, v models.RuleVersion) string {
	if v.AuthorID == nil {
		return i18n.T(ctx, "rule.shipped")
	}
	return v.Author
}

func ruleState(ctx context.Context, st models.RuleState) views.BatchStatus {
	s := views.BatchStatus{Word: i18n.T(ctx, "rule.state."+string(st)), Icon: "clock"}
	switch st {
	case models.RuleInForce:
		s.Icon, s.Done = "check", true
	case models.RuleRejected, models.RuleWithdrawn:
		s.Icon = "ban"
	case models.RuleSuperseded:
		s.Icon = "circle-off"
	}
	return s
}

// ruleInput is what a refused decision brought, to be shown again.
type ruleInput struct {
	verb  string
	note  string
	wrong map[string]string
}

// ruleFile is everything the page of a version shows.
type ruleFile struct {
	v        models.RuleVersion
	story    []models.Event
	names    map[string]string
	rules    detect.Rules
	with     detect.Rules // compared with
	list     []models.RuleVersion
	replays  []models.RuleReplay
	approval models.RuleReplay // the replay that an approval would rest on
	open     int64
	decides  bool // the reader may approve rules of this installation
}

func (a *App) ruleShow(c *gin.Context) error { return a.showRule(c, ruleInput{}) }

func (a *App) showRule(c *gin.Context, in ruleInput) error {
	ctx, actor := a.Context(c), ActorOf(c)
	f, err := a.ruleFile(ctx, actor, c.Param("number"), c.Query("with"))
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "rule.title", "number", f.v.Number))
	if err != nil {
		return err
	}
	if f.decides, err = a.Store.MayDecideRules(ctx, actor); err != nil {
		return err
	}
	p := newRuleShowPage(ctx, actor, f, in, a.VolumeFactor)
	p.Frame = frame
	status := http.StatusOK
	if in.verb != "" {
		status = http.StatusUnprocessableEntity
	}
	return a.render(c, status, views.RuleShow(p))
}

func (a *App) ruleFile(ctx context.Context, actor models.Actor, number, with string) (ruleFile, error) {
	var f ruleFile
	var err error
	if f.v, f.story, err = a.Store.RuleVersion(ctx, actor, number); err != nil {
		return f, err
	}
	if f.rules, err = a.Desk.RulesOf(ctx, number); err != nil {
		return f, err
	}
	if f.list, err = a.Store.RuleVersions(ctx, actor); err != nil {
		return f, err
	}
	if with == "" {
		with = f.v.Base
	}
	f.with = f.rules
	if slices.ContainsFunc(f.list, func(v models.RuleVersion) bool { return v.Number == with }) {
		if f.with, err = a.Desk.RulesOf(ctx, with); err != nil {
			return f, err
		}
	}
	if f.replays, err = a.Store.ReplaysOf(ctx, actor, number); err != nil {
		return f, err
	}
	for _, rp := range f.replays {
		if f.v.ReplayID != nil && rp.ID == *f.v.ReplayID {
			f.approval = rp
		}
	}
	if f.open, err = a.Store.OpenAlerts(ctx); err != nil {
		return f, err
	}
	f.names, err = a.names(ctx, f.story)
	return f, err
}

func newRuleShowPage(ctx context.Context, actor models.Actor, f ruleFile, in ruleInput, factor float64) views.RuleShowPage {
	v := f.v
	p := views.RuleShowPage{Number: v.Number, State: ruleState(ctx, v.State), Note: v.Note, Version: strconv.FormatInt(v.Version, 10), Story: newStory(ctx, f.story, f.names),
		With: f.with.Version, URL: "/rules/" + v.Number, Wrong: in.wrong, Failed: in.verb, Typed: in.note}
	fact := func(key, value string) {
		if value != "" {
			p.Facts = append(p.Facts, views.Pair{Name: i18n.T(ctx, key), Value: value})
		}
	}
	fact("rule.col.author", ruleAuthor(ctx, v))
	fact("rule.col.base", v.Base)
	fact("rule.col.approver", v.Approver)
	fact("rule.field.approve_note", v.ApproveNote)
	fact("rule.col.second", v.Second)
	fact("rule.field.second_reason", v.SecondReason)
	fact("rule.field.decided", v.DecidedReason)
	fact("SHA-256", v.SHA256)
	if f.with.Version != v.Number {
		for _, ch := range detect.Differences(f.with, f.rules) {
			p.Changes = append(p.Changes, newRuleChange(ctx, f, ch))
		}
	}
	for _, other := range f.list {
		if other.Number != v.Number {
			p.Others = append(p.Others, option(other.Number, other.Number+" "+i18n.T(ctx, "rule.state."+string(other.State)), other.Number == f.with.Version))
		}
	}
	for _, rp := range f.replays {
		p.Replays = append(p.Replays, newReplayRow(ctx, rp))
		p.Busy = p.Busy || rp.State == models.ReplayRunning && rp.ToNumber == v.Number
	}
	if f.approval.ID != 0 {
		p.Volume = i18n.T(ctx, "rule.volume", "would", i18n.Integer(ctx, f.approval.ToAlerts), "open", i18n.Integer(ctx, f.open), "factor", i18n.Decimal(ctx, max(factor, 1), 1))
		p.TooMany = models.TooMany(f.approval.ToAlerts, f.open, factor)
	}
	p.Events, p.Blocked = ruleEvents(ctx, actor, f, p.Busy)
	if actor.Can(models.ActRuleWrite) {
		p.EditURL = "/rules/" + v.Number + "/edit"
	}
	return p
}

// ruleEvents lists what the reader may do now, and why not where the reason is worth saying.
func ruleEvents(ctx context.Context, actor models.Actor, f ruleFile, busy bool) (events []string, blocked string) {
	v := f.v
	mine := v.AuthorID != nil && *v.AuthorID == actor.UserID
	first := v.ApproverID != nil && *v.ApproverID == actor.UserID
	for _, e := range models.RuleEvents(v.State) {
		switch e {
		case "replay":
			if (actor.Can(models.ActRuleWrite) || actor.Can(models.ActRuleApprove)) && !busy {
				events = append(events, e)
			}
		case "withdraw":
			if mine && actor.Can(models.ActRuleWrite) {
				events = append(events, e)
			}
		case "approve", "confirm", "enforce", "reject":
			if !f.decides {
				if actor.Can(models.ActRuleApprove) && blocked == "" {
					blocked = i18n.T(ctx, "rule.blocked.top")
				}
				continue
			}
			if mine && e != "reject" || first && e == "confirm" {
				blocked = i18n.T(ctx, "rule.blocked."+e)
				continue
			}
			events = append(events, e)
		}
	}
	if v.State != models.RuleDraft && len(events) > 1 && events[0] == "replay" {
		events = append(events[1:], "replay") // what follows comes first
	}
	return events, blocked
}

func newRuleChange(ctx context.Context, f ruleFile, ch detect.FieldChange) views.RuleChange {
	out := views.RuleChange{Entry: ruleEntry(ctx, f.rules, ch.Part(), ch.Entry()), Label: ruleLabel(ctx, ch.Field), Old: ruleValue(ctx, ch.Field, ch.Old), New: ruleValue(ctx, ch.Field, ch.New)}
	if zh, en, ok := f.with.NameOf(ch.Part(), ch.Entry()); ok && ch.New == "" {
		out.Entry = i18n.Pick(ctx, zh, en)
	}
	if ch.Kind == detect.FieldDocument {
		out.Old, out.New, out.Diff = "", "", diffLines(ch.Old, ch.New)
	}
	return out
}

type ruleVerbForm struct {
	Note    string `form:"note"`
	Version string `form:"version"`
}

// ruleAct carries a decision on a version out.
func (a *App) ruleAct(verb string) func(*gin.Context) error {
	return func(c *gin.Context) error {
		var f ruleVerbForm
		if err := bind(c, &f); err != nil {
			return err
		}
		ctx, actor, number := a.Context(c), ActorOf(c), c.Param("number")
		engine, err := detect.EngineDigest()
		if err != nil {
			return err
		}
		d := models.RuleDecision{Note: f.Note, Version: readVersion(f.Version), Engine: engine, VolumeFactor: a.VolumeFactor}
		to := "/rules/" + number
		switch verb {
		case "approve":
			err = a.Store.ApproveRules(ctx, actor, number, d)
		case "confirm":
			err = a.Store.ConfirmRules(ctx, actor, number, d)
		case "enforce":
			err = a.Store.EnforceRules(ctx, actor, number, d)
		case "reject":
			err = a.Store.RejectRules(ctx, actor, number, d)
		case "withdraw":
			err = a.Store.WithdrawRules(ctx, actor, number, d)
		default:
			to, err = a.startReplay(ctx, actor, number)
		}
		if wrong, ok := wrongFields(err); ok {
			return a.showRule(c, ruleInput{verb: verb, note: f.Note, wrong: wrong})
		}
		if err != nil {
			return err
		}
		return a.done(c, to, i18n.T(ctx, "rule.done."+verb), "")
	}
}

func (a *App) startReplay(ctx context.Context, actor models.Actor, number string) (string, error) {
	rp, err := a.Desk.StartReplay(ctx, actor, number)
	return "/replays/" + rp.Ref, err
}
