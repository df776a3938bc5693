package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"xiezhi/jobs"
	"xiezhi/models"
	"xiezhi/models/modelstest"
)

// log collects what was done, in order.
type log struct {
	sync.Mutex
	done []string
}

func (l *log) add(s string) {
	l.Lock()
	defer l.Unlock()
	l.done = append(l.done, s)
}

func (l *log) has(s string) int {
	l.Lock()
	defer l.Unlock()
	n := 0
	for _, d := range l.done {
		if d == s {
			n++
		}
	}
	return n
}

func queue(t *testing.T, s *models.Store, mode jobs.Mode, kinds ...jobs.Kind) *jobs.Queue {
	t.Helper()
	pool, err := s.Pool()
	if err != nil {
		t.Fatal(err)
	}
	if err := jobs.Migrate(t.Context(), pool, s.Dialect()); err != nil {
		t.Fatal(err)
	}
	q, err := jobs.Open(pool, s.Dialect(), kinds, mode, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// start works until the test ends.
func start(t *testing.T, q *jobs.Queue) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- q.Work(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func within(t *testing.T, d time.Duration, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("not within %s: %s", d, what)
}

// What is enqueued in a transaction is done when that is committed, and never when it is rolled back; the same work waiting
// twice is done once; a failure is tried again; another process does what this one only enqueued.
func TestQueue(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, s *models.Store) {
		var did log
		fail := true
		kind := jobs.Kind{Name: "greet", Tries: 3, Limit: time.Minute, Run: func(_ context.Context, subject string) error {
			did.add(subject)
			if subject == "second chance" && fail {
				fail = false
				return errors.New("not yet")
			}
			return nil
		}}
		first := queue(t, s, jobs.Enqueues, kind)
		pool, err := s.Pool()
		if err != nil {
			t.Fatal(err)
		}
		for _, commit := range []bool{true, false} {
			tx, err := pool.BeginTx(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			subject := map[bool]string{true: "kept", false: "rolled back"}[commit]
			for range 2 {
				if err := first.Enqueue(t.Context(), tx, "greet", subject); err != nil {
					t.Fatal(err)
				}
			}
			end := tx.Rollback
			if commit {
				end = tx.Commit
			}
			if err := end(); err != nil {
				t.Fatal(err)
			}
		}
		if err := first.Add(t.Context(), "greet", "second chance"); err != nil {
			t.Fatal(err)
		}
		if err := first.Add(t.Context(), "unknown", ""); err == nil {
			t.Error("work of an unknown kind was taken")
		}
		start(t, queue(t, s, jobs.Works, kind))
		within(t, 20*time.Second, "both are done, the failed one twice", func() bool { return did.has("kept") == 1 && did.has("second chance") == 2 })
		if did.has("rolled back") != 0 {
			t.Error("work of a transaction that was rolled back was done")
		}
	})
}

// A kind with an interval comes by itself, again and again.
func TestQueuePeriodic(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, s *models.Store) {
		var did log
		start(t, queue(t, s, jobs.Works, jobs.Kind{Name: "tick", Every: time.Second, Limit: time.Minute, Run: func(_ context.Context, subject string) error {
			did.add("tick" + subject)
			return nil
		}}))
		within(t, 30*time.Second, "two ticks", func() bool { return did.has("tick") >= 2 })
	})
}

// A kind may not run longer than the time after which its work is taken for lost.
func TestQueueRefusesEndlessKinds(t *testing.T) {
	s := modelstest.Open(t, t.TempDir()+"/x.db", time.Now)
	pool, err := s.Pool()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jobs.Open(pool, s.Dialect(), []jobs.Kind{{Name: "long", Limit: time.Hour}}, jobs.Works, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("an hour was allowed")
	}
}
