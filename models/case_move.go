package models

import (
	"context"
	"fmt"
	"strings"
	"time"

	"xiezhi/law"
)

// caseMove is one move of an administrative case on its way.
type caseMove struct {
	cs       Case
	onTeam   bool
	everOn   bool // also where the actor has left the team
	head     bool // the actor is the recorded principal, or in charge
	clocks   []Clock
	events   []Event
	referral law.State // where the case's referral stands, StateNone without one
	measures []Measure
	move     law.Move
}

// MoveCase makes one move of an administrative case, the only way its stage changes: visible, then role, then stage, then
// guards and fields; the move, its clocks, event and audit entry happen together.
func (s *Store) MoveCase(ctx context.Context, actor Actor, ref string, event law.Event, in ProcedureInput) error {
	return s.change(ctx, actor, func(t *tx) error {
		m, err := t.loadCaseMove(ref)
		if err != nil {
			return err
		}
		if err := t.allowCaseMove(m, event); err != nil {
			return err
		}
		if in.Version != 0 && in.Version != m.cs.Version {
			return Conflict()
		}
		a := ask(law.MachineOf(law.MachineCase), event, in, t.now)
		if key := m.barred(event, t.now); key != "" {
			a.wrong["stage"] = key
		}
		if err := t.checkCaseFields(m, a); err != nil {
			return err
		}
		field, key, err := t.late(m.clocks, m.move.Ends, m.cs.AuthorityID, in.LateReason)
		if err != nil {
			return err
		}
		if key != "" {
			a.wrong[field] = key
		}
		if len(a.wrong) > 0 {
			return Invalid(a.wrong)
		}
		return t.writeCaseMove(m, a)
	})
}

// AllowCaseMove asks of a move what is asked before its fields: whether the actor sees the case, has the role, and the stage
// allows it.
func (s *Store) AllowCaseMove(ctx context.Context, actor Actor, ref string, event law.Event) error {
	t := s.look(ctx, actor)
	m, err := t.loadCaseMove(ref)
	if err != nil {
		return err
	}
	return t.allowCaseMove(m, event)
}

func (t *tx) loadCaseMove(ref string) (*caseMove, error) {
	cs, err := t.lockCase(ref)
	if err != nil {
		return nil, err
	}
	m := &caseMove{cs: cs, referral: law.StateNone}
	var n int64
	if err := t.db.Table("case_officers").Where("case_id = ? AND user_id = ? AND recused_at IS NULL", cs.ID, t.actor.UserID).Count(&n).Error; err != nil {
		return nil, fmt.Errorf("read the team of %s: %w", ref, err)
	}
	m.onTeam = n > 0
	if err := t.db.Table("case_officers").Where("case_id = ? AND user_id = ?", cs.ID, t.actor.UserID).Count(&n).Error; err != nil {
		return nil, fmt.Errorf("read who was on the team of %s: %w", ref, err)
	}
	m.everOn = n > 0
	if m.head, err = t.appointed(t.actor.UserID, cs.AuthorityID); err != nil {
		return nil, err
	}
	var states []law.State
	if err := t.db.Table("referrals").Where("case_id = ?", cs.ID).Pluck("state", &states).Error; err != nil {
		return nil, fmt.Errorf("read the referral of %s: %w", ref, err)
	}
	if len(states) > 0 {
		m.referral = states[0]
	}
	q := t.db.Where("case_id = ? AND referral_id IS NULL AND measure_id IS NULL AND objection_id IS NULL AND ended_at IS NULL", cs.ID)
	if err := q.Order("id").Find(&m.clocks).Error; err != nil {
		return nil, fmt.Errorf("clocks of %s: %w", ref, err)
	}
	if err := t.db.Where("object_kind = ? AND object_id = ?", objectCase, cs.ID).Order("id").Find(&m.events).Error; err != nil {
		return nil, fmt.Errorf("story of %s: %w", ref, err)
	}
	if err := t.db.Where("case_id = ?", cs.ID).Order("id").Find(&m.measures).Error; err != nil {
		return nil, fmt.Errorf("measures of %s: %w", ref, err)
	}
	return m, nil
}

// may says whether the actor acts in the role of a row of the table on this case. The principal's acts are those of the
// recorded principal, who has no hand in the team's work.
func (m *caseMove) may(actor Actor, role string) bool {
	p := m.cs.Place
	switch Role(role) {
	case RoleCaseHandler:
		return m.onTeam && actor.CanAt(ActCaseWork, p)
	case RoleSupervisor:
		return actor.CanAt(ActCaseOpen, p)
	case RolePrincipal:
		return m.head && !m.everOn && actor.CanAt(ActCaseDecide, p)
	case RoleLegalReviewer:
		return !m.everOn && actor.CanAt(ActCaseReview, p)
	default:
		return false
	}
}

