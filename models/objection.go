package models

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"xiezhi/law"
)

// Objection is what somebody says against a finding, a restriction of an account, a sanction or a decision. The channels are
// kept apart: a finding is reviewed here, a restriction and a sanction by whoever decided them, a decision by reconsideration.
type Objection struct {
	ID          int64 `gorm:"primaryKey"`
	Ref         string
	Channel     string
	SubjectID   int64
	AlertID     *int64
	CaseID      *int64
	Place       `gorm:"embedded"`
	Party       string
	Contact     string
	Statement   string
	State       law.State
	ReviewerID  *int64
	Result      string
	Competent   string
	SubmittedAt Instant
	ChangedAt   Instant
	Version     int64
}

// ObjectionFinding is the channel of objections that are reviewed here.
const ObjectionFinding = "finding"

// ObjectionLine is a row of the list of objections.
type ObjectionLine struct {
	Objection    `gorm:"embedded"`
	SubjectKind  SubjectKind
	SubjectRef   *string
	SubjectKey   string
	SubjectName  string
	AlertRef     string
	CaseRef      string
	ReviewerName string
	Reviewer     string
	NextDue      Instant
}

// ObjectionFile is an objection with everything its page shows.
type ObjectionFile struct {
	ObjectionLine `gorm:"embedded"`
	Clocks        []Clock     `gorm:"-"`
	Events        []Event     `gorm:"-"`
	Moves         []law.Event `gorm:"-"`
	Reviewers     []User      `gorm:"-"`
}

// SubmitObjection records an objection against the finding of an alert, with its receipt number: what a party says on paper, by
// telephone or at the window. What the party wrote is kept as it is.
func (s *Store) SubmitObjection(ctx context.Context, actor Actor, alertRef string, in ProcedureInput) (string, error) {
	var ref string
	err := s.change(ctx, actor, func(t *tx) error {
		al, err := t.allowSubmit(alertRef)
		if err != nil {
			return err
		}
		table := law.MachineOf(law.MachineObjection)
		a := ask(table, law.ObjectionSubmit, in, t.now)
		if len(a.wrong) > 0 {
			return Invalid(a.wrong)
		}
		move, ok := table.Find(law.StateNone, law.ObjectionSubmit)
		if !ok {
			return fmt.Errorf("the table of objections lacks submit")
		}
		o := Objection{Channel: a.values["channel"], SubjectID: al.SubjectID, AlertID: &al.ID, CaseID: al.CaseID, Place: al.Place, Party: a.values["party"],
			Contact: a.values["contact"], Statement: a.values["statement"], State: move.To, SubmittedAt: t.now, ChangedAt: t.now, Version: 1}
		if o.Ref, err = t.newRef("YY", al.DivisionCode); err != nil {
			return err
		}
		if err := t.db.Create(&o).Error; err != nil {
			return fmt.Errorf("record an objection: %w", err)
		}
		ref = o.Ref
		return t.finishObjection(o, move, a)
	})
	return ref, err
}

// AllowObjectionTo asks of an objection to the finding of an alert what is asked before its fields.
func (s *Store) AllowObjectionTo(ctx context.Context, actor Actor, alertRef string) error {
	_, err := s.look(ctx, actor).allowSubmit(alertRef)
	return err
}

func (t *tx) allowSubmit(alertRef string) (Alert, error) {
	var al Alert
	if !t.actor.Can(ActObjectionRegister) {
		return al, Forbidden(ActObjectionRegister)
	}
	err := scoped(t.db, t.actor.Scope(ActAlertRead), "").Where("ref = ?", alertRef).Take(&al).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return al, NotFound("alert")
	}
	if err != nil {
		return al, fmt.Errorf("alert %s: %w", alertRef, err)
	}
	if !t.actor.CanAt(ActObjectionRegister, al.Place) {
		return al, Forbidden(ActObjectionRegister)
	}
	return al, nil
}

// MoveObjection makes one move of an objection.
func (s *Store) MoveObjection(ctx context.Context, actor Actor, ref string, event law.Event, in ProcedureInput) error {
	return s.change(ctx, actor, func(t *tx) error {
		o, err := t.lockObjection(ref)
		if err != nil {
			return err
		}
		move, err := t.allowObjection(o, event)
		if err != nil {
			return err
		}
		if in.Version != 0 && in.Version != o.Version {
			return Conflict()
		}
		return t.makeObjection(o, move, in)
	})
}

// AllowObjection asks of a move what is asked before its fields.
func (s *Store) AllowObjection(ctx context.Context, actor Actor, ref string, event law.Event) error {
	t := s.look(ctx, actor)
	o, err := t.lockObjection(ref)
	if err != nil {
		return err
	}
	_, err = t.allowObjection(o, event)
	return err
}

