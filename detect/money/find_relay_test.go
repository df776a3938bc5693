package money

import (
	"slices"
	"testing"
)

// life gives accounts an ordinary life: each pays its shop every week and its landlord every month, one large purchase among it.
func life(accounts []int64, weeks int64) (rows [][4]int64) {
	for _, a := range accounts {
		for w := range weeks {
			rows = append(rows, [4]int64{900 + a%7, a, 900_000, w*7*minutesOfDay + 100 + a}, [4]int64{a, 950 + a%5, 30_000 + 100*a, w*7*minutesOfDay + 3000 + a})
			if w%4 == 0 {
				rows = append(rows, [4]int64{a, 970, 250_000, w*7*minutesOfDay + 5000 + a})
			}
		}
		rows = append(rows, [4]int64{a, 980 + a, 60_000_000, weeks*7*minutesOfDay + 9*a})
	}
	return rows
}

func acting(s Scheme, b *Book) (keys []int64) {
	for _, m := range s.Members {
		if !m.Aside {
			keys = append(keys, b.Key(m.Account))
		}
	}
	slices.Sort(keys)
	return keys
}

// Money that goes wave after wave through the same hands is a chain though each of them has a life with larger payments; a wage that goes on
// to the family once a month is none.
func TestRelays(t *testing.T) {
	waves := func(n, apart int64) [][4]int64 {
		rows := life([]int64{1, 2, 3, 4}, 30)
		for w := range n {
			at, fen := (60+w*apart)*minutesOfDay+600, int64(20_000_000+w*1_700_000)
			rows = append(rows, [4]int64{100 + w, 1, fen, at}, [4]int64{1, 2, fen * 98 / 100, at + 20}, [4]int64{2, 3, fen * 96 / 100, at + 45}, [4]int64{3, 4, fen * 94 / 100, at + 70})
		}
		return rows
	}
	b := small(waves(5, 4), nil)
	list, _ := Find(b, testRules(t), nil)
	if !slices.ContainsFunc(list, func(s Scheme) bool {
		return s.Typology == PassThrough && s.Score >= 60 && slices.Equal(acting(s, b), []int64{1, 2, 3, 4})
	}) {
		t.Errorf("five waves in three weeks are no chain: %+v", list)
	}
	if list, _ = Find(b, testRulesOf(t, "2026.11.5"), nil); slices.ContainsFunc(list, func(s Scheme) bool { return s.Typology == PassThrough && s.Score >= 60 }) {
		t.Error("the rules before saw it too: this test guards nothing")
	}
	b = small(waves(5, 30), nil)
	list, _ = Find(b, testRules(t), nil)
	for _, s := range list {
		if s.Typology == PassThrough && s.Score >= 60 && slices.Contains(acting(s, b), 2) {
			t.Errorf("once a month is a chain: %+v", s)
		}
	}
}

// Those who paid a collector and have a life of their own stand beside; so do the customers of a lender.
func TestVictimsStandBeside(t *testing.T) {
	many := func(n int64) (out []int64) {
		for i := range n {
			out = append(out, 10+i)
		}
		return out
	}
	payers := many(14)
	rows := life(payers, 30)
	for i, a := range payers {
		rows = append(rows, [4]int64{a, 1, 1_500_000 + int64(i)*70_000, 90*minutesOfDay + int64(i)*30})
	}
	for i := range int64(12) {
		rows = append(rows, [4]int64{1, 200 + i, 1_700_000 + i*30_000, 93*minutesOfDay + i*20})
	}
	b := small(rows, nil)
	list, _ := Find(b, testRules(t), nil)
	told := false
	for _, s := range list {
		keys := acting(s, b)
		if !slices.Contains(keys, 1) {
			continue
		}
		told = true
		if slices.Contains(keys, 10) || !slices.Contains(keys, 200) {
			t.Errorf("%s: acting %v", s.Typology, keys)
		}
	}
	if !told {
		t.Error("the collector is not told of")
	}
	rows = life(payers, 30)
	for i, a := range payers {
		at := (60+int64(i)%9)*minutesOfDay + int64(i)*11
		rows = append(rows, [4]int64{1, a, 700_000 + int64(i)*35_000, at}, [4]int64{a, 2, 1_000_000 + int64(i)*50_000, at + 7*minutesOfDay})
	}
	b = small(rows, nil)
	list, _ = Find(b, testRules(t), nil)
	i := slices.IndexFunc(list, func(s Scheme) bool { return s.Typology == ScatterGather })
	if i < 0 {
		t.Fatal("lender and till are not told of")
	}
	if got := acting(list[i], b); !slices.Equal(got, []int64{1, 2}) {
		t.Errorf("acting %v", got)
	}
}
