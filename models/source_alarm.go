package models

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm"
)

// The bounds within which a source is taken to be well.
const (
	volumeDays    = 5    // days with rows that are needed before a volume can be odd
	volumeLow     = 0.2  // of the median day
	volumeHigh    = 5.0  // of the median day
	volumeLeast   = 50   // rows of the median day, below which nothing is odd
	refusedShare  = 0.2  // of the newest batch
	refusedLeast  = 20   // rows of the newest batch
	fillDrop      = 0.4  // of the rows that had a column before
	fillLeast     = 50   // rows looked at on both sides
	alarmLookBack = 1000 // newest files looked at for a changed shape
)

// alarm is one finding of a check.
type alarm struct {
	source string
	kind   string
	args   map[string]string
}

// CheckSources raises alarms of sources that fell silent, brought oddly much or little, changed their shape, left columns empty,
// were largely refused or whose connector failed; and clears those that no longer hold. It tells how many were raised.
func (s *Store) CheckSources(ctx context.Context, actor Actor) (int, error) {
	found, err := s.findAlarms(ctx)
	if err != nil {
		return 0, err
	}
	open, err := s.openAlarms(ctx)
	if err != nil {
		return 0, err
	}
	var raise []alarm
	for _, a := range found {
		if !slices.ContainsFunc(open[a.source], func(o SourceAlarm) bool { return o.Kind == a.kind }) {
			raise = append(raise, a)
		}
	}
	var over []int64
	for _, list := range open {
		for _, o := range list {
			holds := slices.ContainsFunc(found, func(a alarm) bool { return a.source == o.Source && a.kind == o.Kind })
			if !holds && o.Kind != "shape" { // a changed shape stays until somebody has looked
				over = append(over, o.ID)
			}
		}
	}
	if len(raise)+len(over) == 0 {
		return 0, nil
	}
	err = s.change(ctx, actor, func(t *tx) error { return t.settleAlarms(raise, over) })
	return len(raise), err
}

func (t *tx) settleAlarms(raise []alarm, over []int64) error {
	stewards, err := t.stewards()
	if err != nil {
		return err
	}
	for _, a := range raise {
		detail, err := json.Marshal(a.args)
		if err != nil {
			return fmt.Errorf("write alarm of %s: %w", a.source, err)
		}
		row := map[string]any{"source": a.source, "kind": a.kind, "detail": string(detail), "raised_at": t.now}
		if err := t.db.Table("source_alarms").Create(row).Error; err != nil {
			return fmt.Errorf("raise alarm of %s: %w", a.source, err)
		}
		t.audit("source.alarm", "source:"+a.source, Place{}, map[string]any{"kind": a.kind})
		if err := t.notify(stewards, "source_"+a.kind, "source:"+a.source, fmt.Sprintf("alarm %s %d", a.kind, t.now.Micro()), nil); err != nil {
			return err
		}
	}
	if len(over) == 0 {
		return nil
	}
	if err := t.db.Table("source_alarms").Where("id IN ? AND cleared_at IS NULL", over).Updates(map[string]any{"cleared_at": t.now, "cleared_by": t.actor.Name}).Error; err != nil {
		return fmt.Errorf("clear alarms of sources: %w", err)
	}
	t.audit("source.clear", "sources", Place{}, map[string]any{"count": len(over)})
	return nil
}

// stewards lists those who look after sources, wherever their grant holds: a source has no place.
func (t *tx) stewards() ([]int64, error) {
	var ids []int64
	err := t.db.Table("users u").Select("DISTINCT u.id").Joins("JOIN grants g ON g.user_id = u.id AND g.revoked_at IS NULL").
		Where("u.disabled = ? AND g.role = ?", false, RoleDataSteward).Order("u.id").Scan(&ids).Error
	if err != nil {
		return nil, fmt.Errorf("list the data stewards: %w", err)
	}
	return ids, nil
}

