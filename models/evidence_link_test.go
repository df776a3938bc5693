package models

import "testing"

// An address keeps what leads to the page, not who asked for it.
func TestLinksKeepNobody(t *testing.T) {
	for _, x := range [][2]string{
		{"https://a.cn/page?id=12&lang=zh", "https://a.cn/page?id=12&lang=zh"},
		{"https://me:secret@a.cn/page?id=12#x", "https://a.cn/page?id=12"},
		{"https://a.cn/page?id=12&phone=1", "https://a.cn/page?id=12"},
		{"https://a.cn/page?q=13812345678&id=12", "https://a.cn/page?id=12"},
		{"https://a.cn/page?q=11010519491231002X", "https://a.cn/page"},
		{"https://a.cn/page?access_token=abc", "https://a.cn/page"},
		{"https://a.cn/page?who=a%40b.cn&id=3", "https://a.cn/page?id=3"},
	} {
		if got := (NewLink{URL: x[0]}).plain().URL; got != x[1] {
			t.Errorf("%s became %s", x[0], got)
		}
	}
	if got := (NewLink{FactPage: "/batches/A/facts/B?name=x"}).plain().FactPage; got != "/batches/A/facts/B" {
		t.Error(got)
	}
}
