package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"xiezhi/models"
	"xiezhi/work"
)

// story is one scheme from its first sign to the archive, and what it leads to.
type story struct {
	*journey
	site                            *site
	company, alert, case_, referral string
	other                           models.AlertLine // of another company, that objects
}

// The journeys J1 to J12 of one scheme, in Chinese, in a browser: every act by the person whose it is, one after the other on one
// portal. J7 to J9 are made in more ways by TestReferralJourneys.
func TestJourneys(t *testing.T) {
	s := newSite(t, filepath.Join(fastDir(t), "story.db"))
	y := &story{journey: newJourney(t, "zh-CN", s), site: s}
	for _, part := range []struct {
		name string
		do   func()
	}{{"J1 first signal", y.firstSignal}, {"J2 assign", y.assign}, {"J2b dispute", y.dispute}, {"J3 profile review", y.review}, {"J4 field check and interview", y.interview},
		{"J5 account query", y.accountQuery}, {"J6 determination and measures", y.determine}, {"J7 referral", y.refer}, {"J8 police intake", y.intake},
		{"J10 handover and feedback", y.feedback}, {"J11 objection", y.objection}, {"J12 bulletin", y.bulletin}, {"J12 closure", y.closure}} {
		if !t.Run(part.name, func(t *testing.T) {
			y.on(t)
			part.do()
			y.done(part.name)
		}) {
			t.Fatalf("%s failed, and the parts after it rest on it", part.name)
		}
	}
	rep, err := s.p.verifyAudit(t.Context())
	if err != nil || len(rep.Broken) > 0 {
		t.Errorf("audit: %+v %v", rep, err)
	}
}

// load writes a file and loads it as its office does.
func (y *story) load(source, table, text string) {
	y.t.Helper()
	path := filepath.Join(y.t.TempDir(), table+".csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		y.t.Fatal(err)
	}
	rep, err := y.site.p.desk.Ingest(y.t.Context(), byCommand, work.IngestOptions{Paths: []string{path}, Source: source, Division: "440304"})
	if err != nil || rep.Refused() {
		y.t.Fatalf("%+v %v", rep, err)
	}
}

// firstSignal is J1: a trading company opens a lending platform that promises 8 % a day; it is red within minutes of the crawl, and the
// duty officer dismisses what is nothing, takes that back, and accepts and proposes what is something.
func (y *story) firstSignal() {
	y.company = "91440304MA5JRNY0X1"
	y.company = "JN-2018-0702"
	y.load("SAMR", "companies", "uscc,name,division_code,established_on,business_scope\n"+y.company+",深圳市聚能兴业商贸有限公司,440304,2018-06-11,日用百货批发零售\n")
	y.load("WEBCRAWL", "products", "id,company,name,area,promised_yield,yield_period,text\nP-JN,"+y.company+",聚能宝,P2P,0.08,day,日收益8%，保本保息，随存随取\n")
	y.load("WEBCRAWL", "signals", "subject,kind,at,text,url,ref\ncompany:"+y.company+",web_page,2026-11-20T09:00:00+08:00,聚能宝：每日返利8%，投一万每天返八百，保本保息,https://example.cn/jnb,W-JN\n")
	y.load("12345", "signals", "subject,kind,at,count,text,ref\ncompany:"+y.company+",complaint,2026-11-20T09:10:00+08:00,6,投诉称无法提现,C-JN\n")
	if _, err := y.site.p.desk.Scan(y.t.Context(), byCommand, work.ScanOptions{}); err != nil {
		y.t.Fatal(err)
	}
	y.site.clock.pass(20 * time.Minute)
	p := y.at("duty1", "/alerts")
	p.sees("深圳市聚能兴业商贸有限公司")
	row := `[data-row]:has(a[data-open]):nth-of-type(1)`
	_ = row
	y.alert = eval[string](p, `[...document.querySelectorAll("[data-row]")].find(r => r.innerText.includes("聚能兴业")).querySelector("a[data-open]").getAttribute("href")`)
	for _, al := range y.site.cityAlerts(y.t) {
		if !strings.HasSuffix(y.alert, al.Ref) && al.SubjectKind == models.KindCompany {
			y.other = al
			break
		}
	}
	p = y.at("duty1", "/alerts/"+y.other.Ref)
	p.act(`form[action$="/dismiss"]`, map[string]any{"reason": choice("false_positive"), "note": "核实为正常经营"})
	p.open("/alerts/" + y.other.Ref)
	p.act(`form[action$="/reopen"]`, nil)
	p = y.at("duty1", y.alert)
	p.sees("红色", "8%", "GEN-06", "保本保息")
	p.act(`form[action$="/accept"]`, nil)
	p.open(y.alert)
	p.act(`form[action$="/propose"]`, map[string]any{"note": "承诺日收益8%，无金融许可，已有投诉"})
	p.sees("已建议立案，等待科室负责人")
}

