package models_test

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/rel/world"
)

// moment reads an instant of China.
func moment(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, models.China)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// step is a verb of the line at a moment, and the clocks that stand afterwards: name, due instant in China, state.
type step struct {
	at    string
	event law.Event
	state law.State
	clock []string
}

func clocksOf(f models.ReferralFile, now models.Instant) []string {
	var list []string
	for _, c := range f.Clocks {
		list = append(list, c.Name+" "+c.DueAt.Time().In(models.China).Format("2006-01-02 15:04")+" "+string(c.State(now)))
	}
	return list
}

// theLine is the main line: the report on a Friday, so that its three days end on Monday, the approval on that Friday at 23:59.
var theLine = []step{
	{"2026-11-20 17:30", law.EventSubmitReport, law.StatePendingPrincipal, []string{"principal_decision 2026-11-24 00:00 running"}},
	{"2026-11-20 23:59", law.EventApprove, law.StateApproved, []string{"principal_decision 2026-11-24 00:00 done_in_time", "send_dossier 2026-11-21 23:59 running"}},
	{"2026-11-21 23:59", law.EventSend, law.StateDelivered, []string{"principal_decision 2026-11-24 00:00 done_in_time", "send_dossier 2026-11-21 23:59 done_in_time"}},
	{"2026-11-23 10:00", law.EventSignReceipt, law.StateReceived, []string{"principal_decision 2026-11-24 00:00 done_in_time", "send_dossier 2026-11-21 23:59 done_in_time",
		"police_review 2026-11-27 00:00 running"}},
	{"2026-11-23 11:00", law.EventRequestSupplement, law.StateSupplementRequested, []string{"principal_decision 2026-11-24 00:00 done_in_time", "send_dossier 2026-11-21 23:59 done_in_time",
		"police_review 2026-11-27 00:00 running", "supply 2026-11-27 00:00 running"}},
	{"2026-11-25 09:00", law.EventSupply, law.StateReceived, []string{"principal_decision 2026-11-24 00:00 done_in_time", "send_dossier 2026-11-21 23:59 done_in_time",
		"police_review 2026-11-27 00:00 running", "supply 2026-11-27 00:00 done_in_time"}},
	{"2026-11-26 09:00", law.EventStartReview, law.StateUnderReview, []string{"principal_decision 2026-11-24 00:00 done_in_time", "send_dossier 2026-11-21 23:59 done_in_time",
		"police_review 2026-11-27 00:00 soon", "supply 2026-11-27 00:00 done_in_time"}},
	{"2026-11-27 00:00", law.EventFile, law.StateCaseFiled, []string{"principal_decision 2026-11-24 00:00 done_in_time", "send_dossier 2026-11-21 23:59 done_in_time",
		"police_review 2026-11-27 00:00 done_late", "supply 2026-11-27 00:00 done_in_time", "hand_over 2026-12-01 00:00 running"}},
}

// theRefusal is the second run: refused, reported anew, sent late, declined by the police, accepted and closed.
var theRefusal = []step{
	{"2026-09-29 10:00", law.EventSubmitReport, law.StatePendingPrincipal, []string{"principal_decision 2026-10-09 00:00 running"}},
	{"2026-09-30 10:00", law.EventReject, law.StateNotApproved, []string{"principal_decision 2026-10-09 00:00 done_in_time"}},
	{"2026-10-12 10:00", law.EventResubmit, law.StatePendingPrincipal, []string{"principal_decision 2026-10-09 00:00 done_in_time", "principal_decision 2026-10-16 00:00 running"}},
	{"2026-10-12 23:59", law.EventApprove, law.StateApproved, []string{"principal_decision 2026-10-09 00:00 done_in_time", "principal_decision 2026-10-16 00:00 done_in_time",
		"send_dossier 2026-10-13 23:59 running"}},
	{"2026-10-14 00:00", law.EventSend, law.StateDelivered, []string{"principal_decision 2026-10-09 00:00 done_in_time", "principal_decision 2026-10-16 00:00 done_in_time",
		"send_dossier 2026-10-13 23:59 done_late"}},
	{"2026-10-14 09:00", law.EventSignReceipt, law.StateReceived, []string{"principal_decision 2026-10-09 00:00 done_in_time", "principal_decision 2026-10-16 00:00 done_in_time",
		"send_dossier 2026-10-13 23:59 done_late", "police_review 2026-10-20 00:00 running"}},
	{"2026-10-15 09:00", law.EventStartReview, law.StateUnderReview, []string{"principal_decision 2026-10-09 00:00 done_in_time", "principal_decision 2026-10-16 00:00 done_in_time",
		"send_dossier 2026-10-13 23:59 done_late", "police_review 2026-10-20 00:00 running"}},
	{"2026-10-16 09:00", law.EventDecline, law.StateNotFiled, []string{"principal_decision 2026-10-09 00:00 done_in_time", "principal_decision 2026-10-16 00:00 done_in_time",
		"send_dossier 2026-10-13 23:59 done_late", "police_review 2026-10-20 00:00 done_in_time", "reconsideration 2026-10-20 00:00 running"}},
	{"2026-10-19 09:00", law.EventAccept, law.StateAdminContinues, []string{"principal_decision 2026-10-09 00:00 done_in_time", "principal_decision 2026-10-16 00:00 done_in_time",
		"send_dossier 2026-10-13 23:59 done_late", "police_review 2026-10-20 00:00 done_in_time", "reconsideration 2026-10-20 00:00 done_in_time"}},
	{"2026-10-19 10:00", law.EventClose, law.StateClosed, []string{"principal_decision 2026-10-09 00:00 done_in_time", "principal_decision 2026-10-16 00:00 done_in_time",
		"send_dossier 2026-10-13 23:59 done_late", "police_review 2026-10-20 00:00 done_in_time", "reconsideration 2026-10-20 00:00 done_in_time"}},
}

