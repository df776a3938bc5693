// Package modelstest runs store tests on both databases and builds worlds for them. It is for tests only.
package modelstest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver under the template database
	"xiezhi/models"
)

// Each runs f on a new SQLite file and on a new PostgreSQL database, both migrated, with the wall clock.
func Each(t *testing.T, f func(t *testing.T, s *models.Store)) {
	t.Helper()
	EachAt(t, time.Now, f)
}

// EachAt is Each with a clock of the test's own.
func EachAt(t *testing.T, now func() time.Time, f func(t *testing.T, s *models.Store)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, Open(t, filepath.Join(t.TempDir(), "test.db"), now)) })
	t.Run("postgres", func(t *testing.T) { f(t, Open(t, Postgres(t), now)) })
}

// Open opens and migrates a store and closes it when the test ends.
func Open(t testing.TB, target string, now func() time.Time) *models.Store {
	t.Helper()
	s, err := models.Open(t.Context(), target, now)
	if err != nil {
		t.Fatal(err)
	}
	s.SealWith(Unsealed{})
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// Targets gives the address of a new, empty database of each kind, by dialect.
func Targets(t testing.TB) map[string]string {
	t.Helper()
	return map[string]string{"sqlite": filepath.Join(t.TempDir(), "test.db"), "postgres": Postgres(t)}
}

// Bare is Targets without any schema.
func Bare(t testing.TB) map[string]string {
	t.Helper()
	need(t)
	return map[string]string{"sqlite": filepath.Join(t.TempDir(), "test.db"), "postgres": database(t, "template1")}
}

var (
	server   = sync.OnceValues(startServer)
	template = sync.OnceValue(makeTemplate)
	counter  atomic.Int64
	running  atomic.Pointer[exec.Cmd] // keeps the server's standard input open for as long as this process lives
)

// Postgres gives the address of a new migrated database on the test server. Where PostgreSQL 15 is missing the test is skipped,
// or fails when XIEZHI_TEST_REQUIRE_ALL is set, as make test does.
func Postgres(t testing.TB) string {
	t.Helper()
	need(t)
	if err := template(); err != nil {
		t.Fatal(err)
	}
	return database(t, templateName())
}

// need asks for the test server.
func need(t testing.TB) {
	t.Helper()
	_, err := server()
	if err == nil {
		return
	}
	if os.Getenv("XIEZHI_TEST_REQUIRE_ALL") != "" {
		t.Fatal(err)
	}
	t.Skipf("PostgreSQL 15 is needed for this half of the test: %v", err)
}

// database makes a copy of a database on the test server and drops it when the test ends.
func database(t testing.TB, source string) string {
	t.Helper()
	base, err := server()
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("t%d_%d", os.Getpid(), counter.Add(1))
	if err := admin(base, "CREATE DATABASE "+name+" TEMPLATE "+source); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := admin(base, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			t.Log(err)
		}
	})
	return address(base, name)
}

func templateName() string { return fmt.Sprintf("template_%d", os.Getpid()) }

func address(base, name string) string { return strings.Replace(base, "/postgres?", "/"+name+"?", 1) }

func makeTemplate() error {
	base, err := server()
	if err != nil {
		return err
	}
	if err := admin(base, "CREATE DATABASE "+templateName()); err != nil {
		return err
	}
	ctx := context.Background()
	s, err := models.Open(ctx, address(base, templateName()), time.Now)
	if err != nil {
		return err
	}
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	return s.Close()
}

func admin(base, statement string) error {
	db, err := sql.Open("pgx", base)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}

// startServer starts a PostgreSQL 15 of this process on a unix socket in a temporary folder, or takes the one that
// XIEZHI_TEST_POSTGRES names. It ends with the process: a watcher stops it when the parent's pipe closes.
func startServer() (string, error) {
	if given := os.Getenv("XIEZHI_TEST_POSTGRES"); given != "" {
		return given, nil
	}
	bin := "/usr/lib/postgresql/15/bin"
	if _, err := os.Stat(filepath.Join(bin, "postgres")); err != nil {
		return "", fmt.Errorf("no PostgreSQL 15 in %s (apt-get install postgresql-15)", bin)
	}
	dir, err := os.MkdirTemp("", "xzpg")
	if err != nil {
		return "", err
	}
	run := func(line string) *exec.Cmd {
		cmd := exec.Command("sh", "-c", line)
		cmd.Dir = dir
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: asPostgres(dir)}
		return cmd
	}
	init := run(bin + "/initdb -D " + dir + "/data -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync")
	if out, err := init.CombinedOutput(); err != nil {
		return "", fmt.Errorf("initdb: %w: %s", err, out)
	}
	// The shell waits for its standard input to close, which happens when the test process ends in whatever way.
	line := bin + "/postgres -D " + dir + "/data -k " + dir + " -c listen_addresses='' -c fsync=off -c synchronous_commit=off" +
		" -c full_page_writes=off -c max_connections=300 >" + dir + "/log 2>&1 & p=$!; cat >/dev/null; kill -QUIT $p; wait $p; rm -rf " + dir
	srv := run(line)
	if _, err := srv.StdinPipe(); err != nil {
		return "", err
	}
	if err := srv.Start(); err != nil {
		return "", fmt.Errorf("start postgres: %w", err)
	}
	running.Store(srv)
	base := "postgres://postgres@/postgres?host=" + dir
	for range 200 {
		if err = admin(base, "SELECT 1"); err == nil {
			return base, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return "", fmt.Errorf("postgres did not answer: %w", err)
}

// asPostgres gives the credentials of the user postgres when the test runs as root, which initdb refuses.
func asPostgres(dir string) *syscall.Credential {
	if os.Getuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil
	}
	uid, _ := strconv.ParseUint(u.Uid, 10, 32)
	gid, _ := strconv.ParseUint(u.Gid, 10, 32)
	if err := os.Chown(dir, int(uid), int(gid)); err != nil {
		return nil
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

// Unsealed keeps the signing keys of tests as they are.
type Unsealed struct{}

// Seal gives the text as it is.
func (Unsealed) Seal(plain []byte) ([]byte, error) { return plain, nil }

// Open gives the text as it is.
func (Unsealed) Open(sealed []byte) ([]byte, error) { return sealed, nil }
