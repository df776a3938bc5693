package work

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xiezhi/detect"
	"xiezhi/models"
)

// ReplayChunk is how many companies a replay looks at in one transaction, and how many moments a span may have at most.
const (
	replayChunk   = 250
	replayMoments = 36
)

// ReplayLimit is the longest one run of a replay by the queue; it stops at a clean point and goes on at the next run.
const ReplayLimit = 4 * time.Minute

// replayer holds two rule versions against each other.
type replayer struct {
	desk     *Desk
	actor    models.Actor
	from, to detect.Rules
	sources  map[string]models.Source
	progress Progress
	until    time.Time // zero is no end
	peers    map[models.Instant]detect.Peers
	acting   [2]map[int64][]models.SchemeFact // of each version, by company, where the two judge schemes apart
}

// peersBy gives the peers of a moment, each moment's once.
func (r *replayer) peersBy(ctx context.Context, bounds models.AsOf) (detect.Peers, error) {
	at := bounds.ObservedBy
	if p, ok := r.peers[at]; ok {
		return p, nil
	}
	p, err := r.desk.peersBy(ctx, bounds, r.to)
	if r.peers == nil || len(r.peers) > 2*replayMoments {
		r.peers = map[models.Instant]detect.Peers{}
	}
	r.peers[at] = p
	return p, err
}

// errReplayPaused says that a replay stopped at a clean point to go on later.
var errReplayPaused = errors.New("the replay goes on later")

// ReplayPlanOf writes the plan of a replay of one version against another.
func ReplayPlanOf(from, to detect.Rules) (models.ReplayPlan, error) {
	plan := models.ReplayPlan{From: from.Version, To: to.Version}
	var err, err2, err3 error
	plan.FromSHA256, err = from.Digest()
	plan.ToSHA256, err2 = to.Digest()
	plan.Engine, err3 = detect.EngineDigest()
	return plan, errors.Join(err, err2, err3)
}

// StartReplay orders a replay of a version against the one in force; the queue does it.
func (d *Desk) StartReplay(ctx context.Context, actor models.Actor, number string) (models.RuleReplay, error) {
	from, err := d.RulesNow(ctx)
	if err != nil {
		return models.RuleReplay{}, err
	}
	to, err := d.RulesOf(ctx, number)
	if err != nil {
		return models.RuleReplay{}, err
	}
	plan, err := ReplayPlanOf(from, to)
	if err != nil {
		return models.RuleReplay{}, err
	}
	plan.Queued = true
	return d.Store.BeginReplay(ctx, actor, plan)
}

// RunReplay does a part of an ordered replay; where time ran out it says so by nil and an unfinished replay.
func (d *Desk) RunReplay(ctx context.Context, actor models.Actor, ref string) error {
	rp, err := d.Store.ReplayByRef(ctx, ref)
	if err != nil || rp.State != models.ReplayRunning {
		return err
	}
	from, err := d.RulesOf(ctx, rp.FromNumber)
	if err != nil {
		return err
	}
	to, err := d.RulesOf(ctx, rp.ToNumber)
	if err != nil {
		return err
	}
	err = d.Replay(ctx, actor, &rp, ReplayWork{From: from, To: to, Until: time.Now().Add(ReplayLimit)})
	if errors.Is(err, errReplayPaused) || models.KindOf(err) == models.KindConflict {
		return nil
	}
	return err
}

// ReplayWork is what a replay is done with; Until, where set, is when it pauses.
type ReplayWork struct {
	From, To detect.Rules
	Progress Progress
	Until    time.Time
}

// Replay does a replay from where it stands to its end: all companies as of its moment or moments, the alerts whose outcome is known
// as of when they were last raised, and the schemes of transfers where the two versions judge these apart.
func (d *Desk) Replay(ctx context.Context, actor models.Actor, rp *models.RuleReplay, w ReplayWork) error {
	plan, err := ReplayPlanOf(w.From, w.To)
	if err != nil {
		return err
	}
	if plan.FromSHA256 != rp.FromSHA256 || plan.ToSHA256 != rp.ToSHA256 || plan.Engine != rp.Engine {
		return d.Store.FinishReplay(ctx, actor, rp, "replay.problem.changed")
	}
	r := &replayer{desk: d, actor: actor, from: w.From, to: w.To, progress: w.Progress, until: w.Until}
	if r.sources, err = d.Store.Sources(ctx); err != nil {
		return err
	}
	for rp.Stage != models.StageDone {
		switch rp.Stage {
		case models.StageCompanies:
			err = r.companies(ctx, rp)
		case models.StageOutcomes:
			err = r.outcomes(ctx, rp)
		default:
			err = r.money(ctx, rp)
		}
		if err != nil {
			return fmt.Errorf("replay %s: %w", rp.Ref, err)
		}
		if !r.until.IsZero() && time.Now().After(r.until) && rp.Stage != models.StageDone {
			return errReplayPaused
		}
		if r.progress != nil {
			r.progress(rp.Done, rp.Total, 0, time.Since(rp.StartedAt.Time()))
		}
	}
	return d.Store.FinishReplay(ctx, actor, rp, "")
}

