package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"xiezhi/models"
	"xiezhi/work"
)

// TestFactsOfDailyYield loads the product of 2018 under other names, in other words and tables; each company is red, and for that reason.
func TestFactsOfDailyYield(t *testing.T) {
	const at = `"at":"2026-11-19T10:00:00+08:00"`
	loads := []struct{ name, table, row string }{
		{"field", "products", `{"id":"%s-A","company":"%s","name":"天天红包","area":"WLTH","promised_yield":0.08,"yield_period":"day"}`},
		{"field, another area", "products", `{"id":"%s-B","company":"%s","name":"养老公寓会员卡","area":"ELDR","promised_yield":"0.08","yield_period":"day"}`},
		{"product text", "products", `{"id":"%s-C","company":"%s","name":"惠民计划","area":"OTHR","text":"签约后每天返还本金的百分之八，随时可退"}`},
		{"product text, sum", "products", `{"id":"%s-D","company":"%s","name":"云店合伙人","area":"REBT","text":"投1万元每日收益800元"}`},
		{"product text, English", "products", `{"id":"%s-E","company":"%s","name":"Star Vault","area":"CRYP","text":"Deposit now and earn 8%% per day, paid daily"}`},
		{"advert", "signals", `{"subject":"company:%[2]s","kind":"advert",` + at + `,"text":"日息8%%，当天到账"}`},
		{"advert, sum", "signals", `{"subject":"company:%[2]s","kind":"advert",` + at + `,"text":"投1万元每日收益800元，名额有限"}`},
		{"page", "signals", `{"subject":"company:%[2]s","kind":"web_page",` + at + `,"text":"本平台日化收益8%%，稳定运行","url":"https://example.invalid/a"}`},
	}
	eachSite(t, func(t *testing.T, s *site) {
		steward, duty := s.api(t, "steward1"), s.api(t, "duty1")
		for i, l := range loads {
			id := fmt.Sprintf("DAILY-%d", i)
			company := fmt.Sprintf(`{"uscc":%q,"name":"深圳第%d号科技有限公司","division_code":"440304"}`, id, i)
			for table, row := range map[string]string{"companies": company, l.table: fmt.Sprintf(l.row, id, id)} {
				got := steward.want(200, post, v1+"/facts/"+table+"?source=WEB", row)
				if f := object(got.list("files")[0].(map[string]any)); f["accepted"].(float64) != 1 {
					t.Errorf("%s: %v", l.name, got)
				}
			}
		}
		if _, err := s.p.desk.Scan(t.Context(), byCommand, work.ScanOptions{}); err != nil {
			t.Fatal(err)
		}
		for i, l := range loads {
			items := duty.want(200, get, fmt.Sprintf("%s/alerts?subject=company:DAILY-%d", v1, i), nil).list("items")
			if len(items) != 1 {
				t.Errorf("%s: %d alerts", l.name, len(items))
				continue
			}
			al := object(items[0].(map[string]any))
			if al.text("level") != "red" || al.words("reasons", "indicator")[0] != "GEN-06" {
				t.Errorf("%s: %s for %v", l.name, al.text("level"), al.words("reasons", "indicator"))
			}
			co := duty.want(200, get, fmt.Sprintf("%s/companies/DAILY-%d", v1, i), nil)
			if co.text("level") != "red" {
				t.Errorf("%s: the company is %s", l.name, co.text("level"))
			}
			if before := duty.want(200, get, fmt.Sprintf("%s/companies/DAILY-%d?as_of=2026-11-01", v1, i), nil); before.text("level") != "none" {
				t.Errorf("%s: before it was known the company was %s", l.name, before.text("level"))
			}
		}
	})
}

// TestFactsAPI refuses bad rows one by one, and loads that are not the caller's.
func TestFactsAPI(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site) {
		steward := s.api(t, "steward1")
		rows := strings.Join([]string{`{"uscc":"ROW-1","name":"好公司"}`, `{"uscc":"91350100M000100Y44","name":"坏代码"}`, `not json`, `{"uscc":"ROW-2"}`, `[]`, `{"uscc":"ROW-3","name":"a\u0000b"}`, `{"uscc":"ROW-4","name":"又一家"}`}, "\n")
		f := object(steward.want(200, post, v1+"/facts/companies", rows).list("files")[0].(map[string]any))
		if f["accepted"].(float64) != 2 || f["refused"].(float64) != 5 || len(f.list("errors")) != 5 {
			t.Errorf("%v", f)
		}
		again := object(steward.want(200, post, v1+"/facts/companies", rows).list("files")[0].(map[string]any))
		if again["unchanged"].(float64) != 2 || again["accepted"].(float64) != 0 {
			t.Errorf("again: %v", again)
		}
		steward.refused(404, "error.not_found", post, v1+"/facts/secrets", rows)
		steward.refused(422, "error.invalid", post, v1+"/facts/companies?division=430100", rows)
		steward.refused(422, "error.invalid", post, v1+"/facts/companies?division=999999", rows)
		for _, user := range []string{"duty1", "sysadmin1", "analyst1"} {
			s.api(t, user).refused(403, "error.forbidden", post, v1+"/facts/companies", rows)
		}
		// a batch without a division belongs to the steward's, so that the steward sees the company
		if got := steward.want(200, get, v1+"/companies/ROW-1", nil); got.text("division") != "440000" {
			t.Errorf("the company of no division lies in %s", got.text("division"))
		}
		empty := steward.ask(post, v1+"/facts/companies", "")
		if empty.status >= 500 {
			t.Errorf("an empty body: %s", empty)
		}
	})
}

// TestFactsConcurrentKeys sends eight equal loads at once: the rows are there once, and all are answered alike.
func TestFactsConcurrentKeys(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site) {
		steward := s.api(t, "steward1")
		var rows strings.Builder
		for i := range 300 {
			fmt.Fprintf(&rows, "{\"uscc\":\"BURST-%d\",\"name\":\"公司%d\"}\n", i, i)
		}
		answers := make([]reply, 8)
		var group sync.WaitGroup
		for i := range answers {
			group.Go(func() {
				answers[i] = steward.ask(post, v1+"/facts/companies", rows.String(), "Idempotency-Key", "burst")
			})
		}
		group.Wait()
		for _, a := range answers {
			if a.status != 200 || a.body != answers[0].body {
				t.Errorf("in the burst: %s", a)
			}
		}
		list, _, err := s.p.store.Companies(t.Context(), models.Actor{Permits: map[models.Action]models.Scope{models.ActCompanyRead: models.ScopeOf("000000")}}, models.CompanyFilter{Text: "公司", Limit: 1000})
		n := 0
		for _, c := range list {
			if strings.HasPrefix(c.Key, "BURST-") {
				n++
			}
		}
		if err != nil || n != 300 {
			t.Errorf("%d companies: %v", n, err)
		}
	})
}
