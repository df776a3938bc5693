package handlers

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"xiezhi/ingest"
	"xiezhi/models"
)

type mappingJSON struct {
	Ref      string               `json:"ref"`
	Name     string               `json:"name"`
	Table    models.Table         `json:"table"`
	Sharing  models.Sharing       `json:"sharing"`
	Division string               `json:"division"`
	Version  int                  `json:"version"`
	Body     string               `json:"body,omitempty"`
	Versions []mappingVersionJSON `json:"versions,omitempty"`
}

type mappingVersionJSON struct {
	Version int            `json:"version"`
	SHA256  string         `json:"sha256"`
	Note    string         `json:"note"`
	SavedBy string         `json:"saved_by"`
	SavedAt models.Instant `json:"saved_at"`
}

func newMappingJSON(m models.Mapping) mappingJSON {
	out := mappingJSON{Ref: m.Ref, Name: m.Name, Table: m.Table, Sharing: m.Sharing, Division: m.DivisionCode, Version: m.Latest}
	if v, ok := m.Version(m.Latest); ok {
		out.Body = v.Body
	}
	for _, v := range m.Versions {
		out.Versions = append(out.Versions, mappingVersionJSON{Version: v.Number, SHA256: v.SHA256, Note: v.Note, SavedBy: v.SavedBy, SavedAt: v.SavedAt})
	}
	return out
}

func (a *App) apiMappings(c *gin.Context) error {
	list, err := a.Store.Mappings(c.Request.Context(), ActorOf(c), mappingsShown)
	if err != nil {
		return err
	}
	out := make([]mappingJSON, 0, len(list))
	for _, m := range list {
		out = append(out, newMappingJSON(m))
	}
	return a.json(c, items(out, ""))
}

func (a *App) apiMapping(c *gin.Context) error {
	m, err := a.Store.Mapping(c.Request.Context(), ActorOf(c), c.Param("ref"))
	if err != nil {
		return err
	}
	return a.json(c, newMappingJSON(m))
}

type mappingInput struct {
	Name    string         `json:"name"`
	Note    string         `json:"note"`
	Sharing models.Sharing `json:"sharing"`
	Body    string         `json:"body"`
}

// apiMappingSave saves a mapping of the caller's office, or with a number in the path a further version of one.
func (a *App) apiMappingSave(c *gin.Context) error {
	ctx, ref := c.Request.Context(), c.Param("ref")
	var in mappingInput
	var saved models.Mapping
	status := http.StatusOK
	if ref == "" {
		status = http.StatusCreated
	}
	return a.apiWrite(c, apiCall{Input: &in,
		Probe: func(actor models.Actor) error { return a.Store.AllowMapping(ctx, actor, ref) },
		Do: func(actor models.Actor) error {
			if err := a.Store.AllowMapping(ctx, actor, ref); err != nil {
				return err
			}
			m, err := ingest.LoadMapping(strings.NewReader(in.Body))
			if err != nil {
				return models.Invalid(map[string]string{"body": "mapping.wrong.text"})
			}
			saved, err = a.Store.SaveMapping(ctx, actor, models.NewMapping{Ref: ref, Name: in.Name, Note: in.Note, Sharing: in.Sharing, Table: m.Table, Body: in.Body})
			return err
		},
		Answer: func(actor models.Actor) (int, any, error) {
			m, err := a.Store.Mapping(ctx, actor, saved.Ref)
			return status, newMappingJSON(m), err
		}})
}

func (a *App) apiMappingShare(c *gin.Context) error {
	ctx, ref := c.Request.Context(), c.Param("ref")
	var in struct {
		Sharing models.Sharing `json:"sharing"`
	}
	return a.apiWrite(c, apiCall{Input: &in,
		Probe: func(actor models.Actor) error { return a.Store.AllowMapping(ctx, actor, ref) },
		Do:    func(actor models.Actor) error { return a.Store.ShareMapping(ctx, actor, ref, in.Sharing) },
		Answer: func(actor models.Actor) (int, any, error) {
			m, err := a.Store.Mapping(ctx, actor, ref)
			return http.StatusOK, newMappingJSON(m), err
		}})
}
