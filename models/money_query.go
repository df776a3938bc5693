package models

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// usable narrows a question to transfers that a scan of money may use: of permitted purpose, within the bounds.
func usable(q *gorm.DB, asOf AsOf) *gorm.DB {
	q = asOf.permitted(q, "source")
	if !asOf.ObservedBy.IsZero() {
		q = q.Where("observed_at <= ?", asOf.ObservedBy).Where("at <= ?", asOf.ObservedBy)
	}
	if !asOf.RecordedBy.IsZero() {
		q = q.Where("recorded_at <= ?", asOf.RecordedBy)
	}
	return q
}

// MoneyTransfers hands out transfers within the bounds, all of them or those that some accounts take part in. It asks for no
// scope since a scan looks at everybody. The order is that of the store's keys where all are asked for.
func (s *Store) MoneyTransfers(ctx context.Context, asOf AsOf, accounts []int64, yield func(MoneyTransfer)) error {
	const fields = "id, from_id, to_id, amount_fen, at, channel, device, ip, source, currency"
	if accounts == nil {
		return eachTransfer(usable(ledger(s.read(ctx), asOf).Select(fields), asOf).Order("id"), yield)
	}
	for from := 0; from < len(accounts); from += 2000 {
		part := accounts[from:min(from+2000, len(accounts))]
		for _, end := range []string{"from_id IN ?", "to_id IN ?"} {
			if err := eachTransfer(usable(ledger(s.read(ctx), asOf).Select(fields), asOf).Where(end, part), yield); err != nil {
				return err
			}
		}
	}
	return nil
}

// MoneyTransfersAfter hands out transfers that were recorded after one, in the order of time.
func (s *Store) MoneyTransfersAfter(ctx context.Context, asOf AsOf, after int64, yield func(MoneyTransfer)) error {
	const fields = "id, from_id, to_id, amount_fen, at, channel, device, ip, source, currency"
	return eachTransfer(usable(ledger(s.read(ctx), asOf).Select(fields), asOf).Where("id > ?", after).Order("at, id"), yield)
}

func eachTransfer(q *gorm.DB, yield func(MoneyTransfer)) error {
	rows, err := q.Rows()
	if err != nil {
		return fmt.Errorf("read transfers: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var t MoneyTransfer
		var at Instant
		if err := rows.Scan(&t.ID, &t.FromID, &t.ToID, &t.Fen, &at, &t.Channel, &t.Device, &t.IP, &t.Source, &t.Currency); err != nil {
			return fmt.Errorf("read transfers: %w", err)
		}
		t.At = at.Micro()
		yield(t)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read transfers: %w", err)
	}
	return nil
}

// NewTransfers is what was recorded after a transfer: the accounts it touches, and when the first and the last of it happened.
type NewTransfers struct {
	Accounts    []int64
	Count       int
	First, Last Instant
}

// TransfersAfter gives what was recorded after a transfer; it stops at a number of transfers.
func (s *Store) TransfersAfter(ctx context.Context, after int64, most int) (NewTransfers, error) {
	var list []struct {
		FromID, ToID int64
		At           Instant
	}
	var out NewTransfers
	if err := s.read(ctx).Table("transfers").Select("from_id, to_id, at").Where("id > ?", after).Order("id").Limit(most).Find(&list).Error; err != nil {
		return out, fmt.Errorf("read new transfers: %w", err)
	}
	out.Count = len(list)
	seen := map[int64]bool{}
	for _, t := range list {
		if out.First.IsZero() || t.At.Before(out.First) {
			out.First = t.At
		}
		if t.At.After(out.Last) {
			out.Last = t.At
		}
		for _, a := range []int64{t.FromID, t.ToID} {
			if !seen[a] {
				seen[a] = true
				out.Accounts = append(out.Accounts, a)
			}
		}
	}
	return out, nil
}

// NewestTransfer gives the store's key of the transfer recorded last, withdrawn or not; 0 when there is none.
func (s *Store) NewestTransfer(ctx context.Context) (int64, error) {
	var id int64
	if err := s.read(ctx).Raw("SELECT COALESCE(MAX(x.id), 0) FROM (SELECT MAX(id) AS id FROM transfers UNION ALL SELECT MAX(id) FROM withdrawn_transfers) x").Scan(&id).Error; err != nil {
		return 0, fmt.Errorf("read the newest transfer: %w", err)
	}
	return id, nil
}

// MoneyMark gives how far the last search for schemes looked; the zero mark when there was none.
func (s *Store) MoneyMark(ctx context.Context) (MoneyMark, error) {
	var m MoneyMark
	err := s.read(ctx).Table("money_mark").Where("one = 1").Take(&m).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return m, fmt.Errorf("read the mark of the money scan: %w", err)
	}
	return m, nil
}

