package models

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"gorm.io/gorm/clause"
	"xiezhi/proof"
)

// DraftCasePaper drafts a paper of a case; what is missing may be filled in later, what is there must be printable.
func (s *Store) DraftCasePaper(ctx context.Context, actor Actor, caseRef, kind string, fields map[string]string, press Press) (string, error) {
	var ref string
	err := s.change(ctx, actor, func(t *tx) error {
		cs, err := t.lockCase(caseRef)
		if err != nil {
			return err
		}
		if !actor.CanAt(ActPaperDraft, cs.Place) || cs.Seal == SealPoliceHold {
			return Forbidden(ActPaperDraft)
		}
		if err := t.notRecused(cs.ID); err != nil {
			return err
		}
		spec, ok := PaperSpecOf(kind)
		if !ok {
			return NotFound("paper")
		}
		if cs.Status == CaseClosed {
			return NotAMove(nil)
		}
		p := CasePaper{CaseID: cs.ID, Kind: kind, State: PaperDraft, DraftedBy: actor.UserID, DraftedAt: t.now, Version: 1}
		if err := t.fillDraft(ctx, &p, spec, cs, fields, press); err != nil {
			return err
		}
		if p.Ref, err = t.newRef("WS", cs.DivisionCode); err != nil {
			return err
		}
		if err := t.db.Create(&p).Error; err != nil {
			return fmt.Errorf("draft %s of case %s: %w", kind, caseRef, err)
		}
		if err := t.wrote(p.ID); err != nil {
			return err
		}
		ref = p.Ref
		t.audit("paper.draft", "paper:"+p.Ref, cs.Place, map[string]any{"case": cs.Ref, "kind": kind})
		return nil
	})
	return ref, err
}

// unmasked finds a number as long as an account's or a card's; a reply is registered with the last four digits, the answer itself is
// evidence whose sight is logged.
var unmasked = regexp.MustCompile(`[0-9](?:[ -]?[0-9]){9,}`)

// fillDraft takes what was written and prints it once, so that a character that no font has is refused now, by its field.
func (t *tx) fillDraft(ctx context.Context, p *CasePaper, spec PaperSpec, cs Case, fields map[string]string, press Press) error {
	wrong, kept := map[string]string{}, map[string]string{}
	for _, f := range spec.Fields {
		text := strings.TrimSpace(fields[f.Name])
		checkNote(wrong, f.Name, text, 0)
		if p.Kind == PaperAccountReply && unmasked.MatchString(text) {
			wrong[f.Name] = "error.paper_unmasked"
		}
		if !f.Long && len([]rune(text)) > 200 {
			wrong[f.Name] = "error.too_long"
		}
		kept[f.Name] = text
	}
	if len(wrong) > 0 {
		return Invalid(wrong)
	}
	text, err := json.Marshal(kept)
	if err != nil {
		return fmt.Errorf("write the fields of a paper: %w", err)
	}
	p.Fields = string(text)
	paper, err := t.draftedPaper(*p, cs)
	if err != nil {
		return err
	}
	_, _, err = press.Print(ctx, paper)
	return err
}

// lockPaper loads a paper that the actor may read, for a change.
func (t *tx) lockPaper(ref string, version int64) (CasePaper, Case, error) {
	line, err := t.casePaper(ref)
	if err != nil {
		return CasePaper{}, Case{}, err
	}
	var cs Case
	if err := t.forUpdate().Where("id = ?", line.CaseID).Take(&cs).Error; err != nil {
		return line.CasePaper, cs, fmt.Errorf("case of paper %s: %w", ref, err)
	}
	if err := t.forUpdate().Where("id = ?", line.ID).Take(&line.CasePaper).Error; err != nil {
		return line.CasePaper, cs, fmt.Errorf("paper %s: %w", ref, err)
	}
	if version != 0 && version != line.Version {
		return line.CasePaper, cs, Conflict()
	}
	return line.CasePaper, cs, nil
}

func (t *tx) setPaper(p CasePaper, set map[string]any) error {
	set["version"] = p.Version + 1
	res := t.db.Table("case_papers").Where("id = ? AND version = ?", p.ID, p.Version).Updates(set)
	if res.Error != nil {
		return fmt.Errorf("change paper %s: %w", p.Ref, res.Error)
	}
	if res.RowsAffected == 0 {
		return Conflict()
	}
	return nil
}

// ChangeCasePaper changes a draft; who changes it counts as its drafter from then on.
func (s *Store) ChangeCasePaper(ctx context.Context, actor Actor, ref string, fields map[string]string, version int64, press Press) error {
	return s.onDraft(ctx, actor, ref, version, "paper.change", func(t *tx, p *CasePaper, cs Case) (map[string]any, error) {
		spec, _ := PaperSpecOf(p.Kind)
		p.DraftedBy = actor.UserID
		if err := t.wrote(p.ID); err != nil {
			return nil, err
		}
		err := t.fillDraft(ctx, p, spec, cs, fields, press)
		return map[string]any{"fields": p.Fields, "drafted_by": actor.UserID, "drafted_at": t.now}, err
	})
}

// wrote notes that the actor's hand is in a draft.
func (t *tx) wrote(paper int64) error {
	row := map[string]any{"paper_id": paper, "user_id": t.actor.UserID}
	if err := t.db.Table("case_paper_authors").Clauses(clause.OnConflict{DoNothing: true}).Create(row).Error; err != nil {
		return fmt.Errorf("note the author of a paper: %w", err)
	}
	return nil
}