// assign is J2: the supervisor opens the case with two officers who carry enforcement numbers and a deadline.
func (y *story) assign() {
	y.site.clock.pass(25 * time.Minute)
	p := y.at("supervisor1", y.alert)
	p.click(".x-acts a.btn-primary")
	p.act(`form[action="/cases"]`, map[string]any{"title": "聚能兴业涉嫌非法集资案", "officers": []string{"handler1", "handler2"}})
	p.sees("聚能兴业涉嫌非法集资案", "周敏之")
	y.case_ = p.address()
	told := y.at("handler1", "/notices")
	told.sees("您被指定为承办人")
	told = y.at("handler1", "/")
	told.sees("聚能兴业涉嫌非法集资案")
}

// review is J3: the handler reads the profile with its evidence, relations and filing lines, keeps a page as evidence, and writes the plan.
func (y *story) review() {
	p := y.at("handler1", "/companies/"+y.company)
	p.sees("深圳市聚能兴业商贸有限公司", "日用百货")
	for _, tab := range []string{"evidence", "relations", "complaints"} {
		y.at("handler1", "/companies/"+y.company+"?tab="+tab)
	}
	y.at("handler1", y.case_+"/thresholds").sees("非法吸收公众存款")
	p = y.at("handler1", y.case_+"/evidence")
	file := filepath.Join(y.t.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte("<html>聚能宝 每日返利8%</html>"), 0o600); err != nil {
		y.t.Fatal(err)
	}
	p.do(chromedp.SetUploadFiles(chromedp.CSS(`form[action$="/evidence"] [name=file]`), []string{file}))
	p.act(`form[action$="/evidence"]`, map[string]any{"class": choice("electronic"), "title": "聚能宝推广页面", "source_office": "网络巡查"})
	p.sees("聚能宝推广页面", "SHA-256")
	p = y.at("handler1", y.case_)
	p.act(`form[action$="/moves/start_verify"]`, map[string]any{"plan": "一、现场核查；二、约谈法定代表人；三、查询收款账户。"})
	p.sees("核查")
}

// paper drafts a paper of the case and has somebody else issue it.
func (y *story) paper(kind, issuer string, fields map[string]any) {
	y.t.Helper()
	p := y.at("handler1", y.case_+"/papers/"+kind)
	p.act(`form[action$="/papers/`+kind+`"]`, fields)
	at := p.address()
	p.gone(`form[action$="/issue"]`)
	boss := y.at(issuer, at)
	boss.act(`form[action$="/issue"]`, nil)
	boss.sees("SHA-256")
	if res := y.site.as(y.t, issuer).get(at + "/content"); res.status != 200 || !strings.HasPrefix(res.body, "%PDF-") {
		y.t.Errorf("%s: %d", kind, res.status)
	}
}

// interview is J4: two officers check on the spot, warn and remind; each paper is drafted by one and issued by another.
func (y *story) interview() {
	y.paper("interview_notice", "supervisor1", map[string]any{"person": "陈某（法定代表人）", "when": "2026年11月20日15时", "where": "市地方金融管理局会议室", "matters": "聚能宝业务合规性"})
	y.paper("interview_minutes", "supervisor1", map[string]any{"when": "2026年11月20日15时", "where": "市地方金融管理局会议室", "person": "陈某", "recorder": "孙立", "record": "问：是否取得金融许可？答：没有。"})
	y.paper("risk_reminder", "supervisor1", map[string]any{"facts": "未经许可公开宣传日收益8%。", "advice": "立即停止吸收资金，清退已收款项。"})
	y.site.clock.pass(2 * time.Hour)
	p := y.at("handler1", y.case_)
	p.act(`form[action$="/moves/interview"]`, map[string]any{"held_on": choice("2026-11-20"), "interviewed": "陈某", "minutes": "承认无许可，称资金已转走。", "rectify": "立即停止，三日内清退"})
	p.sees("警示约谈")
}

