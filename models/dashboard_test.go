package models_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/rel/world"
)

// counted is a world whose rows a test knows, to be counted by hand.
type counted struct {
	alerts    []countedAlert
	cases     []countedCase
	referrals []countedReferral
	clocks    []countedClock
	names     map[int64]string // of the officers
}

type countedAlert struct {
	county          int
	rank            int
	idx             float64
	status, reason  string
	inCase          int // -1 for none
	owner           int64
	raised          time.Time
	signal, decided time.Time
	due             time.Time
}

type countedCase struct {
	county int
	status string
	seal   string
	opened time.Time
	team   []int64
}

type countedReferral struct {
	of               int
	delivered, filed time.Time
}

type countedClock struct {
	of         int
	name       string
	side       string
	due, ended time.Time
}

var countedCounties = []string{"440304", "440305", "440103", "430102"}

// drawWorld draws rows around a moment, some of them on it and on the bounds of weeks.
func drawWorld(r *rapid.T, now time.Time, users []int64) counted {
	var w counted
	monday := time.Date(2026, 11, 2, 0, 0, 0, 0, models.China)
	when := rapid.Custom(func(r *rapid.T) time.Time {
		if rapid.IntRange(0, 4).Draw(r, "edge") == 0 {
			return monday.AddDate(0, 0, -7*rapid.IntRange(0, 15).Draw(r, "week"))
		}
		return now.Add(-time.Duration(rapid.IntRange(0, 100*24*60).Draw(r, "minutes ago")) * time.Minute)
	})
	later := func(at time.Time, name string) time.Time {
		t := at.Add(time.Duration(rapid.IntRange(0, 40*24*60).Draw(r, name)) * time.Minute)
		if t.After(now) || rapid.IntRange(0, 3).Draw(r, "no "+name) == 0 {
			return time.Time{}
		}
		return t
	}
	for range rapid.IntRange(0, 6).Draw(r, "cases") {
		c := countedCase{county: rapid.IntRange(0, 3).Draw(r, "county"), status: rapid.SampledFrom([]string{"open", "referred", "closed"}).Draw(r, "status"),
			seal: rapid.SampledFrom([]string{"NORMAL", "SENSITIVE", "POLICE_HOLD"}).Draw(r, "seal"), opened: when.Draw(r, "opened")}
		for _, u := range users[:3] {
			if rapid.Bool().Draw(r, "on the team") {
				c.team = append(c.team, u)
			}
		}
		i := len(w.cases)
		w.cases = append(w.cases, c)
		for range rapid.IntRange(0, 3).Draw(r, "clocks") {
			k := countedClock{of: i, name: string(rapid.SampledFrom(law.ClockRules()).Draw(r, "clock").Name), side: rapid.SampledFrom([]string{"agency", "police"}).Draw(r, "side")}
			if rapid.IntRange(0, 5).Draw(r, "has a due day") > 0 {
				k.due = now.Add(time.Duration(rapid.IntRange(-30, 30).Draw(r, "due in half days")) * 12 * time.Hour)
			}
			k.ended = later(when.Draw(r, "clock"), "ended")
			if rapid.IntRange(0, 4).Draw(r, "on the dot") == 0 && !k.due.IsZero() && !k.due.After(now) {
				k.ended = k.due
			}
			w.clocks = append(w.clocks, k)
		}
		if c.status == "open" {
			continue
		}
		ref := countedReferral{of: i, delivered: later(c.opened, "delivered")}
		if !ref.delivered.IsZero() {
			ref.filed = later(ref.delivered, "filed")
		}
		w.referrals = append(w.referrals, ref)
	}
	for range rapid.IntRange(0, 25).Draw(r, "alerts") {
		a := countedAlert{county: rapid.IntRange(0, 3).Draw(r, "county"), rank: rapid.IntRange(1, 4).Draw(r, "rank"), idx: float64(rapid.IntRange(0, 200).Draw(r, "idx")) / 2, inCase: -1,
			status: rapid.SampledFrom([]string{"new", "accepted", "snoozed", "dismissed", "in_case", "closed"}).Draw(r, "status"), raised: when.Draw(r, "raised")}
		if (a.status == "in_case" || a.status == "closed") && len(w.cases) == 0 {
			a.status = "new"
		}
		if a.status == "in_case" || a.status == "closed" {
			a.inCase = rapid.IntRange(0, len(w.cases)-1).Draw(r, "case")
		}
		if a.status == "dismissed" {
			a.reason = rapid.SampledFrom(append(models.DismissReasons(), "revoked")).Draw(r, "reason")
		}
		if a.status == "dismissed" || a.inCase >= 0 {
			if a.decided = later(a.raised, "decided"); a.decided.IsZero() {
				a.decided = a.raised
			}
		}
		if rapid.Bool().Draw(r, "signal") {
			a.signal = a.raised.Add(-time.Duration(rapid.IntRange(0, 90*24*60).Draw(r, "signal before")) * time.Minute)
		}
		if rapid.Bool().Draw(r, "owned") {
			a.owner = rapid.SampledFrom(users).Draw(r, "owner")
		}
		if rapid.Bool().Draw(r, "due") {
			a.due = now.Add(time.Duration(rapid.IntRange(-30, 30).Draw(r, "due in half days")) * 12 * time.Hour)
		}
		w.alerts = append(w.alerts, a)
	}
	return w
}

