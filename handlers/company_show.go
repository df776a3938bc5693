package handlers

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
	"xiezhi/detect"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/reference"
	"xiezhi/views"
)

// companyFile is everything the profile of a company shows.
type companyFile struct {
	sub    models.Subject
	facts  *models.CompanyFacts
	as     detect.Assessment
	stored []models.Assessment
	alerts []models.AlertLine
	names  map[models.SubjectRef]models.Subject
	money  []models.Subject // its accounts
	asOf   models.Instant
	rules  detect.Rules
	more   argumentMore
}

func (a *App) companyShow(c *gin.Context) error {
	ctx, actor := a.Context(c), ActorOf(c)
	asOf, wrong := readMoment(c.Query("as_of"))
	file, err := a.companyFile(ctx, actor, c.Param("id"), asOf)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, subjectName(file.sub.Name, file.sub.Key))
	if err != nil {
		return err
	}
	p := newCompanyShowPage(ctx, actor, file, c.Query("tab"))
	p.Frame, p.AsOf = frame, c.Query("as_of")
	status := http.StatusOK
	if wrong != nil {
		p.AsOfWrong, status = "error.moment", http.StatusUnprocessableEntity
	}
	return a.render(c, status, views.CompanyShow(p))
}

// companyFile gathers the profile as of a moment; the zero moment is now. Level and index of the past are computed anew from what
// was known then.
func (a *App) companyFile(ctx context.Context, actor models.Actor, id string, asOf models.Instant) (companyFile, error) {
	f := companyFile{asOf: asOf}
	bounds := models.AsOf{}
	if !asOf.IsZero() {
		bounds = models.AsOf{RecordedBy: asOf, ObservedBy: asOf}
	}
	var err error
	if f.rules, err = a.rulesAt(ctx, asOf); err != nil {
		return f, err
	}
	if f.sub, f.facts, err = a.Store.Company(ctx, actor, id, bounds); err != nil {
		return f, err
	}
	if f.stored, err = a.Store.Assessments(ctx, f.sub.ID); err != nil {
		return f, err
	}
	if asOf.IsZero() {
		row, err := a.Store.AssessmentByID(ctx, f.sub.AssessmentID)
		if err != nil {
			return f, err
		}
		if f.as, err = readAssessment(row); err != nil {
			return f, err
		}
	} else {
		peers, err := a.Desk.PeersAt(ctx, asOf)
		if err != nil {
			return f, err
		}
		f.as = detect.Assess(*f.facts, peers, f.rules, asOf)
	}
	if f.more, err = a.argumentMore(ctx, f.as, ""); err != nil {
		return f, err
	}
	if f.alerts, err = a.Store.AlertsOf(ctx, actor, f.sub.ID); err != nil {
		return f, err
	}
	f.forget()
	if f.names, err = a.Store.Names(ctx, actor.Sight(models.ActCompanyRead), relatedSubjects(f.facts)); err != nil {
		return f, err
	}
	f.money, err = a.Store.AccountsOf(ctx, actor, f.sub.ID)
	return f, err
}

// rulesAt gives the rules in force at a moment; the zero moment is now.
func (a *App) rulesAt(ctx context.Context, asOf models.Instant) (detect.Rules, error) {
	if asOf.IsZero() {
		return a.Desk.RulesNow(ctx)
	}
	return a.Desk.RulesAt(ctx, asOf)
}

// forget drops what was recorded after the moment that is looked back to: later evaluations, alerts and names.
func (f *companyFile) forget() {
	if f.asOf.IsZero() {
		return
	}
	f.stored = slices.DeleteFunc(f.stored, func(s models.Assessment) bool { return s.RecordedAt.After(f.asOf) })
	f.alerts = slices.DeleteFunc(f.alerts, func(al models.AlertLine) bool { return al.RaisedAt.After(f.asOf) })
	f.sub.Name = f.facts.Registered().Name
}

func relatedSubjects(facts *models.CompanyFacts) []models.SubjectRef {
	var refs []models.SubjectRef
	for _, r := range facts.Relations {
		for _, end := range []string{r.Row.From, r.Row.To} {
			if kind, id, ok := strings.Cut(end, ":"); ok {
				refs = append(refs, models.SubjectRef{Kind: models.SubjectKind(kind), ID: id})
			}
		}
	}
	return refs
}

var companyTabs = []string{"overview", "products", "relations", "money", "signals", "licences", "cases", "history"}

