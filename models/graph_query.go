package models

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"
)

// GraphMark says how far the tables are that the graph is built from: the newest keys, and how many facts and transfers were withdrawn.
type GraphMark struct {
	Fact      int64
	Transfer  int64
	Withdrawn int64
	Taken     int64 // transfers that were withdrawn
	Batch     int64
}

// GraphMark reads how far the tables are.
func (s *Store) GraphMark(ctx context.Context) (GraphMark, error) {
	var m GraphMark
	err := s.read(ctx).Raw(`SELECT (SELECT COALESCE(MAX(id), 0) FROM facts) AS fact, (SELECT COALESCE(MAX(x.id), 0) FROM (SELECT MAX(id) AS id FROM transfers UNION ALL SELECT MAX(id) FROM withdrawn_transfers) x) AS transfer,
		(SELECT COUNT(*) FROM retractions) AS withdrawn, (SELECT COUNT(*) FROM withdrawn_transfers) AS taken, (SELECT COALESCE(MAX(id), 0) FROM batches) AS batch`).Scan(&m).Error
	if err != nil {
		return m, fmt.Errorf("read how far the tables are: %w", err)
	}
	return m, nil
}

// Span is a range of keys: those above After up to UpTo.
type Span struct{ After, UpTo int64 }

// GraphFact is a fact as the graph needs it: Relation is set for a fact of relations, Account for one of accounts, neither for the
// others, which tell that a subject may have a new name or place.
type GraphFact struct {
	ID         int64
	Source     string
	SubjectID  int64
	OtherID    int64 // 0 where there is none
	Ident      []byte
	ObservedAt Instant
	Relation   *RelationRow
	Account    *AccountRow
}

// GraphFacts gives the facts of a span that count as of a moment, by key: with edges set, those of relations and accounts alone. The
// zero AsOf is now; sources of limited purpose are given too, since each reader is shown what the reader may know.
func (s *Store) GraphFacts(ctx context.Context, span Span, asOf AsOf, which GraphFacts, see func(GraphFact) error) error {
	asOf.Purposes = append(asOf.Purposes, PurposeAntiFraudOnly)
	q := bounded(s.read(ctx).Table("facts f"), asOf).Where("f.id > ? AND f.id <= ?", span.After, span.UpTo)
	if which == EdgeFacts {
		q = q.Where("f.tbl IN ?", []Table{TableRelations, TableAccounts})
	}
	return s.graphFacts(q.Order("f.id"), see)
}

// GraphFacts says which facts are asked for.
type GraphFacts int

// The facts that make edges, or all.
const (
	EdgeFacts GraphFacts = iota
	AllFacts
)

func (s *Store) graphFacts(q *gorm.DB, see func(GraphFact) error) (err error) {
	rows, err := q.Select("f.id, f.tbl, f.source, f.subject_id, f.other_id, f.ident, f.observed_at, CASE WHEN f.tbl IN ('relations', 'accounts') THEN f.payload ELSE '' END").Rows()
	if err != nil {
		return fmt.Errorf("read facts of the graph: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var f GraphFact
		var table Table
		var other sql.NullInt64
		var payload sql.RawBytes
		if err := rows.Scan(&f.ID, &table, &f.Source, &f.SubjectID, &other, &f.Ident, &f.ObservedAt, &payload); err != nil {
			return fmt.Errorf("read facts of the graph: %w", err)
		}
		f.OtherID = other.Int64
		switch table {
		case TableRelations:
			err = json.Unmarshal(payload, &f.Relation)
		case TableAccounts:
			err = json.Unmarshal(payload, &f.Account)
		}
		if err != nil {
			return fmt.Errorf("read fact %d: %w", f.ID, err)
		}
		if err := see(f); err != nil {
			return err
		}
	}
	return rows.Err()
}

// WithdrawnFact is a fact that counts no longer.
type WithdrawnFact struct {
	FactID    int64
	Tbl       Table
	SubjectID int64
	OtherID   *int64
	Ident     []byte
}

// WithdrawnFacts lists all facts that were withdrawn; there are few, since people withdraw them one by one.
func (s *Store) WithdrawnFacts(ctx context.Context) ([]WithdrawnFact, error) {
	var list []WithdrawnFact
	err := s.read(ctx).Table("retractions x").Select("x.fact_id, f.tbl, f.subject_id, f.other_id, f.ident").Joins("JOIN facts f ON f.id = x.fact_id").Order("x.fact_id").Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("list withdrawn facts: %w", err)
	}
	return list, nil
}