// moments are when companies are looked at: the replay's end, and where it covers a span the end of each of at most 36 equal parts.
func moments(rp *models.RuleReplay) []models.Instant {
	if rp.Since.IsZero() || !rp.Since.Before(rp.AsOf) {
		return []models.Instant{rp.AsOf}
	}
	span := rp.AsOf.Sub(rp.Since)
	n := min(replayMoments, 1+int(span/(30*24*time.Hour)))
	list := make([]models.Instant, 0, n)
	for i := 1; i <= n; i++ {
		list = append(list, rp.Since.Add(span/time.Duration(n)*time.Duration(i)))
	}
	list[n-1] = rp.AsOf
	return list
}

func replayBounds(rp *models.RuleReplay, at models.Instant) models.AsOf {
	if rp.ValidTime {
		return models.AsOf{ObservedBy: at}
	}
	return models.AsOf{RecordedBy: at, ObservedBy: at}
}

// verdict is what a version says of one company: the worst it said at any moment, as an alert would show it.
type verdict struct {
	area, level string
	rank        int
	index       float64
}

func (v verdict) worse(as detect.Assessment) verdict {
	rank := levelRank(as.Level)
	if rank > v.rank || rank == v.rank && as.Index > v.index {
		return verdict{as.Area, string(as.Level), rank, as.Index}
	}
	return v
}

// compare gives the change from one verdict to another; ok is false where they agree.
func compare(from, to verdict) (models.ReplayChange, bool) {
	c := models.ReplayChange{Area: to.area, FromLevel: from.level, ToLevel: to.level, FromIdx: from.index, ToIdx: to.index}
	switch {
	case from.rank == 0 && to.rank > 0:
		c.Change = "gained"
	case from.rank > 0 && to.rank == 0:
		c.Change, c.Area = "lost", from.area
	case to.rank > from.rank:
		c.Change = "raised"
	case to.rank < from.rank:
		c.Change = "lowered"
	default:
		return c, false
	}
	return c, true
}

// companies looks at one chunk of companies.
func (r *replayer) companies(ctx context.Context, rp *models.RuleReplay) error {
	targets, err := r.desk.Store.ReplayTargets(ctx, rp.CursorID, replayChunk)
	if err != nil {
		return err
	}
	step := models.ReplayStep{Cursor: rp.CursorID, Done: int64(len(targets))}
	from, to := make([]verdict, len(targets)), make([]verdict, len(targets))
	work := r.desk.Store.Readers().Work()
	for _, at := range moments(rp) {
		facts, err := r.desk.Store.CompanyFactsBy(ctx, targets, r.sources, replayBounds(rp, at))
		if err != nil {
			return err
		}
		peers, err := r.peersBy(ctx, replayBounds(rp, at))
		if err != nil {
			return err
		}
		for i, c := range targets {
			work.GiveWay()
			before, after, err := r.sides(ctx, rp, c.ID, *facts[c.ID], at)
			if err != nil {
				return err
			}
			from[i] = from[i].worse(detect.Assess(before, peers, r.from, at))
			to[i] = to[i].worse(detect.Assess(after, peers, r.to, at))
		}
	}
	for i, c := range targets {
		step.Cursor = c.ID
		if from[i].rank > 0 {
			step.FromAlerts++
		}
		if to[i].rank > 0 {
			step.ToAlerts++
		}
		if change, ok := compare(from[i], to[i]); ok {
			change.SubjectID, change.Place = c.ID, c.Place
			step.Changes = append(step.Changes, change)
		}
	}
	if len(targets) < replayChunk {
		step.Next = models.StageOutcomes
	}
	return r.desk.Store.RecordReplay(ctx, r.actor, rp, step)
}

