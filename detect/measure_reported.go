package detect

import "slices"

// reported: what an authority, a court or an institution says of the company in signals of the indicator's kinds, where classes
// are named only with one of their words. The first gives the points, each further one adds, up to a most.
func reported(v *view, ind *compiledIndicator) (hit, bool) {
	h := hit{unit: "facts", threshold: 1}
	from := v.since(ind.Params["days"])
	for i := range v.signals {
		s := &v.signals[i]
		if s.at < from || !v.here(s.area) || signalCount(s) == 0 || !slices.Contains(ind.Kinds, s.fact.Row.Kind) {
			continue
		}
		if len(ind.Classes) == 0 {
			h.refs = append(h.refs, v.signalRef(s, 1))
			continue
		}
		if s.doc < 0 {
			continue
		}
		d := &v.docs[s.doc]
		for _, w := range d.words {
			if ind.has(w.entry.class) {
				h.refs = append(h.refs, docRef(s.doc, d, w.start, w.end, w.entry.weight))
				break
			}
		}
	}
	n := len(h.refs)
	if n == 0 {
		return h, false
	}
	h.raw = min(ind.Params["most"], ind.Points+ind.Params["further"]*float64(n-1))
	h.value = float64(n)
	h.args = map[string]string{"count": count64(int64(n))}
	return h, true
}
