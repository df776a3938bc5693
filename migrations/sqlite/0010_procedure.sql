-- +goose Up
-- Where an administrative case stands beside its referral: a word of law/administrative.csv.
ALTER TABLE cases ADD COLUMN stage TEXT NOT NULL DEFAULT 'LEAD';
UPDATE cases SET stage = 'CLOSED' WHERE status = 'closed';

CREATE TABLE measures (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ref TEXT NOT NULL UNIQUE,
  case_id BIGINT NOT NULL REFERENCES cases (id),
  kind TEXT NOT NULL,
  object TEXT NOT NULL,
  grounds TEXT NOT NULL,
  state TEXT NOT NULL,
  number TEXT NOT NULL DEFAULT '',
  told TEXT NOT NULL DEFAULT '',
  reply TEXT NOT NULL DEFAULT '',
  asked_by BIGINT NOT NULL REFERENCES users (id),
  asked_at INTEGER NOT NULL,
  approved_by BIGINT REFERENCES users (id),
  changed_at INTEGER NOT NULL,
  version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX measures_by_case ON measures (case_id, id);

CREATE TABLE objections (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ref TEXT NOT NULL UNIQUE,
  channel TEXT NOT NULL CHECK (channel IN ('finding','restriction','sanction','decision')),
  subject_id BIGINT NOT NULL REFERENCES subjects (id),
  alert_id BIGINT REFERENCES alerts (id),
  case_id BIGINT REFERENCES cases (id),
  division_code TEXT NOT NULL, p2 TEXT NOT NULL, c4 TEXT NOT NULL, c6 TEXT NOT NULL,
  party TEXT NOT NULL,
  contact TEXT NOT NULL,
  statement TEXT NOT NULL,
  state TEXT NOT NULL,
  reviewer_id BIGINT REFERENCES users (id),
  result TEXT NOT NULL DEFAULT '',
  competent TEXT NOT NULL DEFAULT '',
  submitted_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX objections_by_place ON objections (p2, c4, c6, id DESC);
CREATE INDEX objections_by_alert ON objections (alert_id);
CREATE INDEX objections_by_case ON objections (case_id);

-- A clock may belong to a measure or an objection; an objection needs no case. A late one holds why.
CREATE TABLE clocks_new (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id BIGINT REFERENCES cases (id),
  referral_id BIGINT REFERENCES referrals (id),
  measure_id BIGINT REFERENCES measures (id),
  objection_id BIGINT REFERENCES objections (id),
  name TEXT NOT NULL,
  basis TEXT NOT NULL,
  side TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  due_at INTEGER,
  working TEXT NOT NULL,
  calendar TEXT NOT NULL,
  ended_at INTEGER,
  ended_by TEXT NOT NULL DEFAULT '',
  set_day TEXT,
  late_reason TEXT NOT NULL DEFAULT '',
  late_by BIGINT REFERENCES users (id),
  late_at INTEGER,
  warned TEXT NOT NULL DEFAULT ''
);
INSERT INTO clocks_new (id, case_id, referral_id, name, basis, side, started_at, due_at, working, calendar, ended_at, ended_by)
  SELECT id, case_id, referral_id, name, basis, side, started_at, due_at, working, calendar, ended_at, ended_by FROM clocks;
DROP TABLE clocks;
ALTER TABLE clocks_new RENAME TO clocks;
CREATE UNIQUE INDEX clocks_one_running ON clocks (referral_id, name) WHERE ended_at IS NULL AND referral_id IS NOT NULL;
CREATE UNIQUE INDEX clocks_one_of_case ON clocks (case_id, name) WHERE ended_at IS NULL AND referral_id IS NULL AND measure_id IS NULL AND objection_id IS NULL;
CREATE UNIQUE INDEX clocks_one_of_measure ON clocks (measure_id, name) WHERE ended_at IS NULL AND measure_id IS NOT NULL;
CREATE UNIQUE INDEX clocks_one_of_objection ON clocks (objection_id, name) WHERE ended_at IS NULL AND objection_id IS NOT NULL;
CREATE INDEX clocks_by_case ON clocks (case_id, id);
CREATE INDEX clocks_by_objection ON clocks (objection_id, id);
CREATE INDEX clocks_by_due ON clocks (due_at) WHERE ended_at IS NULL;

CREATE TABLE clock_changes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  clock_id BIGINT NOT NULL REFERENCES clocks (id),
  kind TEXT NOT NULL CHECK (kind IN ('extend','pause')),
  days BIGINT NOT NULL DEFAULT 0,
  from_on TEXT,
  to_on TEXT,
  reason TEXT NOT NULL,
  made_by BIGINT NOT NULL REFERENCES users (id),
  made_at INTEGER NOT NULL,
  undone_by BIGINT REFERENCES users (id),
  undone_at INTEGER,
  undo_reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX clock_changes_by_clock ON clock_changes (clock_id, id);

-- The State Council's arrangement as an administrator has corrected it: the newest row of a date counts.
CREATE TABLE calendar_days (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  day TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('holiday','workday','ordinary')),
  name_zh TEXT NOT NULL DEFAULT '',
  name_en TEXT NOT NULL DEFAULT '',
  basis TEXT NOT NULL,
  changed_by BIGINT REFERENCES users (id),
  changed_at INTEGER NOT NULL
);
CREATE INDEX calendar_days_by_day ON calendar_days (day, id);

-- What a person is told: once for each reason, read or not.
CREATE TABLE notices (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id BIGINT NOT NULL REFERENCES users (id),
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  object TEXT NOT NULL,
  mark TEXT NOT NULL,
  data TEXT NOT NULL DEFAULT '{}',
  read_at INTEGER,
  mailed_at INTEGER,
  UNIQUE (user_id, object, mark)
);
CREATE INDEX notices_by_user ON notices (user_id, read_at, id DESC);
CREATE INDEX notices_to_mail ON notices (id) WHERE mailed_at IS NULL;
