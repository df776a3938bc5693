package models

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"
	"xiezhi/law"
)

// FormTeam starts the referral of a case: a team of two or more officers with enforcement numbers is put together, and the
// police unit and the procuratorate are found in the directory for the department's own division and level.
func (s *Store) FormTeam(ctx context.Context, actor Actor, caseRef string, officers []string, version int64) (string, error) {
	var ref string
	err := s.change(ctx, actor, func(t *tx) error {
		cs, err := t.allowTeam(caseRef)
		if err != nil {
			return err
		}
		if version != 0 && version != cs.Version {
			return Conflict()
		}
		if len(officers) == 0 {
			if officers, err = t.caseTeam(cs.ID); err != nil {
				return err
			}
		}
		team, key, err := t.team(officers, cs.Place)
		if err != nil {
			return err
		}
		if key == "" && t.recused(cs.ID, team) {
			key = "error.officer_recused"
		}
		if key != "" {
			return Invalid(map[string]string{"officers": key})
		}
		r, err := t.newReferral(cs)
		if err != nil {
			return err
		}
		ref = r.Ref
		return t.startReferral(cs, r, team)
	})
	return ref, err
}

// AllowTeam asks of a team what is asked before its officers: whether the actor sees the case, has the role, and the case is open.
func (s *Store) AllowTeam(ctx context.Context, actor Actor, caseRef string) error {
	_, err := s.look(ctx, actor).allowTeam(caseRef)
	return err
}

func (t *tx) allowTeam(caseRef string) (Case, error) {
	cs, err := t.lockCase(caseRef)
	if err != nil {
		return cs, err
	}
	if !t.actor.CanAt(ActReferralForm, cs.Place) {
		return cs, Forbidden(ActReferralForm)
	}
	if cs.Status != CaseOpen {
		return cs, NotAMove(nil)
	}
	return cs, nil
}

func (t *tx) caseTeam(caseID int64) ([]string, error) {
	var names []string
	err := t.db.Table("case_officers o").Select("u.name").Joins("JOIN users u ON u.id = o.user_id").
		Where("o.case_id = ? AND o.recused_at IS NULL", caseID).Order("u.name").Scan(&names).Error
	if err != nil {
		return nil, fmt.Errorf("read the case's team: %w", err)
	}
	return names, nil
}

func (t *tx) recused(caseID int64, team []User) bool {
	ids := make([]int64, len(team))
	for i, u := range team {
		ids[i] = u.ID
	}
	var n int64
	err := t.db.Table("case_officers").Where("case_id = ? AND user_id IN ? AND recused_at IS NOT NULL AND left_as NOT IN ('"+string(LeavesReassigned)+"', '"+string(LeavesHanded)+"')", caseID, ids).Count(&n).Error
	return err != nil || n > 0
}

func (t *tx) newReferral(cs Case) (Referral, error) {
	police, err := authorityFor(t.db, PoliceUnit, cs.DivisionCode)
	if err != nil {
		return Referral{}, err
	}
	move, ok := law.FindMove(law.StateNone, law.EventFormTeam)
	if !ok {
		return Referral{}, fmt.Errorf("the table of moves lacks form_team")
	}
	r := Referral{CaseID: cs.ID, State: move.To, AuthorityID: cs.AuthorityID, PoliceID: police.ID, Place: cs.Place,
		CreatedAt: t.now, ChangedAt: t.now, Version: 1}
	proc, err := authorityFor(t.db, Procuratorate, cs.DivisionCode)
	if err == nil {
		r.ProcuratorateID = &proc.ID
	} else if KindOf(err) != KindInvalid {
		return Referral{}, err
	}
	r.Ref, err = t.newRef("YS", cs.DivisionCode)
	return r, err
}

func (t *tx) startReferral(cs Case, r Referral, team []User) error {
	err := t.db.Create(&r).Error
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return NotAMove(nil)
	}
	if err != nil {
		return fmt.Errorf("start referral of case %s: %w", cs.Ref, err)
	}
	names := make([]string, 0, len(team))
	for _, u := range team {
		row := map[string]any{"referral_id": r.ID, "user_id": u.ID, "enforcement_number": u.EnforcementNumber}
		if err := t.db.Table("referral_officers").Create(row).Error; err != nil {
			return fmt.Errorf("put %s on the team: %w", u.Name, err)
		}
		names = append(names, u.Name)
	}
	if err := t.setCase(cs, CaseReferred); err != nil {
		return err
	}
	if err := t.endHandoff(cs, law.EventFormTeam); err != nil {
		return err
	}
	t.audit("referral.form_team", "referral:"+r.Ref, cs.Place, map[string]any{"case": cs.Ref, "officers": names})
	return t.tell(objectReferral, r.ID, string(law.EventFormTeam), "", map[string]any{"officers": names})
}

