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

func newConnectorRows(ctx context.Context, list []models.ConnectorLine, now models.Instant) []views.ConnectorRow {
	var rows []views.ConnectorRow
	for _, c := range list {
		row := views.ConnectorRow{Ref: c.Ref, URL: "/connectors/" + c.Ref, Name: c.Name, Kind: i18n.T(ctx, "connector.kind."+string(c.Kind)), Source: c.Source, Every: everyText(ctx, c.EveryMinutes),
			Status: connectorStatus(ctx, c.Connector, c.Last), Last: whenMinute(c.Last.StartedAt), Next: whenMinute(c.NextAt), Result: i18n.Unknown}
		if c.Paused {
			row.Next = views.When{}
		}
		if c.Last.ID != 0 {
			row.Result = runResult(ctx, c.Last)
		}
		rows = append(rows, row)
	}
	return rows
}

func everyText(ctx context.Context, minutes int64) string {
	switch {
	case minutes%1440 == 0:
		return i18n.N(ctx, "connector.every_days", minutes/1440)
	case minutes%60 == 0:
		return i18n.N(ctx, "connector.every_hours", minutes/60)
	default:
		return i18n.N(ctx, "connector.every", minutes)
	}
}

// connectorStatus says how a connector stands: paused, else as its last run ended.
func connectorStatus(ctx context.Context, c models.Connector, last models.ConnectorRun) views.BatchStatus {
	if c.Paused {
		return views.BatchStatus{Word: i18n.T(ctx, "connector.status.paused"), Icon: "player-pause"}
	}
	if last.ID == 0 {
		return views.BatchStatus{Word: i18n.T(ctx, "connector.status.waiting"), Icon: "clock"}
	}
	return runStatus(ctx, last)
}

func runStatus(ctx context.Context, r models.ConnectorRun) views.BatchStatus {
	s := views.BatchStatus{Word: i18n.T(ctx, "connector.status."+r.Status), Icon: "clock"}
	switch r.Status {
	case "done", "empty":
		s.Icon, s.Done = "check", true
	case "failed":
		s.Icon = "alert-circle"
	}
	return s
}

func runResult(ctx context.Context, r models.ConnectorRun) string {
	if r.ErrorKey != "" {
		return i18n.T(ctx, r.ErrorKey)
	}
	return i18n.T(ctx, "home.batch_rows", "accepted", i18n.Integer(ctx, r.Accepted), "unchanged", i18n.Integer(ctx, r.Unchanged), "refused", i18n.Integer(ctx, r.Refused))
}

type connectorForm struct {
	Kind            string `form:"kind"`
	Name            string `form:"name"`
	PlaceName       string `form:"place_name"`
	Pattern         string `form:"pattern"`
	Query           string `form:"query"`
	WatermarkColumn string `form:"watermark_column"`
	Source          string `form:"source"`
	Table           string `form:"table"`
	Mapping         string `form:"mapping"`
	Division        string `form:"division"`
	EveryMinutes    string `form:"every_minutes"`
	Version         string `form:"version"`
}

// readConnector reads what a form says, and what is wrong with what the store cannot know: the mapping.
func (a *App) readConnector(ctx context.Context, actor models.Actor, f connectorForm) (models.NewConnector, map[string]string, error) {
	wrong := map[string]string{}
	minutes, err := strconv.ParseInt(strings.TrimSpace(f.EveryMinutes), 10, 64)
	if err != nil {
		minutes = 0 // refused by the store with the field named
	}
	n := models.NewConnector{Name: f.Name, Kind: models.ConnectorKind(f.Kind), PlaceName: f.PlaceName, Pattern: f.Pattern, Query: f.Query, WatermarkColumn: f.WatermarkColumn, Source: f.Source,
		Table: models.Table(f.Table), Mapping: f.Mapping, Division: f.Division, EveryMinutes: minutes}
	if n.Division == "" {
		if list := loadDivisions(actor); len(list) > 0 {
			n.Division = list[0]
		}
	}
	if f.Mapping == "" {
		return n, wrong, nil
	}
	known, err := a.knowsMapping(ctx, actor, f.Mapping)
	if !known {
		wrong["mapping"] = "batch.wrong.mapping"
	}
	return n, wrong, err
}

