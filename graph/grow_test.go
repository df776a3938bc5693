package graph

import (
	"slices"
	"syscall"
	"testing"
	"time"
)

// processorTime is what this process took of the processors.
func processorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// Ten times the data take about ten times as long to build and to search through, and a question about one subject little longer: never
// near what grows with the square. The least of three is compared, in time of the processor, since other work
// may stand beside it.
func TestQuestionsGrow(t *testing.T) {
	const small, large = 30_000, 300_000
	least := func(f func()) time.Duration {
		best := time.Hour
		for range 3 {
			began := processorTime()
			f()
			best = min(best, processorTime()-began)
		}
		return best
	}
	measure := func(n int) map[string]time.Duration {
		list := slices.Collect(MadeTransfers(1, n, n/20))
		f := NewFlow().With(slices.Values(list))
		r := RelationsOf(MadeSubjects(n/5), MadeRelations(1, n*43/100, n/5))
		ask := func(do func(s *Seed)) func() {
			return func() {
				s := Seed(3)
				for range 300 {
					do(&s)
				}
			}
		}
		const month = 30 * 86400 * 1_000_000
		return map[string]time.Duration{
			"build": least(func() { NewFlow().With(slices.Values(list)) }),
			"rings": least(func() { f.Cycles(CycleQuery{Length: 5, Window: month / 4, Last: 1 << 62}) }),
			"hubs":  least(func() { f.Hubs(HubQuery{Window: month / 30, Least: 10, Last: 1 << 62}) }),
			"trace": least(ask(func(s *Seed) {
				first := int64(1_700_000_000_000_000) + int64(s.Below(23))*month
				f.Trace(TraceQuery{Start: []Account{Account(s.Below(f.Accounts()))}, Hops: 3, First: first, Last: first + month})
			})),
			"chain": least(ask(func(s *Seed) {
				r.Path(Subject(s.Below(r.Subjects())), Subject(s.Below(r.Subjects())), MaxSteps, Filter{})
			})),
			"around":      least(ask(func(s *Seed) { r.Around(Subject(s.Below(r.Subjects())), 2, 300, Filter{}) })),
			"controllers": least(ask(func(s *Seed) { r.Controllers(Subject(s.Below(r.Subjects())), Filter{}, nil) })),
		}
	}
	before, after := measure(small), measure(large)
	for name, was := range before {
		ratio := after[name].Seconds() / max(was, 500*time.Microsecond).Seconds()
		t.Logf("%s: %v, at ten times the data %v, %.1f times", name, was, after[name], ratio)
		bound := 60.0 // n log n is 12, memory further away some times more
		if name == "trace" || name == "around" || name == "controllers" {
			bound = 20
		}
		if ratio > bound {
			t.Errorf("%s takes %.0f times as long for ten times the data", name, ratio)
		}
	}
}
