package referral

import (
	"testing"

	"pgregory.net/rapid"
)

// TestPlace lays random pieces: each is drawn once and in order, within the type area, and what keeps together stays on
// one page unless it is taller than a page.
func TestPlace(t *testing.T) {
	press := newPress(t)
	rapid.Check(t, func(t *rapid.T) {
		c := newCanvas(press.regular, press.bold)
		n := rapid.IntRange(1, 80).Draw(t, "n")
		type spot struct {
			page int
			y    float64
		}
		var drawn []int
		at := map[int]spot{}
		pieces := make([]piece, n)
		for i := range pieces {
			h := rapid.Float64Range(1, 120).Draw(t, "height")
			pieces[i] = piece{height: h, keep: i+1 < n && rapid.IntRange(0, 3).Draw(t, "keep") == 0, draw: func(_ *canvas, page int, y float64) {
				drawn = append(drawn, i)
				at[i] = spot{page, y}
				if y < areaTop-0.5 || y+h > areaBottom+1 {
					t.Fatalf("piece %d stands at %g with %g", i, y, h)
				}
			}}
		}
		place(c, pieces, areaTop)
		for i, k := range drawn {
			if i != k {
				t.Fatalf("drawn %v", drawn)
			}
		}
		if len(drawn) != n {
			t.Fatalf("%d of %d are drawn", len(drawn), n)
		}
		for from := 0; from < n; {
			to := from + 1
			for to < n && pieces[to-1].keep {
				to++
			}
			if at[from].page != at[to-1].page && height(pieces[from:to]) <= areaBottom-areaTop {
				t.Fatalf("pieces %d to %d are parted", from, to-1)
			}
			from = to
		}
	})
}

// TestHeadingsKeep makes every length of facts push a heading over the end of a page: it never stands there alone.
func TestHeadingsKeep(t *testing.T) {
	press := newPress(t)
	for extra := range 24 {
		p := longPaper()
		for range extra {
			p.Facts += "\n多一行。"
		}
		doc, err := Compose(p)
		if err != nil {
			t.Fatal(err)
		}
		c := newCanvas(press.regular, press.bold)
		part := doc.Part("body")
		s := newSetter(c, doc.Form, part)
		page := map[int]int{}
		var headings []int
		var pieces []piece
		for _, b := range part.Blocks {
			if b.Kind == BlockHeading {
				headings = append(headings, len(pieces))
			}
			pieces = append(pieces, s.block(b)...)
		}
		for i := range pieces {
			draw := pieces[i].draw
			pieces[i].draw = func(c *canvas, at int, y float64) {
				page[i] = at
				if draw != nil {
					draw(c, at, y)
				}
			}
		}
		place(c, pieces, markTop)
		for _, h := range headings {
			if page[h] != page[h+1] {
				t.Errorf("with %d lines more a heading stands alone at the end of page %d", extra, page[h]+1)
			}
		}
	}
}
