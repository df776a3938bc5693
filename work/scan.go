package work

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"xiezhi/detect"
	"xiezhi/models"
)

// ScanOptions says what to scan; see models.ScanPlan.
type ScanOptions struct {
	All      bool
	AsOf     models.Instant
	ValidAt  models.Instant
	Progress Progress

	// OnArrival leaves out what only people who start a scan want to know: whether the newest fact is old.
	OnArrival bool
}

// ScanReport is what a scan did, in the form of the public contract.
type ScanReport struct {
	Scan           string           `json:"scan"`
	AsOf           models.Instant   `json:"as_of"`
	Subjects       int64            `json:"subjects"`
	Changed        int64            `json:"changed"`
	Alerts         ScanAlerts       `json:"alerts"`
	ByLevel        map[string]int64 `json:"by_level"`
	ByArea         map[string]int64 `json:"by_area"`
	ByJurisdiction map[string]int64 `json:"by_jurisdiction"`
	Money          MoneyReport      `json:"money"`
	Notice         string           `json:"notice,omitempty"`
	Seconds        float64          `json:"seconds"`
}

// ScanAlerts counts what happened to alerts.
type ScanAlerts struct {
	Raised    int64 `json:"raised"`
	Updated   int64 `json:"updated"`
	Unchanged int64 `json:"unchanged"`
	Closed    int64 `json:"closed"`
}

// Tallies are the sums that a scan stores with itself: by level, and for those with a level by area and by division.
type Tallies struct {
	ByLevel        map[string]int64 `json:"by_level"`
	ByArea         map[string]int64 `json:"by_area"`
	ByJurisdiction map[string]int64 `json:"by_jurisdiction"`
}

// scanChunk is how many companies are stored in one transaction.
const scanChunk = 250

// staleAfter is the longest window of the rules: facts older than this say nothing about the present.
const staleAfter = 400 * 24 * time.Hour

// Scan evaluates companies and raises or updates alerts. A killed scan is taken up where it stopped.
func (d *Desk) Scan(ctx context.Context, actor models.Actor, opts ScanOptions) (ScanReport, error) {
	d.scanning.Lock()
	defer d.scanning.Unlock()
	started := time.Now()
	rules, err := d.RulesNow(ctx)
	if err != nil {
		return ScanReport{}, err
	}
	sc, err := d.Store.BeginScan(ctx, actor, models.ScanPlan{All: opts.All, AsOf: opts.AsOf, ValidAt: opts.ValidAt, RuleVersion: rules.Version})
	if err != nil {
		return ScanReport{}, err
	}
	// A scan of the present takes each company as of the moment it looks: what arrived since the scan began counts, and is marked.
	present := sc.ValidAt.IsZero() && sc.AsOf.Equal(sc.StartedAt)
	bounds, end := sc.Bounds()
	sums := Tallies{ByLevel: map[string]int64{"red": 0, "orange": 0, "yellow": 0, "blue": 0, "none": 0}, ByArea: map[string]int64{}, ByJurisdiction: map[string]int64{}}
	sources, err := d.Store.Sources(ctx)
	if err != nil {
		return ScanReport{}, err
	}
	flow, err := d.scanMoney(ctx, actor, &sc, rules, sources, present)
	if err != nil {
		return ScanReport{}, err
	}
	for {
		targets, err := d.Store.ScanTargets(ctx, sc, scanChunk)
		if err != nil {
			return ScanReport{}, err
		}
		if len(targets) == 0 {
			break
		}
		if present {
			sc.AsOf = d.Store.Now()
			bounds, end = sc.Bounds()
		}
		facts, err := d.Store.CompanyFactsBy(ctx, targets, sources, bounds)
		if err != nil {
			return ScanReport{}, fmt.Errorf("scan %s: %w", sc.Ref, err)
		}
		list := make([]models.Assessed, 0, len(targets))
		for _, c := range targets {
			a, err := assess(c, *facts[c.ID], rules, end)
			if err != nil {
				return ScanReport{}, fmt.Errorf("scan %s: assess %s: %w", sc.Ref, c.Key, err)
			}
			sums.count(a)
			list = append(list, a)
		}
		if _, err := d.Store.RecordAssessments(ctx, actor, &sc, list, targets[len(targets)-1].ID); err != nil {
			return ScanReport{}, err
		}
		if opts.Progress != nil {
			opts.Progress(sc.Subjects, 0, 0, time.Since(started))
		}
	}
	sums.countMoney(flow)
	sc.Subjects += flow.Accounts
	if err := d.Store.FinishScan(ctx, actor, &sc, sums); err != nil {
		return ScanReport{}, err
	}
	if present {
		since := sc.StartedAt
		if sc.ScopeAll {
			since = models.Instant{}
		}
		if _, err := d.rankQueue(ctx, actor, since); err != nil {
			return ScanReport{}, err
		}
	}
	rep := ScanReport{Scan: sc.Ref, AsOf: end, Subjects: sc.Subjects, Changed: sc.Changed, ByLevel: sums.ByLevel, ByArea: sums.ByArea,
		ByJurisdiction: sums.ByJurisdiction, Money: flow, Alerts: ScanAlerts{sc.Raised, sc.Updated, sc.Unchanged, sc.Closed}, Seconds: time.Since(started).Seconds()}
	if !opts.OnArrival {
		rep.Notice, err = d.staleNotice(ctx, end)
	}
	return rep, err
}

