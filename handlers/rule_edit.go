package handlers

import (
	"context"
	"maps"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"xiezhi/detect"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/views"
)

// ruleEdit opens the editor on a version: what is saved becomes a further one.
func (a *App) ruleEdit(c *gin.Context) error {
	ctx := a.Context(c)
	base, err := a.Desk.RulesOf(ctx, c.Param("number"))
	if err != nil {
		return err
	}
	return a.showEditor(c, http.StatusOK, ruleDraft{base: base})
}

// ruleDraft is what the editor holds: the version it started from and what was typed over it.
type ruleDraft struct {
	base    detect.Rules
	changed detect.Rules
	typed   map[string]string
	wrong   map[string]string
	removed []string
	trial   *views.RuleTrial
}

type ruleEditForm struct {
	Do        string   `form:"do"`
	Note      string   `form:"note"`
	Company   string   `form:"company"`
	Remove    []string `form:"remove"`
	Kind      string   `form:"add.kind"`
	Code      string   `form:"add.code"`
	NameZh    string   `form:"add.name_zh"`
	NameEn    string   `form:"add.name_en"`
	When      string   `form:"add.when"`
	Level     string   `form:"add.level"`
	Dimension string   `form:"add.dimension"`
	Points    string   `form:"add.points"`
}

// readDraft reads the editor's form: fields under their paths, beside those of the form struct.
func (a *App) readDraft(c *gin.Context) (ruleDraft, ruleEditForm, error) {
	var f ruleEditForm
	if err := bind(c, &f); err != nil {
		return ruleDraft{}, f, err
	}
	ctx := a.Context(c)
	d := ruleDraft{typed: map[string]string{}}
	var err error
	if d.base, err = a.Desk.RulesOf(ctx, c.Param("number")); err != nil {
		return d, f, err
	}
	for name, values := range c.Request.PostForm {
		if len(values) > 0 && name != "token" {
			d.typed[name] = values[0]
		}
	}
	var problems detect.Problems
	d.changed, problems = d.base.Change(d.typed, f.Remove, detect.Addition{Kind: f.Kind, Code: f.Code, NameZh: f.NameZh, NameEn: f.NameEn, When: f.When,
		Level: detect.Level(f.Level), Dimension: f.Dimension, Points: f.Points})
	d.wrong, d.removed = problemTexts(ctx, problems), f.Remove
	d.added(f)
	return d, f, nil
}

// added moves what is wrong with the entry that is being added to the fields in which it is typed.
func (d *ruleDraft) added(f ruleEditForm) {
	part := map[string]string{"trigger": "triggers.", "lift": "lifts.", "indicator": "indicators."}[f.Kind]
	if part == "" || f.Code == "" && f.When == "" {
		return
	}
	prefix := part + strings.TrimSpace(f.Code)
	for field, text := range maps.Clone(d.wrong) {
		leaf, ok := strings.CutPrefix(field, prefix)
		if !ok || leaf != "" && leaf[0] != '.' {
			continue
		}
		name := "add.code"
		if leaf != "" && leaf != ".indicator" {
			name = "add" + leaf
		} else if leaf == ".indicator" {
			name = "add.when"
		}
		if d.wrong[name] == "" || leaf == ".when" {
			d.wrong[name] = text
		}
	}
}

// ruleCheck answers what is wrong while somebody types.
func (a *App) ruleCheck(c *gin.Context) error {
	d, _, err := a.readDraft(c)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, gin.H{"wrong": d.wrong})
	return nil
}

// ruleSave does what the button of the editor says: check, try on a company, or save as a further version.
func (a *App) ruleSave(c *gin.Context) error {
	d, f, err := a.readDraft(c)
	if err != nil {
		return err
	}
	ctx, actor := a.Context(c), ActorOf(c)
	if len(d.wrong) > 0 {
		return a.showEditor(c, http.StatusUnprocessableEntity, d)
	}
	switch f.Do {
	case "try":
		trial, err := a.tryRules(ctx, actor, d, strings.TrimSpace(f.Company))
		if err != nil && models.KindOf(err) != models.KindNotFound {
			return err
		}
		if err != nil {
			d.wrong["company"] = i18n.T(ctx, "rule.wrong.company")
			return a.showEditor(c, http.StatusUnprocessableEntity, d)
		}
		d.trial = trial
		return a.showEditor(c, http.StatusOK, d)
	case "save":
		v, err := a.Desk.SaveRules(ctx, actor, d.changed, c.Param("number"), f.Note)
		if wrong, ok := wrongFields(err); ok {
			for field, key := range wrong {
				d.wrong[field] = i18n.T(ctx, key)
			}
			return a.showEditor(c, http.StatusUnprocessableEntity, d)
		}
		if err != nil {
			return err
		}
		return a.done(c, "/rules/"+v.Number, i18n.T(ctx, "rule.done.save", "number", v.Number), "")
	default:
		d.trial = nil
		return a.showEditor(c, http.StatusOK, d)
	}
}

func (a *App) showEditor(c *gin.Context, status int, d ruleDraft) error {
	ctx := a.Context(c)
	number := c.Param("number")
	frame, err := a.frame(c, i18n.T(ctx, "rule.edit_title", "number", number))
	if err != nil {
		return err
	}
	p := views.RuleEditPage{Frame: frame, URL: "/rules/" + number + "/edit", CheckURL: "/rules/" + number + "/check", Base: number, Groups: newRuleGroups(ctx, d),
		Wrong: d.wrong, Typed: d.typed, Trial: d.trial, Checked: status == http.StatusOK && d.typed != nil && d.trial == nil}
	p.Kinds = append(p.Kinds, option("trigger", i18n.T(ctx, "rule.add.trigger"), d.typed["add.kind"] == "trigger"), option("lift", i18n.T(ctx, "rule.add.lift"), d.typed["add.kind"] == "lift"),
		option("indicator", i18n.T(ctx, "rule.add.indicator"), d.typed["add.kind"] == "indicator"))
	p.Levels = levelOptions(ctx, d.typed["add.level"])
	for _, dim := range d.base.Dimensions {
		p.Dimensions = append(p.Dimensions, option(dim.Code, i18n.T(ctx, "dimension."+dim.Code), d.typed["add.dimension"] == dim.Code))
	}
	for _, ind := range d.base.Indicators {
		p.Names = append(p.Names, views.Pair{Name: strings.ReplaceAll(ind.Code, "-", "_"), Value: ruleEntry(ctx, d.base, "indicators", ind.Code)})
	}
	return a.render(c, status, views.RuleEdit(p))
}

// tryRules assesses one company by the version the editor started from and by what was typed, on what is known now.
func (a *App) tryRules(ctx context.Context, actor models.Actor, d ruleDraft, company string) (*views.RuleTrial, error) {
	sub, facts, err := a.Store.Company(ctx, actor, company, models.AsOf{})
	if err != nil {
		return nil, err
	}
	now := a.Store.Now()
	peers, err := a.Desk.PeersAt(ctx, now)
	if err != nil {
		return nil, err
	}
	before, after := detect.Assess(*facts, peers, d.base, now), detect.Assess(*facts, peers, d.changed, now)
	t := &views.RuleTrial{Name: subjectName(sub.Name, sub.Key), URL: "/companies/" + sub.Key, Before: newRuleSide(ctx, before), After: newRuleSide(ctx, after)}
	for _, dim := range d.base.Dimensions {
		row := views.RuleTrialRow{Name: i18n.T(ctx, "dimension."+dim.Code), Before: i18n.Decimal(ctx, pointsOf(before, dim.Code), 1), After: i18n.Decimal(ctx, pointsOf(after, dim.Code), 1)}
		row.Same = row.Before == row.After
		t.Rows = append(t.Rows, row)
	}
	before.RuleVersion = d.base.Version
	t.Changes = changeTexts(ctx, before, after)
	return t, nil
}

func newRuleSide(ctx context.Context, as detect.Assessment) views.RuleSide {
	s := views.RuleSide{Level: string(as.Level), Index: i18n.Index(ctx, as.Index), Area: i18n.T(ctx, "area."+as.Area)}
	if as.Trigger != nil {
		s.Trigger = triggerName(ctx, *as.Trigger)
	}
	return s
}

func pointsOf(as detect.Assessment, dimension string) float64 {
	for _, d := range as.Dimensions {
		if d.Code == dimension {
			return d.Points
		}
	}
	return 0
}
