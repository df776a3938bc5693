package detect

import (
	"slices"
	"sort"

	"xiezhi/models"
)

// Assess holds the rules against the facts of one company. Windows end at asOf, and facts observed later are left out;
// facts whose purpose is not general never count. Peers may be empty. The same input gives the same answer; raising the
// newest promised yield or the newest number of investors of a product never lowers index or level.
func Assess(facts models.CompanyFacts, peers Peers, rules Rules, asOf models.Instant) Assessment {
	v := newView(&facts, peers, &rules, asOf)
	v.muted = facts.Suppressed
	runs := v.runs()
	a := Assessment{ID: facts.ID, AsOf: asOf, RuleVersion: rules.Version, Families: families(runs), Measures: v.measures()}
	main := mainRun(runs)
	a.SingleSource = len(a.Families) < rules.EvidenceCap.Families
	a.Area, a.Index, a.Dimensions = v.c.areas[main.area].rule.Code, main.index, main.dimensions
	a.setTriggers(runs, &rules)
	a.Uncapped = higher(rules.LevelOf(a.Index), a.lift(runs))
	if a.Trigger != nil {
		a.Uncapped = LevelRed
	}
	a.Level = rules.levelWith(a.Uncapped, a.Trigger != nil, a.SingleSource)
	a.Capped = a.Level != a.Uncapped
	for i := range runs {
		r := &runs[i]
		level := higher(rules.LevelOf(r.index), r.lifted())
		if r.triggered() {
			level = LevelRed
		}
		a.Areas = append(a.Areas, AreaIndex{v.c.areas[r.area].rule.Code, r.index, rules.levelWith(level, r.triggered(), a.SingleSource)})
	}
	a.setOwn(runs, &rules)
	a.Indicators = v.indicators(main, runs)
	a.Suppressed = v.suppressed
	return a
}

// setOwn finds the level without what ties to others add.
func (a *Assessment) setOwn(runs []run, rules *Rules) {
	own, tied := LevelNone, false
	for i := range runs {
		index := runs[i].index
		for _, d := range runs[i].dimensions {
			if d.Code == DimensionNetwork && d.Score > 0 {
				tied = true
				index = 100 - (100-index)/(1-d.Weight*d.Score/100)
			}
		}
		own = higher(own, rules.LevelOf(index))
	}
	if !tied {
		return
	}
	own = higher(own, a.lift(runs))
	if a.Trigger != nil {
		own = LevelRed
	}
	if own = rules.levelWith(own, a.Trigger != nil, a.SingleSource); own != a.Level {
		a.Own = own
	}
}

// suppresses says whether an indicator that hits is not counted for the company, and notes it.
func (v *view) suppresses(code string) bool {
	if !slices.Contains(v.muted, code) {
		return false
	}
	if !slices.Contains(v.suppressed, code) {
		v.suppressed = append(v.suppressed, code)
	}
	return true
}

// levelWith applies the evidence cap: few sources cap the level, but a hard trigger beats the cap.
func (r *Rules) levelWith(level Level, trigger, few bool) Level {
	if few && !trigger {
		return lower(level, r.EvidenceCap.Level)
	}
	return level
}

// run is the assessment of one area.
type run struct {
	area       int
	also       uint64 // areas whose facts count as well
	index      float64
	dimensions []Dimension
	hits       []scored
	fired      []int       // hard triggers that hold here
	lifts      []*LiftRule // that hold here
	failed     []string    // conditions that could not be computed
}

type scored struct {
	ind    *compiledIndicator
	hit    hit
	points float64
}

func (r *run) triggered() bool { return len(r.fired) > 0 }

// lifted gives the highest level that a condition lifts the area to.
func (r *run) lifted() Level {
	level := LevelNone
	for _, l := range r.lifts {
		level = higher(level, l.Level)
	}
	return level
}

