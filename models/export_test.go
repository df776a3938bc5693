package models

import (
	"context"

	"gorm.io/gorm"
)

// Unaudited makes a change that notes nothing for the audit trail.
func (s *Store) Unaudited(ctx context.Context, actor Actor, f func(db *gorm.DB) error) error {
	return s.change(ctx, actor, func(t *tx) error { return f(t.db) })
}

// MigrateTo brings an empty database to the schema of an earlier version of the portal.
func (s *Store) MigrateTo(ctx context.Context, version int64) error {
	p, err := s.provider()
	if err == nil {
		_, err = p.UpTo(ctx, version)
	}
	return err
}

// ChainOf gives the hash that an entry must have.
func ChainOf(e AuditEntry) string { return e.chain() }

// OrangeDue gives by when an orange alert that is raised now has to be decided.
func (s *Store) OrangeDue(ctx context.Context) (Instant, error) {
	return s.look(ctx, Actor{}).alertDue("orange")
}

// SightQuestion gives the text of the question for some subjects in an actor's sight.
func (s *Store) SightQuestion(ctx context.Context, actor Actor, ids []int64) string {
	return s.subjectsByKey(ctx).ToSQL(func(q *gorm.DB) *gorm.DB {
		var list []Subject
		return seenSubjects(q, actor.Sight(ActCompanyRead)).Where("id IN ?", ids).Find(&list)
	})
}
