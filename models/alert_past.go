package models

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
)

// AlertAt gives one alert in the actor's scope as it stood at a moment, with its story until then and the evaluation it rested on: level,
// index and status follow from its story. Before it was raised there is no such alert.
func (s *Store) AlertAt(ctx context.Context, actor Actor, ref string, at Instant) (AlertLine, []Event, Assessment, error) {
	var as Assessment
	al, story, err := s.Alert(ctx, actor, ref)
	if err != nil {
		return al, nil, as, err
	}
	story = slices.DeleteFunc(story, func(e Event) bool { return e.At.After(at) })
	if al.RaisedAt.After(at) || len(story) == 0 {
		return AlertLine{}, nil, as, NotFound("alert")
	}
	var changed Instant
	before := al.Alert
	before.LevelRank = 0
	for _, e := range story {
		if al.Alert, err = before.after(e); err != nil {
			return al, nil, as, fmt.Errorf("alert %s: %w", ref, err)
		}
		if before = al.Alert; e.Event == "raised" || e.Event == "rehit" || e.Event == "grown" {
			changed = e.At
		}
	}
	al.Open = al.Status != AlertDismissed && al.Status != AlertClosed
	if al.Status != AlertInCase {
		al.CaseID, al.CaseRef = nil, ""
	}
	var list []Assessment
	err = s.read(ctx).Where("subject_id = ? AND area = ? AND recorded_at <= ? AND recorded_at >= ?", al.SubjectID, al.Area, at, changed).Order("recorded_at, id").Limit(50).Find(&list).Error
	if err != nil {
		return al, nil, as, fmt.Errorf("alert %s: read its evaluation: %w", ref, err)
	}
	for _, a := range list { // of those of that moment the one with the alert's index
		if as.ID == 0 || math.Abs(a.Idx-al.Idx) < math.Abs(as.Idx-al.Idx) {
			as = a
		}
	}
	al.AssessmentID, al.ChangedAt = as.ID, changed
	return al, story, as, nil
}

// after gives the alert after one event of its story.
func (al Alert) after(e Event) (Alert, error) {
	switch e.Event {
	case "raised", "rehit", "grown":
		var data struct {
			Level string   `json:"level"`
			Index *float64 `json:"index"`
		}
		if err := json.Unmarshal([]byte(e.Data), &data); err != nil {
			return al, fmt.Errorf("read event %d: %w", e.ID, err)
		}
		if e.Event == "raised" {
			al.Status = AlertNew
		}
		if data.Level != "" {
			if rank := levelRankOf(data.Level); rank > al.LevelRank && al.Status == AlertSnoozed {
				al.Status = AlertNew
			}
			al.Level, al.LevelRank = data.Level, levelRankOf(data.Level)
		}
		if data.Index != nil {
			al.Idx = *data.Index
		}
	case "merged", "close", "revoke":
		al.Status = AlertClosed
		if e.Event == "revoke" {
			al.Status = AlertDismissed
		}
	case "unmerge":
		al.Status = AlertNew
	default:
		if move, ok := alertMoves[e.Event]; ok && move.to != "" {
			al.Status = move.to
		}
	}
	return al, nil
}

// levelRankOf orders levels: red 4 to blue 1, any other word 0.
func levelRankOf(level string) int {
	return 1 + slices.Index([]string{"blue", "yellow", "orange", "red"}, level)
}
