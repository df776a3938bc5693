package main

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// mappingPages makes a mapping of two versions, and a sample that is being pointed at, and gives their pages by name.
func (s *site) mappingPages(t *testing.T) []string {
	t.Helper()
	v := s.as(t, "steward1")
	empty := "/mappings"
	draftOf := func(form url.Values) string {
		return v.upload("/mappings/new", "重点监测企业.xlsx", oddWorkbook(t, 8), form).header.Get("Location")
	}
	draft := draftOf(nil)
	form := formOf(t, v.get(draft), draft)
	form.Set("do", "save")
	form.Set("name", "重点监测企业表")
	show := v.must(draft, form)
	draft = draftOf(url.Values{"base": {strings.TrimPrefix(show, "/mappings/")}})
	form = formOf(t, v.get(draft), draft)
	form.Set("text", form.Get("text")+"source: LOCAL\n")
	form.Set("do", "save")
	v.must(draft, form)
	broken := draftOf(nil)
	form = formOf(t, v.get(broken), broken)
	form.Set("c[name]", "")
	form.Set("do", "preview")
	v.must(broken, form)
	return []string{"mappings", empty, "mapping new", "/mappings/new", "mapping", show, "mapping compared", show + "?from=1&to=2", "mapping draft", draftOf(nil), "mapping draft incomplete", broken,
		"mapping as text", draftOf(url.Values{"base": {strings.TrimPrefix(show, "/mappings/")}})}
}

// A newcomer takes a workbook that nobody has seen to profiles of its companies, by the pages alone.
func TestMappingJourneyInBrowser(t *testing.T) {
	b := newBrowser(t)
	s := newSite(t, filepath.Join(fastDir(t), "test.db"))
	path := filepath.Join(t.TempDir(), "重点监测企业情况统计表.xlsx")
	if err := os.WriteFile(path, oddWorkbook(t, 40), 0o600); err != nil {
		t.Fatal(err)
	}
	started := time.Now()
	p := b.tab(t, s)
	p.signIn("steward1", "zh-CN")
	p.click(`.x-nav a[href="/mappings"]`)
	p.click(`a[href="/mappings/new"]`)
	p.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{path}))
	p.click(`form[enctype] button.btn-primary`)
	p.sees("接收 40 行，拒收 1 行", "社会信用代码", "统一社会信用代码", "校验位", "10005000", "2019-03-05", "表头第 4 行")
	p.do(chromedp.SetValue(chromedp.CSS(`select[name="c[address]"]`), ""))
	p.click(`button[value=preview]:not(.visually-hidden)`)
	if p.truth(`document.querySelector("[aria-labelledby=preview]").innerText.includes("南山区试验路")`) {
		t.Error("the column that was taken away is still in the preview")
	}
	p.do(chromedp.SetValue(chromedp.CSS(`select[name="c[address]"]`), "注册地址"))
	p.fill("#name", "重点监测企业表")
	p.fill("#source", "LOCAL")
	p.click(`button[value=load]`)
	if !strings.HasPrefix(p.address(), "/batches/") {
		t.Fatalf("the load leads to %s: %s", p.address(), p.words())
	}
	p.sees("完成，有拒收", "40", "重点监测企业情况统计表.xlsx", "第 1 版")
	p.open("/search?q=" + oddCode(11))
	p.sees("深圳市试验011号财富管理有限公司")
	p.open("/companies/" + oddCode(11))
	p.sees("深圳市试验011号财富管理有限公司", "2019-03-16")
	p.open("/companies/" + oddCode(11) + "?tab=history")
	p.sees("LOCAL")
	p.quiet("the journey")
	if took := time.Since(started); took > 5*time.Minute {
		t.Errorf("the journey took %v", took)
	} else {
		t.Logf("from signing in to the profile: %v", took.Round(time.Millisecond))
	}
}
