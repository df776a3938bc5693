package handlers

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/reference"
	"xiezhi/views"
	"xiezhi/views/ui"
)

// provinceTile says where a province stands in the grid of tiles, in columns and rows: a scheme of the country and no map. Three of them
// are shown for completeness and counted nowhere.
func provinceTile(code string) (column, row int, counted bool) {
	const grid = "23:80 15:51 21:71 22:81 65:02 62:22 64:32 14:42 13:52 11:62 12:72 63:23 61:33 41:43 37:53 54:14 51:24 50:34 42:44 34:54 32:64 31:74 " +
		"52:35 43:45 36:55 33:65 53:26 45:36 44:46 35:56 71:76 46:37 82:47 81:57 "
	_, at, ok := strings.Cut(grid, code[:2]+":")
	if !ok {
		return 0, 0, false
	}
	return int(at[0] - '0'), int(at[1] - '0'), code[:2] < "71"
}

// tiles draws the places as a grid: the provinces as they lie to each other, other divisions in the order of their codes.
func (f dashboardFile) tiles(ctx context.Context, places []dashPlace) views.DashTiles {
	t := views.DashTiles{Nation: f.form.Division == reference.NationCode}
	columns := 6
	if len(places) <= 12 {
		columns = 4
	}
	width, height := 558/float64(columns), min(max(340/math.Ceil(float64(len(places))/float64(columns)), 46), 68)
	if t.Nation {
		width, height, columns = 62, 46, 9
		if i18n.IsEnglish(ctx) {
			width = 80
		}
	}
	last := 0
	for i, pl := range places {
		if pl.code == "" {
			continue
		}
		column, row, counted := i%columns, i/columns, true
		if t.Nation {
			column, row, counted = provinceTile(pl.code)
		}
		last = max(last, row)
		tile := views.DashTile{X: ui.F(float64(column) * width), Y: ui.F(float64(row) * height), Name: tileName(ctx, pl.code, width), Full: shortPlace(ctx, pl.code), Out: !counted && pl.levels.Sum() == 0}
		if !tile.Out {
			tile.Value, tile.Level, tile.URL = i18n.Integer(ctx, pl.levels.Red), pl.levels.Highest(), queueURL(pl.code, "red")
			if pl.levels.Red == 0 {
				tile.URL = queueURL(pl.code, "")
			}
			tile.Label = i18n.T(ctx, "dashboard.tile", "place", tile.Full, "red", tile.Value, "orange", i18n.Integer(ctx, pl.levels.Orange), "yellow", i18n.Integer(ctx, pl.levels.Yellow), "blue", i18n.Integer(ctx, pl.levels.Blue))
			tile.Parts = tileParts(pl.levels, width-16)
		}
		t.Tiles = append(t.Tiles, tile)
	}
	t.TileWidth, t.TileHeight, t.ShapeX, t.ShapeY = ui.F(width-3), ui.F(height-3), ui.F(width-19), ui.F(height-24)
	t.NameY, t.ValueY, t.PartY = ui.F(height*0.2+7), ui.F(height*0.48+10), ui.F(height-9)
	t.Width, t.Height = ui.F(width*float64(columns)), ui.F(height*float64(last+1))
	return t
}

// tileName shortens a name to what a tile of a width holds; the whole one is on the tile's title and in the table.
func tileName(ctx context.Context, code string, width float64) string {
	d, ok := reference.DivisionByCode(code)
	if !ok {
		return code
	}
	name := []rune(i18n.Pick(ctx, d.Short, d.NameEn))
	each := 11.5
	if i18n.IsEnglish(ctx) {
		each = 6.2
	}
	if most := int((width - 14) / each); len(name) > most {
		return string(name[:most-1]) + "\u2026"
	}
	return string(name)
}

// tileParts is the bar of the levels, by their share.
func tileParts(n models.LevelCount, width float64) []views.DashPart {
	var list []views.DashPart
	x, sum := 0.0, float64(n.Sum())
	for _, p := range []struct {
		level string
		n     int64
	}{{"red", n.Red}, {"orange", n.Orange}, {"yellow", n.Yellow}, {"blue", n.Blue}} {
		if p.n == 0 {
			continue
		}
		w := float64(p.n) * width / sum
		list = append(list, views.DashPart{Level: p.level, X: ui.F(7 + x), Width: ui.F(w)})
		x += w
	}
	return list
}

