package models

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Backup writes a consistent copy of the database to a new file while others work: SQLite by VACUUM INTO, PostgreSQL by pg_dump
// in its own format, which must be on the path.
func (s *Store) Backup(ctx context.Context, actor Actor, target, file string) error {
	if _, err := os.Stat(file); err == nil {
		return fmt.Errorf("backup: %s is there already", file)
	}
	if err := s.NoteRead(ctx, actor, "backup.take", "database", Place{}, nil); err != nil {
		return err
	}
	if s.dialect == "postgres" {
		out, err := exec.CommandContext(ctx, "pg_dump", "--format=custom", "--no-owner", "--file="+file, target).CombinedOutput()
		if err != nil {
			return fmt.Errorf("backup: pg_dump: %w: %s", err, strings.TrimSpace(string(out)))
		}
		return nil
	}
	part := file + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("backup: %w", err)
	}
	pool, err := s.w.DB()
	if err != nil {
		return err
	}
	if _, err := pool.ExecContext(ctx, "VACUUM INTO ?", part); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := syncFile(part); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := os.Rename(part, file); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return nil
}

// RestoreOptions say how a backup is put back. Without Replace a database that is there is left alone.
type RestoreOptions struct{ Replace bool }

// Restore checks a backup and puts it in the place of the database at target. A damaged backup changes nothing.
func Restore(ctx context.Context, file, target string, opts RestoreOptions) error {
	if strings.HasPrefix(target, "postgres://") || strings.HasPrefix(target, "postgresql://") {
		args := []string{"--no-owner", "--exit-on-error", "--single-transaction", "--dbname=" + target}
		if opts.Replace {
			args = append(args, "--clean", "--if-exists")
		}
		out, err := exec.CommandContext(ctx, "pg_restore", append(args, file)...).CombinedOutput()
		if err != nil {
			return fmt.Errorf("restore: pg_restore: %w: %s", err, strings.TrimSpace(string(out)))
		}
		return nil
	}
	if _, err := os.Stat(target); err == nil && !opts.Replace {
		return fmt.Errorf("restore: %s is there already", target)
	}
	part := target + ".restoring"
	if err := copyFile(file, part); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if err := checkSQLite(ctx, part); err != nil {
		return errors.Join(fmt.Errorf("restore: the backup is damaged: %w", err), os.Remove(part))
	}
	for _, end := range []string{"-wal", "-shm"} {
		if err := os.Remove(target + end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("restore: %w", err)
		}
	}
	if err := os.Rename(part, target); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	return nil
}

// checkSQLite asks a database file for its integrity, its references and its audit trail.
func checkSQLite(ctx context.Context, path string) error {
	s, err := Open(ctx, path, time.Now)
	if err != nil {
		return err
	}
	defer s.Close()
	var answer string
	if err := s.r.WithContext(ctx).Raw("PRAGMA integrity_check").Scan(&answer).Error; err != nil {
		return err
	}
	if answer != "ok" {
		return errors.New(answer)
	}
	rep, err := s.VerifyAudit(ctx, nil)
	if err != nil {
		return err
	}
	if len(rep.Broken) > 0 {
		return errors.New(rep.Broken[0])
	}
	pool, err := s.w.DB()
	if err != nil {
		return err
	}
	_, err = pool.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
