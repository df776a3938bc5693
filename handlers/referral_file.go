package handlers

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"
	"xiezhi/models"
)

// referralDocument sends a paper of a referral as it was issued; that it was read goes into the audit trail.
func (a *App) referralDocument(c *gin.Context) error {
	ctx, actor, ref := c.Request.Context(), ActorOf(c), c.Param("ref")
	d, err := a.Store.ReferralDocument(ctx, actor, ref, c.Param("kind"))
	if err != nil {
		return err
	}
	file, err := a.Store.ReferralFile(ctx, actor, ref)
	if err != nil {
		return err
	}
	if err := a.Store.NoteRead(ctx, actor, "document.read", "referral:"+ref, file.Place, map[string]any{"kind": d.Kind, "revision": d.Revision, "sha256": d.SHA256}); err != nil {
		return err
	}
	etag := `"` + d.SHA256 + `"`
	c.Header("ETag", etag)
	c.Header("Content-Disposition", disposition(ref, d))
	c.Header("Content-Security-Policy", "default-src 'none'; sandbox")
	if c.GetHeader("If-None-Match") == etag {
		c.Status(http.StatusNotModified)
		return nil
	}
	c.Data(http.StatusOK, "application/pdf", d.Content)
	return nil
}

// disposition names a downloaded paper: by its document number where the program understands that, else by reference and kind.
func disposition(ref string, d models.Document) string {
	plain := ref + "-" + d.Kind
	name := plain
	if d.Number != "" {
		name = d.Number
	}
	return `attachment; filename="` + plain + `.pdf"; filename*=UTF-8''` + url.PathEscape(name+".pdf")
}
