package stranger

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// sources says who supplies a kind of signal.
func source(kind string) string {
	switch kind {
	case "complaint", "petition":
		return "12345"
	case "tip":
		return "RPT"
	case "recruitment":
		return "RECR"
	case "opinion", "redemption_failure":
		return "OPIN"
	case "judgment", "dishonest_debtor":
		return "JUD"
	case "penalty", "abnormal_operation":
		return "SAMR"
	case "lost_contact", "inspection":
		return "GRID"
	case "institution_report":
		return "BANK"
	case "police_feedback":
		return "POL"
	case "advert":
		return "AD"
	}
	return "WEB"
}

// volume is how loud a bad company is: how many of its own words and of complaints the sources catch.
type volume struct {
	words, complaints, official int
	products                    bool
}

func (p *province) volume() volume {
	switch x := p.rng.Float64(); {
	case x < .45: // loud
		return volume{words: p.between(7, 16), complaints: p.between(10, 45), official: p.between(2, 5), products: p.chance(.8)}
	case x < .8: // medium
		return volume{words: p.between(3, 7), complaints: p.between(3, 10), official: p.between(1, 2), products: p.chance(.5)}
	}
	return volume{words: p.between(1, 3), complaints: p.between(0, 3), official: p.between(0, 1), products: p.chance(.3)}
}

// makeBad gives every dress one company and fills up with dresses at random.
func (p *province) makeBad() {
	dresses := some(p, p.texts.bad, p.Bad)
	for len(dresses) < p.Bad {
		dresses = append(dresses, pick(p, p.texts.bad))
	}
	for i, s := range dresses {
		begun := p.day(p.start.AddDate(0, 2, 0), p.Until.AddDate(0, 0, -75))
		f := p.newFirm(s, begun.AddDate(0, 0, -p.between(25, 1400)))
		area, dress, _ := strings.Cut(s.head, " ")
		f.area, f.dress, f.begun = area, dress, begun
		f.promise = p.draw(s.one("promise"))
		f.least = pick(p, []int{1, 2, 3, 5, 10, 20}) * 10_000
		low, high := p.span(s.one("people"), 30, 300)
		f.crowd = p.between(int(low), int(high))
		f.staff = p.between(0, 12)
		f.moved = p.chance(.35)
		if p.chance(.4) {
			f.paid = 0
		}
		if end := begun.AddDate(0, 0, p.between(70, 420)); end.Before(p.Until.AddDate(0, 0, -15)) {
			f.broken = end
		}
		p.bad = append(p.bad, f)
		p.tell(f)
		p.label(fmt.Sprintf("Q-%03d", i+1), area, f.subject(), "true")
	}
}

func (p *province) draw(text string) promise {
	parts := strings.Fields(text)
	if len(parts) == 0 || parts[0] == "none" {
		return promise{period: "none"}
	}
	low, high := p.span(text, 5, 10)
	v := p.real(low, high)
	if v > 8 {
		return promise{parts[0], float64(int(v))}
	}
	return promise{parts[0], float64(int(v*10+.5)) / 10}
}

// tell writes the story of one bad company: its own words, what people report, what offices find, how it ends.
func (p *province) tell(f *firm) {
	v := p.volume()
	last := p.Until
	if !f.broken.IsZero() {
		last = f.broken
	}
	for i := range v.words {
		at := f.begun
		if i > 0 {
			at = p.day(f.begun, last)
		}
		p.utter(f, []string{"advert", "web_page", "app", "recruitment"}, at)
	}
	for range v.complaints {
		at := p.day(f.begun.AddDate(0, 0, 25), last)
		if !f.broken.IsZero() && p.chance(.6) {
			at = p.day(f.broken.AddDate(0, 0, -20), p.sooner(f.broken.AddDate(0, 0, 90), p.Until))
		}
		p.utter(f, []string{"complaint", "complaint", "complaint", "tip", "petition"}, at)
	}
	for range v.official {
		p.utter(f, []string{"judgment", "penalty", "inspection", "institution_report", "police_feedback", "opinion"}, p.day(f.begun.AddDate(0, 0, 40), p.Until))
	}
	if v.products && f.promise.period != "none" && f.promise.period != "multiple" {
		p.offer(f, last)
	}
	if !f.broken.IsZero() {
		p.collapse(f, v)
	}
	p.change(f)
}

// utter takes one line of the kinds that the dress has and writes it down.
func (p *province) utter(f *firm, kinds []string, at time.Time) {
	var have []string
	for _, kind := range kinds {
		if len(f.from.keys[kind]) > 0 {
			have = append(have, kind)
		}
	}
	if len(have) == 0 {
		return
	}
	kind := pick(p, have)
	p.write(f, f.from, kind, at)
}

