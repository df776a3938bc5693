package models

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// Assessment is a stored evaluation of a subject; Payload is the detector's JSON.
type Assessment struct {
	ID          int64 `gorm:"primaryKey"`
	SubjectID   int64
	ScanID      int64
	AsOf        Instant
	RecordedAt  Instant
	Idx         float64
	Level       string
	Area        string
	RuleVersion string
	Payload     string
	OwnRank     int64 // of the level without what ties to others add
	Scheme      bool  // of a scheme that the subject leads, not of the subject as a whole
}

// Reason is one of the strongest indicators of an alert, as lists and the API show it. Args fill the message of the indicator.
type Reason struct {
	Indicator string            `json:"indicator"`
	Key       string            `json:"key"`
	Dimension string            `json:"dimension"`
	Points    float64           `json:"points"`
	Value     float64           `json:"value"`
	Args      map[string]string `json:"args,omitempty"`
}

// AreaFinding is what an evaluation found in one risk area. Kinds are the indicators that hit, by which a dismissal holds.
type AreaFinding struct {
	Area         string
	Level        string
	LevelRank    int
	Index        float64
	Reasons      []Reason
	Kinds        []string
	Trigger      string
	SingleSource bool
	AmountFen    *int64
	People       *int64
}

// Assessed is the evaluation of one company on its way into the store. Areas holds the areas with a level.
type Assessed struct {
	Subject   Subject
	Index     float64
	Level     string
	LevelRank int
	Area      string
	Payload   []byte
	Areas     []AreaFinding
	OwnRank   int // of the level without what ties add
	Reach     Reach
}

// ScanTally is what recording a chunk did. Reached are companies that have to be looked at again because of what one they are
// tied to brings them now.
type ScanTally struct {
	Changed, Raised, Updated, Unchanged int64
	Reached                             []int64
}

// RecordAssessments stores evaluations, moves the subjects' levels, raises and updates alerts and the scan's cursor, in one
// transaction; a killed scan goes on after the last chunk.
func (s *Store) RecordAssessments(ctx context.Context, actor Actor, sc *Scan, list []Assessed, cursor int64) (ScanTally, error) {
	var tally ScanTally
	err := s.change(ctx, actor, func(t *tx) error {
		tally = ScanTally{}
		previous, err := latestAssessments(t.db, list)
		if err != nil {
			return err
		}
		for _, a := range list {
			if err := t.recordAssessment(sc, a, previous[a.Subject.ID], &tally); err != nil {
				return fmt.Errorf("assess %s: %w", a.Subject.Key, err)
			}
		}
		set := map[string]any{"cursor_id": cursor, "subjects": sc.Subjects + int64(len(list)), "changed": sc.Changed + tally.Changed,
			"raised": sc.Raised + tally.Raised, "updated": sc.Updated + tally.Updated, "unchanged": sc.Unchanged + tally.Unchanged}
		if err := t.db.Table("scans").Where("id = ?", sc.ID).Updates(set).Error; err != nil {
			return fmt.Errorf("store the scan's progress: %w", err)
		}
		t.audit("scan.record", "scan:"+sc.Ref, Place{}, map[string]any{"subjects": len(list), "raised": tally.Raised, "updated": tally.Updated})
		return nil
	})
	if err != nil {
		return tally, fmt.Errorf("scan %s: %w", sc.Ref, err)
	}
	sc.CursorID = cursor
	sc.Subjects += int64(len(list))
	sc.Changed += tally.Changed
	sc.Raised += tally.Raised
	sc.Updated += tally.Updated
	sc.Unchanged += tally.Unchanged
	return tally, nil
}

func latestAssessments(db *gorm.DB, list []Assessed) (map[int64]Assessment, error) {
	ids := make([]int64, 0, len(list))
	for _, a := range list {
		if a.Subject.AssessmentID != nil {
			ids = append(ids, *a.Subject.AssessmentID)
		}
	}
	out := map[int64]Assessment{}
	if len(ids) == 0 {
		return out, nil
	}
	var rows []Assessment
	if err := db.Where("id IN ?", ids).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read earlier assessments: %w", err)
	}
	for _, r := range rows {
		out[r.SubjectID] = r
	}
	return out, nil
}

