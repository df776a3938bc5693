package detect

import "slices"

// reach gives the investors of the area's products: by product the greatest current count of any source, summed.
func (v *view) reach() (int64, []ref) {
	total := int64(0)
	var refs []ref
	for i := range v.products {
		p := &v.products[i]
		n := p.fact.Row.Investors
		if n == nil || *n <= 0 || !v.here(p.area) {
			continue
		}
		r := fieldRef(&p.fact.Provenance, "investors", count64(*n))
		r.weight, r.url = float64(*n), p.fact.Row.URL
		refs = append(refs, r)
		if v.greatest(i, v.investorsHere) {
			total += min(*n, 1e12)
		}
	}
	return total, refs
}

// investorsHere gives a product's investors when it belongs to the area being assessed.
func (v *view) investorsHere(p *product) *int64 {
	if !v.here(p.area) {
		return nil
	}
	return p.fact.Row.Investors
}

// greatest says whether product i states the greatest value among the sources of the same product; of equals the first.
func (v *view) greatest(i int, value func(*product) *int64) bool {
	own := value(&v.products[i])
	for j := range v.products {
		if j == i || v.products[j].fact.Row.ID != v.products[i].fact.Row.ID {
			continue
		}
		other := value(&v.products[j])
		if other != nil && (*other > *own || *other == *own && j < i) {
			return false
		}
	}
	return true
}

// investorsBand: points from counts of participants on.
func investorsBand(v *view, ind *compiledIndicator) (hit, bool) {
	n, refs := v.reach()
	h := hit{value: float64(n), unit: "persons", refs: refs}
	for _, b := range ind.IndicatorRule.Bands {
		if float64(n) >= b.From {
			h.raw, h.threshold = b.Points, b.From
		}
	}
	h.args = map[string]string{"count": count64(n)}
	return h, h.raw > 0
}

// headcountOver: fixed points when the investors exceed a number.
func headcountOver(v *view, ind *compiledIndicator) (hit, bool) {
	n, refs := v.reach()
	return hit{raw: ind.Points, value: float64(n), threshold: ind.Params["over"], unit: "persons",
		args: map[string]string{"count": count64(n), "over": number(ind.Params["over"])}, refs: refs}, float64(n) > ind.Params["over"]
}

// publicity: the company's own public texts promise a return, guarantee or raise money, or its product is sold in public.
func publicity(v *view, ind *compiledIndicator) (hit, bool) {
	h := hit{raw: ind.Points, threshold: 1, unit: "facts"}
	from := v.since(ind.Params["days"])
	for i := range v.docs {
		d := &v.docs[i]
		if d.at < from || !v.here(d.area) {
			continue
		}
		if d.kind == docChannel {
			h.refs = append(h.refs, v.publicChannel(i, d, ind)...)
			continue
		}
		if d.voice != VoiceOwn || d.kind == docName || d.kind == docScope || d.kind == docProduct {
			continue
		}
		h.refs = append(h.refs, v.raisingText(i, d, ind)...)
	}
	h.value = float64(len(h.refs))
	h.args = map[string]string{"count": count64(int64(len(h.refs)))}
	return h, len(h.refs) > 0
}

func (v *view) raisingText(i int, d *document, ind *compiledIndicator) []ref {
	for j := range v.promises {
		if p := &v.promises[j]; p.doc == i && p.score > 0 {
			return []ref{v.promiseRef(p)}
		}
	}
	for _, w := range d.words {
		if ind.has(w.entry.class) {
			return []ref{docRef(i, d, w.start, w.end, w.entry.weight)}
		}
	}
	return nil
}

// publicChannel: the channel of a product is public and the product promises a return.
func (v *view) publicChannel(i int, d *document, ind *compiledIndicator) []ref {
	for j := range v.promises {
		if v.promises[j].prov != d.prov || v.promises[j].score <= 0 {
			continue
		}
		for _, w := range d.words {
			if slices.Contains(ind.channels, w.entry.class) {
				return []ref{docRef(i, d, w.start, w.end, 0)}
			}
		}
	}
	return nil
}
