package modelstest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"xiezhi/models"
)

// Template is a filled database of each kind, filled once for a test process; tests work on copies.
type Template struct {
	sqlite   func() ([]byte, error)
	postgres func() (string, error)
}

// NewTemplate gives a template that fill makes, at the time that now tells, when it is first asked for.
func NewTemplate(now func() time.Time, fill func(ctx context.Context, s *models.Store) error) *Template {
	build := func(target string) error {
		ctx := context.Background()
		s, err := models.Open(ctx, target, now)
		if err != nil {
			return err
		}
		s.SealWith(Unsealed{})
		if err := s.Migrate(ctx); err != nil {
			return err
		}
		if err := fill(ctx, s); err != nil {
			return err
		}
		return s.Close()
	}
	return &Template{
		sqlite: sync.OnceValues(func() ([]byte, error) {
			dir, err := os.MkdirTemp("", "xztemplate")
			if err != nil {
				return nil, err
			}
			defer os.RemoveAll(dir)
			path := filepath.Join(dir, "template.db")
			if err := build(path); err != nil {
				return nil, err
			}
			return os.ReadFile(path)
		}),
		postgres: sync.OnceValues(func() (string, error) {
			base, err := server()
			if err != nil {
				return "", err
			}
			name := fmt.Sprintf("world%d_%d", os.Getpid(), counter.Add(1))
			if err := admin(base, "CREATE DATABASE "+name); err != nil {
				return "", err
			}
			return name, build(address(base, name))
		}),
	}
}

// SQLite gives the path of a new copy.
func (m *Template) SQLite(t testing.TB) string {
	t.Helper()
	body, err := m.sqlite()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "world.db")
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Postgres gives the address of a new copy; where PostgreSQL is missing it does as the function Postgres does.
func (m *Template) Postgres(t testing.TB) string {
	t.Helper()
	need(t)
	source, err := m.postgres()
	if err != nil {
		t.Fatal(err)
	}
	return database(t, source)
}

// Tables lists the tables of an open database.
func Tables(t testing.TB, db *sql.DB, dialect string) []string {
	t.Helper()
	ask := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
	if dialect == "postgres" {
		ask = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
	}
	rows, err := db.Query(ask)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		list = append(list, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return list
}

// Raw opens the database at a target without the store, to look at it or to damage it. It closes when the test ends.
func Raw(t testing.TB, target string) *sql.DB {
	t.Helper()
	driver, source := "sqlite", "file:"+target+"?_pragma=busy_timeout(15000)"
	if strings.HasPrefix(target, "postgres://") {
		driver, source = "pgx", target
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}
