package models

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
	"xiezhi/law"
	"xiezhi/reference"
)

// Handoff is the handing of a case by one lead department to another (737 art 20). Its state is a word of law/handoff.csv. The
// superior is the common one of both, none across provinces, where the joint conference settles a dispute on paper.
type Handoff struct {
	ID         int64 `gorm:"primaryKey"`
	Ref        string
	CaseID     int64
	FromID     int64
	ToID       int64
	SuperiorID *int64
	Ground     string
	Reason     string
	State      law.State
	Open       bool
	AskedBy    int64
	AskedAt    Instant
	ChangedAt  Instant
	TakenAt    Instant
	Version    int64
}

// LeftAs of an officer whose case another department took over: he keeps reading it as it was, and may come back on it.
const LeavesHanded Leaving = "handed"

// HandoffLine is a row of the list of handings.
type HandoffLine struct {
	Handoff       `gorm:"embedded"`
	CaseRef       string
	CaseTitle     string
	CaseLevel     string
	CaseArea      string
	CaseStage     law.State
	CaseStatus    string
	SubjectKind   SubjectKind
	SubjectKey    string
	SubjectName   string
	FromName      string
	FromNameEn    string
	ToName        string
	ToNameEn      string
	SuperiorName  *string
	SuperiorNameE *string
	Asker         string
	AskerEn       string
}

// HandoffFile is a handing with what its page shows.
type HandoffFile struct {
	HandoffLine
	Events   []Event
	Moves    []law.Event
	Officers []Officer // whom the receiver may put on the case, empty for others
	OnPaper  bool      // a dispute is settled by the joint conference, recorded from its paper
}

// handoff is one handing with its case and the three offices, on its way through a verb.
type handoff struct {
	h        Handoff
	cs       Case
	from, to Authority
	superior *Authority
}

// directors gives where the actor directs cases: as supervisor, or as principal.
func directors(actor Actor) Scope { return actor.Scope(ActCaseOpen).Union(actor.Scope(ActCaseDecide)) }

// seenHandoffs keeps those that the actor has a part in: supervisor or principal of the sender, the receiver or the superior. What the
// police hold is nobody's to read.
func seenHandoffs(q *gorm.DB, actor Actor) *gorm.DB {
	scope := directors(actor)
	var parts []string
	var args []any
	for _, alias := range []string{"fa", "ta", "sa"} {
		cond, more := scope.sql(alias)
		parts, args = append(parts, cond), append(args, more...)
	}
	return q.Where("("+strings.Join(parts, " OR ")+")", args...).Where("cs.seal <> ?", SealPoliceHold)
}

func (t *tx) handoffLines() *gorm.DB {
	q := t.db.Table("handoffs h").Select(`h.*, cs.ref AS case_ref, cs.title AS case_title, cs.level AS case_level, cs.area AS case_area, cs.stage AS case_stage, cs.status AS case_status,
		s.kind AS subject_kind, s.key AS subject_key, s.name AS subject_name, fa.name AS from_name, fa.name_en AS from_name_en, ta.name AS to_name, ta.name_en AS to_name_en,
		sa.name AS superior_name, sa.name_en AS superior_name_e, u.display_name AS asker, u.display_name_en AS asker_en`).
		Joins("JOIN cases cs ON cs.id = h.case_id").Joins("JOIN subjects s ON s.id = cs.subject_id").Joins("JOIN authorities fa ON fa.id = h.from_id").
		Joins("JOIN authorities ta ON ta.id = h.to_id").Joins("LEFT JOIN authorities sa ON sa.id = h.superior_id").Joins("JOIN users u ON u.id = h.asked_by")
	return seenHandoffs(q, t.actor)
}

// maxHandoffs bounds the lists of handings.
const maxHandoffs = 200

// Handoffs lists the handings that the actor has a part in, open ones alone where asked, newest first.
func (s *Store) Handoffs(ctx context.Context, actor Actor, view string) ([]HandoffLine, error) {
	q := s.look(ctx, actor).handoffLines()
	if view != "all" {
		q = q.Where("h.open = ?", true)
	}
	var list []HandoffLine
	if err := q.Order("h.id DESC").Limit(maxHandoffs).Find(&list).Error; err != nil {
		return nil, fmt.Errorf("list handings: %w", err)
	}
	return list, nil
}

// HandoffsOf lists the handings of one case that the actor has a part in.
func (s *Store) HandoffsOf(ctx context.Context, actor Actor, caseRef string) ([]HandoffLine, error) {
	var list []HandoffLine
	if err := s.look(ctx, actor).handoffLines().Where("cs.ref = ?", caseRef).Order("h.id DESC").Limit(maxHandoffs).Find(&list).Error; err != nil {
		return nil, fmt.Errorf("handings of case %s: %w", caseRef, err)
	}
	return list, nil
}

