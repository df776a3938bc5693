package proof

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Vault is a folder of files that lie under the SHA-256 of their content: they are written once, whole, and never changed. A
// write that is cut off leaves a file in its folder incoming, which [Vault.Sweep] takes away.
type Vault string

// ErrTooLarge says that a content has more bytes than it may.
var ErrTooLarge = errors.New("the content is too large")

// ErrEmpty says that a content has no bytes.
var ErrEmpty = errors.New("the content is empty")

const incoming = "incoming"

// Path gives where the content of a digest lies.
func (v Vault) Path(sha256 string) (string, error) {
	if !IsDigest(sha256) {
		return "", fmt.Errorf("%q is no digest", sha256)
	}
	return filepath.Join(string(v), sha256[:2], sha256[2:4], sha256), nil
}

// Put reads a content of at most limit bytes to its end and keeps it; it lasts when Put returns. A content that is there
// already is kept once. Nothing is left of one that is empty, too large or cut off.
func (v Vault) Put(ctx context.Context, in io.Reader, limit int64) (Digest, int64, error) {
	dir := filepath.Join(string(v), incoming)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Digest{}, 0, fmt.Errorf("make the vault: %w", err)
	}
	name := make([]byte, 16)
	if _, err := rand.Read(name); err != nil {
		return Digest{}, 0, err
	}
	part := filepath.Join(dir, hex.EncodeToString(name))
	d, size, err := v.receive(ctx, part, in, limit)
	if err == nil {
		err = v.settle(part, d.SHA256)
	}
	if err != nil {
		if gone := os.Remove(part); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
		return Digest{}, 0, fmt.Errorf("keep a content: %w", err)
	}
	return d, size, nil
}

// receive writes the content to a part and syncs it.
func (v Vault) receive(ctx context.Context, part string, in io.Reader, limit int64) (Digest, int64, error) {
	out, err := os.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return Digest{}, 0, err
	}
	m := NewMeter()
	_, err = io.Copy(io.MultiWriter(out, m), io.LimitReader(awake{ctx, in}, limit+1))
	switch {
	case err != nil:
	case m.Size() > limit:
		err = ErrTooLarge
	case m.Size() == 0:
		err = ErrEmpty
	default:
		err = out.Sync()
	}
	return m.Digest(), m.Size(), errors.Join(err, out.Close())
}

// awake stops reading when the context ends.
type awake struct {
	ctx context.Context
	in  io.Reader
}

func (r awake) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.in.Read(b)
}

// settle gives a whole part its place and makes the name last. Where the content lies already it is touched, so that a sweep
// does not take it for one that nobody came back for.
func (v Vault) settle(part, sha256 string) error {
	path, err := v.Path(sha256)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	err = os.Link(part, path)
	if errors.Is(err, fs.ErrExist) {
		now := time.Now()
		err = os.Chtimes(path, now, now)
	}
	if err = errors.Join(err, os.Remove(part)); err != nil {
		return err
	}
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if err := syncDir(dir); err != nil || dir == string(v) || len(dir) < len(string(v)) {
			return err
		}
	}
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Open opens a content for reading. The caller closes it. A missing one is fs.ErrNotExist.
func (v Vault) Open(sha256 string) (*os.File, error) {
	path, err := v.Path(sha256)
	if err != nil {
		return nil, err
	}
	return os.Open(path)
}

// Check reads a content and says whether it is what its two digests and its size say. A missing file is fs.ErrNotExist.
func (v Vault) Check(ctx context.Context, want Digest, size int64) (bool, error) {
	f, err := v.Open(want.SHA256)
	if err != nil {
		return false, err
	}
	defer f.Close()
	got, n, err := DigestOf(awake{ctx, f})
	return got == want && n == size, err
}

// All gives every content with the time it was last put.
func (v Vault) All(yield func(sha256 string, at time.Time) error) error {
	err := filepath.WalkDir(string(v), func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case d.IsDir() && d.Name() == incoming:
			return filepath.SkipDir
		case d.IsDir() || !IsDigest(d.Name()):
			return nil
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		return yield(d.Name(), info.ModTime())
	})
	return err
}

// Sweep removes what was cut off on its way in, and every content older than age that nobody needs. It gives how many files
// went.
func (v Vault) Sweep(age time.Duration, needed func(sha256 []string) (map[string]bool, error)) (int, error) {
	gone := 0
	old := time.Now().Add(-age)
	parts, err := os.ReadDir(filepath.Join(string(v), incoming))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, fmt.Errorf("sweep the vault: %w", err)
	}
	for _, p := range parts {
		if info, err := p.Info(); err == nil && info.ModTime().Before(old) && !strings.HasPrefix(p.Name(), ".") {
			if err := os.Remove(filepath.Join(string(v), incoming, p.Name())); err != nil {
				return gone, fmt.Errorf("sweep the vault: %w", err)
			}
			gone++
		}
	}
	var idle []string
	if err := v.All(func(sum string, at time.Time) error {
		if at.Before(old) {
			idle = append(idle, sum)
		}
		return nil
	}); err != nil {
		return gone, fmt.Errorf("sweep the vault: %w", err)
	}
	const batch = 500
	for len(idle) > 0 {
		some := idle[:min(batch, len(idle))]
		idle = idle[len(some):]
		keep, err := needed(some)
		if err != nil {
			return gone, err
		}
		for _, sum := range some {
			if keep[sum] {
				continue
			}
			path, err := v.Path(sum)
			if err == nil {
				err = removeIdle(path, old)
			}
			if err != nil {
				return gone, fmt.Errorf("sweep the vault: %w", err)
			}
			gone++
		}
	}
	return gone, nil
}

// removeIdle removes a file unless it was put again meanwhile.
func removeIdle(path string, old time.Time) error {
	info, err := os.Stat(path)
	if err != nil || !info.ModTime().Before(old) {
		return err
	}
	return os.Remove(path)
}