func (d *Desk) staleNotice(ctx context.Context, end models.Instant) (string, error) {
	newest, err := d.Store.NewestFactAt(ctx)
	if err != nil || newest.IsZero() || end.Sub(newest) < staleAfter {
		return "", err
	}
	return fmt.Sprintf("the newest fact is of %s, older than every window: scan history with --valid-at", newest.Time().Format(time.DateOnly)), nil
}

func (s *Tallies) count(a models.Assessed) {
	s.ByLevel[a.Level]++
	if a.LevelRank > 0 {
		s.ByArea[a.Area]++
		s.ByJurisdiction[a.Subject.DivisionCode]++
	}
}

// countMoney counts the accounts looked at, each once: those whose schemes have a level by it, the others as none.
func (s *Tallies) countMoney(rep MoneyReport) {
	for _, l := range rep.levels {
		s.ByLevel[l.level]++
		s.ByArea[l.area]++
		s.ByJurisdiction[l.division]++
	}
	s.ByLevel["none"] += max(0, rep.Accounts-int64(len(rep.levels)))
}

// levelRank orders levels for lists: red 4 to blue 1, none 0.
func levelRank(l detect.Level) int {
	switch l {
	case detect.LevelRed:
		return 4
	case detect.LevelOrange:
		return 3
	case detect.LevelYellow:
		return 2
	case detect.LevelBlue:
		return 1
	default:
		return 0
	}
}

// assess evaluates one company. The stored JSON leaves the moment out, which the row has, so that equal evaluations are equal.
func assess(c models.Subject, facts models.CompanyFacts, rules detect.Rules, end models.Instant) (models.Assessed, error) {
	as := detect.Assess(facts, nil, rules, end)
	out := models.Assessed{Subject: c, Index: as.Index, Level: string(as.Level), LevelRank: levelRank(as.Level), Area: as.Area}
	if out.LevelRank > 0 {
		f := models.AreaFinding{Area: as.Area, Level: string(as.Level), LevelRank: out.LevelRank, Index: as.Index,
			SingleSource: as.SingleSource, AmountFen: as.Measures.AmountFen, People: as.Measures.People}
		if as.Trigger != nil {
			f.Trigger = as.Trigger.Code
		}
		for _, ind := range as.Indicators {
			f.Reasons = append(f.Reasons, models.Reason{Indicator: ind.Code, Key: ind.Reason, Dimension: ind.Dimension, Points: ind.Points, Value: ind.Value, Args: ind.Args})
			f.Kinds = append(f.Kinds, ind.Code)
		}
		out.Areas = append(out.Areas, f)
	}
	as.AsOf = models.Instant{}
	payload, err := json.Marshal(as)
	if err != nil {
		return out, fmt.Errorf("write assessment: %w", err)
	}
	out.Payload = payload
	return out, nil
}
