package handlers

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"xiezhi/authz"
	"xiezhi/detect"
	"xiezhi/i18n"
	"xiezhi/ingest"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/views"
)

// pagesCatalog joins the messages as the portal does.
func pagesCatalog(t testing.TB) *i18n.Catalog {
	t.Helper()
	var more []i18n.Message
	fromDetect, err := detect.Messages()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range fromDetect {
		more = append(more, i18n.Message{Key: m.Key, Zh: m.Zh, En: m.En})
	}
	fromIngest, err := ingest.Messages()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range fromIngest {
		more = append(more, i18n.Message{Key: m.Key, Zh: m.Zh, En: m.En})
	}
	c, err := i18n.Load(more)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func pagesContext(t testing.TB, locale string) context.Context {
	t.Helper()
	return i18n.With(t.Context(), pagesCatalog(t), locale)
}

// pagesActor makes an actor with one role in one division, as the policy allows it.
func pagesActor(t testing.TB, role models.Role, division string) models.Actor {
	t.Helper()
	policy, err := authz.Load()
	if err != nil {
		t.Fatal(err)
	}
	return policy.Actor(models.User{ID: 7, Name: "somebody", DisplayName: "somebody"}, []models.Grant{{Role: role, Place: models.Place{DivisionCode: division}}})
}

func pagesTime(t testing.TB, text string) models.Instant {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return models.At(at)
}

func TestHomePageByRole(t *testing.T) {
	now := pagesTime(t, "2026-11-20T10:00:00+08:00")
	clock := func(due models.Instant) models.Clock {
		return models.Clock{Name: string(law.ClockPoliceReview), StartedAt: now.Add(-96 * time.Hour), DueAt: due}
	}
	referral := func(ref string, state law.State, due models.Instant) models.ReferralLine {
		return models.ReferralLine{Referral: models.Referral{Ref: ref, State: state}, SubjectName: ref, Clocks: []models.Clock{clock(due)}}
	}
	f := homeFile{
		counts:   &models.AlertCounts{Urgent: 12, Mine: 3, Red: 1000},
		mine:     []models.AlertLine{{Alert: models.Alert{Ref: "YJ-1", Level: "red", Status: models.AlertNew, Open: true, DueAt: now.Add(time.Hour)}}},
		proposed: []models.AlertLine{{Alert: models.Alert{Ref: "YJ-2", Level: "orange", Status: models.AlertProposed, Open: true}}},
		myCases: []models.CaseLine{{Case: models.Case{Ref: "AJ-none", Title: "none"}}, {Case: models.Case{Ref: "AJ-far", Title: "far"}, NextDue: now.Add(90 * time.Hour)},
			{Case: models.Case{Ref: "AJ-near", Title: "near"}, NextDue: now.Add(time.Hour)}},
		referrals: []models.ReferralLine{referral("YS-running", law.StateTeamVerifying, now.Add(200*time.Hour)), referral("YS-late", law.StateUnderReview, now.Add(-time.Hour))},
		pending:   []models.ReferralLine{referral("YS-pending", law.StatePendingPrincipal, now.Add(2*time.Hour))},
		incoming:  []models.ReferralLine{referral("YS-in", law.StateDelivered, now.Add(5*time.Hour))},
		batches:   []models.Batch{{Ref: "PC-1", Status: "done", Refused: 3}},
		scan:      &models.Scan{Ref: "SM-1", Status: "done"},
		levels:    []levelCount{{"red", 2, false}, {"orange", levelCap, true}},
	}
	for _, c := range []struct {
		role    models.Role
		panels  []string
		first   string
		figures int
	}{
		{models.RoleDutyOfficer, []string{"mine", "reds"}, "/alerts/YJ-1", 5},
		{models.RoleSupervisor, []string{"proposed", "cases", "referrals"}, "/alerts/YJ-2", 0},
		{models.RoleCaseHandler, []string{"my_cases", "moves"}, "/cases/AJ-near", 0},
		{models.RolePrincipal, []string{"pending", "referrals"}, "/referrals/YS-pending", 0},
		{models.RoleLegalReviewer, []string{"late", "referrals"}, "/referrals/YS-late", 0},
		{models.RoleProvincial, []string{"late", "referrals"}, "/referrals/YS-late", 0},
		{models.RolePoliceIntake, []string{"incoming"}, "/referrals/YS-in", 0},
		{models.RoleProcuratorate, []string{"referrals"}, "/referrals/YS-late", 0},
		{models.RoleLineRegulator, []string{"worst"}, "", 0},
		{models.RoleRiskAnalyst, []string{"scan"}, "", 2},
		{models.RoleDataSteward, []string{"batches"}, "", 0},
		{models.RoleSystemAdmin, []string{"admin"}, "", 0},
		{models.RoleSecurityAdmin, []string{"admin"}, "", 0},
		{models.RoleAuditAdmin, []string{"admin"}, "", 0},
	} {
		for _, locale := range []string{i18n.Chinese, i18n.English} {
			p := newHomePage(pagesContext(t, locale), pagesActor(t, c.role, "440300"), f, now)
			var ids []string
			for _, b := range p.Panels {
				ids = append(ids, b.ID)
				if b.Title == "" || strings.HasPrefix(b.Title, "home.") || b.Empty == "" || strings.HasPrefix(b.Empty, "home.") {
					t.Errorf("%s: block %s has no words: %q %q", c.role, b.ID, b.Title, b.Empty)
				}
			}
			if !slices.Equal(ids, c.panels) || p.First != c.first || len(p.Figures) != c.figures {
				t.Errorf("%s: blocks %v, first %q, %d figures; want %v, %q, %d", c.role, ids, p.First, len(p.Figures), c.panels, c.first, c.figures)
			}
		}
	}
}

// An administrator's page holds no business data, whatever was gathered.
func TestHomePageOfAdministratorsHoldsNoBusinessData(t *testing.T) {
	f := homeFile{counts: &models.AlertCounts{Urgent: 9}, mine: []models.AlertLine{{Alert: models.Alert{Ref: "YJ-1"}}}, batches: []models.Batch{{Ref: "PC-1"}}, scan: &models.Scan{Ref: "SM-1"}}
	for _, role := range []models.Role{models.RoleSystemAdmin, models.RoleSecurityAdmin, models.RoleAuditAdmin} {
		p := newHomePage(pagesContext(t, i18n.English), pagesActor(t, role, "000000"), f, pagesTime(t, "2026-11-20T10:00:00+08:00"))
		if len(p.Figures) > 0 {
			t.Errorf("%s sees figures", role)
		}
		for _, b := range p.Panels {
			for _, r := range b.Rows {
				if !strings.HasPrefix(r.URL, "/admin/") {
					t.Errorf("%s is led to %s", role, r.URL)
				}
			}
		}
	}
}

func TestHomeBlocksAreShownOnceAndBounded(t *testing.T) {
	policy, err := authz.Load()
	if err != nil {
		t.Fatal(err)
	}
	actor := policy.Actor(models.User{ID: 1, Name: "a"}, []models.Grant{{Role: models.RoleLegalReviewer, Place: models.Place{DivisionCode: "440300"}}, {Role: models.RolePrincipal, Place: models.Place{DivisionCode: "440300"}}})
	var f homeFile
	for range 20 {
		f.referrals = append(f.referrals, models.ReferralLine{Referral: models.Referral{State: law.StateTeamVerifying}})
	}
	p := newHomePage(pagesContext(t, i18n.English), actor, f, pagesTime(t, "2026-11-20T10:00:00+08:00"))
	seen := map[string]views.HomePanel{}
	for _, b := range p.Panels {
		if _, twice := seen[b.ID]; twice {
			t.Errorf("block %s is there twice", b.ID)
		}
		seen[b.ID] = b
	}
	if n := len(seen["referrals"].Rows); n != homeRows {
		t.Errorf("%d rows, want %d", n, homeRows)
	}
	if empty := newHomePage(pagesContext(t, i18n.English), models.Actor{}, homeFile{}, models.Instant{}); len(empty.Panels) != 0 || empty.First != "" {
		t.Error("an actor without a role has blocks")
	}
}

func TestMovableReferralsAreThoseOfTheRole(t *testing.T) {
	list := []models.ReferralLine{{Referral: models.Referral{Ref: "a", State: law.StateTeamVerifying}}, {Referral: models.Referral{Ref: "b", State: law.StatePendingPrincipal}}}
	got := movableReferrals(list, models.RoleCaseHandler)
	if len(got) != 1 || got[0].Ref != "a" || len(list) != 2 {
		t.Errorf("got %v of %v", got, list)
	}
}
