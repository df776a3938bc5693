package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"xiezhi/models"
)

// Whoever looks for a pattern in everything in his sight leaves one entry that says what was asked, by page, by table and by program; a
// table is noted as taken away too. A question that is refused, and one without a question in it, leaves none.
func TestLooksAtTheWholeGraphAreNoted(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site) {
		page, api := s.as(t, "duty1"), s.api(t, "duty1")
		auditor := s.actor(t, "auditadmin1")
		newest := func() int64 {
			t.Helper()
			list, _, err := s.p.store.AuditEntries(t.Context(), auditor, models.AuditFilter{Limit: 1})
			if err != nil || len(list) != 1 {
				t.Fatal(list, err)
			}
			return list[0].Seq
		}
		for _, ask := range []struct {
			path   string
			status int
			want   []string // action and object
		}{
			{"/graph/rings?kinds=guarantee", http.StatusOK, []string{"graph.rings graph:rings"}},
			{"/graph/clusters?least=3", http.StatusOK, []string{"graph.clusters graph:clusters"}},
			{"/graph/hubs?window=24h&least=2", http.StatusOK, []string{"graph.hubs graph:hubs"}},
			{"/graph/hubs?window=24h&least=2&format=csv", http.StatusOK, []string{"graph.hubs graph:hubs", "graph.export graph:hubs"}},
			{"/graph/sums?by=institution", http.StatusOK, []string{"graph.sums graph:sums"}},
			{"/graph/sums?by=nothing", http.StatusUnprocessableEntity, nil},
			{"/graph/hubs?least=many", http.StatusUnprocessableEntity, nil},
			{"/graph/moneypath", http.StatusOK, nil},
			{"/api/v1/graph/rings", http.StatusOK, []string{"graph.rings graph:rings"}},
			{"/api/v1/graph/clusters?least=3", http.StatusOK, []string{"graph.clusters graph:clusters"}},
			{"/api/v1/graph/cycles?max_length=4&window=72h", http.StatusOK, []string{"graph.cycles graph:cycles"}},
			{"/api/v1/graph/hubs?window=24h&least=2", http.StatusOK, []string{"graph.hubs graph:hubs"}},
			{"/api/v1/graph/sums?by=place", http.StatusOK, []string{"graph.sums graph:sums"}},
			{"/api/v1/graph/cycles?max_length=99", http.StatusUnprocessableEntity, nil},
		} {
			before := newest()
			var got reply
			if strings.HasPrefix(ask.path, "/api/") {
				got = api.ask(http.MethodGet, ask.path, nil)
			} else {
				got = page.get(ask.path)
			}
			if got.status != ask.status {
				t.Errorf("%s: %d, want %d", ask.path, got.status, ask.status)
				continue
			}
			list, _, err := s.p.store.AuditEntries(t.Context(), auditor, models.AuditFilter{Limit: 20})
			if err != nil {
				t.Fatal(err)
			}
			var noted []string
			for i := len(list) - 1; i >= 0; i-- {
				if e := list[i]; e.Seq > before && e.Outcome == models.OutcomeDone {
					noted = append(noted, e.Action+" "+e.Object)
					asked, _ := url.Parse(ask.path)
					if e.Actor != "duty1" || e.RequestID == "" || e.IP == "" || !strings.Contains(e.Detail, `"query"`) || asked.RawQuery != "" && !strings.Contains(e.Detail, strings.SplitN(asked.RawQuery, "=", 2)[0]+"=") {
						t.Errorf("%s: the entry does not say who asked what: %+v", ask.path, e)
					}
				}
			}
			if strings.Join(noted, ", ") != strings.Join(ask.want, ", ") {
				t.Errorf("%s: noted %q, want %q", ask.path, noted, ask.want)
			}
		}
	})
}
