package detect

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestRulesAreChecked breaks the shipped rules in one place each.
func TestRulesAreChecked(t *testing.T) {
	shipped, err := embedded.ReadFile("rules/2026.11.6.yaml")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string][2]string{
		"version":           {`version: "2026.11.6"`, `version: ""`},
		"bands":             {"red: 80", "red: 50"},
		"unknown field":     {"validity_days:", "validity_day:"},
		"weight of one":     {"{code: COMP, weight: 0.55", "{code: COMP, weight: 1.0"},
		"combine":           {"combine: saturate", "combine: product"},
		"rate order":        {"{from: 2013-10-25", "{from: 2011-10-25"},
		"unknown measure":   {"measure: banned_words", "measure: none"},
		"unknown class":     {"classes: [banned]", "classes: [nothing]"},
		"unknown area":      {"areas: [PE]", "areas: [XX]"},
		"missing parameter": {"params: {over: 200}", "params: {}"},
		"needs":             {"needs: promise", "needs: sometimes"},
		"element":           {"element: illegality", "element: guilt"},
		"severity":          {"severity: low", "severity: tiny"},
		"trigger":           {"indicator: GEN-06,", "indicator: GEN-99,"},
		"twice":             {"code: GEN-02", "code: GEN-01"},
		"anchor":            {"at: 0.08, score: 70", "at: 0.05, score: 70"},
		"cap":               {"level: orange}", "level: pink}"},
	}
	for name, change := range tests {
		text := strings.Replace(string(shipped), change[0], change[1], 1)
		if text == string(shipped) {
			t.Fatalf("%s: nothing to break", name)
		}
		if _, err := LoadRules(strings.NewReader(text)); err == nil {
			t.Errorf("%s: broken rules are taken", name)
		}
	}
	rules, err := LoadRules(strings.NewReader(string(shipped)))
	if err != nil {
		t.Fatal(err)
	}
	if rules.LPR.Recalled != true || len(rules.Areas) != 23 {
		t.Errorf("recalled %v, %d areas", rules.LPR.Recalled, len(rules.Areas))
	}
}

// TestMessagesAreComplete: everything an assessment may name has a text in both languages.
func TestMessagesAreComplete(t *testing.T) {
	rules := defaultRules(t)
	list, err := Messages()
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]Message{}
	holes := regexp.MustCompile(`\{[a-z]+\}`)
	for _, m := range list {
		if _, twice := texts[m.Key]; twice || m.Zh == "" || m.En == "" {
			t.Errorf("%s is there twice or empty", m.Key)
		}
		zh, en := holes.FindAllString(m.Zh, -1), holes.FindAllString(m.En, -1)
		slices.Sort(zh)
		slices.Sort(en)
		if !slices.Equal(zh, en) && m.Key != "indicator.condition.reason" { // its names come in both languages
			t.Errorf("%s: arguments %v and %v", m.Key, zh, en)
		}
		texts[m.Key] = m
	}
	var want []string
	for _, i := range rules.Indicators {
		want = append(want, "indicator."+i.Code+".name", "benign."+i.Benign, "element."+i.Element)
		for _, v := range variants(i.Measure) {
			want = append(want, "indicator."+i.Code+".reason"+v)
		}
	}
	for _, d := range rules.Dimensions {
		want = append(want, "dimension."+d.Code)
	}
	for _, a := range rules.Areas {
		want = append(want, "area."+a.Code)
	}
	for _, tr := range rules.Triggers {
		want = append(want, "trigger."+tr.Code)
	}
	for _, k := range want {
		if _, ok := texts[k]; !ok {
			t.Errorf("no message %s", k)
		}
	}
}

func variants(measure string) []string {
	return map[string][]string{"yield_annual": {".year", ".quarter", ".term"}, "yield_short": {".day", ".week", ".month", ".term"},
		"guarantee": {"", ".stated"}, "closing": {"", ".lost", ".unpaid", ".lost_unpaid"}, "levels": {"", ".persons"},
		"address_lost": {"", ".changes"}, "complaints": {"", ".standing"}}[measure]
}

// TestArticlesExist holds the cited articles against the collection of texts where it is at hand.
func TestArticlesExist(t *testing.T) {
	b, err := os.ReadFile("../../shared/spec/articles.json")
	if err != nil {
		t.Skip("the collection of law texts is not here")
	}
	var laws map[string]struct {
		Articles map[string]string `json:"articles"`
	}
	if err := json.Unmarshal(b, &laws); err != nil {
		t.Fatal(err)
	}
	for _, i := range defaultRules(t).Indicators {
		law, article, _ := strings.Cut(i.Article, ".")
		if laws[law].Articles[article] == "" {
			t.Errorf("%s cites %s", i.Code, i.Article)
		}
	}
}