func (a *App) newConnectorForm(ctx context.Context, actor models.Actor, f connectorForm, wrong map[string]string) (views.ConnectorForm, error) {
	v := views.ConnectorForm{Action: "/connectors", Kind: f.Kind, Name: f.Name, Pattern: f.Pattern, Query: f.Query, Watermark: f.WatermarkColumn, Source: f.Source, Every: f.EveryMinutes, Wrong: wrong}
	if v.Every == "" {
		v.Every = "15"
	}
	known := a.Desk.Places.Known(models.ConnectorKind(f.Kind))
	v.NoPlaces = len(known) == 0
	for _, name := range known {
		v.Places = append(v.Places, ui.Option{Value: name, Label: name, Chosen: name == f.PlaceName})
	}
	b := newBatchForm(ctx, actor, batchLoadForm{Table: f.Table, Mapping: f.Mapping, Division: f.Division}, nil)
	v.Tables, v.Divisions = b.Tables, b.Divisions
	saved, err := a.savedMappings(ctx, actor, f.Mapping)
	v.Mappings = append(b.Mappings, saved...)
	return v, err
}

func (a *App) connectorNew(c *gin.Context) error {
	kind := c.Query("kind")
	if kind != string(models.ConnectorQuery) {
		kind = string(models.ConnectorFolder)
	}
	return a.showNewConnector(c, http.StatusOK, connectorForm{Kind: kind}, nil)
}

func (a *App) showNewConnector(c *gin.Context, status int, f connectorForm, wrong map[string]string) error {
	ctx := a.Context(c)
	frame, err := a.frame(c, i18n.T(ctx, "connector.new"))
	if err != nil {
		return err
	}
	form, err := a.newConnectorForm(ctx, ActorOf(c), f, wrong)
	if err != nil {
		return err
	}
	return a.render(c, status, views.ConnectorNew(views.ConnectorShowPage{Frame: frame, Form: form}))
}

func (a *App) connectorAdd(c *gin.Context) error {
	var f connectorForm
	if err := bind(c, &f); err != nil {
		return err
	}
	if f.Kind != string(models.ConnectorQuery) {
		f.Kind = string(models.ConnectorFolder)
	}
	ctx, actor := a.Context(c), ActorOf(c)
	n, wrong, err := a.readConnector(ctx, actor, f)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return a.showNewConnector(c, http.StatusUnprocessableEntity, f, wrong)
	}
	made, err := a.Store.AddConnector(ctx, actor, n, a.Desk.Places.Known(n.Kind))
	if wrong, ok := wrongFields(err); ok {
		return a.showNewConnector(c, http.StatusUnprocessableEntity, f, wrong)
	}
	if err != nil {
		return err
	}
	return a.done(c, "/connectors/"+made.Ref, i18n.T(ctx, "connector.added"), "")
}

func (a *App) connectorShow(c *gin.Context) error {
	return a.showConnector(c, http.StatusOK, nil, nil)
}

func (a *App) showConnector(c *gin.Context, status int, f *connectorForm, wrong map[string]string) error {
	ctx, actor := a.Context(c), ActorOf(c)
	conn, runs, err := a.Store.Connector(ctx, actor, c.Param("ref"))
	if err != nil {
		return err
	}
	frame, err := a.frame(c, conn.Name)
	if err != nil {
		return err
	}
	p := newConnectorShowPage(ctx, conn, runs)
	p.Frame, p.MayChange = frame, actor.CanAt(models.ActConnectorChange, conn.Place)
	if f == nil {
		f = &connectorForm{Kind: string(conn.Kind), Name: conn.Name, PlaceName: conn.PlaceName, Pattern: conn.Pattern, Query: conn.Query, WatermarkColumn: conn.WatermarkColumn, Source: conn.Source,
			Table: string(conn.Table), Mapping: conn.Mapping, EveryMinutes: strconv.FormatInt(conn.EveryMinutes, 10)}
	}
	if p.Form, err = a.newConnectorForm(ctx, actor, *f, wrong); err != nil {
		return err
	}
	p.Form.Action, p.Form.Divisions = "/connectors/"+conn.Ref+"/change", nil
	return a.render(c, status, views.ConnectorShow(p))
}

