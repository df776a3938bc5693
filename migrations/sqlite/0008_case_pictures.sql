-- +goose Up
-- A picture of relations or money that was put into a case: the question, as of when it was answered, and the digest of the answer.
CREATE TABLE case_pictures (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id BIGINT NOT NULL REFERENCES cases (id),
  number BIGINT NOT NULL,
  page TEXT NOT NULL CHECK (page IN ('graph','money')),
  query TEXT NOT NULL,
  as_of INTEGER NOT NULL,
  digest TEXT NOT NULL CHECK (length(digest) = 64),
  note TEXT NOT NULL,
  saved_by BIGINT NOT NULL REFERENCES users (id),
  saved_at INTEGER NOT NULL,
  UNIQUE (case_id, number)
);
