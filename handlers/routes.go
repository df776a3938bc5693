package handlers

import (
	"net/http"
	"slices"

	"xiezhi/models"
)

// Routes is every route of the portal on one screen. A page of an object names no action where visibility decides: what the
// actor may not see is not found.
func (a *App) Routes() []Route {
	return slices.Concat(a.pageRoutes(), a.caseRoutes(), a.officeRoutes(), a.proofRoutes(), a.workRoutes(), a.apiRoutes())
}

// pageRoutes are those of signing in, the front page, alerts, companies and the graph.
func (a *App) pageRoutes() []Route {
	const get, post = http.MethodGet, http.MethodPost
	return []Route{
		{get, "/login", Public, "", a.loginShow},
		{post, "/login", Public, "", a.login},
		{get, "/locale", Public, "", a.setLocale},
		{post, "/logout", Signed, "", a.logout},
		{get, "/", Signed, "", a.home},
		{get, "/me", Signed, "", a.meShow},
		{post, "/me/prefer", Signed, "", a.prefer},
		{post, "/me/mail", Signed, "", a.meMail},
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

		{post, "/alerts/:ref/merge", Signed, "", a.alertAct("merge")},
		{post, "/alerts/:ref/unmerge", Signed, "", a.alertAct("unmerge")},
		{post, "/alerts/:ref/suppress", Signed, "", a.alertAct("suppress")},
		{get, "/suppressions", Signed, models.ActSuppressionRead, a.suppressionList},
		{post, "/suppressions/:ref/lift", Signed, "", a.suppressionLift},

		{get, "/companies", Signed, models.ActCompanyRead, a.companyList},
		{get, "/companies/:id", Signed, "", a.companyShow},

		{get, "/dashboard", Signed, models.ActDashboardRead, a.dashboard},

		{get, "/graph", Signed, models.ActCompanyRead, a.graphShow},
		{get, "/graph/money", Signed, models.ActAccountRead, a.moneyShow},
		{get, "/graph/rings", Signed, models.ActCompanyRead, a.patternShow(patternRings)},
		{get, "/graph/clusters", Signed, models.ActCompanyRead, a.patternShow(patternClusters)},
		{get, "/graph/hubs", Signed, models.ActAccountRead, a.patternShow(patternHubs)},
		{get, "/graph/moneypath", Signed, models.ActAccountRead, a.patternShow(patternMoneyPath)},
		{get, "/graph/sums", Signed, models.ActAccountRead, a.patternShow(patternSums)},

		{get, "/identities", Signed, models.ActIdentityRead, a.identityList},
		{get, "/identities/:ref", Signed, models.ActIdentityRead, a.identityShow},
		{post, "/identities/:ref/:decision", Signed, models.ActIdentityRead, a.identityAct},
	}
}

// caseRoutes are those of cases, objections, notices and referrals.
func (a *App) caseRoutes() []Route {
	const get, post = http.MethodGet, http.MethodPost
	return []Route{
		{get, "/cases", Signed, models.ActCaseRead, a.caseList},
		{get, "/cases/new", Signed, models.ActCaseOpen, a.caseNew},
		{post, "/cases", Signed, models.ActCaseOpen, a.caseOpen},
		{get, "/cases/:ref", Signed, "", a.caseShow},
		{post, "/cases/:ref/referral", Signed, "", a.caseFormTeam},
		{post, "/cases/:ref/keep", Signed, "", a.caseKeep},
		{get, "/cases/:ref/pictures/:number", Signed, "", a.casePicture},

		{post, "/cases/:ref/moves/:event", Signed, "", a.caseMove},
		{post, "/cases/:ref/measures", Signed, "", a.measureRequest},
		{post, "/cases/:ref/measures/:measure/:event", Signed, "", a.measureMove},
		{post, "/cases/:ref/clocks/:clock/:verb", Signed, "", a.clockVerb},
		{get, "/objections", Signed, models.ActObjectionRead, a.objectionList},
		{get, "/objections/new", Signed, models.ActObjectionRegister, a.objectionNew},
		{post, "/objections", Signed, models.ActObjectionRegister, a.objectionSubmit},
		{get, "/objections/:ref", Signed, "", a.objectionShow},
		{post, "/objections/:ref/:event", Signed, "", a.objectionMove},
		{get, "/notices", Signed, "", a.noticeList},
		{post, "/notices/read", Signed, "", a.noticeRead},
		{get, "/procedures/:name", Signed, "", a.machineShow},

		{get, "/referrals", Signed, "", a.referralList},
		{get, "/referrals/:ref", Signed, "", a.referralShow},
		{post, "/referrals/:ref/:event", Signed, "", a.referralMove},
		{get, "/referrals/:ref/documents/:kind", Signed, "", a.referralDocument},
		{get, "/desk", Signed, models.ActReferralPolice, a.deskShow},
	}
}

