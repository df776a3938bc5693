package models

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
	"xiezhi/law"
)

// withhold takes everything out of the line of a case that the police hold but its number, where it stands and whose it is.
func (cs *CaseLine) withhold() {
	if cs.Seal != SealPoliceHold {
		return
	}
	cs.Title, cs.Area, cs.Level, cs.LevelRank = "", "", "", 0
	cs.SubjectID, cs.SubjectKind, cs.SubjectRef, cs.SubjectKey, cs.SubjectName = 0, "", nil, "", ""
}

// heldFile gives the status of a case that the police hold: number, department, stage, limits by name, and the moves by name and time.
func (s *Store) heldFile(ctx context.Context, actor Actor, ref string) (CaseFile, error) {
	var f CaseFile
	err := heldCases(s.caseRows(ctx, actor), actor, "cs").Where("cs.ref = ?", ref).Take(&f.CaseLine).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return f, NotFound("case")
	}
	if err != nil {
		return f, fmt.Errorf("case %s: %w", ref, err)
	}
	f.Held = true
	f.withhold()
	if f.Authority, err = s.Authority(ctx, f.AuthorityID); err != nil {
		return f, err
	}
	if f.Officers, err = s.officersOf(ctx, "case_officers", "case_id", f.ID); err != nil {
		return f, err
	}
	if f.Clocks, err = s.clocks(ctx, f.ID); err != nil {
		return f, err
	}
	f.Clocks = withheldClocks(f.Clocks)
	if f.Events, err = s.events(ctx, objectCase, f.ID); err != nil {
		return f, err
	}
	if err := s.withReferral(ctx, actor, &f); err != nil {
		return f, err
	}
	f.Events = withheldEvents(f.Events)
	return f, nil
}

// withheldEvents leaves of a story what happened and when.
func withheldEvents(events []Event) []Event {
	list := slices.DeleteFunc(slices.Clone(events), func(e Event) bool { return strings.HasPrefix(e.Event, "clock_") })
	for i := range list {
		list[i].Note, list[i].Data = "", "{}"
	}
	return list
}

// withheldClocks leaves of limits what they are and when they end: reasons for extensions and for being late are content.
func withheldClocks(clocks []Clock) []Clock {
	list := slices.Clone(clocks)
	for i := range list {
		list[i].LateReason, list[i].Changes = "", nil
	}
	return list
}

// asHanded leaves of a case that another department took over what there was at that moment; of what came later, moves by name alone.
func (s *Store) asHanded(ctx context.Context, f *CaseFile) error {
	var h Handoff
	err := s.read(ctx).Where("case_id = ? AND taken_at IS NOT NULL", f.ID).Order("id DESC").Limit(1).Find(&h).Error
	if err != nil {
		return fmt.Errorf("case %s: who took it over: %w", f.Ref, err)
	}
	f.HandedAt = h.TakenAt
	for i := range f.Events {
		if f.HandedAt.Before(f.Events[i].At) {
			f.Events[i].Note, f.Events[i].Data = "", "{}"
		}
	}
	f.Measures = slices.DeleteFunc(f.Measures, func(m MeasureLine) bool { return f.HandedAt.Before(m.AskedAt) })
	f.Clocks = withheldClocks(f.Clocks)
	return nil
}

// withhold takes out of a referral whose case the police hold what only they and the procuratorate may read.
func (r *ReferralLine) withhold() {
	r.Withheld = true
	r.CaseTitle, r.CaseLevel, r.CaseArea = "", "", ""
	r.SubjectID, r.SubjectKind, r.SubjectRef, r.SubjectKey, r.SubjectName = 0, "", nil, "", ""
	r.Facts, r.Offence, r.AmountFen, r.People, r.LossFen = "", "", nil, nil, nil
	r.Evidence, r.Proposal, r.ItemList, r.ExpertReport, r.Missing = "", "", "", "", ""
	r.OutcomeReason, r.OutcomeApprover, r.OutcomeNumber, r.Competent = "", "", "", ""
}

// withheldFrom says whether the police hold the case back from this reader: from everybody but the units it was addressed to and the
// procuratorate that observes it.
func (t *tx) withheldFrom(r ReferralLine) (bool, error) {
	if r.CaseSeal != SealPoliceHold {
		return false, nil
	}
	if t.actor.Can(ActReferralObserve) && r.ProcuratorateID != nil && *r.ProcuratorateID == t.actor.AuthorityID {
		return false, nil
	}
	if !t.actor.Can(ActReferralPolice) {
		return true, nil
	}
	var n int64
	err := t.db.Table("referral_units").Where("referral_id = ? AND authority_id = ?", r.ID, t.actor.AuthorityID).Count(&n).Error
	if err != nil {
		return true, fmt.Errorf("read whom referral %s was addressed to: %w", r.Ref, err)
	}
	return n == 0, nil
}

