package handlers

import (
	"context"
	"strconv"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/views/ui"
)

// caseMove answers the forms of an administrative case: the move is made, or the same page shows what is wrong.
func (a *App) caseMove(c *gin.Context) error {
	ref, event := c.Param("ref"), law.Event(c.Param("event"))
	in := readProcedure(c, law.MachineCase, event)
	err := a.Store.MoveCase(a.Context(c), ActorOf(c), ref, event, in)
	return a.caseDone(c, ref, caseMoveURL(ref, event), in, err, "procedure.done.case."+string(event))
}

// caseDone ends a form of the case page.
func (a *App) caseDone(c *gin.Context, ref, form string, in models.ProcedureInput, err error, done string) error {
	if wrong, ok := wrongFields(err); ok {
		return a.showCase(c, caseInput{procedure: refused(form, in, wrong)})
	}
	if err != nil {
		return err
	}
	ctx := a.Context(c)
	text := i18n.T(ctx, "procedure.done")
	if i18n.Has(ctx, done) {
		text = i18n.T(ctx, done)
	}
	return a.done(c, "/cases/"+ref, text, "")
}

func (a *App) measureRequest(c *gin.Context) error {
	ref := c.Param("ref")
	in := readProcedure(c, law.MachineMeasure, law.MeasureRequest)
	_, err := a.Store.RequestMeasure(a.Context(c), ActorOf(c), ref, in)
	return a.caseDone(c, ref, measuresURL(ref), in, err, "procedure.done.measure.request")
}

func (a *App) measureMove(c *gin.Context) error {
	ref, measure, event := c.Param("ref"), c.Param("measure"), law.Event(c.Param("event"))
	in := readProcedure(c, law.MachineMeasure, event)
	err := a.Store.MoveMeasure(a.Context(c), ActorOf(c), ref, measure, event, in)
	return a.caseDone(c, ref, measureURL(ref, measure, event), in, err, "procedure.done.measure."+string(event))
}

// clockVerb answers the principal's forms beside a limit: extend, pause, excuse, and the undo of the first two.
func (a *App) clockVerb(c *gin.Context) error {
	ctx, actor, ref, verb := a.Context(c), ActorOf(c), c.Param("ref"), c.Param("verb")
	id, err := strconv.ParseInt(c.Param("clock"), 10, 64)
	if err != nil {
		return models.NotFound("clock")
	}
	in := models.ProcedureInput{Fields: map[string]string{}}
	for _, name := range []string{"days", "from", "to", "reason", "change"} {
		in.Fields[name] = c.PostForm(name)
	}
	if err = a.Store.AllowClock(ctx, actor, ref, id); err == nil {
		err = a.decideClock(ctx, actor, id, verb, in.Fields)
	}
	return a.caseDone(c, ref, clockURL(ref, id, verb), in, err, "procedure.done.clock."+verb)
}

// decideClock carries one decision on a limit out, for the page and the API alike.
func (a *App) decideClock(ctx context.Context, actor models.Actor, id int64, verb string, fields map[string]string) error {
	whole := func(name string) int64 {
		n, err := strconv.ParseInt(fields[name], 10, 64)
		if err != nil {
			return 0
		}
		return n
	}
	switch verb {
	case "extend":
		return a.Store.ExtendClock(ctx, actor, id, whole("days"), fields["reason"])
	case "pause":
		return a.Store.PauseClock(ctx, actor, id, models.Date(fields["from"]), models.Date(fields["to"]), fields["reason"])
	case "excuse":
		return a.Store.ExcuseClock(ctx, actor, id, fields["reason"])
	case "undo":
		return a.Store.UndoClockChange(ctx, actor, id, whole("change"), fields["reason"])
	default:
		return models.NotFound("event")
	}
}

func caseMoveURL(ref string, event law.Event) string {
	return "/cases/" + ref + "/moves/" + string(event)
}
func measuresURL(ref string) string { return "/cases/" + ref + "/measures" }
func measureURL(ref, measure string, event law.Event) string {
	return measuresURL(ref) + "/" + measure + "/" + string(event)
}
func clockURL(ref string, id int64, verb string) string {
	return "/cases/" + ref + "/clocks/" + strconv.FormatInt(id, 10) + "/" + verb
}

// newCaseMoves offers what may be done in the administrative case now.
func newCaseMoves(ctx context.Context, f models.CaseFile, in procedureInput, now models.Instant) views.ActPanel {
	p := procedurePanel(ctx, law.MachineCase, f.Stage, f.Moves, f.Barred, func(e law.Event) procedureForm {
		return procedureForm{machine: law.MachineCase, event: e, action: caseMoveURL(f.Ref, e), version: f.Version, in: in, late: lateFor(f, e, now)}
	})
	p.Wrong = in.wrong
	for i := range p.Forms {
		for _, event := range f.Moves {
			if kind := casePaper(event); kind != "" && p.Forms[i].Action == caseMoveURL(f.Ref, event) {
				p.Forms[i].Paper = views.Link{URL: "/cases/" + f.Ref + "/papers/" + kind, Text: i18n.T(ctx, "procedure.paper", "paper", i18n.T(ctx, "document."+kind))}
			}
		}
	}
	return p
}

// casePaper names the paper of a case that goes with a move, empty where none does.
func casePaper(event law.Event) string {
	switch event {
	case law.CaseInterview:
		return models.PaperInterviewMinutes
	case law.CaseDetermine:
		return models.PaperDetermination
	case law.CaseOrderStop:
		return models.PaperStopOrder
	default:
		return ""
	}
}

// lateFor says whether a move ends a limit of the agency that is past and has no reason yet.
func lateFor(f models.CaseFile, e law.Event, now models.Instant) bool {
	move, ok := law.MachineOf(law.MachineCase).Find(f.Stage, e)
	if !ok {
		return false
	}
	for _, c := range f.Clocks {
		for _, name := range move.Ends {
			if c.Name == string(name) && c.NeedsExcuse(now) {
				return true
			}
		}
	}
	return false
}

// newMeasures shows the measures of a case, each with what the reader may do, and the form that asks for one.
func newMeasures(ctx context.Context, f models.CaseFile, in procedureInput, names map[string]string) views.MeasurePanel {
	var p views.MeasurePanel
	for _, x := range f.Measures {
		row := views.MeasureRow{Ref: x.Ref, Kind: i18n.T(ctx, "procedure.choice.kind."+x.Kind), Object: x.Object, Grounds: x.Grounds, Reply: x.Reply,
			State: i18n.T(ctx, "procedure.state.measure."+string(x.State)), Asker: firstOf(names[x.Asker], x.Asker), Approver: x.Approver, Asked: when(x.AskedAt), Number: x.Number, Told: x.Told}
		for _, e := range x.Moves {
			form := procedureForm{machine: law.MachineMeasure, event: e, action: measureURL(f.Ref, x.Ref, e), version: x.Version, in: in}
			row.Forms = append(row.Forms, form.view(ctx))
		}
		p.Rows = append(p.Rows, row)
	}
	if len(f.Kinds) > 0 {
		var kinds []ui.Option
		for _, k := range f.Kinds {
			kinds = append(kinds, ui.Option{Value: k, Label: i18n.T(ctx, "procedure.choice.kind."+k)})
		}
		form := procedureForm{machine: law.MachineMeasure, event: law.MeasureRequest, action: measuresURL(f.Ref), in: in, options: map[string][]ui.Option{"kind": kinds}}.view(ctx)
		p.Request = &form
	}
	return p
}
