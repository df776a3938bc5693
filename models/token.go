package models

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
)

type apiToken struct {
	ID        int64 `gorm:"primaryKey"`
	UserID    int64
	TokenHash string
	CreatedBy string
	CreatedAt Instant `gorm:"autoCreateTime:false"`
	ExpiresAt Instant
	RevokedAt Instant
}

// NewToken makes a bearer token for a user that carries the user's grants until it expires. The token is shown once; only
// its hash is stored.
func (s *Store) NewToken(ctx context.Context, actor Actor, name string, life time.Duration) (string, error) {
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("make token: %w", err)
	}
	token := "xz_" + base64.RawURLEncoding.EncodeToString(raw)
	err := s.change(ctx, actor, func(t *tx) error {
		var u User
		if err := t.db.Where("name = ? AND disabled = ?", name, false).Take(&u).Error; err != nil {
			return NotFound("user")
		}
		row := apiToken{UserID: u.ID, TokenHash: tokenHash(token), CreatedBy: actor.Name, CreatedAt: t.now, ExpiresAt: t.now.Add(life)}
		if err := t.db.Create(&row).Error; err != nil {
			return fmt.Errorf("store token: %w", err)
		}
		t.audit("token.new", "user:"+name, Place{}, map[string]any{"expires_at": row.ExpiresAt})
		return nil
	})
	return token, err
}

// TokenUser gives the user a live token belongs to, and the token's ID; anything else is KindUnauthenticated.
func (s *Store) TokenUser(ctx context.Context, token string) (User, int64, error) {
	var row apiToken
	err := s.read(ctx).Where("token_hash = ? AND revoked_at IS NULL AND expires_at > ?", tokenHash(token), s.Now()).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return User{}, 0, &Error{Kind: KindUnauthenticated, Key: "error.token"}
	}
	if err != nil {
		return User{}, 0, fmt.Errorf("read token: %w", err)
	}
	u, err := s.UserByID(ctx, row.UserID)
	if err != nil || u.Disabled {
		return User{}, 0, &Error{Kind: KindUnauthenticated, Key: "error.token", Err: err}
	}
	return u, row.ID, nil
}