// niceTop gives a round number at or above the most, and the step of four lines up to it.
func niceTop(most int64) (top, step int64) {
	step = 1
	for step*4 < most {
		switch digits := fmt.Sprint(step); digits[0] {
		case '1':
			step *= 2
		case '2':
			step = step / 2 * 5
		default:
			step *= 2
		}
	}
	return step * 4, step
}

// The frame of the charts over weeks, in units of their boxes.
const (
	chartLeft, chartRight = 34.0, 500.0
	chartTop, chartBottom = 10.0, 160.0
)

func weekX(i, n int) float64 {
	if n < 2 {
		return chartRight
	}
	return chartLeft + (chartRight-chartLeft)*float64(i)/float64(n-1)
}

// trend draws the alerts of each week by level as lines, and below them cases, referrals and filings as bars.
func (f dashboardFile) trend(ctx context.Context) views.DashTrend {
	var t views.DashTrend
	weeks := f.d.Weeks
	var most int64
	for _, w := range weeks {
		most = max(most, w.Raised.Red, w.Raised.Orange, w.Raised.Yellow, w.Raised.Blue)
	}
	sum := f.sums()
	t.Empty = sum.Raised.Sum()+sum.Opened+sum.Referred+sum.Accepted == 0
	top, step := niceTop(most)
	y := func(v int64) float64 { return chartBottom - (chartBottom-chartTop)*float64(v)/float64(top) }
	for v := int64(0); v <= top; v += step {
		t.Grid = append(t.Grid, views.DashMark{X: ui.F(chartLeft - 6), Y: ui.F(y(v)), Text: i18n.Integer(ctx, v)})
	}
	every := (len(weeks) + 7) / 8
	for i, w := range weeks {
		if i%every == 0 {
			t.Ticks = append(t.Ticks, views.DashMark{X: ui.F(weekX(i, len(weeks))), Text: w.From.Time().In(models.China).Format("01-02")})
		}
	}
	lines := []struct {
		level string
		of    func(models.LevelCount) int64
	}{{"blue", func(l models.LevelCount) int64 { return l.Blue }}, {"yellow", func(l models.LevelCount) int64 { return l.Yellow }},
		{"orange", func(l models.LevelCount) int64 { return l.Orange }}, {"red", func(l models.LevelCount) int64 { return l.Red }}}
	ends := make([]float64, 0, len(lines))
	for _, l := range lines {
		var path, now strings.Builder
		for i, w := range weeks {
			at := fmt.Sprintf("%.1f %.1f", weekX(i, len(weeks)), y(l.of(w.Raised)))
			switch {
			case i == 0:
				path.WriteString("M" + at)
			case i < len(weeks)-1:
				path.WriteString("L" + at)
			default:
				now.WriteString("L" + at) // the week that goes on is no fall
			}
			if i == len(weeks)-2 {
				now.WriteString("M" + at)
			}
		}
		last := weeks[len(weeks)-1]
		t.Lines = append(t.Lines, views.DashLine{Level: l.level, Path: path.String(), Now: now.String(), Text: i18n.Integer(ctx, l.of(last.Raised))})
		ends = append(ends, y(l.of(last.Raised)))
	}
	for i, at := range apart(ends, 15, chartBottom) {
		t.Lines[i].EndY, t.Lines[i].TextY = ui.F(at-5), ui.F(at+4)
	}
	for i, b := range []struct {
		key string
		sum int64
		of  func(models.WeekCount) int64
	}{{"opened", sum.Opened, func(w models.WeekCount) int64 { return w.Opened }}, {"referred", sum.Referred, func(w models.WeekCount) int64 { return w.Referred }},
		{"filed", sum.Accepted, func(w models.WeekCount) int64 { return w.Accepted }}} {
		t.Bars = append(t.Bars, weekBars(ctx, weeks, i, b.key, b.sum, b.of))
	}
	return t
}

