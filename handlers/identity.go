package handlers

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/views/ui"
	"xiezhi/who"
)

type identityListForm struct {
	State   string `form:"state"`
	Verdict string `form:"verdict"`
	After   string `form:"after"`
}

// identityStates are those a list is narrowed to; the first is where it begins.
func identityStates() []string {
	return []string{models.IdentityOpen, models.IdentityUnsure, models.IdentityYes, models.IdentityNo}
}

func identityVerdicts() []string {
	return []string{string(who.Same), string(who.Alike), string(who.Branch), string(who.Sibling), string(who.Shared), string(who.LookAlike)}
}

func (a *App) identityList(c *gin.Context) error {
	var f identityListForm
	if err := bind(c, &f); err != nil {
		return err
	}
	f.State = firstOf(f.State, models.IdentityOpen)
	ctx, actor := a.Context(c), ActorOf(c)
	filter := models.IdentityFilter{State: f.State, Verdict: f.Verdict, Limit: pageRows}
	var key models.IdentityKey
	if after, err := readCursor(f.After, &key); err != nil {
		return err
	} else if after {
		filter.After = &key
	}
	list, more, err := a.Store.Identities(ctx, actor, filter)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "nav.identities"))
	if err != nil {
		return err
	}
	p := newIdentityListPage(ctx, f, list)
	p.Frame = frame
	if more {
		last := list[len(list)-1]
		p.Pager.Next = identityListURL(f.State, f.Verdict, cursor(models.IdentityKey{Score: last.Score, ID: last.ID}))
	}
	return a.render(c, http.StatusOK, views.IdentityList(p))
}

func identityListURL(state, verdict, after string) string {
	v := url.Values{}
	for name, value := range map[string]string{"state": state, "verdict": verdict, "after": after} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return "/identities?" + v.Encode()
}

func newIdentityListPage(ctx context.Context, f identityListForm, list []models.IdentityLine) views.IdentityListPage {
	p := views.IdentityListPage{State: f.State, Pager: ui.Pager{Shown: len(list)}, Verdicts: []ui.Option{{Label: i18n.T(ctx, "identity.any_verdict"), Chosen: f.Verdict == ""}}}
	for _, s := range identityStates() {
		p.Tabs = append(p.Tabs, views.Tab{Label: i18n.T(ctx, "identity.state."+s), URL: identityListURL(s, f.Verdict, ""), Current: s == f.State})
	}
	for _, v := range identityVerdicts() {
		p.Verdicts = append(p.Verdicts, ui.Option{Value: v, Label: i18n.T(ctx, "identity.verdict."+v), Chosen: v == f.Verdict})
	}
	if f.After != "" {
		p.Pager.First = identityListURL(f.State, f.Verdict, "")
	}
	for _, l := range list {
		p.Rows = append(p.Rows, views.IdentityRow{URL: "/identities/" + l.Ref, A: subjectLabel(ctx, l.A), B: subjectLabel(ctx, l.B), PlaceA: shortPlace(ctx, l.A.DivisionCode), PlaceB: shortPlace(ctx, l.B.DivisionCode),
			Verdict: i18n.T(ctx, "identity.verdict."+l.Verdict), Score: i18n.Integer(ctx, l.Score), Why: identityWhy(ctx, l.Reasons), Decider: i18n.Pick(ctx, l.Decider, l.DeciderEn), Decided: whenMinute(l.DecidedAt)})
	}
	return p
}

func subjectLabel(ctx context.Context, s models.Subject) string { return partyName(ctx, s.Kind, s.Name, s.Key) }

// identityWhy writes the heaviest reason of a proposal.
func identityWhy(ctx context.Context, reasons string) string {
	list := identityReasons(ctx, reasons)
	if len(list) == 0 {
		return ""
	}
	return list[0].Text
}

// identityReasons writes the parts of a score in words.
func identityReasons(ctx context.Context, text string) []views.IdentityReason {
	var list []who.Reason
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil
	}
	out := make([]views.IdentityReason, 0, len(list))
	for _, r := range list {
		var args []string
		for k, v := range r.Args {
			args = append(args, k, v)
		}
		points := i18n.Integer(ctx, int64(r.Points))
		if r.Points > 0 {
			points = "+" + points
		}
		out = append(out, views.IdentityReason{Text: i18n.T(ctx, "who.reason."+r.Key, args...), Points: points})
	}
	return out
}

func (a *App) identityShow(c *gin.Context) error {
	return a.showIdentity(c, identityForm{}, nil)
}

