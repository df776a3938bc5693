package models

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
	"xiezhi/law"
)

// minOfficers is the least number of officers on a team (APL art 42; 310 art 5(1)).
const minOfficers = 2

// OpenCase opens a case on open alerts of one company, with at least two officers who carry enforcement numbers.
func (s *Store) OpenCase(ctx context.Context, actor Actor, in NewCase) (string, error) {
	var ref string
	err := s.change(ctx, actor, func(t *tx) error {
		alerts, err := t.alertsForCase(in.Alerts)
		if err != nil {
			return err
		}
		lead, err := authorityFor(t.db, LeadDepartment, alerts[0].DivisionCode)
		if err != nil {
			return err
		}
		if !actor.CanAt(ActCaseOpen, lead.Place) {
			return Forbidden(ActCaseOpen)
		}
		for _, al := range alerts {
			if !slices.Contains(alertMoves["open"].from, al.Status) {
				return NotAMove(AlertEvents(al.Status))
			}
		}
		officers, err := t.checkNewCase(&in, alerts, lead.Place)
		if err != nil {
			return err
		}
		cs := Case{Title: in.Title, Status: CaseOpen, Stage: law.StageLead, Seal: "NORMAL", AuthorityID: lead.ID, Place: lead.Place,
			SubjectID: alerts[0].SubjectID, DeadlineOn: in.Deadline, OpenedBy: actor.UserID, OpenedAt: t.now, Version: 1}
		for _, al := range alerts {
			if al.LevelRank >= cs.LevelRank {
				cs.LevelRank, cs.Level, cs.Area = al.LevelRank, al.Level, al.Area
			}
		}
		if cs.Ref, err = t.newRef("AJ", lead.DivisionCode); err != nil {
			return err
		}
		if err := t.db.Create(&cs).Error; err != nil {
			return fmt.Errorf("open case: %w", err)
		}
		ref = cs.Ref
		return t.fillCase(cs, alerts, officers)
	})
	return ref, err
}

// maxAlerts is how many alerts a case may be opened on.
const maxAlerts = 200

func (t *tx) alertsForCase(refs []string) ([]Alert, error) {
	if !t.actor.Can(ActCaseOpen) && (len(refs) == 0 || len(refs) > maxAlerts) {
		return nil, Forbidden(ActCaseOpen)
	}
	switch {
	case len(refs) == 0:
		return nil, Invalid(map[string]string{"alerts": "error.required"})
	case len(refs) > maxAlerts:
		return nil, Invalid(map[string]string{"alerts": "error.too_long"})
	case slices.ContainsFunc(refs, func(ref string) bool { return strings.ContainsRune(ref, 0) }):
		return nil, NotFound("alert")
	}
	var list []Alert
	err := scoped(t.forUpdate(), t.actor.Scope(ActAlertRead), "").Where("ref IN ?", refs).Order("level_rank DESC, id").Find(&list).Error
	if err != nil {
		return nil, fmt.Errorf("read the alerts of a case: %w", err)
	}
	distinct := slices.Compact(slices.Sorted(slices.Values(refs)))
	if len(list) != len(distinct) {
		return nil, NotFound("alert")
	}
	return list, nil
}

func (t *tx) checkNewCase(in *NewCase, alerts []Alert, place Place) ([]User, error) {
	fields := map[string]string{}
	in.Title = strings.TrimSpace(in.Title)
	checkNote(fields, "title", in.Title, 2)
	if len([]rune(in.Title)) > 200 {
		fields["title"] = "error.too_long"
	}
	for _, al := range alerts {
		if al.SubjectID != alerts[0].SubjectID {
			fields["alerts"] = "error.alerts_one_company"
		}
	}
	if in.Deadline != "" && in.Deadline < Date(t.now.Time().In(China).Format("2006-01-02")) {
		fields["deadline"] = "error.deadline_past"
	}
	officers, key, err := t.team(in.Officers, place)
	if err != nil {
		return nil, err
	}
	if key != "" {
		fields["officers"] = key
	}
	if len(fields) > 0 {
		return nil, Invalid(fields)
	}
	return officers, nil
}

// team checks that the named officers may act together: two or more different ones, case handlers there, each with an
// enforcement number. The key says what is wrong.
func (t *tx) team(names []string, place Place) ([]User, string, error) {
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	if len(names) < minOfficers {
		return nil, "error.officers_two", nil
	}
	able, err := t.usersWithRole(place, RoleCaseHandler)
	if err != nil {
		return nil, "", err
	}
	var team []User
	for _, u := range able {
		if !slices.Contains(names, u.Name) {
			continue
		}
		if u.EnforcementNumber == "" {
			return nil, "error.officer_number", nil
		}
		team = append(team, u)
	}
	if len(team) != len(names) {
		return nil, "error.officer_not_here", nil
	}
	return team, "", nil
}

func (t *tx) fillCase(cs Case, alerts []Alert, officers []User) error {
	names := make([]string, 0, len(officers))
	for _, u := range officers {
		row := map[string]any{"case_id": cs.ID, "user_id": u.ID, "enforcement_number": u.EnforcementNumber, "assigned_at": t.now}
		if err := t.db.Table("case_officers").Create(row).Error; err != nil {
			return fmt.Errorf("put %s on case %s: %w", u.Name, cs.Ref, err)
		}
		names = append(names, u.Name)
		if err := t.notify([]int64{u.ID}, "put_on_case", "case:"+cs.Ref, fmt.Sprintf("team %d", t.now.Micro()), nil); err != nil {
			return err
		}
	}
	refs := make([]string, 0, len(alerts))
	for _, al := range alerts {
		set := map[string]any{"case_id": cs.ID}
		if err := t.moveAlert(al, "open", "", set, map[string]any{"case": cs.Ref}); err != nil {
			return err
		}
		refs = append(refs, al.Ref)
	}
	t.audit("case.open", "case:"+cs.Ref, cs.Place, map[string]any{"alerts": refs, "officers": names})
	return t.tell(objectCase, cs.ID, "open", "", map[string]any{"alerts": refs, "officers": names})
}

// lockCase loads a case the actor may see, for a change.
func (t *tx) lockCase(ref string) (Case, error) {
	var cs Case
	err := seenCases(t.forUpdate(), t.actor, "cases").Where("ref = ?", ref).Take(&cs).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return cs, NotFound("case")
	}
	if err != nil {
		return cs, fmt.Errorf("case %s: %w", ref, err)
	}
	return cs, t.notBefore(objectCase, cs.ID)
}
