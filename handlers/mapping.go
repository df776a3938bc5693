package handlers

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/ingest"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/views/ui"
)

// mappingsShown is how many mappings the list shows; offices have dozens.
const mappingsShown = 500

func (a *App) mappingList(c *gin.Context) error {
	ctx, actor := a.Context(c), ActorOf(c)
	list, err := a.Store.Mappings(ctx, actor, mappingsShown)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "nav.mappings"))
	if err != nil {
		return err
	}
	p := newMappingListPage(ctx, list)
	p.Frame, p.New = frame, actor.Can(models.ActMappingChange)
	return a.render(c, http.StatusOK, views.MappingList(p))
}

func newMappingListPage(ctx context.Context, list []models.Mapping) views.MappingListPage {
	var p views.MappingListPage
	for _, m := range list {
		p.Rows = append(p.Rows, views.MappingRow{Ref: m.Ref, URL: "/mappings/" + m.Ref, Name: m.Name, Table: i18n.T(ctx, "table."+string(m.Table)), Version: i18n.Integer(ctx, int64(m.Latest)),
			Place: placeOrNation(ctx, m.DivisionCode), Sharing: i18n.T(ctx, "mapping.sharing."+string(m.Sharing)), By: m.CreatedBy, Changed: whenMinute(m.ChangedAt)})
	}
	for _, name := range ingest.ShippedNames() {
		m, err := ingest.Shipped(name)
		if err != nil {
			continue // a test reads them all
		}
		p.Shipped = append(p.Shipped, views.ShippedRow{Name: name, Table: i18n.T(ctx, "table."+string(m.Table)), About: ingest.ShippedAbout(name)})
	}
	return p
}

type mappingShowForm struct {
	Version int `form:"version"`
	From    int `form:"from"`
	To      int `form:"to"`
}

func (a *App) mappingShow(c *gin.Context) error {
	var f mappingShowForm
	if err := bind(c, &f); err != nil {
		return err
	}
	ctx, actor := a.Context(c), ActorOf(c)
	m, err := a.Store.Mapping(ctx, actor, c.Param("ref"))
	if err != nil {
		return err
	}
	office, err := a.Store.Authority(ctx, m.AuthorityID)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, m.Name)
	if err != nil {
		return err
	}
	p := newMappingShowPage(ctx, m, office, f)
	p.Frame, p.Own = frame, actor.Can(models.ActMappingChange) && actor.AuthorityID == m.AuthorityID
	if actor.Can(models.ActFactLoad) {
		p.Load = newBatchForm(ctx, actor, batchLoadForm{}, nil)
	}
	return a.render(c, http.StatusOK, views.MappingShow(p))
}

func newMappingShowPage(ctx context.Context, m models.Mapping, office models.Authority, f mappingShowForm) views.MappingShowPage {
	url := "/mappings/" + m.Ref
	p := views.MappingShowPage{Base: m.Ref, URL: url, Shared: m.Sharing == models.SharedAll}
	p.Facts = []views.Pair{{Name: i18n.T(ctx, "mapping.col.ref"), Value: m.Ref}, {Name: i18n.T(ctx, "mapping.col.table"), Value: i18n.T(ctx, "table."+string(m.Table))},
		{Name: i18n.T(ctx, "mapping.col.office"), Value: i18n.Pick(ctx, office.Name, office.NameEn)}, {Name: i18n.T(ctx, "mapping.col.sharing"), Value: i18n.T(ctx, "mapping.sharing."+string(m.Sharing))}}
	shown, ok := m.Version(f.Version)
	if !ok {
		shown, _ = m.Version(m.Latest)
	}
	p.Text, p.TextTitle = shown.Body, i18n.T(ctx, "mapping.text_of", "n", strconv.Itoa(shown.Number))
	for _, v := range m.Versions {
		n := strconv.Itoa(v.Number)
		p.Versions = append(p.Versions, views.MappingVersionRow{Number: n, Note: v.Note, By: v.SavedBy, Hash: v.SHA256, URL: url + "?version=" + n, Download: url + "/versions/" + n, Saved: whenMinute(v.SavedAt)})
		p.From = append(p.From, ui.Option{Value: n, Label: n, Chosen: v.Number == f.From || f.From == 0 && v.Number == m.Latest-1})
		p.To = append(p.To, ui.Option{Value: n, Label: n, Chosen: v.Number == f.To || f.To == 0 && v.Number == m.Latest})
	}
	from, okFrom := m.Version(f.From)
	to, okTo := m.Version(f.To)
	if okFrom && okTo {
		p.Diff = diffLines(from.Body, to.Body)
		p.DiffTitle = i18n.T(ctx, "mapping.diff", "from", strconv.Itoa(from.Number), "to", strconv.Itoa(to.Number))
	}
	return p
}

