package detect

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"xiezhi/models"
)

var testNow = models.At(time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC))

func ptr[T any](v T) *T { return &v }

func daysAgo(n float64) models.Instant {
	return testNow.Add(-time.Duration(n * 24 * float64(time.Hour)))
}

// from makes a provenance; every call with the same arguments is the same.
func from(id int64, source, fam string, days float64) models.Provenance {
	return models.Provenance{FactID: id, Source: source, Family: fam, Purpose: models.PurposeGeneral, ObservedAt: daysAgo(days), RecordedAt: daysAgo(days), Hash: "h"}
}

func companyFact(row models.CompanyRow) []models.Fact[models.CompanyRow] {
	return []models.Fact[models.CompanyRow]{{Provenance: from(1, "SAMR", "SAMR", 100), Row: row}}
}

func productFact(id int64, fam string, days float64, row models.ProductRow) models.Fact[models.ProductRow] {
	if row.ID == "" {
		row.ID = "P1"
	}
	if row.Area == "" {
		row.Area = "OTHR"
	}
	return models.Fact[models.ProductRow]{Provenance: from(id, fam, fam, days), Row: row}
}

func signalFact(id int64, fam string, days float64, kind, text string) models.Fact[models.SignalRow] {
	return models.Fact[models.SignalRow]{Provenance: from(id, fam, fam, days), Row: models.SignalRow{Subject: "company:C1", Kind: kind, At: daysAgo(days), Text: text}}
}

// tradingCompany promises 8 % a day on its platform.
func tradingCompany() models.CompanyFacts {
	return models.CompanyFacts{
		ID: "C1", DivisionCode: "440300",
		Registry: companyFact(models.CompanyRow{USCC: "C1", Name: "深圳市启航商贸有限公司", BusinessScope: "日用百货销售；国内贸易", InsuredStaff: ptr(int64(4)), DivisionCode: "440300"}),
		Products: []models.Fact[models.ProductRow]{productFact(2, "WEB", 3, models.ProductRow{Name: "启航优选平台", PromisedYield: ptr(0.08), YieldPeriod: "day", Investors: ptr(int64(620)), RaisedFen: ptr(int64(380000000)), URL: "https://qihang.example/plan"})},
		Signals: []models.Fact[models.SignalRow]{
			signalFact(3, "AD", 5, "advert", "启航优选：日息8%，保本保息，邀请好友返利"),
			signalFact(4, "12345", 2, "complaint", "业务员承诺每天返8%，现在无法提现"),
		},
	}
}

func find(a Assessment, code string) *Indicator {
	for i := range a.Indicators {
		if a.Indicators[i].Code == code {
			return &a.Indicators[i]
		}
	}
	return nil
}

// checkSums fails unless the parts add up to the index.
func checkSums(t interface{ Fatalf(string, ...any) }, a Assessment) {
	sum, inner := 0.0, 0.0
	for _, d := range a.Dimensions {
		sum += d.Points
		if d.Score < 0 || d.Score > 100 {
			t.Fatalf("score of %s is %v", d.Code, d.Score)
		}
	}
	for _, i := range a.Indicators {
		inner += i.Points
	}
	if math.Abs(sum-a.Index) > 1e-9 || math.Abs(inner-a.Index) > 1e-9 || a.Index < 0 || a.Index > 100 {
		t.Fatalf("index %v, dimensions %v, indicators %v", a.Index, sum, inner)
	}
}

func TestTradingCompanyWithADailyYield(t *testing.T) {
	rules := defaultRules(t)
	a := Assess(tradingCompany(), nil, rules, testNow)
	checkSums(t, a)
	if a.Level != LevelRed || a.Trigger == nil || a.Trigger.Code != TriggerDailyYield || a.SingleSource || a.Capped {
		t.Fatalf("level %s, trigger %+v, families %v", a.Level, a.Trigger, a.Families)
	}
	first := a.Indicators[0]
	if first.Code != "GEN-06" || !first.Trigger || first.Value != 0.08 || first.Reason != "indicator.GEN-06.reason.day" || first.Args["value"] != "8" {
		t.Errorf("first indicator %+v", first)
	}
	if !slices.Equal(a.Families, []string{"12345", "AD", "WEB"}) {
		t.Errorf("families %v", a.Families)
	}
	for _, code := range []string{"GEN-01", "GEN-03", "GEN-04", "GEN-07", "GEN-08", "GEN-11", "CPLT-01"} {
		if find(a, code) == nil {
			t.Errorf("no %s", code)
		}
	}
	for i := 2; i < len(a.Indicators); i++ {
		if a.Indicators[i].Points > a.Indicators[i-1].Points {
			t.Errorf("order at %d", i)
		}
	}
	if *a.Measures.MaxAnnualYield != 29.2 || *a.Measures.Investors != 620 || a.Measures.Complaints90d != 1 || *a.Measures.AmountFen != 380000000 {
		t.Errorf("measures %+v", a.Measures)
	}
	b, err := json.MarshalIndent(a, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	var back Assessment
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a, back) {
		t.Error("the assessment does not read back unchanged")
	}
}

