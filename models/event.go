package models

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
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

// maxSkew is by how much the clocks of two nodes may differ for a story to stay in order; what stands further ahead is a clock that is
// wrong, which nothing follows.
const maxSkew = 10 * time.Minute

// notBefore keeps the order of a story when the clock of this node is behind that of the node which wrote last: an act on what is locked
// happens at its last event or later, and no limit ends before it began.
func (t *tx) notBefore(kind string, id int64) error {
	if t.looks {
		return nil
	}
	var last []Event
	if err := t.db.Select("id", "at").Where("object_kind = ? AND object_id = ?", kind, id).Order("at DESC").Limit(1).Find(&last).Error; err != nil {
		return fmt.Errorf("read the last event of %s %d: %w", kind, id, err)
	}
	if len(last) == 1 && last[0].At.After(t.now) && last[0].At.Sub(t.now) <= maxSkew {
		t.now = last[0].At
	}
	return nil
}
