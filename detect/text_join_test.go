package detect

import (
	"slices"
	"strings"
	"testing"

	"xiezhi/models"
)

// Words of two parts: each line was written for this test, to be put otherwise than in any word list, with what it must tell. The second
// part are honest lines that tell nothing of these classes.
func TestPartsTogether(t *testing.T) {
	rules := defaultRules(t)
	for _, c := range []struct {
		voice Voice
		class string
		text  string
	}{
		{VoiceReport, "alleging", "本金和利息都八个月了还没给"},
		{VoiceReport, "alleging", "去了三次，集资款一直未退"},
		{VoiceReport, "closing", "昨天再去，办公室已经搬空"},
		{VoiceReport, "closing", "平台这两天进不去了"},
		{VoiceNews, "closing", "该公司宣布本期收益延期两个月"},
		{VoiceOwn, "headcount", "每发展两人可得奖金四百元"},
		{VoiceOwn, "entry_fee", "缴纳3980元即可成为代理"},
		{VoiceReport, "harsh_collection", "他们给我父母打电话骂人"},
		{VoiceOwn, "run_points", "长期收购对公账户，当场结账"},
		{VoiceReport, "not_found", "按注册地址上门，房屋空置多时"},
		{VoiceReport, "penalised", "当事人未经批准从事私募业务"},
		{VoiceReport, "police_interest", "该公司疑似合同诈骗"},
		{VoiceReport, "new_pays_old", "拿新会员的款给前面的人发息"},
		{VoiceReport, "personal_account", "货款要求汇到老板娘个人账户"},
		{VoiceOwn, "presale_shares", "北交所上市前老股限量释出"},
		{VoiceOwn, "buy_back", "若期满未挂牌，由大股东溢价回购"},
		{VoiceOwn, "points_release", "积分每日增值，随时变现"},
		{VoiceOwn, "elder_gift", "前五十名到场即送鸡蛋"},
		{VoiceOwn, "planting", "领养一棵果树，坐等分果钱"},
		{VoiceReport, "withdrawal_threshold", "想出金，客服让我补缴保证金"},
	} {
		if !tells(&rules, c.text, c.voice, c.class) {
			t.Errorf("%s: not read as %s: %v", c.text, c.class, rules.Extract(c.text, c.voice).Words)
		}
	}
	for _, c := range []struct{ text, classes string }{
		{"房屋租赁纠纷，租客与房东协商解决", "alleging closing rent_gap"},
		{"公司新店开业，地址在人民路", "closing not_found"},
		{"从未经营个人对个人的出借业务", "raising offering"},
		{"严禁推荐他人入会领取奖金", "headcount"},
		{"请警惕缴纳费用即可成为代理的骗局", "entry_fee"},
		{"采购合同约定货到付款", "fund_judgment alleging"},
		{"团队氛围好，底薪加提成，五险一金", "team_reward headcount"},
	} {
		for _, class := range strings.Fields(c.classes) {
			if tells(&rules, c.text, VoiceOwn, class) {
				t.Errorf("%s: read as %s", c.text, class)
			}
		}
	}
}

func tells(rules *Rules, text string, voice Voice, class string) bool {
	return slices.ContainsFunc(rules.Extract(text, voice).Words, func(w WordHit) bool { return w.Class == class })
}

// A word list that joins what it does not have is refused, and parts alone are no feature words.
func TestJoinsAreChecked(t *testing.T) {
	const head = "words,class,value,weight,voice\n"
	for _, text := range []string{"x=part_a+part_b,alleging,9,1,\n", "a,part_a,,,\nx=part_a+part_b,alleging,9,1,\n", "a,part_a,,,\nx=part_a,alleging,9,1,\n",
		"a,part_a,,,\nb,part_b,,,\nx=part_a+part_b,alleging,0,1,\n", "a,part_a,,,\nb,part_b,,,\nx=part_a+part_b,warn,9,1,\n"} {
		if _, err := loadLexicon(strings.NewReader(head + text)); err == nil {
			t.Errorf("taken: %q", text)
		}
	}
	rules := defaultRules(t)
	for _, w := range rules.Extract("本金，公司，推荐一人，奖金不在此列", VoiceReport).Words {
		if strings.HasPrefix(w.Class, partPrefix) {
			t.Errorf("%s stands alone as %s", w.Word, w.Class)
		}
	}
}

// Numbers and rates as people write them.
func TestShortenedRates(t *testing.T) {
	rules := defaultRules(t)
	for text, annual := range map[string]float64{"月息1分5厘，按月打卡": 0.18, "年息一分二": 0.12, "收益：六个月9%（年化）": 0.09, "投资人享受月2%固定回报": 0.24,
		"投1万，一年后拿回1万5": 0.5, "出借1万2千，每月利息120": 0.12, "一只羊2000元，一年后按2600元收购": 0.3} {
		top := 0.0
		for _, p := range rules.Extract(text, VoiceOwn).Promises {
			top = max(top, p.Annual)
		}
		if top < annual-1e-6 || top > annual+1e-6 {
			t.Errorf("%s: %v, want %v", text, top, annual)
		}
	}
}

// Claims for money stand until they are paid; a quarrel over service does not, and an offer of more than two years ago counts no more.
func TestWhatStands(t *testing.T) {
	rules := defaultRules(t)
	claims := func(days float64, text string) Assessment {
		c := models.CompanyFacts{ID: "C1"}
		for i := range int64(12) {
			c.Signals = append(c.Signals, signalFact(i+1, "CPLT", days+float64(i), "complaint", text))
		}
		return Assess(c, nil, rules, testNow)
	}
	for _, c := range []struct {
		days  float64
		text  string
		found bool
	}{{30, "投资款到期未还", true}, {500, "投资款到期未还", true}, {800, "投资款到期未还", false}, {30, "快递太慢", true}, {500, "快递太慢", false}} {
		a := claims(c.days, c.text)
		ind := find(a, "CPLT-01")
		if (ind != nil) != c.found {
			t.Errorf("%s, %v days ago: %+v", c.text, c.days, ind)
		}
		if ind != nil && (c.days > 90) != strings.HasSuffix(ind.Reason, ".standing") {
			t.Errorf("%v days ago: reason %s", c.days, ind.Reason)
		}
	}
	advert := func(days float64) Assessment {
		return Assess(models.CompanyFacts{ID: "C1", Signals: []models.Fact[models.SignalRow]{signalFact(1, "WEB", days, "advert", "投资理财，每月返3%，保本保息")}}, nil, rules, testNow)
	}
	if find(advert(600), "GEN-06") == nil || find(advert(760), "GEN-06") != nil {
		t.Error("an offer counts for two years")
	}
}
