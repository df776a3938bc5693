package models

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"gorm.io/gorm"
)

// Scan is one evaluation of what changed, or of all, as of a moment. Tallies is the JSON of the sums by level, area and place.
type Scan struct {
	ID            int64 `gorm:"primaryKey"`
	Ref           string
	Status        string
	ScopeAll      bool
	AsOf          Instant
	ValidAt       Instant
	RecordedUntil Instant
	RuleVersion   string
	Actor         string
	CursorID      int64
	Subjects      int64
	Changed       int64
	Raised        int64
	Updated       int64
	Unchanged     int64
	Closed        int64
	Tallies       string
	StartedAt     Instant
	FinishedAt    Instant
}

// ScanPlan says what to evaluate: all companies or those with newer facts, on facts recorded and observed by AsOf; where
// ValidAt is set, on facts observed by then whenever they were recorded.
type ScanPlan struct {
	All         bool
	AsOf        Instant
	ValidAt     Instant
	RuleVersion string
}

// Bounds gives what the scan may know and where its windows end.
func (sc Scan) Bounds() (AsOf, Instant) {
	if !sc.ValidAt.IsZero() {
		return AsOf{ObservedBy: sc.ValidAt}, sc.ValidAt
	}
	return AsOf{RecordedBy: sc.AsOf, ObservedBy: sc.AsOf}, sc.AsOf
}

// BeginScan starts a scan, or takes up an unfinished one of the same plan where it was killed.
func (s *Store) BeginScan(ctx context.Context, actor Actor, plan ScanPlan) (Scan, error) {
	var sc Scan
	err := s.change(ctx, actor, func(t *tx) error {
		asOf := plan.AsOf
		if asOf.IsZero() {
			asOf = t.now
		}
		q := t.forUpdate().Where("status = ? AND scope_all = ? AND rule_version = ?", "running", plan.All, plan.RuleVersion)
		if !plan.AsOf.IsZero() {
			q = q.Where("as_of = ?", plan.AsOf)
		}
		if plan.ValidAt.IsZero() {
			q = q.Where("valid_at IS NULL")
		} else {
			q = q.Where("valid_at = ?", plan.ValidAt)
		}
		err := q.Order("id DESC").Take(&sc).Error
		if err == nil {
			t.audit("scan.resume", "scan:"+sc.Ref, Place{}, nil)
			return nil
		}
		if !errors.Is(err, gorm.ErrRecordNotFound) {
			return fmt.Errorf("look for an unfinished scan: %w", err)
		}
		ref, err := t.newRef("SM", "000000")
		if err != nil {
			return err
		}
		sc = Scan{Ref: ref, Status: "running", ScopeAll: plan.All, AsOf: asOf, ValidAt: plan.ValidAt, RecordedUntil: asOf,
			RuleVersion: plan.RuleVersion, Actor: actor.Name, Tallies: "{}", StartedAt: t.now}
		if err := t.db.Create(&sc).Error; err != nil {
			return fmt.Errorf("begin scan: %w", err)
		}
		t.audit("scan.begin", "scan:"+ref, Place{}, map[string]any{"all": plan.All, "rules": plan.RuleVersion, "as_of": asOf, "valid_at": plan.ValidAt})
		return nil
	})
	return sc, err
}

// ScanTargets gives the next companies a scan has to look at, by rising internal key.
func (s *Store) ScanTargets(ctx context.Context, sc Scan, limit int) ([]Subject, error) {
	q := s.subjectsByKey(ctx).Where("kind = 'company'")
	if !sc.ScopeAll {
		q = s.waiting(ctx).Where(isWaiting)
	}
	var list []Subject
	if err := q.Where("id > ?", sc.CursorID).Order("id").Limit(limit).Find(&list).Error; err != nil {
		return nil, fmt.Errorf("scan %s: list companies: %w", sc.Ref, err)
	}
	return list, nil
}

