package handlers

import (
	"net/http"

	"xiezhi/models"
)

// workRoutes are those of the work that officers share on a case: notes, tasks, watching, and who is on the team.
func (a *App) workRoutes() []Route {
	const get, post = http.MethodGet, http.MethodPost
	return []Route{
		{get, "/cases/:ref/work", Signed, "", a.workShow},
		{post, "/cases/:ref/notes", Signed, "", a.noteAdd},
		{post, "/cases/:ref/notes/:number", Signed, "", a.noteChange},
		{post, "/cases/:ref/tasks", Signed, "", a.taskAdd},
		{post, "/cases/:ref/tasks/:number/done", Signed, "", a.taskDone},
		{post, "/cases/:ref/tasks/:number/reopen", Signed, "", a.taskReopen},
		{post, "/cases/:ref/watch", Signed, "", a.watch},
		{post, "/cases/:ref/unwatch", Signed, "", a.unwatch},
		{post, "/cases/:ref/team", Signed, "", a.officerReplace},
		{post, "/cases/:ref/seal", Signed, "", a.caseSeal},
		{post, "/cases/:ref/alerts/join", Signed, "", a.caseAlertsAct("join")},
		{post, "/cases/:ref/alerts/split", Signed, "", a.caseAlertsAct("split")},

		{get, "/cases/:ref/decisions/:number", Signed, "", a.decisionShow},
		{post, "/cases/:ref/handoff", Signed, "", a.caseHandoff},
		{get, "/cases/:ref/bulletins", Signed, "", a.bulletinList},
		{post, "/cases/:ref/bulletins", Signed, "", a.bulletinDraft},
		{get, "/cases/:ref/bulletins/:bulletin", Signed, "", a.bulletinShow},
		{post, "/cases/:ref/bulletins/:bulletin/:event", Signed, "", a.bulletinMove},
		{get, "/bulletins", Public, "", a.bulletinPublic},
		{get, "/bulletins/:ref", Public, "", a.bulletinPublicShow},
		{post, "/api/v1/cases/:ref/bulletins", Token, "", a.apiBulletinDraft},
		{get, "/api/v1/cases/:ref/bulletins/:bulletin", Token, "", a.apiBulletin},
		{post, "/api/v1/cases/:ref/bulletins/:bulletin/:event", Token, "", a.apiBulletinMove},
		{get, "/phrases", Signed, models.ActCaseRead, a.phraseList},
		{post, "/phrases", Signed, models.ActCaseRead, a.phraseAdd},
		{post, "/phrases/:number/change", Signed, models.ActCaseRead, a.phraseChange(models.PhraseKept)},
		{post, "/phrases/:number/drop", Signed, models.ActCaseRead, a.phraseChange(models.PhraseDropped)},
		{get, "/api/v1/phrases", Token, models.ActCaseRead, a.apiPhrases},
		{get, "/handoffs", Signed, "", a.handoffList},
		{get, "/handoffs/:ref", Signed, "", a.handoffShow},
		{post, "/handoffs/:ref/:event", Signed, "", a.handoffMove},
		{post, "/referrals/:ref/hold", Signed, "", a.referralHold(models.HoldSet)},
		{post, "/referrals/:ref/release", Signed, "", a.referralHold(models.HoldLift)},

		{get, "/api/v1/cases/:ref/work", Token, "", a.apiWork},
		{post, "/api/v1/cases/:ref/notes", Token, "", a.apiNoteAdd},
		{post, "/api/v1/cases/:ref/tasks", Token, "", a.apiTaskAdd},
		{post, "/api/v1/cases/:ref/tasks/:number/done", Token, "", a.apiTaskMove("done")},
		{post, "/api/v1/cases/:ref/tasks/:number/reopen", Token, "", a.apiTaskMove("reopen")},
		{post, "/api/v1/cases/:ref/alerts/join", Token, "", a.apiCaseAlert("join")},
		{post, "/api/v1/cases/:ref/alerts/split", Token, "", a.apiCaseAlert("split")},
		{post, "/api/v1/cases/:ref/handoff", Token, "", a.apiHandoffAsk},
		{get, "/api/v1/handoffs", Token, "", a.apiHandoffs},
		{get, "/api/v1/handoffs/:ref", Token, "", a.apiHandoff},
		{post, "/api/v1/handoffs/:ref/:event", Token, "", a.apiHandoffMove},
		{post, "/api/v1/referrals/:ref/hold", Token, "", a.apiReferralHold(models.HoldSet)},
		{post, "/api/v1/referrals/:ref/release", Token, "", a.apiReferralHold(models.HoldLift)},
	}
}