func (t *tx) setCase(cs Case, status string) error {
	set := map[string]any{"status": status, "version": cs.Version + 1}
	if status == CaseClosed {
		set["closed_at"], set["stage"] = t.now, law.StageClosed
	}
	res := t.db.Table("cases").Where("id = ? AND version = ?", cs.ID, cs.Version).Updates(set)
	if res.Error != nil {
		return fmt.Errorf("change case %s: %w", cs.Ref, res.Error)
	}
	if res.RowsAffected == 0 {
		return Conflict()
	}
	return nil
}

// referralMove is one move on its way: what was loaded, what is asked, and what it will write.
type referralMove struct {
	r      Referral
	cs     Case
	clocks []Clock // that run
	move   law.Move
	due    time.Time // the last day that a paper set, zero for none
	in     ReferralInput
	press  Press
	before map[string]string // what it said
	set    map[string]any
	data   map[string]any
	wrong  map[string]string
}

// MoveReferral makes one move of the machine, the only way a referral changes: visible, then role, then state, then guards
// and fields; the move, its clocks, its documents, event and audit entry happen together.
func (s *Store) MoveReferral(ctx context.Context, actor Actor, ref string, event law.Event, in ReferralInput, press Press) error {
	return s.change(ctx, actor, func(t *tx) error {
		m, err := t.lockReferral(ref)
		if err != nil {
			return err
		}
		if err := t.allowMove(m, event); err != nil {
			return err
		}
		if in.Version != 0 && in.Version != m.r.Version {
			return Conflict()
		}
		m.in, m.press = in, press
		act, ok := referralActs[event]
		if !ok {
			return fmt.Errorf("no act for the open event %s", event)
		}
		if key := barred(m.r, m.clocks, t.now, event); key != "" {
			return Invalid(map[string]string{"clock": key})
		}
		m.texts()
		field, key, err := t.late(m.clocks, m.move.Ends, m.r.AuthorityID, in.Fields["late_reason"])
		if err != nil {
			return err
		}
		if key != "" {
			m.wrong[field] = key
		}
		if err := act(ctx, t, m); err != nil {
			return err
		}
		if len(m.wrong) > 0 {
			return Invalid(m.wrong)
		}
		return t.writeMove(m)
	})
}

// AllowMove asks of a move what is asked before its fields: whether the actor sees the referral, has the role, and the state allows it.
func (s *Store) AllowMove(ctx context.Context, actor Actor, ref string, event law.Event) error {
	t := s.look(ctx, actor)
	m, err := t.lockReferral(ref)
	if err != nil {
		return err
	}
	return t.allowMove(m, event)
}

func (t *tx) lockReferral(ref string) (*referralMove, error) {
	var r Referral
	err := seenReferrals(t.forUpdate(), t.actor, t.now, "referrals").Where("ref = ?", ref).Take(&r).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, NotFound("referral")
	}
	if err != nil {
		return nil, fmt.Errorf("referral %s: %w", ref, err)
	}
	m := &referralMove{r: r, before: r.was(), set: map[string]any{}, data: map[string]any{}, wrong: map[string]string{}}
	if err := t.forUpdate().Where("id = ?", r.CaseID).Take(&m.cs).Error; err != nil {
		return nil, fmt.Errorf("case of referral %s: %w", ref, err)
	}
	if err := t.notBefore(objectReferral, r.ID); err != nil {
		return nil, err
	}
	if err := t.db.Where("referral_id = ? AND ended_at IS NULL", r.ID).Order("id").Find(&m.clocks).Error; err != nil {
		return nil, fmt.Errorf("clocks of referral %s: %w", ref, err)
	}
	return m, nil
}

// allowMove asks the role first, then the state.
func (t *tx) allowMove(m *referralMove, event law.Event) error {
	var n int64
	team := t.db.Table("referral_officers").Where("referral_id = ? AND user_id = ?", m.r.ID, t.actor.UserID).
		Where("NOT EXISTS (SELECT 1 FROM case_officers x WHERE x.case_id = ? AND x.user_id = ? AND x.recused_at IS NOT NULL)", m.r.CaseID, t.actor.UserID)
	if err := team.Count(&n).Error; err != nil {
		return fmt.Errorf("read the team: %w", err)
	}
	onTeam := n > 0
	err := allowEvent(law.MachineOf(law.MachineReferral), event, Action("referral."+string(event)), func(role string) bool { return mayMove(t.actor, m.r, role, onTeam) })
	if err != nil {
		return err
	}
	move, ok := law.FindMove(m.r.State, event)
	if !ok || !mayMove(t.actor, m.r, move.Actor, onTeam) {
		team := []Officer{}
		if onTeam {
			team = append(team, Officer{ID: t.actor.UserID})
		}
		head, err := t.heads(m.r)
		if err != nil {
			return err
		}
		moves, _ := lawfulMoves(t.actor, m.r, team, m.clocks, head, t.now)
		words := make([]string, len(moves))
		for i, e := range moves {
			words[i] = string(e)
		}
		return NotAMove(words)
	}
	m.move = move
	return nil
}

