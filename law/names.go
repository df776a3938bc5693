package law

// State is where a referral stands. StateNone is that of a referral that does not exist yet.
type State string

// The states, in the order of the table.
const (
	StateNone                 State = "-"
	StateTeamVerifying        State = "TEAM_VERIFYING"
	StatePendingPrincipal     State = "PENDING_PRINCIPAL"
	StateApproved             State = "APPROVED"
	StateNotApproved          State = "NOT_APPROVED"
	StateAdminContinues       State = "ADMIN_CONTINUES"
	StateDelivered            State = "DELIVERED"
	StateReceived             State = "RECEIVED"
	StateSupplementRequested  State = "SUPPLEMENT_REQUESTED"
	StateUnderReview          State = "UNDER_REVIEW"
	StateForwarded            State = "FORWARDED"
	StateNotPoliceMatter      State = "NOT_POLICE_MATTER"
	StateCaseFiled            State = "CASE_FILED"
	StateNotFiled             State = "NOT_FILED"
	StateHandedOver           State = "HANDED_OVER"
	StateWithdrawn            State = "WITHDRAWN"
	StateProsecuted           State = "PROSECUTED"
	StateResultDue            State = "RESULT_DUE"
	StateJudged               State = "JUDGED"
	StateClosed               State = "CLOSED"
	StateReconsideration      State = "RECONSIDERATION"
	StateSupervisionRequested State = "SUPERVISION_REQUESTED"
	StateReasonsDemanded      State = "REASONS_DEMANDED"
	StateOrderedToFile        State = "ORDERED_TO_FILE"
)

// Event is the name of a move.
type Event string

// The events, in the order of the table.
const (
	EventFormTeam               Event = "form_team"
	EventNotifyPoliceEarly      Event = "notify_police_early"
	EventSubmitReport           Event = "submit_report"
	EventApprove                Event = "approve"
	EventReject                 Event = "reject"
	EventResubmit               Event = "resubmit"
	EventOrderTransfer          Event = "order_transfer"
	EventProcuratorialOpinion   Event = "procuratorial_opinion"
	EventContinueAdmin          Event = "continue_admin"
	EventSend                   Event = "send"
	EventSignReceipt            Event = "sign_receipt"
	EventRequestSupplement      Event = "request_supplement"
	EventSupply                 Event = "supply"
	EventStartReview            Event = "start_review"
	EventForward                Event = "forward"
	EventNotPoliceMatter        Event = "not_police_matter"
	EventExtendReview           Event = "extend_review"
	EventAskFurtherEnquiry      Event = "ask_further_enquiry"
	EventReportPoliceOverdue    Event = "report_police_overdue"
	EventFile                   Event = "file"
	EventDecline                Event = "decline"
	EventHandOver               Event = "hand_over"
	EventJurisdictionChanged    Event = "jurisdiction_changed"
	EventUrge                   Event = "urge"
	EventWithdraw               Event = "withdraw"
	EventProsecute              Event = "prosecute"
	EventNonProsecution         Event = "non_prosecution"
	EventJudge                  Event = "judge"
	EventCourtSendsBack         Event = "court_sends_back"
	EventClose                  Event = "close"
	EventReopen                 Event = "reopen"
	EventReportResult           Event = "report_result"
	EventRequestReconsideration Event = "request_reconsideration"
	EventAffirm                 Event = "affirm"
	EventOverturn               Event = "overturn"
	EventRequestSupervision     Event = "request_supervision"
	EventRefileOnNewFacts       Event = "refile_on_new_facts"
	EventAccept                 Event = "accept"
	EventRequireReasons         Event = "require_reasons"
	EventNoBasis                Event = "no_basis"
	EventExplain                Event = "explain"
	EventReasonsStand           Event = "reasons_stand"
	EventOrderFiling            Event = "order_filing"
	EventCorrect                Event = "correct"
	EventNewFacts               Event = "new_facts"
)

// ClockName names a statutory time limit.
type ClockName string

