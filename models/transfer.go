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
}

// storeTransfers appends transfers by the bulk path. A transfer that is there with the same content is unchanged; with other
// content under the same ID it is refused.
func (l *Loader) storeTransfers(ctx context.Context, t *tx, c *chunk) error {
	rows := make([]transferRow, 0, len(c.rows))
	first := map[string]int{}
	mentioned := map[SubjectRef]bool{}
	for _, r := range c.rows {
		content, err := json.Marshal(r.Transfer)
		if err != nil {
			return fmt.Errorf("line %d: write transfer: %w", r.Line, err)
		}
		row := transferRow{TransferRow: r.Transfer, source: r.Source, line: r.Line, observed: r.ObservedAt, hash: sha256.Sum256(content)}
		if row.observed.IsZero() {
			row.observed = row.At
		}
		c.came(r.Source, len(rows), content)
		key := r.Source + "\x00" + row.ID
		if i, ok := first[key]; ok {
			c.settle(rows[i].hash[:], row)
			continue
		}
		first[key] = len(rows)
		rows = append(rows, row)
		mentioned[SubjectRef{KindAccount, row.FromAccount}] = true
		mentioned[SubjectRef{KindAccount, row.ToAccount}] = true
	}
	if _, err := t.putSubjects(ctx, l.known, nil, mentioned, l.batch.Place, 0); err != nil {
		return err
	}
	var before int64
	if err := t.db.Table("transfers").Select("COALESCE(MAX(id), 0)").Scan(&before).Error; err != nil {
		return fmt.Errorf("read the newest transfer: %w", err)
	}
	c.before = before
	n, err := putTransfers.insert(ctx, t.db, len(rows), func(row, col int) any { return l.transferValue(t, &rows[row], col) })
	if err != nil {
		return err
	}
	c.accepted = n
	t.arrived = t.arrived || n > 0
	for _, tally := range c.tally {
		tally.accepted = n * tally.rows / int64(max(len(c.rows), 1)) // in a chunk of several sources a share
	}
	if n == int64(len(rows)) {
		return nil
	}
	return l.settleKnown(t, c, rows, before)
}

func (l *Loader) transferValue(t *tx, r *transferRow, col int) any {
	switch transferColumns[col].name {
	case "source":
		return r.source
	case "key":
		return r.ID
	case "from_id":
		return l.known[SubjectRef{KindAccount, r.FromAccount}]
	case "to_id":
		return l.known[SubjectRef{KindAccount, r.ToAccount}]
	case "amount_fen":
		return r.AmountFen
	case "currency":
		return r.Currency
	case "at":
		return r.At
	case "observed_at":
		return r.observed
	case "recorded_at":
		return t.now
	case "batch_id":
		return l.batch.ID
	case "line":
		return r.line
	case "channel":
		return r.Channel
	case "device":
		return r.Device
	case "ip":
		return r.IP
	case "memo":
		return r.Memo
	default:
		return r.hash[:]
	}
}

// settle counts a repeated transfer as unchanged, or refuses it where its content differs.
func (c *chunk) settle(known []byte, r transferRow) {
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
func (l *Loader) settleKnown(t *tx, c *chunk, rows []transferRow, before int64) error {
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
