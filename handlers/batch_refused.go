package handlers

import (
	"context"
	"io"
	"iter"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"xiezhi/models"
	"xiezhi/work"
)

// batchRefused hands out the refused rows of a file as one that can be mended and loaded again. It is written as it is read, so
// that its length does not matter; an answer that breaks off is cut, never ended as if it were whole.
func (a *App) batchRefused(c *gin.Context) error {
	ctx, actor := a.Context(c), ActorOf(c)
	b, err := a.Store.Batch(ctx, actor, c.Param("ref"))
	if err != nil {
		return err
	}
	f, ok := fileAt(b, c.Param("position"))
	if !ok || f.Refused == 0 {
		return models.NotFound("file")
	}
	if err := a.Store.NoteRead(ctx, actor, "batch.download", "batch:"+b.Ref, b.Place, map[string]any{"file": f.Name, "rows": f.Refused}); err != nil {
		return err
	}
	h := c.Writer.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Disposition", attachment(refusedName(f.Name)))
	err = a.writeRefused(ctx, c.Writer, f)
	if err != nil && c.Writer.Written() {
		panic(http.ErrAbortHandler)
	}
	if err != nil {
		h.Del("Content-Disposition")
	}
	return err
}

func fileAt(b models.Batch, position string) (models.BatchFile, bool) {
	n, err := strconv.Atoi(position)
	if err != nil {
		return models.BatchFile{}, false
	}
	for _, f := range b.Files {
		if f.Position == n {
			return f, true
		}
	}
	return models.BatchFile{}, false
}

// writeRefused writes all refused rows of a file, its reasons in the language of the context.
func (a *App) writeRefused(ctx context.Context, w io.Writer, f models.BatchFile) error {
	rows, failed := a.refusals(ctx, f.ID)
	err := work.WriteRefused(w, f, rows, func(key string, args map[string]string) string { return refusalReason(ctx, key, args) })
	if err := failed(); err != nil {
		return err
	}
	return err
}

// refusals yields the refused rows of a file, a page at a time; failed says afterwards what broke reading off.
func (a *App) refusals(ctx context.Context, fileID int64) (rows iter.Seq[models.Refusal], failed func() error) {
	var broken error
	rows = func(yield func(models.Refusal) bool) {
		for after := int64(0); ; {
			list, err := a.Store.Refusals(ctx, fileID, after, 1000)
			if err != nil {
				broken = err
				return
			}
			for _, no := range list {
				if !yield(no) {
					return
				}
				after = no.ID
			}
			if len(list) < 1000 {
				return
			}
		}
	}
	return rows, func() error { return broken }
}

// refusedName names the file of refused rows so that its table is found again: companies.csv.gz gives
// companies.refused.csv. Rows of workbooks and Parquet files come as CSV, those of a JSON document as lines.
func refusedName(name string) string {
	name = path.Base(strings.TrimSuffix(name, ".gz"))
	ext := path.Ext(name)
	base := strings.TrimSuffix(name, ext)
	switch strings.ToLower(ext) {
	case ".xlsx", ".xlsm", ".parquet":
		ext = ".csv"
	case ".json":
		ext = ".jsonl"
	}
	if ext == "" {
		ext = ".txt"
	}
	return strings.TrimSuffix(base, ".refused") + ".refused" + ext
}

// attachment names a download in ASCII for old readers and in full for the others.
func attachment(name string) string {
	plain := strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7e || r == '"' || r == '\\' || r == '%' {
			return '_'
		}
		return r
	}, name)
	return `attachment; filename="` + plain + `"; filename*=UTF-8''` + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}
