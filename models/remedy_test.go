package models_test

import (
	"slices"
	"testing"
	"time"

	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/rel/world"
)

// required are the fields that each move after delivery, and each remedy, cannot do without.
var required = map[law.Event][]string{
	law.EventOrderTransfer: {"number", "due", "reason"}, law.EventProcuratorialOpinion: {"reason"}, law.EventForward: {"approver", "to", "reason"},
	law.EventNotPoliceMatter: {"competent", "reason"}, law.EventExtendReview: {"approver", "reason"}, law.EventAskFurtherEnquiry: {"reason"},
	law.EventJurisdictionChanged: {"reason"}, law.EventHandOver: {"item_list", "receiver"}, law.EventWithdraw: {"reason"}, law.EventNonProsecution: {"due", "reason"},
	law.EventCourtSendsBack: {"reason"}, law.EventReopen: {"reason"}, law.EventReportResult: {"reason"}, law.EventRequestReconsideration: {"approver", "reason"},
	law.EventAffirm: {"reason"}, law.EventOverturn: {"approver", "reason"}, law.EventRequestSupervision: {"reason"}, law.EventRefileOnNewFacts: {"approver", "reason"},
	law.EventNoBasis: {"reason"}, law.EventExplain: {"reason"}, law.EventNewFacts: {"reason"}, law.EventNotifyPoliceEarly: {"note"},
}

// Each required field is asked for by name, and nothing changes without it.
func TestMissingFieldsOfRemedies(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		states := world.Reachable()
		alerts := w.Raise(t, "440304", len(states))
		for i, state := range states {
			ref := w.Drive(t, alerts[i], state)
			f := readFile(t, w, ref)
			for _, m := range law.MovesFrom(state) {
				for _, field := range required[m.Event] {
					if world.Ripe(m.Event) > 0 {
						continue
					}
					in := world.FieldsFor(m.Event, f)
					switch field {
					case "reason":
						in.Reason = " "
					case "note":
						in.Note = " "
					default:
						in.Fields[field] = " "
					}
					before := w.Hashes(t)
					wants(t, string(state)+" "+string(m.Event), w.Move(t, world.Doer(m.Actor, f), ref, m.Event, in), field, "error.required")
					w.Unchanged(t, before, string(m.Event)+" without "+field)
				}
			}
		}
	})
}

// A move whose time has not come is refused with what it waits for, is not offered, and is made once the time has come.
func TestMovesThatWait(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		alerts := w.Raise(t, "440304", 4)
		for i, c := range []struct {
			state law.State
			event law.Event
			key   string
		}{{law.StateUnderReview, law.EventReportPoliceOverdue, "error.police_not_overdue"}, {law.StateCaseFiled, law.EventUrge, "error.urge_early"}, {law.StateOrderedToFile, law.EventCorrect, "error.order_not_overdue"}} {
			ref := w.Drive(t, alerts[i], c.state)
			f := readFile(t, w, ref)
			move, _ := law.FindMove(c.state, c.event)
			doer := world.Doer(move.Actor, f)
			before := w.Hashes(t)
			wants(t, string(c.event), w.Move(t, doer, ref, c.event, world.Fields(c.event)), "clock", c.key)
			w.Unchanged(t, before, string(c.event)+" too early")
			if mine := file(t, w, doer, ref); slices.Contains(mine.Moves, c.event) || mine.Barred[c.event] != c.key {
				t.Errorf("%s is offered too early: %v %v", c.event, mine.Moves, mine.Barred)
			}
			w.Do(t, ref, c.event) // waits as long as it must
		}
		ref := w.Drive(t, alerts[3], law.StateSupervisionRequested)
		wants(t, "an order without reasons heard", w.Move(t, "proc_own", ref, law.EventOrderFiling, world.Fields(law.EventOrderFiling)), "clock", "error.not_explained")
		w.Do(t, ref, law.EventRequireReasons)
		w.Do(t, ref, law.EventExplain)
		w.Do(t, ref, law.EventOrderFiling)
		w.Do(t, ref, law.EventFile)
	})
}

