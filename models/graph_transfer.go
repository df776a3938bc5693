package models

import (
	"context"
	"database/sql"
	"fmt"
)

// GraphTransfer is a transfer as the graph needs it.
type GraphTransfer struct {
	ID, FromID, ToID, AmountFen int64
	At                          Instant
	Currency, Channel           string // the currency is empty for that of the country
}

// GraphTransfers gives the transfers of a span that were made and recorded by a moment, by key; the zero AsOf is now. Those of
// sources of limited purpose are left out.
func (s *Store) GraphTransfers(ctx context.Context, span Span, asOf AsOf, see func(GraphTransfer) error) error {
	q := asOf.permitted(ledger(s.read(ctx), asOf), "t.source").Select("t.id, t.from_id, t.to_id, t.amount_fen, t.at, t.currency, t.channel").
		Where("t.id > ? AND t.id <= ?", span.After, span.UpTo)
	if !asOf.ObservedBy.IsZero() {
		q = q.Where("t.observed_at <= ?", asOf.ObservedBy)
	}
	if !asOf.RecordedBy.IsZero() {
		q = q.Where("t.recorded_at <= ?", asOf.RecordedBy)
	}
	rows, err := q.Order("t.id").Rows()
	if err != nil {
		return fmt.Errorf("read transfers: %w", err)
	}
	defer rows.Close()
	same := map[string]string{}
	var currency, channel sql.RawBytes
	for rows.Next() {
		var t GraphTransfer
		if err := rows.Scan(&t.ID, &t.FromID, &t.ToID, &t.AmountFen, &t.At, &currency, &channel); err != nil {
			return fmt.Errorf("read transfers: %w", err)
		}
		t.Currency, t.Channel = once(same, currency), once(same, channel)
		if err := see(t); err != nil {
			return err
		}
	}
	return rows.Err()
}

// once gives one text for equal ones, of which a table holds few.
func once(known map[string]string, b []byte) string {
	if t, ok := known[string(b)]; ok {
		return t
	}
	t := string(b)
	if len(known) < 1<<16 {
		known[t] = t
	}
	return t
}

// LastTaken is when the last transfer was withdrawn, zero where none was.
func (s *Store) LastTaken(ctx context.Context) (Instant, error) {
	var list []Instant
	if err := s.read(ctx).Table("withdrawn_transfers").Order("withdrawn_at DESC").Limit(1).Pluck("withdrawn_at", &list).Error; err != nil {
		return Instant{}, fmt.Errorf("read when the last transfer was withdrawn: %w", err)
	}
	if len(list) == 0 {
		return Instant{}, nil
	}
	return list[0], nil
}

// TakenTransfers gives the keys of the transfers that were withdrawn at a moment or later, and when the last of them was; the zero moment
// asks for all of them.
func (s *Store) TakenTransfers(ctx context.Context, since Instant) (ids []int64, last Instant, err error) {
	var rows []struct {
		ID          int64
		WithdrawnAt Instant
	}
	q := s.read(ctx).Table("withdrawn_transfers").Select("id, withdrawn_at")
	if !since.IsZero() {
		q = q.Where("withdrawn_at >= ?", since)
	}
	if err := q.Order("withdrawn_at").Scan(&rows).Error; err != nil {
		return nil, last, fmt.Errorf("list withdrawn transfers: %w", err)
	}
	for _, r := range rows {
		ids, last = append(ids, r.ID), r.WithdrawnAt
	}
	return ids, last, nil
}
