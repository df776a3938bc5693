package handlers

import (
	"bytes"
	"context"
	"net/http"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/views/ui"
)

// FailPage answers with the page of a refusal: what happened, why, and what would help. Absent and out of scope give the same
// bytes.
func (a *App) FailPage(c *gin.Context, status int, e *models.Error) error {
	ctx := a.Context(c)
	theme := ActorOf(c).Theme
	if theme == "" {
		theme = "light"
	}
	p := views.FailPage{Status: status, Theme: theme, Text: a.words(ctx, e), Hint: hintFor(ctx, e), SignedIn: ActorOf(c).UserID != 0}
	for _, f := range sortedKeys(e.Fields) {
		p.Fields = append(p.Fields, fieldName(ctx, f)+i18n.T(ctx, "punct.colon")+i18n.T(ctx, e.Fields[f]))
	}
	for _, m := range e.Moves {
		p.Moves = append(p.Moves, i18n.T(ctx, "event."+m))
	}
	return a.render(c, status, views.Fail(p))
}

// words gives the message of an error.
func (a *App) words(ctx context.Context, e *models.Error) string {
	pairs := make([]string, 0, 2*len(e.Args))
	for _, k := range sortedKeys(e.Args) {
		pairs = append(pairs, k, e.Args[k])
	}
	return i18n.T(ctx, e.Key, pairs...)
}

func hintFor(ctx context.Context, e *models.Error) string {
	if key := e.Key + ".hint"; i18n.Has(ctx, key) {
		return i18n.T(ctx, key)
	}
	return ""
}

func fieldName(ctx context.Context, name string) string {
	if key := "field." + name; i18n.Has(ctx, key) {
		return i18n.T(ctx, key)
	}
	return name
}

// FailAPI answers with the error of the API: key, message in the caller's language, and what is wrong by field.
func (a *App) FailAPI(c *gin.Context, status int, e *models.Error) {
	ctx := a.Context(c)
	key := e.Key
	switch e.Kind {
	case models.KindNotAMove:
		key = "not_a_move"
	case models.KindConflict:
		key = "conflict"
	}
	fields := map[string]string{}
	for f, k := range e.Fields {
		fields[f] = i18n.T(ctx, k)
	}
	body := gin.H{"key": key, "message": a.words(ctx, e), "fields": fields}
	if e.Kind == models.KindNotAMove {
		moves := e.Moves
		if moves == nil {
			moves = []string{}
		}
		body["moves"] = moves
	}
	c.JSON(status, gin.H{"error": body})
}

// FailedPage renders, once at start, the page for faults that leave nothing else to render.
func (a *App) FailedPage() ([]byte, error) {
	ctx := ui.With(i18n.With(context.Background(), a.Catalog, i18n.Chinese), a.Assets.URL, "")
	var buf bytes.Buffer
	p := views.FailPage{Status: http.StatusInternalServerError, Theme: "light", Text: i18n.T(ctx, "error.internal", "request", "")}
	if err := views.Fail(p).Render(ctx, &buf); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}
