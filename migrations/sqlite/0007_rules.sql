-- +goose Up
-- A rule version is written once: number, content and author never change. Only its state moves, and whom it was approved by.
CREATE TABLE rule_versions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  number TEXT NOT NULL UNIQUE,
  body TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  base TEXT NOT NULL DEFAULT '',
  author_id BIGINT REFERENCES users (id),
  author TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft','replayed','second','approved','rejected','withdrawn','in_force','superseded')),
  replay_id BIGINT,
  approver_id BIGINT REFERENCES users (id),
  approver TEXT NOT NULL DEFAULT '',
  approved_at INTEGER,
  approve_note TEXT NOT NULL DEFAULT '',
  second_id BIGINT REFERENCES users (id),
  second TEXT NOT NULL DEFAULT '',
  second_at INTEGER,
  second_reason TEXT NOT NULL DEFAULT '',
  decided_by TEXT NOT NULL DEFAULT '',
  decided_reason TEXT NOT NULL DEFAULT '',
  in_force_at INTEGER,
  superseded_at INTEGER,
  version BIGINT NOT NULL DEFAULT 1,
  CHECK (approver_id IS NULL OR author_id IS NOT NULL),
  CHECK (approver_id IS NULL OR approver_id <> author_id),
  CHECK (second_id IS NULL OR (approver_id IS NOT NULL AND second_id <> author_id AND second_id <> approver_id)),
  CHECK (second_id IS NULL OR second_reason <> ''),
  CHECK (author_id IS NULL OR state NOT IN ('second','approved','in_force','superseded') OR (approver_id IS NOT NULL AND replay_id IS NOT NULL))
);
CREATE UNIQUE INDEX rule_versions_one_in_force ON rule_versions (state) WHERE state = 'in_force';
CREATE INDEX rule_versions_by_force ON rule_versions (in_force_at);

-- A replay holds two rule versions against the same facts. What changed is kept by company, alerts with a known outcome apart.
CREATE TABLE replays (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ref TEXT NOT NULL UNIQUE,
  from_number TEXT NOT NULL,
  to_number TEXT NOT NULL,
  from_sha256 TEXT NOT NULL,
  to_sha256 TEXT NOT NULL,
  engine TEXT NOT NULL,
  since INTEGER,
  as_of INTEGER NOT NULL,
  valid_time BOOLEAN NOT NULL DEFAULT FALSE,
  queued BOOLEAN NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running','done','failed')),
  stage TEXT NOT NULL CHECK (stage IN ('companies','outcomes','money','done')),
  cursor_id BIGINT NOT NULL DEFAULT 0,
  total BIGINT NOT NULL DEFAULT 0,
  done BIGINT NOT NULL DEFAULT 0,
  from_alerts BIGINT NOT NULL DEFAULT 0,
  to_alerts BIGINT NOT NULL DEFAULT 0,
  problem TEXT NOT NULL DEFAULT '',
  started_by_id BIGINT REFERENCES users (id),
  started_by TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER
);
CREATE INDEX replays_by_content ON replays (to_sha256, from_sha256, state);

CREATE TABLE replay_changes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  replay_id BIGINT NOT NULL REFERENCES replays (id),
  stage TEXT NOT NULL CHECK (stage IN ('companies','outcomes','money')),
  subject_id BIGINT NOT NULL REFERENCES subjects (id),
  alert_id BIGINT REFERENCES alerts (id),
  division_code TEXT NOT NULL, p2 TEXT NOT NULL, c4 TEXT NOT NULL, c6 TEXT NOT NULL,
  area TEXT NOT NULL,
  change TEXT NOT NULL CHECK (change IN ('gained','lost','raised','lowered')),
  outcome TEXT NOT NULL DEFAULT '' CHECK (outcome IN ('','confirmed','filed','dismissed')),
  from_level TEXT NOT NULL,
  to_level TEXT NOT NULL,
  from_idx DOUBLE PRECISION NOT NULL,
  to_idx DOUBLE PRECISION NOT NULL
);
CREATE INDEX replay_changes_by_replay ON replay_changes (replay_id, stage, change, id);

-- +goose StatementBegin
CREATE TRIGGER rule_versions_are_written_once BEFORE UPDATE ON rule_versions
WHEN NEW.number <> OLD.number OR NEW.body <> OLD.body OR NEW.sha256 <> OLD.sha256 OR NEW.author <> OLD.author OR NEW.author_id IS NOT OLD.author_id
  OR NEW.note <> OLD.note OR NEW.base <> OLD.base OR NEW.created_at <> OLD.created_at
BEGIN
  SELECT RAISE(ABORT, 'a rule version is never changed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rule_versions_stay BEFORE DELETE ON rule_versions
BEGIN
  SELECT RAISE(ABORT, 'a rule version is never deleted');
END;
-- +goose StatementEnd
