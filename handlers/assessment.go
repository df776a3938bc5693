package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"xiezhi/detect"
	"xiezhi/i18n"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/views"
)

// readAssessment reads the stored JSON of an evaluation; the moment is the row's.
func readAssessment(row models.Assessment) (detect.Assessment, error) {
	var as detect.Assessment
	if row.ID == 0 {
		return as, nil
	}
	if err := json.Unmarshal([]byte(row.Payload), &as); err != nil {
		return as, fmt.Errorf("read assessment %d: %w", row.ID, err)
	}
	as.AsOf = row.AsOf
	return as, nil
}

// measured writes a measured value or a threshold with its unit.
func measured(ctx context.Context, v float64, unit string) string {
	switch {
	case strings.HasPrefix(unit, "per_"):
		return i18n.Percent(ctx, v) + " " + i18n.T(ctx, "unit."+unit)
	case unit == "growth_30d", unit == "share":
		return i18n.Percent(ctx, v)
	case unit == "yuan":
		fen := int64(math.Round(v * 100))
		return i18n.Money(ctx, &fen)
	case v == math.Trunc(v):
		return i18n.Integer(ctx, int64(v)) + " " + i18n.T(ctx, "unit."+unit)
	default:
		return i18n.Decimal(ctx, v, 1) + " " + i18n.T(ctx, "unit."+unit)
	}
}

func indicatorReason(ctx context.Context, ind detect.Indicator) string {
	return i18n.T(ctx, ind.Reason, argPairs(ind.Args)...)
}

// liftText says which conditions of the rules lifted a level.
func liftText(ctx context.Context, as detect.Assessment) string {
	var list []string
	for _, l := range as.Lifts {
		list = append(list, i18n.T(ctx, "alert.lift", "name", i18n.Pick(ctx, l.NameZh, l.NameEn), "level", i18n.T(ctx, "level."+string(l.Level))))
	}
	return strings.Join(list, i18n.T(ctx, "punct.list"))
}

// newIndexChart draws the parts of an index as one bar of 780 units for 100 points.
func newIndexChart(ctx context.Context, as detect.Assessment) views.IndexChart {
	ch := views.IndexChart{Total: i18n.Index(ctx, as.Index), X: as.Index * 7.8}
	x, words := 0.0, []string{}
	for i, d := range shownDimensions(as) {
		w := d.Points * 7.8
		label := i18n.T(ctx, "dimension."+d.Code) + " " + i18n.Decimal(ctx, d.Points, 1)
		ch.Parts = append(ch.Parts, views.ChartPart{Class: fmt.Sprintf("f-%d", min(i+1, 7)), Text: label, Points: i18n.Decimal(ctx, d.Points, 1), X: x, W: max(w-1, 0)})
		words = append(words, label)
		x += w
	}
	ch.Label = i18n.T(ctx, "chart.index", "index", ch.Total, "parts", strings.Join(words, i18n.T(ctx, "punct.list")))
	return ch
}

