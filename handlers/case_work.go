package handlers

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/views"
)

// workInput is what was written into a form of the page and refused: form names it, wrong says what is wrong by field, fields what
// was typed. Late is set where somebody else changed a note first.
type workInput struct {
	form   string
	wrong  map[string]string
	fields map[string]string
	late   bool

	procedure procedureInput
}

func (a *App) workShow(c *gin.Context) error { return a.showWork(c, workInput{}) }

func (a *App) showWork(c *gin.Context, in workInput) error {
	ctx, actor, ref := a.Context(c), ActorOf(c), c.Param("ref")
	w, err := a.Store.CaseWork(ctx, actor, ref)
	if err != nil {
		return err
	}
	var able []models.Officer
	if w.Leads {
		if able, err = a.Store.Officers(ctx, actor, w.Place); err != nil {
			return err
		}
	}
	lead, err := a.leadWork(ctx, actor, w)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "work.title"))
	if err != nil {
		return err
	}
	p := newWorkPage(ctx, actor, w, able, in, a.Store.Now())
	p.Frame = frame
	lead.fill(ctx, &p, actor, in)
	status := statusOf(in.wrong)
	if in.late {
		status = http.StatusConflict
	}
	return a.render(c, status, views.CaseWork(p))
}

func newWorkPage(ctx context.Context, actor models.Actor, w models.CaseWork, able []models.Officer, in workInput, now models.Instant) views.CaseWorkPage {
	base := "/cases/" + w.Ref
	p := views.CaseWorkPage{Ref: w.Ref, Title: w.Title, Base: base, Parts: caseTabs(ctx, actor, w.Ref, w.Place, "work"), Watched: w.Watched, Closed: w.Status == models.CaseClosed,
		Wrong: in.wrong, Form: in.form, Typed: in.fields, Sealed: w.Seal != models.SealNormal, Leads: w.Leads, Version: strconv.FormatInt(w.Version, 10)}
	for _, n := range w.Notes {
		p.Notes = append(p.Notes, newNoteRow(ctx, base, n, in))
	}
	for _, k := range w.Tasks {
		p.Tasks = append(p.Tasks, newTaskRow(ctx, base, k, now))
	}
	for _, r := range w.Related {
		p.Related = append(p.Related, views.RelatedRow{URL: "/cases/" + r.Ref, Ref: r.Ref, Title: r.Title, Level: r.Level, Status: i18n.T(ctx, "case.status."+r.Status), Why: i18n.T(ctx, "work.related."+r.Why)})
	}
	me := models.Officer{Name: actor.Name, DisplayName: actor.Display, DisplayNameEn: actor.DisplayEn}
	team := officerChoices(ctx, w.Officers, []string{in.fields["assignee"], in.fields["officer"]})
	p.Team, p.Assignees = team, team
	onTeam := false
	for _, o := range w.Officers {
		onTeam = onTeam || o.Name == actor.Name
	}
	if !onTeam {
		p.Assignees = append(p.Assignees, officerChoices(ctx, []models.Officer{me}, []string{in.fields["assignee"]})...)
	}
	for _, o := range officerChoices(ctx, able, []string{in.fields["substitute"]}) {
		on := false
		for _, m := range w.Officers {
			on = on || m.Name == o.Name
		}
		if !on {
			p.Substitutes = append(p.Substitutes, o)
		}
	}
	for _, f := range w.Left {
		p.Left = append(p.Left, views.LeftRow{Name: i18n.Pick(ctx, f.DisplayName, f.DisplayNameEn), As: i18n.T(ctx, "work.left."+firstOf(string(f.LeftAs), string(models.LeavesRecused))), Reason: f.RecusalReason, At: whenMinute(f.RecusedAt)})
	}
	return p
}

// newNoteRow shows a note with its form. Where somebody else changed it first, the form holds what was typed, beside what is
// stored now, and saves over the newer version.
func newNoteRow(ctx context.Context, base string, n models.CaseNoteLine, in workInput) views.NoteRow {
	id := strconv.FormatInt(n.ID, 10)
	r := views.NoteRow{ID: id, Action: base + "/notes/" + id, Text: n.Text, Typed: n.Text, Version: strconv.FormatInt(n.Version, 10),
		Writer: i18n.Pick(ctx, n.Writer, n.WriterEn), Written: whenMinute(n.WrittenAt)}
	if n.Version > 1 {
		r.Changer, r.Changed = i18n.Pick(ctx, n.Changer, n.ChangerEn), whenMinute(n.ChangedAt)
	}
	if in.form == "note "+id {
		r.Typed, r.Wrong, r.Late, r.Open = in.fields["text"], in.wrong["text"], in.late, true
	}
	return r
}

func newTaskRow(ctx context.Context, base string, k models.CaseTaskLine, now models.Instant) views.TaskRow {
	id := strconv.FormatInt(k.ID, 10)
	r := views.TaskRow{ID: id, Title: k.Title, Who: i18n.Pick(ctx, k.Assignee, k.AssigneeEn), Done: whenMinute(k.DoneAt), IsDone: !k.DoneAt.IsZero(), Action: base + "/tasks/" + id + "/done"}
	if r.IsDone {
		r.Action = base + "/tasks/" + id + "/reopen"
		return r
	}
	r.Due = dueMark(ctx, endOfDay(k.DueOn), now)
	return r
}

