package models

import (
	"encoding/json"
	"slices"

	"xiezhi/law"
)

// withPolice are the states of a referral in which the police or the procuratorate have the case: no penalty may stand in for
// the crime meanwhile (310 art 11(1); APL 27).
func withPolice(state law.State) bool {
	switch state {
	case law.StateNone, law.StateNotApproved, law.StateAdminContinues, law.StateNotFiled, law.StateNotPoliceMatter, law.StateWithdrawn, law.StateResultDue,
		law.StateJudged, law.StateClosed:
		return false
	default:
		return true
	}
}

// barred gives the message key of what stands against a move that stage and role allow, empty where nothing does.
func (m *caseMove) barred(event law.Event, now Instant) string {
	switch event {
	case law.CaseNotifyPenalty, law.CaseNoPenalty:
		if withPolice(m.referral) {
			return "error.police_have_case"
		}
	case law.CaseDecide:
		return m.decisionBarred()
	case law.CaseNoCase, law.CaseRectified, law.CaseNoViolation:
		if withPolice(m.referral) {
			return "error.police_have_case"
		}
		if m.inForce() {
			return "error.measures_in_force"
		}
	case law.CaseClose:
		if withPolice(m.referral) {
			return "error.police_have_case"
		}
		if m.inForce() {
			return "error.measures_in_force"
		}
	case law.CaseAskCourt:
		if c, ok := running(m.clocks, law.ClockPayment); ok && c.State(now) != law.ClockLate {
			return "error.payment_runs"
		}
	}
	return ""
}

// decisionBarred wants, after a hearing, a legal review that passed (APL 58(1)(2)), and no fine beside the police.
func (m *caseMove) decisionBarred() string {
	if withPolice(m.referral) {
		return "error.police_have_case"
	}
	heard, passed := false, ""
	for _, e := range m.events {
		switch law.Event(e.Event) {
		case law.CaseNotifyPenalty:
			heard, passed = false, ""
		case law.CaseHoldHearing:
			heard, passed = true, ""
		case law.CaseLegalReview:
			var data struct {
				Result string `json:"opinion_result"`
			}
			if json.Unmarshal([]byte(e.Data), &data) == nil {
				passed = data.Result
			}
		}
	}
	switch {
	case passed == "fail":
		return "error.legal_review_failed"
	case heard && passed != "pass":
		return "error.legal_review_needed"
	}
	return ""
}

// inForce says whether a measure of the case still burdens somebody or waits.
func (m *caseMove) inForce() bool {
	return slices.ContainsFunc(m.measures, func(x Measure) bool {
		return len(law.MachineOf(law.MachineMeasure).From(x.State)) > 0
	})
}
