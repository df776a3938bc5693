package handlers

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/views/ui"
)

type companyListForm struct {
	Text  string `form:"text"`
	Level string `form:"level"`
	After string `form:"after"`
}

func (a *App) companyList(c *gin.Context) error {
	var f companyListForm
	if err := bind(c, &f); err != nil {
		return err
	}
	ctx := a.Context(c)
	q := models.CompanyFilter{Text: f.Text, Level: f.Level, Limit: pageRows}
	var key models.CompanyKey
	if ok, err := readCursor(f.After, &key); err != nil {
		return err
	} else if ok {
		q.After = &key
	}
	list, more, err := a.Store.Companies(ctx, ActorOf(c), q)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "nav.companies"))
	if err != nil {
		return err
	}
	p := views.CompanyListPage{Frame: frame, Text: f.Text, Levels: []ui.Option{{Value: ""}}, Pager: ui.Pager{Shown: len(list)}}
	for _, l := range []string{"red", "orange", "yellow", "blue", "none"} {
		p.Levels = append(p.Levels, ui.Option{Value: l, Label: i18n.T(ctx, "level."+l), Chosen: l == f.Level})
	}
	for _, s := range list {
		row := views.CompanyRow{Key: s.Key, URL: "/companies/" + s.Key, Name: subjectName(s.Name, s.Key), Place: shortPlace(ctx, s.DivisionCode), Level: s.Level, Index: i18n.Index(ctx, s.Idx), Stub: s.Stub, Area: i18n.Unknown}
		if s.Area != "" {
			row.Area = i18n.T(ctx, "area."+s.Area)
		}
		p.Rows = append(p.Rows, row)
	}
	if more {
		last := list[len(list)-1]
		v := url.Values{"text": {f.Text}, "level": {f.Level}, "after": {cursor(models.CompanyKey{LevelRank: last.LevelRank, Idx: last.Idx, ID: last.ID})}}
		p.Pager.Next = "/companies?" + v.Encode()
	}
	return a.render(c, http.StatusOK, views.CompanyList(p))
}

var refForm = regexp.MustCompile(`^(YJ|AJ|YS|PC)-\d{6}-\d{4}-\d{5}$`)

// search lands on the object whose number was given, else on the companies whose name has the text.
func (a *App) search(c *gin.Context) error {
	text := strings.TrimSpace(c.Query("q"))
	if m := refForm.FindStringSubmatch(strings.ToUpper(text)); m != nil {
		nouns := map[string]string{"YJ": "alerts", "AJ": "cases", "YS": "referrals", "PC": "batches"}
		c.Redirect(http.StatusSeeOther, "/"+nouns[m[1]]+"/"+url.PathEscape(strings.ToUpper(text)))
		return nil
	}
	list, more, err := a.Store.Companies(c.Request.Context(), ActorOf(c), models.CompanyFilter{Text: text, Limit: 1})
	if err != nil {
		return err
	}
	if len(list) == 1 && !more && text != "" {
		c.Redirect(http.StatusSeeOther, "/companies/"+url.PathEscape(list[0].Key))
		return nil
	}
	c.Redirect(http.StatusSeeOther, "/companies?text="+url.QueryEscape(text))
	return nil
}