func newConnectorShowPage(ctx context.Context, conn models.Connector, runs []models.ConnectorRun) views.ConnectorShowPage {
	p := views.ConnectorShowPage{Ref: conn.Ref, Version: strconv.FormatInt(conn.Version, 10), Paused: conn.Paused, Meta: []string{i18n.T(ctx, "connector.kind."+string(conn.Kind)), everyText(ctx, conn.EveryMinutes)}}
	last := models.ConnectorRun{}
	if len(runs) > 0 {
		last = runs[0]
	}
	p.Status = connectorStatus(ctx, conn, last)
	for _, r := range runs {
		row := views.RunRow{Started: whenMinute(r.StartedAt), Took: i18n.Unknown, Status: runStatus(ctx, r), Files: i18n.Integer(ctx, r.Files), Accepted: i18n.Integer(ctx, r.Accepted),
			Unchanged: i18n.Integer(ctx, r.Unchanged), Refused: i18n.Integer(ctx, r.Refused), Batch: r.BatchRef}
		if !r.FinishedAt.IsZero() {
			row.Took = took(ctx, r.FinishedAt.Sub(r.StartedAt))
		}
		if r.BatchRef != "" {
			row.BatchURL = "/batches/" + r.BatchRef
		}
		if r.ErrorKey != "" {
			row.Error = i18n.T(ctx, r.ErrorKey)
		}
		p.Runs = append(p.Runs, row)
	}
	add := func(key, value string) {
		if value != "" {
			p.Facts = append(p.Facts, views.Pair{Name: i18n.T(ctx, key), Value: value})
		}
	}
	add("connector.field.source", conn.Source)
	add("connector.field.place."+string(conn.Kind), conn.PlaceName)
	add("batch.field.division", placeName(ctx, conn.DivisionCode))
	add("connector.field.watermark", conn.Watermark)
	add("connector.created", conn.CreatedBy)
	return p
}

func (a *App) connectorChange(c *gin.Context) error {
	var f connectorForm
	if err := bind(c, &f); err != nil {
		return err
	}
	ctx, actor, ref := a.Context(c), ActorOf(c), c.Param("ref")
	n, wrong, err := a.readConnector(ctx, actor, f)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return a.showConnector(c, http.StatusUnprocessableEntity, &f, wrong)
	}
	err = a.Store.ChangeConnector(ctx, actor, ref, n, a.Desk.Places.Known(n.Kind), readVersion(f.Version))
	if wrong, ok := wrongFields(err); ok {
		return a.showConnector(c, http.StatusUnprocessableEntity, &f, wrong)
	}
	if err != nil {
		return err
	}
	return a.done(c, "/connectors/"+ref, i18n.T(ctx, "connector.changed"), "")
}

// connectorVerb pauses a connector, lets it go on or has it run now.
func (a *App) connectorVerb(verb string) func(*gin.Context) error {
	acts := map[string]func(context.Context, models.Actor, string, int64) error{"pause": a.Store.PauseConnector, "resume": a.Store.ResumeConnector, "run": a.Store.RunConnector}
	return func(c *gin.Context) error {
		var f connectorForm
		if err := bind(c, &f); err != nil {
			return err
		}
		ctx, ref := a.Context(c), c.Param("ref")
		if err := acts[verb](ctx, ActorOf(c), ref, readVersion(f.Version)); err != nil {
			return err
		}
		return a.done(c, "/connectors/"+ref, i18n.T(ctx, "connector.done."+verb), "")
	}
}
