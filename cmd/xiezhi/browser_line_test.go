package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// lineWords are the words that people must read on the way, in their language.
type lineWords struct {
	locale                                                                      string
	queue, outcome, proposed, openCase, opened, formed, pending, approved, sent string
	answers, received, supplement, review, filed, help                          string
}

var linesInBothLanguages = []lineWords{
	{"zh-CN", "预警队列", "已办理 1 条，未办理 0 条", "已建议立案，等待科室负责人", "立案", "案件已立案", "专案组核实", "待主要负责人审批", "已批准移送", "已送达，待签收",
		"签收不等于立案", "公安机关已签收", "待补正", "立案审查", "公安机关已立案（刑事）", "键盘帮助"},
	{"en", "Alert queue", "1 done, 0 not done", "Proposed, waiting for the supervisor", "Open a case", "Case opened", "Team verifying", "Pending the principal", "Approved", "Delivered, awaiting receipt",
		"A receipt is not a filing", "Received", "Supplement requested", "Under review", "Criminal case filed", "Keys"},
}

// The whole line by clicks and keys in a browser: from the queue to the filing.
func TestLineInBrowser(t *testing.T) {
	for _, w := range linesInBothLanguages {
		t.Run(w.locale, func(t *testing.T) {
			t.Parallel()
			b := newBrowser(t)
			s := newSite(t, filepath.Join(fastDir(t), "test.db"))
			alert := s.storyAlert(t)
			acceptByKeys(t, b, s, w, alert)
			referral := openByClicks(t, b, s, w, alert)
			sendByClicks(t, b, s, w, referral)
			fileByClicks(t, b, s, w, referral)
		})
	}
}

// acceptByKeys works the queue as a duty officer does, with the keyboard alone.
func acceptByKeys(t *testing.T, b *browser, s *site, w lineWords, alert string) {
	t.Helper()
	p := b.tab(t, s)
	p.signIn("duty1", w.locale)
	p.click(`nav a[href="/alerts"]`)
	p.sees(w.queue)
	p.press("a")
	if !p.truth(`document.querySelectorAll("[data-row].is-here").length === 1 && document.querySelector("[data-row]").classList.contains("is-here")`) {
		t.Error("a without a current row did not show the first row")
	}
	p.press("j")
	p.press("k")
	p.press("x")
	if !p.truth(`document.querySelector("[data-row].is-picked input[type=checkbox]:checked") !== null`) {
		t.Error("x did not pick the current row")
	}
	p.press("x")
	p.press("?")
	if !p.truth(`document.querySelector("[data-help]").open && document.querySelector("[data-help]").innerText.includes("` + w.help + `")`) {
		t.Error("? did not open the help")
	}
	p.press(kb.Escape)
	if p.truth(`document.querySelector("[data-help]").open`) {
		t.Error("Escape did not close the help")
	}
	toRow(p, alert)
	if !p.truth(`document.activeElement.matches(".is-here a[data-open]") && getComputedStyle(document.activeElement).outlineStyle === "solid"`) {
		t.Error("the focus is not seen on the current row")
	}
	p.leads(chromedp.KeyEvent("a"))
	p.sees(w.outcome)
	toRow(p, alert)
	p.leads(chromedp.KeyEvent(kb.Enter))
	p.sees("GEN-06", "8%")
	p.fill("#propose textarea", "承诺日收益8%，无金融许可")
	p.click("#propose button")
	p.sees(w.proposed)
	p.quiet("the queue and the alert")
}

// toRow moves down with j until the row of an alert is the current one.
func toRow(p *tab, alert string) {
	p.t.Helper()
	for range 60 {
		if p.truth(`document.querySelector(".is-here a[data-open]")?.getAttribute("href") === "/alerts/` + alert + `"`) {
			return
		}
		p.press("j")
	}
	p.t.Fatalf("j never reached %s", alert)
}

// openByClicks opens the case and forms the team as a supervisor; it gives the referral's path.
func openByClicks(t *testing.T, b *browser, s *site, w lineWords, alert string) string {
	t.Helper()
	p := b.tab(t, s)
	p.signIn("supervisor1", w.locale)
	p.click(`a[data-open][href="/alerts/` + alert + `"]`)
	p.sees(w.openCase)
	p.click(".x-acts a.btn-primary")
	for _, o := range []string{"handler1", "handler2"} {
		p.do(chromedp.Click(chromedp.CSS(`input[value="` + o + `"]`)))
	}
	p.click("main form .btn-primary")
	p.sees(strings.TrimPrefix(w.opened, "案件"))
	p.click("main form .btn-primary")
	p.sees(w.formed)
	p.quiet("the case")
	return p.address()
}

// sendByClicks takes the referral from the team's report over the principal's approval to the police.
func sendByClicks(t *testing.T, b *browser, s *site, w lineWords, referral string) {
	t.Helper()
	p := b.tab(t, s)
	p.signIn("handler1", w.locale)
	p.click(`nav a[href="/referrals"]`)
	p.click(`a[data-open][href="` + referral + `"]`)
	p.fill("[name=facts]", "该公司通过网页公开宣传日收益8%，向不特定对象吸收资金。")
	p.do(chromedp.SetValue(chromedp.CSS("select[name=offence]"), "176"))
	p.fill("[name=amount]", "8110000")
	p.fill("[name=people]", "386")
	p.fill("[name=loss]", "600000")
	p.click("#act-submit_report .btn-primary")
	p.sees(w.pending, "涉嫌犯罪案件移送书")

	boss := b.tab(t, s)
	boss.signIn("principal1", w.locale)
	boss.click(".x-acts .btn-primary")
	if at := boss.address(); at != referral {
		t.Errorf("the most urgent of the principal is %s, not %s", at, referral)
	}
	boss.click("#act-approve .btn-primary")
	boss.sees(w.approved)
	boss.quiet("the approval")

	p.open(referral)
	p.fill("[name=item_list]", "合同12份")
	p.fill("[name=expert_report]", "无")
	p.click("#act-send .btn-primary")
	p.sees(w.sent)
	p.quiet("the sending")
}

// fileByClicks is the intake desk: receipt, supplement, review, filing.
func fileByClicks(t *testing.T, b *browser, s *site, w lineWords, referral string) {
	t.Helper()
	police := b.tab(t, s)
	police.signIn("police1", w.locale)
	police.click(`nav a[href="/desk"]`)
	police.sees(w.answers)
	police.click("#act-sign_receipt .btn-primary")
	police.sees(w.received)
	police.fill("#act-request_supplement [name=reason]", "缺少银行流水")
	police.click("#act-request_supplement button")
	police.sees(w.supplement)

	p := b.tab(t, s)
	p.signIn("handler1", w.locale)
	p.click(`main a[data-open][href="` + referral + `"]`)
	p.sees(w.supplement, "缺少银行流水")
	p.fill("#act-supply [name=note]", "已补充银行流水")
	p.fill("#act-supply [name=documents]", "银行流水3册")
	p.click("#act-supply button")

	police.open("/desk")
	police.click("#act-start_review .btn-primary")
	police.sees(w.review)
	police.fill("#act-file [name=approver]", "王局长")
	police.fill("#act-file [name=number]", "深公经立字〔2026〕88号")
	police.fill("#act-file [name=reason]", "有犯罪事实，需要追究刑事责任")
	police.click("#act-file .btn-primary")
	police.open(referral)
	police.sees(w.filed)
	police.quiet("the desk")

	p.open(referral)
	p.sees(w.filed, "深公经立字〔2026〕88号")
	p.quiet("the filing")
}