func file(t *testing.T, w *world.World, user, ref string) models.ReferralFile {
	t.Helper()
	f, err := w.Store.ReferralFile(t.Context(), w.Actor(t, user), ref)
	if err != nil {
		t.Fatalf("%s reads %s: %v", user, ref, err)
	}
	return f
}

// A forwarded referral is the other unit's to sign and to decide; the first keeps its sight and its hands off; nobody else sees it.
func TestForward(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ref := w.Drive(t, w.Alert(t), law.StateReceived)
		if _, err := w.Store.ReferralFile(t.Context(), w.Actor(t, "police_sibling"), ref); models.KindOf(err) != models.KindNotFound {
			t.Fatalf("another unit sees it before: %v", err)
		}
		in := world.Fields(law.EventForward)
		for _, to := range []string{world.Own, "lead-440100", "nowhere"} {
			in.Fields["to"] = to
			wants(t, to, w.Move(t, "police_own", ref, law.EventForward, in), "to", "error.police_unit")
		}
		w.Do(t, ref, law.EventForward)
		if f := file(t, w, "police_own", ref); len(f.Moves) != 0 {
			t.Errorf("the first unit may still %v", f.Moves)
		}
		if f := file(t, w, "police_sibling", ref); !slices.Equal(f.Moves, []law.Event{law.EventSignReceipt}) {
			t.Errorf("the second unit may %v", f.Moves)
		}
		if _, err := w.Store.ReferralFile(t.Context(), w.Actor(t, "police_other"), ref); models.KindOf(err) != models.KindNotFound {
			t.Errorf("a third unit sees it: %v", err)
		}
		w.Do(t, ref, law.EventSignReceipt)
		w.Do(t, ref, law.EventStartReview)
		w.Do(t, ref, law.EventFile)
		if f := file(t, w, "handler_own", ref); f.State != law.StateCaseFiled || f.Police.Code != world.Sibling {
			t.Errorf("%s with %s", f.State, f.Police.Code)
		}
	})
}

// Reconsideration is used once; after that supervision and acceptance remain. A late request waits for the principal's reason.
func TestReconsiderationOnce(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		alerts := w.Raise(t, "440304", 2)
		ref := w.Drive(t, alerts[0], law.StateReconsideration)
		w.Do(t, ref, law.EventAffirm)
		f := file(t, w, "handler_own", ref)
		if want := []law.Event{law.EventRequestSupervision, law.EventAccept}; !slices.Equal(f.Moves, want) {
			t.Errorf("after the decision: %v", f.Moves)
		}
		wants(t, "again", w.Move(t, "handler_own", ref, law.EventRequestReconsideration, world.Fields(law.EventRequestReconsideration)), "clock", "error.remedy_used")
		late := w.Drive(t, alerts[1], law.StateNotFiled)
		w.Clock.Pass(8 * 24 * time.Hour)
		wants(t, "late without the principal's reason", w.Move(t, "handler_own", late, law.EventRequestReconsideration, world.Fields(law.EventRequestReconsideration)), "clock", "error.late_needs_principal")
		w.Do(t, late, law.EventRequestReconsideration)
		if d, err := w.Store.ReferralDocument(t.Context(), w.Actor(t, "handler_own"), late, models.DocumentReconsideration); err != nil || d.Number == "" || d.Pages == 0 {
			t.Errorf("the request: %+v %v", d.Number, err)
		}
	})
}

