package handlers

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"xiezhi/i18n"
	"xiezhi/ingest"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/views/ui"
	"xiezhi/work"
)

func newDraftPage(ctx context.Context, s models.Sample, sample *ingest.Sample, state draftState, preview work.Preview) views.DraftPage {
	d := state.Draft
	p := views.DraftPage{URL: "/mappings/drafts/" + s.Ref, Tables: tableOptions(ctx, d.Table), Each: d.Each, Document: sample.Format == ingest.JSON || sample.Format == ingest.JSONL,
		Text: d.Text, Name: state.Name, Note: state.Note, Shared: state.Sharing == string(models.SharedAll)}
	p.Facts = []views.Pair{{Name: i18n.T(ctx, "mapping.field.file"), Value: s.Name + " · " + fileSize(ctx, s.Size)}, {Name: i18n.T(ctx, "mapping.format"), Value: formatText(ctx, sample)},
		{Name: i18n.T(ctx, "mapping.found"), Value: i18n.T(ctx, "mapping.found_text", "columns", i18n.Integer(ctx, int64(len(sample.Columns))), "records", i18n.Integer(ctx, int64(sample.Records)))}}
	if len(sample.Sheets) > 1 {
		p.Sheets = append(p.Sheets, ui.Option{Value: "*", Label: i18n.T(ctx, "mapping.sheet_all"), Chosen: d.Sheet == "*" || d.Sheet == ""})
		for _, name := range sample.Sheets {
			p.Sheets = append(p.Sheets, ui.Option{Value: name, Label: name, Chosen: d.Sheet == name})
		}
	}
	if sample.HeaderRow > 0 {
		p.Header = strconv.Itoa(sample.HeaderRow)
	}
	p.Totals = []ui.Option{{Label: i18n.T(ctx, "mapping.totals_none")}}
	for _, c := range sample.Columns {
		p.Totals = append(p.Totals, ui.Option{Value: c.Name, Label: c.Name, Chosen: c.Name == d.Totals})
	}
	if d.Text == "" {
		for _, c := range ingest.ColumnsOf(d.Table) {
			p.Columns = append(p.Columns, newDraftColumn(ctx, c, d, sample))
			if w, ok := newDraftWords(ctx, c, d, sample); ok {
				p.Words = append(p.Words, w)
			}
		}
	}
	p.Preview = newDraftPreview(ctx, preview)
	if preview.Key == "ingest.mapping.required" {
		for i := range p.Columns {
			if p.Columns[i].Name == preview.Args["column"] {
				p.Columns[i].Wrong = i18n.T(ctx, "mapping.wrong.point")
			}
		}
	}
	return p
}

func formatText(ctx context.Context, s *ingest.Sample) string {
	text := strings.ToUpper(string(s.Format))
	if s.Format == ingest.CSV {
		text += " · " + strings.ToUpper(s.Encoding)
	}
	if s.Sheet != "" {
		text += " · " + s.Sheet
	}
	if s.HeaderRow > 0 {
		text += " · " + i18n.T(ctx, "mapping.header_at", "n", strconv.Itoa(s.HeaderRow))
	}
	return text
}

func newDraftColumn(ctx context.Context, c ingest.CanonicalColumn, d ingest.Draft, s *ingest.Sample) views.DraftColumn {
	point := d.Points[c.Name]
	v := views.DraftColumn{Name: c.Name, Label: columnLabel(ctx, c.Name), Required: c.Required, Fixed: point.Fixed, From: []ui.Option{{Label: i18n.T(ctx, "mapping.no_column")}}}
	if c.Made {
		v.From = append(v.From, ui.Option{Value: ingest.MadeOfRow, Label: i18n.T(ctx, "mapping.made_of_row"), Chosen: point.Column == ingest.MadeOfRow})
	}
	known := point.Column == "" || point.Column == ingest.MadeOfRow
	for _, from := range s.Columns {
		v.From = append(v.From, ui.Option{Value: from.Name, Label: from.Name, Chosen: from.Name == point.Column})
		if from.Name == point.Column {
			known = true
			v.Values = strings.Join(from.Values[:min(len(from.Values), 3)], " · ")
			v.Looks = contentLabel(ctx, from.Kind)
		}
	}
	if !known {
		v.From = append(v.From, ui.Option{Value: point.Column, Label: point.Column, Chosen: true})
		v.Wrong = i18n.T(ctx, "mapping.wrong.gone")
	}
	for _, r := range c.Readings {
		v.Readings = append(v.Readings, ui.Option{Value: r, Label: readingLabel(ctx, c, r), Chosen: r == point.Read})
	}
	if c.Subject {
		for _, k := range ingest.SubjectKinds() {
			v.Kinds = append(v.Kinds, ui.Option{Value: k, Label: i18n.T(ctx, "mapping.kind."+k), Chosen: k == point.Kind || point.Kind == "" && k == "company"})
		}
	}
	if len(c.Choices) > 0 {
		v.Choices = choiceOptions(ctx, d.Table, c, point.Fixed, i18n.T(ctx, "mapping.no_fixed"))
	}
	return v
}