// shownDimensions lists the dimensions that carry points, the heaviest first.
func shownDimensions(as detect.Assessment) []detect.Dimension {
	var list []detect.Dimension
	for _, d := range as.Dimensions {
		if d.Points > 0 {
			list = append(list, d)
		}
	}
	for i := 1; i < len(list); i++ {
		for j := i; j > 0 && list[j].Points > list[j-1].Points; j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
	return list
}

// newArgument writes each part of the index with its indicators.
func newArgument(ctx context.Context, as detect.Assessment, more argumentMore) []views.ArgumentPart {
	var parts []views.ArgumentPart
	for i, d := range shownDimensions(as) {
		p := views.ArgumentPart{Points: i18n.Decimal(ctx, d.Points, 1), Name: i18n.T(ctx, "dimension."+d.Code), Key: fmt.Sprintf("k-%d", min(i+1, 7)),
			Working: i18n.T(ctx, "alert.working", "weight", i18n.Decimal(ctx, d.Weight, 2), "score", i18n.Decimal(ctx, d.Score, 0))}
		for _, ind := range as.Indicators {
			if ind.Dimension != d.Code {
				continue
			}
			p.Rows = append(p.Rows, newArgumentRow(ctx, ind, more))
		}
		if len(p.Rows) > 0 {
			parts = append(parts, p)
		}
	}
	return parts
}

// shownEvidence is how many pieces of evidence stand beside an indicator; the profile lists all facts.
const shownEvidence = 4

func newArgumentRow(ctx context.Context, ind detect.Indicator, more argumentMore) views.ArgumentRow {
	r := views.ArgumentRow{Name: indicatorReason(ctx, ind), Code: ind.Code, Value: measured(ctx, ind.Value, ind.Unit), Threshold: threshold(ctx, ind),
		Element: i18n.T(ctx, "element."+ind.Element), Trigger: ind.Trigger}
	if art, ok := law.ArticleByID(ind.Article); ok {
		r.Article, r.Summary = art.Citation(i18n.Locale(ctx)), art.Summary(i18n.Locale(ctx))
	}
	r.Article = shortCitation(ctx, ind.Article)
	for i, e := range ind.Evidence {
		if i == shownEvidence {
			break
		}
		r.Evidence = append(r.Evidence, newEvidence(ctx, e))
	}
	r.Common = commonText(ctx, more.rates, ind.Code)
	if ind.Benign != "" {
		r.Benign = i18n.T(ctx, "benign."+ind.Benign)
	}
	if key := "measure." + more.measure[ind.Code]; i18n.Has(ctx, key) {
		r.Formula = i18n.T(ctx, key)
	}
	if ind.Facts > 1 {
		r.More = i18n.N(ctx, "alert.more_facts", int64(ind.Facts-1))
	}
	return r
}

// fewDecided is how many decided alerts it takes to say how often an indicator was right: fewer would tell of single cases.
const fewDecided = 5

// commonText says how common an indicator is among the companies of its area, and how alerts on it ended where enough did.
func commonText(ctx context.Context, rates map[string]models.BaseRate, code string) string {
	r, ok := rates[code]
	if !ok || r.Companies == 0 {
		return ""
	}
	text := i18n.T(ctx, "alert.common", "share", i18n.Percent(ctx, float64(r.Showing)/float64(r.Companies)), "n", i18n.Integer(ctx, r.Companies))
	if n := r.Confirmed + r.Unfounded; n >= fewDecided {
		text += i18n.T(ctx, "punct.list") + i18n.T(ctx, "alert.ended", "share", i18n.Percent(ctx, float64(r.Confirmed)/float64(n)), "n", i18n.Integer(ctx, n))
	}
	return text
}

// newLearnedParts writes by what the learned model comes to its probability, strongest first; nil without a model in force.
func newLearnedParts(ctx context.Context, m argumentMore) *views.LearnedParts {
	if m.learned == "" {
		return nil
	}
	p := &views.LearnedParts{Number: m.learned, Chance: i18n.Percent(ctx, m.chance)}
	for _, part := range m.parts {
		name := i18n.T(ctx, "learned.input."+part.Code)
		if key := "indicator." + part.Code + ".name"; i18n.Has(ctx, key) {
			name = i18n.T(ctx, key)
		}
		p.Rows = append(p.Rows, views.Pair{Name: name, Value: "+" + i18n.Decimal(ctx, part.Adds, 2)})
	}
	return p
}

// threshold writes what an indicator is held against; one that hits at all has none.
func threshold(ctx context.Context, ind detect.Indicator) string {
	if ind.Threshold <= 0 {
		return i18n.Unknown
	}
	return "≥ " + measured(ctx, ind.Threshold, ind.Unit)
}

// shortCitation writes an article id such as 737.19 in a few characters; the full citation stands in its title.
func shortCitation(ctx context.Context, id string) string {
	name, article, _ := strings.Cut(id, ".")
	if key := "law.short." + name; i18n.Has(ctx, key) {
		return i18n.T(ctx, key, "n", article)
	}
	return id
}

func newEvidence(ctx context.Context, e detect.Evidence) views.EvidenceItem {
	it := views.EvidenceItem{Source: sourceName(ctx, e.Source), At: when(e.ObservedAt), URL: e.URL, HashFull: e.Hash, Hash: e.Hash[:min(12, len(e.Hash))],
		Fact: factURL(models.Provenance{BatchRef: e.Batch, Hash: e.Hash})}
	if e.Field != "" && i18n.Has(ctx, "evidence."+e.Field) {
		it.Field = i18n.T(ctx, "evidence."+e.Field)
	}
	if e.Excerpt != "" && quotable(e.Field) {
		it.Before, it.Hit, it.After = e.Parts()
		if it.Hit == "" {
			it.Hit = it.Before
			it.Before = ""
		}
	}
	return it
}

// quotable says whether a field holds words worth quoting; a bare number stands in the measured column already.
func quotable(field string) bool {
	switch field {
	case "text", "name", "name_en", "business_scope":
		return true
	default:
		return false
	}
}

func sourceName(ctx context.Context, code string) string {
	if key := "source." + code; i18n.Has(ctx, key) {
		return i18n.T(ctx, key)
	}
	return code
}

// when writes an instant for a row.
func when(at models.Instant) views.When {
	if at.IsZero() {
		return views.When{}
	}
	t := at.Time()
	return views.When{Short: i18n.Day(t), Exact: i18n.Exact(t), Machine: i18n.Machine(t)}
}

// whenMinute is when with the time of day.
func whenMinute(at models.Instant) views.When {
	w := when(at)
	if w.Machine != "" {
		w.Short = i18n.Short(at.Time())
	}
	return w
}

// newElements says for each of the four elements what evidence there is and what is missing; it never concludes.
func newElements(ctx context.Context, as detect.Assessment) []views.ElementRow {
	var rows []views.ElementRow
	for _, el := range []string{detect.ElementIllegality, detect.ElementPublicity, detect.ElementInducement, detect.ElementPublic} {
		row := views.ElementRow{Name: i18n.T(ctx, "element."+el)}
		var names []string
		for _, ind := range as.Indicators {
			if ind.Element == el {
				names = append(names, indicatorReason(ctx, ind))
			}
		}
		if len(names) > 0 {
			row.Held, row.State, row.Evidence, row.Missing = true, i18n.T(ctx, "element.supported"), strings.Join(names, i18n.T(ctx, "punct.list")), i18n.Unknown
		} else {
			row.State, row.Evidence, row.Missing = i18n.T(ctx, "element.open"), i18n.Unknown, i18n.T(ctx, "element.missing."+el)
		}
		rows = append(rows, row)
	}
	return rows
}

// newLines holds what is measured against the filing lines of the offence that fits the area.
func newLines(ctx context.Context, as detect.Assessment) (string, []views.LineRow) {
	code := "176"
	if as.Area == "MLM" {
		code = "224-1"
	}
	o, ok := law.OffenceByCode(code)
	if !ok {
		return "", nil
	}
	lines := law.Reached(o, law.Measure{AmountFen: as.Measures.AmountFen, People: as.Measures.People, LossFen: as.Measures.LossFen})
	return i18n.T(ctx, "law.offence_article", "n", o.Article), lineRows(ctx, lines)
}

// lineRows writes the first tier of an offence's lines that need no further circumstance.
func lineRows(ctx context.Context, lines []law.Line) []views.LineRow {
	var rows []views.LineRow
	for _, l := range lines {
		if l.Tier != law.TierFiling || l.Condition != "" {
			continue
		}
		row := views.LineRow{Name: i18n.T(ctx, l.Name), Limit: quantity(ctx, l.Quantity, l.Limit), Have: i18n.Unknown, Times: i18n.Unknown, Reached: l.Reached}
		if l.Known {
			row.Have, row.Times = quantity(ctx, l.Quantity, l.Measured), i18n.Decimal(ctx, l.Times, 1)
		}
		rows = append(rows, row)
	}
	return rows
}

func quantity(ctx context.Context, q law.Quantity, n int64) string {
	switch q {
	case law.QuantityPeople, law.QuantityLevels, law.QuantityObjects:
		return i18n.Integer(ctx, n)
	default:
		return i18n.Money(ctx, &n)
	}
}

// changeTexts says what changed between two evaluations.
func changeTexts(ctx context.Context, old, new detect.Assessment) []string {
	if old.RuleVersion == "" {
		return nil
	}
	var out []string
	for _, ch := range detect.Diff(old, new) {
		pairs := []string{"old", orUnknown(ch.Old), "new", orUnknown(ch.New), "code", ch.Code}
		switch ch.Kind {
		case "level":
			pairs = []string{"old", i18n.T(ctx, "level."+ch.Old), "new", i18n.T(ctx, "level."+ch.New)}
		case "area":
			pairs = []string{"old", i18n.T(ctx, "area."+ch.Old), "new", i18n.T(ctx, "area."+ch.New)}
		case "trigger_new", "trigger_gone":
			pairs = append(pairs, "name", codeName(ctx, "trigger."+ch.Code, ch.Code))
		case "indicator_new", "indicator_gone", "indicator_value":
			pairs = append(pairs, "name", codeName(ctx, "indicator."+ch.Code+".name", ch.Code))
		}
		out = append(out, i18n.T(ctx, "change."+ch.Kind, pairs...))
	}
	return out
}

func orUnknown(s string) string {
	if s == "" {
		return i18n.Unknown
	}
	return s
}
