package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/ingest"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/work"
)

func (a *App) mappingDraft(c *gin.Context) error {
	ctx := a.Context(c)
	s, state, err := a.draftOf(ctx, ActorOf(c), c.Param("ref"))
	if err != nil {
		return err
	}
	return a.showDraft(c, http.StatusOK, s, state, draftForm{}, nil)
}

func (a *App) showDraft(c *gin.Context, status int, s models.Sample, state draftState, f draftForm, wrong map[string]string) error {
	ctx, actor := a.Context(c), ActorOf(c)
	sample, err := sampleOf(a.Desk.Quarantine.Path(s), ingest.SampleOptions{Sheet: state.Draft.Sheet, HeaderRow: state.Draft.HeaderRow, Headless: state.Draft.Headless})
	var fe *ingest.FileError
	if errors.As(err, &fe) && state.Draft.HeaderRow > 0 {
		// A row that heads nothing: the file is shown as it is, and the preview says what is wrong.
		sample, err = sampleOf(a.Desk.Quarantine.Path(s), ingest.SampleOptions{})
	}
	if err != nil {
		return err
	}
	preview, err := a.previewOf(ctx, s, state)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "mapping.point"))
	if err != nil {
		return err
	}
	p := newDraftPage(ctx, s, sample, state, preview)
	p.Frame, p.Wrong, p.Source, p.Loads = frame, wrong, f.Source, actor.Can(models.ActFactLoad)
	p.Places = newBatchForm(ctx, actor, batchLoadForm{Division: f.Division}, nil).Divisions
	if state.Base != "" {
		if m, err := a.Store.Mapping(ctx, actor, state.Base); err == nil {
			p.Named = m.Name
		}
	}
	return a.render(c, status, views.MappingDraft(p))
}

func (a *App) previewOf(ctx context.Context, s models.Sample, state draftState) (work.Preview, error) {
	m, err := state.Draft.Mapping()
	var me *ingest.MappingError
	if errors.As(err, &me) {
		return work.Preview{Key: me.Key, Args: me.Args}, nil
	}
	if err != nil {
		return work.Preview{}, err
	}
	return work.PreviewFile(ctx, a.Desk.Quarantine.Path(s), &m)
}

type draftForm struct {
	Do        string   `form:"do"`
	Table     string   `form:"table"`
	Sheet     string   `form:"sheet"`
	HeaderRow string   `form:"header_row"`
	Found     string   `form:"header_found"`
	Each      string   `form:"each"`
	Totals    string   `form:"totals"`
	Text      string   `form:"text"`
	Name      string   `form:"name"`
	Note      string   `form:"note"`
	Sharing   string   `form:"sharing"`
	Source    string   `form:"source"`
	Division  string   `form:"division"`
	WordOf    []string `form:"word_column"`
	WordText  []string `form:"word_text"`
	WordValue []string `form:"word_value"`
}

// mappingPoint takes what was pointed at and does what its button says.
func (a *App) mappingPoint(c *gin.Context) error {
	var f draftForm
	if err := bind(c, &f); err != nil {
		return err
	}
	ctx, actor := a.Context(c), ActorOf(c)
	s, state, err := a.draftOf(ctx, actor, c.Param("ref"))
	if err != nil {
		return err
	}
	if f.Do == "drop" {
		if err := a.forget(ctx, actor, s); err != nil {
			return err
		}
		return a.done(c, "/mappings", i18n.T(ctx, "mapping.dropped"), "")
	}
	state.take(f, c)
	switch f.Do {
	case "guess":
		if err := a.guessAgain(s, &state); err != nil {
			return err
		}
	case "text":
		state.toText()
	}
	b, err := json.Marshal(state)
	if err != nil {
		return fmt.Errorf("write draft: %w", err)
	}
	if err := a.Store.DraftSample(ctx, actor, s.Ref, string(b)); err != nil {
		return err
	}
	if f.Do == "save" || f.Do == "load" {
		return a.saveDraft(c, s, state, f)
	}
	c.Redirect(http.StatusSeeOther, "/mappings/drafts/"+s.Ref+"#preview")
	return nil
}

// take reads a form into the draft. What names no column of the table is left out: the form cannot add any.
func (state *draftState) take(f draftForm, c *gin.Context) {
	d := &state.Draft
	state.Name, state.Note, state.Sharing = f.Name, f.Note, f.Sharing
	d.Text = strings.ReplaceAll(f.Text, "\r\n", "\n")
	if t := models.Table(f.Table); ingest.ColumnsOf(t) != nil {
		d.Table = t
	}
	d.Sheet, d.Each, d.Totals = f.Sheet, strings.TrimSpace(f.Each), f.Totals
	if row := strings.TrimSpace(f.HeaderRow); row != f.Found {
		// Only what somebody says is kept: a row that was found is looked for again in the files to come.
		if d.HeaderRow = 0; row != "" {
			d.HeaderRow, _ = strconv.Atoi(row)
		}
	}
	from, fixed, read, kind := c.PostFormMap("c"), c.PostFormMap("f"), c.PostFormMap("r"), c.PostFormMap("k")
	d.Points = map[string]ingest.Point{}
	for _, col := range ingest.ColumnsOf(d.Table) {
		p := ingest.Point{Column: from[col.Name], Fixed: strings.TrimSpace(fixed[col.Name]), Read: read[col.Name], Kind: kind[col.Name]}
		if p.Column != "" || p.Fixed != "" {
			d.Points[col.Name] = p
		}
	}
	for i := range min(len(f.WordOf), len(f.WordText), len(f.WordValue)) {
		p, ok := d.Points[f.WordOf[i]]
		if !ok {
			continue
		}
		if p.Words == nil {
			p.Words = map[string]string{}
		}
		p.Words[f.WordText[i]] = f.WordValue[i]
		d.Points[f.WordOf[i]] = p
	}
}

