package handlers

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/views/ui"
	"xiezhi/work"
)

// pageKey is where the next page of a list by internal number begins.
type pageKey struct {
	ID int64 `json:"id"`
}

func (a *App) batchList(c *gin.Context) error {
	return a.showBatches(c, http.StatusOK, batchLoadForm{}, nil)
}

// showBatches renders the list, with the input of a load that was refused and what is wrong with it.
func (a *App) showBatches(c *gin.Context, status int, f batchLoadForm, wrong map[string]string) error {
	ctx, actor := a.Context(c), ActorOf(c)
	var key pageKey
	if _, err := readCursor(c.Query("after"), &key); err != nil {
		return err
	}
	list, more, err := a.Store.Batches(ctx, actor, key.ID, pageRows)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "nav.batches"))
	if err != nil {
		return err
	}
	p := newBatchListPage(ctx, list)
	p.Frame, p.Pager = frame, pageOf("/batches", c.Query("after"), len(list), more, lastID(list, func(b models.Batch) int64 { return b.ID }))
	if actor.Can(models.ActFactLoad) {
		p.Form = newBatchForm(ctx, actor, f, wrong)
		saved, err := a.savedMappings(ctx, actor, f.Mapping)
		if err != nil {
			return err
		}
		p.Form.Mappings = append(p.Form.Mappings, saved...)
	}
	return a.render(c, status, views.BatchList(p))
}

// lastID gives the internal number of the last row, 0 for an empty list.
func lastID[T any](list []T, id func(T) int64) int64 {
	if len(list) == 0 {
		return 0
	}
	return id(list[len(list)-1])
}

// pageOf leads from a page of a list to its next and first ones.
func pageOf(path, after string, shown int, more bool, last int64) ui.Pager {
	p := ui.Pager{Shown: shown}
	if more {
		p.Next = path + "?after=" + cursor(pageKey{last})
	}
	if after != "" {
		p.First = path
	}
	return p
}

func newBatchListPage(ctx context.Context, list []models.Batch) views.BatchListPage {
	var p views.BatchListPage
	for _, b := range list {
		p.Rows = append(p.Rows, views.BatchRow{Ref: b.Ref, URL: "/batches/" + b.Ref, Source: b.Source, Place: shortPlace(ctx, b.DivisionCode), Actor: b.Actor,
			Status: newBatchStatus(ctx, b.Status, b.Refused), Accepted: i18n.Integer(ctx, b.Accepted), Unchanged: i18n.Integer(ctx, b.Unchanged),
			Refused: i18n.Integer(ctx, b.Refused), Lost: b.Refused > 0, Started: whenMinute(b.StartedAt), Took: batchTook(ctx, b)})
	}
	return p
}

// newBatchStatus writes how a load or a file stands; one that is done with refused rows says so.
func newBatchStatus(ctx context.Context, status string, refused int64) views.BatchStatus {
	s := views.BatchStatus{Icon: "clock"}
	switch {
	case status == "done" && refused > 0:
		status, s.Icon = "partly", "alert-circle"
	case status == "done":
		s.Icon, s.Done = "check", true
	case status == "failed", status == "unreadable":
		s.Icon = "ban"
	}
	s.Word = i18n.T(ctx, "batch.status."+status)
	return s
}

func batchTook(ctx context.Context, b models.Batch) string {
	if b.FinishedAt.IsZero() {
		return i18n.Unknown
	}
	return took(ctx, b.FinishedAt.Sub(b.StartedAt))
}

// took writes how long an act lasted: seconds below two minutes, two units above.
func took(ctx context.Context, d time.Duration) string {
	if d < 2*time.Minute {
		return i18n.T(ctx, "batch.seconds", "n", i18n.Decimal(ctx, max(d, 0).Seconds(), 1))
	}
	return i18n.Span(ctx, d)
}

// refusedShown is how many refused rows of a file the page lists; the download holds them all.
const refusedShown = 100

func (a *App) batchShow(c *gin.Context) error {
	return a.showBatch(c, http.StatusOK, "", nil)
}

// showBatch renders a load, with the input of a withdrawal that was refused.
func (a *App) showBatch(c *gin.Context, status int, reason string, wrong map[string]string) error {
	ctx, actor := a.Context(c), ActorOf(c)
	b, err := a.Store.Batch(ctx, actor, c.Param("ref"))
	if err != nil {
		return err
	}
	refused := map[int64][]models.Refusal{}
	for _, f := range b.Files {
		if f.Refused == 0 {
			continue
		}
		if refused[f.ID], err = a.Store.Refusals(ctx, f.ID, 0, refusedShown); err != nil {
			return err
		}
	}
	frame, err := a.frame(c, b.Ref)
	if err != nil {
		return err
	}
	p := newBatchShowPage(ctx, b, refused, a.Store.Now())
	p.Frame = frame
	if p.Withdraw, err = a.withdrawForm(c, b, reason, wrong); err != nil {
		return err
	}
	return a.render(c, status, views.BatchShow(p))
}

