package handlers

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/ingest"
	"xiezhi/models"
	"xiezhi/reference"
	"xiezhi/views"
	"xiezhi/views/ui"
	"xiezhi/work"
)

// uploadLimit is how many bytes one file of facts may have when it comes over the wire.
const uploadLimit = 64 << 20

type batchLoadForm struct {
	Table    string                `form:"table"`
	Mapping  string                `form:"mapping"`
	Source   string                `form:"source"`
	Division string                `form:"division"`
	File     *multipart.FileHeader `form:"file"`
}

// batchLoad loads one file that was sent with the form and leads to its batch. Whoever sent it may leave: the load goes on.
func (a *App) batchLoad(c *gin.Context) error {
	var f batchLoadForm
	if err := bind(c, &f); err != nil {
		return err
	}
	ctx, actor := context.WithoutCancel(a.Context(c)), ActorOf(c)
	wrong := f.check(actor)
	if f.Mapping != "" {
		known, err := a.knowsMapping(ctx, actor, f.Mapping)
		if err != nil {
			return err
		}
		if !known {
			wrong["mapping"] = "batch.wrong.mapping"
		}
	}
	if len(wrong) > 0 {
		return a.showBatches(c, http.StatusUnprocessableEntity, f, wrong)
	}
	dir, path, err := keepUpload(f.File)
	if dir != "" {
		defer os.RemoveAll(dir)
	}
	if err != nil {
		return err
	}
	patient(c)
	rep, err := a.Desk.Ingest(ctx, actor, work.IngestOptions{Paths: []string{path}, Table: models.Table(f.Table), Mapping: f.Mapping, Source: f.Source, Division: f.Division})
	if errors.Is(err, work.ErrUnknownTable) {
		return a.showBatches(c, http.StatusUnprocessableEntity, f, map[string]string{"table": "batch.wrong.table"})
	}
	if wrong, ok := wrongFields(err); ok {
		return a.showBatches(c, http.StatusUnprocessableEntity, f, wrong)
	}
	if err != nil {
		return err
	}
	return a.done(c, "/batches/"+rep.Batch, loadedText(ctx, rep), "")
}

// check says by field what is wrong with the form, and fills the division with the actor's own where none was chosen.
func (f *batchLoadForm) check(actor models.Actor) map[string]string {
	wrong := map[string]string{}
	switch {
	case f.File == nil || f.File.Size == 0:
		wrong["file"] = "batch.wrong.file"
	case f.File.Size > uploadLimit:
		wrong["file"] = "batch.wrong.too_large"
	case f.Table == "" && f.Mapping == "" && ingest.TableOf(cleanBase(f.File.Filename)) == "" && !maybeArchive(f.File.Filename):
		wrong["table"] = "batch.wrong.table"
	}
	if f.Table != "" && !slices.Contains(models.Tables(), models.Table(f.Table)) {
		wrong["table"] = "batch.wrong.table"
	}
	f.checkPlace(actor, wrong)
	return wrong
}

// checkPlace says what is wrong with the source and the division, and fills the division in.
func (f *batchLoadForm) checkPlace(actor models.Actor, wrong map[string]string) {
	var ok bool
	if f.Source, ok = sourceCode(f.Source); !ok {
		wrong["source"] = "batch.wrong.source"
	}
	if f.Division, ok = loadDivision(actor, f.Division); !ok {
		wrong["division"] = "batch.wrong.division"
	}
}

// maybeArchive says whether a name is one of an archive, whose members name their tables.
func maybeArchive(name string) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, ".tar") || strings.HasSuffix(name, ".tar.gz") || strings.HasSuffix(name, ".tgz") || strings.HasSuffix(name, ".zip")
}

// sourceCode cleans the code of a source; empty asks for the default.
func sourceCode(s string) (string, bool) {
	s, err := reference.CleanName(s)
	return s, err == nil && len([]rune(s)) <= 64
}

