package graph

import (
	"slices"
	"testing"
)

// A company that holds itself whole is a closed ring for those it holds a part of, and for nobody else.
func TestHoldingsOfNothingCloseNoRing(t *testing.T) {
	rows := []SubjectRow{{Key: 1, Kind: Company}, {Key: 2, Kind: Company}}
	for ratio, rings := range map[float64]int{0: 0, 0.3: 1} {
		r := RelationsOf(slices.Values(rows), slices.Values([]Relation{{Fact: 1, From: 2, To: 2, Kind: Shareholder, Source: "S", Ratio: 1, Fen: -1}, {Fact: 2, From: 2, To: 1, Kind: Shareholder, Source: "S", Ratio: ratio, Fen: -1},
			{Fact: 3, From: 1, To: 2, Kind: Shareholder, Source: "S", Ratio: 0, Fen: -1}}))
		one, _ := r.Find(1)
		_, warnings := r.Controllers(one, Filter{}, nil)
		n := 0
		for _, w := range warnings {
			if w.Kind == WarnRing {
				n++
			}
		}
		if n != rings {
			t.Errorf("held at %v: %d rings in %+v", ratio, n, warnings)
		}
	}
}
