package money

import (
	"testing"

	"xiezhi/graph"
)

// at makes a small book of transfers: from, to, fen, minutes.
func small(rows [][4]int64, facts func(int64) Account) *Book {
	var list []Transfer
	for i, r := range rows {
		list = append(list, Transfer{Transfer: graph.Transfer{ID: int64(i + 1), From: r[0], To: r[1], Fen: r[2], At: 20000*day + r[3]*60e6}, Device: uint32(r[0] % 2)})
	}
	return NewBook(list, facts)
}

// TestSignsShow has, for each sign, a ledger that shows it and one that just does not.
func TestSignsShow(t *testing.T) {
	days := func(n int64) int64 { return n * 24 * 60 }
	fan := func(n int64) (rows [][4]int64) {
		for i := range n {
			rows = append(rows, [4]int64{100 + 2*i, 1, 10_000 + i, i})
		}
		return append(rows, [4]int64{1, 2, 50_000, 100})
	}
	many := func(n int64, each func(i int64) [4]int64) (rows [][4]int64) {
		for i := range n {
			rows = append(rows, each(i))
		}
		return rows
	}
	opened := func(k int64) Account { return Account{OpenedAt: 20000 * day, Holder: k} }
	for _, c := range []struct {
		code  string
		show  [][4]int64
		hide  [][4]int64
		facts func(int64) Account
	}{
		{"FLOW-01", fan(10), fan(9), nil},
		{"FLOW-02", [][4]int64{{2, 4, 100_000, 600}, {4, 6, 97_000, 620}}, [][4]int64{{2, 4, 100_000, 600}, {4, 6, 97_000, 660}}, nil},
		{"FLOW-03", many(12, func(i int64) [4]int64 {
			return [4]int64{2 + 2*(i%2), 4 + 2*(i%2), 100_000, days(i/2) + 600 + 300*(i%2)}
		}),
			many(12, func(i int64) [4]int64 {
				return [4]int64{2 + 2*(i%2), 4 + 2*(i%2), 100_000 - 2_000*(i%2), days(i/2) + 600 + 300*(i%2)}
			}), nil},
		{"FLOW-04", [][4]int64{{2, 4, 100, 0}, {4, 6, 6_000_000, days(190)}}, [][4]int64{{2, 4, 100, 0}, {4, 6, 6_000_000, days(170)}}, nil},
		{"FLOW-05", many(3, func(i int64) [4]int64 { return [4]int64{2, 4 + 2*i, 4_900_000, 600 + i} }), many(3, func(i int64) [4]int64 { return [4]int64{2, 4 + 2*i, 4_700_000, 600 + i} }), nil},
		{"FLOW-07", [][4]int64{{2, 4, 1000, 0}, {2, 4, 100_000, 50}}, [][4]int64{{2, 4, 1000, 0}, {2, 4, 100_000, 70}}, nil},
		{"FLOW-08", many(12, func(i int64) [4]int64 { return [4]int64{2, 4, 1000, days(i) + 17*60 + i} }), many(12, func(i int64) [4]int64 { return [4]int64{2, 4, 1000, days(i) + 7*60 + i} }), nil},
		{"FLOW-10", [][4]int64{{2, 4, 9_000_000, days(3)}, {4, 6, 9_000_000, days(4)}}, [][4]int64{{2, 4, 9_000_000, days(33)}, {4, 6, 9_000_000, days(34)}}, opened},
		{"FLOW-12", many(12, func(i int64) [4]int64 { return [4]int64{10 + 2*i, 4, 500_000, i} }), many(12, func(i int64) [4]int64 { return [4]int64{10 + 2*i, 4, 500_001 + i, i} }), nil},
		{"FLOW-15", [][4]int64{{2, 4, 100, 0}, {2, 7, 100, 9}}, [][4]int64{{2, 4, 100, 0}, {2, 6, 100, 9}}, func(k int64) Account {
			if k == 7 {
				return Account{Exit: "CRYP"}
			}
			return Account{}
		}},
		{"FLOW-09", [][4]int64{{1, 2, 5, 0}, {3, 2, 5, 1}, {5, 2, 5, 2}}, [][4]int64{{1, 2, 5, 0}, {3, 2, 5, 1}, {2, 4, 5, 2}}, nil},
	} {
		if !shows(t, small(c.show, c.facts), c.code) {
			t.Errorf("%s does not show", c.code)
		}
		if shows(t, small(c.hide, c.facts), c.code) {
			t.Errorf("%s shows where it should not", c.code)
		}
	}
}

func shows(t *testing.T, b *Book, code string) bool {
	t.Helper()
	for _, s := range Signs(b, testRules(t)) {
		if s.Code == code {
			return true
		}
	}
	return false
}
