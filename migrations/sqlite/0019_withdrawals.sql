-- +goose Up
-- Transfers that were withdrawn leave the ledger for here: the ledger holds what stands, a look back at a moment before finds both.
CREATE TABLE withdrawn_transfers (
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  key TEXT NOT NULL,
  from_id BIGINT NOT NULL REFERENCES subjects (id),
  to_id BIGINT NOT NULL REFERENCES subjects (id),
  amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
  currency TEXT NOT NULL,
  at INTEGER NOT NULL,
  observed_at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  batch_id BIGINT NOT NULL,
  line BIGINT NOT NULL,
  channel TEXT NOT NULL,
  device TEXT NOT NULL,
  ip TEXT NOT NULL,
  memo TEXT NOT NULL,
  hash BLOB NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  withdrawn_at INTEGER NOT NULL
);
CREATE INDEX withdrawn_transfers_by_key ON withdrawn_transfers (source, key);
CREATE INDEX withdrawn_transfers_by_time ON withdrawn_transfers (withdrawn_at);

-- A scheme some of whose transfers were withdrawn counts nowhere until a search finds it again without them.
CREATE TABLE scheme_doubts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  scheme_id BIGINT NOT NULL REFERENCES schemes (id),
  transfers BIGINT NOT NULL,
  doubted_at INTEGER NOT NULL,
  cleared_at INTEGER
);
CREATE INDEX scheme_doubts_by_scheme ON scheme_doubts (scheme_id);

-- Between which keys the transfers and facts of a load lie, so that a withdrawal need not search all of them; loads of before may lie anywhere.
ALTER TABLE batches ADD COLUMN first_transfer BIGINT NOT NULL DEFAULT 0;
ALTER TABLE batches ADD COLUMN last_transfer BIGINT NOT NULL DEFAULT 9223372036854775807;
ALTER TABLE batches ADD COLUMN first_fact BIGINT NOT NULL DEFAULT 0;
ALTER TABLE batches ADD COLUMN last_fact BIGINT NOT NULL DEFAULT 9223372036854775807;
ALTER TABLE batches ADD COLUMN withdrawn_at INTEGER;
ALTER TABLE batches ADD COLUMN withdrawn_by TEXT NOT NULL DEFAULT '';
ALTER TABLE batches ADD COLUMN withdrawn_reason TEXT NOT NULL DEFAULT '';

-- Companies and persons have no owner: an index that leaves them out costs their loads nothing.
DROP INDEX subjects_by_owner;
CREATE INDEX subjects_by_owner ON subjects (owner_id) WHERE owner_id IS NOT NULL;
