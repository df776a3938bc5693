package models

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"xiezhi/reference"
)

// Authority is an office: a lead department, a police unit, a procuratorate, a line regulator, or the portal's own
// administration. ShortName is the word before the year in its document numbers.
type Authority struct {
	ID        int64 `gorm:"primaryKey"`
	Code      string
	Kind      AuthorityKind
	Name      string
	NameEn    string
	ShortName string
	Phone     string
	Address   string
	Place     `gorm:"embedded"`
	CreatedAt Instant `gorm:"autoCreateTime:false"`
}

// AuthorityKind is what an office is.
type AuthorityKind string

// The kinds of authority.
const (
	LeadDepartment AuthorityKind = "lead_department"
	PoliceUnit     AuthorityKind = "police"
	Procuratorate  AuthorityKind = "procuratorate"
	LineRegulator  AuthorityKind = "line_regulator"
	Administration AuthorityKind = "administration"
)

// NewAuthority is what an administrator says of an office.
type NewAuthority struct {
	Code, Name, NameEn, ShortName, Phone, Address, DivisionCode string
	Kind                                                        AuthorityKind
}

// PutAuthority records an office under its code, or changes it.
func (s *Store) PutAuthority(ctx context.Context, actor Actor, in NewAuthority) (Authority, error) {
	place, ok := PlaceOf(in.DivisionCode)
	if !ok {
		return Authority{}, Invalid(map[string]string{"division": "error.division_unknown"})
	}
	a := Authority{Code: in.Code, Kind: in.Kind, Name: in.Name, NameEn: in.NameEn, ShortName: in.ShortName, Phone: in.Phone,
		Address: in.Address, Place: place, CreatedAt: s.Now()}
	err := s.change(ctx, actor, func(t *tx) error {
		err := t.db.Clauses(clause.OnConflict{
			Columns:   []clause.Column{{Name: "code"}},
			DoUpdates: clause.AssignmentColumns([]string{"name", "name_en", "short_name", "phone", "address"}),
		}).Create(&a).Error
		if err != nil {
			return fmt.Errorf("record authority %s: %w", in.Code, err)
		}
		t.audit("authority.put", "authority:"+in.Code, place, map[string]any{"kind": in.Kind, "name": in.Name})
		return t.db.Where("code = ?", in.Code).Take(&a).Error
	})
	return a, err
}

// Authority gives an office by its internal ID.
func (s *Store) Authority(ctx context.Context, id int64) (Authority, error) {
	var a Authority
	if err := s.read(ctx).Where("id = ?", id).Take(&a).Error; err != nil {
		return a, fmt.Errorf("authority %d: %w", id, err)
	}
	return a, nil
}

// AuthorityByCode gives an office by its code.
func (s *Store) AuthorityByCode(ctx context.Context, code string) (Authority, error) {
	var a Authority
	err := s.read(ctx).Where("code = ?", code).Take(&a).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return a, NotFound("authority")
	}
	return a, err
}

// authorityFor finds the office of a kind for a division: its own, else that of the next superior division that has one.
func authorityFor(db *gorm.DB, kind AuthorityKind, division string) (Authority, error) {
	chain := append([]string{division}, reference.Ancestors(division)...)
	var list []Authority
	if err := db.Where("kind = ? AND division_code IN ?", kind, chain).Order("id").Find(&list).Error; err != nil {
		return Authority{}, fmt.Errorf("find %s of %s: %w", kind, division, err)
	}
	for _, code := range chain {
		for _, a := range list {
			if a.DivisionCode == code {
				return a, nil
			}
		}
	}
	return Authority{}, &Error{Kind: KindInvalid, Key: "error.no_authority", Args: map[string]string{"division": division, "kind": string(kind)}}
}
