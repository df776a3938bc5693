package models

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"xiezhi/law"
	"xiezhi/proof"
)

// issue prints a paper of a referral as it will stand after the move and stores it with its hash. adjust may add to it.
func (t *tx) issue(ctx context.Context, m *referralMove, kind, number string, adjust func(*Paper)) error {
	p, err := t.paper(m, kind, number)
	if err != nil {
		return err
	}
	if adjust != nil {
		adjust(&p)
	}
	pdf, pages, err := m.press.Print(ctx, p)
	if KindOf(err) == KindInvalid {
		return err
	}
	if err != nil {
		return fmt.Errorf("print %s of %s: %w", kind, m.r.Ref, err)
	}
	source, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("write %s of %s: %w", kind, m.r.Ref, err)
	}
	var revision int
	if err := t.db.Table("documents").Select("COALESCE(MAX(revision), 0)").Where("referral_id = ? AND kind = ?", m.r.ID, kind).Scan(&revision).Error; err != nil {
		return fmt.Errorf("read the revisions of %s: %w", kind, err)
	}
	sum := proof.DigestBytes(pdf)
	d := Document{ReferralID: m.r.ID, Kind: kind, Revision: revision + 1, Number: number, SHA256: sum.SHA256, SM3: sum.SM3, Pages: pages,
		Source: string(source), Content: pdf, CreatedBy: t.actor.UserID, CreatedAt: t.now}
	office := m.r.AuthorityID
	if kind == DocumentReceipt {
		office = m.r.PoliceID
	}
	sig, err := t.sign(office, proof.PurposeDocument, d.Statement(m.r.Ref).Text())
	if err != nil {
		return fmt.Errorf("sign %s of %s: %w", kind, m.r.Ref, err)
	}
	d.SigningKey, d.SigEd25519, d.SigSM2 = sig.Key, proof.Text(sig.Ed25519), proof.Text(sig.SM2)
	if err := t.db.Create(&d).Error; err != nil {
		return fmt.Errorf("store %s of %s: %w", kind, m.r.Ref, err)
	}
	m.data["document"], m.data["sha256"] = kind, d.SHA256
	return nil
}

// paper gathers what the papers of a referral say.
func (t *tx) paper(m *referralMove, kind, number string) (Paper, error) {
	r := m.r
	p := Paper{Kind: kind, Number: number, ReferralRef: r.Ref, CaseRef: m.cs.Ref, CaseTitle: m.cs.Title, Facts: r.Facts, Offence: r.Offence,
		AmountFen: r.AmountFen, People: r.People, LossFen: r.LossFen, Evidence: r.Evidence, Proposal: r.Proposal, ItemList: r.ItemList,
		ExpertReport: r.ExpertReport, OpenedAt: m.cs.OpenedAt, At: t.now}
	if o, ok := law.OffenceByCode(r.Offence); ok {
		p.Lines = law.Reached(o, law.Measure{AmountFen: r.AmountFen, People: r.People, LossFen: r.LossFen})
	}
	var offices []Authority
	ids := []int64{r.AuthorityID, r.PoliceID}
	if r.ProcuratorateID != nil {
		ids = append(ids, *r.ProcuratorateID)
	}
	if err := t.db.Where("id IN ?", ids).Find(&offices).Error; err != nil {
		return p, fmt.Errorf("read the offices of %s: %w", r.Ref, err)
	}
	for _, a := range offices {
		switch {
		case a.ID == r.AuthorityID:
			p.Sender = a.office()
		case a.ID == r.PoliceID:
			p.Receiver, p.SignerOffice = a.office(), a.Name
		default:
			p.CopyTo = a.Name
		}
	}
	var officers []struct{ DisplayName, EnforcementNumber string }
	if err := t.db.Table("referral_officers o").Select("u.display_name, o.enforcement_number").Joins("JOIN users u ON u.id = o.user_id").
		Where("o.referral_id = ?", r.ID).Order("u.name").Scan(&officers).Error; err != nil {
		return p, fmt.Errorf("read the team of %s: %w", r.Ref, err)
	}
	for _, o := range officers {
		p.Officers = append(p.Officers, PaperOfficer{Name: o.DisplayName, Number: o.EnforcementNumber})
	}
	if r.ApproverID != nil {
		if err := t.db.Table("users").Select("display_name").Where("id = ?", *r.ApproverID).Scan(&p.Approver).Error; err != nil {
			return p, fmt.Errorf("read the approver of %s: %w", r.Ref, err)
		}
	}
	if err := t.db.Table("documents").Select("pages").Where("referral_id = ? AND kind = ?", r.ID, DocumentReport).Order("revision DESC").Limit(1).Scan(&p.ReportPages).Error; err != nil {
		return p, fmt.Errorf("read the report of %s: %w", r.Ref, err)
	}
	var err error
	p.Party, err = t.party(m.cs.SubjectID)
	return p, err
}

