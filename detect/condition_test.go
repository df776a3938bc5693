package detect

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"
	"xiezhi/models"
)

// TestConditionsAreChecked: what is wrong with a condition is said by key and place.
func TestConditionsAreChecked(t *testing.T) {
	tests := map[string]struct {
		key    string
		column int
	}{
		"GEN_06.marked &&":                                     {"rules.cel.syntax", 17},
		"GEN_06.marked && GEN_99.hit":                          {"rules.cel.unknown", 18},
		"GEN_06.marke":                                         {"rules.cel.field", 7},
		"GEN_06.marked > 'x'":                                  {"rules.cel.types", 15},
		"GEN_06.value + 1.0":                                   {"rules.cel.not_bool", 1},
		"!GEN_06.hit":                                          {"rules.cel.direction", 1},
		"GEN_05.hit && GEN_05.value < 0.1":                     {"rules.cel.direction", 28},
		"GEN_05.value * -1.0 > -0.1":                           {"rules.cel.direction", 14},
		"company.investors == 3 && GEN_05.hit":                 {"rules.cel.direction", 19},
		"GEN_05.value - GEN_06.value > 1.0":                    {"rules.cel.direction", 14},
		"GEN_05.hit ? area == 'P2P' : GEN_06.hit":              {"rules.cel.direction", 12},
		"area == 'P2P'":                                        {"rules.cel.no_indicator", 0},
		"GEN_06.hit" + strings.Repeat(" || GEN_06.hit", 60):    {"rules.cel.long", 0},
		"[1,2].exists(x, x > 1) && GEN_06.hit":                 {"rules.cel.unknown", 0},
		"area.matches('(a+)+$') && GEN_06.hit":                 {"", 0},
		"GEN_06.marked":                                        {"", 0},
		"GEN_05.value >= 0.15 && GEN_08.hit && area != 'WLTH'": {"", 0},
		"0.2 < company.max_yield && GEN_05.facts + GEN_06.facts > 2 || GEN_06.marked": {"", 0},
	}
	for text, want := range tests {
		rules := defaultRules(t)
		rules.Triggers = append([]TriggerRule{}, rules.Triggers...)
		rules.Triggers[1].When = text
		wrong, _ := ProblemsOf(rules.Prepare())
		if want.key == "" {
			if len(wrong) > 0 {
				t.Errorf("%s: %v", text, wrong)
			}
			continue
		}
		if len(wrong) == 0 || wrong[0].Key != want.key || wrong[0].Field != "triggers.daily_yield.when" || want.column > 0 && wrong[0].Column != want.column {
			t.Errorf("%s: want %s at %d, got %v", text, want.key, want.column, wrong)
		}
	}
}

// TestShippedVersionsAgree: writing the triggers as conditions changed no answer.
func TestShippedVersionsAgree(t *testing.T) {
	before, err := ShippedRules(shippedFirst)
	if err != nil {
		t.Fatal(err)
	}
	now, err := ShippedRules(shippedSecond)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		at := drawMoment(rt)
		facts := drawFacts(rt, &now, at)
		a, b := Assess(facts, nil, before, at), Assess(facts, nil, now, at)
		a.RuleVersion, b.RuleVersion = "", ""
		one, _ := json.Marshal(a)
		two, _ := json.Marshal(b)
		if string(one) != string(two) {
			rt.Fatalf("%s\n%s", one, two)
		}
	})
}

// TestTextReadsBack: what a version says survives its own text, and the number is no part of its digest.
func TestTextReadsBack(t *testing.T) {
	for _, version := range append(ShippedBefore(), ShippedVersion) {
		rules, err := ShippedRules(version)
		if err != nil {
			t.Fatal(err)
		}
		text, err := rules.Text()
		if err != nil {
			t.Fatal(err)
		}
		again, err := ReadRules("2099.1.1", text)
		if err != nil {
			t.Fatal(err)
		}
		one, err := rules.Digest()
		if err != nil {
			t.Fatal(err)
		}
		two, err := again.Digest()
		if err != nil || one != two || again.Version != "2099.1.1" {
			t.Errorf("%s: %s, %s, %v", version, one, two, err)
		}
		again.Bands.Red++
		if three, err := again.Digest(); err != nil || three == one {
			t.Errorf("%s: a change of content keeps the digest, %v", version, err)
		}
	}
}