// measure asks for a measure, has the principal approve it, and carries it out; whoever asked cannot approve.
func (y *story) measure(kind, object, number string) {
	y.t.Helper()
	p := y.at("handler1", y.case_)
	p.act(`form[action$="/measures"]`, map[string]any{"kind": choice(kind), "object": object, "reason": "核实资金去向"})
	p.gone(`form[action*="/measures/"][action$="/approve"]`)
	boss := y.at("principal1", y.case_)
	boss.act(`form[action*="/measures/"][action$="/approve"]`, nil)
	p = y.at("handler1", y.case_)
	p.act(`form[action*="/measures/"][action$="/carry_out"]`, map[string]any{"number": number, "told": "开户银行联络人"})
}

// accountQuery is J5: the handler asks, the principal approves, the bank answers.
func (y *story) accountQuery() {
	y.paper("account_query", "principal1", map[string]any{"institution": "某某银行深圳分行", "accounts": "聚能兴业对公账户", "reason": "核实资金去向", "period": "2026年6月至今"})
	y.measure("account_query", "聚能兴业对公账户", "深金查〔2026〕7号")
	p := y.at("handler1", y.case_)
	p.act(`form[action*="/measures/"][action$="/reply"]`, map[string]any{"reply": "账户余额 12 万元，近一月流出 811 万元"})
	p.sees("811 万元")
}

// determine is J6: filed, investigated, determined with the opinions of the line regulators, stopped, goods seized.
func (y *story) determine() {
	y.at("supervisor1", y.case_).act(`form[action$="/moves/file"]`, map[string]any{"reason": "有证据证明涉嫌非法集资"})
	y.at("handler1", y.case_).act(`form[action$="/moves/investigate"]`, map[string]any{"plan": "出示执法证件，调取合同与流水"})
	y.paper("determination", "principal1", map[string]any{"facts": "公开宣传日收益8%，吸收资金811万元。", "evidence": "网页、合同、流水", "conclusion": "属于非法集资行为"})
	boss := y.at("principal1", y.case_)
	boss.act(`form[action$="/moves/determine"]`, map[string]any{"opinion": "认定为非法集资", "line_opinions": "金融监管、市场监管部门均同意"})
	y.paper("stop_order", "principal1", map[string]any{"facts": "未经许可吸收资金", "measures": "停止吸收资金，停止宣传", "deadline": "即日"})
	y.at("supervisor1", y.case_).act(`form[action$="/moves/order_stop"]`, map[string]any{"number": "深金停〔2026〕3号", "reason": "责令停止非法集资行为"})
	y.measure("seizure", "合同、账册、电脑主机两台", "深金封〔2026〕2号")
	y.at("handler1", y.case_).sees("查封")
}

// refer is J7 on this case.
func (y *story) refer() {
	p := y.at("supervisor1", y.case_)
	p.act(`form[action$="/referral"]`, map[string]any{"officer": []string{"handler1", "handler2"}})
	y.referral = p.address()
	y.sent(y.t, y.referral)
}

// intake is J8, and the benchmark of 2018: from the first incriminating fact to the receipt within 72 hours by the portal's own
// measure, every step by a different person.
func (y *story) intake() {
	y.taken(y.t, y.referral)
	p := y.at("handler1", y.referral)
	p.sees("从首个线索到签收", "（72 小时内）")
	who := eval[[]string](p, `[...document.querySelectorAll("#way")].flatMap(h => [...h.closest("section").querySelectorAll("tbody tr")].map(r => r.cells[0].innerText + ":" + r.cells[3].innerText))`)
	people := map[string]bool{}
	for _, step := range who {
		what, name, _ := strings.Cut(step, ":")
		switch what {
		case "受理", "登记立卷", "提交移送报告", "批准移送", "签收回执":
			if people[name] || name == "" {
				y.t.Errorf("%s is by %q again: %v", what, name, who)
			}
			people[name] = true
		}
	}
	if len(people) != 5 {
		y.t.Errorf("steps of the way: %v", who)
	}
}

