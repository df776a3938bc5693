package models

import (
	"context"
	"fmt"
	"time"

	"xiezhi/law"
	"xiezhi/reference"
)

// watchAhead is how long before its end a limit is looked at; the state of the clock itself says when it is soon.
const watchAhead = 48 * time.Hour

// WatchClocks tells those concerned of every limit that is due soon, and, when it has passed, also the supervisor, the
// principal and the superior level. It returns how many limits it told of. Nobody is told twice of the same line.
func (s *Store) WatchClocks(ctx context.Context) (int, error) {
	var running []Clock
	err := s.read(ctx).Where("ended_at IS NULL AND due_at IS NOT NULL AND due_at < ? AND warned <> ?", s.Now().Add(watchAhead), law.ClockLate).
		Order("id").Find(&running).Error
	if err != nil {
		return 0, fmt.Errorf("read the clocks that end: %w", err)
	}
	told := 0
	for _, c := range running {
		state := c.State(s.Now())
		if state != law.ClockSoon && state != law.ClockLate || c.Warned == string(state) {
			continue
		}
		if err := s.change(ctx, System("clocks"), func(t *tx) error { return t.warn(c, state) }); err != nil {
			return told, err
		}
		told++
	}
	return told, nil
}

// warn tells of one limit, whose row says then that it was told.
func (t *tx) warn(c Clock, state law.ClockState) error {
	res := t.db.Table("clocks").Where("id = ? AND warned = ? AND ended_at IS NULL", c.ID, c.Warned).Update("warned", state)
	if res.Error != nil {
		return fmt.Errorf("mark clock %d as told: %w", c.ID, res.Error)
	}
	if res.RowsAffected == 0 {
		return nil
	}
	object, id, ref, err := t.clockObject(c)
	if err != nil {
		return err
	}
	place, authority, err := t.clockPlace(object, id)
	if err != nil {
		return err
	}
	users, err := t.clockPeople(c)
	if err != nil {
		return err
	}
	more, err := t.escalate(place, authority, state)
	if err != nil {
		return err
	}
	data := map[string]any{"clock": c.Name, "due": c.DueAt, "side": c.Side}
	t.audit("clock."+string(state), object+":"+ref, place, map[string]any{"clock": c.Name})
	if state == law.ClockLate {
		if err := t.tell(object, id, "clock_late", "", data); err != nil {
			return err
		}
	}
	return t.notify(append(users, more...), "clock_"+string(state), object+":"+ref, fmt.Sprintf("clock %d %s", c.ID, state), data)
}

func (t *tx) clockPlace(object string, id int64) (Place, int64, error) {
	var row struct {
		Place       Place `gorm:"embedded"`
		AuthorityID int64
	}
	columns := "division_code, p2, c4, c6"
	if object != objectObjection {
		columns += ", authority_id"
	}
	if err := t.db.Table(object+"s").Select(columns).Where("id = ?", id).Take(&row).Error; err != nil {
		return Place{}, 0, fmt.Errorf("read the place of %s %d: %w", object, id, err)
	}
	return row.Place, row.AuthorityID, nil
}

// escalate lists who is told beside the team: the supervisors of the place; of a limit that has passed also the principal and
// the supervisors of the superior level.
func (t *tx) escalate(p Place, authority int64, state law.ClockState) ([]int64, error) {
	divisions := []string{p.DivisionCode}
	if state == law.ClockLate {
		divisions = append(divisions, reference.Ancestors(p.DivisionCode)...)
	}
	var ids []int64
	err := t.db.Table("users u").Select("DISTINCT u.id").Joins("JOIN grants g ON g.user_id = u.id AND g.revoked_at IS NULL").
		Where("u.disabled = ? AND g.role = ? AND g.division_code IN ?", false, RoleSupervisor, divisions).Order("u.id").Scan(&ids).Error
	if err != nil {
		return nil, fmt.Errorf("list the supervisors of %s: %w", p.DivisionCode, err)
	}
	if state != law.ClockLate || authority == 0 {
		return ids, nil
	}
	today := Date(t.now.Time().In(China).Format(time.DateOnly))
	var heads []int64
	err = t.db.Table("appointments").Select("user_id").Where("authority_id = ? AND from_on <= ? AND (until_on IS NULL OR until_on >= ?)", authority, today, today).Scan(&heads).Error
	if err != nil {
		return nil, fmt.Errorf("list the principals: %w", err)
	}
	return append(ids, heads...), nil
}
