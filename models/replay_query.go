package models

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
)

// UnfinishedReplays lists the replays that the queue has to work on.
func (s *Store) UnfinishedReplays(ctx context.Context) ([]string, error) {
	var refs []string
	err := s.read(ctx).Table("replays").Where("state = ? AND queued = ?", ReplayRunning, true).Order("id").Limit(20).Pluck("ref", &refs).Error
	if err != nil {
		return nil, fmt.Errorf("list unfinished replays: %w", err)
	}
	return refs, nil
}

// ReplayByRef gives a replay, for the program itself.
func (s *Store) ReplayByRef(ctx context.Context, ref string) (RuleReplay, error) {
	var rp RuleReplay
	err := s.read(ctx).Where("ref = ?", ref).Take(&rp).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return rp, NotFound("replay")
	}
	if err != nil {
		return rp, fmt.Errorf("replay %s: %w", ref, err)
	}
	return rp, nil
}

// ReplaysOf lists the replays of a version, newest first, at most 20.
func (s *Store) ReplaysOf(ctx context.Context, actor Actor, number string) ([]RuleReplay, error) {
	if !actor.Can(ActRuleRead) {
		return nil, Forbidden(ActRuleRead)
	}
	var list []RuleReplay
	if err := s.read(ctx).Where("to_number = ? OR from_number = ?", number, number).Order("id DESC").Limit(20).Find(&list).Error; err != nil {
		return nil, fmt.Errorf("list replays of %s: %w", number, err)
	}
	return list, nil
}

// ReplayTargets gives the next companies of a replay by rising internal key.
func (s *Store) ReplayTargets(ctx context.Context, after int64, limit int) ([]Subject, error) {
	var list []Subject
	if err := s.read(ctx).Where("kind = ? AND id > ?", KindCompany, after).Order("id").Limit(limit).Find(&list).Error; err != nil {
		return nil, fmt.Errorf("list companies: %w", err)
	}
	return list, nil
}

// KnownOutcome is an alert about a company that somebody has decided on. At is when it was last raised: what was known then is
// what a replay judges it by.
type KnownOutcome struct {
	AlertID   int64
	SubjectID int64
	Key       string
	Place     `gorm:"embedded"`
	Area      string
	Outcome   string
	At        Instant
}

// KnownOutcomes gives the next alerts about companies whose outcome is known, by rising key: filed by the police, confirmed by a
// case, or dismissed as a false positive, a licensed business or none of ours. Alerts of schemes of transfers are no part of it.
func (s *Store) KnownOutcomes(ctx context.Context, after int64, until Instant, limit int) ([]KnownOutcome, error) {
	var list []KnownOutcome
	err := s.read(ctx).Raw(`SELECT al.id AS alert_id, al.subject_id, s.key, al.division_code, al.p2, al.c4, al.c6, al.area, al.changed_at AS at,
  CASE WHEN EXISTS (SELECT 1 FROM referrals r WHERE r.case_id = al.case_id AND r.filed_at IS NOT NULL) THEN 'filed'
       WHEN al.case_id IS NOT NULL THEN 'confirmed' ELSE 'dismissed' END AS outcome
 FROM alerts al JOIN subjects s ON s.id = al.subject_id
WHERE al.id > ? AND s.kind = ? AND al.changed_at <= ?
  AND (al.case_id IS NOT NULL OR al.status = ? AND al.reason IN ('false_positive','licensed','not_in_scope'))
  AND NOT EXISTS (SELECT 1 FROM schemes h WHERE h.alert_id = al.id)
ORDER BY al.id LIMIT ?`, after, KindCompany, until, AlertDismissed, limit).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("list known outcomes: %w", err)
	}
	return list, nil
}

// ReplaySum is how often something changed in one division and area.
type ReplaySum struct {
	Stage        ReplayStage
	DivisionCode string
	Area         string
	Change       string
	Outcome      string
	Count        int64
}

