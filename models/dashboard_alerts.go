package models

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
)

// counter fills a dashboard from one store.
type counter struct {
	db      *gorm.DB
	dialect string
	scope   Scope
	d       *Dashboard
}

// alerts begins a question about alerts of the scope that an index alone answers, one that begins with the province. SQLite, which has no
// figures on how many rows a question is about, would else take one of the queue's and look up every row.
func (c *counter) alerts(index string) *gorm.DB {
	table := "alerts al"
	if c.dialect == "sqlite" {
		table += " INDEXED BY " + index
	}
	q := scoped(c.db.Table(table), c.scope, "al")
	if index == "alerts_standing" && c.scope.nation {
		return q // in the order of the index, which a list of provinces would take away
	}
	return q.Where("al.p2 IN ?", c.scope.provinces())
}

// places counts open alerts by place and level, and of the red and orange ones those that wait for a decision, as the queue lists them.
func (c *counter) places() error {
	var rows []struct {
		P2, C4, C6 string
		LevelRank  int
		N, Waiting int64
	}
	err := c.alerts("alerts_standing").Select("al.p2, al.c4, al.c6, al.level_rank, COUNT(*) AS n, SUM(CASE WHEN al.status <> 'in_case' AND (al.status <> 'snoozed' OR al.snoozed_until <= ?) THEN 1 ELSE 0 END) AS waiting", c.d.At).
		Where("al.open = TRUE").
		Group("al.p2, al.c4, al.c6, al.level_rank").Order("al.p2, al.c4, al.c6").Find(&rows).Error
	if err != nil {
		return fmt.Errorf("count open alerts by place: %w", err)
	}
	for _, r := range rows {
		list := c.d.Places
		if len(list) == 0 || list[len(list)-1].P2 != r.P2 || list[len(list)-1].C4 != r.C4 || list[len(list)-1].C6 != r.C6 {
			list = append(list, PlaceCount{P2: r.P2, C4: r.C4, C6: r.C6})
		}
		list[len(list)-1].Levels.add(r.LevelRank, r.N)
		if r.LevelRank >= 3 {
			c.d.Waiting += r.Waiting
		}
		c.d.Places = list
	}
	return nil
}

// weeks counts the alerts raised in each week. A question for each week adds up along the index; grouping all weeks at once would sort
// all alerts of the period.
func (c *counter) weeks() error {
	for from := c.d.From; !from.After(c.d.At); {
		t := from.Time().In(China)
		next := At(time.Date(t.Year(), t.Month(), t.Day()+7, 0, 0, 0, 0, China))
		w := WeekCount{From: from}
		err := c.alerts("alerts_raised").Select(`COALESCE(SUM(CASE WHEN al.level_rank = 4 THEN 1 ELSE 0 END), 0) AS red, COALESCE(SUM(CASE WHEN al.level_rank = 3 THEN 1 ELSE 0 END), 0) AS orange,
COALESCE(SUM(CASE WHEN al.level_rank = 2 THEN 1 ELSE 0 END), 0) AS yellow, COALESCE(SUM(CASE WHEN al.level_rank = 1 THEN 1 ELSE 0 END), 0) AS blue`).
			Where("al.raised_at >= ? AND al.raised_at < ?", from, next).Take(&w.Raised).Error
		if err != nil {
			return fmt.Errorf("count the alerts of a week: %w", err)
		}
		c.d.Weeks = append(c.d.Weeks, w)
		from = next
	}
	return nil
}

// week gives the week in which an instant of the period lies.
func (c *counter) week(at Instant) *WeekCount {
	i, ok := slices.BinarySearchFunc(c.d.Weeks, at, func(w WeekCount, at Instant) int { return w.From.Time().Compare(at.Time()) })
	if !ok {
		i--
	}
	return &c.d.Weeks[max(i, 0)]
}

