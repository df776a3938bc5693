package handlers

import (
	"context"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/views/ui"
)

// meShow shows the reader's own account.
func (a *App) meShow(c *gin.Context) error { return a.showMe(c, nil) }

// showMe shows the reader's own account: who, for whom, with which roles where, and the two preferences.
func (a *App) showMe(c *gin.Context, refused *views.MailForm) error {
	ctx, actor := a.Context(c), ActorOf(c)
	u, err := a.Store.UserByID(ctx, actor.UserID)
	if err != nil {
		return err
	}
	office, err := a.Store.Authority(ctx, u.AuthorityID)
	if err != nil {
		return err
	}
	grants, err := a.Store.LiveGrants(ctx, u.ID)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "nav.me"))
	if err != nil {
		return err
	}
	p := newMePage(ctx, u, office, grants)
	p.Frame = frame
	p.MailGoes = a.Desk.Post != nil
	p.Mail = views.MailForm{Email: u.Email, On: !u.MailSince.IsZero()}
	if refused != nil {
		p.Mail = *refused
	}
	return a.render(c, statusOf(p.Mail.Wrong), views.Me(p))
}

func newMePage(ctx context.Context, u models.User, office models.Authority, grants []models.Grant) views.MePage {
	p := views.MePage{Limits: i18n.T(ctx, "me.limits", "idle", i18n.Span(ctx, IdleLimit), "total", i18n.Span(ctx, TotalLimit))}
	second := "admin.second.off"
	if len(u.TOTPSecret) > 0 {
		second = "admin.second.on"
	}
	for _, f := range []struct{ key, value string }{{"name", i18n.Pick(ctx, u.DisplayName, u.DisplayNameEn)}, {"user", u.Name},
		{"office", i18n.Pick(ctx, office.Name, office.NameEn)}, {"place", placeOrNation(ctx, office.DivisionCode)}, {"enforcement", u.EnforcementNumber},
		{"last_login", i18n.Exact(u.LastLoginAt.Time())}, {"password", i18n.Day(u.PasswordChangedAt.Time())}, {"second", i18n.T(ctx, second)}} {
		if f.value != "" {
			p.Facts = append(p.Facts, views.Pair{Name: i18n.T(ctx, "me.field."+f.key), Value: f.value})
		}
	}
	for _, g := range grants {
		p.Roles = append(p.Roles, views.MeRole{Role: roleName(ctx, g.Role), Place: placeOrNation(ctx, g.DivisionCode), By: g.GrantedBy, Since: when(g.GrantedAt)})
	}
	for _, l := range []string{i18n.Chinese, i18n.English} {
		p.Languages = append(p.Languages, ui.Option{Value: l, Label: i18n.T(ctx, "me.locale."+l), Chosen: i18n.Locale(ctx) == l})
	}
	for _, t := range []string{"light", "dark"} {
		p.Themes = append(p.Themes, ui.Option{Value: t, Label: i18n.T(ctx, "me.theme."+t), Chosen: u.Theme == t})
	}
	return p
}
