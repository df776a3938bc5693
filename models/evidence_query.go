package models

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"xiezhi/proof"
)

// The seals of a case.
const (
	SealNormal     = "NORMAL"
	SealSensitive  = "SENSITIVE"
	SealPoliceHold = "POLICE_HOLD"
)

// evidenceSight gives the condition under which evidence exists for an actor: in the agency for those who may read evidence in
// the case's place, where a sensitive case opens to its team, the supervisor and the principal, and one on police hold to
// nobody; for a police unit what a referral handed to it; for the procuratorate the same, once supervision was asked for.
func evidenceSight(actor Actor, ev, cs string) (string, []any) {
	scope, args := actor.Scope(ActEvidenceRead).sql(cs)
	lead, more := actor.Scope(ActCaseOpen).Union(actor.Scope(ActReferralApprove)).sql(cs) // supervisor and principal of that very place
	seal := "(" + cs + ".seal = '" + SealNormal + "' OR " + cs + ".seal = '" + SealSensitive + "' AND (" + lead + " OR EXISTS (SELECT 1 FROM case_officers o WHERE o.case_id = " + cs +
		".id AND o.user_id = ? AND o.recused_at IS NULL)) AND NOT EXISTS (SELECT 1 FROM case_officers x WHERE x.case_id = " + cs +
		".id AND x.user_id = ? AND x.recused_at IS NOT NULL AND x.left_as = 'recused'))"
	args = append(append(args, more...), actor.UserID, actor.UserID)
	former, evenMore := formerSight(actor, cs)
	before, last := handedBefore(actor, ActEvidenceRead, cs, ev+".received_at")
	cond := "((" + scope + " AND " + seal + ") OR (" + cs + ".seal <> '" + SealPoliceHold + "' AND " + former + " AND " + before + ")"
	args = append(append(args, evenMore...), last...)
	if actor.Can(ActReferralPolice) {
		cond += " OR EXISTS (SELECT 1 FROM evidence_shares h JOIN referral_units u ON u.referral_id = h.referral_id WHERE h.evidence_id = " + ev + ".id AND u.authority_id = ?)"
		args = append(args, actor.AuthorityID)
	}
	if actor.Can(ActReferralSupervise) {
		cond += " OR EXISTS (SELECT 1 FROM evidence_shares h JOIN referrals r ON r.id = h.referral_id WHERE h.evidence_id = " + ev +
			".id AND r.procuratorate_id = ? AND EXISTS (SELECT 1 FROM events e WHERE e.object_kind = 'referral' AND e.object_id = r.id AND e.event = 'request_supervision'))"
		args = append(args, actor.AuthorityID)
	}
	return cond + ")", args
}

func seenEvidence(q *gorm.DB, actor Actor) *gorm.DB {
	cond, args := evidenceSight(actor, "ev", "cs")
	return q.Where(cond, args...)
}

const evidenceFields = `ev.*, cs.ref AS case_ref, u.display_name AS receiver, u.display_name_en AS receiver_en,
	EXISTS (SELECT 1 FROM evidence_shares h WHERE h.evidence_id = ev.id) AS shared`

func (t *tx) evidenceLines() *gorm.DB {
	q := t.db.Table("evidence ev").Select(evidenceFields).Joins("JOIN cases cs ON cs.id = ev.case_id").Joins("JOIN users u ON u.id = ev.received_by")
	return seenEvidence(q, t.actor)
}

// maxEvidenceList bounds the list of a case's evidence.
const maxEvidenceList = 2000

// CaseEvidence lists the evidence of a case that the actor may read, oldest first, and says whether the actor may add to it. A case
// that the actor does not see is not found.
func (s *Store) CaseEvidence(ctx context.Context, actor Actor, caseRef string) ([]EvidenceLine, bool, error) {
	t := s.look(ctx, actor)
	cs, err := t.lockCase(caseRef)
	if err != nil {
		return nil, false, err
	}
	reads, err := t.readsEvidence(cs)
	if err != nil {
		return nil, false, err
	}
	if !reads {
		return nil, false, Forbidden(ActEvidenceRead)
	}
	var list []EvidenceLine
	if err := t.evidenceLines().Where("ev.case_id = ?", cs.ID).Order("ev.id").Limit(maxEvidenceList).Find(&list).Error; err != nil {
		return nil, false, fmt.Errorf("evidence of case %s: %w", caseRef, err)
	}
	may := t.allowEvidence(cs) == nil
	return list, may, nil
}

// ReferralEvidence lists what a referral handed over, for those who may read both.
func (s *Store) ReferralEvidence(ctx context.Context, actor Actor, referralRef string) ([]EvidenceLine, error) {
	r, err := s.referral(ctx, actor, referralRef)
	if err != nil {
		return nil, err
	}
	t := s.look(ctx, actor)
	var list []EvidenceLine
	q := t.evidenceLines().Where("EXISTS (SELECT 1 FROM evidence_shares h WHERE h.evidence_id = ev.id AND h.referral_id = ?)", r.ID)
	if err := q.Order("ev.id").Limit(maxEvidenceList).Find(&list).Error; err != nil {
		return nil, fmt.Errorf("evidence of referral %s: %w", referralRef, err)
	}
	return list, nil
}

