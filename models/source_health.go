package models

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
)

// HealthDays is how many days of volume a source's health shows.
const HealthDays = 30

// SourceHealth is how a source does: when it last brought something, how much by day, how much of it was refused, and what is
// wrong with it. Days ends with today, in China's days.
type SourceHealth struct {
	Source
	LastAt   Instant
	Days     [HealthDays]int64
	Rows     int64 // within Days
	Accepted int64
	Refused  int64
	Alarms   []SourceAlarm
}

// SourceAlarm is something wrong with a source: silent, volume, shape, fill, refused or failed. Detail fills the slots of its message.
type SourceAlarm struct {
	ID        int64 `gorm:"primaryKey"`
	Source    string
	Kind      string
	Detail    string
	RaisedAt  Instant
	ClearedAt Instant
	ClearedBy string
}

// Args gives the slots of the alarm's message.
func (a SourceAlarm) Args() map[string]string {
	args := map[string]string{}
	if err := json.Unmarshal([]byte(a.Detail), &args); err != nil {
		return map[string]string{}
	}
	return args
}

// loadDay is what a source brought on one day, counted in days since 1970 in China.
type loadDay struct {
	Source   string
	Tbl      Table
	Day      int64
	Rows     int64
	Accepted int64
	Refused  int64
	LastAt   Instant
}

// chinaDay writes the day of an instant column, in days since 1970 in China.
func chinaDay(dialect, column string) string {
	if dialect == "postgres" {
		return "CAST(floor((extract(epoch FROM " + column + ") + 28800) / 86400) AS bigint)"
	}
	return "((" + column + " + 28800000000) / 86400000000)"
}

func dayOf(i Instant) int64 { return (i.Micro() + 28_800_000_000) / 86_400_000_000 }

// loadDays sums what came since a moment, of one source or, where it is empty, of all.
func loadDays(q *gorm.DB, dialect, source string, since Instant) ([]loadDay, error) {
	day := chinaDay(dialect, "l.at")
	q = q.Table("source_loads l").Select("l.source, l.tbl, "+day+" AS day, SUM(l.rows) AS rows, SUM(l.accepted) AS accepted, SUM(l.refused) AS refused, MAX(l.at) AS last_at").
		Joins("JOIN batches b ON b.id = l.batch_id").Where("l.at >= ?", since).Group("l.source, l.tbl, " + day).Order("day")
	if source != "" {
		q = q.Where("l.source = ?", source)
	}
	var list []loadDay
	if err := q.Scan(&list).Error; err != nil {
		return nil, fmt.Errorf("sum what sources brought: %w", err)
	}
	return list, nil
}

// SourcesHealth tells of each source how it does, as far as batches within the actor's scope say; by code.
func (s *Store) SourcesHealth(ctx context.Context, actor Actor) ([]SourceHealth, error) {
	if !actor.Can(ActSourceRead) {
		return nil, Forbidden(ActSourceRead)
	}
	sources, err := s.Sources(ctx)
	if err != nil {
		return nil, err
	}
	now := s.Now()
	days, err := loadDays(scoped(s.read(ctx), actor.Scope(ActBatchRead), "b"), s.dialect, "", now.Add(-(HealthDays+1)*24*time.Hour))
	if err != nil {
		return nil, err
	}
	last, err := s.lastLoads(ctx, actor)
	if err != nil {
		return nil, err
	}
	alarms, err := s.openAlarms(ctx)
	if err != nil {
		return nil, err
	}
	by := map[string]*SourceHealth{}
	list := make([]*SourceHealth, 0, len(sources))
	for code, src := range sources {
		h := &SourceHealth{Source: src, LastAt: last[code], Alarms: alarms[code]}
		by[code] = h
		list = append(list, h)
	}
	for _, d := range days {
		by[d.Source].add(d, dayOf(now))
	}
	slices.SortFunc(list, func(a, b *SourceHealth) int {
		if n := len(b.Alarms) - len(a.Alarms); n != 0 {
			return n
		}
		if !a.LastAt.Equal(b.LastAt) {
			return b.LastAt.Time().Compare(a.LastAt.Time())
		}
		if a.Code < b.Code {
			return -1
		}
		return 1
	})
	out := make([]SourceHealth, len(list))
	for i, h := range list {
		out[i] = *h
	}
	return out, nil
}

func (h *SourceHealth) add(d loadDay, today int64) {
	if h == nil {
		return
	}
	i := HealthDays - 1 - int(today-d.Day)
	if i < 0 || i >= HealthDays {
		return
	}
	h.Days[i] += d.Rows
	h.Rows += d.Rows
	h.Accepted += d.Accepted
	h.Refused += d.Refused
}

