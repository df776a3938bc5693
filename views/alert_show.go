package views

import "strconv"

// The bands of the index (indicators.md 1.3), for the scale under the chart.
var indexBands = []struct {
	level, text string
	at          float64
}{{"blue", "20", 20}, {"yellow", "40", 40}, {"orange", "60", 60}, {"red", "80", 80}}

// quoted gives the evidence that has words to show, at most two pieces. What stands on the page already is not said again.
func quoted(list []EvidenceItem, seen map[string]bool) []EvidenceItem {
	var out []EvidenceItem
	for _, e := range list {
		key := e.HashFull + e.Before + e.Hit + e.After
		if e.Hit == "" || seen[key] || len(out) == 2 {
			continue
		}
		seen[key] = true
		out = append(out, e)
	}
	return out
}

// span counts the rows of a part in the table of all parts: its indicators, and the rows of quotations under them.
func (p ArgumentPart) span(all []ArgumentPart) string {
	seen := map[string]bool{}
	for _, part := range all {
		n := 0
		for _, r := range part.Rows {
			n++
			if len(quoted(r.Evidence, seen)) > 0 {
				n++
			}
		}
		if part.Name == p.Name {
			return strconv.Itoa(n)
		}
	}
	return ""
}

// label gives the words that fit over a part of the bar: name and points, the points alone, or nothing.
func (p ChartPart) label() string {
	for _, text := range []string{p.Text, p.Points} {
		if textWidth(text) <= p.W {
			return text
		}
	}
	return ""
}

// textWidth is about how wide a text is at the size of the charts: Han fills a square, other signs a good half.
func textWidth(text string) float64 {
	w := 4.0
	for _, r := range text {
		if r >= 0x2e80 {
			w += 11.5
		} else {
			w += 6.6
		}
	}
	return w
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
