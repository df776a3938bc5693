package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"xiezhi/models"
)

// program is another system that holds a user's token. Every request that is carried out and every answer is held against the document.
type program struct {
	*visitor
	token string
}

// api gives a program with a token of a user.
func (s *site) api(t testing.TB, user string) *program {
	t.Helper()
	token, err := s.p.store.NewToken(t.Context(), byCommand, user, 24*365*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	v := s.visitor(t)
	v.name = user
	return &program{v, token}
}

// object is a JSON object as it came.
type object map[string]any

func (r reply) json(t testing.TB) object {
	t.Helper()
	var o object
	if err := json.Unmarshal([]byte(r.body), &o); err != nil {
		t.Fatalf("%v: %s", err, r)
	}
	return o
}

func (o object) list(name string) []any { list, _ := o[name].([]any); return list }

func (o object) text(name string) string { s, _ := o[name].(string); return s }

func (o object) error() object { e, _ := o["error"].(map[string]any); return e }

// words gives one word of each object of a list.
func (o object) words(list, name string) []string {
	var out []string
	for _, it := range o.list(list) {
		m, _ := it.(map[string]any)
		out = append(out, fmt.Sprint(m[name]))
	}
	return out
}

// ask sends a request; a body that is no text is written as JSON; more are pairs of header names and values.
func (p *program) ask(method, path string, body any, more ...string) reply {
	p.t.Helper()
	text, ok := body.(string)
	if !ok && body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			p.t.Fatal(err)
		}
		text = string(b)
	}
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.s.URL+path, strings.NewReader(text))
	if err != nil {
		p.t.Fatal(err)
	}
	if p.token != "" {
		req.Header.Set("Authorization", "Bearer "+p.token)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
		if strings.Contains(path, "/facts/") {
			req.Header.Set("Content-Type", "application/x-ndjson")
		}
	}
	for i := 0; i+1 < len(more); i += 2 {
		req.Header.Set(more[i], more[i+1])
	}
	got := p.do(req)
	holds(p.t, req, text, got)
	return got
}

// want asks and fails the test for another status.
func (p *program) want(status int, method, path string, body any, more ...string) object {
	p.t.Helper()
	got := p.ask(method, path, body, more...)
	if got.status != status {
		p.t.Fatalf("%s: %s %s %v: want %d, got %s", p.name, method, path, body, status, got)
	}
	if got.body == "" || !strings.HasPrefix(got.header.Get("Content-Type"), "application/json") {
		return nil
	}
	return got.json(p.t)
}

// refused asks for what must be refused with a status and a key.
func (p *program) refused(status int, key, method, path string, body any, more ...string) object {
	p.t.Helper()
	e := p.want(status, method, path, body, more...).error()
	if e.text("key") != key {
		p.t.Errorf("%s %s: the key is %q, want %q", method, path, e.text("key"), key)
	}
	return e
}

const get, post, v1 = http.MethodGet, http.MethodPost, "/api/v1"

