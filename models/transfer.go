package models

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
)

// Transfer is one movement of money between two accounts, with its provenance.
type Transfer struct {
	ID          int64
	Source      string
	Key         string
	FromID      int64
	ToID        int64
	FromAccount string
	ToAccount   string
	AmountFen   int64
	Currency    string
	At          Instant
	Channel     string
	Memo        string
}

var transferColumns = []column{{"source", textColumn}, {"key", textColumn}, {"from_id", intColumn}, {"to_id", intColumn},
	{"amount_fen", intColumn}, {"currency", textColumn}, {"at", instantColumn}, {"observed_at", instantColumn},
	{"recorded_at", instantColumn}, {"batch_id", intColumn}, {"line", intColumn}, {"channel", textColumn}, {"device", textColumn},
	{"ip", textColumn}, {"memo", textColumn}, {"hash", bytesColumn}}

var putTransfers = bulk{table: "transfers", columns: transferColumns, after: "ON CONFLICT (source, key) DO NOTHING"}

type transferRow struct {
	*TransferRow
	source   string
	line     int64
	observed Instant
	hash     [32]byte
	from, to int // the places of its accounts among the subjects of the load
}

// addTransfer makes a transfer ready.
func (p *Prepared) addTransfer(r Row) error {
	content, err := json.Marshal(r.Transfer)
	if err != nil {
		return fmt.Errorf("line %d: write transfer: %w", r.Line, err)
	}
	row := transferRow{TransferRow: r.Transfer, source: r.Source, line: r.Line, observed: r.ObservedAt, hash: sha256.Sum256(content),
		from: p.subject(SubjectRef{KindAccount, r.Transfer.FromAccount}), to: p.subject(SubjectRef{KindAccount, r.Transfer.ToAccount})}
	if row.observed.IsZero() {
		row.observed = row.At
	}
	if len(p.moves) < sampled {
		p.content = append(p.content, content)
	}
	p.size += len(content)
	p.moves = append(p.moves, row)
	return nil
}

// storeTransfers appends transfers by the bulk path. A transfer that is there with the same content is unchanged; with other
// content under the same ID it is refused.
func (l *Loader) storeTransfers(ctx context.Context, t *tx, c *chunk) error {
	rows := make([]*transferRow, 0, len(c.moves))
	first := make(map[string]int, len(c.moves))
	for i := range c.moves {
		row := &c.moves[i]
		var content []byte
		if i < sampled {
			content = c.content[i]
		}
		c.came(row.source, i, content)
		key := row.source + "\x00" + row.ID
		if i, ok := first[key]; ok {
			c.settle(rows[i].hash[:], row)
			continue
		}
		first[key] = len(rows)
		rows = append(rows, row)
	}
	subs := make([]loaded, len(c.subjects))
	for i, ref := range c.subjects {
		subs[i].ref = ref
	}
	if err := l.find(ctx, t, subs); err != nil {
		return err
	}
	if err := l.putSubjects(ctx, t, subs, c.place, 0); err != nil {
		return err
	}
	var before int64
	if err := t.db.Table("transfers").Select("COALESCE(MAX(id), 0)").Scan(&before).Error; err != nil {
		return fmt.Errorf("read the newest transfer: %w", err)
	}
	c.before = before
	put := putTransfers
	if t.store.dialect == "postgres" && !l.repeats {
		put.after = ""
	}
	n, err := put.insert(ctx, t, len(rows), func(row, col int) any { return l.transferValue(t, rows[row], subs, col) })
	if err != nil {
		return err
	}
	c.accepted, l.repeats = n, n < int64(len(rows))
	t.arrived = t.arrived || n > 0
	for _, tally := range c.tally {
		tally.accepted = n * tally.rows / int64(max(len(c.moves), 1)) // in a chunk of several sources a share
	}
	if n == int64(len(rows)) {
		return nil
	}
	return l.settleKnown(t, c, rows, before)
}

func (l *Loader) transferValue(t *tx, r *transferRow, subs []loaded, col int) any {
	switch col {
	case 0:
		return r.source
	case 1:
		return r.ID
	case 2:
		return subs[r.from].id
	case 3:
		return subs[r.to].id
	case 4:
		return r.AmountFen
	case 5:
		return r.Currency
	case 6:
		return r.At
	case 7:
		return r.observed
	case 8:
		return t.now
	case 9:
		return l.batch.ID
	case 10:
		return r.line
	case 11:
		return r.Channel
	case 12:
		return r.Device
	case 13:
		return r.IP
	case 14:
		return r.Memo
	default:
		return r.hash[:]
	}
}

// settle counts a repeated transfer as unchanged, or refuses it where its content differs.
func (c *chunk) settle(known []byte, r *transferRow) {
	if bytes.Equal(known, r.hash[:]) {
		c.unchanged++
		return
	}
	raw, err := json.Marshal(r.TransferRow)
	if err != nil {
		raw = nil
	}
	c.refused = append(c.refused, RefusedRow{Line: r.line, Column: "id", Value: r.ID, Key: "ingest.refused.transfer_changed", Args: map[string]string{"column": "id", "value": r.ID}, Raw: string(raw)})
}

// settleKnown finds out which rows the store already had; before is the newest transfer of before this chunk.
func (l *Loader) settleKnown(t *tx, c *chunk, rows []*transferRow, before int64) error {
	by := map[string][]string{}
	for _, r := range rows {
		by[r.source] = append(by[r.source], r.ID)
	}
	type stored struct {
		ID      int64
		Key     string
		Hash    []byte
		BatchID int64
		Line    int64
	}
	have := map[string]stored{}
	for source, keys := range by {
		for from := 0; from < len(keys); from += 5000 {
			var list []stored
			if err := t.db.Table("transfers").Select("id, key, hash, batch_id, line").Where("source = ? AND key IN ?", source, keys[from:min(from+5000, len(keys))]).Find(&list).Error; err != nil {
				return fmt.Errorf("look known transfers up: %w", err)
			}
			for _, s := range list {
				have[source+"\x00"+s.Key] = s
			}
		}
	}
	for _, r := range rows {
		s := have[r.source+"\x00"+r.ID]
		if s.ID > before && s.BatchID == l.batch.ID && s.Line == r.line && bytes.Equal(s.Hash, r.hash[:]) {
			continue // this very row, just stored
		}
		c.settle(s.Hash, r)
	}
	return nil
}
