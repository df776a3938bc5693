package handlers

import (
	"context"
	"strconv"

	"xiezhi/i18n"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/views"
)

// addClockForms puts beside each running limit what the principal may decide on it, and what was decided so far.
func addClockForms(ctx context.Context, p *views.ClockPanel, clocks []models.Clock, caseRef string, decides bool, in procedureInput, now models.Instant) {
	for i, c := range clocks {
		if i >= len(p.Working) {
			return
		}
		w := &p.Working[i]
		if c.LateReason != "" {
			w.Changes = append(w.Changes, views.ClockNote{Text: i18n.T(ctx, "clock.late_reason", "reason", c.LateReason)})
		}
		for _, ch := range c.Changes {
			note := views.ClockNote{Text: clockChangeText(ctx, ch)}
			if decides && c.EndedAt.IsZero() && ch.UndoneAt.IsZero() {
				form := clockForm(ctx, caseRef, c.ID, "undo", in, clockField(ctx, "reason", "area"))
				form.Fields = append(form.Fields, views.ActField{Kind: "hidden", Name: "change", ID: form.Event + "-change", Value: strconv.FormatInt(ch.ID, 10)})
				note.Undo = &form
			}
			w.Changes = append(w.Changes, note)
		}
		if !decides || !c.EndedAt.IsZero() {
			continue
		}
		w.Forms = clockForms(ctx, c, caseRef, in, now)
	}
}

func clockForms(ctx context.Context, c models.Clock, caseRef string, in procedureInput, now models.Instant) []views.ActForm {
	var forms []views.ActForm
	rule, _ := law.ClockRuleFor(law.ClockName(c.Name))
	late := c.State(now) == law.ClockLate
	if rule.ExtendDays > 0 && !late {
		f := clockForm(ctx, caseRef, c.ID, "extend", in, clockField(ctx, "days", "line"), clockField(ctx, "reason", "area"))
		f.Law = citations(ctx, rule.ExtendBasis)
		forms = append(forms, f)
	}
	if len(rule.PauseBasis) > 0 && !late {
		f := clockForm(ctx, caseRef, c.ID, "pause", in, clockField(ctx, "from", "date"), clockField(ctx, "to", "date"), clockField(ctx, "reason", "area"))
		f.Law = citations(ctx, rule.PauseBasis)
		forms = append(forms, f)
	}
	if c.NeedsExcuse(now) {
		forms = append(forms, clockForm(ctx, caseRef, c.ID, "excuse", in, clockField(ctx, "reason", "area")))
	}
	return forms
}

func clockField(ctx context.Context, name, kind string) views.ActField {
	f := views.ActField{Kind: kind, Name: name, Label: i18n.T(ctx, "clock.field."+name), Required: true}
	if kind == "area" {
		f.Rows = "2"
	}
	if name == "days" {
		f.Mode = "numeric"
	}
	return f
}

func clockForm(ctx context.Context, caseRef string, id int64, verb string, in procedureInput, fields ...views.ActField) views.ActForm {
	f := views.ActForm{Event: "clock-" + strconv.FormatInt(id, 10) + "-" + verb, Label: i18n.T(ctx, "clock.act."+verb), Icon: "alarm", Action: clockURL(caseRef, id, verb)}
	mine := in.form == f.Action && len(in.wrong) > 0
	f.Open = mine
	for i := range fields {
		fields[i].ID = f.Event + "-" + fields[i].Name
		if mine {
			fields[i].Value, fields[i].Wrong = in.values[fields[i].Name], in.wrong[fields[i].Name]
		}
	}
	f.Fields = fields
	return f
}

func clockChangeText(ctx context.Context, ch models.ClockChange) string {
	key := "clock.change." + ch.Kind
	if !ch.UndoneAt.IsZero() {
		key += "_undone"
	}
	return i18n.T(ctx, key, "days", i18n.Integer(ctx, ch.Days), "from", string(ch.FromOn), "to", string(ch.ToOn), "reason", ch.Reason, "undo", ch.UndoReason)
}