func (t *tx) recordAssessment(sc *Scan, a Assessed, was Assessment, tally *ScanTally) error {
	_, end := sc.Bounds()
	set := map[string]any{}
	if sc.ValidAt.After(Instant{}) || !sc.AsOf.Before(sc.StartedAt) {
		set["assessed_fact_id"] = a.Subject.NewestFactID
	}
	changed := was.ID == 0 && (a.Index > 0 || len(a.Areas) > 0) || was.ID != 0 && was.Payload != string(a.Payload)
	if len(set) > 0 {
		if err := t.reachOut(sc, a, set, tally); err != nil {
			return err
		}
	}
	row := was
	if changed {
		tally.Changed++
		row = Assessment{SubjectID: a.Subject.ID, ScanID: sc.ID, AsOf: end, RecordedAt: t.now, Idx: a.Index, Level: a.Level,
			Area: a.Area, RuleVersion: sc.RuleVersion, Payload: string(a.Payload), OwnRank: int64(a.OwnRank)}
		if err := t.db.Create(&row).Error; err != nil {
			return fmt.Errorf("store assessment: %w", err)
		}
		if was.ID == 0 || !end.Before(was.AsOf) {
			set["assessment_id"], set["idx"], set["level"], set["level_rank"], set["area"] = row.ID, a.Index, a.Level, a.LevelRank, a.Area
		}
	}
	if len(set) > 0 {
		set["listed"] = true
		if err := t.db.Table("subjects").Where("id = ?", a.Subject.ID).Updates(set).Error; err != nil {
			return fmt.Errorf("move the subject's level: %w", err)
		}
	}
	for _, f := range a.Areas {
		if err := t.settleAlert(a.Subject, f, row, tally); err != nil {
			return err
		}
	}
	return nil
}

// settleAlert raises an alert for a finding, or updates the open one: its level and index rise with later hits and never fall.
func (t *tx) settleAlert(sub Subject, f AreaFinding, as Assessment, tally *ScanTally) error {
	var open Alert
	err := t.forUpdate().Where("subject_id = ? AND area = ? AND open = ?", sub.ID, f.Area, true).Take(&open).Error
	if err == nil {
		return t.updateAlert(sub, open, f, as, tally)
	}
	if !errors.Is(err, gorm.ErrRecordNotFound) {
		return fmt.Errorf("look for an open alert: %w", err)
	}
	var last Alert
	err = t.db.Where("subject_id = ? AND area = ? AND open = ?", sub.ID, f.Area, false).Order("id DESC").Take(&last).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return fmt.Errorf("look for an earlier alert: %w", err)
	}
	if err == nil && last.MergedInto != nil {
		return t.settleMerged(sub, last, f, as, tally)
	}
	if err == nil && last.Status == AlertDismissed && !newKind(last, f) {
		tally.Unchanged++
		return nil
	}
	return t.raiseAlert(sub, f, as, last, tally)
}

// newKind says whether a finding has evidence of another kind than a dismissed alert had, or a higher level.
func newKind(last Alert, f AreaFinding) bool {
	var kinds []string
	if err := json.Unmarshal([]byte(last.Families), &kinds); err != nil {
		return true
	}
	return f.LevelRank > last.LevelRank || len(freshKinds(last, f)) > 0
}

// freshKinds lists the indicators of a finding that an earlier alert did not have.
func freshKinds(last Alert, f AreaFinding) []string {
	var kinds []string
	if err := json.Unmarshal([]byte(last.Families), &kinds); err != nil {
		kinds = nil
	}
	return slices.DeleteFunc(slices.Clone(f.Kinds), func(k string) bool { return slices.Contains(kinds, k) })
}

// raiseAlert raises an alert on top; last is the earlier one of the subject and area, the zero Alert without one, whose
// assessment shows what is new.
func (t *tx) raiseAlert(sub Subject, f AreaFinding, as Assessment, last Alert, tally *ScanTally) error {
	ref, err := t.newRef("YJ", sub.DivisionCode)
	if err != nil {
		return err
	}
	al := Alert{Ref: ref, SubjectID: sub.ID, Status: AlertNew, Open: true, Place: sub.Place, RaisedAt: t.now, Version: 1, History: "[]"}
	if err := t.take(&al, f, as); err != nil {
		return err
	}
	if al.SignalAt, err = t.firstSignal(sub, last); err != nil {
		return err
	}
	data := map[string]any{"level": f.Level, "index": f.Index, "area": f.Area}
	if last.ID != 0 {
		al.PreviousAssessmentID = &last.AssessmentID
		data["again"], data["new"] = last.Ref, freshKinds(last, f)
	}
	if err := t.db.Create(&al).Error; err != nil {
		return fmt.Errorf("raise alert: %w", err)
	}
	tally.Raised++
	t.audit("alert.raise", "alert:"+ref, sub.Place, data)
	return t.tell(objectAlert, al.ID, "raised", "", data)
}

