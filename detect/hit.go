package detect

import (
	"strconv"

	"xiezhi/models"
)

// hit is what a measure found: what it adds to its dimension, the number it measured, and the facts behind it.
type hit struct {
	raw       float64
	value     float64
	unit      string
	threshold float64
	variant   string // of the message that gives the reason
	args      map[string]string
	refs      []ref
	trigger   bool // it carries the hard trigger of its indicator
}

// ref points to a fact: to a place in a document, or to a field with its value.
type ref struct {
	prov       *models.Provenance
	doc        int // -1 is a field
	start, end int
	field      string
	value      string
	url        string
	weight     float64 // the order among the evidence
}

func docRef(d int, doc *document, start, end int, weight float64) ref {
	return ref{prov: doc.prov, doc: d, start: start, end: end, url: doc.url, weight: weight}
}

func fieldRef(p *models.Provenance, field, value string) ref {
	return ref{prov: p, doc: -1, field: field, value: value}
}

func count64(n int64) string { return strconv.FormatInt(n, 10) }

// family gives the source family of a fact; a source without one is a family of its own.
func family(p *models.Provenance) string {
	if p.Family != "" {
		return p.Family
	}
	return p.Source
}

// evidence writes the best references: one of each family first, then by weight, then by time.
func (v *view) evidence(refs []ref) []Evidence {
	order := v.pick(refs)
	out := make([]Evidence, 0, len(order))
	for _, i := range order {
		r := &refs[i]
		e := Evidence{FactID: r.prov.FactID, Source: r.prov.Source, Family: family(r.prov), ObservedAt: r.prov.ObservedAt, Hash: r.prov.Hash, Batch: r.prov.BatchRef, URL: r.url, Field: r.field}
		if r.doc >= 0 {
			d := &v.docs[r.doc]
			e.Field = d.field
			e.Excerpt, e.Start, e.End = excerpt(d.text, r.start, r.end)
		} else {
			e.Excerpt, e.Start, e.End = excerpt(r.value, 0, len(r.value))
		}
		out = append(out, e)
	}
	return out
}

// pick chooses up to evidence_max references, in order.
func (v *view) pick(refs []ref) []int {
	var chosen []int
	for pass := range 2 {
		for len(chosen) < v.rules.EvidenceMax {
			best := -1
			for i := range refs {
				if taken(refs, chosen, i, pass == 0) || best >= 0 && !better(&refs[i], &refs[best]) {
					continue
				}
				best = i
			}
			if best < 0 {
				break
			}
			chosen = append(chosen, best)
		}
	}
	return chosen
}

// taken says whether a reference is chosen already, or in the first pass its family.
func taken(refs []ref, chosen []int, i int, byFamily bool) bool {
	for _, c := range chosen {
		if c == i || byFamily && family(refs[c].prov) == family(refs[i].prov) {
			return true
		}
		if refs[c].prov.FactID == refs[i].prov.FactID && refs[c].prov.Hash == refs[i].prov.Hash && refs[c].doc == refs[i].doc && refs[c].start == refs[i].start && refs[c].field == refs[i].field && refs[c].value == refs[i].value {
			return true
		}
	}
	return false
}

func better(a, b *ref) bool {
	if a.weight != b.weight {
		return a.weight > b.weight
	}
	return a.prov.ObservedAt.After(b.prov.ObservedAt)
}
