-- +goose Up
-- Which cases are about a subject: asked for whoever reads one outside his places, and for related cases.
CREATE INDEX cases_by_subject ON cases (subject_id);
