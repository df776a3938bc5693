package main

import (
	"testing"

	"xiezhi/work"
)

// TestDirectory opens cases on companies of several places: each belongs to the lead department of the place, else of the next superior
// division that has one, and its referral goes to the police unit of that department's division, with the same fall-back.
func TestDirectory(t *testing.T) {
	eachEmptySite(t, func(t *testing.T, s *site) {
		steward := s.api(t, "steward1")
		places := []struct{ company, boss, case_, police string }{
			{"440300", "supervisor1", "440300", "police-440300"}, {"440304", "supervisor1", "440300", "police-440300"}, {"440305", "supervisor1", "440305", "police-440300"},
			{"440103", "supervisor2", "440100", "police-440100"}, {"440106", "supervisor2", "440100", "police-440100"},
		}
		for _, p := range places {
			id := "D-" + p.company
			steward.want(200, post, v1+"/facts/companies", object{"uscc": id, "name": "天天返" + p.company, "division_code": p.company})
			steward.want(200, post, v1+"/facts/products", object{"id": id, "company": id, "name": "天天返", "area": "WLTH", "promised_yield": "0.08", "yield_period": "day"})
		}
		if _, err := s.p.desk.Scan(t.Context(), byCommand, work.ScanOptions{}); err != nil {
			t.Fatal(err)
		}
		teams := map[string][]string{"supervisor1": {"handler1", "handler2"}, "supervisor2": {"handler3", "handler4"}}
		for _, p := range places {
			boss := s.api(t, p.boss)
			list := boss.want(200, get, v1+"/alerts?subject=company:D-"+p.company, nil)
			if len(list.list("items")) != 1 {
				t.Fatalf("%s: %v", p.company, list)
			}
			alert := list.words("items", "ref")[0]
			cs := boss.want(201, post, v1+"/cases", object{"alerts": []string{alert}, "title": "涉嫌非法集资案", "officers": teams[p.boss]})
			if cs.text("division") != p.case_ {
				t.Errorf("the case of a company in %s belongs to %s, want %s", p.company, cs.text("division"), p.case_)
			}
			r := boss.want(201, post, v1+"/cases/"+cs.text("ref")+"/referral", nil)
			if r.text("police_code") != p.police || r.text("division") != p.case_ {
				t.Errorf("the referral of a company in %s goes to %s of %s, want %s", p.company, r.text("police_code"), r.text("division"), p.police)
			}
			// the district's duty officer sees the district's case and no other; the province's viewer sees all
			for user, sees := range map[string]bool{"duty3": p.case_ == "440305", "province1": true, "other1": false, "analyst1": false} {
				want := 404
				if sees {
					want = 200
				}
				if got := s.api(t, user).ask(get, v1+"/cases/"+cs.text("ref"), nil); got.status != want {
					t.Errorf("%s reads the case of %s: %d, want %d", user, p.company, got.status, want)
				}
			}
		}
		// a place without a department at any level above it has no case
		steward = s.api(t, "steward1")
		got := steward.ask(post, v1+"/facts/companies?division=330100", object{"uscc": "D-330100", "name": "外省公司"})
		if got.status != 422 {
			t.Errorf("facts for another province: %s", got)
		}
	})
}