// store writes the rows past the verbs.
func (cw counted) store(t *testing.T, w *world.World) {
	t.Helper()
	for _, table := range []string{"clocks", "referrals", "alerts", "case_officers", "cases", "handoffs", "events"} {
		w.Exec(t, "DELETE FROM "+table)
	}
	at := func(v time.Time) any {
		if v.IsZero() {
			return nil
		}
		if w.Dialect == "postgres" {
			return v.UTC()
		}
		return v.UnixMicro()
	}
	exec := func(text string, args ...any) {
		if w.Dialect == "postgres" {
			for i := range args {
				text = strings.Replace(text, "?", fmt.Sprintf("$%d", i+1), 1)
			}
		}
		w.Exec(t, text, args...)
	}
	place := func(i int) []any {
		p, _ := models.PlaceOf(countedCounties[i])
		return []any{p.DivisionCode, p.P2, p.C4, p.C6}
	}
	for i, c := range cw.cases {
		exec("INSERT INTO cases (id, ref, title, status, seal, authority_id, subject_id, area, level, level_rank, opened_by, opened_at, division_code, p2, c4, c6) VALUES (?, ?, 'x', ?, ?, 1, 1, 'P2P', 'red', 4, 1, ?, ?, ?, ?, ?)",
			append([]any{i + 1, fmt.Sprintf("C%d", i), c.status, c.seal, at(c.opened)}, place(c.county)...)...)
		for _, u := range c.team {
			exec("INSERT INTO case_officers (case_id, user_id, enforcement_number, assigned_at) VALUES (?, ?, 'x', ?)", i+1, u, at(c.opened))
		}
	}
	for i, a := range cw.alerts {
		var inCase, owner any
		if a.inCase >= 0 {
			inCase = a.inCase + 1
		}
		if a.owner > 0 {
			owner = a.owner
		}
		level := []string{"", "blue", "yellow", "orange", "red"}[a.rank]
		exec(`INSERT INTO alerts (id, ref, subject_id, area, level, level_rank, idx, status, open, assessment_id, reasons, rule_version, raised_at, changed_at, signal_at, decided_at, due_at, reason, case_id, owner_id, division_code, p2, c4, c6)
VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, 1, '[]', 'x', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, append([]any{i + 1, fmt.Sprintf("A%d", i), fmt.Sprintf("A%d", i), level, a.rank, a.idx, a.status,
			a.status != "dismissed" && a.status != "closed", at(a.raised), at(a.raised), at(a.signal), at(a.decided), at(a.due), a.reason, inCase, owner}, place(a.county)...)...)
	}
	for i, r := range cw.referrals {
		exec("INSERT INTO referrals (id, ref, case_id, state, authority_id, police_id, created_at, changed_at, delivered_at, filed_at, division_code, p2, c4, c6) VALUES (?, ?, ?, 'x', 1, 1, ?, ?, ?, ?, ?, ?, ?, ?)",
			append([]any{i + 1, fmt.Sprintf("R%d", i), r.of + 1, at(cw.cases[r.of].opened), at(cw.cases[r.of].opened), at(r.delivered), at(r.filed)}, place(cw.cases[r.of].county)...)...)
	}
	seen := map[string]bool{}
	for i, k := range cw.clocks {
		key := fmt.Sprint(k.of, k.name)
		if k.ended.IsZero() && seen[key] {
			continue
		}
		seen[key] = seen[key] || k.ended.IsZero()
		exec("INSERT INTO clocks (id, case_id, name, basis, side, started_at, due_at, ended_at, working, calendar) VALUES (?, ?, ?, '', ?, ?, ?, ?, '{}', '')", i+1, k.of+1, k.name, k.side, at(cw.cases[k.of].opened), at(k.due), at(k.ended))
	}
}

// mid is the median of some times, by sorting them.
func mid(list []time.Duration) models.Wait {
	if len(list) == 0 {
		return models.Wait{}
	}
	slices.Sort(list)
	n := len(list)
	return models.Wait{Median: (list[(n-1)/2] + list[n/2]) / 2, N: int64(n)}
}

// The figures of a dashboard are what one counts by hand, for a city, a province and the nation, over worlds of all kinds.
func TestDashboardCounts(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		now := time.Date(2026, 11, 4, 15, 30, 0, 0, models.China)
		w.Clock.Set(now)
		var users []int64
		names := map[int64]string{}
		for _, name := range []string{"handler_own", "handler2_own", "duty_own", "handler_other"} {
			users = append(users, w.Actor(t, name).UserID)
			names[users[len(users)-1]] = name
		}
		w.Case(t, w.Alert(t)) // so that subject, authority and assessment are there to be named
		rapid.Check(t, func(r *rapid.T) {
			cw := drawWorld(r, now, users)
			cw.names = names
			cw.store(t, w)
			weeks := rapid.SampledFrom([]int{1, 4, 13}).Draw(r, "weeks")
			place := rapid.SampledFrom([]string{"440300", "440000", "000000", "440304"}).Draw(r, "place")
			d, err := w.Store.Dashboard(t.Context(), models.DashboardQuery{Scope: models.ScopeOf(place), Weeks: weeks})
			if err != nil {
				r.Fatal(err)
			}
			cw.check(r, d, place, now, weeks)
		})
	})
}

// check counts by hand and compares.
func (cw counted) check(r *rapid.T, d models.Dashboard, place string, now time.Time, weeks int) {
	from := time.Date(2026, 11, 2, 0, 0, 0, 0, models.China).AddDate(0, 0, -7*(weeks-1))
	here := func(county int) bool {
		p, _ := models.PlaceOf(countedCounties[county])
		return models.ScopeOf(place).Covers(p)
	}
	in := func(at time.Time) bool { return !at.IsZero() && !at.Before(from) && !at.After(now) }
	same := func(what string, got, want any) {
		if fmt.Sprint(got) != fmt.Sprint(want) {
			r.Errorf("%s of %s over %d weeks: %v, by hand %v", what, place, weeks, got, want)
		}
	}
	week := func(at time.Time) int { return int(at.Sub(from) / (7 * 24 * time.Hour)) }
	type row struct {
		raised                  [5]int64
		opened, referred, filed int64
	}
	rows := make([]row, weeks)
	open := map[string]int64{}
	decided := map[string]int64{}
	var lags, stood, made, filed, whole []time.Duration
	var waiting, live, confirmed, unfounded, other int64
	for _, a := range cw.alerts {
		if !here(a.county) {
			continue
		}
		isOpen := a.status != "dismissed" && a.status != "closed"
		if isOpen {
			open[fmt.Sprint(countedCounties[a.county], a.rank)]++
			if a.rank >= 3 && a.status != "in_case" && a.status != "snoozed" {
				waiting++
			}
		}
		if in(a.raised) {
			rows[week(a.raised)].raised[a.rank]++
			if !a.signal.IsZero() {
				lags = append(lags, a.raised.Sub(a.signal).Truncate(time.Hour))
			}
		}
		if !in(a.decided) {
			continue
		}
		decided[fmt.Sprint(int(a.idx))]++
		switch {
		case a.status != "dismissed":
			confirmed++
		case slices.Contains([]string{"false_positive", "licensed", "not_in_scope", "revoked"}, a.reason):
			unfounded++
		default:
			other++
		}
	}
	handling := map[int64]bool{}
	firstOf := func(i int, at func(countedAlert) time.Time) (first time.Time) {
		for _, a := range cw.alerts {
			if v := at(a); a.inCase == i && !v.IsZero() && (first.IsZero() || v.Before(first)) {
				first = v
			}
		}
		return first
	}
	for i, c := range cw.cases {
		if !here(c.county) {
			continue
		}
		if c.status != "closed" {
			live++
			for _, u := range c.team {
				handling[u] = true
			}
		}
		if in(c.opened) {
			rows[week(c.opened)].opened++
			if first := firstOf(i, func(a countedAlert) time.Time { return a.raised }); !first.IsZero() && !first.After(c.opened) {
				stood = append(stood, c.opened.Sub(first))
			}
		}
	}
	for _, ref := range cw.referrals {
		c := cw.cases[ref.of]
		if !here(c.county) {
			continue
		}
		if in(ref.delivered) {
			rows[week(ref.delivered)].referred++
			made = append(made, ref.delivered.Sub(c.opened))
			if first := firstOf(ref.of, func(a countedAlert) time.Time { return a.signal }); !first.IsZero() {
				whole = append(whole, ref.delivered.Sub(first))
			}
		}
		if in(ref.filed) {
			rows[week(ref.filed)].filed++
			filed = append(filed, ref.filed.Sub(ref.delivered))
		}
	}
	if len(d.Weeks) != weeks {
		r.Fatalf("%d weeks, not %d", len(d.Weeks), weeks)
	}
	for i, x := range d.Weeks {
		same(fmt.Sprintf("week %d", i), row{[5]int64{0, x.Raised.Blue, x.Raised.Yellow, x.Raised.Orange, x.Raised.Red}, x.Opened, x.Referred, x.Accepted}, rows[i])
	}
	gotOpen := map[string]int64{}
	for _, p := range d.Places {
		for rank, n := range []int64{0, p.Levels.Blue, p.Levels.Yellow, p.Levels.Orange, p.Levels.Red} {
			if n > 0 {
				gotOpen[fmt.Sprint(p.C6, rank)] = n
			}
		}
	}
	gotDecided := map[string]int64{}
	var c1, u1, o1 int64
	for _, x := range d.Decided {
		gotDecided[fmt.Sprint(x.Floor)] += x.Confirmed + x.Unfounded + x.Other
		c1, u1, o1 = c1+x.Confirmed, u1+x.Unfounded, o1+x.Other
	}
	same("open alerts", gotOpen, open)
	same("decided by index", gotDecided, decided)
	same("outcomes", []int64{c1, u1, o1}, []int64{confirmed, unfounded, other})
	same("waiting", d.Waiting, waiting)
	same("live cases", []int64{d.LiveCases, d.Handling}, []int64{live, int64(len(handling))})
	same("waits", d.Waits, models.Waits{SignalToAlert: mid(lags), AlertToCase: mid(stood), CaseToReferral: mid(made), ReferralToFile: mid(filed), SignalToPolice: mid(whole)})
	cw.checkClocks(same, d, here, in, now)
	cw.checkOfficers(same, d, here, now)
}

// stored says which clocks stand in the store: of those of one name that run in a case, the first.
func (cw counted) stored() []countedClock {
	seen := map[string]bool{}
	var list []countedClock
	for _, k := range cw.clocks {
		key := fmt.Sprint(k.of, k.name)
		if k.ended.IsZero() && seen[key] {
			continue
		}
		seen[key] = seen[key] || k.ended.IsZero()
		list = append(list, k)
	}
	return list
}

func (k countedClock) over(at time.Time) bool {
	rule, _ := law.ClockRuleFor(law.ClockName(k.name))
	if k.due.IsZero() {
		return false
	}
	if rule.Unit == law.UnitHour {
		return at.After(k.due)
	}
	return !at.Before(k.due)
}

func (cw counted) checkClocks(same func(string, any, any), d models.Dashboard, here func(int) bool, in func(time.Time) bool, now time.Time) {
	want := map[string][4]int64{}
	next := map[string]time.Time{}
	for _, k := range cw.stored() {
		if !here(cw.cases[k.of].county) || !k.ended.IsZero() && !in(k.ended) {
			continue
		}
		n := want[k.name]
		switch {
		case k.ended.IsZero() && k.over(now):
			n[3]++
		case k.ended.IsZero():
			n[2]++
			if !k.due.IsZero() && (next[k.name].IsZero() || k.due.Before(next[k.name])) {
				next[k.name] = k.due
			}
		case k.over(k.ended):
			n[1]++
		default:
			n[0]++
		}
		want[k.name] = n
	}
	got := map[string][4]int64{}
	for _, c := range d.Clocks {
		got[c.Name] = [4]int64{c.Kept, c.Late, c.Running, c.Overdue}
		same("first due of "+c.Name, c.Next.Micro(), models.At(next[c.Name]).Micro())
	}
	same("limits", got, want)
}

func (cw counted) checkOfficers(same func(string, any, any), d models.Dashboard, here func(int) bool, now time.Time) {
	type load struct{ cases, alerts, soon, late int64 }
	want := map[int64]load{}
	ahead := now.AddDate(0, 0, 7)
	for i, c := range cw.cases {
		if !here(c.county) || c.status == "closed" {
			continue
		}
		late, soon := false, false
		for _, k := range cw.stored() {
			if k.of == i && k.side == "agency" && k.ended.IsZero() && !k.due.IsZero() {
				late, soon = late || k.over(now), soon || k.due.Before(ahead)
			}
		}
		for _, u := range c.team {
			l := want[u]
			l.cases++
			if late {
				l.late++
			} else if soon {
				l.soon++
			}
			want[u] = l
		}
	}
	for _, a := range cw.alerts {
		if !here(a.county) || a.owner == 0 || a.status == "dismissed" || a.status == "closed" || a.status == "in_case" {
			continue
		}
		l := want[a.owner]
		l.alerts++
		switch {
		case a.due.IsZero():
		case a.due.Before(now):
			l.late++
		case a.due.Before(ahead):
			l.soon++
		}
		want[a.owner] = l
	}
	got := map[string]load{}
	for _, o := range d.Officers {
		if l := (load{o.Cases, o.Alerts, o.Soon, o.Late}); l != (load{}) {
			got[o.Name] = l
		}
	}
	byName := map[string]load{}
	for id, l := range want {
		byName[cw.names[id]] = l
	}
	same("officers", len(got), len(byName))
	for name, l := range byName {
		same("what "+name+" has", got[name], l)
	}
}
