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
	guarantee  class
	raising    class
	channel    class
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
	trigger   string
}

// has says whether the indicator listens to a class.
func (ind *compiledIndicator) has(c class) bool { return slices.Contains(ind.classes, c) }

func (r *Rules) compile(lx *lexicon) {
	c := &compiled{lexicon: lx, areaClass: lx.classes["area"], banned: lx.classes["banned"], guarantee: lx.classes["guarantee"],
		scans: &sync.Pool{}, raising: lx.classes["raising"], channel: lx.classes["public_channel"]}
	for _, rate := range r.LPR.Rates {
		c.lpr = append(c.lpr, datedRate{rate.From.Time(time.UTC).UnixMicro(), rate.Rate})
	}
	for i := range r.Dimensions {
		d := &r.Dimensions[i]
		c.dimensions = append(c.dimensions, compiledDimension{rule: d, combine: combines()[d.Combine]})
	}
	for i := range r.Areas {
		c.areas = append(c.areas, r.compileArea(&r.Areas[i]))
	}
	for i := range r.Indicators {
		c.indicators = append(c.indicators, r.compileIndicator(&r.Indicators[i], lx))
		c.dimensions[c.indicators[i].dimension].used = true
	}
	r.compiled = c
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
	for _, c := range rule.Channels {
		out.channels = append(out.channels, lx.classes[c])
	}
	for _, t := range r.Triggers {
		if t.Indicator == rule.Code {
			out.trigger = t.Code
		}
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
