// Package handlers answers requests: each handler binds, calls one verb or question of the domain, builds its page with a pure
// function and renders it. Who may ask is said beside each route; where, by the scope inside models.
package handlers

import (
	"bytes"
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/a-h/templ"
	"github.com/alexedwards/scs/v2"
	"github.com/gin-gonic/gin"
	"xiezhi/authz"
	"xiezhi/i18n"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/static"
	"xiezhi/views"
	"xiezhi/views/ui"
	"xiezhi/work"
)

// App is what handlers work with; cmd wires it.
type App struct {
	Store  *models.Store
	Policy *authz.Policy
	Desk   *work.Desk
	// Dashboards remembers the figures of those who lead.
	Dashboards *work.Dashboards
	Press      models.Press
	Sessions   *scs.SessionManager
	Catalog    *i18n.Catalog
	Assets     *static.Assets
	Login      LoginRules
	Now        func() time.Time
	Articles   law.FullTexts // of the law, that the operator has loaded
	// VolumeFactor is how many times today's open alerts a rule version may raise before a second approver is asked.
	VolumeFactor float64

	// VerifyAudit checks the whole audit trail against the signed heads outside the database.
	VerifyAudit func(context.Context) (models.AuditReport, error)

	loads turns     // loads of facts under an idempotency key
	pages sync.Pool // buffers that pages are written into
}

// LoginRules says how people sign in. SecondFactor is off in the demo alone, which listens on loopback only. OpenSecret decrypts
// a stored second-factor secret. Secure marks cookies for HTTPS only.
type LoginRules struct {
	SecondFactor bool
	Secure       bool
	OpenSecret   func([]byte) (string, error)
}

// Demo says whether this is the demonstration.
func (a *App) Demo() bool { return !a.Login.SecondFactor }

// Access says who may call a route at all.
type Access int

// The kinds of access. Signed asks for a signed-in user; the route's action is asked too where it names one.
const (
	Signed Access = iota
	Public
	Token
)

// Route is one line of the route table: method, path, who may call it, the action its roles must hold, and the handler.
// Objects are not judged here: an object outside the scope is not found, whatever the role.
type Route struct {
	Method  string
	Path    string
	Access  Access
	Action  models.Action
	Handler func(*gin.Context) error
}

const actorKey = "actor"

// SetActor puts who asks into the request; web calls it after reading the session or the token.
func SetActor(c *gin.Context, a models.Actor) { c.Set(actorKey, a) }

// ActorOf gives who asks; the zero actor, who may do nothing, where nobody is signed in.
func ActorOf(c *gin.Context) models.Actor {
	if v, ok := c.Get(actorKey); ok {
		if a, ok := v.(models.Actor); ok {
			return a
		}
	}
	return models.Actor{}
}

// render writes a page: into a buffer first, so that a fault half way shows as an error page and not as half a page.
func (a *App) render(c *gin.Context, status int, page templ.Component) error {
	buf, ok := a.pages.Get().(*bytes.Buffer)
	if !ok {
		buf = &bytes.Buffer{}
	}
	defer func() {
		if buf.Cap() <= keptPage {
			buf.Reset()
			a.pages.Put(buf)
		}
	}()
	if err := page.Render(a.Context(c), buf); err != nil {
		return err
	}
	c.Data(status, "text/html; charset=utf-8", buf.Bytes())
	return nil
}

// keptPage is how large a buffer may be that is kept for the next page.
const keptPage = 1 << 20

// Context gives the request's context with its language, assets and form token.
func (a *App) Context(c *gin.Context) context.Context {
	ctx := i18n.With(c.Request.Context(), a.Catalog, a.Locale(c))
	return ui.With(withArticles(ctx, a.Articles), a.Assets.URL, a.FormToken(c))
}

// Locale gives the language to answer in: the user's choice, else the cookie's, else the browser's, else Chinese.
func (a *App) Locale(c *gin.Context) string {
	if actor := ActorOf(c); actor.Locale != "" {
		return actor.Locale
	}
	if v, err := c.Cookie(localeCookie); err == nil && (v == i18n.English || v == i18n.Chinese) {
		return v
	}
	if accept := c.GetHeader("Accept-Language"); len(accept) >= 2 && accept[:2] == "en" {
		return i18n.English
	}
	return i18n.Chinese
}

const (
	localeCookie = "xz_locale"
	tokenField   = "form_token"
	flashKey     = "flash"
	flashUndo    = "flash_undo"
)

// FormToken gives the session's anti-forgery token, empty without a session.
func (a *App) FormToken(c *gin.Context) string {
	if a.Sessions == nil || ActorOf(c).UserID == 0 || ActorOf(c).TokenID != 0 {
		return ""
	}
	return a.Sessions.GetString(c.Request.Context(), tokenField)
}

// frame fills what surrounds every page.
func (a *App) frame(c *gin.Context, title string) (views.Frame, error) {
	ctx := a.Context(c)
	actor := ActorOf(c)
	f := views.Frame{Title: title, Path: c.Request.URL.RequestURI(), Theme: actor.Theme, User: i18n.Pick(ctx, actor.Display, actor.DisplayEn),
		UserName: actor.Name, Demo: a.Demo(), Query: c.Query("q"), Search: actor.Can(models.ActCompanyRead)}
	around, err := a.Store.Surround(ctx, actor)
	if err != nil {
		return f, err
	}
	f.Calendar = calendarName(ctx, around.Calendar)
	f.Office, f.Place = i18n.Pick(ctx, around.Office.Name, around.Office.NameEn), placeName(ctx, around.Office.DivisionCode)
	if actor.Can(models.ActAlertRead) || actor.Can(models.ActScanRead) {
		f.Rules = a.Desk.OrShipped(around.Rules)
		if scan := around.Scan; scan.Ref != "" {
			_, end := scan.Bounds()
			f.DataAt = i18n.Moment(end.Time())
			f.Scan = i18n.T(ctx, "foot.scan", "ref", scan.Ref, "span", i18n.Span(ctx, scan.FinishedAt.Sub(scan.StartedAt)))
		}
	}
	f.Nav = navigation(ctx, actor, c.FullPath(), navCounts{around.Urgent, around.Notices})
	f.Flash = views.Flash{Text: a.Sessions.PopString(c.Request.Context(), flashKey), Undo: a.Sessions.PopString(c.Request.Context(), flashUndo)}
	return f, nil
}

// done answers a carried-out form: what happened is said on the page the reader is sent to.
func (a *App) done(c *gin.Context, to, text, undo string) error {
	a.Sessions.Put(c.Request.Context(), flashKey, text)
	if undo != "" {
		a.Sessions.Put(c.Request.Context(), flashUndo, undo)
	}
	c.Redirect(http.StatusSeeOther, to)
	return nil
}