// runs assesses every area of the company. Where an area knows no yield and a return is promised there, it is fundraising
// under another label, and the facts are held against the general area as well.
func (v *view) runs() []run {
	var list []run
	add := func(area int, also uint64) {
		for i := range list {
			if list[i].area == area {
				list[i].also |= also
				return
			}
		}
		list = append(list, run{area: area, also: also})
	}
	for i := range v.products {
		add(v.products[i].area, 0)
	}
	for _, area := range v.guessed {
		add(area, 0)
	}
	other := v.c.areaIndex(areaOther)
	for i := range list {
		if area := list[i].area; !v.knowsYield(area) && v.promisedIn(area) {
			add(other, 1<<uint(area))
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].area < list[j].area })
	for i := range list {
		v.assess(&list[i])
	}
	return list
}

func (v *view) knowsYield(area int) bool {
	for d := range v.c.dimensions {
		if v.c.dimensions[d].rule.Code == DimensionYield {
			return v.c.areas[area].weights[d] > 0
		}
	}
	return false
}

func (v *view) promisedIn(area int) bool {
	for i := range v.promises {
		if p := &v.promises[i]; p.score > 0 && (p.area == area || p.area == everyArea) {
			return true
		}
	}
	return false
}

// assess measures one area and makes its index.
func (v *view) assess(r *run) {
	v.area, v.also = r.area, r.also
	dims := len(v.c.dimensions)
	raws := make([][]float64, dims)
	weights, scores := make([]float64, dims), make([]float64, dims)
	for i := range v.c.indicators {
		ind := &v.c.indicators[i]
		w := v.c.areas[r.area].weights[ind.dimension]
		if !ind.areas[r.area] || w == 0 && !ind.carries || ind.Measure == measureCondition {
			continue
		}
		h, ok := ind.measure(v, ind)
		if !ok || w == 0 && !h.trigger {
			continue
		}
		if v.suppresses(ind.Code) {
			continue
		}
		if w > 0 {
			raws[ind.dimension] = append(raws[ind.dimension], h.raw)
		}
		r.hits = append(r.hits, scored{ind: ind, hit: h})
	}
	facts := v.runFacts(r)
	v.added(r, facts, raws)
	for d := range dims {
		dim := &v.c.dimensions[d]
		if w := v.c.areas[r.area].weights[d]; dim.used {
			weights[d], scores[d] = w, dim.combine(raws[d], dim.rule.K)
		}
	}
	index, points := Index(weights, scores)
	r.index = index
	for d := range dims {
		if v.c.dimensions[d].used && weights[d] > 0 {
			r.dimensions = append(r.dimensions, Dimension{v.c.dimensions[d].rule.Code, scores[d], weights[d], points[d]})
		}
	}
	r.share(raws, weights, points)
	v.ask(r, facts)
}

// share gives each hit its part of the points of its dimension.
func (r *run) share(raws [][]float64, weights, points []float64) {
	for i := range r.hits {
		s := &r.hits[i]
		sum := 0.0
		for _, raw := range raws[s.ind.dimension] {
			sum += raw
		}
		if sum > 0 && weights[s.ind.dimension] > 0 {
			s.points = points[s.ind.dimension] * s.hit.raw / sum
		}
	}
}

// mainRun is the run with the highest index; of equals one with a hard trigger, else the first.
func mainRun(runs []run) *run {
	main := &runs[0]
	for i := range runs[1:] {
		r := &runs[i+1]
		if r.index > main.index || r.index == main.index && r.triggered() && !main.triggered() {
			main = r
		}
	}
	return main
}

