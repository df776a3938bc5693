package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// The whole line over plain HTTP, without scripts, on both stores: from the red alert to the filing, with a refusal by the principal
// and a supplement on the way.
func TestLineOverPlainHTTP(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site) {
		alert := s.storyAlert(t)
		duty, boss, handler, police := s.as(t, "duty1"), s.as(t, "supervisor1"), s.as(t, "handler1"), s.as(t, "police1")
		page := duty.get("/alerts/" + alert)
		if page.status != http.StatusOK || !strings.Contains(page.body, "GEN-06") {
			t.Fatalf("the alert's page: %s", page)
		}
		duty.must("/alerts/"+alert+"/accept", url.Values{})
		duty.must("/alerts/"+alert+"/propose", url.Values{"note": {"承诺日收益8%"}})
		caseURL := boss.must("/cases", url.Values{"alert": {alert}, "title": {"某商贸公司涉嫌非法集资案"}, "officer": {"handler1", "handler2"}})
		referral := boss.must(caseURL+"/referral", url.Values{"officer": {"handler1", "handler2"}})
		handler.must(referral+"/submit_report", url.Values{"facts": {"该公司通过网页公开宣传日收益8%，向不特定对象吸收资金。"}, "offence": {"176"}, "amount": {"8110000"}, "people": {"386"}, "loss": {"600000"}})
		if got := police.get(referral); got.status != http.StatusNotFound {
			t.Errorf("police see a referral before it is delivered: %d", got.status)
		}
		s.clock.pass(5 * time.Hour) // every session has ended by now
		if got := handler.get(referral); got.status != http.StatusSeeOther {
			t.Errorf("a session outlived its idle limit: %d", got.status)
		}
		handler, police = s.as(t, "handler1"), s.as(t, "police1")
		principal := s.as(t, "principal1")
		principal.must(referral+"/reject", url.Values{"reason": {"请补充参与人名册"}})
		handler.must(referral+"/resubmit", url.Values{"facts": {"补充：参与人名册386人。"}, "offence": {"176"}, "amount": {"8110000"}, "people": {"386"}})
		principal.must(referral+"/approve", url.Values{})
		if got := handler.post(referral+"/send", url.Values{"item_list": {""}, "expert_report": {"无"}}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("sending without an item list: %d", got.status)
		}
		handler.must(referral+"/send", url.Values{"item_list": {"合同12份"}, "expert_report": {"无"}})
		letter := handler.get(referral + "/documents/letter")
		if letter.status != http.StatusOK || !strings.HasPrefix(letter.body, "%PDF-") || !strings.HasPrefix(letter.header.Get("Content-Disposition"), "attachment") {
			t.Errorf("the letter: %d %v", letter.status, letter.header)
		}
		police.must(referral+"/sign_receipt", url.Values{})
		police.must(referral+"/request_supplement", url.Values{"reason": {"缺少银行流水"}})
		handler.must(referral+"/supply", url.Values{"note": {"已补充银行流水"}, "documents": {"银行流水 3 册"}})
		police.must(referral+"/start_review", url.Values{})
		police.must(referral+"/file", url.Values{"approver": {"王局长"}, "number": {"深公经立字〔2026〕88号"}, "reason": {"有犯罪事实，需要追究刑事责任"}})
		for who, v := range map[string]*visitor{"handler1": handler, "police1": police} {
			if got := v.get(referral); got.status != http.StatusOK || !strings.Contains(got.body, "深公经立字〔2026〕88号") {
				t.Errorf("%s does not see the filing: %d", who, got.status)
			}
		}
		rep, err := s.p.verifyAudit(t.Context())
		if err != nil || len(rep.Broken) > 0 {
			t.Errorf("audit: %+v %v", rep, err)
		}
		other := s.as(t, "other1")
		for _, path := range []string{"/alerts/" + alert, caseURL, referral, referral + "/documents/letter"} {
			got, absent := other.get(path), other.get(strings.Replace(path, "-2026-", "-2026-9", 1))
			if got.status != http.StatusNotFound || got.body != absent.body {
				t.Errorf("the other province reads %s: %d", path, got.status)
			}
		}
	})
}
