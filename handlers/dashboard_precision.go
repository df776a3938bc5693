package handlers

import (
	"context"
	"fmt"
	"strings"

	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/views/ui"
)

// precision draws how many of the alerts that were looked at are confirmed when one takes them by falling index, as far as the capacity
// of the period went; and gives the same by level as a table.
func (f dashboardFile) precision(ctx context.Context) views.DashPrecision {
	var p views.DashPrecision
	out := f.outcome()
	all := out.Confirmed + out.Unfounded
	p.Capacity = i18n.T(ctx, "dashboard.capacity", "n", i18n.Decimal(ctx, float64(all+out.Other)/f.elapsed(), 1), "waiting", i18n.Integer(ctx, f.d.Waiting))
	p.Rows = f.byLevel(ctx)
	if all == 0 {
		p.Empty = true
		return p
	}
	const left, right, top, bottom = 42.0, 500.0, 10.0, 170.0
	weekly := float64(all) / f.elapsed()
	x := func(taken int64) float64 { return left + (right-left)*float64(taken)/float64(all) }
	y := func(share float64) float64 { return bottom - (bottom-top)*share }
	for _, share := range []float64{0, 0.25, 0.5, 0.75, 1} {
		p.Grid = append(p.Grid, views.DashMark{X: ui.F(left - 6), Y: ui.F(y(share)), Text: i18n.Decimal(ctx, share*100, 0) + "%"})
		p.Ticks = append(p.Ticks, views.DashMark{X: ui.F(left + (right-left)*share), Text: i18n.Decimal(ctx, weekly*share, 1)})
	}
	var path strings.Builder
	var taken, confirmed int64
	floor, share := -1, 0.0
	point := func() {
		if taken == 0 {
			return
		}
		share = float64(confirmed) / float64(taken)
		if path.Len() == 0 {
			fmt.Fprintf(&path, "M%.1f %.1f", left, y(share))
		}
		fmt.Fprintf(&path, "L%.1f %.1f", x(taken), y(share))
	}
	for _, d := range f.d.Decided { // by falling index; those of one whole number are taken together
		if d.Floor != floor {
			point()
			floor = d.Floor
		}
		taken, confirmed = taken+d.Confirmed+d.Unfounded, confirmed+d.Confirmed
	}
	point()
	p.Path, p.DotX, p.DotY = path.String(), ui.F(right), ui.F(y(share))
	if p.TextY = ui.F(y(share) + 22); share < 0.2 { // below the line, which mostly falls, where there is room
		p.TextY = ui.F(y(share) - 12)
	}
	p.Text = i18n.T(ctx, "dashboard.precision_at", "share", shareText(ctx, out.Confirmed, all))
	return p
}

// byLevel adds up what was decided for each level.
func (f dashboardFile) byLevel(ctx context.Context) []views.DashOutcomeRow {
	var list []views.DashOutcomeRow
	for _, level := range []string{"red", "orange", "yellow", "blue"} {
		var n models.DecidedCount
		for _, d := range f.d.Decided {
			if d.Level == level {
				n.Confirmed, n.Unfounded, n.Other = n.Confirmed+d.Confirmed, n.Unfounded+d.Unfounded, n.Other+d.Other
			}
		}
		r := views.DashOutcomeRow{Level: level, Confirmed: i18n.Integer(ctx, n.Confirmed), Unfounded: i18n.Integer(ctx, n.Unfounded), Other: i18n.Integer(ctx, n.Other), Share: i18n.Unknown}
		if all := n.Confirmed + n.Unfounded; all > 0 {
			r.Share = shareText(ctx, n.Confirmed, all)
		}
		list = append(list, r)
	}
	return list
}
