package main

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"xiezhi/models"
	"xiezhi/work"
)

// The version that is shipped, and the number that the first draft upon it gets.
const (
	shipped = "2026.11.6"
	draft   = "2026.11.7"
)

// doReplays does what the queue would do.
func (s *site) doReplays(t *testing.T) {
	t.Helper()
	refs, err := s.p.store.UnfinishedReplays(t.Context())
	if err != nil || len(refs) == 0 {
		t.Fatalf("%d replays wait: %v", len(refs), err)
	}
	for _, ref := range refs {
		if err := s.p.desk.RunReplay(t.Context(), models.System("replay"), ref); err != nil {
			t.Fatal(err)
		}
	}
}

// rulePages makes a version with a replay and gives the pages of rules by name.
func (s *site) rulePages(t *testing.T) []string {
	t.Helper()
	v := s.as(t, "analyst1")
	show := v.must("/rules/"+shipped+"/edit", url.Values{"do": {"save"}, "note": {"降低橙色下限"}, "bands.orange": {"41"}, "indicators.GEN-01.points": {"80"}})
	replay := v.must(show+"/replay", url.Values{})
	s.doReplays(t)
	return []string{"rules", "/rules", "rule", show, "rule shipped", "/rules/" + shipped, "rule edit", show + "/edit", "replay", replay}
}

// Without scripts: what is wrong is said at its field with the same input, a company shows both versions, and the author cannot decide.
func TestRulesWithoutScripts(t *testing.T) {
	s := newSite(t, filepath.Join(fastDir(t), "test.db"))
	v := s.as(t, "analyst1")
	page := v.post("/rules/"+shipped+"/edit", url.Values{"do": {"save"}, "note": {"x"}, "bands.red": {"5"}, "triggers.daily_yield.when": {"GEN_06.marked && !GEN_05.hit"}})
	d := page.doc(t)
	if page.status != http.StatusUnprocessableEntity || d.Find(`[name="bands.red"]`).AttrOr("value", "") != "5" || d.Find("#f-bands-red-wrong").Length()+d.Find("#f-bands-orange-wrong").Length() == 0 {
		t.Errorf("%d: %s", page.status, d.Find(".x-wrong").Text())
	}
	page = v.post("/rules/"+shipped+"/edit", url.Values{"do": {"check"}, "triggers.daily_yield.when": {"GEN_06.marked && !GEN_05.hit"}})
	if text := page.doc(t).Find("#f-triggers-daily_yield-when-wrong").Text(); page.status != http.StatusUnprocessableEntity || !strings.Contains(text, "第 1 行第 18 字") {
		t.Errorf("%d %q", page.status, text)
	}
	al, _, err := s.p.store.Alert(t.Context(), s.actor(t, "duty1"), s.storyAlert(t))
	if err != nil {
		t.Fatal(err)
	}
	page = v.post("/rules/"+shipped+"/edit", url.Values{"do": {"try"}, "company": {al.SubjectKey}, "indicators.GEN-01.points": {"0"}})
	if text := page.doc(t).Find("[aria-labelledby=trial]").First().Text(); page.status != http.StatusOK || !strings.Contains(text, "合规偏离") {
		t.Errorf("%d %q", page.status, text)
	}
	if page = v.post("/rules/"+shipped+"/edit", url.Values{"do": {"try"}, "company": {"91999999999999999X"}}); page.status != http.StatusUnprocessableEntity {
		t.Errorf("an unknown company: %d", page.status)
	}
	check := v.post("/rules/"+shipped+"/check", url.Values{"add.kind": {"trigger"}, "add.code": {"mine"}, "add.when": {"GEN_99.hit"}})
	if check.status != http.StatusOK || !strings.Contains(check.body, "GEN-99") || !strings.Contains(check.body, `"add.when"`) {
		t.Errorf("%d %s", check.status, check.body)
	}
	show := v.must("/rules/"+shipped+"/edit", url.Values{"do": {"save"}, "note": {"降低橙色下限"}, "bands.orange": {"59"}})
	if res := v.post(show+"/approve", url.Values{}); res.status != http.StatusConflict {
		t.Errorf("approval without a replay: %d", res.status)
	}
	v.must(show+"/replay", url.Values{})
	s.doReplays(t)
	if res := v.post(show+"/approve", url.Values{}); res.status != http.StatusForbidden {
		t.Errorf("the author approves: %d", res.status)
	}
}

