package models

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"xiezhi/law"
	"xiezhi/reference"
)

// Measure is a coercive or protective step in an administrative case: asked for by an officer of the team, decided by the
// principal, carried out by the department itself. Accounts are queried, never frozen, by a regulator.
type Measure struct {
	ID         int64 `gorm:"primaryKey"`
	Ref        string
	CaseID     int64
	Kind       string
	Object     string
	Grounds    string
	State      law.State
	Number     string
	Told       string
	Reply      string
	AskedBy    int64
	AskedAt    Instant
	ApprovedBy *int64
	ChangedAt  Instant
	Version    int64
}

// The kinds of measure that code names; law/asks.csv lists all.
const (
	MeasureExitRestriction = "exit_restriction"
	MeasureSeizureKind     = "seizure"
	MeasurePreservation    = "preservation"
)

// MeasureKinds lists the kinds that a department of a division may ask for: exit restriction only at city level or above
// (737 art 24(1)(3)), which at county level does not exist.
func MeasureKinds(division string) []string {
	var kinds []string
	for _, a := range law.MachineOf(law.MachineMeasure).Asks(law.MeasureRequest) {
		if a.Field == "kind" {
			kinds = a.Choices
		}
	}
	return slices.DeleteFunc(slices.Clone(kinds), func(k string) bool {
		return k == MeasureExitRestriction && countyLevel(division)
	})
}

// RequestMeasure asks for a measure in a case, by an officer of its team. It returns the measure's number.
func (s *Store) RequestMeasure(ctx context.Context, actor Actor, caseRef string, in ProcedureInput) (string, error) {
	var ref string
	err := s.change(ctx, actor, func(t *tx) error {
		m, err := t.allowRequest(caseRef)
		if err != nil {
			return err
		}
		table := law.MachineOf(law.MachineMeasure)
		a := ask(table, law.MeasureRequest, in, t.now)
		if k := a.values["kind"]; k != "" && !slices.Contains(MeasureKinds(m.cs.DivisionCode), k) {
			a.wrong["kind"] = "error.measure_city_level"
		}
		if len(a.wrong) > 0 {
			return Invalid(a.wrong)
		}
		move, ok := table.Find(law.StateNone, law.MeasureRequest)
		if !ok {
			return fmt.Errorf("the table of measures lacks request")
		}
		x := Measure{CaseID: m.cs.ID, Kind: a.values["kind"], Object: a.values["object"], Grounds: a.values["reason"], State: move.To,
			AskedBy: actor.UserID, AskedAt: t.now, ChangedAt: t.now, Version: 1}
		if x.Ref, err = t.newRef("CS", m.cs.DivisionCode); err != nil {
			return err
		}
		if err := t.db.Create(&x).Error; err != nil {
			return fmt.Errorf("ask for a measure in %s: %w", caseRef, err)
		}
		ref = x.Ref
		return t.tellMeasure(m.cs, x, move, a)
	})
	return ref, err
}

// AllowMeasureRequest asks of a request what is asked before its fields.
func (s *Store) AllowMeasureRequest(ctx context.Context, actor Actor, caseRef string) error {
	_, err := s.look(ctx, actor).allowRequest(caseRef)
	return err
}

func (t *tx) allowRequest(caseRef string) (*caseMove, error) {
	m, err := t.loadCaseMove(caseRef)
	if err != nil {
		return nil, err
	}
	if !m.may(t.actor, string(RoleCaseHandler)) {
		return nil, Forbidden(ActCaseWork)
	}
	if m.cs.Status == CaseClosed {
		return nil, NotAMove(nil)
	}
	return m, nil
}

// AllowMeasure asks of a move of a measure what is asked before its fields.
func (s *Store) AllowMeasure(ctx context.Context, actor Actor, caseRef, ref string, event law.Event) error {
	_, _, _, err := s.look(ctx, actor).lockMeasure(caseRef, ref, event)
	return err
}

func (t *tx) lockMeasure(caseRef, ref string, event law.Event) (*caseMove, Measure, law.Move, error) {
	var x Measure
	m, err := t.loadCaseMove(caseRef)
	if err != nil {
		return nil, x, law.Move{}, err
	}
	err = t.forUpdate().Where("ref = ? AND case_id = ?", ref, m.cs.ID).Take(&x).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, x, law.Move{}, NotFound("measure")
	}
	if err != nil {
		return nil, x, law.Move{}, fmt.Errorf("measure %s: %w", ref, err)
	}
	move, err := m.allowMeasure(t.actor, x, event)
	return m, x, move, err
}