// families gives the source families of all facts behind the hits, sorted. A tie to another company is no further source of what
// this one does.
func families(runs []run) []string {
	out := []string{}
	for i := range runs {
		for j := range runs[i].hits {
			if runs[i].hits[j].ind.Dimension == DimensionNetwork {
				continue
			}
			for k := range runs[i].hits[j].hit.refs {
				if f := family(runs[i].hits[j].hit.refs[k].prov); !slices.Contains(out, f) {
					out = append(out, f)
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// setTriggers names the hard triggers in the order of the rules, and the conditions that could not be computed.
func (a *Assessment) setTriggers(runs []run, rules *Rules) {
	for i := range rules.compiled.triggers {
		t := rules.compiled.triggers[i].rule
		if !slices.ContainsFunc(runs, func(r run) bool { return slices.Contains(r.fired, i) }) {
			continue
		}
		a.Triggers = append(a.Triggers, t.Code)
		if a.Trigger == nil {
			a.Trigger = &Trigger{Code: t.Code, Indicator: t.Indicator, NameZh: t.NameZh, NameEn: t.NameEn}
		}
	}
	for i := range runs {
		for _, code := range runs[i].failed {
			if !slices.Contains(a.Failed, code) {
				a.Failed = append(a.Failed, code)
			}
		}
	}
}

// lift gives the highest level that a condition lifts the company to, and names those that hold.
func (a *Assessment) lift(runs []run) Level {
	level := LevelNone
	for i := range runs {
		level = higher(level, runs[i].lifted())
		for _, l := range runs[i].lifts {
			if !slices.ContainsFunc(a.Lifts, func(x Lift) bool { return x.Code == l.Code }) {
				a.Lifts = append(a.Lifts, Lift{l.Code, l.Level, l.NameZh, l.NameEn})
			}
		}
	}
	return level
}

// holds says whether an indicator hit in the area.
func (r *run) holds(code string) bool {
	return slices.ContainsFunc(r.hits, func(s scored) bool { return s.ind.Code == code })
}

// carries says whether an indicator hit and a hard trigger of the area rests on it.
func (r *run) carries(c *compiled, s *scored) bool {
	return slices.ContainsFunc(r.fired, func(i int) bool { return slices.Contains(c.triggers[i].names, s.ind.Code) })
}

// indicators writes the hits of the main area, and those of hard triggers in other areas with no points of their own:
// triggers first, then by points.
func (v *view) indicators(main *run, runs []run) []Indicator {
	out := make([]Indicator, 0, len(main.hits))
	carried := map[string]bool{}
	for i := range main.hits {
		s := &main.hits[i]
		carried[s.ind.Code] = main.carries(v.c, s)
		out = append(out, v.indicator(s, carried[s.ind.Code]))
	}
	for i := range runs {
		for j := range runs[i].hits {
			s := &runs[i].hits[j]
			if &runs[i] == main || carried[s.ind.Code] || !runs[i].carries(v.c, s) {
				continue
			}
			extra := *s
			extra.points = 0
			out = merge(out, v.indicator(&extra, true))
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		if out[i].Trigger != out[j].Trigger {
			return out[i].Trigger
		}
		if out[i].Points != out[j].Points {
			return out[i].Points > out[j].Points
		}
		return out[i].Code < out[j].Code
	})
	return out
}

// merge puts a trigger's indicator into the list; where the main area has the same indicator without the trigger, the
// trigger's evidence takes its place and the points stay.
func merge(list []Indicator, ind Indicator) []Indicator {
	for i := range list {
		if list[i].Code == ind.Code {
			ind.Points = list[i].Points
			if !list[i].Trigger {
				list[i] = ind
			}
			return list
		}
	}
	return append(list, ind)
}

func (v *view) indicator(s *scored, trigger bool) Indicator {
	h := &s.hit
	reason := "indicator." + s.ind.Code + ".reason"
	if s.ind.when != nil {
		reason = "indicator.condition.reason"
	}
	if h.variant != "" {
		reason += "." + h.variant
	}
	return Indicator{Code: s.ind.Code, Dimension: s.ind.Dimension, Severity: s.ind.Severity, Points: s.points, Value: h.value, Unit: h.unit,
		Threshold: h.threshold, Reason: reason, Args: h.args, Element: s.ind.Element, Article: s.ind.Article, Benign: s.ind.Benign,
		Trigger: trigger, Evidence: v.evidence(h.refs), Facts: len(h.refs)}
}