// weekBars draws a row of bars, one for each week, as high as the row's greatest week allows.
func weekBars(ctx context.Context, weeks []models.WeekCount, row int, key string, sum int64, of func(models.WeekCount) int64) views.DashBars {
	const height = 26.0
	base := 38.0 * float64(row+1)
	b := views.DashBars{Label: i18n.T(ctx, "dashboard.bar."+key), Sum: i18n.Integer(ctx, sum), Base: ui.F(base), TextY: ui.F(base - 8)}
	var most int64 = 1
	for _, w := range weeks {
		most = max(most, of(w))
	}
	slot := (chartRight - 84) / float64(len(weeks))
	for i, w := range weeks {
		if n := of(w); n > 0 {
			h := math.Max(height*float64(n)/float64(most), 2)
			b.Bars = append(b.Bars, views.DashBar{X: ui.F(84 + slot*float64(i) + slot*0.15), Y: ui.F(base - h), Width: ui.F(math.Min(slot*0.7, 28)), Height: ui.F(h),
				Title: i18n.Day(w.From.Time()) + " " + i18n.Integer(ctx, n)})
		}
	}
	return b
}

// apart moves labels that would lie on each other, none further down than the bottom; they come and go in one order.
func apart(at []float64, gap, bottom float64) []float64 {
	order := make([]int, len(at))
	for i := range order {
		order[i] = i
	}
	for i := 1; i < len(order); i++ {
		for j := i; j > 0 && at[order[j]] > at[order[j-1]]; j-- {
			order[j], order[j-1] = order[j-1], order[j]
		}
	}
	out := make([]float64, len(at))
	limit := bottom
	for _, i := range order {
		out[i] = math.Min(at[i], limit)
		limit = out[i] - gap
	}
	return out
}

// weeks is the table behind the charts, the newest week first.
func (f dashboardFile) weeks(ctx context.Context) []views.DashWeekRow {
	var list []views.DashWeekRow
	for i := len(f.d.Weeks) - 1; i >= 0; i-- {
		w := f.d.Weeks[i]
		r := views.DashWeekRow{From: i18n.Day(w.From.Time()), Running: i == len(f.d.Weeks)-1}
		for _, n := range []int64{w.Raised.Red, w.Raised.Orange, w.Raised.Yellow, w.Raised.Blue, w.Opened, w.Referred, w.Accepted} {
			r.Cells = append(r.Cells, i18n.Integer(ctx, n))
		}
		list = append(list, r)
	}
	return list
}

// funnel draws the steps from signal to filing, bars by the logarithm of their counts.
func (f dashboardFile) funnel(ctx context.Context) views.DashFunnel {
	var out views.DashFunnel
	sum := f.sums()
	type step struct {
		key  string
		n    int64
		wait models.Wait
	}
	steps := []step{{"signal", f.d.Signals, models.Wait{}}, {"alert", sum.Raised.Sum(), f.d.Waits.SignalToAlert}, {"case", sum.Opened, f.d.Waits.AlertToCase},
		{"referral", sum.Referred, f.d.Waits.CaseToReferral}, {"filed", sum.Accepted, f.d.Waits.ReferralToFile}}
	var most int64 = 1
	for _, s := range steps {
		most = max(most, s.n)
	}
	var longest time.Duration
	for i, s := range steps {
		r := views.DashStep{Name: i18n.T(ctx, "dashboard.step."+s.key), Count: i18n.Integer(ctx, s.n), Share: i18n.Unknown, Days: i18n.Unknown, Fill: fmt.Sprintf("f-%d", 4-min(i, 3))}
		y := 22 + 50*float64(i)
		r.Y, r.TextY, r.LineY = ui.F(y), ui.F(y+17), ui.F(y+37)
		w := 0.0
		if s.n > 0 {
			w = 14 + 250*math.Log1p(float64(s.n))/math.Log1p(float64(most))
		}
		r.Width, r.CountX = ui.F(w), ui.F(84+w)
		if i > 0 && steps[i-1].n > 0 && s.n <= steps[i-1].n {
			r.Share = i18n.Decimal(ctx, float64(s.n)*100/float64(steps[i-1].n), 1) + "%"
		}
		if s.wait.N > 0 {
			r.Days = daysText(ctx, s.wait.Median)
			if s.wait.Median > longest {
				longest = s.wait.Median
				out.Longest = i18n.T(ctx, "dashboard.longest", "from", i18n.T(ctx, "dashboard.step."+steps[i-1].key), "to", r.Name, "days", r.Days, "n", i18n.Integer(ctx, s.wait.N))
			}
		}
		if i == 0 {
			r.Share, r.Days = "", ""
		}
		out.Steps = append(out.Steps, r)
	}
	return out
}
