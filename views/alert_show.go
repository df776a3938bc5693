package views

// The bands of the index (indicators.md 1.3), for the scale under the chart.
var indexBands = []struct {
	level, text string
	at          float64
}{{"blue", "20", 20}, {"yellow", "40", 40}, {"orange", "60", 60}, {"red", "80", 80}}

// quoted gives the evidence that has words to show, at most two pieces.
func quoted(list []EvidenceItem) []EvidenceItem {
	var out []EvidenceItem
	for _, e := range list {
		if e.Hit != "" && len(out) < 2 {
			out = append(out, e)
		}
	}
	return out
}

func (a AlertActs) value(verb, name string) string {
	if a.Failed != verb {
		return ""
	}
	return a.Values[name]
}

func (a AlertActs) wrong(verb, name string) string {
	if a.Failed != verb {
		return ""
	}
	return a.Wrong[name]
}
