package models

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"xiezhi/law"
)

// Leaving says why an officer leaves the team of a case.
type Leaving string

// A recused officer has an interest in the case or another tie that may impair fairness (APL 43) and never comes back on it; a
// reassigned one is needed elsewhere and may.
const (
	LeavesRecused    Leaving = "recused"
	LeavesReassigned Leaving = "reassigned"
)

// Replacement puts one officer in the place of another. Substitute may be empty where two or more remain.
type Replacement struct {
	Officer, Substitute, Reason string
	As                          Leaving
	Version                     int64
}

// ReplaceOfficer takes an officer off the team of a case by its supervisor, with the reason and a substitute where fewer than two
// would remain; while the referral of the case is with the agency, off the referral's team too. Open tasks go to the substitute.
func (s *Store) ReplaceOfficer(ctx context.Context, actor Actor, ref string, in Replacement) error {
	in.Reason = strings.TrimSpace(in.Reason)
	return s.change(ctx, actor, func(t *tx) error {
		cs, err := t.ledCase(ref, in.Version)
		if err != nil {
			return err
		}
		if cs.Status == CaseClosed {
			return NotAMove(nil)
		}
		leaver, sub, err := t.checkReplacement(cs, in)
		if err != nil {
			return err
		}
		if err := t.leaveTeam(cs, leaver, in); err != nil {
			return err
		}
		if sub != nil {
			if err := t.joinTeam(cs, *sub); err != nil {
				return err
			}
		}
		if err := t.replaceOnReferral(cs, leaver, sub); err != nil {
			return err
		}
		if err := t.passTasks(cs, leaver, sub); err != nil {
			return err
		}
		if err := t.bump(cs); err != nil {
			return err
		}
		data := map[string]any{"officer": leaver.Name, "substitute": in.Substitute, "changes": changesOf("officer", leaver.Name, in.Substitute)}
		t.audit("case."+string(in.As), "case:"+ref, cs.Place, map[string]any{"officer": leaver.Name, "substitute": in.Substitute, "reason": in.Reason})
		return t.tell(objectCase, cs.ID, "officer_"+string(in.As), in.Reason, data)
	})
}

// ledCase loads a case for one who supervises it.
func (t *tx) ledCase(ref string, version int64) (Case, error) {
	cs, err := t.lockCase(ref)
	if err != nil {
		return cs, err
	}
	if !t.actor.CanAt(ActCaseOpen, cs.Place) {
		return cs, Forbidden(ActCaseOpen)
	}
	if version != 0 && version != cs.Version {
		return cs, Conflict()
	}
	return cs, nil
}

func (t *tx) bump(cs Case) error {
	res := t.db.Table("cases").Where("id = ? AND version = ?", cs.ID, cs.Version).Update("version", cs.Version+1)
	if res.Error != nil {
		return fmt.Errorf("change case %s: %w", cs.Ref, res.Error)
	}
	if res.RowsAffected == 0 {
		return Conflict()
	}
	return nil
}

// checkReplacement asks who leaves, who comes, and that two officers with numbers remain who were never recused from the case.
func (t *tx) checkReplacement(cs Case, in Replacement) (leaver User, sub *User, err error) {
	wrong := map[string]string{}
	checkNote(wrong, "reason", in.Reason, 2)
	if in.As != LeavesRecused && in.As != LeavesReassigned {
		wrong["as"] = "error.choice"
	}
	team, err := t.caseTeam(cs.ID)
	if err != nil {
		return leaver, nil, err
	}
	rest := slices.DeleteFunc(slices.Clone(team), func(name string) bool { return name == in.Officer })
	if len(rest) == len(team) {
		wrong["officer"] = "error.not_on_team"
	} else if err := t.db.Where("name = ?", in.Officer).Take(&leaver).Error; err != nil {
		return leaver, nil, fmt.Errorf("read officer %s: %w", in.Officer, err)
	}
	if in.Substitute != "" {
		if slices.Contains(team, in.Substitute) {
			wrong["substitute"] = "error.on_team_already"
		}
		rest = append(rest, in.Substitute)
	}
	if wrong["officer"] == "" && wrong["substitute"] == "" {
		users, key, err := t.team(rest, cs.Place)
		if err != nil {
			return leaver, nil, err
		}
		if i := slices.IndexFunc(users, func(u User) bool { return u.Name == in.Substitute }); i >= 0 {
			sub = &users[i]
			if t.recused(cs.ID, users[i:i+1]) {
				key = "error.officer_recused"
			}
		}
		if key != "" {
			wrong["substitute"] = key
		}
	}
	if len(wrong) > 0 {
		return leaver, nil, Invalid(wrong)
	}
	return leaver, sub, nil
}

func (t *tx) leaveTeam(cs Case, u User, in Replacement) error {
	set := map[string]any{"recused_at": t.now, "recusal_reason": in.Reason, "left_as": in.As, "left_by": t.actor.UserID}
	res := t.db.Table("case_officers").Where("case_id = ? AND user_id = ? AND recused_at IS NULL", cs.ID, u.ID).Updates(set)
	if res.Error != nil {
		return fmt.Errorf("take %s off case %s: %w", u.Name, cs.Ref, res.Error)
	}
	if res.RowsAffected == 0 {
		return Conflict()
	}
	if in.As != LeavesRecused {
		return nil
	}
	if err := t.db.Exec("DELETE FROM case_watchers WHERE case_id = ? AND user_id = ?", cs.ID, u.ID).Error; err != nil {
		return fmt.Errorf("take %s off the watchers of %s: %w", u.Name, cs.Ref, err)
	}
	return nil
}

