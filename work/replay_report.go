package work

import (
	"context"
	"slices"
	"strings"

	"xiezhi/models"
)

// ReplayCounts is how often something changed.
type ReplayCounts struct {
	Gained  int64 `json:"gained"`
	Lost    int64 `json:"lost"`
	Raised  int64 `json:"raised"`
	Lowered int64 `json:"lowered"`
}

// Add counts a change.
func (c *ReplayCounts) Add(change string, n int64) {
	switch change {
	case "gained":
		c.Gained += n
	case "lost":
		c.Lost += n
	case "raised":
		c.Raised += n
	case "lowered":
		c.Lowered += n
	}
}

// ReplayRow is what changed in one division and area.
type ReplayRow struct {
	Division string `json:"division"`
	Area     string `json:"area"`
	ReplayCounts
}

// ReplayCompany is a subject behind the numbers. Outcome is set where it is an alert that somebody decided on.
type ReplayCompany struct {
	Subject   string  `json:"subject"`
	Name      string  `json:"name,omitempty"`
	Division  string  `json:"division"`
	Area      string  `json:"area"`
	Change    string  `json:"change"`
	Outcome   string  `json:"outcome,omitempty"`
	Alert     string  `json:"alert,omitempty"`
	FromLevel string  `json:"from_level"`
	ToLevel   string  `json:"to_level"`
	FromIndex float64 `json:"from_index"`
	ToIndex   float64 `json:"to_index"`
}

// ReplayReport is what a replay found, in the form of the public contract. Rows and Alerts count companies and schemes; Outcomes
// counts alerts that somebody decided on, by outcome. Truncated says that more companies stand behind the numbers than are listed.
type ReplayReport struct {
	Replay     string                   `json:"replay"`
	From       string                   `json:"from"`
	To         string                   `json:"to"`
	Since      models.Instant           `json:"since,omitzero"`
	AsOf       models.Instant           `json:"as_of"`
	Subjects   int64                    `json:"subjects"`
	FromAlerts int64                    `json:"from_alerts"`
	ToAlerts   int64                    `json:"to_alerts"`
	Alerts     ReplayCounts             `json:"alerts"`
	Outcomes   map[string]*ReplayCounts `json:"outcomes"`
	Rows       []ReplayRow              `json:"by_jurisdiction"`
	Companies  []ReplayCompany          `json:"companies"`
	Truncated  bool                     `json:"truncated"`
}

// ReplayReport sums a replay in the actor's scope and lists at most so many of the companies behind the numbers.
func (d *Desk) ReplayReport(ctx context.Context, actor models.Actor, rp models.RuleReplay, most int) (ReplayReport, error) {
	rep := ReplayReport{Replay: rp.Ref, From: rp.FromNumber, To: rp.ToNumber, Since: rp.Since, AsOf: rp.AsOf, Subjects: rp.Done, FromAlerts: rp.FromAlerts, ToAlerts: rp.ToAlerts,
		Outcomes: map[string]*ReplayCounts{"filed": {}, "confirmed": {}, "dismissed": {}}, Rows: []ReplayRow{}, Companies: []ReplayCompany{}}
	sums, err := d.Store.ReplaySums(ctx, actor, rp)
	if err != nil {
		return rep, err
	}
	for _, s := range sums {
		if s.Stage == models.StageOutcomes {
			rep.Outcomes[s.Outcome].Add(s.Change, s.Count)
			continue
		}
		rep.Alerts.Add(s.Change, s.Count)
		i := slices.IndexFunc(rep.Rows, func(r ReplayRow) bool { return r.Division == s.DivisionCode && r.Area == s.Area })
		if i < 0 {
			i = len(rep.Rows)
			rep.Rows = append(rep.Rows, ReplayRow{Division: s.DivisionCode, Area: s.Area})
		}
		rep.Rows[i].Add(s.Change, s.Count)
	}
	slices.SortFunc(rep.Rows, func(a, b ReplayRow) int { return strings.Compare(a.Division+a.Area, b.Division+b.Area) })
	if most <= 0 {
		return rep, nil
	}
	lines, more, err := d.Store.ReplayLines(ctx, actor, rp, models.ReplayFilter{Limit: most})
	rep.Truncated = more
	for _, l := range lines {
		subject := models.SubjectRef{Kind: l.SubjectKind, ID: l.SubjectKey}
		if l.SubjectRef != nil {
			subject.ID = *l.SubjectRef
		}
		c := ReplayCompany{Subject: subject.String(), Division: l.DivisionCode, Area: l.Area, Change: l.Change, Outcome: l.Outcome, Alert: l.AlertRef,
			FromLevel: l.FromLevel, ToLevel: l.ToLevel, FromIndex: l.FromIdx, ToIndex: l.ToIdx}
		if l.SubjectKind == models.KindCompany {
			c.Name = l.SubjectName
		}
		rep.Companies = append(rep.Companies, c)
	}
	return rep, err
}
