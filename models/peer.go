package models

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"
)

// PeerGrowth is how participants of some products grew in a month: of an area, of a size before the growth (-1 any) and of a month
// of the year (0 any).
type PeerGrowth struct {
	ScanID     int64
	RecordedAt Instant
	AsOf       Instant
	Area       string
	Size       int
	Month      int
	Products   int64
	Mean       float64
	SD         float64 `gorm:"column:sd"`
}

// BaseRate is how common an indicator is among the companies of an area that a whole scan looked at, and how alerts of the area that
// rest on it ended, as far as somebody decided.
type BaseRate struct {
	ScanID     int64
	RecordedAt Instant
	Area       string
	Indicator  string
	Companies  int64
	Showing    int64
	Confirmed  int64
	Unfounded  int64
}

// ProductHistories hands out the observations of each product by each source as of a moment, oldest first, product by product. It
// asks for no scope since a scan looks at everybody. Products without two numbers of participants are left out.
func (s *Store) ProductHistories(ctx context.Context, asOf AsOf, yield func([]Fact[ProductRow])) error {
	q := bounded(s.read(ctx).Table("facts f").Select("f.other_id, f.source, f.observed_at, f.payload"), asOf).
		Where("f.tbl = ? AND f.payload LIKE ?", TableProducts, `%"investors":%`).Order("f.other_id, f.source, f.observed_at, f.id")
	rows, err := q.Rows()
	if err != nil {
		return fmt.Errorf("read products: %w", err)
	}
	defer rows.Close()
	var list []Fact[ProductRow]
	product, source := int64(0), ""
	flush := func() {
		if len(list) > 1 {
			yield(list)
		}
		list = list[:0]
	}
	for rows.Next() {
		var id int64
		var from string
		var f Fact[ProductRow]
		var payload []byte
		if err := rows.Scan(&id, &from, &f.ObservedAt, &payload); err != nil {
			return fmt.Errorf("read products: %w", err)
		}
		if err := json.Unmarshal(payload, &f.Row); err != nil {
			return fmt.Errorf("read a product: %w", err)
		}
		if id != product || from != source {
			flush()
			product, source = id, from
		}
		f.Source = from
		list = append(list, f)
	}
	flush()
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read products: %w", err)
	}
	return nil
}

// RecordPeers keeps what a whole scan of the present found to be common growth, for itself and for those after it.
func (s *Store) RecordPeers(ctx context.Context, actor Actor, sc Scan, list []PeerGrowth) error {
	return s.change(ctx, actor, func(t *tx) error {
		if err := t.db.Table("peer_growth").Where("scan_id = ?", sc.ID).Delete(nil).Error; err != nil {
			return fmt.Errorf("scan %s: replace peers: %w", sc.Ref, err)
		}
		for i := range list {
			list[i].ScanID, list[i].RecordedAt, list[i].AsOf = sc.ID, t.now, sc.AsOf
		}
		if len(list) > 0 {
			if err := t.db.Table("peer_growth").CreateInBatches(list, 500).Error; err != nil {
				return fmt.Errorf("scan %s: store peers: %w", sc.Ref, err)
			}
		}
		t.audit("scan.peers", "scan:"+sc.Ref, Place{}, map[string]any{"groups": len(list)})
		return nil
	})
}

// PeerGrowthAt gives what was known as common growth at a moment, the newest for the zero moment; nothing before the first whole scan.
func (s *Store) PeerGrowthAt(ctx context.Context, at Instant) ([]PeerGrowth, error) {
	newest := func() *gorm.DB {
		q := s.read(ctx).Table("peer_growth").Select("scan_id").Order("recorded_at DESC, scan_id DESC").Limit(1)
		if !at.IsZero() {
			q = q.Where("recorded_at <= ?", at)
		}
		return q
	}
	var list []PeerGrowth
	if err := s.read(ctx).Table("peer_growth").Where("scan_id = (?)", newest()).Find(&list).Error; err != nil {
		return nil, fmt.Errorf("read peers: %w", err)
	}
	return list, nil
}

// RecordBaseRates keeps how common the indicators are that a whole scan of the present found.
func (s *Store) RecordBaseRates(ctx context.Context, actor Actor, sc Scan, list []BaseRate) error {
	return s.change(ctx, actor, func(t *tx) error {
		if err := t.db.Table("base_rates").Where("scan_id = ?", sc.ID).Delete(nil).Error; err != nil {
			return fmt.Errorf("scan %s: replace base rates: %w", sc.Ref, err)
		}
		for i := range list {
			list[i].ScanID, list[i].RecordedAt = sc.ID, t.now
		}
		if len(list) > 0 {
			if err := t.db.Table("base_rates").CreateInBatches(list, 500).Error; err != nil {
				return fmt.Errorf("scan %s: store base rates: %w", sc.Ref, err)
			}
		}
		t.audit("scan.rates", "scan:"+sc.Ref, Place{}, map[string]any{"rates": len(list)})
		return nil
	})
}

// BaseRates gives how common the indicators of an area are, by code, as the newest whole scan counted.
func (s *Store) BaseRates(ctx context.Context, area string) (map[string]BaseRate, error) {
	var list []BaseRate
	newest := s.read(ctx).Table("base_rates").Select("scan_id").Order("recorded_at DESC, scan_id DESC").Limit(1)
	if err := s.read(ctx).Table("base_rates").Where("area = ? AND scan_id = (?)", area, newest).Find(&list).Error; err != nil {
		return nil, fmt.Errorf("read base rates: %w", err)
	}
	out := make(map[string]BaseRate, len(list))
	for _, r := range list {
		out[r.Indicator] = r
	}
	return out, nil
}

// EndedAlert is an alert whose outcome is known: its area, the indicators it rested on, and whether it was confirmed.
type EndedAlert struct {
	ID    int64
	Area  string
	Kinds []string
	Bad   bool
}

// EndedAlerts gives the next alerts of known outcome by rising key; see KnownSamples for what counts.
func (s *Store) EndedAlerts(ctx context.Context, after int64, limit int) ([]EndedAlert, error) {
	samples, err := s.KnownSamples(ctx, after, limit)
	if err != nil || len(samples) == 0 {
		return nil, err
	}
	bad, ids := map[int64]bool{}, make([]int64, len(samples))
	for i, k := range samples {
		bad[k.AlertID], ids[i] = k.Bad, k.AlertID
	}
	var list []Alert
	if err := s.read(ctx).Where("id IN ?", ids).Order("id").Find(&list).Error; err != nil {
		return nil, fmt.Errorf("read ended alerts: %w", err)
	}
	out := make([]EndedAlert, 0, len(list))
	for _, al := range list {
		e := EndedAlert{ID: al.ID, Area: al.Area, Bad: bad[al.ID]}
		if err := json.Unmarshal([]byte(al.Families), &e.Kinds); err != nil {
			return nil, fmt.Errorf("read the indicators of %s: %w", al.Ref, err)
		}
		out = append(out, e)
	}
	return out, nil
}

// ScannedCompanies gives companies by internal key, for scans.
func (s *Store) ScannedCompanies(ctx context.Context, ids []int64) ([]Subject, error) {
	var list []Subject
	if err := s.read(ctx).Where("id IN ? AND kind = ?", ids, KindCompany).Order("id").Find(&list).Error; err != nil {
		return nil, fmt.Errorf("read subjects: %w", err)
	}
	return list, nil
}
