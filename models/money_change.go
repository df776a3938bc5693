package models

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// RecordSchemes stores schemes: each raises an alert, or joins the open one that it is, or the open one of its subject and
// area; members are added and never taken away. A dismissed alert of the same members holds until the scheme shows another
// pattern or a higher level. All happens in one transaction; the same schemes again change nothing.
func (s *Store) RecordSchemes(ctx context.Context, actor Actor, sc *Scan, list []FoundScheme) (ScanTally, error) {
	var tally ScanTally
	err := s.change(ctx, actor, func(t *tx) error {
		tally = ScanTally{}
		for _, f := range list {
			if err := t.settleScheme(sc, f, &tally); err != nil {
				return fmt.Errorf("scheme of %s: %w", f.Subject.Written().String(), err)
			}
		}
		set := map[string]any{"raised": sc.Raised + tally.Raised, "updated": sc.Updated + tally.Updated, "unchanged": sc.Unchanged + tally.Unchanged,
			"changed": sc.Changed + tally.Changed}
		if err := t.db.Table("scans").Where("id = ?", sc.ID).Updates(set).Error; err != nil {
			return fmt.Errorf("store the scan's progress: %w", err)
		}
		t.audit("scan.money", "scan:"+sc.Ref, Place{}, map[string]any{"schemes": len(list), "raised": tally.Raised, "updated": tally.Updated})
		return nil
	})
	if err != nil {
		return tally, fmt.Errorf("scan %s: %w", sc.Ref, err)
	}
	sc.Changed += tally.Changed
	sc.Raised += tally.Raised
	sc.Updated += tally.Updated
	sc.Unchanged += tally.Unchanged
	return tally, nil
}

// MarkMoney records how far a search for schemes in the present has looked.
func (s *Store) MarkMoney(ctx context.Context, actor Actor, sc Scan, m MoneyMark) error {
	return s.change(ctx, actor, func(t *tx) error {
		row := map[string]any{"one": 1, "transfer_id": m.TransferID, "fact_id": m.FactID, "rule_version": m.RuleVersion, "population": m.Population, "marked_at": t.now}
		err := t.db.Table("money_mark").Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "one"}}, DoUpdates: clause.AssignmentColumns(
			[]string{"transfer_id", "fact_id", "rule_version", "population", "marked_at"})}).Create(row).Error
		if err != nil {
			return fmt.Errorf("mark the money scan: %w", err)
		}
		t.audit("scan.mark", "scan:"+sc.Ref, Place{}, map[string]any{"transfer": m.TransferID})
		return nil
	})
}

// kinScheme is a stored scheme that shares acting members with a found one.
type kinScheme struct {
	ID      int64
	AlertID int64
	Open    bool
	Members int64
	Shared  int64
}

// same says whether two schemes are one that grew: half of the smaller one's members act in the other. One shared account is
// enough only where both have no other: a mule may serve several schemes.
func (k kinScheme) same(members int) bool {
	if k.Shared == 1 {
		return k.Members == 1 && members == 1
	}
	return 2*k.Shared >= min(k.Members, int64(members))
}

func (f FoundScheme) acting() []int64 {
	var ids []int64
	for _, m := range f.Members {
		if !m.Aside {
			ids = append(ids, m.SubjectID)
		}
	}
	return ids
}

func (t *tx) settleScheme(sc *Scan, f FoundScheme, tally *ScanTally) error {
	acting := f.acting()
	kin, err := t.kinSchemes(f.Finding.Area, acting)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(kin, func(k kinScheme) bool { return k.Open && k.same(len(acting)) })
	if i >= 0 {
		return t.growScheme(sc, f, kin[i], tally)
	}
	if i = slices.IndexFunc(kin, func(k kinScheme) bool { return k.same(len(acting)) }); i >= 0 {
		var last Alert
		if err := t.db.Where("id = ?", kin[i].AlertID).Take(&last).Error; err != nil {
			return fmt.Errorf("read the dismissed alert: %w", err)
		}
		if !newKind(last, f.Finding) {
			tally.Unchanged++
			return nil
		}
	}
	return t.newScheme(sc, f, tally)
}

