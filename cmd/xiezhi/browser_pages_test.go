package main

import (
	_ "embed"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"xiezhi/models"
	"xiezhi/work"
)

//go:embed testdata/axe/axe.min.js
var axeSource string

// look is how a page is looked at: language, theme and width. The four looks hold every pair of the two values of each.
type look struct {
	locale, theme string
	width         int64
}

var looks = []look{{"zh-CN", "light", 1366}, {"en", "dark", 1366}, {"zh-CN", "dark", 390}, {"en", "light", 390}}

// looksAt says whether a page of a person is looked at so: in the first look, and in one of the others by turns of the pages; in all of
// them where everything is asked for (XIEZHI_LOOKS).
func looksAt(look, person, page int) bool {
	return look == 0 || look == 1+(person+page)%(len(looks)-1) || os.Getenv("XIEZHI_LOOKS") != ""
}

// stop is a page as the role that uses it sees it.
type stop struct {
	name, path string
	status     int64
}

// visits are the pages one person looks at, one after the other.
type visits struct {
	user  string
	stops []stop
}

// Every page of the portal: nothing for axe to find, no sideways scrolling, one heading, one primary button, a silent console, and
// without scripts the same forms and a way to navigate.
func TestPagesInBrowser(t *testing.T) {
	b := newBrowser(t)
	s := newSite(t, filepath.Join(fastDir(t), "test.db"))
	for person, v := range s.allPages(t) {
		t.Run(v.user, func(t *testing.T) {
			t.Parallel()
			p := b.tab(t, s)
			if v.user != "nobody" {
				p.signIn(v.user, "zh-CN")
			}
			forms := map[string]string{}
			for i, l := range looks {
				p.wear(l)
				for page, at := range v.stops {
					if !looksAt(i, person, page) {
						continue
					}
					p.inspect(l, at)
					if l.locale == "zh-CN" && l.width == 1366 {
						forms[at.name] = eval[string](p, formsOfPage)
					}
				}
			}
			p.wear(looks[0])
			p.withoutScripts(v.stops, forms)
		})
	}
}

// The menu of a narrow window goes by keyboard; a page printed from dark is black on white and says who printed it; and axe does find
// a fault where there is one.
func TestMenuPrintAndAxeInBrowser(t *testing.T) {
	b := newBrowser(t)
	s := newSite(t, filepath.Join(fastDir(t), "test.db"))
	p := b.tab(t, s)
	p.signIn("duty1", "zh-CN")
	p.wear(look{"zh-CN", "dark", 390})
	p.open("/alerts")
	shown := `document.querySelector("#nav").checkVisibility()`
	for _, key := range []string{kb.Enter, " "} {
		p.do(chromedp.Focus(chromedp.CSS("[data-menu]")))
		p.press(key)
		if !p.truth(shown + ` && document.activeElement.closest("#nav") !== null`) {
			t.Errorf("the key %q does not open the menu", key)
		}
		p.press(kb.Escape)
		if p.truth(shown) || !p.truth(`document.activeElement.matches("[data-menu]")`) {
			t.Error("Escape does not close the menu and give the focus back")
		}
	}
	p.open("/alerts/" + s.storyAlert(t))
	if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}); err != nil {
		t.Fatal(err)
	}
	const paper = `(() => { const s = (q) => getComputedStyle(document.querySelector(q)), gone = (q) => s(q).display === "none";
		return [s("body").backgroundColor, s("h1").color, gone(".x-side") && gone(".x-foot") && gone(".x-acts"), document.querySelector(".x-print-head").innerText.includes("陈晓岚")].join(" ") })()`
	if got := eval[string](p, paper); got != "rgb(255, 255, 255) rgb(0, 0, 0) true true" {
		t.Errorf("printed from dark: %s", got)
	}
	p.truth(axeSource + `;document.querySelector("main").insertAdjacentHTML("beforeend", "<img src=''><h1>x</h1>"); true`)
	f := eval[finding](p, inspectPage)
	if !slices.ContainsFunc(f.Axe, func(a string) bool { return strings.HasPrefix(a, "image-alt") }) || f.H1 != 2 {
		t.Errorf("a planted fault is not found: %+v", f)
	}
}

// wear sets the language, the theme and the width in which pages come.
func (p *tab) wear(l look) {
	p.t.Helper()
	p.size(l.width, 844)
	if p.name == "nobody" {
		p.open("/locale?l=" + l.locale)
		return
	}
	v := p.s.as(p.t, p.name)
	v.must("/me/prefer", url.Values{"locale": {l.locale}, "back": {"/me"}})
	v.must("/me/prefer", url.Values{"theme": {l.theme}, "back": {"/me"}})
}

// finding is what the scripts of inspect report of a page.
type finding struct {
	Lang, Theme string
	Over        float64
	H1, Primary int
	Wide        string
	Axe         []string
}