func columnLabel(ctx context.Context, name string) string {
	if i18n.Has(ctx, "mapping.column."+name) {
		return i18n.T(ctx, "mapping.column."+name)
	}
	return i18n.T(ctx, "column."+name)
}

func contentLabel(ctx context.Context, kind ingest.Content) string {
	if kind == ingest.ContentNone || kind == ingest.ContentText {
		return ""
	}
	return i18n.T(ctx, "mapping.content."+string(kind))
}

// readingLabel says how a value is read: numbers by what one unit of the file is worth.
func readingLabel(ctx context.Context, c ingest.CanonicalColumn, r string) string {
	switch {
	case r == ingest.ReadPlain && c.Name == "division_code":
		return i18n.T(ctx, "mapping.read.code")
	case r == ingest.ReadPlain:
		return i18n.T(ctx, "mapping.read.number")
	}
	return i18n.T(ctx, "mapping.read."+r)
}

// choiceOptions lists the values of a closed list, worded where they have words.
func choiceOptions(ctx context.Context, t models.Table, c ingest.CanonicalColumn, chosen, none string) []ui.Option {
	prefix := map[models.Table]string{models.TableSignals: "signal.", models.TableRelations: "relation.", models.TableLicences: "licence.", models.TableProducts: "area."}[t]
	list := []ui.Option{{Label: none}}
	for _, v := range c.Choices {
		label := v
		for _, key := range []string{prefix + v, "mapping.choice." + v} {
			if i18n.Has(ctx, key) && (c.Name == "kind" || c.Name == "area" || strings.HasPrefix(key, "mapping.")) {
				label = i18n.T(ctx, key)
				break
			}
		}
		list = append(list, ui.Option{Value: v, Label: label, Chosen: v == chosen})
	}
	return list
}

func newDraftWords(ctx context.Context, c ingest.CanonicalColumn, d ingest.Draft, s *ingest.Sample) (views.DraftWords, bool) {
	point := d.Points[c.Name]
	if len(c.Choices) == 0 || point.Column == "" {
		return views.DraftWords{}, false
	}
	words := maps.Clone(point.Words)
	if words == nil {
		words = map[string]string{}
	}
	for _, from := range s.Columns {
		if from.Name != point.Column {
			continue
		}
		for _, v := range from.Values {
			if _, known := words[v]; !known && len(words) < 20 && !slices.Contains(c.Choices, v) {
				words[v] = ""
			}
		}
	}
	w := views.DraftWords{Column: c.Name, Label: columnLabel(ctx, c.Name), Source: point.Column}
	for _, text := range slices.Sorted(maps.Keys(words)) {
		w.Words = append(w.Words, views.DraftWord{Text: text, Options: choiceOptions(ctx, d.Table, c, words[text], i18n.T(ctx, "mapping.word_none"))})
	}
	return w, len(w.Words) > 0
}

func newDraftPreview(ctx context.Context, p work.Preview) views.DraftPreview {
	var v views.DraftPreview
	if p.Key != "" {
		args := maps.Clone(p.Args)
		if column := args["column"]; p.Key == "ingest.mapping.required" && column != "" {
			args["column"] = columnLabel(ctx, column)
			args["table"] = i18n.T(ctx, "table."+args["table"])
		}
		v.Broken = i18n.T(ctx, p.Key, argPairs(args)...)
		return v
	}
	key := "mapping.counts_part"
	if p.Whole {
		key = "mapping.counts"
	}
	v.Counts = i18n.T(ctx, key, "accepted", i18n.Integer(ctx, int64(p.Accepted)), "refused", i18n.Integer(ctx, int64(p.Refused)))
	v.Lost = p.Refused > 0
	for _, w := range p.Warnings {
		v.Notes = append(v.Notes, i18n.T(ctx, w.Key, argPairs(w.Args)...))
	}
	for _, c := range p.Columns {
		v.Heads = append(v.Heads, columnLabel(ctx, c.Name))
	}
	for _, r := range p.Rows {
		row := views.DraftRow{Line: rowText(ctx, r.Line), Cells: r.Cells, Raw: r.Raw}
		for _, problem := range r.Problems {
			args := maps.Clone(problem.Args)
			if problem.Column != "" {
				args["column"] = columnLabel(ctx, problem.Column)
			}
			row.Reasons = append(row.Reasons, refusalReason(ctx, problem.Key, args))
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}

// rowText writes a line of a file; those of the further sheets of a workbook name the sheet.
func rowText(ctx context.Context, line int64) string {
	if line < ingest.SheetLines {
		return i18n.Integer(ctx, line)
	}
	return i18n.T(ctx, "mapping.sheet_line", "sheet", i18n.Integer(ctx, line/ingest.SheetLines+1), "line", i18n.Integer(ctx, line%ingest.SheetLines))
}