// officeRoutes are those of loading, scanning, administration, and of persons and accounts.
func (a *App) officeRoutes() []Route {
	const get, post = http.MethodGet, http.MethodPost
	return []Route{
		{get, "/batches", Signed, models.ActBatchRead, a.batchList},
		{post, "/batches", Signed, models.ActFactLoad, a.batchLoad},
		{get, "/batches/:ref", Signed, "", a.batchShow},
		{get, "/batches/:ref/files/:position/refused", Signed, "", a.batchRefused},
		{get, "/batches/:ref/facts/:hash", Signed, "", a.factShow},
		{post, "/batches/:ref/facts/:hash/retract", Signed, "", a.factRetract},
		{post, "/batches/:ref/withdraw", Signed, "", a.batchWithdraw},
		{get, "/sources/:code/transfers", Signed, "", a.transferShow},
		{get, "/sources/:code/transfers/:key", Signed, "", a.transferShow},
		{post, "/sources/:code/transfers/:key/withdraw", Signed, "", a.transferWithdraw},
		{get, "/sources", Signed, models.ActSourceRead, a.sourceList},
		{get, "/sources/:code", Signed, models.ActSourceRead, a.sourceShow},
		{post, "/sources/:code/change", Signed, models.ActSourceChange, a.sourceChange},
		{post, "/sources/:code/clear", Signed, models.ActSourceChange, a.sourceClear},
		{get, "/connectors/new", Signed, models.ActConnectorChange, a.connectorNew},
		{post, "/connectors", Signed, models.ActConnectorChange, a.connectorAdd},
		{get, "/connectors/:ref", Signed, "", a.connectorShow},
		{post, "/connectors/:ref/change", Signed, "", a.connectorChange},
		{post, "/connectors/:ref/pause", Signed, "", a.connectorVerb("pause")},
		{post, "/connectors/:ref/resume", Signed, "", a.connectorVerb("resume")},
		{post, "/connectors/:ref/run", Signed, "", a.connectorVerb("run")},
		{get, "/mappings", Signed, models.ActMappingRead, a.mappingList},
		{get, "/mappings/new", Signed, models.ActMappingChange, a.mappingNew},
		{post, "/mappings/new", Signed, models.ActMappingChange, a.mappingSample},
		{get, "/mappings/drafts/:ref", Signed, models.ActMappingChange, a.mappingDraft},
		{post, "/mappings/drafts/:ref", Signed, models.ActMappingChange, a.mappingPoint},
		{get, "/mappings/:ref", Signed, models.ActMappingRead, a.mappingShow},
		{post, "/mappings/:ref/share", Signed, models.ActMappingChange, a.mappingShare},
		{get, "/mappings/:ref/versions/:number", Signed, models.ActMappingRead, a.mappingVersion},

		{get, "/scans", Signed, models.ActScanRead, a.scanList},
		{post, "/scans", Signed, models.ActScanStart, a.scanStart},

		{get, "/rules", Signed, models.ActRuleRead, a.ruleList},
		{get, "/rules/:number", Signed, models.ActRuleRead, a.ruleShow},
		{get, "/rules/:number/edit", Signed, models.ActRuleWrite, a.ruleEdit},
		{post, "/rules/:number/edit", Signed, models.ActRuleWrite, a.ruleSave},
		{post, "/rules/:number/check", Signed, models.ActRuleWrite, a.ruleCheck},
		{post, "/rules/:number/replay", Signed, models.ActRuleRead, a.ruleAct("replay")},
		{post, "/rules/:number/approve", Signed, models.ActRuleApprove, a.ruleAct("approve")},
		{post, "/rules/:number/confirm", Signed, models.ActRuleApprove, a.ruleAct("confirm")},
		{post, "/rules/:number/enforce", Signed, models.ActRuleApprove, a.ruleAct("enforce")},
		{post, "/rules/:number/reject", Signed, models.ActRuleApprove, a.ruleAct("reject")},
		{post, "/rules/:number/withdraw", Signed, models.ActRuleWrite, a.ruleAct("withdraw")},
		{get, "/learned", Signed, models.ActRuleRead, a.learnedList},
		{post, "/learned/train", Signed, models.ActRuleWrite, a.learnedTrain},
		{post, "/learned/:number/approve", Signed, models.ActRuleApprove, a.learnedAct(models.LearnedInForce)},
		{post, "/learned/:number/reject", Signed, models.ActRuleApprove, a.learnedAct(models.LearnedRejected)},
		{get, "/replays/:replay", Signed, models.ActRuleRead, a.replayShow},

		{get, "/admin/users", Signed, models.ActUserRead, a.userList},
		{get, "/admin/calendar", Signed, models.ActCalendarRead, a.calendarShow},
		{post, "/admin/calendar", Signed, models.ActCalendarChange, a.calendarChange},
		{get, "/admin/grants", Signed, models.ActGrantRead, a.grantList},
		{get, "/admin/audit", Signed, models.ActAuditRead, a.auditList},
		{post, "/admin/audit/verify", Signed, models.ActAuditRead, a.auditVerify},

		{get, "/persons/:ref", Signed, "", a.personShow(a.persons())},
		{post, "/persons/:ref/reveal", Signed, "", a.personReveal(a.persons())},
		{get, "/accounts/:ref", Signed, "", a.personShow(a.accounts())},
		{post, "/accounts/:ref/reveal", Signed, "", a.personReveal(a.accounts())},
	}
}

