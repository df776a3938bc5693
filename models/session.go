package models

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm/clause"
)

type session struct {
	TokenHash string `gorm:"primaryKey"`
	Data      []byte
	ExpiresAt Instant
}

// SessionStore keeps sessions in the database, by the hash of their token, so that a copy of the database opens none and a
// revoked one ends at once. It satisfies scs.CtxStore.
type SessionStore struct{ s *Store }

// Sessions gives the session store.
func (s *Store) Sessions() SessionStore { return SessionStore{s} }

func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// FindCtx gives a session's data; false when there is none or it has expired.
func (st SessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	var data []byte
	err := st.s.read(ctx).Raw("SELECT data FROM sessions WHERE token_hash = ? AND expires_at > ?", tokenHash(token), st.s.Now()).Row().Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find session: %w", err)
	}
	return data, true, nil
}

// CommitCtx stores a session's data until expiry.
func (st SessionStore) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	left := time.Until(expiry) // the session manager lives by the machine's clock, the portal by its own
	row := session{TokenHash: tokenHash(token), Data: data, ExpiresAt: st.s.Now().Add(left)}
	err := st.s.w.WithContext(ctx).Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "token_hash"}}, DoUpdates: clause.AssignmentColumns([]string{"data", "expires_at"}),
	}).Create(&row).Error
	if err != nil {
		return fmt.Errorf("store session: %w", err)
	}
	return nil
}

// DeleteCtx ends a session.
func (st SessionStore) DeleteCtx(ctx context.Context, token string) error {
	if err := st.s.w.WithContext(ctx).Where("token_hash = ?", tokenHash(token)).Delete(&session{}).Error; err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// Find is FindCtx without a context, as scs asks for it.
func (st SessionStore) Find(token string) ([]byte, bool, error) {
	return st.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context.
func (st SessionStore) Commit(token string, data []byte, expiry time.Time) error {
	return st.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx without a context.
func (st SessionStore) Delete(token string) error { return st.DeleteCtx(context.Background(), token) }

// SweepSessions removes what has expired.
func (s *Store) SweepSessions(ctx context.Context) error {
	if err := s.w.WithContext(ctx).Where("expires_at <= ?", s.Now()).Delete(&session{}).Error; err != nil {
		return fmt.Errorf("sweep sessions: %w", err)
	}
	return nil
}
