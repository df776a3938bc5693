package models

import (
	"context"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Source is a supplier of facts. Facts of two sources of one family are not independent of each other. Standing orders sources
// that contradict each other on what a registry holds (name, address, capital): the lower one wins, equal ones by the newer
// observation. FreshHours is how long the source may be silent, 0 for no expectation.
type Source struct {
	Code         string `gorm:"primaryKey"`
	Name         string
	NameEn       string
	Family       string
	Purpose      Purpose
	Standing     int64
	FreshHours   int64
	Steward      string
	RegisteredAt Instant
	Version      int64
}

// CommonStanding is that of a source nobody ranked; a registry of record stands below it, and so wins.
const CommonStanding = 50

// RegisterSources records suppliers that are not known yet: purpose general and, where none is given, a family of their own.
func (s *Store) RegisterSources(ctx context.Context, actor Actor, list []Source) error {
	return s.change(ctx, actor, func(t *tx) error {
		for i := range list {
			if list[i].Purpose == "" {
				list[i].Purpose = PurposeGeneral
			}
			if list[i].Family == "" {
				list[i].Family = list[i].Code
			}
			if list[i].Name == "" {
				list[i].Name, list[i].NameEn = list[i].Code, list[i].Code
			}
			if list[i].Standing == 0 {
				list[i].Standing = CommonStanding
			}
			list[i].RegisteredAt, list[i].Version = t.now, 1
		}
		if err := t.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&list).Error; err != nil {
			return fmt.Errorf("register sources: %w", err)
		}
		t.audit("source.register", "sources", Place{}, map[string]any{"count": len(list)})
		return nil
	})
}

// Sources lists all suppliers by code.
func (s *Store) Sources(ctx context.Context) (map[string]Source, error) {
	return readSources(s.read(ctx))
}

func readSources(db *gorm.DB) (map[string]Source, error) {
	var list []Source
	if err := db.Find(&list).Error; err != nil {
		return nil, fmt.Errorf("list sources: %w", err)
	}
	by := make(map[string]Source, len(list))
	for _, src := range list {
		by[src.Code] = src
	}
	return by, nil
}

// missingSources registers, inside a load, the sources its rows name for the first time.
func (t *tx) missingSources(codes map[string]bool) error {
	if len(codes) == 0 {
		return nil
	}
	list := make([]Source, 0, len(codes))
	for code := range codes {
		list = append(list, Source{Code: code, Name: code, NameEn: code, Family: code, Purpose: PurposeGeneral, Standing: CommonStanding, RegisteredAt: t.now, Version: 1})
	}
	if err := t.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&list).Error; err != nil {
		return fmt.Errorf("register sources: %w", err)
	}
	return nil
}
