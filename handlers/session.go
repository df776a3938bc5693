package handlers

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"github.com/gin-gonic/gin"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/views"
)

// The names under which a session keeps who is signed in, and since when.
const (
	SessionUser  = "user"
	SessionSince = "since"
	SessionSeen  = "seen"
	deviceCookie = "xz_device"
)

// The limits of a session (organisation.md 4.3).
const (
	IdleLimit  = 15 * time.Minute
	TotalLimit = 8 * time.Hour
)

// dummyHash is checked for unknown users, so that they take as long as known ones.
const dummyHash = "$argon2id$v=19$m=47104,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$kQ8YmLH8dUT9mzhnm2Xkz7lOIiPHJdmVfrvvj7rXk2w"

// hashing lets as many password checks run at once as there are places; the rest wait a little or are turned away.
var hashing = make(chan struct{}, 4)

type loginForm struct {
	User     string `form:"user"`
	Password string `form:"password"`
	Code     string `form:"code"`
	Next     string `form:"next"`
}

func (a *App) loginShow(c *gin.Context) error {
	if ActorOf(c).UserID != 0 {
		c.Redirect(http.StatusSeeOther, "/")
		return nil
	}
	return a.render(c, http.StatusOK, views.Login(a.newLoginPage(c, loginForm{Next: c.Query("next")}, "")))
}

func (a *App) newLoginPage(c *gin.Context, f loginForm, wrong string) views.LoginPage {
	return views.LoginPage{User: f.User, Next: safeNext(f.Next), Wrong: wrong, SecondFactor: a.Login.SecondFactor, Theme: "light"}
}

// safeNext keeps only addresses of this portal.
func safeNext(next string) string {
	if len(next) < 1 || next[0] != '/' || len(next) > 1 && (next[1] == '/' || next[1] == '\\') {
		return "/"
	}
	if strings.ContainsFunc(next, unicode.IsControl) || !utf8.ValidString(next) {
		return "/" // browsers drop tabs and line ends, and then see another site
	}
	return next
}

func (a *App) login(c *gin.Context) error {
	var f loginForm
	if err := c.ShouldBind(&f); err != nil {
		return &models.Error{Kind: models.KindInvalid, Key: "error.form", Err: err}
	}
	u, device, step, err := a.checkLogin(c, f)
	if err != nil {
		var e *models.Error
		if !errors.As(err, &e) || e.Kind != models.KindUnauthenticated && e.Kind != models.KindTooMany {
			return err
		}
		status := http.StatusUnprocessableEntity
		if e.Kind == models.KindTooMany {
			status = http.StatusTooManyRequests
		}
		return a.render(c, status, views.Login(a.newLoginPage(c, f, e.Key)))
	}
	return a.openSession(c, u, device, step, safeNext(f.Next))
}

// checkLogin checks name, password and one-time code. Every failure looks the same and takes the same time, also that of a locked
// account, so that nobody learns which names exist.
func (a *App) checkLogin(c *gin.Context, f loginForm) (models.User, string, int64, error) {
	ctx := c.Request.Context()
	failed := &models.Error{Kind: models.KindUnauthenticated, Key: "login.failed"}
	device, _ := c.Cookie(deviceCookie)
	u, err := a.Store.UserByName(ctx, f.User)
	if err != nil && models.KindOf(err) != models.KindNotFound {
		return u, device, 0, err
	}
	locked := false
	if u.ID != 0 {
		known, err := a.Store.LoginGate(ctx, u, device)
		if locked = models.KindOf(err) == models.KindTooMany; err != nil && !locked {
			return u, device, 0, err
		}
		if !known {
			device = "" // a cookie that somebody planted never becomes a known device
		}
	}
	hash := u.PasswordHash
	if u.ID == 0 || locked {
		hash = dummyHash
	}
	ok, err := checkPassword(f.Password, hash)
	if err != nil {
		return u, device, 0, err
	}
	step, stepOK := int64(0), true
	if a.Login.SecondFactor && u.ID != 0 {
		step, stepOK = a.checkCode(u, f.Code)
	}
	who := models.Actor{Name: "anonymous", IP: c.ClientIP(), RequestID: c.GetString("request_id")}
	if locked {
		if err := a.Store.NoteRefusal(ctx, who, "session.refuse", "user:"+u.Name, map[string]any{"why": "locked"}); err != nil {
			return u, device, 0, err
		}
		return u, device, 0, failed
	}
	if u.ID == 0 || u.Disabled || !ok || !stepOK {
		if u.ID == 0 {
			u.Name = "unknown"
		}
		if err := a.Store.FailLogin(ctx, who, u, device, "credentials"); err != nil {
			return u, device, 0, err
		}
		return u, device, 0, failed
	}
	return u, device, step, nil
}

