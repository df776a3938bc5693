package handlers

import (
	"net/http"

	"xiezhi/models"
)

// proofRoutes are those of evidence, dossiers, signatures, papers of a case and the lines of the law.
func (a *App) proofRoutes() []Route {
	const get, post = http.MethodGet, http.MethodPost
	return []Route{
		{get, "/cases/:ref/evidence", Signed, "", a.evidenceList},
		{post, "/cases/:ref/evidence", Signed, "", a.evidenceAdd},
		{get, "/evidence/:ref", Signed, "", a.evidenceShow},
		{get, "/evidence/:ref/content", Signed, "", a.evidenceContent},
		{post, "/evidence/:ref/verify", Signed, "", a.evidenceVerify},
		{post, "/evidence/:ref/link", Signed, "", a.evidenceLink},
		{get, "/referrals/:ref/evidence", Signed, "", a.referralEvidence},

		{post, "/cases/:ref/dossier", Signed, "", a.dossierAsk(a.Store.AskCaseDossier)},
		{post, "/referrals/:ref/dossier", Signed, "", a.dossierAsk(a.Store.AskReferralDossier)},
		{get, "/dossiers/:ref", Signed, "", a.dossierShow},
		{get, "/dossiers/:ref/content", Signed, "", a.dossierContent},

		{post, "/referrals/:ref/documents/:kind/verify", Signed, "", a.documentVerify},
		{get, "/keys", Signed, "", a.keyList},
		{get, "/keys/file", Public, "", a.keyFile},

		{get, "/cases/:ref/thresholds", Signed, "", a.thresholdShow},
		{post, "/cases/:ref/thresholds", Signed, "", a.thresholdSave},
		{get, "/cases/:ref/thresholds/:version", Signed, "", a.thresholdVersion},
		{get, "/companies/:id/thresholds", Signed, models.ActCompanyRead, a.thresholdCompany},

		{get, "/cases/:ref/papers", Signed, "", a.paperList},
		{get, "/cases/:ref/papers/:kind", Signed, "", a.paperNew},
		{post, "/cases/:ref/papers/:kind", Signed, "", a.paperDraft},
		{get, "/papers/:ref", Signed, "", a.paperShow},
		{get, "/papers/:ref/content", Signed, "", a.paperContent},
		{post, "/papers/:ref/change", Signed, "", a.paperChange},
		{post, "/papers/:ref/drop", Signed, "", a.paperDrop},
		{post, "/papers/:ref/issue", Signed, "", a.paperIssue},
		{post, "/papers/:ref/verify", Signed, "", a.paperVerify},

		{get, "/api/v1/cases/:ref/evidence", Token, "", a.apiCaseEvidence},
		{post, "/api/v1/cases/:ref/evidence", Token, "", a.apiEvidenceAdd},
		{get, "/api/v1/evidence/:ref", Token, "", a.apiEvidence},
		{post, "/api/v1/evidence/:ref/verify", Token, "", a.apiEvidenceVerify},
		{get, "/api/v1/cases/:ref/dossiers", Token, "", a.apiCaseDossiers},
		{get, "/api/v1/cases/:ref/papers", Token, "", a.apiCasePapers},
		{post, "/api/v1/cases/:ref/papers/:kind", Token, "", a.apiPaperDraft},
		{get, "/api/v1/papers/:ref", Token, "", a.apiPaper},
		{post, "/api/v1/papers/:ref/issue", Token, "", a.apiPaperIssue},
	}
}