// HasUnscanned says whether some company has facts, or some account transfers, that no scan has looked at.
func (s *Store) HasUnscanned(ctx context.Context) (bool, error) {
	mark, err := s.MoneyMark(ctx)
	if err != nil {
		return false, err
	}
	newest, err := s.NewestTransfer(ctx)
	if err != nil {
		return false, err
	}
	if newest > mark.TransferID || mark.Again() {
		return true, nil
	}
	var waits []int64
	if err := s.waiting(ctx).Where(isWaiting).Limit(1).Pluck("id", &waits).Error; err != nil {
		return false, fmt.Errorf("look for unscanned companies: %w", err)
	}
	return len(waits) > 0, nil
}

// RescanDue says whether rules came into force by which not everybody was looked at yet.
func (s *Store) RescanDue(ctx context.Context) (bool, error) {
	var n int64
	err := s.read(ctx).Raw(`SELECT COUNT(*) FROM rule_versions v WHERE v.state = ? AND EXISTS (SELECT 1 FROM scans x WHERE x.rule_version <> v.number)
  AND NOT EXISTS (SELECT 1 FROM scans y WHERE y.rule_version = v.number AND y.scope_all = ? AND y.valid_at IS NULL AND y.status = 'done' AND y.started_at >= v.in_force_at)`,
		RuleInForce, true).Scan(&n).Error
	if err != nil {
		return false, fmt.Errorf("ask whether the rules changed: %w", err)
	}
	return n > 0, nil
}

// NewestFactAt gives when the newest fact was observed; the zero Instant when there is none.
func (s *Store) NewestFactAt(ctx context.Context) (Instant, error) {
	var at struct{ At Instant }
	err := s.read(ctx).Raw("SELECT MAX(observed_to) AS at FROM source_loads").Scan(&at).Error
	if err != nil {
		return Instant{}, fmt.Errorf("read the newest fact: %w", err)
	}
	return at.At, nil
}

// LastWholeScan gives when the newest finished scan of everybody in the present began; the zero Instant where there was none.
func (s *Store) LastWholeScan(ctx context.Context) (Instant, error) {
	var row struct{ StartedAt Instant }
	err := s.read(ctx).Table("scans").Select("started_at").Where("scope_all = ? AND valid_at IS NULL AND status = ? AND as_of >= started_at", true, "done").Order("id DESC").Limit(1).Scan(&row).Error
	if err != nil {
		return Instant{}, fmt.Errorf("read the last whole scan: %w", err)
	}
	return row.StartedAt, nil
}

// FinishScan closes a scan with its sums.
func (s *Store) FinishScan(ctx context.Context, actor Actor, sc *Scan, tallies any) error {
	b, err := json.Marshal(tallies)
	if err != nil {
		return fmt.Errorf("finish scan %s: %w", sc.Ref, err)
	}
	return s.change(ctx, actor, func(t *tx) error {
		sc.Status, sc.FinishedAt, sc.Tallies = "done", t.now, string(b)
		if err := t.db.Table("scans").Where("id = ?", sc.ID).Updates(map[string]any{"status": "done", "finished_at": t.now, "tallies": sc.Tallies, "subjects": sc.Subjects}).Error; err != nil {
			return fmt.Errorf("finish scan %s: %w", sc.Ref, err)
		}
		t.audit("scan.finish", "scan:"+sc.Ref, Place{}, map[string]any{"subjects": sc.Subjects, "changed": sc.Changed, "raised": sc.Raised})
		return nil
	})
}

// Scans lists scans, newest first.
func (s *Store) Scans(ctx context.Context, actor Actor, before int64, limit int) ([]Scan, bool, error) {
	if !actor.Can(ActScanRead) {
		return nil, false, Forbidden(ActScanRead)
	}
	q := s.read(ctx).Order("id DESC").Limit(limit + 1)
	if before > 0 {
		q = q.Where("id < ?", before)
	}
	var list []Scan
	if err := q.Find(&list).Error; err != nil {
		return nil, false, fmt.Errorf("list scans: %w", err)
	}
	more := len(list) > limit
	return list[:min(len(list), limit)], more, nil
}

// LastScan gives the newest finished scan, for the line at the foot of each page; false when there is none.
func (s *Store) LastScan(ctx context.Context) (Scan, bool, error) {
	var sc Scan
	err := s.read(ctx).Where("status = ?", "done").Order("id DESC").Take(&sc).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return sc, false, nil
	}
	if err != nil {
		return sc, false, fmt.Errorf("read the last scan: %w", err)
	}
	return sc, true, nil
}
