package models

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// seenCases keeps the cases an actor may read: those of the scope, where a sealed one opens to its team, the supervisor and the
// principal only, and those that another department took over from the actor's. What the police hold back is not among them: of that
// there is the status alone (heldCases).
func seenCases(db *gorm.DB, actor Actor, alias string) *gorm.DB {
	cond, args := caseSight(actor, alias)
	return db.Where(alias+".seal <> '"+SealPoliceHold+"'").Where(cond, args...)
}

// caseSight gives the condition of seenCases but for the hold of the police.
func caseSight(actor Actor, alias string) (string, []any) {
	cond, args := actor.Scope(ActCaseRead).sql(alias)
	sealed, more := sealedSight(actor, alias)
	former, evenMore := formerSight(actor, alias)
	args = append(append(append(args, more...), evenMore...), actor.UserID)
	return "((" + cond + " AND " + sealed + " OR " + former + ") AND (" + alias + ".seal = 'NORMAL' OR NOT EXISTS (SELECT 1 FROM case_officers o WHERE o.case_id = " + alias +
		".id AND o.user_id = ? AND o.recused_at IS NOT NULL AND o.left_as = 'recused')))", args
}

// sealedSight gives the condition under which a case is not sealed from the actor.
func sealedSight(actor Actor, alias string) (string, []any) {
	cond, args := actor.Scope(ActCaseOpen).Union(actor.Scope(ActReferralApprove)).sql(alias) // supervisor and principal of that very place
	return "(" + alias + ".seal = 'NORMAL' OR " + cond + " OR EXISTS (SELECT 1 FROM case_officers o WHERE o.case_id = " + alias + ".id AND o.user_id = ? AND o.recused_at IS NULL))",
		append(args, actor.UserID)
}

// formerSight gives the condition under which a case was the actor's department's until another took it over: who could read it then
// keeps reading it, a sealed one its former team, supervisor and principal.
func formerSight(actor Actor, alias string) (string, []any) {
	read, args := actor.Scope(ActCaseRead).sql("hf")
	lead, more := actor.Scope(ActCaseOpen).Union(actor.Scope(ActReferralApprove)).sql("hf")
	return "EXISTS (SELECT 1 FROM handoffs hh JOIN authorities hf ON hf.id = hh.from_id WHERE hh.case_id = " + alias + ".id AND hh.taken_at IS NOT NULL AND " + read + " AND (" + alias +
			".seal = 'NORMAL' OR " + lead + " OR EXISTS (SELECT 1 FROM case_officers o WHERE o.case_id = " + alias + ".id AND o.user_id = ? AND o.left_as = 'handed')))",
		append(append(args, more...), actor.UserID)
}

// handedBefore gives the condition under which something of a case was there before another department took it over from one where the
// action is the actor's: what came later is the other's.
func handedBefore(actor Actor, action Action, alias, at string) (string, []any) {
	cond, args := actor.Scope(action).sql("bf")
	return "EXISTS (SELECT 1 FROM handoffs bh JOIN authorities bf ON bf.id = bh.from_id WHERE bh.case_id = " + alias + ".id AND bh.taken_at IS NOT NULL AND " + at +
		" <= bh.taken_at AND " + cond + ")", args
}

// readsEvidence says whether the actor reads evidence of a case: in its place, or that from before it was handed on.
func (t *tx) readsEvidence(cs Case) (bool, error) {
	if t.actor.CanAt(ActEvidenceRead, cs.Place) {
		return true, nil
	}
	cond, args := handedBefore(t.actor, ActEvidenceRead, "cases", "cases.opened_at")
	var n int64
	if err := t.db.Table("cases").Where("id = ?", cs.ID).Where(cond, args...).Count(&n).Error; err != nil {
		return false, fmt.Errorf("read who had case %s: %w", cs.Ref, err)
	}
	return n > 0, nil
}

// heldCases keeps the cases whose status alone the actor may read: those that the police hold and he could read otherwise.
func heldCases(db *gorm.DB, actor Actor, alias string) *gorm.DB {
	cond, args := caseSight(actor, alias)
	return db.Where(alias+".seal = '"+SealPoliceHold+"'").Where(cond, args...)
}

