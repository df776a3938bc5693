-- +goose Up
ALTER TABLE sources ADD COLUMN standing BIGINT NOT NULL DEFAULT 50;
ALTER TABLE sources ADD COLUMN fresh_hours BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sources ADD COLUMN steward TEXT NOT NULL DEFAULT '';
ALTER TABLE sources ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
UPDATE sources SET standing = 10 WHERE code = 'SAMR';
UPDATE sources SET standing = 20 WHERE code = 'LIC';
UPDATE sources SET standing = 30 WHERE code IN ('ICP','JUD','SOC','TAX','POL');
-- How much the source of a subject's name stands for, see sources.standing.
ALTER TABLE subjects ADD COLUMN named_standing BIGINT NOT NULL DEFAULT 50;

-- One row a chunk of a load, a source and a table: what came, and how full its columns were.
CREATE TABLE source_loads (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  source TEXT NOT NULL,
  tbl TEXT NOT NULL,
  batch_id BIGINT NOT NULL REFERENCES batches (id),
  at INTEGER NOT NULL,
  rows BIGINT NOT NULL,
  accepted BIGINT NOT NULL,
  refused BIGINT NOT NULL,
  filled TEXT NOT NULL
);
CREATE INDEX source_loads_by_source ON source_loads (source, at);

CREATE TABLE source_alarms (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  source TEXT NOT NULL REFERENCES sources (code),
  kind TEXT NOT NULL CHECK (kind IN ('silent','volume','shape','fill','refused','failed')),
  detail TEXT NOT NULL,
  raised_at INTEGER NOT NULL,
  cleared_at INTEGER,
  cleared_by TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX source_alarms_open ON source_alarms (source, kind) WHERE cleared_at IS NULL;

CREATE TABLE connectors (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ref TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('folder','query')),
  place_name TEXT NOT NULL,
  pattern TEXT NOT NULL DEFAULT '',
  query TEXT NOT NULL DEFAULT '',
  watermark_column TEXT NOT NULL DEFAULT '',
  watermark TEXT NOT NULL DEFAULT '',
  source TEXT NOT NULL REFERENCES sources (code),
  table_name TEXT NOT NULL DEFAULT '',
  mapping TEXT NOT NULL DEFAULT '',
  division_code TEXT NOT NULL, p2 TEXT NOT NULL, c4 TEXT NOT NULL, c6 TEXT NOT NULL,
  every_minutes BIGINT NOT NULL CHECK (every_minutes BETWEEN 1 AND 44640),
  paused BOOLEAN NOT NULL DEFAULT FALSE,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX connectors_due ON connectors (next_at) WHERE NOT paused;

CREATE TABLE connector_runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  connector_id BIGINT NOT NULL REFERENCES connectors (id),
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  status TEXT NOT NULL CHECK (status IN ('running','done','empty','failed')),
  files BIGINT NOT NULL DEFAULT 0,
  accepted BIGINT NOT NULL DEFAULT 0,
  unchanged BIGINT NOT NULL DEFAULT 0,
  refused BIGINT NOT NULL DEFAULT 0,
  batch_ref TEXT NOT NULL DEFAULT '',
  shape TEXT NOT NULL DEFAULT '',
  watermark TEXT NOT NULL DEFAULT '',
  error_key TEXT NOT NULL DEFAULT ''
);
CREATE INDEX connector_runs_by_connector ON connector_runs (connector_id, id);

-- Files of a folder that were taken, whatever became of them: the same content is not taken twice.
CREATE TABLE connector_files (
  connector_id BIGINT NOT NULL REFERENCES connectors (id),
  sha256 TEXT NOT NULL,
  name TEXT NOT NULL,
  size BIGINT NOT NULL,
  modified_at INTEGER NOT NULL,
  batch_ref TEXT NOT NULL,
  taken_at INTEGER NOT NULL,
  PRIMARY KEY (connector_id, sha256)
);