// notRecused refuses one who was recused from a case, whatever else he may do there (APL art 43).
func (t *tx) notRecused(caseID int64) error {
	var n int64
	err := t.db.Table("case_officers").Where("case_id = ? AND user_id = ? AND recused_at IS NOT NULL AND left_as = 'recused'", caseID, t.actor.UserID).Count(&n).Error
	if err != nil {
		return fmt.Errorf("read who was recused: %w", err)
	}
	if n > 0 {
		return Forbidden(ActCaseWork)
	}
	return nil
}

// allowCaseMove asks the role first, then the stage.
func (t *tx) allowCaseMove(m *caseMove, event law.Event) error {
	table := law.MachineOf(law.MachineCase)
	if err := allowEvent(table, event, Action("case."+string(event)), func(role string) bool { return m.may(t.actor, role) }); err != nil {
		return err
	}
	move, ok := table.Find(m.cs.Stage, event)
	if !ok || !m.may(t.actor, move.Actor) {
		moves, _ := m.lawful(t.actor, t.now)
		return NotAMove(eventWords(moves))
	}
	m.move = move
	return nil
}

// lawful lists the moves that the actor may make now, and those that only something else stands against, with its key.
func (m *caseMove) lawful(actor Actor, now Instant) (moves []law.Event, barred map[law.Event]string) {
	barred = map[law.Event]string{}
	for _, row := range law.MachineOf(law.MachineCase).From(m.cs.Stage) {
		if !m.may(actor, row.Actor) {
			continue
		}
		key := m.barred(row.Event, now)
		if key == "" && !m.head && lateFor(m.clocks, row.Ends, now) {
			key = "error.late_needs_principal"
		}
		if key != "" {
			barred[row.Event] = key
			continue
		}
		moves = append(moves, row.Event)
	}
	return moves, barred
}

// checkCaseFields holds what was given against the law where a field alone does not tell.
func (t *tx) checkCaseFields(m *caseMove, a *asked) error {
	switch m.move.Event {
	case law.CaseRequestHearing:
		return t.checkHearing(a)
	case law.CaseNoHearing:
		if _, runs := running(m.clocks, law.ClockHearingRequest); runs && strings.TrimSpace(a.values["waiver"]) == "" {
			c, _ := running(m.clocks, law.ClockHearingRequest)
			if c.State(t.now) != law.ClockLate {
				a.wrong["waiver"] = "error.hearing_waiver"
			}
		}
	}
	return nil
}

// checkHearing wants the day of a hearing at least seven working days after the party is told (APL 64(2)), which is now.
func (t *tx) checkHearing(a *asked) error {
	day := a.day("hearing_on")
	if day.IsZero() {
		return nil
	}
	cal, err := t.store.calendarNow(t.db)
	if err != nil {
		return err
	}
	notice := law.Compute(law.ClockRule{Amount: hearingNoticeDays, Unit: law.UnitWorkingDay, ExcludeStartDay: true}, t.now.Time(), cal)
	if day.Before(notice.DueAt) {
		a.wrong["hearing_on"] = "error.hearing_too_early"
	}
	return nil
}

// hearingNoticeDays is how many working days before a hearing the party is told (APL 64(2) with 85).
const hearingNoticeDays = 7

func (t *tx) writeCaseMove(m *caseMove, a *asked) error {
	set := map[string]any{"stage": m.move.To, "version": m.cs.Version + 1}
	switch {
	case m.move.To == law.StageClosed:
		set["status"], set["closed_at"] = CaseClosed, t.now
	case m.cs.Status == CaseClosed && m.move.To != law.StageArchived:
		set["status"], set["closed_at"] = CaseOpen, nil
		if m.referral != law.StateNone {
			set["status"] = CaseReferred
		}
	}
	res := t.db.Table("cases").Where("id = ? AND version = ?", m.cs.ID, m.cs.Version).Updates(set)
	if res.Error != nil {
		return fmt.Errorf("%s case %s: %w", m.move.Event, m.cs.Ref, res.Error)
	}
	if res.RowsAffected == 0 {
		return Conflict()
	}
	if err := t.endClocks("referral_id IS NULL AND measure_id IS NULL AND case_id", m.cs.ID, m.move.Ends, m.move.Event); err != nil {
		return err
	}
	if m.move.Clock != "" {
		if err := t.startClock(clockOwner{caseID: m.cs.ID}, m.move.Clock, time.Time{}); err != nil {
			return err
		}
	}
	if m.move.To == law.StageClosed {
		if err := t.closeAlerts(m.cs); err != nil {
			return err
		}
	}
	if m.move.To == law.StageClosed {
		if err := t.endHandoff(m.cs, m.move.Event); err != nil {
			return err
		}
	}
	data := a.data(m.move)
	status := m.cs.Status
	if v, ok := set["status"].(string); ok {
		status = v
	}
	data["changes"] = changesOf("stage", string(m.cs.Stage), string(m.move.To), "status", m.cs.Status, status)
	t.audit("case."+string(m.move.Event), "case:"+m.cs.Ref, m.cs.Place, data)
	return t.tell(objectCase, m.cs.ID, string(m.move.Event), a.note(), data)
}