// TestAPILine drives the line by tokens, on both stores.
func TestAPILine(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site) {
		alert := s.storyAlert(t)
		duty, boss, handler, principal, police := s.api(t, "duty1"), s.api(t, "supervisor1"), s.api(t, "handler1"), s.api(t, "principal1"), s.api(t, "police1")
		al := duty.want(200, get, v1+"/alerts/"+alert, nil)
		if first := al.words("reasons", "indicator")[0]; first != "GEN-06" || al.text("level") != "red" {
			t.Errorf("the alert is %s for %s", al.text("level"), first)
		}
		if got := duty.want(200, post, v1+"/alerts/"+alert+"/accept", nil); got.text("status") != "accepted" || got.text("owner") != "duty1" {
			t.Errorf("accepted: %v", got)
		}
		e := duty.refused(409, "not_a_move", post, v1+"/alerts/"+alert+"/accept", object{})
		if moves := e.list("moves"); !slices.Contains(moves, any("propose")) || slices.Contains(moves, any("accept")) {
			t.Errorf("the lawful moves of an accepted alert: %v", moves)
		}
		duty.want(200, post, v1+"/alerts/"+alert+"/propose", object{"note": "承诺日收益8%"})
		s.clock.pass(time.Minute)
		cs := boss.want(201, post, v1+"/cases", object{"alerts": []string{alert}, "title": "某商贸公司涉嫌非法集资案", "officers": []string{"handler1", "handler2"}, "deadline": "2026-12-31"})
		caseRef := cs.text("ref")
		handler.refused(403, "error.forbidden", post, v1+"/cases/"+caseRef+"/referral", object{"officers": []string{"handler1", "handler2"}})
		if e := boss.refused(422, "error.invalid", post, v1+"/cases/"+caseRef+"/referral", object{"officers": []string{"handler1"}}); e["fields"] == nil {
			t.Error("one officer alone: no field is named")
		}
		s.clock.pass(time.Minute)
		ref := v1 + "/referrals/" + boss.want(201, post, v1+"/cases/"+caseRef+"/referral", object{"officers": []string{"handler1", "handler2"}}).text("ref")
		boss.refused(409, "not_a_move", post, v1+"/cases/"+caseRef+"/referral", object{"officers": []string{"handler1", "handler2"}})
		wrong, _ := handler.refused(422, "error.invalid", post, ref+"/submit_report", object{"fields": object{"amount": "8 million"}})["fields"].(map[string]any)
		for _, name := range []string{"facts", "offence", "amount"} {
			if wrong[name] == nil {
				t.Errorf("a report without words says nothing of %s: %v", name, wrong)
			}
		}
		report := object{"fields": object{"facts": "该公司公开宣传日收益8%，向不特定对象吸收资金。", "offence": "176", "amount": 8110000, "people": 386, "loss": "600000.50"}}
		moves := []struct {
			who   *program
			event string
			body  any
			state string
		}{
			{handler, "submit_report", report, "PENDING_PRINCIPAL"},
			{principal, "reject", object{"reason": "请补充参与人名册"}, "NOT_APPROVED"},
			{handler, "resubmit", object{"fields": object{"facts": "补充：参与人名册386人。"}}, "PENDING_PRINCIPAL"},
			{principal, "approve", nil, "APPROVED"},
			{handler, "send", object{"fields": object{"item_list": "合同12份", "expert_report": "none"}}, "DELIVERED"},
			{police, "sign_receipt", nil, "RECEIVED"},
			{police, "request_supplement", object{"reason": "缺少银行流水"}, "SUPPLEMENT_REQUESTED"},
			{handler, "supply", object{"note": "已补充", "documents": []string{"银行流水 3 册"}}, "RECEIVED"},
			{police, "start_review", nil, "UNDER_REVIEW"},
			{police, "file", object{"reason": "有犯罪事实", "fields": object{"approver": "王局长", "number": "深公经立字〔2026〕88号"}}, "CASE_FILED"},
		}
		for _, m := range moves {
			s.clock.pass(time.Minute)
			if m.event == "approve" || m.event == "submit_report" {
				if police.ask(get, ref, nil).status != 404 {
					t.Error("the police read a referral that was not delivered")
				}
			}
			got := m.who.want(200, post, ref+"/"+m.event, m.body)
			if got.text("state") != m.state {
				t.Fatalf("%s led to %s", m.event, got.text("state"))
			}
			// the same move again is no move from the new state, and the answer says what is
			e := m.who.refused(409, "not_a_move", post, ref+"/"+m.event, m.body)
			if now := m.who.want(200, get, ref, nil).list("moves"); !slices.Equal(now, e.list("moves")) {
				t.Errorf("after %s: 409 names %v, GET names %v", m.event, e.list("moves"), now)
			}
		}
		final := police.want(200, get, ref, nil)
		want := []string{"form_team"}
		for _, m := range moves {
			want = append(want, m.event)
		}
		if got := final.words("timeline", "event"); !slices.Equal(got, want) {
			t.Errorf("the timeline is %v", got)
		}
		clocks := final.words("clocks", "name")
		for _, name := range []string{"principal_decision", "send_dossier", "police_review", "supply", "hand_over"} {
			if !slices.Contains(clocks, name) {
				t.Errorf("no clock %s in %v", name, clocks)
			}
		}
		if file := handler.want(200, get, v1+"/cases/"+caseRef, nil); !slices.IsSorted(file.words("timeline", "at")) || file.text("referral") == "" {
			t.Errorf("the case: %v", file)
		}
		for _, kind := range []string{"letter", "report", "receipt"} {
			pdf := police.ask(get, ref+"/documents/"+kind, nil)
			if pdf.status != 200 || !strings.HasPrefix(pdf.body, "%PDF-") || pdf.header.Get("Content-Type") != "application/pdf" {
				t.Errorf("%s: %d %s", kind, pdf.status, pdf.header.Get("Content-Type"))
			}
			if again := police.ask(get, ref+"/documents/"+kind, nil, "If-None-Match", pdf.header.Get("ETag")); again.status != 304 || again.body != "" {
				t.Errorf("%s again: %d", kind, again.status)
			}
		}
		police.refused(404, "error.not_found", get, ref+"/documents/no_kind", nil)
		if rep, err := s.p.verifyAudit(t.Context()); err != nil || len(rep.Broken) > 0 {
			t.Errorf("audit: %+v %v", rep, err)
		}
	})
}

