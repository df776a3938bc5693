package models_test

import (
	"strings"
	"testing"

	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/rel/world"
)

// What the police hold is the agency's by number and status alone, on every way in the store; they and the procuratorate read on, the
// agency still does what it owes, and gets everything back when they let go.
func TestPoliceHold(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, s := t.Context(), w.Store
		ref := w.Drive(t, w.Alert(t), law.StateCaseFiled)
		police := w.Actor(t, "police_own")
		f, err := s.ReferralFile(ctx, police, ref)
		ok(t, err)
		cs := f.CaseRef
		paper, err := s.DraftCasePaper(ctx, w.Actor(t, "handler_own"), cs, models.PaperRiskReminder, map[string]string{"facts": "facts", "advice": "advice"}, w.Press)
		ok(t, err)
		ok(t, s.AddCaseTask(ctx, w.Actor(t, "supervisor_own"), cs, models.NewCaseTask{Title: "call", Assignee: "handler_own"}))
		number, err := s.SavePicture(ctx, w.Actor(t, "handler_own"), cs, models.CasePicture{Page: models.PageGraph, Query: "/graph?of=company:X", AsOf: s.Now(), Digest: strings.Repeat("0", 64), Note: "a note"})
		ok(t, err)
		for _, who := range []string{"supervisor_own", "handler_own", "principal_own", "proc_own"} {
			world.IsKind(t, who, s.HoldReferral(ctx, w.Actor(t, who), ref, models.HoldSet, "secret", 0), models.KindForbidden)
		}
		world.IsKind(t, "another unit", s.HoldReferral(ctx, w.Actor(t, "police_sibling"), ref, models.HoldSet, "secret", 0), models.KindNotFound)
		world.IsKind(t, "without reason", s.HoldReferral(ctx, police, ref, models.HoldSet, " ", 0), models.KindInvalid)
		world.IsKind(t, "release of nothing", s.HoldReferral(ctx, police, ref, models.HoldLift, "secret", 0), models.KindNotAMove)
		ok(t, s.HoldReferral(ctx, police, ref, models.HoldSet, "an informant", 0))
		world.IsKind(t, "twice", s.HoldReferral(ctx, police, ref, models.HoldSet, "secret", 0), models.KindNotAMove)

		name := world.Word("company")
		for _, who := range []string{"supervisor_own", "handler_own", "principal_own", "handler2_own"} {
			a := w.Actor(t, who)
			file, err := s.CaseFile(ctx, a, cs)
			ok(t, err)
			if !file.Held || file.Title != "" || file.SubjectName != "" || file.SubjectKey != "" || len(file.Alerts) > 0 || len(file.Measures) > 0 || len(file.Moves) > 0 {
				t.Errorf("%s reads %+v", who, file.CaseLine)
			}
			for _, e := range file.Events {
				if e.Note != "" || e.Data != "{}" {
					t.Errorf("%s reads the words of %s: %s %s", who, e.Event, e.Note, e.Data)
				}
			}
			list, _, err := s.Cases(ctx, a, models.CaseFilter{Limit: 10})
			if err != nil || len(list) != 1 || list[0].Title != "" || list[0].SubjectName != "" || list[0].ReferralState != string(law.StateCaseFiled) {
				t.Errorf("%s lists %+v %v", who, list, err)
			}
			if list, _, _ := s.Cases(ctx, a, models.CaseFilter{Text: name, Limit: 10}); len(list) != 0 {
				t.Errorf("%s finds it by the party's name", who)
			}
			r, err := s.ReferralFile(ctx, a, ref)
			ok(t, err)
			if !r.Held || r.Facts != "" || r.Offence != "" || r.SubjectName != "" || r.OutcomeNumber != "" || len(r.Documents) > 0 {
				t.Errorf("%s reads the referral %+v", who, r.Referral)
			}
			lines, _, err := s.Referrals(ctx, a, models.ReferralFilter{Limit: 10})
			if err != nil || len(lines) != 1 || lines[0].SubjectName != "" || lines[0].Facts != "" {
				t.Errorf("%s lists %+v %v", who, lines, err)
			}
			_, docErr := s.ReferralDocument(ctx, a, ref, models.DocumentLetter)
			_, checkErr := s.VerifyDocument(ctx, a, ref, models.DocumentLetter)
			_, paperErr := s.CasePaper(ctx, a, paper)
			_, pictureErr := s.CasePicture(ctx, a, cs, number)
			_, workErr := s.CaseWork(ctx, a, cs)
			_, _, evidenceErr := s.CaseEvidence(ctx, a, cs)
			_, noteErr := s.ThresholdNotes(ctx, a, cs)
			for what, err := range map[string]error{"a document": docErr, "a check": checkErr, "a paper": paperErr, "a picture": pictureErr, "the work": workErr, "evidence": evidenceErr,
				"filing lines": noteErr, "a move": s.MoveCase(ctx, a, cs, "start_verify", said("plan", "x")), "a seal": s.SealCase(ctx, a, cs, models.SealNormal, "open it", 0),
				"a note": s.AddCaseNote(ctx, a, cs, "x")} {
				world.IsKind(t, who+": "+what, err, models.KindNotFound)
			}
			if papers, err := s.CasePapers(ctx, a, cs); err != nil || len(papers) > 0 {
				t.Errorf("%s lists %d papers: %v", who, len(papers), err)
			}
			if tasks, err := s.MyTasks(ctx, a, 10); err != nil || len(tasks) > 0 {
				t.Errorf("%s has %d tasks of it: %v", who, len(tasks), err)
			}
			if dossiers, err := s.ReferralDossiers(ctx, a, ref); err != nil || len(dossiers) > 0 {
				t.Errorf("%s lists %d dossiers: %v", who, len(dossiers), err)
			}
			if evidence, err := s.ReferralEvidence(ctx, a, ref); err != nil || len(evidence) > 0 {
				t.Errorf("%s lists %d pieces of evidence: %v", who, len(evidence), err)
			}
		}
		for _, who := range []string{"duty_own", "legal_own", "province_parent", "supervisor_sibling"} {
			_, err := s.CaseFile(ctx, w.Actor(t, who), cs)
			world.IsKind(t, who, err, models.KindNotFound)
		}
		for _, who := range []string{"police_own", "proc_own"} {
			r, err := s.ReferralFile(ctx, w.Actor(t, who), ref)
			if err != nil || r.Held || r.Facts == "" || len(r.Documents) == 0 {
				t.Errorf("%s lost sight: %+v %v", who, r.Referral, err)
			}
		}
		w.Do(t, ref, law.EventHandOver)
		ok(t, s.HoldReferral(ctx, police, ref, models.HoldLift, "no longer", 0))
		file, err := s.CaseFile(ctx, w.Actor(t, "handler_own"), cs)
		if err != nil || file.Held || file.Seal != models.SealNormal || file.SubjectName == "" {
			t.Errorf("%+v %v", file.CaseLine, err)
		}
		ok(t, s.HoldReferral(ctx, police, ref, models.HoldSet, "an informant", 0))
		w.Do(t, ref, law.EventWithdraw)
		if file, err = s.CaseFile(ctx, w.Actor(t, "handler_own"), cs); err != nil || file.Held {
			t.Errorf("what came back is held still: %v", err)
		}
		w.Sound(t)
	})
}

// Before it was filed, and after it ended, there is nothing to hold.
func TestHoldWants(t *testing.T) {
	w := world.New(t, "sqlite")
	states := []law.State{law.StateDelivered, law.StateUnderReview, law.StateNotFiled, law.StateJudged}
	alerts := w.Raise(t, "440304", len(states))
	for i, state := range states {
		ref := w.Drive(t, alerts[i], state)
		world.IsKind(t, string(state), w.Store.HoldReferral(t.Context(), w.Actor(t, "police_own"), ref, models.HoldSet, "secret", 0), models.KindNotAMove)
	}
}
