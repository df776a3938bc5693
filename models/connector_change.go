package models

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// AddConnector sets a connector up; known are the folders or databases of its kind that the operator named. It runs at once.
func (s *Store) AddConnector(ctx context.Context, actor Actor, n NewConnector, known []string) (Connector, error) {
	n = n.trimmed()
	var c Connector
	err := s.change(ctx, actor, func(t *tx) error {
		place, ok := PlaceOf(n.Division)
		if !actor.Can(ActConnectorChange) {
			return Forbidden(ActConnectorChange)
		}
		wrong := n.check(known)
		if !ok || !actor.CanAt(ActConnectorChange, place) {
			wrong["division"] = "error.division_unknown"
		}
		if len(wrong) > 0 {
			return Invalid(wrong)
		}
		ref, err := t.newRef("LJ", place.DivisionCode)
		if err != nil {
			return err
		}
		if err := t.missingSources(map[string]bool{n.Source: true}); err != nil {
			return err
		}
		c = Connector{Ref: ref, Place: place, CreatedBy: actor.Name, CreatedAt: t.now, NextAt: t.now, Version: 1}
		n.onto(&c)
		if err := t.db.Create(&c).Error; err != nil {
			return fmt.Errorf("add connector: %w", err)
		}
		t.audit("connector.add", "connector:"+ref, place, map[string]any{"source": n.Source, "kind": n.Kind, "place": n.PlaceName})
		return nil
	})
	return c, err
}

func (n NewConnector) onto(c *Connector) {
	c.Name, c.Kind, c.PlaceName, c.Pattern, c.Query, c.WatermarkColumn = n.Name, n.Kind, n.PlaceName, n.Pattern, n.Query, n.WatermarkColumn
	c.Source, c.Table, c.Mapping, c.EveryMinutes = n.Source, n.Table, n.Mapping, n.EveryMinutes
}

// lockConnector loads a connector in the actor's scope for a change.
func (t *tx) lockConnector(ref string, version int64) (Connector, error) {
	var c Connector
	err := scoped(t.forUpdate(), t.actor.Scope(ActSourceRead), "").Where("ref = ?", ref).Take(&c).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return c, NotFound("connector")
	}
	if err != nil {
		return c, fmt.Errorf("connector %s: %w", ref, err)
	}
	if !t.actor.CanAt(ActConnectorChange, c.Place) {
		return c, Forbidden(ActConnectorChange)
	}
	if version != 0 && version != c.Version {
		return c, Conflict()
	}
	return c, nil
}

// ChangeConnector changes what a connector does. Its watermark stays, unless the query or its column changed: then it begins anew.
func (s *Store) ChangeConnector(ctx context.Context, actor Actor, ref string, n NewConnector, known []string, version int64) error {
	n = n.trimmed()
	return s.change(ctx, actor, func(t *tx) error {
		c, err := t.lockConnector(ref, version)
		if err != nil {
			return err
		}
		n.Kind, n.Division = c.Kind, c.DivisionCode
		if wrong := n.check(known); len(wrong) > 0 {
			return Invalid(wrong)
		}
		if err := t.missingSources(map[string]bool{n.Source: true}); err != nil {
			return err
		}
		if n.Query != c.Query || n.WatermarkColumn != c.WatermarkColumn || n.PlaceName != c.PlaceName {
			c.Watermark = ""
		}
		n.onto(&c)
		c.NextAt = t.now
		return t.writeConnector(c, "change", map[string]any{"source": n.Source, "place": n.PlaceName})
	})
}

// PauseConnector stops a connector, ResumeConnector lets it go on, RunConnector has it run now; a paused one is resumed by that.
func (s *Store) PauseConnector(ctx context.Context, actor Actor, ref string, version int64) error {
	return s.switchConnector(ctx, actor, ref, version, "pause", func(c *Connector) { c.Paused = true })
}

// ResumeConnector lets a paused connector go on at once.
func (s *Store) ResumeConnector(ctx context.Context, actor Actor, ref string, version int64) error {
	return s.switchConnector(ctx, actor, ref, version, "resume", func(c *Connector) { c.Paused, c.NextAt = false, s.Now() })
}

// RunConnector makes a connector due now.
func (s *Store) RunConnector(ctx context.Context, actor Actor, ref string, version int64) error {
	return s.switchConnector(ctx, actor, ref, version, "run", func(c *Connector) { c.Paused, c.NextAt = false, s.Now() })
}

func (s *Store) switchConnector(ctx context.Context, actor Actor, ref string, version int64, verb string, set func(c *Connector)) error {
	return s.change(ctx, actor, func(t *tx) error {
		c, err := t.lockConnector(ref, version)
		if err != nil {
			return err
		}
		set(&c)
		return t.writeConnector(c, verb, nil)
	})
}

