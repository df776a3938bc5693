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

// BenchmarkKeyFigures asks for what the page of a chain does: among the subjects around one end and those of the chain.
func BenchmarkKeyFigures(b *testing.B) {
	book := &Book{Relations: RelationsOf(MadeSubjects(benchSubjects), func(yield func(Relation) bool) {
		for r := range MadeRelations(1, benchEdges, benchSubjects) {
			yield(r)
		}
		for a := range int64(benchAccounts) { // each account is held by a subject
			yield(Relation{Fact: benchEdges + 1 + a, From: 1 + a*37%benchSubjects, To: benchSubjects + 1 + a, Kind: Holder, Source: "S", Ratio: NoRatio(), Fen: -1})
		}
	}), Flow: NewFlow().With(func(yield func(Transfer) bool) {
		for t := range MadeTransfers(1, benchTransfers, benchAccounts) {
			t.From, t.To = t.From+benchSubjects, t.To+benchSubjects
			yield(t)
		}
	})}
	s := Seed(7)
	first, last := Always()
	b.ReportAllocs()
	for b.Loop() {
		from, to := Subject(s.Below(benchSubjects)), Subject(s.Below(benchSubjects))
		set := []Subject{from}
		around, _ := book.Relations.Around(from, 1, 300, Filter{})
		for _, n := range around {
			set = append(set, n.Subject)
		}
		steps, _ := book.Relations.Path(from, to, MaxSteps, Filter{})
		for _, st := range steps {
			set = append(set, st.To)
		}
		book.KeyFigures(KeyQuery{Set: set[:min(len(set), 60)], Depth: 2, Room: 2000, First: first, Last: last, Limit: 6})
	}
}
