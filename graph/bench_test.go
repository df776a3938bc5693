package graph

import (
	"slices"
	"testing"
)

const (
	benchTransfers = 200_000
	benchAccounts  = 10_000
	benchEdges     = 86_000
	benchSubjects  = 40_000
)

func BenchmarkBuildFlow(b *testing.B) {
	list := slices.Collect(MadeTransfers(1, benchTransfers, benchAccounts))
	for b.Loop() {
		NewFlow().With(slices.Values(list))
	}
}

func BenchmarkTrace(b *testing.B) {
	f := NewFlow().With(MadeTransfers(1, benchTransfers, benchAccounts))
	s := Seed(7)
	for b.Loop() {
		first := 1_700_000_000_000_000 + int64(s.Below(23))*30*86400*1_000_000
		f.Trace(TraceQuery{Start: []Account{Account(s.Below(f.Accounts()))}, Hops: 3, First: first, Last: first + 30*86400*1_000_000, Limit: 20_000})
	}
}

func BenchmarkCycles(b *testing.B) {
	f := NewFlow().With(MadeTransfers(1, benchTransfers, benchAccounts))
	for b.Loop() {
		f.Cycles(CycleQuery{Length: 5, Window: 7 * 86400 * 1_000_000, Last: 1 << 62})
	}
}

func BenchmarkPath(b *testing.B) {
	r := RelationsOf(MadeSubjects(benchSubjects), MadeRelations(1, benchEdges, benchSubjects))
	s := Seed(7)
	for b.Loop() {
		r.Path(Subject(s.Below(benchSubjects)), Subject(s.Below(benchSubjects)), MaxSteps, Filter{})
	}
}

func BenchmarkControllers(b *testing.B) {
	r := RelationsOf(MadeSubjects(benchSubjects), MadeRelations(1, benchEdges, benchSubjects))
	s := Seed(7)
	for b.Loop() {
		r.Controllers(Subject(s.Below(benchSubjects)), Filter{}, nil)
	}
}
