package detect

import (
	"slices"

	"xiezhi/models"
)

// ties: the company shares a hand, a telephone, an address or a site with companies whose own facts put them at orange or red, or
// that were punished. What more share than the crowd of the rules is an agent's address or a holding of the state and says nothing.
// Bands go by the number of alerted companies; where none is alerted, a punished one counts "punished" points.
func ties(v *view, ind *compiledIndicator) (hit, bool) {
	h := hit{unit: "companies", threshold: 1}
	for i := range v.ties {
		t := &v.ties[i]
		if !slices.Contains(ind.Kinds, t.Kind) || float64(t.Companies) > ind.Params["crowd"] {
			continue
		}
		raw, n := 0.0, t.Alerted
		for _, b := range ind.Bands {
			if float64(t.Alerted) >= b.From {
				raw = b.Points
			}
		}
		if t.Alerted == 0 && t.Punished > 0 {
			raw, n = ind.Params["punished"], t.Punished
		}
		if raw > 0 {
			h.tie(t, raw, n)
		}
	}
	return h, h.raw > 0
}

// shells: one hand over many companies; the bands go by how many.
func shells(v *view, ind *compiledIndicator) (hit, bool) {
	h := hit{unit: "companies"}
	if len(ind.Bands) > 0 {
		h.threshold = ind.Bands[0].From
	}
	for i := range v.ties {
		t := &v.ties[i]
		if !slices.Contains(ind.Kinds, t.Kind) {
			continue
		}
		raw := 0.0
		for _, b := range ind.Bands {
			if float64(t.Companies) >= b.From {
				raw = b.Points
			}
		}
		if raw > 0 {
			h.tie(t, raw, t.Companies)
		}
	}
	return h, h.raw > 0
}

// tie adds a tie to a hit; the strongest counts.
func (h *hit) tie(t *models.Tie, raw float64, n int64) {
	r := fieldRef(&t.Provenance, t.Kind, t.By)
	r.weight = raw
	h.refs = append(h.refs, r)
	if raw > h.raw || raw == h.raw && float64(n) > h.value {
		h.raw, h.value = raw, float64(n)
		h.args = map[string]string{"count": count64(n), "all": count64(t.Companies)}
	}
}
