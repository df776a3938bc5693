package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"gorm.io/gorm"
)

// UserByName gives a user for signing in and for commands; a missing one is NotFound.
func (s *Store) UserByName(ctx context.Context, name string) (User, error) {
	return s.user(ctx, "name = ?", name)
}

// UserByID gives a user with all that is kept of him.
func (s *Store) UserByID(ctx context.Context, id int64) (User, error) {
	return s.user(ctx, "id = ?", id)
}

func (s *Store) user(ctx context.Context, cond string, arg any) (User, error) {
	var u User
	err := s.read(ctx).Where(cond, arg).Take(&u).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return u, NotFound("user")
	}
	if err != nil {
		return u, fmt.Errorf("read user: %w", err)
	}
	return u, nil
}

// Visitor gives a user for a request, with what is granted to him now: one question, since every request asks it. Secrets and what
// signing in counts are left out; a missing user is NotFound.
func (s *Store) Visitor(ctx context.Context, id int64) (u User, grants []Grant, err error) {
	rows, err := s.read(ctx).Raw(`SELECT u.id, u.name, u.display_name, u.display_name_en, u.authority_id, u.disabled, u.locale, u.theme, u.password_changed_at, g.id, g.role, g.division_code, g.p2, g.c4, g.c6
		FROM users u LEFT JOIN grants g ON g.user_id = u.id AND g.revoked_at IS NULL WHERE u.id = ? ORDER BY g.id`, id).Rows()
	if err != nil {
		return u, nil, fmt.Errorf("read user: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var grant sql.NullInt64
		var role, code, p2, c4, c6 sql.NullString
		if err := rows.Scan(&u.ID, &u.Name, &u.DisplayName, &u.DisplayNameEn, &u.AuthorityID, &u.Disabled, &u.Locale, &u.Theme, &u.PasswordChangedAt, &grant, &role, &code, &p2, &c4, &c6); err != nil {
			return u, nil, fmt.Errorf("read user: %w", err)
		}
		if grant.Valid {
			grants = append(grants, Grant{ID: grant.Int64, UserID: u.ID, Role: Role(role.String), Place: Place{code.String, p2.String, c4.String, c6.String}})
		}
	}
	if err := rows.Err(); err != nil {
		return u, nil, fmt.Errorf("read user: %w", err)
	}
	if u.ID == 0 {
		return u, nil, NotFound("user")
	}
	return u, grants, nil
}

// LiveGrants gives what is granted to a user now.
func (s *Store) LiveGrants(ctx context.Context, userID int64) ([]Grant, error) {
	var list []Grant
	if err := s.read(ctx).Where("user_id = ? AND revoked_at IS NULL", userID).Order("id").Find(&list).Error; err != nil {
		return nil, fmt.Errorf("read grants: %w", err)
	}
	return list, nil
}

// UserLine is a row of the user list.
type UserLine struct {
	User
	AuthorityName   string
	AuthorityNameEn string
	Grants          []Grant `gorm:"-"`
}

// Users lists all accounts with their live grants, for administrators; no business data is in it.
func (s *Store) Users(ctx context.Context, actor Actor) ([]UserLine, error) {
	if !actor.Can(ActUserRead) && !actor.Can(ActGrantRead) {
		return nil, Forbidden(ActUserRead)
	}
	return s.UserLines(ctx)
}

// UserLines lists all accounts for the command line.
func (s *Store) UserLines(ctx context.Context) ([]UserLine, error) {
	var list []UserLine
	err := s.read(ctx).Table("users u").Select("u.*, a.name AS authority_name, a.name_en AS authority_name_en").
		Joins("JOIN authorities a ON a.id = u.authority_id").Order("u.id").Find(&list).Error
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	var grants []Grant
	if err := s.read(ctx).Where("revoked_at IS NULL").Order("id").Find(&grants).Error; err != nil {
		return nil, fmt.Errorf("list grants: %w", err)
	}
	by := map[int64][]Grant{}
	for _, g := range grants {
		by[g.UserID] = append(by[g.UserID], g)
	}
	for i := range list {
		list[i].Grants = by[list[i].ID]
	}
	return list, nil
}

// Officer is somebody who may be put on a team: the public parts of a user.
type Officer struct {
	ID                int64
	Name              string
	DisplayName       string
	DisplayNameEn     string
	EnforcementNumber string
	Phone             string `gorm:"-"`
}

// Officers lists the case handlers whose grant covers the place, with an enforcement number.
func (s *Store) Officers(ctx context.Context, actor Actor, p Place) ([]Officer, error) {
	if !actor.CanAt(ActCaseOpen, p) && !actor.CanAt(ActReferralForm, p) && !actor.CanAt(ActAlertAssign, p) {
		return nil, Forbidden(ActCaseOpen)
	}
	return s.holders(ctx, RoleCaseHandler, p)
}

func (s *Store) holders(ctx context.Context, role Role, p Place) ([]Officer, error) {
	var list []Officer
	err := s.read(ctx).Table("users u").Select("DISTINCT u.id, u.name, u.display_name, u.display_name_en, u.enforcement_number").
		Joins("JOIN grants g ON g.user_id = u.id AND g.revoked_at IS NULL AND g.role = ?", role).
		Where("u.disabled = ? AND g.division_code IN ?", false, selfAndAbove(p.DivisionCode)).Order("u.name").Find(&list).Error
	if err != nil {
		return nil, fmt.Errorf("list holders of %s: %w", role, err)
	}
	return list, nil
}

// Owners lists who may own alerts of the place: duty officers and case handlers whose grant covers it.
func (s *Store) Owners(ctx context.Context, actor Actor, p Place) ([]Officer, error) {
	if !actor.CanAt(ActAlertAssign, p) {
		return nil, Forbidden(ActAlertAssign)
	}
	duty, err := s.holders(ctx, RoleDutyOfficer, p)
	if err != nil {
		return nil, err
	}
	handlers, err := s.holders(ctx, RoleCaseHandler, p)
	return append(duty, handlers...), err
}
