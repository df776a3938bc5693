package money

import (
	"slices"
	"testing"

	"xiezhi/graph"
)

// codesOf feeds transfers to a stream and lists what each account showed.
func codesOf(t *testing.T, list []graph.Transfer) map[int64][]string {
	t.Helper()
	s := NewStream(testRules(t))
	out := map[int64][]string{}
	for _, x := range list {
		for _, h := range s.Take(x.From, x.To, x.Fen, x.At) {
			out[h.Account] = append(out[h.Account], h.Code)
		}
	}
	return out
}

func TestStreamTellsSigns(t *testing.T) {
	minute := hour / 60
	var fan []graph.Transfer
	for i := range int64(10) {
		fan = append(fan, graph.Transfer{From: 100 + i, To: 1, Fen: 5_000_00, At: day + i*minute})
	}
	cases := []struct {
		name string
		list []graph.Transfer
		who  int64
		want string
	}{
		{"ten payers in a day", fan, 1, "FLOW-01"},
		{"what came leaves within the hour", []graph.Transfer{{From: 1, To: 2, Fen: 1_000_000, At: day}, {From: 2, To: 3, Fen: 990_000, At: day + 20*minute}}, 2, "FLOW-02"},
		{"silent for half a year, then much", []graph.Transfer{{From: 1, To: 2, Fen: 100, At: day}, {From: 1, To: 3, Fen: 6_000_000, At: 200 * day}}, 1, "FLOW-04"},
		{"a test, then a thousand times as much", []graph.Transfer{{From: 1, To: 2, Fen: 500, At: day}, {From: 1, To: 2, Fen: 500_000, At: day + 30*minute}}, 1, "FLOW-07"},
		{"a ring of three closes", []graph.Transfer{{From: 1, To: 2, Fen: 900, At: day}, {From: 2, To: 3, Fen: 800, At: 2 * day}, {From: 3, To: 1, Fen: 700, At: 3 * day}}, 1, "FLOW-13"},
	}
	for _, c := range cases {
		if got := codesOf(t, c.list)[c.who]; !slices.Contains(got, c.want) {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
	}
	quiet := []graph.Transfer{{From: 1, To: 2, Fen: 1_000_000, At: day}, {From: 2, To: 3, Fen: 300_000, At: day + hour}, {From: 3, To: 1, Fen: 700, At: 40 * day}}
	if got := codesOf(t, quiet); len(got) != 0 {
		t.Errorf("ordinary payments show %v", got)
	}
}

// The stream forgets what is older than its window and keeps a bounded list of busy accounts.
func TestStreamForgets(t *testing.T) {
	s := NewStream(testRules(t))
	for i := range int64(10_000) {
		s.Take(2+i%500, 1, 100, day+i*hour/60)
	}
	if n := s.state[s.number[1]].in.n; int(n) > streamSide {
		t.Errorf("%d transfers are remembered of one account", n)
	}
	s.Take(7, 1, 100, 400*day)
	if n := s.state[s.number[1]].in.n; n != 1 {
		t.Errorf("%d transfers are remembered after a year", n)
	}
}
