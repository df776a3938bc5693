package handlers

import (
	"context"
	"net/url"
	"strings"

	"xiezhi/i18n"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/views"
)

// homeBlock is one block of the first page: the role it is for, what it needs, how that is read, how it is shown, and the list it
// leads to. Two blocks with the same needs read once.
type homeBlock struct {
	role  models.Role
	id    string
	all   string
	needs string
	load  func(*App, context.Context, models.Actor, *homeFile) error
	show  func(homeView, homeBlock)
}

// homeBlocks lists the blocks of an actor's roles in the order of the page.
func homeBlocks(actor models.Actor) []homeBlock {
	var list []homeBlock
	if actor.Can(models.ActDashboardRead) {
		for _, role := range []models.Role{models.RoleSupervisor, models.RolePrincipal, models.RoleProvincial} {
			list = append(list, homeBlock{role, "dashboard", "", "dashboard", loadDashboard, showDashboard})
		}
	}
	list = append(list, []homeBlock{
		{models.RoleDutyOfficer, "figures", "", "counts", loadCounts, showCounts},
		{models.RoleDutyOfficer, "mine", "/alerts?view=mine", "mine", loadMine, func(v homeView, b homeBlock) { v.panel(b, v.alerts(v.file.mine)) }},
		{models.RoleDutyOfficer, "reds", "/alerts?view=unassigned", "reds", loadReds, func(v homeView, b homeBlock) { v.panel(b, v.alerts(v.file.reds)) }},
		{models.RoleSupervisor, "proposed", "/alerts?status=proposed", "proposed", loadProposed, func(v homeView, b homeBlock) { v.panel(b, v.alerts(v.file.proposed)) }},
		{models.RoleCaseHandler, "my_cases", "/cases?view=mine", "my_cases", loadMyCases, func(v homeView, b homeBlock) { v.panel(b, v.cases(v.file.myCases)) }},
		{models.RoleCaseHandler, "moves", "/referrals", "referrals", loadReferrals, showMoves},
		{models.RolePrincipal, "pending", "/referrals", "pending", loadPending, func(v homeView, b homeBlock) { v.panel(b, v.referrals(v.file.pending)) }},
		{models.RolePoliceIntake, "incoming", "/desk", "incoming", loadIncoming, func(v homeView, b homeBlock) { v.panel(b, v.referrals(v.file.incoming)) }},
		{models.RoleSupervisor, "cases", "/cases", "cases", loadCases, func(v homeView, b homeBlock) { v.panel(b, v.cases(v.file.cases)) }},
	}...)
	for _, role := range []models.Role{models.RoleLegalReviewer, models.RoleProvincial} {
		list = append(list, homeBlock{role, "late", "/referrals", "referrals", loadReferrals, showLate})
	}
	for _, role := range []models.Role{models.RoleSupervisor, models.RoleLegalReviewer, models.RolePrincipal, models.RoleProvincial, models.RoleProcuratorate} {
		list = append(list, homeBlock{role, "referrals", "/referrals", "referrals", loadReferrals, func(v homeView, b homeBlock) { v.panel(b, v.referrals(v.file.referrals)) }})
	}
	list = append(list,
		homeBlock{models.RoleLineRegulator, "worst", "/alerts", "worst", loadWorst, func(v homeView, b homeBlock) { v.panel(b, v.alerts(v.file.worst)) }},
		homeBlock{models.RoleRiskAnalyst, "levels", "/companies", "levels", loadLevels, showLevels},
		homeBlock{models.RoleRiskAnalyst, "scan", "/scans", "scan", loadScan, showScan},
		homeBlock{models.RoleDataSteward, "batches", "/batches", "batches", loadBatches, showBatches},
		homeBlock{models.RoleSystemAdmin, "admin", "", "", nil, showAdmin(adminPlace{"users", "/admin/users"})},
		homeBlock{models.RoleSecurityAdmin, "admin", "", "", nil, showAdmin(adminPlace{"grants", "/admin/grants"}, adminPlace{"users", "/admin/users"})},
		homeBlock{models.RoleAuditAdmin, "admin", "", "", nil, showAdmin(adminPlace{"audit", "/admin/audit"})})
	for _, role := range []models.Role{models.RoleCaseHandler, models.RoleSupervisor, models.RoleLegalReviewer, models.RolePrincipal} {
		list = append(list, homeBlock{role, "tasks", "", "tasks", loadTasks, showTasks})
	}
	var held []homeBlock
	for _, b := range list {
		if actor.HasRole(b.role) {
			held = append(held, b)
		}
	}
	return held
}

