package handlers

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/reference"
	"xiezhi/views"
)

func someDashboard(division string, all models.Scope, places ...models.PlaceCount) dashboardFile {
	now := models.At(time.Date(2026, 11, 4, 10, 0, 0, 0, models.China))
	d := models.Dashboard{At: now, From: now.Add(-14 * 24 * time.Hour), Places: places, Weeks: []models.WeekCount{{From: now.Add(-9 * 24 * time.Hour)}, {From: now.Add(-2 * 24 * time.Hour)}}}
	return dashboardFile{form: dashboardForm{Division: division, Weeks: 4}, scope: models.ScopeOf(division), all: all, d: d}
}

// Tiles, table and sum show the same figures, and every alert stands in exactly one place, whichever division one looks at.
func TestDashboardPlacesAddUp(t *testing.T) {
	for _, locale := range []string{i18n.Chinese, i18n.English} {
		ctx := pagesContext(t, locale)
		rapid.Check(t, func(r *rapid.T) {
			all := reference.Divisions()
			division := rapid.SampledFrom(all).Draw(r, "division").Code
			at, _ := models.PlaceOf(division)
			var places []models.PlaceCount
			var want models.LevelCount
			for range rapid.IntRange(0, 8).Draw(r, "places") {
				p, _ := models.PlaceOf(rapid.SampledFrom(all).Draw(r, "place").Code)
				if !models.ScopeOf(division).Covers(p) {
					p = at
				}
				n := models.LevelCount{Red: rapid.Int64Range(0, 3).Draw(r, "red"), Orange: rapid.Int64Range(0, 3).Draw(r, "orange"), Yellow: rapid.Int64Range(0, 3).Draw(r, "yellow"), Blue: rapid.Int64Range(0, 3).Draw(r, "blue")}
				places, want = append(places, models.PlaceCount{P2: p.P2, C4: p.C4, C6: p.C6, Levels: n}), want.Add(n)
			}
			f := someDashboard(division, models.ScopeOf(division), places...)
			list, sum := f.places()
			var added models.LevelCount
			for _, p := range list {
				added = added.Add(p.levels)
			}
			if sum != want || added != want {
				r.Fatalf("%s: the whole is %v, the places add up to %v, there are %v", division, sum, added, want)
			}
			p := newDashboardPage(ctx, f)
			rows := 0
			for _, row := range p.Levels {
				if !row.Total {
					rows++
				}
			}
			if rows != len(list) {
				r.Errorf("%d rows for %d places", rows, len(list))
			}
			for _, tile := range p.Tiles.Tiles {
				i := slices.IndexFunc(p.Levels, func(row views.DashLevelRow) bool { return row.Name == tile.Full && !row.Total })
				if i < 0 || !tile.Out && p.Levels[i].Cells[0].Text != tile.Value {
					r.Errorf("the tile of %s shows %s, the table %v", tile.Full, tile.Value, p.Levels)
				}
			}
		})
	}
}

// Every province has a tile of its own in the grid.
func TestEveryProvinceHasATile(t *testing.T) {
	at := map[[2]int]string{}
	for _, d := range reference.Children(reference.NationCode) {
		column, row, counted := provinceTile(d.Code)
		if other, taken := at[[2]int{column, row}]; taken || column == 0 && row == 0 {
			t.Errorf("%s stands at %d, %d where %s stands", d.Code, column, row, other)
		}
		at[[2]int{column, row}] = d.Code
		if counted != (d.Code < "710000") {
			t.Errorf("%s is counted: %v", d.Code, counted)
		}
	}
}

// A page without any data says what is missing and shows no number that nobody counted.
func TestEmptyDashboard(t *testing.T) {
	ctx := pagesContext(t, i18n.English)
	p := newDashboardPage(ctx, someDashboard("440300", models.ScopeOf("440300")))
	if !p.Trend.Empty || !p.Precision.Empty || len(p.Clocks) != 0 || len(p.Officers) != 0 || p.Funnel.Longest != "" {
		t.Errorf("%+v", p)
	}
	for _, f := range p.Figures {
		if f.Value != "0" && f.Value != i18n.Unknown || f.How == "" || f.URL == "" {
			t.Errorf("%+v", f)
		}
	}
	for _, s := range p.Funnel.Steps {
		if s.Count != "0" || s.Days != "" && s.Days != i18n.Unknown {
			t.Errorf("%+v", s)
		}
	}
}

// Who leads several places sees them side by side, and no other.
func TestDashboardOfSeveralPlaces(t *testing.T) {
	ctx := pagesContext(t, i18n.Chinese)
	all := models.ScopeOf("440300").Union(models.ScopeOf("430100"))
	f := someDashboard("", all)
	p := newDashboardPage(ctx, f)
	var codes []string
	for _, o := range p.Divisions {
		codes = append(codes, o.Value)
	}
	if got := strings.Join(codes, " "); got != " 430100 440300" {
		t.Errorf("one may choose %q", got)
	}
	if len(p.Tiles.Tiles) != 2 {
		t.Errorf("%d tiles", len(p.Tiles.Tiles))
	}
	down := someDashboard("440300", all)
	for _, o := range newDashboardPage(ctx, down).Divisions {
		if place, _ := models.PlaceOf(o.Value); o.Value != "" && !all.Covers(place) {
			t.Errorf("%s may be chosen", o.Value)
		}
	}
}

// Labels at the ends of lines stay in order and apart, and the axis reaches the most there is by round steps.
func TestChartMarks(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		at := rapid.SliceOfN(rapid.Float64Range(10, 160), 1, 4).Draw(r, "at")
		out := apart(at, 15, 160)
		sorted := slices.Sorted(slices.Values(out))
		for i := 1; i < len(sorted); i++ {
			if sorted[i]-sorted[i-1] < 15-1e-9 {
				r.Errorf("%v lie on each other: %v", at, out)
			}
		}
		most := rapid.Int64Range(0, 1_000_000_000).Draw(r, "most")
		if top, step := niceTop(most); top < most || top != 4*step || most > 40 && top > 3*most {
			r.Errorf("%d: up to %d by %d", most, top, step)
		}
	})
}
