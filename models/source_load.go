package models

import (
	"encoding/json"
	"fmt"
)

// sampled is how many rows of a chunk are looked at for how full their columns are.
const sampled = 50

// tally is what one chunk of a load brought of one source.
type tally struct {
	rows     int64
	accepted int64
	refused  int64
	newest   Instant // when the newest fact that it brought was observed
	looked   int64
	filled   map[string]int64
}

// Fill says how full columns were: of Rows rows, in how many each column had a value.
type Fill struct {
	Rows    int64            `json:"rows"`
	Columns map[string]int64 `json:"columns"`
}

// came counts a row of a source, the i-th of its chunk; content is that of the first, as JSON without its empty columns.
func (c *chunk) came(source string, i int, content []byte) {
	t := c.tally[source]
	if t == nil {
		t = &tally{filled: map[string]int64{}}
		c.tally[source] = t
	}
	t.rows++
	if i >= sampled {
		return
	}
	var columns map[string]json.RawMessage
	if json.Unmarshal(content, &columns) != nil {
		return // what was just written can be read; were it not, the count of columns is no reason to refuse a row
	}
	t.looked++
	for name := range columns {
		t.filled[name]++
	}
}

// noteTally stores what a chunk brought, for the sources' freshness, volume and fill. Refused rows count for the batch's source.
func (l *Loader) noteTally(t *tx, table Table, c *chunk) error {
	if len(c.refused) > 0 {
		if c.tally[l.batch.Source] == nil {
			c.tally[l.batch.Source] = &tally{filled: map[string]int64{}}
		}
		c.tally[l.batch.Source].refused = int64(len(c.refused))
	}
	for source, n := range c.tally {
		filled, err := json.Marshal(Fill{Rows: n.looked, Columns: n.filled})
		if err != nil {
			return fmt.Errorf("write how full %s is: %w", source, err)
		}
		err = t.db.Table("source_loads").Create(map[string]any{"source": source, "tbl": table, "batch_id": l.batch.ID, "at": t.now, "rows": n.rows,
			"accepted": n.accepted, "refused": n.refused, "filled": string(filled), "observed_to": n.newest}).Error
		if err != nil {
			return fmt.Errorf("note what %s brought: %w", source, err)
		}
	}
	return nil
}

// standing gives how much a source stands for, see [Source].
func (l *Loader) standing(source string) int64 {
	if n, ok := l.ranks[source]; ok {
		return n
	}
	return CommonStanding
}

func (l *Loader) readRanks(t *tx) error {
	if l.ranks != nil {
		return nil
	}
	var list []Source
	if err := t.db.Select("code, standing").Find(&list).Error; err != nil {
		return fmt.Errorf("read the standing of sources: %w", err)
	}
	l.ranks = make(map[string]int64, len(list))
	for _, src := range list {
		l.ranks[src.Code] = src.Standing
	}
	return nil
}
