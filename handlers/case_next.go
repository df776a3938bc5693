package handlers

import (
	"context"

	"xiezhi/i18n"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/views"
)

// caseNextActs says what comes next in a case and what may not be done now, each with the reason and the article.
func caseNextActs(ctx context.Context, actor models.Actor, f models.CaseFile) (*views.NextAct, []views.NextAct) {
	barred := func(key string, articles ...string) views.NextAct {
		return views.NextAct{Label: i18n.T(ctx, "case.act."+key), Reason: i18n.T(ctx, "case.bar."+key), Law: citations(ctx, articles)}
	}
	if f.Status == models.CaseClosed {
		return nil, []views.NextAct{barred("closed")}
	}
	if f.ReferralRef == "" {
		var list []views.NextAct
		switch {
		case f.Status == models.CaseReferred:
			list = append(list, barred("hidden"))
		case !actor.CanAt(models.ActReferralForm, f.Place):
			list = append(list, barred("form_team", "310.5.1"))
		}
		return nil, append(list, barred("hand_over", "310.12"), barred("close_open"))
	}
	next := &views.NextAct{Label: i18n.T(ctx, "case.go_referral"), URL: "/referrals/" + f.ReferralRef,
		Reason: i18n.T(ctx, "referral.state."+f.ReferralState) + i18n.T(ctx, "case.stop") + i18n.T(ctx, "referral.wait."+f.ReferralState)}
	switch law.State(f.ReferralState) {
	case law.StateCaseFiled, law.StateHandedOver:
		return next, []views.NextAct{barred("penalty_filed", "310.11")}
	case law.StateAdminContinues:
		return next, []views.NextAct{barred("form_team_again", "310.3")}
	default:
		return next, []views.NextAct{barred("hand_over", "310.12"), barred("penalty", "310.11"), barred("close_referred")}
	}
}