// TestDailyYieldWhereverItStands: whatever table and wording a promise of 8 % a day came by, it is found.
func TestDailyYieldWhereverItStands(t *testing.T) {
	rules := defaultRules(t)
	product := func(p models.ProductRow) models.CompanyFacts {
		return models.CompanyFacts{ID: "C1", Products: []models.Fact[models.ProductRow]{productFact(2, "WEB", 3, p)}}
	}
	signal := func(kind, text string) models.CompanyFacts {
		return models.CompanyFacts{ID: "C1", Signals: []models.Fact[models.SignalRow]{signalFact(2, "WEB", 3, kind, text)}}
	}
	tests := map[string]models.CompanyFacts{
		"field day":      product(models.ProductRow{PromisedYield: ptr(0.08), YieldPeriod: "day"}),
		"field MLM":      product(models.ProductRow{Area: "MLM", PromisedYield: ptr(0.08), YieldPeriod: "day"}),
		"product text":   product(models.ProductRow{Text: "会员每天返还本金的百分之八"}),
		"product name":   product(models.ProductRow{Name: "日息8%计划"}),
		"advert":         signal("advert", "投1万元每日收益800元"),
		"web page":       signal("web_page", "8% per day for everyone"),
		"app":            signal("app", "日化收益达8个点"),
		"recruitment":    signal("recruitment", "招业务员，推广日收益8%的项目"),
		"complaint":      signal("complaint", "他们说日息8%，结果是骗局"),
		"tip":            signal("tip", "该公司以每天8%回报吸收资金"),
		"business scope": {ID: "C1", Registry: companyFact(models.CompanyRow{Name: "某贸易公司", BusinessScope: "贸易；会员日收益8%"})},
	}
	for name, facts := range tests {
		a := Assess(facts, nil, rules, testNow)
		checkSums(t, a)
		if a.Level != LevelRed || a.Trigger == nil || a.Trigger.Code != TriggerDailyYield || len(a.Indicators) == 0 || a.Indicators[0].Code != "GEN-06" || !a.SingleSource {
			t.Errorf("%s: level %s trigger %+v index %.1f single %v", name, a.Level, a.Trigger, a.Index, a.SingleSource)
		}
	}
	week := Assess(product(models.ProductRow{PromisedYield: ptr(0.08), YieldPeriod: "week"}), nil, rules, testNow)
	if i := find(week, "GEN-06"); i == nil || week.Trigger != nil || week.Dimensions[1].Score != 100 {
		t.Errorf("a weekly promise: %+v", week)
	}
}

func TestPurposeAndTime(t *testing.T) {
	rules := defaultRules(t)
	facts := tradingCompany()
	for i := range facts.Products {
		facts.Products[i].Purpose = models.PurposeAntiFraudOnly
	}
	for i := range facts.Signals {
		facts.Signals[i].Purpose = models.PurposeSTR
	}
	if a := Assess(facts, nil, rules, testNow); a.Index != 0 || a.Level != LevelNone {
		t.Errorf("facts of another purpose count: %v", a.Index)
	}
	if a := Assess(tradingCompany(), nil, rules, daysAgo(30)); a.Index != 0 {
		t.Errorf("later facts count: %v", a.Index)
	}
	if a := Assess(tradingCompany(), nil, rules, testNow.Add(1000*24*time.Hour)); a.Trigger != nil {
		t.Error("a promise never expires")
	}
	lower := tradingCompany()
	lower.Signals = nil
	lower.Products = append(lower.Products, productFact(9, "WEB", 1, models.ProductRow{Name: "启航优选平台", PromisedYield: ptr(0.02), YieldPeriod: "year"}))
	if a := Assess(lower, nil, rules, testNow); a.Trigger != nil || *a.Measures.MaxAnnualYield != 0.02 {
		t.Errorf("an old observation of a product still speaks: %+v", a.Measures)
	}
}

