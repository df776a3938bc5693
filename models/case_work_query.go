package models

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// CaseWork is what those who work on a case share: notes, tasks, who watches, other cases of the same party or scheme.
type CaseWork struct {
	CaseLine
	Officers []Officer
	Left     []FormerOfficer
	Notes    []CaseNoteLine
	Tasks    []CaseTaskLine
	Related  []RelatedCase
	Watched  bool // by the actor
	Leads    bool // the actor supervises the case
}

// FormerOfficer left the team of a case.
type FormerOfficer struct {
	DisplayName   string
	DisplayNameEn string
	RecusedAt     Instant
	RecusalReason string
	LeftAs        Leaving
}

// RelatedCase is another case that the actor may see, with why: a kind of tie (TieHand and so on), subject where it is about the same party, scheme where a scheme
// that the engine found joins the two parties.
type RelatedCase struct {
	Ref, Title, Status, Level, Why string
}

// CaseWork gives the work on a case to one who works on it.
func (s *Store) CaseWork(ctx context.Context, actor Actor, ref string) (CaseWork, error) {
	var w CaseWork
	err := s.caseLines(ctx, actor).Where("cs.ref = ?", ref).Take(&w.CaseLine).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return w, NotFound("case")
	}
	if err != nil {
		return w, fmt.Errorf("case %s: %w", ref, err)
	}
	may, err := s.look(ctx, actor).worksOn(w.Case, actor)
	if err != nil {
		return w, err
	}
	if !may || w.Seal == SealPoliceHold {
		return w, Forbidden(ActCaseWork)
	}
	w.Leads = actor.CanAt(ActCaseOpen, w.Place)
	if w.Officers, err = s.officersOf(ctx, "case_officers", "case_id", w.ID); err != nil {
		return w, err
	}
	err = s.read(ctx).Table("case_officers o").Select("u.display_name, u.display_name_en, o.recused_at, o.recusal_reason, o.left_as").
		Joins("JOIN users u ON u.id = o.user_id").Where("o.case_id = ? AND o.recused_at IS NOT NULL", w.ID).Order("o.recused_at").Find(&w.Left).Error
	if err != nil {
		return w, fmt.Errorf("case %s: who left: %w", ref, err)
	}
	if w.Notes, err = s.caseNotes(ctx, w.ID); err != nil {
		return w, err
	}
	if err := s.taskLines(ctx, actor).Where("k.case_id = ?", w.ID).Order("k.id").Find(&w.Tasks).Error; err != nil {
		return w, fmt.Errorf("case %s: tasks: %w", ref, err)
	}
	var n int64
	if err := s.read(ctx).Table("case_watchers").Where("case_id = ? AND user_id = ?", w.ID, actor.UserID).Count(&n).Error; err != nil {
		return w, fmt.Errorf("case %s: watchers: %w", ref, err)
	}
	w.Watched = n > 0
	return w, s.relatedCases(ctx, actor, &w)
}

// maxRelated is how many related cases of each sort are listed.
const maxRelated = 20

func (s *Store) relatedCases(ctx context.Context, actor Actor, w *CaseWork) error {
	for _, sort := range []struct{ why, cond string }{
		{"subject", "c.subject_id = ?"},
		{"scheme", "c.subject_id <> ? AND EXISTS (SELECT 1 FROM alert_members m JOIN alert_members n ON n.alert_id = m.alert_id WHERE m.subject_id = c.subject_id AND n.subject_id = ?)"},
	} {
		args := []any{w.SubjectID}
		if sort.why == "scheme" {
			args = append(args, w.SubjectID)
		}
		var list []RelatedCase
		q := seenCases(s.read(ctx).Table("cases c").Select("c.ref, c.title, c.status, c.level"), actor, "c")
		if err := q.Where("c.id <> ?", w.ID).Where(sort.cond, args...).Order("c.id DESC").Limit(maxRelated).Find(&list).Error; err != nil {
			return fmt.Errorf("case %s: related cases: %w", w.Ref, err)
		}
		for _, r := range list {
			r.Why = sort.why
			w.Related = append(w.Related, r)
		}
	}
	return s.tiedCases(ctx, actor, w)
}

// tiedCases adds the cases of companies that the same hand decides for, or that state the same address, telephone or site: of each case
// the first reason counts.
func (s *Store) tiedCases(ctx context.Context, actor Actor, w *CaseWork) error {
	var of Subject
	if err := s.read(ctx).Where("id = ?", w.SubjectID).Take(&of).Error; err != nil {
		return fmt.Errorf("case %s: its party: %w", w.Ref, err)
	}
	if of.Kind != KindCompany {
		return nil
	}
	sources, err := s.Sources(ctx)
	if err != nil {
		return err
	}
	facts, err := companyFacts(s.read(ctx), []Subject{of}, sources, AsOf{})
	if err != nil {
		return fmt.Errorf("case %s: what its party shares: %w", w.Ref, err)
	}
	for _, tie := range facts[of.ID].Ties {
		var list []RelatedCase
		q := seenCases(s.read(ctx).Table("cases c").Select("c.ref, c.title, c.status, c.level"), actor, "c")
		if err := q.Where("c.id <> ? AND c.subject_id IN ?", w.ID, tie.Others).Order("c.id DESC").Limit(maxRelated).Find(&list).Error; err != nil {
			return fmt.Errorf("case %s: related cases: %w", w.Ref, err)
		}
		for _, r := range list {
			if !slices.ContainsFunc(w.Related, func(k RelatedCase) bool { return k.Ref == r.Ref }) {
				r.Why = tie.Kind
				w.Related = append(w.Related, r)
			}
		}
	}
	return nil
}
