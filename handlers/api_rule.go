package handlers

import (
	"github.com/gin-gonic/gin"
	"xiezhi/models"
)

// ruleJSON is a rule version; Body is its whole text where one version is asked for.
type ruleJSON struct {
	Number       string         `json:"number"`
	State        string         `json:"state"`
	SHA256       string         `json:"sha256"`
	Base         string         `json:"base"`
	Author       string         `json:"author"`
	Approver     string         `json:"approver"`
	Second       string         `json:"second"`
	Note         string         `json:"note"`
	CreatedAt    models.Instant `json:"created_at"`
	InForceAt    models.Instant `json:"in_force_at"`
	SupersededAt models.Instant `json:"superseded_at"`
	Version      int64          `json:"version"`
	Body         string         `json:"body,omitempty"`
	Replays      []string       `json:"replays,omitempty"`
}

func newRuleJSON(v models.RuleVersion) ruleJSON {
	return ruleJSON{Number: v.Number, State: string(v.State), SHA256: v.SHA256, Base: v.Base, Author: v.Author, Approver: v.Approver, Second: v.Second, Note: v.Note,
		CreatedAt: v.CreatedAt, InForceAt: v.InForceAt, SupersededAt: v.SupersededAt, Version: v.Version}
}

// apiRules lists the rule versions, newest first, without their texts.
func (a *App) apiRules(c *gin.Context) error {
	list, err := a.Store.RuleVersions(c.Request.Context(), ActorOf(c))
	if err != nil {
		return err
	}
	out := make([]ruleJSON, 0, len(list))
	for _, v := range list {
		out = append(out, newRuleJSON(v))
	}
	return a.json(c, items(out, ""))
}

// apiRule gives one rule version with its text and the replays it stands on.
func (a *App) apiRule(c *gin.Context) error {
	ctx := c.Request.Context()
	v, _, err := a.Store.RuleVersion(ctx, ActorOf(c), c.Param("number"))
	if err != nil {
		return err
	}
	replays, err := a.Store.ReplaysOf(ctx, ActorOf(c), v.Number)
	if err != nil {
		return err
	}
	out := newRuleJSON(v)
	out.Body = v.Body
	for _, rp := range replays {
		out.Replays = append(out.Replays, rp.Ref)
	}
	return a.json(c, out)
}

// apiReplay gives what a replay found in the caller's scope.
func (a *App) apiReplay(c *gin.Context) error {
	ctx, actor := c.Request.Context(), ActorOf(c)
	rp, err := a.Store.ReplayByRef(ctx, c.Param("replay"))
	if err != nil {
		return err
	}
	rep, err := a.Desk.ReplayReport(ctx, actor, rp, apiReplayCompanies)
	if err != nil {
		return err
	}
	return a.json(c, gin.H{"state": rp.State, "report": rep})
}

// apiReplayCompanies is how many of the companies behind the numbers the API lists.
const apiReplayCompanies = 1000
