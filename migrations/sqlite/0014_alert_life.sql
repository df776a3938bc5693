-- +goose Up
-- An indicator that is not counted for one subject, for a time and a reason; it stays on record and countable.
CREATE TABLE suppressions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ref TEXT NOT NULL UNIQUE,
  subject_id BIGINT NOT NULL REFERENCES subjects (id),
  indicator TEXT NOT NULL,
  reason TEXT NOT NULL,
  division_code TEXT NOT NULL, p2 TEXT NOT NULL, c4 TEXT NOT NULL, c6 TEXT NOT NULL,
  until_at INTEGER NOT NULL,
  made_by BIGINT NOT NULL REFERENCES users (id),
  made_at INTEGER NOT NULL,
  lifted_by BIGINT REFERENCES users (id),
  lifted_at INTEGER,
  lift_reason TEXT NOT NULL DEFAULT '',
  lapsed BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX suppressions_by_subject ON suppressions (subject_id, id);
CREATE INDEX suppressions_by_place ON suppressions (p2, c4, c6, id DESC);
CREATE INDEX suppressions_running ON suppressions (until_at) WHERE lifted_at IS NULL AND lapsed = FALSE;

-- An alert that was merged into another keeps where it stood, so that it can be taken out again.
ALTER TABLE alerts ADD COLUMN merged_into BIGINT REFERENCES alerts (id);
ALTER TABLE alerts ADD COLUMN merged_status TEXT NOT NULL DEFAULT '';
CREATE INDEX alerts_by_merged ON alerts (merged_into) WHERE merged_into IS NOT NULL;
