-- +goose Up
-- Where a person's notices are mailed to, and since when he wants them; without a moment none are.
ALTER TABLE users ADD COLUMN email TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN mail_since INTEGER;
ALTER TABLE notices ADD COLUMN mail_tries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE notices ADD COLUMN mail_tried_at INTEGER;

-- Why and by whom somebody left a team: 'recused' never comes back on the case, 'reassigned' may.
ALTER TABLE case_officers ADD COLUMN left_as TEXT NOT NULL DEFAULT '';
ALTER TABLE case_officers ADD COLUMN left_by BIGINT REFERENCES users (id);

CREATE TABLE case_notes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id BIGINT NOT NULL REFERENCES cases (id),
  text TEXT NOT NULL,
  written_by BIGINT NOT NULL REFERENCES users (id),
  written_at INTEGER NOT NULL,
  changed_by BIGINT NOT NULL REFERENCES users (id),
  changed_at INTEGER NOT NULL,
  version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX case_notes_by_case ON case_notes (case_id, id DESC);

CREATE TABLE case_note_versions (
  note_id BIGINT NOT NULL REFERENCES case_notes (id),
  version BIGINT NOT NULL,
  text TEXT NOT NULL,
  written_by BIGINT NOT NULL REFERENCES users (id),
  written_at INTEGER NOT NULL,
  PRIMARY KEY (note_id, version)
);

CREATE TABLE case_tasks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id BIGINT NOT NULL REFERENCES cases (id),
  title TEXT NOT NULL,
  assignee_id BIGINT NOT NULL REFERENCES users (id),
  due_on TEXT,
  made_by BIGINT NOT NULL REFERENCES users (id),
  made_at INTEGER NOT NULL,
  done_by BIGINT REFERENCES users (id),
  done_at INTEGER,
  version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX case_tasks_by_case ON case_tasks (case_id, id);
CREATE INDEX case_tasks_by_assignee ON case_tasks (assignee_id, due_on) WHERE done_at IS NULL;

CREATE TABLE case_watchers (
  case_id BIGINT NOT NULL REFERENCES cases (id),
  user_id BIGINT NOT NULL REFERENCES users (id),
  since INTEGER NOT NULL,
  PRIMARY KEY (case_id, user_id)
);