// joinTeam puts an officer on the team; one who was reassigned comes back.
func (t *tx) joinTeam(cs Case, u User) error {
	set := map[string]any{"enforcement_number": u.EnforcementNumber, "assigned_at": t.now, "recused_at": nil, "recusal_reason": "", "left_as": "", "left_by": nil}
	res := t.db.Table("case_officers").Where("case_id = ? AND user_id = ?", cs.ID, u.ID).Updates(set)
	if res.Error == nil && res.RowsAffected == 0 {
		set["case_id"], set["user_id"] = cs.ID, u.ID
		res = t.db.Table("case_officers").Create(set)
	}
	if res.Error != nil {
		return fmt.Errorf("put %s on case %s: %w", u.Name, cs.Ref, res.Error)
	}
	return t.notify([]int64{u.ID}, "put_on_case", "case:"+cs.Ref, fmt.Sprintf("team %d", t.now.Micro()), nil)
}

// replaceOnReferral changes the referral's team while the agency has it. Once the police have it, its record stays as it was sent.
func (t *tx) replaceOnReferral(cs Case, leaver User, sub *User) error {
	var r Referral
	found := t.db.Where("case_id = ?", cs.ID).Limit(1).Find(&r)
	if found.Error != nil {
		return fmt.Errorf("read the referral of %s: %w", cs.Ref, found.Error)
	}
	if found.RowsAffected == 0 || !withAgency(r.State) {
		return nil
	}
	res := t.db.Exec("DELETE FROM referral_officers WHERE referral_id = ? AND user_id = ?", r.ID, leaver.ID)
	if res.Error != nil {
		return fmt.Errorf("take %s off referral %s: %w", leaver.Name, r.Ref, res.Error)
	}
	if sub != nil {
		if err := t.db.Exec("DELETE FROM referral_officers WHERE referral_id = ? AND user_id = ?", r.ID, sub.ID).Error; err != nil {
			return fmt.Errorf("put %s on referral %s: %w", sub.Name, r.Ref, err)
		}
		row := map[string]any{"referral_id": r.ID, "user_id": sub.ID, "enforcement_number": sub.EnforcementNumber}
		if err := t.db.Table("referral_officers").Create(row).Error; err != nil {
			return fmt.Errorf("put %s on referral %s: %w", sub.Name, r.Ref, err)
		}
	}
	var n int64
	if err := t.db.Table("referral_officers").Where("referral_id = ?", r.ID).Count(&n).Error; err != nil {
		return fmt.Errorf("count the team of %s: %w", r.Ref, err)
	}
	if n < minOfficers {
		return Invalid(map[string]string{"substitute": "error.officers_two"})
	}
	data := map[string]any{"officer": leaver.Name}
	if sub != nil {
		data["substitute"] = sub.Name
	}
	t.audit("referral.team_changed", "referral:"+r.Ref, r.Place, data)
	return t.tell(objectReferral, r.ID, "team_changed", "", data)
}

// withAgency are the states in which the agency has the referral and nothing has gone to the police yet.
func withAgency(state law.State) bool {
	switch state {
	case law.StateTeamVerifying, law.StatePendingPrincipal, law.StateApproved, law.StateNotApproved, law.StateAdminContinues:
		return true
	default:
		return false
	}
}

// passTasks gives what the leaver had open to the substitute, else to the supervisor who acts.
func (t *tx) passTasks(cs Case, leaver User, sub *User) error {
	to := t.actor.UserID
	if sub != nil {
		to = sub.ID
	}
	if err := t.db.Table("case_tasks").Where("case_id = ? AND assignee_id = ? AND done_at IS NULL", cs.ID, leaver.ID).Update("assignee_id", to).Error; err != nil {
		return fmt.Errorf("pass the tasks of %s on: %w", leaver.Name, err)
	}
	return nil
}

// SealCase marks a case as sensitive, which then opens to its team, the supervisor and the principal alone, or as a normal one
// again, with the reason. What the police hold only they release.
func (s *Store) SealCase(ctx context.Context, actor Actor, ref, seal, reason string, version int64) error {
	reason = strings.TrimSpace(reason)
	return s.change(ctx, actor, func(t *tx) error {
		cs, err := t.ledCase(ref, version)
		if err != nil {
			return err
		}
		if cs.Seal == SealPoliceHold {
			return NotAMove(nil)
		}
		wrong := map[string]string{}
		checkNote(wrong, "reason", reason, 2)
		if seal != SealNormal && seal != SealSensitive || seal == cs.Seal {
			wrong["seal"] = "error.choice"
		}
		if len(wrong) > 0 {
			return Invalid(wrong)
		}
		res := t.db.Table("cases").Where("id = ? AND version = ?", cs.ID, cs.Version).Updates(map[string]any{"seal": seal, "version": cs.Version + 1})
		if res.Error != nil {
			return fmt.Errorf("seal case %s: %w", ref, res.Error)
		}
		if res.RowsAffected == 0 {
			return Conflict()
		}
		data := map[string]any{"before": cs.Seal, "after": seal, "changes": changesOf("seal", cs.Seal, seal)}
		t.audit("case.seal", "case:"+ref, cs.Place, data)
		return t.tell(objectCase, cs.ID, "seal", reason, data)
	})
}

// AllowLead asks of a change by the supervisor of a case what is asked before its fields.
func (s *Store) AllowLead(ctx context.Context, actor Actor, ref string) error {
	_, err := s.look(ctx, actor).ledCase(ref, 0)
	return err
}