// loadDivision gives the division that rows without one belong to: the one asked for where the actor may load facts there, else,
// where none was asked for, the actor's first.
func loadDivision(actor models.Actor, code string) (string, bool) {
	if code == "" {
		list := loadDivisions(actor)
		if len(list) == 0 {
			return "", false
		}
		return list[0], true
	}
	place, known := models.PlaceOf(code)
	return code, known && actor.CanAt(models.ActFactLoad, place)
}

// loadDivisions lists the divisions of the actor's grants in which facts may be loaded, in the order of the grants.
func loadDivisions(actor models.Actor) []string {
	var list []string
	for _, code := range actor.Divisions {
		if place, ok := models.PlaceOf(code); ok && actor.CanAt(models.ActFactLoad, place) && !slices.Contains(list, code) {
			list = append(list, code)
		}
	}
	return list
}

// cleanBase keeps of a name that a browser sent its last part, without anything that could leave a folder or a line.
func cleanBase(name string) string {
	name = filepath.Base(strings.ReplaceAll(name, "\\", "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("._-", r) {
			return r
		}
		return '_'
	}, name)
	name = strings.TrimLeft(name, ".")
	if r := []rune(name); len(r) > 80 {
		name = string(r[:40]) + string(r[len(r)-40:])
	}
	if name == "" {
		return "upload"
	}
	return name
}

// keepUpload copies an uploaded file into a folder of its own; the caller removes the folder.
func keepUpload(fh *multipart.FileHeader) (dir, path string, err error) {
	in, err := fh.Open()
	if err != nil {
		return "", "", err
	}
	defer in.Close()
	if dir, err = os.MkdirTemp("", "xiezhi-upload-"); err != nil {
		return "", "", err
	}
	path = filepath.Join(dir, cleanBase(fh.Filename))
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return dir, path, err
	}
	_, err = io.Copy(out, io.LimitReader(in, uploadLimit))
	return dir, path, errors.Join(err, out.Close())
}

// patient lifts the limit on the time an answer may take, for acts that are long by nature.
func patient(c *gin.Context) {
	// A writer that cannot do so keeps its limit: the act is done all the same, and its page shows the outcome.
	_ = http.NewResponseController(c.Writer).SetWriteDeadline(time.Time{})
}

func loadedText(ctx context.Context, rep work.IngestReport) string {
	var accepted, unchanged, refused int64
	for _, f := range rep.Files {
		if f.Error != "" {
			return i18n.T(ctx, "batch.loaded_not", "name", f.Name)
		}
		accepted, unchanged, refused = accepted+f.Accepted, unchanged+f.Unchanged, refused+f.Refused
	}
	return i18n.T(ctx, "batch.loaded", "accepted", i18n.Integer(ctx, accepted), "unchanged", i18n.Integer(ctx, unchanged), "refused", i18n.Integer(ctx, refused),
		"seconds", i18n.Decimal(ctx, rep.Seconds, 1))
}

func newBatchForm(ctx context.Context, actor models.Actor, f batchLoadForm, wrong map[string]string) *views.BatchForm {
	form := &views.BatchForm{Source: f.Source, Wrong: wrong, Limit: "64 MiB", Tables: []ui.Option{{Label: i18n.T(ctx, "batch.table_by_name")}}, Mappings: []ui.Option{{Label: i18n.T(ctx, "batch.mapping_none")}}}
	for _, t := range models.Tables() {
		form.Tables = append(form.Tables, ui.Option{Value: string(t), Label: i18n.T(ctx, "table."+string(t)), Chosen: f.Table == string(t)})
	}
	for _, m := range ingest.ShippedNames() {
		form.Mappings = append(form.Mappings, ui.Option{Value: m, Label: m, Chosen: f.Mapping == m})
	}
	for _, code := range loadDivisions(actor) {
		form.Divisions = append(form.Divisions, ui.Option{Value: code, Label: placeOrNation(ctx, code), Chosen: f.Division == code})
		for _, d := range reference.Children(code) {
			form.Divisions = append(form.Divisions, ui.Option{Value: d.Code, Label: placeOrNation(ctx, d.Code), Chosen: f.Division == d.Code})
		}
	}
	return form
}
