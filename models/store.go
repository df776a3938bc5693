package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"time"

	"gorm.io/driver/postgres"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"
	sqlitedriver "modernc.org/sqlite"
	"xiezhi/law"
	"xiezhi/turn"
)

// Store is the one door to the database: SQLite with a single writer and several readers, or PostgreSQL.
type Store struct {
	w, r    *gorm.DB
	dialect string
	now     func() time.Time
	target  string

	arrivals arrivals
	readers  turn.Readers

	sealer Sealer
	policy Policy
}

// minimal SQLite version: older ones may corrupt the write-ahead log when it is reset.
const minSQLite = "3.51.3"

// Open connects to a store: url is a file path for SQLite or postgres://... for PostgreSQL; now is the portal's clock. It does
// not migrate; see [Store.Migrate].
func Open(ctx context.Context, target string, now func() time.Time) (*Store, error) {
	s := &Store{now: now, target: target}
	var err error
	if isPostgres(target) {
		err = s.openPostgres(target)
	} else {
		err = s.openSQLite(target)
	}
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	if err := s.Ping(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open store: %w", err), s.Close())
	}
	return s, nil
}

func gormConfig() *gorm.Config {
	return &gorm.Config{
		Logger:                 logger.Discard,
		TranslateError:         true,
		SkipDefaultTransaction: true,
		NowFunc:                func() time.Time { return time.Now().UTC() },
	}
}

func (s *Store) openPostgres(target string) error {
	db, err := gorm.Open(postgres.Open(target), gormConfig())
	if err != nil {
		return fmt.Errorf("connect to postgresql: %w", err)
	}
	pool, err := db.DB()
	if err != nil {
		return err
	}
	pool.SetMaxOpenConns(16)
	pool.SetMaxIdleConns(8)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	s.w, s.r, s.dialect = db, db, "postgres"
	return nil
}

func (s *Store) openSQLite(path string) error {
	open := func(conns int, more ...string) (*gorm.DB, error) {
		pragmas := append([]string{"busy_timeout(15000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
			"cache_size(-32000)", "temp_store(2)", "wal_autocheckpoint(4000)"}, more...)
		q := url.Values{"_pragma": pragmas, "_txlock": {"immediate"}}
		base, err := sqlitedriver.NewConnector("file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode())
		if err != nil {
			return nil, fmt.Errorf("open sqlite %s: %w", path, err)
		}
		pool := sql.OpenDB(keeper{base})
		db, err := gorm.Open(modernc{sqlite.New(sqlite.Config{DriverName: "sqlite", Conn: pool}).(*sqlite.Dialector)}, gormConfig())
		if err != nil {
			return nil, errors.Join(fmt.Errorf("open sqlite %s: %w", path, err), pool.Close())
		}
		pool.SetMaxOpenConns(conns)
		pool.SetMaxIdleConns(conns)
		return db, nil
	}
	var err error
	if s.w, err = open(1); err != nil {
		return err
	}
	if s.r, err = open(max(4, runtime.NumCPU()), "query_only(1)"); err != nil {
		return err
	}
	s.dialect = "sqlite"
	var version string
	if err := s.r.Raw("SELECT sqlite_version()").Scan(&version).Error; err != nil {
		return fmt.Errorf("ask sqlite version: %w", err)
	}
	if olderVersion(version, minSQLite) {
		return fmt.Errorf("sqlite %s is older than %s, whose write-ahead log is safe", version, minSQLite)
	}
	return nil
}

func olderVersion(have, want string) bool {
	var a, b [3]int
	_, errA := fmt.Sscanf(have, "%d.%d.%d", &a[0], &a[1], &a[2])
	_, errB := fmt.Sscanf(want, "%d.%d.%d", &b[0], &b[1], &b[2])
	if errA != nil || errB != nil {
		return true
	}
	for i := range a {
		if a[i] != b[i] {
			return a[i] < b[i]
		}
	}
	return false
}

// Readers counts those who wait for an answer of this process: long work on the store gives way to them.
func (s *Store) Readers() *turn.Readers { return &s.readers }

// Close lets go of the database.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*gorm.DB{s.w, s.r} {
		if db == nil {
			continue
		}
		pool, err := db.DB()
		if err == nil {
			err = pool.Close()
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Ping asks the database a question.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	if err := s.r.WithContext(ctx).Raw("SELECT 1").Scan(&one).Error; err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	return nil
}

// Dialect gives "sqlite" or "postgres".
func (s *Store) Dialect() string { return s.dialect }

// Now gives the portal's time.
func (s *Store) Now() Instant { return At(s.now()) }

// read gives a handle for questions.
func (s *Store) read(ctx context.Context) *gorm.DB { return s.r.WithContext(ctx) }

// change is one verb: everything in it happens together, with its audit entries, or not at all. A verb that recorded no
// audit entry is refused: an act that cannot be audited does not happen.
func (s *Store) change(ctx context.Context, actor Actor, verb func(tx *tx) error) error {
	return s.changeBy(func(f func(db *gorm.DB) error) error { return s.transact(ctx, f) }, actor, verb)
}

// changeBy is change in a transaction that transact makes.
func (s *Store) changeBy(transact func(f func(db *gorm.DB) error) error, actor Actor, verb func(tx *tx) error) error {
	var t *tx
	err := transact(func(db *gorm.DB) error {
		t = &tx{db: db, store: s, actor: actor, now: s.Now()}
		if err := t.claim(); err != nil {
			return err
		}
		if err := verb(t); err != nil {
			return err
		}
		if err := t.announce(); err != nil {
			return err
		}
		return t.flushAudit()
	})
	if err == nil && t.arrived {
		s.arrivals.ring()
	}
	return err
}

// transact runs f in one transaction and asks again when PostgreSQL chose it as the victim of a deadlock.
func (s *Store) transact(ctx context.Context, f func(db *gorm.DB) error) error {
	var err error
	for range 4 {
		err = s.w.WithContext(ctx).Transaction(f)
		if !isDeadlock(err) {
			return err
		}
	}
	return err
}

func isDeadlock(err error) bool {
	var pg interface{ SQLState() string }
	return errors.As(err, &pg) && (pg.SQLState() == "40P01" || pg.SQLState() == "40001")
}

// tx is a store inside a transaction, on behalf of an actor, at one moment.
type tx struct {
	db      *gorm.DB
	conn    *sql.Conn  // of a verb that loads in bulk, see [Store.changeBulk]
	work    *turn.Work // of the same
	store   *Store
	actor   Actor
	now     Instant
	entries []AuditEntry
	days    *law.Calendar // as it is now, read once
	looks   bool
	arrived bool // there is something that scans have to look at
}

// look is a tx that only reads, for questions that verbs ask too.
func (s *Store) look(ctx context.Context, actor Actor) *tx {
	return &tx{db: s.read(ctx), store: s, actor: actor, now: s.Now(), looks: true}
}

// forUpdate locks the rows read until the end of the transaction; SQLite has one writer and needs no lock.
func (t *tx) forUpdate() *gorm.DB {
	if t.store.dialect == "postgres" && !t.looks {
		return t.db.Clauses(clause.Locking{Strength: "UPDATE"})
	}
	return t.db
}

// modernc is gorm's SQLite dialect over the driver without cgo, whose error codes gorm does not know.
type modernc struct{ *sqlite.Dialector }

// Translate maps the driver's unique and foreign key failures to gorm's.
func (modernc) Translate(err error) error {
	var e *sqlitedriver.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() {
	case 2067, 1555:
		return gorm.ErrDuplicatedKey
	case 787:
		return gorm.ErrForeignKeyViolated
	default:
		return err
	}
}
