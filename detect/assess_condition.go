package detect

import "slices"

// runFacts prepares what conditions may look at in an area.
func (v *view) runFacts(r *run) *runFacts {
	f := &runFacts{run: r, area: v.c.areas[r.area].rule.Code, codes: v.c.codes, view: v}
	return f
}

// added measures the indicators that the rule version adds by conditions: their evidence is that of the indicators they name.
func (v *view) added(r *run, facts *runFacts, raws [][]float64) {
	for i := range v.c.indicators {
		ind := &v.c.indicators[i]
		if ind.when == nil || !ind.areas[r.area] || v.c.areas[r.area].weights[ind.dimension] == 0 && !ind.carries || !r.any(ind.when.names) {
			continue
		}
		held, failed := ind.when.holds(facts)
		if failed {
			r.failed = append(r.failed, ind.Code)
		}
		if !held || v.suppresses(ind.Code) {
			continue
		}
		h := hit{raw: ind.Points, unit: "signs", trigger: true, args: map[string]string{"zh": ind.NameZh, "en": ind.NameEn}}
		for j := range r.hits {
			if s := &r.hits[j]; slices.Contains(ind.when.names, s.ind.Code) {
				h.value++
				h.refs = append(h.refs, s.hit.refs...)
			}
		}
		if v.c.areas[r.area].weights[ind.dimension] > 0 {
			raws[ind.dimension] = append(raws[ind.dimension], h.raw)
		}
		r.hits = append(r.hits, scored{ind: ind, hit: h})
	}
}

// any says whether one of the indicators hit: a condition is asked only then, so that there is evidence to show.
func (r *run) any(codes []string) bool { return slices.ContainsFunc(codes, r.holds) }

// ask holds the triggers and lifts of the rules against an area.
func (v *view) ask(r *run, facts *runFacts) {
	for i := range v.c.triggers {
		t := &v.c.triggers[i]
		if !r.any(t.names) {
			continue
		}
		held, failed := r.marked(t.rule.Indicator), false
		if t.when != nil {
			held, failed = t.when.holds(facts)
		}
		if failed {
			r.failed = append(r.failed, t.rule.Code)
		}
		if held {
			r.fired = append(r.fired, i)
		}
	}
	for i := range v.c.lifts {
		l := &v.c.lifts[i]
		if len(r.hits) == 0 {
			continue
		}
		held, failed := l.when.holds(facts)
		if failed {
			r.failed = append(r.failed, l.rule.Code)
		}
		if held {
			r.lifts = append(r.lifts, l.rule)
		}
	}
}

// marked says whether the measure of an indicator saw what its hard trigger asks for.
func (r *run) marked(code string) bool {
	return slices.ContainsFunc(r.hits, func(s scored) bool { return s.ind.Code == code && s.hit.trigger })
}