// diffMost is how many lines of two texts are compared line by line; longer ones are shown one after the other.
const diffMost = 2000

// diffLines compares two texts by their longest common lines.
func diffLines(from, to string) []views.DiffLine {
	a, b := strings.Split(strings.TrimSuffix(from, "\n"), "\n"), strings.Split(strings.TrimSuffix(to, "\n"), "\n")
	var out []views.DiffLine
	put := func(sign string, lines ...string) {
		for _, l := range lines {
			out = append(out, views.DiffLine{Sign: sign, Text: l})
		}
	}
	if len(a) > diffMost || len(b) > diffMost {
		put("-", a...)
		put("+", b...)
		return out
	}
	common := make([][]int, len(a)+1)
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			common[i][j] = max(common[i+1][j], common[i][j+1])
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			}
		}
	}
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			put(" ", a[i])
			i, j = i+1, j+1
		case common[i+1][j] >= common[i][j+1]:
			put("-", a[i])
			i++
		default:
			put("+", b[j])
			j++
		}
	}
	put("-", a[i:]...)
	put("+", b[j:]...)
	return out
}

// mappingVersion hands out the text of a version.
func (a *App) mappingVersion(c *gin.Context) error {
	ctx, actor := a.Context(c), ActorOf(c)
	m, err := a.Store.Mapping(ctx, actor, c.Param("ref"))
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(c.Param("number"))
	if err != nil {
		return models.NotFound("version")
	}
	v, ok := m.Version(n)
	if !ok {
		return models.NotFound("version")
	}
	c.Header("Content-Disposition", attachment(m.Ref+"-"+strconv.Itoa(n)+".yaml"))
	c.Data(http.StatusOK, "text/plain; charset=utf-8", []byte(v.Body))
	return nil
}

type mappingShareForm struct {
	Sharing string `form:"sharing"`
}

func (a *App) mappingShare(c *gin.Context) error {
	var f mappingShareForm
	if err := bind(c, &f); err != nil {
		return err
	}
	ctx, ref := a.Context(c), c.Param("ref")
	if err := a.Store.ShareMapping(ctx, ActorOf(c), ref, models.Sharing(f.Sharing)); err != nil {
		return err
	}
	return a.done(c, "/mappings/"+ref, i18n.T(ctx, "mapping.shared."+f.Sharing), "")
}

// knowsMapping says whether the actor may load with a mapping: a shipped one, or a saved one that he may read. Nothing else is looked
// for, since a name that a browser sends must never name a file of this machine.
func (a *App) knowsMapping(ctx context.Context, actor models.Actor, name string) (bool, error) {
	if slices.Contains(ingest.ShippedNames(), name) {
		return true, nil
	}
	if !strings.HasPrefix(name, "DY-") {
		return false, nil
	}
	_, err := a.Store.Mapping(ctx, actor, name)
	if models.KindOf(err) == models.KindNotFound {
		return false, nil
	}
	return err == nil, err
}

// savedMappings lists the mappings that the actor may use, as choices beside the shipped ones.
func (a *App) savedMappings(ctx context.Context, actor models.Actor, chosen string) ([]ui.Option, error) {
	list, err := a.Store.Mappings(ctx, actor, mappingsShown)
	if err != nil {
		return nil, err
	}
	var options []ui.Option
	for _, m := range list {
		options = append(options, ui.Option{Value: m.Ref, Label: m.Name + " · " + m.Ref, Chosen: chosen == m.Ref})
	}
	return options, nil
}