// MoveMeasure makes one move of a measure.
func (s *Store) MoveMeasure(ctx context.Context, actor Actor, caseRef, ref string, event law.Event, in ProcedureInput) error {
	return s.change(ctx, actor, func(t *tx) error {
		m, x, move, err := t.lockMeasure(caseRef, ref, event)
		if err != nil {
			return err
		}
		if in.Version != 0 && in.Version != x.Version {
			return Conflict()
		}
		return t.makeMeasure(m, x, move, in)
	})
}

// allowMeasure asks the role first, then the state; who asked for a measure does not decide on it.
func (m *caseMove) allowMeasure(actor Actor, x Measure, event law.Event) (law.Move, error) {
	table := law.MachineOf(law.MachineMeasure)
	err := allowEvent(table, event, Action("measure."+string(event)), func(role string) bool { return m.mayMeasure(actor, x, role) })
	if err != nil {
		return law.Move{}, err
	}
	move, ok := table.Find(x.State, event)
	if !ok || !m.mayMeasure(actor, x, move.Actor) {
		return law.Move{}, NotAMove(eventWords(m.measureMoves(actor, x)))
	}
	return move, nil
}

func (m *caseMove) mayMeasure(actor Actor, x Measure, role string) bool {
	return m.may(actor, role) && !(Role(role) == RolePrincipal && x.AskedBy == actor.UserID)
}

// measureMoves lists the moves that the actor may make on a measure now.
func (m *caseMove) measureMoves(actor Actor, x Measure) []law.Event {
	var list []law.Event
	for _, row := range law.MachineOf(law.MachineMeasure).From(x.State) {
		if m.mayMeasure(actor, x, row.Actor) && (row.Event != law.MeasurePolice || withPolice(m.referral)) {
			list = append(list, row.Event)
		}
	}
	return list
}

func (t *tx) makeMeasure(m *caseMove, x Measure, move law.Move, in ProcedureInput) error {
	a := ask(law.MachineOf(law.MachineMeasure), move.Event, in, t.now)
	var clocks []Clock
	if err := t.db.Where("measure_id = ? AND ended_at IS NULL", x.ID).Find(&clocks).Error; err != nil {
		return fmt.Errorf("clocks of measure %s: %w", x.Ref, err)
	}
	if move.Event == law.MeasurePolice && !withPolice(m.referral) {
		a.wrong["stage"] = "error.not_referred"
	}
	field, key, err := t.late(clocks, move.Ends, m.cs.AuthorityID, in.LateReason)
	if err != nil {
		return err
	}
	if key != "" {
		a.wrong[field] = key
	}
	if len(a.wrong) > 0 {
		return Invalid(a.wrong)
	}
	set := map[string]any{"state": move.To, "changed_at": t.now, "version": x.Version + 1}
	switch move.Event {
	case law.MeasureApprove:
		set["approved_by"] = t.actor.UserID
	case law.MeasureCarryOut:
		set["number"], set["told"] = a.values["number"], a.values["told"]
	case law.MeasureReply:
		set["reply"] = a.values["reply"]
	}
	res := t.db.Table("measures").Where("id = ? AND version = ?", x.ID, x.Version).Updates(set)
	if res.Error != nil {
		return fmt.Errorf("%s measure %s: %w", move.Event, x.Ref, res.Error)
	}
	if res.RowsAffected == 0 {
		return Conflict()
	}
	if err := t.endClocks("measure_id", x.ID, move.Ends, move.Event); err != nil {
		return err
	}
	if name := measureClock(x.Kind); move.Event == law.MeasureCarryOut && name != "" {
		if err := t.startClock(clockOwner{caseID: m.cs.ID, measure: &x.ID}, name, time.Time{}); err != nil {
			return err
		}
	}
	return t.tellMeasure(m.cs, x, move, a)
}

// measureClock gives the limit that a measure of a kind has from the day it is carried out.
func measureClock(kind string) law.ClockName {
	switch kind {
	case MeasureSeizureKind:
		return law.ClockSeizure
	case MeasurePreservation:
		return law.ClockPreservation
	default:
		return ""
	}
}

func (t *tx) tellMeasure(cs Case, x Measure, move law.Move, a *asked) error {
	data := a.data(move)
	data["measure"], data["kind"] = x.Ref, x.Kind
	t.audit("measure."+string(move.Event), "measure:"+x.Ref, cs.Place, data)
	return t.tell(objectCase, cs.ID, "measure_"+string(move.Event), a.note(), data)
}

func countyLevel(division string) bool {
	d, ok := reference.DivisionByCode(division)
	return !ok || d.Level == reference.LevelCounty
}