// endOfDay gives the last moment of a date in China, zero for none.
func endOfDay(day models.Date) models.Instant {
	at, err := time.ParseInLocation(time.DateOnly, string(day), models.China)
	if err != nil {
		return models.Instant{}
	}
	return models.At(at.AddDate(0, 0, 1).Add(-time.Microsecond))
}

// workDone ends a form of the page: said on the page, or the page again with everything that was typed.
func (a *App) workDone(c *gin.Context, in workInput, err error, key, undo string) error {
	if wrong, ok := wrongFields(err); ok {
		in.wrong = wrong
		return a.showWork(c, in)
	}
	if err != nil {
		return err
	}
	return a.done(c, "/cases/"+c.Param("ref")+"/work", i18n.T(a.Context(c), "work.done."+key), undo)
}

func (a *App) noteAdd(c *gin.Context) error {
	text := c.PostForm("text")
	err := a.Store.AddCaseNote(a.Context(c), ActorOf(c), c.Param("ref"), text)
	return a.workDone(c, workInput{form: "note", fields: map[string]string{"text": text}}, err, "note", "")
}

func (a *App) noteChange(c *gin.Context) error {
	id, err := number(c, "note")
	if err != nil {
		return err
	}
	text := c.PostForm("text")
	in := workInput{form: "note " + c.Param("number"), fields: map[string]string{"text": text}}
	err = a.Store.ChangeCaseNote(a.Context(c), ActorOf(c), c.Param("ref"), id, text, readVersion(c.PostForm("version")))
	if models.KindOf(err) == models.KindConflict {
		in.late = true
		return a.showWork(c, in)
	}
	return a.workDone(c, in, err, "note_changed", "")
}

func (a *App) taskAdd(c *gin.Context) error {
	in := workInput{form: "task", fields: map[string]string{"title": c.PostForm("title"), "assignee": c.PostForm("assignee"), "due_on": c.PostForm("due_on")}}
	err := a.Store.AddCaseTask(a.Context(c), ActorOf(c), c.Param("ref"), models.NewCaseTask{Title: in.fields["title"], Assignee: in.fields["assignee"], DueOn: models.Date(in.fields["due_on"])})
	return a.workDone(c, in, err, "task", "")
}

func (a *App) taskDone(c *gin.Context) error {
	id, err := number(c, "task")
	if err != nil {
		return err
	}
	err = a.Store.FinishCaseTask(a.Context(c), ActorOf(c), c.Param("ref"), id)
	return a.workDone(c, workInput{}, err, "task_done", "/cases/"+c.Param("ref")+"/tasks/"+c.Param("number")+"/reopen")
}

func (a *App) taskReopen(c *gin.Context) error {
	id, err := number(c, "task")
	if err != nil {
		return err
	}
	err = a.Store.ReopenCaseTask(a.Context(c), ActorOf(c), c.Param("ref"), id)
	return a.workDone(c, workInput{}, err, "task_reopened", "")
}

// number reads the number in the path, of what the noun says.
func number(c *gin.Context, noun string) (int64, error) {
	id, err := strconv.ParseInt(c.Param("number"), 10, 64)
	if err != nil {
		return 0, models.NotFound(noun)
	}
	return id, nil
}

func (a *App) watch(c *gin.Context) error {
	ref := c.Param("ref")
	if err := a.Store.WatchCase(a.Context(c), ActorOf(c), ref); err != nil {
		return err
	}
	return a.done(c, "/cases/"+ref, i18n.T(a.Context(c), "work.done.watch"), "/cases/"+ref+"/unwatch")
}

func (a *App) unwatch(c *gin.Context) error {
	ref := c.Param("ref")
	if err := a.Store.UnwatchCase(a.Context(c), ActorOf(c), ref); err != nil {
		return err
	}
	return a.done(c, "/cases/"+ref, i18n.T(a.Context(c), "work.done.unwatch"), "/cases/"+ref+"/watch")
}

func (a *App) officerReplace(c *gin.Context) error {
	in := workInput{form: "team", fields: map[string]string{}}
	for _, name := range []string{"officer", "substitute", "as", "reason"} {
		in.fields[name] = c.PostForm(name)
	}
	err := a.Store.ReplaceOfficer(a.Context(c), ActorOf(c), c.Param("ref"), models.Replacement{Officer: in.fields["officer"], Substitute: in.fields["substitute"],
		As: models.Leaving(in.fields["as"]), Reason: in.fields["reason"], Version: readVersion(c.PostForm("version"))})
	return a.workDone(c, in, err, "team", "")
}

func (a *App) caseSeal(c *gin.Context) error {
	in := workInput{form: "seal", fields: map[string]string{"seal_reason": c.PostForm("reason")}}
	err := a.Store.SealCase(a.Context(c), ActorOf(c), c.Param("ref"), c.PostForm("seal"), c.PostForm("reason"), readVersion(c.PostForm("version")))
	if wrong, ok := wrongFields(err); ok {
		in.wrong = map[string]string{"seal_reason": firstOf(wrong["reason"], wrong["seal"])}
		return a.showWork(c, in)
	}
	return a.workDone(c, in, err, "seal", "")
}