// signals counts the signals that became known in the period.
func (c *counter) signals() error {
	err := scoped(c.db.Table("signal_counts sn"), c.scope, "sn").Select("COALESCE(SUM(sn.n), 0)").Where("sn.p2 IN ? AND sn.day >= ?", c.scope.provinces(), dayNumber(c.d.From)).
		Where("NOT EXISTS (SELECT 1 FROM batches b WHERE b.id = sn.batch_id AND b.withdrawn_at IS NOT NULL)").Scan(&c.d.Signals).Error
	if err != nil {
		return fmt.Errorf("count signals: %w", err)
	}
	return nil
}

// lags takes the median from the first signal to the alert, of the alerts raised in the period, from how many there are of each hour.
func (c *counter) lags() error {
	hours := "(al.raised_at - al.signal_at) / 3600000000"
	if c.dialect == "postgres" {
		hours = "CAST(FLOOR(EXTRACT(EPOCH FROM (al.raised_at - al.signal_at)) / 3600) AS BIGINT)"
	}
	var rows []struct{ Hours, N int64 }
	err := c.alerts("alerts_raised").Select(hours+" AS hours, COUNT(*) AS n").Where("al.raised_at >= ? AND al.raised_at <= ? AND al.signal_at IS NOT NULL", c.d.From, c.d.At).
		Group("hours").Order("hours").Find(&rows).Error
	if err != nil {
		return fmt.Errorf("measure the time from signal to alert: %w", err)
	}
	var all int64
	for _, r := range rows {
		all += r.N
	}
	at := func(rank int64) time.Duration { // of the rank-th, counted from 0
		for _, r := range rows {
			if rank -= r.N; rank < 0 {
				return time.Duration(r.Hours) * time.Hour
			}
		}
		return 0
	}
	c.d.Waits.SignalToAlert = Wait{Median: (at((all-1)/2) + at(all/2)) / 2, N: all}
	return nil
}

// waitOf takes the median of some spans.
func waitOf(list []time.Duration) Wait {
	if len(list) == 0 {
		return Wait{}
	}
	slices.Sort(list)
	return Wait{Median: (list[(len(list)-1)/2] + list[len(list)/2]) / 2, N: int64(len(list))}
}

// decided counts the alerts decided on in the period, by the whole part of their index, level and outcome.
func (c *counter) decided() error {
	floor := "CAST(al.idx AS INTEGER)"
	if c.dialect == "postgres" {
		floor = "CAST(FLOOR(al.idx) AS INTEGER)"
	}
	var rows []struct {
		Floor     int
		LevelRank int
		Outcome   string
		N         int64
	}
	err := c.alerts("alerts_decided").Select(floor+` AS floor, al.level_rank, CASE WHEN al.status = 'dismissed' AND al.reason IN ('false_positive','licensed','not_in_scope','`+ReasonRevoked+`') THEN 'unfounded'
WHEN al.status <> 'dismissed' AND al.case_id IS NOT NULL THEN 'confirmed' ELSE 'other' END AS outcome, COUNT(*) AS n`).
		Where("al.decided_at IS NOT NULL AND al.decided_at >= ? AND al.decided_at <= ?", c.d.From, c.d.At).Group("1, 2, 3").Order("1 DESC, 2 DESC").Find(&rows).Error
	if err != nil {
		return fmt.Errorf("count what was decided: %w", err)
	}
	for _, r := range rows {
		list, level := c.d.Decided, levelOfRank(r.LevelRank)
		if len(list) == 0 || list[len(list)-1].Floor != r.Floor || list[len(list)-1].Level != level {
			list = append(list, DecidedCount{Floor: r.Floor, Level: level})
		}
		last := &list[len(list)-1]
		switch r.Outcome {
		case "confirmed":
			last.Confirmed += r.N
		case "unfounded":
			last.Unfounded += r.N
		default:
			last.Other += r.N
		}
		c.d.Decided = list
	}
	return nil
}

func levelOfRank(rank int) string {
	return []string{"none", "blue", "yellow", "orange", "red"}[min(max(rank, 0), 4)]
}
