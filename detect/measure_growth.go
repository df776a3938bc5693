package detect

import (
	"math"
	"time"

	"xiezhi/models"
)

// Peers are the statistics of one month's growth of participants, as PeersOf gives them. The zero Peers are "unknown": fixed
// anchors stand in.
type Peers map[PeerKey]PeerStats

// PeerKey says whose growth: the risk area, the size before the growth (see SizeBand; AnySize is every size), and the month of the
// year in which it was observed (1-12; AnyMonth is every month).
type PeerKey struct {
	Area  string
	Size  int
	Month int
}

// Every size, every month.
const (
	AnySize  = -1
	AnyMonth = 0
)

// SizeBand sorts a product by the participants it had before: fewer than 50 are acquaintances, 150 is from where raising from the
// public is prosecuted, 500 and 5,000 are the further bands of GEN-08.
func SizeBand(investors int64) int {
	for i, from := range []int64{50, 150, 500, 5000} {
		if investors < from {
			return i
		}
	}
	return 4
}

// PeerStats are the mean and the standard deviation of growth over N products.
type PeerStats struct {
	Mean float64 `json:"mean"`
	SD   float64 `json:"sd"`
	N    int     `json:"n"`
}

// ProductGrowth is the growth of one product's participants over thirty days, as a fraction (0.5 is half as many again).
type ProductGrowth struct {
	PeerKey
	Growth float64
}

// GrowthOf gives the growth up to the newest observation of one product by one source, oldest first; false where its history does
// not tell, or the rules hold nothing against peers.
func GrowthOf(history []models.Fact[models.ProductRow], rules Rules) (ProductGrowth, bool) {
	ind := rules.growthRule()
	if ind == nil || len(history) < 2 {
		return ProductGrowth{}, false
	}
	list := make([]*models.Fact[models.ProductRow], len(history))
	for i := range history {
		list[i] = &history[i]
	}
	g, base, ok := growthAt(list, len(list)-1, ind)
	if !ok {
		return ProductGrowth{}, false
	}
	last := list[len(list)-1]
	return ProductGrowth{PeerKey{rules.compiled.areas[rules.compiled.areaIndex(last.Row.Area)].rule.Code, SizeBand(*list[base].Row.Investors), monthOf(last.ObservedAt)}, g}, true
}

// growthRule gives the indicator that holds growth against peers, nil where there is none.
func (r *Rules) growthRule() *compiledIndicator {
	for i := range r.compiled.indicators {
		if ind := &r.compiled.indicators[i]; ind.Measure == "growth_peers" {
			return ind
		}
	}
	return nil
}

func monthOf(at models.Instant) int { return int(at.Time().In(chinaTime()).Month()) }

// mostGrowth bounds what one product adds to the statistics of its peers: one that exploded must not hide the next.
const mostGrowth = 3

// PeersOf sums growth up: by area, size and month; by area and size; and by area.
func PeersOf(growth []ProductGrowth) Peers {
	type sums struct{ n, sum, squares float64 }
	by := map[PeerKey]sums{}
	for _, g := range growth {
		x := min(g.Growth, mostGrowth)
		for _, k := range []PeerKey{g.PeerKey, {g.Area, g.Size, AnyMonth}, {g.Area, AnySize, AnyMonth}} {
			s := by[k]
			by[k] = sums{s.n + 1, s.sum + x, s.squares + x*x}
		}
	}
	peers := make(Peers, len(by))
	for k, s := range by {
		mean := s.sum / s.n
		peers[k] = PeerStats{Mean: mean, SD: math.Sqrt(max(0, s.squares/s.n-mean*mean)), N: int(s.n)}
	}
	return peers
}

// of gives the closest peers that are enough: of the same area, size and month, else of all months, else of all sizes.
func (p Peers) of(k PeerKey, least float64) (PeerStats, bool) {
	for _, k := range []PeerKey{k, {k.Area, k.Size, AnyMonth}, {k.Area, AnySize, AnyMonth}} {
		if s, ok := p[k]; ok && float64(s.N) >= least && s.SD > 0 {
			return s, true
		}
	}
	return PeerStats{}, false
}

