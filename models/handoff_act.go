package models

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"
	"xiezhi/law"
)

// AskHandoff asks another lead department to take a case over, by a supervisor of the one that has it. A case that was referred to
// the police stays: its referral, clocks, police and procuratorate are those of the department that made it.
func (s *Store) AskHandoff(ctx context.Context, actor Actor, caseRef string, in ProcedureInput) (string, error) {
	var ref string
	err := s.change(ctx, actor, func(t *tx) error {
		cs, err := t.allowHandoff(caseRef)
		if err != nil {
			return err
		}
		if in.Version != 0 && in.Version != cs.Version {
			return Conflict()
		}
		table := law.MachineOf(law.MachineHandoff)
		a := ask(table, law.HandoffAsk, in, t.now)
		var from, to Authority
		if err := t.db.Where("id = ?", cs.AuthorityID).Take(&from).Error; err != nil {
			return fmt.Errorf("department of case %s: %w", caseRef, err)
		}
		if a.wrong["to"] == "" {
			err := t.db.Where("code = ? AND kind = ?", a.values["to"], LeadDepartment).Take(&to).Error
			if errors.Is(err, gorm.ErrRecordNotFound) || err == nil && to.ID == from.ID {
				a.wrong["to"] = "error.handoff_to"
			} else if err != nil {
				return fmt.Errorf("department %s: %w", a.values["to"], err)
			}
		}
		if len(a.wrong) > 0 {
			return Invalid(a.wrong)
		}
		superior, err := commonSuperior(t.db, from, to)
		if err != nil {
			return err
		}
		move, ok := table.Find(law.StateNone, law.HandoffAsk)
		if !ok {
			return fmt.Errorf("the table of handings lacks ask")
		}
		h := Handoff{CaseID: cs.ID, FromID: from.ID, ToID: to.ID, Ground: a.values["ground"], Reason: a.values["reason"], State: move.To, Open: true, AskedBy: actor.UserID,
			AskedAt: t.now, ChangedAt: t.now, Version: 1}
		if superior != nil {
			h.SuperiorID = &superior.ID
		}
		if h.Ref, err = t.newRef("GX", cs.DivisionCode); err != nil {
			return err
		}
		err = t.db.Create(&h).Error
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return NotAMove(nil)
		}
		if err != nil {
			return fmt.Errorf("hand case %s on: %w", caseRef, err)
		}
		ref = h.Ref
		return t.tellHandoff(&handoff{h: h, cs: cs, from: from, to: to, superior: superior}, move, a)
	})
	return ref, err
}

// AllowHandoff asks of handing a case on what is asked before its fields.
func (s *Store) AllowHandoff(ctx context.Context, actor Actor, caseRef string) error {
	_, err := s.look(ctx, actor).allowHandoff(caseRef)
	return err
}

func (t *tx) allowHandoff(caseRef string) (Case, error) {
	cs, err := t.ledCase(caseRef, 0)
	if err != nil {
		return cs, err
	}
	if cs.Status != CaseOpen {
		return cs, NotAMove(nil)
	}
	var n int64
	if err := t.db.Table("handoffs").Where("case_id = ? AND open = ?", cs.ID, true).Count(&n).Error; err != nil {
		return cs, fmt.Errorf("read the handings of %s: %w", caseRef, err)
	}
	if n > 0 {
		return cs, NotAMove(nil)
	}
	return cs, nil
}

// MoveHandoff makes one move of a handing.
func (s *Store) MoveHandoff(ctx context.Context, actor Actor, ref string, event law.Event, in ProcedureInput) error {
	return s.change(ctx, actor, func(t *tx) error {
		x, err := t.loadHandoff(ref)
		if err != nil {
			return err
		}
		move, err := t.allowHandoffMove(x, event)
		if err != nil {
			return err
		}
		if in.Version != 0 && in.Version != x.h.Version {
			return Conflict()
		}
		a := ask(law.MachineOf(law.MachineHandoff), event, in, t.now)
		if (event == law.HandoffAssign || event == law.HandoffLeave) && x.superior == nil && a.values["number"] == "" {
			a.wrong["number"] = "error.required"
		}
		var team []User
		if event == law.HandoffAccept && a.wrong["officers"] == "" {
			var key string
			if team, key, err = t.team(strings.Fields(a.values["officers"]), x.to.Place); err != nil {
				return err
			}
			if key == "" && t.recused(x.cs.ID, team) {
				key = "error.officer_recused"
			}
			if key != "" {
				a.wrong["officers"] = key
			}
		}
		if len(a.wrong) > 0 {
			return Invalid(a.wrong)
		}
		if event == law.HandoffAccept {
			if err := t.takeOver(x, team); err != nil {
				return err
			}
		}
		return t.writeHandoff(x, move, a)
	})
}

// AllowHandoffMove asks of a move of a handing what is asked before its fields.
func (s *Store) AllowHandoffMove(ctx context.Context, actor Actor, ref string, event law.Event) error {
	t := s.look(ctx, actor)
	x, err := t.loadHandoff(ref)
	if err != nil {
		return err
	}
	_, err = t.allowHandoffMove(x, event)
	return err
}

func (t *tx) allowHandoffMove(x *handoff, event law.Event) (law.Move, error) {
	table := law.MachineOf(law.MachineHandoff)
	if err := allowEvent(table, event, Action("handoff."+string(event)), func(role string) bool { return x.may(t.actor, role) }); err != nil {
		return law.Move{}, err
	}
	move, ok := table.Find(x.h.State, event)
	if !ok || !x.may(t.actor, move.Actor) || event == law.HandoffAccept && x.cs.Status != CaseOpen {
		return law.Move{}, NotAMove(eventWords(x.lawful(t.actor)))
	}
	return move, nil
}

