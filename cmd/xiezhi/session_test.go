package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"xiezhi/models"
	"xiezhi/models/modelstest"
)

// TestHeaders looks at what surrounds every kind of answer.
func TestHeaders(t *testing.T) {
	s := newSite(t, fastDir(t)+"/headers.db")
	alert := s.storyAlert(t)
	duty, api := s.as(t, "duty1"), s.api(t, "duty1")
	for what, got := range map[string]reply{"page": duty.get("/alerts"), "object": duty.get("/alerts/" + alert), "not found": duty.get("/alerts/none"), "forbidden": duty.get("/admin/users"), "login": s.visitor(t).get("/login"),
		"to the login": s.visitor(t).get("/alerts"), "api": api.ask(get, v1+"/alerts", nil), "api refused": (&program{s.visitor(t), ""}).ask(get, v1+"/alerts", nil), "no path": duty.get("/no/such")} {
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin"} {
			if got.header.Get(name) != want {
				t.Errorf("%s: %s is %q", what, name, got.header.Get(name))
			}
		}
		policy := got.header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: the policy lacks %s: %s", what, part, policy)
			}
		}
		if strings.Contains(policy, "unsafe") || got.header.Get("Server") != "" || got.header.Get("X-Powered-By") != "" || got.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %v", what, got.header)
		}
	}
	page := duty.get("/alerts").doc(t)
	if page.Find("script:not([src]), [style]").Length() > 0 {
		t.Errorf("the page needs what the policy forbids: %d inline scripts or styles", page.Find("script:not([src]), [style]").Length())
	}
	s.p.cfg.BaseURL = "https://portal.invalid"
	h, err := s.p.handler(false)
	if err != nil {
		t.Fatal(err)
	}
	secure := httptest.NewServer(h)
	defer secure.Close()
	res, err := http.DefaultTransport.RoundTrip(formRequest(t, secure.URL+"/login", url.Values{"user": {"duty1"}, "password": {testPassword}}))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if len(res.Cookies()) < 2 || res.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("signing in over TLS: %v", res.Header)
	}
	for _, c := range res.Cookies() {
		if !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || strings.Contains(c.Name, "session") && !strings.HasPrefix(c.Name, "__Host-") {
			t.Errorf("the cookie %s", c)
		}
	}
}

func formRequest(t testing.TB, address string, form url.Values) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return req
}

// TestForgery sends the form that succeeds from elsewhere, without its token, and with that of another session.
func TestForgery(t *testing.T) {
	s := newSite(t, fastDir(t)+"/forgery.db")
	alert := s.storyAlert(t)
	duty, other := s.as(t, "duty1"), s.as(t, "duty1")
	token := duty.token()
	send := func(form url.Values, pairs ...string) reply {
		req := formRequest(t, s.URL+"/alerts/"+alert+"/accept", form)
		for i := 0; i < len(pairs); i += 2 {
			req.Header.Set(pairs[i], pairs[i+1])
		}
		return duty.do(req)
	}
	good := url.Values{"token": {token}}
	for _, pairs := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.invalid"}, {"Origin", "null"}, {"Origin", s.URL + ".evil.invalid"}} {
		if got := send(good, pairs...); got.status != http.StatusForbidden {
			t.Errorf("%v: %d", pairs, got.status)
		}
		req := formRequest(t, s.URL+"/login", url.Values{"user": {"duty1"}, "password": {testPassword}})
		req.Header.Set(pairs[0], pairs[1])
		if got := s.visitor(t).do(req); got.status != http.StatusForbidden {
			t.Errorf("signing in with %v: %d", pairs, got.status)
		}
	}
	for _, form := range []url.Values{{}, {"token": {""}}, {"token": {token + "x"}}, {"token": {other.token()}}, {"token": {"", token}}} {
		if got := send(form); got.status != http.StatusForbidden {
			t.Errorf("%v: %d", form, got.status)
		}
	}
	req := formRequest(t, s.URL+"/alerts/"+alert+"/accept?token="+token, url.Values{})
	if got := duty.do(req); got.status != http.StatusForbidden {
		t.Errorf("the token in the address: %d", got.status)
	}
	if got := send(url.Values{"token": {token}, "note": {strings.Repeat("x", 2<<20)}}); got.status != http.StatusUnprocessableEntity && got.status != http.StatusRequestEntityTooLarge {
		t.Errorf("a form of 2 MB: %d", got.status)
	}
	if got := duty.get("/alerts/" + alert + "/accept"); got.status < 400 {
		t.Errorf("GET of a verb: %d", got.status)
	}
	if al := s.api(t, "duty1").want(200, get, v1+"/alerts/"+alert, nil); al.text("status") != "new" {
		t.Errorf("the alert is %s", al.text("status"))
	}
	if got := send(good, "Sec-Fetch-Site", "same-origin"); got.status != http.StatusSeeOther {
		t.Errorf("the form itself: %d", got.status)
	}
}

