package detect

import (
	"math"
	"time"

	"xiezhi/models"
)

// Peers are the statistics of one month's growth of investors by risk area, as Growth gives it. The zero Peers are
// "unknown": fixed anchors stand in.
type Peers map[string]PeerStats

// PeerStats are the mean and the standard deviation of growth over N products.
type PeerStats struct {
	Mean float64 `json:"mean"`
	SD   float64 `json:"sd"`
	N    int     `json:"n"`
}

// AreaGrowth is the growth of one product's investors over thirty days, as a fraction (0.5 is half as many again).
type AreaGrowth struct {
	Area   string
	Growth float64
}

// Growth gives the growth of each product of a company whose history allows to tell, for PeersOf.
func Growth(facts models.CompanyFacts, rules Rules, asOf models.Instant) []AreaGrowth {
	v := &view{rules: &rules, c: rules.compiled, asOf: asOf, us: asOf.Micro(), guessed: -1}
	v.scanned = v.c.borrow()
	defer v.c.giveBack(v.scanned)
	v.readProducts(facts.Products)
	var out []AreaGrowth
	for i := range rules.compiled.indicators {
		ind := &rules.compiled.indicators[i]
		if ind.Measure != "investors_growth" {
			continue
		}
		for j := range v.products {
			p := &v.products[j]
			if g, _, ok := growthAt(p.history, len(p.history)-1, ind); ok {
				out = append(out, AreaGrowth{v.c.areas[p.area].rule.Code, g})
			}
		}
		break
	}
	return out
}

// PeersOf sums growth up by area.
func PeersOf(growth []AreaGrowth) Peers {
	peers := Peers{}
	sums := map[string][2]float64{}
	for _, g := range growth {
		s := sums[g.Area]
		s[0], s[1] = s[0]+g.Growth, s[1]+g.Growth*g.Growth
		sums[g.Area] = s
		p := peers[g.Area]
		p.N++
		peers[g.Area] = p
	}
	for area, p := range peers {
		n := float64(p.N)
		p.Mean = sums[area][0] / n
		p.SD = math.Sqrt(max(0, sums[area][1]/n-p.Mean*p.Mean))
		peers[area] = p
	}
	return peers
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

// investorsGrowth: growth of investors against the peers of the area and against the product's own past.
func investorsGrowth(v *view, ind *compiledIndicator) (hit, bool) {
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
		share := max(v.peerShare(p, g, ind), v.ownShare(p, g, ind))
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

// peerShare is 0-1 along the z-score among peers, or along fixed anchors where peers are too few.
func (v *view) peerShare(p *product, g float64, ind *compiledIndicator) float64 {
	stats := v.peers[v.c.areas[p.area].rule.Code]
	if float64(stats.N) >= ind.Params["peers_min"] && stats.SD > 0 {
		return along((g-stats.Mean)/stats.SD, ind.Params["z_zero"], ind.Params["z_full"])
	}
	return along(g, ind.Params["growth_zero"], ind.Params["growth_full"])
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