func TestEvidenceCap(t *testing.T) {
	rules := defaultRules(t)
	facts := models.CompanyFacts{ID: "C1", Registry: companyFact(models.CompanyRow{Name: "甲公司"}), Products: []models.Fact[models.ProductRow]{
		productFact(2, "WEB", 3, models.ProductRow{Area: "P2P", PromisedYield: ptr(0.24), YieldPeriod: "year", Guaranteed: ptr(true), Investors: ptr(int64(6000)), Text: "保本保息，稳赚不赔"})}}
	a := Assess(facts, nil, rules, testNow)
	if a.Uncapped != LevelRed || a.Level != LevelOrange || !a.Capped || !a.SingleSource {
		t.Fatalf("index %.1f level %s uncapped %s", a.Index, a.Level, a.Uncapped)
	}
	facts.Signals = append(facts.Signals, signalFact(3, "12345", 3, "complaint", ""))
	if a = Assess(facts, nil, rules, testNow); a.Level != LevelRed || a.Capped || a.SingleSource {
		t.Errorf("two families: level %s", a.Level)
	}
}

func TestLicencesExempt(t *testing.T) {
	rules := defaultRules(t)
	facts := models.CompanyFacts{ID: "C1", Registry: companyFact(models.CompanyRow{Name: "甲财富管理有限公司"}), Products: []models.Fact[models.ProductRow]{
		productFact(2, "WEB", 3, models.ProductRow{Area: "WLTH", PromisedYield: ptr(0.09), YieldPeriod: "year"})}}
	a := Assess(facts, nil, rules, testNow)
	if find(a, "GEN-01") == nil || find(a, "GEN-02") == nil {
		t.Fatal("an unlicensed company is not scored")
	}
	licence := models.Fact[models.LicenceRow]{Provenance: from(5, "LIC", "LIC", 200), Row: models.LicenceRow{Company: "C1", Kind: "fund_sales", Number: "F-1", ValidFrom: "2020-01-01"}}
	facts.Licences = []models.Fact[models.LicenceRow]{licence}
	b := Assess(facts, nil, rules, testNow)
	if find(b, "GEN-01") != nil || find(b, "GEN-02") != nil {
		t.Error("a licence holder is scored")
	}
	if find(b, "GEN-05") == nil {
		t.Error("the licence lowers the yield")
	}
	for _, bad := range []func(*models.LicenceRow){
		func(l *models.LicenceRow) { l.Number = "" }, func(l *models.LicenceRow) { l.ValidUntil = "2025-01-01" },
		func(l *models.LicenceRow) { l.Kind = "pawn" }, func(l *models.LicenceRow) { l.ValidFrom = "2027-01-01" }} {
		l := licence
		bad(&l.Row)
		facts.Licences[0] = l
		if find(Assess(facts, nil, rules, testNow), "GEN-01") == nil {
			t.Errorf("licence %+v exempts", l.Row)
		}
	}
}

func TestBannedWordsInScopes(t *testing.T) {
	rules := defaultRules(t)
	tests := map[string]bool{
		"理财咨询；财富管理": true,
		"投资咨询（不得从事信托、金融资产管理、证券资产管理及其他限制项目）": false,
		"接受金融机构委托从事金融信息技术外包（不含金融信息服务）":      false,
		"未经有关部门批准，不得从事吸收存款、融资担保、代客理财等金融业务":  false,
		"日用百货；金融街物业管理":                      false,
		"财富管理；投资咨询（不含限制项目）":                 true,
		"大宗商品交易中心": true,
	}
	for scope, want := range tests {
		a := Assess(models.CompanyFacts{ID: "C1", Registry: companyFact(models.CompanyRow{Name: "甲公司", BusinessScope: scope})}, nil, rules, testNow)
		if got := find(a, "GEN-02") != nil; got != want {
			t.Errorf("%s: %v", scope, got)
		}
	}
}