// TestOwnIndicatorsAndLifts: a version may add an indicator, a trigger and a lift of its own, and they explain themselves.
func TestOwnIndicatorsAndLifts(t *testing.T) {
	rules := ownRules(t)
	facts, at := lender(), testNow
	base := Assess(facts, nil, defaultRules(t), at)
	as := Assess(facts, nil, rules, at)
	var own *Indicator
	for i := range as.Indicators {
		if as.Indicators[i].Code == "OWN-01" {
			own = &as.Indicators[i]
		}
	}
	if own == nil || len(own.Evidence) == 0 || own.Args["en"] != "Yield and guarantee together" || own.Points <= 0 || as.Index <= base.Index {
		t.Fatalf("own indicator %+v, index %v from %v", own, as.Index, base.Index)
	}
	if len(as.Lifts) != 1 || as.Lifts[0].Code != "lift_yield" || !as.Level.Worse(LevelYellow) {
		t.Errorf("level %s, lifts %v", as.Level, as.Lifts)
	}
}

func ownRules(t *testing.T) Rules {
	t.Helper()
	rules := defaultRules(t)
	rules.Indicators = append(append([]IndicatorRule{}, rules.Indicators...), IndicatorRule{Code: "OWN-01", Measure: measureCondition, Dimension: "COMP", Severity: "high", Points: 20,
		Element: ElementInducement, Article: "737.2", Benign: "sales_talk", When: "GEN_05.hit && GEN_04.hit", NameZh: "x", NameEn: "Yield and guarantee together"})
	rules.Lifts = []LiftRule{{Code: "lift_yield", Level: LevelOrange, When: "OWN_01.hit && GEN_05.value >= 0.1", NameZh: "x", NameEn: "High yield"}}
	if err := rules.Prepare(); err != nil {
		t.Fatal(err)
	}
	return rules
}

// TestConditionsAreMonotone: with conditions of every allowed form, a higher yield never lowers index or level.
func TestConditionsAreMonotone(t *testing.T) {
	rules := ownRules(t)
	rank := func(l Level) int { return l.rank() }
	rapid.Check(t, func(rt *rapid.T) {
		facts, at := lender(), testNow
		low := rapid.Float64Range(0.01, 0.5).Draw(rt, "low")
		up := low + rapid.Float64Range(0, 0.5).Draw(rt, "more")
		facts.Products[0].Row.PromisedYield = &low
		one := Assess(facts, nil, rules, at)
		facts.Products[0].Row.PromisedYield = &up
		two := Assess(facts, nil, rules, at)
		if two.Index < one.Index-1e-9 || rank(two.Level) < rank(one.Level) {
			rt.Fatalf("%v -> %v: %v %s -> %v %s", low, up, one.Index, one.Level, two.Index, two.Level)
		}
	})
}

// lender promises a yearly yield and a guarantee.
func lender() models.CompanyFacts {
	return models.CompanyFacts{ID: "C1", DivisionCode: "440300",
		Registry: companyFact(models.CompanyRow{USCC: "C1", Name: "C1", InsuredStaff: ptr(int64(4)), DivisionCode: "440300"}),
		Products: []models.Fact[models.ProductRow]{productFact(2, "WEB", 3, models.ProductRow{Area: "WLTH", PromisedYield: ptr(0.12), YieldPeriod: "year", Guaranteed: ptr(true), Investors: ptr(int64(20))})},
		Signals:  []models.Fact[models.SignalRow]{signalFact(3, "AD", 5, "advert", "保本保息，年化收益12%")}}
}
