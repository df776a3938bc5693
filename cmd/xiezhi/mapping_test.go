package main

import (
	"bytes"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/xuri/excelize/v2"
	"xiezhi/models"
	"xiezhi/reference"
)

// oddWorkbook is a list that no mapping was written for: titles above the header, a header of two rows with merged cells, days as numbers
// with a date format, amounts in units of ten thousand, a total below. n companies are good, and one has a wrong check digit.
func oddWorkbook(t testing.TB, n int) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		t.Fatal(err)
	}
	rows := [][]any{{"某市重点监测企业情况统计表"}, {"填报单位：某区金融工作局", nil, nil, nil, nil, "填报日期：2026年9月"},
		{"序号", "企业基本情况", nil, nil, "资本（万元）", nil, "成立\n日期", "备注"}, {nil, "单位全称", "社会信用代码", "注册地址", "注册资本（万元）", "实缴资本（万元）"}}
	for i := range n {
		rows = append(rows, []any{i + 1, fmt.Sprintf("深圳市试验%03d号财富管理有限公司", i), oddCode(i), fmt.Sprintf("深圳市南山区试验路%d号", i), 1000.5 + float64(i), 10, 43529 + i, ""})
	}
	rows = append(rows, []any{n + 1, "校验位不符有限公司", wrongCode(), "深圳市", 1, 1, 43529}, []any{"合计", nil, nil, nil, 9999})
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	err = errors.Join(f.MergeCell("Sheet1", "A1", "H1"), f.MergeCell("Sheet1", "A3", "A4"), f.MergeCell("Sheet1", "B3", "D3"), f.MergeCell("Sheet1", "E3", "F3"),
		f.MergeCell("Sheet1", "G3", "G4"), f.MergeCell("Sheet1", "H3", "H4"), f.SetCellStyle("Sheet1", "G5", fmt.Sprintf("G%d", n+5), day))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func oddCode(i int) string { return reference.NewUSCC("91", "440300", fmt.Sprintf("MA9%05d", i)) }

// wrongCode is a code with another check character than it should have.
func wrongCode() string {
	code := oddCode(0)
	if code[17] == '0' {
		return code[:17] + "1"
	}
	return code[:17] + "0"
}

// upload sends a form with a file as a browser does.
func (v *visitor) upload(path, name string, content []byte, form url.Values) reply {
	v.t.Helper()
	return v.uploadAs(v.token(), path, name, content, form)
}

// uploadAs is upload with a form token that is at hand.
func (v *visitor) uploadAs(token, path, name string, content []byte, form url.Values) reply {
	v.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.WriteField("token", token); err != nil {
		v.t.Fatal(err)
	}
	for k, values := range form {
		for _, value := range values {
			if err := w.WriteField(k, value); err != nil {
				v.t.Fatal(err)
			}
		}
	}
	part, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(content)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		v.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(v.t.Context(), http.MethodPost, v.s.URL+path, &b)
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return v.do(req)
}

// formOf reads back what a page's form would send if nothing were changed, as a browser without scripts does.
func formOf(t testing.TB, r reply, action string) url.Values {
	t.Helper()
	form := r.doc(t).Find("form[action='" + action + "']").First()
	if form.Length() == 0 {
		t.Fatalf("the page has no form %s", action)
	}
	v := url.Values{}
	form.Find("input[name], textarea[name]").Each(func(_ int, el *goquery.Selection) {
		kind := el.AttrOr("type", "text")
		if _, checked := el.Attr("checked"); kind == "checkbox" && !checked || kind == "file" {
			return
		}
		value := el.AttrOr("value", "")
		if el.Is("textarea") {
			value = el.Text()
		}
		v.Add(el.AttrOr("name", ""), value)
	})
	form.Find("select[name]").Each(func(_ int, el *goquery.Selection) {
		chosen := el.Find("option[selected]").First()
		if chosen.Length() == 0 {
			chosen = el.Find("option").First()
		}
		v.Add(el.AttrOr("name", ""), chosen.AttrOr("value", ""))
	})
	return v
}

func mainText(t testing.TB, r reply) string {
	return strings.Join(strings.Fields(r.doc(t).Find("main").Text()), " ")
}

