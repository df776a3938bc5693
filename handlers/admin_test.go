package handlers

import (
	"slices"
	"strings"
	"testing"
	"time"

	"xiezhi/i18n"
	"xiezhi/models"
)

func TestAuditRowsKeepBusinessDataBack(t *testing.T) {
	ctx := pagesContext(t, i18n.English)
	for _, c := range []struct {
		name     string
		entry    models.AuditEntry
		shown    string
		object   string
		withheld bool
	}{
		{"alert", models.AuditEntry{Action: "alert.raise", Object: "alert:YJ-1", Detail: `{"level":"red","index":81.2}`}, "", "alert:YJ-1", true},
		{"referral", models.AuditEntry{Action: "referral.submit_report", Object: "referral:YS-1", Detail: `{"amount":"31"}`}, "", "referral:YS-1", true},
		{"grant", models.AuditEntry{Action: "grant.give", Object: "user:duty1", Detail: `{"role":"duty_officer"}`}, "duty_officer", "user:duty1", false},
		{"person", models.AuditEntry{Action: "person.reveal", Object: "person:11010519491231002X", Detail: `{}`}, "", "person:***002X", false},
		{"account", models.AuditEntry{Action: "account.read", Object: "account:79", Detail: ``}, "", "account:***9", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newAuditRow(ctx, c.entry)
			var shown []string
			for _, d := range r.Detail {
				shown = append(shown, d.Value)
			}
			if strings.Join(shown, " ") != c.shown || r.Object != c.object || (r.Withheld != "") != c.withheld {
				t.Errorf("shown %v, object %s, withheld %q", shown, r.Object, r.Withheld)
			}
			if strings.Contains(r.Withheld, "81.2") || strings.Contains(r.Withheld, "31") {
				t.Errorf("the note tells what it withholds: %q", r.Withheld)
			}
		})
	}
}

func TestAuditListPageLeadsOn(t *testing.T) {
	p := newAuditListPage(pagesContext(t, i18n.English), auditListForm{Actor: "duty1"}, []models.AuditEntry{{Seq: 9}, {Seq: 4}}, true)
	if !p.Filtered || p.Pager.First != "" || !strings.HasPrefix(p.Pager.Next, "/admin/audit?actor=duty1") && !strings.Contains(p.Pager.Next, "actor=duty1") {
		t.Errorf("pager %+v", p.Pager)
	}
	after := p.Pager.Next[strings.Index(p.Pager.Next, "after=")+len("after="):]
	var key pageKey
	if _, err := readCursor(after, &key); err != nil || key.ID != 4 {
		t.Errorf("the next page begins at %d, %v", key.ID, err)
	}
}

func TestBrokenPlacesAreWorded(t *testing.T) {
	known := []string{"entry 4 is missing", "entry 5 was changed", "entry 6 differs from the signed head", "the trail ends at 7, a signed head knows 9: the tail was cut", "the head says 9, the trail ends at 7"}
	zh := pagesContext(t, i18n.Chinese)
	for _, b := range known {
		if got := brokenText(zh, b); got == b || strings.HasPrefix(got, "admin.") || strings.Contains(got, "{") {
			t.Errorf("%q is shown as %q", b, got)
		}
	}
	if got := brokenText(zh, "something else"); got != "something else" {
		t.Errorf("an unknown form is lost: %q", got)
	}
	rep := models.AuditReport{Entries: 7, LastSeq: 7, Heads: 2, Broken: slices.Repeat(known, 30)}
	k := newAuditCheck(zh, rep, models.Instant{})
	if k.Sound || len(k.Broken) != brokenShown || !strings.Contains(k.Verdict, "150") {
		t.Errorf("sound %v, %d shown, %q", k.Sound, len(k.Broken), k.Verdict)
	}
	if k := newAuditCheck(zh, models.AuditReport{Entries: 7}, models.Instant{}); !k.Sound || len(k.Broken) != 0 {
		t.Error("a whole trail is called broken")
	}
}

func TestUserAndGrantPages(t *testing.T) {
	now := pagesTime(t, "2026-11-20T10:00:00+08:00")
	list := []models.UserLine{
		{User: models.User{Name: "duty1", DisplayName: "A", LockedUntil: now.Add(time.Minute)}, Grants: []models.Grant{{Role: models.RoleDutyOfficer, Place: models.Place{DivisionCode: "440300"}, GrantedBy: "secadmin1", GrantedAt: now}}},
		{User: models.User{Name: "old", Disabled: true, TOTPSecret: []byte{1}}},
		{User: models.User{Name: "fine", LockedUntil: now.Add(-time.Minute)}},
	}
	ctx := pagesContext(t, i18n.English)
	p := newUserListPage(ctx, list, now)
	for i, want := range []struct {
		open          bool
		state, second string
	}{{false, "locked", "none"}, {false, "disabled", "on"}, {true, "active", "none"}} {
		if r := p.Rows[i]; r.Open != want.open || r.State != want.state || r.Second != want.second {
			t.Errorf("%s: %v %s %s", r.Name, r.Open, r.State, r.Second)
		}
	}
	g := newGrantListPage(ctx, list)
	if len(g.Rows) != 1 || g.Rows[0].Role != "Duty officer" || !strings.Contains(g.Rows[0].Place, "Shenzhen") || g.Rows[0].By != "secadmin1" {
		t.Errorf("grants: %+v", g.Rows)
	}
	for _, role := range models.Roles() {
		for _, locale := range []string{i18n.Chinese, i18n.English} {
			if name := roleName(pagesContext(t, locale), role); strings.HasPrefix(name, "admin.") {
				t.Errorf("%s has no name in %s", role, locale)
			}
		}
	}
}

func TestMePage(t *testing.T) {
	u := models.User{Name: "duty1", DisplayName: "甲", DisplayNameEn: "A", Theme: "dark"}
	p := newMePage(pagesContext(t, i18n.English), u, models.Authority{Name: "机关", NameEn: "Office", Place: models.Place{DivisionCode: "440300"}},
		[]models.Grant{{Role: models.RoleDutyOfficer, Place: models.Place{DivisionCode: "440305"}}})
	if len(p.Roles) != 1 || !strings.Contains(p.Roles[0].Place, "Nanshan") || p.Facts[0].Value != "A" {
		t.Errorf("roles %+v, facts %+v", p.Roles, p.Facts)
	}
	if !p.Languages[1].Chosen || p.Languages[0].Chosen || !p.Themes[1].Chosen {
		t.Errorf("choices: %+v %+v", p.Languages, p.Themes)
	}
}
