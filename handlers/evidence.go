package handlers

import (
	"context"
	"errors"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/proof"
	"xiezhi/views"
	"xiezhi/views/ui"
)

type evidenceForm struct {
	Class       string                `form:"class"`
	Title       string                `form:"title"`
	Description string                `form:"description"`
	Person      string                `form:"source_person"`
	Office      string                `form:"source_office"`
	File        *multipart.FileHeader `form:"file"`
}

// piece gives what the form says of a file; of its name only the last part counts.
func (f evidenceForm) piece(name string) models.NewEvidence {
	return models.NewEvidence{Class: models.EvidenceClass(f.Class), Title: f.Title, Description: f.Description, SourcePerson: f.Person, SourceOffice: f.Office,
		FileName: path.Base(strings.ReplaceAll(name, "\\", "/"))}
}

func (a *App) evidenceList(c *gin.Context) error { return a.showEvidence(c, evidenceForm{}, nil) }

// showEvidence renders the evidence of a case, with the input of a form that was refused.
func (a *App) showEvidence(c *gin.Context, f evidenceForm, refused error) error {
	ctx, actor, ref := a.Context(c), ActorOf(c), c.Param("ref")
	list, may, err := a.Store.CaseEvidence(ctx, actor, ref)
	if err != nil {
		return err
	}
	file, err := a.Store.CaseFile(ctx, actor, ref)
	if err != nil {
		return err
	}
	dossiers, err := a.Store.CaseDossiers(ctx, actor, ref)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "evidence.title"))
	if err != nil {
		return err
	}
	p := views.EvidenceListPage{Frame: frame, Tabs: caseTabs(ctx, actor, ref, file.Place, "evidence"), Subject: ref + " " + file.Title, Rows: newEvidenceRows(ctx, list),
		Office: i18n.Pick(ctx, file.Authority.Name, file.Authority.NameEn), Printed: printedBy(ctx, actor, a.Store.Now())}
	p.Dossiers.Rows = newDossierRows(ctx, dossiers)
	if actor.CanAt(models.ActDossierMake, file.Place) && file.Seal != models.SealPoliceHold {
		p.Dossiers.Action = "/cases/" + ref + "/dossier"
	}
	if may {
		p.Add = newEvidenceForm(ctx, ref, f, refused, a.Desk.Evidence.Limit)
	}
	wrong, _ := wrongFields(refused)
	return a.render(c, statusOf(wrong), views.EvidenceList(p))
}

func printedBy(ctx context.Context, actor models.Actor, now models.Instant) string {
	return i18n.T(ctx, "case.printed", "who", i18n.Pick(ctx, actor.Display, actor.DisplayEn), "at", i18n.Moment(now.Time()))
}

// caseTabs are the parts of a case that the reader may open.
func caseTabs(ctx context.Context, actor models.Actor, ref string, place models.Place, current string) []views.Tab {
	tabs := []views.Tab{{Label: i18n.T(ctx, "case.part.case"), URL: "/cases/" + ref, Current: current == "case"}}
	if actor.CanAt(models.ActEvidenceRead, place) {
		for _, part := range []string{"evidence", "papers", "thresholds"} {
			tabs = append(tabs, views.Tab{Label: i18n.T(ctx, "case.part."+part), URL: "/cases/" + ref + "/" + part, Current: current == part})
		}
	}
	works := actor.CanAt(models.ActCaseWork, place) || actor.CanAt(models.ActCaseOpen, place) || actor.CanAt(models.ActCaseReview, place) || actor.CanAt(models.ActCaseDecide, place)
	if works {
		tabs = append(tabs, views.Tab{Label: i18n.T(ctx, "case.part.work"), URL: "/cases/" + ref + "/work", Current: current == "work"},
			views.Tab{Label: i18n.T(ctx, "bulletin.title"), URL: bulletinsURL(ref), Current: current == "bulletins"})
	}
	return tabs
}

func newEvidenceForm(ctx context.Context, ref string, f evidenceForm, refused error, limit int64) *views.EvidenceForm {
	form := &views.EvidenceForm{Action: "/cases/" + ref + "/evidence", Title: f.Title, Description: f.Description, Person: f.Person, Office: f.Office,
		Hint: i18n.T(ctx, "evidence.file_hint", "size", fileSize(ctx, limit))}
	form.Wrong, _ = wrongFields(refused)
	var e *models.Error
	if errors.As(refused, &e) {
		form.Twice = e.Args["ref"]
	}
	for _, class := range models.EvidenceClasses() {
		form.Classes = append(form.Classes, ui.Option{Value: string(class), Label: i18n.T(ctx, "evidence.class."+string(class)), Chosen: f.Class == string(class)})
	}
	return form
}

