package models

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm"
)

// AlertLine is a row of the queue: the alert with its subject's and owner's names.
type AlertLine struct {
	Alert
	SubjectKind  SubjectKind
	SubjectRef   *string // public number of a person or an account
	SubjectKey   string
	SubjectName  string
	OwnerName    string
	OwnerDisplay string
	CaseRef      string
}

// AlertFilter narrows the queue; empty fields do not. Status "open" means every open one, "waiting" those not yet in a case.
type AlertFilter struct {
	Levels   []string
	Area     string
	Status   string
	Division string
	Subject  string
	Owner    string
	Text     string
	MinIndex float64
	DueBy    Instant // due at or before
	Sort     string  // "" worst first, "due", "index", "priority"
	After    *AlertKey
	Limit    int
}

// AlertKey is where the next page of the queue begins.
type AlertKey struct {
	LevelRank int     `json:"l"`
	At        Instant `json:"t"`
	Idx       float64 `json:"i"`
	Priority  float64 `json:"p,omitempty"`
	ID        int64   `json:"id"`
}

const alertFields = "al.*, s.kind AS subject_kind, s.ref AS subject_ref, s.key AS subject_key, s.name AS subject_name, u.name AS owner_name, u.display_name AS owner_display, c.ref AS case_ref"

func (s *Store) alertLines(ctx context.Context, sight Sight) *gorm.DB {
	q := s.read(ctx).Table("alerts al").Select(alertFields).Joins("JOIN subjects s ON s.id = al.subject_id").
		Joins("LEFT JOIN users u ON u.id = al.owner_id").Joins("LEFT JOIN cases c ON c.id = al.case_id")
	return sighted(q, sight, "al", "al.subject_id")
}

// Alerts lists alerts in the actor's scope and says whether there are more.
func (s *Store) Alerts(ctx context.Context, actor Actor, f AlertFilter) ([]AlertLine, bool, error) {
	q, err := f.apply(s.alertLines(ctx, Within(actor.Scope(ActAlertRead))), s.Now())
	if err != nil {
		return nil, false, err
	}
	switch f.Sort {
	case "due":
		q = q.Where("al.due_at IS NOT NULL")
		if f.After != nil {
			q = q.Where("(al.due_at, al.id) > (?, ?)", f.After.At, f.After.ID)
		}
		q = q.Order("al.due_at, al.id")
	case "priority":
		if f.After != nil {
			q = q.Where("(al.priority, al.id) < (?, ?)", f.After.Priority, f.After.ID)
		}
		q = q.Order("al.priority DESC, al.id DESC")
	case "index":
		if f.After != nil {
			q = q.Where("(al.idx, al.id) < (?, ?)", f.After.Idx, f.After.ID)
		}
		q = q.Order("al.idx DESC, al.id DESC")
	default:
		if f.After != nil {
			q = q.Where("(al.level_rank, al.raised_at, al.id) < (?, ?, ?)", f.After.LevelRank, f.After.At, f.After.ID)
		}
		q = q.Order("al.level_rank DESC, al.raised_at DESC, al.id DESC")
	}
	var list []AlertLine
	if err := q.Limit(f.Limit + 1).Find(&list).Error; err != nil {
		return nil, false, fmt.Errorf("list alerts: %w", err)
	}
	more := len(list) > f.Limit
	return list[:min(len(list), f.Limit)], more, nil
}

func (f AlertFilter) apply(q *gorm.DB, now Instant) (*gorm.DB, error) {
	switch f.Status {
	case "":
	case "open":
		q = q.Where("al.open = ?", true)
	case "waiting":
		q = q.Where("al.open = ?", true).Where("al.status <> ?", AlertInCase).
			Where("(al.status <> ? OR al.snoozed_until <= ?)", AlertSnoozed, now)
	default:
		q = q.Where("al.status = ?", f.Status)
	}
	if len(f.Levels) > 0 {
		q = q.Where("al.level IN ?", f.Levels)
	}
	if f.Area != "" {
		q = q.Where("al.area = ?", f.Area)
	}
	if f.Division != "" {
		q = scoped(q, ScopeOf(f.Division), "al")
	}
	if f.Owner == "none" {
		q = q.Where("al.owner_id IS NULL")
	} else if f.Owner != "" {
		q = q.Where("u.name = ?", f.Owner)
	}
	if !f.DueBy.IsZero() {
		q = q.Where("al.due_at <= ?", f.DueBy)
	}
	if f.MinIndex > 0 {
		q = q.Where("al.idx >= ?", f.MinIndex)
	}
	if f.Text != "" {
		q = q.Where("s.name_fold LIKE ? ESCAPE '\\'", "%"+escapeLike(fold(f.Text))+"%")
	}
	if f.Subject == "" {
		return q, nil
	}
	ref, ok := parseSubject(f.Subject)
	if !ok {
		return nil, Invalid(map[string]string{"subject": "error.subject_form"})
	}
	return q.Where("s.kind = ? AND (s.key = ? OR s.ref = ?)", ref.Kind, ref.ID, ref.ID), nil
}

