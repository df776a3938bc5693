package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"xiezhi/models"
	"xiezhi/models/modelstest"
)

// journey is how the people of a story work in a browser: in one language, with scripts or without, each step at the next of the nodes
// that serve one database. People stay signed in.
type journey struct {
	root   *testing.T // of the whole journey; its tabs live as long
	t      *testing.T // of the part that is made now
	b      *browser
	nodes  []*site
	locale string
	plain  bool // without scripts
	steps  int
	tabs   map[string]*tab
}

func newJourney(t *testing.T, locale string, nodes ...*site) *journey {
	t.Helper()
	return &journey{root: t, t: t, b: newBrowser(t), nodes: nodes, locale: locale, tabs: map[string]*tab{}}
}

// at opens a page as somebody, signing in before where that was not done yet or the session has ended.
func (j *journey) at(user, path string) *tab {
	j.t.Helper()
	p, known := j.tabs[user]
	if !known {
		p = j.b.tab(j.root, j.nodes[0])
		p.t = j.t
		if j.plain {
			p.do(withoutScripts)
		}
		j.tabs[user] = p
		p.signIn(user, j.locale)
	}
	j.steps++
	p.s = j.nodes[j.steps%len(j.nodes)]
	p.open(path)
	if p.address() == "/login" {
		p.signIn(user, j.locale)
		p.open(path)
	}
	if p.status >= http.StatusBadRequest {
		j.t.Fatalf("%s opens %s: %d", user, path, p.status)
	}
	return p
}

// withoutScripts keeps the pages of a tab from running scripts; what a test asks of the page itself still runs.
var withoutScripts = chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
	_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	return err
})

// word gives the text of this journey's language.
func (j *journey) word(zh, en string) string {
	if j.locale == "en" {
		return en
	}
	return zh
}

// done fails the test if any page complained on its console.
func (j *journey) done(name string) {
	j.t.Helper()
	for _, user := range slices.Sorted(maps.Keys(j.tabs)) {
		j.tabs[user].quiet(name)
	}
}

// choice is the value of a choice, of a box to tick, or of a field that takes no keys, such as a date; other values are typed.
type choice string

// act fills a form of the page that is open and sends it off.
func (p *tab) act(form string, fields map[string]any) {
	p.t.Helper()
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		field := fmt.Sprintf(`%s [name=%q]`, form, name)
		if !p.truth(fmt.Sprintf(`document.querySelector(%q) !== null`, field)) {
			p.t.Fatalf("%s at %s: no %s among %s", p.name, p.address(), field, eval[string](p, `[...document.querySelectorAll("main form")].map(f => (f.id || f.action) + ": " + [...f.elements].map(e => e.name).join(" ")).join("\n")`))
		}
		switch v := fields[name].(type) {
		case []string:
			for _, each := range v {
				box := fmt.Sprintf(`%s[value=%q]`, field, each)
				p.unfold(box)
				if p.truth(fmt.Sprintf(`!document.querySelector(%q).checked`, box)) {
					p.do(chromedp.Click(chromedp.CSS(box)))
				}
			}
		case choice:
			p.unfold(field)
			p.do(chromedp.SetValue(chromedp.CSS(field), string(v)))
		case string:
			p.unfold(field)
			p.truth(fmt.Sprintf(`document.querySelector(%q).value = "", true`, field))
			p.do(chromedp.SendKeys(chromedp.CSS(field), v))
		default:
			p.t.Fatalf("field %s: %T", name, v)
		}
	}
	p.unfold(form + " button")
	p.click(form + ` button[type=submit]:not([formnovalidate])`)
}

// move makes a move by its form.
func (p *tab) move(event string, fields map[string]any) {
	p.t.Helper()
	p.act("#act-"+event, fields)
}

// gone fails the test if the page offers something.
func (p *tab) gone(selector string) {
	p.t.Helper()
	if p.truth(fmt.Sprintf(`document.querySelector(%q) !== null`, selector)) {
		p.t.Errorf("%s at %s is offered %s", p.name, p.address(), selector)
	}
}

// secondNode is another process's portal over the database of a site, with a data folder of its own and the same secrets and clock.
func (s *site) secondNode(t *testing.T) *site {
	t.Helper()
	cfg := s.p.cfg
	cfg.DataDir = t.TempDir()
	p, err := openPortal(t.Context(), cfg, schemaAsIs)
	if err != nil {
		t.Fatal(err)
	}
	h, err := p.handler(false)
	if err != nil {
		t.Fatal(err)
	}
	other := &site{Server: httptest.NewServer(h), p: p, password: s.password, clock: s.clock}
	t.Cleanup(func() {
		other.Close()
		if err := p.close(); err != nil {
			t.Error(err)
		}
	})
	return other
}

// J7 to J9, the referral from the team's report to the end of each way it may take, are made in every way the portal is used: in
// Chinese and in English, without scripts, and with every page from the other of two nodes.
func TestReferralJourneys(t *testing.T) {
	for _, way := range []struct {
		name, locale string
		plain, nodes bool
	}{{"Chinese", "zh-CN", false, false}, {"English", "en", false, false}, {"without scripts", "zh-CN", true, false}, {"two nodes", "zh-CN", false, true}} {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			target := filepath.Join(fastDir(t), "journey.db")
			if way.nodes {
				target = modelstest.Postgres(t)
			}
			nodes := []*site{newSite(t, target)}
			if way.nodes {
				nodes = append(nodes, nodes[0].secondNode(t))
			}
			j := newJourney(t, way.locale, nodes...)
			j.plain = way.plain
			alerts := nodes[0].cityAlerts(t)
			_, filed := nodes[0].referralAt(t, alerts[0], 0)
			_, declined := nodes[0].referralAt(t, alerts[1], 0)
			t.Run("J7", func(t *testing.T) { j.sent(t, filed) })
			t.Run("J8", func(t *testing.T) { j.taken(t, filed) })
			t.Run("J9", func(t *testing.T) { j.declined(t, declined, alerts[1]) })
			j.done(way.name)
		})
	}
}

