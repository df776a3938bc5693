package handlers

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/work"
)

// The size of the picture of the explorer, and how much it holds.
const (
	pictureWidth  = 760
	pictureHeight = 600
	pictureLimit  = 300
	pictureMost   = 2000
	keyFigureSet  = 60
)

// graphForm is what the explorer's address says.
type graphForm struct {
	Of, From, To string
	Open         []string
	Depth        int
	Limit        int
	Kinds        []string
	AsOf         string
	ValidAt      string
	Ended        bool
}

// readGraphForm reads the explorer's address; kinds come as boxes that are ticked.
func readGraphForm(c *gin.Context, q *queryReader) graphForm {
	f := graphForm{Of: strings.TrimSpace(c.Query("of")), From: strings.TrimSpace(c.Query("from")), To: strings.TrimSpace(c.Query("to")), Open: c.QueryArray("open"),
		Depth: q.number("depth", 1, 1, 4), Limit: q.number("limit", pictureLimit, 1, pictureMost), Kinds: c.QueryArray("kind"), AsOf: c.Query("as_of"), ValidAt: c.Query("valid_at"), Ended: c.Query("ended") == "true"}
	f.Open = f.Open[:min(len(f.Open), 40)]
	return f
}

// address writes the form as an address of the explorer.
func (f graphForm) address(change func(url.Values)) string {
	v := url.Values{"of": {f.Of}}
	for key, text := range map[string]string{"from": f.From, "to": f.To, "as_of": f.AsOf, "valid_at": f.ValidAt} {
		if text != "" {
			v.Set(key, text)
		}
	}
	if f.Depth > 1 {
		v.Set("depth", itoa(f.Depth))
	}
	if f.Limit != pictureLimit {
		v.Set("limit", itoa(f.Limit))
	}
	if f.Ended {
		v.Set("ended", "true")
	}
	v["open"], v["kind"] = f.Open, f.Kinds
	if change != nil {
		change(v)
	}
	return "/graph?" + v.Encode()
}

// leads gives what stands before a subject in the addresses of the same question around it, and of this one with it opened: a picture
// holds hundreds of each.
func (f graphForm) leads() (around, open string) {
	around = f.address(func(v url.Values) { v.Del("of"); v.Del("open") })
	if !strings.HasSuffix(around, "?") {
		around += "&"
	}
	return around + "of=", f.address(nil) + "&open="
}

// graphFile is everything the explorer shows.
type graphFile struct {
	form    graphForm
	wrong   map[string]string
	root    models.Subject
	picture work.Picture
	names   map[int64]models.Subject
	owners  *work.ControllersAnswer
	figures *work.KeyFiguresAnswer
	choices []models.Subject
}

func (a *App) graphShow(c *gin.Context) error {
	file, err := a.graphFile(c, models.Instant{})
	if err != nil {
		return err
	}
	ctx := a.Context(c)
	switch c.Query("format") {
	case "csv":
		return a.graphCSV(c, file)
	case "svg":
		return a.graphSVG(c, file)
	}
	frame, err := a.frame(c, i18n.T(ctx, "graph.title"))
	if err != nil {
		return err
	}
	p := newGraphPage(ctx, ActorOf(c), file)
	p.Frame = frame
	if file.root.ID != 0 && len(file.wrong) == 0 {
		if p.Keep, err = a.keepPart(c, models.PageGraph, file.form.address(nil), file.picture.Digest); err != nil {
			return err
		}
	}
	status := http.StatusOK
	if len(file.wrong) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return a.render(c, status, views.GraphShow(p))
}

// graphFile asks the graph what the address says, on what was known by a moment at the latest; the zero moment is now. A subject that is not found is told beside its field, in the same words whether it
// is absent or out of scope.
func (a *App) graphFile(c *gin.Context, latest models.Instant) (graphFile, error) {
	ctx, q := a.Context(c), readQuery(c)
	f := graphFile{form: readGraphForm(c, q), wrong: q.wrong}
	by := a.graphAsk(c, models.ActCompanyRead, q)
	fixAsk(&by, latest)
	by.Kinds = f.form.Kinds
	if f.form.Of == "" {
		return f, nil
	}
	if err := a.resolve(ctx, ActorOf(c), &f, by); err != nil || f.root.ID == 0 {
		return f, err
	}
	ask := work.PictureAsk{Of: f.form.Of, Open: f.form.Open, Depth: f.form.Depth, Limit: f.form.Limit, Width: pictureWidth, Height: pictureHeight}
	for field, written := range map[string]*string{"from": &f.form.From, "to": &f.form.To} {
		if *written == "" {
			continue
		}
		found, err := a.findSubject(ctx, ActorOf(c), by, *written)
		if err != nil {
			return f, err
		}
		if len(found) != 1 {
			f.wrong[field] = "graph.not_one"
			continue
		}
		*written = subjectAddress(found[0])
	}
	if f.wrong["from"] == "" && f.wrong["to"] == "" {
		ask.From, ask.To = f.form.From, f.form.To
	}
	var err error
	if f.picture, err = a.Desk.Graph.Picture(ctx, by, ask); err != nil {
		return f, a.graphRefusal(&f, err)
	}
	if c.Query("format") == "" && latest.IsZero() {
		if err := a.graphBeside(ctx, &f, by); err != nil {
			return f, err
		}
	}
	return f, a.graphNamed(ctx, &f, by)
}

