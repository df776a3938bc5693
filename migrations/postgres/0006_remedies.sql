-- +goose Up
-- Every police unit that was ever addressed keeps its sight of the referral.
CREATE TABLE referral_units (
  referral_id BIGINT NOT NULL REFERENCES referrals (id),
  authority_id BIGINT NOT NULL REFERENCES authorities (id),
  since TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (referral_id, authority_id)
);
CREATE INDEX referral_units_by_authority ON referral_units (authority_id, referral_id);
INSERT INTO referral_units (referral_id, authority_id, since) SELECT id, police_id, delivered_at FROM referrals WHERE delivered_at IS NOT NULL;

ALTER TABLE referrals ADD COLUMN filed_at TIMESTAMPTZ;
ALTER TABLE referrals ADD COLUMN review_line BIGINT NOT NULL DEFAULT 0;
ALTER TABLE referrals ADD COLUMN remedy_used BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE referrals ADD COLUMN explained BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE referrals ADD COLUMN competent TEXT NOT NULL DEFAULT '';

-- A limit that a paper sets without a day has no end of its own.
ALTER TABLE clocks ALTER COLUMN due_at DROP NOT NULL;