func (t *tx) evidence(ref string) (EvidenceLine, error) {
	var e EvidenceLine
	err := t.evidenceLines().Where("ev.ref = ?", ref).Take(&e).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return e, NotFound("evidence")
	}
	if err != nil {
		return e, fmt.Errorf("evidence %s: %w", ref, err)
	}
	return e, nil
}

// Evidence gives a piece of evidence that the actor may read, without noting that it was looked at.
func (s *Store) Evidence(ctx context.Context, actor Actor, ref string) (EvidenceLine, error) {
	return s.look(ctx, actor).evidence(ref)
}

// EvidenceFile gives a piece of evidence with its log, links and twins. That it was viewed goes into its custody log, once for
// views by the same user that follow each other within the hour.
func (s *Store) EvidenceFile(ctx context.Context, actor Actor, ref string) (EvidenceFile, error) {
	if err := s.viewed(ctx, actor, ref); err != nil {
		return EvidenceFile{}, err
	}
	t := s.look(ctx, actor)
	line, err := t.evidence(ref)
	if err != nil {
		return EvidenceFile{}, err
	}
	f := EvidenceFile{EvidenceLine: line}
	var cs Case
	if err := t.db.Where("id = ?", line.CaseID).Take(&cs).Error; err != nil {
		return f, fmt.Errorf("case of evidence %s: %w", ref, err)
	}
	f.Place, f.CaseSeal, f.MayAdd = cs.Place, cs.Seal, t.allowEvidence(cs) == nil
	if f.Custody, err = t.custodyOf(line.Evidence); err != nil {
		return f, err
	}
	f.Broken = line.checkCustody(f.Custody)
	if err := t.db.Where("evidence_id = ?", line.ID).Order("id").Find(&f.Links).Error; err != nil {
		return f, fmt.Errorf("links of evidence %s: %w", ref, err)
	}
	if err := t.evidenceLines().Where("ev.sha256 = ? AND ev.id <> ?", line.SHA256, line.ID).Order("ev.id").Limit(50).Find(&f.Twins).Error; err != nil {
		return f, fmt.Errorf("twins of evidence %s: %w", ref, err)
	}
	return f, nil
}

func (t *tx) custodyOf(e Evidence) ([]CustodyEntry, error) {
	var log []CustodyEntry
	if err := t.db.Where("evidence_id = ?", e.ID).Order("seq").Find(&log).Error; err != nil {
		return nil, fmt.Errorf("custody log of %s: %w", e.Ref, err)
	}
	return log, nil
}

// checkCustody holds a log against its chain and against the end that the evidence itself knows.
func (e Evidence) checkCustody(log []CustodyEntry) string {
	list := make([]proof.Custody, len(log))
	for i, c := range log {
		list[i] = c.Proof()
	}
	if wrong := proof.CheckCustody(e.Ref, e.SHA256, list); wrong != "" {
		return wrong
	}
	if last := list[len(list)-1]; last.Seq != e.CustodySeq || last.Hash != e.CustodyHash {
		return "the end of the log was cut off"
	}
	return ""
}

// QuarantinedEvidence lists pieces that wait for their check, oldest first, for background work.
func (s *Store) QuarantinedEvidence(ctx context.Context, limit int) ([]Evidence, error) {
	var list []Evidence
	if err := s.read(ctx).Where("state = ?", EvidenceQuarantined).Order("id").Limit(limit).Find(&list).Error; err != nil {
		return nil, fmt.Errorf("list evidence in quarantine: %w", err)
	}
	return list, nil
}

// ContentsInUse says which of the contents some row names: evidence or a dossier.
func (s *Store) ContentsInUse(ctx context.Context, sums []string) (map[string]bool, error) {
	used := map[string]bool{}
	for _, table := range []string{"evidence", "dossiers"} {
		var list []string
		if err := s.read(ctx).Table(table).Where("sha256 IN ?", sums).Distinct().Pluck("sha256", &list).Error; err != nil {
			return nil, fmt.Errorf("look for contents in use: %w", err)
		}
		for _, sum := range list {
			used[sum] = true
		}
	}
	return used, nil
}

// Contents yields the digests and sizes of every content that some row names, for checks of the whole vault.
func (s *Store) Contents(ctx context.Context, yield func(ref string, d proof.Digest, size int64) error) error {
	for _, table := range []string{"evidence", "dossiers"} {
		var list []struct {
			ID     int64
			Ref    string
			SHA256 string `gorm:"column:sha256"`
			SM3    string `gorm:"column:sm3"`
			Size   int64
		}
		for after := int64(0); ; after = list[len(list)-1].ID {
			q := s.read(ctx).Table(table).Select("id, ref, sha256, sm3, size").Where("id > ? AND sha256 <> ''", after).Order("id").Limit(500)
			if err := q.Find(&list).Error; err != nil {
				return fmt.Errorf("list contents: %w", err)
			}
			if len(list) == 0 {
				break
			}
			for _, r := range list {
				if err := yield(r.Ref, proof.Digest{SHA256: r.SHA256, SM3: r.SM3}, r.Size); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
