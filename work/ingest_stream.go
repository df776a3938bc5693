package work

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"xiezhi/ingest"
	"xiezhi/models"
)

// StreamOptions says what to load from a stream of JSON lines: Name stands for the file in the batch, Size and SHA256 are of
// all the bytes that Body yields, so that a killed load of the same bytes is taken up where it stopped.
type StreamOptions struct {
	Name     string
	Table    models.Table
	Source   string
	Division string
	Size     int64
	SHA256   string
	Body     io.Reader
}

// IngestStream loads one table from a stream of JSON lines, as Ingest loads files. Where the actor carries an idempotency key,
// it is taken with the beginning of the batch. A table that is not known is ErrUnknownTable.
func (d *Desk) IngestStream(ctx context.Context, actor models.Actor, opts StreamOptions) (IngestReport, error) {
	started := time.Now()
	if opts.Source == "" {
		opts.Source = DefaultSource
	}
	if !slices.Contains(models.Tables(), opts.Table) {
		return IngestReport{}, fmt.Errorf("ingest %s: %w", opts.Name, ErrUnknownTable)
	}
	b, err := d.Store.BeginBatch(ctx, actor, models.BatchPlan{Source: opts.Source, Division: opts.Division,
		Files: []models.BatchFile{{Name: opts.Name, Table: opts.Table, SHA256: opts.SHA256, Size: opts.Size}}})
	if err != nil {
		return IngestReport{}, err
	}
	actor.Idem = models.Idempotency{} // the key is taken: the chunks that follow must not take it again
	rep := IngestReport{Batch: b.Ref}
	fr, err := d.ingestBody(ctx, actor, &b, opts)
	if err != nil {
		return rep, fmt.Errorf("ingest %s: %w", opts.Name, err)
	}
	rep.Files = []FileReport{fr}
	if err := d.Store.FinishBatch(ctx, actor, &b); err != nil {
		return rep, err
	}
	rep.Seconds = time.Since(started).Seconds()
	return rep, nil
}

// ingestBody loads the one file of a stream's batch and names its first refused rows, those of before a break too.
func (d *Desk) ingestBody(ctx context.Context, actor models.Actor, b *models.Batch, opts StreamOptions) (FileReport, error) {
	bf := &b.Files[0]
	fr := FileReport{Name: bf.Name, Table: string(bf.Table), Errors: []RowError{}}
	if bf.Status != "done" {
		r, err := ingest.Stream(opts.Name, ingest.JSONL, opts.Body, ingest.Options{Table: opts.Table, After: bf.Line})
		if err != nil {
			return fr, err
		}
		defer r.Close()
		if bf.Header == "" {
			bf.Header = shapeText(r.Shape())
		}
		if err := d.pump(ctx, r, d.Store.NewLoader(actor, b), bf, &fr, nil); err != nil {
			return fr, err
		}
		key := ""
		if err := r.Err(); err != nil {
			known := false
			if key, known = fileKey(err); !known {
				return fr, err
			}
		}
		if err := d.Store.FinishFile(ctx, actor, b, bf, key); err != nil {
			return fr, err
		}
		fr.Error = key
	}
	fr.Accepted, fr.Unchanged, fr.Refused = bf.Accepted, bf.Unchanged, bf.Refused
	if fr.Refused == 0 {
		return fr, nil
	}
	list, err := d.Store.Refusals(ctx, bf.ID, 0, maxErrors)
	if err != nil {
		return fr, err
	}
	fr.Errors = fr.Errors[:0]
	for _, no := range list {
		fr.Errors = append(fr.Errors, rowError(no))
	}
	return fr, nil
}

func rowError(no models.Refusal) RowError {
	return RowError{Line: no.Line, Column: no.ColumnName, Key: no.ReasonKey, Args: RefusalArgs(no)}
}

// RefusalArgs reads what fills the wording of a stored refusal; nothing where it cannot be read.
func RefusalArgs(no models.Refusal) map[string]string {
	var args map[string]string
	if err := json.Unmarshal([]byte(no.Args), &args); err != nil {
		return nil
	}
	return args
}
