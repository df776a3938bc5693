package main

import (
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// Somebody decides a proposal without scripts: yes leads on, the relation shows in the company's profile, and the undo takes it away.
func TestIdentityPages(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site) {
		rep, err := s.p.desk.ProposeIdentities(t.Context(), byCommand, 0)
		if err != nil || rep.Proposed == 0 {
			t.Fatalf("%+v, %v", rep, err)
		}
		v := s.as(t, "analyst1")
		list := v.get("/identities").doc(t)
		page, ok := list.Find("a[data-open]").First().Attr("href")
		if !ok || list.Find("tr[data-row]").Length() == 0 {
			t.Fatal("the list has no rows")
		}
		show := v.get(page).doc(t)
		if n := show.Find("button[data-key]").Length(); n != 3 {
			t.Errorf("%d decisions are offered", n)
		}
		if text := show.Find("main").Text(); strings.Contains(text, "who.reason.") || strings.Contains(text, "relation.") {
			t.Error("a message key shows")
		}
		company, _ := show.Find("section h2 a[href^='/companies/']").First().Attr("href")
		relations := func() int {
			n := 0
			v.get(company + "?tab=relations").doc(t).Find("td").Each(func(_ int, c *goquery.Selection) {
				if strings.Contains(c.Text(), "IDENTITY") {
					n++
				}
			})
			return n
		}
		v.must(page+"/yes", url.Values{"note": {"同一负责人"}})
		if company != "" && relations() != 1 {
			t.Errorf("%d relations stand in %s after yes", relations(), company)
		}
		v.must(page+"/open", url.Values{})
		if company != "" && relations() != 0 {
			t.Error("the undo left the relation")
		}
		if r := v.post(page+"/yes", url.Values{"version": {"1"}}); r.status != 409 {
			t.Errorf("a stale page decides: %d", r.status)
		}
	})
}

// identityPage proposes and gives the page of the likeliest pair that the province's analyst sees.
func (s *site) identityPage(t *testing.T) string {
	t.Helper()
	if _, err := s.p.desk.ProposeIdentities(t.Context(), byCommand, 0); err != nil {
		t.Fatal(err)
	}
	ref, err := s.p.store.NextIdentity(t.Context(), s.actor(t, "analyst1"))
	if err != nil || ref == "" {
		t.Fatalf("nothing to decide: %v", err)
	}
	return "/identities/" + ref
}
