package models

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// Lineage is a stored fact with the way it came: the row as it was taken, its source, the file and batch it stood in, what the
// same source said before and after of the same thing, and whether it was withdrawn.
type Lineage struct {
	Provenance
	Table    Table
	Subject  Subject
	Other    *Subject // the second subject of a relation, a product
	Columns  []ColumnValue
	Batch    Batch
	File     string
	FileHash string
	Line     int64
	Others   []Observation // of the same identity, oldest first
	Withdrawn
}

// ColumnValue is one column of a fact.
type ColumnValue struct {
	Column string
	Value  string
}

// Observation is a fact of the same identity.
type Observation struct {
	Provenance
	Withdrawn bool
	Same      bool // this very fact
}

// Withdrawn says who took a fact back, when and why; At is zero for one that stands.
type Withdrawn struct {
	At     Instant
	By     string
	Reason string
}

// openTables are those whose facts may be followed by whoever sees their company; facts about persons and accounts stay on
// their own pages, where numbers are masked.
var openTables = []Table{TableCompanies, TableLicences, TableProducts, TableSignals, TableRelations, TableInstitutions}

// lineageRow names what it embeds: gorm passes over an embedded type that is not exported.
type lineageRow struct {
	Fact    storedFact `gorm:"embedded"`
	BatchID int64
	Line    int64
	Ident   []byte
}

// Fact follows a fact to where it comes from: the batch and the SHA-256 of the row in hex name it. A fact whose subject lies
// outside the actor's scope, or whose purpose the actor may not use, is not found.
func (s *Store) Fact(ctx context.Context, actor Actor, batchRef, hash string) (Lineage, error) {
	return s.look(ctx, actor).fact(batchRef, hash)
}

func (t *tx) fact(batchRef, hash string) (Lineage, error) {
	var l Lineage
	row, err := t.factRow(batchRef, hash, &l)
	if err != nil {
		return l, err
	}
	sources, err := readSources(t.db)
	if err != nil {
		return l, err
	}
	l.Table, l.Line, l.Provenance = row.Fact.Tbl, row.Line, row.Fact.provenance(sources)
	var file BatchFile
	if l.Batch, file, err = t.cameIn(row.BatchID, row.Fact.Tbl, row.Line); err != nil {
		return l, fmt.Errorf("fact %s: %w", hash, err)
	}
	l.File, l.FileHash = file.Name, file.SHA256
	if l.Columns, err = columnValues(row.Fact.Payload); err != nil {
		return l, fmt.Errorf("fact %s: %w", hash, err)
	}
	if err := t.maskEnds(&l, row); err != nil {
		return l, err
	}
	return l, t.observations(&l, row, sources)
}

// cameIn gives the load and the file in which a row of a table stood; a zero file where several of that table could be it.
func (t *tx) cameIn(batch int64, table Table, line int64) (b Batch, file BatchFile, err error) {
	if err := t.db.Where("id = ?", batch).Take(&b).Error; err != nil {
		return b, file, fmt.Errorf("its batch: %w", err)
	}
	var files []BatchFile
	if err := t.db.Where("batch_id = ? AND table_name = ? AND line >= ?", batch, table, line).Order("position").Limit(2).Find(&files).Error; err != nil {
		return b, file, fmt.Errorf("its file: %w", err)
	}
	if len(files) == 1 { // several files of one table: which one is not kept
		file = files[0]
	}
	return b, file, nil
}

// factRow finds a fact that the actor may follow.
func (t *tx) factRow(batchRef, hash string, l *Lineage) (lineageRow, error) {
	var row lineageRow
	sum, err := hex.DecodeString(hash)
	if err != nil || len(sum) != 32 {
		return row, NotFound("fact")
	}
	q := AsOf{}.permitted(t.db.Table("facts f"), "f.source").Select("f.*, b.ref AS batch_ref").Joins("JOIN batches b ON b.id = f.batch_id AND f.id BETWEEN b.first_fact AND b.last_fact").
		Where("b.ref = ? AND f.hash = ? AND f.tbl IN ?", batchRef, sum, openTables)
	if err := q.Order("f.id").Limit(1).Take(&row).Error; errors.Is(err, gorm.ErrRecordNotFound) {
		return row, NotFound("fact")
	} else if err != nil {
		return row, fmt.Errorf("fact %s of %s: %w", hash, batchRef, err)
	}
	about := []int64{row.Fact.SubjectID}
	if row.Fact.OtherID != nil {
		about = append(about, *row.Fact.OtherID)
	}
	var subs []Subject
	if err := seenSubjects(t.db, t.actor.Sight(ActFactRead)).Where("id IN ?", about).Find(&subs).Error; err != nil {
		return row, fmt.Errorf("fact %s: its subjects: %w", hash, err)
	}
	seen := false
	for i, sub := range subs {
		if sub.ID == row.Fact.SubjectID {
			l.Subject = sub
		} else {
			l.Other = &subs[i]
		}
		seen = seen || sub.Kind == KindCompany || sub.Kind == KindProduct || sub.Kind == KindInstitution
	}
	if !seen {
		return row, NotFound("fact")
	}
	return row, nil
}

