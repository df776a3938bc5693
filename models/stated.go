package models

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// statedRows is how many facts are looked through for what they state in one transaction: a fraction of a second of the store's writer.
const statedRows = 10_000

// statedAtOnce is how many facts of companies a load may bring at once whose statements are indexed with them; those of more wait for
// [Store.IndexStated], which puts them in sorted.
const statedAtOnce = 500

// putStated indexes what the facts between two keys state (see tieMark), each once.
const putStated = `INSERT INTO stated (kind, mark, fact_id) SELECT x.kind, x.mark, x.id FROM (
	SELECT 1 AS kind, phone_mark AS mark, id FROM facts WHERE id BETWEEN @first AND @last AND phone_mark IS NOT NULL
	UNION ALL SELECT 2, address_mark, id FROM facts WHERE id BETWEEN @first AND @last AND address_mark IS NOT NULL
	UNION ALL SELECT 3, website_mark, id FROM facts WHERE id BETWEEN @first AND @last AND website_mark IS NOT NULL) x
	WHERE TRUE ORDER BY x.kind, x.mark, x.id ON CONFLICT DO NOTHING`

// factSpan is facts from one key to another.
type factSpan struct {
	ID        int64
	FirstFact int64
	LastFact  int64
}

// index puts what the facts of a span state into the index.
func (f factSpan) index(db *gorm.DB) error {
	if err := db.Exec(putStated, map[string]any{"first": f.FirstFact, "last": f.LastFact}).Error; err != nil {
		return fmt.Errorf("index what facts %d to %d state: %w", f.FirstFact, f.LastFact, err)
	}
	return nil
}

// noteStated sees to it that what the last n facts of companies of a load state is found: at once where they are few, by whoever
// looks at companies next where they are many. Facts of others that lie between are no harm: they state what they state.
func (t *tx) noteStated(n int, before int64) error {
	var newest int64
	if err := t.db.Table("facts").Select("COALESCE(MAX(id), 0)").Scan(&newest).Error; err != nil {
		return fmt.Errorf("read the newest fact: %w", err)
	}
	span := factSpan{FirstFact: before + 1, LastFact: newest}
	if n <= statedAtOnce {
		return span.index(t.db)
	}
	if err := t.db.Exec("INSERT INTO unstated (first_fact, last_fact) VALUES (?, ?)", span.FirstFact, span.LastFact).Error; err != nil {
		return fmt.Errorf("note that facts wait for their index: %w", err)
	}
	return nil
}

// IndexStated indexes what the facts of large loads state, so that companies which state the same are found without looking through
// those facts. It goes on where it was broken off; that questions are answered rightly does not depend on it, how fast does.
func (s *Store) IndexStated(ctx context.Context) error {
	for {
		var list []factSpan
		if err := s.read(ctx).Table("unstated").Order("id").Limit(1).Find(&list).Error; err != nil {
			return fmt.Errorf("ask which facts wait for their index: %w", err)
		}
		if len(list) == 0 {
			return nil
		}
		if err := s.transact(ctx, list[0].shorten); err != nil {
			return err
		}
	}
}

// shorten indexes the first facts of a span and takes them off it, unless somebody else did meanwhile. What it writes follows from the
// facts alone, so that there is nothing to audit.
func (f factSpan) shorten(db *gorm.DB) error {
	part := f
	part.LastFact = min(f.LastFact, f.FirstFact+statedRows-1)
	mine := db.Table("unstated").Where("id = ? AND first_fact = ?", f.ID, f.FirstFact)
	if part.LastFact < f.LastFact {
		mine = mine.Update("first_fact", part.LastFact+1)
	} else {
		mine = mine.Delete(nil)
	}
	if mine.Error != nil {
		return fmt.Errorf("take facts off those that wait for their index: %w", mine.Error)
	}
	if mine.RowsAffected == 0 {
		return nil
	}
	return part.index(db)
}
