package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/views/ui"
)

// procedureInput is a refused form of a procedure: which form, what was written, what is wrong by field.
type procedureInput struct {
	form   string
	values map[string]string
	wrong  map[string]string
}

// readProcedure reads what the form of an event sends: the fields that the law asks for, nothing else.
func readProcedure(c *gin.Context, m law.MachineName, event law.Event) models.ProcedureInput {
	in := models.ProcedureInput{Fields: map[string]string{}, LateReason: c.PostForm("late_reason"), Version: readVersion(c.PostForm("version"))}
	for _, a := range law.MachineOf(m).Asks(event) {
		text := strings.Join(c.PostFormArray(a.Field), " ")
		if strings.TrimSpace(text) != "" {
			in.Fields[a.Field] = text
		}
	}
	return in
}

// procedureForm says how the form of an event looks: its machine and event, where it goes, and what stands in its fields.
type procedureForm struct {
	machine law.MachineName
	event   law.Event
	action  string
	version int64
	primary bool
	late    bool // the principal has to give the reason for being late
	options map[string][]ui.Option
	start   map[string]string
	in      procedureInput
}

// name tells the forms of a page apart.
func (f procedureForm) name() string { return string(f.machine) + "-" + string(f.event) }

func (f procedureForm) view(ctx context.Context) views.ActForm {
	m := law.MachineOf(f.machine)
	form := views.ActForm{Event: f.name() + "-" + strconv.Itoa(len(f.action)), Label: procedureAct(ctx, f.machine, f.event), Icon: procedureIcon(f.event), Action: f.action,
		Version: strconv.FormatInt(f.version, 10), Primary: f.primary}
	mine := f.in.form == f.action
	form.Open = mine && len(f.in.wrong) > 0
	if key := "procedure.intro." + f.name(); i18n.Has(ctx, key) {
		form.Intro = i18n.T(ctx, key)
	}
	for _, move := range m.Moves() {
		if move.Event == f.event {
			form.Law = citations(ctx, move.Articles)
			break
		}
	}
	for _, a := range m.Asks(f.event) {
		form.Fields = append(form.Fields, f.field(ctx, a, mine))
	}
	if f.late {
		form.Fields = append(form.Fields, f.field(ctx, law.Ask{Field: "late_reason", Kind: law.AskText, Required: true}, mine))
	}
	return form
}

func (f procedureForm) field(ctx context.Context, a law.Ask, mine bool) views.ActField {
	field := views.ActField{Kind: "line", Name: a.Field, ID: f.name() + "-" + a.Field, Label: procedureLabel(ctx, f.machine, f.event, a.Field), Required: a.Required, Value: f.start[a.Field]}
	switch a.Kind {
	case law.AskText:
		field.Kind, field.Rows = "area", "3"
	case law.AskDate:
		field.Kind = "date"
	case law.AskMoney:
		field.Mode = "decimal"
	case law.AskCount:
		field.Mode = "numeric"
	case law.AskChoice:
		field.Kind = "choice"
	case law.AskChoices, law.AskNames:
		field.Kind, field.Required = "checks", false
	case law.AskLine:
	}
	if a.Kind == law.AskText {
		links, start := phrasesFor(ctx, a.Field)
		field.Phrases, field.Value = links, firstOf(field.Value, start)
	}
	if mine {
		field.Value, field.Wrong = f.in.values[a.Field], f.in.wrong[a.Field]
	}
	for _, key := range []string{"procedure.hint." + f.name() + "." + a.Field, "procedure.hint." + a.Field} {
		if i18n.Has(ctx, key) {
			field.Hint = i18n.T(ctx, key)
			break
		}
	}
	if options, ok := f.options[a.Field]; ok {
		field.Options = slices.Clone(options)
		given := []string{field.Value}
		if a.Kind == law.AskNames {
			given = strings.Fields(field.Value)
		} else {
			field.Kind = "choice"
		}
		for i := range field.Options {
			field.Options[i].Chosen = slices.Contains(given, field.Options[i].Value)
		}
		return field
	}
	given := strings.Fields(field.Value)
	for _, word := range a.Choices {
		field.Options = append(field.Options, ui.Option{Value: word, Label: i18n.T(ctx, "procedure.choice."+a.Field+"."+word), Chosen: slices.Contains(given, word)})
	}
	return field
}

// procedureAct names an event as something to do.
func procedureAct(ctx context.Context, m law.MachineName, event law.Event) string {
	return i18n.T(ctx, "procedure.act."+string(m)+"."+string(event))
}

func procedureLabel(ctx context.Context, m law.MachineName, event law.Event, field string) string {
	for _, key := range []string{"procedure.label." + string(m) + "-" + string(event) + "." + field, "procedure.label." + field} {
		if i18n.Has(ctx, key) {
			return i18n.T(ctx, key)
		}
	}
	return i18n.T(ctx, "field."+field)
}

func procedureIcon(event law.Event) string {
	switch event {
	case law.CaseDetermine, law.CaseDecide, law.MeasureApprove, law.ObjectionRevoke:
		return "gavel"
	case law.CaseClose, "archive":
		return "folder"
	case law.MeasureRequest, law.ObjectionSubmit, "file":
		return "file-text"
	case "serve", "notify", "order_stop", law.CaseNotifyPenalty:
		return "send"
	default:
		return "check"
	}
}

// procedurePanel offers the lawful moves of a case, a measure or an objection; the first of the table is the main one.
func procedurePanel(ctx context.Context, m law.MachineName, state law.State, moves []law.Event, barred map[law.Event]string, make func(law.Event) procedureForm) views.ActPanel {
	p := views.ActPanel{Note: i18n.T(ctx, "procedure.state."+string(m)+"."+string(state))}
	for _, row := range law.MachineOf(m).From(state) {
		if !slices.Contains(moves, row.Event) {
			act := views.NextAct{Label: procedureAct(ctx, m, row.Event), Law: citations(ctx, row.Articles),
				Reason: i18n.T(ctx, "referral.not_yours", "role", i18n.T(ctx, "procedure.role."+row.Actor))}
			if key, ok := barred[row.Event]; ok {
				act.Reason = i18n.T(ctx, key)
			}
			p.Barred = append(p.Barred, act)
			continue
		}
		f := make(row.Event)
		f.primary = len(p.Forms) == 0
		p.Forms = append(p.Forms, f.view(ctx))
	}
	return p
}

// refused turns an invalid move into the input that its page shows again.
func refused(form string, in models.ProcedureInput, wrong map[string]string) procedureInput {
	values := map[string]string{"late_reason": in.LateReason}
	for k, v := range in.Fields {
		values[k] = v
	}
	return procedureInput{form: form, values: values, wrong: wrong}
}