const inspectPage = `(async () => {
	const root = document.documentElement, over = root.scrollWidth - root.clientWidth;
	const wide = over > 0 ? [...document.querySelectorAll("main *")].filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1).slice(0, 3).map((e) => e.className || e.tagName).join(", ") : "";
	const run = await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"]});
	return {Lang: root.lang, Theme: root.dataset.bsTheme, Over: over, Wide: String(wide), H1: document.querySelectorAll("h1").length, Primary: document.querySelectorAll(".btn-primary").length,
		Axe: run.violations.map((v) => v.id + ": " + v.nodes.slice(0, 3).map((n) => n.target.join(" ") + " (" + n.failureSummary + ")").join(" | "))};
})()`

// inspect opens a page and holds it against the rules that are the same for all.
func (p *tab) inspect(l look, at stop) {
	p.t.Helper()
	where := fmt.Sprintf("%s (%s, %s, %d)", at.name, l.locale, l.theme, l.width)
	p.open(at.path)
	if p.status != at.status {
		p.t.Errorf("%s %s: %d, not %d", where, at.path, p.status, at.status)
	}
	p.truth(axeSource + ";true")
	f := eval[finding](p, inspectPage)
	if f.Lang != l.locale || p.name != "nobody" && f.Theme != l.theme {
		p.t.Errorf("%s comes in %s, %s", where, f.Lang, f.Theme)
	}
	if f.Over > 0 {
		p.t.Errorf("%s is %.0f px too wide: %s", where, f.Over, f.Wide)
	}
	if f.H1 != 1 || f.Primary > 1 {
		p.t.Errorf("%s has %d headings of the first rank and %d primary buttons", where, f.H1, f.Primary)
	}
	for _, a := range f.Axe {
		p.t.Errorf("%s: axe: %s", where, a)
	}
	p.quiet(where)
}

// formsOfPage lists every form with its fields and says which of them are seen; the fields of folded blocks count, since they
// unfold without a script.
const formsOfPage = `[...document.forms].filter((f) => !f.closest("dialog")).map((f) => (f.closest("[hidden]") ? "hidden " : "") + f.method + " " + f.getAttribute("action") + ": " +
	[...f.elements].filter((e) => e.name && e.name !== "token").map((e) => e.name).join(",")).join("\n")`

// withoutScripts opens the same pages with scripts off.
func (p *tab) withoutScripts(stops []stop, forms map[string]string) {
	p.t.Helper()
	if _, err := chromedp.Call(p.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		p.t.Fatal(err)
	}
	for _, at := range stops {
		p.open(at.path)
		got := eval[string](p, formsOfPage)
		if got != forms[at.name] || strings.Contains(got, "hidden ") {
			p.t.Errorf("%s without scripts has the forms\n%s\nnot\n%s", at.name, got, forms[at.name])
		}
	}
	if p.name == "nobody" {
		return
	}
	p.size(390, 844)
	p.open("/")
	if p.truth(`document.querySelector("#nav").checkVisibility()`) {
		p.t.Error("the menu of a narrow window is open before it is asked for")
	}
	p.do(chromedp.Click(chromedp.CSS("[data-menu]")))
	if !p.truth(`document.querySelector("#nav").checkVisibility() && document.querySelector('#nav a[href="/me"]').checkVisibility()`) {
		p.t.Error("the menu of a narrow window does not open without scripts")
	}
	p.click(`#nav a[href="/me"]`)
}

