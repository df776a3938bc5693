package handlers

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/law"
	"xiezhi/views"
)

// bulletinPublic lists what was published, to anybody.
func (a *App) bulletinPublic(c *gin.Context) error {
	ctx := a.Context(c)
	list, err := a.Store.PublicBulletins(ctx)
	if err != nil {
		return err
	}
	p := views.PublicListPage{Theme: themeOf(c), Tip: a.Demo()}
	for _, b := range list {
		p.Rows = append(p.Rows, views.PublicRow{URL: "/bulletins/" + b.Ref, Ref: b.Ref, Title: b.Title, Office: i18n.Pick(ctx, b.Office, b.OfficeEn), At: i18n.Day(b.PublishedAt.Time()), Withdrawn: !b.WithdrawnAt.IsZero()})
	}
	return a.render(c, http.StatusOK, views.PublicList(p))
}

func (a *App) bulletinPublicShow(c *gin.Context) error {
	ctx := a.Context(c)
	b, err := a.Store.PublicBulletin(ctx, c.Param("ref"))
	if err != nil {
		return err
	}
	p := views.PublicPage{Theme: themeOf(c), Ref: b.Ref, Title: b.Title, Office: i18n.Pick(ctx, b.Office, b.OfficeEn), Phone: b.Phone, At: i18n.Day(b.PublishedAt.Time()), Body: textLines(b.Body)}
	if !b.WithdrawnAt.IsZero() {
		p.Withdrawn, p.Why = i18n.Day(b.WithdrawnAt.Time()), b.Withdrawal
	}
	return a.render(c, http.StatusOK, views.PublicShow(p))
}

// themeOf gives the theme of a signed-in reader, else the light one.
func themeOf(c *gin.Context) string {
	if t := ActorOf(c).Theme; t != "" {
		return t
	}
	return "light"
}

func bulletinsURL(caseRef string) string { return "/cases/" + caseRef + "/bulletins" }

func bulletinURL(caseRef, ref string, event law.Event) string {
	return bulletinsURL(caseRef) + "/" + ref + "/" + string(event)
}

func (a *App) bulletinList(c *gin.Context) error { return a.showBulletins(c, procedureInput{}) }

func (a *App) showBulletins(c *gin.Context, in procedureInput) error {
	ctx, actor, ref := a.Context(c), ActorOf(c), c.Param("ref")
	list, may, err := a.Store.CaseBulletins(ctx, actor, ref)
	if err != nil {
		return err
	}
	file, err := a.Store.CaseFile(ctx, actor, ref)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "bulletin.title"))
	if err != nil {
		return err
	}
	p := views.BulletinListPage{Frame: frame, Ref: ref, Title: file.Title, Parts: caseTabs(ctx, actor, ref, file.Place, "bulletins"), Wrong: in.wrong}
	for _, b := range list {
		p.Rows = append(p.Rows, views.BulletinRow{URL: bulletinsURL(ref) + "/" + b.Ref, Ref: b.Ref, Title: b.Title, State: i18n.T(ctx, "procedure.state.bulletin."+string(b.State)), At: when(b.ChangedAt)})
	}
	if may {
		form := procedureForm{machine: law.MachineBulletin, event: law.BulletinDraft, action: bulletinsURL(ref), primary: true, in: in}.view(ctx)
		p.Form = &form
	}
	return a.render(c, statusOf(in.wrong), views.BulletinList(p))
}

func (a *App) bulletinDraft(c *gin.Context) error {
	ctx, ref := a.Context(c), c.Param("ref")
	in := readProcedure(c, law.MachineBulletin, law.BulletinDraft)
	number, err := a.Store.DraftBulletin(ctx, ActorOf(c), ref, in)
	if wrong, ok := wrongFields(err); ok {
		return a.showBulletins(c, refused(bulletinsURL(ref), in, wrong))
	}
	if err != nil {
		return err
	}
	return a.done(c, bulletinsURL(ref)+"/"+number, i18n.T(ctx, "bulletin.done", "ref", number), "")
}

func (a *App) bulletinShow(c *gin.Context) error { return a.showBulletin(c, procedureInput{}) }

func (a *App) bulletinMove(c *gin.Context) error {
	ctx, ref, number, event := a.Context(c), c.Param("ref"), c.Param("bulletin"), law.Event(c.Param("event"))
	in := readProcedure(c, law.MachineBulletin, event)
	err := a.Store.MoveBulletin(ctx, ActorOf(c), ref, number, event, in)
	if wrong, ok := wrongFields(err); ok {
		return a.showBulletin(c, refused(bulletinURL(ref, number, event), in, wrong))
	}
	if err != nil {
		return err
	}
	return a.done(c, bulletinsURL(ref)+"/"+number, i18n.T(ctx, "procedure.done"), "")
}

func (a *App) showBulletin(c *gin.Context, in procedureInput) error {
	ctx, actor, ref := a.Context(c), ActorOf(c), c.Param("ref")
	f, err := a.Store.BulletinFile(ctx, actor, ref, c.Param("bulletin"))
	if err != nil {
		return err
	}
	names, err := a.names(ctx, f.Events)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "bulletin.page", "ref", f.Ref))
	if err != nil {
		return err
	}
	forms, err := a.withPhrases(c, ctx, "/cases/"+ref+"/bulletins/"+f.Ref)
	if err != nil {
		return err
	}
	p := views.BulletinShowPage{Frame: frame, Case: ref, Ref: f.Ref, State: i18n.T(ctx, "procedure.state.bulletin."+string(f.State)), Title: f.Title, Body: textLines(f.Body), Office: i18n.Pick(ctx, f.Office, f.OfficeEn),
		Parts: caseTabs(ctx, actor, ref, f.Place, "bulletins"), Story: newCaseStory(ctx, f.Events, names), Withdrawal: f.Withdrawal,
		Printed: i18n.T(ctx, "case.printed", "who", i18n.Pick(ctx, actor.Display, actor.DisplayEn), "at", i18n.Moment(a.Store.Now().Time()))}
	if !f.PublishedAt.IsZero() {
		p.Public = "/bulletins/" + f.Ref
	}
	start := map[string]string{"title": f.Title, "body": f.Body}
	p.Acts = procedurePanel(forms, law.MachineBulletin, f.State, f.Moves, f.Barred, func(e law.Event) procedureForm {
		return procedureForm{machine: law.MachineBulletin, event: e, action: bulletinURL(ref, f.Ref, e), version: f.Version, in: in, start: start}
	})
	p.Acts.Wrong = in.wrong
	for _, v := range f.Versions {
		p.Versions = append(p.Versions, views.BulletinText{No: strconv.FormatInt(v.Version, 10), Title: v.Title, Body: strings.TrimSpace(v.Body), Who: i18n.Pick(ctx, v.Writer, v.WriterEn), At: whenMinute(v.ChangedAt)})
	}
	return a.render(c, statusOf(in.wrong), views.BulletinShow(p))
}