// party names the company from its registry facts.
func (t *tx) party(subjectID int64) (Party, error) {
	var sub Subject
	if err := t.db.Where("id = ?", subjectID).Take(&sub).Error; err != nil {
		return Party{}, fmt.Errorf("read the party: %w", err)
	}
	p := Party{Name: sub.Name, USCC: sub.Key}
	sources, err := readSources(t.db)
	if err != nil {
		return p, err
	}
	facts, err := companyFacts(t.db, []Subject{sub}, sources, AsOf{})
	if err != nil {
		return p, err
	}
	cf := facts[sub.ID]
	p.Address = cf.Registered().Address
	for _, f := range cf.Relations {
		if f.Row.Kind != "legal_representative" || f.Row.UntilOn != "" {
			continue
		}
		for _, end := range []string{f.Row.From, f.Row.To} {
			if ref, ok := parseSubject(end); ok && ref.Kind == KindPerson {
				if err := t.db.Table("subjects").Select("name").Where("kind = ? AND key = ?", KindPerson, ref.ID).Scan(&p.LegalRepresentative).Error; err != nil {
					return p, fmt.Errorf("read the legal representative: %w", err)
				}
			}
		}
	}
	return p, nil
}

// maxEvidence bounds the list that stands in a letter; the officers add what else they rely on.
const maxEvidence = 20

// sourceNames gives the Chinese names of sources, for papers.
func (t *tx) sourceNames() (map[string]string, error) {
	var list []Source
	if err := t.db.Find(&list).Error; err != nil {
		return nil, fmt.Errorf("read sources: %w", err)
	}
	names := make(map[string]string, len(list))
	for _, s := range list {
		names[s.Code] = s.Name
	}
	return names, nil
}

// defaultEvidence lists the evidence of the case's alerts, a line each: source, time, excerpt and hash of the fact.
func (t *tx) defaultEvidence(cs Case) (string, error) {
	var rows []struct{ Payload string }
	err := t.db.Table("alerts al").Select("a.payload").Joins("JOIN assessments a ON a.id = al.assessment_id").
		Where("al.case_id = ?", cs.ID).Order("al.id").Scan(&rows).Error
	if err != nil {
		return "", fmt.Errorf("read the evidence of case %s: %w", cs.Ref, err)
	}
	names, err := t.sourceNames()
	if err != nil {
		return "", err
	}
	var lines []string
	seen := map[int64]bool{}
	for _, row := range rows {
		var a struct {
			Indicators []struct {
				Evidence []struct {
					FactID     int64   `json:"fact_id"`
					Source     string  `json:"source"`
					ObservedAt Instant `json:"observed_at"`
					Field      string  `json:"field"`
					Excerpt    string  `json:"excerpt"`
					Hash       string  `json:"hash"`
				} `json:"evidence"`
			} `json:"indicators"`
		}
		if err := json.Unmarshal([]byte(row.Payload), &a); err != nil {
			return "", fmt.Errorf("read the evidence of case %s: %w", cs.Ref, err)
		}
		for _, ind := range a.Indicators {
			for _, ev := range ind.Evidence {
				if seen[ev.FactID] || len(lines) == maxEvidence {
					continue
				}
				seen[ev.FactID] = true
				line := fmt.Sprintf("%d. %s %s", len(lines)+1, names[ev.Source], ev.ObservedAt.Time().In(China).Format("2006-01-02"))
				if ev.Excerpt != "" {
					line += " " + law.Quote(ev.Field, ev.Excerpt)
				}
				lines = append(lines, line+" SHA-256 "+ev.Hash[:min(16, len(ev.Hash))])
			}
		}
	}
	return strings.Join(lines, "\n"), nil
}
