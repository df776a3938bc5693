package models_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/rel/world"
)

// fieldsOf gives what an error says of each field.
func fieldsOf(err error) map[string]string {
	var e *models.Error
	if errors.As(err, &e) {
		return e.Fields
	}
	return nil
}

// wants fails the test unless the error is Invalid with the key at the field.
func wants(t *testing.T, what string, err error, field, key string) {
	t.Helper()
	if models.KindOf(err) != models.KindInvalid || fieldsOf(err)[field] != key {
		t.Errorf("%s: want %s at %s, got %v", what, key, field, err)
	}
}

// The author of a report is not its approver, and only the recorded principal of the office decides.
func TestWhoApproves(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, boss := t.Context(), models.System("test")
		ref := w.Drive(t, w.Alert(t), law.StatePendingPrincipal)
		if err := w.Store.GrantRole(ctx, boss, "handler_own", models.RolePrincipal, "440300"); err != nil {
			t.Fatal(err)
		}
		before := w.Hashes(t)
		for _, event := range []law.Event{law.EventApprove, law.EventReject} {
			wants(t, "without appointment", w.Move(t, "principal_unappointed", ref, event, world.Fields(event)), "actor", "error.not_appointed")
			wants(t, "appointed elsewhere", w.Move(t, "principal_parent", ref, event, world.Fields(event)), "actor", "error.not_appointed")
		}
		w.Unchanged(t, before, "refused decisions")
		appoint := func(name, kind string, from, until models.Date) {
			t.Helper()
			if err := w.Store.Appoint(ctx, boss, name, kind, "TEST-2", from, until); err != nil {
				t.Fatal(err)
			}
		}
		appoint("handler_own", "in_charge", "2026-01-01", "")
		wants(t, "the author", w.Move(t, "handler_own", ref, law.EventApprove, models.ReferralInput{}), "actor", "error.author_is_approver")
		wants(t, "the author", w.Move(t, "handler_own", ref, law.EventReject, world.Fields(law.EventReject)), "actor", "error.author_is_approver")
		appoint("principal_unappointed", "in_charge", "2026-11-03", "2026-11-03")
		for day, ok := range map[string]bool{"2026-11-02 23:59": false, "2026-11-04 00:00": false} {
			w.Clock.Set(moment(t, day))
			if err := w.Move(t, "principal_unappointed", ref, law.EventApprove, models.ReferralInput{}); (err == nil) != ok {
				t.Errorf("in charge on %s: %v", day, err)
			}
		}
		w.Clock.Set(moment(t, "2026-11-03 23:59"))
		if err := w.Move(t, "principal_unappointed", ref, law.EventApprove, models.ReferralInput{}); err != nil {
			t.Errorf("in charge on the day: %v", err)
		}
	})
}

