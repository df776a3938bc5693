package simulate

import (
	"fmt"
	"time"
)

// The trading company of 2018 that lends at 8 % a day: where it stands and what is known of it.
const (
	storyDivision = "440304"
	storyPermille = 80
	storyPayers   = 42
)

// writeStory writes the company, its shells, its product, what people say and its money; all of it was learned within
// the three days before the end.
func (s *storyScribe) write() {
	w := s.w
	p := &profile{cohort: cohortBad, typology: "illegal_p2p", kind: "trade", industry: "F5199", scope: "story_scope", area: "P2P",
		class: "corporate", suffix: "suffix_trade"}
	known := w.end.Add(-70 * time.Hour)
	base := len(w.companies)
	for i, name := range append([]string{w.lex.lines["story_name"][0]}, w.lex.lines["story_shell"]...) {
		c := company{profile: p, name: name, brand: w.lex.lines["story_brand"][0], division: storyDivision, known: known,
			established: w.end.AddDate(0, 0, -96+11*i), capital: 10_000_000, staff: 2, phone: "0755-55018018",
			address: w.lex.lines["place_"+storyDivision][0] + w.lex.lines["road"][0] + "18" + w.lex.lines["tower"][0]}
		c.id = w.creditCode(storyDivision)
		c.site, c.index = fmt.Sprintf("https://www.c%s.example", c.id[10:]), base+i
		c.account = fmt.Sprintf("A-STORY-C%d", i+1)
		w.companies = append(w.companies, c)
	}
	c := &w.companies[base]
	people := storyPeople(w)
	c.legal, c.holder = people, people+1
	c.product = product{id: "PD-STORY-1", name: w.lex.lines["story_product"][0], investors: 386, ticket: 21_000}
	for i := 1; i <= 2; i++ {
		w.companies[base+i].legal, w.companies[base+i].holder = people+1, people
		w.companies[base+i].profile = &profile{cohort: cohortShell, typology: "shell", kind: "trade", industry: "F5199",
			scope: "story_scope", class: "corporate"}
		w.shells = append(w.shells, base+i)
	}
	s.storyFacts(c, base, people)
	s.out["first_fact"].row("S-STORY-000001", stamp(w.end.Add(-66*time.Hour)))
	s.storyMoney(c, people)
}

func storyPeople(w *storyWorld) int {
	first := len(w.persons)
	for i := range storyPayers + 2 {
		n := w.addPerson(storyDivision, 26, 74)
		p := &w.persons[n]
		p.id, p.account = fmt.Sprintf("P-STORY-%02d", i+1), fmt.Sprintf("A-STORY-P%02d", i+1)
		if i < 2 {
			p.name = w.lex.lines["story_person"][i]
		}
	}
	return first
}

func (s *storyScribe) storyFacts(c *company, base, people int) {
	w := s.w
	for i := base; i < base+3; i++ {
		one := &w.companies[i]
		s.storyCompany(one)
		s.ties(one)
		s.label(one)
	}
	for i := people; i < len(w.persons); i++ {
		p := &w.persons[i]
		s.out["persons"].row(p.id, p.name, p.division, number(p.birth), "SAMR", stamp(c.known))
		s.out["accounts"].row(p.account, bankCode(p.bank), "person:"+p.id, "I", day(w.end.AddDate(-3, 0, -i%90)), "active",
			p.division, "", "BANK", stamp(c.known))
	}
	text := w.lex.lines["story_web"][0]
	s.out["products"].row(c.product.id, c.id, c.product.name, "P2P", "0.08", "day", "30", number(c.product.investors),
		yuan(c.product.investors*c.product.ticket*100), "true", "online", c.site, text, "WEB", stamp(w.end.Add(-66*time.Hour)))
	hour := func(h, spread int64) time.Time {
		return w.end.Add(-time.Duration(h)*time.Hour - time.Duration(s.r.Int64N(spread*3600))*time.Second)
	}
	for i, advert := range w.lex.lines["story_advert"] {
		filled := w.lex.phrase(s.r, advert)
		s.signal(c.id, "advert", []string{"AD", "APP", "AD"}[i%3], hour(50, 18), filled, c.site)
	}
	s.signal(c.id, "web_page", "WEB", hour(60, 6), text, c.site)
	for i := range 14 {
		s.signal(c.id, "complaint", []string{"12345", "12345", "12315"}[i%3], hour(2, int64(60-4*i)),
			w.lex.say(s.r, "story_complaint", voice{}), c.site)
	}
	s.signal(c.id, "tip", "RPT", hour(20, 10), w.lex.lines["story_tip"][0], c.site)
}

func (s *storyScribe) storyCompany(c *company) {
	s.out["companies"].row(c.id, c.name, "trade", "F5199", c.division, c.address, number(c.capital)+".00", "0.00",
		day(c.established), "active", s.w.lex.lines["story_scope"][0], c.site, c.phone, number(c.staff), "", "SAMR", stamp(c.known))
	s.out["accounts"].row(c.account, bankCode(0), "company:"+c.id, "corporate", day(c.established.AddDate(0, 0, 9)), "active",
		c.division, c.phone, "BANK", stamp(c.known))
}

// storyMoney lets the payers in, pays the first of them their daily return, and sends the rest on to the shells.
func (s *storyScribe) storyMoney(c *company, people int) {
	legal := s.w.persons[c.legal].account
	n := 0
	move := func(from, to string, fen int64, before time.Duration, memo string) {
		n++
		s.out["transfers"].row(fmt.Sprintf("T-STORY-%04d", n), from, to, yuan(fen), "CNY", stamp(s.w.end.Add(-before)), "mobile",
			"", memo, "BANK")
	}
	in, out, on := s.w.lex.lines["memo_in"][0], s.w.lex.lines["memo_out"][0], s.w.lex.lines["memo_move"][0]
	for i := range storyPayers {
		payer := s.w.persons[people+2+i].account
		fen := []int64{5000, 10_000, 10_000, 20_000, 30_000, 50_000}[s.r.IntN(6)] * 100
		before := 68*time.Hour - time.Duration(i)*80*time.Minute - time.Duration(s.r.IntN(3600))*time.Second
		to := c.account
		if i%3 == 0 {
			to = legal
		}
		move(payer, to, fen, before, in)
		if i < 12 {
			move(c.account, payer, fen*storyPermille/1000, before-24*time.Hour, out)
		}
	}
	for i, shell := range s.w.shells {
		move(c.account, s.w.companies[shell].account, 18_000_000+int64(i)*7_000_000, time.Duration(9+i)*time.Hour, on)
	}
	move(legal, s.w.companies[s.w.shells[0]].account, 9_800_000, 5*time.Hour, on)
}
