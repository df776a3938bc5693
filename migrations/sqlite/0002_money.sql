-- +goose Up
ALTER TABLE assessments ADD COLUMN scheme BOOLEAN NOT NULL DEFAULT FALSE;

CREATE TABLE schemes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  alert_id BIGINT NOT NULL REFERENCES alerts (id),
  assessment_id BIGINT NOT NULL REFERENCES assessments (id),
  typology TEXT NOT NULL,
  score DOUBLE PRECISION NOT NULL,
  families TEXT NOT NULL,
  level TEXT NOT NULL,
  level_rank BIGINT NOT NULL,
  members BIGINT NOT NULL,
  amount_fen BIGINT NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  found_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  rule_version TEXT NOT NULL
);
CREATE INDEX schemes_by_alert ON schemes (alert_id);

CREATE TABLE alert_members (
  alert_id BIGINT NOT NULL REFERENCES alerts (id),
  scheme_id BIGINT NOT NULL REFERENCES schemes (id),
  subject_id BIGINT NOT NULL REFERENCES subjects (id),
  role TEXT NOT NULL,
  aside BOOLEAN NOT NULL,
  in_fen BIGINT NOT NULL,
  out_fen BIGINT NOT NULL,
  added_at INTEGER NOT NULL,
  PRIMARY KEY (scheme_id, subject_id)
);
CREATE INDEX alert_members_by_alert ON alert_members (alert_id, aside);
CREATE INDEX alert_members_by_subject ON alert_members (subject_id);

CREATE TABLE money_mark (
  one BIGINT PRIMARY KEY CHECK (one = 1),
  transfer_id BIGINT NOT NULL,
  fact_id BIGINT NOT NULL,
  rule_version TEXT NOT NULL,
  population TEXT NOT NULL,
  marked_at INTEGER NOT NULL
);
