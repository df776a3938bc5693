-- +goose Up
-- What a company states that others may state too, as a number made of the text: an index of numbers costs a load a small part of one
-- that takes the text out of the row each time. 0020 leaves the numbers of the facts before it to the program, see tie_marks.
DROP INDEX facts_by_phone;
DROP INDEX facts_by_address;
DROP INDEX facts_by_website;
ALTER TABLE facts ADD COLUMN phone_mark BIGINT;
ALTER TABLE facts ADD COLUMN address_mark BIGINT;
ALTER TABLE facts ADD COLUMN website_mark BIGINT;
CREATE INDEX facts_by_phone ON facts (phone_mark) WHERE phone_mark IS NOT NULL;
CREATE INDEX facts_by_address ON facts (address_mark) WHERE address_mark IS NOT NULL;
CREATE INDEX facts_by_website ON facts (website_mark) WHERE website_mark IS NOT NULL;

-- The facts that were there before they had marks: those above after_id, up to until_id, still wait for theirs.
CREATE TABLE tie_marks (
  one BIGINT PRIMARY KEY CHECK (one = 1),
  after_id BIGINT NOT NULL,
  until_id BIGINT NOT NULL
);
INSERT INTO tie_marks (one, after_id, until_id) SELECT 1, 0, COALESCE(MAX(id), 0) FROM facts;

-- Lists order companies by their level: those that nobody looked at yet stand behind them, by their number, and are in no index for it.
-- Companies alone are listed.
ALTER TABLE subjects ADD COLUMN listed BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE subjects SET listed = TRUE WHERE kind = 'company' AND (assessed_fact_id > 0 OR level_rank > 0 OR idx > 0 OR newest_fact_id <= assessed_fact_id);
DROP INDEX subjects_by_level;
DROP INDEX subjects_by_p2;
DROP INDEX subjects_by_c4;
DROP INDEX subjects_by_c6;
DROP INDEX subjects_dirty;
CREATE INDEX subjects_by_level ON subjects (level_rank DESC, idx DESC, id DESC) WHERE listed;
CREATE INDEX subjects_by_p2 ON subjects (p2, level_rank DESC, idx DESC, id DESC) WHERE listed;
CREATE INDEX subjects_by_c4 ON subjects (c4, level_rank DESC, idx DESC, id DESC) WHERE listed;
CREATE INDEX subjects_by_c6 ON subjects (c6, level_rank DESC, idx DESC, id DESC) WHERE listed;
CREATE INDEX subjects_dirty ON subjects (id, c6, c4, p2, listed) WHERE kind = 'company' AND newest_fact_id > assessed_fact_id;

-- That the subjects of facts and transfers are there is checked once a statement: a foreign key is checked row by row, locks each subject
-- and writes that down, which took two fifths of a load. What a foreign key promises stays: nothing is stored about a subject that is not
-- there, and no subject goes. The checks look subjects up by key, however many there are.
ALTER TABLE facts DROP CONSTRAINT facts_subject_id_fkey, DROP CONSTRAINT facts_other_id_fkey;
ALTER TABLE transfers DROP CONSTRAINT transfers_from_id_fkey, DROP CONSTRAINT transfers_to_id_fkey;

-- +goose StatementBegin
CREATE FUNCTION facts_have_subjects() RETURNS trigger LANGUAGE plpgsql SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE lost BIGINT;
BEGIN
  SELECT a.id INTO lost FROM (SELECT DISTINCT ON (x.id) x.id FROM (SELECT subject_id AS id FROM added UNION ALL SELECT other_id FROM added WHERE other_id IS NOT NULL) x) a
    WHERE NOT EXISTS (SELECT 1 FROM subjects s WHERE s.id = a.id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'a row of % is about subject %, which is not there', TG_TABLE_NAME, lost USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION transfers_have_subjects() RETURNS trigger LANGUAGE plpgsql SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE lost BIGINT;
BEGIN
  SELECT a.id INTO lost FROM (SELECT DISTINCT ON (x.id) x.id FROM (SELECT from_id AS id FROM added UNION ALL SELECT to_id FROM added) x) a
    WHERE NOT EXISTS (SELECT 1 FROM subjects s WHERE s.id = a.id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'a row of % is about subject %, which is not there', TG_TABLE_NAME, lost USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION subjects_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'subjects keep their keys and are never removed: facts and transfers are about them' USING ERRCODE = 'foreign_key_violation';
END $$;
-- +goose StatementEnd

CREATE TRIGGER facts_added AFTER INSERT ON facts REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION facts_have_subjects();
CREATE TRIGGER facts_changed AFTER UPDATE ON facts REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION facts_have_subjects();
CREATE TRIGGER transfers_added AFTER INSERT ON transfers REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION transfers_have_subjects();
CREATE TRIGGER transfers_changed AFTER UPDATE ON transfers REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION transfers_have_subjects();
CREATE TRIGGER subjects_stay BEFORE DELETE ON subjects FOR EACH ROW EXECUTE FUNCTION subjects_stay();
CREATE TRIGGER subjects_keep BEFORE UPDATE OF id ON subjects FOR EACH ROW WHEN (OLD.id <> NEW.id) EXECUTE FUNCTION subjects_stay();
CREATE TRIGGER subjects_all BEFORE TRUNCATE ON subjects FOR EACH STATEMENT EXECUTE FUNCTION subjects_stay();
