package models

import (
	"encoding/json"
	"time"

	"xiezhi/law"
)

// AlertStatus is where an alert stands in its life.
type AlertStatus string

// The statuses of an alert. The first four are open and wait for somebody; in_case is open and lives in its case.
const (
	AlertNew       AlertStatus = "new"
	AlertAccepted  AlertStatus = "accepted"
	AlertProposed  AlertStatus = "proposed"
	AlertSnoozed   AlertStatus = "snoozed"
	AlertInCase    AlertStatus = "in_case"
	AlertDismissed AlertStatus = "dismissed"
	AlertClosed    AlertStatus = "closed"
)

// Alert is a finding that somebody must look at: at most one open for a subject and area.
type Alert struct {
	ID                   int64 `gorm:"primaryKey"`
	Ref                  string
	SubjectID            int64
	Area                 string
	Level                string
	LevelRank            int
	Idx                  float64
	Status               AlertStatus
	Open                 bool
	Place                `gorm:"embedded"`
	AssessmentID         int64
	PreviousAssessmentID *int64
	Reasons              string
	History              string
	SingleSource         bool
	TriggerCode          string
	AmountFen            *int64
	People               *int64
	OwnerID              *int64
	CaseID               *int64
	RaisedAt             Instant
	ChangedAt            Instant
	SignalAt             Instant // when the first signal that led to it became known; zero where none did
	DecidedAt            Instant // when it last went into a case or was dismissed; zero while it waits
	DueAt                Instant
	SnoozedUntil         Instant
	Reason               string
	Note                 string
	Families             string
	RuleVersion          string
	Chance               *float64 // of being confirmed by the learned model RankedBy; nil without one
	Harm                 float64  // expected, in units of the threshold of prosecution
	Priority             float64  // what the queue may be ordered by
	RankedBy             string
	MergedInto           *int64
	MergedStatus         AlertStatus // where it stood before it was merged
	JoinedFrom           string      // where it stood before it joined a case after its opening
	Version              int64
}

// TopReasons gives the reasons of the alert, strongest first.
func (a Alert) TopReasons() []Reason {
	var list []Reason
	if err := json.Unmarshal([]byte(a.Reasons), &list); err != nil {
		return nil
	}
	return list
}

// Trail gives the index values of the alert over time, oldest first.
func (a Alert) Trail() []float64 {
	var list []float64
	if err := json.Unmarshal([]byte(a.History), &list); err != nil {
		return nil
	}
	return list
}

// alertMoves is the table of an alert's life: which statuses an event may start from and where it leads.
var alertMoves = map[string]struct {
	from []AlertStatus
	to   AlertStatus
}{
	"accept":  {[]AlertStatus{AlertNew, AlertSnoozed}, AlertAccepted},
	"dismiss": {[]AlertStatus{AlertNew, AlertAccepted, AlertProposed, AlertSnoozed}, AlertDismissed},
	"snooze":  {[]AlertStatus{AlertNew, AlertAccepted}, AlertSnoozed},
	"assign":  {[]AlertStatus{AlertNew, AlertAccepted, AlertProposed, AlertSnoozed}, ""},
	"propose": {[]AlertStatus{AlertNew, AlertAccepted}, AlertProposed},
	"reopen":  {[]AlertStatus{AlertDismissed}, AlertNew},
	"open":    {[]AlertStatus{AlertNew, AlertAccepted, AlertProposed, AlertSnoozed}, AlertInCase},
	"join":    {[]AlertStatus{AlertNew, AlertAccepted, AlertProposed, AlertSnoozed}, AlertInCase},
	"split":   {[]AlertStatus{AlertInCase}, ""},
}

// AlertEvents lists the events that the status allows, in the order in which pages offer them.
func AlertEvents(st AlertStatus) []string {
	var list []string
	for _, e := range []string{"accept", "propose", "assign", "snooze", "dismiss", "reopen", "open"} {
		for _, from := range alertMoves[e].from {
			if from == st {
				list = append(list, e)
			}
		}
	}
	return list
}

// DismissReasons are the codes a dismissal must carry.
func DismissReasons() []string {
	return []string{"false_positive", "licensed", "rectified", "duplicate", "not_in_scope", "insufficient"}
}

// The time an alert of each level may wait for its first decision (indicators.md 1.3; a starting value, not law); working days are
// those of the calendar as administrators have corrected it.
func (t *tx) alertDue(level string) (Instant, error) {
	switch level {
	case "red":
		return t.now.Add(4 * time.Hour), nil
	case "orange":
		return t.workingDays(1)
	case "yellow":
		return t.workingDays(15)
	default:
		return t.now.Add(30 * 24 * time.Hour), nil
	}
}

func (t *tx) workingDays(days int) (Instant, error) {
	if t.days == nil {
		cal, err := t.store.calendarNow(t.db)
		if err != nil {
			return Instant{}, err
		}
		t.days = &cal
	}
	rule := law.ClockRule{Amount: days, Unit: law.UnitWorkingDay, ExcludeStartDay: true}
	return At(law.Compute(rule, t.now.Time(), *t.days).DueAt), nil
}
