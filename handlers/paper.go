package handlers

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/referral"
	"xiezhi/views"
)

func (a *App) paperList(c *gin.Context) error {
	ctx, actor, ref := a.Context(c), ActorOf(c), c.Param("ref")
	file, err := a.Store.CaseFile(ctx, actor, ref)
	if err != nil {
		return err
	}
	if !actor.CanAt(models.ActEvidenceRead, file.Place) {
		return models.Forbidden(models.ActEvidenceRead)
	}
	list, err := a.Store.CasePapers(ctx, actor, ref)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "paper.title"))
	if err != nil {
		return err
	}
	p := views.PaperListPage{Frame: frame, Tabs: caseTabs(ctx, actor, ref, file.Place, "papers"), Subject: ref + " " + file.Title}
	for _, d := range list {
		row := views.PaperRow{Ref: d.Ref, URL: "/papers/" + d.Ref, Name: documentName(ctx, d.Kind), Number: orUnknown(d.Number), State: i18n.T(ctx, "paper.state."+string(d.State)),
			Drafter: i18n.Pick(ctx, d.Drafter, d.DrafterEn), Issuer: orUnknown(i18n.Pick(ctx, d.Issuer, d.IssuerEn)), SHA256: d.SHA256, Short: d.SHA256[:min(16, len(d.SHA256))], Drafted: whenMinute(d.DraftedAt)}
		p.Rows = append(p.Rows, row)
	}
	if actor.CanAt(models.ActPaperDraft, file.Place) && file.Status != models.CaseClosed {
		for _, kind := range models.CasePaperKinds() {
			p.Kinds = append(p.Kinds, views.Link{URL: "/cases/" + ref + "/papers/" + kind, Text: documentName(ctx, kind)})
		}
	}
	return a.render(c, http.StatusOK, views.PaperList(p))
}

func (a *App) paperNew(c *gin.Context) error { return a.showNewPaper(c, nil, nil) }

// showNewPaper renders the form of a paper that does not exist yet.
func (a *App) showNewPaper(c *gin.Context, fields map[string]string, refused error) error {
	ctx, actor, ref := a.Context(c), ActorOf(c), c.Param("ref")
	file, err := a.Store.CaseFile(ctx, actor, ref)
	if err != nil {
		return err
	}
	if !actor.CanAt(models.ActPaperDraft, file.Place) {
		return models.Forbidden(models.ActPaperDraft)
	}
	spec, ok := models.PaperSpecOf(c.Param("kind"))
	if !ok {
		return models.NotFound("paper")
	}
	frame, err := a.frame(c, documentName(ctx, spec.Kind))
	if err != nil {
		return err
	}
	p := views.PaperShowPage{Frame: frame, Ref: ref, Back: views.Link{URL: "/cases/" + ref + "/papers", Text: i18n.T(ctx, "paper.title")}, View: views.PaperView{Hint: i18n.T(ctx, "paper.preview_hint")},
		Law: citations(ctx, spec.Basis), Form: newPaperForm(ctx, spec, fields, refused)}
	p.Form.Action, p.Form.Submit = "/cases/"+ref+"/papers/"+spec.Kind, i18n.T(ctx, "paper.save_draft")
	return a.render(c, statusOf(p.Form.Wrong), views.PaperShow(p))
}

func newPaperForm(ctx context.Context, spec models.PaperSpec, fields map[string]string, refused error) *views.PaperForm {
	f := &views.PaperForm{}
	f.Wrong, _ = wrongFields(refused)
	for _, field := range spec.Fields {
		label := i18n.T(ctx, "paper.field."+field.Name)
		if !field.Needed {
			label = i18n.T(ctx, "paper.optional", "label", label)
		}
		f.Fields = append(f.Fields, views.PaperInput{Name: field.Name, Label: label, Value: fields[field.Name], Long: field.Long, Needed: field.Needed})
	}
	return f
}

// paperFields takes what a form says for the places of a kind.
func paperFields(c *gin.Context, spec models.PaperSpec) map[string]string {
	out := map[string]string{}
	for _, f := range spec.Fields {
		out[f.Name] = c.PostForm(f.Name)
	}
	return out
}

