package models

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

func (l *Loader) storeFacts(ctx context.Context, t *tx, c *chunk) error {
	subs := make([]loaded, len(c.subjects))
	for i, ref := range c.subjects {
		subs[i].ref = ref
	}
	for i := range c.facts {
		f := &c.facts[i]
		if f.names {
			n := f.naming
			n.at, n.standing = f.observedOr(t.now), l.standing(f.source)
			if !n.placed {
				n.place = l.batch.Place
			}
			s := &subs[c.place[n.ref]]
			if s.named {
				n = n.join(s.naming)
			}
			s.naming = n
		}
	}
	if err := l.find(ctx, t, subs); err != nil {
		return err
	}
	fresh, err := freshFacts(ctx, t, c.table, c.facts, subs)
	if err != nil {
		return err
	}
	c.accepted, c.unchanged = int64(len(fresh)), int64(len(c.facts)-len(fresh))
	for i := range c.facts {
		var content []byte
		if i < sampled {
			content = []byte(c.facts[i].payload)
		}
		c.came(c.facts[i].source, i, content)
	}
	for _, f := range fresh {
		n := c.tally[f.source]
		n.accepted++
		if at := f.observedOr(t.now); at.After(n.newest) {
			n.newest = at
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	var newest int64
	if err := t.db.Table("facts").Select("COALESCE(MAX(id), 0)").Scan(&newest).Error; err != nil {
		return fmt.Errorf("read the newest fact: %w", err)
	}
	c.before = newest
	t.arrived = true
	if err := l.putSubjects(ctx, t, subs, c.place, newest+int64(len(fresh))); err != nil {
		return err
	}
	if err := l.writeFacts(ctx, t, fresh, subs); err != nil {
		return err
	}
	return l.notePending(t, c)
}

var factColumns = []column{{"tbl", textColumn}, {"ident", bytesColumn}, {"source", textColumn}, {"subject_id", intColumn},
	{"other_id", intColumn}, {"batch_id", intColumn}, {"line", intColumn}, {"stated", boolColumn}, {"observed_at", instantColumn},
	{"recorded_at", instantColumn}, {"hash", bytesColumn}, {"payload", textColumn}, {"phone_mark", intColumn}, {"address_mark", intColumn},
	{"website_mark", intColumn}}

// firstMark is the first of the columns that hold marks, in the order of statedBy.
const firstMark = 12

// writeFacts stores facts and marks whom they are about, but for those that were just made with their mark.
func (l *Loader) writeFacts(ctx context.Context, t *tx, rows []*factRow, subs []loaded) error {
	touched := map[int64]bool{}
	for _, f := range rows {
		for _, i := range []int{f.subject, f.other} {
			if i >= 0 && (!subs[i].made || f.table == TableProducts && i == f.other) { // a product for its owner
				touched[subs[i].id] = true
			}
		}
	}
	put := bulk{table: "facts", columns: factColumns}
	_, err := put.insert(ctx, t, len(rows), func(row, col int) any { return l.factValue(t, rows[row], subs, col) })
	if err != nil {
		return err
	}
	return t.touch(touched)
}

func (l *Loader) factValue(t *tx, f *factRow, subs []loaded, col int) any {
	switch col {
	case 0:
		return string(f.table)
	case 1:
		return f.ident[:]
	case 2:
		return f.source
	case 3:
		return subs[f.subject].id
	case 4:
		if f.other < 0 {
			return nil
		}
		return subs[f.other].id
	case 5:
		return l.batch.ID
	case 6:
		return f.line
	case 7:
		return f.stated
	case 8:
		return f.observedOr(t.now)
	case 9:
		return t.now
	case 10:
		return f.hash[:]
	case 11:
		return f.payload
	default:
		if m := f.marks[col-firstMark]; m != 0 {
			return m
		}
		return nil
	}
}

// touch marks subjects, and the companies that own them, as having newer facts than their last assessment. The mark always
// rises, also when another load, whose facts have later numbers, was committed and assessed first.
func (t *tx) touch(ids map[int64]bool) error {
	t.arrived = t.arrived || len(ids) > 0
	var newest int64
	if err := t.db.Table("facts").Select("COALESCE(MAX(id), 0)").Scan(&newest).Error; err != nil {
		return fmt.Errorf("read the newest fact: %w", err)
	}
	mark := gorm.Expr("CASE WHEN newest_fact_id >= ? THEN newest_fact_id + 1 ELSE ? END", newest, newest)
	list := make([]int64, 0, len(ids))
	for id := range ids {
		list = append(list, id)
	}
	for from := 0; from < len(list); from += 5000 {
		part := list[from:min(from+5000, len(list))]
		if err := t.db.Table("subjects").Where("id IN ?", part).Update("newest_fact_id", mark).Error; err != nil {
			return fmt.Errorf("mark subjects: %w", err)
		}
		owners := t.db.Table("subjects").Select("owner_id").Where("id IN ? AND kind = ? AND owner_id IS NOT NULL", part, KindProduct)
		if err := t.db.Table("subjects").Where("id IN (?)", owners).Update("newest_fact_id", mark).Error; err != nil {
			return fmt.Errorf("mark owners: %w", err)
		}
	}
	return nil
}