// feedback is J10: what was seized goes with the case, then the milestones; the agency sees them and no tactics.
func (y *story) feedback() {
	p := y.at("handler1", y.case_)
	p.act(`form[action*="/measures/"][action$="/hand_to_police"]`, map[string]any{"reason": "随案移交"})
	p = y.at("handler1", y.referral)
	p.move("hand_over", map[string]any{"item_list": "合同、账册、电脑主机两台", "receiver": "李警官"})
	y.at("police1", y.referral).move("prosecute", map[string]any{"number": "深公诉字〔2026〕9号", "note": "移送审查起诉"})
	y.at("police1", y.referral).move("judge", map[string]any{"number": "（2027）粤03刑初1号", "note": "已判决"})
	p = y.at("handler1", y.referral)
	p.sees("深公诉字〔2026〕9号", "（2027）粤03刑初1号")
	p.move("close", map[string]any{"note": "核对无误"})
}

// objection is J11: a company that was wrongly hit objects; somebody whose hand is in nothing reviews; the finding is revoked, told, and
// becomes a known negative.
func (y *story) objection() {
	p := y.at("duty1", "/objections/new?alert="+y.other.Ref)
	p.act(`form[action^="/objections"]`, map[string]any{"channel": choice("finding"), "party": "企业经办人 赵某", "contact": "0755-88880000", "statement": "本公司宣传单系他人冒用名义印发。"})
	at := p.address()
	boss := y.at("supervisor1", at)
	boss.act(`form[action$="/accept"]`, map[string]any{"reviewer": choice("legal1")})
	legal := y.at("legal1", at)
	legal.act(`form[action$="/start_check"]`, map[string]any{"plan": "核对宣传单来源，查询报案记录"})
	legal.open(at)
	legal.act(`form[action$="/revoke"]`, map[string]any{"reason": "系他人冒用，原预警不成立"})
	told := y.at("handler2", at)
	told.act(`form[action$="/notify"]`, map[string]any{"told": "书面送达，2026年11月20日"})
	boss = y.at("supervisor1", at)
	boss.act(`form[action$="/close"]`, nil)
	boss.sees("办结")
	y.at("duty1", "/alerts/"+y.other.Ref).sees("撤销")
}

// closure is J12: refund, the administrative decision after the judgment, the checklist, and the archive.
func (y *story) closure() {
	do := func(user, event string, fields map[string]any) *tab {
		p := y.at(user, y.case_)
		p.act(`form[action$="/moves/`+event+`"]`, fields)
		return p
	}
	do("handler1", "start_refund", map[string]any{"amount": "8110000", "people": "386", "plan": "按比例清退"})
	do("handler1", "refund_progress", map[string]any{"amount": "8110000", "note": "全部清退"})
	do("supervisor1", "notify_penalty", map[string]any{"number": "深金罚告〔2026〕4号", "penalty": "责令停业，吊销营业执照", "reason": "非法集资事实清楚"})
	do("handler1", "no_hearing", map[string]any{"waiver": "当事人书面放弃听证"})
	do("legal1", "legal_review", map[string]any{"opinion_result": choice("pass"), "reason": "事实清楚，程序合法"})
	do("principal1", "decide", map[string]any{"number": "深金罚〔2026〕4号", "penalty": "责令停业，吊销营业执照"})
	do("handler1", "serve", map[string]any{"receiver": "陈某", "way": choice("direct")})
	do("handler1", "executed", map[string]any{"result": "已停业并注销"})
	y.at("supervisor1", y.case_).act(`form[action*="/measures/"][action$="/lift"]`, map[string]any{"reason": "查询事项已办结"})
	do("supervisor1", "close", map[string]any{"reason": "已办结", "checklist": []string{"decision", "refund", "credit_record", "evidence", "lessons"}})
	p := do("handler1", "archive", map[string]any{"number": "深金档〔2026〕11号"})
	p.sees("归档", "深金档〔2026〕11号")
}

