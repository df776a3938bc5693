package main

import (
	"context"
	"testing"

	"xiezhi/jobs"
)

// The queue opens with every kind of work that the portal has, on both stores: one kind beyond its limits would stop all of them.
func TestQueueTakesEveryKind(t *testing.T) {
	eachEmptySite(t, func(t *testing.T, s *site) {
		pool, err := s.p.store.Pool()
		if err != nil {
			t.Fatal(err)
		}
		kinds := s.p.kinds(func(context.Context, string, string) error { return nil })
		if len(kinds) == 0 {
			t.Fatal("no kinds of work")
		}
		if _, err := jobs.Open(pool, s.p.store.Dialect(), kinds, jobs.Works, s.p.log); err != nil {
			t.Error(err)
		}
	})
}
