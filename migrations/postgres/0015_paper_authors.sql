-- +goose Up
-- Everybody whose hand is in the draft of a paper: none of them issues it.
CREATE TABLE case_paper_authors (
  paper_id BIGINT NOT NULL REFERENCES case_papers (id),
  user_id BIGINT NOT NULL REFERENCES users (id),
  PRIMARY KEY (paper_id, user_id)
);
INSERT INTO case_paper_authors (paper_id, user_id) SELECT id, drafted_by FROM case_papers;
