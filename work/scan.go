package work

import (
	"context"
	"fmt"
	"slices"
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

// Scan evaluates companies and raises or updates alerts. A killed scan is taken up where it stopped; one scan goes on at a time.
func (d *Desk) Scan(ctx context.Context, actor models.Actor, opts ScanOptions) (ScanReport, error) {
	d.scanning.Lock()
	defer d.scanning.Unlock()
	release, err := d.Store.LockScans(ctx)
	if err != nil {
		return ScanReport{}, err
	}
	defer release()
	r := &scanRun{desk: d, actor: actor, opts: opts, started: time.Now(), seen: map[int64]int{}, reached: map[int64]int{},
		sums: Tallies{ByLevel: map[string]int64{"red": 0, "orange": 0, "yellow": 0, "blue": 0, "none": 0}, ByArea: map[string]int64{}, ByJurisdiction: map[string]int64{}}}
	if err := r.begin(ctx); err != nil {
		return ScanReport{}, err
	}
	flow, err := d.scanMoney(ctx, actor, &r.sc, r.rules, r.sources, r.present)
	if err != nil {
		return ScanReport{}, err
	}
	if err := r.all(ctx); err != nil {
		return ScanReport{}, err
	}
	if err := r.reach(ctx); err != nil {
		return ScanReport{}, err
	}
	r.sums.countMoney(flow)
	r.sc.Subjects += flow.Accounts
	return r.end(ctx, flow)
}

// scanRun is one scan on its way.
type scanRun struct {
	desk    *Desk
	actor   models.Actor
	opts    ScanOptions
	started time.Time
	sc      models.Scan
	rules   detect.Rules
	peers   detect.Peers
	sources map[string]models.Source
	present bool // it is about now: each company as of the moment it is looked at, so that what arrives meanwhile counts and is marked
	sums    Tallies
	rates   *rateCounter  // of a whole scan of the present
	turn    int           // the number of the chunk
	seen    map[int64]int // companies looked at, with the last turn of each
	reached map[int64]int // companies that something new was brought to by one they are tied to, with the last turn of each
}

func (r *scanRun) begin(ctx context.Context) (err error) {
	d := r.desk
	if r.rules, err = d.RulesNow(ctx); err != nil {
		return err
	}
	if err = d.Store.SettleFacts(ctx); err != nil {
		return err
	}
	r.sc, err = d.Store.BeginScan(ctx, r.actor, models.ScanPlan{All: r.opts.All, AsOf: r.opts.AsOf, ValidAt: r.opts.ValidAt, RuleVersion: r.rules.Version})
	if err != nil {
		return err
	}
	r.present = r.sc.ValidAt.IsZero() && r.sc.AsOf.Equal(r.sc.StartedAt)
	if r.sources, err = d.Store.Sources(ctx); err != nil {
		return err
	}
	if r.present && r.sc.ScopeAll && r.sc.CursorID == 0 { // one that was taken up did not see everybody
		r.rates = newRateCounter()
	}
	r.peers, err = d.scanPeers(ctx, r.actor, &r.sc, r.rules, r.present)
	return err
}

// all looks at every company that the scan is about.
func (r *scanRun) all(ctx context.Context) error {
	for {
		targets, err := r.desk.Store.ScanTargets(ctx, r.sc, scanChunk)
		if err != nil || len(targets) == 0 {
			return err
		}
		if err := r.chunk(ctx, targets, targets[len(targets)-1].ID); err != nil {
			return err
		}
		if r.opts.Progress != nil {
			r.opts.Progress(r.sc.Subjects, 0, 0, time.Since(r.started))
		}
	}
}

// chunk assesses some companies and stores what was found, with the scan's cursor.
func (r *scanRun) chunk(ctx context.Context, targets []models.Subject, cursor int64) error {
	d := r.desk
	if r.present {
		r.sc.AsOf = d.Store.Now()
	}
	bounds, end := r.sc.Bounds()
	facts, err := d.Store.CompanyFactsBy(ctx, targets, r.sources, bounds)
	if err != nil {
		return fmt.Errorf("scan %s: %w", r.sc.Ref, err)
	}
	list := make([]models.Assessed, 0, len(targets))
	work := d.Store.Readers().Work()
	for _, c := range targets {
		work.GiveWay()
		as := detect.Assess(*facts[c.ID], r.peers, r.rules, end)
		a, err := assessed(c, as)
		if err != nil {
			return fmt.Errorf("scan %s: assess %s: %w", r.sc.Ref, c.Key, err)
		}
		a.Reach = models.ReachOf(a.OwnRank, facts[c.ID])
		r.rates.count(as)
		r.sums.count(a)
		list = append(list, a)
	}
	tally, err := d.Store.RecordAssessments(ctx, r.actor, &r.sc, list, cursor)
	r.turn++
	for _, c := range targets {
		r.seen[c.ID] = r.turn
	}
	for _, id := range tally.Reached {
		r.reached[id] = r.turn
	}
	return err
}

// reachRounds bounds how often a scan looks again at companies that something was brought to; what is left stays marked for the next.
const reachRounds = 3

// reach looks once more at companies that were brought something new by one they are tied to after they were looked at. What ties add
// is no part of an own level, so that it reaches nobody further.
func (r *scanRun) reach(ctx context.Context) error {
	for range reachRounds {
		var ids []int64
		for id, turn := range r.reached {
			if seen, ok := r.seen[id]; !ok || seen <= turn {
				ids = append(ids, id)
			}
		}
		clear(r.reached)
		slices.Sort(ids)
		for part := range slices.Chunk(ids, scanChunk) {
			if err := r.again(ctx, part); err != nil {
				return err
			}
		}
	}
	return nil
}

// again looks at companies that were reached; those that were counted already are counted as they stand now.
func (r *scanRun) again(ctx context.Context, ids []int64) error {
	targets, err := r.desk.Store.ScannedCompanies(ctx, ids)
	if err != nil || len(targets) == 0 {
		return err
	}
	subjects := r.sc.Subjects
	for _, c := range targets {
		if _, counted := r.seen[c.ID]; counted {
			r.sums.discount(c)
			subjects--
		}
	}
	rates := r.rates
	r.rates = nil
	err = r.chunk(ctx, targets, r.sc.CursorID)
	r.rates = rates
	r.sc.Subjects = subjects + int64(len(targets))
	return err
}

// end closes the scan, orders the queue and tells what was done.
func (r *scanRun) end(ctx context.Context, flow MoneyReport) (ScanReport, error) {
	d, sc := r.desk, &r.sc
	if r.rates != nil {
		if err := d.recordRates(ctx, r.actor, *sc, r.rates); err != nil {
			return ScanReport{}, err
		}
	}
	if err := d.Store.FinishScan(ctx, r.actor, sc, r.sums); err != nil {
		return ScanReport{}, err
	}
	if r.present {
		since := sc.StartedAt
		if sc.ScopeAll {
			since = models.Instant{}
		}
		if _, err := d.rankQueue(ctx, r.actor, since); err != nil {
			return ScanReport{}, err
		}
	}
	_, end := sc.Bounds()
	rep := ScanReport{Scan: sc.Ref, AsOf: end, Subjects: sc.Subjects, Changed: sc.Changed, ByLevel: r.sums.ByLevel, ByArea: r.sums.ByArea,
		ByJurisdiction: r.sums.ByJurisdiction, Money: flow, Alerts: ScanAlerts{sc.Raised, sc.Updated, sc.Unchanged, sc.Closed}, Seconds: time.Since(r.started).Seconds()}
	var err error
	if !r.opts.OnArrival {
		rep.Notice, err = d.staleNotice(ctx, end)
	}
	return rep, err
}
