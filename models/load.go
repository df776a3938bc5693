package models

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// RefusedRow is a row that the reader did not take, on its way into the store.
type RefusedRow struct {
	Line   int64
	Column string
	Value  string
	Key    string
	Args   map[string]string
	Raw    string
}

// Loader appends the rows of one batch, chunk by chunk; it is not for concurrent use.
type Loader struct {
	s     *Store
	actor Actor
	batch *Batch
	known subjectIndex
	seen  map[string]bool // sources registered so far
	ranks map[string]int64
}

// NewLoader gives a loader for a batch that was begun.
func (s *Store) NewLoader(actor Actor, b *Batch) *Loader {
	return &Loader{s: s, actor: actor, batch: b, known: subjectIndex{}, seen: map[string]bool{b.Source: true}}
}

// chunk is what one transaction of a load does.
type chunk struct {
	rows      []Row
	refused   []RefusedRow
	accepted  int64
	unchanged int64
	sources   map[string]bool // named for the first time
	tally     map[string]*tally
	before    int64 // the newest key of its table before this chunk
}

// Append stores rows and refusals up to the given line of a file, in one transaction with the file's progress: what is
// acknowledged is stored once, whatever is killed and repeated. It updates f and gives the rows that the store itself refused.
func (l *Loader) Append(ctx context.Context, f *BatchFile, rows []Row, refused []RefusedRow, upTo int64) ([]RefusedRow, error) {
	c := &chunk{rows: rows, refused: refused}
	tries := 0
	err := l.s.change(ctx, l.actor, func(t *tx) error {
		if tries++; tries > 1 {
			clear(l.known) // the try before was rolled back, and with it the subjects it made
		}
		c.accepted, c.unchanged, c.refused, c.tally = 0, 0, refused, map[string]*tally{}
		var progress BatchFile
		if err := t.forUpdate().Where("id = ?", f.ID).Take(&progress).Error; err != nil {
			return fmt.Errorf("read progress of %s: %w", f.Name, err)
		}
		if progress.Line != f.Line {
			return Conflict()
		}
		if err := l.store(ctx, t, f.Table, c); err != nil {
			return err
		}
		if err := t.refuse(f.ID, c.refused); err != nil {
			return err
		}
		if err := l.noteTally(t, f.Table, c); err != nil {
			return err
		}
		if err := t.noteSpan(l.batch, f.Table, c); err != nil {
			return err
		}
		if err := t.db.Table("batch_files").Where("id = ?", f.ID).Updates(map[string]any{"line": upTo, "status": "running",
			"accepted": f.Accepted + c.accepted, "unchanged": f.Unchanged + c.unchanged, "refused": f.Refused + int64(len(c.refused))}).Error; err != nil {
			return fmt.Errorf("store progress of %s: %w", f.Name, err)
		}
		t.audit("fact.load", "batch:"+l.batch.Ref, l.batch.Place, map[string]any{"file": f.Name, "line": upTo,
			"accepted": c.accepted, "unchanged": c.unchanged, "refused": len(c.refused)})
		return nil
	})
	if err != nil {
		clear(l.known) // a rolled back transaction may have made subjects that are not there now
		return nil, fmt.Errorf("load %s up to line %d: %w", f.Name, upTo, err)
	}
	maps.Copy(l.seen, c.sources)
	f.Line, f.Status = upTo, "running"
	f.Accepted += c.accepted
	f.Unchanged += c.unchanged
	f.Refused += int64(len(c.refused))
	return c.refused[len(refused):], nil
}

func (l *Loader) store(ctx context.Context, t *tx, table Table, c *chunk) error {
	fresh := map[string]bool{}
	for i := range c.rows {
		if c.rows[i].Source == "" {
			c.rows[i].Source = l.batch.Source
		}
		if !l.seen[c.rows[i].Source] {
			fresh[c.rows[i].Source] = true
		}
	}
	if err := t.missingSources(fresh); err != nil {
		return err
	}
	c.sources = fresh
	if err := l.readRanks(t); err != nil {
		return err
	}
	if table == TableTransfers {
		return l.storeTransfers(ctx, t, c)
	}
	return l.storeFacts(ctx, t, c)
}

// noteSpan keeps between which keys the rows of a batch lie.
func (t *tx) noteSpan(b *Batch, table Table, c *chunk) error {
	if c.accepted == 0 {
		return nil
	}
	name, in := "fact", "facts"
	if table == TableTransfers {
		name, in = "transfer", "transfers"
	}
	set := fmt.Sprintf("UPDATE batches SET first_%[1]s = CASE WHEN last_%[1]s = 0 THEN ? ELSE first_%[1]s END, last_%[1]s = CASE WHEN last_%[1]s < x.newest THEN x.newest ELSE last_%[1]s END FROM (SELECT MAX(id) AS newest FROM %[2]s) x WHERE batches.id = ?", name, in)
	if err := t.db.Exec(set, c.before+1, b.ID).Error; err != nil {
		return fmt.Errorf("note which rows batch %s brought: %w", b.Ref, err)
	}
	return nil
}

func (t *tx) refuse(fileID int64, list []RefusedRow) error {
	rows := make([]Refusal, len(list))
	for i, r := range list {
		rows[i] = Refusal{FileID: fileID, Line: r.Line, ColumnName: storable(r.Column), Value: storable(r.Value), ReasonKey: r.Key, Args: argsJSON(r.Args), Raw: storable(r.Raw)}
	}
	if len(rows) == 0 {
		return nil
	}
	slices.SortStableFunc(rows, func(a, b Refusal) int { return int(a.Line - b.Line) })
	if err := t.db.CreateInBatches(&rows, 500).Error; err != nil {
		return fmt.Errorf("store refused rows: %w", err)
	}
	return nil
}
