package models

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
)

// Idempotency names a write, so that a repeated one is done once: Key is the caller's, Hash that of the whole request.
type Idempotency struct {
	Key  string
	Hash string
}

// Replay is the stored answer to a write that was already done under the same key. Lost says that the write was done but its
// answer was never stored, since the process died in between.
type Replay struct {
	Status int
	Body   []byte
	Lost   bool
}

type idempotencyKey struct {
	UserID      int64  `gorm:"primaryKey"`
	IdemKey     string `gorm:"primaryKey"`
	RequestHash string
	Status      int
	Body        []byte
	CreatedAt   Instant `gorm:"autoCreateTime:false"`
}

// claim takes the actor's key in the transaction of the write itself: of two equal requests one commits, the other fails here.
func (t *tx) claim() error {
	if t.actor.Idem.Key == "" {
		return nil
	}
	row := idempotencyKey{UserID: t.actor.UserID, IdemKey: t.actor.Idem.Key, RequestHash: t.actor.Idem.Hash, Body: []byte{}, CreatedAt: t.now}
	err := t.db.Create(&row).Error
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return &Error{Kind: KindConflict, Key: "error.idempotency_running"}
	}
	if err != nil {
		return fmt.Errorf("claim idempotency key: %w", err)
	}
	return nil
}

// ReplayOf looks an idempotency key up: nil for a new one, the stored answer for a known one, KindInvalid when the same key
// came with another request.
func (s *Store) ReplayOf(ctx context.Context, actor Actor, id Idempotency) (*Replay, error) {
	var row idempotencyKey
	err := s.read(ctx).Where("user_id = ? AND idem_key = ?", actor.UserID, id.Key).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read idempotency key: %w", err)
	}
	if row.RequestHash != id.Hash {
		return nil, Invalid(map[string]string{"Idempotency-Key": "error.idempotency_reused"})
	}
	return &Replay{Status: row.Status, Body: row.Body, Lost: row.Status == 0}, nil
}

// KeepAnswer stores the answer to a write that was done under an idempotency key.
func (s *Store) KeepAnswer(ctx context.Context, actor Actor, id Idempotency, status int, body []byte) error {
	err := s.w.WithContext(ctx).Table("idempotency_keys").Where("user_id = ? AND idem_key = ?", actor.UserID, id.Key).
		Updates(map[string]any{"status": status, "body": body}).Error
	if err != nil {
		return fmt.Errorf("keep the answer: %w", err)
	}
	return nil
}
