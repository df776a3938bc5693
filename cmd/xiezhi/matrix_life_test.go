package main

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"xiezhi/law"
	"xiezhi/models"
)

// moreCompanies are how many companies of each place the life of cases needs beside those of the line.
const moreCompanies = 3

// life gives a place a case of two alerts that another department is asked to take over, and a filed referral that the police hold.
func (w *province) life(t testing.TB, place string, alert func(i int) string, first int) {
	t.Helper()
	ctx, s, c := t.Context(), w.p.store, crews[place]
	boss := w.actor(t, c.boss)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(place, err)
		}
	}
	open := func(i int) string {
		cs, err := s.OpenCase(ctx, boss, models.NewCase{Alerts: []string{alert(i)}, Title: "涉嫌非法集资案", Officers: c.team})
		must(err)
		return cs
	}
	cs, second := open(first), alert(first+1)
	if place == "440300" {
		must(s.AddPhrase(ctx, boss, "reason", "立案理由", "有证据证明向公众吸收资金"))
		w.put("phrase", place, "- 1")
	}
	must(s.JoinAlert(ctx, boss, cs, second, "同一实际控制人", 0))
	w.put("joined", place, cs)
	w.put("joinedalert", place, second)
	must(s.MoveCase(ctx, boss, cs, "file", models.ProcedureInput{Fields: map[string]string{"reason": "有证据证明"}}))
	var decided int64
	must(w.raw(t).QueryRow("SELECT MAX(id) FROM events WHERE object_kind = 'case' AND event = 'file'").Scan(&decided))
	w.put("decided", place, fmt.Sprintf("%s %d", cs, decided))
	w.bulletins(t, place, cs)
	to := "lead-440100"
	if place == "440100" {
		to = "lead-440300"
	}
	h, err := s.AskHandoff(ctx, boss, cs, models.ProcedureInput{Fields: map[string]string{"to": to, "ground": "registration", "reason": "登记地在该市"}})
	must(err)
	w.put("handoff", place, h)

	ref, err := s.FormTeam(ctx, boss, open(first+2), c.team, 0)
	must(err)
	for _, event := range strings.Fields("submit_report approve send sign_receipt start_review file") {
		in := models.ReferralInput{Fields: map[string]string{}}
		for k, v := range moveForm(event) {
			if k == "reason" {
				in.Reason = v[0]
				continue
			}
			in.Fields[k] = v[0]
		}
		must(s.MoveReferral(ctx, w.mover(t, place, event), ref, law.Event(event), in, plainPress{}))
	}
	must(s.HoldReferral(ctx, w.mover(t, place, "file"), ref, models.HoldSet, "涉及线人", 0))
	w.put("held", place, ref)
}

// bulletins determines the case of a place and gives it a public text that waits for its review, and one that was published.
func (w *province) bulletins(t testing.TB, place, cs string) {
	t.Helper()
	ctx, s, c := t.Context(), w.p.store, crews[place]
	guest, err := s.UserByName(ctx, "guest1")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(place, err)
		}
	}
	must(err)
	reviewer := models.Actor{UserID: guest.ID, Name: guest.Name, Permits: map[models.Action]models.Scope{models.ActCaseRead: models.ScopeOf(place), models.ActCaseReview: models.ScopeOf(place)}}
	fields := func(pairs ...string) models.ProcedureInput {
		in := models.ProcedureInput{Fields: map[string]string{}}
		for i := 0; i < len(pairs); i += 2 {
			in.Fields[pairs[i]] = pairs[i+1]
		}
		return in
	}
	must(s.MoveCase(ctx, w.actor(t, c.team[0]), cs, "investigate", fields("plan", "调取资料")))
	must(s.MoveCase(ctx, w.actor(t, c.principal), cs, "determine", fields("opinion", "属于非法集资", "line_opinions", "同意")))
	for _, kind := range []string{"bulletin", "public"} {
		ref, err := s.DraftBulletin(ctx, w.actor(t, c.boss), cs, fields("title", "风险公告", "body", "该企业吸收公众资金，已责令停止。"))
		must(err)
		w.put(kind, place, map[string]string{"bulletin": cs + " " + ref, "public": ref}[kind])
		if kind == "public" {
			must(s.MoveBulletin(ctx, reviewer, cs, ref, law.BulletinClear, fields("reason", "内容属实")))
			must(s.MoveBulletin(ctx, w.actor(t, c.principal), cs, ref, law.BulletinPublish, fields()))
		}
	}
}

// lifeAttacks are the ways into handing cases on, holding them back, and the alerts in them.
func (w *province) lifeAttacks() []attack {
	list := []attack{{route: "GET /handoffs", query: func(string) string { return "?view=all" }}, {route: "GET /api/v1/handoffs"}, {route: "GET /cases/:ref/decisions/:number", kind: "decided"}}
	why := same(url.Values{"reason": {"侦查需要保密"}})
	for _, base := range []string{"", "/api/v1"} {
		list = append(list, attack{route: "GET " + base + "/handoffs/:ref", kind: "handoff"},
			attack{route: "POST " + base + "/handoffs/:ref/:event (decline)", kind: "handoff", words: []string{":event", "decline"}, form: why},
			attack{route: "POST " + base + "/handoffs/:ref/:event (no_event)", kind: "handoff", words: []string{":event", "no_event"}, form: why},
			attack{route: "POST " + base + "/cases/:ref/handoff", kind: "file", form: func(place string) url.Values {
				to := "lead-440305"
				if place == to[len("lead-"):] {
					to = "lead-440300"
				}
				return url.Values{"to": {to}, "ground": {"registration"}, "reason": {"登记地在该区"}}
			}},
			attack{route: "POST " + base + "/cases/:ref/alerts/join", kind: "file", form: func(place string) url.Values {
				return url.Values{"alert": {w.objects["alert"][place]}, "reason": {"同一实际控制人"}}
			}},
			attack{route: "POST " + base + "/cases/:ref/alerts/split", kind: "joined", form: func(place string) url.Values {
				return url.Values{"alert": {w.objects["joinedalert"][place]}, "reason": {"不是同一人"}}
			}},
			attack{route: "POST " + base + "/referrals/:ref/hold", kind: string(law.StateCaseFiled), form: why},
			attack{route: "POST " + base + "/referrals/:ref/release", kind: "held", form: why})
	}
	text := same(url.Values{"title": {"风险公告"}, "body": {"该企业吸收公众资金。"}})
	for _, base := range []string{"", "/api/v1"} {
		list = append(list, attack{route: "POST " + base + "/cases/:ref/bulletins", kind: "joined", form: text}, attack{route: "GET " + base + "/cases/:ref/bulletins/:bulletin", kind: "bulletin"},
			attack{route: "POST " + base + "/cases/:ref/bulletins/:bulletin/:event (clear)", kind: "bulletin", words: []string{":event", "clear"}, form: why},
			attack{route: "POST " + base + "/cases/:ref/bulletins/:bulletin/:event (no_event)", kind: "bulletin", words: []string{":event", "no_event"}, form: why})
	}
	list = append(list, attack{route: "GET /api/v1/cases/:ref/evidence", kind: "file"},
		attack{route: "POST /api/v1/cases/:ref/evidence", kind: "file", form: none, query: func(string) string { return "?class=documentary&title=list&source_office=desk&file=a.txt" }}, attack{route: "GET /api/v1/evidence/:ref", kind: "evidence"},
		attack{route: "POST /api/v1/evidence/:ref/verify", kind: "evidence", form: none}, attack{route: "GET /api/v1/cases/:ref/dossiers", kind: "file"}, attack{route: "GET /api/v1/cases/:ref/papers", kind: "file"},
		attack{route: "POST /api/v1/cases/:ref/papers/:kind", kind: "file", words: []string{":kind", models.PaperRiskReminder}, form: same(url.Values{"facts": {"宣传每日返利"}})},
		attack{route: "GET /api/v1/papers/:ref", kind: "paper"}, attack{route: "POST /api/v1/papers/:ref/issue", kind: "paper", form: none},
		attack{route: "GET /api/v1/cases/:ref/work", kind: "file"}, attack{route: "POST /api/v1/cases/:ref/notes", kind: "file", form: same(url.Values{"text": {"已核对"}})},
		attack{route: "POST /api/v1/cases/:ref/tasks", kind: "file", form: func(place string) url.Values {
			return url.Values{"title": {"核对名册"}, "assignee": {crews[place].team[0]}}
		}}, attack{route: "POST /api/v1/cases/:ref/tasks/:number/done", kind: "tasked", form: none}, attack{route: "POST /api/v1/cases/:ref/tasks/:number/reopen", kind: "finished", form: none})
	list = append(list, attack{route: "GET /phrases"}, attack{route: "GET /api/v1/phrases"}, attack{route: "POST /phrases", form: same(url.Values{"field": {"reason"}, "name": {"立案理由"}, "text": {"有证据证明向公众吸收资金"}})})
	for _, verb := range []string{"change", "drop"} {
		list = append(list, attack{route: "POST /phrases/:number/" + verb, kind: "phrase", form: same(url.Values{"name": {"立案理由"}, "text": {"有证据证明"}})})
	}
	list = append(list, attack{route: "GET /cases/:ref/bulletins", kind: "joined"}, attack{route: "GET /bulletins"}, attack{route: "GET /bulletins/:ref", kind: "public"})
	return append(list, attack{route: "POST /handoffs/:ref/:event (accept)", kind: "handoff", words: []string{":event", "accept"},
		form: same(url.Values{"officers": {"handler3 handler4"}})})
}
