package main

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// The page of shared work and the mail settings hold to the rules of all pages. XIEZHI_PICTURES names a folder for their pictures.
func TestWorkPagesInBrowser(t *testing.T) {
	b := newBrowser(t)
	s := newSite(t, filepath.Join(fastDir(t), "work.db"))
	caseURL, _ := s.referralAt(t, s.cityAlerts(t)[0], 0)
	handler, boss := s.as(t, "handler1"), s.as(t, "supervisor1")
	handler.must(caseURL+"/notes", url.Values{"text": {"已约谈法定代表人。\n@handler2 请核对名册。"}})
	handler.must(caseURL+"/tasks", url.Values{"title": {"核对名册与流水"}, "assignee": {"handler2"}, "due_on": {"2026-11-25"}})
	boss.must(caseURL+"/watch", url.Values{})
	p := b.tab(t, s)
	p.signIn("supervisor1", "zh-CN")
	for _, l := range []look{{"zh-CN", "light", 1366}, {"en", "dark", 390}} {
		p.wear(l)
		for _, at := range []stop{{"work", caseURL + "/work", http.StatusOK}, {"me", "/me", http.StatusOK}} {
			p.inspect(l, at)
			dir := os.Getenv("XIEZHI_PICTURES")
			if dir == "" {
				continue
			}
			shot, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, at.name+"-"+l.locale+".png"), shot, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}
