package models

import "fmt"

// dayNumber gives the number of the day of China's calendar since 1970 in which an instant lies.
func dayNumber(at Instant) int64 {
	_, offset := at.Time().In(China).Zone()
	return (at.Time().Unix() + int64(offset)) / 86400
}

// firstSignal gives when the first signal about a subject became known after an earlier alert of the area, the zero Alert without one; the
// zero Instant where there is none. What was observed long before and told late is counted from when it was told.
func (t *tx) firstSignal(sub Subject, last Alert) (Instant, error) {
	q := bounded(t.db.Table("facts f").Select("MIN(f.recorded_at)"), AsOf{RecordedBy: t.now, ObservedBy: t.now}).Where("f.subject_id = ? AND f.tbl = ?", sub.ID, TableSignals)
	if !last.RaisedAt.IsZero() {
		q = q.Where("f.recorded_at > ?", last.RaisedAt)
	}
	var at Instant
	if err := q.Row().Scan(&at); err != nil {
		return at, fmt.Errorf("read the first signal about %s: %w", sub.Written(), err)
	}
	return at, nil
}