func newEvidenceRows(ctx context.Context, list []models.EvidenceLine) []views.EvidenceRow {
	rows := make([]views.EvidenceRow, 0, len(list))
	for _, e := range list {
		rows = append(rows, views.EvidenceRow{Ref: e.Ref, URL: "/evidence/" + e.Ref, Title: e.Title, Class: i18n.T(ctx, "evidence.class."+string(e.Class)),
			Use: i18n.T(ctx, "evidence.use."+e.Class.Use()), File: e.FileName, Size: fileSize(ctx, e.Size), SHA256: e.SHA256, SM3: e.SM3, Short: e.SHA256[:16],
			Source: strings.TrimSpace(e.SourceOffice + " " + e.SourcePerson), State: i18n.T(ctx, "evidence.state."+string(e.State)), Shared: e.Shared, Received: whenMinute(e.ReceivedAt)})
	}
	return rows
}

// evidenceAdd takes a file into a case.
func (a *App) evidenceAdd(c *gin.Context) error {
	var f evidenceForm
	if err := bind(c, &f); err != nil {
		return err
	}
	ctx, actor, ref := a.Context(c), ActorOf(c), c.Param("ref")
	if err := a.Store.AllowEvidence(ctx, actor, ref); err != nil {
		return err
	}
	if f.File == nil || f.File.Size == 0 {
		return a.showEvidence(c, f, models.Invalid(map[string]string{"file": "error.required"}))
	}
	file, err := f.File.Open()
	if err != nil {
		return err
	}
	defer file.Close()
	patient(c)
	got, err := a.Desk.ReceiveEvidence(ctx, actor, ref, f.piece(f.File.Filename), file)
	if _, ok := wrongFields(err); ok {
		return a.showEvidence(c, f, err)
	}
	if err != nil {
		return err
	}
	return a.done(c, "/evidence/"+got, i18n.T(ctx, "evidence.done.added", "ref", got), "")
}

type linkForm struct {
	Fact    string `form:"fact"`
	URL     string `form:"url"`
	Excerpt string `form:"excerpt"`
}

func (a *App) evidenceShow(c *gin.Context) error { return a.showPiece(c, linkForm{}, nil) }

func (a *App) showPiece(c *gin.Context, f linkForm, wrong map[string]string) error {
	ctx, actor := a.Context(c), ActorOf(c)
	e, err := a.Store.EvidenceFile(ctx, actor, c.Param("ref"))
	if err != nil {
		return err
	}
	frame, err := a.frame(c, e.Title)
	if err != nil {
		return err
	}
	p := newEvidencePage(ctx, actor, e)
	p.Frame, p.Printed = frame, printedBy(ctx, actor, a.Store.Now())
	p.Office = frame.Office
	if e.MayAdd {
		p.Link = &views.LinkForm{Action: "/evidence/" + e.Ref + "/link", Fact: f.Fact, URL: f.URL, Excerpt: f.Excerpt, Wrong: wrong}
	}
	return a.render(c, statusOf(wrong), views.EvidenceShow(p))
}

func newEvidencePage(ctx context.Context, actor models.Actor, e models.EvidenceFile) views.EvidenceShowPage {
	p := views.EvidenceShowPage{Ref: e.Ref, Title: e.Title, Broken: e.Broken, Verify: "/evidence/" + e.Ref + "/verify", Back: views.Link{URL: "/referrals", Text: e.CaseRef}}
	if actor.CanAt(models.ActEvidenceRead, e.Place) {
		p.Back.URL = "/cases/" + e.CaseRef + "/evidence"
	}
	switch {
	case e.State == models.EvidenceReleased && e.Active != "":
		var list []string
		for _, word := range strings.Fields(e.Active) {
			list = append(list, i18n.T(ctx, "evidence.active."+word))
		}
		p.Note = i18n.T(ctx, "evidence.active", "what", strings.Join(list, i18n.T(ctx, "clock.listing")))
	case e.State == models.EvidenceRefused:
		p.Note = i18n.T(ctx, "evidence.refused", "why", i18n.T(ctx, e.Finding))
	case e.State == models.EvidenceQuarantined:
		p.Note = i18n.T(ctx, "evidence.quarantined")
	}
	if e.State == models.EvidenceReleased {
		p.Download = "/evidence/" + e.Ref + "/content"
	}
	p.Facts = evidenceFacts(ctx, e)
	for _, l := range e.Custody {
		p.Custody = append(p.Custody, views.CustodyLine{Seq: i18n.Integer(ctx, l.Seq), Actor: l.Actor, Office: l.Office, Act: i18n.T(ctx, "custody."+l.Act), Note: custodyNote(ctx, l),
			Hash: l.Hash, Short: l.Hash[:12], At: whenMinute(l.At)})
	}
	for _, l := range e.Links {
		line := views.LinkLine{Kind: i18n.T(ctx, "evidence.link."+l.Kind), Text: l.URL, Excerpt: l.Excerpt, Hash: l.ExcerptSHA256}
		if l.Kind == "fact" {
			line.Text = l.BatchRef + " " + l.FactHash[:min(16, len(l.FactHash))]
			if actor.CanAt(models.ActFactRead, e.Place) {
				line.URL = "/batches/" + url.PathEscape(l.BatchRef) + "/facts/" + url.PathEscape(l.FactHash)
			}
		}
		p.Links = append(p.Links, line)
	}
	for _, twin := range e.Twins {
		p.Twins = append(p.Twins, views.Link{URL: "/evidence/" + twin.Ref, Text: twin.Ref + " " + twin.CaseRef})
	}
	return p
}

