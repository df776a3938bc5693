package detect

import "slices"

// bannedWords: words in name or scope that are kept for licence holders.
func bannedWords(v *view, ind *compiledIndicator) (hit, bool) {
	if v.licensed() {
		return hit{}, false
	}
	h := hit{raw: ind.Points, unit: "words", threshold: 1}
	first := ""
	for i := range v.docs {
		d := &v.docs[i]
		for _, w := range d.banned {
			if first == "" {
				first = w.entry.word
			}
			weight := 1.0
			if d.kind == docName {
				weight = 2
			}
			h.refs = append(h.refs, docRef(i, d, w.start, w.end, weight))
		}
	}
	h.value = float64(len(h.refs))
	h.args = map[string]string{"word": first, "count": count64(int64(len(h.refs)))}
	return h, len(h.refs) > 0
}

// addressLost: not found at the address, or the address changes again and again.
func addressLost(v *view, ind *compiledIndicator) (hit, bool) {
	h := hit{raw: ind.Points, value: 1, threshold: 1, unit: "facts"}
	from := v.since(ind.Params["days"])
	for i := range v.signals {
		s := &v.signals[i]
		if s.at < from || !v.here(s.area) {
			continue
		}
		if s.fact.Row.Kind == "lost_contact" {
			h.refs = append(h.refs, v.signalRef(s, 2))
		}
	}
	h.refs = append(h.refs, v.wordRefs(ind, from)...)
	if len(h.refs) > 0 {
		h.value = float64(len(h.refs))
		return h, true
	}
	h.refs = v.addressChanges(from)
	h.value, h.threshold, h.unit, h.variant = float64(len(h.refs)), ind.Params["changes"], "changes", "changes"
	h.args = map[string]string{"count": count64(int64(len(h.refs)))}
	h.raw = ind.Params["change_points"]
	return h, h.value >= ind.Params["changes"]
}

// addressChanges gives the observations at which the registered address of one source became another.
func (v *view) addressChanges(from int64) []ref {
	var best []ref
	for _, current := range v.registry {
		var refs []ref
		last := ""
		for _, f := range v.addresses {
			if f.Source != current.Source || f.Row.Address == "" {
				continue
			}
			if last != "" && f.Row.Address != last && f.ObservedAt.Micro() >= from {
				refs = append(refs, fieldRef(&f.Provenance, "address", f.Row.Address))
			}
			last = f.Row.Address
		}
		if len(refs) > len(best) {
			best = refs
		}
	}
	return best
}

// abnormalList: on the list of abnormal operations by the register or by a signal.
func abnormalList(v *view, ind *compiledIndicator) (hit, bool) {
	h := hit{raw: ind.Points, value: 1, threshold: 1, unit: "facts"}
	today := v.today()
	for _, f := range v.registry {
		if on := f.Row.AbnormalListedOn; on != "" && on <= today {
			h.refs = append(h.refs, fieldRef(&f.Provenance, "abnormal_listed_on", string(on)))
		}
	}
	from := v.since(ind.Params["days"])
	for i := range v.signals {
		if s := &v.signals[i]; s.fact.Row.Kind == "abnormal_operation" && s.at >= from {
			h.refs = append(h.refs, v.signalRef(s, 0))
		}
	}
	return h, len(h.refs) > 0
}

// capitalUnpaid: large capital subscribed and known to be unpaid.
func capitalUnpaid(v *view, ind *compiledIndicator) (hit, bool) {
	for _, f := range v.registry {
		r := &f.Row
		if r.RegisteredCapitalFen == nil || r.PaidCapitalFen == nil || *r.PaidCapitalFen != 0 || float64(*r.RegisteredCapitalFen) < ind.Params["capital_fen"] {
			continue
		}
		value := float64(*r.RegisteredCapitalFen) / 100
		return hit{raw: ind.Points, value: value, threshold: ind.Params["capital_fen"] / 100, unit: "yuan",
			args: map[string]string{"value": number(value / 10000)},
			refs: []ref{fieldRef(&f.Provenance, "registered_capital", number(value)), fieldRef(&f.Provenance, "paid_capital", "0")}}, true
	}
	return hit{}, false
}

// representativeChanges: how many persons became legal representative within the days.
func representativeChanges(v *view, ind *compiledIndicator) (hit, bool) {
	h := hit{raw: ind.Points, threshold: ind.Params["changes"], unit: "persons"}
	from := v.since(ind.Params["days"])
	var seen []string
	for _, f := range v.relations {
		r := &f.Row
		since := r.SinceOn.Time(chinaTime())
		if r.Kind != "legal_representative" || since.IsZero() || since.UnixMicro() < from || since.UnixMicro() > v.us || slices.Contains(seen, r.From) {
			continue
		}
		seen = append(seen, r.From)
		h.refs = append(h.refs, fieldRef(&f.Provenance, "since_on", string(r.SinceOn)))
	}
	h.value = float64(len(seen))
	h.args = map[string]string{"count": count64(int64(len(seen)))}
	return h, h.value >= ind.Params["changes"]
}

// staffRecruitment: hardly any insured staff, and many sales jobs offered.
func staffRecruitment(v *view, ind *compiledIndicator) (hit, bool) {
	staff, prov := v.insuredStaff()
	if prov == nil || float64(staff.insured) > ind.Params["staff_max"] {
		return hit{}, false
	}
	h := hit{raw: ind.Points, threshold: ind.Params["jobs_min"], unit: "jobs"}
	from := v.since(ind.Params["days"])
	for i := range v.signals {
		s := &v.signals[i]
		if s.fact.Row.Kind != "recruitment" || s.at < from {
			continue
		}
		if n, r, ok := v.salesJobs(s, ind); ok {
			h.value += n
			h.refs = append(h.refs, r)
		}
	}
	h.refs = append(h.refs, fieldRef(prov, "insured_staff", count64(staff.insured)))
	h.args = map[string]string{"count": number(h.value), "staff": count64(staff.insured)}
	return h, h.value >= ind.Params["jobs_min"]
}

// salesJobs gives the number of sales jobs of a recruitment advert: its count, else the number in its text, else one.
func (v *view) salesJobs(s *signal, ind *compiledIndicator) (float64, ref, bool) {
	if s.doc < 0 {
		return 0, ref{}, false
	}
	d := &v.docs[s.doc]
	for _, w := range d.words {
		if !ind.has(w.entry.class) {
			continue
		}
		n := 1.0
		for _, k := range d.numbers {
			if k.Kind == NumberJobs {
				n = max(n, k.Value)
			}
		}
		if s.fact.Row.Count != nil {
			n = max(n, float64(*s.fact.Row.Count))
		}
		return n, docRef(s.doc, d, w.start, w.end, n), true
	}
	return 0, ref{}, false
}
