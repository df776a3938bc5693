package authz

import (
	"slices"
	"strings"
	"testing"

	"xiezhi/models"
)

// Each row of the policy names a role and an action that exist: a misspelt one would silently allow nothing.
func TestPolicyNamesExist(t *testing.T) {
	for _, row := range strings.Split(strings.TrimSpace(policyText), "\n") {
		parts := strings.Split(row, ", ")
		if len(parts) != 3 || parts[0] != "p" {
			t.Fatalf("row %q", row)
		}
		role, ok := strings.CutPrefix(parts[1], "role:")
		if !ok || !slices.Contains(models.Roles(), models.Role(role)) {
			t.Errorf("unknown role in %q", row)
		}
		if !slices.Contains(models.Actions(), models.Action(parts[2])) {
			t.Errorf("unknown action in %q", row)
		}
	}
}

func TestAdministratorsHoldNoBusinessAction(t *testing.T) {
	p, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	own := []models.Action{models.ActUserRead, models.ActUserChange, models.ActGrantRead, models.ActGrantChange, models.ActAuditRead,
		models.ActCalendarRead, models.ActCalendarChange}
	for _, role := range models.Roles() {
		for _, action := range models.Actions() {
			if may := p.May(role, action); may && role.Administrative() != slices.Contains(own, action) {
				t.Errorf("%s may %s", role, action)
			}
		}
	}
}

// A user called like a role, an unknown role and an unknown action get nothing; a grant gives its actions in its place alone.
func TestActor(t *testing.T) {
	p, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if a := p.Actor(models.User{Name: "role:principal"}, nil); len(a.Permits) != 0 {
		t.Errorf("a name gives %v", a.Permits)
	}
	if p.May("role:principal", models.ActReferralApprove) || p.May("", models.ActAlertRead) || p.May(models.RolePrincipal, "*") {
		t.Error("an unknown role or action is allowed")
	}
	place, _ := models.PlaceOf("440300")
	a := p.Actor(models.User{Name: "x"}, []models.Grant{{Role: models.RoleDutyOfficer, Place: place}})
	here, _ := models.PlaceOf("440304")
	there, _ := models.PlaceOf("430104")
	if !a.CanAt(models.ActAlertAccept, here) || a.CanAt(models.ActAlertAccept, there) || a.CanAt(models.ActCaseOpen, here) {
		t.Error("the grant of a duty officer is wrong")
	}
	unknown := p.Actor(models.User{Name: "x"}, []models.Grant{{Role: models.RoleDutyOfficer, Place: models.Place{DivisionCode: "999999"}}})
	if !unknown.Scope(models.ActAlertRead).Empty() {
		t.Error("a grant in an unknown division sees something")
	}
}

func TestBrokenPolicyAllowsNothing(t *testing.T) {
	p, err := load("p, duty_officer, alert.read\np, role:duty_officer, alert.*")
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range models.Roles() {
		for _, action := range models.Actions() {
			if p.May(role, action) {
				t.Errorf("%s may %s", role, action)
			}
		}
	}
}