// dispute is J2b: a case of another city is offered to Shenzhen, declined, disputed, and assigned by the common superior; Shenzhen then
// takes it with a team of its own.
func (y *story) dispute() {
	y.director("director1", "lead-440000", "440000")
	city := models.Actor{Name: "test", Permits: map[models.Action]models.Scope{models.ActAlertRead: models.ScopeOf("440100")}}
	list, _, err := y.site.p.store.Alerts(y.t.Context(), city, models.AlertFilter{Limit: 5})
	if err != nil || len(list) == 0 {
		y.t.Fatalf("no alert in Guangzhou: %v", err)
	}
	y.load("SAMR", "persons", "id,name,division_code\nP-KUA,阙跨城,440103\nP-FAR,欧阳远,440103\n")
	y.load("SAMR", "relations", "from,to,kind\nperson:P-KUA,company:"+list[0].SubjectKey+",legal_representative\nperson:P-KUA,person:P-FAR,kinship\n")
	p := y.at("supervisor2", "/cases/new?alert="+list[0].Ref)
	p.act(`form[action="/cases"]`, map[string]any{"title": "跨市经营案", "officers": []string{"handler3", "handler4"}})
	at := p.address()
	p.open(at + "/work")
	p.act(`form[action$="/handoff"]`, map[string]any{"to": choice("lead-440300"), "ground": choice("residence"), "reason": "主要经营地在深圳"})
	there := y.at("supervisor1", "/handoffs")
	there.click(`a[data-open]`)
	handoff := there.address()
	there.act(`form[action$="/decline"]`, map[string]any{"reason": "注册地在广州，应由注册地牵头"})
	y.at("supervisor2", handoff).act(`form[action$="/dispute"]`, map[string]any{"reason": "资金与人员均在深圳"})
	y.at("director1", handoff).act(`form[action$="/assign"]`, map[string]any{"reason": "由主要经营地牵头更有利于处置"})
	y.at("supervisor1", handoff).act(`form[action$="/accept"]`, map[string]any{"officers": []string{"handler1", "handler2"}})
	taken := y.at("handler1", at)
	taken.sees("跨市经营案")
	taken.click(`a[href^="/alerts/"]`)
	taken.sees(list[0].SubjectName)
	taken.open("/companies/" + list[0].SubjectKey)
	taken.sees(list[0].SubjectName, list[0].SubjectKey)
	taken.open("/companies/" + list[0].SubjectKey + "?tab=relations") // whom it is tied to is named, and nobody behind those
	taken.sees("阙**")
	taken.click(`a[href^="/persons/"]`)
	taken.sees("阙**", "辖区外主体")
	taken.open("/graph?depth=2&of=company:" + list[0].SubjectKey)
	taken.sees("阙**", "辖区外主体")
	y.at("supervisor2", handoff).sees("深圳")
}

// director adds a supervisor of an office.
func (y *story) director(name, authority, division string) {
	y.t.Helper()
	hash, err := testHash()
	if err != nil {
		y.t.Fatal(err)
	}
	ctx, store := y.t.Context(), y.site.p.store
	if _, err := store.AddUser(ctx, byCommand, models.NewUser{Name: name, Display: "省处非办处长", DisplayEn: "Director", Authority: authority, PasswordHash: hash}); err != nil {
		y.t.Fatal(err)
	}
	if err := store.GrantRole(ctx, byCommand, name, models.RoleSupervisor, division); err != nil {
		y.t.Fatal(err)
	}
}

// bulletin is the first half of J12: the supervisor drafts what was determined, a text with a person in it is refused, legal review
// clears it, the principal publishes it with the consent of the police, and anybody reads it without signing in.
func (y *story) bulletin() {
	p := y.at("supervisor1", y.case_+"/bulletins")
	p.act(`form[action$="/bulletins"]`, map[string]any{"title": "关于聚能宝非法集资的风险提示", "body": "经认定，聚能宝未经许可公开吸收资金，属于非法集资。请投资人及时登记。"})
	at := p.address()
	y.at("legal1", at).act(`form[action$="/clear"]`, map[string]any{"reason": "表述与认定一致，无个人信息"})
	boss := y.at("principal1", at)
	boss.act(`form[action$="/publish"]`, map[string]any{"consent": "深公函〔2026〕21号"})
	anybody := y.b.tab(y.t, y.site)
	anybody.open("/bulletins")
	anybody.sees("关于聚能宝非法集资的风险提示")
}
