package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/pressly/goose/v3"
	"xiezhi/migrations"
)

// ErrNewerSchema is returned where the database was made by a newer version of the portal.
var ErrNewerSchema = errors.New("the database has a newer schema than this program knows")

func (s *Store) provider() (*goose.Provider, error) {
	files, err := migrations.For(s.dialect)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	pool, err := s.w.DB()
	if err != nil {
		return nil, err
	}
	d := goose.DialectSQLite3
	if s.dialect == "postgres" {
		d = goose.DialectPostgres
	}
	p, err := goose.NewProvider(d, pool, files)
	if err != nil {
		return nil, fmt.Errorf("prepare migrations: %w", err)
	}
	return p, nil
}

// Pool gives the connections that writes go through, for the durable queue, whose tables stand in the same database.
func (s *Store) Pool() (*sql.DB, error) { return s.w.DB() }

// SchemaVersions gives the version the database is at and the newest this program knows.
func (s *Store) SchemaVersions(ctx context.Context) (have, known int64, err error) {
	p, err := s.provider()
	if err != nil {
		return 0, 0, err
	}
	have, err = p.GetDBVersion(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("ask schema version: %w", err)
	}
	for _, src := range p.ListSources() {
		known = max(known, src.Version)
	}
	return have, known, nil
}

// Migrate brings the schema forward; it refuses a newer one.
func (s *Store) Migrate(ctx context.Context) error {
	have, known, err := s.SchemaVersions(ctx)
	if err != nil {
		return err
	}
	if have > known {
		return ErrNewerSchema
	}
	p, err := s.provider()
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if err := s.fillTieMarks(ctx); err != nil {
		return err
	}
	return s.SettleFacts(ctx)
}
