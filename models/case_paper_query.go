package models

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"xiezhi/proof"
)

func (t *tx) casePapers() *gorm.DB {
	q := t.db.Table("case_papers p").Select("p.*, cs.ref AS case_ref, d.display_name AS drafter, d.display_name_en AS drafter_en, COALESCE(i.display_name, '') AS issuer, COALESCE(i.display_name_en, '') AS issuer_en").
		Joins("JOIN cases cs ON cs.id = p.case_id").Joins("JOIN users d ON d.id = p.drafted_by").Joins("LEFT JOIN users i ON i.id = p.issued_by").
		Where("cs.seal <> ?", SealPoliceHold)
	scope, args := t.actor.Scope(ActEvidenceRead).sql("cs")
	before, more := handedBefore(t.actor, ActEvidenceRead, "cs", "p.issued_at")
	return seenCases(q, t.actor, "cs").Where("("+scope+" OR "+before+")", append(args, more...)...)
}

// maxPapers bounds the list of a case's papers.
const maxPapers = 500

// CasePapers lists the papers of a case that the actor may read, without their bytes, newest first.
func (s *Store) CasePapers(ctx context.Context, actor Actor, caseRef string) ([]CasePaperLine, error) {
	var list []CasePaperLine
	if err := s.look(ctx, actor).casePapers().Omit("content").Where("cs.ref = ? AND p.state <> ?", caseRef, PaperDropped).Order("p.id DESC").Limit(maxPapers).Find(&list).Error; err != nil {
		return nil, fmt.Errorf("papers of case %s: %w", caseRef, err)
	}
	return list, nil
}

func (t *tx) casePaper(ref string) (CasePaperLine, error) {
	var p CasePaperLine
	err := t.casePapers().Where("p.ref = ?", ref).Take(&p).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return p, NotFound("paper")
	}
	if err != nil {
		return p, fmt.Errorf("paper %s: %w", ref, err)
	}
	return p, nil
}

// CasePaper gives a paper that the actor may read: as it was issued, or as it would read if it were issued now.
func (s *Store) CasePaper(ctx context.Context, actor Actor, ref string) (CasePaperFile, error) {
	t := s.look(ctx, actor)
	line, err := t.casePaper(ref)
	if err != nil {
		return CasePaperFile{}, err
	}
	f := CasePaperFile{CasePaperLine: line}
	var cs Case
	if err := t.db.Where("id = ?", line.CaseID).Take(&cs).Error; err != nil {
		return f, fmt.Errorf("case of paper %s: %w", ref, err)
	}
	f.Place = cs.Place
	f.MayChange = line.State == PaperDraft && actor.CanAt(ActPaperDraft, cs.Place)
	if err := t.allowIssue(line.CasePaper, cs); err != nil {
		f.IssueRule = issueRule(err)
	} else {
		f.MayIssue = true
	}
	if line.State == PaperIssued {
		if err := json.Unmarshal([]byte(line.Source), &f.Paper); err != nil {
			return f, fmt.Errorf("read paper %s: %w", ref, err)
		}
		return f, nil
	}
	f.Paper, err = t.draftedPaper(line.CasePaper, cs)
	return f, err
}

func issueRule(err error) string {
	var e *Error
	if !errors.As(err, &e) {
		return ""
	}
	if key := e.Fields["actor"]; key != "" {
		return key
	}
	return "paper.rule." + map[Kind]string{KindForbidden: "role", KindNotAMove: "state"}[e.Kind]
}

// draftedPaper is what a paper would say if it were issued now.
func (t *tx) draftedPaper(p CasePaper, cs Case) (Paper, error) {
	out := Paper{Kind: p.Kind, CaseRef: cs.Ref, CaseTitle: cs.Title, OpenedAt: cs.OpenedAt, At: t.now}
	if err := json.Unmarshal([]byte(p.Fields), &out.Fields); err != nil {
		return out, fmt.Errorf("read the fields of paper %s: %w", p.Ref, err)
	}
	var office Authority
	if err := t.db.Where("id = ?", cs.AuthorityID).Take(&office).Error; err != nil {
		return out, fmt.Errorf("office of paper %s: %w", p.Ref, err)
	}
	out.Sender = office.office()
	if err := t.db.Table("users").Select("display_name").Where("id = ?", p.DraftedBy).Scan(&out.Signer).Error; err != nil {
		return out, fmt.Errorf("drafter of paper %s: %w", p.Ref, err)
	}
	var err error
	if out.Officers, err = t.paperOfficers("case_officers", "case_id", cs.ID); err != nil {
		return out, err
	}
	out.Party, err = t.party(cs.SubjectID)
	return out, err
}

func (t *tx) issuedPapers(caseID int64) ([]CasePaper, error) {
	var list []CasePaper
	if err := t.db.Where("case_id = ? AND state = ?", caseID, PaperIssued).Order("id").Find(&list).Error; err != nil {
		return nil, fmt.Errorf("issued papers: %w", err)
	}
	return list, nil
}

// VerifyCasePaper holds an issued paper that the actor may read against its digests and signatures.
func (s *Store) VerifyCasePaper(ctx context.Context, actor Actor, ref string) (DocumentCheck, error) {
	f, err := s.CasePaper(ctx, actor, ref)
	if err != nil {
		return DocumentCheck{}, err
	}
	if f.State != PaperIssued {
		return DocumentCheck{}, NotAMove(nil)
	}
	c, err := f.document().check(ref, func(id string) (proof.PublicKey, error) { return s.publicKey(ctx, id) })
	if err != nil {
		return c, err
	}
	return c, s.NoteRead(ctx, actor, "paper.verify", "paper:"+ref, f.Place, map[string]any{"fault": c.Fault})
}

func (s *Store) verifyCasePapers(ctx context.Context, key func(id string) (proof.PublicKey, error), yield func(DocumentCheck) error) error {
	for after := int64(0); ; {
		var list []CasePaper
		if err := s.read(ctx).Where("state = ? AND id > ?", PaperIssued, after).Order("id").Limit(50).Find(&list).Error; err != nil {
			return fmt.Errorf("read papers: %w", err)
		}
		if len(list) == 0 {
			return nil
		}
		for _, p := range list {
			c, err := p.document().check(p.Ref, key)
			if err == nil {
				err = yield(c)
			}
			if err != nil {
				return err
			}
			after = p.ID
		}
	}
}