// The journey in a browser: one person writes and replays, another approves and puts into force, and the scan goes by it.
func TestRuleJourneyInBrowser(t *testing.T) {
	b := newBrowser(t)
	s := newSite(t, filepath.Join(fastDir(t), "test.db"))
	p := b.tab(t, s)
	p.signIn("analyst1", "zh-CN")
	p.click(`.x-nav a[href="/rules"]`)
	p.sees(shipped, "现行", "随程序提供")
	p.click(`a[href="/rules/` + shipped + `/edit"]`)
	when := `[name="triggers.daily_yield.when"]`
	p.types(when, "GEN_06.markd")
	p.do(chromedp.WaitVisible(chromedp.CSS("#f-triggers-daily_yield-when-wrong")))
	p.sees("第 1 行第 7 字", "没有名为“markd”的字段")
	s.shot(p, "rule-edit-live")
	p.types(when, "GEN_06.marked")
	p.do(chromedp.WaitNotPresent(chromedp.CSS("#f-triggers-daily_yield-when-wrong")))
	p.types(`[name="bands.orange"]`, "58")
	p.fill("#note", "橙色下限降到 58")
	p.click(`button[value=save]`)
	p.sees("规则 "+draft, "草稿", "橙色下限", "58")
	s.shot(p, "rule-draft")
	p.click(`form[action$="/replay"] button`)
	s.doReplays(t)
	p.open("/rules/" + draft)
	p.sees("已重放，待批准", "不能批准自己的版本")
	other := b.tab(t, s)
	other.signIn("supervisor3", "zh-CN")
	other.open("/rules/" + draft)
	s.shot(other, "rule-decide")
	other.fill("#note-approve", "重放结果可接受")
	other.click(`form[action$="/approve"] button`)
	other.sees("已批准，待启用")
	other.click(`form[action$="/enforce"] button`)
	other.sees("现行", "已启用")
	other.click(`a[href^="/replays/"]`)
	other.sees("按辖区与领域的变化", "已知结果的预警")
	s.shot(other, "replay")
	rep, err := s.p.desk.Scan(t.Context(), byCommand, work.ScanOptions{All: true})
	if err != nil {
		t.Fatal(err)
	}
	p.open("/scans")
	p.sees(rep.Scan, draft)
	al, _, err := s.p.store.Alert(t.Context(), s.actor(t, "duty1"), s.storyAlert(t))
	if err != nil || al.RuleVersion == "" {
		t.Errorf("%s %v", al.RuleVersion, err)
	}
	p.quiet("the journey")
	other.quiet("the journey of the other")
}

// types puts a text in the place of another, as a hand does.
func (p *tab) types(selector, text string) {
	p.t.Helper()
	p.do(chromedp.SetValue(chromedp.CSS(selector), text))
	if !p.truth(fmt.Sprintf(`document.querySelector(%q).dispatchEvent(new Event("input", {bubbles: true}))`, selector)) {
		p.t.Errorf("nobody heard the typing in %s", selector)
	}
}

// shot keeps a picture where XIEZHI_SHOTS names a folder.
func (s *site) shot(p *tab, name string) {
	dir := os.Getenv("XIEZHI_SHOTS")
	if dir == "" {
		return
	}
	for _, width := range []int64{1366, 390} {
		p.size(width, 900)
		img, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d.png", name, width)), img, 0o600)
		}
		if err != nil {
			p.t.Log(err)
		}
	}
	p.size(1366, 768)
}
