package detect

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// check gives all that is wrong with the rules, and leaves their conditions compiled where nothing is.
func (r *Rules) check(lx *lexicon) Problems {
	var p Problems
	r.checkFrame(&p)
	r.checkYield(&p)
	r.checkDimensions(&p)
	r.checkAreas(&p)
	r.checkIndicators(&p, lx)
	r.checkTriggers(&p)
	r.checkMoney(&p)
	r.checkConditions(&p)
	return p
}

func (r *Rules) checkFrame(p *Problems) {
	if r.Version == "" {
		p.add("version", "rules.wrong.version")
	}
	last := 100.0
	for _, b := range []struct {
		name string
		at   float64
	}{{"red", r.Bands.Red}, {"orange", r.Bands.Orange}, {"yellow", r.Bands.Yellow}, {"blue", r.Bands.Blue}} {
		if !(b.at > 0 && (b.at < last || b.name == "red" && b.at <= last)) {
			p.add("bands."+b.name, "rules.wrong.band")
		}
		last = b.at
	}
	if r.EvidenceCap.Families < 1 {
		p.add("evidence_cap.families", "rules.wrong.positive")
	}
	if r.EvidenceCap.Level.rank() == 0 {
		p.add("evidence_cap.level", "rules.wrong.level")
	}
	if r.ValidityDays < 1 || r.ValidityDays > 3650 {
		p.add("validity_days", "rules.wrong.days")
	}
	if r.EvidenceMax < 1 || r.EvidenceMax > 100 {
		p.add("evidence_max", "rules.wrong.positive")
	}
}

func (r *Rules) checkYield(p *Problems) {
	if len(r.LPR.Rates) == 0 {
		p.add("lpr", "rules.wrong.lpr_none")
	}
	for i, rate := range r.LPR.Rates {
		if !(rate.Rate > 0 && rate.Rate < 1) || i > 0 && rate.From <= r.LPR.Rates[i-1].From {
			p.add("lpr."+string(rate.From), "rules.wrong.lpr")
		}
	}
	if !(r.Yield.FullAtLPR > 1) {
		p.add("yield.full_at_lpr", "rules.wrong.full_at")
	}
	if !(r.Yield.GuaranteedBonus >= 0) {
		p.add("yield.guaranteed_bonus", "rules.wrong.negative")
	}
	for i, a := range r.Yield.Anchors {
		field := "yield.anchors." + strconv.Itoa(i)
		if !(a.Score > 0 && a.Score < 100) || i > 0 && a.Score < r.Yield.Anchors[i-1].Score {
			p.add(field+".score", "rules.wrong.anchor")
		}
		if !(a.At > 0) || i > 0 && a.At <= r.Yield.Anchors[i-1].At {
			p.add(field+".at", "rules.wrong.anchor")
		}
	}
}

func (r *Rules) checkDimensions(p *Problems) {
	if len(r.Dimensions) == 0 {
		p.add("dimensions", "rules.wrong.dimensions")
	}
	for _, d := range r.Dimensions {
		if !goodWeight(d.Weight) {
			p.add("dimensions."+d.Code+".weight", "rules.wrong.weight")
		}
		if _, ok := combines()[d.Combine]; !ok {
			p.add("dimensions."+d.Code+".combine", "rules.wrong.combine")
		}
		if d.Combine == "saturate" && !(d.K > 0) {
			p.add("dimensions."+d.Code+".k", "rules.wrong.positive")
		}
	}
}

func goodWeight(w float64) bool { return !math.IsNaN(w) && w >= 0 && w <= 0.99 }

func (r *Rules) checkAreas(p *Problems) {
	if !r.hasArea(areaOther) {
		p.add("areas", "rules.wrong.area_other")
	}
	for _, a := range r.Areas {
		if !slices.Contains([]string{"product", "promise", "never"}, a.Needs) {
			p.add("areas."+a.Code+".needs", "rules.wrong.needs")
		}
		for code, w := range a.Weights {
			if !r.hasDimension(code) || !goodWeight(w) {
				p.add("areas."+a.Code+".weights."+code, "rules.wrong.weight")
			}
		}
	}
}

func (r *Rules) hasDimension(code string) bool {
	return slices.ContainsFunc(r.Dimensions, func(d DimensionRule) bool { return d.Code == code })
}

func (r *Rules) hasArea(code string) bool {
	return slices.ContainsFunc(r.Areas, func(a AreaRule) bool { return a.Code == code })
}

func (r *Rules) hasIndicator(code string) bool {
	return slices.ContainsFunc(r.Indicators, func(i IndicatorRule) bool { return i.Code == code })
}