// Alert gives one alert in the actor's sight with its story.
func (s *Store) Alert(ctx context.Context, actor Actor, ref string) (AlertLine, []Event, error) {
	var al AlertLine
	err := s.alertLines(ctx, actor.Sight(ActAlertRead)).Where("al.ref = ?", ref).Take(&al).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return al, nil, NotFound("alert")
	}
	if err != nil {
		return al, nil, fmt.Errorf("alert %s: %w", ref, err)
	}
	story, err := s.events(ctx, objectAlert, al.ID)
	return al, story, err
}

// AlertsOf lists all alerts of a subject in the actor's sight, newest first, at most 50.
func (s *Store) AlertsOf(ctx context.Context, actor Actor, subjectID int64) ([]AlertLine, error) {
	var list []AlertLine
	if err := s.alertLines(ctx, actor.Sight(ActAlertRead)).Where("al.subject_id = ?", subjectID).Order("al.id DESC").Limit(50).Find(&list).Error; err != nil {
		return nil, fmt.Errorf("list alerts of a subject: %w", err)
	}
	return list, nil
}

// SimilarAlerts lists other alerts of the same area in the actor's scope, those already decided first, at most n.
func (s *Store) SimilarAlerts(ctx context.Context, actor Actor, al AlertLine, n int) ([]AlertLine, error) {
	var list []AlertLine
	err := s.alertLines(ctx, Within(actor.Scope(ActAlertRead))).Where("al.area = ? AND al.id <> ? AND al.subject_id <> ?", al.Area, al.ID, al.SubjectID).
		Order("al.open, al.level_rank DESC, al.id DESC").Limit(n).Find(&list).Error
	if err != nil {
		return nil, fmt.Errorf("list similar alerts: %w", err)
	}
	return list, nil
}

// AlertCounts is how many alerts wait, for the queue's tabs; each count stops at a thousand.
type AlertCounts struct {
	Waiting, Mine, Unassigned, DueToday, Red, Returned int64
	Urgent, Watch                                      int64 // orange and red; yellow and blue
}

// countCap bounds a count on a hot page: above it "1,000+" is shown.
const countCap = 1000

// AlertCounts counts what waits in the actor's scope.
func (s *Store) AlertCounts(ctx context.Context, actor Actor) (AlertCounts, error) {
	var c AlertCounts
	for _, q := range []struct {
		to   *int64
		cond string
		args []any
	}{
		{&c.Waiting, "1 = 1", nil},
		{&c.Mine, "al.owner_id = ?", []any{actor.UserID}},
		{&c.Unassigned, "al.owner_id IS NULL", nil},
		{&c.DueToday, "al.due_at <= ?", []any{s.Now().Add(24 * time.Hour)}},
		{&c.Red, "al.level = 'red'", nil},
		{&c.Urgent, urgentAlert, nil},
		{&c.Watch, "al.level_rank < 3", nil},
		{&c.Returned, "al.status = 'snoozed'", nil},
	} {
		n, err := s.countAlerts(ctx, actor, q.cond, q.args...)
		if err != nil {
			return c, err
		}
		*q.to = n
	}
	return c, nil
}

const urgentAlert = "al.level_rank >= 3"

// countAlerts counts what waits in the actor's scope and meets a condition, at most countCap.
func (s *Store) countAlerts(ctx context.Context, actor Actor, cond string, args ...any) (n int64, err error) {
	inner, given := s.waitingAlerts(actor, cond, args...)
	if err := s.read(ctx).Raw("SELECT COUNT(*) FROM ("+inner+") x", given...).Scan(&n).Error; err != nil {
		return 0, fmt.Errorf("count alerts: %w", err)
	}
	return n, nil
}

// waitingAlerts is the question for what waits in the actor's scope and meets a condition, a row for each, at most countCap.
func (s *Store) waitingAlerts(actor Actor, cond string, args ...any) (string, []any) {
	place, given := actor.Scope(ActAlertRead).sql("al")
	given = append(append(given, s.Now()), args...)
	return "SELECT 1 FROM alerts al WHERE " + place + " AND al.open = TRUE AND al.status <> '" + string(AlertInCase) + "' AND (al.status <> '" + string(AlertSnoozed) + "' OR al.snoozed_until <= ?) AND (" +
		cond + ") LIMIT " + strconv.Itoa(countCap), given
}

// KnownLevel says whether the word is a level that an alert may have.
func KnownLevel(level string) bool {
	return slices.Contains([]string{"red", "orange", "yellow", "blue"}, level)
}
