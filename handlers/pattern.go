package handlers

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/views/ui"
	"xiezhi/work"
)

// patternLimit is how many lines a question about the whole graph shows.
const patternLimit = 50

// patternKind is one question about the whole graph: what it reads, and how it fills the page.
type patternKind struct {
	name   string
	action models.Action
	fill   func(a *App, c *gin.Context, v *patternView) error
}

var (
	patternRings     = patternKind{"rings", models.ActCompanyRead, (*App).fillRings}
	patternClusters  = patternKind{"clusters", models.ActCompanyRead, (*App).fillClusters}
	patternHubs      = patternKind{"hubs", models.ActAccountRead, (*App).fillHubs}
	patternMoneyPath = patternKind{"moneypath", models.ActAccountRead, (*App).fillMoneyPath}
	patternSums      = patternKind{"sums", models.ActAccountRead, (*App).fillSums}
)

// patternView is a page on its way: the question as it was read, the subjects it names, and the lines as a table for export.
type patternView struct {
	ctx   context.Context
	actor models.Actor
	by    work.GraphAsk
	q     *queryReader
	query url.Values
	names map[int64]models.Subject
	page  views.PatternPage
	csv   [][]string
	about models.Place
}

// patternShow answers one question about the whole graph as a page, or as a table.
func (a *App) patternShow(kind patternKind) func(*gin.Context) error {
	return func(c *gin.Context) error {
		ctx, q := a.Context(c), readQuery(c)
		v := &patternView{ctx: ctx, actor: ActorOf(c), q: q, query: c.Request.URL.Query(), by: a.graphAsk(c, kind.action, q)}
		v.page = views.PatternPage{Title: i18n.T(ctx, "pattern."+kind.name), Note: i18n.T(ctx, "pattern."+kind.name+".note"), Action: "/graph/" + kind.name,
			Tabs: graphTabs(ctx, v.actor, "/graph/"+kind.name), Empty: i18n.T(ctx, "pattern.none"), Hint: i18n.T(ctx, "pattern."+kind.name+".hint"), Ended: v.by.Ended}
		err := kind.fill(a, c, v)
		if fields, ok := wrongFields(err); ok {
			for field, key := range fields {
				q.wrong[field] = key
			}
			err = nil
		}
		if err != nil {
			return err
		}
		return a.patternSend(c, kind, v)
	}
}

func (a *App) patternSend(c *gin.Context, kind patternKind, v *patternView) error {
	if len(v.q.wrong) == 0 && len(v.csv) > 1 {
		if c.Query("format") == "csv" {
			if err := a.noteExport(c, "graph:"+kind.name, v.about); err != nil {
				return err
			}
			return sendCSV(c, kind.name+".csv", v.csv)
		}
		v.page.CSV = v.address(kind.name, "format", "csv")
	}
	for _, field := range sortedKeys(v.q.wrong) {
		v.page.Wrong = append(v.page.Wrong, i18n.T(v.ctx, "pattern.field."+field)+i18n.T(v.ctx, "punct.colon")+i18n.T(v.ctx, v.q.wrong[field]))
	}
	v.page.Count = i18n.Integer(v.ctx, int64(len(v.page.Rows)))
	frame, err := a.frame(c, v.page.Title)
	if err != nil {
		return err
	}
	v.page.Frame = frame
	status := http.StatusOK
	if len(v.q.wrong) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return a.render(c, status, views.Pattern(v.page))
}

// graphTabs lists the questions that an actor may ask of the graph.
func graphTabs(ctx context.Context, actor models.Actor, at string) []views.Tab {
	var list []views.Tab
	add := func(action models.Action, key, path string) {
		if actor.Can(action) {
			list = append(list, views.Tab{Label: i18n.T(ctx, key), URL: path, Current: path == at})
		}
	}
	add(models.ActCompanyRead, "graph.title", "/graph")
	for _, k := range []patternKind{patternRings, patternClusters, patternHubs, patternMoneyPath, patternSums} {
		add(k.action, "pattern."+k.name, "/graph/"+k.name)
	}
	return list
}

// address writes the page's address with some fields changed.
func (v *patternView) address(name string, pairs ...string) string {
	q := url.Values{}
	for key, list := range v.query {
		q[key] = list
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return "/graph/" + name + "?" + q.Encode()
}

func (v *patternView) input(name, placeholder string) {
	v.page.Inputs = append(v.page.Inputs, views.PatternInput{Name: name, Label: i18n.T(v.ctx, "pattern.field."+name), Value: v.query.Get(name), Placeholder: placeholder})
}

func (v *patternView) choose(name, chosen, prefix string, words ...string) {
	s := views.PatternSelect{Name: name, Label: i18n.T(v.ctx, "pattern.field."+name)}
	for _, w := range words {
		s.Options = append(s.Options, ui.Option{Value: w, Label: i18n.T(v.ctx, prefix+w), Chosen: w == chosen})
	}
	v.page.Selects = append(v.page.Selects, s)
}

// columns names the columns; those that begin with # hold numbers.
func (v *patternView) columns(keys ...string) {
	var head []string
	for _, k := range keys {
		key, num := strings.CutPrefix(k, "#")
		v.page.Columns = append(v.page.Columns, views.PatternColumn{Label: i18n.T(v.ctx, key), Num: num})
		head = append(head, i18n.T(v.ctx, key))
	}
	v.csv = append(v.csv, head)
}

// row adds a line to the list and, by its exact texts, to the table.
func (v *patternView) row(chosen bool, exact []string, cells ...views.PatternCell) {
	for i := range cells {
		cells[i].Num = v.page.Columns[i].Num
	}
	v.page.Rows = append(v.page.Rows, views.PatternRow{Cells: cells, Chosen: chosen})
	v.csv = append(v.csv, exact)
}

func (v *patternView) cut(truncated bool) {
	if truncated {
		v.page.Cut = i18n.T(v.ctx, "pattern.cut", "n", i18n.Integer(v.ctx, int64(len(v.page.Rows))))
	}
}

// shown is the number of the line whose picture is asked for.
func (v *patternView) shown() int {
	n, err := strconv.Atoi(v.query.Get("show"))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// nameAll reads the subjects that the page names.
func (v *patternView) nameAll(a *App, ids []int64) (err error) {
	v.names, err = v.by.Memory.Subjects(v.ctx, ids)
	return err
}