func TestHardTriggers(t *testing.T) {
	rules := defaultRules(t)
	base := func(signals ...models.Fact[models.SignalRow]) models.CompanyFacts {
		return models.CompanyFacts{ID: "C1", Products: []models.Fact[models.ProductRow]{productFact(2, "WEB", 3, models.ProductRow{Area: "WLTH"})}, Signals: signals}
	}
	pyramid := base(signalFact(3, "WEB", 1, "web_page", "三级分销，拉人头拿推荐奖"))
	small := base(signalFact(3, "WEB", 1, "web_page", "三级分销，拉人头拿推荐奖"))
	pyramid.Products[0].Row.Investors = ptr(int64(30))
	small.Products[0].Row.Investors = ptr(int64(29))
	tests := []struct {
		name  string
		facts models.CompanyFacts
		want  string
	}{
		{"lost and unpaid", base(signalFact(3, "GRID", 9, "lost_contact", ""), signalFact(4, "GRID", 9, "redemption_failure", "")), TriggerLostUnpaid},
		{"lost only", base(signalFact(3, "GRID", 9, "lost_contact", "")), ""},
		{"unpaid only", base(signalFact(3, "GRID", 9, "redemption_failure", "")), ""},
		{"police filed", base(signalFact(3, "POL", 9, "police_feedback", "公安机关已立案侦查")), TriggerPolice},
		{"police declined", base(signalFact(3, "POL", 9, "police_feedback", "公安机关决定不予立案")), ""},
		{"pyramid", pyramid, TriggerPyramid},
		{"29 persons", small, ""},
		{"money-market daily rate", base(signalFact(3, "WEB", 1, "web_page", "每日收益万分之零点五")), ""},
	}
	for _, tc := range tests {
		a := Assess(tc.facts, nil, rules, testNow)
		checkSums(t, a)
		got := ""
		if a.Trigger != nil {
			got = a.Trigger.Code
			if a.Level != LevelRed || !a.Indicators[0].Trigger || a.Indicators[0].Code != a.Trigger.Indicator {
				t.Errorf("%s: level %s, first %s", tc.name, a.Level, a.Indicators[0].Code)
			}
		}
		if got != tc.want {
			t.Errorf("%s: trigger %q", tc.name, got)
		}
	}
}

func TestYieldScore(t *testing.T) {
	rules := defaultRules(t)
	for r, want := range map[float64]float64{0.03: 0, 0.06: 40, 0.08: 70, 0.10: 90, 0.12: 100, 5: 100} {
		if got := rules.YieldScore(r, testNow); math.Abs(got-want) > 1e-9 {
			t.Errorf("score of %v is %v, want %v", r, got, want)
		}
	}
	for _, lpr := range []float64{0.01, 0.014, 0.02, 0.024, 0.03, 0.06, 0.07, 0.12} {
		r := rules
		c := *rules.compiled
		c.lpr = []datedRate{{0, lpr}}
		r.compiled = &c
		last := 0.0
		for x := 0.0; x < 0.6; x += 0.0001 {
			s := r.YieldScore(x, testNow)
			if s < last || s-last > 2.5 {
				t.Fatalf("one-year rate %v: score jumps from %v to %v at %v", lpr, last, s, x)
			}
			last = s
		}
		if last != 100 {
			t.Errorf("one-year rate %v ends at %v", lpr, last)
		}
	}
	if rules.LPRAt(models.At(time.Date(2014, 1, 1, 0, 0, 0, 0, time.UTC))) != 0.0571 {
		t.Error("the rate of 2014")
	}
}

func TestAreasAndGuess(t *testing.T) {
	rules := defaultRules(t)
	for name, want := range map[string]string{"甲网络借贷信息中介公司": "P2P", "乙养老服务有限公司": "ELDR", "丙贸易有限公司": "OTHR", "丁融资租赁公司": "LEAS"} {
		a := Assess(models.CompanyFacts{ID: "C1", Registry: companyFact(models.CompanyRow{Name: name})}, nil, rules, testNow)
		if a.Area != want || a.Index != 0 {
			t.Errorf("%s: area %s, index %v", name, a.Area, a.Index)
		}
	}
	facts := models.CompanyFacts{ID: "C1", Products: []models.Fact[models.ProductRow]{
		productFact(2, "WEB", 3, models.ProductRow{ID: "A", Area: "FACT", PromisedYield: ptr(0.05), YieldPeriod: "year"}),
		productFact(3, "WEB", 3, models.ProductRow{ID: "B", Area: "CRYP", PromisedYield: ptr(0.3), YieldPeriod: "year"})}}
	a := Assess(facts, nil, rules, testNow)
	if len(a.Areas) != 2 || a.Area != "CRYP" || find(a, "CRYP-01") == nil {
		t.Errorf("areas %+v, main %s", a.Areas, a.Area)
	}
	mlm := Assess(models.CompanyFacts{ID: "C1", Products: []models.Fact[models.ProductRow]{
		productFact(2, "WEB", 3, models.ProductRow{Area: "MLM", PromisedYield: ptr(0.3), YieldPeriod: "month"})}}, nil, rules, testNow)
	if mlm.Area != "OTHR" || find(mlm, "GEN-06") == nil {
		t.Errorf("fundraising under the label of an area without yields: %+v", mlm.Areas)
	}
}

