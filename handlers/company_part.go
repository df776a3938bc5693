package handlers

import (
	"context"
	"slices"
	"strings"

	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/reference"
	"xiezhi/views"
)

// newProducts lists the products as last observed, newest first.
func newProducts(ctx context.Context, f companyFile) []views.ProductItem {
	newest := map[string]models.Fact[models.ProductRow]{}
	var order []string
	for _, p := range f.facts.Products {
		if _, ok := newest[p.Row.ID]; !ok {
			order = append(order, p.Row.ID)
		}
		newest[p.Row.ID] = p
	}
	var list []views.ProductItem
	for _, id := range slices.Backward(order) {
		p := newest[id]
		it := views.ProductItem{Name: p.Row.Name, Area: i18n.T(ctx, "area."+p.Row.Area), Yield: i18n.Unknown, Annual: i18n.Unknown, Times: i18n.Unknown,
			Investors: i18n.Count(ctx, p.Row.Investors), Raised: i18n.Money(ctx, p.Row.RaisedFen), Guaranteed: i18n.Unknown, Text: cut(p.Row.Text, 160),
			Source: sourceName(ctx, p.Source), At: when(p.ObservedAt)}
		if p.Row.PromisedYield != nil {
			per := map[string]float64{"day": 365, "week": 52, "month": 12, "year": 1}[p.Row.YieldPeriod]
			it.Yield = i18n.Percent(ctx, *p.Row.PromisedYield)
			if per > 0 {
				annual := *p.Row.PromisedYield * per
				it.Yield += " " + i18n.T(ctx, "unit.per_"+p.Row.YieldPeriod)
				it.Annual = i18n.Percent(ctx, annual)
				it.Times = i18n.Decimal(ctx, annual/f.rules.LPRAt(p.ObservedAt), 1)
			}
		}
		if p.Row.Guaranteed != nil {
			it.Guaranteed = i18n.T(ctx, "bool."+map[bool]string{true: "yes", false: "no"}[*p.Row.Guaranteed])
		}
		list = append(list, it)
	}
	return list
}

func cut(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n]) + "…"
}

// newRelations lists the relations; a subject outside the reader's scope is there, without its name.
func newRelations(ctx context.Context, actor models.Actor, f companyFile) []views.RelationItem {
	self := f.sub.Written().String()
	var list []views.RelationItem
	seen := map[string]bool{}
	for _, r := range slices.Backward(f.facts.Relations) {
		key := r.Row.From + "|" + r.Row.To + "|" + r.Row.Kind + "|" + string(r.Row.SinceOn)
		if seen[key] {
			continue
		}
		seen[key] = true
		other, out := r.Row.To, true
		if other == self {
			other, out = r.Row.From, false
		}
		it := views.RelationItem{Kind: i18n.T(ctx, "relation."+r.Row.Kind), Outgoing: out, Since: orUnknown(string(r.Row.SinceOn)), Until: orUnknown(string(r.Row.UntilOn)), Ratio: i18n.Unknown, Source: sourceName(ctx, r.Source)}
		if r.Row.Ratio != nil {
			it.Ratio = i18n.Percent(ctx, *r.Row.Ratio)
		}
		it.Other, it.URL = otherName(ctx, actor, f.names, other)
		list = append(list, it)
	}
	return list
}

// otherName names the other end of a relation: masked for persons, hidden outside the scope.
func otherName(ctx context.Context, actor models.Actor, names map[models.SubjectRef]models.Subject, written string) (name, link string) {
	kind, id, _ := strings.Cut(written, ":")
	sub, ok := names[models.SubjectRef{Kind: models.SubjectKind(kind), ID: id}]
	if !ok {
		return i18n.T(ctx, "company.outside"), ""
	}
	switch sub.Kind {
	case models.KindPerson:
		return reference.MaskName(sub.Name), personURL(actor, models.ActPersonRead, "/persons/", sub)
	case models.KindAccount:
		return reference.MaskAccount(sub.Key), personURL(actor, models.ActAccountRead, "/accounts/", sub)
	case models.KindCompany:
		return subjectName(sub.Name, sub.Key), "/companies/" + sub.Key
	default:
		return subjectName(sub.Name, sub.Key), ""
	}
}

