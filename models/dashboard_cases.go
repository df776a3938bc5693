package models

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"xiezhi/law"
)

// cases counts the cases opened in the period, and how long their first alert had stood.
func (c *counter) cases() error {
	var rows []struct{ OpenedAt, RaisedAt Instant }
	err := scoped(c.db.Table("cases cs"), c.scope, "cs").Select("cs.opened_at, (SELECT MIN(al.raised_at) FROM alerts al WHERE al.case_id = cs.id) AS raised_at").
		Where("cs.opened_at >= ? AND cs.opened_at <= ?", c.d.From, c.d.At).Find(&rows).Error
	if err != nil {
		return fmt.Errorf("count the cases opened: %w", err)
	}
	var stood []time.Duration
	for _, r := range rows {
		c.week(r.OpenedAt).Opened++
		if !r.RaisedAt.IsZero() && !r.RaisedAt.After(r.OpenedAt) {
			stood = append(stood, r.OpenedAt.Sub(r.RaisedAt))
		}
	}
	c.d.Waits.AlertToCase = waitOf(stood)
	return nil
}

// referrals counts what was delivered to the police and filed by them in the period, and how long that took.
func (c *counter) referrals() error {
	var rows []struct{ OpenedAt, DeliveredAt, FiledAt, SignalAt Instant }
	err := scoped(c.db.Table("referrals r"), c.scope, "r").Joins("JOIN cases cs ON cs.id = r.case_id").
		Select("cs.opened_at, r.delivered_at, r.filed_at, (SELECT MIN(al.signal_at) FROM alerts al WHERE al.case_id = cs.id) AS signal_at").
		Where("r.id IN (SELECT id FROM referrals WHERE delivered_at IS NOT NULL AND delivered_at >= ? UNION SELECT id FROM referrals WHERE filed_at IS NOT NULL AND filed_at >= ?)", c.d.From, c.d.From).
		Find(&rows).Error
	if err != nil {
		return fmt.Errorf("count referrals: %w", err)
	}
	var made, filed, whole []time.Duration
	in := func(at Instant) bool { return !at.Before(c.d.From) && !at.After(c.d.At) }
	for _, r := range rows {
		if !r.DeliveredAt.IsZero() && in(r.DeliveredAt) {
			c.week(r.DeliveredAt).Referred++
			made = append(made, r.DeliveredAt.Sub(r.OpenedAt))
			if !r.SignalAt.IsZero() {
				whole = append(whole, r.DeliveredAt.Sub(r.SignalAt))
			}
		}
		if r.FiledAt.IsZero() || !in(r.FiledAt) {
			continue
		}
		c.week(r.FiledAt).Accepted++
		if !r.DeliveredAt.IsZero() {
			filed = append(filed, r.FiledAt.Sub(r.DeliveredAt))
		}
	}
	c.d.Waits.CaseToReferral, c.d.Waits.ReferralToFile, c.d.Waits.SignalToPolice = waitOf(made), waitOf(filed), waitOf(whole)
	return nil
}

// clocksHere begins a question about the limits of cases of the scope, and of objections there that have no case.
func (c *counter) clocksHere() *gorm.DB {
	inCase, args := c.scope.sql("cs")
	alone, more := c.scope.sql("ob")
	return c.db.Table("clocks k").Joins("LEFT JOIN cases cs ON cs.id = k.case_id").Joins("LEFT JOIN objections ob ON ob.id = k.objection_id").
		Where("(k.case_id IS NOT NULL AND "+inCase+" OR k.case_id IS NULL AND "+alone+")", slices.Concat(args, more)...)
}

// overdue is the condition under which a limit of k had passed at a moment: one in hours after it, one in days when it is reached.
func overdue(at string) string {
	return "CASE WHEN k.name IN ? THEN " + at + " > k.due_at ELSE " + at + " >= k.due_at END"
}

// hourClocks lists the limits that are counted in hours.
func hourClocks() []string {
	list := []string{""}
	for _, r := range law.ClockRules() {
		if r.Unit == law.UnitHour {
			list = append(list, string(r.Name))
		}
	}
	return list
}

// clocks counts how the limits were kept: those that ended in the period, and those that run.
func (c *counter) clocks() error {
	hours := hourClocks()
	var rows []struct {
		Name    string
		Ended   bool
		Over    bool
		N       int64
		NextDue Instant
	}
	err := c.clocksHere().Select("k.name, k.ended_at IS NOT NULL AS ended, COALESCE(CASE WHEN k.ended_at IS NOT NULL THEN "+overdue("k.ended_at")+" ELSE "+overdue("?")+" END, FALSE) AS over, COUNT(*) AS n, MIN(k.due_at) AS next_due",
		hours, hours, c.d.At, c.d.At).
		Where("(k.ended_at IS NULL OR k.ended_at >= ? AND k.ended_at <= ?)", c.d.From, c.d.At).Group("1, 2, 3").Order("1").Find(&rows).Error
	if err != nil {
		return fmt.Errorf("count limits: %w", err)
	}
	for _, r := range rows {
		list := c.d.Clocks
		if len(list) == 0 || list[len(list)-1].Name != r.Name {
			list = append(list, ClockCount{Name: r.Name})
		}
		last := &list[len(list)-1]
		switch {
		case r.Ended && r.Over:
			last.Late += r.N
		case r.Ended:
			last.Kept += r.N
		case r.Over:
			last.Overdue += r.N
		default:
			last.Running, last.Next = last.Running+r.N, r.NextDue
		}
		c.d.Clocks = list
	}
	return nil
}

