package detect

import "slices"

// licensed says whether a valid licence with a number covers the area being assessed.
func (v *view) licensed() bool {
	kinds := v.c.areas[v.area].rule.Licences
	for _, l := range v.licences {
		if slices.Contains(kinds, l.Row.Kind) {
			return true
		}
	}
	return false
}

// licenceAbsent: a live offer in an area that needs a licence, and none is known.
func licenceAbsent(v *view, ind *compiledIndicator) (hit, bool) {
	area := &v.c.areas[v.area]
	if v.licensed() || area.prohibited > v.us {
		return hit{}, false
	}
	var refs []ref
	switch area.rule.Needs {
	case "product":
		refs = v.offers()
	case "promise":
		refs = v.promisesAbove()
	}
	return hit{raw: ind.Points, value: 0, threshold: 1, unit: "licences", refs: refs}, len(refs) > 0
}

// registrationAbsent: a product of the area without the registration of a kind.
func registrationAbsent(v *view, ind *compiledIndicator) (hit, bool) {
	for _, l := range v.licences {
		if slices.Contains(ind.Kinds, l.Row.Kind) {
			return hit{}, false
		}
	}
	refs := v.productRefs()
	return hit{raw: ind.Points, threshold: 1, unit: "licences", refs: refs}, len(refs) > 0
}

// prohibitedArea: a live offer in an area that is closed to everybody.
func prohibitedArea(v *view, ind *compiledIndicator) (hit, bool) {
	area := &v.c.areas[v.area]
	if area.prohibited == 0 || area.prohibited > v.us {
		return hit{}, false
	}
	refs := v.offers()
	return hit{raw: ind.Points, value: float64(len(refs)), unit: "offers", args: map[string]string{"count": count64(int64(len(refs)))}, refs: refs}, len(refs) > 0
}

// offers gives the products of the area, or without any the company's own texts that offer something to investors.
func (v *view) offers() []ref {
	if refs := v.productRefs(); len(refs) > 0 {
		return refs
	}
	var refs []ref
	for i := range v.docs {
		d := &v.docs[i]
		if d.voice != VoiceOwn || !v.here(d.area) || d.kind == docName || d.kind == docScope || d.at < v.since(float64(v.rules.ValidityDays)) {
			continue
		}
		for _, w := range d.words {
			if w.entry.class == v.c.raising || w.entry.class == v.c.offering && w.entry.text == v.c.areas[v.area].rule.Code {
				refs = append(refs, docRef(i, d, w.start, w.end, w.entry.weight))
				break
			}
		}
	}
	for i := range v.promises {
		if p := &v.promises[i]; p.doc >= 0 && p.score > 0 && v.here(p.area) && v.docs[p.doc].voice == VoiceOwn {
			refs = append(refs, v.promiseRef(p))
		}
	}
	return refs
}

func (v *view) productRefs() []ref {
	var refs []ref
	for i := range v.products {
		if p := &v.products[i]; v.here(p.area) {
			r := fieldRef(&p.fact.Provenance, "name", p.fact.Row.Name)
			r.url = p.fact.Row.URL
			refs = append(refs, r)
		}
	}
	return refs
}