func (p *province) write(f *firm, from *section, kind string, at time.Time) {
	if at.After(p.Until) {
		at = p.Until
	}
	at = p.moment(at, 8, 22)
	text := p.say(pick(p, from.keys[kind]), f, at)
	switch kind {
	case "advert", "web_page", "app", "recruitment":
		text = p.disguise(text)
	}
	p.signal(source(kind), f.subject(), kind, at, text)
	if f.first.IsZero() || at.Before(f.first) {
		f.first = at
	}
}

// offer writes products as the crawl saw them, month by month with more people in them.
func (p *province) offer(f *firm, last time.Time) {
	for n := range p.between(1, 3) {
		id := fmt.Sprintf("CP-%s-%d", f.code[8:], n+1)
		rate := f.promise.percent / 100
		term := pick(p, []int{30, 90, 180, 365, 730})
		text := p.disguise(p.say(pick(p, append(append([]string{}, f.from.keys["web_page"]...), f.from.keys["advert"]...)), f, f.begun))
		guaranteed := pick(p, []string{"true", "false", ""})
		steps := p.between(2, 6)
		for step := range steps {
			at := p.moment(f.begun.AddDate(0, 0, int(last.Sub(f.begun).Hours()/24)*step/steps), 9, 18)
			people := max(3, f.crowd*(step+1)/steps/2)
			p.row("products", "WEB", at, id, f.code, f.short+strconv.Itoa(n+1), f.area, strconv.FormatFloat(rate, 'f', 4, 64), f.promise.period,
				strconv.Itoa(term), strconv.Itoa(people), strconv.Itoa(people*f.least*2), guaranteed, pick(p, []string{"web", "shop", "app", "meeting"}), "", text)
			if at.Before(f.first) {
				f.first = at
			}
		}
	}
}

func (p *province) collapse(f *firm, v volume) {
	for range max(1, v.complaints/3) {
		p.write(f, p.texts.common, "complaint", p.day(f.broken, f.broken.AddDate(0, 0, 60)))
	}
	if p.chance(.5) && f.promise.period != "none" {
		p.write(f, p.texts.common, "redemption_failure", f.broken.AddDate(0, 0, p.between(0, 15)))
	}
	for _, late := range []struct {
		kind  string
		share float64
	}{{"lost_contact", .4}, {"opinion", .4}, {"abnormal_operation", .4}, {"judgment", .25}, {"dishonest_debtor", .2}} {
		if at := f.broken.AddDate(0, 0, p.between(10, 150)); p.chance(late.share) && at.Before(p.Until) {
			p.write(f, p.texts.common, late.kind, at)
			if late.kind == "abnormal_operation" {
				f.abnormal = at
			}
		}
	}
}

// change is what the registry sees of a bad company: a new nominee at the head, a hidden controller, a staff of sellers.
func (p *province) change(f *firm) {
	if p.chance(.45) {
		nominee := p.fresh()
		at := p.sooner(f.begun.AddDate(0, 0, p.between(60, 300)), p.Until)
		p.row("relations", "SAMR", at, nominee.subject(), f.subject(), "legal_representative", "", "", day(at), "")
	}
	if p.chance(.5) {
		p.row("relations", "GRID", f.begun, p.fresh().subject(), f.subject(), "actual_controller", "", "", day(f.begun), "")
	}
}

// makeRings ties some bad companies with each other and with empty ones: one hand, one telephone, one address.
func (p *province) makeRings() {
	order := p.rng.Perm(len(p.bad))
	for i := 0; i+2 < len(order) && i < len(order)/3; i += 3 {
		hand := p.fresh()
		a, b, c := p.bad[order[i]], p.bad[order[i+1]], p.bad[order[i+2]]
		shell := pick(p, p.ordinary)
		for _, f := range []*firm{a, b, c} {
			p.row("relations", "GRID", f.begun, hand.subject(), f.subject(), "actual_controller", "", "", day(f.begun), "")
		}
		p.row("relations", "SAMR", a.begun, a.subject(), b.subject(), "same_phone", "", "", day(a.begun), "")
		p.row("relations", "SAMR", b.begun, b.subject(), c.subject(), "same_address", "", "", day(b.begun), "")
		p.row("relations", "SAMR", c.begun, c.subject(), shell.subject(), "shareholder", "0.3", "", day(c.begun), "")
		p.label(fmt.Sprintf("S-%03d", i), "tied", shell.subject(), "unknown")
	}
}