// custodyNote words what the log notes; a finding is a message key.
func custodyNote(ctx context.Context, l models.CustodyEntry) string {
	if l.Act == models.CustodyRefused && i18n.Has(ctx, l.Note) {
		return i18n.T(ctx, l.Note)
	}
	return l.Note
}

func evidenceFacts(ctx context.Context, e models.EvidenceFile) []views.Fact {
	facts := []views.Fact{}
	add := func(key, value string) {
		if value != "" {
			facts = append(facts, views.Fact{Label: i18n.T(ctx, key), Value: value})
		}
	}
	add("evidence.col.class", i18n.T(ctx, "evidence.class."+string(e.Class))+" \u00b7 "+i18n.T(ctx, "evidence.use."+e.Class.Use()))
	add("evidence.use_law", citations(ctx, evidenceLaw(e.Class)))
	add("field.description", e.Description)
	add("field.source_person", e.SourcePerson)
	add("field.source_office", e.SourceOffice)
	facts = append(facts, views.Fact{Label: i18n.T(ctx, "field.file"), Value: e.FileName, Company: true})
	add("evidence.kind", i18n.T(ctx, "evidence.kind."+e.ContentKind))
	add("evidence.col.size", fileSize(ctx, e.Size)+" ("+i18n.Integer(ctx, e.Size)+" B)")
	for _, d := range [][2]string{{"SHA-256", e.SHA256}, {"SM3", e.SM3}} {
		facts = append(facts, views.Fact{Label: d[0], Value: d[1], Code: true})
	}
	add("evidence.col.state", i18n.T(ctx, "evidence.state."+string(e.State)))
	add("evidence.col.received", i18n.Exact(e.ReceivedAt.Time())+" "+i18n.Pick(ctx, e.Receiver, e.ReceiverEn))
	return facts
}

// evidenceLaw says on which articles the use of a class rests.
func evidenceLaw(class models.EvidenceClass) []string {
	if class.Use() == "after_review" {
		return []string{"CPL.54", "SPPR2019.64"}
	}
	return []string{"CPL.54"}
}

// evidenceContent hands the content out: as a download and never inline.
func (a *App) evidenceContent(c *gin.Context) error {
	ctx, actor := a.Context(c), ActorOf(c)
	e, err := a.Store.DownloadEvidence(ctx, actor, c.Param("ref"))
	if err != nil {
		return err
	}
	return a.handOut(c, e.SHA256, e.Size, e.Ref+"."+extension(e.ContentKind), e.FileName)
}

func extension(kind string) string {
	if k, ok := proof.KindNamed(kind); ok {
		return k.Extensions[0]
	}
	return "bin"
}

// handOut streams a content of the vault as an attachment in a sandbox; plain is its name for programs that understand no other.
func (a *App) handOut(c *gin.Context, sum string, size int64, plain, name string) error {
	f, err := a.Desk.Vault.Open(sum)
	if err != nil {
		return &models.Error{Kind: models.KindUnavailable, Key: "error.evidence_gone", Err: err}
	}
	defer f.Close()
	patient(c)
	c.Header("Content-Security-Policy", "default-src 'none'; sandbox")
	c.Header("Digest", "sha-256="+sum)
	c.DataFromReader(http.StatusOK, size, "application/octet-stream", f, map[string]string{
		"Content-Disposition": `attachment; filename="` + plain + `"; filename*=UTF-8''` + url.PathEscape(name)})
	return nil
}

// evidenceVerify holds the stored content against its digests.
func (a *App) evidenceVerify(c *gin.Context) error {
	ctx, ref := a.Context(c), c.Param("ref")
	patient(c)
	ok, err := a.Desk.VerifyEvidence(ctx, ActorOf(c), ref)
	if err != nil {
		return err
	}
	text := i18n.T(ctx, "evidence.done.equal")
	if !ok {
		text = i18n.T(ctx, "evidence.done.differs")
	}
	return a.done(c, "/evidence/"+ref, text, "")
}

func (a *App) evidenceLink(c *gin.Context) error {
	var f linkForm
	if err := bind(c, &f); err != nil {
		return err
	}
	ctx, ref := a.Context(c), c.Param("ref")
	err := a.Store.LinkEvidence(ctx, ActorOf(c), ref, models.NewLink{FactPage: f.Fact, URL: f.URL, Excerpt: f.Excerpt})
	if wrong, ok := wrongFields(err); ok {
		return a.showPiece(c, f, wrong)
	}
	if err != nil {
		return err
	}
	return a.done(c, "/evidence/"+ref, i18n.T(ctx, "evidence.done.linked"), "")
}
