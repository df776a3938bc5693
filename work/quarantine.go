package work

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"xiezhi/models"
)

// Quarantine is the folder in which samples lie until they are used or their time is up. Nothing in it is ever served.
type Quarantine string

// Path gives where the file of a sample lies.
func (q Quarantine) Path(s models.Sample) string {
	return filepath.Join(string(q), filepath.Base(s.Ref), filepath.Base(s.Name))
}

// Keep writes a sample of at most limit bytes under a name that is safe in any folder, and fills in its size and digest.
func (q Quarantine) Keep(s *models.Sample, in io.Reader, limit int64) error {
	dir := filepath.Dir(q.Path(*s))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the quarantine: %w", err)
	}
	out, err := os.OpenFile(q.Path(*s), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("keep sample: %w", err)
	}
	sum := sha256.New()
	s.Size, err = io.Copy(io.MultiWriter(out, sum), io.LimitReader(in, limit))
	if err = errors.Join(err, out.Close()); err != nil {
		return errors.Join(fmt.Errorf("keep sample: %w", err), q.Remove(*s))
	}
	s.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return nil
}

// Remove deletes the file of a sample.
func (q Quarantine) Remove(s models.Sample) error {
	if s.Ref == "" {
		return nil
	}
	return os.RemoveAll(filepath.Join(string(q), filepath.Base(s.Ref)))
}

// beingKept is how long a file may lie without its sample: it is written first.
const beingKept = 5 * time.Minute

// SweepSamples forgets samples whose time is up and deletes every file in quarantine that no sample is left for.
func (d *Desk) SweepSamples(ctx context.Context) error {
	if d.Quarantine == "" {
		return nil
	}
	left, err := d.Store.ExpireSamples(ctx)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(string(d.Quarantine))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look into the quarantine: %w", err)
	}
	var errs []error
	for _, e := range entries {
		stat, err := e.Info()
		if left[e.Name()] || err != nil || time.Since(stat.ModTime()) < beingKept {
			continue
		}
		errs = append(errs, os.RemoveAll(filepath.Join(string(d.Quarantine), e.Name())))
	}
	return errors.Join(errs...)
}