// apiRoutes are those for programs, and the marks of life.
func (a *App) apiRoutes() []Route {
	const get, post = http.MethodGet, http.MethodPost
	return []Route{
		{get, "/api/v1/alerts", Token, models.ActAlertRead, a.apiAlerts},
		{get, "/api/v1/alerts/:ref", Token, "", a.apiAlert},
		{post, "/api/v1/alerts/:ref/accept", Token, "", a.apiAlertVerb("accept")},
		{post, "/api/v1/alerts/:ref/dismiss", Token, "", a.apiAlertVerb("dismiss")},
		{post, "/api/v1/alerts/:ref/reopen", Token, "", a.apiAlertVerb("reopen")},
		{post, "/api/v1/alerts/:ref/snooze", Token, "", a.apiAlertVerb("snooze")},
		{post, "/api/v1/alerts/:ref/assign", Token, "", a.apiAlertVerb("assign")},
		{post, "/api/v1/alerts/:ref/propose", Token, "", a.apiAlertVerb("propose")},
		{get, "/api/v1/companies/:id", Token, "", a.apiCompany},

		{get, "/api/v1/rules", Token, models.ActRuleRead, a.apiRules},
		{get, "/api/v1/rules/:number", Token, models.ActRuleRead, a.apiRule},
		{get, "/api/v1/replays/:replay", Token, models.ActRuleRead, a.apiReplay},
		{get, "/api/v1/identities", Token, models.ActIdentityRead, a.apiIdentities},
		{get, "/api/v1/identities/:ref", Token, models.ActIdentityRead, a.apiIdentity},
		{post, "/api/v1/identities/:ref/:decision", Token, models.ActIdentityRead, a.apiIdentityDecide},

		{get, "/api/v1/cases", Token, models.ActCaseRead, a.apiCases},
		{post, "/api/v1/cases", Token, "", a.apiCaseOpen},
		{get, "/api/v1/cases/:ref", Token, "", a.apiCase},
		{post, "/api/v1/cases/:ref/keep", Token, "", a.apiCaseKeep},
		{post, "/api/v1/cases/:ref/referral", Token, "", a.apiCaseReferral},
		{post, "/api/v1/cases/:ref/moves/:event", Token, "", a.apiCaseMove},
		{post, "/api/v1/cases/:ref/measures", Token, "", a.apiMeasureRequest},
		{post, "/api/v1/cases/:ref/measures/:measure/:event", Token, "", a.apiMeasureMove},
		{post, "/api/v1/cases/:ref/clocks/:clock/:verb", Token, "", a.apiClockVerb},
		{post, "/api/v1/alerts/:ref/objection", Token, "", a.apiObjectionSubmit},
		{get, "/api/v1/objections/:ref", Token, "", a.apiObjection},
		{post, "/api/v1/objections/:ref/:event", Token, "", a.apiObjectionMove},
		{get, "/api/v1/referrals", Token, "", a.apiReferrals},
		{get, "/api/v1/referrals/:ref", Token, "", a.apiReferral},
		{post, "/api/v1/referrals/:ref/:event", Token, "", a.apiReferralMove},
		{get, "/api/v1/referrals/:ref/documents/:kind", Token, "", a.apiReferralDocument},
		{post, "/api/v1/facts/:table", Token, models.ActFactLoad, a.apiFacts},
		{post, "/api/v1/batches/:ref/withdraw", Token, "", a.apiBatchWithdraw},
		{get, "/api/v1/mappings", Token, models.ActMappingRead, a.apiMappings},
		{post, "/api/v1/mappings", Token, models.ActMappingChange, a.apiMappingSave},
		{get, "/api/v1/mappings/:ref", Token, models.ActMappingRead, a.apiMapping},
		{post, "/api/v1/mappings/:ref", Token, models.ActMappingChange, a.apiMappingSave},
		{post, "/api/v1/mappings/:ref/share", Token, models.ActMappingChange, a.apiMappingShare},
		{get, "/api/v1/graph/path", Token, models.ActCompanyRead, graphCall(a, models.ActCompanyRead, a.apiGraphPath)},
		{get, "/api/v1/graph/neighbours", Token, models.ActCompanyRead, graphCall(a, models.ActCompanyRead, a.apiGraphNeighbours)},
		{get, "/api/v1/graph/controllers", Token, models.ActCompanyRead, graphCall(a, models.ActCompanyRead, a.apiGraphControllers)},
		{get, "/api/v1/graph/group", Token, models.ActCompanyRead, graphCall(a, models.ActCompanyRead, a.apiGraphGroup)},
		{get, "/api/v1/graph/keyfigures", Token, models.ActCompanyRead, graphCall(a, models.ActCompanyRead, a.apiGraphKeyFigures)},
		{get, "/api/v1/graph/trace", Token, models.ActAccountRead, graphCall(a, models.ActAccountRead, a.apiGraphTrace)},
		{get, "/api/v1/graph/cycles", Token, models.ActAccountRead, wholeCall(a, models.ActAccountRead, "cycles", a.apiGraphCycles)},
		{get, "/api/v1/graph/rings", Token, models.ActCompanyRead, wholeCall(a, models.ActCompanyRead, "rings", a.apiGraphRings)},
		{get, "/api/v1/graph/clusters", Token, models.ActCompanyRead, wholeCall(a, models.ActCompanyRead, "clusters", a.apiGraphClusters)},
		{get, "/api/v1/graph/hubs", Token, models.ActAccountRead, wholeCall(a, models.ActAccountRead, "hubs", a.apiGraphHubs)},
		{get, "/api/v1/graph/moneypath", Token, models.ActAccountRead, graphCall(a, models.ActAccountRead, a.apiGraphMoneyPath)},
		{get, "/api/v1/graph/sums", Token, models.ActAccountRead, wholeCall(a, models.ActAccountRead, "sums", a.apiGraphSums)},
		{get, "/api/v1/openapi.yaml", Public, "", a.openAPI},

		{get, "/healthz", Public, "", a.health},
		{get, "/readyz", Public, "", a.ready},
	}
}