func loadCounts(a *App, ctx context.Context, actor models.Actor, f *homeFile) error {
	n, err := a.Store.AlertCounts(ctx, actor)
	f.counts = &n
	return err
}

func loadAlerts(to *[]models.AlertLine, a *App, ctx context.Context, actor models.Actor, q models.AlertFilter) (err error) {
	q.Limit = homeRows
	*to, _, err = a.Store.Alerts(ctx, actor, q)
	return err
}

func loadMine(a *App, ctx context.Context, actor models.Actor, f *homeFile) error {
	return loadAlerts(&f.mine, a, ctx, actor, models.AlertFilter{Owner: actor.Name, Status: "waiting", Sort: "due"})
}

func loadReds(a *App, ctx context.Context, actor models.Actor, f *homeFile) error {
	return loadAlerts(&f.reds, a, ctx, actor, models.AlertFilter{Owner: "none", Status: "waiting"})
}

func loadProposed(a *App, ctx context.Context, actor models.Actor, f *homeFile) error {
	return loadAlerts(&f.proposed, a, ctx, actor, models.AlertFilter{Status: string(models.AlertProposed)})
}

func loadWorst(a *App, ctx context.Context, actor models.Actor, f *homeFile) error {
	return loadAlerts(&f.worst, a, ctx, actor, models.AlertFilter{Status: "waiting"})
}

func loadCases(a *App, ctx context.Context, actor models.Actor, f *homeFile) (err error) {
	f.cases, _, err = a.Store.Cases(ctx, actor, models.CaseFilter{Status: "live", Limit: homeLook})
	return err
}

func loadTasks(a *App, ctx context.Context, actor models.Actor, f *homeFile) (err error) {
	f.tasks, err = a.Store.MyTasks(ctx, actor, homeRows)
	return err
}

// showTasks adds the block where there is something to do.
func showTasks(v homeView, b homeBlock) {
	if rows := v.tasks(v.file.tasks); len(rows) > 0 {
		v.panel(b, rows)
	}
}

func loadMyCases(a *App, ctx context.Context, actor models.Actor, f *homeFile) (err error) {
	f.myCases, _, err = a.Store.Cases(ctx, actor, models.CaseFilter{Status: "live", Officer: actor.UserID, Limit: homeLook})
	return err
}

func loadReferrals(a *App, ctx context.Context, actor models.Actor, f *homeFile) (err error) {
	f.referrals, _, err = a.Store.Referrals(ctx, actor, models.ReferralFilter{State: "live", Limit: homeLook})
	return err
}

func loadPending(a *App, ctx context.Context, actor models.Actor, f *homeFile) (err error) {
	f.pending, _, err = a.Store.Referrals(ctx, actor, models.ReferralFilter{State: string(law.StatePendingPrincipal), Limit: homeLook})
	return err
}

func loadIncoming(a *App, ctx context.Context, actor models.Actor, f *homeFile) (err error) {
	f.incoming, _, err = a.Store.Referrals(ctx, actor, models.ReferralFilter{State: "incoming", Limit: homeLook})
	return err
}

func loadBatches(a *App, ctx context.Context, actor models.Actor, f *homeFile) (err error) {
	f.batches, _, err = a.Store.Batches(ctx, actor, 0, homeRows)
	return err
}

func loadScan(a *App, ctx context.Context, actor models.Actor, f *homeFile) error {
	if !actor.Can(models.ActScanRead) {
		return nil
	}
	sc, ok, err := a.Store.LastScan(ctx)
	if ok {
		f.scan = &sc
	}
	return err
}

// levelCap bounds the counting of companies by level; above it "500+" is shown.
const levelCap = 500

func loadLevels(a *App, ctx context.Context, actor models.Actor, f *homeFile) error {
	for _, l := range []string{"red", "orange", "yellow", "blue"} {
		list, more, err := a.Store.Companies(ctx, actor, models.CompanyFilter{Level: l, Limit: levelCap})
		if err != nil {
			return err
		}
		f.levels = append(f.levels, levelCount{l, len(list), more})
	}
	return nil
}

