package models

import "fmt"

// dayNumber gives the number of the day of China's calendar since 1970 in which an instant lies.
func dayNumber(at Instant) int64 {
	_, offset := at.Time().In(China).Zone()
	return (at.Time().Unix() + int64(offset)) / 86400
}

// countSignals adds the signals that a chunk brought to those of their day and place. Each batch has rows of its own, so that loads at
// the same time never wait for each other here.
func (t *tx) countSignals(b *Batch, table Table, c *chunk) error {
	if table != TableSignals || c.accepted == 0 {
		return nil
	}
	err := t.db.Exec(`INSERT INTO signal_counts (batch_id, day, p2, c4, c6, n)
SELECT f.batch_id, ?, s.p2, s.c4, s.c6, COUNT(*) FROM facts f JOIN subjects s ON s.id = f.subject_id WHERE f.id > ? AND f.batch_id = ? AND f.tbl = ? GROUP BY f.batch_id, s.p2, s.c4, s.c6
ON CONFLICT (batch_id, day, p2, c4, c6) DO UPDATE SET n = signal_counts.n + excluded.n`, dayNumber(t.now), c.before, b.ID, table).Error
	if err != nil {
		return fmt.Errorf("count the signals of batch %s: %w", b.Ref, err)
	}
	return nil
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
