package models

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"gorm.io/gorm"
)

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
	in, list := s.oneOf(ids, s.mark(len(args)+1))
	err := s.readNamed(ctx, "SELECT "+namedColumns+" FROM "+s.subjectsTable()+" WHERE "+cond+" AND id "+in, append(args, list), func(sub Subject) { out[sub.ID] = sub })
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

// oneOf gives the condition that a key is one of some, and its one value, for which mark stands: the text of the question is the same for any number of keys, so
// that a connection keeps it.
func (s *Store) oneOf(ids []int64, mark string) (cond, list string) {
	var b strings.Builder
	opening, closing, cond := "[", "]", "IN (SELECT value FROM json_each("+mark+"))"
	if s.Dialect() == "postgres" {
		opening, closing, cond = "{", "}", "= ANY (CAST("+mark+" AS BIGINT[]))"
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