// TestAPILists holds filters against the whole list, pages against it too, and the order of both.
func TestAPILists(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site) {
		p := s.api(t, "province1")
		whole := p.want(200, get, v1+"/alerts?limit=200", nil)
		refs := whole.words("items", "ref")
		if len(refs) < 5 || whole["next"] != nil {
			t.Fatalf("%d alerts, next %v", len(refs), whole["next"])
		}
		var paged []string
		for path := v1 + "/alerts?limit=2"; ; {
			page := p.want(200, get, path, nil)
			paged = append(paged, page.words("items", "ref")...)
			if page["next"] == nil {
				break
			}
			path = v1 + "/alerts?limit=2&after=" + url.QueryEscape(page.text("next"))
		}
		if !slices.Equal(paged, refs) {
			t.Errorf("the pages give %v, the whole list %v", paged, refs)
		}
		rank := map[string]int{"red": 4, "orange": 3, "yellow": 2, "blue": 1}
		last := 5
		for _, it := range whole.list("items") {
			al := object(it.(map[string]any))
			if rank[al.text("level")] > last {
				t.Errorf("%s comes after a lower level", al.text("ref"))
			}
			last = rank[al.text("level")]
			points := al.list("reasons")
			for i := 1; i+1 < len(points); i++ { // the first may be a hard trigger's
				a, b := points[i].(map[string]any), points[i+1].(map[string]any)
				if a["points"].(float64) < b["points"].(float64) {
					t.Errorf("%s: reasons out of order: %v", al.text("ref"), al.words("reasons", "points"))
				}
			}
			if first := al.words("reasons", "indicator")[0]; al.text("trigger") == "daily_yield" && first != "GEN-06" {
				t.Errorf("%s: the first reason of a daily yield is %s", al.text("ref"), first)
			}
		}
		for _, name := range []string{"level", "area", "status", "division", "subject"} {
			value := object(whole.list("items")[0].(map[string]any)).text(name)
			var want []string
			for _, it := range whole.list("items") {
				if al := object(it.(map[string]any)); al.text(name) == value {
					want = append(want, al.text("ref"))
				}
			}
			if got := p.want(200, get, v1+"/alerts?limit=200&"+name+"="+url.QueryEscape(value), nil).words("items", "ref"); !slices.Equal(got, want) {
				t.Errorf("%s=%s gives %v, want %v", name, value, got, want)
			}
		}
		both := p.want(200, get, v1+"/alerts?limit=200&level=red,orange,yellow,blue", nil).words("items", "ref")
		if !slices.Equal(both, refs) {
			t.Error("all levels do not give all alerts")
		}
		for _, query := range []string{"level=purple", "division=999999", "subject=nothing", "after=%21%21", "after=bm8", "limit=many", "subject=%00", "area=%ff"} {
			if got := p.ask(get, v1+"/alerts?"+query, nil); got.status != 422 {
				t.Errorf("?%s: %s", query, got)
			}
		}
		if got := p.want(200, get, v1+"/alerts?division=430100", nil); len(got.list("items")) != 0 {
			t.Error("a filter leaves the scope")
		}
	})
}

