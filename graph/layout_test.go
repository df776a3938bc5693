package graph

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Every node stands inside the frame on a spot of its own, the same each time; whatever is tied how often and to what.
func TestArrange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 60).Draw(t, "nodes")
		var ties [][2]int
		if n > 0 {
			node := rapid.IntRange(0, n-1)
			ties = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) [2]int { return [2]int{node.Draw(t, "from"), node.Draw(t, "to")} }), 0, 120).Draw(t, "ties")
		}
		depth := rapid.SliceOfN(rapid.IntRange(0, 5), 0, n).Draw(t, "depth")
		at := Arrange(n, ties, depth, 760, 600)
		if len(at) != n || !slices.Equal(at, Arrange(n, ties, depth, 760, 600)) {
			t.Fatal("not the same picture")
		}
		for i, p := range at {
			if !(p.X >= 0 && p.X <= 760 && p.Y >= 0 && p.Y <= 600) {
				t.Fatalf("node %d stands at %v", i, p)
			}
			for k := range i {
				if math.Hypot(p.X-at[k].X, p.Y-at[k].Y) < 0.5 {
					t.Fatalf("nodes %d and %d stand on one spot, %v", k, i, p)
				}
			}
		}
	})
}

// The picture of a tree has hardly any ties that cross.
func TestArrangeTree(t *testing.T) {
	s := Seed(7)
	n := 300
	var ties [][2]int
	for i := 1; i < n; i++ {
		ties = append(ties, [2]int{s.Below(i), i})
	}
	at := Arrange(n, ties, nil, 760, 600)
	side := func(a, b, c Point) float64 { return (b.X-a.X)*(c.Y-a.Y) - (b.Y-a.Y)*(c.X-a.X) }
	crossed := 0
	for i, t := range ties {
		for _, u := range ties[:i] {
			a, b, c, d := at[t[0]], at[t[1]], at[u[0]], at[u[1]]
			if t[0] != u[0] && t[0] != u[1] && t[1] != u[0] && t[1] != u[1] && side(a, b, c)*side(a, b, d) < 0 && side(c, d, a)*side(c, d, b) < 0 {
				crossed++
			}
		}
	}
	if crossed > 60 {
		t.Errorf("%d of %d ties cross", crossed, len(ties))
	}
}
