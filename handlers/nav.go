package handlers

import (
	"context"
	"strings"

	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/reference"
	"xiezhi/views"
)

type navCounts struct{ alerts, notices int64 }

// capped writes a count of a hot page, which stops at a thousand.
func capped(ctx context.Context, n int64) string {
	if n >= 1000 {
		return "1,000+"
	}
	return i18n.Integer(ctx, n)
}

// navigation lists the places an actor may go to; what the roles do not hold is not there.
func navigation(ctx context.Context, actor models.Actor, path string, counts navCounts) []views.NavGroup {
	item := func(key, url, icon, count string) views.NavItem {
		current := path == url || url != "/" && strings.HasPrefix(path, url+"/")
		return views.NavItem{Label: i18n.T(ctx, key), URL: url, Icon: icon, Count: count, Current: current}
	}
	work := views.NavGroup{Items: []views.NavItem{item("nav.home", "/", "home-2", "")}}
	query := views.NavGroup{Title: i18n.T(ctx, "nav.query")}
	manage := views.NavGroup{Title: i18n.T(ctx, "nav.manage")}
	add := func(g *views.NavGroup, ok bool, it views.NavItem) {
		if ok {
			g.Items = append(g.Items, it)
		}
	}
	can := actor.Can
	add(&work, can(models.ActAlertRead), item("nav.alerts", "/alerts", "bell-ringing", capped(ctx, counts.alerts)))
	add(&work, can(models.ActCaseRead), item("nav.cases", "/cases", "briefcase", ""))
	add(&work, can(models.ActReferralRead) || can(models.ActReferralTeam) || can(models.ActReferralObserve), item("nav.referrals", "/referrals", "send", ""))
	add(&work, can(models.ActObjectionRead), item("nav.objections", "/objections", "gavel", ""))
	add(&work, can(models.ActCaseOpen) || can(models.ActCaseDecide), item("nav.handoffs", "/handoffs", "arrows-split-2", ""))
	add(&work, can(models.ActReferralPolice), item("nav.desk", "/desk", "inbox", ""))
	add(&work, can(models.ActDashboardRead), item("nav.dashboard", "/dashboard", "chart-histogram", ""))
	add(&query, can(models.ActCompanyRead), item("nav.companies", "/companies", "building", ""))
	add(&query, can(models.ActCompanyRead), item("nav.graph", "/graph", "topology-star-3", ""))
	add(&query, can(models.ActIdentityRead), item("nav.identities", "/identities", "users", ""))
	add(&manage, can(models.ActBatchRead), item("nav.batches", "/batches", "database-import", ""))
	add(&manage, can(models.ActMappingRead), item("nav.mappings", "/mappings", "arrows-split-2", ""))
	add(&manage, can(models.ActSourceRead), item("nav.sources", "/sources", "affiliate", ""))
	add(&manage, can(models.ActScanRead), item("nav.scans", "/scans", "radar", ""))
	add(&manage, can(models.ActRuleRead), item("nav.rules", "/rules", "adjustments", ""))
	add(&manage, can(models.ActRuleRead), item("nav.learned", "/learned", "chart-histogram", ""))
	add(&manage, can(models.ActSuppressionRead), item("nav.suppressions", "/suppressions", "ban", ""))
	add(&manage, can(models.ActCaseOpen), item("nav.phrases", "/phrases", "file-text", ""))
	add(&manage, can(models.ActUserRead), item("nav.users", "/admin/users", "users", ""))
	add(&manage, can(models.ActCalendarRead), item("nav.calendar", "/admin/calendar", "list-numbers", ""))
	add(&manage, can(models.ActGrantRead), item("nav.grants", "/admin/grants", "shield-lock", ""))
	add(&manage, can(models.ActAuditRead), item("nav.audit", "/admin/audit", "eye-check", ""))
	fresh := ""
	if counts.notices > 0 {
		fresh = capped(ctx, counts.notices)
	}
	me := views.NavGroup{Items: []views.NavItem{item("nav.notices", "/notices", "bell-ringing", fresh), item("nav.me", "/me", "user-circle", "")}}
	var groups []views.NavGroup
	for _, g := range []views.NavGroup{work, query, manage, me} {
		if len(g.Items) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

// placeName writes a division with those above it, without the nation.
func placeName(ctx context.Context, code string) string {
	return reference.PathName(code, i18n.Locale(ctx))
}

// shortPlace writes a division alone.
func shortPlace(ctx context.Context, code string) string {
	d, ok := reference.DivisionByCode(code)
	if !ok {
		return code
	}
	return i18n.Pick(ctx, d.Name, d.NameEn)
}

// calendarName words the name of the holiday table that is shipped, with the number of the last change to it; another one is shown as it
// is called.
func calendarName(ctx context.Context, name string) string {
	if years, ok := strings.CutPrefix(name, "CN-State-Council-"); ok {
		if years, change, changed := strings.Cut(years, "+"); changed {
			return i18n.T(ctx, "calendar.state_council_changed", "years", years, "n", change)
		}
		return i18n.T(ctx, "calendar.state_council", "years", years)
	}
	return name
}
