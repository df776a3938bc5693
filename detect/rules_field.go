package detect

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"xiezhi/detect/money"
)

// FieldKind says how a field of a rule version is written.
type FieldKind string

// The kinds of fields.
const (
	FieldNumber    FieldKind = "number"
	FieldWhole     FieldKind = "whole"
	FieldText      FieldKind = "text"
	FieldLevel     FieldKind = "level"
	FieldCondition FieldKind = "condition"
	FieldDocument  FieldKind = "document"
)

// Field is one value of a rule version that people may change. Path is its name, the one that a Problem has; its first word says
// the part of the rules, the second which entry.
type Field struct {
	Path  string
	Kind  FieldKind
	Value string
}

// Part gives the first word of the path, and Entry the second.
func (f Field) Part() string { part, _, _ := strings.Cut(f.Path, "."); return part }

// Entry gives the second word of the path, empty where there is none.
func (f Field) Entry() string {
	if words := strings.SplitN(f.Path, ".", 3); len(words) > 1 {
		return words[1]
	}
	return ""
}

// Leaf gives what follows the entry, empty where there is nothing.
func (f Field) Leaf() string {
	if words := strings.SplitN(f.Path, ".", 3); len(words) > 2 {
		return words[2]
	}
	return ""
}

// binding is a field with the way to set it; set answers a message key where the text is no value.
type binding struct {
	Field
	set func(text string) string
}

// binder collects the fields of a version.
type binder struct{ list []binding }

func (b *binder) number(path string, at *float64) {
	b.list = append(b.list, binding{Field{path, FieldNumber, plain(*at)}, func(text string) string {
		v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if err != nil || v != v || v > 1e15 || v < -1e15 {
			return "rules.wrong.number"
		}
		*at = v
		return ""
	}})
}

func (b *binder) whole(path string, at *int) {
	b.list = append(b.list, binding{Field{path, FieldWhole, strconv.Itoa(*at)}, func(text string) string {
		v, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			return "rules.wrong.number"
		}
		*at = v
		return ""
	}})
}

func (b *binder) text(path string, kind FieldKind, at *string) {
	b.list = append(b.list, binding{Field{path, kind, *at}, func(text string) string {
		*at = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
		return ""
	}})
}

func (b *binder) level(path string, at *Level) {
	b.list = append(b.list, binding{Field{path, FieldLevel, string(*at)}, func(text string) string {
		*at = Level(strings.TrimSpace(text))
		return ""
	}})
}

// bindings lists every field of the rules in the order of the document.
func (r *Rules) bindings() []binding {
	b := &binder{}
	b.number("bands.red", &r.Bands.Red)
	b.number("bands.orange", &r.Bands.Orange)
	b.number("bands.yellow", &r.Bands.Yellow)
	b.number("bands.blue", &r.Bands.Blue)
	b.whole("evidence_cap.families", &r.EvidenceCap.Families)
	b.level("evidence_cap.level", &r.EvidenceCap.Level)
	b.whole("validity_days", &r.ValidityDays)
	b.whole("evidence_max", &r.EvidenceMax)
	for i := range r.Yield.Anchors {
		b.number(fmt.Sprintf("yield.anchors.%d.at", i), &r.Yield.Anchors[i].At)
		b.number(fmt.Sprintf("yield.anchors.%d.score", i), &r.Yield.Anchors[i].Score)
	}
	b.number("yield.full_at_lpr", &r.Yield.FullAtLPR)
	b.number("yield.guaranteed_bonus", &r.Yield.GuaranteedBonus)
	for i := range r.LPR.Rates {
		b.number("lpr."+string(r.LPR.Rates[i].From), &r.LPR.Rates[i].Rate)
	}
	for i := range r.Dimensions {
		d := &r.Dimensions[i]
		b.number("dimensions."+d.Code+".weight", &d.Weight)
		if d.Combine == "saturate" {
			b.number("dimensions."+d.Code+".k", &d.K)
		}
	}
	for i := range r.Areas {
		a := &r.Areas[i]
		for _, code := range slices.Sorted(maps.Keys(a.Weights)) {
			b.entry("areas."+a.Code+".weights."+code, a.Weights, code)
		}
	}
	for i := range r.Triggers {
		b.trigger(&r.Triggers[i])
	}
	for i := range r.Lifts {
		b.lift(&r.Lifts[i])
	}
	for i := range r.Indicators {
		b.indicator(&r.Indicators[i])
	}
	b.money(r)
	if r.Words != "" {
		b.list = append(b.list, binding{Field{"words", FieldDocument, r.Words}, func(text string) string {
			r.Words = strings.ReplaceAll(text, "\r\n", "\n")
			return ""
		}})
	}
	return b.list
}