// growthAt gives the growth up to observation k of a product, against the newest observation at least the window's days
// older, else the oldest at least a week older; it is brought to the length of the window.
func growthAt(history []*models.Fact[models.ProductRow], k int, ind *compiledIndicator) (growth float64, base int, ok bool) {
	now := history[k]
	if now.Row.Investors == nil {
		return 0, 0, false
	}
	window := ind.Params["days"]
	base = -1
	for j := k - 1; j >= 0; j-- {
		age := now.ObservedAt.Sub(history[j].ObservedAt).Hours() / 24
		if history[j].Row.Investors == nil || age < 7 {
			continue
		}
		base = j
		if age >= window {
			break
		}
	}
	if base < 0 {
		return 0, 0, false
	}
	days := now.ObservedAt.Sub(history[base].ObservedAt).Hours() / 24
	before := max(0, float64(*history[base].Row.Investors))
	return (float64(*now.Row.Investors) - before) / (before + ind.Params["floor"]) * window / days, base, true
}

// investorsGrowth: growth of investors against fixed anchors and against the product's own past.
func investorsGrowth(v *view, ind *compiledIndicator) (hit, bool) {
	return v.growth(ind, func(_ *product, g float64, _ int) float64 {
		return along(g, ind.Params["growth_zero"], ind.Params["growth_full"])
	})
}

// growthPeers: growth of investors against the products of the same area, size before the growth and month of the year, against
// fixed anchors where these are too few, and against the product's own past.
func growthPeers(v *view, ind *compiledIndicator) (hit, bool) {
	return v.growth(ind, v.peerShare(ind))
}

func (v *view) growth(ind *compiledIndicator, peerShare func(p *product, g float64, base int) float64) (hit, bool) {
	h := hit{unit: "growth_30d"}
	for i := range v.products {
		p := &v.products[i]
		if !v.here(p.area) || p.fact.ObservedAt.Micro() < v.since(3*ind.Params["days"]) {
			continue
		}
		g, base, ok := growthAt(p.history, len(p.history)-1, ind)
		if !ok {
			continue
		}
		share := max(peerShare(p, g, base), v.ownShare(p, g, ind))
		if share <= 0 {
			continue
		}
		raw := ind.Points * min(1, share)
		r := fieldRef(&p.fact.Provenance, "investors", count64(*p.history[base].Row.Investors)+" > "+count64(*p.fact.Row.Investors))
		r.weight, r.url = raw, p.fact.Row.URL
		h.refs = append(h.refs, r)
		if raw > h.raw || raw == h.raw && g > h.value {
			h.raw, h.value = raw, g
		}
	}
	h.threshold = ind.Params["growth_zero"]
	h.args = map[string]string{"value": number(h.value * 100)}
	return h, h.raw > 0
}

// peerShare is 0-1 along the z-score among peers, or along fixed anchors where peers are too few. Who the peers are does not depend
// on the newest number, so that a higher one never lowers the share.
func (v *view) peerShare(ind *compiledIndicator) func(p *product, g float64, base int) float64 {
	return func(p *product, g float64, base int) float64 {
		k := PeerKey{v.c.areas[p.area].rule.Code, SizeBand(*p.history[base].Row.Investors), monthOf(p.fact.ObservedAt)}
		stats, ok := v.peers.of(k, ind.Params["peers_min"])
		if !ok {
			return along(g, ind.Params["growth_zero"], ind.Params["growth_full"])
		}
		return along((g-stats.Mean)/stats.SD, ind.Params["z_zero"], ind.Params["z_full"])
	}
}

// ownShare is 0-1 along the z-score among the product's own earlier growth; growth below the fixed anchor is none.
func (v *view) ownShare(p *product, g float64, ind *compiledIndicator) float64 {
	n, sum, squares := 0.0, 0.0, 0.0
	for k := range p.history[:len(p.history)-1] {
		if p.fact.ObservedAt.Sub(p.history[k].ObservedAt) < 7*24*time.Hour {
			break
		}
		if x, _, ok := growthAt(p.history, k, ind); ok {
			n, sum, squares = n+1, sum+x, squares+x*x
		}
	}
	if n < ind.Params["own_min"] || g <= ind.Params["growth_zero"] {
		return 0
	}
	mean := sum / n
	sd := max(0.05, math.Sqrt(max(0, squares/n-mean*mean)))
	return along((g-mean)/sd, ind.Params["z_zero"], ind.Params["z_full"])
}

// along gives 0 up to zero, 1 from full on, and a straight line between.
func along(x, zero, full float64) float64 {
	return min(1, max(0, (x-zero)/(full-zero)))
}
