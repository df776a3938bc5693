package models

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"
	"xiezhi/law"
)

const referralFields = `r.*, cs.ref AS case_ref, cs.title AS case_title, cs.level AS case_level, cs.area AS case_area, cs.seal AS case_seal,
	cs.subject_id AS subject_id, s.kind AS subject_kind, s.ref AS subject_ref, s.key AS subject_key, s.name AS subject_name, a.name AS authority_name, p.name AS police_name`

func referralLines(db *gorm.DB, actor Actor, now Instant) *gorm.DB {
	q := db.Table("referrals r").Select(referralFields).Joins("JOIN cases cs ON cs.id = r.case_id").
		Joins("JOIN subjects s ON s.id = cs.subject_id").Joins("JOIN authorities a ON a.id = r.authority_id").
		Joins("JOIN authorities p ON p.id = r.police_id")
	return seenReferrals(q, actor, now, "r")
}

// seenReferrals keeps the referrals an actor may read: from the start those of the team, and of supervisor, legal reviewer,
// principal and superior viewers in scope; from delivery those addressed to the actor's police unit, or to the procuratorate,
// which also sees refusals to refer and overdue steps (310 arts 14-17). Nothing else exists for the actor.
func seenReferrals(q *gorm.DB, actor Actor, now Instant, alias string) *gorm.DB {
	cond, args := sight(actor, now, alias)
	return q.Where(cond, args...)
}

// sight gives the condition of seenReferrals.
func sight(actor Actor, now Instant, alias string) (string, []any) {
	col := func(name string) string { return alias + "." + name }
	cond, args := actor.Scope(ActReferralRead).sql(alias)
	lead, more := actor.Scope(ActCaseOpen).Union(actor.Scope(ActReferralApprove)).sql(alias) // of that very place
	cond = "((" + cond + " AND (" + lead + " OR EXISTS (SELECT 1 FROM cases sc WHERE sc.id = " + col("case_id") + " AND sc.seal = 'NORMAL')))"
	args = append(args, more...)
	if actor.Can(ActReferralTeam) {
		cond += " OR EXISTS (SELECT 1 FROM referral_officers o WHERE o.referral_id = " + col("id") + " AND o.user_id = ?" +
			" AND NOT EXISTS (SELECT 1 FROM case_officers x WHERE x.case_id = " + col("case_id") + " AND x.user_id = ? AND x.recused_at IS NOT NULL))"
		args = append(args, actor.UserID, actor.UserID)
	}
	if actor.Can(ActReferralPolice) {
		cond += " OR EXISTS (SELECT 1 FROM referral_units u WHERE u.referral_id = " + col("id") + " AND u.authority_id = ?)"
		args = append(args, actor.AuthorityID)
	}
	if actor.Can(ActReferralObserve) {
		cond += " OR (" + col("procuratorate_id") + " = ? AND (" + col("delivered_at") + " IS NOT NULL OR " + col("refused_at") +
			" IS NOT NULL OR EXISTS (SELECT 1 FROM clocks k WHERE k.referral_id = " + col("id") + " AND k.ended_at IS NULL AND k.due_at <= ?)))"
		args = append(args, actor.AuthorityID, now)
	}
	return cond + ")", args
}

// ReferralFilter narrows the list of referrals; empty fields do not.
type ReferralFilter struct {
	State  string // a state, "live" for those not closed, "incoming" for those that wait for the police
	Before int64
	Limit  int
}