func (a *App) paperDraft(c *gin.Context) error {
	ctx := a.Context(c)
	spec, _ := models.PaperSpecOf(c.Param("kind"))
	fields := paperFields(c, spec)
	ref, err := a.Store.DraftCasePaper(ctx, ActorOf(c), c.Param("ref"), c.Param("kind"), fields, a.Press)
	if _, ok := wrongFields(err); ok {
		return a.showNewPaper(c, fields, err)
	}
	if err != nil {
		return err
	}
	return a.done(c, "/papers/"+ref, i18n.T(ctx, "paper.done.drafted", "ref", ref), "")
}

func (a *App) paperShow(c *gin.Context) error { return a.showPaper(c, nil, nil) }

// composer is a press that also gives the blocks of a paper in its office's wording.
type composer interface {
	Compose(p models.Paper) (referral.Document, error)
}

func (a *App) compose(p models.Paper) (referral.Document, error) {
	if press, ok := a.Press.(composer); ok {
		return press.Compose(p)
	}
	return referral.Compose(p)
}

func (a *App) showPaper(c *gin.Context, fields map[string]string, refused error) error {
	ctx, actor := a.Context(c), ActorOf(c)
	f, err := a.Store.CasePaper(ctx, actor, c.Param("ref"))
	if err != nil {
		return err
	}
	spec, _ := models.PaperSpecOf(f.Kind)
	if fields == nil {
		fields = f.Paper.Fields
	}
	doc, err := a.compose(f.Paper)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, documentName(ctx, f.Kind))
	if err != nil {
		return err
	}
	p := newPaperPage(ctx, f, spec)
	p.Frame, p.View.Part = frame, doc.Parts[0]
	if f.MayChange {
		p.Form = newPaperForm(ctx, spec, fields, refused)
		p.Form.Action, p.Form.Version, p.Form.Submit = "/papers/"+f.Ref+"/change", p.Version, i18n.T(ctx, "paper.save_change")
	} else if wrong, ok := wrongFields(refused); ok {
		p.Form = &views.PaperForm{Wrong: wrong}
	}
	wrong, _ := wrongFields(refused)
	return a.render(c, statusOf(wrong), views.PaperShow(p))
}

func newPaperPage(ctx context.Context, f models.CasePaperFile, spec models.PaperSpec) views.PaperShowPage {
	p := views.PaperShowPage{Ref: f.Ref, Back: views.Link{URL: "/cases/" + f.CaseRef + "/papers", Text: f.CaseRef}, Version: strconv.FormatInt(f.Version, 10), Law: citations(ctx, spec.Basis),
		View: views.PaperView{Shown: true, Draft: f.State != models.PaperIssued, Caption: i18n.T(ctx, "paper.draft_caption")}}
	add := func(key, value string) {
		if value != "" {
			p.Facts = append(p.Facts, views.Fact{Label: i18n.T(ctx, key), Value: value})
		}
	}
	add("paper.col.state", i18n.T(ctx, "paper.state."+string(f.State)))
	add("paper.col.number", f.Number)
	add("paper.col.drafter", i18n.Pick(ctx, f.Drafter, f.DrafterEn)+" "+i18n.Moment(f.DraftedAt.Time()))
	add("paper.issued_by", i18n.T(ctx, "paper.issuer."+strings.ReplaceAll(string(spec.Issue), ".", "_")))
	if f.State != models.PaperDropped {
		p.Content = "/papers/" + f.Ref + "/content"
	}
	if f.State == models.PaperIssued {
		p.Verify = "/papers/" + f.Ref + "/verify"
		p.View.Caption = i18n.T(ctx, "referral.issued_caption", "pages", pages(ctx, f.Pages), "hash", f.SHA256[:16])
		add("paper.col.issuer", i18n.Pick(ctx, f.Issuer, f.IssuerEn)+" "+i18n.Moment(f.IssuedAt.Time()))
		add("proof.key", f.SigningKey)
		p.Facts = append(p.Facts, views.Fact{Label: "SHA-256", Value: f.SHA256, Code: true}, views.Fact{Label: "SM3", Value: f.SM3, Code: true})
	}
	if f.MayChange {
		p.Drop = "/papers/" + f.Ref + "/drop"
	}
	if f.MayIssue {
		p.Issue = "/papers/" + f.Ref + "/issue"
	} else if f.State == models.PaperDraft && i18n.Has(ctx, f.IssueRule) {
		p.Why = i18n.T(ctx, f.IssueRule)
	}
	return p
}

