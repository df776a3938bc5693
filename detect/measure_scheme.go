package detect

import (
	"slices"

	"xiezhi/models"
)

// scheme: accounts of the company act in a scheme of transfers of one of the kinds. The score of the strongest counts; a
// licence lowers nothing.
func scheme(v *view, ind *compiledIndicator) (hit, bool) {
	h := hit{unit: "accounts", threshold: 1}
	var best *models.SchemeFact
	for i := range v.schemes {
		s := &v.schemes[i]
		if s.ObservedAt.After(v.asOf) || !slices.Contains(ind.Kinds, s.Typology) {
			continue
		}
		h.refs = append(h.refs, fieldRef(&s.Provenance, "scheme", s.Alert))
		if best == nil || s.Score > best.Score {
			best = s
		}
	}
	if best == nil {
		return h, false
	}
	h.raw, h.value = best.Score*ind.Params["share"], float64(best.Members)
	h.args = map[string]string{"count": count64(best.Members), "alert": best.Alert}
	return h, true
}
