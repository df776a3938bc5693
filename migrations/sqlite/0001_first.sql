-- +goose Up
CREATE TABLE authorities (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  code TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('lead_department','police','procuratorate','line_regulator','administration')),
  name TEXT NOT NULL,
  name_en TEXT NOT NULL,
  short_name TEXT NOT NULL DEFAULT '',
  phone TEXT NOT NULL DEFAULT '',
  address TEXT NOT NULL DEFAULT '',
  division_code TEXT NOT NULL, p2 TEXT NOT NULL, c4 TEXT NOT NULL, c6 TEXT NOT NULL,
  created_at INTEGER NOT NULL
);
CREATE INDEX authorities_by_division ON authorities (kind, division_code);

CREATE TABLE users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 64),
  display_name TEXT NOT NULL,
  display_name_en TEXT NOT NULL,
  authority_id BIGINT NOT NULL REFERENCES authorities (id),
  enforcement_number TEXT NOT NULL DEFAULT '',
  password_hash TEXT NOT NULL,
  totp_secret BLOB,
  totp_last_step BIGINT NOT NULL DEFAULT 0,
  disabled BOOLEAN NOT NULL DEFAULT FALSE,
  locale TEXT NOT NULL DEFAULT 'zh-CN' CHECK (locale IN ('zh-CN','en')),
  theme TEXT NOT NULL DEFAULT 'light' CHECK (theme IN ('light','dark')),
  failed_count BIGINT NOT NULL DEFAULT 0,
  locked_until INTEGER,
  last_login_at INTEGER,
  password_changed_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  version BIGINT NOT NULL DEFAULT 1
);

CREATE TABLE grants (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id BIGINT NOT NULL REFERENCES users (id),
  role TEXT NOT NULL,
  division_code TEXT NOT NULL, p2 TEXT NOT NULL, c4 TEXT NOT NULL, c6 TEXT NOT NULL,
  granted_by TEXT NOT NULL,
  granted_at INTEGER NOT NULL,
  revoked_by TEXT NOT NULL DEFAULT '',
  revoked_at INTEGER
);
CREATE UNIQUE INDEX grants_live ON grants (user_id, role, division_code) WHERE revoked_at IS NULL;

CREATE TABLE appointments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id BIGINT NOT NULL REFERENCES users (id),
  authority_id BIGINT NOT NULL REFERENCES authorities (id),
  kind TEXT NOT NULL CHECK (kind IN ('principal','in_charge')),
  from_on TEXT NOT NULL,
  until_on TEXT,
  document TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  recorded_at INTEGER NOT NULL
);

CREATE TABLE sessions (
  token_hash TEXT PRIMARY KEY,
  data BLOB NOT NULL,
  expires_at INTEGER NOT NULL
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE known_devices (
  token_hash TEXT PRIMARY KEY,
  user_id BIGINT NOT NULL REFERENCES users (id),
  failed_count BIGINT NOT NULL DEFAULT 0,
  locked_until INTEGER,
  last_used_at INTEGER NOT NULL
);

CREATE TABLE api_tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id BIGINT NOT NULL REFERENCES users (id),
  token_hash TEXT NOT NULL UNIQUE,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  revoked_at INTEGER
);

CREATE TABLE idempotency_keys (
  user_id BIGINT NOT NULL REFERENCES users (id),
  idem_key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  status BIGINT NOT NULL,
  body BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, idem_key)
);

CREATE TABLE sources (
  code TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  name_en TEXT NOT NULL,
  family TEXT NOT NULL,
  purpose TEXT NOT NULL DEFAULT 'general' CHECK (purpose IN ('general','anti_fraud_only','str_confidential')),
  registered_at INTEGER NOT NULL
);

CREATE TABLE batches (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ref TEXT NOT NULL UNIQUE,
  source TEXT NOT NULL,
  division_code TEXT NOT NULL, p2 TEXT NOT NULL, c4 TEXT NOT NULL, c6 TEXT NOT NULL,
  digest TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running','done','failed')),
  actor TEXT NOT NULL,
  accepted BIGINT NOT NULL DEFAULT 0,
  unchanged BIGINT NOT NULL DEFAULT 0,
  refused BIGINT NOT NULL DEFAULT 0,
  started_at INTEGER NOT NULL,
  finished_at INTEGER
);
CREATE INDEX batches_by_digest ON batches (digest, status);

