package detect

import (
	"testing"

	"xiezhi/models"
)

// What a province by another hand showed to be misread; the sentences are of this test alone.
func TestOtherHandsWording(t *testing.T) {
	rules := defaultRules(t)
	for _, c := range []struct {
		text   string
		annual float64 // 0: no promise
	}{
		{"放二十万一年拿两万四，随时看得见", 0.12},
		{"老客户都在放，年化收溢率可达16%", 0.16},
		{"商铺前三年每年给9%租金直接抵首付", 0.09},
		{"经营性贷款，年利率（单利）9.6%起，不向学生放款", 0},
		{"应收账款融资综合成本年化7%，只做企业", 0},
		{"满300返60元券，当天有效，最高返100%", 0},
		{"年-化-收-益-达-15%，稳稳的", 0.15},
	} {
		found := rules.Extract(c.text, VoiceOwn).Promises
		top := 0.0
		for _, p := range found {
			top = max(top, p.Annual)
		}
		if top < c.annual-1e-6 || top > c.annual+1e-6 {
			t.Errorf("%s: %v, want %v", c.text, top, c.annual)
		}
	}
}

// Who lends for a living without a licence is at least orange, whatever he promises to nobody; with a licence he is not.
func TestUnlicensedLender(t *testing.T) {
	rules := defaultRules(t)
	lender := models.CompanyFacts{ID: "C1", Signals: []models.Fact[models.SignalRow]{
		signalFact(1, "WEB", 20, "advert", "急用钱？凭身份证当天下款，不看征信"),
		signalFact(2, "CPLT", 9, "complaint", "说借五千，到手只有三千五，晚一天就爆通讯录"),
	}}
	a := Assess(lender, nil, rules, testNow)
	if a.Level.rank() < LevelOrange.rank() || find(a, "MICR-02") == nil || find(a, "MICR-03") == nil {
		t.Errorf("%s %s %.1f", a.Area, a.Level, a.Index)
	}
	lender.Licences = []models.Fact[models.LicenceRow]{{Row: models.LicenceRow{Company: "C1", Kind: "micro_loan", Number: "X1", ValidFrom: "2020-01-01"}}}
	if a = Assess(lender, nil, rules, testNow); find(a, "GEN-01") != nil {
		t.Errorf("licensed: %s %.1f", a.Level, a.Index)
	}
}
