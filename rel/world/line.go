package world

import (
	"testing"
	"time"

	"xiezhi/law"
	"xiezhi/models"
)

// Fields gives what each move must be given, whole and right.
func Fields(event law.Event) models.ReferralInput {
	in := models.ReferralInput{Fields: map[string]string{}}
	switch event {
	case law.EventSubmitReport:
		in.Fields = map[string]string{"facts": Word("facts"), "offence": "176", "amount": "1200000.00", "people": "151", "loss": "500000"}
	case law.EventResubmit:
		in.Note = Word("reason")
	case law.EventReject, law.EventRequestSupplement:
		in.Reason = Word("missing")
	case law.EventSend:
		in.Fields = map[string]string{"item_list": Word("none"), "expert_report": Word("none")}
	case law.EventSupply:
		in.Note = Word("facts")
	case law.EventFile, law.EventDecline:
		in.Reason = Word("reason")
		in.Fields = map[string]string{"approver": Word("reason"), "number": "2026-17"}
	case law.EventAccept:
		in.Fields = map[string]string{"approver": Word("reason")}
	default:
		laterFields(event, &in)
	}
	return in
}

// laterFields are those of the moves after delivery and of the remedies.
func laterFields(event law.Event, in *models.ReferralInput) {
	reason := func(fields ...string) {
		in.Reason = Word("reason")
		for i := 0; i < len(fields); i += 2 {
			in.Fields[fields[i]] = fields[i+1]
		}
	}
	switch event {
	case law.EventNotifyPoliceEarly:
		in.Note = Word("facts")
	case law.EventOrderTransfer:
		reason("number", "2026-3", "due", "2890-01-01")
	case law.EventForward:
		reason("approver", Word("reason"), "to", Sibling)
	case law.EventJurisdictionChanged:
		reason("to", Sibling)
	case law.EventNotPoliceMatter:
		reason("competent", Word("facts"))
	case law.EventExtendReview, law.EventRequestReconsideration, law.EventOverturn, law.EventRefileOnNewFacts:
		reason("approver", Word("reason"))
	case law.EventHandOver:
		in.Fields["item_list"], in.Fields["receiver"] = Word("none"), Word("company")
	case law.EventNonProsecution:
		reason("due", "2890-01-01")
	case law.EventProcuratorialOpinion, law.EventAskFurtherEnquiry, law.EventWithdraw, law.EventCourtSendsBack, law.EventReopen, law.EventReportResult, law.EventAffirm,
		law.EventRequestSupervision, law.EventNoBasis, law.EventExplain, law.EventReasonsStand, law.EventNewFacts:
		reason()
	}
}

// Sibling and Own are the codes of two police units of the world.
const (
	Own     = "police-440300"
	Sibling = "police-440100"
)

// FieldsFor is Fields with what depends on where the referral is: it goes on to the police unit that does not have it.
func FieldsFor(event law.Event, f models.ReferralFile) models.ReferralInput {
	in := Fields(event)
	if in.Fields["to"] != "" && f.Police.Code == Sibling {
		in.Fields["to"] = Own
	}
	return in
}

// Doer names the user who makes the moves of a role on a referral: of the police, that of the unit which has it.
func Doer(role string, f models.ReferralFile) string {
	if role == "police_intake" && f.Police.Code == Sibling {
		return "police_sibling"
	}
	return Doers[role]
}

// Doers names the user of the own division who makes each move.
var Doers = map[string]string{"case_handler": "handler_own", "principal": "principal_own", "police_intake": "police_own", "supervisor": "supervisor_own",
	"procuratorate_observer": "proc_own"}

// Ripe is how long must pass before a move that waits for a limit to be over.
func Ripe(event law.Event) time.Duration {
	switch event {
	case law.EventReportPoliceOverdue:
		return 12 * 24 * time.Hour
	case law.EventUrge:
		return 93 * 24 * time.Hour
	case law.EventCorrect:
		return 30 * 24 * time.Hour
	default:
		return 0
	}
}