// entry binds a value of a map.
func (b *binder) entry(path string, in map[string]float64, key string) {
	v := in[key]
	b.number(path, &v)
	inner := b.list[len(b.list)-1].set
	b.list[len(b.list)-1].set = func(text string) string {
		wrong := inner(text)
		in[key] = v
		return wrong
	}
}

func (b *binder) trigger(t *TriggerRule) {
	field := "triggers." + t.Code
	b.text(field+".when", FieldCondition, &t.When)
	if !slices.Contains(ownTriggers(), t.Code) {
		b.text(field+".name_zh", FieldText, &t.NameZh)
		b.text(field+".name_en", FieldText, &t.NameEn)
	}
}

func (b *binder) lift(l *LiftRule) {
	field := "lifts." + l.Code
	b.level(field+".level", &l.Level)
	b.text(field+".when", FieldCondition, &l.When)
	b.text(field+".name_zh", FieldText, &l.NameZh)
	b.text(field+".name_en", FieldText, &l.NameEn)
}

func (b *binder) indicator(ind *IndicatorRule) {
	field := "indicators." + ind.Code
	if ind.Measure == measureCondition {
		b.text(field+".when", FieldCondition, &ind.When)
		b.text(field+".name_zh", FieldText, &ind.NameZh)
		b.text(field+".name_en", FieldText, &ind.NameEn)
	}
	b.number(field+".points", &ind.Points)
	for _, name := range slices.Sorted(maps.Keys(ind.Params)) {
		b.entry(field+".params."+name, ind.Params, name)
	}
	for i := range ind.Bands {
		b.number(fmt.Sprintf("%s.bands.%d.from", field, i), &ind.Bands[i].From)
		b.number(fmt.Sprintf("%s.bands.%d.points", field, i), &ind.Bands[i].Points)
	}
}

// money binds the patterns of transfers as one document: they are read by those who know them.
func (b *binder) money(r *Rules) {
	text, err := yaml.Marshal(r.Money)
	if err != nil {
		return
	}
	b.list = append(b.list, binding{Field{"money", FieldDocument, string(text)}, func(text string) string {
		dec := yaml.NewDecoder(strings.NewReader(text))
		dec.KnownFields(true)
		var m money.Rules
		if err := dec.Decode(&m); err != nil {
			return "rules.wrong.form"
		}
		r.Money = &m
		return ""
	}})
}

// Fields lists every value that people may change, in the order of the document.
func (r *Rules) Fields() []Field {
	list := r.bindings()
	out := make([]Field, 0, len(list))
	for _, b := range list {
		out = append(out, b.Field)
	}
	return out
}

// Addition is a condition that somebody adds to the rules.
type Addition struct {
	Kind      string // trigger, lift, indicator
	Code      string
	NameZh    string
	NameEn    string
	When      string
	Level     Level
	Dimension string
	Points    string
}

// Change gives a copy of the rules in which fields have other values, entries are taken out and one is added, and all that is
// wrong with it. Fields that are not named stay; unknown names change nothing. What is wrong leaves the copy unprepared.
func (r Rules) Change(values map[string]string, remove []string, add Addition) (Rules, Problems) {
	var p Problems
	out, err := r.copy()
	if err != nil {
		p.add("body", "rules.wrong.form")
		return r, p
	}
	for _, b := range out.bindings() {
		text, given := values[b.Path]
		if !given || same(b.Field, text) {
			continue
		}
		if wrong := b.set(text); wrong != "" {
			p.add(b.Path, wrong)
		}
	}
	out.remove(remove)
	out.add(add, &p)
	if err := out.Prepare(); err != nil {
		more, ok := ProblemsOf(err)
		if !ok {
			p.add("body", "rules.wrong.form")
		}
		for _, m := range more {
			if !slices.ContainsFunc(p, func(x Problem) bool { return x.Field == m.Field }) {
				p = append(p, m)
			}
		}
	}
	return out, p
}

// same says whether a text is the value a field has: documents may come back with other line ends.
func same(f Field, text string) bool {
	clean := func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }
	return clean(f.Value) == clean(text)
}