func showCounts(v homeView, _ homeBlock) {
	if v.file.counts == nil {
		return
	}
	n := *v.file.counts
	for _, t := range []struct {
		view  string
		count int64
	}{{"waiting", n.Urgent}, {"mine", n.Mine}, {"unassigned", n.Unassigned}, {"due", n.DueToday}, {"red", n.Red}} {
		to := "/alerts?view=" + t.view
		if t.view == "waiting" {
			to = "/alerts"
		}
		v.page.Figures = append(v.page.Figures, views.HomeFigure{Label: i18n.T(v.ctx, "home.count."+t.view), Value: capped(v.ctx, t.count), URL: to})
	}
}

func showLevels(v homeView, _ homeBlock) {
	for _, l := range v.file.levels {
		value := i18n.Integer(v.ctx, int64(l.n))
		if l.more {
			value += "+"
		}
		v.page.Figures = append(v.page.Figures, views.HomeFigure{Level: l.level, Label: i18n.T(v.ctx, "home.count.companies"), Value: value, URL: "/companies?level=" + url.QueryEscape(l.level)})
	}
}

// loadDashboard counts the places that the reader leads, over the period that the dashboard takes by itself.
func loadDashboard(a *App, ctx context.Context, actor models.Actor, f *homeFile) (err error) {
	all := actor.Scope(models.ActDashboardRead)
	file := dashboardFile{form: dashboardForm{Weeks: dashboardWeeks[0]}, scope: all, all: all}
	if roots := all.Roots(); len(roots) == 1 {
		file.form.Division = roots[0]
	}
	file.d, err = a.Dashboards.Of(ctx, models.DashboardQuery{Scope: file.scope, Weeks: file.form.Weeks})
	f.dashboard = &file
	return err
}

// showDashboard puts the main figures on the page; each leads where it leads on the dashboard.
func showDashboard(v homeView, _ homeBlock) {
	if v.file.dashboard == nil {
		return
	}
	for _, fig := range v.file.dashboard.figures(v.ctx) {
		to := fig.URL
		if strings.HasPrefix(to, "#") {
			to = "/dashboard" + to
		}
		v.page.Figures = append(v.page.Figures, views.HomeFigure{Label: fig.Label, Value: fig.Value, Note: fig.Note, URL: to})
	}
	v.page.More, v.page.MoreText = "/dashboard", i18n.T(v.ctx, "home.dashboard")
}

func showMoves(v homeView, b homeBlock) {
	v.panel(b, v.referrals(movableReferrals(v.file.referrals, b.role)))
}

func showLate(v homeView, b homeBlock) {
	v.panel(b, v.referrals(lateReferrals(v.file.referrals, v.now)))
}

func showScan(v homeView, b homeBlock) {
	var rows []views.HomeRow
	if sc := v.file.scan; sc != nil {
		_, end := sc.Bounds()
		rows = append(rows, views.HomeRow{URL: "/scans", Title: sc.Ref, State: i18n.T(v.ctx, "scan.status."+sc.Status),
			Notes: []string{i18n.T(v.ctx, "home.scan_as_of", "at", i18n.Moment(end.Time())), i18n.T(v.ctx, "scan.rules", "version", sc.RuleVersion), took(v.ctx, sc.FinishedAt.Sub(sc.StartedAt))}})
	}
	v.panel(b, rows)
}

func showBatches(v homeView, b homeBlock) {
	var rows []views.HomeRow
	for _, bt := range v.file.batches {
		notes := []string{bt.Source, i18n.T(v.ctx, "home.batch_rows", "accepted", i18n.Integer(v.ctx, bt.Accepted), "unchanged", i18n.Integer(v.ctx, bt.Unchanged), "refused", i18n.Integer(v.ctx, bt.Refused)),
			i18n.Short(bt.StartedAt.Time())}
		rows = append(rows, views.HomeRow{URL: "/batches/" + bt.Ref, Title: bt.Ref, Notes: notes, State: newBatchStatus(v.ctx, bt.Status, bt.Refused).Word})
	}
	v.panel(b, rows)
}

// adminPlace is a page of the administration.
type adminPlace struct{ key, url string }

// showAdmin lists the places of an administrator; no business data stands here.
func showAdmin(places ...adminPlace) func(homeView, homeBlock) {
	return func(v homeView, b homeBlock) {
		var rows []views.HomeRow
		for _, pl := range places {
			rows = append(rows, views.HomeRow{URL: pl.url, Title: i18n.T(v.ctx, "nav."+pl.key), Notes: []string{i18n.T(v.ctx, "home.admin."+pl.key)}})
		}
		v.panel(b, rows)
	}
}
