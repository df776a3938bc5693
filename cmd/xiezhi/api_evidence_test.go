package main

import (
	"net/url"
	"strings"
	"testing"
)

// TestAPIEvidence puts files into a case by its officer's token: each once, with what is said of it, and no program, nothing empty, nothing
// too long, nothing by others.
func TestAPIEvidence(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site) {
		alert := s.storyAlert(t)
		cs := s.api(t, "supervisor1").want(201, post, v1+"/cases", object{"alerts": []string{alert}, "title": "涉嫌非法集资案", "officers": []string{"handler1", "handler2"}}).text("ref")
		handler := s.api(t, "handler1")
		at := func(file string) string {
			q := url.Values{"class": {"electronic"}, "title": {"推广网页"}, "source_office": {"网信办"}, "file": {file}}
			return v1 + "/cases/" + cs + "/evidence?" + q.Encode()
		}
		file := []string{"Content-Type", "application/octet-stream", "Idempotency-Key", "piece"}
		first := handler.ask(post, at(`..\网页<b>.html`), "<html>每日返利 8%</html>", file...)
		again := handler.ask(post, at(`..\网页<b>.html`), "<html>每日返利 8%</html>", file...)
		if first.status != 201 || again.body != first.body {
			t.Fatalf("%s / %s", first, again)
		}
		piece := first.json(t)
		if piece.text("file") != "网页<b>.html" || piece.text("class") != "electronic" || piece.text("received_by") == "" {
			t.Errorf("%v", piece)
		}
		if list := handler.want(200, get, v1+"/cases/"+cs+"/evidence", nil).list("items"); len(list) != 1 {
			t.Errorf("%d pieces", len(list))
		}
		raw := file[:2]
		for name, body := range map[string]string{"nothing": "", "a program": "MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00", "the same again": "<html>每日返利 8%</html>"} {
			if got := handler.ask(post, at("a.txt"), body, raw...); got.status != 422 {
				t.Errorf("%s: %s", name, got)
			}
		}
		handler.refused(422, "error.invalid", post, v1+"/cases/"+cs+"/evidence?class=nonsense&title=x&source_office=y&file=a.txt", "text", raw...)
		s.p.desk.Evidence.Limit = 1 << 10
		handler.refused(422, "error.body_too_long", post, at("a.txt"), strings.Repeat("a", 2<<10), raw...)
		s.api(t, "supervisor1").refused(403, "error.forbidden", post, at("a.txt"), "text", raw...)
		s.api(t, "handler3").refused(404, "error.not_found", post, at("a.txt"), "text", raw...)
	})
}