// ClearAlarms says that a steward has looked at what is wrong with a source.
func (s *Store) ClearAlarms(ctx context.Context, actor Actor, code string) error {
	return s.change(ctx, actor, func(t *tx) error {
		if !actor.Can(ActSourceRead) {
			return NotFound("source")
		}
		if !actor.Can(ActSourceChange) {
			return Forbidden(ActSourceChange)
		}
		res := t.db.Table("source_alarms").Where("source = ? AND cleared_at IS NULL", code).Updates(map[string]any{"cleared_at": t.now, "cleared_by": actor.Name})
		if res.Error != nil {
			return fmt.Errorf("clear alarms of %s: %w", code, res.Error)
		}
		if res.RowsAffected == 0 {
			return &Error{Kind: KindConflict, Key: "error.no_alarm"}
		}
		t.audit("source.clear", "source:"+code, Place{}, map[string]any{"count": res.RowsAffected})
		return nil
	})
}

func (s *Store) findAlarms(ctx context.Context) ([]alarm, error) {
	sources, err := s.Sources(ctx)
	if err != nil {
		return nil, err
	}
	now := s.Now()
	var found []alarm
	for _, look := range []func(*gorm.DB, map[string]Source, Instant) ([]alarm, error){s.silent, s.oddVolume, changedShape, largelyRefused, failedRuns, s.emptied} {
		more, err := look(s.read(ctx), sources, now)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	return found, nil
}

func (s *Store) silent(db *gorm.DB, sources map[string]Source, now Instant) ([]alarm, error) {
	var list []struct {
		Source string
		At     Instant
	}
	if err := db.Table("source_loads").Select("source, MAX(at) AS at").Group("source").Scan(&list).Error; err != nil {
		return nil, fmt.Errorf("look for silent sources: %w", err)
	}
	last := map[string]Instant{}
	for _, r := range list {
		last[r.Source] = r.At
	}
	var found []alarm
	for code, src := range sources {
		if src.FreshHours == 0 {
			continue
		}
		at, ok := last[code]
		if !ok {
			at = src.RegisteredAt
		}
		if now.Sub(at) > time.Duration(src.FreshHours)*time.Hour {
			found = append(found, alarm{code, "silent", map[string]string{"hours": strconv.FormatInt(src.FreshHours, 10), "last": at.String()}})
		}
	}
	return found, nil
}

// oddVolume holds the newest full day of a source against the median of the days before it on which it brought anything.
func (s *Store) oddVolume(db *gorm.DB, _ map[string]Source, now Instant) ([]alarm, error) {
	days, err := loadDays(db, s.dialect, "", now.Add(-HealthDays*24*time.Hour))
	if err != nil {
		return nil, err
	}
	yesterday := dayOf(now) - 1
	by := map[string]map[int64]int64{}
	for _, d := range days {
		if by[d.Source] == nil {
			by[d.Source] = map[int64]int64{}
		}
		by[d.Source][d.Day] += d.Rows
	}
	var found []alarm
	for code, rows := range by {
		n, ok := rows[yesterday]
		var before []int64
		for day, n := range rows {
			if day < yesterday {
				before = append(before, n)
			}
		}
		if !ok || len(before) < volumeDays {
			continue
		}
		slices.Sort(before)
		median := before[len(before)/2]
		if median >= volumeLeast && (float64(n) < volumeLow*float64(median) || float64(n) > volumeHigh*float64(median)) {
			found = append(found, alarm{code, "volume", map[string]string{"rows": strconv.FormatInt(n, 10), "median": strconv.FormatInt(median, 10)}})
		}
	}
	return found, nil
}

// changedShape holds the header of the newest file of a source and table against that of the file before it.
func changedShape(db *gorm.DB, _ map[string]Source, _ Instant) ([]alarm, error) {
	var files []struct {
		Source  string
		Tbl     Table
		Mapping string
		Header  string
		Name    string
	}
	err := db.Table("batch_files f").Select("b.source, f.table_name AS tbl, f.mapping, f.header, f.name").Joins("JOIN batches b ON b.id = f.batch_id").
		Where("f.status = ? AND f.header <> ''", "done").Order("f.id DESC").Limit(alarmLookBack).Scan(&files).Error
	if err != nil {
		return nil, fmt.Errorf("look for changed shapes: %w", err)
	}
	type key struct{ source, tbl, mapping string }
	newest := map[key]string{}
	settled := map[key]bool{}
	var found []alarm
	for _, f := range files {
		k := key{f.Source, string(f.Tbl), f.Mapping}
		head, ok := newest[k]
		if !ok {
			newest[k] = f.Header
			continue
		}
		if !settled[k] && head != f.Header {
			found = append(found, alarm{f.Source, "shape", map[string]string{"table": string(f.Tbl)}})
		}
		settled[k] = true
	}
	return found, nil
}

func largelyRefused(db *gorm.DB, _ map[string]Source, _ Instant) ([]alarm, error) {
	var list []Batch
	newest := db.Table("batches").Select("MAX(id)").Where("status <> ?", "running").Group("source")
	if err := db.Where("id IN (?)", newest).Find(&list).Error; err != nil {
		return nil, fmt.Errorf("look for refused batches: %w", err)
	}
	var found []alarm
	for _, b := range list {
		all := b.Accepted + b.Unchanged + b.Refused
		if all >= refusedLeast && float64(b.Refused) > refusedShare*float64(all) {
			found = append(found, alarm{b.Source, "refused", map[string]string{"refused": strconv.FormatInt(b.Refused, 10), "rows": strconv.FormatInt(all, 10)}})
		}
	}
	return found, nil
}

func failedRuns(db *gorm.DB, _ map[string]Source, _ Instant) ([]alarm, error) {
	var list []struct{ Source, Name string }
	newest := db.Table("connector_runs").Select("MAX(id)").Where("status <> ?", "running").Group("connector_id")
	err := db.Table("connector_runs r").Select("c.source, c.name").Joins("JOIN connectors c ON c.id = r.connector_id").
		Where("r.id IN (?) AND r.status = ? AND NOT c.paused", newest, "failed").Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("look for failed connectors: %w", err)
	}
	var found []alarm
	for _, r := range list {
		found = append(found, alarm{r.Source, "failed", map[string]string{"connector": r.Name}})
	}
	return found, nil
}

