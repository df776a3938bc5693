package handlers

import (
	"bytes"
	"encoding/csv"
	"math"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/views"
)

// nodeRadius is the room a node takes in the picture.
const nodeRadius = 15

// shorten ends a line at the rims of its nodes, so that an arrow is seen, and places its label.
func shorten(e *views.GraphEdge) {
	e.LabelX, e.LabelY = (e.X1+e.X2)/2, (e.Y1+e.Y2)/2
	dx, dy := e.X2-e.X1, e.Y2-e.Y1
	d := math.Hypot(dx, dy)
	if d < 2*nodeRadius+4 {
		return
	}
	x, y := dx/d*(nodeRadius+1), dy/d*(nodeRadius+1)
	e.X1, e.Y1, e.X2, e.Y2 = e.X1+x, e.Y1+y, e.X2-x, e.Y2-y
}

// safeCell keeps a spreadsheet from taking a text for a formula.
func safeCell(s string) string {
	if s != "" && strings.ContainsAny(s[:1], "=+-@\t\r\n|") || strings.HasPrefix(s, "\uff1d") || strings.HasPrefix(s, "\uff0b") || strings.HasPrefix(s, "\uff0d") || strings.HasPrefix(s, "\uff20") {
		return "'" + s
	}
	return s
}

func (a *App) noteExport(c *gin.Context, what string, place models.Place) error {
	return a.Store.NoteRead(c.Request.Context(), ActorOf(c), "graph.export", what, place, map[string]any{"format": c.Query("format"), "query": c.Request.URL.RawQuery})
}

// graphCSV gives the relations of the picture as a table; it is noted.
func (a *App) graphCSV(c *gin.Context, f graphFile) error {
	if f.root.ID == 0 {
		return models.NotFound("subject")
	}
	ctx := a.Context(c)
	if err := a.noteExport(c, "subject:"+subjectAddress(f.root), f.root.Place); err != nil {
		return err
	}
	rows := [][]string{{i18n.T(ctx, "graph.from"), i18n.T(ctx, "graph.to"), i18n.T(ctx, "col.kind"), i18n.T(ctx, "graph.ratio"), i18n.T(ctx, "graph.since"), i18n.T(ctx, "col.evidence")}}
	for _, e := range newGraphEdges(ctx, f) {
		rows = append(rows, []string{e.FromName, e.ToName, e.Kind, e.Ratio, e.Since, e.Source})
	}
	return sendCSV(c, "graph.csv", rows)
}

func sendCSV(c *gin.Context, name string, rows [][]string) error {
	var buf bytes.Buffer
	buf.WriteString("\ufeff") // spreadsheets take the file for UTF-8 by this mark
	w := csv.NewWriter(&buf)
	for _, r := range rows {
		safe := make([]string, len(r))
		for i, cell := range r {
			safe[i] = safeCell(cell)
		}
		if err := w.Write(safe); err != nil {
			return err
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return err
	}
	c.Header("Content-Disposition", `attachment; filename="`+name+`"`)
	c.Data(http.StatusOK, "text/csv; charset=utf-8", buf.Bytes())
	return nil
}

// graphSVG gives the picture as a file of its own; it is noted.
func (a *App) graphSVG(c *gin.Context, f graphFile) error {
	if f.root.ID == 0 {
		return models.NotFound("subject")
	}
	ctx := a.Context(c)
	if err := a.noteExport(c, "subject:"+subjectAddress(f.root), f.root.Place); err != nil {
		return err
	}
	return a.sendSVG(c, "graph.svg", views.GraphFile(newGraphPage(ctx, ActorOf(c), f)))
}
