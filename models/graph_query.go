package models

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

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

// namedColumns are what [Store.SubjectsByID] reads.
const namedColumns = "id, kind, key, ref, name, division_code, p2, c4, c6, stub, area, level, level_rank, idx"

// SubjectsByID gives subjects by internal key, those in sight alone: what names, places and marks them, and nothing of how they came to
// be known or were looked at. A page of the graph names hundreds, so that they are read without reflection.
func (s *Store) SubjectsByID(ctx context.Context, sight Sight, ids []int64) (map[int64]Subject, error) {
	out := make(map[int64]Subject, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	cond, args := sight.subjectsFor(s)
	in, list := s.oneOf(ids)
	err := s.readNamed(ctx, "SELECT "+namedColumns+" FROM "+s.subjectsTable()+" WHERE "+cond+" AND id "+strings.Replace(in, "?", s.mark(len(args)+1), 1), append(args, list), func(sub Subject) { out[sub.ID] = sub })
	if err != nil {
		return nil, fmt.Errorf("read subjects: %w", err)
	}
	return out, nil
}

// readNamed gives the subjects of a question for namedColumns that is spelled for the database.
func (s *Store) readNamed(ctx context.Context, question string, args []any, see func(Subject)) error {
	rows, err := s.rows(ctx, question, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var sub Subject
		if err := rows.Scan(&sub.ID, &sub.Kind, &sub.Key, &sub.Ref, &sub.Name, &sub.DivisionCode, &sub.P2, &sub.C4, &sub.C6, &sub.Stub, &sub.Area, &sub.Level, &sub.LevelRank, &sub.Idx); err != nil {
			return err
		}
		see(sub)
	}
	return rows.Err()
}

// oneOf gives the condition that a key is one of some, and its one value: the text of the question is the same for any number of keys, so
// that a connection keeps it.
func (s *Store) oneOf(ids []int64) (cond, list string) {
	var b strings.Builder
	opening, closing, cond := "[", "]", "IN (SELECT value FROM json_each(?))"
	if s.Dialect() == "postgres" {
		opening, closing, cond = "{", "}", "= ANY (CAST(? AS BIGINT[]))"
	}
	b.WriteString(opening)
	for i, id := range ids {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(id, 10))
	}
	b.WriteString(closing)
	return cond, b.String()
}

// subjectsByKey reads subjects by their key. SQLite, which has no figures on how many subjects a place has, would else walk all those of
// the scope's place by its index to find a few.
func (s *Store) subjectsByKey(ctx context.Context) *gorm.DB {
	return s.read(ctx).Table(s.subjectsTable())
}

func (s *Store) subjectsTable() string {
	if s.Dialect() == "sqlite" {
		return "subjects NOT INDEXED"
	}
	return "subjects"
}

// SubjectNamed finds a subject in sight by its kind and its ID or, for a person or an account, its public number, with what SubjectsByID
// reads of it. It fails with NotFound for one that is absent or out of sight.
func (s *Store) SubjectNamed(ctx context.Context, sight Sight, ref SubjectRef) (Subject, error) {
	kind, ok := kindLiteral(ref.Kind)
	if !ok {
		return Subject{}, NotFound(string(ref.Kind))
	}
	var found []Subject
	cond, args := sight.subjectsFor(s)
	key, public := s.mark(len(args)+1), s.mark(len(args)+2)
	// Either index finds it at once; an OR over both would walk all subjects of the kind.
	err := s.readNamed(ctx, "SELECT "+namedColumns+" FROM "+s.subjectsTable()+" WHERE "+cond+" AND id IN (SELECT id FROM subjects WHERE kind = "+kind+" AND key = "+key+" UNION ALL SELECT id FROM subjects WHERE ref = "+public+" AND kind = "+kind+
		") ORDER BY id LIMIT 1", append(args, ref.ID, ref.ID), func(sub Subject) { found = append(found, sub) })
	if err != nil {
		return Subject{}, fmt.Errorf("find %s: %w", ref.Kind, err)
	}
	if len(found) == 0 {
		return Subject{}, NotFound(string(ref.Kind))
	}
	return found[0], nil
}

// kindLiteral writes a kind into the text of a question; false for an unknown one. Where SQLite has an index of one kind alone, it plans
// a question with the kind as a value anew each time.
func kindLiteral(kind SubjectKind) (string, bool) {
	switch kind {
	case KindCompany:
		return "'company'", true
	case KindPerson:
		return "'person'", true
	case KindAccount:
		return "'account'", true
	case KindInstitution:
		return "'institution'", true
	case KindProduct:
		return "'product'", true
	default:
		return "", false
	}
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
	in, list := s.oneOf(ids)
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