// Two officers with enforcement numbers, of that place, none recused.
func TestTeams(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, sup, alert := t.Context(), w.Actor(t, "supervisor_own"), w.Alert(t)
		teams := []struct {
			officers []string
			key      string
		}{
			{nil, "error.officers_two"},
			{[]string{"handler_own"}, "error.officers_two"},
			{[]string{"handler_own", "handler_own"}, "error.officers_two"},
			{[]string{"handler_own", "handler_nonumber"}, "error.officer_number"},
			{[]string{"handler_own", "handler_sibling"}, "error.officer_not_here"},
			{[]string{"handler_own", "handler_other"}, "error.officer_not_here"},
			{[]string{"handler_own", "handler_child"}, "error.officer_not_here"},
			{[]string{"handler_own", "duty_own"}, "error.officer_not_here"},
			{[]string{"handler_own", "nobody"}, "error.officer_not_here"},
		}
		before := w.Hashes(t)
		for _, c := range teams {
			in := world.NewCase(alert)
			in.Officers = c.officers
			_, err := w.Store.OpenCase(ctx, sup, in)
			wants(t, strings.Join(c.officers, "+"), err, "officers", c.key)
		}
		for _, title := range []string{"", " x ", strings.Repeat("x", 201), "a\x00b"} {
			in := world.NewCase(alert)
			in.Title = title
			if _, err := w.Store.OpenCase(ctx, sup, in); fieldsOf(err)["title"] == "" {
				t.Errorf("title %.10q: %v", title, err)
			}
		}
		late := world.NewCase(alert)
		late.Deadline = "2026-11-01"
		_, err := w.Store.OpenCase(ctx, sup, late)
		wants(t, "deadline", err, "deadline", "error.deadline_past")
		w.Unchanged(t, before, "refused cases")
		cs := w.Case(t, alert)
		before = w.Hashes(t)
		for _, c := range teams[1:] {
			_, err := w.Store.FormTeam(ctx, sup, cs, c.officers, 0)
			wants(t, strings.Join(c.officers, "+"), err, "officers", c.key)
		}
		_, err = w.Store.FormTeam(ctx, sup, cs, nil, 99)
		world.IsKind(t, "stale", err, models.KindConflict)
		w.Unchanged(t, before, "refused teams")
		w.Exec(t, "UPDATE case_officers SET recused_at = assigned_at WHERE user_id = (SELECT id FROM users WHERE name = 'handler2_own')")
		_, err = w.Store.FormTeam(ctx, sup, cs, []string{"handler_own", "handler2_own"}, 0)
		wants(t, "recused", err, "officers", "error.officer_recused")
		_, err = w.Store.FormTeam(ctx, sup, cs, nil, 0)
		wants(t, "one left", err, "officers", "error.officers_two")
		if _, err := w.Store.FormTeam(ctx, sup, cs, []string{"handler_own", "handler3_own"}, 0); err != nil {
			t.Error(err)
		}
		_, err = w.Store.FormTeam(ctx, sup, cs, []string{"handler_own", "handler3_own"}, 0)
		world.IsKind(t, "a second referral of a case", err, models.KindNotAMove)
	})
}

// Each move lacks one thing at a time; a move with a fault changes nothing.
func TestMissingFields(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		alerts := w.Raise(t, "440304", 9)
		cases := []struct {
			state  law.State
			event  law.Event
			spoil  func(in *models.ReferralInput)
			field  string
			reason string
		}{
			{law.StateTeamVerifying, law.EventSubmitReport, func(in *models.ReferralInput) { in.Fields["facts"] = "  " }, "facts", "error.required"},
			{law.StateTeamVerifying, law.EventSubmitReport, func(in *models.ReferralInput) { delete(in.Fields, "offence") }, "offence", "error.required"},
			{law.StateTeamVerifying, law.EventSubmitReport, func(in *models.ReferralInput) { in.Fields["amount"] = "1.234" }, "amount", "error.amount"},
			{law.StateTeamVerifying, law.EventSubmitReport, func(in *models.ReferralInput) { in.Fields["amount"] = "-1" }, "amount", "error.amount"},
			{law.StateTeamVerifying, law.EventSubmitReport, func(in *models.ReferralInput) { in.Fields["people"] = "-1" }, "people", "error.count"},
			{law.StateTeamVerifying, law.EventSubmitReport, func(in *models.ReferralInput) { in.Fields["loss"] = "99999999999999999999" }, "loss", "error.amount"},
			{law.StateTeamVerifying, law.EventSubmitReport, func(in *models.ReferralInput) { in.Fields["facts"] = "a\x00b" }, "facts", "error.characters"},
			{law.StatePendingPrincipal, law.EventReject, func(in *models.ReferralInput) { in.Reason = " " }, "reason", "error.required"},
			{law.StateNotApproved, law.EventResubmit, func(in *models.ReferralInput) { in.Note = "" }, "facts", "error.resubmit_new"},
			{law.StateApproved, law.EventSend, func(in *models.ReferralInput) { in.Fields["item_list"] = "" }, "item_list", "error.required"},
			{law.StateApproved, law.EventSend, func(in *models.ReferralInput) { in.Fields["expert_report"] = "" }, "expert_report", "error.required"},
			{law.StateReceived, law.EventRequestSupplement, func(in *models.ReferralInput) { in.Reason = "" }, "reason", "error.required"},
			{law.StateSupplementRequested, law.EventSupply, func(in *models.ReferralInput) { in.Note = "" }, "note", "error.supply_something"},
			{law.StateUnderReview, law.EventFile, func(in *models.ReferralInput) { in.Fields["approver"] = "" }, "approver", "error.required"},
			{law.StateUnderReview, law.EventFile, func(in *models.ReferralInput) { in.Fields["number"] = "" }, "number", "error.required"},
			{law.StateUnderReview, law.EventDecline, func(in *models.ReferralInput) { in.Reason = "" }, "reason", "error.required"},
			{law.StateNotFiled, law.EventAccept, func(in *models.ReferralInput) { in.Fields["approver"] = "" }, "approver", "error.required"},
		}
		at := map[law.State]string{}
		for _, c := range cases {
			if at[c.state] == "" {
				at[c.state] = w.Drive(t, alerts[len(at)], c.state)
			}
		}
		for _, c := range cases {
			move, _ := law.FindMove(c.state, c.event)
			in := world.Fields(c.event)
			c.spoil(&in)
			before := w.Hashes(t)
			wants(t, string(c.event), w.Move(t, world.Doers[move.Actor], at[c.state], c.event, in), c.field, c.reason)
			w.Unchanged(t, before, string(c.event)+" without "+c.field)
		}
	})
}

