package simulate

import (
	"fmt"
	"strings"
	"time"
)

// signals writes what is reported of a company by one plan.
func (s *scribe) signals(c *company, plan signalPlan, v voice) {
	times := plan.times.whole(s.r)
	if c.scheme != nil {
		s.schemeSignals(c, plan, v, times)
		return
	}
	center := s.w.days.moment(s.r, moodSteady, s.w.days.start)
	for range times {
		s.signal(c.id, plan.kind, plan.source, s.moment(c, plan.pattern, center), s.w.lex.say(s.r, plan.section, v), c.site)
	}
}

// moment draws when something ordinary is reported.
func (s *scribe) moment(c *company, pattern string, center time.Time) time.Time {
	days := s.w.days
	switch pattern {
	case "season":
		return days.moment(s.r, moodGoods, c.known)
	case "newyear":
		return days.moment(s.r, moodNewYear, c.known)
	case "burst":
		t := center.Add(time.Duration(s.r.IntN(20*60)) * time.Minute)
		if !t.Before(s.w.end) {
			t = s.w.end.Add(-time.Duration(1+s.r.IntN(600)) * time.Minute)
		}
		return t
	case "recent":
		return s.w.end.Add(-time.Duration(1+s.r.IntN(60*24*60)) * time.Minute)
	}
	return days.moment(s.r, moodSteady, c.known)
}

// quiet is the mouth of a scheme that names no figure.
const quiet = "ad_mute"

func (s *scribe) schemeSignals(c *company, plan signalPlan, v voice, times int64) {
	sc := c.scheme
	for range times {
		at, come := sc.life.when(s.r, plan.pattern, s.w.end)
		if !come || !sc.heard(s.r, s.w.end) {
			continue
		}
		section := plan.section
		if section == "ad" && (c.product.permyriad == 0 || s.r.IntN(4) == 0) {
			section = quiet
		}
		text := s.w.lex.say(s.r, section, v)
		if (section == "ad" || section == quiet) && s.r.IntN(8) == 0 {
			text = s.disguise(text)
		}
		if plan.pattern != "weak" {
			sc.learn(at)
		}
		s.signal(c.id, plan.kind, plan.source, at, text, c.site)
	}
}

// disguise writes a text as those do who fear to be read by a machine.
func (s *scribe) disguise(text string) string {
	for _, pair := range s.w.lex.lines["disguise"] {
		old, now, _ := strings.Cut(pair, "|")
		if s.r.IntN(2) == 0 {
			text = strings.Replace(text, old, now, 1)
		}
	}
	if s.r.IntN(3) > 0 {
		return text
	}
	var b strings.Builder
	for _, c := range text {
		if c >= '0' && c <= '9' {
			c += '\uFF10' - '0'
		}
		b.WriteRune(c)
	}
	return b.String()
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

func (s *scribe) label(c *company) {
	row := func(scheme, bad string) {
		s.out["labels"].row(scheme, c.profile.typology, "company:"+c.id, bad)
	}
	id := func(kind string) string { return fmt.Sprintf("%s-%s-%06d", kind, s.prefix, c.index+1) }
	switch c.profile.cohort {
	case cohortBad:
		row(id("S"), "true")
	case cohortNear:
		row(id("N"), "false")
	case cohortShell:
		row(id("U"), "unknown")
	}
}
