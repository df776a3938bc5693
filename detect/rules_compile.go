package detect

import (
	"slices"
	"sync"
	"time"
)

// compiled is what Rules look like for the machine.
type compiled struct {
	lexicon    *lexicon
	lpr        []datedRate
	areas      []compiledArea
	indicators []compiledIndicator
	dimensions []compiledDimension
	areaClass  class
	banned     class
	alleging   map[class]bool // classes that make a complaint more than one about service
	guarantee  class
	raising    class
	offering   class // offers of an activity that needs a licence, whatever is promised; the value is the area; clNone in versions without them
	channel    class
	codes      map[string]string // variable of a condition -> indicator
	triggers   []compiledTrigger
	lifts      []compiledLift
	scans      *sync.Pool // working memory for reading texts, of type *scan
}

// borrow takes working memory; what it held before does not matter.
func (c *compiled) borrow() *scan {
	if s, ok := c.scans.Get().(*scan); ok {
		return s
	}
	return &scan{lx: c.lexicon}
}

// giveBack returns working memory, but not what an enormous text left behind.
func (c *compiled) giveBack(s *scan) {
	if cap(s.n.runes) <= 1<<16 {
		c.scans.Put(s)
	}
}

type datedRate struct {
	from int64
	rate float64
}

type compiledArea struct {
	rule       *AreaRule
	weights    []float64 // by dimension
	prohibited int64     // microseconds, 0 is never
}

type compiledDimension struct {
	rule    *DimensionRule
	combine combine
	used    bool // an indicator feeds it
}

type compiledIndicator struct {
	*IndicatorRule
	measure   measure
	dimension int
	areas     []bool // by area
	classes   []class
	channels  []class
	carries   bool       // a hard trigger asks for it, so it is measured without a weight too
	when      *condition // of measure "condition"
}

// compiledTrigger is a hard trigger; without a condition the mark of its indicator decides.
type compiledTrigger struct {
	rule  *TriggerRule
	when  *condition
	names []string
}

type compiledLift struct {
	rule *LiftRule
	when *condition
}

// has says whether the indicator listens to a class.
func (ind *compiledIndicator) has(c class) bool { return slices.Contains(ind.classes, c) }

func (r *Rules) compile(lx *lexicon) {
	c := &compiled{lexicon: lx, areaClass: lx.classes["area"], banned: lx.classes["banned"], guarantee: lx.classes["guarantee"],
		scans: &sync.Pool{}, raising: lx.classes["raising"], offering: lx.classes["offering"], channel: lx.classes["public_channel"]}
	c.alleging = map[class]bool{}
	for _, name := range []string{"alleging", "closing", "guarantee", "headcount", "entry_fee", "personal_account", "new_pays_old", "withdrawal_threshold"} {
		c.alleging[lx.classes[name]] = true
	}
	for _, rate := range r.LPR.Rates {
		c.lpr = append(c.lpr, datedRate{rate.From.Time(time.UTC).UnixMicro(), rate.Rate})
	}
	for i := range r.Dimensions {
		d := &r.Dimensions[i]
		c.dimensions = append(c.dimensions, compiledDimension{rule: d, combine: combines()[d.Combine]})
	}
	c.codes, c.triggers, c.lifts = r.conditions.codes, r.conditions.triggers, r.conditions.lifts
	for i := range r.Areas {
		c.areas = append(c.areas, r.compileArea(&r.Areas[i]))
	}
	for i := range r.Indicators {
		c.indicators = append(c.indicators, r.compileIndicator(&r.Indicators[i], lx))
		c.dimensions[c.indicators[i].dimension].used = true
	}
	r.compiled = c
}

