package law

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestReferralTableHangsTogether(t *testing.T) {
	type key struct {
		from  State
		event Event
	}
	seen := map[key]bool{}
	into := map[State]bool{StateNone: true}
	for _, m := range Moves() {
		k := key{m.From, m.Event}
		if seen[k] {
			t.Errorf("two moves %v", k)
		}
		seen[k] = true
		into[m.To] = true
		if m.Actor == "" || m.To == StateNone {
			t.Errorf("%s %s: no actor, or back to nothing", m.From, m.Event)
		}
		if m.Clock != "" {
			if _, ok := ClockRuleFor(m.Clock); !ok {
				t.Errorf("%s %s starts the unknown clock %s", m.From, m.Event, m.Clock)
			}
		}
		if m.Extends && m.Clock == "" {
			t.Errorf("%s %s extends nothing", m.From, m.Event)
		}
		for _, c := range m.Ends {
			if _, ok := ClockRuleFor(c); !ok {
				t.Errorf("%s %s ends the unknown clock %s", m.From, m.Event, c)
			}
		}
		if (m.Basis == "") != (len(m.Articles) == 0) {
			t.Errorf("%s %s: basis %q with articles %v", m.From, m.Event, m.Basis, m.Articles)
		}
	}
	for _, s := range States() {
		if !into[s] {
			t.Errorf("state %s is not reached", s)
		}
		if Terminal(s) != (s == StateClosed) {
			t.Errorf("state %s: terminal %v", s, Terminal(s))
		}
	}
	if len(Moves()) != 54 || len(States()) != 23 {
		t.Errorf("%d moves, %d states", len(Moves()), len(States()))
	}
}

// The wording "within" names the clock that the move ends in brackets: it must be one the row does end.
func TestWithinNamesAClockThatTheMoveEnds(t *testing.T) {
	for _, m := range Moves() {
		for _, r := range ClockRules() {
			if strings.Contains(m.Within, "("+string(r.Name)+")") && !slices.Contains(m.Ends, r.Name) {
				t.Errorf("%s %s is within %q and does not end it", m.From, m.Event, m.Within)
			}
		}
		if _, name, ok := strings.Cut(m.Within, "("); ok {
			name, _, _ = strings.Cut(name, ")")
			if _, known := ClockRuleFor(ClockName(name)); !known {
				t.Errorf("%s %s: within names the unknown clock %q", m.From, m.Event, name)
			}
		}
	}
}

func TestEveryStateIsReachableFromTheStart(t *testing.T) {
	reached, queue := map[State]bool{}, []State{StateNone}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, m := range MovesFrom(at) {
			if !reached[m.To] {
				reached[m.To] = true
				queue = append(queue, m.To)
			}
		}
	}
	if len(reached) != len(States()) {
		t.Errorf("reached %d of %d states", len(reached), len(States()))
	}
}

func TestRandomWalksKeepTheClocksInOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 11))
	state, running := StateNone, map[ClockName]bool{}
	for step := range 100_000 {
		options := MovesFrom(state)
		if len(options) == 0 {
			if state != StateClosed || len(running) > 0 {
				t.Fatalf("step %d: stopped in %s with %v running", step, state, running)
			}
			state = StateNone
			continue
		}
		m := options[rng.IntN(len(options))]
		if found, ok := FindMove(state, m.Event); !ok || found.To != m.To {
			t.Fatalf("step %d: %s %s is not in the table", step, state, m.Event)
		}
		for _, c := range m.Ends {
			delete(running, c)
		}
		if m.Clock != "" {
			if running[m.Clock] != m.Extends {
				t.Fatalf("step %d: %s %s: %s running %v, extends %v", step, state, m.Event, m.Clock, running[m.Clock], m.Extends)
			}
			running[m.Clock] = true
		}
		state = m.To
		assertClocks(t, step, state, running)
	}
}

// assertClocks names, for the states that have one, the clock that must run there.
func assertClocks(t *testing.T, step int, state State, running map[ClockName]bool) {
	t.Helper()
	must := map[State]ClockName{
		StatePendingPrincipal: ClockPrincipalDecision, StateApproved: ClockSendDossier, StateReceived: ClockPoliceReview,
		StateSupplementRequested: ClockSupply, StateUnderReview: ClockPoliceReview, StateCaseFiled: ClockHandOver,
		StateReconsideration: ClockReconsiderationDecision, StateReasonsDemanded: ClockPoliceExplain, StateOrderedToFile: ClockFileAsOrdered,
		StateResultDue: ClockReportResult,
	}
	if c, ok := must[state]; ok && !running[c] {
		t.Fatalf("step %d: %s without %s", step, state, c)
	}
	if state == StateSupplementRequested && !running[ClockPoliceReview] {
		t.Fatalf("step %d: the review clock stands still during a supplement", step)
	}
	if state == StateClosed && len(running) > 0 {
		t.Fatalf("step %d: closed with %v running", step, running)
	}
}

func TestMovesFor(t *testing.T) {
	tests := []struct {
		state State
		role  string
		want  []Event
	}{
		{StateNone, "supervisor", []Event{EventFormTeam}},
		{StateNone, "case_handler", nil},
		{StatePendingPrincipal, "principal", []Event{EventApprove, EventReject}},
		{StateReceived, "police_intake", []Event{EventRequestSupplement, EventForward, EventNotPoliceMatter, EventStartReview}},
		{StateUnderReview, "police_intake", []Event{EventExtendReview, EventAskFurtherEnquiry, EventFile, EventDecline}},
		{StateUnderReview, "procuratorate_observer", nil},
		{StateNotFiled, "case_handler", []Event{EventRequestReconsideration, EventRequestSupervision, EventAccept}},
		{StateClosed, "case_handler", nil},
		{State("NOWHERE"), "case_handler", nil},
	}
	for _, tt := range tests {
		var got []Event
		for _, m := range MovesFor(tt.state, tt.role) {
			got = append(got, m.Event)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("MovesFor(%s, %s) = %v", tt.state, tt.role, got)
		}
	}
	if _, ok := FindMove(StateClosed, EventApprove); ok {
		t.Error("a closed referral can be approved")
	}
}

func TestCallersCannotChangeTheTable(t *testing.T) {
	Moves()[0].To = StateClosed
	MovesFrom(StateNone)[0].To = StateClosed
	if m, _ := FindMove(StateNone, EventFormTeam); m.To != StateTeamVerifying {
		t.Error("the table was changed from outside")
	}
}