func newCompanyShowPage(ctx context.Context, actor models.Actor, f companyFile, tab string) views.CompanyShowPage {
	p := views.CompanyShowPage{Key: f.sub.Key, Name: subjectName(f.sub.Name, f.sub.Key), Level: f.sub.Level, Stub: f.sub.Stub, Tab: "overview",
		Index: newIndexChart(ctx, f.as), Parts: newArgument(ctx, f.as, f.more), Trend: newTrend(ctx, f.stored)}
	if !f.asOf.IsZero() {
		p.Level = string(f.as.Level)
		p.AsOfNote = i18n.T(ctx, "company.as_of_note", "at", i18n.Moment(f.asOf.Time()))
	}
	p.Products, p.Relations, p.Signals, p.Licences = newProducts(ctx, f), newRelations(ctx, actor, f), newSignals(ctx, f), newLicences(ctx, f)
	p.History, p.Conflicts = newHistory(ctx, f), newConflicts(ctx, f)
	p.GraphURL = "/graph?" + url.Values{"of": {f.sub.Written().String()}}.Encode()
	for _, acc := range f.money {
		p.Money = append(p.Money, views.SimilarRow{Name: reference.MaskAccount(acc.Key), URL: "/graph/money?" + url.Values{"account": {subjectAddress(acc)}}.Encode()})
	}
	for _, al := range f.alerts {
		p.Alerts = append(p.Alerts, newSimilarRow(ctx, al))
		if al.Open && p.AlertURL == "" {
			p.AlertURL = "/alerts/" + al.Ref
		}
	}
	counts := map[string]int{"products": len(p.Products), "relations": len(p.Relations), "money": len(p.Money), "signals": len(p.Signals), "licences": len(p.Licences), "cases": len(p.Alerts), "history": len(p.History)}
	for _, t := range companyTabs {
		v := url.Values{"tab": {t}}
		if !f.asOf.IsZero() {
			v.Set("as_of", f.asOf.String())
		}
		item := views.Tab{Label: i18n.T(ctx, "company.tab."+t), URL: "/companies/" + f.sub.Key + "?" + v.Encode(), Current: t == tab}
		if n, ok := counts[t]; ok {
			item.Count = i18n.Integer(ctx, int64(n))
		}
		if t == tab {
			p.Tab = t
		}
		p.Tabs = append(p.Tabs, item)
	}
	p.Tabs[0].Current = p.Tab == "overview"
	p.LinesTitle, p.Lines = newLines(ctx, f.as)
	p.Meta, p.Facts, p.Scope, p.Figures = companyMeta(ctx, f)
	return p
}

// companyMeta writes the registry's newest row, and the figures the page opens with.
func companyMeta(ctx context.Context, f companyFile) (meta []string, facts []views.Pair, scope string, figures []views.Figure) {
	row := f.facts.Registered()
	meta = append(meta, placeName(ctx, f.sub.DivisionCode))
	if row.EstablishedOn != "" {
		meta = append(meta, i18n.T(ctx, "company.established", "on", string(row.EstablishedOn)))
	}
	if f.sub.Stub {
		meta = append(meta, i18n.T(ctx, "company.stub"))
	}
	pair := func(key, value string) {
		if value != "" {
			facts = append(facts, views.Pair{Name: i18n.T(ctx, "company.field."+key), Value: value})
		}
	}
	pair("status", coded(ctx, "company.status.", row.Status))
	pair("kind", coded(ctx, "company.kind.", row.Kind))
	pair("industry", row.IndustryCode)
	pair("address", row.Address)
	pair("website", row.Website)
	pair("phone", reference.MaskPhone(row.Phone))
	pair("abnormal", string(row.AbnormalListedOn))
	m := f.as.Measures
	figures = []views.Figure{
		{Name: i18n.T(ctx, "col.index"), Value: i18n.Index(ctx, f.as.Index), More: i18n.T(ctx, "area."+orOther(f.as.Area))},
		{Name: i18n.T(ctx, "col.amount"), Value: i18n.Money(ctx, m.AmountFen)},
		{Name: i18n.T(ctx, "col.people"), Value: i18n.Count(ctx, m.People)},
		{Name: i18n.T(ctx, "company.complaints"), Value: i18n.Integer(ctx, m.Complaints90d)},
		{Name: i18n.T(ctx, "company.capital"), Value: i18n.Money(ctx, row.PaidCapitalFen), More: "/ " + i18n.Money(ctx, row.RegisteredCapitalFen)},
		{Name: i18n.T(ctx, "company.staff"), Value: i18n.Count(ctx, row.InsuredStaff)},
	}
	return meta, facts, row.BusinessScope, figures
}

// coded words a value that is one of our own codes; another office's words stay as they are.
func coded(ctx context.Context, prefix, value string) string {
	if i18n.Has(ctx, prefix+value) {
		return i18n.T(ctx, prefix+value)
	}
	return value
}

func orOther(area string) string {
	if area == "" {
		return "OTHR"
	}
	return area
}

// newTrend draws the stored values of the index over time.
func newTrend(ctx context.Context, stored []models.Assessment) views.TrendChart {
	t := views.TrendChart{}
	if len(stored) == 0 {
		return t
	}
	first, last := stored[0].AsOf, stored[len(stored)-1].AsOf
	span := max(last.Sub(first).Seconds(), 1)
	var path strings.Builder
	for i, s := range stored {
		t.X, t.Y = 30+698*s.AsOf.Sub(first).Seconds()/span, 168-1.6*s.Idx
		if len(stored) == 1 {
			t.X = 728
		}
		cmd := "L"
		if i == 0 {
			cmd = "M"
		}
		fmt.Fprintf(&path, "%s%.1f %.1f", cmd, t.X, t.Y)
		t.Points = append(t.Points, views.TrendPoint{At: whenMinute(s.AsOf), Index: i18n.Index(ctx, s.Idx), Level: s.Level})
	}
	end := stored[len(stored)-1]
	t.Path, t.Level, t.Value, t.From, t.To = path.String(), end.Level, i18n.Index(ctx, end.Idx), i18n.Day(first.Time()), i18n.Day(last.Time())
	t.Label = i18n.T(ctx, "chart.trend", "from", t.From, "to", t.To, "first", i18n.Index(ctx, stored[0].Idx), "last", t.Value)
	return t
}
