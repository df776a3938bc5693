package main

import (
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"xiezhi/models"
)

// Who leads a city goes from home to the figures, from a tile by the keyboard to exactly the alerts it counts, and on to one of them; goes a
// level down by the table; and sees no other city.
func TestDashboardInBrowser(t *testing.T) {
	b := newBrowser(t)
	s := newSite(t, filepath.Join(fastDir(t), "test.db"))
	p := b.tab(t, s)
	p.signIn("supervisor1", "zh-CN")
	p.sees("在办红色预警", "逾期期限")
	p.click(`.x-acts a[href="/dashboard"]`)
	p.sees("领导驾驶舱", "广东省深圳市", "如何计算", "信号到公安立案", "承办人工作量")
	const tile = `[...document.querySelectorAll(".x-map a")].find(a => Number(a.querySelector(".t-strong").textContent) > 0)`
	red := eval[string](p, tile+`.querySelector(".t-strong").textContent`)
	where := eval[string](p, tile+`.getAttribute("href")`)
	p.truth(tile + `.focus(), true`)
	p.leads(chromedp.KeyEvent(kb.Enter))
	if at := eval[string](p, `location.pathname + location.search`); at != where || !strings.Contains(where, "level=red") {
		t.Errorf("the tile leads to %s, not to %s", at, where)
	}
	if rows := eval[int](p, `document.querySelectorAll("[data-row]").length`); strconv.Itoa(rows) != red {
		t.Errorf("the tile counts %s red alerts, the queue lists %d", red, rows)
	}
	p.click(`[data-row] a[data-open]`)
	p.sees("红色")
	p.open("/dashboard")
	p.click(`section[aria-labelledby="levels"] tbody tr:nth-child(2) th a`)
	p.sees("深圳市", "区")
	if at := eval[string](p, `location.search`); !strings.Contains(at, "division=4403") {
		t.Errorf("the name of a district leads to %s", at)
	}
	p.quiet("dashboard")

	for _, path := range []string{"/dashboard?division=440100", "/dashboard?division=440000", "/dashboard?division=000000", "/dashboard?division=999999"} {
		if status := s.as(t, "supervisor1").get(path).status; status != http.StatusNotFound {
			t.Errorf("%s answers %d", path, status)
		}
	}
	if status := s.as(t, "handler1").get("/dashboard").status; status != http.StatusForbidden {
		t.Errorf("an officer is answered %d", status)
	}
	file := s.as(t, "province1").get("/dashboard?weeks=4&format=csv").body
	city, _, err := s.p.store.Alerts(t.Context(), models.Actor{Permits: map[models.Action]models.Scope{models.ActAlertRead: models.ScopeOf("440300")}},
		models.AlertFilter{Status: "open", Levels: []string{"red"}, Limit: 1000})
	if err != nil || !strings.Contains(file, "各地在办红色预警,广东省深圳市,红色,"+strconv.Itoa(len(city))+"\n") {
		t.Errorf("the table has no row for the %d red alerts of the city: %v\n%.600s", len(city), err, file)
	}
}
