package models

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// RuleState is where a rule version stands on its way into force.
type RuleState string

// The states of a rule version. A version in RuleSecond was approved once and waits for a second approver.
const (
	RuleDraft      RuleState = "draft"
	RuleReplayed   RuleState = "replayed"
	RuleSecond     RuleState = "second"
	RuleApproved   RuleState = "approved"
	RuleRejected   RuleState = "rejected"
	RuleWithdrawn  RuleState = "withdrawn"
	RuleInForce    RuleState = "in_force"
	RuleSuperseded RuleState = "superseded"
)

// RuleVersion is one version of the rules. Body is its whole text; Number, Body and Author never change, which the database
// enforces too. AuthorID is nil for what an installation brought.
type RuleVersion struct {
	ID            int64 `gorm:"primaryKey"`
	Number        string
	Body          string
	SHA256        string `gorm:"column:sha256"`
	Note          string
	Base          string // the version it was written from
	AuthorID      *int64
	Author        string
	CreatedAt     Instant `gorm:"autoCreateTime:false"`
	State         RuleState
	ReplayID      *int64
	ApproverID    *int64
	Approver      string
	ApprovedAt    Instant
	ApproveNote   string
	SecondID      *int64
	Second        string
	SecondAt      Instant
	SecondReason  string
	DecidedBy     string // of a rejection or withdrawal
	DecidedReason string
	InForceAt     Instant
	SupersededAt  Instant
	Version       int64
}

// ruleMoves is the table of a version's life: which states an event may start from and where it leads. "replay" happens when a
// replay of exactly this content against the version in force ends; approvals given before it are void.
var ruleMoves = map[string]struct {
	from []RuleState
	to   RuleState
}{
	"replay":    {[]RuleState{RuleDraft, RuleReplayed, RuleSecond, RuleApproved}, RuleReplayed},
	"approve":   {[]RuleState{RuleReplayed}, RuleApproved}, // or RuleSecond, where the volume guard asks for it
	"confirm":   {[]RuleState{RuleSecond}, RuleApproved},
	"reject":    {[]RuleState{RuleReplayed, RuleSecond, RuleApproved}, RuleRejected},
	"withdraw":  {[]RuleState{RuleDraft, RuleReplayed, RuleSecond}, RuleWithdrawn},
	"enforce":   {[]RuleState{RuleApproved}, RuleInForce},
	"supersede": {[]RuleState{RuleInForce}, RuleSuperseded},
}

// RuleEvents lists what people may do with a version in a state, in the order in which pages offer it.
func RuleEvents(st RuleState) []string {
	var list []string
	for _, e := range []string{"replay", "approve", "confirm", "enforce", "reject", "withdraw"} {
		if slices.Contains(ruleMoves[e].from, st) {
			list = append(list, e)
		}
	}
	return list
}

// RuleVersions lists all versions, newest first.
func (s *Store) RuleVersions(ctx context.Context, actor Actor) ([]RuleVersion, error) {
	if !actor.Can(ActRuleRead) {
		return nil, Forbidden(ActRuleRead)
	}
	var list []RuleVersion
	if err := s.read(ctx).Order("id DESC").Limit(500).Find(&list).Error; err != nil {
		return nil, fmt.Errorf("list rule versions: %w", err)
	}
	return list, nil
}

// RuleVersion gives one version with its story.
func (s *Store) RuleVersion(ctx context.Context, actor Actor, number string) (RuleVersion, []Event, error) {
	if !actor.Can(ActRuleRead) {
		return RuleVersion{}, nil, Forbidden(ActRuleRead)
	}
	v, err := s.RuleText(ctx, number)
	if err != nil {
		return v, nil, err
	}
	story, err := s.events(ctx, objectRule, v.ID)
	return v, story, err
}

// RuleText gives a version by its number, for the program itself.
func (s *Store) RuleText(ctx context.Context, number string) (RuleVersion, error) {
	return s.oneRule(s.read(ctx).Where("number = ?", number), number)
}

// RuleNow gives the version in force; NotFound where none was ever installed.
func (s *Store) RuleNow(ctx context.Context) (RuleVersion, error) {
	return s.oneRule(s.read(ctx).Where("state = ?", RuleInForce), "in force")
}

// RuleAt gives the version that was in force at a moment; before the first, the first.
func (s *Store) RuleAt(ctx context.Context, at Instant) (RuleVersion, error) {
	v, err := s.oneRule(s.read(ctx).Where("in_force_at <= ?", at).Order("in_force_at DESC, id DESC"), "then")
	if KindOf(err) == KindNotFound {
		return s.oneRule(s.read(ctx).Where("in_force_at IS NOT NULL").Order("in_force_at, id"), "first")
	}
	return v, err
}

// RuleMark gives the number of the version in force without its text; empty where there is none.
func (s *Store) RuleMark(ctx context.Context) (string, error) {
	var row struct{ Number string }
	if err := s.read(ctx).Raw("SELECT number FROM rule_versions WHERE state = '" + string(RuleInForce) + "'").Scan(&row).Error; err != nil {
		return "", fmt.Errorf("ask which rules are in force: %w", err)
	}
	return row.Number, nil
}

func (s *Store) oneRule(q *gorm.DB, which string) (RuleVersion, error) {
	var v RuleVersion
	err := q.Take(&v).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return v, NotFound("rule")
	}
	if err != nil {
		return v, fmt.Errorf("rule version %s: %w", which, err)
	}
	if v.SHA256 != bodyDigest(v.Body) {
		return v, fmt.Errorf("rule version %s: the text is not the one that was saved", v.Number)
	}
	return v, nil
}

// lockRule loads a version for a move: role, then state, then whether it was changed since it was read.
func (t *tx) lockRule(number string, action Action, event string, version int64) (RuleVersion, error) {
	var v RuleVersion
	may := t.actor.UserID != 0 && t.actor.Can(action)
	if may && action == ActRuleApprove {
		var err error
		if may, err = mayDecideRules(t.db, t.actor); err != nil {
			return v, err
		}
	}
	if !may {
		return v, Forbidden(action)
	}
	err := t.forUpdate().Where("number = ?", number).Take(&v).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return v, NotFound("rule")
	}
	if err != nil {
		return v, fmt.Errorf("rule version %s: %w", number, err)
	}
	if !slices.Contains(ruleMoves[event].from, v.State) {
		return v, NotAMove(RuleEvents(v.State))
	}
	if version != 0 && version != v.Version {
		return v, Conflict()
	}
	return v, nil
}

// moveRule writes a move of a version with its event and audit entry.
func (t *tx) moveRule(v RuleVersion, event string, to RuleState, note string, set map[string]any) error {
	set["state"], set["version"] = to, v.Version+1
	res := t.db.Table("rule_versions").Where("id = ? AND version = ?", v.ID, v.Version).Updates(set)
	if res.Error != nil {
		return fmt.Errorf("%s rule version %s: %w", event, v.Number, res.Error)
	}
	if res.RowsAffected == 0 {
		return Conflict()
	}
	data := map[string]any{"sha256": v.SHA256, "from": v.State, "to": to}
	t.audit("rule."+event, "rule:"+v.Number, Place{}, data)
	return t.tell(objectRule, v.ID, "rule_"+event, note, data)
}
