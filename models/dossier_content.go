package models

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"xiezhi/proof"
)

// DossierContent is everything a dossier is made of. Facts are those that the alerts of the case rest on, by their hashes.
type DossierContent struct {
	Case      Case
	Referral  *Referral
	Office    Authority
	Party     Party
	Officers  []PaperOfficer
	Documents []DocumentOf
	Evidence  []Evidence
	Custody   map[int64][]CustodyEntry
	Links     map[int64][]EvidenceLink
	Clocks    []Clock
	Events    []Event
	Facts     []FactMark
	Notes     []ThresholdNote
	AuditSeq  int64
	AuditHash string
	Keys      []proof.PublicKey
}

// DocumentOf is a paper with the reference that its signature names.
type DocumentOf struct {
	Object string
	Document
}

// FactMark names a fact that an alert rests on.
type FactMark struct {
	Batch      string  `json:"batch,omitempty"`
	Hash       string  `json:"hash"`
	Source     string  `json:"source"`
	ObservedAt Instant `json:"observed_at"`
	Excerpt    string  `json:"excerpt,omitempty"`
}

// DossierContent gathers what a claimed dossier is made of, and notes in the custody log of each piece of evidence that it is
// included, once for each dossier.
func (s *Store) DossierContent(ctx context.Context, actor Actor, d DossierLine) (DossierContent, error) {
	c := DossierContent{Custody: map[int64][]CustodyEntry{}, Links: map[int64][]EvidenceLink{}}
	err := s.change(ctx, actor, func(t *tx) error {
		c = DossierContent{Custody: map[int64][]CustodyEntry{}, Links: map[int64][]EvidenceLink{}}
		for _, step := range []func(DossierLine, *DossierContent) error{t.dossierCase, t.dossierEvidence, t.dossierPapers, t.dossierStory, t.dossierFacts} {
			if err := step(d, &c); err != nil {
				return fmt.Errorf("gather dossier %s: %w", d.Ref, err)
			}
		}
		t.audit("dossier.make", "dossier:"+d.Ref, c.Case.Place, map[string]any{"evidence": len(c.Evidence), "documents": len(c.Documents)})
		return nil
	})
	if err != nil {
		return c, err
	}
	var head auditHead
	if err := s.read(ctx).Table("audit_head").Where("one = 1").Take(&head).Error; err != nil {
		return c, fmt.Errorf("read the audit head: %w", err)
	}
	c.AuditSeq, c.AuditHash = head.Seq, head.Hash
	c.Keys, err = s.PublicKeys(ctx)
	return c, err
}

func (t *tx) dossierCase(d DossierLine, c *DossierContent) error {
	if err := t.db.Where("id = ?", d.CaseID).Take(&c.Case).Error; err != nil {
		return err
	}
	if err := t.db.Where("id = ?", d.AuthorityID).Take(&c.Office).Error; err != nil {
		return err
	}
	if d.ReferralID != nil {
		c.Referral = &Referral{}
		if err := t.db.Where("id = ?", *d.ReferralID).Take(c.Referral).Error; err != nil {
			return err
		}
	}
	var err error
	if c.Officers, err = t.paperOfficers("case_officers", "case_id", c.Case.ID); err != nil {
		return err
	}
	c.Party, err = t.party(c.Case.SubjectID)
	return err
}

// dossierEvidence takes what was released; of a referral that was sent, what was handed over.
func (t *tx) dossierEvidence(d DossierLine, c *DossierContent) error {
	q := t.forUpdate().Where("case_id = ? AND state = ?", d.CaseID, EvidenceReleased)
	if c.Referral != nil && !c.Referral.DeliveredAt.IsZero() {
		q = q.Where("EXISTS (SELECT 1 FROM evidence_shares h WHERE h.evidence_id = evidence.id AND h.referral_id = ?)", c.Referral.ID)
	}
	if err := q.Order("id").Find(&c.Evidence).Error; err != nil {
		return err
	}
	for i := range c.Evidence {
		e := &c.Evidence[i]
		var noted int64
		if err := t.db.Table("custody_entries").Where("evidence_id = ? AND act = ? AND note = ?", e.ID, CustodyIncluded, d.Ref).Count(&noted).Error; err != nil {
			return err
		}
		if noted == 0 {
			if err := t.custody(e, CustodyIncluded, d.Ref); err != nil {
				return err
			}
		}
		log, err := t.custodyOf(*e)
		if err != nil {
			return err
		}
		c.Custody[e.ID] = log
		var links []EvidenceLink
		if err := t.db.Where("evidence_id = ?", e.ID).Order("id").Find(&links).Error; err != nil {
			return err
		}
		c.Links[e.ID] = links
	}
	return nil
}

