package models

import "xiezhi/law"

// Case is an inquiry opened from alerts about one company. It belongs to the lead department of the company's place of
// registration, or the next superior division that has one.
type Case struct {
	ID          int64 `gorm:"primaryKey"`
	Ref         string
	Title       string
	Status      string
	Stage       law.State // of the administrative case: a word of law/administrative.csv
	Seal        string
	AuthorityID int64
	Place       `gorm:"embedded"`
	SubjectID   int64
	Area        string
	Level       string
	LevelRank   int
	DeadlineOn  Date
	OpenedBy    int64
	OpenedAt    Instant
	ClosedAt    Instant
	SealBefore  string  // what the seal was before the police set theirs
	HeldAt      Instant // since when the police hold it back
	Version     int64
}

// The statuses of a case.
const (
	CaseOpen     = "open"
	CaseReferred = "referred"
	CaseClosed   = "closed"
)

// CaseLine is a row of the case list.
type CaseLine struct {
	Case
	SubjectKind   SubjectKind
	SubjectRef    *string // public number of a person or an account
	SubjectKey    string
	SubjectName   string
	AuthorityName string
	ReferralRef   string
	ReferralState string
	NextDue       Instant // the nearest running clock, zero when none runs
	NextClock     string
}

// NewCase is what a supervisor says when opening a case.
type NewCase struct {
	Alerts   []string
	Title    string
	Officers []string
	Deadline Date
}

// CaseFile is a case with everything its page shows.
type CaseFile struct {
	CaseLine
	Authority Authority
	Opener    string
	Officers  []Officer
	Alerts    []AlertLine
	Clocks    []Clock
	Events    []Event

	Moves      []law.Event          // of the administrative case: lawful now, and this actor's
	Barred     map[law.Event]string // this actor's, but for what the message key says
	Measures   []MeasureLine
	Kinds      []string // of measures that the actor may ask for, none where he may not
	Objections []ObjectionLine
	Decides    bool // the actor is the recorded principal, who decides on limits

	Held     bool          // by the police: nothing is here but the status
	HandedAt Instant       // when another department took it over; what came later is here without its words
	Handings []HandoffLine // to and from other departments, that the actor has a part in
}

// MeasureLine is a measure with who asked for it, who decided, and what the reader may do with it now.
type MeasureLine struct {
	Measure
	Asker    string
	Approver string
	Moves    []law.Event `gorm:"-"`
}