// TestForwardedForIsNotBelieved reads the address of a sign-in from the audit trail.
func TestForwardedForIsNotBelieved(t *testing.T) {
	s := emptySite(t, fastDir(t)+"/ip.db")
	req := formRequest(t, s.URL+"/login", url.Values{"user": {"duty1"}, "password": {testPassword}})
	for _, name := range []string{"X-Forwarded-For", "X-Real-Ip", "Forwarded", "True-Client-Ip", "Cf-Connecting-Ip"} {
		req.Header.Set(name, "6.6.6.6")
	}
	if got := s.visitor(t).do(req); got.status != http.StatusSeeOther {
		t.Fatal(got.status)
	}
	list, _, err := s.p.store.AuditEntries(t.Context(), models.Actor{Permits: map[models.Action]models.Scope{models.ActAuditRead: models.ScopeOf("000000")}}, models.AuditFilter{Action: "session.open", Limit: 5})
	if err != nil || len(list) == 0 || list[0].IP != "127.0.0.1" {
		t.Errorf("%+v %v", list, err)
	}
}

// TestSignInLeadsHome never leads away after signing in.
func TestSignInLeadsHome(t *testing.T) {
	s := emptySite(t, fastDir(t)+"/next.db")
	for _, next := range []string{"//evil.invalid", `/\evil.invalid`, "https://evil.invalid", "/\t/evil.invalid", "/\n/evil.invalid", "/\r/evil.invalid", "\t//evil.invalid", "javascript:alert(1)", `\\evil.invalid`, "/%09/evil.invalid", "/x\r\nX-Evil: 1", "alerts", "?x", ""} {
		got := s.visitor(t).post("/login", url.Values{"user": {"duty1"}, "password": {testPassword}, "next": {next}})
		to := got.header.Get("Location")
		mended := strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/").Replace(to)
		if got.status != http.StatusSeeOther || !strings.HasPrefix(mended, "/") || strings.HasPrefix(mended, "//") || got.header.Get("X-Evil") != "" {
			t.Errorf("next %q leads to %q", next, to)
		}
	}
	for _, next := range []string{"/alerts?level=red", "/"} {
		if got := s.visitor(t).post("/login", url.Values{"user": {"duty1"}, "password": {testPassword}, "next": {next}}); got.header.Get("Location") != next {
			t.Errorf("next %q leads to %q", next, got.header.Get("Location"))
		}
	}
}

// TestLockout locks after five failures, tells nobody whether a name exists or is locked, and leaves the known device of its user open.
func TestLockout(t *testing.T) {
	eachEmptySite(t, func(t *testing.T, s *site) {
		known := s.as(t, "duty1")
		try := func(v *visitor, name, password string) reply {
			return v.post("/login", url.Values{"user": {name}, "password": {password}})
		}
		blank := func(r reply, name string) string { return strings.ReplaceAll(r.body, name, "NAME") }
		for i := range 8 {
			a, b := try(s.visitor(t), "duty1", "wrong"), try(s.visitor(t), "nobody1", "wrong")
			if a.status != b.status || blank(a, "duty1") != blank(b, "nobody1") {
				t.Errorf("failure %d: %d for a user, %d for nobody; the pages differ: %v", i+1, a.status, b.status, blank(a, "duty1") != blank(b, "nobody1"))
			}
			if len(a.header["Set-Cookie"]) > 0 {
				t.Errorf("failure %d sets %v", i+1, a.header["Set-Cookie"])
			}
		}
		right := try(s.visitor(t), "duty1", testPassword)
		if right.status == http.StatusSeeOther || blank(right, "duty1") != blank(try(s.visitor(t), "nobody1", testPassword), "nobody1") {
			t.Errorf("the right password of a locked user: %d", right.status)
		}
		planted := s.visitor(t)
		req := formRequest(t, s.URL+"/login", url.Values{"user": {"duty1"}, "password": {testPassword}})
		req.AddCookie(&http.Cookie{Name: "xz_device", Value: "planted"})
		if got := planted.do(req); got.status == http.StatusSeeOther {
			t.Error("a device that nobody knows passes the lock")
		}
		known.get("/me")
		if got := known.post("/logout", url.Values{}); got.status != http.StatusSeeOther {
			t.Fatal(got.status)
		}
		if got := try(known, "duty1", testPassword); got.status != http.StatusSeeOther {
			t.Errorf("the known device is locked by a stranger: %d", got.status)
		}
		for range 5 {
			try(s.visitor(t), "duty2", "wrong")
		}
		s.clock.pass(models.LockTime + time.Second)
		if got := try(s.visitor(t), "duty2", testPassword); got.status != http.StatusSeeOther {
			t.Errorf("after the lock: %d", got.status)
		}
	})
}