// outcomes judges one chunk of the alerts that somebody decided on, each by what was known when it was last raised.
func (r *replayer) outcomes(ctx context.Context, rp *models.RuleReplay) error {
	list, err := r.desk.Store.KnownOutcomes(ctx, rp.CursorID, rp.AsOf, replayChunk)
	if err != nil {
		return err
	}
	step := models.ReplayStep{Cursor: rp.CursorID}
	for _, o := range list {
		step.Cursor = o.AlertID
		c := models.Subject{ID: o.SubjectID, Kind: models.KindCompany, Key: o.Key, Place: o.Place}
		facts, err := r.desk.Store.CompanyFactsBy(ctx, []models.Subject{c}, r.sources, models.AsOf{RecordedBy: o.At, ObservedBy: o.At})
		if err != nil {
			return err
		}
		peers, err := r.peersBy(ctx, models.AsOf{RecordedBy: o.At, ObservedBy: o.At})
		if err != nil {
			return err
		}
		from, to := verdict{}.worse(detect.Assess(*facts[c.ID], peers, r.from, o.At)), verdict{}.worse(detect.Assess(*facts[c.ID], peers, r.to, o.At))
		if change, ok := compare(from, to); ok {
			change.SubjectID, change.Place, change.AlertID, change.Outcome = c.ID, o.Place, &o.AlertID, o.Outcome
			step.Changes = append(step.Changes, change)
		}
	}
	if len(list) < replayChunk {
		step.Next = models.StageMoney
	}
	return r.desk.Store.RecordReplay(ctx, r.actor, rp, step)
}

// money holds the schemes of transfers that the two versions find against each other, by subject and area. The ledger is read as a
// scan reads it, whole; where both versions judge schemes alike it is not read at all, and the open alerts of schemes count for both.
func (r *replayer) money(ctx context.Context, rp *models.RuleReplay) error {
	step := models.ReplayStep{Next: models.StageDone}
	if alike, err := r.sameMoney(); err != nil {
		return err
	} else if alike {
		n, err := r.desk.Store.OpenSchemeAlerts(ctx)
		if err != nil {
			return err
		}
		step.FromAlerts, step.ToAlerts = n, n // both keep what stands
		return r.desk.Store.RecordReplay(ctx, r.actor, rp, step)
	}
	newest, err := r.desk.Store.NewestTransfer(ctx)
	if err != nil {
		return err
	}
	if newest > 0 {
		from, err := r.schemes(ctx, rp, r.from)
		if err != nil {
			return err
		}
		to, err := r.schemes(ctx, rp, r.to)
		if err != nil {
			return err
		}
		step.FromAlerts, step.ToAlerts, step.Changes = int64(len(from)), int64(len(to)), compareSchemes(from, to)
	}
	return r.desk.Store.RecordReplay(ctx, r.actor, rp, step)
}

// sameMoney says whether the two versions judge schemes alike: patterns, bands and evidence cap.
func (r *replayer) sameMoney() (bool, error) {
	a, b := r.from, r.from
	b.Money, b.Bands, b.EvidenceCap = r.to.Money, r.to.Bands, r.to.EvidenceCap
	one, err := a.Digest()
	if err != nil {
		return false, err
	}
	two, err := b.Digest()
	return one == two, err
}

type schemeKey struct {
	subject int64
	area    string
}

type schemeVerdict struct {
	verdict
	subject models.Subject
}

func (r *replayer) schemes(ctx context.Context, rp *models.RuleReplay, rules detect.Rules) (map[schemeKey]schemeVerdict, error) {
	p := &moneyPass{desk: r.desk, rules: rules, scan: &models.Scan{Ref: rp.Ref}, bounds: replayBounds(rp, rp.AsOf), sources: r.sources}
	found, _, _, err := p.search(ctx)
	if err != nil {
		return nil, err
	}
	out := map[schemeKey]schemeVerdict{}
	for _, f := range found {
		k := schemeKey{f.Subject.ID, f.Finding.Area}
		if v := out[k]; f.Finding.LevelRank > v.rank || f.Finding.LevelRank == v.rank && f.Finding.Index > v.index {
			out[k] = schemeVerdict{verdict{f.Finding.Area, f.Finding.Level, f.Finding.LevelRank, f.Finding.Index}, f.Subject}
		}
	}
	return out, nil
}

func compareSchemes(from, to map[schemeKey]schemeVerdict) []models.ReplayChange {
	var list []models.ReplayChange
	add := func(k schemeKey, sub models.Subject) {
		if change, ok := compare(from[k].verdict, to[k].verdict); ok {
			change.SubjectID, change.Place = sub.ID, sub.Place
			list = append(list, change)
		}
	}
	for k, v := range from {
		add(k, v.subject)
	}
	for k, v := range to {
		if _, both := from[k]; !both {
			add(k, v.subject)
		}
	}
	return list
}
