// Package authz decides what a role may do. The policy is a plain list of role and exact action, never a path or a pattern;
// where it may be done is data scope, built here from grants and enforced by models in SQL.
package authz

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
	stringadapter "github.com/casbin/casbin/v2/persist/string-adapter"
	"xiezhi/models"
)

//go:embed model.conf
var modelText string

//go:embed policy.csv
var policyText string

// Policy is the loaded policy, decided once for each role and action: an unknown role or action is denied.
type Policy struct {
	allowed map[models.Role][]models.Action
}

// Load reads the embedded policy.
func Load() (*Policy, error) { return load(policyText) }

func load(policy string) (*Policy, error) {
	m, err := model.NewModelFromString(modelText)
	if err != nil {
		return nil, fmt.Errorf("read the authorization model: %w", err)
	}
	e, err := casbin.NewEnforcer(m, stringadapter.NewAdapter(strings.TrimSpace(policy)))
	if err != nil {
		return nil, fmt.Errorf("read the authorization policy: %w", err)
	}
	p := &Policy{allowed: map[models.Role][]models.Action{}}
	for _, role := range models.Roles() {
		for _, action := range models.Actions() {
			ok, err := e.Enforce("role:"+string(role), string(action))
			if err != nil {
				return nil, fmt.Errorf("decide %s for %s: %w", action, role, err)
			}
			if ok {
				p.allowed[role] = append(p.allowed[role], action)
			}
		}
	}
	return p, nil
}

// May says whether the role holds the action.
func (p *Policy) May(role models.Role, action models.Action) bool {
	for _, a := range p.allowed[role] {
		if a == action {
			return true
		}
	}
	return false
}

// Actor builds who acts from a user and the user's live grants: for each action the union of the places in which some grant
// allows it.
func (p *Policy) Actor(u models.User, grants []models.Grant) models.Actor {
	a := models.Actor{UserID: u.ID, Name: u.Name, Display: u.DisplayName, DisplayEn: u.DisplayNameEn, AuthorityID: u.AuthorityID,
		Permits: map[models.Action]models.Scope{}, Locale: u.Locale, Theme: u.Theme}
	for _, g := range grants {
		scope := models.ScopeOf(g.DivisionCode)
		a.Roles = append(a.Roles, g.Role)
		a.Divisions = append(a.Divisions, g.DivisionCode)
		for _, action := range p.allowed[g.Role] {
			a.Permits[action] = a.Permits[action].Union(scope)
		}
	}
	return a
}