// In every state, every event of the table that is not a move gives NotAMove with exactly the lawful moves of this actor, and
// one that the actor's role never makes Forbidden; a stale version is a conflict. Nothing changes.
func TestWrongStateAndRole(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		states := world.Reachable()
		alerts := w.Raise(t, "440304", len(states))
		events := map[law.Event][]string{}
		for _, m := range law.Moves() {
			if m.From != law.StateNone {
				events[m.Event] = append(events[m.Event], m.Actor)
			}
		}
		for i, state := range states {
			ref := w.Drive(t, alerts[i], state)
			before := w.Hashes(t)
			f := readFile(t, w, ref)
			for role := range world.Doers {
				name := world.Doer(role, f)
				sees := !f.DeliveredAt.IsZero() || role != "police_intake" && (role != "procuratorate_observer" || !f.RefusedAt.IsZero())
				for event, actors := range events {
					move, ok := law.FindMove(state, event)
					err := w.Move(t, name, ref, event, models.ReferralInput{Version: 77})
					switch {
					case !sees:
						world.IsKind(t, string(state)+" "+string(event)+" by "+name, err, models.KindNotFound)
					case !slices.Contains(actors, role):
						world.IsKind(t, string(state)+" "+string(event)+" by "+name, err, models.KindForbidden)
					case ok && move.Actor == role:
						world.IsKind(t, string(state)+" "+string(event)+" with a stale version", err, models.KindConflict)
					default:
						world.IsKind(t, string(state)+" "+string(event)+" by "+name, err, models.KindNotAMove)
						lawful(t, err, state, role)
					}
				}
			}
			world.IsKind(t, "an unknown event", w.Move(t, "handler_own", ref, "bribe", models.ReferralInput{}), models.KindNotFound)
			w.Unchanged(t, before, string(state))
		}
	})
}

func lawful(t *testing.T, err error, state law.State, role string) {
	t.Helper()
	var want []string
	for _, m := range law.MovesFor(state, role) {
		want = append(want, string(m.Event))
	}
	var e *models.Error
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	// Those that wait for a limit to be over, or for an explanation, are not lawful yet.
	want = slices.DeleteFunc(want, func(event string) bool {
		early := world.Ripe(law.Event(event)) > 0 || state == law.StateSupervisionRequested && (event == "reasons_stand" || event == "order_filing")
		return early && !slices.Contains(e.Moves, event)
	})
	if !slices.Equal(want, e.Moves) {
		t.Errorf("%s, %s: lawful moves %v, want %v", state, role, e.Moves, want)
	}
}

