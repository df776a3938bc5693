package models

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"gorm.io/gorm"
)

// NewRules is the text of a further version; Base is the version it was written from. The caller has checked that it compiles.
type NewRules struct {
	Base string
	Body string
	Note string
}

const ruleBodyMost = 1 << 20

// ShippedRules is a version that comes with the program.
type ShippedRules struct {
	Number string
	Body   string
}

// InstallRules puts the versions that ship with the program into a store that has none: the last is in force, those before it are
// superseded. In a store with rules it does nothing.
func (s *Store) InstallRules(ctx context.Context, actor Actor, list []ShippedRules) error {
	if mark, err := s.RuleMark(ctx); err != nil || mark != "" || len(list) == 0 {
		return err
	}
	err := s.change(ctx, actor, func(t *tx) error {
		for i, r := range list {
			v := RuleVersion{Number: r.Number, Body: r.Body, SHA256: bodyDigest(r.Body), Author: actor.Name, CreatedAt: t.now, State: RuleSuperseded, InForceAt: t.now, SupersededAt: t.now, Version: 1}
			if i == len(list)-1 {
				v.State, v.SupersededAt = RuleInForce, Instant{}
			}
			if err := t.db.Create(&v).Error; err != nil {
				return fmt.Errorf("install rule version %s: %w", r.Number, err)
			}
			t.audit("rule.install", "rule:"+v.Number, Place{}, map[string]any{"sha256": v.SHA256, "state": v.State})
			if err := t.tell(objectRule, v.ID, "rule_install", "", nil); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return nil // another process was first
	}
	return err
}

// SaveRules records a further version as a draft of the actor's. It gets the next number of the month.
func (s *Store) SaveRules(ctx context.Context, actor Actor, in NewRules) (RuleVersion, error) {
	in.Note = strings.TrimSpace(in.Note)
	var v RuleVersion
	err := s.change(ctx, actor, func(t *tx) error {
		if actor.UserID == 0 || !actor.Can(ActRuleWrite) {
			return Forbidden(ActRuleWrite)
		}
		var base RuleVersion
		if err := t.db.Where("number = ?", in.Base).Take(&base).Error; errors.Is(err, gorm.ErrRecordNotFound) {
			return NotFound("rule")
		} else if err != nil {
			return fmt.Errorf("rule version %s: %w", in.Base, err)
		}
		wrong := map[string]string{}
		checkNote(wrong, "note", in.Note, 2)
		if in.Body == "" || len(in.Body) > ruleBodyMost {
			wrong["body"] = "rules.wrong.form"
		} else if bodyDigest(in.Body) == base.SHA256 {
			wrong["body"] = "rule.wrong.same"
		}
		if len(wrong) > 0 {
			return Invalid(wrong)
		}
		number, err := t.nextRuleNumber()
		if err != nil {
			return err
		}
		v = RuleVersion{Number: number, Body: in.Body, SHA256: bodyDigest(in.Body), Note: in.Note, Base: in.Base, AuthorID: &actor.UserID, Author: actor.Name, CreatedAt: t.now, State: RuleDraft, Version: 1}
		if err := t.db.Create(&v).Error; errors.Is(err, gorm.ErrDuplicatedKey) {
			return Conflict()
		} else if err != nil {
			return fmt.Errorf("save rule version %s: %w", number, err)
		}
		t.audit("rule.save", "rule:"+number, Place{}, map[string]any{"sha256": v.SHA256, "base": in.Base})
		return t.tell(objectRule, v.ID, "rule_save", in.Note, map[string]any{"base": in.Base})
	})
	return v, err
}

// nextRuleNumber gives the next number of the month, after those that the program brought.
func (t *tx) nextRuleNumber() (string, error) {
	month := t.now.Time().In(China).Format("2006.1.")
	var numbers []string
	if err := t.forUpdate().Table("rule_versions").Where("number LIKE ?", month+"%").Pluck("number", &numbers).Error; err != nil {
		return "", fmt.Errorf("number rule versions: %w", err)
	}
	last := 0
	for _, n := range numbers {
		if i, err := strconv.Atoi(strings.TrimPrefix(n, month)); err == nil {
			last = max(last, i)
		}
	}
	return month + strconv.Itoa(last+1), nil
}

// RuleDecision is what somebody decides on a version. Engine is the digest of what decides beside the rules; VolumeFactor is how
// many times today's open alerts a version may raise before a second approver is asked.
type RuleDecision struct {
	Note         string
	Version      int64
	Engine       string
	VolumeFactor float64
}

// ApproveRules approves a version on its replay: not its author, and only on a replay of exactly this content against the version
// in force now. Where it would raise more than VolumeFactor times today's open alerts, a second approver is asked for.
func (s *Store) ApproveRules(ctx context.Context, actor Actor, number string, d RuleDecision) error {
	d.Note = strings.TrimSpace(d.Note)
	return s.change(ctx, actor, func(t *tx) error {
		v, err := t.lockRule(number, ActRuleApprove, "approve", d.Version)
		if err != nil {
			return err
		}
		if err := t.otherThan(v.AuthorID); err != nil {
			return err
		}
		rp, err := t.replayOf(v, d.Engine)
		if err != nil {
			return err
		}
		wrong := map[string]string{}
		if checkNote(wrong, "note", d.Note, 0); len(wrong) > 0 {
			return Invalid(wrong)
		}
		open, err := t.openAlerts()
		if err != nil {
			return err
		}
		to := RuleApproved
		if TooMany(rp.ToAlerts, open, d.VolumeFactor) {
			to = RuleSecond
		}
		return t.moveRule(v, "approve", to, d.Note, map[string]any{"approver_id": actor.UserID, "approver": actor.Name, "approved_at": t.now, "approve_note": d.Note, "replay_id": rp.ID})
	})
}

// TooMany is the volume guard: whether so many alerts are more than factor times those open today. With none open, one counts.
func TooMany(would, open int64, factor float64) bool {
	return float64(would) > max(factor, 1)*float64(max(open, 1))
}

// ConfirmRules is the second approval that the volume guard asks for, with a reason, by a third person.
func (s *Store) ConfirmRules(ctx context.Context, actor Actor, number string, d RuleDecision) error {
	d.Note = strings.TrimSpace(d.Note)
	return s.change(ctx, actor, func(t *tx) error {
		v, err := t.lockRule(number, ActRuleApprove, "confirm", d.Version)
		if err != nil {
			return err
		}
		if err := t.otherThan(v.AuthorID, v.ApproverID); err != nil {
			return err
		}
		if _, err := t.replayOf(v, d.Engine); err != nil {
			return err
		}
		wrong := map[string]string{}
		if checkNote(wrong, "note", d.Note, 2); len(wrong) > 0 {
			return Invalid(wrong)
		}
		return t.moveRule(v, "confirm", RuleApproved, d.Note, map[string]any{"second_id": actor.UserID, "second": actor.Name, "second_at": t.now, "second_reason": d.Note})
	})
}

// EnforceRules puts an approved version into force; the one before it is superseded. Both the approval and the replay must still
// stand: a replay against a version that is no longer in force does not count.
func (s *Store) EnforceRules(ctx context.Context, actor Actor, number string, d RuleDecision) error {
	return s.change(ctx, actor, func(t *tx) error {
		v, err := t.lockRule(number, ActRuleApprove, "enforce", d.Version)
		if err != nil {
			return err
		}
		if err := t.otherThan(v.AuthorID); err != nil {
			return err
		}
		if _, err := t.replayOf(v, d.Engine); err != nil {
			return err
		}
		var old RuleVersion
		if err := t.forUpdate().Where("state = ?", RuleInForce).Take(&old).Error; err != nil {
			return fmt.Errorf("rules in force: %w", err)
		}
		if err := t.moveRule(old, "supersede", RuleSuperseded, "", map[string]any{"superseded_at": t.now}); err != nil {
			return err
		}
		t.arrived = true
		return t.moveRule(v, "enforce", RuleInForce, "", map[string]any{"in_force_at": t.now})
	})
}

// RejectRules ends a version with a reason.
func (s *Store) RejectRules(ctx context.Context, actor Actor, number string, d RuleDecision) error {
	return s.endRules(ctx, actor, number, "reject", ActRuleApprove, RuleRejected, d)
}

// WithdrawRules takes a version back; its author alone may.
func (s *Store) WithdrawRules(ctx context.Context, actor Actor, number string, d RuleDecision) error {
	return s.endRules(ctx, actor, number, "withdraw", ActRuleWrite, RuleWithdrawn, d)
}

func (s *Store) endRules(ctx context.Context, actor Actor, number, event string, action Action, to RuleState, d RuleDecision) error {
	d.Note = strings.TrimSpace(d.Note)
	return s.change(ctx, actor, func(t *tx) error {
		v, err := t.lockRule(number, action, event, d.Version)
		if err != nil {
			return err
		}
		mine := v.AuthorID != nil && *v.AuthorID == actor.UserID
		if to == RuleWithdrawn && !mine {
			return Forbidden(action)
		}
		wrong := map[string]string{}
		if to == RuleRejected {
			checkNote(wrong, "note", d.Note, 2)
		}
		if len(wrong) > 0 {
			return Invalid(wrong)
		}
		return t.moveRule(v, event, to, d.Note, map[string]any{"decided_by": actor.Name, "decided_reason": d.Note})
	})
}

// otherThan refuses an actor who is one of those that must not decide.
func (t *tx) otherThan(ids ...*int64) error {
	for _, id := range ids {
		if id != nil && *id == t.actor.UserID {
			return &Error{Kind: KindForbidden, Key: "error.author_is_approver"}
		}
	}
	return nil
}

func (t *tx) openAlerts() (int64, error) {
	var n int64
	if err := t.db.Table("alerts").Where("open = ?", true).Count(&n).Error; err != nil {
		return 0, fmt.Errorf("count open alerts: %w", err)
	}
	return n, nil
}

// OpenAlerts counts the alerts open today, for the volume guard.
func (s *Store) OpenAlerts(ctx context.Context) (int64, error) {
	return s.look(ctx, Actor{}).openAlerts()
}

// replayOf gives the newest replay that allows a version to be approved: of exactly its content against exactly that in force now,
// by this program, over all companies, on facts known after it was written.
func (t *tx) replayOf(v RuleVersion, engine string) (RuleReplay, error) {
	var rp RuleReplay
	var now RuleVersion
	if err := t.db.Where("state = ?", RuleInForce).Take(&now).Error; err != nil {
		return rp, fmt.Errorf("rules in force: %w", err)
	}
	err := t.db.Where("to_sha256 = ? AND from_sha256 = ? AND engine = ? AND state = ? AND valid_time = ? AND as_of >= ?", v.SHA256, now.SHA256, engine, ReplayDone, false, v.CreatedAt).
		Order("id DESC").Take(&rp).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return rp, &Error{Kind: KindConflict, Key: "error.replay_missing"}
	}
	if err != nil {
		return rp, fmt.Errorf("replay of %s: %w", v.Number, err)
	}
	return rp, nil
}

// MayDecideRules says whether an actor may approve rules and learned models: they judge the whole installation, so that only people
// whose right to approve covers the division of its highest lead department may. Where there is no lead department yet, the right
// is enough.
func (s *Store) MayDecideRules(ctx context.Context, actor Actor) (bool, error) {
	return mayDecideRules(s.read(ctx), actor)
}

func mayDecideRules(db *gorm.DB, actor Actor) (bool, error) {
	if !actor.Can(ActRuleApprove) {
		return false, nil
	}
	var list []Authority
	if err := db.Where("kind = ?", LeadDepartment).Find(&list).Error; err != nil {
		return false, fmt.Errorf("read lead departments: %w", err)
	}
	level := func(a Authority) int { // trailing zeros of the code: a province has four, a city two
		return len(a.DivisionCode) - len(strings.TrimRight(a.DivisionCode, "0"))
	}
	top := 0
	for _, a := range list {
		top = max(top, level(a))
	}
	for _, a := range list {
		if level(a)/2 == top/2 && actor.CanAt(ActRuleApprove, a.Place) {
			return true, nil
		}
	}
	return len(list) == 0, nil
}