// eachEmptySite runs f on both stores, without facts.
func eachEmptySite(t *testing.T, f func(t *testing.T, s *site)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, emptySite(t, fastDir(t)+"/test.db")) })
	t.Run("postgres", func(t *testing.T) { f(t, emptySite(t, modelstest.Postgres(t))) })
}

// TestSessions: a session is new at signing in, ends at signing out, after a quarter of an hour of nothing, after eight hours of work, and
// with a new password.
func TestSessions(t *testing.T) {
	eachEmptySite(t, func(t *testing.T, s *site) {
		fixed := "attackers-choice-of-a-session-token-0123456789"
		req := formRequest(t, s.URL+"/login", url.Values{"user": {"duty1"}, "password": {testPassword}})
		req.AddCookie(&http.Cookie{Name: "xz_session", Value: fixed})
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			t.Fatal(err)
		}
		var first string
		for _, c := range res.Cookies() {
			if c.Name == "xz_session" {
				first = c.Value
			}
		}
		if res.StatusCode != http.StatusSeeOther || first == "" || first == fixed {
			t.Fatalf("signing in with a chosen session: %d %q", res.StatusCode, first)
		}
		with := func(token string) int {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/me", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.AddCookie(&http.Cookie{Name: "xz_session", Value: token})
			return s.visitor(t).do(req).status
		}
		if with(first) != 200 || with(fixed) != 303 || with("") != 303 || with(first+"x") != 303 {
			t.Error("a session that was not given opens the portal")
		}
		v := s.as(t, "duty1")
		before := v.cookie("xz_session")
		if again := v.post("/login", url.Values{"user": {"duty1"}, "password": {testPassword}, "token": {v.token()}}); again.status != 303 || v.cookie("xz_session") == before || with(before) != 303 {
			t.Errorf("signing in again keeps the session: %d", again.status)
		}
		last := v.cookie("xz_session")
		out := v.post("/logout", url.Values{})
		if out.status != 303 || with(last) != 303 || !strings.Contains(out.header.Get("Clear-Site-Data"), "cache") {
			t.Errorf("after signing out: %d, the session opens with %d", out.status, with(last))
		}
		v = s.as(t, "duty1")
		s.clock.pass(14*time.Minute + 50*time.Second)
		if v.get("/me").status != 200 {
			t.Error("a session ended before its idle limit")
		}
		s.clock.pass(15*time.Minute + time.Second)
		if v.get("/me").status != 303 {
			t.Error("a session outlived its idle limit")
		}
		v = s.as(t, "duty1")
		for range 48 {
			s.clock.pass(10*time.Minute - time.Second)
			if v.get("/me").status != 200 {
				t.Fatal("a session in use ended before eight hours")
			}
		}
		s.clock.pass(2 * time.Minute)
		if v.get("/me").status != 303 {
			t.Error("a session outlived eight hours")
		}
		v = s.as(t, "duty1")
		s.clock.pass(2 * time.Second)
		hash, err := testHash()
		if err != nil {
			t.Fatal(err)
		}
		if err := s.p.store.SetPassword(t.Context(), byCommand, "duty1", hash, nil); err != nil {
			t.Fatal(err)
		}
		if v.get("/me").status != 303 {
			t.Error("a session outlived its password")
		}
	})
}

// cookie gives the value of a cookie that the visitor holds.
func (v *visitor) cookie(name string) string {
	u, err := url.Parse(v.s.URL)
	if err != nil {
		v.t.Fatal(err)
	}
	for _, c := range v.http.Jar.Cookies(u) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}
