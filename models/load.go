package models

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"xiezhi/turn"
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

	repeats bool // transfers that are there already came just now: PostgreSQL is asked about each, which it is not where all are new
	ranks   map[string]int64
}

// NewLoader gives a loader for a batch that was begun.
func (s *Store) NewLoader(actor Actor, b *Batch) *Loader {
	return &Loader{s: s, actor: actor, batch: b, seen: map[string]bool{b.Source: true}}
}

// Prepared is rows of one table on their way into the store, made ready as far as that needs no store: they can be made ready while
// others are being stored.
type Prepared struct {
	table    Table
	batch    *Batch
	moves    []transferRow
	facts    []factRow
	subjects []SubjectRef // that the facts are about, each once
	place    map[SubjectRef]int
	sources  map[string]bool
	content  [][]byte // of the first rows, by which is seen how full their columns are
	size     int
	scratch  []byte
}

// Work is what makes rows ready, which gives way to readers; it is for the goroutine that does.
func (l *Loader) Work() *turn.Work { return l.s.readers.Work() }

// Prepare begins with no rows. What it gives is for one goroutine, beside that which uses the loader.
func (l *Loader) Prepare(table Table) *Prepared {
	return &Prepared{table: table, batch: l.batch, place: map[SubjectRef]int{}, sources: map[string]bool{}}
}

// Add makes one more row ready.
func (p *Prepared) Add(r Row) error {
	if r.Source == "" {
		r.Source = p.batch.Source
	}
	p.sources[r.Source] = true
	if p.table == TableTransfers {
		return p.addTransfer(r)
	}
	return p.addFact(r)
}

// Len gives how many rows were made ready.
func (p *Prepared) Len() int { return len(p.facts) + len(p.moves) }

// Size gives about how many bytes of content they hold.
func (p *Prepared) Size() int { return p.size }

// subject gives the place of a subject among those of the load.
func (p *Prepared) subject(ref SubjectRef) int {
	i, ok := p.place[ref]
	if !ok {
		i = len(p.subjects)
		p.place[ref] = i
		p.subjects = append(p.subjects, ref)
	}
	return i
}

// chunk is what one transaction of a load does.
type chunk struct {
	*Prepared
	refused   []RefusedRow
	accepted  int64
	unchanged int64
	fresh     map[string]bool // sources named for the first time
	tally     map[string]*tally
	before    int64 // the newest key of its table before this chunk
}

// Append stores rows and refusals up to the given line of a file, in one transaction with the file's progress: what is
// acknowledged is stored once, whatever is killed and repeated. It updates f and gives the rows that the store itself refused.
func (l *Loader) Append(ctx context.Context, f *BatchFile, rows []Row, refused []RefusedRow, upTo int64) ([]RefusedRow, error) {
	p := l.Prepare(f.Table)
	for _, r := range rows {
		if err := p.Add(r); err != nil {
			return nil, fmt.Errorf("load %s up to line %d: %w", f.Name, upTo, err)
		}
	}
	return l.AppendPrepared(ctx, f, p, refused, upTo)
}

// AppendPrepared is Append for rows that were made ready.
func (l *Loader) AppendPrepared(ctx context.Context, f *BatchFile, p *Prepared, refused []RefusedRow, upTo int64) ([]RefusedRow, error) {
	var c *chunk
	tries := 0
	once := func(t *tx) error {
		if tries++; tries > 1 {
			l.known.forget() // the try before was rolled back, and with it the subjects it made
		}
		c = &chunk{Prepared: p, refused: refused, tally: map[string]*tally{}, fresh: map[string]bool{}}
		return l.append(ctx, t, f, c, upTo)
	}
	err := l.s.changeBulk(ctx, l.actor, once)
	for range 3 {
		if isTaken(err) {
			l.repeats = true
			err = l.s.changeBulk(ctx, l.actor, once)
		}
	}
	if err != nil {
		l.known.forget() // a rolled back transaction may have made subjects that are not there now
		return nil, fmt.Errorf("load %s up to line %d: %w", f.Name, upTo, err)
	}
	maps.Copy(l.seen, c.fresh)
	f.Line, f.Status = upTo, "running"
	f.Accepted += c.accepted
	f.Unchanged += c.unchanged
	f.Refused += int64(len(c.refused))
	return c.refused[len(refused):], nil
}

// isTaken says whether PostgreSQL refused a row since another load stored one with its key meanwhile: asked again, it is known.
func isTaken(err error) bool {
	var pg interface{ SQLState() string }
	return errors.As(err, &pg) && pg.SQLState() == "23505"
}

func (l *Loader) append(ctx context.Context, t *tx, f *BatchFile, c *chunk, upTo int64) error {
	var progress BatchFile
	if err := t.forUpdate().Where("id = ?", f.ID).Take(&progress).Error; err != nil {
		return fmt.Errorf("read progress of %s: %w", f.Name, err)
	}
	if progress.Line != f.Line {
		return Conflict()
	}
	if err := l.store(ctx, t, c); err != nil {
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
}

func (l *Loader) store(ctx context.Context, t *tx, c *chunk) error {
	for source := range c.sources {
		if !l.seen[source] {
			c.fresh[source] = true
		}
	}
	if err := t.missingSources(c.fresh); err != nil {
		return err
	}
	if err := l.readRanks(t); err != nil {
		return err
	}
	if c.table == TableTransfers {
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