// TestAPIOrderOfChecks asks for several faults at once: the earlier check answers.
func TestAPIOrderOfChecks(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site) {
		alert := s.storyAlert(t)
		nobody := &program{s.visitor(t), ""}
		duty, duty2, boss, handler, other, police := s.api(t, "duty1"), s.api(t, "duty2"), s.api(t, "supervisor1"), s.api(t, "handler1"), s.api(t, "other1"), s.api(t, "police1")
		acc := v1 + "/alerts/" + alert + "/"
		for _, body := range []any{nil, "{", `{"reason": 5}`, `[]`, object{"version": 99}} {
			nobody.refused(401, "error.token", post, acc+"dismiss", body)
			duty2.refused(404, "error.not_found", post, acc+"dismiss", body)
			other.refused(404, "error.not_found", post, acc+"dismiss", body)
			police.refused(404, "error.not_found", post, acc+"dismiss", body)
			handler.refused(403, "error.forbidden", post, acc+"dismiss", body)
			handler.refused(403, "error.forbidden", post, v1+"/cases", orAlert(body, alert))
			duty.refused(409, "not_a_move", post, acc+"reopen", body)
		}
		for _, c := range []struct {
			body any
			key  string
		}{{"{", "error.json"}, {`{"reason": 5}`, "error.json"}, {`[]`, "error.json"}, {`"x"`, "error.json"}, {`{"version": "1"}`, "error.json"}, {object{"reason": "because"}, "error.invalid"}, {nil, "error.invalid"},
			{object{"reason": "duplicate", "note": strings.Repeat("长", 20001)}, "error.invalid"}, {`{"reason":"duplicate","note":"a\u0000b"}`, "error.invalid"}} {
			duty.refused(422, c.key, post, acc+"dismiss", c.body)
		}
		duty.refused(409, "conflict", post, acc+"accept", object{"version": 99})
		duty.want(200, post, acc+"accept", object{"version": int(duty.want(200, get, v1+"/alerts/"+alert, nil)["version"].(float64))})
		duty.refused(409, "conflict", post, acc+"propose", object{"version": 1})
		boss.refused(404, "error.not_found", post, v1+"/cases", object{"alerts": []string{"YJ-440300-2026-99999"}, "title": "x", "officers": []string{}})
		boss.refused(404, "error.not_found", post, v1+"/cases", `{"alerts":["\u0000"]}`)
		boss.refused(422, "error.invalid", post, v1+"/cases", object{})
		boss.refused(422, "error.invalid", post, v1+"/cases", object{"alerts": slices.Repeat([]string{alert}, 40000)})
		duty.refused(403, "error.forbidden", post, v1+"/cases", object{})
		cs := boss.want(201, post, v1+"/cases", object{"alerts": []string{alert}, "title": "涉嫌非法集资案", "officers": []string{"handler1", "handler2"}}).text("ref")
		ref := v1 + "/referrals/" + boss.want(201, post, v1+"/cases/"+cs+"/referral", nil).text("ref")
		for _, body := range []any{nil, "{", object{"fields": "x"}} {
			police.refused(404, "error.not_found", post, ref+"/submit_report", body)
			handler.refused(404, "error.not_found", post, ref+"/no_such_event", body)
			boss.refused(403, "error.forbidden", post, ref+"/submit_report", body)
			handler.refused(409, "not_a_move", post, ref+"/send", body)
			handler.want(422, post, ref+"/submit_report", body)
		}
		handler.refused(409, "conflict", post, ref+"/submit_report", object{"version": 77})
		huge := handler.ask(post, ref+"/submit_report", object{"fields": object{"facts": strings.Repeat("长", 600_000)}})
		if huge.status != 413 && huge.status != 422 {
			t.Errorf("a body of 2 MB: %s", huge)
		}
	})
}

