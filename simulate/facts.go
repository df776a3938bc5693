package simulate

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"time"
)

// scribe writes what is known of the companies of a world.
type scribe struct {
	w      *world
	r      *rand.Rand
	out    sheets
	prefix string // of the references, so that two sets of files do not meet
	refs   int
}

// writeFacts writes all but the transfers and what is known after them.
func (s *scribe) writeFacts(ctx context.Context) error {
	s.institutions()
	for i := range s.w.plan {
		if i%256 == 0 && ctx.Err() != nil {
			return fmt.Errorf("simulate: %w", ctx.Err())
		}
		c := s.w.company(i)
		s.r = c.r
		s.company(&c)
		s.licence(&c)
		s.officers(&c)
		s.relations(&c)
		if c.scheme == nil || c.scheme.company == i {
			v := s.voice(&c)
			s.products(&c, v)
			for _, plan := range c.profile.signals {
				s.signals(&c, plan, v)
			}
		}
		s.label(&c)
	}
	for i := s.w.officers(); i < s.w.firstMule()+s.w.mules; i++ {
		if i%4096 == 0 && ctx.Err() != nil {
			return fmt.Errorf("simulate: %w", ctx.Err())
		}
		p := s.w.person(i)
		s.person(&p)
		s.account(&p)
	}
	s.chain()
	return nil
}

func (s *scribe) institutions() {
	known := stamp(s.w.end.AddDate(-2, 0, 0))
	for i, name := range s.w.lex.lines["bank_name"] {
		s.out["institutions"].row(bankCode(i), name, "bank", "440000", "BANK", known)
	}
	for i, name := range s.w.lex.lines["pay_name"] {
		s.out["institutions"].row(fmt.Sprintf("PAY%02d", i+1), name, "payment", "440000", "BANK", known)
	}
}

func bankCode(i int) string { return fmt.Sprintf("BK%02d", i+1) }

// company writes the registry's row, and a later one where something changed.
func (s *scribe) company(c *company) {
	p, abnormal := c.profile, ""
	paid := c.capital * between(s.r, 20, 100) / 100
	if s.r.IntN(6) == 0 || (p.cohort == cohortBad || p.cohort == cohortShell) && s.r.IntN(3) > 0 {
		paid = c.capital * between(s.r, 0, 10) / 100
	}
	if s.r.IntN(40) == 0 || p.cohort == cohortShell && s.r.IntN(5) == 0 {
		abnormal = day(c.known.AddDate(0, 0, -7))
	}
	scope := s.w.lex.pick(s.r, p.scope)
	write := func(name, address, abnormal string, staff int64, known time.Time) {
		s.out["companies"].row(c.id, name, p.kind, p.industry, c.division, address, number(c.capital)+".00",
			number(paid)+".00", day(c.established), "active", scope, c.site, c.phone, number(staff), abnormal, "SAMR", stamp(known))
	}
	write(c.name, c.address, abnormal, c.staff, c.known)
	changes := s.r.IntN(5) / 4 * (1 + s.r.IntN(2))
	if p.cohort == cohortBad {
		changes = s.r.IntN(3)
	}
	for n := range changes {
		left := s.w.end.Sub(c.known)
		later := c.known.Add(left * time.Duration(30*(n+1)+s.r.IntN(20)) / 100)
		write(c.name, s.w.address(s.r, c.division), abnormal, max(0, c.staff+between(s.r, -2, 4)), later)
	}
	s.out["accounts"].row(c.account, bankCode(s.r.IntN(len(s.w.lex.lines["bank_name"]))), "company:"+c.id, p.class,
		day(c.established.AddDate(0, 0, 20)), "active", c.division, c.phone, "BANK", stamp(c.known))
}

// oneHolderIn is of how many companies one has a holder whose own account is known; that of who represents it always is.
const oneHolderIn = 5

// officers writes the two people of a company, and their accounts.
func (s *scribe) officers(c *company) {
	for n := range 2 {
		i := 2*c.index + n
		if n == 1 && c.holder == c.legal && c.scheme == nil {
			continue
		}
		p := s.w.person(i)
		s.person(&p)
		if n == 0 || c.scheme != nil || c.index%oneHolderIn == 0 {
			s.account(&p)
		}
	}
}