// HandoffFile gives one handing that the actor has a part in, with what he may do now.
func (s *Store) HandoffFile(ctx context.Context, actor Actor, ref string) (HandoffFile, error) {
	t := s.look(ctx, actor)
	var f HandoffFile
	err := t.handoffLines().Where("h.ref = ?", ref).Take(&f.HandoffLine).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return f, NotFound("handoff")
	}
	if err != nil {
		return f, fmt.Errorf("handing %s: %w", ref, err)
	}
	if f.Events, err = s.events(ctx, objectHandoff, f.ID); err != nil {
		return f, err
	}
	h, err := t.loadHandoff(ref)
	if err != nil {
		return f, err
	}
	f.Moves, f.OnPaper = h.lawful(actor), h.superior == nil
	if slices.Contains(f.Moves, law.HandoffAccept) {
		f.Officers, err = s.Officers(ctx, actor, h.to.Place)
	}
	return f, err
}

const objectHandoff = "handoff"

func (t *tx) loadHandoff(ref string) (*handoff, error) {
	x := &handoff{}
	q := t.db.Table("handoffs h").Select("h.*").Joins("JOIN cases cs ON cs.id = h.case_id").Joins("JOIN authorities fa ON fa.id = h.from_id").
		Joins("JOIN authorities ta ON ta.id = h.to_id").Joins("LEFT JOIN authorities sa ON sa.id = h.superior_id")
	err := seenHandoffs(q, t.actor).Where("h.ref = ?", ref).Take(&x.h).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, NotFound("handoff")
	}
	if err != nil {
		return nil, fmt.Errorf("handing %s: %w", ref, err)
	}
	if err := t.forUpdate().Where("id = ?", x.h.CaseID).Take(&x.cs).Error; err != nil {
		return nil, fmt.Errorf("case of handing %s: %w", ref, err)
	}
	if err := t.forUpdate().Where("id = ?", x.h.ID).Take(&x.h).Error; err != nil {
		return nil, fmt.Errorf("handing %s: %w", ref, err)
	}
	for id, to := range map[int64]*Authority{x.h.FromID: &x.from, x.h.ToID: &x.to} {
		if err := t.db.Where("id = ?", id).Take(to).Error; err != nil {
			return nil, fmt.Errorf("office of handing %s: %w", ref, err)
		}
	}
	if x.h.SuperiorID != nil {
		x.superior = &Authority{}
		if err := t.db.Where("id = ?", *x.h.SuperiorID).Take(x.superior).Error; err != nil {
			return nil, fmt.Errorf("superior of handing %s: %w", ref, err)
		}
	}
	return x, nil
}

// The actors of law/handoff.csv that are no roles: whom the case was handed to, and who stands above both.
const (
	roleReceiver = "receiver"
	roleSuperior = "superior"
)

// may says whether the actor acts in the role of a row on this handing. Nobody answers what he asked himself. Where there is no common
// superior a principal of either side records what the joint conference decided.
func (x *handoff) may(actor Actor, role string) bool {
	switch role {
	case string(RoleSupervisor):
		return actor.CanAt(ActCaseOpen, x.from.Place)
	case roleReceiver:
		return actor.CanAt(ActCaseOpen, x.to.Place) && actor.UserID != x.h.AskedBy
	case roleSuperior:
		if x.superior == nil {
			return actor.CanAt(ActCaseDecide, x.from.Place) || actor.CanAt(ActCaseDecide, x.to.Place)
		}
		return directors(actor).Covers(x.superior.Place) && actor.UserID != x.h.AskedBy
	default:
		return false
	}
}

func (x *handoff) lawful(actor Actor) []law.Event {
	var list []law.Event
	for _, row := range law.MachineOf(law.MachineHandoff).From(x.h.State) {
		if x.may(actor, row.Actor) {
			list = append(list, row.Event)
		}
	}
	return list
}

// commonSuperior finds the lead department of the lowest division that holds both offices; nil across provinces.
func commonSuperior(db *gorm.DB, a, b Authority) (*Authority, error) {
	other := append([]string{b.DivisionCode}, reference.Ancestors(b.DivisionCode)...)
	for _, code := range append([]string{a.DivisionCode}, reference.Ancestors(a.DivisionCode)...) {
		if code == reference.NationCode || !slices.Contains(other, code) {
			continue
		}
		lead, err := authorityFor(db, LeadDepartment, code)
		if KindOf(err) == KindInvalid {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return &lead, nil
	}
	return nil, nil
}

// LeadDepartments lists the offices that a case may be handed to: every lead department but the one that has it.
func (s *Store) LeadDepartments(ctx context.Context, but int64) ([]Authority, error) {
	var list []Authority
	if err := s.read(ctx).Where("kind = ? AND id <> ?", LeadDepartment, but).Order("division_code, id").Limit(maxHandoffs * 20).Find(&list).Error; err != nil {
		return nil, fmt.Errorf("list lead departments: %w", err)
	}
	return list, nil
}
