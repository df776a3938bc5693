package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"xiezhi/models"

	"github.com/chromedp/chromedp"
)

// Pages of evidence, papers and filing lines hold to the rules of all pages: in both languages, both themes, wide and narrow.
// XIEZHI_PICTURES names a folder for their pictures.
func TestProofPagesInBrowser(t *testing.T) {
	b := newBrowser(t)
	s := newSite(t, filepath.Join(fastDir(t), "proof.db"))
	ctx := t.Context()
	caseURL, referral := s.referralAt(t, s.cityAlerts(t)[0], 0)
	cs := strings.TrimPrefix(caseURL, "/cases/")
	handler := s.actor(t, "handler1")
	must := func(ref string, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return ref
	}
	ev := must(s.p.desk.ReceiveEvidence(ctx, handler, cs, models.NewEvidence{Class: models.ClassElectronic, Title: "宣传网页", SourceOffice: "网信办", FileName: "page <b>1</b>.html"}, strings.NewReader("<html>每日返利 8%</html>")))
	must("", s.p.desk.CheckEvidence(ctx, models.System("evidence")))
	dossier := must(s.p.store.AskCaseDossier(ctx, handler, cs))
	must("", s.p.desk.MakeDossiers(ctx, models.System("dossier")))
	paper := must(s.p.store.DraftCasePaper(ctx, handler, cs, models.PaperStopOrder, map[string]string{"facts": "向不特定对象吸收资金。", "measures": "立即停止吸收资金。", "deadline": "收到本通知之日起"}, s.p.press))
	ok := func(name, path string) stop { return stop{name, path, http.StatusOK} }
	stops := map[string][]stop{
		"handler1": {ok("case", caseURL), ok("evidence", caseURL+"/evidence"), ok("piece", "/evidence/"+ev), ok("dossier", "/dossiers/"+dossier), ok("papers", caseURL+"/papers"), ok("paper new", caseURL+"/papers/interview_notice"),
			ok("paper", "/papers/"+paper), ok("thresholds", caseURL+"/thresholds?offence=176&amount=1200000&amount_source=x&publicity=yes&rate=24&lpr=3"), ok("keys", "/keys"), ok("referral evidence", referral+"/evidence")},
		"principal1": {ok("paper to issue", "/papers/"+paper)},
	}
	for user, list := range stops {
		p := b.tab(t, s)
		p.signIn(user, "zh-CN")
		for _, l := range []look{{"zh-CN", "light", 1366}, {"en", "dark", 390}} {
			p.wear(l)
			for _, at := range list {
				p.inspect(l, at)
				if dir := os.Getenv("XIEZHI_PICTURES"); dir != "" {
					shot, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
					if err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(filepath.Join(dir, strings.ReplaceAll(at.name, " ", "-")+"-"+l.locale+".png"), shot, 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
}
