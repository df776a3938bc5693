package models

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// AuditHead is a signed note of how far the audit trail reached, kept in a file outside the database: if the trail's tail
// is cut or the whole database rolled back, the note knows more than the trail.
type AuditHead struct {
	Seq  int64   `json:"seq"`
	Hash string  `json:"hash"`
	At   Instant `json:"at"`
	Sig  string  `json:"sig"`
}

func (h AuditHead) message() []byte {
	return fmt.Appendf(nil, "xiezhi audit head %d %s %s", h.Seq, h.Hash, h.At)
}

// HeadFile appends signed heads to one file; it is safe for concurrent use.
type HeadFile struct {
	mu   sync.Mutex
	path string
	key  ed25519.PrivateKey
	last int64
}

// NewHeadFile names the file and the signing key.
func NewHeadFile(path string, key ed25519.PrivateKey) *HeadFile {
	return &HeadFile{path: path, key: key, last: -1}
}

// Note writes the trail's present head to the file, if it moved since the last note, and syncs it.
func (f *HeadFile) Note(ctx context.Context, s *Store) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var head auditHead
	if err := s.read(ctx).Table("audit_head").Where("one = 1").Take(&head).Error; err != nil {
		return fmt.Errorf("read the audit head: %w", err)
	}
	if head.Seq == f.last || head.Seq == 0 {
		return nil
	}
	h := AuditHead{Seq: head.Seq, Hash: head.Hash, At: s.Now()}
	h.Sig = base64.StdEncoding.EncodeToString(ed25519.Sign(f.key, h.message()))
	line, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("write audit head: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return fmt.Errorf("write audit head: %w", err)
	}
	if f.last < 0 {
		if err := dropTorn(f.path); err != nil {
			return fmt.Errorf("write audit head: %w", err)
		}
	}
	out, err := os.OpenFile(f.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write audit head: %w", err)
	}
	_, err = out.Write(append(line, '\n'))
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return fmt.Errorf("write audit head: %w", err)
	}
	f.last = head.Seq
	return nil
}

// dropTorn cuts a last line without an end off, which a power cut left: the next one would be lost in it.
func dropTorn(path string) error {
	body, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil || len(body) == 0 || body[len(body)-1] == '\n' {
		return err
	}
	return os.Truncate(path, int64(bytes.LastIndexByte(body, '\n')+1))
}

// ReadHeads reads the signed heads of a file; a missing file gives none, a bad signature an error that names the line. A torn
// last line, left by a power cut, is passed over.
func ReadHeads(path string, key ed25519.PublicKey) ([]AuditHead, error) {
	in, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read audit heads: %w", err)
	}
	defer in.Close()
	var heads []AuditHead
	var torn error
	lines := bufio.NewScanner(in)
	for n := 1; lines.Scan(); n++ {
		if torn != nil {
			return nil, torn
		}
		var h AuditHead
		if err := json.Unmarshal(lines.Bytes(), &h); err != nil {
			torn = fmt.Errorf("audit head line %d cannot be read", n)
			continue
		}
		sig, err := base64.StdEncoding.DecodeString(h.Sig)
		if err != nil || !ed25519.Verify(key, h.message(), sig) {
			return nil, fmt.Errorf("audit head line %d has a wrong signature", n)
		}
		heads = append(heads, h)
	}
	return heads, lines.Err()
}
