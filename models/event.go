package models

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// Event is a line in the story of an alert, a case or a referral; Name is a word of the table of moves.
type Event struct {
	ID         int64 `gorm:"primaryKey"`
	ObjectKind string
	ObjectID   int64
	At         Instant
	ActorID    *int64
	ActorName  string
	Event      string
	Note       string
	Data       string
}

// The kinds of object that have a story.
const (
	objectAlert    = "alert"
	objectCase     = "case"
	objectReferral = "referral"
	objectRule     = "rule"

	objectObjection = "objection"
)

func (t *tx) tell(kind string, id int64, event, note string, data map[string]any) error {
	e := Event{ObjectKind: kind, ObjectID: id, At: t.now, ActorName: t.actor.Name, Event: event, Note: note, Data: "{}"}
	if t.actor.UserID != 0 {
		e.ActorID = &t.actor.UserID
	}
	if len(data) > 0 {
		b, err := json.Marshal(data)
		if err != nil {
			return fmt.Errorf("write event %s: %w", event, err)
		}
		e.Data = string(b)
	}
	if err := t.db.Create(&e).Error; err != nil {
		return fmt.Errorf("write event %s: %w", event, err)
	}
	if strings.HasPrefix(event, "clock_") {
		return nil
	}
	switch kind {
	case objectCase:
		return t.tellWatchers(id, e.ID, event)
	case objectReferral:
		return t.tellReferralWatchers(id, e.ID, event)
	}
	return nil
}

func (s *Store) events(ctx context.Context, kind string, ids ...int64) ([]Event, error) {
	var list []Event
	if err := s.read(ctx).Where("object_kind = ? AND object_id IN ?", kind, ids).Order("at, id").Find(&list).Error; err != nil {
		return nil, fmt.Errorf("read the story of %s: %w", kind, err)
	}
	return list, nil
}
