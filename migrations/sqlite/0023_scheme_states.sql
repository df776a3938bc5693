-- +goose Up
-- What a scheme was whenever it was found or grew, so that a look back sees what was seen then. Of what grew before this table there is
-- the last state alone.
CREATE TABLE scheme_states (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  scheme_id BIGINT NOT NULL REFERENCES schemes (id),
  typology TEXT NOT NULL,
  score DOUBLE PRECISION NOT NULL,
  families TEXT NOT NULL,
  members BIGINT NOT NULL,
  amount_fen BIGINT NOT NULL,
  last_at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL
);
CREATE INDEX scheme_states_by_scheme ON scheme_states (scheme_id, recorded_at DESC, id DESC);
INSERT INTO scheme_states (scheme_id, typology, score, families, members, amount_fen, last_at, recorded_at)
SELECT id, typology, score, families, members, amount_fen, last_at, found_at FROM schemes;
