package money

import (
	"testing"
	"time"

	"xiezhi/graph"
)

// Signs of places, ages, batches, reports and the list show where they must, and are off in versions without their limits.
func TestSignsOfWhatIsKnown(t *testing.T) {
	r := *testRulesOf(t, "2026.11.1")
	facts := map[int64]Account{}
	var list []Transfer
	pay := func(from, to, fen, at int64) {
		list = append(list, Transfer{Transfer: graph.Transfer{ID: int64(len(list)), From: from, To: to, Fen: fen, At: at}})
	}
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	facts[1] = Account{Division: "440305"} // eight provinces in two days
	for i, p := range []string{"11", "12", "13", "14", "15", "21", "22", "23"} {
		facts[int64(100+i)] = Account{Division: p + "0100"}
		pay(int64(100+i), 1, 5_000, start+int64(i)*hour)
	}
	facts[2] = Account{Holder: 20, BornYear: 2006} // a student takes in 200,000 yuan
	pay(3, 2, 20_000_000, start)
	pay(2, 3, 19_000_000, start+day)
	for i := range int64(4) { // four banks in a month
		facts[40+i] = Account{Holder: 4, Institution: 1 + i, OpenedAt: start + i*day}
		pay(40+i, 5, 100, start+i*day)
	}
	facts[6] = Account{Listed: true}
	pay(6, 7, 100, start)
	pay(7, 8, 100, start+day)
	pay(8, 9, 100, start+2*day)
	facts[9] = Account{Remote: true, Unreachable: true}
	pay(9, 3, 100, start+3*day)
	b := NewBook(list, func(key int64) Account { return facts[key] })
	show := func(r *Rules) map[string]map[int64]bool {
		out := map[string]map[int64]bool{}
		for _, s := range Signs(b, r) {
			if out[s.Code] == nil {
				out[s.Code] = map[int64]bool{}
			}
			out[s.Code][b.Key(s.Account)] = true
		}
		return out
	}
	for code := range show(&r) {
		switch code {
		case "FLOW-06", "FLOW-11", "FLOW-16", "FLOW-17", "FLOW-18", "FLOW-19":
			t.Errorf("%s shows in a version without its limits", code)
		}
	}
	r.Signs20.Provinces, r.Signs20.ProvinceDays, r.Signs20.OpenedAt, r.Signs20.OpenedDays = 8, 2, 4, 30
	r.Signs20.YoungAge, r.Signs20.OldAge, r.Signs20.AgeFen, r.Signs20.ListedHops, r.Signs20.Reported = 22, 75, 10_000_000, 2, true
	got := show(&r)
	for code, keys := range map[string][]int64{"FLOW-06": {1}, "FLOW-11": {40, 43}, "FLOW-16": {2}, "FLOW-17": {9}, "FLOW-18": {7, 8}, "FLOW-19": {9}} {
		for _, k := range keys {
			if !got[code][k] {
				t.Errorf("%s does not show on %d: %v", code, k, got[code])
			}
		}
	}
	if got["FLOW-18"][9] || got["FLOW-16"][3] || got["FLOW-06"][2] {
		t.Errorf("too much shows: %v", got)
	}
}