// orAlert gives a body, or one that names an alert where there was none.
func orAlert(body any, alert string) any {
	if body == nil {
		return object{"alerts": []string{alert}}
	}
	return body
}

// TestAPIIdempotency repeats writes under a key.
func TestAPIIdempotency(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site) {
		alert := s.storyAlert(t)
		duty, boss := s.api(t, "duty1"), s.api(t, "supervisor1")
		key := []string{"Idempotency-Key", "key-1"}
		body := object{"alerts": []string{alert}, "title": "涉嫌非法集资案", "officers": []string{"handler1", "handler2"}}
		first := boss.ask(post, v1+"/cases", body, key...)
		again := boss.ask(post, v1+"/cases", body, key...)
		if first.status != 201 || again.status != first.status || again.body != first.body {
			t.Errorf("the replay differs: %s / %s", first, again)
		}
		body["title"] = "另一案"
		boss.refused(422, "error.invalid", post, v1+"/cases", body, key...)
		boss.refused(422, "error.invalid", post, v1+"/alerts/"+alert+"/assign", object{"user": "duty1"}, key...)
		boss.refused(422, "error.invalid", post, v1+"/cases", body, "Idempotency-Key", strings.Repeat("k", 201))
		boss.refused(422, "error.invalid", post, v1+"/cases", body, "Idempotency-Key", "k\xff")
		// another user's key of the same name is another key
		duty.refused(403, "error.forbidden", post, v1+"/cases", object{"alerts": []string{alert}}, key...)
		// a refused write does not use its key up
		other := s.anotherAlert(t, alert)
		duty.want(422, post, v1+"/alerts/"+other+"/dismiss", object{}, "Idempotency-Key", "key-2")
		duty.want(200, post, v1+"/alerts/"+other+"/dismiss", object{"reason": "duplicate"}, "Idempotency-Key", "key-2")
		rows := `{"uscc":"IDEM-1","name":"幂等公司","division_code":"440300"}`
		steward := s.api(t, "steward1")
		a := steward.ask(post, v1+"/facts/companies", rows, "Idempotency-Key", "key-3")
		b := steward.ask(post, v1+"/facts/companies", rows, "Idempotency-Key", "key-3")
		if a.status != 200 || a.body != b.body {
			t.Errorf("facts twice: %s / %s", a, b)
		}
		steward.refused(422, "error.invalid", post, v1+"/facts/companies", rows+"\n"+rows, "Idempotency-Key", "key-3")
	})
}

// TestAPIConcurrentKeys sends eight equal requests at once: one is done, and all are answered alike.
func TestAPIConcurrentKeys(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site) {
		alert := s.storyAlert(t)
		boss := s.api(t, "supervisor1")
		body := object{"alerts": []string{alert}, "title": "涉嫌非法集资案", "officers": []string{"handler1", "handler2"}}
		answers := make([]reply, 8)
		var group sync.WaitGroup
		for i := range answers {
			group.Go(func() { answers[i] = boss.ask(post, v1+"/cases", body, "Idempotency-Key", "burst") })
		}
		group.Wait()
		done := answers[0].body
		for _, a := range answers {
			if a.status != 201 || a.body != done {
				t.Errorf("in the burst: %s", a)
			}
		}
		list := boss.want(200, get, v1+"/cases?status=live", nil)
		if len(list.list("items")) != 1 {
			t.Errorf("%d cases", len(list.list("items")))
		}
		if last := boss.ask(post, v1+"/cases", body, "Idempotency-Key", "burst"); last.status != 201 || last.body != done {
			t.Errorf("after the burst: %s", last)
		}
	})
}

