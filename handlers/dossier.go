package handlers

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/proof"
	"xiezhi/views"
)

// referralEvidence lists what a referral handed over, with its archives.
func (a *App) referralEvidence(c *gin.Context) error {
	ctx, actor, ref := a.Context(c), ActorOf(c), c.Param("ref")
	file, err := a.Store.ReferralFile(ctx, actor, ref)
	if err != nil {
		return err
	}
	list, err := a.Store.ReferralEvidence(ctx, actor, ref)
	if err != nil {
		return err
	}
	dossiers, err := a.Store.ReferralDossiers(ctx, actor, ref)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "evidence.referral_title"))
	if err != nil {
		return err
	}
	p := views.EvidenceListPage{Frame: frame, Subject: ref + " " + file.CaseTitle, Rows: newEvidenceRows(ctx, list), Office: frame.Office, Printed: printedBy(ctx, actor, a.Store.Now()),
		Tabs: []views.Tab{{Label: i18n.T(ctx, "evidence.referral"), URL: "/referrals/" + ref}, {Label: i18n.T(ctx, "evidence.referral_title"), URL: "/referrals/" + ref + "/evidence", Current: true}}}
	p.Dossiers.Rows = newDossierRows(ctx, dossiers)
	if actor.CanAt(models.ActDossierMake, file.Place) {
		p.Dossiers.Action = "/referrals/" + ref + "/dossier"
	}
	return a.render(c, http.StatusOK, views.EvidenceList(p))
}

func newDossierRows(ctx context.Context, list []models.DossierLine) []views.ArchiveRow {
	rows := make([]views.ArchiveRow, 0, len(list))
	for _, d := range list {
		r := views.ArchiveRow{Ref: d.Ref, URL: "/dossiers/" + d.Ref, Of: d.CaseRef, State: i18n.T(ctx, "dossier.state."+string(d.State)), Size: i18n.Unknown, Asked: whenMinute(d.AskedAt)}
		if d.ReferralRef != "" {
			r.Of = d.ReferralRef
		}
		if d.State == models.DossierDone {
			r.Size, r.SHA256, r.Short = fileSize(ctx, d.Size), d.SHA256, d.SHA256[:16]
		}
		rows = append(rows, r)
	}
	return rows
}

// dossierAsk asks for an archive by one of the verbs of the store and leads to its page.
func (a *App) dossierAsk(ask func(ctx context.Context, actor models.Actor, ref string) (string, error)) func(*gin.Context) error {
	return func(c *gin.Context) error {
		ctx := a.Context(c)
		ref, err := ask(ctx, ActorOf(c), c.Param("ref"))
		if err != nil {
			return err
		}
		return a.done(c, "/dossiers/"+ref, i18n.T(ctx, "dossier.done.asked", "ref", ref), "")
	}
}

func (a *App) dossierShow(c *gin.Context) error {
	ctx, actor := a.Context(c), ActorOf(c)
	d, err := a.Store.Dossier(ctx, actor, c.Param("ref"))
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "dossier.title"))
	if err != nil {
		return err
	}
	p := newDossierPage(ctx, actor, d)
	p.Frame = frame
	if p.Waits {
		c.Header("Refresh", "3")
	}
	return a.render(c, http.StatusOK, views.DossierShow(p))
}

func newDossierPage(ctx context.Context, actor models.Actor, d models.DossierLine) views.DossierShowPage {
	p := views.DossierShowPage{Ref: d.Ref, Back: views.Link{URL: "/cases/" + d.CaseRef + "/evidence", Text: d.CaseRef},
		Waits: d.State == models.DossierQueued || d.State == models.DossierRunning}
	if !actor.Can(models.ActEvidenceRead) {
		p.Back = views.Link{URL: "/referrals/" + d.ReferralRef + "/evidence", Text: d.ReferralRef}
	}
	p.Done = i18n.T(ctx, "dossier.state."+string(d.State))
	if d.Total > 0 {
		p.Done = i18n.T(ctx, "dossier.progress", "done", i18n.Integer(ctx, d.Done), "total", i18n.Integer(ctx, d.Total))
	}
	p.Facts = []views.Fact{{Label: i18n.T(ctx, "dossier.col.state"), Value: i18n.T(ctx, "dossier.state."+string(d.State))}, {Label: i18n.T(ctx, "dossier.col.of"), Value: d.CaseRef + " " + d.ReferralRef},
		{Label: i18n.T(ctx, "dossier.col.asked"), Value: i18n.Exact(d.AskedAt.Time()) + " " + d.AskedBy}}
	if d.State == models.DossierDone {
		p.Download = "/dossiers/" + d.Ref + "/content"
		p.Facts = append(p.Facts, views.Fact{Label: i18n.T(ctx, "evidence.col.size"), Value: fileSize(ctx, d.Size)}, views.Fact{Label: "SHA-256", Value: d.SHA256, Code: true},
			views.Fact{Label: "SM3", Value: d.SM3, Code: true}, views.Fact{Label: i18n.T(ctx, "dossier.verify"), Value: "xiezhi dossier verify " + d.Ref + ".zip --keys keys.json", Code: true})
	}
	return p
}

func (a *App) dossierContent(c *gin.Context) error {
	d, err := a.Store.DownloadDossier(a.Context(c), ActorOf(c), c.Param("ref"))
	if err != nil {
		return err
	}
	return a.handOut(c, d.SHA256, d.Size, d.Ref+".zip", d.Ref+".zip")
}

func (a *App) keyList(c *gin.Context) error {
	ctx := a.Context(c)
	keys, err := a.Store.PublicKeys(ctx)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "signkeys.title"))
	if err != nil {
		return err
	}
	p := views.KeyListPage{Frame: frame}
	for _, k := range keys {
		row := views.KeyRow{ID: k.ID, Office: k.Name, Fingerprint: k.Fingerprint(), State: i18n.T(ctx, "signkeys.in_use")}
		if at, err := time.Parse(time.RFC3339, k.Since); err == nil {
			row.Since = when(models.At(at))
		}
		if k.Until != "" {
			row.State = i18n.T(ctx, "signkeys.retired")
		}
		p.Rows = append(p.Rows, row)
	}
	return a.render(c, http.StatusOK, views.KeyList(p))
}

// keyFile gives the public keys as the file that the offline verifier takes; it is for everybody.
func (a *App) keyFile(c *gin.Context) error {
	keys, err := a.Store.PublicKeys(c.Request.Context())
	if err != nil {
		return err
	}
	text, err := proof.WriteKeys(keys)
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", `attachment; filename="signkeys.json"`)
	c.Data(http.StatusOK, "application/json; charset=utf-8", text)
	return nil
}

// documentVerify holds an issued paper against its digests and signatures.
func (a *App) documentVerify(c *gin.Context) error {
	ctx, ref, kind := a.Context(c), c.Param("ref"), c.Param("kind")
	check, err := a.Store.VerifyDocument(ctx, ActorOf(c), ref, kind)
	if err != nil {
		return err
	}
	return a.done(c, "/referrals/"+ref, checkText(ctx, documentName(ctx, kind), check), "")
}

func checkText(ctx context.Context, name string, check models.DocumentCheck) string {
	if check.Fault == "" {
		return i18n.T(ctx, "proof.holds", "name", name, "key", check.Key.ID, "office", check.Key.Name)
	}
	return i18n.T(ctx, "proof.fails", "name", name, "why", i18n.T(ctx, "proof.fault."+check.Fault))
}
