package stranger

import (
	"fmt"
	"time"
)

// makeNear makes the honest companies that resemble bad ones, every type in turn.
func (p *province) makeNear() {
	for i := range p.Near {
		s := p.texts.near[i%len(p.texts.near)]
		f := p.newFirm(s, p.day(p.start.AddDate(-12, 0, 0), p.start.AddDate(1, 0, 0)))
		f.begun = f.established
		f.promise = promise{period: "none"}
		p.near = append(p.near, f)
		p.license(f)
		p.chatter(f, p.between(2, 6), "advert", "web_page", "app", "recruitment")
		p.chatter(f, p.grievances(f), "complaint")
		for _, kind := range []string{"judgment", "dishonest_debtor", "abnormal_operation", "tip", "opinion"} {
			p.chatter(f, p.between(0, 2), kind)
		}
		p.label(fmt.Sprintf("J-%03d", i+1), "near_"+s.head, f.subject(), "false")
	}
}

// grievances is how many complain of an honest company in two years: few, more where it is large.
func (p *province) grievances(f *firm) int { return p.between(0, 3+min(f.staff/25, 14)) }

func (p *province) license(f *firm) {
	kind := f.from.one("licence")
	if kind == "" {
		return
	}
	from := p.later(f.established, p.start.AddDate(-3, 0, 0))
	p.row("licences", "LIC", p.later(from, p.start), f.code, kind, fmt.Sprintf("ZJ%s%06d", kind[:2], p.rng.IntN(1_000_000)), "330000", day(from), day(p.Until.AddDate(3, 0, 0)))
}

// chatter writes what an honest company says and what is said of it, over its life within the two years.
func (p *province) chatter(f *firm, n int, kinds ...string) {
	var have []string
	for _, kind := range kinds {
		for range f.from.keys[kind] {
			have = append(have, kind)
		}
	}
	if len(have) == 0 {
		return
	}
	for range n {
		kind := pick(p, have)
		at := p.moment(p.day(p.later(f.established, p.start), p.Until), 8, 21)
		text := p.say(pick(p, f.from.keys[kind]), f, at)
		if kind == "advert" || kind == "recruitment" {
			text = p.cheer(text)
		}
		if kind == "abnormal_operation" {
			f.abnormal = at
		}
		p.signal(source(kind), f.subject(), kind, at, text)
	}
}

// makeOrdinary fills up with everyday companies, four in ten of them of finance type.
func (p *province) makeOrdinary() {
	var finance, everyday []*section
	for _, s := range p.texts.ordinary {
		if s.head[:5] == "plain" {
			everyday = append(everyday, s)
			continue
		}
		finance = append(finance, s)
	}
	for len(p.firms) < p.Companies {
		from := everyday
		if p.chance(.4) {
			from = finance
		}
		f := p.newFirm(pick(p, from), p.day(p.start.AddDate(-10, 0, 0), p.Until.AddDate(0, -1, 0)))
		f.begun = f.established
		p.ordinary = append(p.ordinary, f)
		if p.chance(.35) {
			p.chatter(f, p.between(1, 3), "advert", "web_page", "recruitment")
		}
		if p.chance(.15) {
			p.chatter(f, p.between(1, 2), "complaint", "judgment")
		}
		if p.chance(.02) {
			f.abnormal = p.day(p.later(f.established, p.start), p.Until)
			p.icpLess(f, f.abnormal)
		}
	}
}

func (p *province) icpLess(f *firm, at time.Time) {
	p.signal("SAMR", f.subject(), "abnormal_operation", p.moment(at, 9, 17), pick(p, p.texts.common.keys["abnormal_operation"]))
}
