package detect

import (
	"time"

	"xiezhi/models"
)

func (v *view) today() models.Date {
	return models.Date(v.asOf.Time().In(chinaTime()).Format(time.DateOnly))
}

// signalRef quotes a signal's text, or its kind where it has none.
func (v *view) signalRef(s *signal, weight float64) ref {
	if s.doc >= 0 {
		return ref{prov: &s.fact.Provenance, doc: s.doc, url: s.fact.Row.URL, weight: weight}
	}
	r := fieldRef(&s.fact.Provenance, "kind", s.fact.Row.Kind)
	r.url, r.weight = s.fact.Row.URL, weight
	return r
}

// signalCount is the count of a signal: one where it does not say.
func signalCount(s *signal) int64 {
	if s.fact.Row.Count == nil {
		return 1
	}
	return max(0, *s.fact.Row.Count)
}

type staffCount struct{ insured int64 }

// insuredStaff gives the greatest count of insured staff that a source currently states.
func (v *view) insuredStaff() (staffCount, *models.Provenance) {
	var s staffCount
	var prov *models.Provenance
	for _, f := range v.registry {
		if n := f.Row.InsuredStaff; n != nil && (prov == nil || *n > s.insured) {
			s.insured, prov = max(0, *n), &f.Provenance
		}
	}
	return s, prov
}

// markedWords: fixed points for words of a class.
func markedWords(v *view, ind *compiledIndicator) (hit, bool) {
	refs := v.wordRefs(ind, v.since(float64(v.rules.ValidityDays)))
	return hit{raw: ind.Points, value: float64(len(refs)), threshold: 1, unit: "facts", refs: refs}, len(refs) > 0
}

// policeFiled: the police say that a case about this subject was filed.
func policeFiled(v *view, ind *compiledIndicator) (hit, bool) {
	h := hit{raw: ind.Points, threshold: 1, unit: "facts", trigger: true}
	from := v.since(ind.Params["days"])
	for i := range v.signals {
		s := &v.signals[i]
		if s.fact.Row.Kind != "police_feedback" || s.at < from || s.doc < 0 || !v.here(s.area) {
			continue
		}
		d := &v.docs[s.doc]
		for _, w := range d.words {
			if ind.has(w.entry.class) {
				h.refs = append(h.refs, docRef(s.doc, d, w.start, w.end, 1))
				break
			}
		}
	}
	h.value = float64(len(h.refs))
	return h, len(h.refs) > 0
}

// closing: signals of lost contact and of unpaid redemption, and words of closing down. Both signals together carry the
// hard trigger.
func closing(v *view, ind *compiledIndicator) (hit, bool) {
	h := hit{threshold: 1, unit: "facts"}
	from := v.since(ind.Params["days"])
	lost, unpaid := false, false
	for i := range v.signals {
		s := &v.signals[i]
		kind := s.fact.Row.Kind
		if kind != "lost_contact" && kind != "redemption_failure" || s.at < from || !v.here(s.area) {
			continue
		}
		lost = lost || kind == "lost_contact"
		unpaid = unpaid || kind == "redemption_failure"
		h.refs = append(h.refs, v.signalRef(s, 5))
	}
	for _, found := range []bool{lost, unpaid} {
		if found {
			h.raw += ind.Points
		}
	}
	w := v.wordHits(ind, from)
	h.raw += w.raw
	h.refs = append(h.refs, w.refs...)
	h.value = float64(len(h.refs))
	h.trigger = lost && unpaid
	h.args = map[string]string{"count": count64(int64(len(h.refs))), "words": w.args["words"]}
	switch {
	case h.trigger:
		h.variant = "lost_unpaid"
	case lost:
		h.variant = "lost"
	case unpaid:
		h.variant = "unpaid"
	}
	return h, len(h.refs) > 0
}
