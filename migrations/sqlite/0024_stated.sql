-- +goose Up
-- A fact whose identity is its subject (what one source says of a company, a person, an institution, an account) is found by its subject:
-- the index by identity is for facts of which a subject may have any number. The condition stands in the questions as it stands here.
DROP INDEX facts_by_ident;
CREATE INDEX facts_by_ident ON facts (ident, id) WHERE tbl NOT IN ('accounts', 'companies', 'institutions', 'persons');

-- What companies state that others may state too, by the number made of its text: kind 1 telephones, 2 addresses, 3 sites. A large load
-- leaves its facts to whoever looks at companies next: they wait in pending_facts, from the first to the last, and are put in sorted.
DROP INDEX facts_by_phone;
DROP INDEX facts_by_address;
DROP INDEX facts_by_website;
CREATE TABLE stated (
  kind BIGINT NOT NULL CHECK (kind IN (1, 2, 3)),
  mark BIGINT NOT NULL,
  fact_id BIGINT NOT NULL,
  PRIMARY KEY (kind, mark, fact_id)
) WITHOUT ROWID;
CREATE TABLE pending_facts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tbl TEXT NOT NULL CHECK (tbl IN ('companies','signals')),
  batch_id BIGINT REFERENCES batches (id),
  day BIGINT NOT NULL,
  first_fact BIGINT NOT NULL,
  last_fact BIGINT NOT NULL CHECK (last_fact >= first_fact)
);
INSERT INTO pending_facts (tbl, day, first_fact, last_fact) SELECT 'companies', 0, MIN(id), MAX(id) FROM facts HAVING COUNT(*) > 0;

-- How new what a load brought is, so that the newest fact is found without looking at all of them.
ALTER TABLE source_loads ADD COLUMN observed_to INTEGER;
UPDATE source_loads SET observed_to = (SELECT MAX(observed_at) FROM facts) WHERE id = (SELECT MAX(id) FROM source_loads);