// The clocks of the referral.
const (
	ClockPrincipalDecision       ClockName = "principal_decision"
	ClockSendDossier             ClockName = "send_dossier"
	ClockPoliceReview            ClockName = "police_review"
	ClockSupply                  ClockName = "supply"
	ClockHandOver                ClockName = "hand_over"
	ClockReconsideration         ClockName = "reconsideration"
	ClockReconsiderationDecision ClockName = "reconsideration_decision"
	ClockSupervisionRequest      ClockName = "supervision_request"
	ClockPoliceExplain           ClockName = "police_explain"
	ClockFileAsOrdered           ClockName = "file_as_ordered"
	ClockReportResult            ClockName = "report_result"
)

// The stages of an administrative case that code names; law/administrative.csv has them all.
const (
	StageLead          State = "LEAD"
	StageNoCase        State = "NO_CASE"
	StagePenaltyReview State = "PENALTY_REVIEW"
	StageClosed        State = "CLOSED"
	StageArchived      State = "ARCHIVED"
)

// Filed says whether an administrative case was filed (APL 54(2)) and has not ended: in the stages before it nothing was decided yet.
func Filed(stage State) bool {
	switch stage {
	case StageLead, "VERIFY", "WARNED", StageNoCase, StageClosed, StageArchived, "":
		return false
	default:
		return true
	}
}

// The events of an administrative case that have a guard of their own.
const (
	CaseInterview      Event = "interview"
	CaseOrderStop      Event = "order_stop"
	CaseNoCase         Event = "no_case"
	CaseRectified      Event = "rectified"
	CaseClose          Event = "close"
	CaseReopen         Event = "reopen"
	CaseDetermine      Event = "determine"
	CaseNotifyPenalty  Event = "notify_penalty"
	CaseRequestHearing Event = "request_hearing"
	CaseNoHearing      Event = "no_hearing"
	CaseHoldHearing    Event = "hold_hearing"
	CaseLegalReview    Event = "legal_review"
	CaseDecide         Event = "decide"
	CaseNoPenalty      Event = "no_penalty"
	CaseNoViolation    Event = "no_violation"
	CaseAskCourt       Event = "ask_court"
)

// The states and events of a measure that code names.
const (
	MeasureRequested State = "REQUESTED"
	MeasureInForce   State = "IN_FORCE"

	MeasureRequest  Event = "request"
	MeasureApprove  Event = "approve"
	MeasureRefuse   Event = "refuse"
	MeasureCarryOut Event = "carry_out"
	MeasureReply    Event = "reply"
	MeasurePolice   Event = "hand_to_police"
)

// The states and events of an objection that code names.
const (
	ObjectionRevoked State = "REVOKED"

	ObjectionSubmit Event = "submit"
	ObjectionAccept Event = "accept"
	ObjectionPassOn Event = "pass_on"
	ObjectionRevoke Event = "revoke"
	ObjectionRevise Event = "revise"
)

// The clocks of the administrative case, its measures and of objections.
const (
	ClockPenaltyDecision ClockName = "penalty_decision"
	ClockHearingRequest  ClockName = "hearing_request"
	ClockService         ClockName = "service"
	ClockPayment         ClockName = "payment"
	ClockSeizure         ClockName = "seizure"
	ClockPreservation    ClockName = "preservation"
	ClockObjectionAccept ClockName = "objection_accept"
	ClockObjectionDecide ClockName = "objection_decide"
)

// The states and events of the handing of a case to another department.
const (
	HandoffDisputed State = "DISPUTED"
	HandoffTaken    State = "TAKEN"
	HandoffAsk      Event = "ask"
	HandoffAccept   Event = "accept"
	HandoffWithdraw Event = "withdraw"
	HandoffDispute  Event = "dispute"
	HandoffAssign   Event = "assign"
	HandoffLeave    Event = "leave"
)

// The states and events of a public bulletin.
const (
	BulletinPublished State = "PUBLISHED"
	BulletinWithdrawn State = "WITHDRAWN"
	BulletinDraft     Event = "draft"
	BulletinChange    Event = "change"
	BulletinClear     Event = "clear"
	BulletinReturn    Event = "return"
	BulletinPublish   Event = "publish"
	BulletinWithdraw  Event = "withdraw"
)