// copy gives rules that share nothing with these.
func (r Rules) copy() (Rules, error) {
	text, err := r.Text()
	if err != nil {
		return r, err
	}
	var out Rules
	err = yaml.Unmarshal([]byte(text), &out)
	return out, err
}

// remove takes out lifts, and triggers and indicators that a version brought, by the path of their entry.
func (r *Rules) remove(paths []string) {
	gone := func(part, code string) bool { return slices.Contains(paths, part+"."+code) }
	r.Lifts = slices.DeleteFunc(r.Lifts, func(l LiftRule) bool { return gone("lifts", l.Code) })
	r.Triggers = slices.DeleteFunc(r.Triggers, func(t TriggerRule) bool {
		return gone("triggers", t.Code) && !slices.Contains(ownTriggers(), t.Code)
	})
	r.Indicators = slices.DeleteFunc(r.Indicators, func(i IndicatorRule) bool { return gone("indicators", i.Code) && i.Measure == measureCondition })
}

func (r *Rules) add(a Addition, p *Problems) {
	a.Code, a.When = strings.TrimSpace(a.Code), strings.TrimSpace(a.When)
	if a.Code == "" && a.When == "" {
		return
	}
	zh, en := strings.TrimSpace(a.NameZh), strings.TrimSpace(a.NameEn)
	switch a.Kind {
	case "lift":
		r.Lifts = append(r.Lifts, LiftRule{Code: a.Code, Level: a.Level, When: a.When, NameZh: zh, NameEn: en})
	case "trigger":
		r.Triggers = append(r.Triggers, TriggerRule{Code: a.Code, Indicator: r.firstNamed(a.When), When: a.When, NameZh: zh, NameEn: en})
	case "indicator":
		points, err := strconv.ParseFloat(strings.TrimSpace(a.Points), 64)
		if err != nil {
			p.add("indicators."+a.Code+".points", "rules.wrong.number")
		}
		r.Indicators = append(r.Indicators, IndicatorRule{Code: a.Code, Measure: measureCondition, Dimension: a.Dimension, Severity: "medium", Points: points, Element: ElementIllegality,
			Article: "737.2", Benign: "sales_talk", When: a.When, NameZh: zh, NameEn: en})
	default:
		p.add("add.kind", "rules.wrong.when")
	}
}

// firstNamed gives the first indicator whose name stands in a condition.
func (r *Rules) firstNamed(when string) string {
	at, code := len(when)+1, ""
	for _, ind := range r.Indicators {
		if i := strings.Index(when, variableOf(ind.Code)); i >= 0 && i < at {
			at, code = i, ind.Code
		}
	}
	return code
}

// FieldChange is a field that two versions have differently; Old or New is empty where the version has no such field.
type FieldChange struct {
	Field
	Old, New string
}

// Differences lists the fields that differ from one version to another, in their order.
func Differences(from, to Rules) []FieldChange {
	var list []FieldChange
	before := map[string]Field{}
	for _, f := range from.Fields() {
		before[f.Path] = f
	}
	for _, f := range to.Fields() {
		old, known := before[f.Path]
		delete(before, f.Path)
		if !known || old.Value != f.Value {
			list = append(list, FieldChange{Field: f, Old: old.Value, New: f.Value})
		}
	}
	for _, f := range from.Fields() {
		if _, gone := before[f.Path]; gone {
			list = append(list, FieldChange{Field: f, Old: f.Value})
		}
	}
	return list
}

// NameOf gives the names that a rule version itself has for an entry: of a lift, or of what it brought.
func (r *Rules) NameOf(part, code string) (zh, en string, ok bool) {
	for _, l := range r.Lifts {
		if part == "lifts" && l.Code == code {
			return l.NameZh, l.NameEn, true
		}
	}
	for _, t := range r.Triggers {
		if part == "triggers" && t.Code == code && t.NameZh != "" {
			return t.NameZh, t.NameEn, true
		}
	}
	for _, i := range r.Indicators {
		if part == "indicators" && i.Code == code && i.Measure == measureCondition {
			return i.NameZh, i.NameEn, true
		}
	}
	return "", "", false
}

// Removable says whether an entry may be taken out of the rules.
func (r *Rules) Removable(part, code string) bool {
	_, _, own := r.NameOf(part, code)
	return own
}