CREATE TABLE batch_files (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  batch_id BIGINT NOT NULL REFERENCES batches (id),
  position BIGINT NOT NULL,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  table_name TEXT NOT NULL,
  mapping TEXT NOT NULL DEFAULT '',
  header TEXT NOT NULL DEFAULT '',
  size BIGINT NOT NULL DEFAULT 0,
  line BIGINT NOT NULL DEFAULT 0,
  accepted BIGINT NOT NULL DEFAULT 0,
  unchanged BIGINT NOT NULL DEFAULT 0,
  refused BIGINT NOT NULL DEFAULT 0,
  status TEXT NOT NULL CHECK (status IN ('waiting','running','done','unreadable')),
  error_key TEXT NOT NULL DEFAULT '',
  UNIQUE (batch_id, position)
);

CREATE TABLE refusals (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  file_id BIGINT NOT NULL REFERENCES batch_files (id),
  line BIGINT NOT NULL,
  column_name TEXT NOT NULL,
  value TEXT NOT NULL,
  reason_key TEXT NOT NULL,
  args TEXT NOT NULL,
  raw TEXT NOT NULL
);
CREATE INDEX refusals_by_file ON refusals (file_id, id);

CREATE TABLE subjects (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  ref TEXT,
  name TEXT NOT NULL DEFAULT '',
  name_fold TEXT NOT NULL DEFAULT '',
  owner_id BIGINT,
  division_code TEXT NOT NULL, p2 TEXT NOT NULL, c4 TEXT NOT NULL, c6 TEXT NOT NULL,
  stub BOOLEAN NOT NULL DEFAULT TRUE,
  named_at INTEGER,
  area TEXT NOT NULL DEFAULT '',
  level TEXT NOT NULL DEFAULT 'none',
  level_rank BIGINT NOT NULL DEFAULT 0,
  idx DOUBLE PRECISION NOT NULL DEFAULT 0,
  assessment_id BIGINT,
  assessed_fact_id BIGINT NOT NULL DEFAULT 0,
  newest_fact_id BIGINT NOT NULL DEFAULT 0,
  first_at INTEGER NOT NULL,
  UNIQUE (kind, key)
);
CREATE UNIQUE INDEX subjects_by_ref ON subjects (ref) WHERE ref IS NOT NULL;
CREATE INDEX subjects_by_level ON subjects (kind, level_rank DESC, idx DESC, id DESC);
CREATE INDEX subjects_by_p2 ON subjects (p2, kind, level_rank DESC, idx DESC, id DESC);
CREATE INDEX subjects_by_c4 ON subjects (c4, kind, level_rank DESC, idx DESC, id DESC);
CREATE INDEX subjects_by_c6 ON subjects (c6, kind, level_rank DESC, idx DESC, id DESC);
CREATE INDEX subjects_by_owner ON subjects (owner_id);
CREATE INDEX subjects_dirty ON subjects (id) WHERE newest_fact_id > assessed_fact_id;

CREATE TABLE facts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tbl TEXT NOT NULL,
  ident BLOB NOT NULL,
  source TEXT NOT NULL,
  subject_id BIGINT NOT NULL REFERENCES subjects (id),
  other_id BIGINT REFERENCES subjects (id),
  batch_id BIGINT NOT NULL,
  line BIGINT NOT NULL,
  stated BOOLEAN NOT NULL,
  observed_at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  hash BLOB NOT NULL,
  payload TEXT NOT NULL
);
CREATE INDEX facts_by_ident ON facts (ident, id);
CREATE INDEX facts_by_subject ON facts (subject_id, id);
CREATE INDEX facts_by_other ON facts (other_id, id) WHERE other_id IS NOT NULL;

CREATE TABLE retractions (
  fact_id BIGINT PRIMARY KEY REFERENCES facts (id),
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  recorded_at INTEGER NOT NULL
);

CREATE TABLE transfers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
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
  channel TEXT NOT NULL DEFAULT '',
  device TEXT NOT NULL DEFAULT '',
  ip TEXT NOT NULL DEFAULT '',
  memo TEXT NOT NULL DEFAULT '',
  hash BLOB NOT NULL,
  UNIQUE (source, key)
);
CREATE INDEX transfers_out ON transfers (from_id, at);
CREATE INDEX transfers_in ON transfers (to_id, at);

