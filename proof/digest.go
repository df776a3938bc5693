package proof

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"

	"github.com/emmansun/gmsm/sm3"
)

// Digest names a content by two independent functions: SHA-256 and SM3 (GB/T 32905-2016).
// Both are 64 lower-case hexadecimal digits.
type Digest struct {
	SHA256 string `json:"sha256"`
	SM3    string `json:"sm3"`
}

// Meter takes both digests and the size of what is written to it.
type Meter struct {
	sha, sm hash.Hash
	size    int64
}

// NewMeter starts at nothing.
func NewMeter() *Meter { return &Meter{sha: sha256.New(), sm: sm3.New()} }

// Write never fails.
func (m *Meter) Write(b []byte) (int, error) {
	m.sha.Write(b)
	m.sm.Write(b)
	m.size += int64(len(b))
	return len(b), nil
}

// Digest gives the digests of what was written so far.
func (m *Meter) Digest() Digest {
	return Digest{SHA256: hex.EncodeToString(m.sha.Sum(nil)), SM3: hex.EncodeToString(m.sm.Sum(nil))}
}

// Size gives how many bytes were written.
func (m *Meter) Size() int64 { return m.size }

// DigestOf reads r to its end.
func DigestOf(r io.Reader) (Digest, int64, error) {
	m := NewMeter()
	_, err := io.Copy(m, r)
	return m.Digest(), m.size, err
}

// DigestBytes gives the digests of a text in memory.
func DigestBytes(b []byte) Digest {
	m := NewMeter()
	_, _ = m.Write(b)
	return m.Digest()
}

// IsDigest says whether a text has the form of a digest.
func IsDigest(text string) bool {
	if len(text) != 64 {
		return false
	}
	for _, c := range text {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