// Referrals lists the referrals the actor may read, newest first, with their running clocks.
func (s *Store) Referrals(ctx context.Context, actor Actor, f ReferralFilter) ([]ReferralLine, bool, error) {
	q := referralLines(s.read(ctx), actor, s.Now())
	switch f.State {
	case "":
	case "live":
		q = q.Where("r.state <> ?", law.StateClosed)
	case "incoming":
		q = q.Where("r.state IN ?", []law.State{law.StateDelivered, law.StateReceived, law.StateSupplementRequested, law.StateUnderReview,
			law.StateForwarded, law.StateReconsideration, law.StateReasonsDemanded, law.StateOrderedToFile})
	default:
		q = q.Where("r.state = ?", f.State)
	}
	if f.Before > 0 {
		q = q.Where("r.id < ?", f.Before)
	}
	var list []ReferralLine
	if err := q.Order("r.id DESC").Limit(f.Limit + 1).Find(&list).Error; err != nil {
		return nil, false, fmt.Errorf("list referrals: %w", err)
	}
	more := len(list) > f.Limit
	list = list[:min(len(list), f.Limit)]
	for i := range list {
		held, err := s.look(ctx, actor).withheldFrom(list[i])
		if err != nil {
			return nil, false, err
		}
		if held {
			list[i].withhold()
		}
	}
	return list, more, s.runningClocks(ctx, list)
}

func (s *Store) runningClocks(ctx context.Context, list []ReferralLine) error {
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	if len(ids) == 0 {
		return nil
	}
	var clocks []Clock
	if err := s.read(ctx).Where("referral_id IN ? AND ended_at IS NULL", ids).Order("due_at").Find(&clocks).Error; err != nil {
		return fmt.Errorf("read running clocks: %w", err)
	}
	for _, c := range clocks {
		for i := range list {
			if list[i].ID == *c.ReferralID {
				list[i].Clocks = append(list[i].Clocks, c)
			}
		}
	}
	return nil
}

func (s *Store) referral(ctx context.Context, actor Actor, ref string) (ReferralLine, error) {
	return takeReferral(referralLines(s.read(ctx), actor, s.Now()), ref)
}

func takeReferral(q *gorm.DB, ref string) (ReferralLine, error) {
	var r ReferralLine
	err := q.Where("r.ref = ?", ref).Take(&r).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return r, NotFound("referral")
	}
	if err != nil {
		return r, fmt.Errorf("referral %s: %w", ref, err)
	}
	return r, nil
}

// ReferralFile gives one referral the actor may read, with its team, documents, clocks, story and lawful next moves.
func (s *Store) ReferralFile(ctx context.Context, actor Actor, ref string) (ReferralFile, error) {
	line, err := s.referral(ctx, actor, ref)
	if err != nil {
		return ReferralFile{}, err
	}
	f := ReferralFile{ReferralLine: line}
	if f.Held, err = s.look(ctx, actor).withheldFrom(line); err != nil {
		return f, err
	}
	if f.Authority, err = s.Authority(ctx, line.AuthorityID); err != nil {
		return f, err
	}
	if f.Police, err = s.Authority(ctx, line.PoliceID); err != nil {
		return f, err
	}
	if line.ProcuratorateID != nil {
		p, err := s.Authority(ctx, *line.ProcuratorateID)
		if err != nil {
			return f, err
		}
		f.Procuratorate = &p
	}
	if f.Officers, err = s.officersOf(ctx, "referral_officers", "referral_id", line.ID); err != nil {
		return f, err
	}
	if err := s.read(ctx).Where("referral_id = ?", line.ID).Order("id").Find(&f.Clocks).Error; err != nil {
		return f, fmt.Errorf("clocks of %s: %w", ref, err)
	}
	if err := s.withChanges(ctx, f.Clocks); err != nil {
		return f, err
	}
	if err := s.read(ctx).Omit("content").Where("referral_id = ?", line.ID).Where(newestRevision).Order("id").Find(&f.Documents).Error; err != nil {
		return f, fmt.Errorf("documents of %s: %w", ref, err)
	}
	if f.Events, err = s.events(ctx, objectReferral, line.ID); err != nil {
		return f, err
	}
	if f.Decides, err = s.look(ctx, actor).heads(line.Referral); err != nil {
		return f, err
	}
	f.Moves, f.Barred = lawfulMoves(actor, line.Referral, f.Officers, f.Clocks, f.Decides, s.Now())
	f.Acting = len(f.Moves) > 0
	if actor.Can(ActReferralPolice) && line.PoliceID == actor.AuthorityID {
		f.MayRelease = line.CaseSeal == SealPoliceHold
		f.MayHold = !f.MayRelease && mayHold(line.State)
	}
	if f.Held {
		f.withhold()
		f.Documents, f.Events, f.Clocks = nil, withheldEvents(f.Events), withheldClocks(f.Clocks)
		return f, nil
	}
	if slices.Contains(f.Moves, law.EventForward) || slices.Contains(f.Moves, law.EventJurisdictionChanged) {
		if err := s.read(ctx).Where("kind = ?", PoliceUnit).Order("division_code, id").Find(&f.Units).Error; err != nil {
			return f, fmt.Errorf("list police units: %w", err)
		}
	}
	return f, nil
}