// walkLine goes from the new alert to the end of a list of steps and gives the referral's file.
func walkLine(t *testing.T, w *world.World, line []step) models.ReferralFile {
	t.Helper()
	ctx, alert := t.Context(), w.Alert(t)
	w.Clock.Set(moment(t, line[0].at).Add(-24 * time.Hour))
	duty := w.Actor(t, "duty_own")
	if err := w.Store.AcceptAlert(ctx, duty, alert, 1); err != nil {
		t.Fatal(err)
	}
	if err := w.Store.ProposeCase(ctx, duty, alert, world.Word("reason"), 2); err != nil {
		t.Fatal(err)
	}
	ref := w.Team(t, w.Case(t, alert))
	events := []string{"form_team"}
	for _, s := range line {
		w.Clock.Set(moment(t, s.at))
		w.Do(t, ref, s.event)
		events = append(events, string(s.event))
		f := readFile(t, w, ref)
		if f.State != s.state {
			t.Fatalf("after %s the state is %s", s.event, f.State)
		}
		if diff := cmp.Diff(s.clock, clocksOf(f, w.Store.Now())); diff != "" {
			t.Errorf("clocks after %s: -want +got:\n%s", s.event, diff)
		}
	}
	f := readFile(t, w, ref)
	told := make([]string, 0, len(f.Events))
	for _, e := range f.Events {
		if e.Event != "clock_excused" {
			told = append(told, e.Event)
		}
	}
	if diff := cmp.Diff(events, told); diff != "" {
		t.Errorf("the story: -want +got:\n%s", diff)
	}
	if f.Version != int64(len(events)) {
		t.Errorf("version %d after %d moves", f.Version, len(events))
	}
	checkDocuments(t, w, f)
	w.Sound(t)
	return f
}

func readFile(t *testing.T, w *world.World, ref string) models.ReferralFile {
	t.Helper()
	f, err := w.Store.ReferralFile(t.Context(), world.Everywhere(), ref)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func checkDocuments(t *testing.T, w *world.World, f models.ReferralFile) {
	t.Helper()
	for _, d := range f.Documents {
		full, err := w.Store.ReferralDocument(t.Context(), w.Actor(t, "handler_own"), f.Referral.Ref, d.Kind)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(full.Content)
		if hex.EncodeToString(sum[:]) != d.SHA256 || full.Pages < 1 || string(full.Content[:5]) != "%PDF-" {
			t.Errorf("%s: stored digest %s, %d pages", d.Kind, d.SHA256, full.Pages)
		}
	}
}

func TestLine(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		f := walkLine(t, w, theLine)
		want := []string{"report 1 ", "letter 1 深金处非移〔2026〕第1号", "receipt 1 深金处非移〔2026〕第1号", "supplement 1 深金处非移〔2026〕补第1号"}
		var got []string
		for _, d := range f.Documents {
			got = append(got, d.Kind+" 1 "+d.Number)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("documents: -want +got:\n%s", diff)
		}
		if f.Authority.Code != "lead-440300" || f.Police.Code != "police-440300" || f.Procuratorate == nil || f.Procuratorate.Code != "proc-440300" {
			t.Errorf("offices %s %s %v", f.Authority.Code, f.Police.Code, f.Procuratorate)
		}
		if len(f.Officers) != 2 || f.Officers[0].EnforcementNumber == "" {
			t.Errorf("team %+v", f.Officers)
		}
	})
}

func TestRefusalAndClose(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		f := walkLine(t, w, theRefusal)
		kinds := map[string]int{}
		for _, d := range f.Documents {
			kinds[d.Kind] = d.Revision
		}
		if diff := cmp.Diff(map[string]int{"report": 2, "letter": 1, "receipt": 1, "not_approved": 1}, kinds); diff != "" {
			t.Errorf("documents: -want +got:\n%s", diff)
		}
		file, err := w.Store.CaseFile(t.Context(), w.Actor(t, "supervisor_own"), f.CaseRef)
		if err != nil || file.Status != models.CaseClosed || file.ClosedAt.IsZero() || len(file.Alerts) != 1 {
			t.Fatalf("case %+v: %v", file.Case, err)
		}
		if al := file.Alerts[0]; al.Status != models.AlertClosed || al.Open {
			t.Errorf("the alert is %s, open %t", al.Status, al.Open)
		}
	})
}

// Each second letter of an office gets the next number, each year begins anew, and a letter that failed leaves no gap.
func TestLetterNumbers(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		var numbers []string
		for i, alert := range w.Raise(t, "440304", 4) {
			if i == 3 {
				w.Clock.Set(moment(t, "2027-01-04 09:00"))
			}
			ref := w.Drive(t, alert, law.StateApproved)
			bad := world.Fields(law.EventSend)
			bad.Fields["item_list"] = "\U000F0000" // a character that no font has
			world.IsKind(t, "a letter that cannot be printed", w.Move(t, "handler_own", ref, law.EventSend, bad), models.KindInvalid)
			w.Do(t, ref, law.EventSend)
			d, err := w.Store.ReferralDocument(t.Context(), w.Actor(t, "police_own"), ref, models.DocumentLetter)
			if err != nil {
				t.Fatal(err)
			}
			numbers = append(numbers, d.Number)
		}
		want := []string{"深金处非移〔2026〕第1号", "深金处非移〔2026〕第2号", "深金处非移〔2026〕第3号", "深金处非移〔2027〕第1号"}
		if !slices.Equal(want, numbers) {
			t.Errorf("numbers %v", numbers)
		}
	})
}
