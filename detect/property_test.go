package detect

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"xiezhi/models"
)

var drawnTexts = []string{"", "日息8%，保本保息", "年化收益率5%", "投1万元每月收益500元", "三级分销，拉人头拿推荐奖，已有会员500人", "谨防日息8%的骗局",
	"平台无法提现，老板跑路", "静态收益+动态收益，空投糖果", "经营日用百货", "月息二分，国企背景", "养老公寓售后返租，年收益9%", "公安机关已立案侦查",
	"8% per week", "急聘理财顾问50名", "历史年化12%，过往业绩不代表未来", "网站无ICP备案"}

// drawFacts makes any company: dates from before the one-year rate to today, every area, several sources.
func drawFacts(t *rapid.T, rules *Rules, asOf models.Instant) models.CompanyFacts {
	day := func(label string) models.Instant {
		return asOf.Add(-time.Duration(rapid.IntRange(0, 500).Draw(t, label)) * 24 * time.Hour)
	}
	id := int64(0)
	prov := func(label string) models.Provenance {
		id++
		src := rapid.SampledFrom([]string{"WEB", "AD", "SAMR", "12345"}).Draw(t, label)
		return models.Provenance{FactID: id, Source: src, Family: src, Purpose: models.PurposeGeneral, ObservedAt: day(label)}
	}
	text := rapid.SampledFrom(drawnTexts)
	f := models.CompanyFacts{ID: "C1"}
	for range rapid.IntRange(0, 2).Draw(t, "registry") {
		f.Registry = append(f.Registry, models.Fact[models.CompanyRow]{Provenance: prov("r"), Row: models.CompanyRow{Name: "甲" + text.Draw(t, "name"), BusinessScope: text.Draw(t, "scope"), InsuredStaff: optInt(t, "staff", 50)}})
	}
	for range rapid.IntRange(0, 5).Draw(t, "products") {
		area := rules.Areas[rapid.IntRange(0, len(rules.Areas)-1).Draw(t, "area")].Code
		row := models.ProductRow{ID: rapid.SampledFrom([]string{"P1", "P2"}).Draw(t, "pid"), Area: area, Text: text.Draw(t, "ptext"),
			YieldPeriod: rapid.SampledFrom([]string{"day", "week", "month", "year", ""}).Draw(t, "period"), Investors: optInt(t, "investors", 6000), Channel: rapid.SampledFrom([]string{"", "微信"}).Draw(t, "channel")}
		if rapid.Bool().Draw(t, "hasyield") {
			y := rapid.Float64Range(0, 0.4).Draw(t, "yield")
			row.PromisedYield = &y
		}
		if rapid.Bool().Draw(t, "hasguarantee") {
			g := rapid.Bool().Draw(t, "guaranteed")
			row.Guaranteed = &g
		}
		f.Products = append(f.Products, models.Fact[models.ProductRow]{Provenance: prov("p"), Row: row})
	}
	for range rapid.IntRange(0, 5).Draw(t, "signals") {
		p := prov("s")
		f.Signals = append(f.Signals, models.Fact[models.SignalRow]{Provenance: p, Row: models.SignalRow{Subject: rapid.SampledFrom([]string{"company:C1", "product:P1"}).Draw(t, "subject"), At: p.ObservedAt,
			Kind: rapid.SampledFrom([]string{"complaint", "advert", "lost_contact", "redemption_failure", "police_feedback", "opinion", "web_page", "recruitment"}).Draw(t, "kind"), Text: text.Draw(t, "stext"), Count: optInt(t, "count", 40)}})
	}
	for range rapid.IntRange(0, 1).Draw(t, "licences") {
		f.Licences = append(f.Licences, models.Fact[models.LicenceRow]{Provenance: prov("l"), Row: models.LicenceRow{Company: "C1", Kind: rapid.SampledFrom([]string{"fund_sales", "pawn", "bank"}).Draw(t, "lkind"), Number: "1", ValidFrom: "2010-01-01"}})
	}
	sortFacts(f.Products)
	sortFacts(f.Signals)
	sortFacts(f.Registry)
	return f
}

