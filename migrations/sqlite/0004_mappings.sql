-- +goose Up
CREATE TABLE mappings (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ref TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
  authority_id BIGINT NOT NULL REFERENCES authorities (id),
  division_code TEXT NOT NULL, p2 TEXT NOT NULL, c4 TEXT NOT NULL, c6 TEXT NOT NULL,
  sharing TEXT NOT NULL DEFAULT 'own' CHECK (sharing IN ('own','all')),
  table_name TEXT NOT NULL,
  latest BIGINT NOT NULL DEFAULT 1,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  UNIQUE (authority_id, name)
);

CREATE TABLE mapping_versions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  mapping_id BIGINT NOT NULL REFERENCES mappings (id),
  number BIGINT NOT NULL,
  table_name TEXT NOT NULL,
  body TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  saved_by TEXT NOT NULL,
  saved_at INTEGER NOT NULL,
  UNIQUE (mapping_id, number)
);

CREATE TABLE samples (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ref TEXT NOT NULL UNIQUE,
  user_id BIGINT NOT NULL REFERENCES users (id),
  division_code TEXT NOT NULL, p2 TEXT NOT NULL, c4 TEXT NOT NULL, c6 TEXT NOT NULL,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size BIGINT NOT NULL,
  draft TEXT NOT NULL DEFAULT '',
  kept_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
);
CREATE INDEX samples_by_expiry ON samples (expires_at);