// mayHold says whether the police may hold a referral's case back: they filed it and have it still.
func mayHold(state law.State) bool {
	switch state {
	case law.StateCaseFiled, law.StateHandedOver, law.StateProsecuted:
		return true
	default:
		return false
	}
}

// Holding says what the police do with the case of a referral.
type Holding string

// The police hold a case back for the secrecy of their investigation, or let the agency read it again.
const (
	HoldSet  Holding = "hold"
	HoldLift Holding = "release"
)

// HoldReferral holds the case of a filed referral back from everybody in the agency, who see its status alone, or lets it go again. The
// unit that has the referral decides, with its reason, which goes to the audit trail alone.
func (s *Store) HoldReferral(ctx context.Context, actor Actor, ref string, how Holding, reason string, version int64) error {
	reason = strings.TrimSpace(reason)
	return s.change(ctx, actor, func(t *tx) error {
		m, err := t.allowHold(ref, how)
		if err != nil {
			return err
		}
		if version != 0 && version != m.r.Version {
			return Conflict()
		}
		wrong := map[string]string{}
		checkNote(wrong, "reason", reason, 2)
		if len(wrong) > 0 {
			return Invalid(wrong)
		}
		return t.setHold(m, how, reason)
	})
}

// AllowHold asks of a hold what is asked before its reason.
func (s *Store) AllowHold(ctx context.Context, actor Actor, ref string, how Holding) error {
	_, err := s.look(ctx, actor).allowHold(ref, how)
	return err
}

func (t *tx) allowHold(ref string, how Holding) (*referralMove, error) {
	m, err := t.lockReferral(ref)
	if err != nil {
		return nil, err
	}
	if !t.actor.Can(ActReferralPolice) || m.r.PoliceID != t.actor.AuthorityID {
		return nil, Forbidden(ActReferralPolice)
	}
	held := m.cs.Seal == SealPoliceHold
	if how == HoldSet && (held || !mayHold(m.r.State)) || how == HoldLift && !held {
		return nil, NotAMove(nil)
	}
	return m, nil
}

func (t *tx) setHold(m *referralMove, how Holding, reason string) error {
	set := map[string]any{"seal": SealPoliceHold, "seal_before": m.cs.Seal, "held_at": t.now, "version": m.cs.Version + 1}
	after := SealPoliceHold
	if how == HoldLift {
		after = m.cs.SealBefore
		if after == "" {
			after = SealSensitive
		}
		set = map[string]any{"seal": after, "seal_before": "", "held_at": nil, "version": m.cs.Version + 1}
	}
	res := t.db.Table("cases").Where("id = ? AND version = ?", m.cs.ID, m.cs.Version).Updates(set)
	if res.Error != nil {
		return fmt.Errorf("%s case %s: %w", how, m.cs.Ref, res.Error)
	}
	if res.RowsAffected == 0 {
		return Conflict()
	}
	t.audit("referral."+string(how), "referral:"+m.r.Ref, m.r.Place, map[string]any{"before": m.cs.Seal, "after": after, "reason": reason})
	m.cs.Version, m.cs.Seal = m.cs.Version+1, after
	if err := t.tell(objectReferral, m.r.ID, string(how), "", nil); err != nil {
		return err
	}
	people, err := t.teamOf(m.cs.ID)
	if err != nil {
		return err
	}
	return t.notify(people, "referral_"+string(how), "referral:"+m.r.Ref, fmt.Sprintf("%s %d", how, t.now.Micro()), nil)
}

func (t *tx) teamOf(caseID int64) ([]int64, error) {
	var ids []int64
	if err := t.db.Table("case_officers").Select("user_id").Where("case_id = ? AND recused_at IS NULL", caseID).Scan(&ids).Error; err != nil {
		return nil, fmt.Errorf("read the team of case %d: %w", caseID, err)
	}
	return ids, nil
}

// endHold lifts the hold of a case that a move gives back to the agency: it cannot act on what it cannot read.
func (t *tx) endHold(m *referralMove) error {
	if m.cs.Seal != SealPoliceHold || mayHold(m.move.To) {
		return nil
	}
	return t.setHold(m, HoldLift, "")
}

// changesOf writes what a move changed, field by field, for the story: before and after as JSON words.
func changesOf(pairs ...string) []map[string]string {
	var list []map[string]string
	for i := 0; i+2 < len(pairs); i += 3 {
		if pairs[i+1] != pairs[i+2] {
			list = append(list, map[string]string{"field": pairs[i], "before": pairs[i+1], "after": pairs[i+2]})
		}
	}
	return list
}

// Changes gives what an event changed, field by field.
func (e Event) Changes() []Change {
	var data struct {
		Changes []Change `json:"changes"`
	}
	if json.Unmarshal([]byte(e.Data), &data) != nil {
		return nil
	}
	return data.Changes
}

// Change is one field before and after.
type Change struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}
