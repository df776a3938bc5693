package handlers

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/views"
)

func (a *App) userList(c *gin.Context) error {
	ctx, actor := a.Context(c), ActorOf(c)
	list, err := a.Store.Users(ctx, actor)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "nav.users"))
	if err != nil {
		return err
	}
	p := newUserListPage(ctx, list, a.Store.Now())
	p.Frame = frame
	return a.render(c, http.StatusOK, views.UserList(p))
}

func newUserListPage(ctx context.Context, list []models.UserLine, now models.Instant) views.UserListPage {
	p := views.UserListPage{Where: i18n.N(ctx, "admin.users_count", int64(len(list))), Commands: commands(ctx, "add", "reset", "token", "list")}
	for _, u := range list {
		p.Rows = append(p.Rows, newUserRow(ctx, u, now))
	}
	return p
}

func newUserRow(ctx context.Context, u models.UserLine, now models.Instant) views.UserRow {
	state := "active"
	switch {
	case u.Disabled:
		state = "disabled"
	case u.LockedUntil.After(now):
		state = "locked"
	}
	second := "off"
	if len(u.TOTPSecret) > 0 {
		second = "on"
	}
	row := views.UserRow{Name: u.Name, Display: i18n.Pick(ctx, u.DisplayName, u.DisplayNameEn), Office: i18n.Pick(ctx, u.AuthorityName, u.AuthorityNameEn),
		State: i18n.T(ctx, "admin.state."+state), Open: state == "active", Enforcement: u.EnforcementNumber, Second: i18n.T(ctx, "admin.second."+second),
		Grants: i18n.Integer(ctx, int64(len(u.Grants))), LastLogin: whenMinute(u.LastLoginAt), Password: when(u.PasswordChangedAt), Created: when(u.CreatedAt)}
	if row.Enforcement == "" {
		row.Enforcement = i18n.Unknown
	}
	return row
}

// commands lists lines of the command line that change accounts and grants; the pages only show them.
func commands(ctx context.Context, verbs ...string) []views.Command {
	var list []views.Command
	for _, v := range verbs {
		list = append(list, views.Command{Line: "xiezhi user " + v + " --help", About: i18n.T(ctx, "admin.command."+v)})
	}
	return list
}

func (a *App) grantList(c *gin.Context) error {
	ctx, actor := a.Context(c), ActorOf(c)
	list, err := a.Store.Users(ctx, actor)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "nav.grants"))
	if err != nil {
		return err
	}
	p := newGrantListPage(ctx, list)
	p.Frame = frame
	return a.render(c, http.StatusOK, views.GrantList(p))
}

func newGrantListPage(ctx context.Context, list []models.UserLine) views.GrantListPage {
	p := views.GrantListPage{Commands: commands(ctx, "grant", "revoke", "list")}
	for _, u := range list {
		for _, g := range u.Grants {
			p.Rows = append(p.Rows, views.GrantRow{User: u.Name, Display: i18n.Pick(ctx, u.DisplayName, u.DisplayNameEn), Office: i18n.Pick(ctx, u.AuthorityName, u.AuthorityNameEn),
				Role: roleName(ctx, g.Role), Code: g.DivisionCode, Place: placeOrNation(ctx, g.DivisionCode), By: g.GrantedBy, At: whenMinute(g.GrantedAt), Administrative: g.Role.Administrative()})
		}
	}
	p.Where = i18n.N(ctx, "admin.grants_count", int64(len(p.Rows)))
	return p
}

func roleName(ctx context.Context, r models.Role) string { return i18n.T(ctx, "admin.role."+string(r)) }
