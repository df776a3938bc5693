package simulate

import (
	"strconv"
	"time"
)

func (s *scribe) relation(from, to, kind, ratio, since, until string, known time.Time) {
	s.out["relations"].row(from, to, kind, ratio, "", since, until, "SAMR", stamp(known))
}

func (s *scribe) personRef(i int) string { return "person:P-" + strconv.Itoa(10_000_000 + i + 1)[1:] }

func (s *scribe) relations(c *company) {
	since, self := day(c.established), "company:"+c.id
	legal, holder := s.personRef(c.legal), s.personRef(c.holder)
	s.relation(legal, self, "legal_representative", "", since, "", c.known)
	share := between(s.r, 10, 90)
	switch {
	case c.legal == c.holder:
		s.relation(holder, self, "shareholder", "1", since, "", c.known)
	default:
		s.relation(holder, self, "shareholder", ratio(share), since, "", c.known)
		s.relation(legal, self, "shareholder", ratio(100-share), since, "", c.known)
	}
	if s.r.IntN(3) == 0 {
		s.relation(legal, self, "manager", "", since, "", c.known)
	}
	if s.r.IntN(6) == 0 && c.index > 0 && c.index < s.w.asked {
		parent := s.w.company(c.index - 1 - s.r.IntN(min(c.index, 400)))
		s.relation("company:"+parent.id, self, "shareholder", ratio(between(s.r, 5, 60)), day(later(c.established, parent.established)),
			"", c.known)
	}
	if s.r.IntN(25) == 0 && c.index > 0 && c.index < s.w.asked { // one floor of offices
		other := s.w.company(c.index - 1)
		s.relation(self, "company:"+other.id, "same_address", "", "", "", c.known)
	}
	if c.scheme != nil && c.scheme.company == c.index {
		s.around(c)
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func ratio(percent int64) string {
	if percent%100 == 0 {
		return number(percent / 100)
	}
	return strconv.FormatFloat(float64(percent)/100, 'f', 2, 64)
}

// around writes how the shells of a scheme hang on it; some of it shows late, some never.
func (s *scribe) around(c *company) {
	self := "company:" + c.id
	for _, i := range c.scheme.shells {
		shell := s.w.company(i)
		known := later(c.known, shell.known)
		known = known.Add(s.w.end.Sub(known) * time.Duration(s.r.IntN(60)) / 100)
		for kind, in := range []string{"same_address", "same_phone"} {
			if s.r.IntN(3) > kind {
				s.relation("company:"+shell.id, self, in, "", "", "", known)
			}
		}
		if s.r.IntN(2) == 0 {
			s.relation(self, "company:"+shell.id, "shareholder", "0.60", day(shell.established), "", known)
		}
	}
	if s.r.IntN(3) == 0 { // a representative who left before the trouble
		nominee := 2*c.index + 1
		s.relation(s.personRef(nominee), "company:"+c.id, "supervisor", "", day(c.established), day(c.scheme.life.grown), c.known)
	}
}

// chain ties the companies of the chain between the first bad company and the person who controls the last of them:
// seventy relations, each a public holding or office, none of them remarkable.
func (s *scribe) chain() {
	if len(s.w.chain) == 0 || len(s.w.schemes) == 0 {
		return
	}
	step := 0
	note := func(subject string) {
		s.out["chain"].row(number(int64(step)), subject)
		step++
	}
	known := func() time.Time { return s.w.days.start.Add(time.Duration(s.r.IntN(690*24)) * time.Hour) }
	below := s.w.company(s.w.schemes[0].company)
	note("company:" + below.id)
	for n, i := range s.w.chain {
		c := s.w.company(i)
		self, since := "company:"+c.id, day(later(c.established, below.established))
		if n == 0 {
			s.relation(self, "company:"+below.id, "shareholder", "0.12", since, "", known())
		} else {
			tie := s.personRef(2*i + 1)
			s.relation(tie, "company:"+below.id, "director", "", since, "", known())
			s.relation(tie, self, "manager", "", since, "", known())
			note(tie)
		}
		note(self)
		below = c
	}
	last := s.personRef(2 * s.w.chain[len(s.w.chain)-1])
	s.relation(last, "company:"+below.id, "actual_controller", "", day(below.established), "", known())
	note(last)
}
