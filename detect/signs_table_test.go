package detect

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// moneySigns are the signs of accounts that money.Signs measures.
var moneySigns = []string{"FLOW-01", "FLOW-02", "FLOW-03", "FLOW-04", "FLOW-05", "FLOW-06", "FLOW-07", "FLOW-08", "FLOW-09", "FLOW-10", "FLOW-11", "FLOW-12", "FLOW-15",
	"FLOW-16", "FLOW-17", "FLOW-18", "FLOW-19"}

// docs/signs.md names every indicator of the shipped rules and only those, each with its measure, and covers the spec's list by codes
// that exist.
func TestSignsTable(t *testing.T) {
	text, err := os.ReadFile("../docs/signs.md")
	if err != nil {
		t.Fatal(err)
	}
	rules := defaultRules(t)
	rows := map[string][]string{}
	for _, line := range strings.Split(string(text), "\n") {
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if indicatorCode.MatchString(cells[0]) && len(cells) == 4 {
			if rows[cells[0]] != nil {
				t.Errorf("%s stands in the table twice", cells[0])
			}
			rows[cells[0]] = cells
		}
	}
	for _, ind := range rules.Indicators {
		row := rows[ind.Code]
		if row == nil || row[2] != "rule" || !strings.HasPrefix(row[3], ind.Measure+", "+ind.Dimension) {
			t.Errorf("%s is measured by %s in %s, the table says %v", ind.Code, ind.Measure, ind.Dimension, row)
		}
	}
	code := regexp.MustCompile(`[A-Z][A-Z0-9]{1,5}-[0-9]{2}`)
	for c, row := range rows {
		switch row[2] {
		case "rule":
			if !rules.hasIndicator(c) {
				t.Errorf("%s is no indicator of the rules", c)
			}
		case "money":
			if !slices.Contains(moneySigns, c) && code.FindString(row[3]) == "" {
				t.Errorf("%s is no sign of accounts", c)
			}
		case "in":
			names := code.FindAllString(row[3], -1)
			if len(names) == 0 {
				t.Errorf("%s does not say by what it is covered", c)
			}
			for _, n := range names {
				if !rules.hasIndicator(n) {
					t.Errorf("%s is covered by %s, which the rules do not have", c, n)
				}
			}
		case "no", "pattern":
			if len(row[3]) < 10 {
				t.Errorf("%s does not say why", c)
			}
		default:
			t.Errorf("%s is of no kind: %s", c, row[2])
		}
	}
	for _, c := range moneySigns {
		if rows[c] == nil {
			t.Errorf("%s is missing", c)
		}
	}
	for _, a := range rules.Areas {
		if !strings.Contains(string(text), "\n| "+a.Code+" | ") {
			t.Errorf("area %s is missing", a.Code)
		}
	}
}
