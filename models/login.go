package models

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// The limits of signing in (organisation.md 4.3): five failures lock for a quarter of an hour.
const (
	MaxFailures = 5
	LockTime    = 15 * time.Minute
)

type knownDevice struct {
	TokenHash   string `gorm:"primaryKey"`
	UserID      int64
	FailedCount int64
	LockedUntil Instant
	LastUsedAt  Instant
}

// LoginGate says whether a try to sign in may go on. A device that signed in before has its own count, so that a stranger's
// failures cannot lock a regulator out of a known device.
func (s *Store) LoginGate(ctx context.Context, u User, device string) (known bool, err error) {
	var d knownDevice
	err = s.read(ctx).Where("token_hash = ? AND user_id = ?", tokenHash(device), u.ID).Take(&d).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return false, fmt.Errorf("read known device: %w", err)
	}
	until := u.LockedUntil
	if known = err == nil && device != ""; known {
		until = d.LockedUntil
	}
	if until.After(s.Now()) {
		return known, &Error{Kind: KindTooMany, Key: "error.locked", Args: map[string]string{"until": until.String()}}
	}
	return known, nil
}

// FailLogin counts a failure and locks after too many; it is audited.
func (s *Store) FailLogin(ctx context.Context, actor Actor, u User, device, why string) error {
	return s.change(ctx, actor, func(t *tx) error {
		e := t.actor.entry(t.now, "session.refuse", "user:"+u.Name, "", OutcomeRefused, map[string]any{"why": why})
		t.entries = append(t.entries, e)
		if u.ID == 0 {
			return nil
		}
		until := t.now.Add(LockTime)
		known, err := s.knows(t.db, u.ID, device)
		if err != nil {
			return err
		}
		table, cond, args := "users", "id = ?", []any{u.ID}
		if known {
			table, cond, args = "known_devices", "token_hash = ? AND user_id = ?", []any{tokenHash(device), u.ID}
		}
		q := t.db.Table(table).Where(cond, args...)
		if err := q.Update("failed_count", gorm.Expr("failed_count + 1")).Error; err != nil {
			return fmt.Errorf("count failed login: %w", err)
		}
		return t.db.Table(table).Where(cond, args...).Where("failed_count >= ?", MaxFailures).
			Updates(map[string]any{"failed_count": 0, "locked_until": until}).Error
	})
}

func (s *Store) knows(db *gorm.DB, userID int64, device string) (bool, error) {
	if device == "" {
		return false, nil
	}
	var n int64
	err := db.Table("known_devices").Where("token_hash = ? AND user_id = ?", tokenHash(device), userID).Count(&n).Error
	return n > 0, err
}

// PassLogin records a success: counts are cleared, the used one-time step is stored so that it cannot be used twice, and the
// device is known from now on.
func (s *Store) PassLogin(ctx context.Context, actor Actor, u User, device string, step int64) error {
	return s.change(ctx, actor, func(t *tx) error {
		set := map[string]any{"failed_count": 0, "locked_until": nil, "last_login_at": t.now}
		q := t.db.Table("users").Where("id = ? AND disabled = ?", u.ID, false)
		if step > 0 {
			set["totp_last_step"] = step
			q = q.Where("totp_last_step < ?", step)
		}
		res := q.Updates(set)
		if res.Error != nil {
			return fmt.Errorf("record login: %w", res.Error)
		}
		if res.RowsAffected == 0 {
			return &Error{Kind: KindUnauthenticated, Key: "login.failed"}
		}
		d := knownDevice{TokenHash: tokenHash(device), UserID: u.ID, LastUsedAt: t.now}
		err := t.db.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "token_hash"}},
			DoUpdates: clause.AssignmentColumns([]string{"user_id", "failed_count", "locked_until", "last_used_at"})}).Create(&d).Error
		if err != nil {
			return fmt.Errorf("remember device: %w", err)
		}
		t.audit("session.open", "user:"+u.Name, Place{}, nil)
		return nil
	})
}

// EndLogin audits a sign-out.
func (s *Store) EndLogin(ctx context.Context, actor Actor) error {
	return s.NoteRead(ctx, actor, "session.close", "user:"+actor.Name, Place{}, nil)
}

// SetPassword stores a new password hash and, where given, a new encrypted second-factor secret; live tokens and known devices end.
func (s *Store) SetPassword(ctx context.Context, actor Actor, name, hash string, totpSecret []byte) error {
	return s.change(ctx, actor, func(t *tx) error {
		set := map[string]any{"password_hash": hash, "password_changed_at": t.now, "failed_count": 0, "locked_until": nil,
			"version": gorm.Expr("version + 1")}
		if len(totpSecret) > 0 {
			set["totp_secret"], set["totp_last_step"] = totpSecret, 0
		}
		res := t.db.Table("users").Where("name = ?", name).Updates(set)
		if res.Error != nil {
			return fmt.Errorf("reset %s: %w", name, res.Error)
		}
		if res.RowsAffected == 0 {
			return NotFound("user")
		}
		owner := t.db.Table("users").Select("id").Where("name = ?", name)
		if err := t.db.Table("api_tokens").Where("user_id = (?) AND revoked_at IS NULL", owner).Update("revoked_at", t.now).Error; err != nil {
			return fmt.Errorf("reset %s: end tokens: %w", name, err)
		}
		if err := t.db.Where("user_id = (?)", owner).Delete(&knownDevice{}).Error; err != nil {
			return fmt.Errorf("reset %s: forget devices: %w", name, err)
		}
		t.audit("user.reset", "user:"+name, Place{}, nil)
		return nil
	})
}

// SetPreference stores the language and theme a user chose.
func (s *Store) SetPreference(ctx context.Context, actor Actor, locale, theme string) error {
	return s.change(ctx, actor, func(t *tx) error {
		if err := t.db.Table("users").Where("id = ?", actor.UserID).Updates(map[string]any{"locale": locale, "theme": theme}).Error; err != nil {
			return fmt.Errorf("store preference: %w", err)
		}
		t.audit("user.prefer", "user:"+actor.Name, Place{}, map[string]any{"locale": locale, "theme": theme})
		return nil
	})
}