// kinSchemes lists the schemes of open and dismissed alerts of an area that share acting members, those that share most first.
func (t *tx) kinSchemes(area string, acting []int64) ([]kinScheme, error) {
	var list []kinScheme
	err := t.db.Table("alert_members m").Select("h.id, h.alert_id, al.open, h.members, COUNT(*) AS shared").
		Joins("JOIN schemes h ON h.id = m.scheme_id").Joins("JOIN alerts al ON al.id = m.alert_id").
		Where("m.subject_id IN ? AND m.aside = ? AND al.area = ?", acting, false, area).Where("(al.open = ? OR al.status = ?)", true, AlertDismissed).
		Group("h.id, h.alert_id, al.open, h.members").Order("COUNT(*) DESC, h.id DESC").Find(&list).Error
	if err != nil {
		return nil, fmt.Errorf("look for the same scheme: %w", err)
	}
	return list, nil
}

func (t *tx) schemeAssessment(sc *Scan, f FoundScheme, subject int64) (Assessment, error) {
	row := Assessment{SubjectID: subject, ScanID: sc.ID, AsOf: f.LastAt, RecordedAt: t.now, Idx: f.Finding.Index, Level: f.Finding.Level,
		Area: f.Finding.Area, RuleVersion: sc.RuleVersion, Payload: string(f.Payload), Scheme: true}
	if err := t.db.Create(&row).Error; err != nil {
		return row, fmt.Errorf("store assessment: %w", err)
	}
	return row, nil
}

// newScheme raises an alert for a scheme, or adds the scheme to the open alert of its subject and area.
func (t *tx) newScheme(sc *Scan, f FoundScheme, tally *ScanTally) error {
	as, err := t.schemeAssessment(sc, f, f.Subject.ID)
	if err != nil {
		return err
	}
	var open Alert
	err = t.forUpdate().Where("subject_id = ? AND area = ? AND open = ?", f.Subject.ID, f.Finding.Area, true).Take(&open).Error
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		if err := t.raiseAlert(f.Subject, f.Finding, as, Alert{}, tally); err != nil {
			return err
		}
		if err := t.db.Where("subject_id = ? AND area = ? AND open = ?", f.Subject.ID, f.Finding.Area, true).Take(&open).Error; err != nil {
			return fmt.Errorf("read the new alert: %w", err)
		}
	case err != nil:
		return fmt.Errorf("look for an open alert: %w", err)
	default:
		was := tally.Updated
		if err := t.updateAlert(f.Subject, open, f.Finding, as, tally); err != nil {
			return err
		}
		if tally.Updated == was {
			tally.Unchanged--
			if err := t.grown(open, len(f.acting()), tally); err != nil {
				return err
			}
		}
	}
	tally.Changed++
	families, err := json.Marshal(f.Families)
	if err != nil {
		return fmt.Errorf("write families: %w", err)
	}
	h := Scheme{Families: string(families), AlertID: open.ID, AssessmentID: as.ID, Typology: f.Typology, Score: f.Finding.Index, Level: f.Finding.Level, LevelRank: f.Finding.LevelRank, Members: int64(len(f.acting())), AmountFen: amount(f.Finding),
		FirstAt: f.FirstAt, LastAt: f.LastAt, FoundAt: t.now, ChangedAt: t.now, RuleVersion: sc.RuleVersion}
	if err := t.db.Create(&h).Error; err != nil {
		return fmt.Errorf("store scheme: %w", err)
	}
	if err := t.keepScheme(h.ID); err != nil {
		return err
	}
	if _, err := t.addMembers(h, f.Members); err != nil {
		return err
	}
	return t.touchHolders(f)
}

// keepScheme keeps what a scheme is now, for looks back at this moment.
func (t *tx) keepScheme(id int64) error {
	err := t.db.Exec(`INSERT INTO scheme_states (scheme_id, typology, score, families, members, amount_fen, last_at, recorded_at)
		SELECT id, typology, score, families, members, amount_fen, last_at, ? FROM schemes WHERE id = ?`, t.now, id).Error
	if err != nil {
		return fmt.Errorf("keep the state of scheme %d: %w", id, err)
	}
	return nil
}

func amount(f AreaFinding) int64 {
	if f.AmountFen == nil {
		return 0
	}
	return *f.AmountFen
}