func optInt(t *rapid.T, label string, top int64) *int64 {
	if !rapid.Bool().Draw(t, label+"?") {
		return nil
	}
	n := rapid.Int64Range(0, top).Draw(t, label)
	return &n
}

func sortFacts[R any](list []models.Fact[R]) {
	for i := range list {
		for j := i; j > 0 && list[j].ObservedAt.Before(list[j-1].ObservedAt); j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
}

func drawPeers(t *rapid.T) Peers {
	if rapid.Bool().Draw(t, "nopeers") {
		return nil
	}
	return Peers{{"WLTH", AnySize, AnyMonth}: {Mean: 0.1, SD: 0.2, N: 40}, {"WLTH", 1, 5}: {Mean: 2, SD: 0.2, N: 40}, {"WLTH", 2, AnyMonth}: {Mean: -0.2, SD: 0.1, N: 40},
		{"P2P", AnySize, AnyMonth}: {Mean: 0.5, SD: 0.5, N: 40}, {"OTHR", AnySize, AnyMonth}: {Mean: 0, SD: 0.1, N: 12}}
}

func drawMoment(t *rapid.T) models.Instant {
	return models.At(time.Date(rapid.IntRange(2012, 2026).Draw(t, "year"), time.Month(rapid.IntRange(1, 12).Draw(t, "month")), 15, 0, 0, 0, 0, time.UTC))
}

func notMilder(t *rapid.T, before, after Assessment) {
	if after.Index < before.Index-1e-9 || before.Level.Worse(after.Level) {
		t.Fatalf("index %v -> %v, level %s -> %s", before.Index, after.Index, before.Level, after.Level)
	}
}

// TestRaisingAProductNeverHelps: a higher newest yield or more investors of one product never lower index or level.
func TestRaisingAProductNeverHelps(t *testing.T) {
	rules := defaultRules(t)
	rapid.Check(t, func(t *rapid.T) {
		asOf := drawMoment(t)
		facts, peers := drawFacts(t, &rules, asOf), drawPeers(t)
		before := Assess(facts, peers, rules, asOf)
		checkSums(t, before)
		if len(facts.Products) == 0 {
			return
		}
		k := rapid.IntRange(0, len(facts.Products)-1).Draw(t, "which")
		for j := k + 1; j < len(facts.Products); j++ { // the newest observation of that product by that source
			if facts.Products[j].Row.ID == facts.Products[k].Row.ID && facts.Products[j].Source == facts.Products[k].Source {
				k = j
			}
		}
		row := &facts.Products[k].Row
		if rapid.Bool().Draw(t, "raise yield") {
			y := rapid.Float64Range(0, 2).Draw(t, "by")
			if row.PromisedYield != nil {
				y += *row.PromisedYield
			}
			row.PromisedYield = &y
		} else {
			n := rapid.Int64Range(0, 10000).Draw(t, "more")
			if row.Investors != nil {
				n += *row.Investors
			}
			row.Investors = &n
		}
		after := Assess(facts, peers, rules, asOf)
		checkSums(t, after)
		notMilder(t, before, after)
	})
}

// TestAComplaintNeverHelps: one more complaint never lowers index or level; the same facts give the same assessment.
func TestAComplaintNeverHelps(t *testing.T) {
	rules := defaultRules(t)
	rapid.Check(t, func(t *rapid.T) {
		asOf := drawMoment(t)
		facts := drawFacts(t, &rules, asOf)
		before := Assess(facts, nil, rules, asOf)
		if again := Assess(facts, nil, rules, asOf); !reflect.DeepEqual(before, again) {
			t.Fatal("two answers for the same facts")
		}
		b, err := json.Marshal(before)
		if err != nil {
			t.Fatal(err)
		}
		var back Assessment
		if err := json.Unmarshal(b, &back); err != nil || !reflect.DeepEqual(before, back) {
			t.Fatalf("does not read back: %v", err)
		}
		facts.Signals = append(facts.Signals, models.Fact[models.SignalRow]{Provenance: models.Provenance{FactID: 99, Source: "12345", Family: "12345", ObservedAt: asOf},
			Row: models.SignalRow{Subject: "company:C1", Kind: "complaint", At: asOf, Text: rapid.SampledFrom(drawnTexts).Draw(t, "text"), Count: optInt(t, "n", 9)}})
		notMilder(t, before, Assess(facts, nil, rules, asOf))
	})
}

// TestAComplaintKeepsTheAreas: a complaint that speaks of another area adds it; what the company itself spoke of stays assessed. Without
// that a company with a word of wealth in its name fell from 86.7 to 85.9 by a second complaint about a pyramid.
func TestAComplaintKeepsTheAreas(t *testing.T) {
	rules := defaultRules(t)
	asOf := models.At(time.Date(2012, 1, 15, 0, 0, 0, 0, time.UTC))
	facts := models.CompanyFacts{ID: "C1"}
	prov := func(source string) models.Provenance {
		return models.Provenance{FactID: int64(len(facts.Signals) + 1), Source: source, Family: source, Purpose: models.PurposeGeneral, ObservedAt: asOf}
	}
	facts.Registry = []models.Fact[models.CompanyRow]{{Provenance: prov("WEB"), Row: models.CompanyRow{Name: "甲理财顾问"}}}
	facts.Licences = []models.Fact[models.LicenceRow]{{Provenance: prov("WEB"), Row: models.LicenceRow{Company: "C1", Kind: "pawn", Number: "1", ValidFrom: "2010-01-01"}}}
	complain := func(source, text string) {
		facts.Signals = append(facts.Signals, models.Fact[models.SignalRow]{Provenance: prov(source), Row: models.SignalRow{Subject: "company:C1", Kind: "complaint", At: asOf, Text: text}})
	}
	complain("WEB", "日息8%，保本保息")
	complain("WEB", "三级分销，拉人头拿推荐奖，已有会员500人")
	before := Assess(facts, nil, rules, asOf)
	complain("12345", "三级分销，拉人头拿推荐奖，已有会员500人")
	after := Assess(facts, nil, rules, asOf)
	if after.Index < before.Index {
		t.Errorf("index %v -> %v", before.Index, after.Index)
	}
	for _, want := range []string{"WLTH", "MLM"} {
		if !slices.ContainsFunc(after.Areas, func(a AreaIndex) bool { return a.Code == want }) {
			t.Errorf("no %s among %v", want, after.Areas)
		}
	}
}

// TestIndexFormula: the index rises with every score, stays within 0-100, and the points add up to it.
func TestIndexFormula(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 7).Draw(t, "n")
		w, s := make([]float64, n), make([]float64, n)
		product := 1.0
		for i := range n {
			w[i], s[i] = rapid.Float64Range(0, 0.99).Draw(t, "w"), rapid.Float64Range(0, 100).Draw(t, "s")
			product *= 1 - w[i]*s[i]/100
		}
		index, points := Index(w, s)
		sum := 0.0
		for _, p := range points {
			sum += p
		}
		if math.Abs(index-100*(1-product)) > 1e-9 || math.Abs(sum-index) > 1e-9 || index < 0 || index > 100 {
			t.Fatalf("index %v, product gives %v, points %v", index, 100*(1-product), sum)
		}
		k := rapid.IntRange(0, n-1).Draw(t, "k")
		s[k] = min(100, s[k]+rapid.Float64Range(0, 100).Draw(t, "up"))
		if up, _ := Index(w, s); up < index-1e-12 {
			t.Fatalf("index fell from %v to %v", index, up)
		}
	})
}

// TestSaturates: an area alone with five dimensions can reach red.
func TestRedIsReachable(t *testing.T) {
	rules := defaultRules(t)
	for i, a := range rules.Areas {
		scores := make([]float64, len(rules.Dimensions))
		for d := range scores {
			if rules.compiled.dimensions[d].used {
				scores[d] = 90
			}
		}
		index, _ := Index(rules.compiled.areas[i].weights, scores)
		if rules.LevelOf(index) != LevelRed {
			t.Errorf("%s ends at %.1f", a.Code, index)
		}
	}
}
