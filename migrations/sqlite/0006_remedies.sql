-- +goose Up
-- Every police unit that was ever addressed keeps its sight of the referral.
CREATE TABLE referral_units (
  referral_id BIGINT NOT NULL REFERENCES referrals (id),
  authority_id BIGINT NOT NULL REFERENCES authorities (id),
  since INTEGER NOT NULL,
  PRIMARY KEY (referral_id, authority_id)
);
CREATE INDEX referral_units_by_authority ON referral_units (authority_id, referral_id);
INSERT INTO referral_units (referral_id, authority_id, since) SELECT id, police_id, delivered_at FROM referrals WHERE delivered_at IS NOT NULL;

ALTER TABLE referrals ADD COLUMN filed_at INTEGER;
ALTER TABLE referrals ADD COLUMN review_line BIGINT NOT NULL DEFAULT 0;
ALTER TABLE referrals ADD COLUMN remedy_used BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE referrals ADD COLUMN explained BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE referrals ADD COLUMN competent TEXT NOT NULL DEFAULT '';

-- A limit that a paper sets without a day has no end of its own.
CREATE TABLE clocks_new (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id BIGINT NOT NULL REFERENCES cases (id),
  referral_id BIGINT REFERENCES referrals (id),
  name TEXT NOT NULL,
  basis TEXT NOT NULL,
  side TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  due_at INTEGER,
  working TEXT NOT NULL,
  calendar TEXT NOT NULL,
  ended_at INTEGER,
  ended_by TEXT NOT NULL DEFAULT ''
);
INSERT INTO clocks_new SELECT id, case_id, referral_id, name, basis, side, started_at, due_at, working, calendar, ended_at, ended_by FROM clocks;
DROP TABLE clocks;
ALTER TABLE clocks_new RENAME TO clocks;
CREATE UNIQUE INDEX clocks_one_running ON clocks (referral_id, name) WHERE ended_at IS NULL AND referral_id IS NOT NULL;
CREATE INDEX clocks_by_case ON clocks (case_id, id);
CREATE INDEX clocks_by_due ON clocks (due_at) WHERE ended_at IS NULL;
