-- +goose Up
-- What the figures of a division are read from. An alert keeps when the first signal that led to it became known, and when somebody
-- decided on it: opened or joined a case with it, or dismissed it.
ALTER TABLE alerts ADD COLUMN signal_at INTEGER;
ALTER TABLE alerts ADD COLUMN decided_at INTEGER;
UPDATE alerts SET signal_at = (SELECT MIN(f.recorded_at) FROM facts f JOIN sources s ON s.code = f.source AND s.purpose = 'general'
  WHERE f.subject_id = alerts.subject_id AND f.tbl = 'signals' AND f.recorded_at <= alerts.raised_at
  AND f.recorded_at > COALESCE((SELECT MAX(p.raised_at) FROM alerts p WHERE p.subject_id = alerts.subject_id AND p.area = alerts.area AND p.id < alerts.id), 0)
  AND NOT EXISTS (SELECT 1 FROM retractions x WHERE x.fact_id = f.id));
UPDATE alerts SET decided_at = (SELECT MAX(e.at) FROM events e WHERE e.object_kind = 'alert' AND e.object_id = alerts.id AND e.event IN ('open','join','dismiss','revoke'))
  WHERE status IN ('in_case','dismissed') OR case_id IS NOT NULL;
CREATE INDEX alerts_standing ON alerts (p2, c4, c6, level_rank, status, snoozed_until) WHERE open = TRUE;
CREATE INDEX alerts_raised ON alerts (p2, raised_at, level_rank, c4, c6, signal_at);
CREATE INDEX alerts_decided ON alerts (p2, decided_at, c4, c6, idx, level_rank, status, reason, case_id) WHERE decided_at IS NOT NULL;
CREATE INDEX alerts_owned ON alerts (owner_id, p2, c4, c6, status, due_at) WHERE open = TRUE AND owner_id IS NOT NULL;
CREATE INDEX cases_by_opening ON cases (opened_at);
CREATE INDEX referrals_by_delivery ON referrals (delivered_at) WHERE delivered_at IS NOT NULL;
CREATE INDEX referrals_by_filing ON referrals (filed_at) WHERE filed_at IS NOT NULL;

-- How many signals a batch brought on a day about the subjects of a place; day counts the days of China's calendar since 1970.
CREATE TABLE signal_counts (
  batch_id BIGINT NOT NULL REFERENCES batches (id),
  day BIGINT NOT NULL,
  p2 TEXT NOT NULL,
  c4 TEXT NOT NULL,
  c6 TEXT NOT NULL,
  n BIGINT NOT NULL,
  PRIMARY KEY (batch_id, day, p2, c4, c6)
);
CREATE INDEX signal_counts_by_day ON signal_counts (p2, day, c4, c6, batch_id, n);
INSERT INTO signal_counts (batch_id, day, p2, c4, c6, n)
SELECT f.batch_id, (f.recorded_at / 1000000 + 28800) / 86400, s.p2, s.c4, s.c6, COUNT(*) FROM facts f JOIN subjects s ON s.id = f.subject_id
JOIN batches b ON b.id = f.batch_id WHERE f.tbl = 'signals' GROUP BY 1, 2, 3, 4, 5;