// allPages brings the line to the four states that a referral's page differs most in, loads a file with a bad row, and lists every
// page of the portal with who uses it.
func (s *site) allPages(t *testing.T) []visits {
	t.Helper()
	refused := s.badBatch(t)
	list := s.cityAlerts(t)
	if len(list) < 5 {
		t.Fatalf("the small province has %d alerts in the city, 5 are needed", len(list))
	}
	var cases, referrals []string
	for i := range 4 {
		c, r := s.referralAt(t, list[i], i)
		cases, referrals = append(cases, c), append(referrals, r)
	}
	open := list[len(list)-1]
	company := "/companies/" + open.SubjectKey
	person, account := s.somebody(t, company)
	ok := func(pairs ...string) []stop {
		var stops []stop
		for i := 0; i < len(pairs); i += 2 {
			stops = append(stops, stop{pairs[i], pairs[i+1], http.StatusOK})
		}
		return stops
	}
	duty := ok("home", "/", "queue", "/alerts", "queue empty", "/alerts?text=zzzz", "alert", "/alerts/"+open.Ref, "alert in a case", "/alerts/"+list[0].Ref,
		"companies", "/companies", "companies empty", "/companies?text=zzzz", "me", "/me", "company", company)
	viewer := ok("home", "/", "dashboard", "/dashboard?weeks=52", "company as of", company+"?as_of=2026-11-19")
	for _, tab := range []string{"overview", "products", "relations", "money", "signals", "licences", "cases", "history"} {
		viewer = append(viewer, stop{"company " + tab, company + "?tab=" + tab, http.StatusOK})
	}
	duty = append(duty, stop{"404", "/alerts/YJ-440300-2026-99999", http.StatusNotFound}, stop{"403", "/admin/users", http.StatusForbidden},
		stop{"422", company + "?as_of=yesterday", http.StatusUnprocessableEntity})
	return []visits{{"nobody", ok("login", "/login")}, {"duty1", duty},
		{"supervisor1", ok("home", "/", "alert", "/alerts/"+open.Ref, "case new", "/cases/new?alert="+open.Ref, "cases", "/cases", "dashboard", "/dashboard", "dashboard of a district", "/dashboard?division=440305&weeks=4", "case", cases[3], "case begun", cases[0], "referrals", "/referrals")},
		{"handler1", ok("home", "/", "referral formed", referrals[0], "referral reported", referrals[1], "referral approved", referrals[2], "referral sent", referrals[3], "person", person, "account", account, "graph empty", "/graph",
			"graph", "/graph?depth=2&of=company:"+open.SubjectKey, "chain", "/graph?of=company:"+open.SubjectKey+"&from=company:"+open.SubjectKey+"&to=company:"+list[0].SubjectKey,
			"money", "/graph/money?hops=4&account=account:"+strings.TrimPrefix(account, "/accounts/"))},
		{"principal1", ok("home", "/", "referral to approve", referrals[1])},
		{"police1", ok("home", "/", "desk", "/desk", "referral", referrals[3], "referrals", "/referrals")},
		{"police2", ok("home", "/", "desk empty", "/desk", "referrals empty", "/referrals")},
		{"steward1", append(ok("home", "/", "batches", "/batches", "batch refused", refused), ok(s.mappingPages(t)...)...)},
		{"analyst1", append(ok("home", "/", "scans", "/scans", "who is who", "/identities", "who is who, decided", "/identities?state=yes", "who is who, one", s.identityPage(t)), ok(s.rulePages(t)...)...)},
		{"province1", viewer}, {"proc1", ok("home", "/")}, {"line1", ok("home", "/")}, {"legal1", ok("home", "/")},
		{"sysadmin1", ok("home", "/", "users", "/admin/users")}, {"secadmin1", ok("home", "/", "grants", "/admin/grants")},
		{"auditadmin1", ok("home", "/", "audit", "/admin/audit")}}
}

// cityAlerts lists the alerts of Shenzhen whose referral the city's own principal approves.
func (s *site) cityAlerts(t *testing.T) []models.AlertLine {
	t.Helper()
	permits := map[models.Action]models.Scope{models.ActAlertRead: models.ScopeOf("440300")}
	list, _, err := s.p.store.Alerts(t.Context(), models.Actor{Name: "test", Permits: permits}, models.AlertFilter{Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(list, func(al models.AlertLine) bool { return al.DivisionCode == "440305" })
}

// referralAt opens a case on an alert and brings its referral so far: formed, reported, approved, sent.
func (s *site) referralAt(t *testing.T, al models.AlertLine, far int) (caseURL, referral string) {
	t.Helper()
	boss, handler, principal := s.as(t, "supervisor1"), s.as(t, "handler1"), s.as(t, "principal1")
	caseURL = boss.must("/cases", url.Values{"alert": {al.Ref}, "title": {al.SubjectName + "涉嫌非法集资案"}, "officer": {"handler1", "handler2"}})
	referral = boss.must(caseURL+"/referral", url.Values{"officer": {"handler1", "handler2"}})
	if far > 0 {
		handler.must(referral+"/submit_report", url.Values{"facts": {"该公司通过网页公开宣传日收益8%，向不特定对象吸收资金。"}, "offence": {"176"}, "amount": {"8110000"}, "people": {"386"}, "loss": {"600000"}})
	}
	if far > 1 {
		principal.must(referral+"/approve", url.Values{})
	}
	if far > 2 {
		handler.must(referral+"/send", url.Values{"item_list": {"合同12份"}, "expert_report": {"无"}})
	}
	return caseURL, referral
}

// badBatch loads a file of which one row is refused, and gives the batch's page.
func (s *site) badBatch(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "companies.csv")
	if err := os.WriteFile(path, []byte("uscc,name,division_code,observed_at\n91440300X,某公司,440300,2026-11-19\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	rep, err := s.p.desk.Ingest(t.Context(), byCommand, work.IngestOptions{Paths: []string{path}, Source: "SIM", Division: "440000"})
	if err != nil || !rep.Refused() {
		t.Fatalf("the bad row was taken: %v %+v", err, rep)
	}
	return "/batches/" + rep.Batch
}

// somebody gives the pages of a person behind a company and of an account of theirs.
func (s *site) somebody(t *testing.T, company string) (person, account string) {
	t.Helper()
	v := s.as(t, "handler1")
	v.get(company + "?tab=relations").doc(t).Find(`main a[href^="/persons/"]`).EachWithBreak(func(_ int, a *goquery.Selection) bool {
		person, _ = a.Attr("href")
		account, _ = v.get(person).doc(t).Find(`main a[href^="/accounts/"]`).First().Attr("href")
		return account == ""
	})
	if person == "" || account == "" {
		t.Fatalf("no person with an account behind %s: %q %q", company, person, account)
	}
	return person, account
}