// paperVerb carries a verb on a paper out and leads back to it; what is wrong is shown on its page.
func (a *App) paperVerb(c *gin.Context, done string, do func(ctx context.Context, actor models.Actor, ref string, version int64) error) error {
	ctx, ref := a.Context(c), c.Param("ref")
	err := do(ctx, ActorOf(c), ref, readVersion(c.PostForm("version")))
	if _, ok := wrongFields(err); ok {
		return a.showPaper(c, nil, err)
	}
	if err != nil {
		return err
	}
	return a.done(c, "/papers/"+ref, i18n.T(ctx, done), "")
}

func (a *App) paperChange(c *gin.Context) error {
	ctx, actor, ref := a.Context(c), ActorOf(c), c.Param("ref")
	f, err := a.Store.CasePaper(ctx, actor, ref)
	if err != nil {
		return err
	}
	spec, _ := models.PaperSpecOf(f.Kind)
	fields := paperFields(c, spec)
	err = a.Store.ChangeCasePaper(ctx, actor, ref, fields, readVersion(c.PostForm("version")), a.Press)
	if _, ok := wrongFields(err); ok {
		return a.showPaper(c, fields, err)
	}
	if err != nil {
		return err
	}
	return a.done(c, "/papers/"+ref, i18n.T(ctx, "paper.done.changed"), "")
}

func (a *App) paperDrop(c *gin.Context) error {
	ctx := a.Context(c)
	f, err := a.Store.CasePaper(ctx, ActorOf(c), c.Param("ref"))
	if err == nil {
		err = a.Store.DropCasePaper(ctx, ActorOf(c), f.Ref, readVersion(c.PostForm("version")))
	}
	if err != nil {
		return err
	}
	return a.done(c, "/cases/"+f.CaseRef+"/papers", i18n.T(ctx, "paper.done.dropped"), "")
}

func (a *App) paperIssue(c *gin.Context) error {
	return a.paperVerb(c, "paper.done.issued", func(ctx context.Context, actor models.Actor, ref string, version int64) error {
		return a.Store.IssueCasePaper(ctx, actor, ref, version, a.Press)
	})
}

func (a *App) paperVerify(c *gin.Context) error {
	ctx, ref := a.Context(c), c.Param("ref")
	check, err := a.Store.VerifyCasePaper(ctx, ActorOf(c), ref)
	if err != nil {
		return err
	}
	return a.done(c, "/papers/"+ref, checkText(ctx, documentName(ctx, check.Kind), check), "")
}

// paperContent gives the paper as PDF: as it was issued, or as it would read, without a number.
func (a *App) paperContent(c *gin.Context) error {
	ctx, actor := a.Context(c), ActorOf(c)
	f, err := a.Store.CasePaper(ctx, actor, c.Param("ref"))
	if err != nil {
		return err
	}
	pdf, name := f.Content, f.Number
	if f.State != models.PaperIssued {
		name = f.Ref
		if pdf, _, err = a.Press.Print(ctx, f.Paper); err != nil {
			return err
		}
	}
	if len(pdf) == 0 {
		return errors.New("paper " + f.Ref + " has no content")
	}
	if err := a.Store.NoteRead(ctx, actor, "paper.read", "paper:"+f.Ref, f.Place, map[string]any{"sha256": f.SHA256}); err != nil {
		return err
	}
	c.Header("Content-Disposition", `attachment; filename="`+f.Ref+`.pdf"; filename*=UTF-8''`+url.PathEscape(name+".pdf"))
	c.Header("Content-Security-Policy", "default-src 'none'; sandbox")
	c.Data(http.StatusOK, "application/pdf", pdf)
	return nil
}