func (s *scribe) person(p *person) {
	known := s.w.days.start.Add(time.Duration(p.r.IntN(700*24)) * time.Hour)
	s.out["persons"].row(p.id, p.name, p.division, number(p.birth), "SAMR", stamp(known))
}

func (s *scribe) account(p *person) {
	known := s.w.days.start.Add(time.Duration(p.r.IntN(700*24)) * time.Hour)
	opened := known.AddDate(0, 0, -int(between(p.r, 5, 5000)))
	class := []string{"I", "I", "I", "II", "II", "III"}[p.r.IntN(6)]
	s.out["accounts"].row(p.account, bankCode(p.bank), "person:"+p.id, class, day(opened), "active", p.division,
		"199"+p.account[len(p.account)-7:]+strconv.Itoa(p.bank), "BANK", stamp(known))
}

func (s *scribe) licence(c *company) {
	p := c.profile
	if p.licence == "" || s.r.IntN(100) >= p.licensed {
		return
	}
	issuer := s.w.lex.pick(s.r, "issuer_"+p.licence)
	from := c.established.AddDate(0, 1, 0)
	until := s.w.end.AddDate(int(between(s.r, 1, 4)), int(between(s.r, 0, 11)), 0)
	if p.cohort == cohortBad && s.r.IntN(2) == 0 || s.r.IntN(60) == 0 {
		until = s.w.end.AddDate(0, -int(between(s.r, 1, 12)), 0)
	}
	if !until.After(from) {
		until = from.AddDate(3, 0, 0)
	}
	s.out["licences"].row(c.id, p.licence, fmt.Sprintf("XK%s%06d", c.division, c.index), issuer, day(from), day(until), "LIC",
		stamp(c.known))
}

// products writes one observation a month from the beginning of the offer, with the investors of that month.
func (s *scribe) products(c *company, v voice) {
	p := &c.product
	if p.id == "" {
		return
	}
	yield, guaranteed := "", ""
	if p.permyriad > 0 && s.r.IntN(4) > 0 {
		yield = strconv.FormatFloat(float64(p.permyriad)/10_000, 'f', -1, 64)
	}
	period := p.period
	if yield == "" {
		period = ""
	}
	if p.guarantee {
		guaranteed = "true"
	}
	source := []string{"WEB", "APP", "AD"}[s.r.IntN(3)]
	text := s.w.lex.say(s.r, s.productText(c), v)
	term := []string{"", "7", "30", "90", "180", "365"}[s.r.IntN(6)]
	until, growth := s.w.end, 0.01+s.r.Float64()*0.04
	if sc := c.scheme; sc != nil {
		until, growth = sc.life.last(s.w.end), 0.12+s.r.Float64()*0.35
		sc.learn(p.from)
	} else if c.profile.typology == "near_miss_honest_growth" || s.r.IntN(20) == 0 {
		growth = 0.08 + s.r.Float64()*0.3
	}
	months := max(1, min(int(until.Sub(p.from).Hours()/24/30)+1, 24))
	if c.scheme == nil {
		months = min(months, 3)
	}
	for m := range months {
		investors, raised := "", ""
		if p.investors > 0 {
			n := int64(float64(p.investors)*math.Pow(1+growth, float64(m+1-months))*(0.95+s.r.Float64()/10)) + 1
			investors, raised = number(n), yuan(n*p.ticket*100)
		}
		seen := p.from
		if m > 0 {
			seen = until.Add(-time.Duration((months-1-m)*30*24+s.r.IntN(28*24)+1) * time.Hour)
		}
		if seen.Before(p.from) || !seen.Before(s.w.end) {
			seen = p.from
		}
		s.out["products"].row(p.id, c.id, p.name, c.profile.area, yield, period, term, investors, raised, guaranteed,
			"online", c.site+"/p", text, source, stamp(seen))
	}
}

// productText is the section that speaks of the product.
func (s *scribe) productText(c *company) string {
	switch {
	case c.scheme != nil:
		return "page"
	case c.profile.cohort == cohortNear && len(c.profile.signals) > 0 && c.profile.signals[0].section != "accuse_text":
		return c.profile.signals[0].section
	}
	return c.profile.scope
}
