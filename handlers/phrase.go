package handlers

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/views/ui"
)

type phrasesKey struct{}

// shownPhrases are the texts of the reader's office on a page, and the one that was chosen for a field without JavaScript.
type shownPhrases struct {
	list   []models.PhraseLine
	chosen int64
	page   string // its address, with the query that it needs
}

// withPhrases lets the forms of the page at an address offer the texts of the reader's office; phrase=ID in its query puts one into the
// fields that it is for.
func (a *App) withPhrases(c *gin.Context, ctx context.Context, page string) (context.Context, error) {
	list, err := a.Store.Phrases(ctx, ActorOf(c))
	if err != nil || len(list) == 0 {
		return ctx, err
	}
	id, err := strconv.ParseInt(c.Query("phrase"), 10, 64)
	if err != nil {
		id = 0
	}
	return context.WithValue(ctx, phrasesKey{}, shownPhrases{list: list, chosen: id, page: page}), nil
}

// phrasesFor gives the texts for a field, and the text of the chosen one.
func phrasesFor(ctx context.Context, field string) (links []views.PhraseLink, start string) {
	shown, ok := ctx.Value(phrasesKey{}).(shownPhrases)
	if !ok {
		return nil, ""
	}
	mark := "?"
	if strings.Contains(shown.page, "?") {
		mark = "&"
	}
	for _, p := range shown.list {
		if p.Field != field {
			continue
		}
		if p.ID == shown.chosen {
			start = p.Text
		}
		links = append(links, views.PhraseLink{Name: p.Name, Text: p.Text, URL: shown.page + mark + "phrase=" + strconv.FormatInt(p.ID, 10)})
	}
	return links, start
}

func (a *App) phraseList(c *gin.Context) error { return a.showPhrases(c, "", nil, nil) }

func (a *App) showPhrases(c *gin.Context, form string, typed, wrong map[string]string) error {
	ctx, actor := a.Context(c), ActorOf(c)
	list, err := a.Store.Phrases(ctx, actor)
	if err != nil {
		return err
	}
	writes, err := a.Store.WritesPhrases(ctx, actor)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "phrase.title"))
	if err != nil {
		return err
	}
	p := views.PhraseListPage{Frame: frame, Writes: writes, Form: form, Typed: typed, Wrong: wrong}
	for _, f := range models.PhraseFields() {
		p.Fields = append(p.Fields, ui.Option{Value: f, Label: i18n.T(ctx, "phrase.field."+f), Chosen: typed["field"] == f})
	}
	for _, x := range list {
		p.Rows = append(p.Rows, views.PhraseRow{ID: strconv.FormatInt(x.ID, 10), Field: i18n.T(ctx, "phrase.field."+x.Field), Name: x.Name, Text: x.Text, Version: strconv.FormatInt(x.Version, 10),
			Who: i18n.Pick(ctx, x.Writer, x.WriterEn), At: whenMinute(x.ChangedAt)})
	}
	return a.render(c, statusOf(wrong), views.PhraseList(p))
}

func (a *App) phraseAdd(c *gin.Context) error {
	typed := map[string]string{"field": c.PostForm("field"), "name": c.PostForm("name"), "text": c.PostForm("text")}
	err := a.Store.AddPhrase(a.Context(c), ActorOf(c), typed["field"], typed["name"], typed["text"])
	return a.phraseDone(c, "new", typed, err)
}

func (a *App) phraseChange(use models.PhraseUse) func(*gin.Context) error {
	return func(c *gin.Context) error {
		id, err := number(c, "phrase")
		if err != nil {
			return err
		}
		typed := map[string]string{"name": c.PostForm("name"), "text": c.PostForm("text")}
		err = a.Store.ChangePhrase(a.Context(c), ActorOf(c), id, typed["name"], typed["text"], use, readVersion(c.PostForm("version")))
		return a.phraseDone(c, c.Param("number"), typed, err)
	}
}

func (a *App) phraseDone(c *gin.Context, form string, typed map[string]string, err error) error {
	if wrong, ok := wrongFields(err); ok {
		return a.showPhrases(c, form, typed, wrong)
	}
	if err != nil {
		return err
	}
	return a.done(c, "/phrases", i18n.T(a.Context(c), "procedure.done"), "")
}

// apiPhrases lists the texts of the caller's office.
func (a *App) apiPhrases(c *gin.Context) error {
	list, err := a.Store.Phrases(c.Request.Context(), ActorOf(c))
	if err != nil {
		return err
	}
	out := make([]gin.H, 0, len(list))
	for _, x := range list {
		out = append(out, gin.H{"id": x.ID, "field": x.Field, "name": x.Name, "text": x.Text, "version": x.Version, "changed_at": x.ChangedAt})
	}
	c.JSON(http.StatusOK, items(out, ""))
	return nil
}
