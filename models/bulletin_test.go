package models_test

import (
	"testing"

	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/rel/world"
)

// determinedCase is a case that the principal determined.
func determinedCase(t *testing.T, w *world.World, alert string) string {
	t.Helper()
	ref := w.Case(t, alert)
	for _, step := range []struct {
		who   string
		event law.Event
		in    models.ProcedureInput
	}{{"supervisor_own", "file", said("reason", "grounds")}, {"handler_own", "investigate", said("plan", "visit")},
		{"principal_own", "determine", said("opinion", "it is", "line_opinions", "agreed")}} {
		ok(t, w.Store.MoveCase(t.Context(), w.Actor(t, step.who), ref, step.event, step.in))
	}
	return ref
}

// A bulletin goes from the supervisor through legal review to the principal, each another person; the public reads it from then on, and of
// one that was withdrawn why, not the text.
func TestBulletin(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, s := t.Context(), w.Store
		alerts := w.Raise(t, "440304", 1)
		text := said("title", "notice of risk", "body", "the company took deposits from the public")
		early := w.Case(t, w.Alert(t))
		_, err := s.DraftBulletin(ctx, w.Actor(t, "supervisor_own"), early, text)
		world.IsKind(t, "before it was determined", err, models.KindNotAMove)
		ref := determinedCase(t, w, alerts[0])
		_, err = s.DraftBulletin(ctx, w.Actor(t, "handler_own"), ref, text)
		world.IsKind(t, "by an officer", err, models.KindForbidden)
		_, err = s.DraftBulletin(ctx, w.Actor(t, "supervisor_other"), ref, text)
		world.IsKind(t, "by a stranger", err, models.KindNotFound)
		b, err := s.DraftBulletin(ctx, w.Actor(t, "supervisor_own"), ref, text)
		ok(t, err)
		move := func(who string, event law.Event, in models.ProcedureInput) error {
			return s.MoveBulletin(ctx, w.Actor(t, who), ref, b, event, in)
		}
		if _, err := s.PublicBulletin(ctx, b); models.KindOf(err) != models.KindNotFound {
			t.Error("a draft is public")
		}
		world.IsKind(t, "unreviewed", move("principal_own", law.BulletinPublish, said()), models.KindNotAMove)
		world.IsKind(t, "reviewed by its author", move("supervisor_own", law.BulletinClear, said("reason", "fine")), models.KindForbidden)
		ok(t, move("legal_own", law.BulletinReturn, said("reason", "say less")))
		ok(t, move("supervisor_own", law.BulletinChange, said("title", "notice of risk", "body", "less")))
		ok(t, move("legal_own", law.BulletinClear, said("reason", "fine")))
		world.IsKind(t, "published by its author", move("supervisor_own", law.BulletinPublish, said()), models.KindForbidden)
		world.IsKind(t, "by one who is not appointed", move("principal_unappointed", law.BulletinPublish, said()), models.KindForbidden)
		ok(t, move("supervisor_own", law.BulletinChange, said("title", "notice of risk", "body", "still less")))
		world.IsKind(t, "changed after the review", move("principal_own", law.BulletinPublish, said()), models.KindNotAMove)
		ok(t, move("legal_own", law.BulletinClear, said("reason", "fine")))
		ok(t, move("principal_own", law.BulletinPublish, said()))
		list, err := s.PublicBulletins(ctx)
		if err != nil || len(list) != 1 || list[0].Body != "still less" {
			t.Errorf("%+v %v", list, err)
		}
		world.IsKind(t, "changed once it is public", move("supervisor_own", law.BulletinChange, text), models.KindNotAMove)
		world.IsKind(t, "withdrawn without reason", move("supervisor_own", law.BulletinWithdraw, said()), models.KindInvalid)
		ok(t, move("supervisor_own", law.BulletinWithdraw, said("reason", "the finding was revoked")))
		got, err := s.PublicBulletin(ctx, b)
		if err != nil || got.Body != "" || got.Withdrawal != "the finding was revoked" || got.WithdrawnAt.IsZero() {
			t.Errorf("%+v %v", got, err)
		}
		f, err := s.BulletinFile(ctx, w.Actor(t, "duty_own"), ref, b)
		if err != nil || len(f.Versions) != 3 || len(f.Moves) != 0 {
			t.Errorf("%d texts, may %v: %v", len(f.Versions), f.Moves, err)
		}
		w.Sound(t)
	})
}

// What a public text must not show is refused by its field: numbers of people, names connected to the party, what banks reported.
func TestBulletinShowsNobody(t *testing.T) {
	w := world.New(t, "sqlite")
	ctx, s := t.Context(), w.Store
	ref := determinedCase(t, w, w.Alert(t))
	name, at := world.Word("reason"), s.Now().Add(-1)
	_, err := world.Load(ctx, s, "TEST", "440304",
		models.Row{Table: models.TablePersons, Source: "SAMR", ObservedAt: at, Person: &models.PersonRow{ID: "P-1", Name: name, DivisionCode: "440304"}},
		models.Row{Table: models.TableRelations, Source: "SAMR", ObservedAt: at, Relation: &models.RelationRow{From: "person:P-1", To: "company:" + world.USCC("440304", 1), Kind: "legal_representative"}})
	ok(t, err)
	for _, body := range []string{"call 13812345678", "call 138 1234 5678", "id 11010519491231002X", "card 4111 1111 1111 1111", "write to a@b.cn", "led by " + name, "see \u53ef\u7591\u4ea4\u6613"} {
		_, err := s.DraftBulletin(ctx, w.Actor(t, "supervisor_own"), ref, said("title", "notice", "body", body))
		world.IsKind(t, body, err, models.KindInvalid)
	}
	if _, err := s.DraftBulletin(ctx, w.Actor(t, "supervisor_own"), ref, said("title", "notice 2026-11-22", "body", "amount 1200000.00 yuan of 386 people, telephone 0755-55501170")); err != nil {
		t.Error(err)
	}
}

// Where the police filed the case nothing is published without the number of their consent.
func TestBulletinConsent(t *testing.T) {
	w := world.New(t, "sqlite")
	ctx, s := t.Context(), w.Store
	ref := determinedCase(t, w, w.Alert(t))
	b, err := s.DraftBulletin(ctx, w.Actor(t, "supervisor_own"), ref, said("title", "notice", "body", "text"))
	ok(t, err)
	ok(t, s.MoveBulletin(ctx, w.Actor(t, "legal_own"), ref, b, law.BulletinClear, said("reason", "fine")))
	referral := w.Team(t, ref)
	for _, e := range []law.Event{law.EventSubmitReport, law.EventApprove, law.EventSend, law.EventSignReceipt, law.EventStartReview, law.EventFile} {
		w.Do(t, referral, e)
	}
	world.IsKind(t, "without consent", s.MoveBulletin(ctx, w.Actor(t, "principal_own"), ref, b, law.BulletinPublish, said()), models.KindInvalid)
	ok(t, s.HoldReferral(ctx, w.Actor(t, "police_own"), referral, models.HoldSet, "secret", 0))
	world.IsKind(t, "held", s.MoveBulletin(ctx, w.Actor(t, "principal_own"), ref, b, law.BulletinPublish, said("consent", "2026-9")), models.KindNotFound)
	ok(t, s.HoldReferral(ctx, w.Actor(t, "police_own"), referral, models.HoldLift, "secret", 0))
	ok(t, s.MoveBulletin(ctx, w.Actor(t, "principal_own"), ref, b, law.BulletinPublish, said("consent", "2026-9")))
}
