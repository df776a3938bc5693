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

-- That the subjects of facts and transfers are there is checked when a transaction ends: row by row, each statement of a load has to keep a copy
-- of every page it changes, to be able to fail alone. The text of the table changes, not its rows (sqlite.org/lang_altertable.html, 7).
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'REFERENCES subjects (id),', 'REFERENCES subjects (id) DEFERRABLE INITIALLY DEFERRED,')
  WHERE type = 'table' AND name IN ('facts', 'transfers');
PRAGMA writable_schema = RESET;