// dossierPapers takes every revision of the referral's papers; of a whole case also its own papers and what was measured.
func (t *tx) dossierPapers(_ DossierLine, c *DossierContent) error {
	var rows []struct {
		Document
		Ref string
	}
	q := t.db.Table("documents d").Select("d.*, r.ref").Joins("JOIN referrals r ON r.id = d.referral_id")
	if c.Referral != nil {
		q = q.Where("d.referral_id = ? AND d.kind <> ?", c.Referral.ID, DocumentNotApproved)
	} else {
		q = q.Where("r.case_id = ?", c.Case.ID)
	}
	if err := q.Order("d.id").Find(&rows).Error; err != nil {
		return err
	}
	for _, r := range rows {
		c.Documents = append(c.Documents, DocumentOf{Object: r.Ref, Document: r.Document})
	}
	if c.Referral != nil {
		return nil
	}
	papers, err := t.issuedPapers(c.Case.ID)
	if err != nil {
		return err
	}
	for _, p := range papers {
		c.Documents = append(c.Documents, DocumentOf{Object: p.Ref, Document: p.document()})
	}
	return t.db.Where("case_id = ?", c.Case.ID).Order("version").Find(&c.Notes).Error
}

// dossierStory takes clocks and what happened; a referral's dossier says nothing of the inquiry before it.
func (t *tx) dossierStory(_ DossierLine, c *DossierContent) error {
	clocks := t.db.Where("case_id = ?", c.Case.ID)
	if c.Referral != nil {
		clocks = clocks.Where("referral_id = ?", c.Referral.ID)
	}
	if err := clocks.Order("id").Find(&c.Clocks).Error; err != nil {
		return err
	}
	id := int64(0)
	if c.Referral != nil {
		id = c.Referral.ID
	} else if err := t.db.Table("referrals").Select("id").Where("case_id = ?", c.Case.ID).Scan(&id).Error; err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return err
	}
	q := t.db.Where("object_kind = ? AND object_id = ?", objectReferral, id)
	if c.Referral == nil {
		q = t.db.Where("object_kind = ? AND object_id = ? OR object_kind = ? AND object_id = ?", objectReferral, id, objectCase, c.Case.ID)
	}
	return q.Order("at, id").Find(&c.Events).Error
}

func (t *tx) dossierFacts(_ DossierLine, c *DossierContent) error {
	var rows []struct{ Payload string }
	err := t.db.Table("alerts al").Select("a.payload").Joins("JOIN assessments a ON a.id = al.assessment_id").Where("al.case_id = ?", c.Case.ID).Order("al.id").Scan(&rows).Error
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, row := range rows {
		var a struct {
			Indicators []struct {
				Evidence []FactMark `json:"evidence"`
			} `json:"indicators"`
		}
		if err := json.Unmarshal([]byte(row.Payload), &a); err != nil {
			return err
		}
		for _, ind := range a.Indicators {
			for _, f := range ind.Evidence {
				if key := f.Batch + f.Hash; f.Hash != "" && !seen[key] {
					seen[key] = true
					c.Facts = append(c.Facts, f)
				}
			}
		}
	}
	return nil
}

// paperOfficers names the officers of a team table, as papers do.
func (t *tx) paperOfficers(table, key string, id int64) ([]PaperOfficer, error) {
	var rows []struct{ DisplayName, EnforcementNumber string }
	err := t.db.Table(table+" o").Select("u.display_name, o.enforcement_number").Joins("JOIN users u ON u.id = o.user_id").Where("o."+key+" = ?"+stillOn(table), id).Order("u.name").Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read a team: %w", err)
	}
	var list []PaperOfficer
	for _, r := range rows {
		list = append(list, PaperOfficer{Name: r.DisplayName, Number: r.EnforcementNumber})
	}
	return list, nil
}