// growScheme takes what is new of a scheme into the one that is known: members are added, level and index rise and never fall.
func (t *tx) growScheme(sc *Scan, f FoundScheme, k kinScheme, tally *ScanTally) error {
	var h Scheme
	if err := t.forUpdate().Where("id = ?", k.ID).Take(&h).Error; err != nil {
		return fmt.Errorf("read scheme: %w", err)
	}
	var al Alert
	if err := t.forUpdate().Where("id = ?", k.AlertID).Take(&al).Error; err != nil {
		return fmt.Errorf("read alert: %w", err)
	}
	if err := t.clearDoubts(h.ID); err != nil {
		return err
	}
	added, err := t.addMembers(h, f.Members)
	if err != nil {
		return err
	}
	higher := f.Finding.Index > h.Score+1e-9
	if added == 0 && !higher && !f.LastAt.After(h.LastAt) {
		tally.Unchanged++
		return nil
	}
	var sub Subject
	if err := t.db.Where("id = ?", al.SubjectID).Take(&sub).Error; err != nil {
		return fmt.Errorf("read the alert's subject: %w", err)
	}
	as, err := t.schemeAssessment(sc, f, sub.ID)
	if err != nil {
		return err
	}
	tally.Changed++
	families, err := json.Marshal(f.Families)
	if err != nil {
		return fmt.Errorf("write families: %w", err)
	}
	set := map[string]any{"assessment_id": as.ID, "members": h.Members + added, "changed_at": t.now, "rule_version": sc.RuleVersion,
		"score": max(h.Score, f.Finding.Index), "amount_fen": max(h.AmountFen, amount(f.Finding)), "typology": f.Typology, "families": string(families)}
	if f.Finding.LevelRank > h.LevelRank {
		set["level"], set["level_rank"] = f.Finding.Level, f.Finding.LevelRank
	}
	if f.LastAt.After(h.LastAt) {
		set["last_at"] = f.LastAt
	}
	if f.FirstAt.Before(h.FirstAt) {
		set["first_at"] = f.FirstAt
	}
	if err := t.db.Table("schemes").Where("id = ?", h.ID).Updates(set).Error; err != nil {
		return fmt.Errorf("update scheme: %w", err)
	}
	if err := t.keepScheme(h.ID); err != nil {
		return err
	}
	was := tally.Updated
	if err := t.updateAlert(sub, al, f.Finding, as, tally); err != nil {
		return err
	}
	if tally.Updated == was {
		tally.Unchanged--
		if err := t.grown(al, int(added), tally); err != nil {
			return err
		}
	}
	return t.touchHolders(f)
}

// grown notes that an alert has more members or newer transfers at the level it had.
func (t *tx) grown(al Alert, added int, tally *ScanTally) error {
	if err := t.db.Table("alerts").Where("id = ?", al.ID).Updates(map[string]any{"changed_at": t.now, "version": gorm.Expr("version + 1")}).Error; err != nil {
		return fmt.Errorf("update alert %s: %w", al.Ref, err)
	}
	tally.Updated++
	data := map[string]any{"members_added": added}
	t.audit("alert.update", "alert:"+al.Ref, al.Place, data)
	return t.tell(objectAlert, al.ID, "grown", "", data)
}

// addMembers adds who is not there yet, lets the sums of the others rise, and says how many new ones act in the scheme.
func (t *tx) addMembers(h Scheme, list []SchemeMember) (int64, error) {
	var have []struct {
		SubjectID int64
		Aside     bool
	}
	if err := t.db.Table("alert_members").Select("subject_id, aside").Where("scheme_id = ?", h.ID).Find(&have).Error; err != nil {
		return 0, fmt.Errorf("read members: %w", err)
	}
	known := map[int64]bool{}
	for _, m := range have {
		known[m.SubjectID] = true
	}
	var rows []map[string]any
	var added int64
	for _, m := range list {
		if known[m.SubjectID] {
			continue
		}
		known[m.SubjectID] = true
		if !m.Aside {
			added++
		}
		rows = append(rows, map[string]any{"alert_id": h.AlertID, "scheme_id": h.ID, "subject_id": m.SubjectID, "role": m.Role, "aside": m.Aside,
			"in_fen": m.InFen, "out_fen": m.OutFen, "added_at": t.now})
	}
	for from := 0; from < len(rows); from += 500 {
		if err := t.db.Table("alert_members").Create(rows[from:min(from+500, len(rows))]).Error; err != nil {
			return 0, fmt.Errorf("add members: %w", err)
		}
	}
	return added, nil
}

// touchHolders marks the companies that hold acting accounts as having something new to assess.
func (t *tx) touchHolders(f FoundScheme) error {
	owners := t.db.Table("subjects").Select("owner_id").Where("id IN ? AND owner_id IS NOT NULL", f.acting())
	err := t.db.Table("subjects").Where("kind = ? AND id IN (?) AND newest_fact_id <= assessed_fact_id", KindCompany, owners).
		Update("assessed_fact_id", gorm.Expr("newest_fact_id - 1")).Error
	if err != nil {
		return fmt.Errorf("mark holders: %w", err)
	}
	return nil
}
