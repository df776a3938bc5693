package main

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"xiezhi/detect"
	"xiezhi/models"
)

// rules makes a version in each state that somebody can act on; analyst1 wrote them all, guest1 approved what is approved.
func (w *province) rules(t testing.TB) {
	t.Helper()
	ctx := t.Context()
	author := w.actor(t, "analyst1")
	approver := w.actor(t, "guest1")
	approver.Permits = map[models.Action]models.Scope{models.ActRuleApprove: models.ScopeOf("000000")}
	engine, err := detect.EngineDigest()
	if err != nil {
		t.Fatal(err)
	}
	learned, err := w.p.store.SaveOutcomeModel(ctx, models.System("learn"), models.OutcomeModel{Body: `{"parts":[]}`, HeldOut: "{}", RuleVersion: "x"})
	if err != nil {
		t.Fatal(err)
	}
	w.put("learned", "draft", learned.Number)
	for i, state := range []string{"draft", "replayed", "second", "approved"} {
		now, err := w.p.desk.RulesNow(ctx)
		if err != nil {
			t.Fatal(err)
		}
		now.ValidityDays += i + 1
		v, err := w.p.desk.SaveRules(ctx, author, now, now.Version, "有效期延长")
		if err != nil {
			t.Fatal(err)
		}
		w.put("rule", state, v.Number)
		if state == "draft" {
			continue
		}
		rp, err := w.p.desk.StartReplay(ctx, author, v.Number)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.p.desk.RunReplay(ctx, models.System("replay"), rp.Ref); err != nil {
			t.Fatal(err)
		}
		w.put("replay", "440300", rp.Ref)
		if state == "replayed" {
			continue
		}
		if err := w.p.store.ApproveRules(ctx, approver, v.Number, models.RuleDecision{Engine: engine, VolumeFactor: 1e9}); err != nil {
			t.Fatal(err)
		}
	}
	db := w.raw(t)
	if _, err := db.ExecContext(ctx, "UPDATE rule_versions SET state = 'second' WHERE number = '"+w.objects["rule"]["second"]+"'"); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(w.target, "postgres") { // the ledger of the matrix puts whole tables back
		if _, err := db.ExecContext(ctx, "DROP TRIGGER rule_versions_stay"); err != nil {
			t.Fatal(err)
		}
	}
	w.clock.pass(time.Minute)
}

// ruleAttacks are the ways into rules and replays.
func (w *province) ruleAttacks() []attack {
	on := func(state string) []string { return []string{":number", w.objects["rule"][state]} }
	note := same(url.Values{"note": {"理由充分"}})
	return []attack{
		{route: "GET /learned"}, {route: "POST /learned/train", form: none}, {route: "POST /learned/:number/approve", words: []string{":number", w.objects["learned"]["draft"]}, form: none},
		{route: "POST /learned/:number/reject", words: []string{":number", w.objects["learned"]["draft"]}, form: note},
		{route: "GET /rules"}, {route: "GET /rules/:number", words: on("replayed")}, {route: "GET /rules/:number/edit", words: on("draft")},
		{route: "POST /rules/:number/edit", words: on("draft"), form: same(url.Values{"do": {"save"}, "note": {"提高红色下限"}, "bands.red": {"81"}})},
		{route: "POST /rules/:number/check", words: on("draft"), form: same(url.Values{"bands.red": {"x"}})},
		{route: "POST /rules/:number/replay", words: on("draft"), form: none}, {route: "POST /rules/:number/approve", words: on("replayed"), form: note},
		{route: "POST /rules/:number/confirm", words: on("second"), form: note}, {route: "POST /rules/:number/enforce", words: on("approved"), form: none},
		{route: "POST /rules/:number/reject", words: on("replayed"), form: note}, {route: "POST /rules/:number/withdraw", words: on("draft"), form: none},
		{route: "GET /api/v1/rules"}, {route: "GET /api/v1/rules/:number", words: on("replayed")}, {route: "GET /api/v1/replays/:replay", words: []string{":replay", w.objects["replay"]["440300"]}},
		{route: "GET /replays/:replay", words: []string{":replay", w.objects["replay"]["440300"]}},
	}
}