CREATE TABLE scans (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ref TEXT NOT NULL UNIQUE,
  status TEXT NOT NULL CHECK (status IN ('running','done','failed')),
  scope_all BOOLEAN NOT NULL,
  as_of INTEGER NOT NULL,
  valid_at INTEGER,
  recorded_until INTEGER NOT NULL,
  rule_version TEXT NOT NULL,
  actor TEXT NOT NULL,
  cursor_id BIGINT NOT NULL DEFAULT 0,
  subjects BIGINT NOT NULL DEFAULT 0,
  changed BIGINT NOT NULL DEFAULT 0,
  raised BIGINT NOT NULL DEFAULT 0,
  updated BIGINT NOT NULL DEFAULT 0,
  unchanged BIGINT NOT NULL DEFAULT 0,
  closed BIGINT NOT NULL DEFAULT 0,
  tallies TEXT NOT NULL DEFAULT '{}',
  started_at INTEGER NOT NULL,
  finished_at INTEGER
);

CREATE TABLE assessments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  subject_id BIGINT NOT NULL REFERENCES subjects (id),
  scan_id BIGINT NOT NULL REFERENCES scans (id),
  as_of INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  idx DOUBLE PRECISION NOT NULL,
  level TEXT NOT NULL,
  area TEXT NOT NULL,
  rule_version TEXT NOT NULL,
  payload TEXT NOT NULL
);
CREATE INDEX assessments_by_subject ON assessments (subject_id, id);

CREATE TABLE cases (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ref TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open','referred','closed')),
  seal TEXT NOT NULL DEFAULT 'NORMAL' CHECK (seal IN ('NORMAL','SENSITIVE','POLICE_HOLD')),
  authority_id BIGINT NOT NULL REFERENCES authorities (id),
  division_code TEXT NOT NULL, p2 TEXT NOT NULL, c4 TEXT NOT NULL, c6 TEXT NOT NULL,
  subject_id BIGINT NOT NULL REFERENCES subjects (id),
  area TEXT NOT NULL,
  level TEXT NOT NULL,
  level_rank BIGINT NOT NULL,
  deadline_on TEXT,
  opened_by BIGINT NOT NULL REFERENCES users (id),
  opened_at INTEGER NOT NULL,
  closed_at INTEGER,
  version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX cases_by_place ON cases (p2, c4, c6, id DESC);

CREATE TABLE alerts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ref TEXT NOT NULL UNIQUE,
  subject_id BIGINT NOT NULL REFERENCES subjects (id),
  area TEXT NOT NULL,
  level TEXT NOT NULL,
  level_rank BIGINT NOT NULL,
  idx DOUBLE PRECISION NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('new','accepted','proposed','snoozed','in_case','dismissed','closed')),
  open BOOLEAN NOT NULL,
  division_code TEXT NOT NULL, p2 TEXT NOT NULL, c4 TEXT NOT NULL, c6 TEXT NOT NULL,
  assessment_id BIGINT NOT NULL REFERENCES assessments (id),
  previous_assessment_id BIGINT REFERENCES assessments (id),
  reasons TEXT NOT NULL,
  history TEXT NOT NULL DEFAULT '[]',
  single_source BOOLEAN NOT NULL DEFAULT FALSE,
  trigger_code TEXT NOT NULL DEFAULT '',
  amount_fen BIGINT,
  people BIGINT,
  owner_id BIGINT REFERENCES users (id),
  case_id BIGINT REFERENCES cases (id),
  raised_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  due_at INTEGER,
  snoozed_until INTEGER,
  reason TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  families TEXT NOT NULL DEFAULT '[]',
  rule_version TEXT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX alerts_one_open ON alerts (subject_id, area) WHERE open;
CREATE INDEX alerts_queue ON alerts (open, level_rank DESC, raised_at DESC, id DESC);
CREATE INDEX alerts_queue_p2 ON alerts (p2, open, level_rank DESC, raised_at DESC, id DESC);
CREATE INDEX alerts_queue_c4 ON alerts (c4, open, level_rank DESC, raised_at DESC, id DESC);
CREATE INDEX alerts_queue_c6 ON alerts (c6, open, level_rank DESC, raised_at DESC, id DESC);
CREATE INDEX alerts_by_subject ON alerts (subject_id, id DESC);
CREATE INDEX alerts_by_case ON alerts (case_id);

CREATE TABLE case_officers (
  case_id BIGINT NOT NULL REFERENCES cases (id),
  user_id BIGINT NOT NULL REFERENCES users (id),
  enforcement_number TEXT NOT NULL,
  assigned_at INTEGER NOT NULL,
  recused_at INTEGER,
  recusal_reason TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (case_id, user_id)
);
CREATE INDEX case_officers_by_user ON case_officers (user_id);

