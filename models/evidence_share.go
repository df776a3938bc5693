package models

import (
	"fmt"

	"gorm.io/gorm/clause"
	"xiezhi/law"
)

// followMove is what a move of a referral takes with it: evidence, and the archive that holds all that was handed over.
func (t *tx) followMove(m *referralMove) error {
	refs, err := t.followEvidence(m)
	if err != nil {
		return err
	}
	if len(refs) > 0 {
		m.data["evidence"] = refs
	}
	switch m.move.Event {
	case law.EventSend, law.EventSupply, law.EventHandOver:
		ref, err := t.askDossier(m.cs, &m.r)
		if err != nil {
			return err
		}
		m.data["dossier"] = ref
	}
	return nil
}

// followEvidence hands evidence over with a referral's move: what was released goes to the police with the letter, a supplement and
// the hand-over; the receipt is noted in the log. It gives the references.
func (t *tx) followEvidence(m *referralMove) ([]string, error) {
	act, note := CustodyIncluded, m.r.Ref
	switch m.move.Event {
	case law.EventSend, law.EventSupply:
	case law.EventHandOver:
		act, note = CustodyHandedOver, m.r.Ref+" "+m.in.Fields["receiver"]
	case law.EventSignReceipt:
		act, note = CustodyHandedOver, m.r.Ref+" "+t.actor.Display
	default:
		return nil, nil
	}
	q := t.forUpdate().Where("case_id = ? AND state = ?", m.r.CaseID, EvidenceReleased)
	shared := "EXISTS (SELECT 1 FROM evidence_shares h WHERE h.evidence_id = evidence.id AND h.referral_id = ?)"
	switch m.move.Event {
	case law.EventSend, law.EventSupply:
		q = q.Where("NOT "+shared, m.r.ID)
	case law.EventSignReceipt:
		q = q.Where(shared, m.r.ID)
	}
	var list []Evidence
	if err := q.Order("id").Find(&list).Error; err != nil {
		return nil, fmt.Errorf("evidence of %s: %w", m.r.Ref, err)
	}
	var refs []string
	for i := range list {
		row := map[string]any{"evidence_id": list[i].ID, "referral_id": m.r.ID, "since": t.now}
		if err := t.db.Table("evidence_shares").Clauses(clause.OnConflict{DoNothing: true}).Create(row).Error; err != nil {
			return nil, fmt.Errorf("hand evidence over with %s: %w", m.r.Ref, err)
		}
		if err := t.custody(&list[i], act, note); err != nil {
			return nil, err
		}
		refs = append(refs, list[i].Ref)
	}
	return refs, nil
}