// columnValues reads the columns of a fact, in the order in which the row holds them.
func columnValues(payload string) ([]ColumnValue, error) {
	var values map[string]any
	if err := json.Unmarshal([]byte(payload), &values); err != nil {
		return nil, fmt.Errorf("read fact: %w", err)
	}
	var list []ColumnValue
	for name, v := range values {
		text, ok := v.(string)
		if !ok {
			b, err := json.Marshal(v)
			if err != nil {
				return nil, fmt.Errorf("read fact: column %s: %w", name, err)
			}
			text = string(b)
		}
		if text != "" {
			list = append(list, ColumnValue{Column: name, Value: text})
		}
	}
	slices.SortFunc(list, func(a, b ColumnValue) int { return columnOrder(a.Column) - columnOrder(b.Column) })
	return list, nil
}

// maskEnds leaves out of a fact what names a subject that the actor does not see or whose number is personal; the page shows
// both ends by their subjects.
func (t *tx) maskEnds(l *Lineage, row lineageRow) error {
	hidden := map[string]bool{}
	for _, name := range []string{"from", "to", "subject"} {
		for _, c := range l.Columns {
			if c.Column != name {
				continue
			}
			ref, ok := parseSubject(c.Value)
			open := ok && (ref.Kind == KindCompany || ref.Kind == KindProduct || ref.Kind == KindInstitution)
			sees := l.Subject.Written() == ref || l.Other != nil && l.Other.Written() == ref
			if !open || !sees {
				hidden[name] = true
			}
		}
	}
	for i, c := range l.Columns {
		if hidden[c.Column] {
			l.Columns[i].Value = ""
		}
	}
	return nil
}

// maxObservations bounds how many facts of one identity are listed.
const maxObservations = 200

func (t *tx) observations(l *Lineage, row lineageRow, sources map[string]Source) error {
	var list []struct {
		Fact        storedFact `gorm:"embedded"`
		WithdrawnAt Instant
		Actor       string
		Reason      string
	}
	q := t.db.Table("facts f").Select("f.*, b.ref AS batch_ref, x.recorded_at AS withdrawn_at, x.actor, x.reason").Joins("LEFT JOIN batches b ON b.id = f.batch_id").
		Joins("LEFT JOIN retractions x ON x.fact_id = f.id")
	err := sameIdentity(q, row.Fact.Tbl, [][]byte{row.Ident}, []int64{row.Fact.SubjectID}).Order("f.observed_at, f.id").Limit(maxObservations).Find(&list).Error
	if err != nil {
		return fmt.Errorf("read other observations: %w", err)
	}
	for _, o := range list {
		l.Others = append(l.Others, Observation{Provenance: o.Fact.provenance(sources), Withdrawn: !o.WithdrawnAt.IsZero(), Same: o.Fact.ID == row.Fact.ID})
		if o.Fact.ID == row.Fact.ID && !o.WithdrawnAt.IsZero() {
			l.Withdrawn = Withdrawn{At: o.WithdrawnAt, By: o.Actor, Reason: o.Reason}
		}
	}
	return nil
}

// factColumnOrder is the order in which columns of facts are shown, over all tables.
var factColumnOrder = slices.Concat(companyColumns, []string{"code", "id", "company", "number", "area", "promised_yield", "yield_period", "term_days", "investors",
	"raised", "guaranteed", "channel", "issued_by", "valid_from", "valid_until", "from", "to", "ratio", "amount", "since_on", "until_on", "subject", "at", "count",
	"severity", "url", "ref", "text"})

func columnOrder(name string) int {
	if i := slices.Index(factColumnOrder, name); i >= 0 {
		return i
	}
	return len(factColumnOrder)
}
