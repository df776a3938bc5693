package work

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"

	"xiezhi/detect"
	"xiezhi/models"
)

// peerbook keeps the peers of a moment: a scan stores them once, and what is stored never changes.
type peerbook struct {
	mu   sync.Mutex
	scan int64
	made detect.Peers
}

// PeersAt gives the peers that growth was held against at a moment, those of now for the zero moment; none before the first whole scan.
func (d *Desk) PeersAt(ctx context.Context, at models.Instant) (detect.Peers, error) {
	list, err := d.Store.PeerGrowthAt(ctx, at)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	d.peers.mu.Lock()
	defer d.peers.mu.Unlock()
	if d.peers.scan != list[0].ScanID || len(d.peers.made) != len(list) {
		d.peers.scan, d.peers.made = list[0].ScanID, make(detect.Peers, len(list))
		for _, g := range list {
			d.peers.made[detect.PeerKey{Area: g.Area, Size: g.Size, Month: g.Month}] = detect.PeerStats{Mean: g.Mean, SD: g.SD, N: int(g.Products)}
		}
	}
	return d.peers.made, nil
}

// peersBy gives the peers that a question within bounds is answered by: for what was known at a moment those stored by then; for what
// was true at a moment, whenever it became known, those that the facts themselves make.
func (d *Desk) peersBy(ctx context.Context, bounds models.AsOf, rules detect.Rules) (detect.Peers, error) {
	if bounds.RecordedBy.IsZero() && !bounds.ObservedBy.IsZero() {
		return d.countPeers(ctx, bounds, rules)
	}
	return d.PeersAt(ctx, bounds.RecordedBy)
}

// countPeers measures the growth of all products within bounds.
func (d *Desk) countPeers(ctx context.Context, bounds models.AsOf, rules detect.Rules) (detect.Peers, error) {
	var growth []detect.ProductGrowth
	err := d.Store.ProductHistories(ctx, bounds, func(history []models.Fact[models.ProductRow]) {
		if g, ok := detect.GrowthOf(history, rules); ok {
			growth = append(growth, g)
		}
	})
	if err != nil {
		return nil, err
	}
	return detect.PeersOf(growth), nil
}

// scanPeers gives the peers of a scan; a whole scan of the present counts and stores them first.
func (d *Desk) scanPeers(ctx context.Context, actor models.Actor, sc *models.Scan, rules detect.Rules, present bool) (detect.Peers, error) {
	bounds, _ := sc.Bounds()
	if !present || !sc.ScopeAll {
		return d.peersBy(ctx, bounds, rules)
	}
	if sc.CursorID == 0 {
		peers, err := d.countPeers(ctx, bounds, rules)
		if err != nil {
			return nil, err
		}
		list := make([]models.PeerGrowth, 0, len(peers))
		for k, s := range peers {
			list = append(list, models.PeerGrowth{Area: k.Area, Size: k.Size, Month: k.Month, Products: int64(s.N), Mean: s.Mean, SD: s.SD})
		}
		slices.SortFunc(list, func(a, b models.PeerGrowth) int {
			return cmp.Or(cmp.Compare(a.Area, b.Area), cmp.Compare(a.Size, b.Size), cmp.Compare(a.Month, b.Month))
		})
		if err := d.Store.RecordPeers(ctx, actor, *sc, list); err != nil {
			return nil, err
		}
	}
	return d.PeersAt(ctx, models.Instant{})
}

// rateKey is an indicator of an area.
type rateKey struct{ area, indicator string }

// rateCounter counts how common indicators are while a whole scan goes on.
type rateCounter struct {
	companies map[string]int64
	showing   map[rateKey]int64
}

func newRateCounter() *rateCounter {
	return &rateCounter{map[string]int64{}, map[rateKey]int64{}}
}

func (c *rateCounter) count(as detect.Assessment) {
	if c == nil {
		return
	}
	c.companies[as.Area]++
	for _, ind := range as.Indicators {
		c.showing[rateKey{as.Area, ind.Code}]++
	}
}

// recordRates stores the base rates of a whole scan with how alerts on each indicator ended.
func (d *Desk) recordRates(ctx context.Context, actor models.Actor, sc models.Scan, c *rateCounter) error {
	confirmed, unfounded := map[rateKey]int64{}, map[rateKey]int64{}
	for after := int64(0); ; {
		list, err := d.Store.EndedAlerts(ctx, after, learnPage)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			break
		}
		for _, e := range list {
			after = e.ID
			for _, kind := range e.Kinds {
				if e.Bad {
					confirmed[rateKey{e.Area, kind}]++
				} else {
					unfounded[rateKey{e.Area, kind}]++
				}
			}
		}
	}
	keys := maps.Clone(c.showing)
	for _, more := range []map[rateKey]int64{confirmed, unfounded} {
		for k := range more {
			keys[k] += 0
		}
	}
	list := make([]models.BaseRate, 0, len(keys))
	for k := range keys {
		list = append(list, models.BaseRate{Area: k.area, Indicator: k.indicator, Companies: c.companies[k.area], Showing: c.showing[k], Confirmed: confirmed[k], Unfounded: unfounded[k]})
	}
	slices.SortFunc(list, func(a, b models.BaseRate) int {
		return cmp.Or(cmp.Compare(a.Area, b.Area), cmp.Compare(a.Indicator, b.Indicator))
	})
	return d.Store.RecordBaseRates(ctx, actor, sc, list)
}