// DropCasePaper gives a draft up.
func (s *Store) DropCasePaper(ctx context.Context, actor Actor, ref string, version int64) error {
	return s.onDraft(ctx, actor, ref, version, "paper.drop", func(*tx, *CasePaper, Case) (map[string]any, error) {
		return map[string]any{"state": PaperDropped}, nil
	})
}

func (s *Store) onDraft(ctx context.Context, actor Actor, ref string, version int64, action string, do func(t *tx, p *CasePaper, cs Case) (map[string]any, error)) error {
	return s.change(ctx, actor, func(t *tx) error {
		p, cs, err := t.lockPaper(ref, version)
		if err != nil {
			return err
		}
		if !actor.CanAt(ActPaperDraft, cs.Place) {
			return Forbidden(ActPaperDraft)
		}
		if err := t.notRecused(cs.ID); err != nil {
			return err
		}
		if p.State != PaperDraft {
			return NotAMove(nil)
		}
		set, err := do(t, &p, cs)
		if err != nil {
			return err
		}
		t.audit(action, "paper:"+ref, cs.Place, map[string]any{"kind": p.Kind})
		return t.setPaper(p, set)
	})
}

// allowIssue asks whether the actor may issue a draft: with the role its kind asks for, appointed where it is the principal's, and
// never one's own.
func (t *tx) allowIssue(p CasePaper, cs Case) error {
	spec, ok := PaperSpecOf(p.Kind)
	if !ok {
		return NotFound("paper")
	}
	if !t.actor.CanAt(spec.Issue, cs.Place) {
		return Forbidden(spec.Issue)
	}
	if p.State != PaperDraft {
		return NotAMove(nil)
	}
	if cs.Status == CaseClosed && p.Kind != PaperObjectionResult {
		return NotAMove(nil)
	}
	var n int64
	if err := t.db.Table("case_paper_authors").Where("paper_id = ? AND user_id = ?", p.ID, t.actor.UserID).Count(&n).Error; err != nil {
		return fmt.Errorf("read the authors of paper %s: %w", p.Ref, err)
	}
	if p.DraftedBy == t.actor.UserID || n > 0 {
		return Invalid(map[string]string{"actor": "error.author_is_issuer"})
	}
	if spec.Issue == ActPaperPrincipal {
		appointed, err := t.appointed(t.actor.UserID, cs.AuthorityID)
		if err != nil {
			return err
		}
		if !appointed {
			return Invalid(map[string]string{"actor": "error.not_appointed"})
		}
	}
	return nil
}

// IssueCasePaper issues a draft: it gets the next number of its office, kind and year, is printed, hashed, signed and locked, all in
// one transaction.
func (s *Store) IssueCasePaper(ctx context.Context, actor Actor, ref string, version int64, press Press) error {
	return s.change(ctx, actor, func(t *tx) error {
		p, cs, err := t.lockPaper(ref, version)
		if err != nil {
			return err
		}
		if err := t.allowIssue(p, cs); err != nil {
			return err
		}
		paper, err := t.draftedPaper(p, cs)
		if err != nil {
			return err
		}
		spec, _ := PaperSpecOf(p.Kind)
		wrong := map[string]string{}
		for _, f := range spec.Fields {
			if f.Needed && paper.Fields[f.Name] == "" {
				wrong[f.Name] = "error.required"
			}
		}
		if len(wrong) > 0 {
			return Invalid(wrong)
		}
		return t.lockIssued(ctx, p, cs, paper, press)
	})
}

func (t *tx) lockIssued(ctx context.Context, p CasePaper, cs Case, paper Paper, press Press) error {
	year := t.now.Time().In(China).Year()
	n, err := t.nextNumber(p.Kind, paper.Sender.Code, year)
	if err != nil {
		return err
	}
	paper.Number, paper.Approver = press.Number(paper.Sender, p.Kind, year, n), t.actor.Display
	pdf, pages, err := press.Print(ctx, paper)
	if KindOf(err) == KindInvalid {
		return err
	}
	if err != nil {
		return fmt.Errorf("print paper %s: %w", p.Ref, err)
	}
	source, err := json.Marshal(paper)
	if err != nil {
		return fmt.Errorf("write paper %s: %w", p.Ref, err)
	}
	sum := proof.DigestBytes(pdf)
	p.Number, p.SHA256, p.SM3, p.Pages, p.IssuedAt = paper.Number, sum.SHA256, sum.SM3, pages, t.now
	sig, err := t.sign(cs.AuthorityID, proof.PurposeDocument, p.document().Statement(p.Ref).Text())
	if err != nil {
		return fmt.Errorf("sign paper %s: %w", p.Ref, err)
	}
	set := map[string]any{"state": PaperIssued, "number": p.Number, "sha256": p.SHA256, "sm3": p.SM3, "pages": pages, "source": string(source), "content": pdf,
		"signing_key": sig.Key, "sig_ed25519": proof.Text(sig.Ed25519), "sig_sm2": proof.Text(sig.SM2), "issued_by": t.actor.UserID, "issued_at": t.now}
	if err := t.setPaper(p, set); err != nil {
		return err
	}
	data := map[string]any{"document": p.Kind, "number": p.Number, "sha256": p.SHA256, "paper": p.Ref}
	t.audit("paper.issue", "paper:"+p.Ref, cs.Place, data)
	return t.tell(objectCase, cs.ID, "paper_issued", "", data)
}
