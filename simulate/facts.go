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

// writeFacts writes all but the transfers.
func (s *scribe) writeFacts(ctx context.Context) error {
	for i := range s.w.companies {
		if i%256 == 0 && ctx.Err() != nil {
			return fmt.Errorf("simulate: %w", ctx.Err())
		}
		c := &s.w.companies[i]
		s.company(c)
		s.licence(c)
		s.products(c)
		s.relations(c)
		for _, plan := range c.profile.signals {
			s.signals(c, plan)
		}
		s.label(i, c)
	}
	for i := range s.w.persons {
		s.person(&s.w.persons[i], i)
	}
	return nil
}

func (s *scribe) institutions() {
	known := stamp(s.w.end.AddDate(-2, 0, 0))
	for i, name := range s.w.lex["bank_name"] {
		s.out["institutions"].row(bankCode(i), name, "bank", "440000", "BANK", known)
	}
	for i, name := range s.w.lex["pay_name"] {
		s.out["institutions"].row(fmt.Sprintf("PAY%02d", i+1), name, "payment", "440000", "BANK", known)
	}
}

func bankCode(i int) string { return fmt.Sprintf("BK%02d", i+1) }

func (s *scribe) company(c *company) {
	p, abnormal := c.profile, ""
	paid := c.capital * between(s.r, 30, 100) / 100
	if p.cohort == cohortBad || p.cohort == cohortShell {
		paid = c.capital * between(s.r, 0, 10) / 100
	}
	if p.cohort == cohortShell && s.r.IntN(3) == 0 {
		abnormal = day(c.known.AddDate(0, 0, -7))
	}
	scope := s.w.lex.pick(s.r, p.scope)
	write := func(address, abnormal string, staff int64, known time.Time) {
		s.out["companies"].row(c.id, c.name, p.kind, p.industry, c.division, address, number(c.capital)+".00",
			number(paid)+".00", day(c.established), "active", scope, c.site, c.phone, number(staff), abnormal, "SAMR", stamp(known))
	}
	write(c.address, abnormal, c.staff, c.known)
	moved := s.r.IntN(25) == 0
	if p.cohort == cohortBad {
		moved = s.r.IntN(2) == 0
	}
	if moved {
		later := c.known.Add(s.w.end.Sub(c.known) * time.Duration(between(s.r, 30, 90)) / 100)
		address := s.w.address(s.r, c.division)
		write(address, abnormal, c.staff, later)
	}
	s.out["accounts"].row(c.account, bankCode(s.r.IntN(len(s.w.lex["bank_name"]))), "company:"+c.id, p.class,
		day(c.established.AddDate(0, 0, 20)), "active", c.division, c.phone, "BANK", stamp(c.known))
}

func (s *scribe) person(p *person, i int) {
	known := stamp(s.w.end.AddDate(0, 0, -int(between(s.r, 20, 720))))
	s.out["persons"].row(p.id, p.name, p.division, number(p.birth), "SAMR", known)
	opened := s.w.end.AddDate(0, 0, -int(between(s.r, 60, 5000)))
	class := []string{"I", "I", "I", "II", "II", "III"}[s.r.IntN(6)]
	s.out["accounts"].row(p.account, bankCode(p.bank), "person:"+p.id, class, day(opened), "active", p.division,
		fmt.Sprintf("199%08d", i%100_000_000), "BANK", known)
}

func (s *scribe) licence(c *company) {
	if c.profile.licence == "" {
		return
	}
	issuer := s.w.lex.pick(s.r, "issuer_"+c.profile.licence)
	from := c.established.AddDate(0, 1, 0)
	s.out["licences"].row(c.id, c.profile.licence, fmt.Sprintf("XK%s%06d", c.division, s.r.IntN(1_000_000)), issuer, day(from),
		day(s.w.end.AddDate(int(between(s.r, 1, 4)), 0, 0)), "LIC", stamp(c.known))
}