// team counts the cases that are not closed, and who is on them.
func (c *counter) team() error {
	if err := scoped(c.db.Table("cases cs"), c.scope, "cs").Select("COUNT(*)").Where("cs.status <> ?", CaseClosed).Scan(&c.d.LiveCases).Error; err != nil {
		return fmt.Errorf("count live cases: %w", err)
	}
	err := scoped(c.db.Table("case_officers o").Joins("JOIN cases cs ON cs.id = o.case_id"), c.scope, "cs").Select("COUNT(DISTINCT o.user_id)").
		Where("cs.status <> ? AND o.recused_at IS NULL", CaseClosed).Scan(&c.d.Handling).Error
	if err != nil {
		return fmt.Errorf("count who handles cases: %w", err)
	}
	return nil
}

// soonDays is how many days ahead something is due soon, for those who lead.
const soonDays = 7

// officers gathers what each officer has in hand, the fullest first: everybody with a case or an alert in the scope, and who may have one
// there and has none.
func (c *counter) officers() error {
	by := map[int64]*OfficerLoad{}
	of := func(id int64) *OfficerLoad {
		if by[id] == nil {
			by[id] = &OfficerLoad{}
		}
		return by[id]
	}
	for _, step := range []func(func(int64) *OfficerLoad) error{c.casesInHand, c.alertsInHand, c.freeHands} {
		if err := step(of); err != nil {
			return err
		}
	}
	ids := make([]int64, 0, len(by))
	for id := range by {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for part := range slices.Chunk(ids, 5000) {
		var users []User
		if err := c.db.Select("id, name, display_name, display_name_en").Where("id IN ?", part).Find(&users).Error; err != nil {
			return fmt.Errorf("read officers: %w", err)
		}
		for _, u := range users {
			o := by[u.ID]
			o.Name, o.Display, o.DisplayEn = u.Name, u.DisplayName, u.DisplayNameEn
			c.d.Officers = append(c.d.Officers, *o)
		}
	}
	slices.SortFunc(c.d.Officers, func(a, b OfficerLoad) int {
		return cmp.Or(cmp.Compare(b.Late, a.Late), cmp.Compare(b.Cases, a.Cases), cmp.Compare(b.Soon, a.Soon), cmp.Compare(b.Alerts, a.Alerts), cmp.Compare(a.Name, b.Name))
	})
	return nil
}

// casesInHand adds the cases of officers, and those of them with a limit of the agency that is over or due soon.
func (c *counter) casesInHand(of func(int64) *OfficerLoad) error {
	hours := hourClocks()
	const running = "EXISTS (SELECT 1 FROM clocks k WHERE k.case_id = cs.id AND k.ended_at IS NULL AND k.due_at IS NOT NULL AND k.side = 'agency' AND "
	var rows []struct {
		UserID     int64
		Late, Soon bool
		N          int64
	}
	err := scoped(c.db.Table("case_officers o").Joins("JOIN cases cs ON cs.id = o.case_id"), c.scope, "cs").
		Select("o.user_id, "+running+overdue("?")+") AS late, "+running+"k.due_at < ?) AS soon, COUNT(*) AS n", hours, c.d.At, c.d.At, c.d.At.Add(soonDays*24*time.Hour)).
		Where("cs.status <> ? AND o.recused_at IS NULL", CaseClosed).Group("1, 2, 3").Find(&rows).Error
	if err != nil {
		return fmt.Errorf("count the cases of officers: %w", err)
	}
	for _, r := range rows {
		o := of(r.UserID)
		o.Cases += r.N
		if r.Late {
			o.Late += r.N
		} else if r.Soon {
			o.Soon += r.N
		}
	}
	return nil
}

// alertsInHand adds the open alerts of officers that are in no case.
func (c *counter) alertsInHand(of func(int64) *OfficerLoad) error {
	var rows []struct {
		OwnerID       int64
		N, Late, Soon int64
	}
	err := scoped(c.db.Table("alerts al"), c.scope, "al").
		Select("al.owner_id, COUNT(*) AS n, SUM(CASE WHEN al.due_at < ? THEN 1 ELSE 0 END) AS late, SUM(CASE WHEN al.due_at >= ? AND al.due_at < ? THEN 1 ELSE 0 END) AS soon",
			c.d.At, c.d.At, c.d.At.Add(soonDays*24*time.Hour)).
		Where("al.open = TRUE AND al.owner_id IS NOT NULL AND al.status <> ?", AlertInCase).Group("al.owner_id").Find(&rows).Error
	if err != nil {
		return fmt.Errorf("count the alerts of officers: %w", err)
	}
	for _, r := range rows {
		o := of(r.OwnerID)
		o.Alerts, o.Late, o.Soon = o.Alerts+r.N, o.Late+r.Late, o.Soon+r.Soon
	}
	return nil
}

// freeHands adds the officers who may have alerts or cases in the scope.
func (c *counter) freeHands(of func(int64) *OfficerLoad) error {
	var ids []int64
	err := scoped(c.db.Table("grants g").Joins("JOIN users u ON u.id = g.user_id"), c.scope, "g").Where("g.revoked_at IS NULL AND u.disabled = FALSE AND g.role IN ?", []Role{RoleDutyOfficer, RoleCaseHandler}).
		Order("g.user_id").Distinct().Pluck("g.user_id", &ids).Error
	if err != nil {
		return fmt.Errorf("list officers: %w", err)
	}
	for _, id := range ids {
		of(id)
	}
	return nil
}
