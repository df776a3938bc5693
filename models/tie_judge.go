package models

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// dateOf gives the day of a moment in China.
func dateOf(at Instant) Date { return Date(at.Time().In(China).Format(time.DateOnly)) }

// judge counts, for every tie, whom of the others was alerted for itself or punished by the moment.
func (f *tieFinder) judge(ids []int64) error {
	var others []int64
	for _, id := range ids {
		for _, t := range f.out[id].Ties {
			others = append(others, t.Others...)
		}
	}
	slices.Sort(others)
	others = slices.Compact(others)
	for part := range slices.Chunk(others, 2000) {
		if err := f.look(part); err != nil {
			return err
		}
	}
	for _, id := range ids {
		c := f.out[id]
		for i := range c.Ties {
			t := &c.Ties[i]
			for _, o := range t.Others {
				if s := f.state[o]; s.rank >= 3 {
					t.Alerted++
				} else if s.punished {
					t.Punished++
				}
			}
		}
	}
	return nil
}

func (f *tieFinder) look(part []int64) error {
	bound, args := "", []any{}
	switch {
	case !f.asOf.RecordedBy.IsZero():
		bound, args = " AND %s.recorded_at <= ? AND %s.as_of <= ?", []any{f.asOf.RecordedBy, f.asOf.ObservedBy}
		if f.asOf.ObservedBy.IsZero() {
			args[1] = f.asOf.RecordedBy
		}
	case !f.asOf.ObservedBy.IsZero():
		bound, args = " AND %s.as_of <= ?", []any{f.asOf.ObservedBy}
	}
	on := func(alias string) string { return strings.ReplaceAll(bound, "%s", alias) }
	var ranks []struct{ SubjectID, OwnRank int64 }
	q := f.db.Raw(`SELECT a.subject_id, a.own_rank FROM assessments a WHERE a.subject_id IN ? AND a.scheme = ?`+on("a")+
		` AND NOT EXISTS (SELECT 1 FROM assessments b WHERE b.subject_id = a.subject_id AND b.scheme = ?`+on("b")+` AND (b.as_of > a.as_of OR b.as_of = a.as_of AND b.id > a.id)) AND a.own_rank >= 3`,
		slices.Concat([]any{part, false}, args, []any{false}, args)...)
	if err := q.Scan(&ranks).Error; err != nil {
		return fmt.Errorf("read how others stand: %w", err)
	}
	for _, r := range ranks {
		f.state[r.SubjectID] = tiedState{rank: r.OwnRank}
	}
	var punished []int64
	var kinds []string
	marks := []any{part, TableSignals}
	for _, k := range punishing() {
		kinds, marks = append(kinds, "f.payload LIKE ?"), append(marks, `%"kind":"`+k+`"%`)
	}
	err := bounded(f.db.Table("facts f").Select("DISTINCT f.subject_id"), f.asOf).Where("f.subject_id IN ? AND f.tbl = ? AND ("+strings.Join(kinds, " OR ")+")", marks...).
		Scan(&punished).Error
	if err != nil {
		return fmt.Errorf("read who was punished: %w", err)
	}
	for _, id := range punished {
		s := f.state[id]
		s.punished = true
		f.state[id] = s
	}
	return nil
}
