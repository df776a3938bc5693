package handlers

import (
	"net/http"

	"xiezhi/models"
)

// Routes is every route of the portal on one screen. A page of an object names no action where visibility decides: what the
// actor may not see is not found.
func (a *App) Routes() []Route {
	const get, post = http.MethodGet, http.MethodPost
	routes := []Route{
		{get, "/login", Public, "", a.loginShow},
		{post, "/login", Public, "", a.login},
		{get, "/locale", Public, "", a.setLocale},
		{post, "/logout", Signed, "", a.logout},
		{get, "/", Signed, "", a.home},
		{get, "/me", Signed, "", a.meShow},
		{post, "/me/prefer", Signed, "", a.prefer},
		{get, "/search", Signed, models.ActCompanyRead, a.search},

		{get, "/alerts", Signed, models.ActAlertRead, a.alertList},
		{post, "/alerts/bulk", Signed, models.ActAlertAccept, a.alertBulk},
		{post, "/alerts/next", Signed, models.ActAlertAccept, a.alertNext},
		{get, "/alerts/:ref", Signed, "", a.alertShow},
		{post, "/alerts/:ref/accept", Signed, "", a.alertAct("accept")},
		{post, "/alerts/:ref/dismiss", Signed, "", a.alertAct("dismiss")},
		{post, "/alerts/:ref/reopen", Signed, "", a.alertAct("reopen")},
		{post, "/alerts/:ref/snooze", Signed, "", a.alertAct("snooze")},
		{post, "/alerts/:ref/assign", Signed, "", a.alertAct("assign")},
		{post, "/alerts/:ref/propose", Signed, "", a.alertAct("propose")},

		{get, "/companies", Signed, models.ActCompanyRead, a.companyList},
		{get, "/companies/:id", Signed, "", a.companyShow},

		{get, "/api/v1/alerts", Token, models.ActAlertRead, a.apiAlerts},
		{get, "/api/v1/alerts/:ref", Token, "", a.apiAlert},
		{post, "/api/v1/alerts/:ref/accept", Token, "", a.apiAlertVerb("accept")},
		{post, "/api/v1/alerts/:ref/dismiss", Token, "", a.apiAlertVerb("dismiss")},
		{post, "/api/v1/alerts/:ref/reopen", Token, "", a.apiAlertVerb("reopen")},
		{post, "/api/v1/alerts/:ref/snooze", Token, "", a.apiAlertVerb("snooze")},
		{post, "/api/v1/alerts/:ref/assign", Token, "", a.apiAlertVerb("assign")},
		{post, "/api/v1/alerts/:ref/propose", Token, "", a.apiAlertVerb("propose")},
		{get, "/api/v1/companies/:id", Token, "", a.apiCompany},

		{get, "/healthz", Public, "", a.health},
		{get, "/readyz", Public, "", a.ready},
	}
	return routes
}