func (t *tx) lockObjection(ref string) (Objection, error) {
	var o Objection
	err := scoped(t.forUpdate(), t.actor.Scope(ActObjectionRead), "").Where("ref = ?", ref).Take(&o).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return o, NotFound("objection")
	}
	if err != nil {
		return o, fmt.Errorf("objection %s: %w", ref, err)
	}
	return o, nil
}

// roleReviewer is the actor of the table who checks an objection: the person chosen when it was accepted.
const roleReviewer = "reviewer"

func mayObjection(actor Actor, o Objection, role string) bool {
	switch role {
	case roleReviewer:
		return o.ReviewerID != nil && *o.ReviewerID == actor.UserID
	case string(RoleSupervisor):
		return actor.CanAt(ActObjectionDirect, o.Place)
	case string(RoleCaseHandler), string(RoleDutyOfficer):
		return actor.CanAt(ActObjectionRegister, o.Place)
	default:
		return false
	}
}

func objectionMoves(actor Actor, o Objection) []law.Event {
	var list []law.Event
	for _, row := range law.MachineOf(law.MachineObjection).From(o.State) {
		if mayObjection(actor, o, row.Actor) && objectionBarred(o, row.Event) == "" {
			list = append(list, row.Event)
		}
	}
	return list
}

// objectionBarred keeps the channels apart: only a finding of this portal is reviewed here.
func objectionBarred(o Objection, event law.Event) string {
	switch {
	case event == law.ObjectionAccept && o.Channel != ObjectionFinding:
		return "error.objection_elsewhere"
	case event == law.ObjectionPassOn && o.Channel == ObjectionFinding:
		return "error.objection_here"
	}
	return ""
}

func (t *tx) allowObjection(o Objection, event law.Event) (law.Move, error) {
	table := law.MachineOf(law.MachineObjection)
	err := allowEvent(table, event, Action("objection."+string(event)), func(role string) bool { return mayObjection(t.actor, o, role) })
	if err != nil {
		return law.Move{}, err
	}
	if err := t.stillApart(o); err != nil {
		return law.Move{}, err
	}
	move, ok := table.Find(o.State, event)
	if !ok || !mayObjection(t.actor, o, move.Actor) {
		return law.Move{}, NotAMove(eventWords(objectionMoves(t.actor, o)))
	}
	return move, nil
}

// stillApart refuses a reviewer who was put on the team of the case since.
func (t *tx) stillApart(o Objection) error {
	if o.CaseID == nil || o.ReviewerID == nil || *o.ReviewerID != t.actor.UserID {
		return nil
	}
	var n int64
	if err := t.db.Table("case_officers").Where("case_id = ? AND user_id = ?", *o.CaseID, t.actor.UserID).Count(&n).Error; err != nil {
		return fmt.Errorf("read the team of the case of %s: %w", o.Ref, err)
	}
	if n > 0 {
		return Forbidden(ActObjectionRead)
	}
	return nil
}

func (t *tx) makeObjection(o Objection, move law.Move, in ProcedureInput) error {
	a := ask(law.MachineOf(law.MachineObjection), move.Event, in, t.now)
	if key := objectionBarred(o, move.Event); key != "" {
		a.wrong["channel"] = key
	}
	set := map[string]any{"state": move.To, "changed_at": t.now, "version": o.Version + 1}
	switch move.Event {
	case law.ObjectionAccept:
		if err := t.chooseReviewer(&o, a, set); err != nil {
			return err
		}
	case law.ObjectionPassOn:
		set["competent"] = a.values["competent"]
	}
	if move.From == objectionChecking {
		set["result"] = a.values["reason"]
	}
	var clocks []Clock
	if err := t.db.Where("objection_id = ? AND ended_at IS NULL", o.ID).Find(&clocks).Error; err != nil {
		return fmt.Errorf("clocks of objection %s: %w", o.Ref, err)
	}
	if len(a.wrong) > 0 {
		return Invalid(a.wrong)
	}
	res := t.db.Table("objections").Where("id = ? AND version = ?", o.ID, o.Version).Updates(set)
	if res.Error != nil {
		return fmt.Errorf("%s objection %s: %w", move.Event, o.Ref, res.Error)
	}
	if res.RowsAffected == 0 {
		return Conflict()
	}
	if err := t.endClocks("objection_id", o.ID, move.Ends, move.Event); err != nil {
		return err
	}
	if move.Event == law.ObjectionRevoke {
		if err := t.revokeFinding(o, a.values["reason"]); err != nil {
			return err
		}
	}
	return t.finishObjection(o, move, a)
}

const objectionChecking law.State = "CHECKING"