func (t *tx) updateAlert(sub Subject, al Alert, f AreaFinding, as Assessment, tally *ScanTally) error {
	higher := f.LevelRank > al.LevelRank || f.LevelRank == al.LevelRank && f.Index > al.Idx+1e-9
	if !higher {
		tally.Unchanged++
		return nil
	}
	before := al
	if err := t.take(&al, f, as); err != nil {
		return err
	}
	set := map[string]any{"level": al.Level, "level_rank": al.LevelRank, "idx": al.Idx, "reasons": al.Reasons, "history": al.History,
		"single_source": al.SingleSource, "trigger_code": al.TriggerCode, "amount_fen": al.AmountFen, "people": al.People,
		"assessment_id": al.AssessmentID, "previous_assessment_id": before.AssessmentID, "changed_at": t.now, "families": al.Families,
		"rule_version": al.RuleVersion, "version": gorm.Expr("version + 1")}
	if al.LevelRank > before.LevelRank && before.CaseID == nil {
		due, err := t.alertDue(al.Level)
		if err != nil {
			return err
		}
		set["due_at"] = due
		if before.Status == AlertSnoozed {
			set["status"], set["snoozed_until"] = AlertNew, nil
		}
	}
	if err := t.db.Table("alerts").Where("id = ?", al.ID).Updates(set).Error; err != nil {
		return fmt.Errorf("update alert %s: %w", al.Ref, err)
	}
	tally.Updated++
	t.audit("alert.update", "alert:"+al.Ref, sub.Place, map[string]any{"level": f.Level, "index": f.Index})
	return t.tell(objectAlert, al.ID, "rehit", "", map[string]any{"level": f.Level, "index": f.Index, "was": before.Idx})
}

// take puts a finding into an alert.
func (t *tx) take(al *Alert, f AreaFinding, as Assessment) error {
	reasons, err := json.Marshal(f.Reasons)
	if err != nil {
		return fmt.Errorf("write reasons: %w", err)
	}
	kinds, err := json.Marshal(f.Kinds)
	if err != nil {
		return fmt.Errorf("write kinds: %w", err)
	}
	var history []float64
	if err := json.Unmarshal([]byte(al.History), &history); err != nil {
		history = nil
	}
	history = append(history, f.Index)
	trail, err := json.Marshal(history[max(0, len(history)-24):])
	if err != nil {
		return fmt.Errorf("write history: %w", err)
	}
	if al.DueAt.IsZero() {
		if al.DueAt, err = t.alertDue(f.Level); err != nil {
			return err
		}
	}
	al.Area, al.Level, al.LevelRank, al.Idx = f.Area, f.Level, f.LevelRank, f.Index
	al.Reasons, al.Families, al.History = string(reasons), string(kinds), string(trail)
	al.SingleSource, al.TriggerCode, al.AmountFen, al.People = f.SingleSource, f.Trigger, f.AmountFen, f.People
	al.AssessmentID, al.RuleVersion, al.ChangedAt = as.ID, as.RuleVersion, t.now
	return nil
}

// Assessments lists the stored evaluations of a subject as a whole, oldest first.
func (s *Store) Assessments(ctx context.Context, subjectID int64) ([]Assessment, error) {
	var list []Assessment
	if err := s.read(ctx).Where("subject_id = ? AND scheme = ?", subjectID, false).Order("as_of, id").Find(&list).Error; err != nil {
		return nil, fmt.Errorf("read assessments: %w", err)
	}
	return list, nil
}

// FirstRecorded gives when the first of some facts was recorded, by the store's keys; zero where none is there.
func (s *Store) FirstRecorded(ctx context.Context, facts []int64) (Instant, error) {
	var first Instant
	for part := range slices.Chunk(facts, 5000) {
		var rows []struct{ RecordedAt Instant }
		if err := s.read(ctx).Table("facts").Select("recorded_at").Where("id IN ?", part).Order("recorded_at").Limit(1).Scan(&rows).Error; err != nil {
			return first, fmt.Errorf("read when facts were recorded: %w", err)
		}
		if len(rows) > 0 && (first.IsZero() || rows[0].RecordedAt.Before(first)) {
			first = rows[0].RecordedAt
		}
	}
	return first, nil
}

// AssessmentByID gives one stored evaluation, the zero one for nil.
func (s *Store) AssessmentByID(ctx context.Context, id *int64) (Assessment, error) {
	var a Assessment
	if id == nil {
		return a, nil
	}
	if err := s.read(ctx).Where("id = ?", *id).Take(&a).Error; err != nil {
		return a, fmt.Errorf("assessment %d: %w", *id, err)
	}
	return a, nil
}
