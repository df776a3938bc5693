package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"xiezhi/work"
)

// hostile are texts that break out of markup, queries, logs, sheets and screens, with a word that would show it.
func hostile() []string {
	list := []string{
		`<script>xzpwn()</script>`, `<img src=x onerror=xzpwn()>`, `"><svg onload=xzpwn()>`, `'><iframe src=javascript:xzpwn()>`, `<a href="javascript:xzpwn()">x</a>`,
		`" onmouseover="xzpwn()`, `' onfocus='xzpwn()' autofocus='`, `</textarea><script>xzpwn()</script>`, `</title><script>xzpwn()</script>`, `<!--<script>xzpwn()//-->`,
		`]]><script>xzpwn()</script>`, `<math><mi xlink:href="data:x,xzpwn">`, `<base href="//xzpwn.invalid/">`, `<meta http-equiv=refresh content="0;url=//xzpwn.invalid">`,
		`<form action=//xzpwn.invalid><input name=token>`, `<style>*{background:url(//xzpwn.invalid)}</style>`, `<link rel=stylesheet href=//xzpwn.invalid>`, `<object data=xzpwn>`,
		`<embed src=xzpwn>`, `<details open ontoggle=xzpwn()>`, `<div hx-get="//xzpwn.invalid" hx-trigger="load">`, `<b data-hx-on:click="xzpwn()">`, `{{constructor.constructor('xzpwn()')()}}`,
		`${xzpwn()}`, `#{xzpwn}`, `&lt;script&gt;xzpwn&lt;/script&gt;`, `&#60;script&#62;xzpwn()`, `%3Cscript%3Exzpwn()%3C/script%3E`, "javascript:xzpwn()", "java\tscript:xzpwn()",
		"data:text/html,<script>xzpwn()</script>", `\u003cscript\u003exzpwn()`, `＜script＞xzpwn()＜/script＞`, "<scr\x00ipt>xzpwn()</script>", "\x00", "a\x00b", "\x1b[31mxzpwn", "a\r\nSet-Cookie: xzpwn=1",
		"a\nb", "\x7f", "\u0085x", "\u202exzpwn", "\u2066xzpwn\u2069", "\u200b\u200b", "\ufeffname", "\ufffe", "\U0001f4a5\U0001f468\u200d\U0001f469\u200d\U0001f467", "e\u0301\u0301\u0301\u0301\u0301",
		"مرحبا شركة", "עברית xzpwn", strings.Repeat("长", 10_000), strings.Repeat("A", 10_000), `=cmd|'/c calc'!A1`, `+1+1`, `-2+3`, `@SUM(1)`, "\t=1+1", `＝1+1`,
		`' OR '1'='1`, `'; DROP TABLE alerts; --`, `" OR 1=1 --`, `%' AND 1=0 UNION SELECT password_hash FROM users --`, `%`, `_`, `\`, `../../etc/passwd`, `..\..\x`, "null", "undefined", "NaN", "",
		" ", "𝕏𠀀", "ﷺ", "A\xff\xfeB", "\xed\xa0\x80", "\xc0\xaf",
	}
	return list
}

// sound fails the test when a page holds markup that nobody of the portal wrote, or is a fault of ours.
func sound(t testing.TB, what string, r reply) {
	t.Helper()
	if r.status >= 500 {
		t.Errorf("%s: %d", what, r.status)
		return
	}
	if !strings.HasPrefix(r.header.Get("Content-Type"), "text/html") {
		return
	}
	doc := r.doc(t)
	doc.Find("*").Each(func(_ int, el *goquery.Selection) {
		name := goquery.NodeName(el)
		if slices.Contains([]string{"iframe", "object", "embed", "base", "math", "style"}, name) || name == "script" && !strings.HasPrefix(el.AttrOr("src", ""), "/static/") {
			t.Errorf("%s: a <%s> is in the page", what, name)
		}
		for _, a := range el.Nodes[0].Attr {
			key, value := strings.ToLower(a.Key), strings.ToLower(strings.TrimSpace(a.Val))
			if strings.HasPrefix(key, "on") || strings.HasPrefix(key, "hx-on") || strings.Contains(key, "xzpwn") {
				t.Errorf("%s: <%s %s=%q>", what, name, a.Key, a.Val)
			}
			if slices.Contains([]string{"href", "src", "action", "hx-get", "hx-post", "formaction", "content"}, key) &&
				(strings.HasPrefix(value, "javascript:") || strings.HasPrefix(value, "data:text") || strings.Contains(value, "//xzpwn")) {
				t.Errorf("%s: <%s %s=%q>", what, name, a.Key, a.Val)
			}
		}
	})
}

// TestHostileFacts loads hostile texts as names, texts and addresses: each row is refused or shown as text, alike on both stores.
func TestHostileFacts(t *testing.T) {
	taken := map[string]map[string]string{}
	eachSite(t, func(t *testing.T, s *site) {
		steward, page := s.api(t, "steward1"), s.as(t, "duty1")
		verdicts := map[string]string{}
		for i, text := range hostile() {
			id := fmt.Sprintf("H-%d", i)
			for table, row := range map[string]object{
				"companies": {"uscc": id, "name": text, "division_code": "440304", "address": text, "business_scope": text, "website": text, "phone": text},
				"products":  {"id": id + "-P", "company": id, "name": text, "area": "WLTH", "text": text, "url": text, "promised_yield": "0.08", "yield_period": "day"},
				"signals":   {"subject": "company:" + id, "kind": "web_page", "at": "2026-11-19T10:00:00+08:00", "text": text, "url": text, "ref": fmt.Sprintf("R-%d", i)},
				"persons":   {"id": id + text, "name": text, "division_code": "440304"},
			} {
				got := steward.ask(post, v1+"/facts/"+table+"?division=440304", rawJSON(t, row))
				if got.status != 200 {
					t.Errorf("%s %q: %s", table, text, got)
					continue
				}
				f := object(got.json(t).list("files")[0].(map[string]any))
				verdicts[table+" "+text] = fmt.Sprint(f["accepted"], f["refused"])
			}
			// a company is needed under every hostile product
			steward.ask(post, v1+"/facts/companies?division=440304&source=WEB", object{"uscc": id, "name": "试验公司" + id, "division_code": "440304"})
		}
		if _, err := s.p.desk.Scan(t.Context(), byCommand, work.ScanOptions{}); err != nil {
			t.Fatal(err)
		}
		for i, text := range hostile() {
			for _, tab := range []string{"overview", "products", "signals", "relations", "history"} {
				sound(t, fmt.Sprintf("company of %.40q, %s", text, tab), page.get(fmt.Sprintf("/companies/H-%d?tab=%s", i, tab)))
			}
		}
		list := page.get("/alerts?view=all")
		sound(t, "the alerts", list)
		list.doc(t).Find("a[href^='/alerts/YJ']").Each(func(i int, a *goquery.Selection) {
			if i < 40 {
				sound(t, "an alert", page.get(a.AttrOr("href", "")))
			}
		})
		sound(t, "the companies", page.get("/companies?text=H"))
		loads := s.as(t, "steward1")
		batches := loads.get("/batches")
		sound(t, "the batches", batches)
		batches.doc(t).Find("a[href^='/batches/PC']").Each(func(_ int, a *goquery.Selection) {
			sound(t, "a batch", loads.get(a.AttrOr("href", "")))
		})
		sound(t, "the audit trail", s.as(t, "auditadmin1").get("/admin/audit"))
		taken[s.p.store.Dialect()] = verdicts
	})
	if len(taken) == 2 && !maps.Equal(taken["sqlite"], taken["postgres"]) {
		for row, v := range taken["sqlite"] {
			if other := taken["postgres"][row]; other != v {
				t.Errorf("%.80q: accepted and refused are %s on SQLite, %s on PostgreSQL", row, v, other)
			}
		}
	}
}

// rawJSON writes a row with its broken bytes as they are, which encoding/json would mend.
func rawJSON(t testing.TB, row object) string {
	t.Helper()
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(row)) {
		text := row.text(name)
		b, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		if strings.ToValidUTF8(text, "") != text {
			b = []byte(`"` + text + `"`)
		}
		parts = append(parts, fmt.Sprintf("%q:%s", name, b))
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// TestHostileForms writes hostile texts into fields, queries and paths of pages and of the API.
func TestHostileForms(t *testing.T) {
	taken := map[string]map[string]string{}
	eachSite(t, func(t *testing.T, s *site) {
		alert := s.storyAlert(t)
		duty, boss, api, nobody := s.as(t, "duty1"), s.as(t, "supervisor1"), s.api(t, "duty1"), s.visitor(t)
		dutyToken, bossToken := duty.token(), boss.token()
		verdicts := map[string]string{}
		note := func(what, text string, r reply) {
			sound(t, fmt.Sprintf("%s with %.40q", what, text), r)
			verdicts[what+" "+text] = fmt.Sprint(r.status)
		}
		for _, text := range hostile() {
			q := url.QueryEscape(text)
			path := url.PathEscape(text)
			note("search", text, duty.get("/search?q="+q))
			note("alerts", text, duty.get("/alerts?text="+q+"&sort="+q+"&area="+q))
			note("level", text, duty.get("/alerts?level="+q))
			note("division", text, duty.get("/alerts?division="+q))
			note("after", text, duty.get("/alerts?after="+q))
			note("companies", text, duty.get("/companies?text="+q+"&level="+q))
			note("cases", text, boss.get("/cases?text="+q+"&view="+q))
			note("as_of", text, duty.get("/companies/DAILY?as_of="+q))
			note("unknown field", text, duty.get("/alerts?"+q+"="+q+"&level[]=red&level=red&level="+q))
			for _, noun := range []string{"alerts", "companies", "cases", "referrals", "persons", "accounts", "batches"} {
				r := duty.get("/" + noun + "/" + path)
				note(noun+" path", text, r)
				if path != "" && r.status != 404 && r.status != 403 && !strings.ContainsAny(text, "/") && text != "." {
					t.Errorf("GET /%s/%.40q: %d", noun, text, r.status)
				}
			}
			note("login page", text, nobody.get("/login?next="+q))
			if len(text) < 100 {
				note("login", text, nobody.post("/login", url.Values{"user": {text}, "password": {text}, "next": {text}}))
			}
			note("dismiss, refused", text, duty.post("/alerts/"+alert+"/dismiss", url.Values{"token": {dutyToken}, "reason": {text}, "note": {text}, "version": {text}}))
			r := duty.post("/alerts/"+alert+"/dismiss", url.Values{"token": {dutyToken}, "reason": {"duplicate"}, "note": {text}})
			note("dismiss", text, r)
			if r.status == 303 {
				note("the dismissed alert", text, duty.get("/alerts/"+alert))
				note("reopen", text, duty.post("/alerts/"+alert+"/reopen", url.Values{"token": {dutyToken}}))
			}
			note("snooze", text, duty.post("/alerts/"+alert+"/snooze", url.Values{"token": {dutyToken}, "until": {text}, "reason": {text}}))
			note("assign", text, duty.post("/alerts/"+alert+"/assign", url.Values{"token": {dutyToken}, "user": {text}}))
			note("bulk", text, duty.post("/alerts/bulk", url.Values{"token": {dutyToken}, "alert": {text}, "verb": {"accept"}}))
			note("open", text, boss.post("/cases", url.Values{"token": {bossToken}, "alert": {alert}, "title": {text}, "officer": {text}, "deadline": {text}}))
			note("open what", text, boss.post("/cases", url.Values{"token": {bossToken}, "alert": {text}}))
			note("prefer", text, duty.post("/me/prefer", url.Values{"token": {dutyToken}, "theme": {text}, "locale": {text}, "back": {text}}))
			for _, path := range []string{"/alerts?area=" + q, "/alerts?subject=" + q, "/alerts?after=" + q, "/alerts?status=" + q, "/cases?status=" + q + "&text=" + q, "/alerts/" + path, "/companies/" + path} {
				r := api.ask(get, v1+path, nil)
				if r.status >= 500 {
					t.Errorf("API %.60q: %s", path, r)
				}
				verdicts["api "+path] = fmt.Sprint(r.status)
			}
			r = api.ask(post, v1+"/alerts/"+alert+"/assign", rawJSON(t, object{"user": text, "note": text, "reason": text}), "Idempotency-Key", strings.Map(printable, text))
			if r.status >= 500 {
				t.Errorf("API assign %.40q: %s", text, r)
			}
		}
		taken[s.p.store.Dialect()] = verdicts
		if got := duty.get("/alerts/" + alert); got.status != 200 {
			t.Errorf("the alert afterwards: %d", got.status)
		}
	})
	for row, v := range taken["sqlite"] {
		if other, ok := taken["postgres"][row]; ok && other != v {
			t.Errorf("%.80q: %s on SQLite, %s on PostgreSQL", row, v, other)
		}
	}
}

func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return -1
	}
	return r
}

// TestQueriesAreData filters with the wildcards and the grammar of the database.
func TestQueriesAreData(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site) {
		steward, duty := s.api(t, "steward1"), s.as(t, "duty1")
		for id, name := range map[string]string{"W-1": "百分%公司", "W-2": "下划_公司", "W-3": `反斜\公司`} {
			steward.want(200, post, v1+"/facts/companies", object{"uscc": id, "name": name, "division_code": "440304"})
		}
		for text, want := range map[string]int{"百分": 1, "百分%": 1, "百%司": 0, "下划_公司": 1, "下_公司": 0, "百__公司": 0, `反斜\公`: 1, "' OR 1=1 --": 0} {
			if got := duty.get("/companies?text=" + url.QueryEscape(text)).doc(t).Find("a[href^='/companies/W-'], a[href^='/companies/9']").Length(); got != want {
				t.Errorf("companies with %q: %d, want %d", text, got, want)
			}
		}
		whole := duty.get("/alerts?view=all").doc(t).Find("a[href^='/alerts/YJ']").Length()
		for _, sort := range []string{"name; drop table alerts", "idx desc--", "(select 1)", "password_hash", "1"} {
			if got := duty.get("/alerts?view=all&sort=" + url.QueryEscape(sort)).doc(t).Find("a[href^='/alerts/YJ']").Length(); got != whole {
				t.Errorf("sort=%s gives %d links, want %d", sort, got, whole)
			}
		}
	})
}

// TestAddresses asks for paths that are nearly those of the portal: not found or not allowed, never a fault, never another's page.
func TestAddresses(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site) {
		alert := s.storyAlert(t)
		duty, api := s.as(t, "duty1"), s.api(t, "duty1")
		for _, path := range []string{"/alerts/", "/alerts//", "//alerts", "/alerts/" + alert + "/", "/Alerts", "/alerts/%2e%2e/admin/users", "/alerts/..%2fadmin%2fusers", "/alerts/../admin/users", "/alerts/%00", "/alerts/" + alert + "%00",
			"/alerts/%ff%fe", "/alerts/" + strings.Repeat("A", 8000), "/companies/" + strings.Repeat("9", 5000), "/static/..%2f..%2fgo.mod", "/static/%2e%2e/%2e%2e/go.mod", "/static/", "/.git/config", "/alerts/" + alert + "%20", "/alerts/" + strings.ToLower(alert),
			"/alerts/" + alert + ";x=1", "/alerts/-1", "/alerts/1", "/persons/1", "/accounts/1", "/persons/P1", "/batches/PC-440000-2026-00001/files/-1/refused", "/batches/PC-440000-2026-00001/files/99999999999999999999/refused",
			"/referrals/x/documents/..%2f..%2fetc%2fpasswd", "/api/v1/../../admin/users", "/api/v1/facts/../alerts", "/metrics", "/debug/pprof/", "/admin", "/admin/users/"} {
			got := duty.rawGet(path)
			if got.status != 404 && got.status != 403 && got.status != 401 && got.status != 400 {
				t.Errorf("GET %.80s: %d to %q", path, got.status, got.header.Get("Location"))
			}
			sound(t, path, got)
		}
		for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodOptions, http.MethodTrace, "PROPFIND"} {
			for _, path := range []string{"/alerts", "/alerts/" + alert, v1 + "/alerts"} {
				req, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, nil)
				if err != nil {
					t.Fatal(err)
				}
				if got := duty.do(req); got.status != http.StatusMethodNotAllowed {
					t.Errorf("%s %s: %d", method, path, got.status)
				}
			}
		}
		for _, path := range []string{"/alerts", "/alerts/" + alert, "/login", "/healthz"} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodHead, s.URL+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := duty.do(req); got.status >= 400 || got.body != "" {
				t.Errorf("HEAD %s: %d, %d bytes", path, got.status, len(got.body))
			}
		}
		if got := api.ask(http.MethodHead, v1+"/alerts", nil); got.status != 200 || got.body != "" {
			t.Errorf("HEAD of the API: %s", got)
		}
		// a method that is overridden, a form that names what it may not change
		token := duty.token()
		for _, form := range []url.Values{{"_method": {"DELETE"}, "OwnerID": {"7"}, "owner_id": {"7"}, "Status": {"closed"}, "status": {"closed"}, "division_code": {"430100"}, "actor": {"supervisor1"}}} {
			form.Set("token", token)
			duty.must("/alerts/"+alert+"/accept", form)
		}
		if al := api.want(200, get, v1+"/alerts/"+alert, nil); al.text("status") != "accepted" || al.text("owner") != "duty1" || al.text("division") != "440304" {
			t.Errorf("extra fields were taken: %v", al)
		}
	})
}

// rawGet asks for a path as it is written, without a client mending it.
func (v *visitor) rawGet(path string) reply {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), http.MethodGet, v.s.URL, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	req.URL.Opaque = "//" + req.URL.Host + path
	return v.do(req)
}

// TestHostileFiles sends files as the page for batches takes them, with bytes that are no text in every place.
func TestHostileFiles(t *testing.T) {
	eachEmptySite(t, func(t *testing.T, s *site) {
		steward := s.as(t, "steward1")
		token := steward.token()
		for i, body := range []string{"uscc,name\nF-1,a\x00b\nF-2,ok\n", "uscc,na\x00me\nF-3,x\n", "uscc,name,x\xff\nF-4,y,z\n", "uscc,name\nF-5,\xff\xfe\n", "\xef\xbb\xbfuscc,name\nF-6,\"open\n", "uscc;name\n", "", "\x00\x00\x00", "PK\x03\x04 not a zip",
			"PAR1xxxxPAR1", "\x1f\x8b\x08 not gzip", "uscc,name,uscc\nF-7,x,y\n", "uscc,name\n" + strings.Repeat("\"", 100_001), "uscc,name\nF-8,\x85\xa4\xff\n", strings.Repeat(",", 70_000) + "\n"} {
			for _, name := range []string{"companies.csv", "companies.jsonl", "companies.xlsx", "companies.parquet", "companies.csv.gz", "../../companies.csv", "companies.csv\x00.exe", "公司\u202e.csv"} {
				kind, out := multipartFile(t, name, body, token)
				req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/batches", strings.NewReader(out))
				if err != nil {
					t.Fatal(err)
				}
				req.Header.Set("Content-Type", kind)
				got := steward.do(req)
				what := fmt.Sprintf("file %d as %q", i, name)
				sound(t, what, got)
				if to := got.header.Get("Location"); got.status == http.StatusSeeOther && i < 6 {
					page := steward.get(to)
					sound(t, what+", its batch", page)
					page.doc(t).Find("a[href$='/refused']").Each(func(_ int, a *goquery.Selection) {
						if file := steward.get(a.AttrOr("href", "")); file.status != 200 || !strings.HasPrefix(file.header.Get("Content-Disposition"), "attachment") {
							t.Errorf("%s: the refused rows: %d", what, file.status)
						}
					})
				}
			}
		}
	})
}

func multipartFile(t testing.TB, name, body, token string) (kind, out string) {
	t.Helper()
	var b strings.Builder
	const edge = "xz-boundary-1"
	fmt.Fprintf(&b, "--%s\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n%s\r\n", edge, token)
	fmt.Fprintf(&b, "--%s\r\nContent-Disposition: form-data; name=\"table\"\r\n\r\ncompanies\r\n", edge)
	fmt.Fprintf(&b, "--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\nContent-Type: application/octet-stream\r\n\r\n%s\r\n--%s--\r\n", edge, name, body, edge)
	return "multipart/form-data; boundary=" + edge, b.String()
}
