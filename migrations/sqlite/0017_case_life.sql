-- +goose Up
-- A case that one lead department hands to another (737 art 20): asked, taken over, declined, in dispute before the common superior.
CREATE TABLE handoffs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ref TEXT NOT NULL UNIQUE,
  case_id BIGINT NOT NULL REFERENCES cases (id),
  from_id BIGINT NOT NULL REFERENCES authorities (id),
  to_id BIGINT NOT NULL REFERENCES authorities (id),
  superior_id BIGINT REFERENCES authorities (id),
  ground TEXT NOT NULL,
  reason TEXT NOT NULL,
  state TEXT NOT NULL,
  open BOOLEAN NOT NULL,
  asked_by BIGINT NOT NULL REFERENCES users (id),
  asked_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  taken_at INTEGER,
  version BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX handoffs_one_open ON handoffs (case_id) WHERE open = TRUE;
CREATE INDEX handoffs_by_case ON handoffs (case_id, id);

-- What the police hold back: the seal that the case had before, and when they set theirs.
ALTER TABLE cases ADD COLUMN seal_before TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN held_at INTEGER;

-- An alert that joined a case after its opening keeps where it stood, so that it can be taken out again.
ALTER TABLE alerts ADD COLUMN joined_from TEXT NOT NULL DEFAULT '';

-- Texts that an office writes once and its people put into forms; each version is kept.
CREATE TABLE phrases (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  authority_id BIGINT NOT NULL REFERENCES authorities (id),
  field TEXT NOT NULL,
  name TEXT NOT NULL,
  text TEXT NOT NULL,
  dropped BOOLEAN NOT NULL DEFAULT FALSE,
  changed_by BIGINT NOT NULL REFERENCES users (id),
  changed_at INTEGER NOT NULL,
  version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX phrases_by_office ON phrases (authority_id, field, id);
CREATE TABLE phrase_versions (
  phrase_id BIGINT NOT NULL REFERENCES phrases (id),
  version BIGINT NOT NULL,
  name TEXT NOT NULL,
  text TEXT NOT NULL,
  dropped BOOLEAN NOT NULL,
  changed_by BIGINT NOT NULL REFERENCES users (id),
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (phrase_id, version)
);

-- What the public may read about a case that was determined.
CREATE TABLE bulletins (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ref TEXT NOT NULL UNIQUE,
  case_id BIGINT NOT NULL REFERENCES cases (id),
  authority_id BIGINT NOT NULL REFERENCES authorities (id),
  division_code TEXT NOT NULL, p2 TEXT NOT NULL, c4 TEXT NOT NULL, c6 TEXT NOT NULL,
  state TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  consent TEXT NOT NULL DEFAULT '',
  review TEXT NOT NULL DEFAULT '',
  reviewed_by BIGINT REFERENCES users (id),
  published_at INTEGER,
  withdrawn_at INTEGER,
  withdrawal TEXT NOT NULL DEFAULT '',
  changed_by BIGINT NOT NULL REFERENCES users (id),
  changed_at INTEGER NOT NULL,
  version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX bulletins_by_place ON bulletins (p2, c4, c6, id DESC);
CREATE INDEX bulletins_by_case ON bulletins (case_id, id);
CREATE INDEX bulletins_public ON bulletins (published_at, id) WHERE published_at IS NOT NULL;
CREATE TABLE bulletin_versions (
  bulletin_id BIGINT NOT NULL REFERENCES bulletins (id),
  version BIGINT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  changed_by BIGINT NOT NULL REFERENCES users (id),
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (bulletin_id, version)
);
