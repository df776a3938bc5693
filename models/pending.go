package models

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// pendingRows is how many waiting facts are looked through in one transaction: a fraction of a second of the store's writer.
const pendingRows = 10_000

// atOnce is how many facts a load may bring in one transaction that are indexed and counted with them; those of more wait for
// [Store.SettleFacts], which is cheaper by the fact.
const atOnce = 500

// putStated indexes what the facts between two keys state (see tieMark), each once.
const putStated = `INSERT INTO stated (kind, mark, fact_id) SELECT x.kind, x.mark, x.id FROM (
	SELECT 1 AS kind, phone_mark AS mark, id FROM facts WHERE id BETWEEN @first AND @last AND phone_mark IS NOT NULL
	UNION ALL SELECT 2, address_mark, id FROM facts WHERE id BETWEEN @first AND @last AND address_mark IS NOT NULL
	UNION ALL SELECT 3, website_mark, id FROM facts WHERE id BETWEEN @first AND @last AND website_mark IS NOT NULL) x
	WHERE TRUE ORDER BY x.kind, x.mark, x.id ON CONFLICT DO NOTHING`

// putCounts counts the signals of a batch between two keys by the place of their subjects.
const putCounts = `INSERT INTO signal_counts (batch_id, day, p2, c4, c6, n)
	SELECT f.batch_id, @day, s.p2, s.c4, s.c6, COUNT(*) FROM facts f JOIN subjects s ON s.id = f.subject_id
	WHERE f.id BETWEEN @first AND @last AND f.batch_id = @batch AND f.tbl = 'signals' GROUP BY f.batch_id, s.p2, s.c4, s.c6
	ON CONFLICT (batch_id, day, p2, c4, c6) DO UPDATE SET n = signal_counts.n + excluded.n`

// pendingFacts is facts from one key to another that wait: companies for the index of what they state, the signals of a batch to be
// counted on the day they came.
type pendingFacts struct {
	ID        int64
	Tbl       Table
	BatchID   *int64
	Day       int64
	FirstFact int64
	LastFact  int64
}

// settle indexes or counts them.
func (p pendingFacts) settle(db *gorm.DB) error {
	text, args := putStated, map[string]any{"first": p.FirstFact, "last": p.LastFact}
	if p.Tbl == TableSignals {
		text, args["day"], args["batch"] = putCounts, p.Day, *p.BatchID
	}
	if err := db.Exec(text, args).Error; err != nil {
		return fmt.Errorf("settle the %s of facts %d to %d: %w", p.Tbl, p.FirstFact, p.LastFact, err)
	}
	return nil
}

// notePending sees to it that what a chunk of companies states is found and its signals are counted: at once where there are few, by
// whoever scans next where there are many. Facts of others that lie between are no harm: companies state what they state, and signals
// are counted by their batch.
func (l *Loader) notePending(t *tx, c *chunk) error {
	if c.table != TableCompanies && c.table != TableSignals {
		return nil
	}
	p := pendingFacts{Tbl: c.table, BatchID: &l.batch.ID, Day: dayNumber(t.now), FirstFact: c.before + 1}
	if err := t.db.Table("facts").Select("COALESCE(MAX(id), 0)").Scan(&p.LastFact).Error; err != nil {
		return fmt.Errorf("read the newest fact: %w", err)
	}
	if c.accepted <= atOnce {
		return p.settle(t.db)
	}
	if err := t.db.Create(&p).Error; err != nil {
		return fmt.Errorf("note that facts wait: %w", err)
	}
	return nil
}

// SettleFacts indexes what the companies of large loads state, so that those which state the same are found without looking through their
// facts, and counts the signals of such loads. It goes on where it was broken off. That companies are found does not depend on it, how fast
// does; signals that wait are not counted yet.
func (s *Store) SettleFacts(ctx context.Context) error {
	for {
		var list []pendingFacts
		if err := s.read(ctx).Order("id").Limit(1).Find(&list).Error; err != nil {
			return fmt.Errorf("ask which facts wait: %w", err)
		}
		if len(list) == 0 {
			return nil
		}
		if err := s.transact(ctx, list[0].shorten); err != nil {
			return err
		}
	}
}

// shorten settles the first of the facts and takes them off those that wait, unless somebody else did meanwhile. What it writes follows
// from the facts alone, so that there is nothing to audit.
func (p pendingFacts) shorten(db *gorm.DB) error {
	part := p
	part.LastFact = min(p.LastFact, p.FirstFact+pendingRows-1)
	mine := db.Table("pending_facts").Where("id = ? AND first_fact = ?", p.ID, p.FirstFact)
	if part.LastFact < p.LastFact {
		mine = mine.Update("first_fact", part.LastFact+1)
	} else {
		mine = mine.Delete(nil)
	}
	if mine.Error != nil {
		return fmt.Errorf("take facts off those that wait: %w", mine.Error)
	}
	if mine.RowsAffected == 0 {
		return nil
	}
	return part.settle(db)
}