// indicatorCode is what a code looks like: a family and a number, as conditions can name it.
var indicatorCode = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,5}-[0-9]{2}$`)

func (r *Rules) checkIndicators(p *Problems, lx *lexicon) {
	seen := map[string]bool{}
	for _, ind := range r.Indicators {
		field := "indicators." + ind.Code
		if !indicatorCode.MatchString(ind.Code) {
			p.add(field, "rules.wrong.code")
		}
		if seen[ind.Code] {
			p.add(field, "rules.wrong.twice")
		}
		seen[ind.Code] = true
		r.checkIndicator(p, field, ind, lx)
	}
}

func (r *Rules) checkIndicator(p *Problems, field string, ind IndicatorRule, lx *lexicon) {
	m, ok := measures()[ind.Measure]
	own := ind.Measure == measureCondition
	if !ok && !own {
		p.add(field+".measure", "rules.wrong.measure")
	}
	if own != (ind.When != "") {
		p.add(field+".when", "rules.wrong.when")
	}
	if own {
		checkName(p, field, ind.NameZh, ind.NameEn)
	}
	if !r.hasDimension(ind.Dimension) {
		p.add(field+".dimension", "rules.wrong.dimension")
	}
	if !slices.Contains([]string{ElementIllegality, ElementPublicity, ElementInducement, ElementPublic}, ind.Element) {
		p.add(field+".element", "rules.wrong.element")
	}
	if !slices.Contains([]string{"critical", "high", "medium", "low"}, ind.Severity) {
		p.add(field+".severity", "rules.wrong.severity")
	}
	if ind.Article == "" || ind.Benign == "" {
		p.add(field+".article", "rules.wrong.article")
	}
	if !(ind.Points >= 0 && ind.Points <= 100) {
		p.add(field+".points", "rules.wrong.points")
	}
	for _, name := range m.params {
		if v, ok := ind.Params[name]; !ok || math.IsNaN(v) || v < 0 {
			p.add(field+".params."+name, "rules.wrong.negative")
		}
	}
	for i, b := range ind.Bands {
		if i > 0 && (b.From <= ind.Bands[i-1].From || b.Points < ind.Bands[i-1].Points) {
			p.add(fmt.Sprintf("%s.bands.%d", field, i), "rules.wrong.band_order")
		}
	}
	for _, a := range append(append([]string{}, ind.Areas...), ind.NotAreas...) {
		if !r.hasArea(a) {
			p.add(field+".areas", "rules.wrong.area", "code", a)
		}
	}
	for _, c := range append(append([]string{}, ind.Classes...), ind.Channels...) {
		if _, ok := lx.classes[c]; !ok {
			p.add(field+".classes", "rules.wrong.class", "code", c)
		}
	}
}

func checkName(p *Problems, field, zh, en string) {
	for name, text := range map[string]string{"name_zh": zh, "name_en": en} {
		if n := utf8.RuneCountInString(strings.TrimSpace(text)); n == 0 || n > 60 || strings.ContainsAny(text, "{}\n\x00") {
			p.add(field+"."+name, "rules.wrong.name")
		}
	}
}

func (r *Rules) checkMoney(p *Problems) {
	if err := r.Money.Check(); err != nil {
		p.add("money", "rules.wrong.money", "why", err.Error())
	}
	for t, area := range r.Money.Areas {
		if !r.hasArea(area) {
			p.add("money.areas."+string(t), "rules.wrong.area", "code", area)
		}
	}
}

func (r *Rules) checkTriggers(p *Problems) {
	seen := map[string]bool{}
	for _, t := range r.Triggers {
		field := "triggers." + t.Code
		if !r.hasIndicator(t.Indicator) && (t.Indicator != "" || t.When == "") {
			p.add(field+".indicator", "rules.wrong.indicator")
		}
		if t.Code == "" || seen[t.Code] {
			p.add(field, "rules.wrong.twice")
		}
		seen[t.Code] = true
		if !slices.Contains(ownTriggers(), t.Code) {
			checkName(p, field, t.NameZh, t.NameEn)
		}
	}
	for _, l := range r.Lifts {
		field := "lifts." + l.Code
		if l.Code == "" || seen[l.Code] {
			p.add(field, "rules.wrong.twice")
		}
		seen[l.Code] = true
		if l.Level.rank() < 2 {
			p.add(field+".level", "rules.wrong.level")
		}
		checkName(p, field, l.NameZh, l.NameEn)
	}
}

// ownTriggers are the hard triggers whose names the program knows.
func ownTriggers() []string {
	return []string{TriggerLostUnpaid, TriggerDailyYield, TriggerPolice, TriggerPyramid}
}
