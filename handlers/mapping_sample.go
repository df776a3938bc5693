package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/ingest"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/views/ui"
)

type mappingNewForm struct {
	Base  string                `form:"base"`
	Table string                `form:"table"`
	File  *multipart.FileHeader `form:"file"`
}

func (a *App) mappingNew(c *gin.Context) error {
	return a.showMappingNew(c, http.StatusOK, mappingNewForm{Base: c.Query("base")}, nil)
}

func (a *App) showMappingNew(c *gin.Context, status int, f mappingNewForm, wrong map[string]string) error {
	ctx, actor := a.Context(c), ActorOf(c)
	p := views.MappingNewPage{Base: f.Base, Limit: "64 MiB", Wrong: wrong, Tables: tableOptions(ctx, models.Table(f.Table))}
	if f.Base != "" {
		m, err := a.Store.Mapping(ctx, actor, f.Base)
		if err != nil {
			return err
		}
		p.Named = m.Name
	}
	p.Tables = append([]ui.Option{{Label: i18n.T(ctx, "mapping.table_guess")}}, p.Tables...)
	frame, err := a.frame(c, i18n.T(ctx, "mapping.new"))
	if err != nil {
		return err
	}
	p.Frame = frame
	return a.render(c, status, views.MappingNew(p))
}

func tableOptions(ctx context.Context, chosen models.Table) (list []ui.Option) {
	for _, t := range models.Tables() {
		list = append(list, ui.Option{Value: string(t), Label: i18n.T(ctx, "table."+string(t)), Chosen: t == chosen})
	}
	return list
}

// draftState is what is kept of a draft between two requests: the mapping as it is pointed at, and what it is to be called.
type draftState struct {
	Draft   ingest.Draft `json:"draft"`
	Base    string       `json:"base,omitempty"`
	Name    string       `json:"name,omitempty"`
	Note    string       `json:"note,omitempty"`
	Sharing string       `json:"sharing,omitempty"`
}

// mappingSample takes a sample into quarantine and leads to the page on which it is pointed at.
func (a *App) mappingSample(c *gin.Context) error {
	var f mappingNewForm
	if err := bind(c, &f); err != nil {
		return err
	}
	ctx, actor := a.Context(c), ActorOf(c)
	switch {
	case f.File == nil || f.File.Size == 0:
		return a.showMappingNew(c, http.StatusUnprocessableEntity, f, map[string]string{"file": "batch.wrong.file"})
	case f.File.Size > uploadLimit:
		return a.showMappingNew(c, http.StatusUnprocessableEntity, f, map[string]string{"file": "batch.wrong.too_large"})
	}
	state := draftState{Base: f.Base}
	if f.Base != "" {
		m, err := a.Store.Mapping(ctx, actor, f.Base)
		if err != nil {
			return err
		}
		if v, ok := m.Version(m.Latest); ok {
			state.Draft.Text, state.Name, state.Sharing = v.Body, m.Name, string(m.Sharing)
		}
	}
	s, err := a.quarantine(f.File)
	if err != nil {
		return err
	}
	wrong, err := a.begin(ctx, &state, s, models.Table(f.Table))
	if err == nil && wrong == "" {
		err = a.keep(ctx, actor, s, state)
	}
	if wrong != "" || err != nil {
		err = errors.Join(err, a.Desk.Quarantine.Remove(s))
	}
	if err != nil {
		return err
	}
	if wrong != "" {
		return a.showMappingNew(c, http.StatusUnprocessableEntity, f, map[string]string{"file": wrong})
	}
	c.Redirect(http.StatusSeeOther, "/mappings/drafts/"+s.Ref)
	return nil
}

// quarantine writes an uploaded file to where nothing is served from.
func (a *App) quarantine(fh *multipart.FileHeader) (models.Sample, error) {
	ref, err := models.NewSampleRef()
	if err != nil {
		return models.Sample{}, err
	}
	in, err := fh.Open()
	if err != nil {
		return models.Sample{}, fmt.Errorf("open the sample: %w", err)
	}
	defer in.Close()
	s := models.Sample{Ref: ref, Name: cleanBase(fh.Filename)}
	return s, a.Desk.Quarantine.Keep(&s, in, uploadLimit)
}

// begin looks at a new sample and guesses; wrong is the message key of why it cannot be looked at.
func (a *App) begin(ctx context.Context, state *draftState, s models.Sample, table models.Table) (wrong string, err error) {
	path := a.Desk.Quarantine.Path(s)
	if ingest.IsArchive(path) {
		return "mapping.wrong.archive", nil
	}
	sample, err := sampleOf(path, ingest.SampleOptions{})
	var fe *ingest.FileError
	if errors.As(err, &fe) {
		return fe.Key, nil
	}
	if err != nil {
		return "", err
	}
	if state.Draft.Text == "" {
		state.Draft = ingest.Guess(sample, table)
	}
	return "", nil
}

func sampleOf(path string, opts ingest.SampleOptions) (*ingest.Sample, error) {
	f, err := ingest.Open(path)
	if err != nil {
		return nil, err
	}
	return f.Sample(opts)
}

func (a *App) keep(ctx context.Context, actor models.Actor, s models.Sample, state draftState) error {
	b, err := json.Marshal(state)
	if err != nil {
		return fmt.Errorf("write draft: %w", err)
	}
	s.Draft = string(b)
	gone, err := a.Store.KeepSample(ctx, actor, s)
	for _, old := range gone {
		err = errors.Join(err, a.Desk.Quarantine.Remove(old))
	}
	return err
}

// draftOf gives a sample of the actor with its draft.
func (a *App) draftOf(ctx context.Context, actor models.Actor, ref string) (models.Sample, draftState, error) {
	var state draftState
	s, err := a.Store.Sample(ctx, actor, ref)
	if err != nil {
		return s, state, err
	}
	if err := json.Unmarshal([]byte(s.Draft), &state); err != nil {
		return s, state, fmt.Errorf("read draft: %w", err)
	}
	return s, state, nil
}