// GraphFactsOf gives, for facts that were withdrawn, those of the same identities that count now: by key within 5,000 of one table.
func (s *Store) GraphFactsOf(ctx context.Context, withdrawn []WithdrawnFact, see func(GraphFact) error) error {
	by := map[Table][]WithdrawnFact{}
	for _, w := range withdrawn {
		by[w.Tbl] = append(by[w.Tbl], w)
	}
	for _, table := range slices.Sorted(maps.Keys(by)) {
		for part := range slices.Chunk(by[table], 5000) {
			idents, subjects := make([][]byte, len(part)), make([]int64, len(part))
			for i, w := range part {
				idents[i], subjects[i] = w.Ident, w.SubjectID
			}
			q := sameIdentity(bounded(s.read(ctx).Table("facts f"), AsOf{Purposes: []Purpose{PurposeAntiFraudOnly}}), table, idents, subjects)
			if err := s.graphFacts(q.Order("f.id"), see); err != nil {
				return err
			}
		}
	}
	return nil
}

// GraphSubject is a subject as the graph needs it.
type GraphSubject struct {
	ID           int64
	Kind         SubjectKind
	DivisionCode string
}

// GraphSubjects gives all subjects by key.
func (s *Store) GraphSubjects(ctx context.Context, see func(GraphSubject) error) error {
	rows, err := s.read(ctx).Table("subjects").Select("id, kind, division_code").Order("id").Rows()
	if err != nil {
		return fmt.Errorf("read subjects: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var g GraphSubject
		if err := rows.Scan(&g.ID, &g.Kind, &g.DivisionCode); err != nil {
			return fmt.Errorf("read subjects: %w", err)
		}
		if err := see(g); err != nil {
			return err
		}
	}
	return rows.Err()
}

// GraphSubjectsByID gives some subjects, in no order.
func (s *Store) GraphSubjectsByID(ctx context.Context, ids []int64) ([]GraphSubject, error) {
	var all []GraphSubject
	for from := 0; from < len(ids); from += 5000 {
		var list []GraphSubject
		if err := s.read(ctx).Table("subjects").Select("id, kind, division_code").Where("id IN ?", ids[from:min(from+5000, len(ids))]).Scan(&list).Error; err != nil {
			return nil, fmt.Errorf("read subjects: %w", err)
		}
		all = append(all, list...)
	}
	return all, nil
}

// TransferKeys gives the source's own IDs of transfers by internal key, of withdrawn ones too.
func (s *Store) TransferKeys(ctx context.Context, ids []int64) (map[int64]string, error) {
	out := make(map[int64]string, len(ids))
	for _, table := range []string{"transfers", "withdrawn_transfers"} {
		var missing []int64 // few transfers are withdrawn, so that the second question is seldom asked
		for _, id := range ids {
			if _, ok := out[id]; !ok {
				missing = append(missing, id)
			}
		}
		if len(missing) == 0 {
			break
		}
		if err := s.transferKeys(ctx, table, missing, out); err != nil {
			return nil, fmt.Errorf("read transfers: %w", err)
		}
	}
	return out, nil
}

func (s *Store) transferKeys(ctx context.Context, table string, ids []int64, out map[int64]string) error {
	in, list := s.oneOf(ids, "?")
	rows, err := s.read(ctx).Raw("SELECT id, key FROM "+table+" WHERE id "+in, list).Rows()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var key string
		if err := rows.Scan(&id, &key); err != nil {
			return err
		}
		out[id] = key
	}
	return rows.Err()
}
