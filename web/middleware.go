package web

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"xiezhi/handlers"
	"xiezhi/models"
)

const (
	requestID = "request_id"
	authError = "auth_error"
)

func (s *Site) identify(c *gin.Context) {
	b := make([]byte, 8)
	if _, err := rand.Read(b); err != nil {
		c.AbortWithStatus(http.StatusServiceUnavailable)
		return
	}
	id := hex.EncodeToString(b)
	c.Set(requestID, id)
	c.Header("X-Request-Id", id)
	c.Next()
}

func (s *Site) recover(c *gin.Context) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(v)
		}
		s.Log.ErrorContext(c.Request.Context(), "panic", "request", c.GetString(requestID), "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
		if !c.Writer.Written() {
			s.fail(c, fmt.Errorf("panic: %v", v))
		}
		c.Abort()
	}()
	c.Next()
}

// first lets long work of this process give way to who reads a page.
func (s *Site) first(c *gin.Context) {
	if c.Request.Method == http.MethodGet || c.Request.Method == http.MethodHead {
		defer s.App.Store.Readers().Begin()()
	}
	c.Next()
}

// log writes the path, never the query: it may hold names.
func (s *Site) log(c *gin.Context) {
	started := time.Now()
	c.Next()
	s.Log.LogAttrs(c.Request.Context(), slog.LevelInfo, "request", slog.String("request", c.GetString(requestID)),
		slog.String("method", c.Request.Method), slog.String("route", c.FullPath()), slog.Int("status", c.Writer.Status()),
		slog.Duration("took", time.Since(started)), slog.String("user", handlers.ActorOf(c).Name), slog.String("ip", c.ClientIP()))
}

const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func (s *Site) headers(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "HX-Request, Cookie, Accept-Language")
	if s.App.Login.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	c.Next()
}

// evidencePatience is how long the upload of a piece of evidence may take.
const evidencePatience = 30 * time.Minute

func (s *Site) limit(c *gin.Context) {
	limit := int64(maxBody)
	if strings.HasPrefix(c.Request.URL.Path, "/api/v1/facts/") || c.Request.URL.Path == "/batches" || c.Request.URL.Path == "/mappings/new" {
		limit = maxFacts
	}
	if path := c.Request.URL.Path; c.Request.Method == http.MethodPost && strings.HasPrefix(strings.TrimPrefix(path, "/api/v1"), "/cases/") && strings.HasSuffix(path, "/evidence") && s.mayUpload(c) {
		limit = s.App.Desk.Evidence.Limit + maxBody
		// A recording over a slow line takes longer than a form may; a reader without deadlines keeps its own.
		_ = http.NewResponseController(c.Writer).SetReadDeadline(time.Now().Add(evidencePatience))
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, limit)
	c.Next()
}

// mayUpload says whether who asks may add evidence to the case of the address: only then is a long body read at all.
func (s *Site) mayUpload(c *gin.Context) bool {
	actor := handlers.ActorOf(c)
	return actor.UserID != 0 && actor.Can(models.ActEvidenceAdd) && s.App.Store.AllowEvidence(c.Request.Context(), actor, c.Param("ref")) == nil
}

// actor reads who asks: the bearer token under /api/, the session elsewhere. Grants are read anew with every request, so that a
// revoked one ends at once.
func (s *Site) actor(c *gin.Context) {
	var err error
	if isAPI(c) {
		err = s.tokenActor(c)
	} else if !strings.HasPrefix(c.Request.URL.Path, "/static/") {
		err = s.sessionActor(c)
	}
	if err != nil {
		c.Set(authError, err)
	}
	c.Next()
}

func (s *Site) tokenActor(c *gin.Context) error {
	token, ok := strings.CutPrefix(c.GetHeader("Authorization"), "Bearer ")
	if !ok {
		return &models.Error{Kind: models.KindUnauthenticated, Key: "error.token"}
	}
	u, id, err := s.App.Store.TokenUser(c.Request.Context(), strings.TrimSpace(token))
	if err != nil {
		return err
	}
	grants, err := s.App.Store.LiveGrants(c.Request.Context(), u.ID)
	if err != nil {
		return err
	}
	s.setActor(c, u, grants, id)
	return nil
}

func (s *Site) setActor(c *gin.Context, u models.User, grants []models.Grant, tokenID int64) {
	a := s.App.Policy.Actor(u, grants)
	a.RequestID, a.IP, a.TokenID = c.GetString(requestID), c.ClientIP(), tokenID
	handlers.SetActor(c, a)
}

func (s *Site) sessionActor(c *gin.Context) error {
	ctx := c.Request.Context()
	id := s.App.Sessions.GetInt64(ctx, handlers.SessionUser)
	if id == 0 {
		return nil
	}
	now := s.App.Now()
	since := time.Unix(s.App.Sessions.GetInt64(ctx, handlers.SessionSince), 0)
	seen := time.Unix(s.App.Sessions.GetInt64(ctx, handlers.SessionSeen), 0)
	u, grants, err := s.App.Store.Visitor(ctx, id)
	if err != nil && models.KindOf(err) != models.KindNotFound {
		return err
	}
	if err != nil || u.Disabled || now.Sub(since) > handlers.TotalLimit || now.Sub(seen) > handlers.IdleLimit || u.PasswordChangedAt.Time().After(since.Add(time.Second)) {
		return s.App.Sessions.Destroy(ctx)
	}
	if now.Sub(seen) > time.Minute {
		s.App.Sessions.Put(ctx, handlers.SessionSeen, now.Unix())
	}
	s.setActor(c, u, grants, 0)
	return nil
}