// personURL leads from a subject in sight to its page, and is empty for those who may not read it there.
func personURL(actor models.Actor, action models.Action, noun string, sub models.Subject) string {
	if sub.Ref == nil || !readsInSight(actor, action, sub.Place) {
		return ""
	}
	return noun + *sub.Ref
}

// readsInSight says whether the actor may read a subject in sight by an action: where it lies in a place of his, that place decides; one
// that lies elsewhere is in sight by a case of his department, which opens whatever he may read at all.
func readsInSight(actor models.Actor, action models.Action, p models.Place) bool {
	return actor.CanAt(action, p) || actor.Can(action) && !actor.CanAt(models.ActCompanyRead, p)
}

func newSignals(ctx context.Context, f companyFile) []views.SignalItem {
	var list []views.SignalItem
	for _, s := range slices.Backward(f.facts.Signals) {
		list = append(list, views.SignalItem{At: when(s.Row.At), Kind: i18n.T(ctx, "signal."+s.Row.Kind), Text: cut(s.Row.Text, 400), Count: i18n.Count(ctx, s.Row.Count),
			Amount: i18n.Money(ctx, s.Row.AmountFen), Source: sourceName(ctx, s.Source), Hash: s.Hash})
	}
	return list
}

func newLicences(ctx context.Context, f companyFile) []views.LicenceItem {
	today := f.asOf
	var list []views.LicenceItem
	for _, l := range f.facts.Licences {
		state := "valid"
		if l.Row.ValidUntil != "" && !today.IsZero() && string(l.Row.ValidUntil) < i18n.Day(today.Time()) {
			state = "expired"
		}
		list = append(list, views.LicenceItem{Kind: i18n.T(ctx, "licence."+l.Row.Kind), Number: l.Row.Number, By: l.Row.IssuedBy, From: string(l.Row.ValidFrom), Until: orUnknown(string(l.Row.ValidUntil)),
			State: i18n.T(ctx, "licence.state."+state), Source: sourceName(ctx, l.Source)})
	}
	return list
}

// newHistory lists every fact with its provenance, newest first.
func newHistory(ctx context.Context, f companyFile) []views.HistoryItem {
	var list []views.HistoryItem
	add := func(table models.Table, p models.Provenance, text string) {
		list = append(list, views.HistoryItem{Observed: when(p.ObservedAt), Recorded: whenMinute(p.RecordedAt), Table: i18n.T(ctx, "table."+string(table)), Source: sourceName(ctx, p.Source),
			Batch: p.BatchRef, Hash: p.Hash[:min(12, len(p.Hash))], URL: factURL(p), Text: text})
	}
	for _, r := range f.facts.Registry {
		add(models.TableCompanies, r.Provenance, r.Row.Name)
	}
	for _, r := range f.facts.Licences {
		add(models.TableLicences, r.Provenance, i18n.T(ctx, "licence."+r.Row.Kind)+" "+r.Row.Number)
	}
	for _, r := range f.facts.Products {
		text := r.Row.Name
		if r.Row.PromisedYield != nil {
			text += " " + i18n.Percent(ctx, *r.Row.PromisedYield)
		}
		add(models.TableProducts, r.Provenance, text)
	}
	for _, r := range f.facts.Signals {
		add(models.TableSignals, r.Provenance, i18n.T(ctx, "signal."+r.Row.Kind)+" "+cut(r.Row.Text, 80))
	}
	for _, r := range f.facts.Relations {
		add(models.TableRelations, r.Provenance, i18n.T(ctx, "relation."+r.Row.Kind))
	}
	slices.SortStableFunc(list, func(a, b views.HistoryItem) int { return strings.Compare(b.Observed.Machine, a.Observed.Machine) })
	return list
}

// newConflicts lists the columns of the registry on which sources contradict each other, with what counts first.
func newConflicts(ctx context.Context, f companyFile) []views.ConflictRow {
	var rows []views.ConflictRow
	for _, c := range f.facts.Registered().Conflicts {
		row := views.ConflictRow{Column: columnName(ctx, c.Column)}
		for i, k := range c.Claims {
			value := columnText(ctx, models.TableCompanies, models.ColumnValue{Column: c.Column, Value: k.Value})
			row.Claims = append(row.Claims, views.ClaimItem{Value: value, Source: sourceName(ctx, k.Source), URL: factURL(k.Provenance), At: when(k.ObservedAt), Counts: i == 0})
		}
		rows = append(rows, row)
	}
	return rows
}