// A handler who may read a referral by another role still makes none of the team's moves.
func TestHandlerOutsideTheTeam(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ref := w.Drive(t, w.Alert(t), law.StateTeamVerifying)
		world.IsKind(t, "another handler", w.Move(t, "handler3_own", ref, law.EventSubmitReport, world.Fields(law.EventSubmitReport)), models.KindNotFound)
		if err := w.Store.GrantRole(t.Context(), models.System("test"), "handler3_own", models.RoleLegalReviewer, "440300"); err != nil {
			t.Fatal(err)
		}
		world.IsKind(t, "a handler who reviews", w.Move(t, "handler3_own", ref, law.EventSubmitReport, world.Fields(law.EventSubmitReport)), models.KindForbidden)
		f, err := w.Store.ReferralFile(t.Context(), w.Actor(t, "handler3_own"), ref)
		if err != nil || len(f.Moves) != 0 || f.Acting {
			t.Errorf("moves %v: %v", f.Moves, err)
		}
	})
}

// verbs are all acts on an alert, a case and a referral, by name, for one who knows the refs.
func verbs(w *world.World, t *testing.T, alert, cs, ref string) map[string]func(a models.Actor) error {
	ctx := t.Context()
	list := map[string]func(a models.Actor) error{
		"accept":  func(a models.Actor) error { return w.Store.AcceptAlert(ctx, a, alert, 0) },
		"dismiss": func(a models.Actor) error { return w.Store.DismissAlert(ctx, a, alert, "false_positive", "", 0) },
		"reopen":  func(a models.Actor) error { return w.Store.ReopenAlert(ctx, a, alert, 0) },
		"snooze": func(a models.Actor) error {
			return w.Store.SnoozeAlert(ctx, a, alert, w.Store.Now().Add(time.Hour), "later", 0)
		},
		"assign":  func(a models.Actor) error { return w.Store.AssignAlert(ctx, a, alert, "duty_own", 0) },
		"propose": func(a models.Actor) error { return w.Store.ProposeCase(ctx, a, alert, "", 0) },
		"open": func(a models.Actor) error {
			_, err := w.Store.OpenCase(ctx, a, world.NewCase(alert))
			return err
		},
		"form_team": func(a models.Actor) error {
			_, err := w.Store.FormTeam(ctx, a, cs, nil, 0)
			return err
		},
		"read alert": func(a models.Actor) error {
			_, _, err := w.Store.Alert(ctx, a, alert)
			return err
		},
		"read case": func(a models.Actor) error {
			_, err := w.Store.CaseFile(ctx, a, cs)
			return err
		},
		"read referral": func(a models.Actor) error {
			_, err := w.Store.ReferralFile(ctx, a, ref)
			return err
		},
		"read document": func(a models.Actor) error {
			_, err := w.Store.ReferralDocument(ctx, a, ref, models.DocumentLetter)
			return err
		},
	}
	for _, m := range law.Moves() {
		if m.Event != law.EventFormTeam {
			list[string(m.Event)] = func(a models.Actor) error {
				return w.Store.MoveReferral(ctx, a, ref, m.Event, world.Fields(m.Event), w.Press)
			}
		}
	}
	return list
}

