package models

import (
	"context"
	"database/sql"
	"fmt"
)

// Surround is what stands around every page of somebody who is signed in.
type Surround struct {
	Calendar string // the name of the calendar that holds now
	Office   Authority
	Rules    string // the number of the rule version in force; empty where there is none
	Scan     Scan   // the last one that was done: its number and times; zero where there is none
	Urgent   int64  // alerts that wait and cannot be left, as far as the actor may read alerts; at most countCap
	Notices  int64  // that the actor has not read
}

// Surround asks all of it in one question, since every page does.
func (s *Store) Surround(ctx context.Context, actor Actor) (Surround, error) {
	var f Surround
	var changed int64
	var rules, ref sql.NullString
	alerts, args := s.waitingAlerts(actor, urgentAlert)
	args = append(args, actor.UserID, actor.AuthorityID)
	row := s.read(ctx).Raw(`SELECT a.id, a.code, a.name, a.name_en, a.division_code, (SELECT COALESCE(MAX(id), 0) FROM calendar_days), (SELECT number FROM rule_versions WHERE state = '`+string(RuleInForce)+`'),
		(SELECT COUNT(*) FROM (`+alerts+`) x), (SELECT COUNT(*) FROM notices WHERE user_id = ? AND read_at IS NULL), sc.ref, sc.as_of, sc.valid_at, sc.started_at, sc.finished_at
		FROM authorities a LEFT JOIN scans sc ON sc.id = (SELECT MAX(id) FROM scans WHERE status = 'done') WHERE a.id = ?`, args...).Row()
	err := row.Scan(&f.Office.ID, &f.Office.Code, &f.Office.Name, &f.Office.NameEn, &f.Office.DivisionCode, &changed, &rules, &f.Urgent, &f.Notices, &ref, &f.Scan.AsOf, &f.Scan.ValidAt, &f.Scan.StartedAt, &f.Scan.FinishedAt)
	if err != nil {
		return f, fmt.Errorf("read what surrounds the pages of %s: %w", actor.Name, err)
	}
	f.Rules, f.Scan.Ref = rules.String, ref.String
	f.Calendar = nameAfter(changed)
	return f, nil
}