// checkConditions compiles every condition; what is wrong with one stands at its field.
func (r *Rules) checkConditions(p *Problems) {
	made, err := newConditions(r)
	if err != nil {
		p.add("triggers", "rules.cel.other")
		return
	}
	r.conditions = &compiledConditions{codes: made.codes, own: map[string]*condition{}}
	compile := func(field, text string) *condition {
		c, wrong := made.compile(text)
		if wrong != nil {
			wrong.Field = field + ".when"
			*p = append(*p, *wrong)
		}
		return c
	}
	for i := range r.Triggers {
		t := compiledTrigger{rule: &r.Triggers[i], names: []string{r.Triggers[i].Indicator}}
		if t.rule.When != "" {
			if t.when = compile("triggers."+t.rule.Code, t.rule.When); t.when == nil {
				continue
			}
			if t.names = t.when.names; len(t.names) == 0 {
				p.add("triggers."+t.rule.Code+".when", "rules.cel.no_indicator")
			} else if t.rule.Indicator == "" {
				t.rule.Indicator = t.names[0]
			}
		}
		r.conditions.triggers = append(r.conditions.triggers, t)
	}
	for i := range r.Lifts {
		l := &r.Lifts[i]
		if c := compile("lifts."+l.Code, l.When); c != nil {
			r.conditions.lifts = append(r.conditions.lifts, compiledLift{l, c})
		}
	}
	for i := range r.Indicators {
		ind := &r.Indicators[i]
		if ind.Measure != measureCondition {
			continue
		}
		c := compile("indicators."+ind.Code, ind.When)
		if c == nil {
			continue
		}
		r.conditions.own[ind.Code] = c
		if len(c.names) == 0 {
			p.add("indicators."+ind.Code+".when", "rules.cel.no_indicator")
		}
		for _, name := range c.names {
			if other := r.indicator(name); other != nil && other.Measure == measureCondition {
				p.add("indicators."+ind.Code+".when", "rules.cel.nested", "name", name)
			}
		}
	}
}

func (r *Rules) indicator(code string) *IndicatorRule {
	for i := range r.Indicators {
		if r.Indicators[i].Code == code {
			return &r.Indicators[i]
		}
	}
	return nil
}

// compiledConditions are the conditions of a rule version.
type compiledConditions struct {
	codes    map[string]string
	triggers []compiledTrigger
	lifts    []compiledLift
	own      map[string]*condition
}

func (r *Rules) compileArea(a *AreaRule) compiledArea {
	out := compiledArea{rule: a}
	for _, d := range r.Dimensions {
		w := d.Weight
		if a.Weights != nil {
			w = a.Weights[d.Code]
		}
		out.weights = append(out.weights, w)
	}
	if since := a.ProhibitedSince.Time(time.UTC); !since.IsZero() {
		out.prohibited = since.UnixMicro()
	}
	return out
}

func (r *Rules) compileIndicator(rule *IndicatorRule, lx *lexicon) compiledIndicator {
	out := compiledIndicator{IndicatorRule: rule, measure: measures()[rule.Measure].run}
	for i, d := range r.Dimensions {
		if d.Code == rule.Dimension {
			out.dimension = i
		}
	}
	for _, a := range r.Areas {
		out.areas = append(out.areas, (len(rule.Areas) == 0 || slices.Contains(rule.Areas, a.Code)) && !slices.Contains(rule.NotAreas, a.Code))
	}
	for _, c := range rule.Classes {
		out.classes = append(out.classes, lx.classes[c])
	}
	out.when = r.conditions.own[rule.Code]
	for _, t := range r.conditions.triggers {
		out.carries = out.carries || slices.Contains(t.names, rule.Code)
	}
	for _, c := range rule.Channels {
		out.channels = append(out.channels, lx.classes[c])
	}
	return out
}

// areaIndex gives the place of an area in the rules, that of OTHR for a code they do not know.
func (c *compiled) areaIndex(code string) int {
	other := 0
	for i := range c.areas {
		if c.areas[i].rule.Code == code {
			return i
		}
		if c.areas[i].rule.Code == areaOther {
			other = i
		}
	}
	return other
}
