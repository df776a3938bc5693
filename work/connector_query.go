package work

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"time"

	"xiezhi/models"
)

// queryLimit is how long a foreign database may take to answer.
const queryLimit = 5 * time.Minute

// runQuery asks a foreign database for what is new and loads the answer. The answer is spooled first, so that the foreign
// database is not held while it is loaded and a killed load goes on with the very same rows.
func (d *Desk) runQuery(ctx context.Context, actor models.Actor, c models.Connector, run, left *models.ConnectorRun) error {
	address, ok := d.Places.Databases[c.PlaceName]
	if !ok {
		return errPlace
	}
	spool, err := d.spoolPath(c)
	if err != nil {
		return err
	}
	if left != nil && left.Watermark != "" {
		if _, err := os.Stat(spool); err == nil {
			run.Watermark = left.Watermark
			return d.loadSpool(ctx, actor, c, run, spool)
		}
	}
	rows, mark, err := spoolQuery(ctx, spool, models.ForeignQuery{Address: address, Query: c.Query, WatermarkColumn: c.WatermarkColumn, From: c.Watermark, Limit: queryLimit})
	if err != nil {
		return err
	}
	if rows == 0 {
		return os.Remove(spool)
	}
	if mark == "" {
		mark = c.Watermark
	}
	if err := d.Store.NoteWatermark(ctx, actor, c, run, mark); err != nil {
		return err
	}
	return d.loadSpool(ctx, actor, c, run, spool)
}

func (d *Desk) loadSpool(ctx context.Context, actor models.Actor, c models.Connector, run *models.ConnectorRun, spool string) error {
	if _, err := d.take(ctx, actor, c, run, spool); err != nil {
		return err
	}
	if err := os.Remove(spool); err != nil {
		return fmt.Errorf("clear the spool: %w", err)
	}
	return nil
}

// spoolQuery writes the answer of a query as CSV, whole or not at all, and gives the number of rows and the largest watermark.
func spoolQuery(ctx context.Context, spool string, q models.ForeignQuery) (rows int64, mark string, err error) {
	f, err := os.OpenFile(spool+".part", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, "", fmt.Errorf("open the spool: %w", err)
	}
	w := csv.NewWriter(f)
	mark, err = q.Read(ctx, w.Write, func(values []string) error {
		rows++
		return w.Write(values)
	})
	w.Flush()
	if err = errors.Join(err, w.Error(), f.Sync(), f.Close()); err != nil {
		return 0, "", errors.Join(err, os.Remove(spool+".part"))
	}
	if err := os.Rename(spool+".part", spool); err != nil {
		return 0, "", fmt.Errorf("spool: %w", err)
	}
	return rows, mark, nil
}
