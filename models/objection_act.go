package models

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"xiezhi/law"
)

// ReasonRevoked is the reason of an alert that was revoked on an objection: it is a known negative, and only new evidence of
// another kind raises it again.
const ReasonRevoked = "revoked"

// chooseReviewer wants a reviewer of the place who handled neither the alert nor the case.
func (t *tx) chooseReviewer(o *Objection, a *asked, set map[string]any) error {
	if a.wrong["reviewer"] != "" {
		return nil
	}
	able, err := t.reviewers(*o)
	if err != nil {
		return err
	}
	able = slices.DeleteFunc(able, func(u User) bool { return u.ID == t.actor.UserID })
	i := slices.IndexFunc(able, func(u User) bool { return u.Name == a.values["reviewer"] })
	if i < 0 {
		a.wrong["reviewer"] = "error.reviewer"
		return nil
	}
	o.ReviewerID = &able[i].ID
	set["reviewer_id"] = able[i].ID
	return nil
}

// reviewers lists who may review an objection: officers and legal reviewers of the place whose hand is in no event of the
// alert, its case or the objection itself.
func (t *tx) reviewers(o Objection) ([]User, error) {
	able, err := t.usersWithRole(o.Place, RoleCaseHandler, RoleLegalReviewer, RoleDutyOfficer)
	if err != nil {
		return nil, err
	}
	var hands []int64
	q := t.db.Table("events").Select("DISTINCT actor_id").Where("actor_id IS NOT NULL AND (object_kind = ? AND object_id = ? OR object_kind = ? AND object_id = ? OR object_kind = ? AND object_id = ?)",
		objectAlert, value(o.AlertID), objectCase, value(o.CaseID), objectObjection, o.ID)
	if err := q.Scan(&hands).Error; err != nil {
		return nil, fmt.Errorf("read who handled the finding of %s: %w", o.Ref, err)
	}
	var team []int64
	if err := t.db.Table("case_officers").Select("user_id").Where("case_id = ?", value(o.CaseID)).Scan(&team).Error; err != nil {
		return nil, fmt.Errorf("read the team of %s: %w", o.Ref, err)
	}
	hands = append(hands, team...)
	return slices.DeleteFunc(able, func(u User) bool { return slices.Contains(hands, u.ID) }), nil
}

func value(id *int64) int64 {
	if id == nil {
		return 0
	}
	return *id
}

// revokeFinding takes the finding back: the alert is dismissed as revoked, which labels it a known negative, and everybody who
// had it in hand is told; a case or a referral built on it goes on only by its own decision, so its people are told too.
func (t *tx) revokeFinding(o Objection, reason string) error {
	if o.AlertID == nil {
		return nil
	}
	var al Alert
	if err := t.forUpdate().Where("id = ?", *o.AlertID).Take(&al).Error; err != nil {
		return fmt.Errorf("alert of objection %s: %w", o.Ref, err)
	}
	set := map[string]any{"open": false, "status": AlertDismissed, "reason": ReasonRevoked, "note": reason, "decided_at": t.now, "version": al.Version + 1}
	if err := t.db.Table("alerts").Where("id = ?", al.ID).Updates(set).Error; err != nil {
		return fmt.Errorf("revoke alert %s: %w", al.Ref, err)
	}
	t.audit("alert.revoke", "alert:"+al.Ref, al.Place, map[string]any{"objection": o.Ref})
	if err := t.tell(objectAlert, al.ID, "revoke", reason, map[string]any{"objection": o.Ref}); err != nil {
		return err
	}
	if al.CaseID != nil {
		if err := t.recallBulletins(*al.CaseID, "objection "+o.Ref); err != nil {
			return err
		}
	}
	people, err := t.receivers(al)
	if err != nil {
		return err
	}
	return t.notify(people, "finding_revoked", "alert:"+al.Ref, "objection "+o.Ref, map[string]any{"alert": al.Ref, "objection": o.Ref})
}