// graphRefusal tells wrong fields on the page; other failures stay failures.
func (a *App) graphRefusal(f *graphFile, err error) error {
	fields, ok := wrongFields(err)
	if !ok {
		return err
	}
	for field, key := range fields {
		f.wrong[field] = key
	}
	return nil
}

// resolve finds the subject that the explorer is about; several that fit are offered.
func (a *App) resolve(ctx context.Context, actor models.Actor, f *graphFile, by work.GraphAsk) error {
	found, err := a.findSubject(ctx, actor, by, f.form.Of)
	if err != nil {
		return err
	}
	switch len(found) {
	case 0:
		f.wrong["of"] = "graph.not_found"
	case 1:
		f.root = found[0]
		f.form.Of = subjectAddress(f.root)
	default:
		f.choices = found
	}
	return nil
}

// findSubject reads kind:ID, a credit code or a part of a company's name.
func (a *App) findSubject(ctx context.Context, actor models.Actor, by work.GraphAsk, text string) ([]models.Subject, error) {
	if strings.Contains(text, ":") {
		s, err := a.Desk.Graph.Known(ctx, by, text)
		if models.KindOf(err) == models.KindNotFound || models.KindOf(err) == models.KindInvalid && err != nil {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return []models.Subject{s}, nil
	}
	list, _, err := a.Store.Companies(ctx, actor, models.CompanyFilter{Text: text, Limit: 20})
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(list, func(s models.Subject) bool { return s.Name == text || s.Key == strings.ToUpper(text) }); i >= 0 {
		return list[i : i+1], nil
	}
	return list, nil
}

// subjectAddress writes a subject for an address: persons and accounts by their random public numbers.
func subjectAddress(s models.Subject) string {
	if s.Ref != nil && (s.Kind == models.KindPerson || s.Kind == models.KindAccount) {
		return string(s.Kind) + ":" + *s.Ref
	}
	return s.Written().String()
}

// graphBeside adds what stands beside the picture: who controls the company that it is about, and the key figures among its companies.
func (a *App) graphBeside(ctx context.Context, f *graphFile, by work.GraphAsk) error {
	ids := make([]int64, len(f.picture.Nodes))
	for i, n := range f.picture.Nodes {
		ids[i] = n.ID
	}
	known, err := by.Memory.Subjects(ctx, ids)
	if err != nil {
		return err
	}
	if f.root.Kind == models.KindCompany {
		by.Kinds = nil
		owners, err := a.Desk.Graph.Controllers(ctx, by, f.form.Of, 0.0001)
		if err != nil {
			return err
		}
		f.owners = &owners
	}
	var set []models.Subject
	for _, id := range ids {
		if s, ok := known[id]; ok && s.Kind == models.KindCompany && len(set) < keyFigureSet {
			set = append(set, s)
		}
	}
	if len(set) == 0 {
		return nil
	}
	figures, err := a.Desk.Graph.KeyFiguresAmong(ctx, by, set, 6)
	if err != nil {
		return err
	}
	f.figures = &figures
	return nil
}

// graphNamed finds the subjects that the page names.
func (a *App) graphNamed(ctx context.Context, f *graphFile, by work.GraphAsk) error {
	var ids []int64
	for _, n := range f.picture.Nodes {
		ids = append(ids, n.ID)
	}
	if f.owners != nil {
		for _, o := range f.owners.Controllers {
			ids = append(ids, o.ID)
			for _, st := range o.Chain {
				ids = append(ids, st.FromID, st.ToID)
			}
		}
	}
	if f.figures != nil {
		for _, k := range f.figures.Subjects {
			ids = append(ids, k.ID)
		}
	}
	var err error
	f.names, err = by.Memory.Subjects(ctx, ids)
	return err
}
