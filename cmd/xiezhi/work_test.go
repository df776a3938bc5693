package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Two officers change one note: the second is shown the other's text beside his own, loses nothing, and may save over it. A task
// waits on the first page of who has it, and is undone by the button of the message.
func TestWorkOnACase(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site) {
		caseURL, _ := s.referralAt(t, s.cityAlerts(t)[0], 0)
		one, two := s.as(t, "handler1"), s.as(t, "handler2")
		one.must(caseURL+"/notes", url.Values{"text": {"初稿 @handler2"}})
		if body := two.get("/notices").body; !strings.Contains(body, "提到您") {
			t.Error("the mention was not told")
		}
		action, _ := one.get(caseURL + "/work").doc(t).Find("main form[action*='/notes/']").First().Attr("action")
		two.must(action, url.Values{"text": {"乙的文字"}, "version": {"1"}})
		late := one.post(action, url.Values{"text": {"甲的文字"}, "version": {"1"}})
		if late.status != http.StatusConflict || !strings.Contains(late.body, "乙的文字") || !strings.Contains(late.doc(t).Find("textarea").Text(), "甲的文字") {
			t.Fatalf("%d", late.status)
		}
		version, _ := late.doc(t).Find("form[action='" + action + "'] input[name=version]").Attr("value")
		one.must(action, url.Values{"text": {"乙的文字，甲的文字"}, "version": {version}})
		wrong := one.post(caseURL+"/tasks", url.Values{"title": {"核对名册与流水"}, "assignee": {"duty1"}})
		if wrong.status != http.StatusUnprocessableEntity || !strings.Contains(wrong.body, "核对名册与流水") {
			t.Errorf("what was typed is lost: %d", wrong.status)
		}
		one.must(caseURL+"/tasks", url.Values{"title": {"核对名册与流水"}, "assignee": {"handler2"}, "due_on": {"2026-11-25"}})
		if !strings.Contains(two.get("/").body, "核对名册与流水") {
			t.Error("the task is not on the first page")
		}
		done, _ := two.get(caseURL + "/work").doc(t).Find("form[action$='/done']").Attr("action")
		two.must(done, url.Values{})
		undo, ok := two.get(caseURL + "/work").doc(t).Find("form[action$='/reopen']").First().Attr("action")
		if !ok {
			t.Fatal("no undo is offered")
		}
		two.must(undo, url.Values{})
	})
}
