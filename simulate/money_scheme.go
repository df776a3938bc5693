package simulate

import (
	"math"
	"time"
)

// payBack is how many payers of a scheme are remembered as those whom it may pay.
const payBack = 64

// The share of all transfers that schemes make, and how many one of them makes.
const (
	schemeShare = 0.06
	schemeLeast = 24
	schemeMost  = 1500
)

type stake struct {
	payer party
	fen   int64
}

// moneyOfScheme is the money side of a bad company.
type moneyOfScheme struct {
	perDay  float64 // transfers on the last day of its growth
	fee     int64   // fen, where everybody pays the same; 0: nobody does
	home    int     // where its payers begin among the residents
	crowd   int     // how many they are
	balance int64
	paid    [payBack]stake
	payers  int
	used    int // mules that were tried
	voice   voice
	offer   product
}

func (m *money) addSchemes(transfers int) {
	if len(m.w.schemes) == 0 {
		return
	}
	budget := min(schemeMost, max(schemeLeast, schemeShare*float64(transfers)/float64(len(m.w.schemes))))
	s := scribe{w: m.w}
	for _, sc := range m.w.schemes {
		r := m.w.nth(streamActor, sc.company)
		sum := 0.0
		for d := range memoryDays {
			sum += m.pace(sc, d)
		}
		c := m.w.company(sc.company)
		mo := &sc.money
		mo.voice, mo.offer = s.voice(&c), c.product
		mo.perDay = budget * (0.5 + r.Float64()) / max(sum, 1)
		mo.home, mo.crowd = r.IntN(m.w.residents), 20+r.IntN(min(900, m.w.residents))
		if t := c.profile.typology; t == "mlm_scheme" || t == "prepaid_scheme" || r.IntN(9) == 0 {
			mo.fee = between(r, 19, 98) * 10_000
		}
	}
}

// pace is how much of its last day's life a scheme shows on a day, 0 to 1.
func (m *money) pace(sc *scheme, d int) float64 {
	t := m.w.days.start.AddDate(0, 0, d)
	last := sc.life.last(m.w.end)
	if t.Before(sc.life.grown.Add(-10*24*time.Hour)) || t.After(last.Add(3*24*time.Hour)) {
		return 0
	}
	span := math.Max(20, last.Sub(sc.life.grown).Hours()/24)
	left := last.Sub(t).Hours() / 24
	return math.Exp(-2.6*left/span) * (0.5 + 0.5*m.w.days.weight[moodSteady][d])
}

func (m *money) schemeDay() {
	for _, sc := range m.w.schemes {
		x := sc.money.perDay * m.pace(sc, m.d)
		n := int(x + m.r.Float64())
		if n == 0 {
			continue
		}
		sc.learn(m.at.Add(20 * time.Hour))
		for range n {
			m.schemeMove(sc)
		}
		if m.r.IntN(4) == 0 || sc.money.balance > 300_000_00 {
			m.sweep(sc)
		}
	}
}

// collector is the account of the scheme that takes money in.
func (m *money) collector(sc *scheme) party {
	if sc.own && m.r.IntN(3) == 0 {
		return ofPerson(2 * sc.company)
	}
	return ofCompany(sc.company)
}

func (m *money) schemeMove(sc *scheme) {
	mo := &sc.money
	u := m.r.Float64()
	old := mo.paid[m.r.IntN(payBack)]
	fallen := !sc.life.fall.IsZero() && m.at.After(sc.life.fall)
	switch {
	case u < 0.24 && old.fen > 0 && !fallen && mo.balance > 0:
		m.payOut(sc, old)
	case u < 0.31:
		m.running(sc)
	case fallen:
		m.sweep(sc)
	default:
		m.takeIn(sc)
	}
}

func (m *money) takeIn(sc *scheme) {
	mo := &sc.money
	i := (mo.home + m.r.IntN(1+min(mo.crowd, 8+mo.payers))) % m.w.residents // word of mouth: the crowd grows with those who paid
	payer := ofPerson(m.w.officers() + i)
	fen := mo.fee
	if fen == 0 {
		fen = round(m.amount(9.3, 1.2))
	}
	to := m.collector(sc)
	m.act(sc, movement{second: m.second(), from: payer, to: to, fen: fen, memo: "memo_join", channel: "mobile", device: payer,
		voice: &mo.voice})
	mo.paid[mo.payers%payBack] = stake{payer, fen}
	mo.payers++
	mo.balance += fen
}