// CaseFilter narrows the case list; empty fields do not.
type CaseFilter struct {
	Status  string
	Officer int64
	Text    string
	Before  int64
	Limit   int
}

const caseFields = `cs.*, s.kind AS subject_kind, s.ref AS subject_ref, s.key AS subject_key, s.name AS subject_name, a.name AS authority_name,
	COALESCE(r.ref, '') AS referral_ref, COALESCE(r.state, '') AS referral_state`

// caseLines gives the cases that the actor may read.
func (s *Store) caseLines(ctx context.Context, actor Actor) *gorm.DB {
	return seenCases(s.caseRows(ctx, actor), actor, "cs")
}

// caseRows joins the referral where the actor may read it; for everyone else it does not exist. The caller says which cases.
func (s *Store) caseRows(ctx context.Context, actor Actor) *gorm.DB {
	cond, args := sight(actor, s.Now(), "r")
	return s.read(ctx).Table("cases cs").Select(caseFields).Joins("JOIN subjects s ON s.id = cs.subject_id").
		Joins("JOIN authorities a ON a.id = cs.authority_id").Joins("LEFT JOIN referrals r ON r.case_id = cs.id AND "+cond, args...)
}

// Cases lists cases the actor may read, newest first. Those that the police hold are among them by number and status alone, and no
// text finds them but their number.
func (s *Store) Cases(ctx context.Context, actor Actor, f CaseFilter) ([]CaseLine, bool, error) {
	q := s.caseRows(ctx, actor)
	seen, args := caseSight(actor, "cs")
	q = q.Where(seen, args...)
	if f.Status == "live" {
		q = q.Where("cs.status <> ?", CaseClosed)
	} else if f.Status != "" {
		q = q.Where("cs.status = ?", f.Status)
	}
	if f.Officer != 0 {
		q = q.Where("EXISTS (SELECT 1 FROM case_officers o WHERE o.case_id = cs.id AND o.user_id = ? AND o.recused_at IS NULL)", f.Officer)
	}
	if f.Text != "" {
		q = q.Where("(cs.seal <> 'POLICE_HOLD' AND s.name_fold LIKE ? ESCAPE '\\' OR cs.ref = ?)", "%"+escapeLike(fold(f.Text))+"%", f.Text)
	}
	if f.Before > 0 {
		q = q.Where("cs.id < ?", f.Before)
	}
	var list []CaseLine
	if err := q.Order("cs.id DESC").Limit(f.Limit + 1).Find(&list).Error; err != nil {
		return nil, false, fmt.Errorf("list cases: %w", err)
	}
	more := len(list) > f.Limit
	list = list[:min(len(list), f.Limit)]
	for i := range list {
		list[i].withhold()
	}
	return list, more, s.nextDues(ctx, list)
}

func (s *Store) nextDues(ctx context.Context, list []CaseLine) error {
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	if len(ids) == 0 {
		return nil
	}
	var clocks []Clock
	if err := s.read(ctx).Where("case_id IN ? AND ended_at IS NULL", ids).Order("due_at DESC").Find(&clocks).Error; err != nil {
		return fmt.Errorf("read running clocks: %w", err)
	}
	for _, c := range clocks {
		for i := range list {
			if list[i].ID == c.CaseID && (c.ReferralID == nil || list[i].ReferralRef != "") {
				list[i].NextDue, list[i].NextClock = c.DueAt, c.Name
			}
		}
	}
	return nil
}

