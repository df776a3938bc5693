package models

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Instant is a moment in UTC with microseconds: timestamptz on PostgreSQL, integer microseconds on SQLite. The zero
// Instant is "unknown" and is stored as NULL.
type Instant struct{ t time.Time }

// At makes an Instant of a time; the zone is dropped, what is finer than a microsecond is cut.
func At(t time.Time) Instant {
	if t.IsZero() {
		return Instant{}
	}
	return Instant{t.UTC().Truncate(time.Microsecond)}
}

// AtMicro makes an Instant of microseconds since 1970 UTC.
func AtMicro(us int64) Instant { return Instant{time.UnixMicro(us).UTC()} }

// Time gives the moment as a UTC time.
func (i Instant) Time() time.Time { return i.t }

// IsZero says whether the moment is unknown.
func (i Instant) IsZero() bool { return i.t.IsZero() }

// Before says whether i is earlier than j.
func (i Instant) Before(j Instant) bool { return i.t.Before(j.t) }

// After says whether i is later than j.
func (i Instant) After(j Instant) bool { return i.t.After(j.t) }

// Equal says whether i and j are the same moment.
func (i Instant) Equal(j Instant) bool { return i.t.Equal(j.t) }

// Add gives the moment d later.
func (i Instant) Add(d time.Duration) Instant { return Instant{i.t.Add(d)} }

// Sub gives the time from j to i.
func (i Instant) Sub(j Instant) time.Duration { return i.t.Sub(j.t) }

// Micro gives microseconds since 1970 UTC.
func (i Instant) Micro() int64 { return i.t.UnixMicro() }

// String gives RFC 3339 in UTC, or nothing for the zero Instant.
func (i Instant) String() string {
	if i.IsZero() {
		return ""
	}
	return i.t.Format(time.RFC3339Nano)
}

// MarshalJSON writes RFC 3339 in UTC, or null.
func (i Instant) MarshalJSON() ([]byte, error) {
	if i.IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(i.String())
}

// UnmarshalJSON reads RFC 3339 with any offset, or null.
func (i *Instant) UnmarshalJSON(b []byte) error {
	var s *string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("read instant: %w", err)
	}
	if s == nil || *s == "" {
		*i = Instant{}
		return nil
	}
	t, err := time.Parse(time.RFC3339Nano, *s)
	if err != nil {
		return fmt.Errorf("read instant: %w", err)
	}
	*i = At(t)
	return nil
}

// GormValue writes the moment as the database at hand stores it.
func (i Instant) GormValue(_ context.Context, db *gorm.DB) clause.Expr {
	if i.IsZero() {
		return clause.Expr{SQL: "NULL"}
	}
	return clause.Expr{SQL: "?", Vars: []any{i.sqlValue(db.Name())}}
}

func (i Instant) sqlValue(dialect string) any {
	if i.IsZero() {
		return nil
	}
	if dialect == "postgres" {
		return i.t
	}
	return i.t.UnixMicro()
}

// Scan reads either stored form.
func (i *Instant) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*i = Instant{}
	case int64:
		*i = AtMicro(v)
	case time.Time:
		*i = At(v)
	default:
		return fmt.Errorf("scan instant: unexpected %T", src)
	}
	return nil
}

// Date is a calendar date written 2026-11-21; the empty Date is "unknown".
type Date string

// ParseDate checks a date of the form 2006-01-02.
func ParseDate(s string) (Date, error) {
	if s == "" {
		return "", nil
	}
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return "", fmt.Errorf("read date: %w", err)
	}
	return Date(s), nil
}

// Time gives midnight of the date in the given zone; the zero time for an unknown date.
func (d Date) Time(zone *time.Location) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), zone)
	if err != nil {
		return time.Time{}
	}
	return t
}

// Value stores an unknown date as NULL.
func (d Date) Value() (driver.Value, error) {
	if d == "" {
		return nil, nil
	}
	return string(d), nil
}

// Scan reads a stored date.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = ""
	case string:
		*d = Date(v)
	case []byte:
		*d = Date(v)
	case time.Time:
		*d = Date(v.Format(time.DateOnly))
	default:
		return fmt.Errorf("scan date: unexpected %T", src)
	}
	return nil
}

// China is the zone in which days begin and end: UTC+8 without daylight saving, which was last used in 1991.
var China = time.FixedZone("Asia/Shanghai", 8*3600)

// GormDataType keeps gorm from taking the type for a relation.
func (Instant) GormDataType() string { return "instant" }
