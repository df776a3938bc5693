package world

import (
	"testing"

	"xiezhi/law"
	"xiezhi/models"
)

// Fields gives what each move of the main line must be given, whole and right.
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
	}
	return in
}

// Doers names the user of the own division who makes each move.
var Doers = map[string]string{"case_handler": "handler_own", "principal": "principal_own", "police_intake": "police_own", "supervisor": "supervisor_own"}

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
	state := w.State(t, ref)
	move, ok := law.FindMove(state, event)
	if !ok {
		t.Fatalf("%s: no move %s from %s", ref, event, state)
	}
	if err := w.Move(t, Doers[move.Actor], ref, event, Fields(event)); err != nil {
		t.Fatalf("%s from %s: %v", event, state, err)
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

// ways gives the events that lead from the team to each state of the main line.
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
}

// Drive opens a case on an alert and brings its referral to a state of the main line.
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

// Reachable lists the states of the main line in the order of the table.
func Reachable() []law.State {
	var list []law.State
	for _, s := range law.States() {
		if _, ok := ways[s]; ok {
			list = append(list, s)
		}
	}
	return list
}