// For everyone of another province, city or county, and for administrators, the alert, the case and the referral do not exist.
func TestOutsiders(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		alerts := w.Raise(t, "440304", 2)
		ref := w.Drive(t, alerts[0], law.StateDelivered)
		cs := readFile(t, w, ref).CaseRef
		acts := verbs(w, t, alerts[1], cs, ref)
		before := w.Hashes(t)
		n := 0
		for _, name := range w.Users(t) {
			if strings.HasSuffix(name, "_own") || strings.HasSuffix(name, "_parent") || strings.HasSuffix(name, "_nonumber") || strings.HasSuffix(name, "_unappointed") {
				continue
			}
			a := w.Actor(t, name)
			for what, act := range acts {
				n++
				world.IsKind(t, name+" "+what, act(a), models.KindNotFound)
			}
		}
		if n < 800 {
			t.Errorf("only %d tries", n)
		}
		w.Unchanged(t, before, "the acts of outsiders")
	})
}

// Who reads a referral in each state: the team, supervisor, legal reviewer, principal and superior viewers from the start, the
// addressed police unit from delivery, the procuratorate from delivery, where it was refused, or where a step is overdue.
func TestWhoReadsAReferral(t *testing.T) {
	always := []string{"handler_own", "handler2_own", "supervisor_own", "legal_own", "principal_own", "principal_unappointed", "province_own",
		"supervisor_parent", "legal_parent", "principal_parent", "province_parent"}
	world.Each(t, func(t *testing.T, w *world.World) {
		states := world.Reachable()
		alerts := w.Raise(t, "440304", len(states))
		refs := map[law.State]string{}
		for i, s := range states {
			refs[s] = w.Drive(t, alerts[i], s)
		}
		look := func(when string, overdue map[law.State]bool) {
			t.Helper()
			may := map[law.State][]string{}
			for state, ref := range refs {
				f := readFile(t, w, ref)
				want := slices.Clone(always)
				if !f.DeliveredAt.IsZero() {
					want = append(want, "police_own", "proc_own")
				} else if !f.RefusedAt.IsZero() || overdue[state] {
					want = append(want, "proc_own")
				}
				if f.Police.Code == world.Sibling { // handed on: the first unit keeps its sight
					want = append(want, "police_sibling")
				}
				may[state] = want
			}
			for _, name := range w.Users(t) {
				a := w.Actor(t, name)
				list, _, listErr := w.Store.Referrals(t.Context(), a, models.ReferralFilter{Limit: 100})
				for state, ref := range refs {
					_, err := w.Store.ReferralFile(t.Context(), a, ref)
					listed := slices.ContainsFunc(list, func(l models.ReferralLine) bool { return l.Ref == ref })
					if (err == nil) != slices.Contains(may[state], name) || listed != (err == nil) || listErr != nil {
						t.Errorf("%s, %s, %s: read %v, listed %t %v", when, state, name, err, listed, listErr)
					}
				}
			}
		}
		look("in time", nil)
		w.Clock.Pass(23*time.Hour + 59*time.Minute)
		look("just in time", nil)
		w.Clock.Pass(20 * 24 * time.Hour)
		look("weeks later", map[law.State]bool{law.StatePendingPrincipal: true, law.StateApproved: true})
	})
}

// A case list tells of a referral only those who may read it.
func TestCaseListHidesReferrals(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		w.Drive(t, w.Alert(t), law.StateApproved)
		for name, sees := range map[string]bool{"supervisor_own": true, "handler_own": true, "principal_own": true, "handler3_own": false, "duty_own": false, "duty_parent": false} {
			a := w.Actor(t, name)
			list, _, err := w.Store.Cases(t.Context(), a, models.CaseFilter{Limit: 10})
			if err != nil || len(list) != 1 {
				t.Fatalf("%s: %d cases %v", name, len(list), err)
			}
			file, err := w.Store.CaseFile(t.Context(), a, list[0].Ref)
			if err != nil {
				t.Fatal(err)
			}
			listed := list[0].ReferralRef != "" || list[0].ReferralState != "" || list[0].NextClock != ""
			told := file.ReferralRef != "" || len(file.Clocks) > 0
			if listed != sees || told != sees {
				t.Errorf("%s: listed %t, told %t", name, listed, told)
			}
		}
	})
}
