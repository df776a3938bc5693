package main

import (
	"fmt"
	"net/url"
	"testing"

	"xiezhi/models"
)

// sharedWork gives the open case of a place a note, a task that is open and one that is done, and a third officer.
func (w *province) sharedWork(t testing.TB, place, cs string) {
	t.Helper()
	ctx, s, db := t.Context(), w.p.store, w.raw(t)
	handler := w.actor(t, crews[place].team[0])
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(place, err)
		}
	}
	newest := func(table string) (id int64) {
		t.Helper()
		must(db.QueryRow("SELECT MAX(id) FROM " + table).Scan(&id))
		return id
	}
	must(s.AddCaseNote(ctx, handler, cs, "已约谈"))
	w.put("noted", place, fmt.Sprint(cs, " ", newest("case_notes")))
	for _, kind := range []string{"tasked", "finished"} {
		must(s.AddCaseTask(ctx, handler, cs, models.NewCaseTask{Title: "调取流水", Assignee: crews[place].team[1]}))
		id := newest("case_tasks")
		w.put(kind, place, fmt.Sprint(cs, " ", id))
		if kind == "finished" {
			must(s.FinishCaseTask(ctx, handler, cs, id))
		}
	}
	_, err := db.Exec(fmt.Sprintf(`INSERT INTO case_officers (case_id, user_id, enforcement_number, assigned_at)
		SELECT o.case_id, (SELECT id FROM users WHERE name = '%s'), o.enforcement_number, o.assigned_at FROM case_officers o JOIN cases c ON c.id = o.case_id WHERE c.ref = '%s' LIMIT 1`, crews[place].boss, cs))
	must(err)
}

// workAttacks are the ways into what officers share on a case.
func workAttacks() []attack {
	return []attack{
		{route: "GET /cases/:ref/work", kind: "file"},
		{route: "POST /cases/:ref/notes", kind: "file", form: same(url.Values{"text": {"已核对"}})},
		{route: "POST /cases/:ref/notes/:number", kind: "noted", form: same(url.Values{"text": {"已约谈两次"}, "version": {"1"}})},
		{route: "POST /cases/:ref/tasks", kind: "file", form: func(place string) url.Values {
			return url.Values{"title": {"核对名册"}, "assignee": {crews[place].team[0]}}
		}},
		{route: "POST /cases/:ref/tasks/:number/done", kind: "tasked", form: none},
		{route: "POST /cases/:ref/tasks/:number/reopen", kind: "finished", form: none},
		{route: "POST /cases/:ref/watch", kind: "file", form: none},
		{route: "POST /cases/:ref/unwatch", kind: "file", form: none},
		{route: "POST /cases/:ref/team", kind: "file", form: func(place string) url.Values {
			return url.Values{"officer": {crews[place].boss}, "as": {"reassigned"}, "reason": {"另有任务"}}
		}},
		{route: "POST /cases/:ref/seal", kind: "file", form: same(url.Values{"seal": {"SENSITIVE"}, "reason": {"涉及举报人"}})},
	}
}