// lastLoads gives when each source last brought something within the actor's scope.
func (s *Store) lastLoads(ctx context.Context, actor Actor) (map[string]Instant, error) {
	var list []struct {
		Source string
		At     Instant
	}
	q := scoped(s.read(ctx).Table("source_loads l"), actor.Scope(ActBatchRead), "b").Select("l.source, MAX(l.at) AS at").Joins("JOIN batches b ON b.id = l.batch_id")
	if err := q.Group("l.source").Scan(&list).Error; err != nil {
		return nil, fmt.Errorf("read the last loads: %w", err)
	}
	by := make(map[string]Instant, len(list))
	for _, r := range list {
		by[r.Source] = r.At
	}
	return by, nil
}

func (s *Store) openAlarms(ctx context.Context) (map[string][]SourceAlarm, error) {
	var list []SourceAlarm
	if err := s.read(ctx).Where("cleared_at IS NULL").Order("raised_at, kind").Find(&list).Error; err != nil {
		return nil, fmt.Errorf("list alarms of sources: %w", err)
	}
	by := map[string][]SourceAlarm{}
	for _, a := range list {
		by[a.Source] = append(by[a.Source], a)
	}
	return by, nil
}

// TableFill is how full the columns of a table were that a source brought: in the newest loads, and before.
type TableFill struct {
	Table  Table
	Now    Fill
	Before Fill
}

// SourceDetail is a source with how full its columns are, why rows were refused and which alarms there were.
type SourceDetail struct {
	SourceHealth
	Fills    []TableFill
	Refusals []RefusalCount
	Past     []SourceAlarm
}

// RefusalCount is how many rows were refused for one reason in one column, within HealthDays.
type RefusalCount struct {
	Table      Table
	ColumnName string
	ReasonKey  string
	N          int64
}

// fillLoads is how many of the newest loads of a source tell how full its columns are.
const fillLoads = 400

// SourceDetail gives one source with its quality.
func (s *Store) SourceDetail(ctx context.Context, actor Actor, code string) (SourceDetail, error) {
	list, err := s.SourcesHealth(ctx, actor)
	if err != nil {
		return SourceDetail{}, err
	}
	i := slices.IndexFunc(list, func(h SourceHealth) bool { return h.Code == code })
	if i < 0 {
		return SourceDetail{}, NotFound("source")
	}
	d := SourceDetail{SourceHealth: list[i]}
	if d.Fills, err = s.fills(scoped(s.read(ctx), actor.Scope(ActBatchRead), "b"), code); err != nil {
		return d, err
	}
	q := scoped(s.read(ctx).Table("refusals r"), actor.Scope(ActBatchRead), "b").Select("f.table_name AS \"table\", r.column_name, r.reason_key, COUNT(*) AS n").
		Joins("JOIN batch_files f ON f.id = r.file_id").Joins("JOIN batches b ON b.id = f.batch_id").
		Where("b.source = ? AND b.started_at >= ?", code, s.Now().Add(-HealthDays*24*time.Hour))
	if err := q.Group("f.table_name, r.column_name, r.reason_key").Order("n DESC").Limit(20).Scan(&d.Refusals).Error; err != nil {
		return d, fmt.Errorf("source %s: count refusals: %w", code, err)
	}
	if err := s.read(ctx).Where("source = ? AND cleared_at IS NOT NULL", code).Order("id DESC").Limit(20).Find(&d.Past).Error; err != nil {
		return d, fmt.Errorf("source %s: past alarms: %w", code, err)
	}
	return d, nil
}

// fills sums how full the columns were in the newest day that brought something, and in the loads before it.
func (s *Store) fills(q *gorm.DB, code string) ([]TableFill, error) {
	var loads []struct {
		Tbl    Table
		At     Instant
		Filled string
	}
	err := q.Table("source_loads l").Select("l.tbl, l.at, l.filled").Joins("JOIN batches b ON b.id = l.batch_id").Where("l.source = ?", code).
		Order("l.id DESC").Limit(fillLoads).Scan(&loads).Error
	if err != nil {
		return nil, fmt.Errorf("source %s: how full its columns are: %w", code, err)
	}
	newest := map[Table]int64{}
	by := map[Table]*TableFill{}
	for _, l := range loads {
		var f Fill
		if err := json.Unmarshal([]byte(l.Filled), &f); err != nil {
			return nil, errors.Join(fmt.Errorf("source %s: read how full its columns are", code), err)
		}
		if _, ok := newest[l.Tbl]; !ok {
			newest[l.Tbl] = dayOf(l.At)
			by[l.Tbl] = &TableFill{Table: l.Tbl, Now: Fill{Columns: map[string]int64{}}, Before: Fill{Columns: map[string]int64{}}}
		}
		into := &by[l.Tbl].Before
		if dayOf(l.At) == newest[l.Tbl] {
			into = &by[l.Tbl].Now
		}
		into.Rows += f.Rows
		for name, n := range f.Columns {
			into.Columns[name] += n
		}
	}
	var out []TableFill
	for _, t := range Tables() {
		if f, ok := by[t]; ok {
			out = append(out, *f)
		}
	}
	return out, nil
}
