-- +goose Up
-- Evidence lies as files outside the database, under the SHA-256 of its content.
CREATE TABLE evidence (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ref TEXT NOT NULL UNIQUE,
  case_id BIGINT NOT NULL REFERENCES cases (id),
  class TEXT NOT NULL CHECK (class IN ('material','documentary','electronic','audio_visual','expert','inspection','interview')),
  title TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  source_person TEXT NOT NULL DEFAULT '',
  source_office TEXT NOT NULL DEFAULT '',
  file_name TEXT NOT NULL,
  content_kind TEXT NOT NULL,
  size BIGINT NOT NULL CHECK (size > 0),
  sha256 TEXT NOT NULL,
  sm3 TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('quarantined','released','refused')),
  finding TEXT NOT NULL DEFAULT '',
  active TEXT NOT NULL DEFAULT '',
  checked_at INTEGER,
  received_by BIGINT NOT NULL REFERENCES users (id),
  received_at INTEGER NOT NULL,
  custody_seq BIGINT NOT NULL DEFAULT 0,
  custody_hash TEXT NOT NULL DEFAULT '',
  UNIQUE (case_id, sha256)
);
CREATE INDEX evidence_by_content ON evidence (sha256);
CREATE INDEX evidence_waiting ON evidence (id) WHERE state = 'quarantined';

-- The custody log is written once and chained, entry by entry.
CREATE TABLE custody_entries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  evidence_id BIGINT NOT NULL REFERENCES evidence (id),
  seq BIGINT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  office TEXT NOT NULL,
  act TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  prev_hash TEXT NOT NULL,
  hash TEXT NOT NULL,
  UNIQUE (evidence_id, seq)
);

CREATE TABLE evidence_links (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  evidence_id BIGINT NOT NULL REFERENCES evidence (id),
  kind TEXT NOT NULL CHECK (kind IN ('fact','page')),
  batch_ref TEXT NOT NULL DEFAULT '',
  fact_hash TEXT NOT NULL DEFAULT '',
  url TEXT NOT NULL DEFAULT '',
  excerpt TEXT NOT NULL DEFAULT '',
  excerpt_sha256 TEXT NOT NULL DEFAULT '',
  added_by BIGINT NOT NULL REFERENCES users (id),
  added_at INTEGER NOT NULL
);
CREATE INDEX evidence_links_by_evidence ON evidence_links (evidence_id, id);

-- What a referral handed to the police stays in their sight.
CREATE TABLE evidence_shares (
  evidence_id BIGINT NOT NULL REFERENCES evidence (id),
  referral_id BIGINT NOT NULL REFERENCES referrals (id),
  since INTEGER NOT NULL,
  PRIMARY KEY (evidence_id, referral_id)
);
CREATE INDEX evidence_shares_by_referral ON evidence_shares (referral_id);

-- The signing keys of offices; the private halves are sealed.
CREATE TABLE signing_keys (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  authority_id BIGINT NOT NULL REFERENCES authorities (id),
  number BIGINT NOT NULL,
  key_id TEXT NOT NULL UNIQUE,
  ed25519 TEXT NOT NULL,
  sm2 TEXT NOT NULL,
  sealed BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  retired_at INTEGER,
  UNIQUE (authority_id, number)
);

ALTER TABLE documents ADD COLUMN sm3 TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN signing_key TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN sig_ed25519 TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN sig_sm2 TEXT NOT NULL DEFAULT '';

-- Dossiers are made in the background; the archive lies beside the evidence.
CREATE TABLE dossiers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ref TEXT NOT NULL UNIQUE,
  case_id BIGINT NOT NULL REFERENCES cases (id),
  referral_id BIGINT REFERENCES referrals (id),
  authority_id BIGINT NOT NULL REFERENCES authorities (id),
  state TEXT NOT NULL CHECK (state IN ('queued','running','done','failed')),
  total BIGINT NOT NULL DEFAULT 0,
  done BIGINT NOT NULL DEFAULT 0,
  tries BIGINT NOT NULL DEFAULT 0,
  error_key TEXT NOT NULL DEFAULT '',
  size BIGINT NOT NULL DEFAULT 0,
  sha256 TEXT NOT NULL DEFAULT '',
  sm3 TEXT NOT NULL DEFAULT '',
  asked_by TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER
);
CREATE INDEX dossiers_by_case ON dossiers (case_id, id);
CREATE INDEX dossiers_by_referral ON dossiers (referral_id, id);
CREATE INDEX dossiers_waiting ON dossiers (id) WHERE state IN ('queued','running');

-- What was measured against the filing lines, version by version.
CREATE TABLE threshold_notes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id BIGINT NOT NULL REFERENCES cases (id),
  version BIGINT NOT NULL,
  offence TEXT NOT NULL,
  payload TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  saved_by BIGINT NOT NULL REFERENCES users (id),
  saved_at INTEGER NOT NULL,
  UNIQUE (case_id, version)
);

-- Papers of a case that need no referral: drafted by an officer, issued by another.
CREATE TABLE case_papers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ref TEXT NOT NULL UNIQUE,
  case_id BIGINT NOT NULL REFERENCES cases (id),
  kind TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft','issued','dropped')),
  fields TEXT NOT NULL,
  number TEXT NOT NULL DEFAULT '',
  sha256 TEXT NOT NULL DEFAULT '',
  sm3 TEXT NOT NULL DEFAULT '',
  signing_key TEXT NOT NULL DEFAULT '',
  sig_ed25519 TEXT NOT NULL DEFAULT '',
  sig_sm2 TEXT NOT NULL DEFAULT '',
  pages BIGINT NOT NULL DEFAULT 0,
  source TEXT NOT NULL DEFAULT '',
  content BLOB,
  drafted_by BIGINT NOT NULL REFERENCES users (id),
  drafted_at INTEGER NOT NULL,
  issued_by BIGINT REFERENCES users (id),
  issued_at INTEGER,
  version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX case_papers_by_case ON case_papers (case_id, id);
