package simulate

import (
	"fmt"
	"math/rand/v2"
)

// The share of all transfers that rings make; how many rings there are for how many companies.
const (
	ringShare  = 0.02
	oneRingFor = 900
	ringMules  = 9
)

// ring is a set of people who lend their accounts: to those who deceive on the telephone, or to a betting site.
type ring struct {
	number   int
	betting  bool
	first    int   // its first person
	near     int   // accounts that the victims pay into
	far      int   // accounts behind them
	days     []int // when it works
	perDay   int
	night    bool
	device   bool
	seen     bool
	moved    map[string]bool
	residual int64
	r        *rand.Rand
}

// ringsOf gives the number of rings beside n companies.
func ringsOf(n int) int { return n / oneRingFor }

func (m *money) addRings(transfers int) {
	count := ringsOf(m.w.asked)
	for k := range count {
		r := m.w.nth(streamActor, 1<<30+k)
		g := &ring{number: k, betting: r.IntN(3) == 0, first: m.w.firstMule() + m.w.mules - (count-k)*ringMules,
			near: 2 + r.IntN(4), far: 1 + r.IntN(3), night: r.IntN(2) == 0, device: r.IntN(2) == 0, moved: map[string]bool{}, r: r}
		first, episodes := r.IntN(memoryDays-60), 1+r.IntN(4)
		if r.IntN(2) == 0 {
			first = memoryDays - 100 + r.IntN(60)
		}
		for range episodes {
			for d := range 1 + r.IntN(4) {
				if first+d < memoryDays {
					g.days = append(g.days, first+d)
				}
			}
			first += 5 + r.IntN(12)
		}
		g.perDay = max(12, min(120, int(ringShare*float64(transfers))/count/max(1, len(g.days))))
		m.rings = append(m.rings, g)
	}
}

func (m *money) ringDay() {
	for _, g := range m.rings {
		for _, d := range g.days {
			if d == m.d {
				m.ringEpisode(g)
			}
		}
	}
}

// ringEpisode: many pay in, the accounts in front pass on within the hour, those behind buy coins, gold or cash.
func (m *money) ringEpisode(g *ring) {
	from := int64(between(g.r, 8, 15) * 3600)
	if g.night {
		from = int64(between(g.r, 0, 3) * 3600)
	}
	front := func() party { return ofPerson(g.first + g.r.IntN(g.near)) }
	behind := func() party { return ofPerson(g.first + g.near + g.r.IntN(g.far)) }
	if !g.seen {
		g.seen = true
		m.ringMove(g, movement{second: from - 900, from: ofPerson(g.first), to: behind(), fen: between(g.r, 1, 9) * 100, memo: "memo_ring"})
	}
	memo := "memo_ring"
	if g.betting {
		memo = "memo_bet"
	}
	for n := 0; n < g.perDay; n += 3 {
		at := from + int64(g.r.IntN(6*3600))
		a, b := front(), behind()
		sum := int64(0)
		for range 1 + g.r.IntN(3) {
			fen := m.amount(8.6, 1.3)
			if g.betting {
				fen = round(m.amount(5.8, 0.8))
			}
			victim := m.resident()
			m.ringMove(g, movement{second: at + int64(g.r.IntN(600)), from: victim, to: a, fen: fen, memo: memo, device: victim})
			sum += fen
		}
		at += 600 + int64(between(g.r, 2, 35)*60)
		sum = sum * between(g.r, 970, 1000) / 1000
		m.ringMove(g, movement{second: at, from: a, to: b, fen: sum, memo: "memo_ring", device: m.shared(g, a)})
		if g.residual += sum; g.r.IntN(2) == 0 {
			dealer := ofPerson(m.w.officers() + (g.number*71+g.r.IntN(3))%m.w.residents)
			m.ringMove(g, movement{second: at + int64(between(g.r, 3, 50)*60), from: b, to: dealer,
				fen: g.residual * between(g.r, 960, 1000) / 1000, memo: "memo_cash", device: m.shared(g, b)})
			g.residual = 0
		}
	}
}

// shared is the device from which an account is used: in some rings one for all.
func (m *money) shared(g *ring, p party) party {
	if g.device {
		return ofPerson(g.first)
	}
	return p
}

func (m *money) ringMove(g *ring, v movement) {
	v.channel = "mobile"
	for _, p := range []party{v.from, v.to} {
		if int(p) >= g.first && int(p) < g.first+g.near+g.far {
			g.moved[p.String()] = true
		}
	}
	m.add(v)
}

func (g *ring) id(prefix string) string { return fmt.Sprintf("R-%s-%04d", prefix, g.number+1) }

func (g *ring) typology() string {
	if g.betting {
		return "betting_ring"
	}
	return "mule_ring"
}
