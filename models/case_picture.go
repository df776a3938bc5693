package models

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"gorm.io/gorm"
)

// CasePicture is a picture of relations or money that somebody put into a case: Query is the address of its page without what says as
// of when, Digest the SHA-256 of the answer in hexadecimal. Number counts from 1 within the case.
type CasePicture struct {
	ID      int64 `gorm:"primaryKey"`
	CaseID  int64
	Number  int64
	Page    string
	Query   string
	AsOf    Instant
	Digest  string
	Note    string
	SavedBy int64
	SavedAt Instant
}

// The pages whose pictures a case takes.
const (
	PageGraph = "graph"
	PageMoney = "money"
)

// maxPictureQuery bounds the address of a picture.
const maxPictureQuery = 8000

var digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// SavePicture puts a picture into a case that is not closed and gives its number. Case handlers of its place do so, and those
// who open cases there; one under seal is seen by its team alone. It fails with NotFound for a case the actor may not see, Forbidden for others, Invalid by field.
func (s *Store) SavePicture(ctx context.Context, actor Actor, caseRef string, p CasePicture) (int64, error) {
	err := s.change(ctx, actor, func(t *tx) error {
		cs, err := t.allowPicture(caseRef)
		if err != nil {
			return err
		}
		fields := map[string]string{}
		p.Note = strings.TrimSpace(p.Note)
		checkNote(fields, "note", p.Note, 2)
		if p.Page != PageGraph && p.Page != PageMoney {
			fields["page"] = "error.required"
		}
		if p.Query == "" || len(p.Query) > maxPictureQuery {
			fields["query"] = "error.required"
		}
		if p.AsOf.IsZero() || p.AsOf.After(t.now) {
			fields["as_of"] = "error.moment"
		}
		if !digestForm.MatchString(p.Digest) {
			fields["digest"] = "error.required"
		}
		if len(fields) > 0 {
			return Invalid(fields)
		}
		var last int64
		if err := t.db.Table("case_pictures").Where("case_id = ?", cs.ID).Select("COALESCE(MAX(number), 0)").Scan(&last).Error; err != nil {
			return fmt.Errorf("count the pictures of case %s: %w", cs.Ref, err)
		}
		p.ID, p.CaseID, p.Number, p.SavedBy, p.SavedAt = 0, cs.ID, last+1, actor.UserID, t.now
		if err := t.db.Create(&p).Error; err != nil {
			return fmt.Errorf("put a picture into case %s: %w", cs.Ref, err)
		}
		detail := map[string]any{"case": cs.Ref, "picture": p.Number, "page": p.Page, "query": p.Query, "as_of": p.AsOf.String(), "digest": p.Digest}
		t.audit("case.save_picture", "case:"+cs.Ref, cs.Place, detail)
		return t.tell(objectCase, cs.ID, "save_picture", p.Note, detail)
	})
	return p.Number, err
}

// AllowPicture says whether the actor may put a picture into a case, as SavePicture does.
func (s *Store) AllowPicture(ctx context.Context, actor Actor, caseRef string) error {
	_, err := s.look(ctx, actor).allowPicture(caseRef)
	return err
}

func (t *tx) allowPicture(caseRef string) (Case, error) {
	cs, err := t.lockCase(caseRef)
	if err != nil {
		return cs, err
	}
	if !t.actor.CanAt(ActReferralTeam, cs.Place) && !t.actor.CanAt(ActCaseOpen, cs.Place) || t.actor.UserID == 0 {
		return cs, Forbidden(ActReferralTeam)
	}
	if err := t.notRecused(cs.ID); err != nil {
		return cs, err
	}
	if cs.Status == CaseClosed {
		return cs, NotAMove(nil)
	}
	return cs, nil
}

// CasePicture gives a picture of a case the actor may see; NotFound for one that is absent or in a case out of scope.
func (s *Store) CasePicture(ctx context.Context, actor Actor, caseRef string, number int64) (CasePicture, error) {
	var p CasePicture
	var cs Case
	err := seenCases(s.read(ctx).Table("cases"), actor, "cases").Where("ref = ?", caseRef).Take(&cs).Error
	if err == nil {
		err = s.read(ctx).Where("case_id = ? AND number = ?", cs.ID, number).Take(&p).Error
	}
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return p, NotFound("picture")
	}
	if err != nil {
		return p, fmt.Errorf("picture %d of case %s: %w", number, caseRef, err)
	}
	return p, nil
}

// PictureCases lists the cases that an actor may put a picture into, newest first, at most limit of them.
func (s *Store) PictureCases(ctx context.Context, actor Actor, limit int) ([]CaseLine, error) {
	cond, args := actor.Scope(ActCaseOpen).Union(actor.Scope(ActReferralTeam)).sql("cs")
	q := s.caseLines(ctx, actor).Where("cs.status <> ?", CaseClosed).Where(cond, args...)
	var list []CaseLine
	if err := q.Order("cs.id DESC").Limit(limit).Find(&list).Error; err != nil {
		return nil, fmt.Errorf("list the cases of a picture: %w", err)
	}
	return list, nil
}
