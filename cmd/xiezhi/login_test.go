package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"xiezhi/models"
)

// With the second factor on, a name and a password are not enough, a code is taken once, and the next one opens the door.
func TestSecondFactor(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site) {
		h, err := s.p.handler(true)
		if err != nil {
			t.Fatal(err)
		}
		s.Server = httptest.NewServer(h)
		defer s.Server.Close()
		key, err := totp.Generate(totp.GenerateOpts{Issuer: "Xiezhi", AccountName: "officer9"})
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := s.p.secrets.seal(key.Secret())
		if err != nil {
			t.Fatal(err)
		}
		hash, err := testHash()
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.p.store.AddUser(t.Context(), byCommand, models.NewUser{Name: "officer9", Display: "某某", DisplayEn: "Some One", Authority: "lead-440300", PasswordHash: hash, TOTPSecret: sealed})
		if err != nil {
			t.Fatal(err)
		}
		code := func() string {
			c, err := totp.GenerateCode(key.Secret(), s.clock.now())
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		try := func(form url.Values) int { return s.visitor(t).post("/login", form).status }
		form := url.Values{"user": {"officer9"}, "password": {testPassword}}
		if got := try(form); got != http.StatusUnprocessableEntity {
			t.Errorf("without a code: %d", got)
		}
		form.Set("code", "000000")
		if got := try(form); got != http.StatusUnprocessableEntity {
			t.Errorf("with a wrong code: %d", got)
		}
		form.Set("code", code())
		if got := try(form); got != http.StatusSeeOther {
			t.Errorf("with the right code: %d", got)
		}
		if got := try(form); got != http.StatusUnprocessableEntity {
			t.Errorf("with a used code: %d", got)
		}
		s.clock.pass(31 * time.Second)
		form.Set("code", code())
		if got := try(form); got != http.StatusSeeOther {
			t.Errorf("with the next code: %d", got)
		}
	})
}

// A number is shown for a purpose, a case and a password, once, and the audit trail knows it; a duty officer may not ask.
func TestReveal(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site) {
		alert := s.storyAlert(t)
		caseURL := s.as(t, "supervisor1").must("/cases", url.Values{"alert": {alert}, "title": {"某公司涉嫌非法集资案"}, "officer": {"handler1", "handler2"}})
		handler := s.as(t, "handler1")
		company, _ := handler.get("/alerts/" + alert).doc(t).Find("a[href^='/companies/']").First().Attr("href")
		person, ok := handler.get(company + "?tab=relations").doc(t).Find("a[href^='/persons/']").First().Attr("href")
		if !ok {
			t.Fatal("no person on the company's page")
		}
		page := handler.get(person)
		if page.status != http.StatusOK {
			t.Fatal(page.status)
		}
		var key string
		row := s.p.store
		sub, err := row.Reveal(t.Context(), s.actor(t, "handler1"), models.KindPerson, person[len("/persons/"):], "INVESTIGATE_CASE", caseURL[len("/cases/"):])
		if err != nil {
			t.Fatal(err)
		}
		key = sub.Key
		if contains(page.body, key) || contains(page.body, sub.Name) {
			t.Error("the page shows the number or the name unmasked")
		}
		form := url.Values{"purpose": {"INVESTIGATE_CASE"}, "case": {caseURL[len("/cases/"):]}, "password": {testPassword}}
		if got := handler.post(person+"/reveal", form); got.status != http.StatusOK || !contains(got.body, key) {
			t.Errorf("reveal: %d", got.status)
		}
		for field, bad := range map[string]string{"purpose": "CURIOSITY", "case": "AJ-440300-2026-99999", "password": "wrong"} {
			wrong := url.Values{"purpose": form["purpose"], "case": form["case"], "password": form["password"]}
			wrong.Set(field, bad)
			if got := handler.post(person+"/reveal", wrong); got.status != http.StatusUnprocessableEntity || contains(got.body, key) {
				t.Errorf("reveal with a wrong %s: %d", field, got.status)
			}
		}
		if got := s.as(t, "duty1").post(person+"/reveal", form); got.status != http.StatusForbidden {
			t.Errorf("a duty officer reveals: %d", got.status)
		}
		if got := s.as(t, "other1").post(person+"/reveal", form); got.status != http.StatusNotFound {
			t.Errorf("the other province reveals: %d", got.status)
		}
		entries, _, err := row.AuditEntries(t.Context(), s.actor(t, "auditadmin1"), models.AuditFilter{Action: "person.reveal", Limit: 10})
		if err != nil || len(entries) != 2 {
			t.Errorf("%d reveals are audited: %v", len(entries), err)
		}
	})
}

// A portal whose clock is shifted far ahead still keeps sessions, and ends them by its own clock.
func TestSessionsLiveByThePortalsClock(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site) {
		s.clock.pass(400 * 24 * time.Hour)
		v := s.as(t, "duty1")
		if got := v.get("/alerts"); got.status != http.StatusOK {
			t.Errorf("a fresh session: %d", got.status)
		}
		s.clock.pass(16 * time.Minute)
		if got := v.get("/alerts"); got.status != http.StatusSeeOther {
			t.Errorf("an idle session: %d", got.status)
		}
	})
}