// Case opens a case on an alert by the own supervisor, with two officers.
func (w *World) Case(t testing.TB, alert string) string {
	t.Helper()
	ref, err := w.Store.OpenCase(t.Context(), w.Actor(t, "supervisor_own"), NewCase(alert))
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// NewCase is a right request to open a case.
func NewCase(alerts ...string) models.NewCase {
	return models.NewCase{Alerts: alerts, Title: Word("company"), Officers: []string{"handler_own", "handler2_own"}}
}

// Team starts the referral of a case.
func (w *World) Team(t testing.TB, caseRef string) string {
	t.Helper()
	ref, err := w.Store.FormTeam(t.Context(), w.Actor(t, "supervisor_own"), caseRef, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// Do makes a move as it should be made.
func (w *World) Do(t testing.TB, ref string, event law.Event) {
	t.Helper()
	f, err := w.Store.ReferralFile(t.Context(), Everywhere(), ref)
	if err != nil {
		t.Fatal(err)
	}
	move, ok := law.FindMove(f.State, event)
	if !ok {
		t.Fatalf("%s: no move %s from %s", ref, event, f.State)
	}
	w.Clock.Pass(Ripe(event))
	w.Excuse(t, ref)
	if err := w.Move(t, Doer(move.Actor, f), ref, event, FieldsFor(event, f)); err != nil {
		t.Fatalf("%s from %s: %v", event, f.State, err)
	}
}

// Excuse records the own principal's reason for every duty of the agency on a referral that is past its limit.
func (w *World) Excuse(t testing.TB, ref string) {
	t.Helper()
	f, err := w.Store.ReferralFile(t.Context(), Everywhere(), ref)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range f.Clocks {
		if c.NeedsExcuse(w.Store.Now()) {
			if err := w.Store.ExcuseClock(t.Context(), w.Actor(t, "principal_own"), c.ID, Word("reason")); err != nil {
				t.Fatalf("excuse %s of %s: %v", c.Name, ref, err)
			}
		}
	}
}

// Move tries a move by a user.
func (w *World) Move(t testing.TB, user, ref string, event law.Event, in models.ReferralInput) error {
	t.Helper()
	return w.Store.MoveReferral(t.Context(), w.Actor(t, user), ref, event, in, w.Press)
}

// State gives the state of a referral.
func (w *World) State(t testing.TB, ref string) law.State {
	t.Helper()
	f, err := w.Store.ReferralFile(t.Context(), Everywhere(), ref)
	if err != nil {
		t.Fatal(err)
	}
	return f.State
}

// ways gives the events that lead from the team to each state.
var ways = map[law.State][]law.Event{
	law.StateTeamVerifying:       {},
	law.StatePendingPrincipal:    {law.EventSubmitReport},
	law.StateApproved:            {law.EventSubmitReport, law.EventApprove},
	law.StateNotApproved:         {law.EventSubmitReport, law.EventReject},
	law.StateDelivered:           {law.EventSubmitReport, law.EventApprove, law.EventSend},
	law.StateReceived:            {law.EventSubmitReport, law.EventApprove, law.EventSend, law.EventSignReceipt},
	law.StateSupplementRequested: {law.EventSubmitReport, law.EventApprove, law.EventSend, law.EventSignReceipt, law.EventRequestSupplement},
	law.StateUnderReview:         {law.EventSubmitReport, law.EventApprove, law.EventSend, law.EventSignReceipt, law.EventStartReview},
	law.StateCaseFiled:           {law.EventSubmitReport, law.EventApprove, law.EventSend, law.EventSignReceipt, law.EventStartReview, law.EventFile},
	law.StateNotFiled:            {law.EventSubmitReport, law.EventApprove, law.EventSend, law.EventSignReceipt, law.EventStartReview, law.EventDecline},
	law.StateAdminContinues:      {law.EventSubmitReport, law.EventReject, law.EventContinueAdmin},
	law.StateClosed:              {law.EventSubmitReport, law.EventReject, law.EventContinueAdmin, law.EventClose},

	law.StateForwarded:            received(law.EventForward),
	law.StateNotPoliceMatter:      received(law.EventNotPoliceMatter),
	law.StateHandedOver:           received(law.EventStartReview, law.EventFile, law.EventHandOver),
	law.StateWithdrawn:            received(law.EventStartReview, law.EventFile, law.EventWithdraw),
	law.StateProsecuted:           received(law.EventStartReview, law.EventFile, law.EventHandOver, law.EventProsecute),
	law.StateJudged:               received(law.EventStartReview, law.EventFile, law.EventHandOver, law.EventProsecute, law.EventJudge),
	law.StateResultDue:            received(law.EventStartReview, law.EventFile, law.EventHandOver, law.EventProsecute, law.EventNonProsecution),
	law.StateReconsideration:      received(law.EventStartReview, law.EventDecline, law.EventRequestReconsideration),
	law.StateSupervisionRequested: received(law.EventStartReview, law.EventDecline, law.EventRequestSupervision),
	law.StateReasonsDemanded:      received(law.EventStartReview, law.EventDecline, law.EventRequestSupervision, law.EventRequireReasons),
	law.StateOrderedToFile:        received(law.EventStartReview, law.EventDecline, law.EventRequestSupervision, law.EventRequireReasons, law.EventOrderFiling),
}

// received is the way of a referral that the police have signed for, and on from there.
func received(more ...law.Event) []law.Event {
	return append([]law.Event{law.EventSubmitReport, law.EventApprove, law.EventSend, law.EventSignReceipt}, more...)
}

// Drive opens a case on an alert and brings its referral to a state.
func (w *World) Drive(t testing.TB, alert string, to law.State) string {
	t.Helper()
	way, ok := ways[to]
	if !ok {
		t.Fatalf("no way to %s", to)
	}
	ref := w.Team(t, w.Case(t, alert))
	for _, e := range way {
		w.Do(t, ref, e)
	}
	return ref
}

// Reachable lists the states in the order of the table.
func Reachable() []law.State {
	var list []law.State
	for _, s := range law.States() {
		if _, ok := ways[s]; ok {
			list = append(list, s)
		}
	}
	return list
}