// ReplaySums counts the changes of a replay in the actor's scope, by division and area; commands of the system see all.
func (s *Store) ReplaySums(ctx context.Context, actor Actor, rp RuleReplay) ([]ReplaySum, error) {
	scope, err := replayScope(actor)
	if err != nil {
		return nil, err
	}
	var list []ReplaySum
	err = scoped(s.read(ctx).Table("replay_changes c"), scope, "c").Select("c.stage, c.division_code, c.area, c.change, c.outcome, COUNT(*) AS count").
		Where("c.replay_id = ?", rp.ID).Group("c.stage, c.division_code, c.area, c.change, c.outcome").
		Order("c.stage, c.division_code, c.area, c.change, c.outcome").Find(&list).Error
	if err != nil {
		return nil, fmt.Errorf("sum replay %s: %w", rp.Ref, err)
	}
	if !seesFilings(actor) {
		for i := range list {
			list[i].Outcome = hideFiled(list[i].Outcome)
		}
	}
	return list, nil
}

func hideFiled(outcome string) string {
	if outcome == "filed" {
		return "confirmed"
	}
	return outcome
}

// seesFilings says whether an actor may know that the police filed a case; for the others it was confirmed by one of ours.
func seesFilings(actor Actor) bool {
	return actor.UserID == 0 || actor.Can(ActReferralRead) || actor.Can(ActReferralTeam) || actor.Can(ActReferralPolice) || actor.Can(ActReferralObserve)
}

func replayScope(actor Actor) (Scope, error) {
	if actor.UserID == 0 {
		return ScopeOf("000000"), nil
	}
	if !actor.Can(ActRuleRead) {
		return Scope{}, Forbidden(ActRuleRead)
	}
	return actor.Scope(ActRuleRead), nil
}

// ReplayLine is a change with its company.
type ReplayLine struct {
	ReplayChange
	SubjectKind SubjectKind
	SubjectKey  string
	SubjectRef  *string
	SubjectName string
	AlertRef    string
}

// ReplayFilter narrows the companies behind the numbers; empty fields do not.
type ReplayFilter struct {
	Stage    ReplayStage
	Change   string
	Outcome  string
	Division string
	Area     string
	After    int64
	Limit    int
}

// ReplayLines lists the companies behind the numbers, in the actor's scope, and says whether there are more.
func (s *Store) ReplayLines(ctx context.Context, actor Actor, rp RuleReplay, f ReplayFilter) ([]ReplayLine, bool, error) {
	scope, err := replayScope(actor)
	if err != nil {
		return nil, false, err
	}
	q := scoped(s.read(ctx).Table("replay_changes c"), scope, "c").
		Select("c.*, s.kind AS subject_kind, s.key AS subject_key, s.ref AS subject_ref, s.name AS subject_name, al.ref AS alert_ref").
		Joins("JOIN subjects s ON s.id = c.subject_id").Joins("LEFT JOIN alerts al ON al.id = c.alert_id").Where("c.replay_id = ? AND c.id > ?", rp.ID, f.After)
	switch hidden := !seesFilings(actor); {
	case hidden && f.Outcome == "filed":
		return nil, false, nil
	case hidden && f.Outcome == "confirmed":
		q = q.Where("c.outcome IN ('confirmed','filed')")
	case f.Outcome != "":
		q = q.Where("c.outcome = ?", f.Outcome)
	}
	for column, value := range map[string]string{"c.stage": string(f.Stage), "c.change": f.Change, "c.division_code": f.Division, "c.area": f.Area} {
		if value != "" {
			q = q.Where(column+" = ?", value)
		}
	}
	var list []ReplayLine
	if err := q.Order("c.id").Limit(f.Limit + 1).Find(&list).Error; err != nil {
		return nil, false, fmt.Errorf("list changes of replay %s: %w", rp.Ref, err)
	}
	if !seesFilings(actor) {
		for i := range list {
			list[i].Outcome = hideFiled(list[i].Outcome)
		}
	}
	more := len(list) > f.Limit
	return list[:min(len(list), f.Limit)], more, nil
}

// OpenSchemeAlerts counts the open alerts that hold schemes of transfers.
func (s *Store) OpenSchemeAlerts(ctx context.Context) (int64, error) {
	var n int64
	err := s.read(ctx).Raw("SELECT COUNT(*) FROM alerts al WHERE al.open = ? AND EXISTS (SELECT 1 FROM schemes h WHERE h.alert_id = al.id)", true).Scan(&n).Error
	if err != nil {
		return 0, fmt.Errorf("count alerts of schemes: %w", err)
	}
	return n, nil
}