CREATE TABLE referrals (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ref TEXT NOT NULL UNIQUE,
  case_id BIGINT NOT NULL UNIQUE REFERENCES cases (id),
  state TEXT NOT NULL,
  authority_id BIGINT NOT NULL REFERENCES authorities (id),
  police_id BIGINT NOT NULL REFERENCES authorities (id),
  procuratorate_id BIGINT REFERENCES authorities (id),
  division_code TEXT NOT NULL, p2 TEXT NOT NULL, c4 TEXT NOT NULL, c6 TEXT NOT NULL,
  facts TEXT NOT NULL DEFAULT '',
  offence TEXT NOT NULL DEFAULT '',
  amount_fen BIGINT,
  people BIGINT,
  loss_fen BIGINT,
  evidence TEXT NOT NULL DEFAULT '',
  proposal TEXT NOT NULL DEFAULT '',
  item_list TEXT NOT NULL DEFAULT '',
  expert_report TEXT NOT NULL DEFAULT '',
  author_id BIGINT REFERENCES users (id),
  approver_id BIGINT REFERENCES users (id),
  missing TEXT NOT NULL DEFAULT '',
  outcome_reason TEXT NOT NULL DEFAULT '',
  outcome_approver TEXT NOT NULL DEFAULT '',
  outcome_number TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  delivered_at INTEGER,
  refused_at INTEGER,
  version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX referrals_by_place ON referrals (p2, c4, c6, id DESC);
CREATE INDEX referrals_by_police ON referrals (police_id, delivered_at);

CREATE TABLE referral_officers (
  referral_id BIGINT NOT NULL REFERENCES referrals (id),
  user_id BIGINT NOT NULL REFERENCES users (id),
  enforcement_number TEXT NOT NULL,
  PRIMARY KEY (referral_id, user_id)
);

CREATE TABLE clocks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id BIGINT NOT NULL REFERENCES cases (id),
  referral_id BIGINT REFERENCES referrals (id),
  name TEXT NOT NULL,
  basis TEXT NOT NULL,
  side TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  working TEXT NOT NULL,
  calendar TEXT NOT NULL,
  ended_at INTEGER,
  ended_by TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX clocks_one_running ON clocks (referral_id, name) WHERE ended_at IS NULL AND referral_id IS NOT NULL;
CREATE INDEX clocks_by_case ON clocks (case_id, id);
CREATE INDEX clocks_by_due ON clocks (due_at) WHERE ended_at IS NULL;

CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  object_kind TEXT NOT NULL,
  object_id BIGINT NOT NULL,
  at INTEGER NOT NULL,
  actor_id BIGINT,
  actor_name TEXT NOT NULL,
  event TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  data TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX events_by_object ON events (object_kind, object_id, id);

CREATE TABLE documents (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  referral_id BIGINT NOT NULL REFERENCES referrals (id),
  kind TEXT NOT NULL,
  revision BIGINT NOT NULL,
  number TEXT NOT NULL DEFAULT '',
  sha256 TEXT NOT NULL,
  pages BIGINT NOT NULL,
  source TEXT NOT NULL,
  content BLOB NOT NULL,
  created_by BIGINT NOT NULL REFERENCES users (id),
  created_at INTEGER NOT NULL,
  UNIQUE (referral_id, kind, revision)
);

CREATE TABLE number_sequences (
  kind TEXT NOT NULL,
  place TEXT NOT NULL,
  year BIGINT NOT NULL,
  last BIGINT NOT NULL,
  PRIMARY KEY (kind, place, year)
);

CREATE TABLE audit_entries (
  seq BIGINT PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  division_code TEXT NOT NULL,
  outcome TEXT NOT NULL,
  request_id TEXT NOT NULL,
  ip TEXT NOT NULL,
  detail TEXT NOT NULL,
  prev_hash TEXT NOT NULL,
  hash TEXT NOT NULL
);
CREATE INDEX audit_by_actor ON audit_entries (actor, seq);
CREATE INDEX audit_by_object ON audit_entries (object, seq);

CREATE TABLE audit_head (
  one BIGINT PRIMARY KEY CHECK (one = 1),
  seq BIGINT NOT NULL,
  hash TEXT NOT NULL
);
INSERT INTO audit_head (one, seq, hash) VALUES (1, 0, '');