func checkPassword(password, hash string) (bool, error) {
	select {
	case hashing <- struct{}{}:
		defer func() { <-hashing }()
	case <-time.After(2 * time.Second):
		return false, &models.Error{Kind: models.KindTooMany, Key: "login.busy"}
	}
	if len(password) > 1024 {
		return false, nil
	}
	ok, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return false, nil
	}
	return ok, nil
}

// checkCode finds the time step whose code was given, one step to each side; a step that was used is not taken again.
func (a *App) checkCode(u models.User, code string) (int64, bool) {
	if len(u.TOTPSecret) == 0 || a.Login.OpenSecret == nil {
		return 0, false
	}
	secret, err := a.Login.OpenSecret(u.TOTPSecret)
	if err != nil {
		return 0, false
	}
	now := a.Now().Unix() / 30
	for _, step := range []int64{now, now - 1, now + 1} {
		want, err := totp.GenerateCodeCustom(secret, time.Unix(step*30, 0), totp.ValidateOpts{Period: 30, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && want == code && step > u.TOTPLastStep {
			return step, true
		}
	}
	return 0, false
}

func (a *App) openSession(c *gin.Context, u models.User, device string, step int64, next string) error {
	ctx := c.Request.Context()
	if device == "" {
		device = randomText()
	}
	who := models.Actor{UserID: u.ID, Name: u.Name, IP: c.ClientIP(), RequestID: c.GetString("request_id")}
	if err := a.Store.PassLogin(ctx, who, u, device, step); err != nil {
		return err
	}
	if err := a.Sessions.RenewToken(ctx); err != nil {
		return err
	}
	now := a.Now().Unix()
	a.Sessions.Put(ctx, SessionUser, u.ID)
	a.Sessions.Put(ctx, SessionSince, now)
	a.Sessions.Put(ctx, SessionSeen, now)
	a.Sessions.Put(ctx, tokenField, randomText())
	c.SetSameSite(http.SameSiteLaxMode)
	c.SetCookie(deviceCookie, device, 400*24*3600, "/", "", a.Login.Secure, true)
	c.Redirect(http.StatusSeeOther, next)
	return nil
}

func randomText() string {
	b := make([]byte, 24)
	if _, err := rand.Read(b); err != nil {
		panic("no randomness: " + err.Error())
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func (a *App) logout(c *gin.Context) error {
	if err := a.Store.EndLogin(c.Request.Context(), ActorOf(c)); err != nil {
		return err
	}
	if err := a.Sessions.Destroy(c.Request.Context()); err != nil {
		return err
	}
	c.Header("Clear-Site-Data", `"cache", "storage"`)
	next := "/login"
	if to := safeNext(c.Query("next")); strings.HasPrefix(to, "/bulletins") { // the other pages that are open to all
		next = to
	}
	c.Redirect(http.StatusSeeOther, next)
	return nil
}

type preferForm struct {
	Locale string `form:"locale"`
	Theme  string `form:"theme"`
	Back   string `form:"back"`
}

// prefer stores the language or the theme and goes back to the page it was chosen on.
func (a *App) prefer(c *gin.Context) error {
	var f preferForm
	if err := c.ShouldBind(&f); err != nil {
		return &models.Error{Kind: models.KindInvalid, Key: "error.form", Err: err}
	}
	actor := ActorOf(c)
	locale, theme := actor.Locale, actor.Theme
	if f.Locale == i18n.Chinese || f.Locale == i18n.English {
		locale = f.Locale
	}
	if f.Theme == "dark" || f.Theme == "light" {
		theme = f.Theme
	}
	if err := a.Store.SetPreference(c.Request.Context(), actor, locale, theme); err != nil {
		return err
	}
	c.Redirect(http.StatusSeeOther, safeNext(f.Back))
	return nil
}

// setLocale lets somebody who is not signed in choose the language.
func (a *App) setLocale(c *gin.Context) error {
	locale := i18n.Chinese
	if c.Query("l") == i18n.English {
		locale = i18n.English
	}
	c.SetSameSite(http.SameSiteLaxMode)
	c.SetCookie(localeCookie, locale, 400*24*3600, "/", "", a.Login.Secure, true)
	c.Redirect(http.StatusSeeOther, "/login")
	return nil
}
