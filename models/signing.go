package models

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"xiezhi/proof"
)

// Sealer seals what only this installation may open again: the private halves of signing keys.
type Sealer interface {
	Seal(plain []byte) ([]byte, error)
	Open(sealed []byte) ([]byte, error)
}

// SealWith gives the store its sealer. Without one nothing can be signed, and so no paper issued.
func (s *Store) SealWith(sealer Sealer) { s.sealer = sealer }

// SigningKey is a key pair of an office. An office has one in use at a time; retired ones are kept, so that what they signed can
// be verified.
type SigningKey struct {
	ID          int64 `gorm:"primaryKey"`
	AuthorityID int64
	Number      int64
	KeyID       string
	Ed25519     string `gorm:"column:ed25519"`
	SM2         string `gorm:"column:sm2"`
	Sealed      []byte
	CreatedAt   Instant `gorm:"autoCreateTime:false"`
	RetiredAt   Instant
}

// Public gives the half that everybody may have.
func (k SigningKey) Public(office Authority) proof.PublicKey {
	p := proof.PublicKey{ID: k.KeyID, Office: office.Code, Name: office.Name, Ed25519: proof.Bytes(k.Ed25519), SM2: proof.Bytes(k.SM2),
		Since: k.CreatedAt.Time().Format(time.RFC3339)}
	if !k.RetiredAt.IsZero() {
		p.Until = k.RetiredAt.Time().Format(time.RFC3339)
	}
	return p
}

var errNoSealer = errors.New("there is no sealer for signing keys")

// signingKey gives the key in use of an office and makes its first one where there is none.
func (t *tx) signingKey(authorityID int64) (SigningKey, error) {
	var k SigningKey
	err := t.db.Where("authority_id = ? AND retired_at IS NULL", authorityID).Order("number DESC").Take(&k).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		if err := t.newSigningKey(authorityID); err != nil {
			return k, err
		}
		err = t.db.Where("authority_id = ? AND retired_at IS NULL", authorityID).Order("number DESC").Take(&k).Error
	}
	if err != nil {
		return k, fmt.Errorf("signing key of office %d: %w", authorityID, err)
	}
	return k, nil
}

// newSigningKey makes the next key of an office; another transaction that made it at the same time wins.
func (t *tx) newSigningKey(authorityID int64) error {
	if t.store.sealer == nil {
		return errNoSealer
	}
	var office Authority
	if err := t.db.Where("id = ?", authorityID).Take(&office).Error; err != nil {
		return fmt.Errorf("office %d: %w", authorityID, err)
	}
	var last int64
	if err := t.db.Table("signing_keys").Select("COALESCE(MAX(number), 0)").Where("authority_id = ?", authorityID).Scan(&last).Error; err != nil {
		return fmt.Errorf("signing keys of %s: %w", office.Code, err)
	}
	pair, err := proof.NewKeyPair()
	if err != nil {
		return err
	}
	sealed, err := t.store.sealer.Seal(pair.Secret())
	if err != nil {
		return fmt.Errorf("seal a signing key: %w", err)
	}
	pub := pair.Public()
	k := SigningKey{AuthorityID: authorityID, Number: last + 1, KeyID: fmt.Sprintf("%s.%d", office.Code, last+1), Ed25519: proof.Text(pub.Ed25519),
		SM2: proof.Text(pub.SM2), Sealed: sealed, CreatedAt: t.now}
	if err := t.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&k).Error; err != nil {
		return fmt.Errorf("keep a signing key of %s: %w", office.Code, err)
	}
	return nil
}