// texts checks what was written, whatever the event.
func (m *referralMove) texts() {
	checkNote(m.wrong, "reason", m.in.Reason, 0)
	checkNote(m.wrong, "note", m.in.Note, 0)
	for _, name := range slices.Sorted(mapsKeys(m.in.Fields)) {
		checkNote(m.wrong, name, m.in.Fields[name], 0)
	}
	for _, d := range m.in.Documents {
		checkNote(m.wrong, "documents", d, 1)
	}
}

func (t *tx) writeMove(m *referralMove) error {
	m.set["state"], m.set["changed_at"], m.set["version"] = m.move.To, t.now, m.r.Version+1
	res := t.db.Table("referrals").Where("id = ? AND version = ?", m.r.ID, m.r.Version).Updates(m.set)
	if res.Error != nil {
		return fmt.Errorf("%s referral %s: %w", m.move.Event, m.r.Ref, res.Error)
	}
	if res.RowsAffected == 0 {
		return Conflict()
	}
	if err := t.endClocks("referral_id", m.r.ID, m.move.Ends, m.move.Event); err != nil {
		return err
	}
	if m.move.Clock != "" && !m.move.Extends {
		if err := t.startClock(clockOwner{caseID: m.cs.ID, referral: &m.r.ID}, m.move.Clock, m.due); err != nil {
			return err
		}
	}
	if err := t.endHold(m); err != nil {
		return err
	}
	if m.move.To == law.StateClosed {
		if err := t.endWithReferral(m.cs); err != nil {
			return err
		}
	}
	note := m.in.Reason
	if note == "" {
		note = m.in.Note
	}
	if len(m.in.Documents) > 0 {
		m.data["documents"] = m.in.Documents
	}
	if err := t.followMove(m); err != nil {
		return err
	}
	m.data["from"], m.data["to"] = m.r.State, m.move.To
	t.audit("referral."+string(m.move.Event), "referral:"+m.r.Ref, m.r.Place, m.data)
	story := maps.Clone(m.data)
	story["changes"] = m.changes()
	return t.tell(objectReferral, m.r.ID, string(m.move.Event), note, story)
}

// endWithReferral closes the case whose referral has ended, with its alerts, unless its administrative side goes on: it was filed, or a
// limit or a measure of it still runs. Such a case is closed by its own checklist (737 arts 25 and 33).
func (t *tx) endWithReferral(cs Case) error {
	goesOn := law.Filed(cs.Stage)
	for _, q := range []string{"SELECT COUNT(*) FROM clocks WHERE case_id = ? AND referral_id IS NULL AND objection_id IS NULL AND ended_at IS NULL",
		"SELECT COUNT(*) FROM measures WHERE case_id = ? AND state = 'IN_FORCE'"} {
		var n int64
		if err := t.db.Raw(q, cs.ID).Scan(&n).Error; err != nil {
			return fmt.Errorf("ask what of case %s goes on: %w", cs.Ref, err)
		}
		goesOn = goesOn || n > 0
	}
	if goesOn {
		return t.setCase(cs, CaseOpen)
	}
	if err := t.setCase(cs, CaseClosed); err != nil {
		return err
	}
	return t.closeAlerts(cs)
}

func (t *tx) closeAlerts(cs Case) error {
	var ids []int64
	if err := t.db.Table("alerts").Where("case_id = ? AND open = ?", cs.ID, true).Order("id").Pluck("id", &ids).Error; err != nil {
		return fmt.Errorf("read the alerts of case %s: %w", cs.Ref, err)
	}
	for _, id := range ids {
		if err := t.tell(objectAlert, id, "close", "", map[string]any{"case": cs.Ref}); err != nil {
			return err
		}
	}
	err := t.db.Table("alerts").Where("case_id = ? AND open = ?", cs.ID, true).
		Updates(map[string]any{"open": false, "status": AlertClosed, "version": gorm.Expr("version + 1")}).Error
	if err != nil {
		return fmt.Errorf("close the alerts of case %s: %w", cs.Ref, err)
	}
	return nil
}
