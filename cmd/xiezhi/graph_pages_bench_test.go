package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkGraphPages gives what a page of the graph costs, without any network and one after the other: the handler alone, with
// session, authorization, audit, names, layout and rendering.
func BenchmarkGraphPages(b *testing.B) {
	s := emptySite(b, filepath.Join(fastDir(b), "pages.db"))
	size := arriveSize{transfers: 200_000, accounts: 10_000, companies: 40_000, relations: 86_000}
	if err := s.p.benchWorld(b.Context(), size); err != nil {
		b.Fatal(err)
	}
	s.p.running.Go(func() { s.p.desk.Graph.Keep(b.Context(), 250*time.Millisecond) })
	clerk := s.as(b, "duty1")
	base, err := url.Parse(s.URL)
	if err != nil {
		b.Fatal(err)
	}
	cookies := clerk.http.Jar.Cookies(base)
	for _, page := range graphPages(size) {
		list := make([]string, 256)
		for i := range list {
			list[i] = page.address()
		}
		b.Run(page.name, func(b *testing.B) {
			b.ReportAllocs()
			before := cpuTime()
			for i := range b.N {
				req := httptest.NewRequestWithContext(b.Context(), http.MethodGet, list[i%len(list)], nil)
				for _, c := range cookies {
					req.AddCookie(c)
				}
				w := httptest.NewRecorder()
				s.Config.Handler.ServeHTTP(w, req)
				if w.Code != 200 && w.Code != 404 {
					b.Fatal(list[i%len(list)], w.Code)
				}
			}
			b.ReportMetric(float64((cpuTime()-before).Microseconds())/float64(b.N), "cpu-us/op")
		})
	}
}
