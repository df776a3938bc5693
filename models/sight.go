package models

import (
	"slices"
	"sync"

	"gorm.io/gorm"
)

// Sight says which subjects, and which alerts about them, a question may name one by one: those of a scope and, for an actor, those on
// which a department of his places has a case at work, or an alert in one, wherever they are registered. Who takes a case over from another place reads
// what the case is about (737 art 20) for as long as it is at work, and nothing else there. Of subjects, one ring around the subject of the
// case belongs to that: whom a relation ties to it, and the accounts it holds; alerts about them do not. Lists go by scope alone. Its zero
// value sees nothing.
type Sight struct {
	scope Scope
	work  string
	args  []any
	once  *sightText // nil for one that is asked about once
}

// Within gives the sight of a scope alone.
func Within(scope Scope) Sight { return Sight{scope: scope} }

// Sight gives what the actor may name for an action.
func (a Actor) Sight(action Action) Sight {
	s := Within(a.Scope(action))
	s.once = &sightText{}
	if s.scope.nation || s.scope.Empty() || !a.Can(ActCaseRead) {
		return s
	}
	place, args := s.scope.sql("sc")
	seen, more := caseSight(a, "sc")
	s.work = "sc.status <> '" + CaseClosed + "' AND sc.seal <> '" + SealPoliceHold + "' AND " + place + " AND " + seen
	s.args = append(args, more...)
	return s
}

// Covers says whether all that lies in a place is seen.
func (s Sight) Covers(p Place) bool { return s.scope.Covers(p) }

// sql gives the condition that keeps what is seen, for the columns of the aliased table; subject is the column that holds the subject.
func (s Sight) sql(alias, subject string) (string, []any) {
	cond, args := s.scope.sql(alias)
	if s.work == "" {
		return cond, args
	}
	return "(" + cond + " OR EXISTS (SELECT 1 FROM cases sc WHERE sc.subject_id = " + subject + " AND " + s.work +
		") OR EXISTS (SELECT 1 FROM alerts sa JOIN cases sc ON sc.id = sa.case_id WHERE sa.subject_id = " + subject + " AND " + s.work + "))", slices.Concat(args, s.args, s.args)
}

// seenSubjects keeps the subjects in sight, those of the ring around a case included.
func seenSubjects(db *gorm.DB, s Sight) *gorm.DB {
	cond, args := s.subjects()
	return db.Where(cond, args...)
}

// subjects gives the condition of seenSubjects, for questions that are written out.
func (s Sight) subjects() (string, []any) {
	cond, args := s.sql("subjects", "subjects.id")
	if s.work == "" {
		return cond, args
	}
	ring, more := s.ring()
	return "(" + cond + " OR " + ring + ")", slices.Concat(args, more)
}

// sightText is the condition of a sight as a store takes it, written once for all questions of a request.
type sightText struct {
	done sync.Once
	cond string
	args []any
}

// subjectsFor gives the condition of seenSubjects in the words of a store's database, with a mark for each single value; its marks are the
// first of the question. Nothing is to be appended to the values in place.
func (s Sight) subjectsFor(st *Store) (string, []any) {
	if s.once == nil {
		s.once = &sightText{}
	}
	s.once.done.Do(func() {
		cond, args := s.subjects()
		s.once.cond, s.once.args = st.spelled(cond, args)
	})
	return s.once.cond, s.once.args[:len(s.once.args):len(s.once.args)]
}

// ring gives the condition that keeps the accounts that the subject of a case holds, and whom a relation ties to it. What was withdrawn ties
// nobody, nor does what a source said that may not be used for everything: that somebody stands beside the case would tell it. A newer row
// of a relation has the same ends, and the holder of an account is that of the newest. The facts of the subject are looked up first, by
// their index, and the case by each: a subject has few relations, and there may be many cases. The offset keeps PostgreSQL from reading all
// relations once instead, which it takes for cheaper where it guesses that many subjects are asked for.
func (s Sight) ring() (string, []any) {
	tied := func(table Table, here, there string) string {
		return "EXISTS (SELECT 1 FROM facts sf CROSS JOIN cases sc WHERE sf." + here + " = subjects.id AND sf.tbl = '" + string(table) + "' AND sc.subject_id = sf." + there +
			" AND NOT EXISTS (SELECT 1 FROM retractions sx WHERE sx.fact_id = sf.id) AND sf.source NOT IN (SELECT code FROM sources WHERE purpose <> '" + string(PurposeGeneral) + "') AND " + s.work + " LIMIT 1 OFFSET 0)"
	}
	return "subjects.kind = '" + string(KindAccount) + "' AND " + tied(TableAccounts, "subject_id", "other_id AND sf.other_id = subjects.owner_id") + " OR " +
		tied(TableRelations, "subject_id", "other_id") + " OR " + tied(TableRelations, "other_id", "subject_id"), slices.Concat(s.args, s.args, s.args)
}

// sighted keeps the rows in sight.
func sighted(db *gorm.DB, s Sight, alias, subject string) *gorm.DB {
	cond, args := s.sql(alias, subject)
	return db.Where(cond, args...)
}