// A steward sends a workbook that nobody has seen, finds it mapped, corrects nothing, saves and loads it, and finds its companies.
func TestMappingJourney(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site) {
		v := s.as(t, "steward1")
		res := v.upload("/mappings/new", "重点监测企业.xlsx", oddWorkbook(t, 25), nil)
		draft := res.header.Get("Location")
		if res.status != http.StatusSeeOther || !strings.HasPrefix(draft, "/mappings/drafts/") {
			t.Fatalf("%d %s", res.status, mainText(t, res))
		}
		page := v.get(draft)
		if text := mainText(t, page); !strings.Contains(text, "接收 25 行，拒收 1 行") || !strings.Contains(text, "1000.5") == strings.Contains(text, "10005000") {
			t.Fatalf("preview: %s", text)
		}
		form := formOf(t, page, draft)
		for field, want := range map[string]string{"table": "companies", "c[uscc]": "社会信用代码", "c[name]": "单位全称", "c[registered_capital]": "注册资本（万元）", "r[registered_capital]": "10000", "c[established_on]": "成立日期", "totals": "序号"} {
			if form.Get(field) != want {
				t.Errorf("%s is %q, want %q", field, form.Get(field), want)
			}
		}
		form.Set("do", "load")
		if again := v.post(draft, form); again.status != http.StatusUnprocessableEntity || again.doc(t).Find("#name-wrong").Length() == 0 {
			t.Errorf("without a name: %d", again.status)
		}
		form.Set("name", "重点监测企业表")
		form.Set("source", "LOCAL")
		form.Set("division", "440300")
		batch := v.must(draft, form)
		text := mainText(t, v.get(batch))
		if !strings.HasPrefix(batch, "/batches/") || !strings.Contains(text, "重点监测企业.xlsx") || !strings.Contains(text, "校验位") || !strings.Contains(text, "第 1 版") {
			t.Fatalf("%s: %s", batch, text)
		}
		company := v.get("/companies/" + oddCode(7))
		if text := mainText(t, company); company.status != 200 || !strings.Contains(text, "深圳市试验007号财富管理有限公司") || !strings.Contains(text, "2019-03-12") {
			t.Errorf("the profile: %d %s", company.status, text)
		}
		if gone := v.get(draft); gone.status != http.StatusNotFound {
			t.Errorf("the sample is still there: %d", gone.status)
		}
		if left, err := os.ReadDir(string(s.p.desk.Quarantine)); err != nil || len(left) != 0 {
			t.Errorf("quarantine: %v %v", left, err)
		}
		refused := v.get(batch + "/files/0/refused")
		if !strings.Contains(refused.header.Get("Content-Disposition"), ".refused.csv") || !strings.Contains(refused.body, "校验位不符有限公司") {
			t.Errorf("refused rows: %s\n%s", refused.header.Get("Content-Disposition"), refused.body)
		}
		s.reviseMapping(t, v)
	})
}

// reviseMapping adds a version by text, compares the two, mends the refused row with it and shares it.
func (s *site) reviseMapping(t *testing.T, v *visitor) {
	t.Helper()
	list := v.get("/mappings").doc(t)
	show := list.Find("tbody th a").First().AttrOr("href", "")
	ref := strings.TrimPrefix(show, "/mappings/")
	res := v.upload("/mappings/new", "重点监测企业.xlsx", oddWorkbook(t, 3), url.Values{"base": {ref}})
	draft := res.header.Get("Location")
	form := formOf(t, v.get(draft), draft)
	form.Set("text", strings.Replace(form.Get("text"), "layout: [auto]", `layout: [auto, "2006"]`, 1))
	form.Set("note", "也接受年份")
	form.Set("do", "save")
	if to := v.must(draft, form); to != show {
		t.Fatalf("the revision leads to %s", to)
	}
	text := mainText(t, v.get(show+"?from=1&to=2"))
	if !strings.Contains(text, "也接受年份") || !strings.Contains(text, "- ") || !strings.Contains(text, "+ ") {
		t.Errorf("versions: %s", text)
	}
	if first := v.get(show + "/versions/1"); first.status != 200 || strings.Contains(first.body, `"2006"`) || !strings.Contains(first.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("the first version: %d %s", first.status, first.body)
	}
	mended := "refused_line,refused_column,refused_reason,单位全称,社会信用代码,注册地址,注册资本（万元）,实缴资本（万元）,成立日期,序号\n9,x,y,补录有限公司," + oddCode(99) + ",深圳市,1,1,2019,1\n"
	loaded := v.upload("/batches", "重点监测企业.refused.csv", []byte(mended), url.Values{"mapping": {ref}, "division": {"440300"}})
	if loaded.status != http.StatusSeeOther || v.get("/companies/"+oddCode(99)).status != 200 {
		t.Errorf("the mended row: %d %s", loaded.status, mainText(t, loaded))
	}
	v.must(show+"/share", url.Values{"sharing": {"all"}})
	if m, err := s.p.store.MappingForLoad(t.Context(), "重点监测企业表"); err != nil || m.Sharing != models.SharedAll || m.Latest != 2 {
		t.Errorf("%+v %v", m, err)
	}
}

// A sample that is no table is refused by its name; one whose time is up is gone, with its file.
func TestSamplesInQuarantine(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site) {
		v := s.as(t, "steward1")
		for name, content := range map[string]string{"a.pdf": "%PDF-1.7", "a.xlsx": "PK\x03\x04", "empty.csv": " ", "a.xls": "\xd0\xcf\x11\xe0"} {
			res := v.upload("/mappings/new", name, []byte(content), nil)
			if res.status != http.StatusUnprocessableEntity || res.doc(t).Find("#file-wrong").Length() == 0 {
				t.Errorf("%s: %d", name, res.status)
			}
		}
		if left, err := os.ReadDir(string(s.p.desk.Quarantine)); err != nil || len(left) != 0 {
			t.Errorf("refused samples are kept: %v %v", left, err)
		}
		draft := v.upload("/mappings/new", "a.csv", []byte("企业名称,统一社会信用代码\n甲有限公司,"+oddCode(1)+"\n"), nil).header.Get("Location")
		if other := s.as(t, "duty1").get(draft); other.status != http.StatusForbidden {
			t.Errorf("somebody else: %d", other.status)
		}
		s.clock.pass(models.SampleLife + time.Minute)
		if err := s.p.desk.SweepSamples(t.Context()); err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(string(s.p.desk.Quarantine), filepath.Base(draft))
		if _, err := s.p.store.Sample(t.Context(), s.actor(t, "steward1"), filepath.Base(draft)); models.KindOf(err) != models.KindNotFound {
			t.Errorf("after its time: %v", err)
		}
		old := time.Now().Add(-time.Hour)
		if err := os.Chtimes(dir, old, old); err != nil {
			t.Fatal(err)
		}
		if err := s.p.desk.SweepSamples(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("its file is still there: %v", err)
		}
	})
}