// guessAgain points the draft together anew, for the table, the sheet and the header that were chosen.
func (a *App) guessAgain(s models.Sample, state *draftState) error {
	opts := ingest.SampleOptions{Sheet: state.Draft.Sheet, HeaderRow: state.Draft.HeaderRow}
	sample, err := sampleOf(a.Desk.Quarantine.Path(s), opts)
	var fe *ingest.FileError
	if errors.As(err, &fe) {
		return nil // the page says what is wrong
	}
	if err != nil {
		return err
	}
	state.Draft = ingest.Guess(sample, state.Draft.Table)
	if opts.HeaderRow > 0 {
		state.Draft.HeaderRow = opts.HeaderRow
	}
	return nil
}

// toText writes what was pointed at as text, which is then what counts.
func (state *draftState) toText() {
	state.Draft.Text = ""
	m, err := state.Draft.Mapping()
	if err != nil {
		return // the preview says what is missing
	}
	if b, err := m.YAML(); err == nil {
		state.Draft.Text = string(b)
	}
}

func (a *App) forget(ctx context.Context, actor models.Actor, s models.Sample) error {
	if err := a.Store.DropSample(ctx, actor, s.Ref); err != nil {
		return err
	}
	return a.Desk.Quarantine.Remove(s)
}

// saveDraft saves the mapping and, where it was asked for, loads the whole file with it. The sample is gone then.
func (a *App) saveDraft(c *gin.Context, s models.Sample, state draftState, f draftForm) error {
	ctx, actor := a.Context(c), ActorOf(c)
	again := func(wrong map[string]string) error {
		return a.showDraft(c, http.StatusUnprocessableEntity, s, state, f, wrong)
	}
	m, err := state.Draft.Mapping()
	var me *ingest.MappingError
	if errors.As(err, &me) {
		field := "columns"
		if state.Draft.Text != "" {
			field = "text"
		}
		return again(map[string]string{field: me.Key})
	}
	if err != nil {
		return err
	}
	load := batchLoadForm{Source: f.Source, Division: f.Division}
	if f.Do == "load" {
		wrong := map[string]string{}
		if load.checkPlace(actor, wrong); len(wrong) > 0 {
			return again(wrong)
		}
		if preview, err := a.previewOf(ctx, s, state); err != nil || preview.Key != "" {
			return errors.Join(err, again(map[string]string{"columns": "mapping.wrong.preview"}))
		}
	}
	saved, err := a.saveMapping(ctx, actor, state, &m)
	if wrong, ok := wrongFields(err); ok {
		return again(wrong)
	}
	if err != nil {
		return err
	}
	if f.Do == "save" {
		if err := a.forget(ctx, actor, s); err != nil {
			return err
		}
		return a.done(c, "/mappings/"+saved.Ref, i18n.T(ctx, "mapping.saved", "name", saved.Name, "n", strconv.Itoa(saved.Latest)), "")
	}
	return a.loadDraft(c, s, saved, load)
}

func (a *App) saveMapping(ctx context.Context, actor models.Actor, state draftState, m *ingest.Mapping) (models.Mapping, error) {
	body := state.Draft.Text
	if strings.TrimSpace(body) == "" {
		b, err := m.YAML()
		if err != nil {
			return models.Mapping{}, err
		}
		body = string(b)
	}
	n := models.NewMapping{Ref: state.Base, Name: state.Name, Note: state.Note, Sharing: models.SharedOwn, Table: m.Table, Body: body}
	if state.Sharing == string(models.SharedAll) {
		n.Sharing = models.SharedAll
	}
	return a.Store.SaveMapping(ctx, actor, n)
}

// loadDraft loads the whole sample with the mapping that was just saved, and leads to its batch.
func (a *App) loadDraft(c *gin.Context, s models.Sample, saved models.Mapping, f batchLoadForm) error {
	ctx, actor := context.WithoutCancel(a.Context(c)), ActorOf(c)
	patient(c)
	rep, err := a.Desk.Ingest(ctx, actor, work.IngestOptions{Paths: []string{a.Desk.Quarantine.Path(s)}, Mapping: saved.Ref, Source: f.Source, Division: f.Division})
	if err != nil {
		return err
	}
	if err := a.forget(ctx, actor, s); err != nil {
		return err
	}
	return a.done(c, "/batches/"+rep.Batch, loadedText(ctx, rep), "")
}
