package models

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"
)

// Schemes lists the schemes of an alert, highest score first.
func (s *Store) Schemes(ctx context.Context, alertID int64) ([]Scheme, error) {
	var list []Scheme
	if err := s.read(ctx).Where("alert_id = ?", alertID).Order("score DESC, id").Find(&list).Error; err != nil {
		return nil, fmt.Errorf("read schemes: %w", err)
	}
	return list, nil
}

// AlertMembers lists the accounts of an alert that the actor may read, those that act first, at most limit of them; more says
// that there are others. Members outside the actor's divisions are listed too: who works on a scheme must know its accounts,
// but their pages stay closed.
func (s *Store) AlertMembers(ctx context.Context, alertID int64, limit int) (list []AlertMember, more bool, err error) {
	err = s.read(ctx).Table("alert_members m").
		Select(`m.scheme_id, m.subject_id, m.role, m.aside, m.in_fen, m.out_fen, m.added_at, s.kind, s.key, s.ref, s.name, s.division_code,
			COALESCE(o.kind, '') AS owner_kind, COALESCE(o.key, '') AS owner_key, COALESCE(o.name, '') AS owner_name`).
		Joins("JOIN subjects s ON s.id = m.subject_id").Joins("LEFT JOIN subjects o ON o.id = s.owner_id").
		Where("m.alert_id = ?", alertID).Order("m.aside, m.in_fen + m.out_fen DESC, m.subject_id").Limit(limit + 1).Find(&list).Error
	if err != nil {
		return nil, false, fmt.Errorf("read members: %w", err)
	}
	more = len(list) > limit
	return list[:min(len(list), limit)], more, nil
}

// AlertedMember is somebody whom an alert is about: its subject, or an account that acts in its scheme.
type AlertedMember struct {
	AlertID int64
	Subject string
	Idx     float64
}

// AlertedMembers lists the subjects of all alerts of at least a level, and the acting members of schemes of at least that level, open or not, for evaluation
// against ground truth; it asks for no scope.
func (s *Store) AlertedMembers(ctx context.Context, rank int) ([]AlertedMember, error) {
	var list []AlertedMember
	err := s.read(ctx).Raw(`SELECT al.id AS alert_id, s.kind || ':' || s.key AS subject, al.idx FROM alerts al JOIN subjects s ON s.id = al.subject_id WHERE al.level_rank >= ?
		UNION
		SELECT al.id, s.kind || ':' || s.key, al.idx FROM alerts al JOIN alert_members m ON m.alert_id = al.id
		JOIN schemes h ON h.id = m.scheme_id JOIN subjects s ON s.id = m.subject_id WHERE h.level_rank >= ? AND m.aside = ? ORDER BY 1, 2`, rank, rank, false).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("list alerted members: %w", err)
	}
	return list, nil
}

// heldAt finds who held accounts at a moment: of what was known of an account then the best said so. Only accounts that one of some
// companies ever held are looked at.
const heldAt = `(SELECT o.subject_id AS id, o.other_id AS owner_id FROM (SELECT f.subject_id, f.other_id,
		ROW_NUMBER() OVER (PARTITION BY f.subject_id ORDER BY s.standing, f.observed_at DESC, f.id DESC) AS place
	FROM facts f JOIN sources s ON s.code = f.source
	WHERE f.tbl = ? AND f.other_id IS NOT NULL AND f.recorded_at <= ? AND f.subject_id IN (SELECT g.subject_id FROM facts g WHERE g.other_id IN ? AND g.tbl = ?)
	AND NOT EXISTS (SELECT 1 FROM retractions x WHERE x.fact_id = f.id AND x.recorded_at <= ?)) o WHERE o.place = 1 AND o.other_id IN ?) AS a`

// accountsOf gives the accounts of companies as a table a with id and owner_id: of now, or as they were known at a moment.
func accountsOf(db *gorm.DB, companies []int64, asOf AsOf) *gorm.DB {
	if asOf.RecordedBy.IsZero() {
		return db.Table("subjects a").Where("a.kind = ? AND a.owner_id IN ?", KindAccount, companies)
	}
	return db.Table(heldAt, TableAccounts, asOf.RecordedBy, companies, TableAccounts, asOf.RecordedBy, companies)
}

// undismissedAt says that an alert was not dismissed at a moment, by its story.
const undismissedAt = `COALESCE((SELECT e.event FROM events e WHERE e.object_kind = ? AND e.object_id = al.id AND e.at <= ? AND e.event IN ('dismiss', 'reopen')
	ORDER BY e.at DESC, e.id DESC LIMIT 1), '') <> 'dismiss'`

// companySchemes adds the schemes in which accounts of companies act, found and over by the bounds, unless somebody dismissed
// their alert.
func companySchemes(db *gorm.DB, companies []int64, out map[int64]*CompanyFacts, asOf AsOf) error {
	q := accountsOf(db, companies, asOf).Select(`a.owner_id, h.id, al.ref, x.typology, m.role, x.score, x.families, x.amount_fen, x.members, x.last_at, h.found_at`).
		Joins("JOIN alert_members m ON m.subject_id = a.id AND m.aside = ?", false).Joins("JOIN schemes h ON h.id = m.scheme_id").Joins("JOIN alerts al ON al.id = m.alert_id")
	const doubt = "NOT EXISTS (SELECT 1 FROM scheme_doubts d WHERE d.scheme_id = h.id AND "
	if at := asOf.RecordedBy; at.IsZero() {
		q = q.Joins("JOIN schemes x ON x.id = h.id").Where("al.status <> ?", AlertDismissed).Where(doubt + "d.cleared_at IS NULL)")
	} else {
		q = q.Joins("JOIN scheme_states x ON x.id = (SELECT y.id FROM scheme_states y WHERE y.scheme_id = h.id AND y.recorded_at <= ? ORDER BY y.recorded_at DESC, y.id DESC LIMIT 1)", at).
			Where("m.added_at <= ?", at).Where(undismissedAt, objectAlert, at).Where(doubt+"d.doubted_at <= ? AND (d.cleared_at IS NULL OR d.cleared_at > ?))", at, at)
	}
	if !asOf.ObservedBy.IsZero() {
		q = q.Where("x.last_at <= ?", asOf.ObservedBy)
	}
	var list []struct {
		OwnerID   int64
		ID        int64
		Ref       string
		Typology  string
		Role      string
		Score     float64
		Families  string
		AmountFen int64
		Members   int64
		LastAt    Instant
		FoundAt   Instant
	}
	if err := q.Order("h.id, m.subject_id").Find(&list).Error; err != nil {
		return fmt.Errorf("read schemes of companies: %w", err)
	}
	for _, r := range list {
		f := SchemeFact{Provenance: Provenance{FactID: r.ID, Source: "LEDGER", Family: "LEDGER", Purpose: PurposeGeneral, ObservedAt: r.LastAt, RecordedAt: r.FoundAt},
			Alert: r.Ref, Typology: r.Typology, Role: r.Role, Score: r.Score, AmountFen: r.AmountFen, Members: r.Members}
		if err := json.Unmarshal([]byte(r.Families), &f.Families); err != nil {
			return fmt.Errorf("read families of scheme %d: %w", r.ID, err)
		}
		if len(f.Families) > 0 {
			f.Source, f.Family = f.Families[0], f.Families[0]
		}
		out[r.OwnerID].Schemes = append(out[r.OwnerID].Schemes, f)
	}
	return nil
}
