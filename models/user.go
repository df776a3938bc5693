package models

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"gorm.io/gorm"
)

// User is a person who signs in. Names of users and of roles never mix: a user may not be called like a role.
type User struct {
	ID                int64 `gorm:"primaryKey"`
	Name              string
	DisplayName       string
	DisplayNameEn     string
	AuthorityID       int64
	EnforcementNumber string
	PasswordHash      string
	TOTPSecret        []byte `gorm:"column:totp_secret"`
	TOTPLastStep      int64  `gorm:"column:totp_last_step"`
	Disabled          bool
	Locale            string
	Theme             string
	Email             string
	MailSince         Instant // notices from then on are mailed; zero: none are
	FailedCount       int64
	LockedUntil       Instant
	LastLoginAt       Instant
	PasswordChangedAt Instant
	CreatedAt         Instant `gorm:"autoCreateTime:false"`
	Version           int64
}

// Grant gives a user a role in a division and all that lies in it.
type Grant struct {
	ID        int64 `gorm:"primaryKey"`
	UserID    int64
	Role      Role
	Place     `gorm:"embedded"`
	GrantedBy string
	GrantedAt Instant
	RevokedBy string
	RevokedAt Instant
}

// Appointment records that somebody is the principal of an authority, or in charge while there is none (310 art 5).
type Appointment struct {
	ID          int64 `gorm:"primaryKey"`
	UserID      int64
	AuthorityID int64
	Kind        string
	FromOn      Date
	UntilOn     Date
	Document    string
	RecordedBy  string
	RecordedAt  Instant
}

// NewUser is what is said of a user when the account is made. PasswordHash is an argon2id hash; TOTPSecret is already
// encrypted, or nil where no second factor is asked for.
type NewUser struct {
	Name, Display, DisplayEn, Authority, EnforcementNumber, PasswordHash string
	TOTPSecret                                                           []byte
}

var userName = regexp.MustCompile(`^[a-z][a-z0-9._-]{1,63}$`)

// AddUser makes an account without any grant.
func (s *Store) AddUser(ctx context.Context, actor Actor, in NewUser) (User, error) {
	if !userName.MatchString(in.Name) || slices.Contains(Roles(), Role(in.Name)) {
		return User{}, Invalid(map[string]string{"name": "error.user_name"})
	}
	auth, err := s.AuthorityByCode(ctx, in.Authority)
	if err != nil {
		return User{}, Invalid(map[string]string{"authority": "error.authority_unknown"})
	}
	now := s.Now()
	u := User{Name: in.Name, DisplayName: in.Display, DisplayNameEn: in.DisplayEn, AuthorityID: auth.ID,
		EnforcementNumber: in.EnforcementNumber, PasswordHash: in.PasswordHash, TOTPSecret: in.TOTPSecret,
		Locale: "zh-CN", Theme: "light", PasswordChangedAt: now, CreatedAt: now, Version: 1}
	err = s.change(ctx, actor, func(t *tx) error {
		err := t.db.Create(&u).Error
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return Invalid(map[string]string{"name": "error.user_exists"})
		}
		if err != nil {
			return fmt.Errorf("add user %s: %w", in.Name, err)
		}
		t.audit("user.add", "user:"+in.Name, auth.Place, map[string]any{"authority": in.Authority})
		return nil
	})
	return u, err
}

// GrantRole gives a role in a division. Administrators exclude each other and every business role.
func (s *Store) GrantRole(ctx context.Context, actor Actor, user string, role Role, division string) error {
	if !slices.Contains(Roles(), role) {
		return Invalid(map[string]string{"role": "error.role_unknown"})
	}
	place, ok := PlaceOf(division)
	if !ok {
		return Invalid(map[string]string{"division": "error.division_unknown"})
	}
	return s.change(ctx, actor, func(t *tx) error {
		var u User
		if err := t.forUpdate().Where("name = ?", user).Take(&u).Error; err != nil {
			return NotFound("user")
		}
		if u.Name == actor.Name {
			return Forbidden(ActGrantChange)
		}
		var live []Grant
		if err := t.db.Where("user_id = ? AND revoked_at IS NULL", u.ID).Find(&live).Error; err != nil {
			return fmt.Errorf("read grants of %s: %w", user, err)
		}
		for _, g := range live {
			if (g.Role.Administrative() || role.Administrative()) && g.Role != role {
				return Invalid(map[string]string{"role": "error.roles_exclude"})
			}
			if g.Role == role && g.DivisionCode == division {
				return Invalid(map[string]string{"role": "error.grant_exists"})
			}
		}
		g := Grant{UserID: u.ID, Role: role, Place: place, GrantedBy: actor.Name, GrantedAt: t.now}
		if err := t.db.Create(&g).Error; err != nil {
			return fmt.Errorf("grant %s to %s: %w", role, user, err)
		}
		t.audit("grant.give", "user:"+user, place, map[string]any{"role": role})
		return nil
	})
}

// RevokeRole ends a grant at once.
func (s *Store) RevokeRole(ctx context.Context, actor Actor, user string, role Role, division string) error {
	return s.change(ctx, actor, func(t *tx) error {
		res := t.db.Table("grants").Where("user_id = (SELECT id FROM users WHERE name = ?) AND role = ? AND division_code = ? AND revoked_at IS NULL",
			user, role, division).Updates(map[string]any{"revoked_by": actor.Name, "revoked_at": t.now})
		if res.Error != nil {
			return fmt.Errorf("revoke %s of %s: %w", role, user, res.Error)
		}
		if res.RowsAffected == 0 {
			return NotFound("grant")
		}
		place, _ := PlaceOf(division)
		t.audit("grant.revoke", "user:"+user, place, map[string]any{"role": role})
		return nil
	})
}

// Appoint records the appointment of a principal, or of one in charge, with its document.
func (s *Store) Appoint(ctx context.Context, actor Actor, user, kind, document string, from, until Date) error {
	return s.change(ctx, actor, func(t *tx) error {
		var u User
		if err := t.db.Where("name = ?", user).Take(&u).Error; err != nil {
			return NotFound("user")
		}
		a := Appointment{UserID: u.ID, AuthorityID: u.AuthorityID, Kind: kind, FromOn: from, UntilOn: until,
			Document: document, RecordedBy: actor.Name, RecordedAt: t.now}
		if err := t.db.Create(&a).Error; err != nil {
			return fmt.Errorf("appoint %s: %w", user, err)
		}
		t.audit("user.appoint", "user:"+user, Place{}, map[string]any{"kind": kind, "document": document, "from": from})
		return nil
	})
}

// appointed says whether the user is, on the day, the recorded principal of the authority or in charge of it.
func (t *tx) appointed(userID, authorityID int64) (bool, error) {
	today := Date(t.now.Time().In(China).Format("2006-01-02"))
	var n int64
	err := t.db.Table("appointments").Where("user_id = ? AND authority_id = ? AND from_on <= ? AND (until_on IS NULL OR until_on >= ?)",
		userID, authorityID, today, today).Count(&n).Error
	if err != nil {
		return false, fmt.Errorf("read appointments: %w", err)
	}
	return n > 0, nil
}