const newestRevision = `revision = (SELECT MAX(d.revision) FROM documents d WHERE d.referral_id = documents.referral_id AND d.kind = documents.kind)`

// lawfulMoves lists the events of the state that are this actor's to make now, and those that something stands against, with it.
func lawfulMoves(actor Actor, r Referral, team []Officer, clocks []Clock, head bool, now Instant) ([]law.Event, map[law.Event]string) {
	onTeam := false
	for _, o := range team {
		onTeam = onTeam || o.ID == actor.UserID
	}
	var list []law.Event
	not := map[law.Event]string{}
	for _, m := range law.MovesFrom(r.State) {
		if !mayMove(actor, r, m.Actor, onTeam) {
			continue
		}
		if key := barred(r, clocks, now, m.Event); key != "" {
			not[m.Event] = key
			continue
		}
		if Role(m.Actor) == RolePrincipal && !head {
			not[m.Event] = "error.not_appointed"
			continue
		}
		if Role(m.Actor) != RolePrincipal && lateFor(clocks, m.Ends, now) {
			not[m.Event] = "error.late_needs_principal"
			continue
		}
		list = append(list, m.Event)
	}
	return list, not
}

// heads says whether the actor is the recorded principal of the office of a referral, or in charge there, and decides in its place.
func (t *tx) heads(r Referral) (bool, error) {
	if !t.actor.CanAt(ActCaseDecide, r.Place) {
		return false, nil
	}
	return t.appointed(t.actor.UserID, r.AuthorityID)
}

// mayMove says whether the actor holds the role that a move asks for, there and for this referral.
func mayMove(actor Actor, r Referral, role string, onTeam bool) bool {
	switch Role(role) {
	case RoleCaseHandler:
		return onTeam && actor.CanAt(ActReferralTeam, r.Place)
	case RoleSupervisor:
		return actor.CanAt(ActReferralForm, r.Place)
	case RolePrincipal:
		return actor.CanAt(ActReferralApprove, r.Place)
	case RolePoliceIntake:
		return actor.Can(ActReferralPolice) && r.PoliceID == actor.AuthorityID
	case RoleProcuratorate:
		return actor.Can(ActReferralSupervise) && r.ProcuratorateID != nil && *r.ProcuratorateID == actor.AuthorityID
	default:
		return false
	}
}

// ReferralDocument gives the newest revision of a document of a referral the actor may read, with its bytes.
func (s *Store) ReferralDocument(ctx context.Context, actor Actor, ref, kind string) (Document, error) {
	r, err := s.referral(ctx, actor, ref)
	if err != nil {
		return Document{}, err
	}
	held, err := s.look(ctx, actor).withheldFrom(r)
	if err != nil {
		return Document{}, err
	}
	if held {
		return Document{}, NotFound("document")
	}
	var d Document
	err = s.read(ctx).Where("referral_id = ? AND kind = ?", r.ID, kind).Order("revision DESC").Take(&d).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return d, NotFound("document")
	}
	if err != nil {
		return d, fmt.Errorf("document %s of %s: %w", kind, ref, err)
	}
	return d, nil
}
