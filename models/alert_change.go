package models

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
	"xiezhi/reference"
)

func fold(s string) string { return reference.Fold(s) }

// seenAlert loads an alert in the actor's sight, for a change.
func (t *tx) seenAlert(ref string) (Alert, error) {
	var al Alert
	err := scoped(t.forUpdate(), t.actor.Scope(ActAlertRead), "").Where("ref = ?", ref).Take(&al).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return al, NotFound("alert")
	}
	if err != nil {
		return al, fmt.Errorf("alert %s: %w", ref, err)
	}
	return al, nil
}

// lockAlert loads an alert in the actor's scope for a change, then asks role and state, in this order: 404, 403, 409.
func (t *tx) lockAlert(ref string, action Action, event string, version int64) (Alert, error) {
	al, err := t.seenAlert(ref)
	if err != nil {
		return al, err
	}
	if !t.actor.CanAt(action, al.Place) {
		return al, Forbidden(action)
	}
	if !slices.Contains(alertMoves[event].from, al.Status) {
		return al, NotAMove(AlertEvents(al.Status))
	}
	if version != 0 && version != al.Version {
		return al, Conflict()
	}
	return al, nil
}

// alertActions are the actions that the verbs of an alert ask for.
var alertActions = map[string]Action{"accept": ActAlertAccept, "dismiss": ActAlertDismiss, "reopen": ActAlertDismiss, "snooze": ActAlertSnooze,
	"assign": ActAlertAssign, "propose": ActAlertPropose}

// AllowAlert asks of a verb what is asked before its fields: whether the actor sees the alert, has the role, and the status allows it.
func (s *Store) AllowAlert(ctx context.Context, actor Actor, ref, verb string) error {
	_, err := s.look(ctx, actor).lockAlert(ref, alertActions[verb], verb, 0)
	return err
}

// moveAlert writes a change of an alert with its event and audit entry.
func (t *tx) moveAlert(al Alert, event, note string, set map[string]any, data map[string]any) error {
	if to := alertMoves[event].to; to != "" {
		set["status"] = to
	}
	switch event {
	case "open", "join", "dismiss":
		set["decided_at"] = t.now
	case "reopen", "split":
		set["decided_at"] = nil
	}
	set["version"] = al.Version + 1
	res := t.db.Table("alerts").Where("id = ? AND version = ?", al.ID, al.Version).Updates(set)
	if res.Error != nil {
		return fmt.Errorf("%s alert %s: %w", event, al.Ref, res.Error)
	}
	if res.RowsAffected == 0 {
		return Conflict()
	}
	t.audit("alert."+event, "alert:"+al.Ref, al.Place, data)
	return t.tell(objectAlert, al.ID, event, note, data)
}

// AcceptAlert takes an alert on: its owner is the actor, unless it has one.
func (s *Store) AcceptAlert(ctx context.Context, actor Actor, ref string, version int64) error {
	return s.change(ctx, actor, func(t *tx) error {
		al, err := t.lockAlert(ref, ActAlertAccept, "accept", version)
		if err != nil {
			return err
		}
		set := map[string]any{"snoozed_until": nil}
		if al.OwnerID == nil {
			set["owner_id"] = actor.UserID
		}
		return t.moveAlert(al, "accept", "", set, nil)
	})
}

// DismissAlert closes an alert with a reason code; it holds until evidence of another kind arrives.
func (s *Store) DismissAlert(ctx context.Context, actor Actor, ref, reason, note string, version int64) error {
	note = strings.TrimSpace(note)
	return s.change(ctx, actor, func(t *tx) error {
		al, err := t.lockAlert(ref, ActAlertDismiss, "dismiss", version)
		if err != nil {
			return err
		}
		fields := map[string]string{}
		if !slices.Contains(DismissReasons(), reason) {
			fields["reason"] = "error.reason_unknown"
		}
		checkNote(fields, "note", note, 0)
		if len(fields) > 0 {
			return Invalid(fields)
		}
		return t.moveAlert(al, "dismiss", note, map[string]any{"open": false, "reason": reason, "note": note}, map[string]any{"reason": reason})
	})
}

