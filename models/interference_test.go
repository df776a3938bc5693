package models_test

import (
	"encoding/json"
	"strings"
	"testing"

	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/rel/world"
)

// internal are the names of keys that count over the whole store; they are never shown.
var internal = map[string]bool{"ID": true, "SubjectID": true, "AssessmentID": true, "CaseID": true, "ReferralID": true, "NewestFactID": true,
	"AssessedFactID": true, "FactID": true, "FirstFact": true, "LastFact": true, "FirstTransfer": true, "LastTransfer": true, "BatchID": true, "ObjectID": true, "PreviousAssessmentID": true, "OpenedBy": true, "ScanID": true}

// seen writes all that an actor can list and read, without internal keys.
func seen(t *testing.T, w *world.World, name string) string {
	t.Helper()
	ctx, s, a := t.Context(), w.Store, w.Actor(t, name)
	var out []any
	keep := func(v any, err error) {
		t.Helper()
		if err != nil && models.KindOf(err) != models.KindForbidden {
			t.Fatalf("%s: %v", name, err)
		}
		out = append(out, v)
	}
	for _, sort := range []string{"", "due", "index"} {
		list, more, err := s.Alerts(ctx, a, models.AlertFilter{Limit: 3, Sort: sort})
		keep(list, err)
		keep(more, nil)
	}
	for _, f := range []models.AlertFilter{{Text: world.Word("company")}, {Status: "open"}, {Status: "waiting"}, {Division: "440300"}, {Owner: "none"}, {Area: "P2P", Levels: []string{"red"}},
		{Subject: "company:" + world.USCC("440103", 701)}} {
		f.Limit = 50
		list, _, err := s.Alerts(ctx, a, f)
		keep(list, err)
		for _, al := range list {
			near, err := s.SimilarAlerts(ctx, a, al, 3)
			keep(near, err)
		}
	}
	counts, err := s.AlertCounts(ctx, a)
	keep(counts, err)
	for _, text := range []string{"", world.Word("company"), "701"} {
		list, more, err := s.Companies(ctx, a, models.CompanyFilter{Text: text, Limit: 5})
		keep(list, err)
		keep(more, nil)
		for _, c := range list {
			_, facts, err := s.Company(ctx, a, c.Key, models.AsOf{})
			keep(facts, err)
		}
	}
	cases, more, err := s.Cases(ctx, a, models.CaseFilter{Limit: 5})
	keep(cases, err)
	keep(more, nil)
	for _, c := range cases {
		file, err := s.CaseFile(ctx, a, c.Ref)
		keep(file, err)
	}
	for _, state := range []string{"", "live", "incoming"} {
		refs, more, err := s.Referrals(ctx, a, models.ReferralFilter{State: state, Limit: 5})
		keep(refs, err)
		keep(more, nil)
		for _, r := range refs {
			file, err := s.ReferralFile(ctx, a, r.Ref)
			keep(file, err)
		}
	}
	batches, _, err := s.Batches(ctx, a, 0, 50)
	keep(batches, err)
	var refs []models.SubjectRef
	for n := range 900 {
		refs = append(refs, models.SubjectRef{Kind: models.KindCompany, ID: world.USCC("440304", n)}, models.SubjectRef{Kind: models.KindCompany, ID: world.USCC("440103", n)})
	}
	names, err := s.Names(ctx, a.Sight(models.ActCompanyRead), refs)
	byName := map[string]models.Subject{}
	for ref, sub := range names {
		byName[ref.String()] = sub
	}
	keep(byName, err)
	return withoutKeys(t, out)
}

func withoutKeys(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(b, &tree); err != nil {
		t.Fatal(err)
	}
	strip(tree)
	b, err = json.MarshalIndent(tree, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func strip(v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			strip(e)
		}
	case map[string]any:
		for k, e := range v {
			if internal[k] {
				delete(v, k)
			} else {
				strip(e)
			}
		}
	}
}

// Two worlds that differ only outside a division look the same from within: the second has more companies, alerts, cases and
// referrals in another city and another province, made before and after what both have.
func TestNonInterference(t *testing.T) {
	world.Each(t, func(t *testing.T, plain *world.World) {
		busy := world.New(t, plain.Dialect)
		noise := func(first int) {
			ctx, boss := t.Context(), models.System("noise")
			for _, place := range []struct{ county, city, relation string }{{"440103", "440100", "sibling"}, {"430102", "430100", "other"}} {
				var rows []models.Row
				for n := first; n < first+4; n++ {
					rows = append(rows, world.RedRows(place.county, n, busy.Store.Now())...)
				}
				if _, err := world.Load(ctx, busy.Store, "NOISE", place.city, rows...); err != nil {
					t.Fatal(err)
				}
				if _, err := busy.Desk.Scan(ctx, boss, scanAll); err != nil {
					t.Fatal(err)
				}
				in := world.NewCase(busy.AlertOf(t, world.USCC(place.county, first)))
				in.Officers = []string{"handler_" + place.relation, "handler2_" + place.relation}
				cs, err := busy.Store.OpenCase(ctx, busy.Actor(t, "supervisor_"+place.relation), in)
				if err != nil {
					t.Fatal(err)
				}
				ref, err := busy.Store.FormTeam(ctx, busy.Actor(t, "supervisor_"+place.relation), cs, nil, 0)
				if err != nil {
					t.Fatal(err)
				}
				for _, m := range [][]string{{"submit_report", "handler_"}, {"approve", "principal_"}, {"send", "handler_"}} {
					if err := busy.Move(t, m[1]+place.relation, ref, law.Event(m[0]), world.Fields(law.Event(m[0]))); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		noise(700)
		for _, w := range []*world.World{plain, busy} {
			alerts := w.Raise(t, "440304", 4)
			w.Drive(t, alerts[0], law.StateDelivered)
			w.Drive(t, alerts[1], law.StateNotApproved)
			if err := w.Store.AcceptAlert(t.Context(), w.Actor(t, "duty_own"), alerts[2], 0); err != nil {
				t.Fatal(err)
			}
		}
		noise(720)
		for _, name := range plain.Users(t) {
			if !strings.HasSuffix(name, "_own") && !strings.HasSuffix(name, "_child") && !strings.HasSuffix(name, "admin") {
				continue
			}
			a, b := seen(t, plain, name), seen(t, busy, name)
			if a != b {
				t.Errorf("%s sees what is none of its business:\n%s", name, firstDifference(a, b))
			}
			if name == "supervisor_own" && !strings.Contains(a, "AJ-440300") {
				t.Error("the comparison is empty")
			}
		}
		if seen(t, plain, "supervisor_parent") == seen(t, busy, "supervisor_parent") {
			t.Error("the control: the province must see the other city")
		}
	})
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return strings.Join(x[max(0, i-12):min(len(x), i+2)], "\n") + "\n--- against ---\n" + strings.Join(y[max(0, i-2):min(len(y), i+2)], "\n")
		}
	}
	return "one is longer"
}