// payOut pays somebody what was promised on his stake; where no figure was, a little.
func (m *money) payOut(sc *scheme, old stake) {
	share := 0.02 + m.r.Float64()*0.03
	if offer := sc.money.offer; offer.permyriad > 0 {
		share = float64(offer.permyriad) / 10_000
		switch offer.period {
		case "day":
			share *= 7
		case "year":
			share /= 12
		}
	}
	fen := min(int64(float64(old.fen)*share), sc.money.balance)
	sc.money.balance -= fen
	m.act(sc, movement{second: m.second(), from: ofCompany(sc.company), to: old.payer, fen: fen, memo: "memo_back", channel: "online",
		voice: &sc.money.voice})
}

// running pays what every company pays: wages, rent, goods.
func (m *money) running(sc *scheme) {
	if m.r.IntN(2) == 0 {
		worker := m.w.officers() + (sc.company*13+m.r.IntN(12))%m.w.residents
		m.act(sc, movement{second: m.second(), from: ofCompany(sc.company), to: ofPerson(worker), fen: m.amount(8.7, 0.4),
			memo: "memo_pay", channel: "online"})
		return
	}
	other := (sc.company*31 + 7 + m.r.IntN(5)) % m.w.asked
	m.act(sc, movement{second: m.second(), from: ofCompany(sc.company), to: ofCompany(other), fen: m.amount(9, 1), memo: "memo_supply",
		channel: "online"})
}

// act adds a movement of a scheme and remembers which of its own accounts took part.
func (m *money) act(sc *scheme, v movement) {
	for _, p := range []party{v.from, v.to} {
		if m.belongs(sc, p) {
			sc.moved[p.String()] = true
		}
	}
	m.add(v)
}

func (m *money) belongs(sc *scheme, p party) bool {
	if p < 0 {
		return m.w.at[int(-1-p)] == sc
	}
	i := int(p)
	return i == 2*sc.company || i == sc.holder(m.w) || i >= sc.firstMule && i < sc.firstMule+sc.mules
}

// sweep sends most of what was collected away, in one to three steps that follow each other fast, to where it is spent.
func (m *money) sweep(sc *scheme) {
	mo := &sc.money
	fen := mo.balance * between(m.r, 45, 92) / 100
	if fen < 100_000 {
		return
	}
	mo.balance -= fen
	second := int64(8*3600 + m.r.IntN(12*3600))
	hops := []party{ofCompany(sc.company)}
	if len(sc.shells) > 0 && m.r.IntN(3) > 0 {
		hops = append(hops, ofCompany(sc.shells[m.r.IntN(len(sc.shells))]))
	}
	if sc.mules > 0 && m.r.IntN(3) > 0 {
		k := m.r.IntN(min(sc.mules, mo.used+1))
		if k == mo.used {
			mo.used++
			m.act(sc, movement{second: second - int64(between(m.r, 3, 40)*60), from: hops[0], to: ofPerson(sc.firstMule + k),
				fen: between(m.r, 1, 10) * 100, memo: "memo_ring", channel: "online"})
		}
		hops = append(hops, ofPerson(sc.firstMule+k))
	}
	hops = append(hops, m.exit(sc))
	for i := 1; i < len(hops); i++ {
		memo := "memo_round"
		if i == len(hops)-1 {
			memo = "memo_cash"
		}
		m.act(sc, movement{second: second, from: hops[i-1], to: hops[i], fen: fen, memo: memo, channel: "online"})
		second += between(m.r, 4, 100) * 60
		fen = fen * between(m.r, 960, 1000) / 1000
	}
}

// exit is where the money of a scheme goes in the end: to the one behind it, a shop for gold, a house, a trade on its side.
func (m *money) exit(sc *scheme) party {
	switch {
	case m.r.IntN(2) == 0:
		return ofPerson(sc.holder(m.w))
	case len(m.shops) > 0 && m.r.IntN(2) == 0:
		return ofCompany(m.shops[sc.company%len(m.shops)])
	}
	return ofPerson(m.w.officers() + (sc.company*7+m.r.IntN(4))%m.w.residents)
}
