package models

import (
	"slices"

	"gorm.io/gorm"
)

// Sight says which subjects, and which alerts about them, a question may name one by one: those of a scope and, for an actor, those on
// which a department of his places has a case at work, or an alert in one, wherever they are registered. Who takes a case over from another place reads
// what the case is about (737 art 20) for as long as it is at work, and nothing else there. Lists go by scope alone. Its zero value sees nothing.
type Sight struct {
	scope Scope
	work  string
	args  []any
}

// Within gives the sight of a scope alone.
func Within(scope Scope) Sight { return Sight{scope: scope} }

// Sight gives what the actor may name for an action.
func (a Actor) Sight(action Action) Sight {
	s := Within(a.Scope(action))
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

// seenSubjects keeps the subjects in sight.
func seenSubjects(db *gorm.DB, s Sight) *gorm.DB {
	return sighted(db, s, "subjects", "subjects.id")
}

// sighted keeps the rows in sight.
func sighted(db *gorm.DB, s Sight, alias, subject string) *gorm.DB {
	cond, args := s.sql(alias, subject)
	return db.Where(cond, args...)
}
