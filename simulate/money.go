package simulate

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"time"
)

// The money of the last half year.
const (
	moneyDays     = 180
	remembered    = 256 // investors that a scheme may pay back
	schemeInTen   = 0.04
	shopping      = 0.46
	payroll       = 0.20
	supply        = 0.18
	payrollOnDays = 3
)

// scheme is the money of one bad company.
type scheme struct {
	company  *company
	collect  []string // accounts that take money in
	shells   []string
	from     float64 // share of the time that has passed when it begins
	paid     [remembered]stake
	investor int
	fee      int64 // fen, where everybody pays the same
}

type stake struct {
	account string
	fen     int64
}

// money writes transfers in the order of time, holding nothing but the schemes.
type money struct {
	w         *world
	r         *rand.Rand
	out       *sheet
	residents []person
	shops     []*company
	zipf      *rand.Zipf
	schemes   []scheme
	buf       []byte
	at        time.Time
	passed    float64
	n         int
}

func newMoney(w *world, r *rand.Rand, out *sheet) *money {
	m := &money{w: w, r: r, out: out, residents: w.persons[w.officers:]}
	for i := range w.companies {
		c := &w.companies[i]
		if c.profile.class == "merchant" && c.profile.cohort != cohortBad {
			m.shops = append(m.shops, c)
		}
		if c.profile.cohort == cohortBad {
			m.schemes = append(m.schemes, m.scheme(c))
		}
	}
	if len(m.shops) > 0 {
		m.zipf = rand.NewZipf(r, 1.3, 4, uint64(len(m.shops)-1))
	}
	return m
}

func (m *money) scheme(c *company) scheme {
	s := scheme{company: c, collect: []string{c.account, m.w.persons[c.legal].account}, from: m.r.Float64() * 0.6}
	if c.holder != c.legal {
		s.collect = append(s.collect, m.w.persons[c.holder].account)
	}
	for _, i := range c.shells {
		s.shells = append(s.shells, m.w.companies[i].account)
	}
	if c.profile.typology == "mlm_scheme" || c.profile.typology == "prepaid_scheme" {
		s.fee = between(m.r, 19, 98) * 10_000
	}
	return s
}

// write makes n transfers.
func (m *money) write(ctx context.Context, n int) error {
	if len(m.w.companies) == 0 {
		return nil
	}
	start := m.w.end.AddDate(0, 0, -moneyDays)
	for i := range n {
		if i%4096 == 0 && ctx.Err() != nil {
			return fmt.Errorf("simulate transfers: %w", ctx.Err())
		}
		m.passed = (float64(i) + m.r.Float64()) / float64(n)
		day, part := math.Modf(m.passed * moneyDays)
		m.at = start.AddDate(0, 0, int(day)).Add(time.Duration(hourOf(part) * float64(time.Hour))).Truncate(time.Second)
		if !m.schemeMoney() {
			m.ordinary()
		}
	}
	return nil
}

// hourOf turns an even share of a day into the hour of a busy one: few at night, most by day.
func hourOf(part float64) float64 {
	switch {
	case part < 0.04:
		return part / 0.04 * 7
	case part < 0.9:
		return 7 + (part-0.04)/0.86*14
	}
	return 21 + (part-0.9)/0.1*2.999
}

func (m *money) ordinary() {
	u, day := m.r.Float64(), m.at.Day()
	payDay := day == 10 || day == 15 || day == 25
	switch {
	case payDay && u < payroll*payrollOnDays:
		m.payroll()
	case u < shopping && m.zipf != nil:
		shop := m.shops[m.zipf.Uint64()]
		buyer := m.anybody()
		m.move(buyer.account, shop.account, m.amount(4.2, 1.0), "mobile", buyer.id, "memo_shop", nil)
	case u < shopping+supply:
		a := m.r.IntN(len(m.w.companies))
		b := (a*31 + 7 + m.r.IntN(5)) % len(m.w.companies)
		m.move(m.w.companies[a].account, m.w.companies[b].account, m.amount(9.4, 1.2), "online", "", "memo_supply", nil)
	default:
		a, b := m.anybody(), m.anybody()
		m.move(a.account, b.account, m.amount(5.8, 1.3), "mobile", a.id, "memo_friend", nil)
	}
}

func (m *money) payroll() {
	i := m.r.IntN(len(m.w.companies))
	c := &m.w.companies[i]
	worker := &m.residents[(i*13+m.r.IntN(int(c.staff)+1))%len(m.residents)]
	fen := between(m.r, 4200, 16_000) * 100
	m.move(c.account, worker.account, fen, "online", "", "memo_pay", nil)
}

func (m *money) anybody() *person { return &m.residents[m.r.IntN(len(m.residents))] }

// amount draws fen from a log-normal of yuan.
func (m *money) amount(mu, sigma float64) int64 {
	return max(1, int64(math.Exp(mu+sigma*m.r.NormFloat64())*100))
}

// schemeMoney makes a transfer of a bad company, more and more of them as it grows; false: not this time.
func (m *money) schemeMoney() bool {
	if len(m.schemes) == 0 || m.r.Float64() > schemeInTen {
		return false
	}
	s := &m.schemes[m.r.IntN(len(m.schemes))]
	if m.passed < s.from || m.r.Float64() > math.Exp(2.5*((m.passed-s.from)/(1-s.from)-1)) {
		return false
	}
	values := s.company.product.values
	account := s.collect[m.r.IntN(len(s.collect))]
	u := m.r.Float64()
	old := s.paid[m.r.IntN(remembered)]
	switch {
	case u < 0.30 && old.fen > 0 && s.company.product.permille > 0:
		m.move(account, old.account, max(1, old.fen*s.company.product.permille/1000), "online", "", "memo_out", values)
	case u < 0.40 && len(s.shells) > 0:
		m.move(account, s.shells[m.r.IntN(len(s.shells))], between(m.r, 5, 90)*1_000_000, "online", "", "memo_move", values)
	default:
		p := m.anybody()
		fen := s.fee
		if fen == 0 {
			fen = []int64{1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000}[m.r.IntN(7)] * 100
		}
		s.paid[s.investor%remembered] = stake{p.account, fen}
		s.investor++
		m.move(p.account, account, fen, "mobile", p.id, "memo_in", values)
	}
	return true
}

func (m *money) move(from, to string, fen int64, channel, device, memo string, values map[string]string) {
	m.n++
	b := append(m.buf[:0], "T-"...)
	b = strconv.AppendInt(b, int64(1_000_000_000+m.n), 10)
	b = append(append(append(append(b, ','), from...), ','), to...)
	b = appendYuan(append(b, ','), fen)
	b = m.at.AppendFormat(append(b, ",CNY,"...), time.RFC3339)
	b = append(append(b, ','), channel...)
	b = append(b, ',')
	if device != "" {
		b = append(append(b, "D-"...), device...)
	}
	b = append(b, ',')
	if m.n%3 != 0 {
		b = append(b, m.w.lex.say(m.r, memo, values)...)
	}
	m.buf = append(b, ",BANK\n"...)
	m.out.raw(m.buf)
}
