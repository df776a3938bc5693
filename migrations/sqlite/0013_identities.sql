-- +goose Up
-- Two subjects that may be one, or belong together: why it is thought so, and what a person decided. a_id is the smaller key. A yes has
-- made a fact of relations; taking it back withdraws that fact.
CREATE TABLE identities (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ref TEXT NOT NULL UNIQUE,
  a_id BIGINT NOT NULL REFERENCES subjects (id),
  b_id BIGINT NOT NULL REFERENCES subjects (id),
  verdict TEXT NOT NULL CHECK (verdict IN ('same','alike','branch','sibling','shared','lookalike')),
  relation TEXT NOT NULL,
  score BIGINT NOT NULL CHECK (score BETWEEN 0 AND 100),
  reasons TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open','yes','no','unsure')),
  note TEXT NOT NULL DEFAULT '',
  fact_id BIGINT REFERENCES facts (id),
  decided_by BIGINT REFERENCES users (id),
  decided_at INTEGER,
  proposed_at INTEGER NOT NULL,
  version BIGINT NOT NULL,
  CHECK (a_id < b_id),
  UNIQUE (a_id, b_id)
);
CREATE INDEX identities_by_state ON identities (state, score DESC, id DESC);
CREATE INDEX identities_by_b ON identities (b_id);
