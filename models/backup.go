package models

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Backup writes a consistent, sealed copy of the database to a new file while others work: SQLite by VACUUM INTO, PostgreSQL by
// pg_dump in its own format.
func (s *Store) Backup(ctx context.Context, actor Actor, target, file string) error {
	if _, err := os.Stat(file); err == nil {
		return fmt.Errorf("backup: %s is there already", file)
	}
	if err := s.NoteRead(ctx, actor, "backup.take", "database", Place{}, nil); err != nil {
		return err
	}
	part := file + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("backup: %w", err)
	}
	if err := s.dump(ctx, target, part); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := sealBackup(part); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := os.Rename(part, file); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return syncFolder(file)
}

func (s *Store) dump(ctx context.Context, target, part string) error {
	if s.dialect == "postgres" {
		address, env := pgAddress(target)
		cmd := exec.CommandContext(ctx, pgTool("pg_dump"), "--format=custom", "--no-owner", "--file="+part, address)
		cmd.Env = env
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("pg_dump: %w: %s", err, strings.TrimSpace(string(out)))
		}
		return nil
	}
	pool, err := s.w.DB()
	if err != nil {
		return err
	}
	_, err = pool.ExecContext(ctx, "VACUUM INTO ?", part)
	return err
}

// RestoreOptions say how a backup is put back. Without Replace a database that is there is left alone.
type RestoreOptions struct{ Replace bool }

// Restore checks a backup and puts it in the place of the database at target. A damaged backup changes nothing.
func Restore(ctx context.Context, file, target string, opts RestoreOptions) error {
	in, content, err := openBackup(file)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	defer in.Close()
	if strings.HasPrefix(target, "postgres://") || strings.HasPrefix(target, "postgresql://") {
		return restorePostgres(ctx, content, target, opts)
	}
	if _, err := os.Stat(target); err == nil && !opts.Replace {
		return fmt.Errorf("restore: %s is there already", target)
	}
	part := target + ".restoring"
	err = writeFile(part, content)
	if err == nil {
		err = checkSQLite(ctx, part)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("restore: the backup is damaged: %w", err), removeSQLite(part, "", "-wal", "-shm"))
	}
	if err := errors.Join(removeSQLite(part, "-wal", "-shm"), removeSQLite(target, "-wal", "-shm")); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if err := os.Rename(part, target); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	return syncFolder(target)
}

func restorePostgres(ctx context.Context, content io.Reader, target string, opts RestoreOptions) error {
	address, env := pgAddress(target)
	args := []string{"--no-owner", "--exit-on-error", "--single-transaction", "--dbname=" + address}
	if opts.Replace {
		args = append(args, "--clean", "--if-exists")
	}
	cmd := exec.CommandContext(ctx, pgTool("pg_restore"), args...)
	cmd.Env, cmd.Stdin = env, content
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("restore: pg_restore: %w: %s", err, strings.TrimSpace(string(out)))
	}
	return nil
}

// removeSQLite removes a database file and what SQLite keeps beside it, where it is there.
func removeSQLite(path string, ends ...string) error {
	for _, end := range ends {
		if err := os.Remove(path + end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
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
	var astray []struct{ Parent string }
	if err := s.r.WithContext(ctx).Raw("PRAGMA foreign_key_check").Scan(&astray).Error; err != nil {
		return err
	}
	if len(astray) > 0 {
		return fmt.Errorf("%d references to %s lead nowhere", len(astray), astray[0].Parent)
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

func writeFile(path string, content io.Reader) error {
	out, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, content)
	return errors.Join(err, out.Sync(), out.Close())
}

// syncFolder makes the name of a new file last.
func syncFolder(file string) error {
	f, err := os.Open(filepath.Dir(file))
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
