-- +goose Up
-- A model learned from outcomes is written once: its content, its held-out figures and its author never change.
CREATE TABLE outcome_models (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  number TEXT NOT NULL UNIQUE,
  body TEXT NOT NULL,
  held_out TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  samples BIGINT NOT NULL,
  bad BIGINT NOT NULL,
  rule_version TEXT NOT NULL,
  author_id BIGINT REFERENCES users (id),
  author TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft','in_force','superseded','rejected')),
  decided_by_id BIGINT REFERENCES users (id),
  decided_by TEXT NOT NULL DEFAULT '',
  decided_at INTEGER,
  decided_reason TEXT NOT NULL DEFAULT '',
  version BIGINT NOT NULL DEFAULT 1,
  CHECK (author_id IS NULL OR decided_by_id IS NULL OR decided_by_id <> author_id),
  CHECK (state NOT IN ('in_force','superseded') OR decided_by_id IS NOT NULL)
);
CREATE UNIQUE INDEX outcome_models_one_in_force ON outcome_models (state) WHERE state = 'in_force';

-- What the queue may be ordered by: probability of being confirmed (null without a model) times expected harm.
ALTER TABLE alerts ADD COLUMN chance DOUBLE PRECISION;
ALTER TABLE alerts ADD COLUMN harm DOUBLE PRECISION NOT NULL DEFAULT 1;
ALTER TABLE alerts ADD COLUMN priority DOUBLE PRECISION NOT NULL DEFAULT 0;
ALTER TABLE alerts ADD COLUMN ranked_by TEXT NOT NULL DEFAULT '';
CREATE INDEX alerts_by_priority ON alerts (priority, id) WHERE open = TRUE;

-- +goose StatementBegin
CREATE TRIGGER outcome_models_are_written_once BEFORE UPDATE ON outcome_models
WHEN NEW.number <> OLD.number OR NEW.body <> OLD.body OR NEW.sha256 <> OLD.sha256 OR NEW.held_out <> OLD.held_out OR NEW.author <> OLD.author OR NEW.author_id IS NOT OLD.author_id
BEGIN
  SELECT RAISE(ABORT, 'a learned model is never changed');
END;
-- +goose StatementEnd
