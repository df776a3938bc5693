package models

import (
	"context"
	"encoding/json"
	"fmt"
)

// tieFillRows is how many facts get their marks in one transaction.
const tieFillRows = 5000

// fillTieMarks gives the facts that were stored before migration 0020 the marks by which what they state is found again. It goes on
// where it was broken off, and has nothing to do in a database that was made since.
func (s *Store) fillTieMarks(ctx context.Context) error {
	for {
		var after, until int64
		if err := s.w.WithContext(ctx).Raw("SELECT after_id, until_id FROM tie_marks WHERE one = 1").Row().Scan(&after, &until); err != nil {
			return fmt.Errorf("ask which facts have no marks yet: %w", err)
		}
		if after >= until {
			return nil
		}
		if err := s.fillSomeTieMarks(ctx, after, until); err != nil {
			return fmt.Errorf("mark what the facts above %d state: %w", after, err)
		}
	}
}

func (s *Store) fillSomeTieMarks(ctx context.Context, after, until int64) error {
	return s.change(ctx, System("migrate"), func(t *tx) error {
		var list []struct {
			ID      int64
			Payload string
		}
		err := t.db.Table("facts").Select("id, payload").Where("id > ? AND id <= ? AND tbl = ?", after, until, TableCompanies).Order("id").Limit(tieFillRows).Find(&list).Error
		if err != nil {
			return err
		}
		upTo := until
		if len(list) == tieFillRows {
			upTo = list[len(list)-1].ID
		}
		for _, f := range list {
			var row CompanyRow
			if err := json.Unmarshal([]byte(f.Payload), &row); err != nil {
				return fmt.Errorf("read fact %d: %w", f.ID, err)
			}
			set := map[string]any{}
			for i, text := range statedBy(row) {
				if m := tieMark(text); m != 0 {
					set[factColumns[firstMark+i].name] = m
				}
			}
			if len(set) == 0 {
				continue
			}
			if err := t.db.Table("facts").Where("id = ?", f.ID).Updates(set).Error; err != nil {
				return fmt.Errorf("mark fact %d: %w", f.ID, err)
			}
		}
		t.audit("fact.mark", "facts", Place{}, map[string]any{"after": after, "up_to": upTo})
		return t.db.Table("tie_marks").Where("one = 1").Update("after_id", upTo).Error
	})
}