// anotherAlert gives a new alert of Shenzhen beside one.
func (s *site) anotherAlert(t testing.TB, but string) string {
	t.Helper()
	a := models.Actor{Name: "test", Permits: map[models.Action]models.Scope{models.ActAlertRead: models.ScopeOf("440300")}}
	list, _, err := s.p.store.Alerts(t.Context(), a, models.AlertFilter{Status: string(models.AlertNew), Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	for _, al := range list {
		if al.Ref != but {
			return al.Ref
		}
	}
	t.Fatal("no other alert")
	return ""
}

// TestTokens ends tokens and grants, and keeps cookies off the API and tokens off the pages.
func TestTokens(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site) {
		ctx, path := t.Context(), v1+"/alerts"
		duty := s.api(t, "duty1")
		duty.want(200, get, path, nil)
		for _, token := range []string{"", "x", "xz_", duty.token + "x", strings.ToUpper(duty.token), "xz_" + strings.Repeat("A", 43), "\xff"} {
			bad := &program{s.visitor(t), token}
			bad.refused(401, "error.token", get, path, nil)
			bad.refused(401, "error.token", get, v1+"/no/such/route", nil)
		}
		for _, header := range []string{duty.token, "bearer", "Basic " + duty.token, "Token " + duty.token} {
			bad := &program{s.visitor(t), ""}
			bad.refused(401, "error.token", get, path, nil, "Authorization", header)
		}
		page := s.as(t, "duty1")
		cookies := &program{page, ""}
		cookies.refused(401, "error.token", get, path, nil)
		req, err := http.NewRequestWithContext(ctx, get, s.URL+"/alerts", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+duty.token)
		if got := s.visitor(t).do(req); got.status != http.StatusSeeOther {
			t.Errorf("a token opens a page: %d", got.status)
		}
		if err := s.p.store.RevokeRole(ctx, byCommand, "duty1", models.RoleDutyOfficer, "440300"); err != nil {
			t.Fatal(err)
		}
		duty.refused(403, "error.forbidden", get, path, nil)
		if got := page.get("/alerts"); got.status != http.StatusForbidden {
			t.Errorf("the page after the grant ended: %d", got.status)
		}
		if err := s.p.store.GrantRole(ctx, byCommand, "duty1", models.RoleDutyOfficer, "440305"); err != nil {
			t.Fatal(err)
		}
		for _, d := range duty.want(200, get, path+"?limit=200", nil).words("items", "division") {
			if d != "440305" {
				t.Errorf("the new grant shows an alert of %s", d)
			}
		}
		hash, err := testHash()
		if err != nil {
			t.Fatal(err)
		}
		if err := s.p.store.SetPassword(ctx, byCommand, "duty1", hash, nil); err != nil {
			t.Fatal(err)
		}
		duty.refused(401, "error.token", get, path, nil)
		short, err := s.p.store.NewToken(ctx, byCommand, "duty2", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		p := &program{s.visitor(t), short}
		p.want(200, get, path, nil)
		s.clock.pass(time.Hour)
		p.refused(401, "error.token", get, path, nil)
	})
}

// TestProcuratorateSeesWhatIsOverdue: a referral that the principal leaves lying is seen by the procuratorate when its time is over.
func TestProcuratorateSeesWhatIsOverdue(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site) {
		boss, handler, proc, police := s.api(t, "supervisor1"), s.api(t, "handler1"), s.api(t, "proc1"), s.api(t, "police1")
		cs := boss.want(201, post, v1+"/cases", object{"alerts": []string{s.storyAlert(t)}, "title": "涉嫌非法集资案", "officers": []string{"handler1", "handler2"}}).text("ref")
		ref := v1 + "/referrals/" + boss.want(201, post, v1+"/cases/"+cs+"/referral", nil).text("ref")
		handler.want(200, post, ref+"/submit_report", object{"fields": object{"facts": "承诺日收益8%", "offence": "176"}})
		proc.refused(404, "error.not_found", get, ref, nil)
		s.clock.pass(10 * 24 * time.Hour)
		if got := proc.want(200, get, ref, nil); !slices.Contains(got.words("clocks", "state"), "late") {
			t.Errorf("the clocks: %v", got.words("clocks", "state"))
		}
		police.refused(404, "error.not_found", get, ref, nil)
		proc.refused(403, "error.forbidden", post, ref+"/approve", object{})
	})
}