// takeOver gives the case to the receiver: its place and department, its team and its open tasks. Clocks, measures, papers, evidence
// and notes stay with the case; the sender's people keep reading what there was.
func (t *tx) takeOver(x *handoff, team []User) error {
	set := map[string]any{"authority_id": x.to.ID, "division_code": x.to.DivisionCode, "p2": x.to.P2, "c4": x.to.C4, "c6": x.to.C6, "version": x.cs.Version + 1}
	res := t.db.Table("cases").Where("id = ? AND version = ? AND status = ?", x.cs.ID, x.cs.Version, CaseOpen).Updates(set)
	if res.Error != nil {
		return fmt.Errorf("take case %s over: %w", x.cs.Ref, res.Error)
	}
	if res.RowsAffected == 0 {
		return Conflict()
	}
	left := map[string]any{"recused_at": t.now, "recusal_reason": x.h.Ref, "left_as": LeavesHanded, "left_by": t.actor.UserID}
	if err := t.db.Table("case_officers").Where("case_id = ? AND recused_at IS NULL", x.cs.ID).Updates(left).Error; err != nil {
		return fmt.Errorf("take the team off case %s: %w", x.cs.Ref, err)
	}
	x.cs.AuthorityID, x.cs.Place = x.to.ID, x.to.Place
	for _, u := range team {
		if err := t.joinTeam(x.cs, u); err != nil {
			return err
		}
	}
	if err := t.db.Table("case_tasks").Where("case_id = ? AND done_at IS NULL", x.cs.ID).Update("assignee_id", t.actor.UserID).Error; err != nil {
		return fmt.Errorf("pass the tasks of %s on: %w", x.cs.Ref, err)
	}
	return nil
}

func (t *tx) writeHandoff(x *handoff, move law.Move, a *asked) error {
	set := map[string]any{"state": move.To, "changed_at": t.now, "version": x.h.Version + 1, "open": len(law.MachineOf(law.MachineHandoff).From(move.To)) > 0}
	if move.To == law.HandoffTaken {
		set["taken_at"] = t.now
	}
	res := t.db.Table("handoffs").Where("id = ? AND version = ?", x.h.ID, x.h.Version).Updates(set)
	if res.Error != nil {
		return fmt.Errorf("%s handing %s: %w", move.Event, x.h.Ref, res.Error)
	}
	if res.RowsAffected == 0 {
		return Conflict()
	}
	return t.tellHandoff(x, move, a)
}

// tellHandoff writes a move into the story of the handing and of the case, and tells those who are to act next.
func (t *tx) tellHandoff(x *handoff, move law.Move, a *asked) error {
	data := a.data(move)
	data["case"], data["handoff"], data["unit"] = x.cs.Ref, x.h.Ref, x.to.Name
	t.audit("handoff."+string(move.Event), "handoff:"+x.h.Ref, x.cs.Place, data)
	if err := t.tell(objectHandoff, x.h.ID, string(move.Event), a.note(), data); err != nil {
		return err
	}
	if err := t.tell(objectCase, x.cs.ID, "handoff_"+string(move.Event), a.note(), data); err != nil {
		return err
	}
	var people []int64
	for _, office := range x.concerned(move) {
		users, err := t.usersWithRole(office.Place, RoleSupervisor, RolePrincipal)
		if err != nil {
			return err
		}
		for _, u := range users {
			if u.ID != t.actor.UserID {
				people = append(people, u.ID)
			}
		}
	}
	return t.notify(people, "handoff_"+string(move.Event), "handoff:"+x.h.Ref, fmt.Sprintf("handoff %s %d", move.Event, t.now.Micro()), map[string]any{"case": x.cs.Ref})
}

// concerned lists the offices that are told of a move: those that did not make it, and the superior once there is a dispute.
func (x *handoff) concerned(move law.Move) []Authority {
	switch {
	case move.Actor == string(RoleSupervisor) && move.Event != law.HandoffDispute:
		return []Authority{x.to}
	case move.Event == law.HandoffDispute && x.superior != nil:
		return []Authority{x.to, *x.superior}
	case move.Event == law.HandoffDispute:
		return []Authority{x.to}
	case move.Actor == roleSuperior:
		return []Authority{x.from, x.to}
	default:
		return []Authority{x.from}
	}
}

// endHandoff ends an open handing of a case whose referral begins or which closes: neither waits for another department.
func (t *tx) endHandoff(cs Case, event law.Event) error {
	var list []Handoff
	if err := t.forUpdate().Where("case_id = ? AND open = ?", cs.ID, true).Find(&list).Error; err != nil {
		return fmt.Errorf("read the handings of %s: %w", cs.Ref, err)
	}
	for _, h := range list {
		set := map[string]any{"state": "WITHDRAWN", "open": false, "changed_at": t.now, "version": h.Version + 1}
		if err := t.db.Table("handoffs").Where("id = ?", h.ID).Updates(set).Error; err != nil {
			return fmt.Errorf("end handing %s: %w", h.Ref, err)
		}
		data := map[string]any{"from": h.State, "to": "WITHDRAWN", "by": event, "case": cs.Ref}
		t.audit("handoff.withdraw", "handoff:"+h.Ref, cs.Place, data)
		if err := t.tell(objectHandoff, h.ID, string(law.HandoffWithdraw), "", data); err != nil {
			return err
		}
	}
	return nil
}