// sent is J7: the team's report with its checklist and filing lines, the principal's approval, the letter with its number, the sending.
func (j *journey) sent(t *testing.T, referral string) {
	j.on(t)
	began := j.nodes[0].clock.now()
	p := j.at("handler1", referral)
	p.move("submit_report", map[string]any{"facts": "该公司通过网页公开宣传日收益8%，向不特定对象吸收资金。", "offence": choice("176"), "amount": "8110000", "people": "386", "loss": "600000"})
	p.sees(j.word("待主要负责人审批", "Pending the principal"))
	p.gone("#act-approve")
	boss := j.at("principal1", referral)
	boss.gone("#act-send")
	boss.move("approve", map[string]any{})
	boss.sees(j.word("已批准移送", "Approved"))
	p = j.at("handler1", referral)
	p.move("send", map[string]any{"item_list": "合同12份；银行流水3册", "expert_report": "无"})
	p.sees(j.word("已送达，待签收", "Delivered, awaiting receipt"))
	for _, kind := range []string{"letter", "report"} {
		res := j.nodes[0].as(t, "handler1").get(referral + "/documents/" + kind)
		if res.status != http.StatusOK || res.body[:5] != "%PDF-" {
			t.Errorf("the %s: %d", kind, res.status)
		}
	}
	if passed := j.nodes[0].clock.now().Sub(began); passed > 72*time.Hour {
		t.Errorf("from the report to the sending: %v", passed)
	}
}

// taken is J8: the police sign, ask for more, get it, and file; the agency reads each answer where it looks.
func (j *journey) taken(t *testing.T, referral string) {
	j.on(t)
	police := j.at("police1", "/desk?ref="+filepath.Base(referral))
	police.sees(j.word("签收不等于立案", "A receipt is not a filing"))
	police.move("sign_receipt", map[string]any{})
	police.sees(j.word("公安机关已签收", "Received"))
	if res := j.nodes[0].as(t, "handler1").get(referral + "/documents/receipt"); res.status != http.StatusOK {
		t.Errorf("the signed receipt: %d", res.status)
	}
	police = j.at("police1", referral)
	police.move("request_supplement", map[string]any{"reason": "缺少银行流水"})
	p := j.at("handler1", referral)
	p.sees("缺少银行流水", j.word("待补正", "Supplement requested"))
	p.move("supply", map[string]any{"note": "已补充银行流水", "documents": "银行流水3册"})
	police = j.at("police1", referral)
	police.sees("已补充银行流水")
	police.move("start_review", map[string]any{})
	police.sees(j.word("立案审查", "Under review"))
	police = j.at("police1", referral)
	police.move("file", map[string]any{"approver": "王局长", "number": "深公经立字〔2026〕88号", "reason": "有犯罪事实，需要追究刑事责任"})
	police.sees(j.word("公安机关已立案（刑事）", "Criminal case filed"))
	p = j.at("handler1", referral)
	p.sees("深公经立字〔2026〕88号", j.word("公安机关已立案（刑事）", "Criminal case filed"))
}

// declined is J9: the police decline, affirm on reconsideration, explain to the procuratorate, and are told that their reasons stand;
// the matter returns to the administrative case.
func (j *journey) declined(t *testing.T, referral string, al models.AlertLine) {
	j.on(t)
	handler := func(event string, fields map[string]any) *tab {
		p := j.at("handler1", referral)
		p.move(event, fields)
		return p
	}
	police := func(event string, fields map[string]any) *tab {
		p := j.at("police1", referral)
		p.move(event, fields)
		return p
	}
	handler("submit_report", map[string]any{"facts": "该公司公开宣传日收益8%，向不特定对象吸收资金。", "offence": choice("176"), "amount": "1200000", "people": "160"})
	j.at("principal1", referral).move("approve", map[string]any{})
	handler("send", map[string]any{"item_list": "合同3份", "expert_report": "无"})
	police("sign_receipt", map[string]any{})
	police("start_review", map[string]any{})
	police("decline", map[string]any{"approver": "王局长", "number": "深公经不立字〔2026〕12号", "reason": "现有证据不足以证明有犯罪事实"})
	p := j.at("handler1", referral)
	p.sees("现有证据不足以证明有犯罪事实", j.word("不予立案", "Not filed"))
	p.move("request_reconsideration", map[string]any{"approver": "林主任", "reason": "参与人与金额均达到立案标准"})
	police("affirm", map[string]any{"number": "深公经复字〔2026〕3号", "reason": "维持不予立案决定"})
	p = handler("request_supervision", map[string]any{"reason": "对复议决定仍有异议，建议立案监督"})
	p.gone("#act-request_reconsideration")
	proc := func(event string, fields map[string]any) { j.at("proc1", referral).move(event, fields) }
	proc("require_reasons", map[string]any{"number": "深检立监〔2026〕5号"})
	police("explain", map[string]any{"reason": "主要证据尚未形成，附说明及证据"})
	proc("no_basis", map[string]any{"reason": "不立案理由成立"})
	p = j.at("handler1", referral)
	p.sees(j.word("转行政处理", "Administrative handling"))
}

// on lets the steps of a part fail under its own name.
func (j *journey) on(t *testing.T) {
	j.t = t
	for _, p := range j.tabs {
		p.t = t
	}
}
