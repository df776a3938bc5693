package models

import (
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

type numberSequence struct {
	Kind  string
	Place string
	Year  int
	Last  int64
}

// nextNumber takes the next number of a kind for a place and year: without gaps, since it is taken in the same transaction as
// what it numbers, and without doubles, since the row is locked.
func (t *tx) nextNumber(kind, place string, year int) (int64, error) {
	row := numberSequence{Kind: kind, Place: place, Year: year, Last: 1}
	err := t.db.Table("number_sequences").Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "kind"}, {Name: "place"}, {Name: "year"}},
		DoUpdates: clause.Assignments(map[string]any{"last": gorm.Expr("number_sequences.last + 1")}),
	}).Create(&row).Error
	if err != nil {
		return 0, fmt.Errorf("take number %s %s %d: %w", kind, place, year, err)
	}
	var got numberSequence
	if err := t.db.Table("number_sequences").Where("kind = ? AND place = ? AND year = ?", kind, place, year).Take(&got).Error; err != nil {
		return 0, fmt.Errorf("take number %s %s %d: %w", kind, place, year, err)
	}
	return got.Last, nil
}

// newRef makes a public number such as YJ-440300-2026-00017. It counts per place, so that it tells nobody how many there
// are elsewhere.
func (t *tx) newRef(kind, place string) (string, error) {
	year := t.now.Time().In(China).Year()
	n, err := t.nextNumber(kind, place, year)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s-%s-%d-%05d", kind, place, year, n), nil
}
