package web

import (
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"xiezhi/handlers"
	"xiezhi/models"
)

var statuses = map[models.Kind]int{
	models.KindNotFound:        http.StatusNotFound,
	models.KindForbidden:       http.StatusForbidden,
	models.KindConflict:        http.StatusConflict,
	models.KindNotAMove:        http.StatusConflict,
	models.KindInvalid:         http.StatusUnprocessableEntity,
	models.KindUnauthenticated: http.StatusUnauthorized,
	models.KindTooMany:         http.StatusTooManyRequests,
	models.KindUnavailable:     http.StatusServiceUnavailable,
}

// fail turns an error into an answer. What is not a domain error is logged and shown as a fault of ours, without its text.
func (s *Site) fail(c *gin.Context, err error) {
	var tooLong *http.MaxBytesError
	if errors.As(err, &tooLong) {
		err = &models.Error{Kind: models.KindInvalid, Key: "error.body_too_long", Err: err}
	}
	var e *models.Error
	if !errors.As(err, &e) || e.Kind == models.KindInternal {
		s.Log.ErrorContext(c.Request.Context(), "request failed", "request", c.GetString(requestID), "route", c.FullPath(), "error", err.Error())
		e = &models.Error{Kind: models.KindInternal, Key: "error.internal", Args: map[string]string{"request": c.GetString(requestID)}}
	} else if e.Kind == models.KindUnavailable {
		s.Log.ErrorContext(c.Request.Context(), "unavailable", "request", c.GetString(requestID), "route", c.FullPath(), "error", err.Error())
	}
	status, ok := statuses[e.Kind]
	if !ok {
		status = http.StatusInternalServerError
	}
	s.noteRefusal(c, e)
	if status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests {
		c.Header("Retry-After", "5")
	}
	if isAPI(c) {
		s.App.FailAPI(c, status, e)
		return
	}
	if e.Kind == models.KindUnauthenticated {
		s.signIn(c)
		return
	}
	if err := s.App.FailPage(c, status, e); err != nil {
		s.Log.ErrorContext(c.Request.Context(), "error page failed", "request", c.GetString(requestID), "error", err.Error())
		c.Data(http.StatusInternalServerError, "text/html; charset=utf-8", s.failed)
	}
}

// signIn sends to the sign-in page, and back afterwards when the page was only read.
func (s *Site) signIn(c *gin.Context) {
	to := "/login"
	if c.Request.Method == http.MethodGet && c.Request.URL.Path != "/" {
		to += "?next=" + strings.ReplaceAll(c.Request.URL.RequestURI(), "&", "%26")
	}
	if c.GetHeader("HX-Request") != "" {
		c.Header("HX-Redirect", to)
		c.Status(http.StatusUnauthorized)
		c.Writer.WriteHeaderNow()
		return
	}
	c.Redirect(http.StatusSeeOther, to)
}

// noteRefusal audits that somebody who is signed in was refused an act.
func (s *Site) noteRefusal(c *gin.Context, e *models.Error) {
	actor := handlers.ActorOf(c)
	if actor.UserID == 0 || e.Kind != models.KindForbidden {
		return
	}
	detail := map[string]any{"method": c.Request.Method, "path": c.Request.URL.Path, "key": e.Key, "action": e.Args["action"]}
	if err := s.App.Store.NoteRefusal(c.Request.Context(), actor, "refused", c.FullPath(), detail); err != nil {
		s.Log.ErrorContext(c.Request.Context(), "refusal not audited", "request", c.GetString(requestID), "error", err.Error())
	}
}
