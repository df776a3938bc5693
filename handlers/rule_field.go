package handlers

import (
	"context"
	"slices"
	"strings"

	"xiezhi/detect"
	"xiezhi/i18n"
	"xiezhi/views"
	"xiezhi/views/ui"
)

func option(value, label string, chosen bool) ui.Option {
	return ui.Option{Value: value, Label: label, Chosen: chosen}
}

// ruleEntry names an entry of the rules as people know it.
func ruleEntry(ctx context.Context, r detect.Rules, part, entry string) string {
	if zh, en, ok := r.NameOf(part, entry); ok {
		return i18n.Pick(ctx, zh, en)
	}
	key := map[string]string{"dimensions": "dimension." + entry, "areas": "area." + entry, "triggers": "trigger." + entry, "indicators": "indicator." + entry + ".name"}[part]
	if key != "" && i18n.Has(ctx, key) {
		return i18n.T(ctx, key)
	}
	return i18n.T(ctx, "rule.part."+part)
}

// ruleLabel words a field within its entry.
func ruleLabel(ctx context.Context, f detect.Field) string {
	words := strings.Split(f.Path, ".")
	last := words[len(words)-1]
	switch {
	case f.Part() == "bands":
		return i18n.T(ctx, "rule.field.from", "level", i18n.T(ctx, "level."+last))
	case f.Path == "evidence_cap.level":
		return i18n.T(ctx, "rule.field.cap_level")
	case f.Part() == "lpr":
		return i18n.T(ctx, "rule.field.lpr", "date", last)
	case f.Part() == "areas":
		return i18n.T(ctx, "dimension."+last)
	case len(words) == 4 && (words[1] == "anchors" || words[2] == "bands"):
		return i18n.T(ctx, "rule.field."+last)
	case len(words) == 5:
		return i18n.T(ctx, "rule.field.band_"+last)
	}
	return i18n.T(ctx, "rule.field."+last)
}

// ruleValue writes a value for reading.
func ruleValue(ctx context.Context, f detect.Field, value string) string {
	switch {
	case value == "":
		return i18n.Unknown
	case f.Kind == detect.FieldLevel:
		return i18n.T(ctx, "level."+value)
	}
	return value
}

// newRuleGroups lays the fields of a version out by part, with what was typed and what is wrong.
func newRuleGroups(ctx context.Context, d ruleDraft) []views.RuleGroup {
	r := d.base
	var groups []views.RuleGroup
	for _, f := range r.Fields() {
		part := map[string]string{"evidence_cap": "bands", "validity_days": "bands", "evidence_max": "bands", "lifts": "triggers"}[f.Part()]
		if part == "" {
			part = f.Part()
		}
		if len(groups) == 0 || groups[len(groups)-1].ID != part {
			groups = append(groups, views.RuleGroup{ID: part, Title: i18n.T(ctx, "rule.part."+part), Hint: i18n.T(ctx, "rule.hint."+part)})
		}
		g := &groups[len(groups)-1]
		entry := f.Entry()
		switch f.Part() {
		case "bands", "evidence_cap", "validity_days", "evidence_max", "yield", "lpr", "money":
			entry = ""
		}
		key := f.Part() + "." + entry
		if len(g.Rows) == 0 || entry != "" && g.Rows[len(g.Rows)-1].Key != key {
			row := views.RuleEntryRow{Key: key, Code: entry}
			if entry != "" {
				row.Name, row.Removable, row.Removed = ruleEntry(ctx, r, f.Part(), entry), r.Removable(f.Part(), entry), slices.Contains(d.removed, key)
			}
			g.Rows = append(g.Rows, row)
		}
		field := views.RuleField{Name: f.Path, Label: ruleLabel(ctx, f), Value: f.Value, Kind: string(f.Kind), Wrong: d.wrong[f.Path], ID: "f-" + strings.ReplaceAll(f.Path, ".", "-")}
		if v, ok := d.typed[f.Path]; ok {
			field.Value = v
		}
		if f.Kind == detect.FieldLevel {
			field.Options = levelOptions(ctx, field.Value)
		}
		g.Open = g.Open || field.Wrong != ""
		row := &g.Rows[len(g.Rows)-1]
		row.Fields = append(row.Fields, field)
	}
	return groups
}

func levelOptions(ctx context.Context, chosen string) []ui.Option {
	var list []ui.Option
	for _, l := range []string{"red", "orange", "yellow", "blue"} {
		list = append(list, option(l, i18n.T(ctx, "level."+l), l == chosen))
	}
	return list
}

// problemTexts words what is wrong, by field: the first problem of each field, with its place in a condition.
func problemTexts(ctx context.Context, list detect.Problems) map[string]string {
	out := map[string]string{}
	for _, p := range list {
		if out[p.Field] != "" {
			continue
		}
		text := i18n.T(ctx, p.Key, argPairs(p.Args)...)
		if p.Line > 0 {
			text = i18n.T(ctx, "rule.at", "line", i18n.Integer(ctx, int64(p.Line)), "column", i18n.Integer(ctx, int64(p.Column)), "text", text)
		}
		out[p.Field] = text
	}
	return out
}

// triggerName names a hard trigger: by the program's words, else by those that the rule version brought.
func triggerName(ctx context.Context, t detect.Trigger) string {
	if t.NameZh != "" {
		return i18n.Pick(ctx, t.NameZh, t.NameEn)
	}
	return codeName(ctx, "trigger."+t.Code, t.Code)
}

// codeName words a code, or shows it where a rule version brought it.
func codeName(ctx context.Context, key, code string) string {
	if i18n.Has(ctx, key) {
		return i18n.T(ctx, key)
	}
	return code
}