// ReopenAlert undoes a dismissal.
func (s *Store) ReopenAlert(ctx context.Context, actor Actor, ref string, version int64) error {
	return s.change(ctx, actor, func(t *tx) error {
		al, err := t.lockAlert(ref, ActAlertDismiss, "reopen", version)
		if err != nil {
			return err
		}
		err = t.moveAlert(al, "reopen", "", map[string]any{"open": true, "reason": "", "note": ""}, nil)
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return &Error{Kind: KindConflict, Key: "error.alert_open_already"}
		}
		return err
	})
}

// SnoozeAlert sets an alert aside until an instant, with a reason; it comes back on top by then, or when its level rises.
func (s *Store) SnoozeAlert(ctx context.Context, actor Actor, ref string, until Instant, reason string, version int64) error {
	reason = strings.TrimSpace(reason)
	return s.change(ctx, actor, func(t *tx) error {
		al, err := t.lockAlert(ref, ActAlertSnooze, "snooze", version)
		if err != nil {
			return err
		}
		fields := map[string]string{}
		if !until.After(t.now) || until.Sub(t.now).Hours() > 24*90 {
			fields["until"] = "error.snooze_until"
		}
		checkNote(fields, "reason", reason, 2)
		if len(fields) > 0 {
			return Invalid(fields)
		}
		return t.moveAlert(al, "snooze", reason, map[string]any{"snoozed_until": until, "note": reason}, map[string]any{"until": until})
	})
}

// AssignAlert gives an alert to a user who may accept alerts there.
func (s *Store) AssignAlert(ctx context.Context, actor Actor, ref, user string, version int64) error {
	return s.change(ctx, actor, func(t *tx) error {
		al, err := t.lockAlert(ref, ActAlertAssign, "assign", version)
		if err != nil {
			return err
		}
		list, err := t.usersWithRole(al.Place, RoleDutyOfficer, RoleCaseHandler)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(u User) bool { return u.Name == user })
		if i < 0 {
			return Invalid(map[string]string{"user": "error.user_cannot_own"})
		}
		return t.moveAlert(al, "assign", "", map[string]any{"owner_id": list[i].ID}, map[string]any{"user": user})
	})
}

// ProposeCase asks the supervisor to open a case on an alert.
func (s *Store) ProposeCase(ctx context.Context, actor Actor, ref, note string, version int64) error {
	note = strings.TrimSpace(note)
	return s.change(ctx, actor, func(t *tx) error {
		al, err := t.lockAlert(ref, ActAlertPropose, "propose", version)
		if err != nil {
			return err
		}
		fields := map[string]string{}
		checkNote(fields, "note", note, 0)
		if len(fields) > 0 {
			return Invalid(fields)
		}
		set := map[string]any{"note": note}
		if al.OwnerID == nil {
			set["owner_id"] = actor.UserID
		}
		return t.moveAlert(al, "propose", note, set, nil)
	})
}

// maxNote is how many characters a note may have.
const maxNote = 20000

// checkNote asks a text for a least length, an upper one, and characters that both stores and paper can hold.
func checkNote(fields map[string]string, name, text string, least int) {
	n := len([]rune(text))
	switch {
	case n < least:
		fields[name] = "error.required"
	case n > maxNote:
		fields[name] = "error.too_long"
	default:
		if _, err := reference.CleanText(text); text != "" && err != nil {
			fields[name] = "error.characters"
		}
	}
}

// usersWithRole lists active users with a live grant of one of the roles that covers the place.
func (t *tx) usersWithRole(p Place, roles ...Role) ([]User, error) {
	var list []User
	err := t.db.Table("users u").Select("DISTINCT u.*").Joins("JOIN grants g ON g.user_id = u.id AND g.revoked_at IS NULL").
		Where("u.disabled = ? AND g.role IN ? AND g.division_code IN ?", false, roles, selfAndAbove(p.DivisionCode)).Order("u.id").Find(&list).Error
	if err != nil {
		return nil, fmt.Errorf("list users with a role: %w", err)
	}
	return list, nil
}
