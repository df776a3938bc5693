package proof

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/emmansun/gmsm/sm2"
)

// KeyPair is what an office signs with: an Ed25519 and an SM2 key that are made, used and retired together.
type KeyPair struct {
	ed ed25519.PrivateKey
	sm *sm2.PrivateKey
}

// NewKeyPair makes a pair from the system's randomness.
func NewKeyPair() (KeyPair, error) {
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return KeyPair{}, fmt.Errorf("make an Ed25519 key: %w", err)
	}
	sm, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return KeyPair{}, fmt.Errorf("make an SM2 key: %w", err)
	}
	return KeyPair{ed: ed, sm: sm}, nil
}

const scalarSize = 32

// Secret gives the private halves as 64 bytes, to be sealed before they are stored.
func (k KeyPair) Secret() []byte {
	out := make([]byte, ed25519.SeedSize+scalarSize)
	copy(out, k.ed.Seed())
	k.sm.D.FillBytes(out[ed25519.SeedSize:])
	return out
}

// ReadKeyPair reads what Secret gave.
func ReadKeyPair(secret []byte) (KeyPair, error) {
	if len(secret) != ed25519.SeedSize+scalarSize {
		return KeyPair{}, errors.New("a signing key is damaged: 64 bytes are expected")
	}
	sm, err := sm2.NewPrivateKey(secret[ed25519.SeedSize:])
	if err != nil {
		return KeyPair{}, fmt.Errorf("read an SM2 key: %w", err)
	}
	return KeyPair{ed: ed25519.NewKeyFromSeed(secret[:ed25519.SeedSize]), sm: sm}, nil
}

// PublicKey is the half that everybody may have. ID names it, such as lead-440300.2; SM2 is the uncompressed point of 65 bytes.
// Times are RFC 3339; Until is empty while the key is in use.
type PublicKey struct {
	ID      string `json:"id"`
	Office  string `json:"office"`
	Name    string `json:"name"`
	Ed25519 []byte `json:"ed25519"`
	SM2     []byte `json:"sm2"`
	Since   string `json:"since"`
	Until   string `json:"until,omitempty"`
}

// Public gives the public halves; the caller names the key.
func (k KeyPair) Public() PublicKey {
	pub, _ := k.ed.Public().(ed25519.PublicKey)
	point := make([]byte, 1+2*scalarSize)
	point[0] = 4
	k.sm.X.FillBytes(point[1 : 1+scalarSize])
	k.sm.Y.FillBytes(point[1+scalarSize:])
	return PublicKey{Ed25519: pub, SM2: point}
}

// Signature is a detached signature of both kinds by one key; SM2 is in ASN.1, over the user id of GB/T 35276.
type Signature struct {
	Key     string `json:"key"`
	Ed25519 []byte `json:"ed25519"`
	SM2     []byte `json:"sm2"`
}

// domain stands before every message, so that a signature of one purpose proves nothing for another.
func domain(purpose string, message []byte) []byte {
	return fmt.Appendf(nil, "xiezhi %s %d\n%s", purpose, len(message), message)
}

// Sign signs a message for a purpose, which is a word such as document or dossier. The caller names the key.
func (k KeyPair) Sign(random io.Reader, purpose string, message []byte) (Signature, error) {
	text := domain(purpose, message)
	sm, err := k.sm.SignWithSM2(random, nil, text)
	if err != nil {
		return Signature{}, fmt.Errorf("sign with SM2: %w", err)
	}
	return Signature{Ed25519: ed25519.Sign(k.ed, text), SM2: sm}, nil
}

// The ways in which a signature does not hold.
var (
	ErrEd25519 = errors.New("the Ed25519 signature does not fit")
	ErrSM2     = errors.New("the SM2 signature does not fit")
	ErrKey     = errors.New("the public key is damaged")
)

// Verify holds a signature against a message and a public key: both kinds must fit.
func (p PublicKey) Verify(purpose string, message []byte, s Signature) error {
	if len(p.Ed25519) != ed25519.PublicKeySize {
		return ErrKey
	}
	sm, err := p.sm2()
	if err != nil {
		return err
	}
	text := domain(purpose, message)
	var errs []error
	if !ed25519.Verify(p.Ed25519, text, s.Ed25519) {
		errs = append(errs, ErrEd25519)
	}
	if !sm2.VerifyASN1WithSM2(sm, nil, text, s.SM2) {
		errs = append(errs, ErrSM2)
	}
	return errors.Join(errs...)
}

func (p PublicKey) sm2() (*ecdsa.PublicKey, error) {
	if len(p.SM2) != 1+2*scalarSize {
		return nil, ErrKey
	}
	key, err := sm2.NewPublicKey(p.SM2)
	if err != nil {
		return nil, errors.Join(ErrKey, err)
	}
	return key, nil
}

// KeyFile is the list of public keys that a portal gives out and an offline verifier takes.
type KeyFile struct {
	Format string      `json:"format"`
	Keys   []PublicKey `json:"keys"`
}

// keyFormat names the form of a key file.
const keyFormat = "xiezhi-keys-1"

// maxKeys bounds a key file.
const maxKeys = 10_000

// WriteKeys writes a key file.
func WriteKeys(keys []PublicKey) ([]byte, error) {
	out, err := json.MarshalIndent(KeyFile{Format: keyFormat, Keys: keys}, "", " ")
	return append(out, '\n'), err
}

// ReadKeys reads a key file; an id that stands twice is refused.
func ReadKeys(text []byte) (map[string]PublicKey, error) {
	var f KeyFile
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, fmt.Errorf("read a key file: %w", err)
	}
	if f.Format != keyFormat || len(f.Keys) > maxKeys {
		return nil, errors.New("this is no key file of the portal")
	}
	keys := map[string]PublicKey{}
	for _, k := range f.Keys {
		if _, twice := keys[k.ID]; twice || k.ID == "" {
			return nil, fmt.Errorf("the key file names %q twice or not at all", k.ID)
		}
		keys[k.ID] = k
	}
	return keys, nil
}

// Fingerprint is a short name of a public key that a person can compare: the first 20 bytes of the SHA-256 of both halves.
func (p PublicKey) Fingerprint() string {
	return DigestBytes(append(append([]byte{}, p.Ed25519...), p.SM2...)).SHA256[:40]
}

// Text writes bytes of a key or signature as base64.
func Text(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// Bytes reads what Text wrote; a damaged text gives none.
func Bytes(text string) []byte {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	return b
}
