package money

import "testing"

// found gives the first scheme of a pattern in a small book of persons, and whether there is one.
func foundIn(t *testing.T, rows [][4]int64, typology Typology) (Scheme, bool) {
	t.Helper()
	list, _ := Find(small(rows, nil), testRules(t), nil)
	for _, s := range list {
		if s.Typology == typology {
			return s, true
		}
	}
	return Scheme{}, false
}

const minutesOfDay = 24 * 60

// The same money round three accounts on two days is a scheme; with sums that are not kept it is trade, and one lap is a loan repaid.
func TestRounds(t *testing.T) {
	laps := func(days int64, keep int64) (rows [][4]int64) {
		rows = append(rows, [4]int64{9, 1, 90_000_000, 0})
		for d := range days {
			at := (d*7 + 1) * minutesOfDay
			rows = append(rows, [4]int64{1, 2, 80_000_000, at}, [4]int64{2, 3, 80_000_000 * keep / 100, at + minutesOfDay}, [4]int64{3, 1, 80_000_000 * keep / 100 * keep / 100, at + 2*minutesOfDay})
		}
		return rows
	}
	s, ok := foundIn(t, laps(3, 99), Cycle)
	if !ok || s.Score < 60 || len(s.Members) != 3 {
		t.Errorf("three laps: %v %+v", ok, s)
	}
	for name, rows := range map[string][][4]int64{"trade": laps(3, 80), "one lap": laps(1, 99)} {
		if s, ok := foundIn(t, rows, Cycle); ok && s.Score >= 60 {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// Sums just below fifty thousand day after day are a scheme; on one day they are a purchase that the app's limit split.
func TestSplits(t *testing.T) {
	pieces := func(days int64, fen int64) (rows [][4]int64) {
		for d := range days {
			for k := range int64(5) {
				rows = append(rows, [4]int64{1, 2 + k%2, fen - k*1000, d*minutesOfDay + 600 + k})
			}
		}
		return rows
	}
	if s, ok := foundIn(t, pieces(4, 4_980_000), Split); !ok || s.Score < 60 || len(s.Members) != 3 {
		t.Errorf("four days: %v %+v", ok, s)
	}
	for name, rows := range map[string][][4]int64{"one day": pieces(1, 4_980_000), "far below": pieces(4, 3_000_000)} {
		if _, ok := foundIn(t, rows, Split); ok {
			t.Error(name, "is a scheme")
		}
	}
}

// Equal fees with fixed rewards to some of the payers are a scheme; a school that pays nobody back is none.
func TestHeadCounts(t *testing.T) {
	club := func(rewards int64) (rows [][4]int64) {
		for k := range int64(60) {
			rows = append(rows, [4]int64{100 + k, 1, 298_000, k * 600})
			if k > 0 && rewards > 0 {
				rows = append(rows, [4]int64{1, 100 + k/4, 298_000 * rewards / 100, k*600 + 100})
			}
		}
		return rows
	}
	if s, ok := foundIn(t, club(20), HeadCount); !ok || s.Score < 60 {
		t.Errorf("rewards: %v %+v", ok, s)
	}
	if _, ok := foundIn(t, club(0), HeadCount); ok {
		t.Error("fees alone are a scheme")
	}
}

// Hired accounts that pass what strangers pay them on to one person are one scheme around him; the strangers stand beside.
func TestCommonHead(t *testing.T) {
	var rows [][4]int64
	payer := int64(1000)
	for mule := range int64(5) {
		at := mule * 300
		for k := range int64(6) {
			rows = append(rows, [4]int64{payer, 10 + mule, 50_000 + 10_000*k, at + k*10})
			payer++
		}
		rows = append(rows, [4]int64{10 + mule, 1, 445_000, at + 80})
	}
	s, ok := foundIn(t, rows, PassThrough)
	if !ok || s.Score < 60 {
		t.Fatalf("%v %+v", ok, s)
	}
	acting := 0
	for _, m := range s.Members {
		if !m.Aside {
			acting++
		}
	}
	if acting != 6 || s.Members[0].Role != RoleCollector {
		t.Errorf("%d act: %+v", acting, s.Members)
	}
}