func newBatchShowPage(ctx context.Context, b models.Batch, refused map[int64][]models.Refusal, now models.Instant) views.BatchShowPage {
	p := views.BatchShowPage{Started: whenMinute(b.StartedAt)}
	var accepted, unchanged, lost int64
	for _, f := range b.Files {
		accepted, unchanged, lost = accepted+f.Accepted, unchanged+f.Unchanged, lost+f.Refused
		p.Files = append(p.Files, newBatchFile(ctx, b.Ref, f, refused[f.ID]))
	}
	p.Status = newBatchStatus(ctx, b.Status, lost)
	for _, n := range []struct {
		key string
		n   int64
	}{{"accepted", accepted}, {"unchanged", unchanged}, {"refused", lost}} {
		p.Figures = append(p.Figures, views.Figure{Name: i18n.T(ctx, "batch.figure."+n.key), Value: i18n.Integer(ctx, n.n), More: i18n.T(ctx, "batch.rows")})
	}
	end := b.FinishedAt
	if b.Status == "running" {
		end = now
	}
	spent := end.Sub(b.StartedAt)
	if b.Status == "running" {
		rate := float64(accepted+unchanged+lost) / max(spent.Seconds(), 1)
		p.Running = i18n.T(ctx, "batch.running", "rows", i18n.Integer(ctx, accepted+unchanged+lost), "took", took(ctx, spent), "rate", i18n.Integer(ctx, int64(rate)))
	}
	p.Withdrawn = takenBack(ctx, models.Withdrawn{At: b.WithdrawnAt, By: b.WithdrawnBy, Reason: b.WithdrawnReason})
	p.Facts = []views.Pair{{Name: i18n.T(ctx, "batch.col.source"), Value: b.Source}, {Name: i18n.T(ctx, "batch.col.place"), Value: placeOrNation(ctx, b.DivisionCode)},
		{Name: i18n.T(ctx, "batch.col.actor"), Value: b.Actor}, {Name: i18n.T(ctx, "batch.col.took"), Value: took(ctx, spent)}}
	return p
}

// placeOrNation writes a division with those above it; the nation itself has a name too.
func placeOrNation(ctx context.Context, code string) string {
	if name := placeName(ctx, code); name != "" {
		return name
	}
	return shortPlace(ctx, code)
}

func newBatchFile(ctx context.Context, ref string, f models.BatchFile, refused []models.Refusal) views.BatchFileView {
	v := views.BatchFileView{ID: "file-" + strconv.Itoa(f.Position), Name: f.Name, Table: i18n.T(ctx, "table."+string(f.Table)), Size: fileSize(ctx, f.Size), Hash: f.SHA256,
		Status: newBatchStatus(ctx, f.Status, f.Refused), Accepted: i18n.Integer(ctx, f.Accepted), Unchanged: i18n.Integer(ctx, f.Unchanged), Refused: i18n.Integer(ctx, f.Refused)}
	switch name, shipped := strings.CutPrefix(f.Mapping, "shipped:"); {
	case shipped:
		v.Mapping = i18n.T(ctx, "batch.mapping", "name", name)
	case strings.HasPrefix(f.Mapping, "DY-"):
		saved, number, _ := strings.Cut(f.Mapping, "#")
		v.Mapping, v.MappingURL = i18n.T(ctx, "batch.mapping_saved", "ref", saved, "n", number), "/mappings/"+saved+"?version="+number
	case f.Mapping != "":
		v.Mapping = i18n.T(ctx, "batch.mapping_own", "hash", f.Mapping[:min(len(f.Mapping), 12)])
	}
	if f.Status == "running" {
		v.Progress = i18n.T(ctx, "batch.progress", "line", i18n.Integer(ctx, f.Line))
	}
	for _, w := range work.WarningsOf(f) {
		v.Notes = append(v.Notes, i18n.T(ctx, w.Key, argPairs(w.Args)...))
	}
	if f.ErrorKey != "" {
		v.Error = i18n.T(ctx, f.ErrorKey, "table", string(f.Table), "column", "…", "value", "…", "format", "…", "sheet", "…", "member", "…")
	}
	for _, no := range refused {
		v.Rows = append(v.Rows, views.RefusedRow{Line: rowText(ctx, no.Line), Column: no.ColumnName, Value: no.Value, Reason: refusalReason(ctx, no.ReasonKey, work.RefusalArgs(no))})
	}
	if len(refused) > 0 {
		v.Download = "/batches/" + ref + "/files/" + strconv.Itoa(f.Position) + "/refused"
		v.Shown = i18n.T(ctx, "batch.shown", "shown", i18n.Integer(ctx, int64(len(refused))), "all", v.Refused)
	}
	return v
}

// refusalReason words why a row was refused.
func refusalReason(ctx context.Context, key string, args map[string]string) string {
	return i18n.T(ctx, key, argPairs(args)...)
}

func fileSize(ctx context.Context, bytes int64) string {
	for _, u := range []struct {
		size int64
		name string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if bytes >= u.size {
			return i18n.Decimal(ctx, float64(bytes)/float64(u.size), 1) + " " + u.name
		}
	}
	return fmt.Sprintf("%d B", bytes)
}