// emptied finds columns that used to have values and now mostly have none.
func (s *Store) emptied(db *gorm.DB, sources map[string]Source, now Instant) ([]alarm, error) {
	var recent []string
	if err := db.Table("source_loads").Select("DISTINCT source").Where("at >= ?", now.Add(-48*time.Hour)).Scan(&recent).Error; err != nil {
		return nil, fmt.Errorf("look for emptied columns: %w", err)
	}
	var found []alarm
	for _, code := range recent {
		if _, ok := sources[code]; !ok {
			continue
		}
		fills, err := s.fills(db, code)
		if err != nil {
			return nil, err
		}
		if a, ok := emptiedColumn(code, fills); ok {
			found = append(found, a)
		}
	}
	return found, nil
}

func emptiedColumn(code string, fills []TableFill) (alarm, bool) {
	for _, f := range fills {
		if f.Now.Rows < fillLeast || f.Before.Rows < fillLeast {
			continue
		}
		for _, column := range slices.Sorted(maps.Keys(f.Before.Columns)) {
			n := f.Before.Columns[column]
			before, now := float64(n)/float64(f.Before.Rows), float64(f.Now.Columns[column])/float64(f.Now.Rows)
			if before-now >= fillDrop {
				percent := func(v float64) string { return strconv.Itoa(int(v*100 + 0.5)) }
				return alarm{code, "fill", map[string]string{"table": string(f.Table), "column": column, "before": percent(before), "now": percent(now)}}, true
			}
		}
	}
	return alarm{}, false
}
