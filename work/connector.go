package work

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"xiezhi/models"
)

// Places are the folders and databases that connectors may use, by the names that the operator gave them. Nobody can name
// another path or address in the portal.
type Places struct {
	Folders   map[string]string
	Databases map[string]string // postgres://... or sqlite:PATH
	Spool     string            // a folder of the portal's own, for what queries bring
}

// Known lists the names of a kind, sorted.
func (p Places) Known(kind models.ConnectorKind) []string {
	if kind == models.ConnectorQuery {
		return slices.Sorted(maps.Keys(p.Databases))
	}
	return slices.Sorted(maps.Keys(p.Folders))
}

// ConnectorLimit is how long one go of a connector may take; what is left then is loaded in the next.
const ConnectorLimit = 8 * time.Minute

// errPlace is returned where the operator has taken a named folder or database away.
var errPlace = errors.New("the place of the connector is not set up")

// RunConnector loads what is new at a connector. A failure is recorded with the run and is no error: the next run tries again.
func (d *Desk) RunConnector(ctx context.Context, actor models.Actor, ref string) error {
	c, run, left, err := d.Store.BeginRun(ctx, actor, ref)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, ConnectorLimit)
	defer cancel()
	if c.Kind == models.ConnectorFolder {
		err = d.runFolder(ctx, actor, c, &run)
	} else {
		err = d.runQuery(ctx, actor, c, &run, left)
	}
	run.Status = "done"
	switch {
	case err != nil:
		run.Status, run.ErrorKey = "failed", connectorError(err)
		d.Log.WarnContext(ctx, "connector failed", "connector", c.Ref, "error", err.Error())
	case run.Files == 0:
		run.Status = "empty"
	}
	if err := d.Store.FinishRun(context.WithoutCancel(ctx), actor, c, run); err != nil {
		return err
	}
	if _, err := d.Store.CheckSources(context.WithoutCancel(ctx), actor); err != nil {
		return fmt.Errorf("connector %s: %w", c.Ref, err)
	}
	return nil
}

// connectorError gives the message key of what went wrong; the cause itself stays in the operator's log, for it may hold addresses.
func connectorError(err error) string {
	switch {
	case errors.Is(err, errPlace):
		return "connector.error.place"
	case errors.Is(err, context.DeadlineExceeded):
		return "connector.error.limit"
	case errors.Is(err, models.ErrForeign):
		return "connector.error.database"
	case errors.Is(err, os.ErrPermission), errors.Is(err, os.ErrNotExist):
		return "connector.error.folder"
	case errors.Is(err, ErrUnknownTable):
		return "connector.error.table"
	default:
		return "connector.error.other"
	}
}

// take loads one file for a connector and adds what came of it to the run.
func (d *Desk) take(ctx context.Context, actor models.Actor, c models.Connector, run *models.ConnectorRun, path string) (IngestReport, error) {
	rep, err := d.Ingest(ctx, actor, IngestOptions{Paths: []string{path}, Table: c.Table, Mapping: c.Mapping, Source: c.Source, Division: c.DivisionCode})
	if err != nil {
		return rep, err
	}
	run.Files++
	run.BatchRef = rep.Batch
	for _, f := range rep.Files {
		run.Accepted += f.Accepted
		run.Unchanged += f.Unchanged
		run.Refused += f.Refused
	}
	return rep, nil
}

// spoolPath is where a query's answer waits for being loaded.
func (d *Desk) spoolPath(c models.Connector) (string, error) {
	if err := os.MkdirAll(d.Places.Spool, 0o700); err != nil {
		return "", fmt.Errorf("make the spool: %w", err)
	}
	return filepath.Join(d.Places.Spool, c.Ref+".csv"), nil
}