// MoneyAccounts gives what is known about accounts as of a moment, by the store's key: of all that some source describes or
// somebody holds, or of some accounts.
func (s *Store) MoneyAccounts(ctx context.Context, asOf AsOf, accounts []int64) (map[int64]MoneyAccount, error) {
	out := map[int64]MoneyAccount{}
	if accounts == nil {
		return out, s.moneyAccounts(ctx, asOf, func(q *gorm.DB, _ string) *gorm.DB { return q }, out)
	}
	for from := 0; from < len(accounts); from += 5000 {
		part := accounts[from:min(from+5000, len(accounts))]
		if err := s.moneyAccounts(ctx, asOf, func(q *gorm.DB, column string) *gorm.DB { return q.Where(column+" IN ?", part) }, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Store) moneyAccounts(ctx context.Context, asOf AsOf, some func(*gorm.DB, string) *gorm.DB, out map[int64]MoneyAccount) error {
	var subjects []struct {
		ID        int64
		Place     `gorm:"embedded"`
		OwnerID   int64
		OwnerKind SubjectKind
		Exit      string
	}
	q := s.read(ctx).Table("subjects s").Joins("LEFT JOIN subjects o ON o.id = s.owner_id").
		Select(`s.id, s.division_code, s.p2, s.c4, s.c6, COALESCE(s.owner_id, 0) AS owner_id, COALESCE(o.kind, '') AS owner_kind,
			CASE WHEN EXISTS (SELECT 1 FROM facts f WHERE f.subject_id = s.owner_id AND f.tbl = ? AND f.payload LIKE '%"area":"CRYP"%') THEN 'CRYP' ELSE '' END AS exit`, TableProducts).
		Where("s.kind = ?", KindAccount)
	if err := some(q, "s.id").Find(&subjects).Error; err != nil {
		return fmt.Errorf("read accounts: %w", err)
	}
	for _, a := range subjects {
		out[a.ID] = MoneyAccount{ID: a.ID, Place: a.Place, DivisionCode: a.DivisionCode, OwnerID: a.OwnerID, OwnerKind: a.OwnerKind, Exit: a.Exit}
	}
	facts := bounded(s.read(ctx).Table("facts f").Select("f.subject_id, f.payload"), asOf).Where("f.tbl = ?", TableAccounts)
	rows, err := some(facts, "f.subject_id").Order("f.id").Rows()
	if err != nil {
		return fmt.Errorf("read facts of accounts: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var payload []byte
		if err := rows.Scan(&id, &payload); err != nil {
			return fmt.Errorf("read facts of accounts: %w", err)
		}
		var row AccountRow
		if err := json.Unmarshal(payload, &row); err != nil {
			return fmt.Errorf("read facts of account %d: %w", id, err)
		}
		a := out[id]
		a.Institution, a.Class, a.OpenedOn = row.InstitutionCode, row.Class, row.OpenedOn
		out[id] = a
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read facts of accounts: %w", err)
	}
	if err := s.accountHolders(ctx, asOf, some, out); err != nil {
		return err
	}
	return s.accountReports(ctx, asOf, some, out)
}

// accountHolders adds what is known of the people who hold accounts.
func (s *Store) accountHolders(ctx context.Context, asOf AsOf, some func(*gorm.DB, string) *gorm.DB, out map[int64]MoneyAccount) error {
	var list []struct {
		ID      int64
		Payload []byte
	}
	q := bounded(s.read(ctx).Table("facts f").Select("a.id, f.payload").Joins("JOIN subjects a ON a.owner_id = f.subject_id AND a.kind = ?", KindAccount), asOf).
		Where("f.tbl = ?", TablePersons)
	if err := some(q, "a.id").Order("f.observed_at, f.id").Find(&list).Error; err != nil {
		return fmt.Errorf("read holders of accounts: %w", err)
	}
	for _, r := range list {
		var row PersonRow
		if err := json.Unmarshal(r.Payload, &row); err != nil {
			return fmt.Errorf("read the holder of account %d: %w", r.ID, err)
		}
		a := out[r.ID]
		if row.BirthYear != nil {
			a.BirthYear = *row.BirthYear
		}
		if row.DivisionCode != "" {
			a.OwnerPlace = row.DivisionCode
		}
		out[r.ID] = a
	}
	return nil
}

// accountReports adds what was said of accounts; the police or a penalty puts an account on the list.
func (s *Store) accountReports(ctx context.Context, asOf AsOf, some func(*gorm.DB, string) *gorm.DB, out map[int64]MoneyAccount) error {
	var list []struct {
		ID      int64
		Source  string
		Payload []byte
	}
	q := bounded(s.read(ctx).Table("facts f").Select("a.id, f.source, f.payload").Joins("JOIN subjects a ON a.id = f.subject_id AND a.kind = ?", KindAccount), asOf).
		Where("f.tbl = ?", TableSignals)
	if err := some(q, "a.id").Order("f.id").Find(&list).Error; err != nil {
		return fmt.Errorf("read reports of accounts: %w", err)
	}
	for _, r := range list {
		var row SignalRow
		if err := json.Unmarshal(r.Payload, &row); err != nil {
			return fmt.Errorf("read a report of account %d: %w", r.ID, err)
		}
		a := out[r.ID]
		if row.Text != "" && len(a.Reports) < mostReports {
			a.Reports = append(a.Reports, row.Text)
		}
		if row.Kind == "police_feedback" || row.Kind == "penalty" {
			a.Listed = true
			if len(a.Charges) < mostReports {
				a.Charges = append(a.Charges, Charge{r.Source, row.Text})
			}
		}
		out[r.ID] = a
	}
	return nil
}

// mostReports bounds the texts about one account that a search for schemes reads.
const mostReports = 20

// UnscopedSubjects gives subjects by the store's keys, for scans; it asks for no scope.
func (s *Store) UnscopedSubjects(ctx context.Context, ids []int64) (map[int64]Subject, error) {
	out := make(map[int64]Subject, len(ids))
	for from := 0; from < len(ids); from += 5000 {
		var list []Subject
		if err := s.read(ctx).Where("id IN ?", ids[from:min(from+5000, len(ids))]).Find(&list).Error; err != nil {
			return nil, fmt.Errorf("read subjects: %w", err)
		}
		for _, sub := range list {
			out[sub.ID] = sub
		}
	}
	return out, nil
}

// crowded is from how many other ends on an account is too busy for the search to go on through it.
const crowded = 60

// MoneyNear gives the accounts within some hops of others, along contacts in either direction that have at most so many
// transfers in a span of time, without going on through accounts that have too many such contacts; nil where there are more
// accounts than most.
func (s *Store) MoneyNear(ctx context.Context, accounts []int64, span NearSpan) ([]int64, error) {
	seen := map[int64]bool{}
	for _, a := range accounts {
		seen[a] = true
	}
	edge := accounts
	for range span.Hops {
		var next []int64
		for part := range slices.Chunk(edge, 1000) {
			for _, q := range []string{
				"SELECT from_id AS near, to_id AS other FROM transfers WHERE from_id IN ? AND at BETWEEN ? AND ? GROUP BY from_id, to_id HAVING COUNT(*) <= ? ORDER BY 1, 2",
				"SELECT to_id AS near, from_id AS other FROM transfers WHERE to_id IN ? AND at BETWEEN ? AND ? GROUP BY to_id, from_id HAVING COUNT(*) <= ? ORDER BY 1, 2",
			} {
				var pairs []struct{ Near, Other int64 }
				if err := s.read(ctx).Raw(q, part, span.From, span.Until, span.Transfers).Scan(&pairs).Error; err != nil {
					return nil, fmt.Errorf("read neighbours: %w", err)
				}
				ends := map[int64]int{}
				for _, p := range pairs {
					ends[p.Near]++
				}
				for _, p := range pairs {
					if ends[p.Near] <= crowded && !seen[p.Other] {
						seen[p.Other] = true
						next = append(next, p.Other)
					}
				}
			}
		}
		if len(seen) > span.Most {
			return nil, nil
		}
		edge = next
	}
	out := make([]int64, 0, len(seen))
	for id := range seen {
		out = append(out, id)
	}
	slices.Sort(out)
	return out, nil
}

// NearSpan bounds how far MoneyNear goes.
type NearSpan struct {
	From, Until Instant
	Transfers   int // of a contact, at most
	Hops, Most  int
}