func TestGrowthAgainstPeersAndPast(t *testing.T) {
	rules := defaultRules(t)
	facts := models.CompanyFacts{ID: "C1"}
	for i, n := range []int64{100, 102, 104, 106, 160} {
		facts.Products = append(facts.Products, productFact(int64(i+1), "WEB", float64(125-30*i), models.ProductRow{Area: "WLTH", Investors: ptr(n)}))
	}
	if i := find(Assess(facts, nil, rules, testNow), "GEN-20"); i == nil || i.Value < 0.4 || i.Value > 0.45 {
		t.Fatalf("growth against its own past: %+v", i)
	}
	facts.Products = facts.Products[3:]
	calm := Assess(facts, Peers{{"WLTH", 1, 11}: {Mean: 0.5, SD: 0.5, N: 50}, {"WLTH", AnySize, AnyMonth}: {Mean: 0.01, SD: 0.05, N: 500}}, rules, testNow)
	wild := Assess(facts, Peers{{"WLTH", 1, 11}: {Mean: 0.5, SD: 0.5, N: 29}, {"WLTH", AnySize, AnyMonth}: {Mean: 0.01, SD: 0.05, N: 50}}, rules, testNow)
	if find(calm, "GEN-20") != nil || find(wild, "GEN-20") == nil {
		t.Error("peers do not matter")
	}
	g, ok := GrowthOf(facts.Products, rules)
	if peers := PeersOf([]ProductGrowth{g}); !ok || g.Area != "WLTH" || g.Size != 1 || len(peers) != 3 || peers[PeerKey{"WLTH", 1, g.Month}].N != 1 {
		t.Errorf("growth %+v", g)
	}
}

func TestRegistryIndicators(t *testing.T) {
	rules := defaultRules(t)
	row := models.CompanyRow{Name: "甲公司", RegisteredCapitalFen: ptr(int64(5e9)), PaidCapitalFen: ptr(int64(0)), InsuredStaff: ptr(int64(2)), AbnormalListedOn: "2026-05-01"}
	facts := models.CompanyFacts{ID: "C1", Registry: companyFact(row)}
	for i := range 4 {
		r := row
		r.Address = strings.Repeat("街", i+1)
		facts.Registry = append(facts.Registry, models.Fact[models.CompanyRow]{Provenance: from(int64(10+i), "SAMR", "SAMR", float64(90-10*i)), Row: r})
		facts.Relations = append(facts.Relations, models.Fact[models.RelationRow]{Provenance: from(int64(20+i), "SAMR", "SAMR", 9),
			Row: models.RelationRow{From: "person:" + r.Address, To: "company:C1", Kind: "legal_representative", SinceOn: models.Date("2026-0" + string(rune('1'+i)) + "-01")}})
	}
	facts.Signals = []models.Fact[models.SignalRow]{signalFact(5, "RECR", 9, "recruitment", "急聘理财顾问50名"), signalFact(6, "ICP", 9, "inspection", "网站无ICP备案")}
	a := Assess(facts, nil, rules, testNow)
	for _, code := range []string{"GEN-12", "GEN-13", "GEN-14", "GEN-15", "COMP-01", "COMP-02"} {
		if find(a, code) == nil {
			t.Errorf("no %s", code)
		}
	}
	if i := find(a, "GEN-12"); i != nil && i.Value != 3 {
		t.Errorf("address changes: %v", i.Value)
	}
}

func TestDiff(t *testing.T) {
	rules := defaultRules(t)
	quiet := tradingCompany()
	quiet.Products, quiet.Signals = nil, nil
	old, new := Assess(quiet, nil, rules, testNow), Assess(tradingCompany(), nil, rules, testNow)
	kinds := map[string]bool{}
	for _, c := range Diff(old, new) {
		kinds[c.Kind+c.Code] = true
	}
	for _, k := range []string{"level", "index", "trigger_newdaily_yield", "indicator_newGEN-06", "yield", "investors", "complaints"} {
		if !kinds[k] {
			t.Errorf("no change %s in %v", k, kinds)
		}
	}
	if d := Diff(new, new); len(d) != 0 {
		t.Errorf("changes against itself: %v", d)
	}
}

func BenchmarkAssess(b *testing.B) {
	rules := defaultRules(b)
	facts := tradingCompany()
	facts.Registry[0].Row.BusinessScope = "日用百货销售；国内贸易；信息咨询服务；企业管理咨询；市场营销策划；技术开发、技术服务、技术转让；投资咨询（不得从事信托、金融资产管理、证券资产管理及其他限制项目）；货物及技术进出口"
	facts.Products = append([]models.Fact[models.ProductRow]{productFact(9, "WEB", 40, models.ProductRow{Name: "启航优选平台", Investors: ptr(int64(200))})}, facts.Products...)
	b.ReportAllocs()
	for b.Loop() {
		Assess(facts, nil, rules, testNow)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "companies/s")
}