// The police's review goes on to its outer lines, each before the one before has passed, three times and no more.
func TestExtendReview(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ref := w.Drive(t, w.Alert(t), law.StateUnderReview)
		review := func() models.Clock {
			f := file(t, w, "police_own", ref)
			i := slices.IndexFunc(f.Clocks, func(c models.Clock) bool { return c.Name == "police_review" && c.EndedAt.IsZero() })
			return f.Clocks[i]
		}
		due, err := review().Due()
		if err != nil {
			t.Fatal(err)
		}
		for line, at := range due.OuterAt {
			w.Do(t, ref, law.EventExtendReview)
			if got := review(); !got.DueAt.Time().Equal(at) || got.State(models.At(at.Add(-time.Minute))) == law.ClockLate || got.State(models.At(at)) != law.ClockLate {
				t.Errorf("line %d is due %s, want %s", line, got.DueAt, at)
			}
		}
		wants(t, "a fourth time", w.Move(t, "police_own", ref, law.EventExtendReview, world.Fields(law.EventExtendReview)), "clock", "error.extension_used")
		late := w.Drive(t, w.Raise(t, "440304", 2)[1], law.StateUnderReview)
		w.Clock.Pass(12 * 24 * time.Hour)
		wants(t, "too late", w.Move(t, "police_own", late, law.EventExtendReview, world.Fields(law.EventExtendReview)), "clock", "error.extension_late")
	})
}

// A limit that a paper sets ends with its day; one that a paper leaves open runs without an end, and is never late.
func TestLimitsThatPapersSet(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		alerts := w.Raise(t, "440304", 3)
		clock := func(ref, name string) models.Clock {
			f := readFile(t, w, ref)
			i := slices.IndexFunc(f.Clocks, func(c models.Clock) bool { return c.Name == name && c.EndedAt.IsZero() })
			if i < 0 {
				t.Fatalf("%s: no clock %s runs", ref, name)
			}
			return f.Clocks[i]
		}
		ordered := w.Drive(t, alerts[0], law.StateNotApproved)
		in := world.Fields(law.EventOrderTransfer)
		for _, wrong := range []string{"tomorrow", "2026-02-30", "2020-01-01"} {
			in.Fields["due"] = wrong
			if err := w.Move(t, "principal_own", ordered, law.EventOrderTransfer, in); models.KindOf(err) != models.KindInvalid {
				t.Errorf("due %s: %v", wrong, err)
			}
		}
		in.Fields["due"] = "2026-12-31"
		if err := w.Move(t, "principal_own", ordered, law.EventOrderTransfer, in); err != nil {
			t.Fatal(err)
		}
		if got := clock(ordered, "send_dossier").DueAt; !got.Time().Equal(time.Date(2027, 1, 1, 0, 0, 0, 0, models.China)) {
			t.Errorf("the order is due %s", got)
		}
		open := w.Drive(t, alerts[1], law.StateJudged)
		w.Do(t, open, law.EventCourtSendsBack)
		w.Clock.Pass(1000 * 24 * time.Hour)
		if c := clock(open, "report_result"); !c.DueAt.IsZero() || c.State(w.Store.Now()) != law.ClockRunning {
			t.Errorf("a limit without a day: %s %s", c.DueAt, c.State(w.Store.Now()))
		}
		w.Do(t, open, law.EventReportResult)
		if f := readFile(t, w, open); f.State != law.StateClosed {
			t.Error(f.State)
		}
	})
}

// A referral that begins again is the agency's alone until it is sent again, with a letter of its own.
func TestNewFacts(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ref := w.Drive(t, w.Alert(t), law.StateNotFiled)
		w.Do(t, ref, law.EventAccept)
		w.Do(t, ref, law.EventNewFacts)
		for _, name := range []string{"police_own", "proc_own"} {
			if _, err := w.Store.ReferralFile(t.Context(), w.Actor(t, name), ref); models.KindOf(err) != models.KindNotFound {
				t.Errorf("%s sees what is found anew: %v", name, err)
			}
		}
		for _, e := range []law.Event{law.EventSubmitReport, law.EventApprove, law.EventSend, law.EventSignReceipt, law.EventStartReview, law.EventFile, law.EventHandOver,
			law.EventProsecute, law.EventJudge, law.EventClose} {
			w.Do(t, ref, e)
		}
		d, err := w.Store.ReferralDocument(t.Context(), w.Actor(t, "police_own"), ref, models.DocumentLetter)
		if err != nil || d.Revision != 2 {
			t.Errorf("letter revision %d: %v", d.Revision, err)
		}
		w.Sound(t)
	})
}