func (a *App) showIdentity(c *gin.Context, in identityForm, wrong map[string]string) error {
	ctx, actor := a.Context(c), ActorOf(c)
	l, err := a.Store.Identity(ctx, actor, c.Param("ref"))
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "identity.page"))
	if err != nil {
		return err
	}
	p := newIdentityShowPage(ctx, actor, l)
	p.Frame, p.Note, p.Wrong = frame, in.Note, wrong
	p.Printed = i18n.T(ctx, "case.printed", "who", i18n.Pick(ctx, actor.Display, actor.DisplayEn), "at", i18n.Moment(a.Store.Now().Time()))
	return a.render(c, statusOf(wrong), views.IdentityShow(p))
}

func newIdentityShowPage(ctx context.Context, actor models.Actor, l models.IdentityLine) views.IdentityShowPage {
	p := views.IdentityShowPage{Ref: l.Ref, State: i18n.T(ctx, "identity.state."+l.State), Verdict: i18n.T(ctx, "identity.verdict."+l.Verdict), Score: i18n.Integer(ctx, l.Score),
		Reasons: identityReasons(ctx, l.Reasons), Sides: []views.IdentitySide{identitySide(ctx, actor, l.A), identitySide(ctx, actor, l.B)},
		Relation: i18n.T(ctx, "relation."+l.Relation), Version: strconv.FormatInt(l.Version, 10), Said: l.Note, Decider: i18n.Pick(ctx, l.Decider, l.DeciderEn), Decided: whenMinute(l.DecidedAt)}
	if !actor.CanAt(models.ActIdentityDecide, l.A.Place) || !actor.CanAt(models.ActIdentityDecide, l.B.Place) {
		return p
	}
	for _, d := range []struct{ decision, key, icon string }{{models.IdentityYes, "y", "check"}, {models.IdentityNo, "n", "ban"}, {models.IdentityUnsure, "u", "clock"}} {
		if d.decision != l.State {
			p.Acts = append(p.Acts, views.IdentityAct{Label: i18n.T(ctx, "identity.act."+d.decision), URL: "/identities/" + l.Ref + "/" + d.decision, Key: d.key, Icon: d.icon, Primary: d.decision == models.IdentityYes})
		}
	}
	if l.State != models.IdentityOpen {
		p.Acts = append(p.Acts, views.IdentityAct{Label: i18n.T(ctx, "act.undo"), URL: "/identities/" + l.Ref + "/" + models.IdentityOpen, Key: "z", Icon: "refresh"})
	}
	return p
}

func identitySide(ctx context.Context, actor models.Actor, s models.Subject) views.IdentitySide {
	side := views.IdentitySide{Name: subjectLabel(ctx, s), Kind: i18n.T(ctx, "identity.kind."+string(s.Kind)), Code: partyCode(s.Kind, s.Key), Place: placeName(ctx, s.DivisionCode)}
	switch {
	case s.Kind == models.KindCompany && actor.Can(models.ActCompanyRead):
		side.URL = "/companies/" + url.PathEscape(s.Key)
	case s.Kind == models.KindPerson && s.Ref != nil && actor.CanAt(models.ActPersonRead, s.Place):
		side.URL = "/persons/" + *s.Ref
	}
	return side
}

type identityForm struct {
	Note    string `form:"note"`
	Version string `form:"version"`
}

// identityAct decides a proposal and goes on to the next open one; an undo comes back to it.
func (a *App) identityAct(c *gin.Context) error {
	var f identityForm
	if err := bind(c, &f); err != nil {
		return err
	}
	ctx, actor, ref, decision := a.Context(c), ActorOf(c), c.Param("ref"), c.Param("decision")
	err := a.Store.DecideIdentity(ctx, actor, ref, decision, models.IdentityInput{Note: f.Note, Version: readVersion(f.Version)})
	if wrong, ok := wrongFields(err); ok {
		return a.showIdentity(c, f, wrong)
	}
	if err != nil {
		return err
	}
	if decision == models.IdentityOpen {
		return a.done(c, "/identities/"+ref, i18n.T(ctx, "identity.done.open"), "")
	}
	next, err := a.Store.NextIdentity(ctx, actor)
	if err != nil {
		return err
	}
	to := "/identities"
	if next != "" {
		to += "/" + next
	}
	return a.done(c, to, i18n.T(ctx, "identity.done."+decision), "/identities/"+ref+"/"+models.IdentityOpen)
}
