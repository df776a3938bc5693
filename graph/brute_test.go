package graph

import (
	"math"
	"slices"

	"pgregory.net/rapid"
)

// drawn is a small graph as a plain list, and the same graph as the engine holds it: built at once, or by changes one after another.
type drawn struct {
	list []Relation
	r    *Relations
}

const people = 7

// drawRelations makes a graph with parallel edges, rings and self-loops.
func drawRelations(rt *rapid.T, kinds []Kind) drawn {
	n := rapid.IntRange(0, 16).Draw(rt, "relations")
	d := drawn{}
	for i := range n {
		d.list = append(d.list, Relation{Fact: int64(i + 1), From: rapid.Int64Range(1, people).Draw(rt, "from"), To: rapid.Int64Range(1, people).Draw(rt, "to"),
			Kind: rapid.SampledFrom(kinds).Draw(rt, "kind"), Source: "S", Ratio: float64(rapid.IntRange(0, 20).Draw(rt, "ratio")) / 20, Fen: -1,
			Since: int32(i + 1), Until: int32(rapid.SampledFrom([]int{0, 0, 50}).Draw(rt, "until")), Observed: int64(i)})
	}
	rows := make([]SubjectRow, people)
	for i := range rows {
		rows[i] = SubjectRow{Key: int64(i + 1), Kind: Company, Place: "440300"}
		if i >= 5 {
			rows[i].Kind = Person
		}
	}
	if rapid.Bool().Draw(rt, "at once") {
		d.r = RelationsOf(slices.Values(rows), slices.Values(d.list))
		return d
	}
	d.r = NewRelations().With(Change{Subjects: rows})
	for from := 0; from < n; {
		to := min(n, from+rapid.IntRange(1, 6).Draw(rt, "chunk"))
		d.r = d.r.With(Change{Relations: d.list[from:to]})
		from = to
	}
	return d
}

func (d drawn) find(key int64) Subject {
	s, _ := d.r.Find(key)
	return s
}

// brutePath walks all simple chains and gives the length of the shortest, -1 for none.
func brutePath(list []Relation, from, to int64, limit int, f Filter) int {
	best := -1
	var walk func(at int64, met map[int64]bool, n int)
	walk = func(at int64, met map[int64]bool, n int) {
		if at == to {
			if best < 0 || n < best {
				best = n
			}
			return
		}
		if n == limit {
			return
		}
		for _, r := range list {
			if !f.Kinds.Has(r.Kind) || f.On != 0 && (r.Since > f.On || r.Until != 0 && r.Until < f.On) {
				continue
			}
			for _, way := range [][2]int64{{r.From, r.To}, {r.To, r.From}} {
				if way[0] == at && !met[way[1]] {
					met[way[1]] = true
					walk(way[1], met, n+1)
					delete(met, way[1])
				}
			}
		}
	}
	walk(from, map[int64]bool{from: true}, 0)
	return best
}

// drawTransfers makes payments with parallel ones, equal times, rings and payments to oneself.
func drawTransfers(rt *rapid.T, most int) ([]Transfer, *Flow) {
	n := rapid.IntRange(0, most).Draw(rt, "transfers")
	list := make([]Transfer, n)
	for i := range list {
		list[i] = Transfer{ID: int64(i + 1), From: rapid.Int64Range(1, 5).Draw(rt, "from"), To: rapid.Int64Range(1, 5).Draw(rt, "to"),
			Fen: rapid.Int64Range(0, 30).Draw(rt, "fen"), At: rapid.Int64Range(0, 6).Draw(rt, "at")}
	}
	f := NewFlow()
	for from := 0; from < n; {
		to := min(n, from+rapid.IntRange(1, 9).Draw(rt, "chunk"))
		f = f.With(slices.Values(list[from:to]))
		from = to
	}
	return list, f
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-6 }