// CaseFile gives one case the actor may read, with its team, alerts, clocks and story; the story of its referral is left out
// where the actor may not read that.
func (s *Store) CaseFile(ctx context.Context, actor Actor, ref string) (CaseFile, error) {
	var file CaseFile
	err := s.caseLines(ctx, actor).Where("cs.ref = ?", ref).Take(&file.CaseLine).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return s.heldFile(ctx, actor, ref)
	}
	if err != nil {
		return file, fmt.Errorf("case %s: %w", ref, err)
	}
	if file.Authority, err = s.Authority(ctx, file.AuthorityID); err != nil {
		return file, err
	}
	if err := s.read(ctx).Table("users").Select("name").Where("id = ?", file.OpenedBy).Scan(&file.Opener).Error; err != nil {
		return file, fmt.Errorf("case %s: opener: %w", ref, err)
	}
	if file.Officers, err = s.officersOf(ctx, "case_officers", "case_id", file.ID); err != nil {
		return file, err
	}
	if err := s.alertLines(ctx, wholeCase).Where("al.case_id = ?", file.ID).Order("al.level_rank DESC, al.id").Find(&file.Alerts).Error; err != nil {
		return file, fmt.Errorf("case %s: alerts: %w", ref, err)
	}
	if file.Clocks, err = s.clocks(ctx, file.ID); err != nil {
		return file, err
	}
	if file.Events, err = s.events(ctx, objectCase, file.ID); err != nil {
		return file, err
	}
	if err := s.withProcedure(ctx, actor, &file); err != nil {
		return file, err
	}
	if err := s.withReferral(ctx, actor, &file); err != nil {
		return file, err
	}
	if actor.CanAt(ActCaseRead, file.Place) {
		return file, nil
	}
	return file, s.asHanded(ctx, &file)
}

// wholeCase is where the alerts of a case may lie once the case itself is in sight.
var wholeCase = Within(Scope{nation: true})

// withProcedure joins what the administrative case allows now, its measures and the objections against its finding.
func (s *Store) withProcedure(ctx context.Context, actor Actor, file *CaseFile) error {
	m, err := s.look(ctx, actor).loadCaseMove(file.Ref)
	if err != nil {
		return err
	}
	file.Moves, file.Barred = m.lawful(actor, s.Now())
	file.Decides = m.may(actor, string(RolePrincipal))
	if m.may(actor, string(RoleCaseHandler)) && file.Status != CaseClosed {
		file.Kinds = MeasureKinds(file.DivisionCode)
	}
	err = s.read(ctx).Table("measures x").Select("x.*, a.display_name AS asker, COALESCE(b.display_name, '') AS approver").
		Joins("JOIN users a ON a.id = x.asked_by").Joins("LEFT JOIN users b ON b.id = x.approved_by").
		Where("x.case_id = ?", file.ID).Order("x.id").Find(&file.Measures).Error
	if err != nil {
		return fmt.Errorf("case %s: measures: %w", file.Ref, err)
	}
	for i := range file.Measures {
		file.Measures[i].Moves = m.measureMoves(actor, file.Measures[i].Measure)
	}
	if !actor.Can(ActObjectionRead) {
		return nil
	}
	if err := s.objectionLines(ctx, actor).Where("o.case_id = ?", file.ID).Order("o.id").Find(&file.Objections).Error; err != nil {
		return fmt.Errorf("case %s: objections: %w", file.Ref, err)
	}
	return nil
}

// withReferral joins the referral's story to the case's, or hides its clocks from one who may not read it.
func (s *Store) withReferral(ctx context.Context, actor Actor, file *CaseFile) error {
	if file.ReferralRef == "" {
		file.Clocks = slices.DeleteFunc(file.Clocks, func(c Clock) bool { return c.ReferralID != nil })
		return nil
	}
	r, err := s.referral(ctx, actor, file.ReferralRef)
	if err != nil {
		return err
	}
	more, err := s.events(ctx, objectReferral, r.ID)
	if err != nil {
		return err
	}
	file.Events = append(file.Events, more...)
	return nil
}

// officersOf lists the officers of a team table, by name.
func (s *Store) officersOf(ctx context.Context, table, key string, id int64) ([]Officer, error) {
	var list []Officer
	err := s.read(ctx).Table(table+" o").Select("u.id, u.name, u.display_name, u.display_name_en, o.enforcement_number").
		Joins("JOIN users u ON u.id = o.user_id").Where("o."+key+" = ?"+stillOn(table), id).Order("u.name").Find(&list).Error
	if err != nil {
		return nil, fmt.Errorf("read the team: %w", err)
	}
	return list, nil
}

// stillOn leaves out those who left the team of a case; a referral keeps its team as it is.
func stillOn(table string) string {
	if table == "case_officers" {
		return " AND o.recused_at IS NULL"
	}
	return ""
}
