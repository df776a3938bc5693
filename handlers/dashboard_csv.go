package handlers

import (
	"context"
	"strconv"

	"xiezhi/i18n"
	"xiezhi/models"
)

// dashboardCSV writes all figures as one table: part, item, measure, number. Spans are in days.
func dashboardCSV(ctx context.Context, f dashboardFile) [][]string {
	t := func(key string) string { return i18n.T(ctx, key) }
	rows := [][]string{{t("dashboard.csv.part"), t("dashboard.csv.item"), t("dashboard.csv.measure"), t("dashboard.csv.value")}}
	add := func(part, item, measure, value string) { rows = append(rows, []string{part, item, measure, value}) }
	num := func(part, item, measure string, n int64) { add(part, item, measure, strconv.FormatInt(n, 10)) }
	add(t("dashboard.title"), f.placeName(ctx), t("dashboard.csv.from"), i18n.Moment(f.d.From.Time()))
	add(t("dashboard.title"), f.placeName(ctx), t("dashboard.csv.at"), i18n.Moment(f.d.At.Time()))
	levels := func(part, item string, n models.LevelCount) {
		for _, l := range []struct {
			level string
			n     int64
		}{{"red", n.Red}, {"orange", n.Orange}, {"yellow", n.Yellow}, {"blue", n.Blue}} {
			num(part, item, t("level."+l.level), l.n)
		}
	}
	places, sum := f.places()
	for _, p := range places {
		name := t("dashboard.itself")
		if p.code != "" {
			name = placeName(ctx, p.code)
		}
		levels(t("dashboard.places"), name, p.levels)
	}
	levels(t("dashboard.places"), t("dashboard.sum"), sum)
	for _, w := range f.d.Weeks {
		day := i18n.Day(w.From.Time())
		levels(t("dashboard.trend"), day, w.Raised)
		num(t("dashboard.trend"), day, t("dashboard.bar.opened"), w.Opened)
		num(t("dashboard.trend"), day, t("dashboard.bar.referred"), w.Referred)
		num(t("dashboard.trend"), day, t("dashboard.bar.filed"), w.Accepted)
	}
	total := f.sums()
	for _, s := range []struct {
		key  string
		n    int64
		wait models.Wait
	}{{"signal", f.d.Signals, models.Wait{}}, {"alert", total.Raised.Sum(), f.d.Waits.SignalToAlert}, {"case", total.Opened, f.d.Waits.AlertToCase},
		{"referral", total.Referred, f.d.Waits.CaseToReferral}, {"filed", total.Accepted, f.d.Waits.ReferralToFile}} {
		num(t("dashboard.funnel"), t("dashboard.step."+s.key), t("dashboard.csv.count"), s.n)
		if s.wait.N > 0 {
			add(t("dashboard.funnel"), t("dashboard.step."+s.key), t("dashboard.col.days"), strconv.FormatFloat(s.wait.Median.Hours()/24, 'f', 2, 64))
		}
	}
	for _, r := range f.byLevel(ctx) {
		add(t("dashboard.precision"), t("level."+r.Level), t("dashboard.col.confirmed"), r.Confirmed)
		add(t("dashboard.precision"), t("level."+r.Level), t("dashboard.col.unfounded"), r.Unfounded)
		add(t("dashboard.precision"), t("level."+r.Level), t("dashboard.col.other"), r.Other)
	}
	for _, k := range f.d.Clocks {
		name := t("clock.name." + k.Name)
		num(t("dashboard.limits"), name, t("dashboard.col.kept"), k.Kept)
		num(t("dashboard.limits"), name, t("dashboard.col.late"), k.Late)
		num(t("dashboard.limits"), name, t("dashboard.col.running"), k.Running)
		num(t("dashboard.limits"), name, t("dashboard.col.overdue"), k.Overdue)
	}
	for _, o := range f.d.Officers {
		name := i18n.Pick(ctx, o.Display, o.DisplayEn)
		num(t("dashboard.workload"), name, t("dashboard.col.cases"), o.Cases)
		num(t("dashboard.workload"), name, t("dashboard.col.alerts"), o.Alerts)
		num(t("dashboard.workload"), name, t("dashboard.col.soon"), o.Soon)
		num(t("dashboard.workload"), name, t("dashboard.col.over"), o.Late)
	}
	return rows
}
