package detect

// promiseRef quotes a promise.
func (v *view) promiseRef(p *promise) ref {
	if p.doc >= 0 {
		return docRef(p.doc, &v.docs[p.doc], p.Start, p.End, p.Annual)
	}
	r := fieldRef(p.prov, "promised_yield", number(p.Rate*100)+" % / "+string(p.Period))
	r.url, r.weight = p.url, p.Annual
	return r
}

// promisesAbove gives every promise of the area above the one-year rate.
func (v *view) promisesAbove() []ref {
	var refs []ref
	for i := range v.promises {
		if p := &v.promises[i]; p.score > 0 && v.here(p.area) {
			refs = append(refs, v.promiseRef(p))
		}
	}
	return refs
}

// short says whether a promise is paid by the month or faster.
func (p *promise) short() bool { return p.Days <= 31 }

// yieldAnnual: what is promised by the quarter, the year or a longer term.
func yieldAnnual(v *view, _ *compiledIndicator) (hit, bool) {
	return v.bestPromise(func(p *promise) bool { return !p.short() })
}

// yieldShort: what is promised by the day, the week, the month or a term within a month. A daily promise carries the
// hard trigger.
func yieldShort(v *view, _ *compiledIndicator) (hit, bool) {
	return v.bestPromise((*promise).short)
}

// bestPromise scores the promises that take says yes to: the highest score decides, all above the one-year rate are
// evidence. The promise shown is a daily one where there is any.
func (v *view) bestPromise(take func(*promise) bool) (hit, bool) {
	h := hit{}
	var show *promise
	for i := range v.promises {
		p := &v.promises[i]
		if p.score <= 0 || !v.here(p.area) || !take(p) {
			continue
		}
		h.raw = max(h.raw, p.score)
		h.trigger = h.trigger || p.Period == PeriodDay
		h.refs = append(h.refs, v.promiseRef(p))
		if show == nil || shownBefore(p, show) {
			show = p
		}
	}
	if show == nil {
		return h, false
	}
	h.value, h.unit, h.variant = show.Rate, "per_"+string(show.Period), string(show.Period)
	at := show.prov.ObservedAt
	if at.IsZero() {
		at = v.asOf
	}
	h.threshold = v.rules.LPRAt(at)
	h.args = map[string]string{"value": number(show.Rate * 100), "annual": number(show.Annual * 100), "days": number(show.Days)}
	return h, true
}

// shownBefore prefers a daily promise, then the higher annual rate.
func shownBefore(a, b *promise) bool {
	if (a.Period == PeriodDay) != (b.Period == PeriodDay) {
		return a.Period == PeriodDay
	}
	return a.Annual > b.Annual
}

// yieldFloor: fixed points from an annual promise on.
func yieldFloor(v *view, ind *compiledIndicator) (hit, bool) {
	h := hit{raw: ind.Points, unit: "per_year", threshold: ind.Params["from"]}
	for i := range v.promises {
		p := &v.promises[i]
		if p.score <= 0 || !v.here(p.area) || p.Annual < ind.Params["from"] {
			continue
		}
		h.value = max(h.value, p.Annual)
		h.refs = append(h.refs, v.promiseRef(p))
	}
	h.args = map[string]string{"value": number(h.value * 100)}
	return h, len(h.refs) > 0
}
