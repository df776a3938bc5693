package main

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"xiezhi/law"
	"xiezhi/models"
)

// procedureForm is what a move of a case, a measure or an objection asks for, filled in.
func procedureForm(m law.MachineName, event law.Event) url.Values {
	form := url.Values{}
	for _, a := range law.MachineOf(m).Asks(event) {
		switch a.Kind {
		case law.AskChoice:
			form.Set(a.Field, a.Choices[0])
		case law.AskMoney, law.AskCount:
			form.Set(a.Field, "12")
		case law.AskDate:
			form.Set(a.Field, "2027-03-01")
		case law.AskChoices, law.AskText, law.AskLine:
			form.Set(a.Field, "已核实，见所附材料")
		}
	}
	return form
}

// procedure makes a measure that waits for the principal, one whose limit runs, and an objection in a place.
func (w *province) procedure(t testing.TB, place, cs, alert string) {
	t.Helper()
	ctx, s := t.Context(), w.p.store
	in := func(m law.MachineName, event law.Event) models.ProcedureInput {
		fields := map[string]string{}
		for k, v := range procedureForm(m, event) {
			fields[k] = v[0]
		}
		return models.ProcedureInput{Fields: fields}
	}
	officer, head := w.actor(t, crews[place].team[0]), w.actor(t, crews[place].principal)
	waiting, err := s.RequestMeasure(ctx, officer, cs, in(law.MachineMeasure, law.MeasureRequest))
	if err != nil {
		t.Fatalf("measure of %s: %v", place, err)
	}
	w.put("measure", place, cs+" "+waiting)
	ask := in(law.MachineMeasure, law.MeasureRequest)
	ask.Fields["kind"] = models.MeasureSeizureKind
	seizure, err := s.RequestMeasure(ctx, officer, cs, ask)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		who   models.Actor
		event law.Event
	}{{head, law.MeasureApprove}, {officer, law.MeasureCarryOut}} {
		if err := s.MoveMeasure(ctx, step.who, cs, seizure, step.event, in(law.MachineMeasure, step.event)); err != nil {
			t.Fatalf("%s of %s: %v", step.event, place, err)
		}
	}
	var clock int64
	if err := w.raw(t).QueryRow("SELECT MAX(id) FROM clocks WHERE name = 'seizure'").Scan(&clock); err != nil {
		t.Fatal(err)
	}
	w.put("clock", place, fmt.Sprintf("%s %d", cs, clock))
	all := models.Actor{Name: "test", Permits: map[models.Action]models.Scope{models.ActAlertRead: models.ScopeOf(place), models.ActObjectionRegister: models.ScopeOf(place)}}
	ref, err := s.SubmitObjection(ctx, all, alert, in(law.MachineObjection, law.ObjectionSubmit))
	if err != nil {
		t.Fatal(err)
	}
	w.put("objection", place, ref)
	boss := models.Actor{Name: "test", UserID: officer.UserID, Permits: map[models.Action]models.Scope{models.ActAlertRead: models.ScopeOf(place), models.ActAlertSuppress: models.ScopeOf(place)}}
	muted, err := s.Suppress(ctx, boss, models.NewSuppression{Alert: w.objects["dismissed"][place], Indicator: "GEN-06", Until: s.Now().Add(24 * 30 * time.Hour), Reason: "已核实为旧宣传"})
	if err != nil {
		t.Fatal(err)
	}
	w.put("suppression", place, muted)
}

// procedures are the ways into the administrative case, its measures and limits, and objections.
func (w *province) procedures() []attack {
	extend := same(url.Values{"days": {"3"}, "reason": {"情况复杂"}})
	list := []attack{
		{route: "GET /objections", query: func(string) string { return "?view=all" }}, {route: "GET /objections/new", kind: "alert", query: func(ref string) string { return "?alert=" + ref }},
		{route: "POST /objections", kind: "alert", query: func(ref string) string { return "?alert=" + ref }, form: same(procedureForm(law.MachineObjection, law.ObjectionSubmit))},
		{route: "POST /api/v1/alerts/:ref/objection", kind: "alert", form: same(procedureForm(law.MachineObjection, law.ObjectionSubmit))},
		{route: "GET /notices"}, {route: "POST /notices/read", form: same(url.Values{"up_to": {"0"}})}, {route: "GET /procedures/:name", words: []string{":name", "case"}},
		{route: "GET /admin/calendar"}, {route: "POST /admin/calendar", form: same(url.Values{"day": {"2026-12-31"}, "kind": {"holiday"}, "basis": {"国务院办公厅通知"}})},
	}
	list = append(list, attack{route: "POST /alerts/:ref/merge", kind: "alert", form: func(place string) url.Values { return url.Values{"alerts": {w.objects["alert"][place]}} }},
		attack{route: "POST /alerts/:ref/unmerge", kind: "alert", form: none}, attack{route: "GET /suppressions"},
		attack{route: "POST /alerts/:ref/suppress", kind: "alert", form: same(url.Values{"indicator": {"GEN-06"}, "until": {"2026-12-25"}, "reason": {"已核实为旧宣传"}})},
		attack{route: "POST /suppressions/:ref/lift", kind: "suppression", form: same(url.Values{"reason": {"情况变化"}})})
	for _, base := range []string{"", "/api/v1"} {
		list = append(list, attack{route: "GET " + base + "/objections/:ref", kind: "objection"},
			attack{route: "POST " + base + "/objections/:ref/:event (accept)", kind: "objection", words: []string{":event", "accept"}, form: func(place string) url.Values {
				return url.Values{"reviewer": {crews[place].team[0]}}
			}},
			attack{route: "POST " + base + "/objections/:ref/:event (no_event)", kind: "objection", words: []string{":event", "no_event"}, form: none},
			attack{route: "POST " + base + "/cases/:ref/moves/:event (no_event)", kind: "casework", words: []string{":event", "no_event"}, form: none},
			attack{route: "POST " + base + "/cases/:ref/measures", kind: "casework", form: same(procedureForm(law.MachineMeasure, law.MeasureRequest))},
			attack{route: "POST " + base + "/cases/:ref/measures/:measure/:event (approve)", kind: "measure", words: []string{":event", "approve"}, form: none},
			attack{route: "POST " + base + "/cases/:ref/clocks/:clock/:verb (extend)", kind: "clock", words: []string{":verb", "extend"}, form: extend})
		for _, event := range []law.Event{"start_verify", "file"} {
			list = append(list, attack{route: "POST " + base + "/cases/:ref/moves/:event (" + string(event) + ")", kind: "casework", words: []string{":event", string(event)},
				form: same(procedureForm(law.MachineCase, event))})
		}
	}
	return list
}
