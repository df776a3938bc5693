-- +goose Up
-- Persons, accounts and products are never assessed: an index of what waits for a scan must not hold them.
DROP INDEX subjects_dirty;
CREATE INDEX subjects_dirty ON subjects (id) WHERE kind = 'company' AND newest_fact_id > assessed_fact_id;

-- Who shares a telephone, an address or a site with whom, as of any moment.
CREATE INDEX facts_by_phone ON facts (substr(json_extract(payload, '$.phone'), 1, 200)) WHERE tbl = 'companies';
CREATE INDEX facts_by_address ON facts (substr(json_extract(payload, '$.address'), 1, 200)) WHERE tbl = 'companies';
CREATE INDEX facts_by_website ON facts (substr(json_extract(payload, '$.website'), 1, 200)) WHERE tbl = 'companies';

-- The level of an evaluation without what ties to others add: only this reaches further companies, so that nothing goes round.
ALTER TABLE assessments ADD COLUMN own_rank BIGINT NOT NULL DEFAULT 0;
UPDATE assessments SET own_rank = CASE level WHEN 'red' THEN 4 WHEN 'orange' THEN 3 WHEN 'yellow' THEN 2 WHEN 'blue' THEN 1 ELSE 0 END;

-- What a company brought to those tied to it when it was last assessed: whom it is tied to and by what. When it changes, they are looked at again.
ALTER TABLE subjects ADD COLUMN reach TEXT NOT NULL DEFAULT '';

-- What is common among peers, counted by whole scans: growth of participants by area, size and month, and each indicator by area.
CREATE TABLE peer_growth (
  scan_id BIGINT NOT NULL REFERENCES scans (id),
  recorded_at INTEGER NOT NULL,
  as_of INTEGER NOT NULL,
  area TEXT NOT NULL,
  size BIGINT NOT NULL,
  month BIGINT NOT NULL,
  products BIGINT NOT NULL,
  mean DOUBLE PRECISION NOT NULL,
  sd DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (scan_id, area, size, month)
);
CREATE INDEX peer_growth_by_time ON peer_growth (recorded_at);
CREATE TABLE base_rates (
  scan_id BIGINT NOT NULL REFERENCES scans (id),
  recorded_at INTEGER NOT NULL,
  area TEXT NOT NULL,
  indicator TEXT NOT NULL,
  companies BIGINT NOT NULL,
  showing BIGINT NOT NULL,
  confirmed BIGINT NOT NULL,
  unfounded BIGINT NOT NULL,
  PRIMARY KEY (scan_id, area, indicator)
);


-- A training of the learned model that somebody ordered.
CREATE TABLE trainings (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ref TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('running','done','failed')),
  stage TEXT NOT NULL,
  done BIGINT NOT NULL DEFAULT 0,
  total BIGINT NOT NULL DEFAULT 0,
  problem TEXT NOT NULL DEFAULT '',
  model TEXT NOT NULL DEFAULT '',
  started_by_id BIGINT REFERENCES users (id),
  started_by TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER
);
