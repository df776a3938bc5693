package detect

import (
	"math"
	"strconv"
)

// Change is one difference between two assessments of a company: Kind says what changed (level, index, area,
// trigger_new, trigger_gone, indicator_new, indicator_gone, indicator_value, yield, investors, raised, complaints), Code
// which trigger or indicator; Old and New are machine-readable, empty for "none".
type Change struct {
	Kind string `json:"kind"`
	Code string `json:"code,omitempty"`
	Old  string `json:"old,omitempty"`
	New  string `json:"new,omitempty"`
}

// Diff says what changed from one assessment to the next. An index that moved by less than 0.05 did not change.
func Diff(old, new Assessment) []Change {
	var out []Change
	add := func(kind, code, before, after string) {
		if before != after {
			out = append(out, Change{kind, code, before, after})
		}
	}
	add("level", "", string(old.Level), string(new.Level))
	if math.Abs(old.Index-new.Index) >= 0.05 {
		add("index", "", plain(old.Index), plain(new.Index))
	}
	add("area", "", old.Area, new.Area)
	diffCodes(old.Triggers, new.Triggers, func(code string) { add("trigger_gone", code, code, "") }, func(code string) { add("trigger_new", code, "", code) })
	diffIndicators(old.Indicators, new.Indicators, add)
	add("yield", "", optional(old.Measures.MaxAnnualYield), optional(new.Measures.MaxAnnualYield))
	add("investors", "", optionalInt(old.Measures.Investors), optionalInt(new.Measures.Investors))
	add("raised", "", optionalInt(old.Measures.RaisedFen), optionalInt(new.Measures.RaisedFen))
	add("complaints", "", count64(old.Measures.Complaints90d), count64(new.Measures.Complaints90d))
	return out
}

func diffIndicators(old, new []Indicator, add func(kind, code, before, after string)) {
	before := map[string]*Indicator{}
	for i := range old {
		before[old[i].Code] = &old[i]
	}
	after := map[string]bool{}
	for i := range new {
		n := &new[i]
		after[n.Code] = true
		o, known := before[n.Code]
		if !known {
			add("indicator_new", n.Code, "", plain(n.Value))
			continue
		}
		add("indicator_value", n.Code, plain(o.Value), plain(n.Value))
	}
	for i := range old {
		if !after[old[i].Code] {
			add("indicator_gone", old[i].Code, plain(old[i].Value), "")
		}
	}
}

func diffCodes(old, new []string, gone, came func(string)) {
	has := func(list []string, code string) bool {
		for _, c := range list {
			if c == code {
				return true
			}
		}
		return false
	}
	for _, c := range old {
		if !has(new, c) {
			gone(c)
		}
	}
	for _, c := range new {
		if !has(old, c) {
			came(c)
		}
	}
}

func plain(f float64) string { return strconv.FormatFloat(math.Round(f*1e6)/1e6, 'f', -1, 64) }

func optional(f *float64) string {
	if f == nil {
		return ""
	}
	return plain(*f)
}

func optionalInt(n *int64) string {
	if n == nil {
		return ""
	}
	return count64(*n)
}