// products writes one observation a month, with the investors of that month.
func (s *scribe) products(c *company) {
	p := &c.product
	if p.id == "" {
		return
	}
	yield, period := "", ""
	if p.permille > 0 {
		yield, period = strconv.FormatFloat(float64(p.permille)/1000, 'f', 3, 64), c.profile.period
	}
	source := []string{"WEB", "APP", "AD"}[s.r.IntN(3)]
	text := s.w.lex.say(s.r, firstText(c.profile), p.values)
	term := []string{"", "7", "30", "90", "180", "365"}[s.r.IntN(6)]
	guaranteed := ""
	if p.guarantee {
		guaranteed = "true"
	}
	for m := range p.months {
		investors, raised := "", ""
		if p.investors > 0 {
			n := int64(float64(p.investors)*math.Pow(p.growth, float64(m+1-p.months))*(0.95+s.r.Float64()/10)) + 1
			investors, raised = number(n), yuan(n*p.ticket*100)
		}
		seen := s.w.end.AddDate(0, 0, -30*(p.months-m)).Add(time.Duration(s.r.IntN(28*24*60)) * time.Minute)
		s.out["products"].row(p.id, c.id, p.name, c.profile.area, yield, period, term, investors, raised, guaranteed,
			"online", c.site+"/p", text, source, stamp(seen))
	}
}

// firstText is the section that speaks of the product.
func firstText(p *profile) string {
	for _, plan := range p.signals {
		if plan.kind == "advert" || plan.kind == "app" || plan.kind == "web_page" {
			return plan.section
		}
	}
	return p.scope
}

func (s *scribe) relations(c *company) {
	since, known := day(c.established), stamp(c.known)
	legal, holder := "person:"+s.w.persons[c.legal].id, "person:"+s.w.persons[c.holder].id
	self := "company:" + c.id
	write := func(from, to, kind, ratio string) {
		s.out["relations"].row(from, to, kind, ratio, "", since, "", "SAMR", known)
	}
	write(legal, self, "legal_representative", "")
	if legal == holder {
		write(holder, self, "shareholder", "1")
	} else {
		share := between(s.r, 10, 90)
		write(holder, self, "shareholder", strconv.FormatFloat(float64(share)/100, 'f', 2, 64))
		write(legal, self, "shareholder", strconv.FormatFloat(float64(100-share)/100, 'f', 2, 64))
	}
	if s.r.IntN(3) == 0 {
		write(legal, self, "manager", "")
	}
	for _, i := range c.shells {
		shell := "company:" + s.w.companies[i].id
		write(shell, self, "same_address", "")
		write(shell, self, "same_phone", "")
		if s.r.IntN(2) == 0 {
			write(self, shell, "shareholder", "0.60")
		}
	}
}

// signals writes what is reported of a company by one plan.
func (s *scribe) signals(c *company, plan signalPlan) {
	burst := time.Duration(between(s.r, 20, 400)) * 24 * time.Hour
	for range plan.times.whole(s.r) {
		s.signal(c.id, plan.kind, plan.source, s.w.end.Add(-s.age(plan.pattern, burst)), s.w.lex.say(s.r, plan.section, c.product.values), c.site)
	}
}

// age draws how long before the end something is reported.
func (s *scribe) age(pattern string, burst time.Duration) time.Duration {
	const year = 365 * 24 * time.Hour
	u := s.r.Float64()
	var age time.Duration
	switch pattern {
	case "ramp":
		age = time.Duration(u * u * float64(200*24*time.Hour))
	case "recent":
		age = time.Duration(u * float64(45*24*time.Hour))
	case "burst":
		age = burst - time.Duration(u*float64(20*time.Hour))
	default:
		age = time.Duration(u * float64(2*year-48*time.Hour))
	}
	return age.Truncate(time.Second) + time.Minute
}

func (s *scribe) signal(id, kind, source string, at time.Time, text, site string) {
	s.refs++
	url, severity := "", ""
	if kind == "advert" || kind == "web_page" || kind == "app" || kind == "recruitment" || kind == "opinion" {
		url = fmt.Sprintf("%s/%d", site, s.refs)
	}
	if kind == "complaint" || kind == "tip" || kind == "petition" {
		severity = []string{"low", "medium", "medium", "high"}[s.r.IntN(4)]
	}
	s.out["signals"].row("company:"+id, kind, stamp(at), "", "", text, url, severity,
		fmt.Sprintf("%s-%07d", s.prefix, s.refs), source, stamp(at))
}

func (s *scribe) label(i int, c *company) {
	row := func(scheme, bad string) {
		s.out["labels"].row(fmt.Sprintf("%s-%s-%06d", scheme, s.prefix, i+1), c.profile.typology, "company:"+c.id, bad)
	}
	switch c.profile.cohort {
	case cohortBad:
		row("S", "true")
	case cohortNear:
		row("N", "false")
	case cohortShell:
		row("U", "unknown")
	}
}
