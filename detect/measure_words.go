package detect

import "strings"

// wordHits sums the weights of the distinct words of the indicator's classes in the texts of the area since a moment.
func (v *view) wordHits(ind *compiledIndicator, from int64) hit {
	h := hit{unit: "words"}
	var seen []*entry
	var names []string
	for i := range v.docs {
		d := &v.docs[i]
		if !v.here(d.area) || d.at < from || d.kind == docChannel || d.kind == docScope {
			continue
		}
		for _, w := range d.words {
			if !ind.has(w.entry.class) {
				continue
			}
			h.refs = append(h.refs, docRef(i, d, w.start, w.end, w.entry.weight))
			if contains(seen, w.entry) {
				continue
			}
			seen = append(seen, w.entry)
			h.raw += w.entry.weight
			if len(names) < 3 {
				names = append(names, w.entry.word)
			}
		}
	}
	if len(seen) == 0 {
		return h
	}
	h.value, h.threshold = float64(len(seen)), 1
	h.args = map[string]string{"words": strings.Join(names, " / "), "count": count64(int64(len(seen)))}
	return h
}

func contains(list []*entry, e *entry) bool {
	for _, x := range list {
		if x == e {
			return true
		}
	}
	return false
}

func (v *view) wordRefs(ind *compiledIndicator, from int64) []ref { return v.wordHits(ind, from).refs }

// words: feature words of the indicator's classes.
func words(v *view, ind *compiledIndicator) (hit, bool) {
	h := v.wordHits(ind, v.since(float64(v.rules.ValidityDays)))
	return h, len(h.refs) > 0
}

// guarantee: words that guarantee principal or return, and products that say so in their field.
func guarantee(v *view, ind *compiledIndicator) (hit, bool) {
	h := v.wordHits(ind, v.since(float64(v.rules.ValidityDays)))
	stated := 0
	for i := range v.products {
		p := &v.products[i]
		if g := p.fact.Row.Guaranteed; g != nil && *g && v.here(p.area) {
			stated++
			r := fieldRef(&p.fact.Provenance, "guaranteed", "true")
			r.url = p.fact.Row.URL
			h.refs = append(h.refs, r)
		}
	}
	if stated > 0 {
		h.raw += ind.Points
		if h.args == nil {
			h.variant = "stated"
		}
	}
	h.value, h.threshold, h.unit = float64(len(h.refs)), 1, "facts"
	return h, len(h.refs) > 0
}

// leverage: a leverage offered from a multiple on.
func leverage(v *view, ind *compiledIndicator) (hit, bool) {
	n, refs := v.highest(NumberLeverage, ind.Params["from"])
	return hit{raw: ind.Points, value: n, threshold: ind.Params["from"], unit: "times", args: map[string]string{"count": number(n)}, refs: refs}, len(refs) > 0
}

// highest gives the highest count of a kind in the texts of the area, from a value on.
func (v *view) highest(kind string, from float64) (float64, []ref) {
	top := 0.0
	var refs []ref
	since := v.since(float64(v.rules.ValidityDays))
	for i := range v.docs {
		d := &v.docs[i]
		if !v.here(d.area) || d.at < since {
			continue
		}
		for _, n := range d.numbers {
			if n.Kind == kind && n.Value >= from {
				top = max(top, n.Value)
				refs = append(refs, docRef(i, d, n.Start, n.End, n.Value))
			}
		}
	}
	return top, refs
}

// levels: a reward scheme by head-count over several levels. With enough persons it carries the hard trigger.
func levels(v *view, ind *compiledIndicator) (hit, bool) {
	n, refs := v.highest(NumberLevels, ind.Params["levels"])
	reward := v.wordHits(ind, v.since(float64(v.rules.ValidityDays)))
	if len(refs) == 0 || len(reward.refs) == 0 {
		return hit{}, false
	}
	persons, more := v.highest(NumberPersons, ind.Params["persons"])
	if n, r := v.reach(); float64(n) >= ind.Params["persons"] {
		persons = max(persons, float64(n))
		more = append(more, r...)
	}
	h := hit{raw: ind.Points, value: n, threshold: ind.Params["levels"], unit: "levels", refs: append(append(refs, reward.refs...), more...), trigger: persons >= ind.Params["persons"]}
	h.args = map[string]string{"count": number(n), "persons": number(persons)}
	if h.trigger {
		h.variant = "persons"
	}
	return h, true
}
