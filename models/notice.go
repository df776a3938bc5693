package models

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm/clause"
)

// Notice is something a person is told once: Kind names the sentence, Object what it is about as kind:ref, Mark why, so that
// nobody is told the same twice. Data fills the sentence.
type Notice struct {
	ID       int64 `gorm:"primaryKey"`
	UserID   int64
	At       Instant
	Kind     string
	Object   string
	Mark     string
	Data     string
	ReadAt   Instant
	MailedAt Instant

	MailTries   int64
	MailTriedAt Instant
}

// notify tells people something; who was told already is not told again.
func (t *tx) notify(users []int64, kind, object, mark string, data map[string]any) error {
	if len(users) == 0 {
		return nil
	}
	text, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("write notice %s: %w", kind, err)
	}
	list := make([]Notice, 0, len(users))
	for _, id := range users {
		list = append(list, Notice{UserID: id, At: t.now, Kind: kind, Object: object, Mark: mark, Data: string(text)})
	}
	err = t.db.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "user_id"}, {Name: "object"}, {Name: "mark"}}, DoNothing: true}).Create(&list).Error
	if err != nil {
		return fmt.Errorf("tell %s: %w", kind, err)
	}
	return nil
}

// Notices lists what the actor was told, newest first, before an id when one is given.
func (s *Store) Notices(ctx context.Context, actor Actor, before int64, limit int) ([]Notice, bool, error) {
	q := s.read(ctx).Where("user_id = ?", actor.UserID)
	if before > 0 {
		q = q.Where("id < ?", before)
	}
	var list []Notice
	if err := q.Order("id DESC").Limit(limit + 1).Find(&list).Error; err != nil {
		return nil, false, fmt.Errorf("list notices: %w", err)
	}
	return list[:min(len(list), limit)], len(list) > limit, nil
}

// UnreadNotices counts what the actor has not read yet.
func (s *Store) UnreadNotices(ctx context.Context, actor Actor) (int64, error) {
	var n int64
	if err := s.read(ctx).Table("notices").Where("user_id = ? AND read_at IS NULL", actor.UserID).Count(&n).Error; err != nil {
		return 0, fmt.Errorf("count notices: %w", err)
	}
	return n, nil
}

// ReadNotices marks what the actor was told up to an id as read.
func (s *Store) ReadNotices(ctx context.Context, actor Actor, upTo int64) error {
	return s.change(ctx, actor, func(t *tx) error {
		err := t.db.Table("notices").Where("user_id = ? AND id <= ? AND read_at IS NULL", actor.UserID, upTo).Update("read_at", t.now).Error
		if err != nil {
			return fmt.Errorf("read notices: %w", err)
		}
		t.audit("notice.read", "user:"+actor.Name, Place{}, map[string]any{"up_to": upTo})
		return nil
	})
}

// tellClock writes what happened to a limit into the story of what it belongs to and tells those who work on it.
func (t *tx) tellClock(c Clock, event, note string, data map[string]any) error {
	object, id, ref, err := t.clockObject(c)
	if err != nil {
		return err
	}
	if err := t.tell(object, id, "clock_"+event, note, data); err != nil {
		return err
	}
	users, err := t.clockPeople(c)
	if err != nil {
		return err
	}
	return t.notify(users, "clock_"+event, object+":"+ref, fmt.Sprintf("clock %d %s %d", c.ID, event, t.now.Micro()), data)
}

// clockObject gives what a limit belongs to: the referral, the objection, or the case.
func (t *tx) clockObject(c Clock) (kind string, id int64, ref string, err error) {
	kind, id = objectCase, c.CaseID
	switch {
	case c.ReferralID != nil:
		kind, id = objectReferral, *c.ReferralID
	case c.ObjectionID != nil:
		kind, id = objectObjection, *c.ObjectionID
	}
	if err := t.db.Table(kind+"s").Select("ref").Where("id = ?", id).Scan(&ref).Error; err != nil {
		return "", 0, "", fmt.Errorf("read what clock %d belongs to: %w", c.ID, err)
	}
	return kind, id, ref, nil
}

// clockPeople lists who works on what a limit belongs to: its team, or the reviewer of an objection.
func (t *tx) clockPeople(c Clock) ([]int64, error) {
	var ids []int64
	q := t.db.Table("case_officers").Select("user_id").Where("case_id = ? AND recused_at IS NULL", c.CaseID)
	switch {
	case c.ReferralID != nil:
		q = t.db.Table("referral_officers o").Select("o.user_id").Where("o.referral_id = ?", *c.ReferralID).
			Where("NOT EXISTS (SELECT 1 FROM case_officers x WHERE x.case_id = ? AND x.user_id = o.user_id AND x.recused_at IS NOT NULL)", c.CaseID)
	case c.ObjectionID != nil:
		q = t.db.Table("objections").Select("reviewer_id").Where("id = ? AND reviewer_id IS NOT NULL", *c.ObjectionID)
	}
	if err := q.Scan(&ids).Error; err != nil {
		return nil, fmt.Errorf("read the people of clock %d: %w", c.ID, err)
	}
	return ids, nil
}