// sign signs a message with the key in use of an office.
func (t *tx) sign(authorityID int64, purpose string, message []byte) (proof.Signature, error) {
	if t.store.sealer == nil {
		return proof.Signature{}, errNoSealer
	}
	k, err := t.signingKey(authorityID)
	if err != nil {
		return proof.Signature{}, err
	}
	secret, err := t.store.sealer.Open(k.Sealed)
	if err != nil {
		return proof.Signature{}, fmt.Errorf("open signing key %s: %w", k.KeyID, err)
	}
	pair, err := proof.ReadKeyPair(secret)
	if err != nil {
		return proof.Signature{}, fmt.Errorf("signing key %s: %w", k.KeyID, err)
	}
	s, err := pair.Sign(rand.Reader, purpose, message)
	s.Key = k.KeyID
	return s, err
}

// RotateKey retires the key in use of an office and makes the next one; what was signed before stays good. It gives the new key.
func (s *Store) RotateKey(ctx context.Context, actor Actor, authority string) (SigningKey, error) {
	var next SigningKey
	err := s.change(ctx, actor, func(t *tx) error {
		var office Authority
		err := t.db.Where("code = ?", authority).Take(&office).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return NotFound("authority")
		}
		if err != nil {
			return fmt.Errorf("office %s: %w", authority, err)
		}
		if err := t.db.Table("signing_keys").Where("authority_id = ? AND retired_at IS NULL", office.ID).Update("retired_at", t.now).Error; err != nil {
			return fmt.Errorf("retire the key of %s: %w", authority, err)
		}
		if err := t.newSigningKey(office.ID); err != nil {
			return err
		}
		if next, err = t.signingKey(office.ID); err != nil {
			return err
		}
		t.audit("key.rotate", "key:"+next.KeyID, office.Place, map[string]any{"authority": authority})
		return nil
	})
	return next, err
}

// MakeKeys makes a signing key for every office that has none, as an installation does once.
func (s *Store) MakeKeys(ctx context.Context, actor Actor) error {
	var missing []Authority
	if err := s.read(ctx).Where("NOT EXISTS (SELECT 1 FROM signing_keys k WHERE k.authority_id = authorities.id)").Order("id").Find(&missing).Error; err != nil {
		return fmt.Errorf("offices without a key: %w", err)
	}
	if len(missing) == 0 {
		return nil
	}
	return s.change(ctx, actor, func(t *tx) error {
		for _, office := range missing {
			if err := t.newSigningKey(office.ID); err != nil {
				return err
			}
		}
		t.audit("key.make", "keys", Place{}, map[string]any{"offices": len(missing)})
		return nil
	})
}

// PublicKeys lists the public halves of all keys, in use and retired, by office and number. They are for everybody.
func (s *Store) PublicKeys(ctx context.Context) ([]proof.PublicKey, error) {
	var rows []struct {
		SigningKey
		Code string
		Name string
	}
	err := s.read(ctx).Table("signing_keys k").Select("k.*, a.code, a.name").Joins("JOIN authorities a ON a.id = k.authority_id").Order("a.code, k.number").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list public keys: %w", err)
	}
	keys := make([]proof.PublicKey, 0, len(rows))
	for _, r := range rows {
		keys = append(keys, r.Public(Authority{Code: r.Code, Name: r.Name}))
	}
	return keys, nil
}

// publicKey gives one public key by its id.
func (s *Store) publicKey(ctx context.Context, id string) (proof.PublicKey, error) {
	var k SigningKey
	err := s.read(ctx).Where("key_id = ?", id).Take(&k).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return proof.PublicKey{}, NotFound("key")
	}
	if err != nil {
		return proof.PublicKey{}, fmt.Errorf("signing key %s: %w", id, err)
	}
	office, err := s.Authority(ctx, k.AuthorityID)
	return k.Public(office), err
}

// SignDossier signs the manifest of a dossier with the key in use of its office.
func (s *Store) SignDossier(ctx context.Context, authorityID int64, manifest []byte) (proof.Signature, error) {
	var sig proof.Signature
	err := s.transact(ctx, func(db *gorm.DB) error {
		t := &tx{db: db, store: s, actor: System("dossier"), now: s.Now()}
		var err error
		sig, err = t.sign(authorityID, proof.PurposeDossier, manifest)
		return err
	})
	return sig, err
}