func (t *tx) writeConnector(c Connector, verb string, detail map[string]any) error {
	was := c.Version
	c.Version++
	res := t.db.Table("connectors").Where("id = ? AND version = ?", c.ID, was).Select("*").Omit("id", "ref").Updates(&c)
	if res.Error != nil {
		return fmt.Errorf("%s connector %s: %w", verb, c.Ref, res.Error)
	}
	if res.RowsAffected == 0 {
		return Conflict()
	}
	t.audit("connector."+verb, "connector:"+c.Ref, c.Place, detail)
	return nil
}

// BeginRun starts a go of a connector and sets when the next is due. It gives the run before, where that one never came to its
// end: a killed process may have left work that can be taken up.
func (s *Store) BeginRun(ctx context.Context, actor Actor, ref string) (Connector, ConnectorRun, *ConnectorRun, error) {
	var c Connector
	var run ConnectorRun
	var left *ConnectorRun
	err := s.change(ctx, actor, func(t *tx) error {
		err := t.forUpdate().Where("ref = ?", ref).Take(&c).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return NotFound("connector")
		}
		if err != nil {
			return fmt.Errorf("connector %s: %w", ref, err)
		}
		var open []ConnectorRun
		if err := t.db.Where("connector_id = ? AND status = ?", c.ID, "running").Order("id DESC").Limit(1).Find(&open).Error; err != nil {
			return fmt.Errorf("connector %s: look for an unfinished run: %w", ref, err)
		}
		if len(open) > 0 {
			left = &open[0]
			if err := t.db.Table("connector_runs").Where("connector_id = ? AND status = ?", c.ID, "running").Updates(map[string]any{"status": "failed",
				"finished_at": t.now, "error_key": "connector.error.cut"}).Error; err != nil {
				return fmt.Errorf("connector %s: close an unfinished run: %w", ref, err)
			}
		}
		run = ConnectorRun{ConnectorID: c.ID, StartedAt: t.now, Status: "running"}
		if err := t.db.Create(&run).Error; err != nil {
			return fmt.Errorf("connector %s: begin: %w", ref, err)
		}
		c.NextAt = t.now.Add(time.Duration(c.EveryMinutes) * time.Minute)
		if err := t.db.Table("connectors").Where("id = ?", c.ID).Update("next_at", c.NextAt).Error; err != nil {
			return fmt.Errorf("connector %s: set the next run: %w", ref, err)
		}
		t.audit("connector.begin", "connector:"+ref, c.Place, nil)
		return nil
	})
	return c, run, left, err
}

// NoteWatermark keeps, before the load begins, how far the query of a run reached.
func (s *Store) NoteWatermark(ctx context.Context, actor Actor, c Connector, run *ConnectorRun, watermark string) error {
	run.Watermark = watermark
	return s.change(ctx, actor, func(t *tx) error {
		t.audit("connector.read", "connector:"+c.Ref, c.Place, map[string]any{"watermark": watermark})
		if err := t.db.Table("connector_runs").Where("id = ?", run.ID).Update("watermark", watermark).Error; err != nil {
			return fmt.Errorf("connector %s: note the watermark: %w", c.Ref, err)
		}
		return nil
	})
}

// TakeFile records that a folder's file was loaded.
func (s *Store) TakeFile(ctx context.Context, actor Actor, c Connector, f TakenFile) error {
	return s.change(ctx, actor, func(t *tx) error {
		row := map[string]any{"connector_id": c.ID, "sha256": f.SHA256, "name": f.Name, "size": f.Size, "modified_at": f.ModifiedAt, "batch_ref": f.BatchRef, "taken_at": t.now}
		if err := t.db.Table("connector_files").Clauses(clause.OnConflict{DoNothing: true}).Create(row).Error; err != nil {
			return fmt.Errorf("connector %s: record %s: %w", c.Ref, f.Name, err)
		}
		t.audit("connector.file", "connector:"+c.Ref, c.Place, map[string]any{"file": f.Name, "batch": f.BatchRef})
		return nil
	})
}

// FinishRun closes a go of a connector; its watermark moves only where all was loaded.
func (s *Store) FinishRun(ctx context.Context, actor Actor, c Connector, run ConnectorRun) error {
	return s.change(ctx, actor, func(t *tx) error {
		run.FinishedAt = t.now
		if err := t.db.Table("connector_runs").Where("id = ?", run.ID).Select("*").Omit("id").Updates(&run).Error; err != nil {
			return fmt.Errorf("connector %s: finish: %w", c.Ref, err)
		}
		if run.Watermark != "" && run.Status != "failed" {
			if err := t.db.Table("connectors").Where("id = ?", c.ID).Update("watermark", run.Watermark).Error; err != nil {
				return fmt.Errorf("connector %s: move the watermark: %w", c.Ref, err)
			}
		}
		t.audit("connector.finish", "connector:"+c.Ref, c.Place, map[string]any{"status": run.Status, "accepted": run.Accepted, "refused": run.Refused})
		return nil
	})
}
