package models

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"
	"xiezhi/proof"
	"xiezhi/reference"
)

// caseQuota is how many bytes the evidence of one case may have.
const caseQuota = 64 << 30

// AllowEvidence asks of a new piece of evidence what is asked before its file is read: whether the actor sees the case, is on its
// team or its referral's with the role for it, and the case is not closed.
func (s *Store) AllowEvidence(ctx context.Context, actor Actor, caseRef string) error {
	t := s.look(ctx, actor)
	cs, err := t.lockCase(caseRef)
	if err != nil {
		return err
	}
	return t.allowEvidence(cs)
}

func (t *tx) allowEvidence(cs Case) error {
	if !t.actor.CanAt(ActEvidenceAdd, cs.Place) || cs.Seal == SealPoliceHold {
		return Forbidden(ActEvidenceAdd)
	}
	var n int64
	if err := t.db.Table("users u").Where("u.id = ? AND (EXISTS (SELECT 1 FROM case_officers o WHERE o.case_id = ? AND o.user_id = u.id AND o.recused_at IS NULL)"+
		" OR EXISTS (SELECT 1 FROM referral_officers o JOIN referrals r ON r.id = o.referral_id WHERE r.case_id = ? AND o.user_id = u.id))",
		t.actor.UserID, cs.ID, cs.ID).Count(&n).Error; err != nil {
		return fmt.Errorf("read the team of case %s: %w", cs.Ref, err)
	}
	if n == 0 {
		return Forbidden(ActEvidenceAdd)
	}
	if err := t.notRecused(cs.ID); err != nil {
		return err
	}
	if cs.Status == CaseClosed {
		return NotAMove(nil)
	}
	return nil
}

// AddEvidence takes a file that lies in the vault already into a case: quarantined, with the first line of its custody log. The
// same content twice in one case is refused with the reference of the first.
func (s *Store) AddEvidence(ctx context.Context, actor Actor, caseRef string, in NewEvidence) (string, error) {
	var ref string
	err := s.change(ctx, actor, func(t *tx) error {
		cs, err := t.lockCase(caseRef)
		if err != nil {
			return err
		}
		if err := t.allowEvidence(cs); err != nil {
			return err
		}
		if err := t.checkEvidence(cs, &in); err != nil {
			return err
		}
		e := Evidence{CaseID: cs.ID, Class: in.Class, Title: in.Title, Description: in.Description, SourcePerson: in.SourcePerson, SourceOffice: in.SourceOffice,
			FileName: in.FileName, ContentKind: in.ContentKind, Size: in.Size, SHA256: in.Digest.SHA256, SM3: in.Digest.SM3, State: EvidenceQuarantined,
			ReceivedBy: actor.UserID, ReceivedAt: t.now}
		if e.Ref, err = t.newRef("ZJ", cs.DivisionCode); err != nil {
			return err
		}
		if err := t.db.Create(&e).Error; err != nil {
			return fmt.Errorf("add evidence to case %s: %w", caseRef, err)
		}
		ref = e.Ref
		if err := t.custody(&e, CustodyReceived, in.SourceOffice+" "+in.SourcePerson); err != nil {
			return err
		}
		t.audit("evidence.add", "evidence:"+e.Ref, cs.Place, map[string]any{"case": cs.Ref, "class": e.Class, "sha256": e.SHA256, "sm3": e.SM3, "size": e.Size})
		return t.tell(objectCase, cs.ID, "evidence_added", "", map[string]any{"evidence": e.Ref, "sha256": e.SHA256})
	})
	return ref, err
}

// maxFileName bounds the name a file came with.
const maxFileName = 255

func (t *tx) checkEvidence(cs Case, in *NewEvidence) error {
	wrong := map[string]string{}
	for _, f := range []struct {
		name  string
		text  *string
		least int
	}{{"title", &in.Title, 2}, {"description", &in.Description, 0}, {"source_person", &in.SourcePerson, 0}, {"source_office", &in.SourceOffice, 0}} {
		*f.text = strings.TrimSpace(*f.text)
		checkNote(wrong, f.name, *f.text, f.least)
		if f.name != "description" && len([]rune(*f.text)) > 200 {
			wrong[f.name] = "error.too_long"
		}
	}
	if in.SourcePerson == "" && in.SourceOffice == "" && wrong["source_office"] == "" {
		wrong["source_person"] = "error.evidence_source"
	}
	switch {
	case len(in.Class.Kinds()) == 0:
		wrong["class"] = "error.evidence_class"
	case !in.Class.Takes(in.ContentKind):
		wrong["file"] = "error.evidence_kind"
	}
	if k, ok := proof.KindNamed(in.ContentKind); ok && !k.Fits(in.FileName) {
		wrong["file"] = "error.evidence_name"
	}
	if name, err := reference.CleanText(in.FileName); err != nil || len(in.FileName) > maxFileName {
		wrong["file"] = "error.evidence_file_name"
	} else {
		in.FileName = name
	}
	if len(wrong) > 0 {
		return Invalid(wrong)
	}
	var first Evidence
	err := t.db.Where("case_id = ? AND sha256 = ?", cs.ID, in.Digest.SHA256).Take(&first).Error
	if err == nil {
		return &Error{Kind: KindInvalid, Key: "error.evidence_twice", Fields: map[string]string{"file": "error.evidence_twice"}, Args: map[string]string{"ref": first.Ref}}
	}
	if !errors.Is(err, gorm.ErrRecordNotFound) {
		return fmt.Errorf("look for the content: %w", err)
	}
	var sum int64
	if err := t.db.Table("evidence").Select("COALESCE(SUM(size), 0)").Where("case_id = ?", cs.ID).Scan(&sum).Error; err != nil {
		return fmt.Errorf("size of the evidence of case %s: %w", cs.Ref, err)
	}
	if sum+in.Size > caseQuota {
		return Invalid(map[string]string{"file": "error.evidence_quota"})
	}
	return nil
}
