// Package web is the portal's HTTP side: the engine, its life-cycle and what stands around every handler: request ids, recovery,
// logs, headers, sessions and tokens, anti-forgery, limits; and it alone turns an error into a status and a page.
package web

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"xiezhi/handlers"
	"xiezhi/models"
	"xiezhi/static"
)

// Site is the portal as an http.Handler.
type Site struct {
	App *handlers.App
	Log *slog.Logger

	crossOrigin *http.CrossOriginProtection
	failed      []byte // the page for faults of ours, rendered at start
}

// maxBody is how many bytes a form or a JSON body may have; facts may be longer.
const (
	maxBody  = 1 << 20
	maxFacts = 65 << 20
)

// New builds the engine from the route table.
func New(app *handlers.App, log *slog.Logger) (*Site, http.Handler, error) {
	gin.SetMode(gin.ReleaseMode)
	s := &Site{App: app, Log: log, crossOrigin: http.NewCrossOriginProtection()}
	var err error
	if s.failed, err = app.FailedPage(); err != nil {
		return nil, nil, err
	}
	e := gin.New()
	e.HandleMethodNotAllowed = true
	e.RedirectTrailingSlash = false
	e.RedirectFixedPath = false
	e.MaxMultipartMemory = 8 << 20
	if err := e.SetTrustedProxies(nil); err != nil {
		return nil, nil, err
	}
	e.Use(s.first, s.identify, s.recover, s.log, s.headers, s.actor, s.limit)
	for _, r := range app.Routes() {
		e.Handle(r.Method, r.Path, s.adapt(r))
		if r.Method == http.MethodGet {
			e.HEAD(r.Path, s.adapt(r))
		}
	}
	assets := func(c *gin.Context) { app.Assets.ServeHTTP(c.Writer, c.Request) }
	e.GET(static.Prefix+"*file", assets)
	e.HEAD(static.Prefix+"*file", assets)
	e.NoRoute(func(c *gin.Context) { s.fail(c, s.unknownPath(c)) })
	e.NoMethod(func(c *gin.Context) {
		c.Status(http.StatusMethodNotAllowed)
		c.Writer.WriteHeaderNow()
	})
	return s, app.Sessions.LoadAndSave(e), nil
}

func (s *Site) unknownPath(c *gin.Context) error {
	if isAPI(c) && handlers.ActorOf(c).UserID == 0 {
		return &models.Error{Kind: models.KindUnauthenticated, Key: "error.token"}
	}
	return models.NotFound("page")
}

func isAPI(c *gin.Context) bool { return strings.HasPrefix(c.Request.URL.Path, "/api/") }

// adapt asks who may call a route before its handler does anything, and turns the handler's error into an answer.
func (s *Site) adapt(r handlers.Route) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := s.allow(c, r); err != nil {
			s.fail(c, err)
			return
		}
		err := s.plain(c)
		if err == nil {
			err = r.Handler(c)
		}
		if err != nil {
			s.fail(c, err)
		}
	}
}

func (s *Site) allow(c *gin.Context, r handlers.Route) error {
	actor := handlers.ActorOf(c)
	if err, ok := c.Get(authError); ok && r.Access != handlers.Public {
		if e, ok := err.(error); ok {
			return e
		}
	}
	switch r.Access {
	case handlers.Public:
		return s.forgery(c, actor, r.Access)
	case handlers.Token:
		if actor.UserID == 0 || actor.TokenID == 0 {
			return &models.Error{Kind: models.KindUnauthenticated, Key: "error.token"}
		}
	default:
		if actor.UserID == 0 || actor.TokenID != 0 {
			return &models.Error{Kind: models.KindUnauthenticated, Key: "error.sign_in"}
		}
		if err := s.forgery(c, actor, r.Access); err != nil {
			return err
		}
	}
	if r.Action != "" && !actor.Can(r.Action) {
		return models.Forbidden(r.Action)
	}
	return nil
}

// forgery refuses writes that another site sent: by what the browser says of the origin, and by the form token of the session.
func (s *Site) forgery(c *gin.Context, actor models.Actor, access handlers.Access) error {
	if c.Request.Method == http.MethodGet || c.Request.Method == http.MethodHead {
		return nil
	}
	if err := s.crossOrigin.Check(c.Request); err != nil {
		return &models.Error{Kind: models.KindForbidden, Key: "error.cross_origin", Err: err}
	}
	if err := readForm(c.Request); err != nil {
		return err
	}
	if access == handlers.Public && actor.UserID == 0 {
		return nil
	}
	if want := s.App.FormToken(c); want == "" || c.PostForm("token") != want {
		return &models.Error{Kind: models.KindForbidden, Key: "error.form_token"}
	}
	return nil
}

// readForm parses the form now, so that one over its limit is told apart from one without a token.
func readForm(r *http.Request) error {
	err := r.ParseForm()
	if err == nil {
		err = r.ParseMultipartForm(8 << 20)
	}
	var tooLong *http.MaxBytesError
	if errors.As(err, &tooLong) {
		return tooLong
	}
	return nil
}

// plain refuses NUL and broken UTF-8, which one store takes and the other does not: in the path there is no such object, in a query or
// a form it is wrong input.
func (s *Site) plain(c *gin.Context) error {
	for _, p := range c.Params {
		if !isPlain(p.Value) {
			return models.NotFound("page")
		}
	}
	for _, values := range []url.Values{c.Request.URL.Query(), c.Request.PostForm} {
		for name, list := range values {
			if !isPlain(name) || slices.ContainsFunc(list, func(v string) bool { return !isPlain(v) }) {
				return &models.Error{Kind: models.KindInvalid, Key: "error.characters"}
			}
		}
	}
	return nil
}

func isPlain(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }
