package main

import (
	"net/url"
	"strings"
	"testing"

	"xiezhi/law"
	"xiezhi/models"
)

// teamKinds are the kinds of object for which it matters whether somebody is on the team of the case; "file" is the case itself.
var teamKinds = []string{"file", "evidence", "dossier", "paper", "issued", "noted", "tasked", "finished"}

// reminder is a paper that needs no principal.
var reminder = map[string]string{"facts": "宣传每日返利", "advice": "停止宣传"}

// proof gives the open case of a place a piece of evidence, a dossier, a saved measurement, a draft and an issued paper.
func (w *province) proof(t testing.TB, place, cs string) {
	t.Helper()
	ctx, s, d := t.Context(), w.p.store, w.p.desk
	handler, boss := w.actor(t, crews[place].team[0]), w.actor(t, crews[place].boss)
	must := func(ref string, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(place, err)
		}
		return ref
	}
	w.put("file", place, cs)
	w.put("evidence", place, must(d.ReceiveEvidence(ctx, handler, cs, models.NewEvidence{Class: models.ClassDocumentary, Title: "宣传册", SourceOffice: "前台", FileName: "a.txt"}, strings.NewReader("每日返利 "+place))))
	must("", d.CheckEvidence(ctx, models.System("evidence")))
	if _, err := w.raw(t).Exec("DELETE FROM dossiers WHERE referral_id IS NOT NULL"); err != nil {
		t.Fatal(err)
	}
	w.put("dossier", place, must(s.AskCaseDossier(ctx, boss, cs)))
	must("", d.MakeDossiers(ctx, models.System("dossier")))
	_, err := s.SaveThreshold(ctx, boss, cs, law.Measurement{Offence: "176"})
	must("", err)
	for _, kind := range []string{"paper", "issued"} {
		ref := must(s.DraftCasePaper(ctx, handler, cs, models.PaperRiskReminder, reminder, plainPress{}))
		if kind == "issued" {
			must("", s.IssueCasePaper(ctx, boss, ref, 0, plainPress{}))
		}
		w.put(kind, place, ref)
	}
	w.sharedWork(t, place, cs)
}

// proofAttacks are the ways into evidence, dossiers, signatures, papers of a case and the lines of the law.
func proofAttacks() []attack {
	received := string(law.StateReceived)
	paper := url.Values{}
	for k, v := range reminder {
		paper.Set(k, v)
	}
	return []attack{
		{route: "GET /cases/:ref/evidence", kind: "file"},
		{route: "POST /cases/:ref/evidence", kind: "file", file: true, form: same(url.Values{"class": {"documentary"}, "title": {"名册"}, "source_office": {"前台"}})},
		{route: "GET /evidence/:ref", kind: "evidence"}, {route: "GET /evidence/:ref/content", kind: "evidence"}, {route: "POST /evidence/:ref/verify", kind: "evidence", form: none},
		{route: "POST /evidence/:ref/link", kind: "evidence", form: same(url.Values{"url": {"https://example.com/"}, "excerpt": {"每日返利百分之八"}})},
		{route: "GET /referrals/:ref/evidence", kind: received}, {route: "POST /referrals/:ref/dossier", kind: received, form: none},
		{route: "POST /cases/:ref/dossier", kind: "file", form: none}, {route: "GET /dossiers/:ref", kind: "dossier"}, {route: "GET /dossiers/:ref/content", kind: "dossier"},
		{route: "POST /referrals/:ref/documents/:kind/verify", kind: received, words: []string{":kind", "report"}, form: none},
		{route: "GET /keys"}, {route: "GET /keys/file"},
		{route: "GET /cases/:ref/thresholds", kind: "file"}, {route: "GET /cases/:ref/thresholds/:version", kind: "file", words: []string{":version", "1"}},
		{route: "POST /cases/:ref/thresholds", kind: "file", form: same(url.Values{"do": {"save"}, "offence": {"176"}, "amount": {"1000000"}, "amount_source": {"账册"}})},
		{route: "GET /companies/:id/thresholds", kind: "company"},
		{route: "GET /cases/:ref/papers", kind: "file"}, {route: "GET /cases/:ref/papers/:kind", kind: "file", words: []string{":kind", models.PaperRiskReminder}},
		{route: "POST /cases/:ref/papers/:kind", kind: "file", words: []string{":kind", models.PaperRiskReminder}, form: same(paper)},
		{route: "GET /papers/:ref", kind: "paper"}, {route: "GET /papers/:ref/content", kind: "paper"}, {route: "POST /papers/:ref/change", kind: "paper", form: same(paper)},
		{route: "POST /papers/:ref/drop", kind: "paper", form: none}, {route: "POST /papers/:ref/issue", kind: "paper", form: none}, {route: "POST /papers/:ref/verify", kind: "issued", form: none},
	}
}
