package main

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xiezhi/work"
)

// A picture that was put into a case stands in its story, opens as it was although relations and payments came since, and says when
// the question is another one. Who may not see the case cannot open it.
func TestPictureIsKeptInACase(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site) {
		load := func(files map[string]string) {
			t.Helper()
			var paths []string
			dir := t.TempDir()
			for _, name := range []string{"companies.csv", "accounts.csv", "relations.csv", "transfers.csv"} {
				if files[name] == "" {
					continue
				}
				path := filepath.Join(dir, name)
				if err := os.WriteFile(path, []byte(files[name]), 0o600); err != nil {
					t.Fatal(err)
				}
				paths = append(paths, path)
			}
			if _, err := s.p.desk.Ingest(t.Context(), byCommand, work.IngestOptions{Paths: paths, Source: "SIM", Division: "440304"}); err != nil {
				t.Fatal(err)
			}
			s.clock.pass(time.Minute)
		}
		load(map[string]string{"companies.csv": "uscc,name,division_code\nKEEP-1,甲公司,440304\nKEEP-2,乙公司,440304\nKEEP-3,丙公司,440304\n",
			"accounts.csv":  "number,institution_code,division_code\nKA,BANK1,440304\nKB,BANK1,440304\nKC,BANK1,440304\n",
			"relations.csv": "from,to,kind,ratio\ncompany:KEEP-1,company:KEEP-2,shareholder,0.6\n",
			"transfers.csv": "id,from_account,to_account,amount,at,currency\nK1,KA,KB,100.00,2026-03-01T09:00:00+08:00,\nK2,KA,KB,5.00,2026-03-01T09:00:00+08:00,USD\n"})
		boss := s.as(t, "supervisor1")
		ref := boss.must("/cases", url.Values{"alert": {s.storyAlert(t)}, "title": {"某公司涉嫌非法集资案"}, "officer": {"handler1", "handler2"}})
		handler := s.as(t, "handler1")
		for _, question := range []string{"/graph?of=company:KEEP-1&depth=2", "/graph/money?account=account:KA&hops=3"} {
			page := handler.get(question)
			if page.status != http.StatusOK || !strings.Contains(page.body, ref+"/keep") {
				t.Fatalf("%s offers no case: %d", question, page.status)
			}
		}
		handler.must(ref+"/keep", url.Values{"question": {"/graph?of=company:KEEP-1&depth=2"}, "note": {"甲乙关系"}})
		handler.must(ref+"/keep", url.Values{"question": {"/graph/money?account=account:KA&hops=3"}, "note": {"资金去向"}})
		s.clock.pass(time.Minute)
		load(map[string]string{"relations.csv": "from,to,kind,ratio\ncompany:KEEP-2,company:KEEP-3,shareholder,0.7\n", "transfers.csv": "id,from_account,to_account,amount,at\nKEEPT-3,KB,KC,50.00,2026-03-02T09:00:00+08:00\n"})
		time.Sleep(450 * time.Millisecond) // what an answer of now may be old
		if story := handler.get(ref); !strings.Contains(story.body, ref+"/pictures/1") || !strings.Contains(story.body, "资金去向") {
			t.Errorf("the story does not tell of the pictures")
		}
		handler, boss = s.as(t, "handler1"), s.as(t, "supervisor1")
		for n, part := range map[string]string{"1": "丙公司", "2": "KEEPT-3"} {
			to := handler.get(ref + "/pictures/" + n)
			if to.status != http.StatusSeeOther {
				t.Fatalf("picture %s: %d", n, to.status)
			}
			kept := handler.get(to.header.Get("Location"))
			if kept.status != http.StatusOK || !strings.Contains(kept.body, "与存入时一致") || strings.Contains(kept.body, part) {
				t.Errorf("picture %s is not what was kept: %d %.300s", n, kept.status, kept.doc(t).Find(".x-saved").Text())
			}
			saved, err := url.Parse(to.header.Get("Location"))
			if err != nil {
				t.Fatal(err)
			}
			v := saved.Query()
			v.Del("as_of")
			now := handler.get(saved.Path + "?" + v.Encode())
			if !strings.Contains(now.body, "与存入时不一致") || !strings.Contains(now.body, part) {
				t.Errorf("picture %s of now passes for what was kept: %.300s", n, now.doc(t).Find(".x-saved").Text())
			}
		}
		if got := s.as(t, "other1").get(ref + "/pictures/1"); got.status != http.StatusNotFound {
			t.Errorf("somebody of another province: %d", got.status)
		}
		for _, bad := range []string{"", "https://example.org/graph?of=company:KEEP-1", "/admin/users", "/graph?of=company:NOBODY"} {
			if got := boss.post(ref+"/keep", url.Values{"question": {bad}, "note": {"甲乙关系"}}); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%q: %d", bad, got.status)
			}
		}
	})
}