// receivers lists who received a finding: its owner, the team of its case, and the users of the police unit and procuratorate
// that its referral was sent to.
func (t *tx) receivers(al Alert) ([]int64, error) {
	var ids []int64
	if al.OwnerID != nil {
		ids = append(ids, *al.OwnerID)
	}
	if al.CaseID == nil {
		return ids, nil
	}
	var team, outside []int64
	if err := t.db.Table("case_officers").Select("user_id").Where("case_id = ? AND recused_at IS NULL", *al.CaseID).Scan(&team).Error; err != nil {
		return nil, fmt.Errorf("read the team: %w", err)
	}
	err := t.db.Table("users u").Select("DISTINCT u.id").
		Joins("JOIN referrals r ON r.case_id = ? AND r.delivered_at IS NOT NULL AND (u.authority_id = r.police_id OR u.authority_id = r.procuratorate_id)", *al.CaseID).
		Where("u.disabled = ?", false).Scan(&outside).Error
	if err != nil {
		return nil, fmt.Errorf("read who received the referral: %w", err)
	}
	ids = append(append(ids, team...), outside...)
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// finishObjection starts the limit of a move and writes its event and audit entry.
func (t *tx) finishObjection(o Objection, move law.Move, a *asked) error {
	if move.Clock != "" {
		if err := t.startClock(clockOwner{caseID: value(o.CaseID), objection: &o.ID}, move.Clock, time.Time{}); err != nil {
			return err
		}
	}
	data := a.data(move)
	delete(data, "contact")
	t.audit("objection."+string(move.Event), "objection:"+o.Ref, o.Place, data)
	return t.tell(objectObjection, o.ID, string(move.Event), a.note(), data)
}

// ObjectionFilter narrows the list; empty fields do not.
type ObjectionFilter struct {
	Open   bool
	Mine   bool
	Text   string
	Before int64
	Limit  int
}

func (s *Store) objectionLines(ctx context.Context, actor Actor) *gorm.DB {
	open, more := sealedSight(actor, "c")
	q := s.read(ctx).Table("objections o").Select(`o.*, s.kind AS subject_kind, s.ref AS subject_ref, s.key AS subject_key, s.name AS subject_name,
		COALESCE(al.ref, '') AS alert_ref, COALESCE(c.ref, '') AS case_ref, COALESCE(u.display_name, '') AS reviewer_name, COALESCE(u.name, '') AS reviewer,
		(SELECT MIN(k.due_at) FROM clocks k WHERE k.objection_id = o.id AND k.ended_at IS NULL) AS next_due`).
		Joins("JOIN subjects s ON s.id = o.subject_id").Joins("LEFT JOIN alerts al ON al.id = o.alert_id").Joins("LEFT JOIN cases c ON c.id = o.case_id AND "+open, more...).
		Joins("LEFT JOIN users u ON u.id = o.reviewer_id")
	return scoped(q, actor.Scope(ActObjectionRead), "o")
}

// Objections lists objections the actor may read, newest first.
func (s *Store) Objections(ctx context.Context, actor Actor, f ObjectionFilter) ([]ObjectionLine, bool, error) {
	q := s.objectionLines(ctx, actor)
	if f.Open {
		q = q.Where("o.state NOT IN ?", []string{"CLOSED", "REFUSED"})
	}
	if f.Mine {
		q = q.Where("o.reviewer_id = ?", actor.UserID)
	}
	if f.Text != "" {
		q = q.Where("(s.name_fold LIKE ? ESCAPE '\\' OR o.ref = ?)", "%"+escapeLike(fold(f.Text))+"%", f.Text)
	}
	if f.Before > 0 {
		q = q.Where("o.id < ?", f.Before)
	}
	var list []ObjectionLine
	if err := q.Order("o.id DESC").Limit(f.Limit + 1).Find(&list).Error; err != nil {
		return nil, false, fmt.Errorf("list objections: %w", err)
	}
	return list[:min(len(list), f.Limit)], len(list) > f.Limit, nil
}

// ObjectionFile gives one objection the actor may read.
func (s *Store) ObjectionFile(ctx context.Context, actor Actor, ref string) (ObjectionFile, error) {
	var f ObjectionFile
	err := s.objectionLines(ctx, actor).Where("o.ref = ?", ref).Take(&f.ObjectionLine).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return f, NotFound("objection")
	}
	if err != nil {
		return f, fmt.Errorf("objection %s: %w", ref, err)
	}
	if err := s.read(ctx).Where("objection_id = ?", f.ID).Order("id").Find(&f.Clocks).Error; err != nil {
		return f, fmt.Errorf("objection %s: clocks: %w", ref, err)
	}
	if err := s.withChanges(ctx, f.Clocks); err != nil {
		return f, err
	}
	if f.Events, err = s.events(ctx, objectObjection, f.ID); err != nil {
		return f, err
	}
	f.Moves = objectionMoves(actor, f.Objection)
	if slices.Contains(f.Moves, law.ObjectionAccept) {
		f.Reviewers, err = s.look(ctx, actor).reviewers(f.Objection)
	}
	return f, err
}
